//! What one policy, or several of a kind, say to a request.

use super::{
    Policy, Request,
    context::Facts,
    document::{Effect, Either, Statement},
    evaluate::Contents,
    principal::{Meant, meant},
    reason::{Cause, Causes, Reason},
    truth::Truth,
    wildcard::{self, Pattern, Symbol},
};

/// What kind of policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Attached to who asks, names no principal.
    Identity,
    /// Attached to what is asked for, names principals; may leave out the resource.
    Resource,
    Endpoint,
}

/// What one or several policies of a kind say.
pub(super) struct Say {
    pub(super) name: String,
    pub(super) allow: Meant,
    pub(super) deny: Truth,
    pub(super) denied: Vec<Reason>,
    pub(super) allowed: Vec<Reason>,
    pub(super) unclear_allow: Vec<Reason>,
    pub(super) unclear_deny: Vec<Reason>,
}

impl Say {
    /// What these say together: one that allows is enough.
    pub(super) fn of<'p>(
        name: &str,
        kind: Kind,
        policies: impl IntoIterator<Item = &'p Policy>,
        asked: &Asked<'_>,
    ) -> Self {
        let mut say = Self {
            name: name.to_owned(),
            allow: Meant::NOT,
            deny: Truth::False,
            denied: Vec::new(),
            allowed: Vec::new(),
            unclear_allow: Vec::new(),
            unclear_deny: Vec::new(),
        };
        for policy in policies {
            say.add(policy, kind, asked);
        }
        say
    }

    fn unclear(
        &mut self,
        effect: Effect,
        policy: &Policy,
        statement: Option<&str>,
        causes: Causes,
    ) {
        let reasons = match effect {
            Effect::Allow => &mut self.unclear_allow,
            Effect::Deny => &mut self.unclear_deny,
        };
        reasons.extend(causes.into_iter().map(|cause| Reason::Unclear {
            policy: policy.name.clone(),
            statement: statement.map(str::to_owned),
            cause,
        }));
    }

    fn add(&mut self, policy: &Policy, kind: Kind, asked: &Asked<'_>) {
        let document = match &policy.contents {
            Contents::Document(document) => document,
            Contents::Unreadable { why, may_deny } => {
                let causes = || Causes::from([Cause::Unreadable(why.clone())]);
                self.allow = self.allow.or(Meant::UNKNOWN);
                self.unclear(Effect::Allow, policy, None, causes());
                if *may_deny {
                    self.deny = self.deny.or(Truth::Unknown);
                    self.unclear(Effect::Deny, policy, None, causes());
                }
                return;
            }
        };
        for named in &document.statements {
            let statement = match &named.statement {
                Ok(statement) => statement,
                Err(error) => {
                    self.allow = self.allow.or(Meant::UNKNOWN);
                    self.deny = self.deny.or(Truth::Unknown);
                    for effect in [Effect::Allow, Effect::Deny] {
                        self.unclear(
                            effect,
                            policy,
                            Some(&named.name),
                            Causes::from([Cause::Unreadable(error.to_string())]),
                        );
                    }
                    continue;
                }
            };
            let mut causes = Causes::new();
            let applies = asked.applies(statement, kind, &mut causes);
            let truth = applies.any();
            match statement.effect {
                Effect::Allow => self.allow = self.allow.or(applies),
                Effect::Deny => self.deny = self.deny.or(truth),
            }
            let (policy_name, statement_name) = (policy.name.clone(), named.name.clone());
            match (truth, statement.effect) {
                (Truth::True, Effect::Allow) => {
                    self.allowed.push(Reason::Allowed {
                        policy: policy_name,
                        statement: statement_name,
                    });
                    // It allows, but how far may be unclear.
                    self.unclear(Effect::Allow, policy, Some(&named.name), causes);
                }
                (Truth::True, Effect::Deny) => {
                    self.denied.push(Reason::Denied {
                        policy: policy_name,
                        statement: statement_name,
                    });
                }
                (Truth::Unknown, effect) => self.unclear(effect, policy, Some(&named.name), causes),
                (Truth::False, _) => {}
            }
        }
    }
}

/// The request, taken apart once.
pub(super) struct Asked<'a> {
    request: &'a Request<'a>,
    action: Vec<Symbol>,
    resource: Vec<Symbol>,
    facts: Facts<'a>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(request: &'a Request<'a>) -> Self {
        Self {
            request,
            action: wildcard::text(&request.action.to_ascii_lowercase()).collect(),
            resource: wildcard::text(request.resource).collect(),
            facts: Facts::new(request.context, request.principal, request.resource),
        }
    }

    fn applies(&self, statement: &Statement, kind: Kind, causes: &mut Causes) -> Meant {
        let meant = match (&statement.principal, kind) {
            (None, Kind::Identity) => Meant::ITSELF,
            (Some(principals), Kind::Resource | Kind::Endpoint) => {
                meant(principals, statement.effect, self.request.principal, causes)
            }
            (None, Kind::Resource | Kind::Endpoint) => {
                causes.insert(Cause::Lacks("Principal"));
                Meant::UNKNOWN
            }
            (Some(_), Kind::Identity) => {
                causes.insert(Cause::Undocumented(
                    "a Principal in a policy of an identity",
                ));
                Meant::UNKNOWN
            }
        };
        let meant = self.through_endpoint(meant, kind, causes);
        if meant.any() == Truth::False {
            return Meant::NOT;
        }
        let action = self.listed(&statement.action, "Action", causes);
        if action == Truth::False {
            return Meant::NOT;
        }
        let resource = match (&statement.resource, kind) {
            (Some(resources), _) => self.listed(resources, "Resource", causes),
            (None, Kind::Resource) => Truth::True,
            (None, Kind::Identity | Kind::Endpoint) => {
                causes.insert(Cause::Lacks("Resource"));
                Truth::Unknown
            }
        };
        let mut rest = action.and(resource);
        for condition in &statement.conditions {
            if rest == Truth::False {
                break;
            }
            rest = rest.and(condition.holds(&self.facts, causes));
        }
        meant.and(rest)
    }

    /// In the policy of a gateway endpoint an account means its root user alone; in an interface endpoint's, all of the account.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
    fn through_endpoint(&self, meant: Meant, kind: Kind, causes: &mut Causes) -> Meant {
        let may_be_gateway = ["s3:", "dynamodb:"].iter().any(|service| {
            self.request
                .action
                .get(..service.len())
                .is_some_and(|prefix| prefix.eq_ignore_ascii_case(service))
        });
        if kind != Kind::Endpoint || !may_be_gateway || meant.account != Truth::True {
            return meant;
        }
        if meant.itself.or(meant.role) != Truth::True {
            causes.insert(Cause::Undocumented(
                "that an account in a gateway endpoint's policy means more than its root user",
            ));
        }
        Meant {
            account: Truth::Unknown,
            ..meant
        }
    }

    /// Whether an element names the action or resource.
    fn listed(
        &self,
        element: &Either<Vec<Pattern>>,
        name: &'static str,
        causes: &mut Causes,
    ) -> Truth {
        let (Either::These(patterns) | Either::AllBut(patterns)) = element;
        let mut own = Causes::new();
        let one = |pattern: &Pattern| {
            let Some(pattern) = pattern.resolve(name, &self.facts, &mut own) else {
                return Truth::False;
            };
            if name == "Action" {
                wildcard::matches(&pattern, &self.action)
            } else {
                wildcard::matches_resource(&pattern, &self.resource)
            }
        };
        let any = patterns.iter().map(one).max().unwrap_or(Truth::False);
        if any == Truth::Unknown {
            causes.append(&mut own);
        }
        match element {
            Either::These(_) => any,
            Either::AllBut(_) => !any,
        }
    }
}

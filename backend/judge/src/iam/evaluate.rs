//! All policies that have a say, in AWS's order.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Context, Principal,
    context::Facts,
    document::{Document, Effect, Either, Statement},
    principal::{Meant, account_of_arn, meant},
    reason::{Cause, Causes, Reason},
    truth::Truth,
    wildcard::{self, Pattern, Symbol},
};

/// A policy under the name by which reasons call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Goes into sentences: "policy `read-secrets`", "the key policy of ...".
    pub name: String,
    pub contents: Contents,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    Document(Document),
    /// It exists, and what it says is not known.
    Unreadable {
        why: String,
        /// What AWS manages only allows.
        may_deny: bool,
    },
}

impl Policy {
    /// A document that cannot be read may say anything: it is never taken for an empty one.
    pub fn new(name: impl Into<String>, document: &Value) -> Self {
        let contents = match Document::parse(document) {
            Ok(document) => Contents::Document(document),
            Err(error) => Contents::Unreadable {
                why: error.to_string(),
                may_deny: true,
            },
        };
        Self {
            name: name.into(),
            contents,
        }
    }

    pub fn unreadable(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            contents: Contents::Unreadable {
                why: why.into(),
                may_deny: true,
            },
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub principal: &'a Principal,
    /// `ecr:BatchGetImage`
    pub action: &'a str,
    /// An ARN, or `*` for an action that knows no resources.
    pub resource: &'a str,
    pub context: &'a Context,
}

/// The policy of the resource itself.
#[derive(Debug, Clone, Copy, Default)]
pub enum ResourcePolicy<'a> {
    /// It has none.
    #[default]
    None,
    /// In its own account, it or an identity policy is enough.
    Optional(&'a Policy),
    /// Without its consent nothing goes: key policies, trust policies.
    Required(&'a Policy),
    /// Whether it has one is not known.
    Unknown,
}

/// All policies that have a say. What is left out does not limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    pub identity: &'a [Policy],
    pub boundary: Option<&'a Policy>,
    pub resource: ResourcePolicy<'a>,
    /// The account that owns the resource, where its ARN does not say. Without either it is taken for the principal's.
    pub resource_account: Option<&'a str>,
    /// The policy of the VPC endpoint on the way; a default one allows everything.
    pub endpoint: Option<&'a Policy>,
    pub session: Option<&'a Policy>,
    /// Organisation policies, by level: root, units, account. Each level has to allow.
    pub service_control: &'a [Vec<Policy>],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    Allowed,
    Denied,
    Unknown,
}

/// An answer with its grounds, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub answer: Answer,
    pub reasons: Vec<Reason>,
}

/// What kind of policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Attached to who asks, names no principal.
    Identity,
    /// Attached to what is asked for, names principals; may leave out the resource.
    Resource,
    Endpoint,
}

/// What one or several policies of a kind say.
struct Say {
    name: String,
    allow: Meant,
    deny: Truth,
    denied: Vec<Reason>,
    allowed: Vec<Reason>,
    unclear_allow: Vec<Reason>,
    unclear_deny: Vec<Reason>,
}

impl Say {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            allow: Meant::NOT,
            deny: Truth::False,
            denied: Vec::new(),
            allowed: Vec::new(),
            unclear_allow: Vec::new(),
            unclear_deny: Vec::new(),
        }
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
struct Asked<'a> {
    request: &'a Request<'a>,
    action: Vec<Symbol>,
    resource: Vec<Symbol>,
    facts: Facts<'a>,
}

impl Asked<'_> {
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

/// Whether the request is allowed.
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let asked = Asked {
        request,
        action: wildcard::text(&request.action.to_ascii_lowercase()).collect(),
        resource: wildcard::text(request.resource).collect(),
        facts: Facts::new(request.context, request.principal, request.resource),
    };
    let say_one = |policy: Option<&Policy>, kind: Kind| {
        policy.map(|policy| {
            let mut say = Say::new(&policy.name);
            say.add(policy, kind, &asked);
            say
        })
    };
    let say_all = |name: &str, policies: &[Policy]| {
        let mut say = Say::new(name);
        for policy in policies {
            say.add(policy, Kind::Identity, &asked);
        }
        say
    };
    let service = matches!(request.principal, Principal::Service(_));
    // A service's own principal has no identity policies.
    let identity = say_all(
        "the identity policies",
        if service { &[] } else { policies.identity },
    );
    let boundary = say_one(policies.boundary.filter(|_| !service), Kind::Identity);
    let session = say_one(policies.session.filter(|_| !service), Kind::Identity);
    let endpoint = say_one(policies.endpoint, Kind::Endpoint);
    // Organisation policies limit the principals of the organisation's accounts, not services.
    let levels = if service {
        &[]
    } else {
        policies.service_control
    };
    let service_control: Vec<_> = levels
        .iter()
        .map(|level| say_all("the service control policies", level))
        .collect();
    let unread;
    let (resource_policy, required) = match policies.resource {
        ResourcePolicy::None => (None, false),
        ResourcePolicy::Optional(policy) => (Some(policy), false),
        ResourcePolicy::Required(policy) => (Some(policy), true),
        ResourcePolicy::Unknown => {
            unread =
                Policy::unreadable("the resource's policy", "whether there is one was not read");
            (Some(&unread), false)
        }
    };
    let resource = say_one(resource_policy, Kind::Resource);

    let consents = |say: &Option<Say>| say.as_ref().map_or(Truth::True, |say| say.allow.any());
    let limited = consents(&boundary).and(consents(&session));
    let by_identity = identity.allow.any().and(limited);
    let by_resource = resource.as_ref().map_or(Meant::NOT, |say| say.allow);
    let owner = policies
        .resource_account
        .or_else(|| account_of_arn(request.resource));
    let own_account = match (owner, request.principal.account()) {
        (Some(owner), Some(account)) => owner == account,
        _ => true,
    };
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    let directly = by_resource.itself.or(by_resource.role.and(limited));
    let granted = if matches!(
        request.principal,
        Principal::Service(_) | Principal::Federated(_) | Principal::Anonymous
    ) {
        by_resource.any()
    } else if !own_account {
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
        by_resource.any().and(by_identity)
    } else if required {
        // <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>: the account's statement lets identity policies decide.
        directly.or(by_resource.account.and(by_identity))
    } else {
        directly.or(by_identity)
    };
    let organised = service_control
        .iter()
        .map(|say| say.allow.any())
        .min()
        .unwrap_or(Truth::True);
    let allow = granted.and(organised).and(consents(&endpoint));

    let limits = [&boundary, &session, &endpoint]
        .into_iter()
        .flatten()
        .chain(&service_control);
    let all: Vec<&Say> = std::iter::once(&identity)
        .chain(limits.clone())
        .chain(&resource)
        .collect();
    let deny = all.iter().map(|say| say.deny).max().unwrap_or(Truth::False);

    let mut reasons = BTreeSet::new();
    let answer = match (deny, allow) {
        (Truth::True, _) => {
            reasons.extend(all.iter().flat_map(|say| &say.denied).cloned());
            Answer::Denied
        }
        (_, Truth::False) => {
            let needs_resource = required || !own_account || request.principal.account().is_none();
            let has_identity = request.principal.account().is_some();
            let silent = limits
                .filter(|say| say.allow.any() == Truth::False)
                .map(|say| say.name.as_str());
            let mut silent: BTreeSet<&str> = silent.collect();
            if has_identity && identity.allow.any() == Truth::False && granted == Truth::False {
                // Where the key policy does not hand it on, what identity policies say does not matter.
                if !required || by_resource.account != Truth::False {
                    silent.insert(&identity.name);
                }
            }
            if needs_resource && by_resource.any() == Truth::False {
                silent.insert(
                    resource
                        .as_ref()
                        .map_or("the resource's policy", |say| &say.name),
                );
            }
            reasons.extend(silent.into_iter().map(|by| Reason::NotAllowed {
                by: by.to_owned(),
                action: request.action.to_owned(),
                resource: request.resource.to_owned(),
            }));
            Answer::Denied
        }
        (Truth::False, Truth::True) => {
            let granting = std::iter::once(&identity).chain(&resource);
            reasons.extend(granting.flat_map(|say| &say.allowed).cloned());
            Answer::Allowed
        }
        _ => {
            reasons.extend(all.iter().flat_map(|say| &say.unclear_deny).cloned());
            if allow == Truth::Unknown {
                reasons.extend(
                    all.iter()
                        .filter(|say| say.allow.any() == Truth::Unknown)
                        .flat_map(|say| &say.unclear_allow)
                        .cloned(),
                );
                // What is unclear may be how far a grant to `*` goes, not whether there is one.
                if reasons.is_empty() {
                    reasons.extend(all.iter().flat_map(|say| &say.unclear_allow).cloned());
                }
            }
            Answer::Unknown
        }
    };
    Decision {
        answer,
        reasons: reasons.into_iter().collect(),
    }
}

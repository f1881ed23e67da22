//! All policies that have a say, in AWS's order.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Context, Principal,
    document::Document,
    principal::{Meant, account_of_arn},
    reason::Reason,
    say::{Asked, Kind, Say},
    truth::Truth,
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

/// Whether the request is allowed.
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let said = Said::new(request, policies);
    let (deny, allow) = (said.deny(), said.allow());
    let (answer, reasons) = match (deny, allow) {
        (Truth::True, _) => (Answer::Denied, said.denials()),
        (_, Truth::False) => (Answer::Denied, said.silent()),
        (Truth::False, Truth::True) => (Answer::Allowed, said.grants()),
        _ => (Answer::Unknown, said.unclear(allow)),
    };
    Decision {
        answer,
        reasons: reasons.into_iter().collect(),
    }
}

/// What all policies say, each kind for itself.
struct Said<'a> {
    request: &'a Request<'a>,
    identity: Say,
    boundary: Option<Say>,
    session: Option<Say>,
    endpoint: Option<Say>,
    levels: Vec<Say>,
    resource: Option<Say>,
    /// Whether the resource's policy has to consent.
    required: bool,
    /// Whether the resource is of the principal's account.
    own_account: bool,
}

impl<'a> Said<'a> {
    fn new(request: &'a Request<'a>, policies: &Policies<'_>) -> Self {
        let asked = Asked::new(request);
        let one = |policy: &Policy, kind| Say::of(&policy.name, kind, [policy], &asked);
        // A service's own principal has no policies, and organisation policies do not limit it.
        let own = !matches!(request.principal, Principal::Service(_));
        let identity = policies.identity.iter().filter(|_| own);
        let levels = policies.service_control.iter().filter(|_| own);
        let (resource, required) = match policies.resource {
            ResourcePolicy::None => (None, false),
            ResourcePolicy::Optional(policy) => (Some(one(policy, Kind::Resource)), false),
            ResourcePolicy::Required(policy) => (Some(one(policy, Kind::Resource)), true),
            ResourcePolicy::Unknown => {
                let unread = Policy::unreadable(
                    "the resource's policy",
                    "whether there is one was not read",
                );
                (Some(one(&unread, Kind::Resource)), false)
            }
        };
        let owner = policies
            .resource_account
            .or_else(|| account_of_arn(request.resource));
        let own_account = match (owner, request.principal.account()) {
            (Some(owner), Some(account)) => owner == account,
            _ => true,
        };
        Self {
            request,
            identity: Say::of("the identity policies", Kind::Identity, identity, &asked),
            boundary: policies
                .boundary
                .filter(|_| own)
                .map(|policy| one(policy, Kind::Identity)),
            session: policies
                .session
                .filter(|_| own)
                .map(|policy| one(policy, Kind::Identity)),
            endpoint: policies.endpoint.map(|policy| one(policy, Kind::Endpoint)),
            levels: levels
                .map(|level| {
                    Say::of(
                        "the service control policies",
                        Kind::Identity,
                        level,
                        &asked,
                    )
                })
                .collect(),
            resource,
            required,
            own_account,
        }
    }

    /// Those that give nothing, and without which nothing goes.
    fn limits(&self) -> impl Iterator<Item = &Say> {
        [&self.boundary, &self.session, &self.endpoint]
            .into_iter()
            .flatten()
            .chain(&self.levels)
    }

    fn all(&self) -> impl Iterator<Item = &Say> {
        std::iter::once(&self.identity)
            .chain(self.limits())
            .chain(&self.resource)
    }

    fn deny(&self) -> Truth {
        self.all().map(|say| say.deny).max().unwrap_or(Truth::False)
    }

    fn by_resource(&self) -> Meant {
        self.resource.as_ref().map_or(Meant::NOT, |say| say.allow)
    }

    /// What identity and resource policies give, within boundary and session.
    fn granted(&self) -> Truth {
        let limited = consents(self.boundary.as_ref()).and(consents(self.session.as_ref()));
        let by_identity = self.identity.allow.any().and(limited);
        let by_resource = self.by_resource();
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
        let directly = by_resource.itself.or(by_resource.role.and(limited));
        if self.request.principal.account().is_none() {
            by_resource.any()
        } else if !self.own_account {
            // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
            by_resource.any().and(by_identity)
        } else if self.required {
            // The account's statement lets identity policies decide:
            // <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
            directly.or(by_resource.account.and(by_identity))
        } else {
            directly.or(by_identity)
        }
    }

    fn allow(&self) -> Truth {
        let organised = self
            .levels
            .iter()
            .map(|say| say.allow.any())
            .min()
            .unwrap_or(Truth::True);
        self.granted()
            .and(organised)
            .and(consents(self.endpoint.as_ref()))
    }

    fn denials(&self) -> BTreeSet<Reason> {
        self.all().flat_map(|say| &say.denied).cloned().collect()
    }

    fn grants(&self) -> BTreeSet<Reason> {
        let granting = std::iter::once(&self.identity).chain(&self.resource);
        granting.flat_map(|say| &say.allowed).cloned().collect()
    }

    /// Those without whose consent nothing goes, and that do not give it.
    fn silent(&self) -> BTreeSet<Reason> {
        let silent = |say: &&Say| say.allow.any() == Truth::False;
        let mut names: BTreeSet<&str> = self
            .limits()
            .filter(silent)
            .map(|say| say.name.as_str())
            .collect();
        let has_account = self.request.principal.account().is_some();
        // Where the key policy does not hand it on, what identity policies say does not matter.
        let handed_on =
            !self.required || !self.own_account || self.by_resource().account != Truth::False;
        if has_account && handed_on && self.granted() == Truth::False && silent(&&self.identity) {
            names.insert(&self.identity.name);
        }
        if (self.required || !self.own_account || !has_account)
            && self.by_resource().any() == Truth::False
        {
            names.insert(
                self.resource
                    .as_ref()
                    .map_or("the resource's policy", |say| &say.name),
            );
        }
        names
            .into_iter()
            .map(|by| Reason::NotAllowed {
                by: by.to_owned(),
                action: self.request.action.to_owned(),
                resource: self.request.resource.to_owned(),
            })
            .collect()
    }

    fn unclear(&self, allow: Truth) -> BTreeSet<Reason> {
        let mut reasons: BTreeSet<Reason> = self
            .all()
            .flat_map(|say| &say.unclear_deny)
            .cloned()
            .collect();
        if allow == Truth::Unknown {
            let unclear = self.all().filter(|say| say.allow.any() == Truth::Unknown);
            reasons.extend(unclear.flat_map(|say| &say.unclear_allow).cloned());
            // What is unclear may be how far a grant goes, not whether there is one.
            if reasons.is_empty() {
                reasons.extend(self.all().flat_map(|say| &say.unclear_allow).cloned());
            }
        }
        reasons
    }
}

/// What is not there does not limit.
fn consents(say: Option<&Say>) -> Truth {
    say.map_or(Truth::True, |say| say.allow.any())
}

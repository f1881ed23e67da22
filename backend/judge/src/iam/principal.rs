//! Who asks, and whom a policy names.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use serde_json::Value;

use super::{
    document::{DocumentError, Effect, Either, one_or_many},
    reason::{Cause, Causes},
    truth::Truth,
    wildcard::holds_fingerprint,
};

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A session of a role: what tasks, instances, rules and schedules call with.
    Role {
        /// `arn:aws:iam::123456789012:role/path/name`
        arn: String,
        /// The session's ARN (`arn:aws:sts::123456789012:assumed-role/name/session`), where known.
        session: Option<String>,
        /// `AROA...`, where known.
        role_id: Option<String>,
    },
    User {
        arn: String,
    },
    /// `ecs-tasks.amazonaws.com`
    Service(String),
    /// An identity provider.
    Federated(String),
    Anonymous,
}

impl Principal {
    /// A session of this role, of which only the role is known.
    pub fn role(arn: &str) -> Self {
        Self::Role {
            arn: arn.to_owned(),
            session: None,
            role_id: None,
        }
    }

    /// The account that it belongs to.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Role { arn, .. } | Self::User { arn } => account_of_arn(arn),
            Self::Service(_) | Self::Federated(_) | Self::Anonymous => None,
        }
    }
}

/// The account of an ARN that has one: AWS's own resources, buckets and some others have none.
pub(super) fn account_of_arn(arn: &str) -> Option<&str> {
    arn.starts_with("arn:")
        .then(|| arn.split(':').nth(4))
        .flatten()
        .filter(|account| is_account(account))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A principal as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Listed {
    /// `*`
    Anyone,
    /// An account by its number or its root's ARN: the account may hand it on to its own.
    Account(String),
    /// A role, a role's session, a user.
    Arn(String),
    /// `AROA...`, `AIDA...`: AWS puts it where a principal was deleted.
    UniqueId(String),
    Service(String),
    AnyService,
    Federated(String),
    /// An account by S3's name for it.
    Canonical,
    Redacted,
}

/// The principals of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Principals {
    listed: Vec<Listed>,
}

/// How a statement means the one who asks. What it grants goes further for one than for another: see `evaluate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meant {
    /// By `*`, as a session, a user, a service: nothing else has to allow it, and a boundary does not limit it.
    pub(super) itself: Truth,
    /// As a role: nothing else has to allow it, but the boundary limits it.
    pub(super) role: Truth,
    /// As somebody of an account, whose own policies decide then.
    pub(super) account: Truth,
}

impl Meant {
    pub(super) const NOT: Self = Self {
        itself: Truth::False,
        role: Truth::False,
        account: Truth::False,
    };
    pub(super) const UNKNOWN: Self = Self {
        itself: Truth::Unknown,
        role: Truth::Unknown,
        account: Truth::Unknown,
    };
    pub(super) const ITSELF: Self = Self {
        itself: Truth::True,
        ..Self::NOT
    };

    pub(super) fn any(self) -> Truth {
        self.itself.or(self.role).or(self.account)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            itself: self.itself.or(other.itself),
            role: self.role.or(other.role),
            account: self.account.or(other.account),
        }
    }

    pub(super) fn and(self, truth: Truth) -> Self {
        Self {
            itself: self.itself.and(truth),
            role: self.role.and(truth),
            account: self.account.and(truth),
        }
    }

    fn itself(truth: Truth) -> Self {
        Self {
            itself: truth,
            ..Self::NOT
        }
    }

    fn role(truth: Truth) -> Self {
        Self {
            role: truth,
            ..Self::NOT
        }
    }

    fn account(truth: Truth) -> Self {
        Self {
            account: truth,
            ..Self::NOT
        }
    }
}

impl Principals {
    pub(super) fn parse(value: &Value) -> Result<Self, DocumentError> {
        let malformed = DocumentError::Element("Principal");
        let mut listed = Vec::new();
        match value {
            Value::String(text) if text == "*" || holds_fingerprint(text) => listed.push(aws(text)),
            Value::Object(kinds) => {
                for (kind, names) in kinds {
                    for name in one_or_many(names) {
                        let name = name.as_str().ok_or(malformed.clone())?;
                        listed.push(named(kind, name).ok_or(malformed.clone())?);
                    }
                }
            }
            _ => return Err(malformed),
        }
        Ok(Self { listed })
    }

    fn mean(&self, principal: &Principal, causes: &mut Causes) -> Meant {
        let mut meant = Meant::NOT;
        let mut own = Causes::new();
        for listed in &self.listed {
            meant = meant.or(listed.means(principal, &mut own));
        }
        causes.append(&mut own);
        meant
    }
}

fn named(kind: &str, name: &str) -> Option<Listed> {
    if holds_fingerprint(name) {
        return Some(Listed::Redacted);
    }
    match kind.to_ascii_lowercase().as_str() {
        "aws" => Some(aws(name)),
        "service" if name == "*" => Some(Listed::AnyService),
        "service" => Some(Listed::Service(name.to_owned())),
        "federated" => Some(Listed::Federated(name.to_owned())),
        "canonicaluser" => Some(Listed::Canonical),
        _ => None,
    }
}

fn aws(name: &str) -> Listed {
    if holds_fingerprint(name) {
        return Listed::Redacted;
    }
    if name == "*" {
        return Listed::Anyone;
    }
    if is_account(name) {
        return Listed::Account(name.to_owned());
    }
    if !name.starts_with("arn:") {
        return Listed::UniqueId(name.to_owned());
    }
    match account_of_arn(name) {
        Some(account) if name.ends_with(":root") && name.contains(":iam::") => {
            Listed::Account(account.to_owned())
        }
        _ => Listed::Arn(name.to_owned()),
    }
}

/// The role's name, without its path.
fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// The account, role name and whole of a session's ARN.
fn session_parts(arn: &str) -> Option<(&str, &str)> {
    let rest = arn.splitn(6, ':').nth(5)?.strip_prefix("assumed-role/")?;
    Some((account_of_arn(arn)?, rest.split_once('/')?.0)).filter(|_| arn.contains(":sts::"))
}

impl Listed {
    fn means(&self, principal: &Principal, causes: &mut Causes) -> Meant {
        match (self, principal) {
            (Self::Redacted, _) => {
                causes.insert(Cause::Redacted("Principal"));
                Meant::UNKNOWN
            }
            (Self::Anyone, _) | (Self::AnyService, Principal::Service(_)) => Meant::ITSELF,
            (Self::Account(account), _) => {
                Meant::account((principal.account() == Some(account)).into())
            }
            (Self::Canonical, Principal::Role { .. } | Principal::User { .. }) => {
                causes.insert(Cause::Principal);
                Meant::account(Truth::Unknown)
            }
            (Self::Arn(listed), Principal::Role { arn, session, .. }) => {
                if listed == arn {
                    return Meant::role(Truth::True);
                }
                let same_role = session_parts(listed).is_some_and(|(account, name)| {
                    account_of_arn(arn) == Some(account) && name == role_name(arn)
                });
                match session {
                    _ if !same_role => Meant::NOT,
                    Some(session) => Meant::itself((session == listed).into()),
                    None => {
                        causes.insert(Cause::Session);
                        Meant::itself(Truth::Unknown)
                    }
                }
            }
            (Self::Arn(listed), Principal::User { arn }) => Meant::itself((listed == arn).into()),
            (Self::UniqueId(listed), Principal::Role { role_id, .. })
                if listed.starts_with("AROA") =>
            {
                if let Some(role_id) = role_id {
                    return Meant::role((role_id == listed).into());
                }
                causes.insert(Cause::Principal);
                Meant::role(Truth::Unknown)
            }
            (Self::UniqueId(listed), Principal::User { .. }) if listed.starts_with("AIDA") => {
                causes.insert(Cause::Principal);
                Meant::itself(Truth::Unknown)
            }
            (Self::Service(listed), Principal::Service(name))
            | (Self::Federated(listed), Principal::Federated(name)) => {
                Meant::itself((listed == name).into())
            }
            _ => Meant::NOT,
        }
    }

    fn names(&self, arn: &str) -> bool {
        matches!(self, Self::Arn(listed) if listed == arn)
    }
}

/// How a statement with this `Principal` or `NotPrincipal` means the one who asks.
pub(super) fn meant(
    element: &Either<Principals>,
    effect: Effect,
    principal: &Principal,
    causes: &mut Causes,
) -> Meant {
    match element {
        Either::These(principals) => principals.mean(principal, causes),
        Either::AllBut(principals) => all_but(principals, effect, principal, causes),
    }
}

/// Who is left out of a Deny must be named with each of its faces: a user with its account, a role's session with role and account.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
fn all_but(
    principals: &Principals,
    effect: Effect,
    principal: &Principal,
    causes: &mut Causes,
) -> Meant {
    if principals.listed.contains(&Listed::Anyone) {
        return Meant::NOT;
    }
    let account_listed = principal.account().is_some_and(|account| {
        principals
            .listed
            .contains(&Listed::Account(account.to_owned()))
    });
    let (faces, listed_faces) = match principal {
        Principal::Role { arn, session, .. } => {
            let role = principals.listed.iter().any(|listed| listed.names(arn));
            let session = session.as_deref().is_some_and(|session| {
                principals.listed.iter().any(|listed| listed.names(session))
            });
            (
                3,
                usize::from(account_listed) + usize::from(role) + usize::from(session),
            )
        }
        Principal::User { arn } => {
            let user = principals.listed.iter().any(|listed| listed.names(arn));
            (2, usize::from(account_listed) + usize::from(user))
        }
        _ => {
            let meant = principals.mean(principal, causes).any();
            return Meant::itself(!meant);
        }
    };
    let unsure = principals
        .listed
        .iter()
        .any(|listed| listed.means(principal, causes).any() == Truth::Unknown);
    match listed_faces {
        _ if listed_faces == faces => return Meant::NOT,
        0 if !unsure => {}
        // With the account alone, a Deny still hits who belongs to it.
        1 if account_listed && !unsure && effect == Effect::Deny => {}
        _ => {
            causes.insert(Cause::Undocumented(
                "whom a NotPrincipal leaves out that names only a part of principal, session and account",
            ));
            return Meant::UNKNOWN;
        }
    }
    causes.insert(Cause::Undocumented(
        "whether a boundary limits what a NotPrincipal allows",
    ));
    Meant {
        itself: Truth::Unknown,
        role: Truth::True,
        account: Truth::False,
    }
}

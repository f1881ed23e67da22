//! What is known of a request beside who, what and on which.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::collections::BTreeMap;

use super::{Principal, principal::account_of_arn};

/// What is known of one context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// The request has these values; none at all is as if the key were absent.
    Known(Vec<String>),
    /// The request does not have the key.
    KnownAbsent,
    /// The request has one value, of which only a pattern with `*` and `?` is known: the ARN of a task yet to start.
    Matching(String),
}

/// Context keys with what is known of them. A key that is not in it is unknown. Keys are not case-sensitive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, ContextValue>,
}

impl Context {
    pub fn new() -> Self {
        Self::default()
    }

    /// What holds for any call that a task, an agent or a service makes with an AWS SDK itself: it uses TLS, and no other service calls
    /// on its behalf.
    pub fn of_sdk_call() -> Self {
        Self::new()
            .known("aws:SecureTransport", "true")
            .known("aws:ViaAWSService", "false")
            .absent("aws:CalledVia")
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: ContextValue) -> Self {
        self.values.insert(key.to_ascii_lowercase(), value);
        self
    }

    /// The request has this one value.
    #[must_use]
    pub fn known(self, key: &str, value: &str) -> Self {
        self.with(key, ContextValue::Known(vec![value.to_owned()]))
    }

    /// The request does not have the key.
    #[must_use]
    pub fn absent(self, key: &str) -> Self {
        self.with(key, ContextValue::KnownAbsent)
    }

    /// The request has a value that matches this pattern.
    #[must_use]
    pub fn matching(self, key: &str, pattern: &str) -> Self {
        self.with(key, ContextValue::Matching(pattern.to_owned()))
    }

    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.values.get(&key.to_ascii_lowercase())
    }
}

impl<K: AsRef<str>> FromIterator<(K, ContextValue)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, ContextValue)>>(entries: I) -> Self {
        entries
            .into_iter()
            .fold(Self::new(), |context, (key, value)| {
                context.with(key.as_ref(), value)
            })
    }
}

/// The caller's context, and beneath it what follows from principal and resource.
pub(super) struct Facts<'a> {
    given: &'a Context,
    implied: Context,
}

impl<'a> Facts<'a> {
    pub(super) fn new(given: &'a Context, principal: &Principal, resource: &str) -> Self {
        let mut implied = implied_by(principal);
        if let Some(account) = account_of_arn(resource) {
            implied = implied.known("aws:ResourceAccount", account);
        }
        Self { given, implied }
    }

    pub(super) fn get(&self, key: &str) -> Option<&ContextValue> {
        self.given.get(key).or_else(|| self.implied.get(key))
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable> and the pages of the keys.
fn implied_by(principal: &Principal) -> Context {
    let context = Context::new();
    match principal {
        Principal::Role { arn, .. } | Principal::User { arn } => {
            let context = context
                .known("aws:PrincipalArn", arn)
                .known("aws:PrincipalIsAWSService", "false")
                // Only a service that calls with its own principal has these.
                .absent("aws:PrincipalServiceName")
                .absent("aws:PrincipalServiceNamesList")
                .absent("aws:SourceArn")
                .absent("aws:SourceAccount")
                .absent("aws:SourceOrgID");
            let context = match principal.account() {
                Some(account) => context.known("aws:PrincipalAccount", account),
                None => context,
            };
            match principal {
                Principal::User { arn } => {
                    let name = arn.rsplit('/').next().unwrap_or_default();
                    context
                        .known("aws:username", name)
                        .known("aws:PrincipalType", "User")
                }
                // A role's session has no user name.
                _ => context
                    .absent("aws:username")
                    .known("aws:PrincipalType", "AssumedRole"),
            }
        }
        Principal::Service(name) => context
            .known("aws:PrincipalIsAWSService", "true")
            .known("aws:PrincipalServiceName", name)
            .absent("aws:username"),
        Principal::Federated(_) => context
            .known("aws:PrincipalIsAWSService", "false")
            .absent("aws:username"),
        Principal::Anonymous => context
            .known("aws:PrincipalType", "Anonymous")
            .known("aws:PrincipalIsAWSService", "false")
            .absent("aws:PrincipalArn")
            .absent("aws:PrincipalAccount")
            .absent("aws:PrincipalOrgID")
            .absent("aws:username"),
    }
}

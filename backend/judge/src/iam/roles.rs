//! The policies of a role, from its facts.

use blastmap_model::kinds::{iam_policy::IamPolicy, iam_role::IamRole};

use super::{
    Policies, Policy, Principal,
    evaluate::Contents,
    managed::{Extent, ManagedPolicy, managed_policy, may_deny},
};

/// What came of looking for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<T> {
    Found(T),
    /// It was looked for and does not exist.
    Missing,
    /// It was not read.
    Unreadable,
}

/// What a role may do by its own policies, read once for many questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePolicies {
    pub principal: Principal,
    /// Inline and attached.
    pub identity: Vec<Policy>,
    pub boundary: Option<Policy>,
}

impl RolePolicies {
    pub fn of(role: &IamRole, policy_of: &dyn Fn(&str) -> Lookup<IamPolicy>) -> Self {
        let inline = role.role_policy_list.iter().map(|policy| {
            Policy::new(
                format!("inline policy {}", policy.policy_name),
                &policy.policy_document,
            )
        });
        let attached = role
            .attached_managed_policies
            .iter()
            .flat_map(|policy| attached(&policy.policy_arn, policy_of));
        Self {
            principal: Principal::Role {
                arn: role.arn.clone(),
                session: None,
                role_id: role.role_id.clone(),
            },
            identity: inline.chain(attached).collect(),
            boundary: role
                .permissions_boundary
                .as_ref()
                .map(|set| boundary(&set.permissions_boundary_arn, policy_of)),
        }
    }

    /// Identity policies and boundary; the caller adds the others that have a say.
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            ..Policies::default()
        }
    }
}

/// Of a boundary that is known in part only, the unknown rest may allow more: so all of it counts as unknown. AWS deletes no policy that is
/// somebody's boundary, so that one that is missing was rather not read.
fn boundary(arn: &str, policy_of: &dyn Fn(&str) -> Lookup<IamPolicy>) -> Policy {
    let name = format!("permissions boundary {}", short_name(arn));
    match (policy_of(arn), managed_policy(arn)) {
        (Lookup::Found(policy), _) => Policy::new(name, &policy.policy_document),
        (
            _,
            Some(ManagedPolicy {
                document,
                extent: Extent::Whole,
            }),
        ) => Policy::new(name, &document),
        _ => unread(name, arn, "the policy was not read"),
    }
}

/// What is known of an attached policy: one, or for a policy of AWS that may have grown, what it had and its unknown rest.
fn attached(arn: &str, policy_of: &dyn Fn(&str) -> Lookup<IamPolicy>) -> Vec<Policy> {
    let name = format!("policy {}", short_name(arn));
    match (policy_of(arn), managed_policy(arn)) {
        (Lookup::Found(policy), _) => vec![Policy::new(name, &policy.policy_document)],
        (_, Some(known)) => {
            let rest = || {
                unread(
                    name.clone(),
                    arn,
                    "it was not read, and AWS may have added to what is known of it",
                )
            };
            let rest = (known.extent == Extent::AtLeast).then(rest);
            std::iter::once(Policy::new(name.clone(), &known.document))
                .chain(rest)
                .collect()
        }
        // What does not exist allows nothing, and denies nothing.
        (Lookup::Missing, None) => Vec::new(),
        (Lookup::Unreadable, None) => vec![unread(name, arn, "the policy was not read")],
    }
}

fn short_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn unread(name: String, arn: &str, why: &str) -> Policy {
    Policy {
        name,
        contents: Contents::Unreadable {
            why: why.to_owned(),
            may_deny: may_deny(arn),
        },
    }
}

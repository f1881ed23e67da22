//! Who may assume a role.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>

use serde_json::Value;

use super::{Context, Decision, Policies, Policy, Principal, Request, ResourcePolicy, evaluate};

/// Whether a role's trust policy lets a service assume it: `ecs-tasks.amazonaws.com` for a task's roles, `events.amazonaws.com` for a
/// rule's. The caller's context says for whom the service acts, as `aws:SourceAccount` and `aws:SourceArn`; a task that does not exist
/// yet has a pattern ([`Context::matching`]).
pub fn may_assume(trust_policy: &Value, service_principal: &str, context: &Context) -> Decision {
    let policy = Policy::new("the trust policy", trust_policy);
    let principal = Principal::Service(service_principal.to_owned());
    // A trust policy names no resource: it means its role.
    let request = Request {
        principal: &principal,
        action: "sts:AssumeRole",
        resource: "the role",
        context,
    };
    evaluate(
        &request,
        &Policies {
            resource: ResourcePolicy::Required(&policy),
            ..Policies::default()
        },
    )
}

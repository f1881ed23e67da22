//! May this principal do this? IAM policy evaluation as AWS documents it, three-valued: what the facts do not say is unknown, never a
//! silent no (or yes).
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod condition;
mod context;
mod document;
mod evaluate;
mod managed;
mod principal;
mod reason;
mod roles;
mod say;
mod trust;
mod truth;
mod wildcard;

pub use context::{Context, ContextValue};
pub(crate) use document::one_or_many;
pub use document::{Document, DocumentError, document_value};
pub use evaluate::{
    Answer, Contents, Decision, Policies, Policy, Request, ResourcePolicy, evaluate,
};
pub use managed::{Extent, ManagedPolicy, managed_policy};
pub use principal::Principal;
pub use reason::{Cause, Reason};
pub use roles::{Lookup, RolePolicies};
pub use trust::may_assume;
pub use truth::Truth;

//! Best-practice findings: their rules come later, until then there are none.

use async_graphql::{ID, InputObject, SimpleObject};

use crate::graphql::{assessment::RiskLevel, resource::Resource};

/// A best practice that a resource does not follow.
#[derive(SimpleObject, Clone)]
pub(crate) struct Finding {
    id: ID,
    /// The rule's name, kebab-case.
    rule: String,
    level: RiskLevel,
    title: String,
    detail: String,
    remediation: String,
    resource: Resource,
    /// AWS documentation on the behaviour.
    documentation: Option<String>,
}

/// Narrows a list of findings.
#[derive(InputObject)]
pub(crate) struct FindingFilter {
    levels: Option<Vec<RiskLevel>>,
    rules: Option<Vec<String>>,
    resource: Option<ID>,
}

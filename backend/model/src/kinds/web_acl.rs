//! Web ACLs of AWS WAF before load balancers.
//!
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACLSummary.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WebAcl {
    #[serde(rename = "ARN")]
    pub arn: String,
    pub id: String,
    pub name: String,
    /// What it does with a request that no rule of its decides: `Allow` or `Block`. None: not asked for.
    pub default_action: Option<String>,
    /// The load balancers before which it stands.
    ///
    /// <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListResourcesForWebACL.html>
    pub resource_arns: Vec<String>,
}

impl Facts for WebAcl {
    const KIND: ResourceKind = ResourceKind::WebAcl;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    /// Which balancers it filters is theirs to depend on: see `computed/filtered_by.rs`.
    fn links(&self, _: &mut Links<'_>) {}
}

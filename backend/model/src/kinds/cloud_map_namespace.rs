//! Cloud Map namespaces: where the names of services are looked up.
//!
//! <https://docs.aws.amazon.com/cloud-map/latest/api/API_NamespaceSummary.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CloudMapNamespace {
    pub arn: String,
    pub id: String,
    pub name: String,
    /// `DNS_PUBLIC`, `DNS_PRIVATE` or `HTTP`.
    pub r#type: Option<String>,
    pub properties: Option<NamespaceProperties>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NamespaceProperties {
    pub dns_properties: Option<DnsProperties>,
    pub http_properties: Option<HttpProperties>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DnsProperties {
    pub hosted_zone_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HttpProperties {
    pub http_name: Option<String>,
}

impl Facts for CloudMapNamespace {
    const KIND: ResourceKind = ResourceKind::CloudMapNamespace;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    /// The hosted zone that AWS keeps for it is not crawled.
    fn links(&self, _: &mut Links<'_>) {}
}

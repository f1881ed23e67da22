//! Cloud Map services: the names by which others find a service's tasks.
//!
//! <https://docs.aws.amazon.com/cloud-map/latest/api/API_Service.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceKind, host_name_id};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CloudMapService {
    pub arn: String,
    pub id: String,
    pub name: String,
    /// The namespace under which it is listed.
    pub namespace_id: Option<String>,
    /// That namespace's name, where names in it are looked up in DNS.
    pub namespace_name: Option<String>,
    /// Of what clients write to reach it by DNS: how it is known again in their environments.
    pub fingerprints: Vec<String>,
    /// `HTTP`, `DNS_HTTP` or `DNS`.
    pub r#type: Option<String>,
    pub dns_config: Option<DnsConfig>,
    pub health_check_config: Option<HealthCheckConfig>,
    pub health_check_custom_config: Option<HealthCheckCustomConfig>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DnsConfig {
    /// `MULTIVALUE` or `WEIGHTED`.
    pub routing_policy: Option<String>,
    pub dns_records: Vec<DnsRecord>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DnsRecord {
    /// `A`, `AAAA`, `SRV` or `CNAME`.
    #[serde(rename = "Type")]
    pub r#type: String,
    #[serde(rename = "TTL")]
    pub ttl: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthCheckConfig {
    pub r#type: Option<String>,
    pub resource_path: Option<String>,
    pub failure_threshold: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthCheckCustomConfig {
    pub failure_threshold: Option<i32>,
}

impl Facts for CloudMapService {
    const KIND: ResourceKind = ResourceKind::CloudMapService;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(namespace) = self.namespace_id.as_ref().filter(|id| !id.is_empty()) {
            let namespace = format!("namespace/{namespace}");
            links.sibling(Relation::PartOf, ResourceKind::CloudMapNamespace, "servicediscovery", &namespace, "NamespaceId");
        }
        if let Some(namespace) = &self.namespace_name {
            links.also_named(host_name_id(&format!("{}.{namespace}", self.name)));
        }
    }
}

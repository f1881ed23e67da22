//! Hosted zones of Route 53.
//!
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind, plain_host_name};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostedZone {
    /// Without `/hostedzone/` before it.
    pub id: String,
    /// As AWS writes it, with a dot at its end.
    pub name: String,
    pub config: Option<HostedZoneConfig>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostedZoneConfig {
    /// True where only VPCs see its names.
    pub private_zone: Option<bool>,
}

impl Facts for HostedZone {
    const KIND: ResourceKind = ResourceKind::HostedZone;

    fn name(&self) -> Option<String> {
        (!self.name.is_empty()).then(|| plain_host_name(&self.name))
    }

    fn links(&self, _: &mut Links<'_>) {}
}

//! Sets of DHCP options: which servers the hosts of a VPC ask for names.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DhcpOptions {
    pub dhcp_options_id: String,
    pub owner_id: Option<String>,
    pub dhcp_configurations: Vec<DhcpConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DhcpConfiguration {
    /// `domain-name-servers`, `domain-name`, ...
    pub key: String,
    pub values: Vec<String>,
}

/// The key of the DNS servers.
pub const SERVERS: &str = "domain-name-servers";

impl DhcpOptions {
    /// The DNS servers, which are asked in this order.
    pub fn domain_name_servers(&self) -> Vec<String> {
        let servers = self.dhcp_configurations.iter().filter(|own| own.key == SERVERS);
        servers.flat_map(|own| own.values.iter().cloned()).collect()
    }
}

impl Facts for DhcpOptions {
    const KIND: ResourceKind = ResourceKind::DhcpOptions;

    fn links(&self, links: &mut Links<'_>) {
        super::subnet::known_by_id(&self.dhcp_options_id, links);
    }
}

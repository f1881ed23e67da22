//! VPCs.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Vpc {
    pub vpc_id: String,
    pub owner_id: Option<String>,
    pub state: Option<String>,
    pub cidr_block: Option<String>,
    pub cidr_blocks: Vec<String>,
    pub ipv6_cidr_blocks: Vec<String>,
    pub is_default: Option<bool>,
    pub dhcp_options_id: Option<String>,
    /// From its DHCP options: `AmazonProvidedDNS`, or the addresses of other servers. Empty: none are named, or they could not be read.
    pub domain_name_servers: Vec<String>,
    /// Whether Amazon's DNS server answers in it. None: not asked for, or not readable.
    pub enable_dns_support: Option<bool>,
    /// None: not asked for, or not readable.
    pub enable_dns_hostnames: Option<bool>,
}

impl Facts for Vpc {
    const KIND: ResourceKind = ResourceKind::Vpc;

    fn links(&self, links: &mut Links<'_>) {
        super::subnet::known_by_id(&self.vpc_id, links);
    }
}

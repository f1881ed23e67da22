//! Subnets.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceId, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Subnet {
    pub subnet_id: String,
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    pub state: Option<String>,
    pub cidr_block: Option<String>,
    pub ipv6_cidr_blocks: Vec<String>,
    pub availability_zone: Option<String>,
    pub availability_zone_id: Option<String>,
    pub available_ip_address_count: Option<i32>,
    pub map_public_ip_on_launch: Option<bool>,
    /// None: not readable. A subnet always has one.
    pub network_acl: Option<NetworkAcl>,
}

/// What packets of a subnet may pass, whichever way they go.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NetworkAcl {
    pub network_acl_id: String,
    pub is_default: Option<bool>,
    /// Sorted by direction and number: of each direction, the first that fits decides.
    pub entries: Vec<NetworkAclEntry>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NetworkAclEntry {
    pub egress: bool,
    pub rule_number: Option<i32>,
    /// A number, or `-1` for all.
    pub protocol: Option<String>,
    /// `allow` or `deny`.
    pub rule_action: Option<String>,
    pub cidr_block: Option<String>,
    pub ipv6_cidr_block: Option<String>,
    /// None: all ports.
    pub port_range: Option<PortRange>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortRange {
    pub from: Option<i32>,
    pub to: Option<i32>,
}

impl Facts for Subnet {
    const KIND: ResourceKind = ResourceKind::Subnet;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        if let Some(acl) = self.network_acl.as_ref().filter(|acl| !acl.network_acl_id.is_empty()) {
            links.ec2(Relation::FilteredBy, ResourceKind::NetworkAcl, &acl.network_acl_id, "NetworkAcl.NetworkAclId");
        }
        known_by_id(&self.subnet_id, links);
    }
}

/// EC2's ids are unique over accounts: whoever shares the resource names it by its id alone,
/// which the builder reads as one of the namer's own account.
pub(super) fn known_by_id(id: &str, links: &mut Links<'_>) {
    links.also_named(ResourceId::new(id));
}

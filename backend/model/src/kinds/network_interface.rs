//! Network interfaces of tasks.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NetworkInterface {
    pub network_interface_id: String,
    pub owner_id: Option<String>,
    pub status: Option<String>,
    pub interface_type: Option<String>,
    pub description: Option<String>,
    pub vpc_id: Option<String>,
    pub subnet_id: Option<String>,
    pub availability_zone: Option<String>,
    pub private_ip_address: Option<String>,
    pub private_ip_addresses: Vec<String>,
    pub ipv6_addresses: Vec<String>,
    pub public_ip: Option<String>,
    pub groups: Vec<InterfaceGroup>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InterfaceGroup {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
}

impl Facts for NetworkInterface {
    const KIND: ResourceKind = ResourceKind::NetworkInterface;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(subnet) = &self.subnet_id {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, "SubnetId");
        }
        for (index, group) in self.groups.iter().enumerate() {
            if let Some(group) = &group.group_id {
                links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("Groups", index, "GroupId"));
            }
        }
        super::subnet::known_by_id(&self.network_interface_id, links);
    }
}

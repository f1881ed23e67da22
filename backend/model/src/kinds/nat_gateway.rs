//! NAT gateways.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NatGateway {
    pub nat_gateway_id: String,
    pub vpc_id: Option<String>,
    pub subnet_id: Option<String>,
    /// `available`, `pending`, `failed`, `deleting`.
    pub state: Option<String>,
    /// `public` or `private`.
    pub connectivity_type: Option<String>,
    pub nat_gateway_addresses: Vec<NatGatewayAddress>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NatGatewayAddress {
    pub allocation_id: Option<String>,
    pub network_interface_id: Option<String>,
    pub private_ip: Option<String>,
    pub public_ip: Option<String>,
}

impl Facts for NatGateway {
    const KIND: ResourceKind = ResourceKind::NatGateway;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        if let Some(subnet) = &self.subnet_id {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, "SubnetId");
        }
        for (index, address) in self.nat_gateway_addresses.iter().enumerate() {
            if let Some(allocation) = &address.allocation_id {
                links.ec2(Relation::AttachedTo, ResourceKind::ElasticIp, allocation, at("NatGatewayAddresses", index, "AllocationId"));
            }
        }
        super::subnet::known_by_id(&self.nat_gateway_id, links);
    }
}

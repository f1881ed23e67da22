//! Route tables.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteTable {
    pub route_table_id: String,
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    pub routes: Vec<Route>,
    pub associations: Vec<RouteTableAssociation>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Route {
    pub destination_cidr_block: Option<String>,
    pub destination_ipv6_cidr_block: Option<String>,
    pub destination_prefix_list_id: Option<String>,
    /// `igw-...`, `vpce-...`, `vgw-...` or `local`.
    pub gateway_id: Option<String>,
    pub nat_gateway_id: Option<String>,
    pub transit_gateway_id: Option<String>,
    pub vpc_peering_connection_id: Option<String>,
    pub egress_only_internet_gateway_id: Option<String>,
    pub network_interface_id: Option<String>,
    pub instance_id: Option<String>,
    /// `active` or `blackhole`.
    pub state: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteTableAssociation {
    pub main: bool,
    pub subnet_id: Option<String>,
    pub gateway_id: Option<String>,
    pub route_table_association_id: Option<String>,
}

impl Route {
    /// The gateway, if it is one that we hold: its kind, its id, and the field that names it.
    pub fn gateway(&self) -> Option<(ResourceKind, &str, &'static str)> {
        if let Some(nat) = &self.nat_gateway_id {
            return Some((ResourceKind::NatGateway, nat, "NatGatewayId"));
        }
        let gateway = self.gateway_id.as_deref()?;
        match gateway.split('-').next()? {
            "igw" => Some((ResourceKind::InternetGateway, gateway, "GatewayId")),
            "vpce" => Some((ResourceKind::VpcEndpoint, gateway, "GatewayId")),
            _ => None,
        }
    }

    /// What leads out of sight: a transit gateway or a peering connection, with the field that names it.
    pub fn way_out(&self) -> Option<(ResourceKind, &str, &'static str)> {
        let transit = self.transit_gateway_id.as_deref().map(|id| (ResourceKind::TransitGateway, id, "TransitGatewayId"));
        transit.or_else(|| Some((ResourceKind::VpcPeeringConnection, self.vpc_peering_connection_id.as_deref()?, "VpcPeeringConnectionId")))
    }

    /// True for the route that takes what no other takes.
    pub fn is_default(&self) -> bool {
        self.destination_cidr_block.as_deref() == Some("0.0.0.0/0") || self.destination_ipv6_cidr_block.as_deref() == Some("::/0")
    }
}

impl Facts for RouteTable {
    const KIND: ResourceKind = ResourceKind::RouteTable;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        for (index, route) in self.routes.iter().enumerate() {
            if let Some((kind, gateway, field)) = route.gateway().or_else(|| route.way_out()) {
                links.ec2(Relation::RoutesVia, kind, gateway, at("Routes", index, field));
            }
            if let Some(list) = &route.destination_prefix_list_id {
                links.ec2(Relation::Matches, ResourceKind::PrefixList, list, at("Routes", index, "DestinationPrefixListId"));
            }
        }
        super::subnet::known_by_id(&self.route_table_id, links);
    }
}

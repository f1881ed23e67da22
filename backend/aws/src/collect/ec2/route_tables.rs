//! Route tables.

use aws_sdk_ec2::types::RouteTable as SdkRouteTable;
use blastmap_model::{
    Found, Source,
    kinds::route_table::{Route, RouteTable, RouteTableAssociation},
};

use super::{arn, listing, tags};
use crate::{
    clients::Clients,
    collect::{owned, text},
};

listing!(
    ROUTE_TABLES,
    RouteTable,
    "ec2:DescribeRouteTables",
    describe_route_tables,
    route_tables,
    describe,
    100,
    [
        "routeTableSet",
        "routeTableId",
        "vpcId",
        "ownerId",
        "routeSet",
        "destinationCidrBlock",
        "destinationIpv6CidrBlock",
        "destinationPrefixListId",
        "gatewayId",
        "natGatewayId",
        "transitGatewayId",
        "vpcPeeringConnectionId",
        "egressOnlyInternetGatewayId",
        "networkInterfaceId",
        "instanceId",
        "state",
        "associationSet",
        "main",
        "subnetId",
        "routeTableAssociationId",
        "associationState"
    ]
);

fn describe(clients: &Clients, table: &SdkRouteTable, found: &mut Found) {
    let Some(arn) = arn(
        clients,
        "route-table",
        table.owner_id(),
        table.route_table_id(),
    ) else {
        return;
    };
    let facts = RouteTable {
        route_table_id: table.route_table_id().unwrap_or_default().to_owned(),
        vpc_id: owned(table.vpc_id()),
        owner_id: owned(table.owner_id()),
        routes: table
            .routes()
            .iter()
            .map(|route| Route {
                destination_cidr_block: owned(route.destination_cidr_block()),
                destination_ipv6_cidr_block: owned(route.destination_ipv6_cidr_block()),
                destination_prefix_list_id: owned(route.destination_prefix_list_id()),
                gateway_id: owned(route.gateway_id()),
                nat_gateway_id: owned(route.nat_gateway_id()),
                transit_gateway_id: owned(route.transit_gateway_id()),
                vpc_peering_connection_id: owned(route.vpc_peering_connection_id()),
                egress_only_internet_gateway_id: owned(route.egress_only_internet_gateway_id()),
                network_interface_id: owned(route.network_interface_id()),
                instance_id: owned(route.instance_id()),
                state: text!(route.state()),
            })
            .collect(),
        associations: table
            .associations()
            .iter()
            .map(|association| RouteTableAssociation {
                main: association.main().unwrap_or_default(),
                subnet_id: owned(association.subnet_id()),
                gateway_id: owned(association.gateway_id()),
                route_table_association_id: owned(association.route_table_association_id()),
            })
            .collect(),
    };
    found.resource(
        &arn,
        &facts,
        tags(table.tags()),
        Source::of("ec2:DescribeRouteTables"),
    );
}

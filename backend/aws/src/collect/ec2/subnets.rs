//! Subnets.

use aws_sdk_ec2::types::Subnet as SdkSubnet;
use blastmap_model::{Found, Source, kinds::subnet::Subnet};

use super::{arn, listing, tags};
use crate::{
    clients::Clients,
    collect::{owned, text},
};

listing!(
    SUBNETS,
    Subnet,
    "ec2:DescribeSubnets",
    describe_subnets,
    subnets,
    describe,
    1000,
    [
        "subnetSet",
        "subnetId",
        "vpcId",
        "ownerId",
        "state",
        "cidrBlock",
        "ipv6CidrBlockAssociationSet",
        "ipv6CidrBlock",
        "availabilityZone",
        "availabilityZoneId",
        "availableIpAddressCount",
        "mapPublicIpOnLaunch"
    ]
);

fn describe(clients: &Clients, subnet: &SdkSubnet, found: &mut Found) {
    let Some(arn) = arn(clients, "subnet", subnet.owner_id(), subnet.subnet_id()) else {
        return;
    };
    let facts = Subnet {
        subnet_id: subnet.subnet_id().unwrap_or_default().to_owned(),
        vpc_id: owned(subnet.vpc_id()),
        owner_id: owned(subnet.owner_id()),
        state: text!(subnet.state()),
        cidr_block: owned(subnet.cidr_block()),
        ipv6_cidr_blocks: subnet
            .ipv6_cidr_block_association_set()
            .iter()
            .filter_map(|own| owned(own.ipv6_cidr_block()))
            .collect(),
        availability_zone: owned(subnet.availability_zone()),
        availability_zone_id: owned(subnet.availability_zone_id()),
        available_ip_address_count: subnet.available_ip_address_count(),
        map_public_ip_on_launch: subnet.map_public_ip_on_launch(),
    };
    found.resource(
        &arn,
        &facts,
        tags(subnet.tags()),
        Source::of("ec2:DescribeSubnets"),
    );
}

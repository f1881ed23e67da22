//! VPCs.

use aws_sdk_ec2::types::Vpc as SdkVpc;
use blastmap_model::{Found, Source, kinds::vpc::Vpc};

use super::{arn, listing, tags};
use crate::{
    clients::Clients,
    collect::{owned, text},
};

listing!(
    VPCS,
    Vpc,
    "ec2:DescribeVpcs",
    describe_vpcs,
    vpcs,
    describe,
    1000,
    [
        "vpcSet",
        "vpcId",
        "ownerId",
        "state",
        "cidrBlock",
        "cidrBlockAssociationSet",
        "cidrBlockState",
        "ipv6CidrBlockAssociationSet",
        "ipv6CidrBlock",
        "isDefault",
        "dhcpOptionsId"
    ]
);

fn describe(clients: &Clients, vpc: &SdkVpc, found: &mut Found) {
    let Some(arn) = arn(clients, "vpc", vpc.owner_id(), vpc.vpc_id()) else {
        return;
    };
    let facts = Vpc {
        vpc_id: vpc.vpc_id().unwrap_or_default().to_owned(),
        owner_id: owned(vpc.owner_id()),
        state: text!(vpc.state()),
        cidr_block: owned(vpc.cidr_block()),
        cidr_blocks: vpc
            .cidr_block_association_set()
            .iter()
            .filter_map(|own| owned(own.cidr_block()))
            .collect(),
        ipv6_cidr_blocks: vpc
            .ipv6_cidr_block_association_set()
            .iter()
            .filter_map(|own| owned(own.ipv6_cidr_block()))
            .collect(),
        is_default: vpc.is_default(),
        dhcp_options_id: owned(vpc.dhcp_options_id()),
        ..Vpc::default()
    };
    found.resource(
        &arn,
        &facts,
        tags(vpc.tags()),
        Source::of("ec2:DescribeVpcs"),
    );
}

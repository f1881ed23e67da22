//! Security groups with their rules.

use aws_sdk_ec2::types::{IpPermission as SdkIpPermission, SecurityGroup as SdkSecurityGroup};
use blastmap_model::{
    Found, Source,
    kinds::security_group::{
        IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, UserIdGroupPair,
    },
};

use super::{arn, listing, tags};
use crate::{clients::Clients, collect::owned};

listing!(
    SECURITY_GROUPS,
    SecurityGroup,
    "ec2:DescribeSecurityGroups",
    describe_security_groups,
    security_groups,
    describe,
    1000,
    [
        "securityGroupInfo",
        "groupId",
        "groupName",
        "groupDescription",
        "vpcId",
        "ownerId",
        "ipPermissions",
        "ipPermissionsEgress",
        "ipProtocol",
        "fromPort",
        "toPort",
        "ipRanges",
        "cidrIp",
        "description",
        "ipv6Ranges",
        "cidrIpv6",
        "prefixListIds",
        "prefixListId",
        "groups",
        "userId"
    ]
);

fn describe(clients: &Clients, group: &SdkSecurityGroup, found: &mut Found) {
    let Some(arn) = arn(
        clients,
        "security-group",
        group.owner_id(),
        group.group_id(),
    ) else {
        return;
    };
    let facts = SecurityGroup {
        group_id: group.group_id().unwrap_or_default().to_owned(),
        group_name: group.group_name().unwrap_or_default().to_owned(),
        description: owned(group.description()),
        vpc_id: owned(group.vpc_id()),
        owner_id: owned(group.owner_id()),
        ip_permissions: group.ip_permissions().iter().map(permission).collect(),
        ip_permissions_egress: group
            .ip_permissions_egress()
            .iter()
            .map(permission)
            .collect(),
    };
    found.resource(
        &arn,
        &facts,
        tags(group.tags()),
        Source::of("ec2:DescribeSecurityGroups"),
    );
}

fn permission(permission: &SdkIpPermission) -> IpPermission {
    IpPermission {
        ip_protocol: owned(permission.ip_protocol()),
        from_port: permission.from_port(),
        to_port: permission.to_port(),
        ip_ranges: permission
            .ip_ranges()
            .iter()
            .map(|range| IpRange {
                cidr_ip: range.cidr_ip().unwrap_or_default().to_owned(),
                description: owned(range.description()),
            })
            .collect(),
        ipv6_ranges: permission
            .ipv6_ranges()
            .iter()
            .map(|range| Ipv6Range {
                cidr_ipv6: range.cidr_ipv6().unwrap_or_default().to_owned(),
                description: owned(range.description()),
            })
            .collect(),
        prefix_list_ids: permission
            .prefix_list_ids()
            .iter()
            .map(|list| PrefixListId {
                prefix_list_id: list.prefix_list_id().unwrap_or_default().to_owned(),
                description: owned(list.description()),
            })
            .collect(),
        user_id_group_pairs: permission
            .user_id_group_pairs()
            .iter()
            .map(|pair| UserIdGroupPair {
                group_id: owned(pair.group_id()),
                user_id: owned(pair.user_id()),
                vpc_id: owned(pair.vpc_id()),
                description: owned(pair.description()),
            })
            .collect(),
    }
}

//! Subnets, each with the network ACL that its packets pass.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{NetworkAcl as SdkNetworkAcl, Subnet as SdkSubnet};
use blastmap_model::{
    Found, ResourceKind, Source,
    kinds::{
        network_acl,
        subnet::{NetworkAcl, NetworkAclEntry, PortRange, Subnet},
    },
};

use super::{arn, tags};
use crate::{
    clients::Clients,
    collect::{Action, Collector, Place, owned, text},
    error::CallError,
    pages::{Page, Pages},
};

const SUBNETS_API: &str = "ec2:DescribeSubnets";
const ACLS: &str = "ec2:DescribeNetworkAcls";

const KINDS: &[ResourceKind] = &[ResourceKind::Subnet, ResourceKind::NetworkAcl];

/// What a subnet's network ACL is comes from another call.
const SUBNET_SOURCE: Source = Source {
    api: SUBNETS_API,
    by_field: &[("NetworkAcl", ACLS)],
};

pub(in crate::collect) const SUBNETS: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: SUBNETS_API,
            reads: &[
                "nextToken",
                "tagSet",
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
                "mapPublicIpOnLaunch",
            ],
        },
        Action {
            name: ACLS,
            reads: &[
                "nextToken",
                "networkAclSet",
                "networkAclId",
                "vpcId",
                "ownerId",
                "tagSet",
                "default",
                "entrySet",
                "ruleNumber",
                "protocol",
                "ruleAction",
                "egress",
                "cidrBlock",
                "ipv6CidrBlock",
                "portRange",
                "from",
                "to",
                "associationSet",
                "subnetId",
            ],
        },
    ],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut acls = BTreeMap::new();
    if let Err(error) = list_acls(clients, &mut acls, found).await {
        found.blind_spot(error.blind_spot(clients.scope(), KINDS));
    }
    let mut pages = Pages::of(SUBNETS_API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ec2
            .describe_subnets()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(SUBNETS_API, request.send()).await?;
        for subnet in answer.subnets() {
            describe(clients, subnet, &acls, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::Subnet);
    Ok(())
}

/// The network ACL of each subnet, by the subnet's id.
async fn list_acls(
    clients: &Clients,
    acls: &mut BTreeMap<String, NetworkAcl>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut pages = Pages::of(ACLS);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ec2
            .describe_network_acls()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(ACLS, request.send()).await?;
        for acl in answer.network_acls() {
            let facts = describe_acl(acl);
            offer(clients, acl, &facts, found);
            let subnets = acl.associations().iter();
            acls.extend(subnets.filter_map(|own| Some((owned(own.subnet_id())?, facts.clone()))));
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::NetworkAcl);
    Ok(())
}

/// Kept where a subnet has it.
fn offer(clients: &Clients, acl: &SdkNetworkAcl, own: &NetworkAcl, found: &mut Found) {
    let (owner, id) = (acl.owner_id(), acl.network_acl_id());
    let Some(arn) = arn(clients, "network-acl", owner, id) else {
        return;
    };
    let facts = network_acl::NetworkAcl {
        network_acl_id: own.network_acl_id.clone(),
        vpc_id: owned(acl.vpc_id()),
        owner_id: owned(owner),
        is_default: own.is_default,
        entries: own.entries.clone(),
    };
    found.offer(&arn, &facts, tags(acl.tags()), Source::of(ACLS));
}

fn describe_acl(acl: &SdkNetworkAcl) -> NetworkAcl {
    let mut entries: Vec<_> = acl
        .entries()
        .iter()
        .map(|entry| NetworkAclEntry {
            egress: entry.egress().unwrap_or_default(),
            rule_number: entry.rule_number(),
            protocol: owned(entry.protocol()),
            rule_action: text!(entry.rule_action()),
            cidr_block: owned(entry.cidr_block()),
            ipv6_cidr_block: owned(entry.ipv6_cidr_block()),
            port_range: entry.port_range().map(|range| PortRange {
                from: range.from(),
                to: range.to(),
            }),
        })
        .collect();
    entries.sort_by(|one, other| {
        let key = |entry: &NetworkAclEntry| (entry.egress, entry.rule_number);
        key(one)
            .cmp(&key(other))
            .then_with(|| one.ipv6_cidr_block.cmp(&other.ipv6_cidr_block))
    });
    NetworkAcl {
        network_acl_id: acl.network_acl_id().unwrap_or_default().to_owned(),
        is_default: acl.is_default(),
        entries,
    }
}

fn describe(
    clients: &Clients,
    subnet: &SdkSubnet,
    acls: &BTreeMap<String, NetworkAcl>,
    found: &mut Found,
) {
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
        network_acl: acls.get(subnet.subnet_id().unwrap_or_default()).cloned(),
    };
    found.resource(&arn, &facts, tags(subnet.tags()), SUBNET_SOURCE);
}

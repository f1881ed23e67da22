//! Networks: VPCs, subnets, routes, gateways, endpoints, and what stands in them.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table>

use blastmap_model::ResourceKind;
use serde_json::{Value, json};

use super::{
    fields::{Field, Shape, field, list, set},
    mapping::{Find, Finish, Id, Owner, Part, Whole, owner},
    network_acls,
    side::{Side, plain},
};
use crate::{Lookup, network_acl};

pub(super) const VPC: Whole = Whole {
    own: |naming| naming.invented("ec2", "vpc/"),
    id: Id::Last,
    names: by_id,
    fields: &[
        field("cidr_block", "CidrBlock", Shape::Text),
        field("enable_dns_support", "EnableDnsSupport", Shape::Flag),
        field("enable_dns_hostnames", "EnableDnsHostnames", Shape::Flag),
    ],
    finish: |finish| {
        finish.set_new("VpcId", finish.own.last_part());
        finish.set_new("OwnerId", finish.own.account());
        finish.set_new("State", "available");
        if finish.is_new {
            let block = finish.facts["CidrBlock"].clone();
            finish.set(
                "CidrBlocks",
                if block.is_null() {
                    block
                } else {
                    json!([block])
                },
            );
            finish.set("DomainNameServers", json!(["AmazonProvidedDNS"]));
        }
    },
    ..Whole::of(ResourceKind::Vpc)
};

/// EC2's things go by their ids.
fn by_id(side: Side<'_>) -> Vec<String> {
    side.names(&["arn", "id"])
}

pub(super) const SUBNET: Whole = Whole {
    own: |naming| naming.invented("ec2", "subnet/"),
    id: Id::Last,
    names: by_id,
    fields: &[
        field("vpc_id", "VpcId", Shape::Text),
        field("cidr_block", "CidrBlock", Shape::Text),
        field("availability_zone", "AvailabilityZone", Shape::Text),
        field("availability_zone_id", "AvailabilityZoneId", Shape::Text),
        field(
            "map_public_ip_on_launch",
            "MapPublicIpOnLaunch",
            Shape::Flag,
        ),
    ],
    finish: |finish| {
        finish.set_new("SubnetId", finish.own.last_part());
        finish.set_new("OwnerId", finish.own.account());
        finish.set_new("State", "available");
        if finish.is_new {
            if let Some(free) = finish.facts["CidrBlock"].as_str().and_then(addresses) {
                finish.set("AvailableIpAddressCount", free);
            }
            let vpc = finish.facts["VpcId"].clone();
            let acl = network_acls::default_of(finish.finder, &vpc);
            network_acl::give(finish.facts, acl);
        }
    },
    ..Whole::of(ResourceKind::Subnet)
};

/// Addresses of an IPv4 block, without the five that AWS keeps.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
fn addresses(block: &str) -> Option<i32> {
    let length: u32 = block.split_once('/')?.1.parse().ok()?;
    let bits = 32_u32.checked_sub(length).filter(|bits| *bits <= 16)?;
    Some((1_i32 << bits).saturating_sub(5).max(0))
}

const GATEWAYS: [(&str, &str); 9] = [
    ("gateway_id", "GatewayId"),
    ("vpc_endpoint_id", "GatewayId"),
    ("nat_gateway_id", "NatGatewayId"),
    ("transit_gateway_id", "TransitGatewayId"),
    ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
    ("egress_only_gateway_id", "EgressOnlyInternetGatewayId"),
    ("network_interface_id", "NetworkInterfaceId"),
    ("instance_id", "InstanceId"),
    ("local_gateway_id", "LocalGatewayId"),
];

const DESTINATIONS: [(&str, &str); 5] = [
    ("cidr_block", "DestinationCidrBlock"),
    ("ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    ("destination_cidr_block", "DestinationCidrBlock"),
    ("destination_ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    ("destination_prefix_list_id", "DestinationPrefixListId"),
];

fn route(side: Side<'_>) -> Value {
    let mut route = json!({"State": "active"});
    for (attribute, name) in DESTINATIONS.into_iter().chain(GATEWAYS) {
        if let Some(value) = side.text(attribute) {
            set(&mut route, name, value.into());
        }
    }
    route
}

/// What AWS puts into a table itself: the way inside, and gateway endpoints.
fn is_of_aws(route: &Value) -> bool {
    let gateway = route["GatewayId"].as_str().unwrap_or_default();
    gateway == "local"
        || (gateway.starts_with("vpce-") && route.get("DestinationPrefixListId").is_some())
}

pub(super) const ROUTE_TABLE: Whole = Whole {
    own: |naming| naming.invented("ec2", "route-table/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id", "default_route_table_id"]),
    fields: &[field("vpc_id", "VpcId", Shape::Text)],
    empty_when_new: &["route"],
    finish: finish_routes,
    ..Whole::of(ResourceKind::RouteTable)
};

fn finish_routes(finish: &mut Finish<'_>) {
    finish.set_new("RouteTableId", finish.own.last_part());
    finish.set_new("OwnerId", finish.own.account());
    if finish.is_new {
        let vpc = finish.facts["VpcId"].as_str().map(str::to_owned);
        let block = vpc.and_then(|vpc| match finish.finder.find(ResourceKind::Vpc, &[vpc]) {
            Lookup::One(vpc) => finish.finder.facts(&vpc)?.get("CidrBlock").cloned(),
            _ => None,
        });
        if let Some(block) = block {
            finish.set(
                "Routes",
                json!([{"DestinationCidrBlock": block, "GatewayId": "local", "State": "active"}]),
            );
        }
    }
    if !finish.writing.changes("route") {
        return;
    }
    if finish
        .writing
        .unknown
        .get("route")
        .is_some_and(super::fields::is_marked)
    {
        finish.unknown.push("Routes".to_owned());
    }
    let made: Vec<Value> = finish
        .side()
        .blocks("route")
        .into_iter()
        .map(route)
        .collect();
    let routes = list(finish.facts, "Routes");
    routes.retain(is_of_aws);
    routes.extend(made.into_iter().filter(|route| !is_of_aws(route)));
}

fn same_destination(one: &Value, other: &Value) -> bool {
    DESTINATIONS
        .iter()
        .all(|(_, name)| one.get(name) == other.get(name))
}

pub(super) const ROUTE: Part = Part {
    kind: ResourceKind::RouteTable,
    owners: |finder, side| owner(finder, ResourceKind::RouteTable, side, &["route_table_id"]),
    remove: |owner| {
        let own = route(owner.side);
        list(owner.facts, "Routes").retain(|route| !same_destination(route, &own));
    },
    add: |owner| {
        let own = route(owner.side);
        let unknown = GATEWAYS
            .iter()
            .chain(&DESTINATIONS)
            .any(|(attribute, _)| owner.is_unknown(attribute));
        // Ids that the provider computes do not matter where another gateway is set.
        if unknown && !GATEWAYS.iter().any(|(_, name)| own.get(name).is_some()) {
            owner.unknown.push("Routes".to_owned());
        }
        let routes = list(owner.facts, "Routes");
        routes.retain(|route| !same_destination(route, &own));
        routes.push(own);
    },
    last: false,
};

pub(super) const ASSOCIATION: Part = Part {
    kind: ResourceKind::RouteTable,
    owners: |finder, side| owner(finder, ResourceKind::RouteTable, side, &["route_table_id"]),
    remove: |owner| {
        let (name, id) = associated(owner.side);
        list(owner.facts, "Associations")
            .retain(|own| id.is_none() || own[name].as_str() != id.as_deref());
    },
    add: |owner| {
        let (name, id) = associated(owner.side);
        if id.is_none() && owner.is_unknown("subnet_id") {
            owner.unknown.push("Associations".to_owned());
        }
        if let Some(id) = id {
            let associations = list(owner.facts, "Associations");
            associations.retain(|own| own[name] != id);
            associations.push(json!({"Main": false, name: id}));
        }
    },
    last: false,
};

fn associated(side: Side<'_>) -> (&'static str, Option<String>) {
    match side.text("subnet_id") {
        Some(subnet) => ("SubnetId", Some(subnet.to_owned())),
        None => ("GatewayId", side.text("gateway_id").map(str::to_owned)),
    }
}

/// One table becomes the main one, and another is it no more.
pub(super) const MAIN_ASSOCIATION: Part = Part {
    kind: ResourceKind::RouteTable,
    owners: |finder, side| {
        ["route_table_id", "original_route_table_id"]
            .into_iter()
            .filter_map(|name| side.text(name))
            .map(|id| finder.find(ResourceKind::RouteTable, &[id.to_owned()]))
            .collect()
    },
    remove: |owner| main(owner, "original_route_table_id"),
    add: |owner| main(owner, "route_table_id"),
    last: false,
};

fn main(owner: &mut Owner<'_>, chosen: &str) {
    let is_main = owner.side.text(chosen) == Some(owner.own.last_part());
    let associations = list(owner.facts, "Associations");
    associations.retain(|own| own["Main"] != true);
    if is_main {
        associations.push(json!({"Main": true}));
    }
}

/// The table that a VPC comes with: Terraform takes it over, and lets go of it.
pub(super) const DEFAULT_ROUTE_TABLE: Whole = Whole {
    adopts: Some(|workbench, side| {
        let id = side.text("default_route_table_id").unwrap_or_default();
        workbench.find(ResourceKind::RouteTable, &[id], None)
    }),
    delete: |_, _, _| {},
    ..ROUTE_TABLE
};

pub(super) const NAT_GATEWAY: Whole = Whole {
    own: |naming| naming.invented("ec2", "natgateway/"),
    id: Id::Last,
    names: by_id,
    fields: &[
        field("subnet_id", "SubnetId", Shape::Text),
        field("connectivity_type", "ConnectivityType", Shape::Text),
    ],
    finish: |finish| {
        if finish.is_new {
            finish.set("NatGatewayId", finish.own.last_part());
            finish.set("State", "available");
            if let Some(allocation) = finish.side().text("allocation_id").map(str::to_owned) {
                finish.set("NatGatewayAddresses", json!([{"AllocationId": allocation}]));
            }
            let subnet = finish.facts["SubnetId"].as_str().map(str::to_owned);
            let vpc = subnet.and_then(|subnet| {
                match finish.finder.find(ResourceKind::Subnet, &[subnet]) {
                    Lookup::One(subnet) => finish.finder.facts(&subnet)?.get("VpcId").cloned(),
                    _ => None,
                }
            });
            finish.set("VpcId", vpc.unwrap_or_default());
        }
    },
    ..Whole::of(ResourceKind::NatGateway)
};

pub(super) const INTERNET_GATEWAY: Whole = Whole {
    own: |naming| naming.invented("ec2", "internet-gateway/"),
    id: Id::Last,
    names: by_id,
    fields: &[field("vpc_id", "Attachments", Shape::Custom(attachment))],
    empty_when_new: &["vpc_id"],
    finish: |finish| {
        finish.set_new("InternetGatewayId", finish.own.last_part());
        finish.set_new("OwnerId", finish.own.account());
    },
    ..Whole::of(ResourceKind::InternetGateway)
};

fn attachment(value: &Value) -> Value {
    match plain(value) {
        Some(vpc) => json!([{"VpcId": vpc, "State": "available"}]),
        None => Value::Null,
    }
}

pub(super) const GATEWAY_ATTACHMENT: Part = Part {
    kind: ResourceKind::InternetGateway,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::InternetGateway,
            side,
            &["internet_gateway_id"],
        )
    },
    remove: |owner| set(owner.facts, "Attachments", Value::Null),
    add: |owner| {
        let made = attachment(owner.side.get("vpc_id").unwrap_or(&Value::Null));
        set(owner.facts, "Attachments", made);
    },
    last: false,
};

pub(super) const ENDPOINT: Whole = Whole {
    own: |naming| naming.invented("ec2", "vpc-endpoint/"),
    id: Id::Last,
    names: by_id,
    fields: &[
        field("vpc_endpoint_type", "VpcEndpointType", Shape::Text),
        field("vpc_id", "VpcId", Shape::Text),
        field("service_name", "ServiceName", Shape::Text),
        field("service_region", "ServiceRegion", Shape::Text),
        field("policy", "PolicyDocument", Shape::Document),
        field("route_table_ids", "RouteTableIds", Shape::Texts),
        field("subnet_ids", "SubnetIds", Shape::Texts),
        field("security_group_ids", "Groups", Shape::TextsIn("GroupId")),
        field("ip_address_type", "IpAddressType", Shape::Text),
        field("private_dns_enabled", "PrivateDnsEnabled", Shape::Flag),
    ],
    empty_when_new: &[
        "route_table_ids",
        "subnet_ids",
        "private_dns_enabled",
        "policy",
    ],
    finish: |finish| {
        if finish.is_new {
            finish.set("VpcEndpointId", finish.own.last_part());
            finish.set("OwnerId", finish.own.account());
            finish.set("State", "available");
            if finish.facts.get("VpcEndpointType").is_none() {
                finish.set("VpcEndpointType", "Gateway");
            }
            if finish.facts.get("PolicyDocument").is_none()
                && !finish.unknown.iter().any(|field| field == "PolicyDocument")
            {
                finish.set("PolicyDocument", everything());
            }
        }
    },
    ..Whole::of(ResourceKind::VpcEndpoint)
};

/// The policy of an endpoint that is given none.
///
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
fn everything() -> Value {
    json!({"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
}

fn endpoint(finder: &mut dyn Find, side: Side<'_>) -> Vec<Lookup> {
    owner(
        finder,
        ResourceKind::VpcEndpoint,
        side,
        &["vpc_endpoint_id", "id"],
    )
}

pub(super) const ENDPOINT_POLICY: Part = Part {
    kind: ResourceKind::VpcEndpoint,
    owners: endpoint,
    remove: |owner| set(owner.facts, "PolicyDocument", everything()),
    add: |owner| {
        let policy = owner.side.document("policy");
        set(
            owner.facts,
            "PolicyDocument",
            policy.unwrap_or_else(everything),
        );
        if owner.is_unknown("policy") {
            set(owner.facts, "PolicyDocument", Value::Null);
            owner.unknown.push("PolicyDocument".to_owned());
        }
    },
    last: false,
};

pub(super) const ENDPOINT_DNS: Part = Part {
    kind: ResourceKind::VpcEndpoint,
    owners: endpoint,
    // Terraform forgets it, and leaves it as it is.
    remove: |_| {},
    add: |owner| {
        if let Some(enabled) = owner.side.flag("private_dns_enabled") {
            set(owner.facts, "PrivateDnsEnabled", enabled.into());
        }
    },
    last: false,
};

fn take(owner: &mut Owner<'_>, field: &str, attribute: &str) {
    let id = owner.side.text(attribute).unwrap_or_default().to_owned();
    list(owner.facts, field).retain(|own| *own != id);
}

fn give(owner: &mut Owner<'_>, field: &str, attribute: &str) {
    if owner.is_unknown(attribute) {
        owner.unknown.push(field.to_owned());
    }
    if let Some(id) = owner.side.text(attribute).map(str::to_owned) {
        let ids = list(owner.facts, field);
        if !ids.iter().any(|own| *own == id) {
            ids.push(id.into());
        }
    }
}

pub(super) const ENDPOINT_ROUTES: Part = Part {
    kind: ResourceKind::VpcEndpoint,
    owners: endpoint,
    remove: |owner| take(owner, "RouteTableIds", "route_table_id"),
    add: |owner| give(owner, "RouteTableIds", "route_table_id"),
    last: false,
};

pub(super) const ENDPOINT_SUBNET: Part = Part {
    kind: ResourceKind::VpcEndpoint,
    owners: endpoint,
    remove: |owner| take(owner, "SubnetIds", "subnet_id"),
    add: |owner| give(owner, "SubnetIds", "subnet_id"),
    last: false,
};

pub(super) const ENDPOINT_GROUP: Part = Part {
    kind: ResourceKind::VpcEndpoint,
    owners: endpoint,
    remove: |owner| {
        let id = owner
            .side
            .text("security_group_id")
            .unwrap_or_default()
            .to_owned();
        list(owner.facts, "Groups").retain(|own| own["GroupId"] != id);
    },
    add: |owner| {
        if owner.is_unknown("security_group_id") {
            owner.unknown.push("Groups".to_owned());
        }
        if let Some(id) = owner.side.text("security_group_id").map(str::to_owned) {
            list(owner.facts, "Groups").push(json!({"GroupId": id}));
        }
    },
    last: false,
};

const INTERFACE_FIELDS: &[Field] = &[
    field("subnet_id", "SubnetId", Shape::Text),
    field("security_groups", "Groups", Shape::TextsIn("GroupId")),
];

pub(super) const INTERFACE: Whole = Whole {
    own: |naming| naming.invented("ec2", "network-interface/"),
    id: Id::Last,
    names: by_id,
    fields: INTERFACE_FIELDS,
    finish: |finish| finish.set_new("NetworkInterfaceId", finish.own.last_part()),
    ..Whole::of(ResourceKind::NetworkInterface)
};

pub(super) const INSTANCE: Whole = Whole {
    own: |naming| naming.invented("ec2", "instance/"),
    id: Id::Last,
    names: by_id,
    fields: &[
        field("instance_type", "InstanceType", Shape::Text),
        field("subnet_id", "SubnetId", Shape::Text),
        field(
            "availability_zone",
            "Placement.AvailabilityZone",
            Shape::Text,
        ),
        field(
            "vpc_security_group_ids",
            "SecurityGroups",
            Shape::TextsIn("GroupId"),
        ),
        field("instance_state", "State.Name", Shape::Text),
    ],
    empty_when_new: &["instance_state"],
    finish: |finish| {
        finish.set_new("InstanceId", finish.own.last_part());
        finish.set_new("State", json!({"Name": "running"}));
        if finish.is_set("iam_instance_profile") {
            let profile = finish
                .side()
                .text("iam_instance_profile")
                .map(str::to_owned);
            let arn = profile.and_then(|profile| {
                finish
                    .finder
                    .arn_of(ResourceKind::IamInstanceProfile, &profile)
            });
            finish.set(
                "IamInstanceProfile",
                arn.map(|arn| json!({"Arn": arn.as_str()}))
                    .unwrap_or_default(),
            );
        }
        // An instance of another type has other room: what the old type offers no longer holds.
        if !finish.is_new && finish.writing.changes("instance_type") {
            finish.set("InstanceTypeInfo", Value::Null);
            finish.unknown.push("InstanceTypeInfo".to_owned());
        }
    },
    ..Whole::of(ResourceKind::Ec2Instance)
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_addresses_without_those_that_aws_keeps() {
        let cases = [
            ("10.0.0.0/24", Some(251)),
            ("10.0.0.0/28", Some(11)),
            ("10.0.0.0/40", None),
            ("x", None),
        ];
        for (block, count) in cases {
            assert_eq!(addresses(block), count, "{block}");
        }
    }
}

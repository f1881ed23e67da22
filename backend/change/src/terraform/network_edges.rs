//! What stands at the edges of networks: addresses, prefix lists, peering, transit gateways, services offered over `PrivateLink`.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_peering_connection>

use blastmap_model::ResourceKind;

use super::{
    fields::{Shape, field},
    mapping::{Id, Whole},
};

pub(super) const ELASTIC_IP: Whole = Whole {
    own: |naming| naming.invented("ec2", "elastic-ip/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "allocation_id", "id"]),
    fields: &[
        field("public_ip", "PublicIp", Shape::Text),
        field("network_border_group", "NetworkBorderGroup", Shape::Text),
    ],
    empty_when_new: &["network_border_group"],
    finish: |finish| finish.set_new("AllocationId", finish.own.last_part()),
    ..Whole::of(ResourceKind::ElasticIp)
};

pub(super) const PREFIX_LIST: Whole = Whole {
    own: |naming| naming.invented("ec2", "prefix-list/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id"]),
    fields: &[
        field("name", "PrefixListName", Shape::Text),
        field("address_family", "AddressFamily", Shape::Text),
        field("owner_id", "OwnerId", Shape::Text),
        // The entries are not facts: that they change shows in the version, which the apply tells.
        field("version", "Version", Shape::Number),
    ],
    empty_when_new: &["version", "owner_id"],
    finish: |finish| {
        finish.set_new("PrefixListId", finish.own.last_part());
        finish.set_new("State", "create-complete");
    },
    ..Whole::of(ResourceKind::PrefixList)
};

pub(super) const PEERING: Whole = Whole {
    own: |naming| naming.invented("ec2", "vpc-peering-connection/"),
    id: Id::Last,
    names: |side| side.names(&["id"]),
    fields: &[
        field("accept_status", "Status.Code", Shape::Text),
        field("vpc_id", "RequesterVpcInfo.VpcId", Shape::Text),
        field("peer_vpc_id", "AccepterVpcInfo.VpcId", Shape::Text),
        field("peer_owner_id", "AccepterVpcInfo.OwnerId", Shape::Text),
        field("peer_region", "AccepterVpcInfo.Region", Shape::Text),
    ],
    empty_when_new: &["accept_status", "peer_owner_id", "peer_region"],
    finish: |finish| finish.set_new("VpcPeeringConnectionId", finish.own.last_part()),
    ..Whole::of(ResourceKind::VpcPeeringConnection)
};

pub(super) const TRANSIT_GATEWAY: Whole = Whole {
    own: |naming| naming.invented("ec2", "transit-gateway/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id"]),
    fields: &[field("owner_id", "OwnerId", Shape::Text)],
    empty_when_new: &["owner_id"],
    finish: |finish| {
        finish.set_new("TransitGatewayId", finish.own.last_part());
        finish.set_new("State", "available");
    },
    ..Whole::of(ResourceKind::TransitGateway)
};

pub(super) const ENDPOINT_SERVICE: Whole = Whole {
    own: |naming| naming.invented("ec2", "vpc-endpoint-service/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id"]),
    fields: &[
        field("service_name", "ServiceName", Shape::Text),
        field("acceptance_required", "AcceptanceRequired", Shape::Flag),
        field("private_dns_name", "PrivateDnsName", Shape::Text),
        field(
            "network_load_balancer_arns",
            "NetworkLoadBalancerArns",
            Shape::Texts,
        ),
        field(
            "gateway_load_balancer_arns",
            "GatewayLoadBalancerArns",
            Shape::Texts,
        ),
    ],
    empty_when_new: &[
        "private_dns_name",
        "network_load_balancer_arns",
        "gateway_load_balancer_arns",
    ],
    finish: |finish| {
        finish.set_new("ServiceId", finish.own.last_part());
        finish.set_new("ServiceState", "Available");
    },
    ..Whole::of(ResourceKind::VpcEndpointService)
};

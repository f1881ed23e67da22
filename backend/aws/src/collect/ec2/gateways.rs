//! NAT gateways and internet gateways.

use aws_sdk_ec2::types::{InternetGateway as SdkInternetGateway, NatGateway as SdkNatGateway};
use blastmap_model::{
    Found, Source,
    kinds::{
        internet_gateway::{GatewayAttachment, InternetGateway},
        nat_gateway::{NatGateway, NatGatewayAddress},
    },
};

use super::{arn, listing, tags};
use crate::{
    clients::Clients,
    collect::{owned, text},
};

listing!(
    NAT_GATEWAYS,
    NatGateway,
    "ec2:DescribeNatGateways",
    describe_nat_gateways,
    nat_gateways,
    describe_nat,
    1000,
    [
        "natGatewaySet",
        "natGatewayId",
        "vpcId",
        "subnetId",
        "state",
        "connectivityType",
        "natGatewayAddressSet",
        "allocationId",
        "networkInterfaceId",
        "privateIp",
        "publicIp"
    ]
);

listing!(
    INTERNET_GATEWAYS,
    InternetGateway,
    "ec2:DescribeInternetGateways",
    describe_internet_gateways,
    internet_gateways,
    describe_internet,
    1000,
    [
        "internetGatewaySet",
        "internetGatewayId",
        "ownerId",
        "attachmentSet",
        "vpcId",
        "state"
    ]
);

fn describe_nat(clients: &Clients, nat: &SdkNatGateway, found: &mut Found) {
    // A deleted one stays in the list for an hour.
    if nat.state().is_some_and(|state| state.as_str() == "deleted") {
        return;
    }
    let Some(arn) = arn(clients, "natgateway", None, nat.nat_gateway_id()) else {
        return;
    };
    let facts = NatGateway {
        nat_gateway_id: nat.nat_gateway_id().unwrap_or_default().to_owned(),
        vpc_id: owned(nat.vpc_id()),
        subnet_id: owned(nat.subnet_id()),
        state: text!(nat.state()),
        connectivity_type: text!(nat.connectivity_type()),
        nat_gateway_addresses: nat
            .nat_gateway_addresses()
            .iter()
            .map(|address| NatGatewayAddress {
                allocation_id: owned(address.allocation_id()),
                network_interface_id: owned(address.network_interface_id()),
                private_ip: owned(address.private_ip()),
                public_ip: owned(address.public_ip()),
            })
            .collect(),
    };
    found.resource(
        &arn,
        &facts,
        tags(nat.tags()),
        Source::of("ec2:DescribeNatGateways"),
    );
}

fn describe_internet(clients: &Clients, gateway: &SdkInternetGateway, found: &mut Found) {
    let Some(arn) = arn(
        clients,
        "internet-gateway",
        gateway.owner_id(),
        gateway.internet_gateway_id(),
    ) else {
        return;
    };
    let facts = InternetGateway {
        internet_gateway_id: gateway.internet_gateway_id().unwrap_or_default().to_owned(),
        owner_id: owned(gateway.owner_id()),
        attachments: gateway
            .attachments()
            .iter()
            .map(|own| GatewayAttachment {
                vpc_id: owned(own.vpc_id()),
                state: text!(own.state()),
            })
            .collect(),
    };
    found.resource(
        &arn,
        &facts,
        tags(gateway.tags()),
        Source::of("ec2:DescribeInternetGateways"),
    );
}

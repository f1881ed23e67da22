//! Network interfaces: those that tasks use stay.

use aws_sdk_ec2::types::NetworkInterface as SdkNetworkInterface;
use blastmap_model::{
    Found, Source,
    kinds::network_interface::{InterfaceGroup, NetworkInterface},
};

use super::{arn, listing, tags};
use crate::{
    clients::Clients,
    collect::{owned, text},
};

listing!(
    NETWORK_INTERFACES,
    NetworkInterface,
    "ec2:DescribeNetworkInterfaces",
    describe_network_interfaces,
    network_interfaces,
    describe,
    1000,
    [
        "networkInterfaceSet",
        "networkInterfaceId",
        "ownerId",
        "status",
        "interfaceType",
        "description",
        "vpcId",
        "subnetId",
        "availabilityZone",
        "privateIpAddress",
        "privateIpAddressesSet",
        "ipv6AddressesSet",
        "ipv6Address",
        "association",
        "publicIp",
        "groupSet",
        "groupId",
        "groupName"
    ]
);

fn describe(clients: &Clients, interface: &SdkNetworkInterface, found: &mut Found) {
    let Some(arn) = arn(
        clients,
        "network-interface",
        interface.owner_id(),
        interface.network_interface_id(),
    ) else {
        return;
    };
    let facts = NetworkInterface {
        network_interface_id: interface
            .network_interface_id()
            .unwrap_or_default()
            .to_owned(),
        owner_id: owned(interface.owner_id()),
        status: text!(interface.status()),
        interface_type: text!(interface.interface_type()),
        description: owned(interface.description()),
        vpc_id: owned(interface.vpc_id()),
        subnet_id: owned(interface.subnet_id()),
        availability_zone: owned(interface.availability_zone()),
        private_ip_address: owned(interface.private_ip_address()),
        private_ip_addresses: interface
            .private_ip_addresses()
            .iter()
            .filter_map(|own| owned(own.private_ip_address()))
            .collect(),
        ipv6_addresses: interface
            .ipv6_addresses()
            .iter()
            .filter_map(|own| owned(own.ipv6_address()))
            .collect(),
        public_ip: interface
            .association()
            .and_then(|association| owned(association.public_ip())),
        groups: interface
            .groups()
            .iter()
            .map(|group| InterfaceGroup {
                group_id: owned(group.group_id()),
                group_name: owned(group.group_name()),
            })
            .collect(),
    };
    found.offer(
        &arn,
        &facts,
        tags(interface.tag_set()),
        Source::of("ec2:DescribeNetworkInterfaces"),
    );
}

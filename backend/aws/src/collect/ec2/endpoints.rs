//! VPC endpoints with their policies.

use aws_sdk_ec2::types::VpcEndpoint as SdkVpcEndpoint;
use blastmap_model::{
    Found, Source,
    kinds::vpc_endpoint::{EndpointGroup, VpcEndpoint},
};

use super::{arn, listing, tags};
use crate::{
    clients::Clients,
    collect::{owned, text},
    policy,
};

listing!(
    VPC_ENDPOINTS,
    VpcEndpoint,
    "ec2:DescribeVpcEndpoints",
    describe_vpc_endpoints,
    vpc_endpoints,
    describe,
    1000,
    [
        "vpcEndpointSet",
        "vpcEndpointId",
        "vpcEndpointType",
        "vpcId",
        "ownerId",
        "serviceName",
        "serviceRegion",
        "state",
        "policyDocument",
        "routeTableIdSet",
        "subnetIdSet",
        "groupSet",
        "groupId",
        "groupName",
        "ipAddressType",
        "privateDnsEnabled",
        "networkInterfaceIdSet"
    ]
);

fn describe(clients: &Clients, endpoint: &SdkVpcEndpoint, found: &mut Found) {
    // A deleted one stays in the list for a while.
    if endpoint
        .state()
        .is_some_and(|state| state.as_str().eq_ignore_ascii_case("deleted"))
    {
        return;
    }
    let Some(arn) = arn(
        clients,
        "vpc-endpoint",
        endpoint.owner_id(),
        endpoint.vpc_endpoint_id(),
    ) else {
        return;
    };
    let mut network_interface_ids = endpoint.network_interface_ids().to_vec();
    network_interface_ids.sort();
    let facts = VpcEndpoint {
        vpc_endpoint_id: endpoint.vpc_endpoint_id().unwrap_or_default().to_owned(),
        vpc_endpoint_type: text!(endpoint.vpc_endpoint_type()),
        vpc_id: owned(endpoint.vpc_id()),
        owner_id: owned(endpoint.owner_id()),
        service_name: owned(endpoint.service_name()),
        service_region: owned(endpoint.service_region()),
        state: text!(endpoint.state()),
        policy_document: endpoint
            .policy_document()
            .map(|text| policy::document(text, clients.redactor()))
            .unwrap_or_default(),
        route_table_ids: endpoint.route_table_ids().to_vec(),
        subnet_ids: endpoint.subnet_ids().to_vec(),
        groups: endpoint
            .groups()
            .iter()
            .map(|group| EndpointGroup {
                group_id: owned(group.group_id()),
                group_name: owned(group.group_name()),
            })
            .collect(),
        ip_address_type: text!(endpoint.ip_address_type()),
        private_dns_enabled: endpoint.private_dns_enabled(),
        network_interface_ids,
    };
    found.resource(
        &arn,
        &facts,
        tags(endpoint.tags()),
        Source::of("ec2:DescribeVpcEndpoints"),
    );
}

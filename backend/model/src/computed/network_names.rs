//! What lies around VPCs by name: the DHCP options that one has, and the service behind an endpoint.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>

use std::collections::HashMap;

use super::{Estate, stated};
use crate::{
    NamedLink, Relation, Resource,
    kinds::{
        dhcp_options::DhcpOptions, vpc::Vpc, vpc_endpoint::VpcEndpoint,
        vpc_endpoint_service::VpcEndpointService,
    },
};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut links = Vec::new();
    // Options are asked for only where something lies in the VPC.
    let options: HashMap<String, &Resource> = estate
        .live::<DhcpOptions>()
        .map(|(options, facts)| (facts.dhcp_options_id, options))
        .collect();
    if !options.is_empty() {
        for (vpc, facts) in estate.live::<Vpc>() {
            let own = facts.dhcp_options_id.as_ref();
            links.extend(own.and_then(|id| options.get(id)).map(|options| {
                stated(
                    &vpc.id,
                    Relation::ConfiguredBy,
                    &options.id,
                    "ec2:DescribeVpcs",
                    "DhcpOptionsId",
                )
            }));
        }
    }
    // Names of services are unique over accounts and regions.
    let services: HashMap<String, &Resource> = estate
        .live::<VpcEndpointService>()
        .map(|(service, facts)| (facts.service_name, service))
        .collect();
    if !services.is_empty() {
        for (endpoint, facts) in estate.live::<VpcEndpoint>() {
            let own = facts.service_name.as_ref();
            links.extend(own.and_then(|name| services.get(name)).map(|service| {
                stated(
                    &endpoint.id,
                    Relation::RoutesVia,
                    &service.id,
                    "ec2:DescribeVpcEndpoints",
                    "ServiceName",
                )
            }));
        }
    }
    links
}

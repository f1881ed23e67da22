//! Where routes lead out of sight, and what offers services over `PrivateLink`.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{
    Filter, ServiceConfiguration, TransitGateway as SdkTransitGateway,
    VpcPeeringConnection as SdkPeering, VpcPeeringConnectionVpcInfo,
};
use blastmap_model::{
    Found, ResourceId, ResourceKind, Source,
    kinds::{
        transit_gateway::TransitGateway,
        vpc_endpoint_service::VpcEndpointService,
        vpc_peering_connection::{PeeredVpc, PeeringStatus, VpcPeeringConnection},
    },
};

use super::{arn, tags};
use crate::{
    clients::Clients,
    collect::{Action, Collector, Place, Wanted, owned, text},
    error::CallError,
    pages::{Page, Pages},
};

const PEERINGS: &str = "ec2:DescribeVpcPeeringConnections";
const GATEWAYS: &str = "ec2:DescribeTransitGateways";
const SERVICES: &str = "ec2:DescribeVpcEndpointServiceConfigurations";

pub(in crate::collect) const PEERING_CONNECTIONS: Collector = Collector {
    kinds: &[ResourceKind::VpcPeeringConnection],
    actions: &[Action {
        name: PEERINGS,
        reads: &[
            "vpcPeeringConnectionSet",
            "vpcPeeringConnectionId",
            "status",
            "code",
            "requesterVpcInfo",
            "accepterVpcInfo",
            "vpcId",
            "ownerId",
            "region",
            "cidrBlock",
            "tagSet",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| {
        Wanted::unseen(builder, ResourceKind::VpcPeeringConnection, scope)
    }),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(peerings(clients, ids(&wanted), found)),
};

pub(in crate::collect) const TRANSIT_GATEWAYS: Collector = Collector {
    kinds: &[ResourceKind::TransitGateway],
    actions: &[Action {
        name: GATEWAYS,
        reads: &[
            "transitGatewaySet",
            "transitGatewayId",
            "transitGatewayArn",
            "ownerId",
            "state",
            "tagSet",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::TransitGateway, scope)),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(gateways(clients, ids(&wanted), found)),
};

pub(in crate::collect) const ENDPOINT_SERVICES: Collector = Collector {
    kinds: &[ResourceKind::VpcEndpointService],
    actions: &[Action {
        name: SERVICES,
        reads: &[
            "serviceConfigurationSet",
            "serviceId",
            "serviceName",
            "serviceState",
            "acceptanceRequired",
            "privateDnsName",
            "networkLoadBalancerArnSet",
            "gatewayLoadBalancerArnSet",
            "tagSet",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(services(clients, found)),
};

fn ids(wanted: &[Wanted]) -> BTreeSet<ResourceId> {
    wanted.iter().map(|own| own.id.clone()).collect()
}

/// The last part of each id.
fn names(ids: &BTreeSet<ResourceId>) -> Vec<String> {
    let names = ids
        .iter()
        .filter_map(|id| Some(id.arn()?.last_part().to_owned()));
    names.collect()
}

/// The most values that a filter takes.
const BATCH: usize = 200;

/// By a filter, as an id that AWS does not know would fail the whole call.
async fn peerings(
    clients: &Clients,
    mut wanted: BTreeSet<ResourceId>,
    found: &mut Found,
) -> Result<(), CallError> {
    for batch in names(&wanted).chunks(BATCH) {
        let mut pages = Pages::of(PEERINGS);
        while let Some(Page(token)) = pages.next() {
            let request = clients
                .ec2
                .describe_vpc_peering_connections()
                .filters(filter("vpc-peering-connection-id", batch))
                .set_next_token(token);
            let answer = clients.call(PEERINGS, request.send()).await?;
            for peering in answer.vpc_peering_connections() {
                if let Some(id) = describe_peering(clients, peering, found) {
                    wanted.remove(&id);
                }
            }
            pages.turn(answer.next_token())?;
        }
    }
    for id in wanted {
        found.absent(id);
    }
    Ok(())
}

async fn gateways(
    clients: &Clients,
    mut wanted: BTreeSet<ResourceId>,
    found: &mut Found,
) -> Result<(), CallError> {
    for batch in names(&wanted).chunks(BATCH) {
        let mut pages = Pages::of(GATEWAYS);
        while let Some(Page(token)) = pages.next() {
            let request = clients
                .ec2
                .describe_transit_gateways()
                .filters(filter("transit-gateway-id", batch))
                .set_next_token(token);
            let answer = clients.call(GATEWAYS, request.send()).await?;
            for gateway in answer.transit_gateways() {
                let id = gateway.transit_gateway_id().unwrap_or_default();
                wanted.retain(|own| own.arn().is_none_or(|own| own.last_part() != id));
                describe_gateway(clients, gateway, found);
            }
            pages.turn(answer.next_token())?;
        }
    }
    for id in wanted {
        found.absent(id);
    }
    Ok(())
}

fn filter(name: &str, values: &[String]) -> Filter {
    let values = Some(values.to_vec());
    Filter::builder().name(name).set_values(values).build()
}

fn describe_peering(
    clients: &Clients,
    peering: &SdkPeering,
    found: &mut Found,
) -> Option<ResourceId> {
    let id = peering.vpc_peering_connection_id();
    let arn = arn(clients, "vpc-peering-connection", None, id)?;
    // A deleted one stays in the list for a while.
    let code = peering.status().and_then(|status| text!(status.code()));
    if code.as_deref() == Some("deleted") {
        return None;
    }
    let vpc = |vpc: &VpcPeeringConnectionVpcInfo| PeeredVpc {
        vpc_id: owned(vpc.vpc_id()),
        owner_id: owned(vpc.owner_id()),
        region: owned(vpc.region()),
        cidr_block: owned(vpc.cidr_block()),
    };
    let facts = VpcPeeringConnection {
        vpc_peering_connection_id: id.unwrap_or_default().to_owned(),
        status: peering.status().map(|_| PeeringStatus { code }),
        requester_vpc_info: peering.requester_vpc_info().map(vpc),
        accepter_vpc_info: peering.accepter_vpc_info().map(vpc),
    };
    found.offer(&arn, &facts, tags(peering.tags()), Source::of(PEERINGS));
    Some(arn.into())
}

/// One that is shared with this account is its owner's, and goes by its id here.
fn describe_gateway(clients: &Clients, gateway: &SdkTransitGateway, found: &mut Found) {
    let (owner, id) = (gateway.owner_id(), gateway.transit_gateway_id());
    let Some(arn) = arn(clients, "transit-gateway", owner, id) else {
        return;
    };
    let facts = TransitGateway {
        transit_gateway_id: id.unwrap_or_default().to_owned(),
        owner_id: owned(owner),
        state: text!(gateway.state()),
    };
    found.offer(&arn, &facts, tags(gateway.tags()), Source::of(GATEWAYS));
}

async fn services(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(SERVICES);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ec2
            .describe_vpc_endpoint_service_configurations()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(SERVICES, request.send()).await?;
        for service in answer.service_configurations() {
            describe_service(clients, service, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::VpcEndpointService);
    Ok(())
}

fn describe_service(clients: &Clients, service: &ServiceConfiguration, found: &mut Found) {
    let id = service.service_id();
    let Some(arn) = arn(clients, "vpc-endpoint-service", None, id) else {
        return;
    };
    let facts = VpcEndpointService {
        service_id: id.unwrap_or_default().to_owned(),
        service_name: service.service_name().unwrap_or_default().to_owned(),
        service_state: text!(service.service_state()),
        acceptance_required: service.acceptance_required(),
        private_dns_name: owned(service.private_dns_name()),
        network_load_balancer_arns: service.network_load_balancer_arns().to_vec(),
        gateway_load_balancer_arns: service.gateway_load_balancer_arns().to_vec(),
    };
    found.resource(&arn, &facts, tags(service.tags()), Source::of(SERVICES));
}

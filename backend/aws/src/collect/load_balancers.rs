//! Application, network and gateway load balancers.

use aws_sdk_elasticloadbalancingv2::types::LoadBalancer as SdkLoadBalancer;
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::load_balancer::{AvailabilityZone, LoadBalancer, LoadBalancerAddress, State},
};

use super::{Action, Collector, Place, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "elasticloadbalancing:DescribeLoadBalancers";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[
        ResourceKind::LoadBalancer,
        ResourceKind::Listener,
        ResourceKind::ListenerRule,
    ],
    actions: &[Action {
        name: API,
        reads: &[
            "LoadBalancers",
            "LoadBalancerArn",
            "LoadBalancerName",
            "DNSName",
            "CanonicalHostedZoneId",
            "Type",
            "Scheme",
            "State",
            "Code",
            "Reason",
            "VpcId",
            "IpAddressType",
            "AvailabilityZones",
            "ZoneName",
            "SubnetId",
            "LoadBalancerAddresses",
            "AllocationId",
            "IpAddress",
            "SecurityGroups",
            "CreatedTime",
            "NextMarker",
        ],
    }],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .elbv2
            .describe_load_balancers()
            .page_size(400)
            .set_marker(marker);
        let answer = clients.call(API, request.send()).await?;
        for balancer in answer.load_balancers() {
            describe(balancer, found);
        }
        pages.turn(answer.next_marker())?;
    }
    found.listed(ResourceKind::LoadBalancer);
    Ok(())
}

fn describe(balancer: &SdkLoadBalancer, found: &mut Found) {
    let Ok(arn) = Arn::parse(balancer.load_balancer_arn().unwrap_or_default()) else {
        return;
    };
    let facts = LoadBalancer {
        load_balancer_arn: arn.to_string(),
        load_balancer_name: balancer.load_balancer_name().unwrap_or_default().to_owned(),
        dns_name: owned(balancer.dns_name()),
        canonical_hosted_zone_id: owned(balancer.canonical_hosted_zone_id()),
        r#type: text!(balancer.r#type()),
        scheme: text!(balancer.scheme()),
        state: balancer.state().map(|state| State {
            code: text!(state.code()),
            reason: owned(state.reason()),
        }),
        vpc_id: owned(balancer.vpc_id()),
        ip_address_type: text!(balancer.ip_address_type()),
        availability_zones: balancer
            .availability_zones()
            .iter()
            .map(|zone| AvailabilityZone {
                zone_name: owned(zone.zone_name()),
                subnet_id: owned(zone.subnet_id()),
                load_balancer_addresses: zone
                    .load_balancer_addresses()
                    .iter()
                    .map(|own| LoadBalancerAddress {
                        allocation_id: owned(own.allocation_id()),
                        ip_address: owned(own.ip_address()),
                    })
                    .collect(),
            })
            .collect(),
        security_groups: balancer.security_groups().to_vec(),
        created_time: time(balancer.created_time()),
    };
    found.resource(&arn, &facts, [], Source::of(API));
}

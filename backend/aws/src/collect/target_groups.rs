//! Target groups.

use aws_sdk_elasticloadbalancingv2::types::TargetGroup as SdkTargetGroup;
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::target_group::{Matcher, TargetGroup},
};

use super::{Action, Collector, Place, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "elasticloadbalancing:DescribeTargetGroups";

pub(super) const COLLECTOR: Collector = Collector {
    // Listeners are asked for where a balancer stands above a group in use.
    kinds: &[
        ResourceKind::TargetGroup,
        ResourceKind::Listener,
        ResourceKind::ListenerRule,
    ],
    actions: &[Action {
        name: API,
        reads: &[
            "TargetGroups",
            "TargetGroupArn",
            "TargetGroupName",
            "Protocol",
            "Port",
            "VpcId",
            "TargetType",
            "ProtocolVersion",
            "IpAddressType",
            "HealthCheckEnabled",
            "HealthCheckProtocol",
            "HealthCheckPort",
            "HealthCheckPath",
            "HealthCheckIntervalSeconds",
            "HealthCheckTimeoutSeconds",
            "HealthyThresholdCount",
            "UnhealthyThresholdCount",
            "Matcher",
            "HttpCode",
            "GrpcCode",
            "LoadBalancerArns",
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
            .describe_target_groups()
            .page_size(400)
            .set_marker(marker);
        let answer = clients.call(API, request.send()).await?;
        for group in answer.target_groups() {
            describe(group, found);
        }
        pages.turn(answer.next_marker())?;
    }
    found.listed(ResourceKind::TargetGroup);
    Ok(())
}

fn describe(group: &SdkTargetGroup, found: &mut Found) {
    let Ok(arn) = Arn::parse(group.target_group_arn().unwrap_or_default()) else {
        return;
    };
    let mut load_balancer_arns = group.load_balancer_arns().to_vec();
    load_balancer_arns.sort();
    let facts = TargetGroup {
        target_group_arn: arn.to_string(),
        target_group_name: group.target_group_name().unwrap_or_default().to_owned(),
        protocol: text!(group.protocol()),
        port: group.port(),
        vpc_id: owned(group.vpc_id()),
        target_type: text!(group.target_type()),
        protocol_version: owned(group.protocol_version()),
        ip_address_type: text!(group.ip_address_type()),
        health_check_enabled: group.health_check_enabled(),
        health_check_protocol: text!(group.health_check_protocol()),
        health_check_port: owned(group.health_check_port()),
        health_check_path: owned(group.health_check_path()),
        health_check_interval_seconds: group.health_check_interval_seconds(),
        health_check_timeout_seconds: group.health_check_timeout_seconds(),
        healthy_threshold_count: group.healthy_threshold_count(),
        unhealthy_threshold_count: group.unhealthy_threshold_count(),
        matcher: group.matcher().map(|matcher| Matcher {
            http_code: owned(matcher.http_code()),
            grpc_code: owned(matcher.grpc_code()),
        }),
        load_balancer_arns,
        target_health_descriptions: None,
    };
    found.resource(&arn, &facts, [], Source::of(API));
}

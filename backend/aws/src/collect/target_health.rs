//! The targets of the groups that ECS services name, and their health.

use aws_sdk_elasticloadbalancingv2::types::TargetHealthDescription as SdkDescription;
use blastmap_model::{
    Found, InventoryBuilder, Relation, Resource, ResourceKind, Scope, Source,
    kinds::target_group::{Target, TargetGroup, TargetHealth, TargetHealthDescription},
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{clients::Clients, error::CallError};

const API: &str = "elasticloadbalancing:DescribeTargetHealth";

/// The group itself comes from another call.
const SOURCE: Source = Source {
    api: "elasticloadbalancing:DescribeTargetGroups",
    by_field: &[("TargetHealthDescriptions", API)],
};

const KINDS: &[ResourceKind] = &[ResourceKind::TargetGroup, ResourceKind::EcsTask];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "TargetHealthDescriptions",
            "Target",
            "Id",
            "Port",
            "AvailabilityZone",
            "HealthCheckPort",
            "TargetHealth",
            "State",
            "Reason",
            "Description",
        ],
    }],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    in_use(builder, scope).into_iter().map(Wanted::of).collect()
}

/// The groups that ECS services name, and those by which a balancer stands before another: the rest hold nothing of ECS.
pub(super) fn in_use<'b>(builder: &'b InventoryBuilder, scope: &Scope) -> Vec<&'b Resource> {
    let named = builder.targets_of(Relation::RegisteredIn);
    let of_balancer = |facts: TargetGroup| {
        facts.target_type.as_deref() == Some("alb") && !facts.load_balancer_arns.is_empty()
    };
    let mut groups = builder.kept(ResourceKind::TargetGroup, scope);
    groups.retain(|group| {
        named.contains(&group.id) || group.attributes.facts().is_ok_and(of_balancer)
    });
    groups
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let request = clients
                .elbv2
                .describe_target_health()
                .target_group_arn(wanted.id.as_str());
            let answer = clients.call(API, request.send()).await;
            (wanted, answer)
        })
        .buffer_unordered(16);
    while let Some((wanted, answer)) = answers.next().await {
        match answer {
            Ok(answer) => {
                let (Some(arn), Some(known)) = (wanted.id.arn(), wanted.known) else {
                    continue;
                };
                let Ok(mut facts) = known.attributes.facts::<TargetGroup>() else {
                    continue;
                };
                let mut health: Vec<_> = answer
                    .target_health_descriptions()
                    .iter()
                    .map(describe)
                    .collect();
                health.sort_by(|one, other| {
                    (&one.target.id, one.target.port).cmp(&(&other.target.id, other.target.port))
                });
                facts.target_health_descriptions = Some(health);
                found.replace(&arn, &facts, SOURCE);
            }
            // Deleted since it was listed.
            Err(error)
                if error.has_code(&["TargetGroupNotFound", "TargetGroupNotFoundException"]) => {}
            Err(error) => found.blind_spot(error.blind_spot(clients.scope(), KINDS)),
        }
    }
    Ok(())
}

fn describe(description: &SdkDescription) -> TargetHealthDescription {
    TargetHealthDescription {
        target: description
            .target()
            .map(|target| Target {
                id: target.id().unwrap_or_default().to_owned(),
                port: target.port(),
                availability_zone: owned(target.availability_zone()),
            })
            .unwrap_or_default(),
        health_check_port: owned(description.health_check_port()),
        target_health: description
            .target_health()
            .map(|health| TargetHealth {
                state: text!(health.state()),
                reason: text!(health.reason()),
                description: owned(health.description()),
            })
            .unwrap_or_default(),
    }
}

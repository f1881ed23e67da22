//! The capacity providers that a launch names are there, belong to the cluster, and one of them is to be used.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceIndex,
    kinds::{
        auto_scaling_group::AutoScalingGroup, ecs_capacity_provider::EcsCapacityProvider,
        ecs_cluster::EcsCluster, ecs_service::CapacityProviderStrategyItem,
    },
};

use super::{Need, Subject};
use crate::{Launch, Verdict, launch::last, room::provider_named};

pub(super) const NEED: Need = Need {
    name: "capacity-provider-usable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html",
    sentence: "The capacity providers of the strategy are active and associated with the cluster, one of them has a weight, and their Auto Scaling groups are there.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let strategy = &launch.capacity_providers;
    let used = |item: &&CapacityProviderStrategyItem| item.weight > 0 || item.base > 0;
    // A single provider of weight 0 is used all the same: there is nothing to share.
    let all_zero = strategy.len() > 1 && !strategy.iter().any(|item| used(&item));
    if all_zero {
        return Verdict::unmet(
            launch.subject,
            format!(
                "no capacity provider of {} has a weight above 0",
                overlay.resource(launch.subject).name
            ),
        )
        .reported_as("InvalidParameterException");
    }
    let named = strategy
        .iter()
        .filter(|item| strategy.len() == 1 || used(item));
    Verdict::all(named.map(|item| usable(overlay, launch, last(&item.capacity_provider))))
}

fn usable(overlay: &Overlay<'_>, launch: &Launch, name: &str) -> Verdict {
    let cluster = launch
        .cluster
        .and_then(|place| Some((place, overlay.facts::<EcsCluster>(place)?)));
    if let Some((place, facts)) = &cluster
        && !facts.capacity_providers.iter().any(|own| last(own) == name)
    {
        let text = format!(
            "capacity provider {name} is not associated with cluster {}",
            facts.cluster_name
        );
        return if overlay.is_unknown(*place, "capacityProviders") {
            Verdict::unknown(
                *place,
                format!(
                    "check that capacity provider {name} is associated with cluster {}",
                    facts.cluster_name
                ),
            )
        } else {
            Verdict::unmet(*place, text).reported_as("InvalidParameterException")
        };
    }
    // AWS's own providers are there wherever they are associated.
    if matches!(name, "FARGATE" | "FARGATE_SPOT") {
        return Verdict::met();
    }
    let Some(place) = provider_named(overlay, launch.cluster, name) else {
        return Verdict::unknown(
            launch.cluster,
            format!("check capacity provider {name}: it was not read"),
        );
    };
    let presence = overlay.resource(place).presence;
    let Some(facts) = overlay.facts::<EcsCapacityProvider>(place) else {
        return if presence == Presence::Missing {
            Verdict::unmet(place, format!("capacity provider {name} does not exist"))
                .reported_as("InvalidParameterException")
        } else {
            Verdict::unknown(
                place,
                format!("check capacity provider {name}: it was not read"),
            )
        };
    };
    if let Some(status) = facts.status.as_deref().filter(|status| *status != "ACTIVE") {
        return Verdict::unmet(place, format!("capacity provider {name} is {status}"))
            .reported_as("InvalidParameterException");
    }
    let groups = overlay.needed(place, Relation::BackedBy).into_iter();
    Verdict::all(groups.map(|group| group_is_there(overlay, group)))
}

fn group_is_there(overlay: &Overlay<'_>, group: ResourceIndex) -> Verdict {
    let name = &overlay.resource(group).name;
    if overlay.resource(group).presence == Presence::Missing {
        return Verdict::unmet(group, format!("Auto Scaling group {name} does not exist"))
            .reported_as("TaskFailedToStart: EMPTY CAPACITY PROVIDER");
    }
    match overlay.facts::<AutoScalingGroup>(group) {
        Some(facts) if facts.status.is_some() => {
            Verdict::unmet(group, format!("Auto Scaling group {name} is being deleted"))
                .reported_as("TaskFailedToStart: EMPTY CAPACITY PROVIDER")
        }
        // What was not read is there as far as AWS says: the provider is ACTIVE.
        _ => Verdict::met(),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits, ResourceKind,
        kinds::{ecs_capacity_provider::AutoScalingGroupProvider, ecs_service::EcsService},
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, gone, patched, place},
    };

    fn items(strategy: &[(&str, i32)]) -> Vec<CapacityProviderStrategyItem> {
        let items = strategy
            .iter()
            .map(|(name, weight)| CapacityProviderStrategyItem {
                capacity_provider: (*name).to_owned(),
                weight: *weight,
                base: 0,
            });
        items.collect()
    }

    #[test]
    fn what_a_strategy_needs() {
        let provider = arn("ecs", "capacity-provider/hosts");
        let group = arn(
            "autoscaling",
            "autoScalingGroup:1:autoScalingGroupName/hosts",
        );
        let service = arn("ecs", "service/main/web");
        let cluster = arn("ecs", "cluster/main");
        let facts = EcsCapacityProvider {
            capacity_provider_arn: provider.clone(),
            name: "hosts".to_owned(),
            status: Some("ACTIVE".to_owned()),
            auto_scaling_group_provider: Some(AutoScalingGroupProvider {
                auto_scaling_group_arn: group.clone(),
                ..AutoScalingGroupProvider::default()
            }),
            ..EcsCapacityProvider::default()
        };
        let estate = Estate::new()
            .vpc_with_nat()
            .ec2_cluster()
            .ec2_service()
            .put(&provider, &facts)
            .put(
                &group,
                &AutoScalingGroup {
                    auto_scaling_group_name: "hosts".to_owned(),
                    ..AutoScalingGroup::default()
                },
            )
            .with::<EcsCluster>(&cluster, |own| {
                own.capacity_providers = vec![
                    "hosts".to_owned(),
                    "FARGATE".to_owned(),
                    "FARGATE_SPOT".to_owned(),
                ];
            })
            .with::<EcsService>(&service, |own| {
                own.launch_type = None;
                own.capacity_provider_strategy = items(&[("hosts", 1)]);
            });
        let snapshot = estate.snapshot();
        let strategy = |strategy: &[(&str, i32)]| {
            patched(&snapshot, &service, |own: &mut EcsService| {
                own.capacity_provider_strategy = items(strategy);
            })
        };
        let cases = [
            ("as it is", Edits::default(), Answer::Met),
            (
                "by launch type",
                patched(&snapshot, &service, |own: &mut EcsService| {
                    own.capacity_provider_strategy.clear();
                    own.launch_type = Some("EC2".to_owned());
                }),
                Answer::Met,
            ),
            (
                "Fargate's",
                strategy(&[("FARGATE", 1), ("FARGATE_SPOT", 4)]),
                Answer::Met,
            ),
            (
                "no weight",
                strategy(&[("FARGATE", 0), ("FARGATE_SPOT", 0)]),
                Answer::Unmet,
            ),
            (
                "a single one of weight 0",
                strategy(&[("hosts", 0)]),
                Answer::Met,
            ),
            (
                "not of the cluster",
                strategy(&[("other", 1)]),
                Answer::Unmet,
            ),
            (
                "unused, not of the cluster",
                strategy(&[("other", 0), ("hosts", 1)]),
                Answer::Met,
            ),
            (
                "taken from the cluster",
                patched(&snapshot, &cluster, |own: &mut EcsCluster| {
                    own.capacity_providers.retain(|own| own != "hosts");
                }),
                Answer::Unmet,
            ),
            ("provider gone", gone(&provider), Answer::Unmet),
            (
                "provider inactive",
                patched(&snapshot, &provider, |own: &mut EcsCapacityProvider| {
                    own.status = Some("INACTIVE".to_owned());
                }),
                Answer::Unmet,
            ),
            ("group gone", gone(&group), Answer::Unmet),
            (
                "group on its way",
                patched(&snapshot, &group, |own: &mut AutoScalingGroup| {
                    own.status = Some("Delete in progress".to_owned());
                }),
                Answer::Unmet,
            ),
        ];
        for (case, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let launch = Launch::of(&overlay, place(&overlay, &service)).remove(0);
            let verdict = judge(&overlay, &launch);
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
        }
        let unread = estate
            .without(&provider)
            .blind(ResourceKind::EcsCapacityProvider)
            .snapshot();
        let overlay = Overlay::as_is(&unread);
        let launch = Launch::of(&overlay, place(&overlay, &service)).remove(0);
        assert_eq!(judge(&overlay, &launch).answer, Answer::Unknown);
    }
}

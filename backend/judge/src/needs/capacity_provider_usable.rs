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
            format!("no capacity provider of {} has a weight above 0", overlay.resource(launch.subject).name),
        )
        .reported_as("InvalidParameterException");
    }
    let named = strategy.iter().filter(|item| strategy.len() == 1 || used(item));
    Verdict::all(named.map(|item| usable(overlay, launch, last(&item.capacity_provider))))
}

fn usable(overlay: &Overlay<'_>, launch: &Launch, name: &str) -> Verdict {
    let cluster = launch
        .cluster
        .and_then(|place| Some((place, overlay.facts::<EcsCluster>(place)?)));
    if let Some((place, facts)) = &cluster
        && !facts.capacity_providers.iter().any(|own| last(own) == name)
    {
        let text = format!("capacity provider {name} is not associated with cluster {}", facts.cluster_name);
        return if overlay.is_unknown(*place, "capacityProviders") {
            Verdict::unknown(*place, format!("check that capacity provider {name} is associated with cluster {}", facts.cluster_name))
        } else {
            Verdict::unmet(*place, text).reported_as("InvalidParameterException")
        };
    }
    // AWS's own providers are there wherever they are associated.
    if matches!(name, "FARGATE" | "FARGATE_SPOT") {
        return Verdict::met();
    }
    let Some(place) = provider_named(overlay, launch.cluster, name) else {
        return Verdict::unknown(launch.cluster, format!("check capacity provider {name}: it was not read"));
    };
    let presence = overlay.resource(place).presence;
    let Some(facts) = overlay.facts::<EcsCapacityProvider>(place) else {
        return if presence == Presence::Missing {
            Verdict::unmet(place, format!("capacity provider {name} does not exist"))
                .reported_as("InvalidParameterException")
        } else {
            Verdict::unknown(place, format!("check capacity provider {name}: it was not read"))
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

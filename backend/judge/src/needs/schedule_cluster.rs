//! The cluster in which a rule or schedule starts tasks is there and takes them.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceId, ResourceIndex, kinds::ecs_cluster::EcsCluster,
};

use super::{
    Need, Subject,
    schedule_enabled::{KINDS, Target, is_enabled, targets},
};
use crate::Verdict;

pub(super) const NEED: Need = Need {
    name: "schedule-cluster",
    phase: Phase::Schedule,
    subject: Subject::Of(KINDS, judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html",
    sentence: "The cluster in which the rule or schedule starts tasks is there and active.",
};

fn judge(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    if !is_enabled(overlay, place) {
        return Verdict::met();
    }
    let targets = targets(overlay, place);
    Verdict::all(
        targets
            .iter()
            .map(|target| is_active(overlay, place, target)),
    )
}

fn is_active(overlay: &Overlay<'_>, place: ResourceIndex, target: &Target) -> Verdict {
    let id = ResourceId::new(&target.cluster);
    let linked = || match &overlay.needed(place, Relation::StartsIn)[..] {
        [only] => Some(*only),
        _ => None,
    };
    let name = target.cluster.rsplit('/').next().unwrap_or_default();
    let Some(cluster) = overlay.find(&id).or_else(linked) else {
        return Verdict::unknown(
            place,
            format!("check that cluster {name} exists: it was not read"),
        );
    };
    let resource = overlay.resource(cluster);
    let name = &resource.name;
    let Some(facts) = overlay.facts::<EcsCluster>(cluster) else {
        return if resource.presence == Presence::Missing {
            Verdict::unmet(cluster, format!("cluster {name} does not exist"))
                .reported_as("ClusterNotFoundException")
        } else {
            Verdict::unknown(
                cluster,
                format!("check that cluster {name} exists: it was not read"),
            )
        };
    };
    match facts.status.as_deref() {
        // One that the change makes says nothing of its state.
        None | Some("ACTIVE" | "PROVISIONING") => Verdict::met(),
        Some(status) => Verdict::unmet(cluster, format!("cluster {name} is {status}"))
            .reported_as("ClusterNotFoundException"),
    }
}

//! A service that is scaled can be.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, scalable_target::ScalableTarget},
};

use super::{
    Need, Subject, subnet_addresses,
    target_can_act::{has_means, role_is_there},
};
use crate::{Launch, Verdict, room, words::counted};

pub(super) const NEED: Need = Need {
    name: "scales",
    phase: Phase::Scale,
    subject: Subject::Of(&[ResourceKind::EcsService], judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html",
    sentence: "If the service is scaled: its scalable target, a policy or scheduled action and the role are there, nothing is suspended, and the bounds hold the desired count.",
};

fn judge(overlay: &Overlay<'_>, service: ResourceIndex) -> Verdict {
    let targets = overlay.needed(service, Relation::ScaledBy).into_iter();
    Verdict::all(targets.map(|target| judge_by(overlay, service, target)))
}

fn judge_by(overlay: &Overlay<'_>, service: ResourceIndex, target: ResourceIndex) -> Verdict {
    let name = &overlay.resource(service).name;
    let Some(facts) = overlay.facts::<ScalableTarget>(target) else {
        return if overlay.resource(target).presence == Presence::Missing {
            Verdict::unmet(
                target,
                format!("the scalable target of {name} does not exist"),
            )
        } else {
            Verdict::unknown(
                target,
                format!("check the scalable target of {name}: it was not read"),
            )
        };
    };
    Verdict::all([
        has_means(overlay, target, &facts),
        role_is_there(overlay, target),
        in_bounds(overlay, service, target, &facts),
    ])
}

/// Whether this many of the service's tasks have addresses and instances to run on.
fn fits(
    overlay: &Overlay<'_>,
    service: ResourceIndex,
    count: i32,
    say: impl Fn(&str) -> String,
) -> Verdict {
    let launches = Launch::of(overlay, service)
        .into_iter()
        .map(|launch| Launch {
            count: usize::try_from(count).unwrap_or_default(),
            ..launch
        });
    let mut verdict = Verdict::all(launches.flat_map(|launch| {
        [
            subnet_addresses::judge(overlay, &launch),
            room::for_replacement(overlay, &launch),
        ]
    }));
    for reason in &mut verdict.reasons {
        reason.text = say(&reason.text);
    }
    verdict
}

/// A count outside of the bounds stays until something scales the next time.
///
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-overview.html>
fn in_bounds(
    overlay: &Overlay<'_>,
    service: ResourceIndex,
    target: ResourceIndex,
    facts: &ScalableTarget,
) -> Verdict {
    let Some(own) = overlay.facts::<EcsService>(service) else {
        return Verdict::met();
    };
    let (name, desired) = (&own.service_name, own.desired_count);
    let least = facts.min_capacity.filter(|least| desired < *least);
    let most = facts.max_capacity.filter(|most| desired > *most);
    match (least, most) {
        (Some(least), _) => fits(overlay, service, least, |why| {
            format!(
                "the next scaling sets {name} to at least {}, it wants {desired}: {why}",
                counted(least, "task")
            )
        }),
        (_, Some(most)) => Verdict::unknown(
            target,
            format!(
                "the next scaling sets {name} to at most {}, it wants {desired}: check that this is enough",
                counted(most, "task")
            ),
        ),
        _ => Verdict::met(),
    }
}

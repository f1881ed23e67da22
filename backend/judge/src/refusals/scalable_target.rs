//! Scalable targets whose bounds contradict each other.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>

use blastmap_change::Action;
use blastmap_graph::Overlay;
use blastmap_model::{ResourceIndex, kinds::scalable_target::ScalableTarget};

use super::{Asked, Refusal, Rule};

pub(super) const RULE: Rule = Rule {
    name: "scalable-target-bounds",
    documentation: "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    sentence: "A scalable target whose minimum is above its maximum.",
    refuses,
};

fn refuses(
    _before: &Overlay<'_>,
    after: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
) -> Vec<Refusal> {
    if !matches!(
        change.action,
        Action::Create | Action::Replace | Action::Update
    ) {
        return Vec::new();
    }
    let Some(facts) = after.facts::<ScalableTarget>(place) else {
        return Vec::new();
    };
    let unknown = after.is_unknown(place, "MinCapacity") || after.is_unknown(place, "MaxCapacity");
    let (Some(min), Some(max)) = (facts.min_capacity, facts.max_capacity) else {
        return Vec::new();
    };
    if unknown || (0..=max).contains(&min) {
        return Vec::new();
    }
    let name = &facts.resource_id;
    vec![Refusal {
        resource: place,
        text: format!(
            "AWS will refuse the bounds of scalable target {name}: its minimum of {min} is not between 0 and its maximum of {max}; the apply stops there, and Terraform may already have changed what came before it"
        ),
        aws_error: "ValidationException",
        remediation: "Set the minimum no higher than the maximum.".to_owned(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        estate::{Estate, arn, planned},
        refusals::{ALL, tests::refusals},
    };

    #[test]
    fn bounds_do_not_cross() {
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        let id = arn("application-autoscaling", "scalable-target/1");
        for (min, max, expected) in [(1, 4, 0), (4, 4, 0), (0, 0, 0), (5, 4, 1), (-1, 4, 1)] {
            let facts = ScalableTarget {
                resource_id: "service/main/web".to_owned(),
                min_capacity: Some(min),
                max_capacity: Some(max),
                ..ScalableTarget::default()
            };
            let found = refusals(
                ALL,
                &snapshot,
                &planned(&id, &id, &facts),
                Action::Create,
                &id,
            );
            assert_eq!(found.len(), expected, "{min} {max}");
        }
    }
}

//! No lifecycle policy that a change gives a repository takes away what a start pulls.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, ResourceIndex,
    kinds::ecr_repository::{EcrRepository, StoredImage},
};

use super::{
    Need, Subject,
    parts::{Image, held_digests, images},
};
use crate::{
    Launch, Verdict,
    lifecycle_policy::{Evaluation, Fate, Policy},
};

pub(super) const NEED: Need = Need {
    name: "image-kept",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
    sentence: "A lifecycle policy that a change gives the repository keeps the image, by its tag and by the digest to which ECS holds the deployment, for the next day.",
};

/// The policy that a repository has today is not read: what it takes away is gone already.
fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let images = images(overlay, launch);
    let parts = images.iter().filter_map(|image| {
        let place = image.repository?;
        let facts = overlay.facts::<EcrRepository>(place)?;
        Some(kept(overlay, launch, image, place, &facts))
    });
    Verdict::all(parts)
}

fn kept(
    overlay: &Overlay<'_>,
    launch: &Launch,
    image: &Image<'_>,
    place: ResourceIndex,
    facts: &EcrRepository,
) -> Verdict {
    let what = format!(
        "the new lifecycle policy of repository {}",
        facts.repository_name
    );
    if overlay.is_unknown(place, "lifecyclePolicyText") {
        let text = format!(
            "check that {what} keeps {}: known only after the apply",
            said(&image.source.named)
        );
        return Verdict::unknown(place, text);
    }
    // A repository that is new holds nothing that a policy could take away.
    if facts.lifecycle_policy_text.is_null()
        || overlay.resource(place).presence == Presence::Planned
    {
        return Verdict::met();
    }
    let policy = Policy::of(&facts.lifecycle_policy_text);
    let evaluation = Evaluation {
        images: facts.images.as_deref(),
        from: overlay.snapshot().taken_at(),
    };
    let mut judged = BTreeSet::new();
    let held = held_digests(overlay, launch, image.container);
    let held = held
        .into_iter()
        .map(|digest| (digest, " (to which ECS holds the deployment)"));
    let names = [(image.source.named.clone(), "")];
    let parts = names.into_iter().chain(held).map(|(named, held)| {
        let said = format!("{}{held}", said(&named));
        let check =
            |why: &str| Verdict::unknown(place, format!("check that {what} keeps {said}: {why}"));
        let stored = match stored(facts, &named) {
            Ok(Some(stored)) => stored,
            // Whether it is there at all is another need.
            Ok(None) => return Verdict::met(),
            Err(why) => return check(why),
        };
        if !judged.insert(stored.image_digest.clone()) {
            return Verdict::met();
        }
        let Some(policy) = &policy else {
            return check("its rules are not in the form that AWS documents");
        };
        match policy.fate(&stored, &evaluation) {
            Fate::Kept => Verdict::met(),
            Fate::Unknown(why) => check(&why),
            Fate::Goes { rule, does, why } => {
                let text = format!("rule {rule} of {what} {does} {said} within a day: {why}");
                Verdict::unmet(place, text).reported_as("CannotPullContainerError")
            }
        }
    });
    Verdict::all(parts.collect::<Vec<_>>())
}

fn said(named: &str) -> String {
    if named.starts_with("sha256:") {
        format!("image {named}")
    } else {
        format!("the image of tag {named}")
    }
}

/// The image of this name; none where the repository is known not to have it.
fn stored(facts: &EcrRepository, named: &str) -> Result<Option<StoredImage>, &'static str> {
    if let Some(images) = &facts.images {
        return Ok(images.iter().find(|own| own.is_named(named)).cloned());
    }
    match facts.images_in_use.iter().find(|own| own.named == named) {
        Some(known) => Ok(known.stored()),
        None => Err("nothing named it when the repository was read"),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        ecr_repository::ImageInUse,
        ecs_task::{Container, EcsTask},
        ecs_task_definition::EcsTaskDefinition,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::estate::{Estate, arn, judged, told};

    fn policy(selection: Value) -> Value {
        let mut rule = json!({"rulePriority": 7, "action": {"type": "expire"}});
        rule["selection"] = selection;
        json!({ "rules": [rule] })
    }

    fn image(digest: &str, tags: &[&str], pushed: &str) -> StoredImage {
        StoredImage {
            image_digest: digest.to_owned(),
            image_tags: tags.iter().map(ToString::to_string).collect(),
            image_pushed_at: Some(format!("{pushed}T00:00:00Z")),
            ..StoredImage::default()
        }
    }

    /// The snapshot is of 1970-01-01.
    fn estate(images: &[StoredImage], policy: &Value) -> Estate {
        let estate = Estate::new().vpc_with_nat().fargate_service();
        estate.with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
            facts.images = Some(images.to_vec());
            facts.lifecycle_policy_text = policy.clone();
        })
    }

    fn held(estate: Estate, digest: &str) -> Estate {
        estate.with::<EcsTask>(&arn("ecs", "task/main/1"), |facts| {
            facts.containers = vec![Container {
                name: Some("web".to_owned()),
                image_digest: Some(digest.to_owned()),
                ..Container::default()
            }];
        })
    }

    #[test]
    fn an_image_stays_until_the_next_start() {
        let images = [
            image("sha256:1111", &["1.0"], "1969-11-01"),
            image("sha256:2222", &["1.1"], "1969-12-01"),
            image("sha256:old", &[], "1969-12-20"),
        ];
        let newest = |number: i64| {
            policy(
                json!({"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": number}),
            )
        };
        let aged = |status: &str, days: i64| {
            policy(
                json!({"tagStatus": status, "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}),
            )
        };
        let of = |policy: &Value| estate(&images, policy);
        let free = held(of(&aged("untagged", 7)), "sha256:old").with::<EcsTaskDefinition>(
            &arn("ecs", "task-definition/web:1"),
            |facts| {
                facts.container_definitions[0].version_consistency = Some("disabled".to_owned());
            },
        );
        let many = |policy: &Value| {
            of(policy).with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
                facts.images = None;
                facts.images_in_use[0].image_pushed_at = Some("1969-11-01T00:00:00Z".to_owned());
            })
        };
        let cases = [
            (of(&Value::Null), "met"),
            (of(&newest(3)), "met"),
            (
                of(&newest(2)),
                "unmet: rule 7 of the new lifecycle policy of repository web expires the image of tag 1.0 within a day: of the images that the rule selects it keeps 2, and 2 are newer (CannotPullContainerError)",
            ),
            (
                of(&aged("any", 30)),
                "unmet: rule 7 of the new lifecycle policy of repository web expires the image of tag 1.0 within a day: it was pushed on 1969-11-01, and the rule keeps images for 30 days (CannotPullContainerError)",
            ),
            (of(&aged("untagged", 7)), "met"),
            (
                held(of(&aged("untagged", 7)), "sha256:old"),
                "unmet: rule 7 of the new lifecycle policy of repository web expires image sha256:old (to which ECS holds the deployment) within a day: it was pushed on 1969-12-20, and the rule keeps images for 7 days (CannotPullContainerError)",
            ),
            (free, "met"),
            (held(of(&aged("untagged", 7)), "sha256:1111"), "met"),
            // It is gone already: another need.
            (held(of(&aged("untagged", 7)), "sha256:gone"), "met"),
            (
                many(&newest(2)),
                "unknown: check that the new lifecycle policy of repository web keeps the image of tag 1.0: not all images of the repository are known",
            ),
            (many(&aged("untagged", 7)), "met"),
            (
                held(many(&aged("untagged", 7)), "sha256:old"),
                "unknown: check that the new lifecycle policy of repository web keeps image sha256:old (to which ECS holds the deployment): nothing named it when the repository was read",
            ),
            (
                of(&json!("soon")),
                "unknown: check that the new lifecycle policy of repository web keeps the image of tag 1.0: its rules are not in the form that AWS documents",
            ),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::as_is(&snapshot);
            let verdict = judged(&NEED, &overlay, &arn("ecs", "service/main/web"));
            assert_eq!(told(&verdict), expected);
        }
    }

    #[test]
    fn what_nothing_holds_is_told_by_another_need() {
        let gone = estate(
            &[],
            &policy(
                json!({"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}),
            ),
        )
        .with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
            facts.images_in_use = vec![ImageInUse {
                named: "1.0".to_owned(),
                ..ImageInUse::default()
            }];
        });
        let snapshot = gone.snapshot();
        let verdict = judged(
            &NEED,
            &Overlay::as_is(&snapshot),
            &arn("ecs", "service/main/web"),
        );
        assert_eq!(told(&verdict), "met");
    }
}

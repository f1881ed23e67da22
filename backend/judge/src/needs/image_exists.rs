//! Every image from a private ECR registry is there, as its container names it.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, ResourceIndex, ResourceKind,
    kinds::{ecr_pull_through_cache_rule::EcrPullThroughCacheRule, ecr_repository::EcrRepository},
};

use super::{
    Need, Subject,
    parts::{Image, held_digests, images},
};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "image-exists",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html",
    sentence: "The repository of each image exists and holds the tag or digest that the container names.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let images = images(overlay, launch);
    let parts = images.iter().map(|image| exists(overlay, launch, image));
    Verdict::all(parts.chain(unknown_images(overlay, launch)))
}

/// Images of which only the apply will tell the name.
fn unknown_images(overlay: &Overlay<'_>, launch: &Launch) -> Vec<Verdict> {
    let Some(definition) = launch.definition_place else {
        return Vec::new();
    };
    let containers = super::parts::containers(launch).iter().enumerate();
    let unknown = containers.filter(|(number, _)| {
        overlay.is_unknown(definition, &format!("containerDefinitions[{number}].image"))
    });
    unknown
        .map(|(_, container)| {
            let (container, name) = (&container.name, &overlay.resource(definition).name);
            Verdict::unknown(
                definition,
                format!(
                    "check the image of container {container} of {name}: known only after the apply"
                ),
            )
        })
        .collect()
}

fn exists(overlay: &Overlay<'_>, launch: &Launch, image: &Image<'_>) -> Verdict {
    let (repository, named) = (&image.source.repository, &image.source.named);
    let what = if named.starts_with("sha256:") {
        "digest"
    } else {
        "tag"
    };
    let check =
        |why: &str| format!("check that {what} {named} exists in repository {repository}: {why}");
    let Some(place) = image.repository else {
        return Verdict::unknown(None, check("the repository is not known"));
    };
    let error = "CannotPullContainerError";
    let Some(facts) = overlay.facts::<EcrRepository>(place) else {
        return match overlay.resource(place).presence {
            Presence::Missing => {
                let text = format!("repository {repository} does not exist");
                pulled_through(overlay, image, &text)
                    .unwrap_or_else(|| Verdict::unmet(place, text).reported_as(error))
            }
            Presence::Outside => Verdict::unknown(place, check("it lies outside what is crawled")),
            _ => Verdict::unknown(place, check("it could not be read")),
        };
    };
    if let Some(digest) = lost_digest(overlay, launch, image, &facts) {
        return Verdict::unmet(
            place,
            format!("the deployment is held to image {digest}, which repository {repository} no longer has"),
        )
        .reported_as(error);
    }
    let known = facts.images_in_use.iter().find(|own| own.named == *named);
    match known {
        Some(known) if known.exists => Verdict::met(),
        Some(_) => {
            let text = format!("repository {repository} has no image of {what} {named}");
            pulled_through(overlay, image, &text)
                .unwrap_or_else(|| Verdict::unmet(place, text).reported_as(error))
        }
        None if overlay.resource(place).presence == Presence::Planned => {
            Verdict::unknown(place, check("a new repository is empty"))
        }
        // Every image was listed: a plan may name one that nothing named before.
        None if let Some(all) = &facts.images => {
            if all.iter().any(|own| own.is_named(named)) {
                Verdict::met()
            } else {
                let text = format!(
                    "repository {repository} had no image of {what} {named} when it was read"
                );
                pulled_through(overlay, image, &text)
                    .unwrap_or_else(|| Verdict::unmet(place, text).reported_as(error))
            }
        }
        // A crawl looks up what is in use.
        None => Verdict::unknown(
            place,
            check("nothing named it when the repository was read"),
        ),
    }
}

/// What a repository lacks is fetched by the pull-through cache rule that takes its name, if there is one.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
fn pulled_through(overlay: &Overlay<'_>, image: &Image<'_>, lack: &str) -> Option<Verdict> {
    let source = &image.source;
    let all = overlay.snapshot().inventory().resources().iter();
    let rules = all.filter(|own| {
        own.kind == ResourceKind::EcrPullThroughCacheRule
            && *own.account == *source.account
            && *own.region == *source.region
    });
    let mut best: Option<(usize, ResourceIndex)> = None;
    for place in rules.filter_map(|own| overlay.find(&own.id)) {
        let facts = overlay.facts::<EcrPullThroughCacheRule>(place);
        let taken = facts.and_then(|facts| facts.takes(&source.repository));
        if let Some(length) = taken.filter(|_| overlay.is_there(place))
            && best.is_none_or(|(longest, _)| length > longest)
        {
            best = Some((length, place));
        }
    }
    let (_, rule) = best?;
    let name = &overlay.resource(rule).name;
    let text = format!(
        "check that pull-through cache rule {name} can fetch it, its login included: {lack}"
    );
    Some(Verdict::unknown(rule, text))
}

/// A digest that the deployment is held to, and that the repository has no more.
fn lost_digest(
    overlay: &Overlay<'_>,
    launch: &Launch,
    image: &Image<'_>,
    facts: &EcrRepository,
) -> Option<String> {
    let held = held_digests(overlay, launch, image.container);
    held.into_iter().find(|digest| {
        let known = facts
            .images_in_use
            .iter()
            .find(|known| known.named == *digest);
        known.is_some_and(|known| !known.exists)
    })
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            ecr_repository::ImageInUse,
            ecs_task::{Container, EcsTask},
            ecs_task_definition::EcsTaskDefinition,
        },
    };

    use super::*;
    use crate::estate::{Estate, arn, gone, judged, patched, told};

    const SERVICE: &str = "arn:aws:ecs:eu-west-1:123456789012:service/main/web";

    fn with_image(image: &str) -> Edits {
        let snapshot = estate().snapshot();
        patched(
            &snapshot,
            &arn("ecs", "task-definition/web:1"),
            |facts: &mut EcsTaskDefinition| {
                facts.container_definitions[0].image = image.to_owned();
            },
        )
    }

    fn estate() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    #[test]
    fn an_image_is_there_as_it_is_named() {
        let snapshot = estate().snapshot();
        let repository = arn("ecr", "repository/web");
        let registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        let deleted = patched(&snapshot, &repository, |facts: &mut EcrRepository| {
            facts.images_in_use[0].exists = false;
        });
        let cases = [
            (Edits::default(), "met"),
            (with_image("public.ecr.aws/nginx/nginx:1.27"), "met"),
            (with_image("nginx"), "met"),
            (
                deleted,
                "unmet: repository web has no image of tag 1.0 (CannotPullContainerError)",
            ),
            (
                gone(&repository),
                "unmet: repository web does not exist (CannotPullContainerError)",
            ),
            (
                with_image(&format!("{registry}/web:2.0")),
                "unknown: check that tag 2.0 exists in repository web: nothing named it when the repository was read",
            ),
            (
                with_image(&format!("{registry}/api:1.0")),
                "unmet: repository api does not exist (CannotPullContainerError)",
            ),
            (
                with_image("210987654321.dkr.ecr.eu-west-1.amazonaws.com/api:1.0"),
                "unknown: check that tag 1.0 exists in repository api: it lies outside what is crawled",
            ),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(told(&judged(&NEED, &overlay, SERVICE)), expected);
        }
    }

    #[test]
    fn a_rule_fetches_what_its_repository_lacks() {
        let rule = arn("ecr", "pull-through-cache-rule/hub");
        let facts = EcrPullThroughCacheRule {
            ecr_repository_prefix: "hub".to_owned(),
            ..EcrPullThroughCacheRule::default()
        };
        let snapshot = estate().put(&rule, &facts).snapshot();
        let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/hub/library/redis:7";
        let mut without = with_image(image);
        let missing = "repository hub/library/redis does not exist";
        let overlay = Overlay::with(&snapshot, &without);
        assert_eq!(
            told(&judged(&NEED, &overlay, SERVICE)),
            format!(
                "unknown: check that pull-through cache rule hub can fetch it, its login included: {missing}"
            )
        );
        without.after.extend(gone(&rule).after);
        let overlay = Overlay::with(&snapshot, &without);
        assert_eq!(
            told(&judged(&NEED, &overlay, SERVICE)),
            format!("unmet: {missing} (CannotPullContainerError)")
        );
    }

    #[test]
    fn an_unread_registry_is_unknown() {
        let snapshot = estate()
            .without(&arn("ecr", "repository/web"))
            .blind(ResourceKind::EcrRepository)
            .snapshot();
        let overlay = Overlay::as_is(&snapshot);
        assert_eq!(
            told(&judged(&NEED, &overlay, SERVICE)),
            "unknown: check that tag 1.0 exists in repository web: it could not be read"
        );
    }

    #[test]
    fn a_deployment_is_held_to_its_digest() {
        let task = |facts: &mut EcsTask| {
            facts.containers = vec![Container {
                name: Some("web".to_owned()),
                image_digest: Some("sha256:old".to_owned()),
                ..Container::default()
            }];
        };
        let pinned = estate()
            .with::<EcsTask>(&arn("ecs", "task/main/1"), task)
            .with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
                facts.images_in_use.push(ImageInUse {
                    named: "sha256:old".to_owned(),
                    ..ImageInUse::default()
                });
            });
        let free = pinned.clone().with::<EcsTaskDefinition>(
            &arn("ecs", "task-definition/web:1"),
            |facts| {
                facts.container_definitions[0].version_consistency = Some("disabled".to_owned());
            },
        );
        let cases = [
            (
                pinned,
                "unmet: the deployment is held to image sha256:old, which repository web no longer has (CannotPullContainerError)",
            ),
            (free, "met"),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::as_is(&snapshot);
            assert_eq!(told(&judged(&NEED, &overlay, SERVICE)), expected);
        }
    }
}

//! An image index offers the platform on which the tasks run.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#runtime-platform>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{Phase, kinds::ecr_repository::EcrRepository};

use super::{
    Need, Subject,
    parts::{Image, images},
};
use crate::{Host, Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "image-platform",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
    sentence: "Each image is made for the operating system and processor on which the tasks run.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let wanted = platforms_of(overlay, launch);
    let images = images(overlay, launch);
    let parts = images.iter().map(|image| fits(overlay, &wanted, image));
    Verdict::all(parts).reported_as("CannotPullContainerError")
}

/// As an index writes them: `linux/amd64`. None where nobody says: instances that are not there yet.
fn platforms_of(overlay: &Overlay<'_>, launch: &Launch) -> BTreeSet<String> {
    let definition = launch.definition.as_deref();
    let platform = definition.and_then(|facts| facts.runtime_platform.as_ref());
    let system = platform.and_then(|platform| platform.operating_system_family.as_deref());
    let system = match system {
        Some(system) if system.starts_with("WINDOWS") => "windows",
        _ => "linux",
    };
    let processor = platform.and_then(|platform| platform.cpu_architecture.clone());
    let processors: Vec<String> = match (processor, launch.host) {
        (Some(processor), _) => vec![processor],
        (None, Host::Fargate) => vec!["X86_64".to_owned()],
        (None, Host::Ec2 | Host::External) => {
            let instances = launch.instances(overlay).into_iter();
            let active = instances.filter(|(_, facts)| facts.status.as_deref() == Some("ACTIVE"));
            let attributes = active.flat_map(|(_, facts)| facts.attributes.clone());
            attributes
                .filter(|attribute| attribute.name == "ecs.cpu-architecture")
                .filter_map(|attribute| attribute.value)
                .collect()
        }
    };
    let names =
        processors
            .iter()
            .filter_map(|processor| match processor.to_ascii_lowercase().as_str() {
                "x86_64" => Some("amd64"),
                "arm64" => Some("arm64"),
                _ => None,
            });
    names.map(|name| format!("{system}/{name}")).collect()
}

fn fits(overlay: &Overlay<'_>, wanted: &BTreeSet<String>, image: &Image<'_>) -> Verdict {
    let Some(place) = image.repository else {
        return Verdict::met();
    };
    let Some(facts) = overlay.facts::<EcrRepository>(place) else {
        return Verdict::met();
    };
    let named = &image.source.named;
    let known = facts.images_in_use.iter().find(|own| own.named == *named);
    // A single image does not say for which platform it is.
    let Some(known) = known.filter(|known| known.exists && !known.platforms.is_empty()) else {
        return Verdict::met();
    };
    let offered = |platform: &String| {
        known.platforms.iter().any(|own| {
            own.strip_prefix(platform.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let lacking: Vec<&str> = wanted
        .iter()
        .filter(|platform| !offered(platform))
        .map(String::as_str)
        .collect();
    let name = format!("{}:{named}", image.source.repository);
    let has = known.platforms.join(", ");
    if lacking.is_empty() {
        Verdict::met()
    } else if lacking.len() == wanted.len() {
        let lacking = lacking.join(", ");
        Verdict::unmet(
            place,
            format!("image {name} is not made for {lacking}, only for {has}"),
        )
    } else {
        let lacking = lacking.join(", ");
        Verdict::unknown(
            place,
            format!(
                "check on which instances the tasks run: image {name} is not made for {lacking}, only for {has}"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        ecs_container_instance::EcsContainerInstance,
        ecs_task_definition::{EcsTaskDefinition, RuntimePlatform},
    };

    use super::*;
    use crate::estate::{Estate, arn, judged, told};

    fn offering(estate: Estate, platforms: &[&str]) -> Estate {
        let platforms = platforms.iter().map(ToString::to_string).collect();
        estate.with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
            facts.images_in_use[0].platforms = platforms;
        })
    }

    fn running_on(estate: Estate, processor: &str) -> Estate {
        estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
            facts.runtime_platform = Some(RuntimePlatform {
                cpu_architecture: Some(processor.to_owned()),
                operating_system_family: Some("LINUX".to_owned()),
            });
        })
    }

    fn with_arm(estate: Estate, instance: &str) -> Estate {
        estate.with::<EcsContainerInstance>(
            &arn("ecs", &format!("container-instance/main/{instance}")),
            |facts| {
                facts.attributes[3].value = Some("arm64".to_owned());
            },
        )
    }

    #[test]
    fn an_index_has_the_platform() {
        let fargate = || Estate::new().vpc_with_nat().fargate_service();
        let ec2 = || Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        let amd: &[&str] = &["linux/amd64"];
        let cases = [
            (fargate(), "met"),
            (offering(fargate(), amd), "met"),
            (
                offering(fargate(), &["linux/arm64/v8", "linux/amd64"]),
                "met",
            ),
            (
                offering(running_on(fargate(), "ARM64"), &["linux/arm64/v8"]),
                "met",
            ),
            (
                offering(running_on(fargate(), "ARM64"), amd),
                "unmet: image web:1.0 is not made for linux/arm64, only for linux/amd64 (CannotPullContainerError)",
            ),
            (offering(ec2(), amd), "met"),
            (
                offering(with_arm(ec2(), "1"), amd),
                "unknown: check on which instances the tasks run: image web:1.0 is not made for linux/arm64, only for linux/amd64 (CannotPullContainerError)",
            ),
            (
                offering(with_arm(with_arm(ec2(), "1"), "2"), amd),
                "unmet: image web:1.0 is not made for linux/arm64, only for linux/amd64 (CannotPullContainerError)",
            ),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let verdict = judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            );
            assert_eq!(told(&verdict), expected);
        }
    }
}

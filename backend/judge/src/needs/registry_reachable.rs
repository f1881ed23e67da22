//! The registries of a task's images can be reached.

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::{agent, calls, reach_aws, reach_for},
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html>
pub(super) const NEED: Need = Need {
    name: "registry-reachable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html",
    sentence: "Each registry that images come from, and S3 for the layers of ECR's, can be reached from where they are pulled.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let seats = agent::seats(overlay, launch);
    let ecr = reach_for(overlay, launch, &calls::registries(launch));
    let others = calls::other_registries(launch);
    // A host without a dot, or one of a private zone, is no public one.
    let public = others.into_iter().filter(|host| is_public(host));
    let others = public.map(|host| reach_aws::internet_from(overlay, &seats, &host));
    Verdict::all(others.chain([ecr])).reported_as("CannotPullContainerError")
}

/// Registries that are known to answer in the internet only.
fn is_public(host: &str) -> bool {
    let known = [
        "docker.io",
        "public.ecr.aws",
        "ghcr.io",
        "quay.io",
        "gcr.io",
        "registry.k8s.io",
        "mcr.microsoft.com",
        "registry.gitlab.com",
    ];
    known.iter().any(|own| {
        host == *own
            || host
                .strip_suffix(own)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{ecs_service::EcsService, ecs_task_definition::EcsTaskDefinition};

    use super::*;
    use crate::estate::{Estate, arn, ec2, gone, judged, together, told};

    #[test]
    fn registries_are_reached() {
        let isolated = || {
            Estate::new()
                .isolated_vpc_with_endpoints()
                .fargate_service()
        };
        let by_nat = || Estate::new().vpc_with_nat().fargate_service();
        let image = |estate: Estate, image: &str| {
            estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                image.clone_into(&mut facts.container_definitions[0].image);
            })
        };
        let early = || {
            isolated().with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                facts.platform_version = Some("1.3.0".to_owned());
            })
        };
        let elsewhere = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1";
        let cases = [
            ("healthy", isolated(), None, ""),
            (
                "the API's endpoint goes",
                isolated(),
                Some("vpce-ecr-api"),
                "ECR's API (ecr.api) cannot",
            ),
            (
                "of which early Fargate has no need",
                early(),
                Some("vpce-ecr-api"),
                "",
            ),
            (
                "the registry's endpoint goes",
                early(),
                Some("vpce-ecr-dkr"),
                "ECR's registry (ecr.dkr) cannot",
            ),
            (
                "the layers' endpoint goes",
                isolated(),
                Some("vpce-s3"),
                "S3 cannot be reached",
            ),
            (
                "another region",
                image(isolated(), elsewhere),
                None,
                "ECR's registry (ecr.dkr) and S3 cannot",
            ),
            (
                "another region by NAT",
                image(by_nat(), elsewhere),
                None,
                "",
            ),
            (
                "Docker Hub",
                image(isolated(), "nginx:1"),
                None,
                "docker.io cannot be reached",
            ),
            ("Docker Hub by NAT", image(by_nat(), "nginx:1"), None, ""),
            (
                "Docker Hub, NAT goes",
                image(by_nat(), "nginx:1"),
                Some("nat-1"),
                "docker.io cannot be reached",
            ),
            (
                "a registry of one's own",
                image(isolated(), "registry.internal:5000/web:1"),
                None,
                "",
            ),
        ];
        for (case, estate, goes, why) in cases {
            let snapshot = estate.snapshot();
            let edits = goes.map_or_else(|| together([]), |id| gone(&ec2(id)));
            let overlay = Overlay::with(&snapshot, &edits);
            let said = told(&judged(&NEED, &overlay, &arn("ecs", "service/main/web")));
            let expected = if why.is_empty() { "met" } else { why };
            assert!(said.contains(expected), "{case}: {said}");
        }
    }
}

//! The registries of a task's images can be reached.

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::{agent, calls, reach_aws, reach_from},
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
    let services: Vec<_> = calls::registries(launch).into_iter().collect();
    let ecr = reach_from(overlay, &seats, &services);
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

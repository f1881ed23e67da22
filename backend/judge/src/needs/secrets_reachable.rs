//! The services that hold a task's secrets can be reached.

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::{agent, calls, reach_from},
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html>
pub(super) const NEED: Need = Need {
    name: "secrets-reachable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html",
    sentence: "Secrets Manager, Parameter Store and, for environment files, S3 can be reached, as far as the task definition reads from them.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let services: Vec<_> = calls::secrets(launch).into_iter().collect();
    reach_from(overlay, &agent::seats(overlay, launch), &services)
        .reported_as("ResourceInitializationError")
}

//! `CloudWatch` Logs can be reached by tasks that log there.

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::{agent, calls, reach_from},
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>
pub(super) const NEED: Need = Need {
    name: "logs-reachable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    sentence: "CloudWatch Logs can be reached by tasks whose containers log with awslogs.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let services: Vec<_> = calls::logs(launch).into_iter().collect();
    reach_from(overlay, &agent::seats(overlay, launch), &services)
        .reported_as("ResourceInitializationError")
}

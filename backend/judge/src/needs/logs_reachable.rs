//! `CloudWatch` Logs can be reached by tasks that log there.

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    network::{calls, reach_for},
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
    reach_for(overlay, launch, &calls::logs(launch)).reported_as("ResourceInitializationError")
}

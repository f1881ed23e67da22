//! A cause in one sentence.

use blastmap_model::Phase;

use super::{Outcome, subject::Judged};
use crate::{verdict::Share, words::counted};

const NO_TRAFFIC: &str = "It gets no more traffic";
const STOPS: &str = "It cannot go on";
const ACTS_NO_MORE: &str = "It cannot act any more";

/// What is only lost in part is told so; `clients` are those that an endpoint or the like has.
pub(super) fn in_part(outcome: Outcome, clients: Option<Share>, cause: &str) -> String {
    if outcome != Outcome::Degraded {
        return cause.to_owned();
    }
    let whom = clients.map_or_else(
        || "all".to_owned(),
        |share| format!("{} of its {}", share.lost, counted(share.of, "client")),
    );
    let told = [
        (NO_TRAFFIC, "Part of it gets no more traffic".to_owned()),
        (STOPS, format!("It cannot serve {whom} any more")),
        (ACTS_NO_MORE, "It can act only in part".to_owned()),
    ];
    let found = told
        .into_iter()
        .find_map(|(whole, part)| Some(format!("{part}{}", cause.strip_prefix(whole)?)));
    found.unwrap_or_else(|| cause.to_owned())
}

/// Why a task stops, without that it does.
pub(super) fn reason_of(cause: &str) -> &str {
    let reason = cause.strip_prefix(STOPS);
    reason
        .and_then(|reason| reason.strip_prefix(": "))
        .unwrap_or(cause)
}

/// One sentence: what happens, and why.
pub(super) fn sentence(outcome: Outcome, phase: Phase, judged: &Judged) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for cause in &judged.causes {
        if !texts.contains(&cause.reason.text.as_str()) {
            texts.push(&cause.reason.text);
        }
    }
    let more = texts.len().saturating_sub(3);
    let mut why = texts.into_iter().take(3).collect::<Vec<_>>().join("; ");
    if more > 0 {
        why = format!("{why}; and {more} more");
    }
    let what = match (outcome, phase) {
        (Outcome::AtRisk, Phase::Scale) => "It may not scale",
        (Outcome::AtRisk, _) => "Cannot be decided",
        (_, Phase::Start) => "No new task can be relied on to start",
        (_, Phase::Deploy) => "A deployment cannot move",
        (_, Phase::Schedule) => "Its next run fails",
        (_, Phase::Scale) => ACTS_NO_MORE,
        (_, Phase::Traffic) => NO_TRAFFIC,
        (_, Phase::Run) => STOPS,
    };
    format!("{what}: {why}.")
}

/// The first sentence of a cause, and those that follow: a service that is hit in several phases has one for each.
pub(crate) fn first_sentence(cause: &str) -> (&str, &str) {
    let mut ends = cause.match_indices(". ").map(|(at, _)| at);
    let end = ends.find(|at| cause[at + 2..].starts_with(char::is_uppercase));
    match end {
        Some(at) => (&cause[..=at], &cause[at + 2..]),
        None => (cause, ""),
    }
}

//! What every report says first: how bad it is, whom it hits, and who should be asked.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_change::{Action, Change};
use blastmap_graph::{LinkIndex, Snapshot};
use blastmap_model::{Relation, ResourceIndex, ResourceKind};
use time::{OffsetDateTime, UtcOffset};

use crate::{Assessment, Impact, Outcome};

/// An assessment in numbers and names.
pub(super) struct Summary {
    /// `2 services go down, 1 schedule fails at its next run`.
    pub(super) headline: String,
    /// `1 update, 2 deletes`.
    pub(super) changes: String,
    /// Owners of what is hit, sorted; what has none is counted.
    pub(super) owners: Vec<String>,
    pub(super) without_owner: usize,
}

/// Kinds that are told of through others: a task through its service.
pub(super) fn stands_alone(estate: &Snapshot, impact: &Impact) -> bool {
    let place = impact.resource;
    if estate.kind(place) != ResourceKind::EcsTask {
        return true;
    }
    let links = estate.topology().dependencies(place).iter();
    !links
        .map(|link| estate.link(*link))
        .any(|link| link.relation == Relation::PartOf && estate.kind(link.to) == ResourceKind::EcsService)
}

impl Summary {
    pub(super) fn of(assessment: &Assessment) -> Self {
        let estate = assessment.excerpt.snapshot();
        let told: Vec<&Impact> = assessment
            .impacts
            .iter()
            .filter(|impact| stands_alone(estate, impact))
            .collect();
        let mut owners = BTreeSet::new();
        let mut without_owner = 0;
        for impact in &told {
            match estate.owner(impact.resource) {
                Some(owner) => {
                    owners.insert(owner.to_owned());
                }
                None => without_owner += 1,
            }
        }
        Self {
            headline: headline(estate, &told, assessment),
            changes: changes(assessment),
            owners: owners.into_iter().collect(),
            without_owner,
        }
    }
}

/// What people have in mind when they ask what a change hits.
const RUNS_OR_STARTS: &[ResourceKind] =
    &[ResourceKind::EcsService, ResourceKind::EcsTask, ResourceKind::Schedule, ResourceKind::EventRule];

fn headline(estate: &Snapshot, told: &[&Impact], assessment: &Assessment) -> String {
    let mut counts: BTreeMap<(Outcome, ResourceKind), usize> = BTreeMap::new();
    for impact in told {
        *counts
            .entry((impact.outcome, estate.kind(impact.resource)))
            .or_default() += 1;
    }
    let refused = assessment
        .risks
        .iter()
        .filter(|risk| risk.title.starts_with("AWS will refuse"))
        .count();
    let mut parts: Vec<String> = Vec::new();
    if refused > 0 {
        parts.push(format!("AWS will refuse {}", counted(refused, "change")));
    }
    // What people ask for first: what is behind it, such as endpoints, may fall off the end.
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|((outcome, kind), _)| (!RUNS_OR_STARTS.contains(kind), *outcome, *kind));
    parts.extend(counts.into_iter().take(6).map(|((outcome, kind), count)| {
        let who = counted(count, kind.label());
        let verb = |one: &str, many: &str| if count == 1 { one.to_owned() } else { many.to_owned() };
        let what = match outcome {
            Outcome::Down => verb("goes down", "go down"),
            Outcome::Degraded => verb("loses part of its capacity", "lose part of their capacity"),
            Outcome::FailsOnNextStart => verb("fails at its next start", "fail at their next start"),
            Outcome::AtRisk => "may be hit".to_owned(),
        };
        format!("{who} {what}")
    }));
    if parts.is_empty() {
        let unjudged = assessment.not_judged().count();
        return match unjudged {
            0 => "Nothing that runs, serves or starts is hit".to_owned(),
            _ => format!(
                "Nothing is hit by what was judged; {} not judged",
                if unjudged == 1 { "1 change was".to_owned() } else { format!("{unjudged} changes were") }
            ),
        };
    }
    parts.join(", ")
}

fn changes(assessment: &Assessment) -> String {
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for (change, _) in &assessment.changes {
        if change.action.changes_something() {
            *counts.entry(change.action).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return "no change".to_owned();
    }
    let said = counts.into_iter().map(|(action, count)| {
        let word = match action {
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replacement",
            Action::Delete => "delete",
            Action::NoOp | Action::Read | Action::Forget => "other",
        };
        counted(count, word)
    });
    said.collect::<Vec<_>>().join(", ")
}

/// `1 service`, `2 services`.
pub(super) fn counted(count: usize, word: &str) -> String {
    let plural = match word.strip_suffix('y') {
        _ if count == 1 => word.to_owned(),
        Some(stem) if !word.ends_with("ay") && !word.ends_with("ey") => format!("{stem}ies"),
        _ => format!("{word}s"),
    };
    format!("{count} {plural}")
}

/// A link in words: `payments-api RUNS payments-api:7 (ecs:DescribeServices taskDefinition)`.
pub(super) fn step(estate: &Snapshot, link: LinkIndex) -> String {
    let own = estate.link(link);
    let evidence = estate.evidence(link);
    format!(
        "{} {} {} ({} {}{})",
        estate.resource(own.from).name,
        own.relation.name(),
        estate.resource(own.to).name,
        evidence.api,
        evidence.field,
        if evidence.inferred { ", inferred" } else { "" }
    )
}

/// What a change is called, with what it touches.
pub(super) fn change_line(estate: &Snapshot, change: &Change, place: Option<ResourceIndex>) -> String {
    let what = match change.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::NoOp => "no change to",
        Action::Read => "read",
        Action::Forget => "forget",
    };
    match place {
        Some(place) => {
            let resource = estate.resource(place);
            format!("{what} {} ({} {})", change.address, resource.kind.label(), resource.name)
        }
        None => format!("{what} {}", change.address),
    }
}

/// `3 of 3 tasks`; nothing where there are no parts.
pub(super) fn parts(estate: &Snapshot, impact: &Impact) -> Option<String> {
    let share = impact.share?;
    let word = match estate.kind(impact.resource) {
        ResourceKind::EcsService => "task",
        ResourceKind::TargetGroup => "target",
        _ => return None,
    };
    (share.of > 0 && impact.outcome <= Outcome::Degraded)
        .then(|| format!("{} of {}", share.lost, counted(share.of, word)))
}

/// `2026-11-26 19:12 UTC`.
pub(super) fn moment(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
}

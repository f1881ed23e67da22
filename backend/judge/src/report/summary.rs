//! What every report says first: how bad it is, whom it hits, and who should be asked.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_change::{Action, Change};
use blastmap_graph::{LinkIndex, Snapshot, render::plain};
use blastmap_model::{Phase, Relation, ResourceIndex, ResourceKind};

use time::{OffsetDateTime, UtcOffset, macros::format_description};

use super::Kept;
use crate::{
    Assessment, Impact, Mark, Outcome, Risk, RiskMark,
    risks::{OF_WHAT_IS_NOT_KNOWN, REFUSED},
    words::{counted, loses_part},
};

/// More of one sort are counted in a headline, not listed.
const NAMED: usize = 6;
/// More owners are counted.
const OWNERS: usize = 10;

/// An assessment in numbers and names.
pub(super) struct Summary {
    /// `2 services go down, 1 schedule fails at its next run`.
    pub(super) headline: String,
    /// `1 update, 2 deletes`.
    pub(super) changes: String,
    /// Owners of what is hit, sorted; the last one may count the rest, and what has none.
    pub(super) owners: Vec<String>,
}

/// Text from tags and files on one line, without what a terminal or browser would obey or not show.
pub(super) fn visible(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(plain).collect();
    words.join(" ")
}

/// What people are told of: what is hit, what breaks, and what is not known.
pub(super) struct Told<'a> {
    pub(super) impacts: Vec<&'a Impact>,
    pub(super) risks: Vec<&'a Risk>,
    pub(super) unknown: Vec<&'a Risk>,
}

impl<'a> Told<'a> {
    pub(super) fn of(assessment: &'a Assessment) -> Self {
        let (unknown, risks) = assessment
            .risks
            .iter()
            .partition(|risk| OF_WHAT_IS_NOT_KNOWN.contains(&&*risk.rule));
        Self {
            impacts: standing_alone(assessment, &assessment.impacts),
            risks,
            unknown,
        }
    }
}

/// Without what is told of through others.
pub(super) fn standing_alone<'a>(
    assessment: &Assessment,
    impacts: &'a [Impact],
) -> Vec<&'a Impact> {
    let estate = assessment.excerpt.snapshot();
    let alone = impacts.iter().filter(|impact| stands_alone(estate, impact));
    alone.collect()
}

/// Kinds that are told of through others: a task through its service.
fn stands_alone(estate: &Snapshot, impact: &Impact) -> bool {
    let place = impact.resource;
    if estate.kind(place) != ResourceKind::EcsTask {
        return true;
    }
    let links = estate.topology().dependencies(place).iter();
    !links.map(|link| estate.link(*link)).any(|link| {
        link.relation == Relation::PartOf && estate.kind(link.to) == ResourceKind::EcsService
    })
}

impl Summary {
    pub(super) fn of(assessment: &Assessment, told: &Told<'_>) -> Self {
        let estate = assessment.excerpt.snapshot();
        let owned: BTreeSet<Option<&str>> = told
            .impacts
            .iter()
            .map(|impact| estate.owner(impact.resource))
            .collect();
        let mut owners: Vec<String> = owned.iter().flatten().map(|owner| visible(owner)).collect();
        if owners.len() > OWNERS {
            let more = owners.split_off(OWNERS).len();
            owners.push(format!("{more} more"));
        }
        let without = told
            .impacts
            .iter()
            .filter(|impact| estate.owner(impact.resource).is_none())
            .count();
        if without > 0 && !owners.is_empty() {
            owners.push(format!("{without} without an owner"));
        }
        Self {
            headline: headline(estate, told, assessment),
            changes: changes(assessment),
            owners,
        }
    }
}

/// What people have in mind when they ask what a change hits.
const RUNS_OR_STARTS: &[ResourceKind] = &[
    ResourceKind::EcsService,
    ResourceKind::EcsTask,
    ResourceKind::Schedule,
    ResourceKind::EventRule,
];

fn headline(estate: &Snapshot, told: &Told<'_>, assessment: &Assessment) -> String {
    let mut counts: BTreeMap<(Outcome, ResourceKind), usize> = BTreeMap::new();
    for impact in &told.impacts {
        *counts
            .entry((impact.outcome, estate.kind(impact.resource)))
            .or_default() += 1;
    }
    let refused: usize = assessment
        .risks
        .iter()
        .filter(|risk| risk.title.starts_with(REFUSED))
        // Reviews of earlier versions do not name the changes.
        .map(|risk| risk.addresses.len().max(1))
        .sum();
    let mut parts: Vec<String> = Vec::new();
    if refused > 0 {
        parts.push(format!("{REFUSED} {}", counted(refused, "change")));
    }
    // What people ask for first: what is behind it, such as endpoints, may fall off the end.
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|((outcome, kind), _)| (!RUNS_OR_STARTS.contains(kind), *outcome, *kind));
    let more: usize = counts.iter().skip(NAMED).map(|(_, count)| count).sum();
    parts.extend(
        counts
            .into_iter()
            .take(NAMED)
            .map(|((outcome, kind), count)| {
                let who = counted(count, kind.label());
                let verb = |one: &str, many: &str| {
                    if count == 1 {
                        one.to_owned()
                    } else {
                        many.to_owned()
                    }
                };
                let what = match outcome {
                    Outcome::Down => verb("goes down", "go down"),
                    Outcome::Degraded => {
                        let (one, many) = loses_part(kind);
                        verb(one, many)
                    }
                    Outcome::FailsOnNextStart => {
                        verb("fails at its next start", "fail at their next start")
                    }
                    Outcome::AtRisk => "may be hit".to_owned(),
                };
                format!("{who} {what}")
            }),
    );
    if parts.is_empty() {
        let unjudged = assessment.not_judged().count();
        return match unjudged {
            0 => "Nothing that runs, serves or starts is hit".to_owned(),
            1 => "Nothing is hit by what was judged; 1 change was not judged".to_owned(),
            _ => format!("Nothing is hit by what was judged; {unjudged} changes were not judged"),
        };
    }
    if more > 0 {
        parts.push(format!("{more} more"));
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

/// A link in words: `payments-api RUNS payments-api:7 (ecs:DescribeServices taskDefinition)`.
pub(super) fn step(estate: &Snapshot, link: LinkIndex) -> String {
    let own = estate.link(link);
    let evidence = estate.evidence(link);
    format!(
        "{} {} {} ({} {}{})",
        visible(&estate.resource(own.from).name),
        own.relation.name(),
        visible(&estate.resource(own.to).name),
        visible(&evidence.api),
        visible(&evidence.field),
        if evidence.inferred { ", inferred" } else { "" }
    )
}

/// What a change is called, with what it touches.
pub(super) fn change_line(
    estate: &Snapshot,
    change: &Change,
    place: Option<ResourceIndex>,
) -> String {
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
            let address = visible(&change.address);
            if address == resource.id.as_str() || address == *resource.name {
                return format!(
                    "{what} {} {}",
                    resource.kind.label(),
                    visible(&resource.name)
                );
            }
            let by_hand = if change.mapped {
                ", mapped by hand"
            } else {
                ""
            };
            format!(
                "{what} {address} ({} {}{by_hand})",
                resource.kind.label(),
                visible(&resource.name)
            )
        }
        None => format!("{what} {}", visible(&change.address)),
    }
}

/// `3 of 3 tasks`; nothing where there are no parts.
pub(super) fn parts(estate: &Snapshot, impact: &Impact) -> Option<String> {
    let share = impact.share?;
    let word = impact.unit(estate.kind(impact.resource))?;
    (share.of > 0 && impact.outcome <= Outcome::Degraded)
        .then(|| format!("{} of {}", share.lost, counted(share.of, word)))
}

/// When it shows, in words.
pub(super) fn when(phase: Phase) -> &'static str {
    match phase {
        Phase::Start => "when a task starts",
        Phase::Run => "while tasks run",
        Phase::Traffic => "when requests come",
        Phase::Deploy => "at the next deployment",
        Phase::Scale => "when it should scale",
        Phase::Schedule => "at its next run",
    }
}

/// `Monday, made on 2026-11-27 10:00 UTC`, the title apart from the rest.
pub(super) fn made(kept: &Kept<'_>) -> (String, String) {
    let made = format!(", made on {}", minute(kept.review.created_at));
    (visible(&kept.review.title), made)
}

/// `Accepted by the reviewers on 2026-11-27 10:00 UTC: we add the endpoint first`.
pub(super) fn mark_line(mark: &RiskMark) -> String {
    let said = match mark.mark {
        Mark::Accepted => "Accepted by the reviewers",
        Mark::Wrong => "Called wrong by the reviewers",
    };
    let note = mark.note.as_deref().map(visible).unwrap_or_default();
    let colon = if note.is_empty() { "" } else { ": " };
    format!("{said} on {}{colon}{note}", minute(mark.marked_at))
}

/// `2026-11-27 10:00 UTC`.
pub(super) fn minute(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let time = time.to_offset(UtcOffset::UTC).format(format);
    time.unwrap_or_default()
}

/// The last line of every report.
pub(super) fn judged_against(assessment: &Assessment) -> String {
    format!(
        "Judged against snapshot {} of {}: {}, {}. Nothing was changed in AWS.",
        visible(&assessment.snapshot_id),
        minute(assessment.taken_at),
        counted(assessment.resources, "resource"),
        counted(assessment.links, "link")
    )
}

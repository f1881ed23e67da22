//! Risks of what is hit: one for each need and what it rests on, and those that are alike told together.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_graph::Snapshot;
use blastmap_model::{Phase, ResourceIndex, ResourceKind};

use super::{Card, Level, Risk, Told, id, remedies};
use crate::{
    assess::{Impact, Outcome, first_sentence},
    words::{counted, listed, loses_part},
};

/// More causes of one risk are counted, not told.
const TOLD: usize = 40;
/// More who are hit for one cause are counted.
const NAMED: usize = 8;

/// What serves requests from outside the cluster.
const SERVING: &[ResourceKind] = &[
    ResourceKind::EcsService,
    ResourceKind::TargetGroup,
    ResourceKind::Listener,
    ResourceKind::ListenerRule,
    ResourceKind::LoadBalancer,
    ResourceKind::DnsRecord,
    ResourceKind::CloudfrontDistribution,
    ResourceKind::ApiGatewayVpcLink,
];

/// Those whom one need hits that rests on one resource.
struct Hit<'t> {
    need: &'t str,
    about: Option<ResourceIndex>,
    impacts: Vec<&'t Impact>,
    level: Level,
    /// The one that stands for all.
    speaks: &'t Impact,
}

pub(super) fn cards(told: &Told<'_>) -> Vec<Card> {
    let estate = told.excerpt.snapshot();
    let mut by_cause: BTreeMap<(&str, Option<ResourceIndex>), Vec<&Impact>> = BTreeMap::new();
    for impact in told.impacts {
        by_cause
            .entry((&impact.need, impact.about))
            .or_default()
            .push(impact);
    }
    let mut alike: BTreeMap<_, Vec<Hit<'_>>> = BTreeMap::new();
    for ((need, about), impacts) in by_cause {
        let Some(hit) = Hit::of(estate, need, about, impacts) else {
            continue;
        };
        let key = (
            need,
            hit.level,
            hit.speaks.outcome,
            hit.speaks.phase,
            about.map(|about| estate.kind(about)),
            estate.kind(hit.speaks.resource),
        );
        alike.entry(key).or_default().push(hit);
    }
    let card = |hits: &Vec<Hit<'_>>| {
        let speaks = hits.first()?.speaks;
        Some(Card {
            risk: match hits.as_slice() {
                [one] => one.risk(estate),
                all => together(estate, all)?,
            },
            hits: Some((speaks.outcome, rank(estate.kind(speaks.resource)))),
        })
    };
    alike.values().filter_map(card).collect()
}

impl<'t> Hit<'t> {
    fn of(
        estate: &Snapshot,
        need: &'t str,
        about: Option<ResourceIndex>,
        impacts: Vec<&'t Impact>,
    ) -> Option<Self> {
        let level = |impact: &Impact| level_of(estate.kind(impact.resource), impact.outcome);
        let worst = impacts
            .iter()
            .min_by_key(|impact| (level(impact), impact.outcome, impact.resource))?;
        // People think in services; tasks and the like stand behind them.
        let speaks = impacts
            .iter()
            .filter(|impact| impact.outcome == worst.outcome)
            .min_by_key(|impact| (rank(estate.kind(impact.resource)), impact.resource))
            .unwrap_or(worst);
        Some(Self {
            need,
            about,
            level: level(worst),
            speaks,
            impacts,
        })
    }

    fn risk(&self, estate: &Snapshot) -> Risk {
        let name = |place: ResourceIndex| &*estate.resource(place).name;
        let speaks = self.speaks;
        let own_rank = rank(estate.kind(speaks.resource));
        let alike = self.impacts.iter();
        let alike = alike.filter(|impact| {
            impact.outcome == speaks.outcome && rank(estate.kind(impact.resource)) == own_rank
        });
        let others = alike.count() - 1;
        let who = match others {
            0 => name(speaks.resource).to_owned(),
            more => format!("{} and {more} more", name(speaks.resource)),
        };
        let what = happens(speaks, estate.kind(speaks.resource), others == 0);
        let subject = self.about.unwrap_or(speaks.resource);
        Risk {
            id: id(self.need, vec![estate.resource(subject).id.as_str()]),
            rule: self.need.to_owned(),
            level: self.level,
            title: format!("{who} {what}"),
            detail: format!("{}{}", speaks.cause, reported(&[speaks])),
            remediation: remedies::of(self.need).to_owned(),
            resource: Some(subject),
            affected: affected(&[self]),
            addresses: Vec::new(),
            documentation: speaks.documentation.as_deref().map(str::to_owned),
        }
    }

    /// Those who are hit as badly as the one that speaks, and are of its kind.
    fn named(&self, estate: &Snapshot) -> Vec<&'t Impact> {
        let kind = estate.kind(self.speaks.resource);
        let mut named = self.impacts.clone();
        named.retain(|impact| {
            impact.outcome == self.speaks.outcome && estate.kind(impact.resource) == kind
        });
        named
    }
}

/// One risk of several that are alike, with what each rests on.
fn together(estate: &Snapshot, hits: &[Hit<'_>]) -> Option<Risk> {
    let first = hits.first()?;
    let named: Vec<&Impact> = hits.iter().flat_map(|hit| hit.named(estate)).collect();
    let kind = estate.kind(first.speaks.resource);
    let who = counted(named.len(), kind.label());
    let subjects = hits
        .iter()
        .map(|hit| hit.about.unwrap_or(hit.speaks.resource))
        .map(|subject| estate.resource(subject).id.as_str());
    let all: Vec<&Hit<'_>> = hits.iter().collect();
    Some(Risk {
        id: id(first.need, subjects.collect()),
        rule: first.need.to_owned(),
        level: first.level,
        title: format!("{who} {}", happens(first.speaks, kind, false)),
        detail: format!("{}{}", causes(estate, hits, &named), reported(&named)),
        remediation: remedies::of(first.need).to_owned(),
        resource: None,
        affected: affected(&all),
        addresses: Vec::new(),
        documentation: first.speaks.documentation.as_deref().map(str::to_owned),
    })
}

/// Who is hit and why, one after the other; those who are hit in one way, together.
fn causes(estate: &Snapshot, hits: &[Hit<'_>], named: &[&Impact]) -> String {
    let mut by_cause: Vec<(&str, Vec<&str>)> = Vec::new();
    for hit in hits {
        let (cause, _) = first_sentence(&hit.speaks.cause);
        let names = hit.named(estate).into_iter();
        let names = names.map(|impact| &*estate.resource(impact.resource).name);
        match by_cause.iter_mut().find(|(own, _)| *own == cause) {
            Some((_, known)) => known.extend(names),
            None => by_cause.push((cause, names.collect())),
        }
    }
    let mut said: Vec<String> = by_cause
        .iter()
        .take(TOLD)
        .map(|(cause, names)| format!("{}: {cause}", listed(names, NAMED)))
        .collect();
    if by_cause.len() > TOLD {
        said.push(format!("And {} more like these.", by_cause.len() - TOLD));
    }
    // What else happens to them is told of each in its impact; here, that it does.
    let mut besides: BTreeMap<&str, usize> = BTreeMap::new();
    for impact in named {
        let mut rest = first_sentence(&impact.cause).1;
        while !rest.is_empty() {
            let (sentence, more) = first_sentence(rest);
            let what = sentence.split_once(": ").map_or(sentence, |(what, _)| what);
            *besides.entry(what.trim_end_matches('.')).or_default() += 1;
            rest = more;
        }
    }
    said.extend(
        besides
            .iter()
            .map(|(what, count)| format!("What is more, for {count} of them: {what}.")),
    );
    said.join(" ")
}

fn affected(hits: &[&Hit<'_>]) -> Vec<ResourceIndex> {
    let impacts = hits.iter().flat_map(|hit| &hit.impacts);
    let affected: BTreeSet<ResourceIndex> = impacts.map(|impact| impact.resource).collect();
    affected.into_iter().collect()
}

fn reported(impacts: &[&Impact]) -> String {
    let errors: BTreeSet<&str> = impacts
        .iter()
        .filter_map(|impact| impact.aws_error.as_deref())
        .collect();
    if errors.is_empty() {
        return String::new();
    }
    let errors: Vec<&str> = errors.into_iter().collect();
    format!(" AWS reports: {}.", listed(&errors, errors.len()))
}

fn level_of(kind: ResourceKind, outcome: Outcome) -> Level {
    match outcome {
        Outcome::Down if SERVING.contains(&kind) => Level::Critical,
        Outcome::Down | Outcome::FailsOnNextStart => Level::High,
        Outcome::Degraded | Outcome::AtRisk => Level::Medium,
    }
}

/// What happens to one, or to several.
fn happens(impact: &Impact, kind: ResourceKind, to_one: bool) -> &'static str {
    let (one, many) = match (impact.outcome, impact.phase) {
        (Outcome::Down, Phase::Traffic) => ("gets no traffic", "get no traffic"),
        (Outcome::Down, Phase::Schedule) => ("starts nothing any more", "start nothing any more"),
        (Outcome::Down, Phase::Scale) => ("cannot act any more", "cannot act any more"),
        (Outcome::Down, _) => ("goes down", "go down"),
        (Outcome::Degraded, _) => loses_part(kind),
        (Outcome::FailsOnNextStart, Phase::Deploy) => {
            ("cannot be deployed any more", "cannot be deployed any more")
        }
        (Outcome::FailsOnNextStart, Phase::Schedule) => {
            ("fails at its next run", "fail at their next run")
        }
        (Outcome::FailsOnNextStart, _) => ("cannot start tasks", "cannot start tasks"),
        (Outcome::AtRisk, Phase::Scale) => ("may no longer scale", "may no longer scale"),
        (Outcome::AtRisk, _) => ("may be hit", "may be hit"),
    };
    if to_one { one } else { many }
}

/// Who is named first where several are hit alike.
fn rank(kind: ResourceKind) -> u8 {
    match kind {
        ResourceKind::EcsService => 0,
        ResourceKind::Schedule | ResourceKind::EventRule => 1,
        ResourceKind::LoadBalancer => 2,
        ResourceKind::ListenerRule | ResourceKind::Listener | ResourceKind::TargetGroup => 3,
        ResourceKind::EcsTask => 4,
        _ => 5,
    }
}

//! What a change would do: needs judged before and after it, compared, and carried on to what people notice.
//!
//! `docs/impact.md` says it in words. No change is made to AWS, and no change has a rule of its own: what is judged is facts.

mod alarms;
mod candidates;
mod climb;
mod compare;
pub(crate) mod connect;
mod excerpt;
pub(crate) mod less;
mod messages;
mod queues;
pub(crate) mod refused;
mod requests;
mod serving;
mod subject;
mod taken;
mod words;

use std::{borrow::Cow, collections::BTreeSet};

use blastmap_change::{Change, Match, Proposal};
use blastmap_graph::{Direction, LinkIndex, Overlay, RadiusQuery, Snapshot, blast_radius};
use blastmap_model::{BlindSpot, Phase, ResourceIndex, ResourceKind};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    risks::{self, Level, Risk},
    verdict::Share,
};

pub use excerpt::Excerpt;
pub(crate) use words::first_sentence;

/// Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Stops serving or stops running.
    Down,
    /// Keeps serving with part of its capacity.
    Degraded,
    /// Running tasks go on; the next start fails.
    FailsOnNextStart,
    /// Cannot be decided from what is known.
    AtRisk,
}

impl Outcome {
    /// The name in the API: `FAILS_ON_NEXT_START`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Down => "DOWN",
            Self::Degraded => "DEGRADED",
            Self::FailsOnNextStart => "FAILS_ON_NEXT_START",
            Self::AtRisk => "AT_RISK",
        }
    }
}

/// What the change does to one resource. Places are those of the estate that it is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    pub resource: ResourceIndex,
    pub outcome: Outcome,
    /// When it shows.
    pub phase: Phase,
    /// Of running tasks, of registered targets.
    pub share: Option<Share>,
    /// One sentence.
    pub cause: String,
    /// The need that is not met any more, by name.
    pub need: Cow<'static, str>,
    /// The resource that the cause rests on.
    pub about: Option<ResourceIndex>,
    /// The changed resources that it comes from, nearest to the cause first.
    pub from: Vec<ResourceIndex>,
    /// What AWS would report.
    pub aws_error: Option<Cow<'static, str>>,
    /// AWS's page on the behaviour.
    pub documentation: Option<Cow<'static, str>>,
}

impl Impact {
    /// What its share counts, in the singular, of a resource of this kind; none where the parts are of several sorts.
    pub fn unit(&self, kind: ResourceKind) -> Option<&'static str> {
        self.share?;
        match kind {
            ResourceKind::EcsService => Some("task"),
            ResourceKind::TargetGroup => Some("target"),
            // Its tasks, and of what runs none the services and schedules.
            ResourceKind::VpcEndpoint
            | ResourceKind::EfsMountTarget
            | ResourceKind::EfsAccessPoint => Some("client"),
            _ => None,
        }
    }
}

/// What a change would do.
pub struct Assessment {
    /// What of the estate the change reaches, with the links before and after it, and with what it makes.
    pub excerpt: Excerpt,
    /// As understood, each with its resource's place in the excerpt.
    pub changes: Vec<(Change, Option<ResourceIndex>)>,
    /// The highest level among the risks.
    pub level: Level,
    /// Most severe first.
    pub risks: Vec<Risk>,
    /// Worst first; one for each resource.
    pub impacts: Vec<Impact>,
    /// Broken today, change or not.
    pub already_broken: Vec<Impact>,
    /// Broken today, and whole after the change.
    pub mended: Vec<Impact>,
    /// The changed resources.
    pub roots: Vec<ResourceIndex>,
    pub blind_spots: Vec<BlindSpot>,
    /// What the input as a whole does not say, such as missing pages.
    pub notes: Vec<String>,
    /// The snapshot that was judged against.
    pub snapshot_id: String,
    pub taken_at: OffsetDateTime,
    pub resources: usize,
    pub links: usize,
}

impl Assessment {
    /// Why: the links from a changed resource to what is hit.
    pub fn path_of(&self, impact: &Impact) -> Vec<LinkIndex> {
        let path = self.excerpt.path(&impact.from, impact.resource);
        if !path.is_empty() || impact.from.is_empty() {
            return path;
        }
        // What is changed itself hangs on what the cause rests on.
        let about = impact.about.into_iter().collect::<Vec<_>>();
        self.excerpt.path(&about, impact.resource)
    }

    /// The links that a risk rests on: for each of its causes, the way to the first of those whom it hits worst.
    pub fn evidence_of(&self, risk: &Risk) -> Vec<LinkIndex> {
        let affected: BTreeSet<ResourceIndex> = risk.affected.iter().copied().collect();
        let mut causes = BTreeSet::new();
        let mut told = BTreeSet::new();
        self.impacts
            .iter()
            .filter(|impact| impact.need == risk.rule && affected.contains(&impact.resource))
            .filter(|impact| causes.insert(impact.about))
            .flat_map(|impact| self.path_of(impact))
            .filter(|link| told.insert(*link))
            .collect()
    }

    /// Changes that were not judged.
    pub fn not_judged(&self) -> impl Iterator<Item = &(Change, Option<ResourceIndex>)> {
        self.changes
            .iter()
            .filter(|(change, _)| is_not_judged(change))
    }
}

/// A change to something that is not known, or of a type that is not.
pub(crate) fn is_not_judged(change: &Change) -> bool {
    change.action.changes_something()
        && !change.is_outside_aws()
        && matches!(
            change.matched,
            Match::NotFound | Match::UnsupportedType | Match::Ambiguous
        )
}

/// Works out what a proposal would do to an estate.
pub fn assess(snapshot: &Snapshot, proposal: &Proposal) -> Assessment {
    let before = Overlay::as_is(snapshot);
    let (edits, refusals) = refused::set_apart(&before, snapshot, proposal);
    let after = Overlay::with(snapshot, &edits);
    let mut touched = after.touched();
    let deleted: BTreeSet<ResourceIndex> = proposal
        .changes
        .iter()
        .filter_map(|change| after.find(change.resource.as_ref()?))
        .filter(|place| !after.is_there(*place))
        .collect();
    let replaced = proposal
        .changes
        .iter()
        .filter(|change| change.deletes_first);
    let gone_first: BTreeSet<ResourceIndex> = replaced
        .filter_map(|change| before.find(change.resource.as_ref()?))
        .collect();
    let remade: BTreeSet<ResourceIndex> = gone_first
        .iter()
        .copied()
        .filter(|place| after.is_there(*place))
        .filter(|place| refusals.iter().all(|own| own.place != Some(*place)))
        .collect();
    // What is made again as it was is another one all the same.
    touched.extend(&remade);
    let what_if = climb::WhatIf {
        before: &before,
        after: &after,
        touched: &touched,
        deleted: &deleted,
        remade: &remade,
        gone_first: &gone_first,
    };
    let judged = climb::judge(&what_if);
    let endpoints = connect::new_endpoints(&before, &after, &touched);
    let less = less::of(&before, &after, &touched);

    let mut told: BTreeSet<ResourceIndex> = judged.reached.clone();
    let all = || {
        let lists = [&judged.impacts, &judged.already_broken, &judged.mended];
        lists.into_iter().flatten()
    };
    told.extend(all().map(|impact| impact.resource));
    told.extend(all().filter_map(|impact| impact.about));
    told.extend(all().flat_map(|impact| impact.from.iter().copied()));
    told.extend(endpoints.iter().flat_map(|own| own.clients.iter().copied()));
    told.extend(less.iter().map(|own| own.resource));
    // What is not edited and yet named, and what was refused, is told of, too.
    let named = |change: &Change| after.find(change.resource.as_ref()?);
    told.extend(proposal.changes.iter().filter_map(named));
    let excerpt = Excerpt::of(&before, &after, &refusals, &told);

    let place = |own: ResourceIndex| excerpt.place(own);
    let tell = |impact: &Impact| Impact {
        resource: place(impact.resource).unwrap_or(ResourceIndex(0)),
        about: impact.about.and_then(place),
        from: impact.from.iter().copied().filter_map(place).collect(),
        ..impact.clone()
    };
    let impacts: Vec<Impact> = judged.impacts.iter().map(tell).collect();
    let already_broken = judged.already_broken.iter().map(tell).collect();
    let mended = judged.mended.iter().map(tell).collect();
    let mut roots: Vec<ResourceIndex> = touched.iter().copied().filter_map(place).collect();
    roots.sort_unstable();
    let changes: Vec<_> = proposal
        .changes
        .iter()
        .map(|change| {
            let place = change
                .resource
                .as_ref()
                .and_then(|id| excerpt.snapshot().inventory().find(id.as_str()));
            (change.clone(), place)
        })
        .collect();
    let radius = blast_radius(
        excerpt.snapshot(),
        &roots,
        &RadiusQuery {
            direction: Direction::Dependents,
            limit: 0,
            ..RadiusQuery::default()
        },
    );
    let blind_spots = radius.blind_spots;
    let endpoints: Vec<connect::NewEndpoints> = endpoints
        .into_iter()
        .filter_map(|own| {
            Some(connect::NewEndpoints {
                service: place(own.service)?,
                clients: own.clients.iter().copied().filter_map(place).collect(),
                names: own.names,
            })
        })
        .collect();
    let less: Vec<less::Less> = less
        .into_iter()
        .filter_map(|own| {
            Some(less::Less {
                resource: place(own.resource)?,
                ..own
            })
        })
        .collect();
    let risks = risks::risks(&risks::Told {
        endpoints: &endpoints,
        less: &less,
        excerpt: &excerpt,
        changes: &changes,
        impacts: &impacts,
        refusals: &refusals,
        blind_spots: &blind_spots,
        notes: &proposal.notes,
    });
    Assessment {
        level: risks.first().map_or(Level::None, |risk| risk.level),
        risks,
        impacts,
        already_broken,
        mended,
        roots,
        blind_spots,
        notes: proposal.notes.clone(),
        changes,
        snapshot_id: snapshot.id().to_owned(),
        taken_at: snapshot.taken_at(),
        resources: snapshot.inventory().resources().len(),
        links: snapshot.inventory().links().len(),
        excerpt,
    }
}

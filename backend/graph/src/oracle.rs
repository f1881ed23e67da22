//! The rules of the walk said once more, slowly and plainly, to hold the fast one against. And estates at random.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{Harm, Link, Phase, Phases, Relation, ResourceIndex, ResourceKind, Share};
use proptest::prelude::*;

use crate::{
    Direction, LinkIndex, RadiusQuery, Snapshot,
    drawing::{Drawing, draw},
    harm::State,
};

/// Where one move over `link` leads from `at` in a state.
fn moves_over(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    link: &Link,
    at: ResourceIndex,
    state: State,
) -> Vec<(ResourceIndex, State)> {
    if query
        .phases
        .is_some_and(|phases| !phases.iter().any(|phase| link.phases.contains(phase)))
    {
        return Vec::new();
    }
    if query.direction == Direction::Dependencies {
        return if at == link.from {
            vec![(link.to, State::Whole)]
        } else {
            Vec::new()
        };
    }
    let kind = |index| snapshot.resource(index).kind;
    let share = link
        .relation
        .end(kind(link.from), kind(link.to))
        .map_or(Share::Whole, |end| end.share);
    let harm = link.relation.harm();
    let mut arrivals = Vec::new();
    if at == link.to && matches!(harm, Harm::ToDependent | Harm::Both) {
        match (share, state) {
            (Share::Part | Share::OnlyWhole, State::Part) => {}
            (Share::Part | Share::OnlyWhole, State::Whole) => {
                arrivals.push((link.from, State::Whole));
            }
            (Share::Takes, _) => arrivals.push((link.from, State::Part)),
            (Share::Whole, _) => arrivals.push((link.from, state)),
        }
    }
    if at == link.from && matches!(harm, Harm::ToDependency | Harm::Both) && state == State::Whole {
        let arrives = if share == Share::Takes {
            State::Part
        } else {
            State::Whole
        };
        arrivals.push((link.to, arrives));
    }
    if at == link.from && share == Share::Part {
        arrivals.push((link.to, State::Part));
    }
    arrivals
}

/// How far everything is, by sets that grow by one move a round until they grow no more.
pub(crate) fn distances(
    snapshot: &Snapshot,
    roots: &[ResourceIndex],
    query: &RadiusQuery,
) -> BTreeMap<(ResourceIndex, State), u32> {
    let mut reached: BTreeMap<_, _> = roots
        .iter()
        .map(|root| ((*root, State::Whole), 0))
        .collect();
    for depth in 1..=query.max_depth.unwrap_or(u32::MAX) {
        let mut grown = reached.clone();
        for (at, state) in reached.keys() {
            for link in snapshot.inventory().links() {
                for arrival in moves_over(snapshot, query, link, *at, *state) {
                    grown.entry(arrival).or_insert(depth);
                }
            }
        }
        if grown.len() == reached.len() {
            break;
        }
        reached = grown;
    }
    reached
}

/// The links by which the walk can move, each with the places between which it does.
pub(crate) fn walked_links(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    distances: &BTreeMap<(ResourceIndex, State), u32>,
) -> BTreeSet<(LinkIndex, ResourceIndex, ResourceIndex)> {
    let mut walked = BTreeSet::new();
    for ((at, state), distance) in distances {
        if query.max_depth.is_some_and(|max| *distance >= max) {
            continue;
        }
        for (index, link) in (0..).zip(snapshot.inventory().links()) {
            for (to, _) in moves_over(snapshot, query, link, *at, *state) {
                walked.insert((LinkIndex(index), *at, to));
            }
        }
    }
    walked
}

/// Follows a path from a root and says where it ends; none where a link of it allows no move.
pub(crate) fn follow(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    root: ResourceIndex,
    path: &[LinkIndex],
) -> Option<ResourceIndex> {
    let mut states = BTreeSet::from([(root, State::Whole)]);
    for link in path {
        let link = snapshot.link(*link);
        states = states
            .iter()
            .flat_map(|(at, state)| moves_over(snapshot, query, link, *at, *state))
            .collect();
    }
    states.first().map(|(at, _)| *at)
}

/// Kinds between which the table has most to say.
const KINDS: &[ResourceKind] = &[
    ResourceKind::EcsTask,
    ResourceKind::EcsService,
    ResourceKind::EcsTaskSet,
    ResourceKind::EcsTaskDefinition,
    ResourceKind::EcsCluster,
    ResourceKind::EcsCapacityProvider,
    ResourceKind::TargetGroup,
    ResourceKind::ListenerRule,
    ResourceKind::Listener,
    ResourceKind::LoadBalancer,
    ResourceKind::DnsRecord,
    ResourceKind::SecurityGroup,
    ResourceKind::Subnet,
    ResourceKind::IamRole,
    ResourceKind::IamPolicy,
    ResourceKind::KmsKey,
];

prop_compose! {
    pub(crate) fn any_phases()(bits in 0..64_usize) -> Phases {
        let phases: Vec<_> = Phase::ALL.into_iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, phase)| phase).collect();
        Phases::of(&phases)
    }
}

/// Estates of up to `most` resources, `n0`, `n1` and so on, of any kinds, with links mostly of the table and some that it does not list.
pub(crate) fn any_estate(most: usize) -> impl Strategy<Value = Snapshot> {
    (1..=most)
        .prop_flat_map(move |size| {
            let kinds = proptest::collection::vec(0..ResourceKind::ALL.len() * 4, size);
            let owners = proptest::collection::vec(0..4_usize, size);
            let links = proptest::collection::vec(
                (
                    0..size,
                    0..size,
                    any::<usize>(),
                    proptest::option::weighted(0.3, any_phases()),
                ),
                0..size * 4,
            );
            (kinds, owners, links)
        })
        .prop_map(|(kinds, owners, links)| {
            let mut drawing = draw("");
            let kind = |place: usize| match kinds[place] {
                one if one < ResourceKind::ALL.len() => ResourceKind::ALL[one],
                many => KINDS[many % KINDS.len()],
            };
            for place in 0..kinds.len() {
                drawing.add(&format!("n{place}"), kind(place));
            }
            for (from, to, pick, phases) in links {
                let relation = any_relation(kind(from), kind(to), pick);
                drawing.link(
                    &format!("n{from}"),
                    relation.name(),
                    &format!("n{to}"),
                    phases,
                );
            }
            owned(drawing, &owners).snapshot()
        })
}

fn any_relation(from: ResourceKind, to: ResourceKind, pick: usize) -> Relation {
    let listed: Vec<_> = Relation::ALL
        .iter()
        .filter(|relation| relation.end(from, to).is_some())
        .collect();
    if listed.is_empty() || pick.is_multiple_of(8) {
        Relation::ALL[pick / 8 % Relation::ALL.len()]
    } else {
        *listed[pick % listed.len()]
    }
}

fn owned(mut drawing: Drawing, owners: &[usize]) -> Drawing {
    for (place, owner) in owners.iter().enumerate() {
        if let Some(owner) = [None, Some("payments"), Some("orders"), Some("core")][*owner] {
            drawing = drawing.tagged(&format!("n{place}"), &[("owner", owner)]);
        }
    }
    drawing
}

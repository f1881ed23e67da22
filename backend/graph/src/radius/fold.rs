//! A radius with fewer nodes: what belongs to one service is shown as the service, and what looks alike as one.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap, HashSet},
    iter, mem,
};

use blastmap_model::{BlindSpot, Phases, Presence, Relation, ResourceIndex, ResourceKind};
use indexmap::IndexMap;

use super::{BlastRadius, RadiusQuery, blast_radius, report::sorted};
use crate::{
    GroupBy, LinkIndex, Snapshot,
    estate::{Level, SERVICE},
};

/// How a radius is folded.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    /// [`GroupBy::Service`]: what belongs to one service is shown as that service. The others: what has all of them in common, is
    /// equally far, and has nothing farther away hanging on it, is one node.
    pub by: Vec<GroupBy>,
    /// The key for [`GroupBy::Tag`].
    pub tag: Option<String>,
    /// How hard resources are hit; those that are not named are not. What is hit is never folded into what is hit less.
    pub severity: BTreeMap<ResourceIndex, u32>,
}

/// A radius whose nodes may stand for several resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedRadius {
    /// Sorted, each once; never folded.
    pub roots: Vec<ResourceIndex>,
    /// Nearest first, then by id; at most the limit.
    pub nodes: Vec<FoldedNode>,
    /// Between those that nodes are shown as, and roots; sorted by their ends and relation, one for each.
    pub links: Vec<FoldedLink>,
    /// How many resources were reached, however they are folded.
    pub total_count: usize,
    /// How many nodes there are, whatever the limit.
    pub node_count: usize,
    /// True where `nodes` does not hold them all.
    pub truncated: bool,
    pub by_kind: Vec<(ResourceKind, usize)>,
    pub by_owner: Vec<(Option<String>, usize)>,
    /// Resources by the distance of their nodes, whatever the limit.
    pub by_distance: Vec<(u32, usize)>,
    pub blind_spots: Vec<BlindSpot>,
    /// As what a resource is shown that is not shown as itself.
    shown_as: HashMap<ResourceIndex, ResourceIndex>,
}

/// One or several resources that were reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedNode {
    /// As what it is shown.
    pub resource: ResourceIndex,
    /// All that it stands for: `resource`, then the others, nearest first, then by id.
    pub members: Vec<ResourceIndex>,
    /// The nearest member's.
    pub distance: u32,
    /// To the nearest member.
    pub path: Vec<LinkIndex>,
    /// The resource's name, or what its members have in common.
    pub label: String,
}

/// One or several links between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldedLink {
    pub from: ResourceIndex,
    pub to: ResourceIndex,
    /// The first of them that AWS states, or else the first.
    pub link: LinkIndex,
    /// Those of all of them.
    pub phases: Phases,
    /// How many there are.
    pub count: usize,
}

/// As [`blast_radius`], folded: the query's limit counts nodes.
///
/// # Panics
/// On roots of another snapshot.
pub fn folded_radius(
    snapshot: &Snapshot,
    roots: &[ResourceIndex],
    query: &RadiusQuery,
    fold: &Fold,
) -> FoldedRadius {
    let everything = RadiusQuery {
        limit: usize::MAX,
        ..query.clone()
    };
    let reached = blast_radius(snapshot, roots, &everything);
    let groups = Folding::new(snapshot, fold, &reached).groups();
    FoldedRadius::of(snapshot, reached, groups, query.limit)
}

/// Resources that are one node.
struct Group {
    shown: ResourceIndex,
    /// Places in the nodes of the unfolded radius, nearest first.
    places: Vec<usize>,
    distance: u32,
    label: String,
}

/// What two resources have in common that are one node before leaves are looked at.
#[derive(PartialEq, Eq, Hash)]
enum Own {
    /// Shown as this service.
    Service(ResourceIndex),
    /// Of a service that is not shown, or that differs too much.
    Parts {
        service: ResourceIndex,
        kind: ResourceKind,
        distance: u32,
        alike: Alike,
    },
    Itself(ResourceIndex),
}

/// What never folds away.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Alike {
    presence: Presence,
    severity: u32,
}

struct Folding<'a> {
    snapshot: &'a Snapshot,
    fold: &'a Fold,
    reached: &'a BlastRadius,
    /// The place of each resource among the nodes that were reached.
    places: HashMap<ResourceIndex, usize>,
}

impl<'a> Folding<'a> {
    fn new(snapshot: &'a Snapshot, fold: &'a Fold, reached: &'a BlastRadius) -> Self {
        let nodes = reached.nodes.iter().enumerate();
        Self {
            snapshot,
            fold,
            reached,
            places: nodes.map(|(place, node)| (node.resource, place)).collect(),
        }
    }

    fn alike(&self, resource: ResourceIndex) -> Alike {
        Alike {
            presence: self.snapshot.resource(resource).presence,
            severity: self.fold.severity.get(&resource).copied().unwrap_or(0),
        }
    }

    /// In no order.
    fn groups(&self) -> Vec<Group> {
        let groups = self.by_service();
        let others: Vec<Level> = self
            .fold
            .by
            .iter()
            .filter(|by| **by != GroupBy::Service)
            .map(|by| Level::of(self.snapshot, *by, self.fold.tag.as_deref()))
            .collect();
        if others.is_empty() {
            groups
        } else {
            self.leaves_by(&others, groups)
        }
    }

    fn by_service(&self) -> Vec<Group> {
        let services = if self.fold.by.contains(&GroupBy::Service) {
            SERVICE.of_all(self.snapshot)
        } else {
            Vec::new()
        };
        let mut groups: IndexMap<Own, Group> = IndexMap::new();
        for (place, node) in self.reached.nodes.iter().enumerate() {
            let service = services.get(node.resource.as_usize()).copied().flatten();
            let own = self.own(node.resource, node.distance, service);
            let group = groups.entry(own).or_insert_with_key(|own| Group {
                shown: match own {
                    Own::Service(service) => *service,
                    _ => node.resource,
                },
                places: Vec::new(),
                distance: node.distance,
                label: String::new(),
            });
            group.places.push(place);
        }
        let labelled = groups.into_iter().map(|(own, mut group)| {
            group.label = match own {
                Own::Parts { service, kind, .. } if group.places.len() > 1 => {
                    format!("{} of {}", kind.label(), self.name(service))
                }
                _ => self.name(group.shown).to_owned(),
            };
            group
        });
        labelled.collect()
    }

    fn own(&self, resource: ResourceIndex, distance: u32, service: Option<ResourceIndex>) -> Own {
        let Some(service) = service else {
            return Own::Itself(resource);
        };
        let (alike, whole) = (self.alike(resource), self.alike(service));
        let fits = whole.presence == alike.presence && whole.severity >= alike.severity;
        if fits && self.places.contains_key(&service) {
            Own::Service(service)
        } else {
            Own::Parts {
                service,
                kind: self.snapshot.kind(resource),
                distance,
                alike,
            }
        }
    }

    fn name(&self, resource: ResourceIndex) -> &str {
        &self.snapshot.resource(resource).name
    }

    /// Joins those that nothing hangs on and that have all of `levels` in common.
    fn leaves_by(&self, levels: &[Level], groups: Vec<Group>) -> Vec<Group> {
        let is_leaf = self.leaves(&groups);
        let mut joined: IndexMap<(Vec<usize>, u32, Alike), Vec<Group>> = IndexMap::new();
        let mut all = Vec::with_capacity(groups.len());
        for (group, is_leaf) in groups.into_iter().zip(is_leaf) {
            if is_leaf {
                let common = levels.iter().map(|level| level.number_of(group.shown));
                let key = (common.collect(), group.distance, self.alike(group.shown));
                joined.entry(key).or_default().push(group);
            } else {
                all.push(group);
            }
        }
        for ((common, distance, _), mut alike) in joined {
            if alike.len() > 1 {
                let labels = levels.iter().zip(common);
                let labels: Vec<&str> = labels.map(|(level, number)| level.label(number)).collect();
                let shown = alike.iter().map(|group| group.shown).min();
                let mut places: Vec<usize> = alike
                    .iter()
                    .flat_map(|group| group.places.clone())
                    .collect();
                places.sort_unstable();
                let group = Group {
                    shown: shown.unwrap_or(alike[0].shown),
                    places,
                    distance,
                    label: labels.join(", "),
                };
                alike = vec![group];
            }
            all.append(&mut alike);
        }
        all
    }

    /// For each group, whether no link leads from it to something farther away.
    fn leaves(&self, groups: &[Group]) -> Vec<bool> {
        let mut group_of = vec![0; self.reached.nodes.len()];
        for (number, group) in groups.iter().enumerate() {
            for place in &group.places {
                group_of[*place] = number;
            }
        }
        let mut is_leaf = vec![true; groups.len()];
        let place = |resource| self.places.get(&resource);
        for link in &self.reached.links {
            let link = self.snapshot.link(*link);
            // Roots are nearer than anything.
            if let (Some(one), Some(other)) = (place(link.from), place(link.to)) {
                let (one, other) = (group_of[*one], group_of[*other]);
                match groups[one].distance.cmp(&groups[other].distance) {
                    Ordering::Less => is_leaf[one] = false,
                    Ordering::Greater => is_leaf[other] = false,
                    Ordering::Equal => {}
                }
            }
        }
        is_leaf
    }
}

impl FoldedRadius {
    /// A radius in which every node stands for itself.
    ///
    /// # Panics
    /// On the radius of another snapshot.
    pub fn unfolded(snapshot: &Snapshot, reached: BlastRadius) -> Self {
        let links = reached
            .links
            .iter()
            .map(|link| FoldedLink::of(snapshot, *link));
        Self {
            links: links.collect(),
            roots: reached.roots,
            nodes: reached
                .nodes
                .into_iter()
                .map(|node| FoldedNode {
                    resource: node.resource,
                    members: vec![node.resource],
                    distance: node.distance,
                    path: node.path,
                    label: snapshot.resource(node.resource).name.to_string(),
                })
                .collect(),
            node_count: reached.total_count,
            total_count: reached.total_count,
            truncated: reached.truncated,
            by_kind: reached.by_kind,
            by_owner: reached.by_owner,
            by_distance: reached.by_distance,
            blind_spots: reached.blind_spots,
            shown_as: HashMap::new(),
        }
    }

    fn of(
        snapshot: &Snapshot,
        mut reached: BlastRadius,
        mut groups: Vec<Group>,
        limit: usize,
    ) -> Self {
        groups.sort_unstable_by_key(|group| (group.distance, group.shown));
        let mut by_distance: BTreeMap<u32, usize> = BTreeMap::new();
        let mut shown_as = HashMap::new();
        for group in &groups {
            *by_distance.entry(group.distance).or_default() += group.places.len();
            for place in &group.places {
                let resource = reached.nodes[*place].resource;
                if resource != group.shown {
                    shown_as.insert(resource, group.shown);
                }
            }
        }
        let node_count = groups.len();
        groups.truncate(limit);
        let mut nodes = Vec::with_capacity(groups.len());
        for group in groups {
            let members = group
                .places
                .iter()
                .map(|place| reached.nodes[*place].resource);
            let others = members.filter(|member| *member != group.shown);
            let members = iter::once(group.shown).chain(others).collect();
            let nearest = nearest(&group, &reached);
            nodes.push(FoldedNode {
                resource: group.shown,
                members,
                distance: group.distance,
                path: mem::take(&mut reached.nodes[nearest].path),
                label: group.label,
            });
        }
        let mut folded = Self {
            truncated: nodes.len() < node_count,
            nodes,
            links: Vec::new(),
            roots: reached.roots,
            node_count,
            total_count: reached.total_count,
            by_kind: reached.by_kind,
            by_owner: reached.by_owner,
            by_distance: by_distance.into_iter().collect(),
            blind_spots: reached.blind_spots,
            shown_as,
        };
        folded.links = folded.links_between(snapshot, &reached.links);
        folded
    }

    /// As what a resource is shown.
    fn shown(&self, resource: ResourceIndex) -> ResourceIndex {
        self.shown_as.get(&resource).copied().unwrap_or(resource)
    }

    fn links_between(&self, snapshot: &Snapshot, links: &[LinkIndex]) -> Vec<FoldedLink> {
        let nodes = self.nodes.iter().map(|node| node.resource);
        let told: HashSet<ResourceIndex> = nodes.chain(self.roots.iter().copied()).collect();
        let mut between: BTreeMap<(ResourceIndex, ResourceIndex, Relation), FoldedLink> =
            BTreeMap::new();
        for link in links {
            let facts = snapshot.link(*link);
            let (from, to) = (self.shown(facts.from), self.shown(facts.to));
            if from == to || !told.contains(&from) || !told.contains(&to) {
                continue;
            }
            let known = between
                .entry((from, to, facts.relation))
                .or_insert(FoldedLink {
                    from,
                    to,
                    count: 0,
                    ..FoldedLink::of(snapshot, *link)
                });
            known.count += 1;
            known.phases = known.phases.union(facts.phases);
            if snapshot.evidence(known.link).inferred && !snapshot.evidence(*link).inferred {
                known.link = *link;
            }
        }
        between.into_values().collect()
    }

    /// The path to a node of this radius as it goes between nodes: links within one are left out.
    ///
    /// # Panics
    /// On another snapshot.
    pub fn path_between_nodes(&self, snapshot: &Snapshot, node: &FoldedNode) -> Vec<FoldedLink> {
        let links = node.path.iter().map(|link| {
            let facts = snapshot.link(*link);
            FoldedLink {
                from: self.shown(facts.from),
                to: self.shown(facts.to),
                ..FoldedLink::of(snapshot, *link)
            }
        });
        links.filter(|link| link.from != link.to).collect()
    }
}

/// The place of a group's nearest member: that as which it is shown, where that is one of them.
fn nearest(group: &Group, reached: &BlastRadius) -> usize {
    let node = |place: usize| &reached.nodes[place];
    let mut equally_near = group
        .places
        .iter()
        .copied()
        .take_while(|place| node(*place).distance == group.distance);
    equally_near
        .find(|place| node(*place).resource == group.shown)
        .unwrap_or(group.places[0])
}

impl FoldedNode {
    /// What its members are: largest first, then by name.
    ///
    /// # Panics
    /// On another snapshot.
    pub fn by_kind(&self, snapshot: &Snapshot) -> Vec<(ResourceKind, usize)> {
        let mut counts: HashMap<ResourceKind, usize> = HashMap::new();
        for member in &self.members {
            *counts.entry(snapshot.kind(*member)).or_default() += 1;
        }
        sorted(counts.into_iter(), |kind| kind.name())
    }
}

impl FoldedLink {
    /// A link that stands for itself.
    fn of(snapshot: &Snapshot, link: LinkIndex) -> Self {
        let facts = snapshot.link(link);
        Self {
            from: facts.from,
            to: facts.to,
            link,
            phases: facts.phases,
            count: 1,
        }
    }
}

//! A blast radius as a tree for a terminal.

use std::collections::BTreeMap;

use blastmap_model::{BlindSpot, Presence, ResourceIndex, ResourceKind};

use super::width::{columns, plain, shorten};
use crate::{BlastRadius, LinkIndex, Snapshot};

/// No line is longer, in columns.
const WIDTH: usize = 100;
/// What stands before a line takes at most so much of it.
const DEEPEST: usize = 48;
/// Evidence shorter than this says nothing.
const LEAST_EVIDENCE: usize = 12;

/// A tree for a terminal, at most 100 columns wide: each resource under the one from which it was reached, with the link
/// between them and its evidence (`↑` is the resource above), then what the tree leaves out and what could not be seen.
///
/// A resource is shown in brackets where it only lies between: it is not of the kinds that were asked for, or it is told
/// elsewhere, nearer.
pub fn tree(snapshot: &Snapshot, radius: &BlastRadius) -> String {
    let mut lines = Vec::new();
    let branches = Branches::of(snapshot, radius);
    for root in &radius.roots {
        lines.push(shorten(&describe(snapshot, *root), WIDTH));
        branches.write_below(Place::Root(*root), snapshot, &mut lines);
    }
    lines.push(String::new());
    lines.extend(summary(radius));
    lines.extend(unseen(
        &radius.blind_spots,
        !snapshot.inventory().scopes.is_empty(),
    ));
    lines.join("\n") + "\n"
}

/// `task definition web:12 (missing)`.
fn describe(snapshot: &Snapshot, index: ResourceIndex) -> String {
    let resource = snapshot.resource(index);
    let presence = match resource.presence {
        Presence::Live => String::new(),
        other => format!(" ({})", other.name().to_lowercase()),
    };
    format!(
        "{} {}{presence}",
        resource.kind.label(),
        plain(&resource.name)
    )
}

/// Where branches grow from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Root(ResourceIndex),
    Branch(usize),
}

struct Branch {
    resource: ResourceIndex,
    link: LinkIndex,
    /// True where this is the resource's own line.
    told: bool,
}

/// The paths of a radius laid over one another.
struct Branches {
    branches: Vec<Branch>,
    below: BTreeMap<Place, Vec<usize>>,
}

impl Branches {
    fn of(snapshot: &Snapshot, radius: &BlastRadius) -> Self {
        let mut grown = Self {
            branches: Vec::new(),
            below: BTreeMap::new(),
        };
        let mut known: BTreeMap<(Place, LinkIndex), usize> = BTreeMap::new();
        for node in &radius.nodes {
            let Some(root) = node.root(snapshot) else {
                continue;
            };
            let (mut place, mut resource) = (Place::Root(root), root);
            for link in &node.path {
                let ends = snapshot.link(*link);
                resource = if ends.from == resource {
                    ends.to
                } else {
                    ends.from
                };
                let branch = *known.entry((place, *link)).or_insert_with(|| {
                    grown.branches.push(Branch {
                        resource,
                        link: *link,
                        told: false,
                    });
                    let branch = grown.branches.len() - 1;
                    grown.below.entry(place).or_default().push(branch);
                    branch
                });
                place = Place::Branch(branch);
            }
            if let Place::Branch(branch) = place {
                grown.branches[branch].told = true;
            }
        }
        grown
    }

    /// Without recursion: a path may be as long as the estate is large.
    fn write_below(&self, root: Place, snapshot: &Snapshot, lines: &mut Vec<String>) {
        let below = |place| {
            self.below
                .get(&place)
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        let mut waiting = vec![(below(root).iter(), String::new())];
        while let Some((branches, before)) = waiting.last_mut() {
            let Some(branch) = branches.next() else {
                waiting.pop();
                continue;
            };
            let (fork, after) = if branches.len() == 0 {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            let own = within(&format!("{before}{fork}"));
            let next = format!("{before}{after}");
            lines.push(self.branches[*branch].line(&own, snapshot));
            waiting.push((below(Place::Branch(*branch)).iter(), next));
        }
    }
}

/// Of a deep branch only the last forks are drawn.
fn within(before: &str) -> String {
    let length = before.chars().count();
    if length <= DEEPEST {
        return before.to_owned();
    }
    let end: String = before.chars().skip(length - DEEPEST + 1).collect();
    format!("…{end}")
}

impl Branch {
    fn line(&self, before: &str, snapshot: &Snapshot) -> String {
        let link = snapshot.link(self.link);
        let evidence = snapshot.evidence(self.link);
        let mut name = describe(snapshot, self.resource);
        if !self.told {
            name = format!("({name})");
        }
        let relation = if link.from == self.resource {
            format!("{} ↑", link.relation)
        } else {
            format!("↑ {} it", link.relation)
        };
        let inferred = if evidence.inferred { " (inferred)" } else { "" };
        let evidence = plain(&format!("{} {}{inferred}", evidence.api, evidence.field));

        let room = WIDTH - columns(before) - columns(&relation) - 2;
        let name = shorten(&name, room);
        let line = format!("{before}{name}  {relation}");
        let room = WIDTH.saturating_sub(columns(&line) + 2);
        if room < LEAST_EVIDENCE.min(columns(&evidence)) {
            return line;
        }
        format!("{line}  {}", shorten(evidence.trim_end(), room))
    }
}

fn summary(radius: &BlastRadius) -> Vec<String> {
    let kinds: Vec<_> = radius
        .by_kind
        .iter()
        .map(|(kind, count)| format!("{count} {}", plural(*kind, *count)))
        .collect();
    let mut lines = match radius.total_count {
        0 => vec!["Nothing reached.".to_owned()],
        count => wrap(&format!("{count} reached: {}.", kinds.join(", "))),
    };
    if radius.truncated {
        lines.push(format!(
            "Shown: the nearest {} of {}.",
            radius.nodes.len(),
            radius.total_count
        ));
    }
    lines
}

/// `repositories`, `keys`, `VPCs`.
fn plural(kind: ResourceKind, count: usize) -> String {
    let label = kind.label();
    match label.strip_suffix('y') {
        _ if count == 1 => label.to_owned(),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{label}s"),
    }
}

/// Lines of words.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("begun with one");
        if last.is_empty() {
            last.push_str(word);
        } else if columns(last) + 1 + columns(word) <= WIDTH {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(format!("  {word}"));
        }
    }
    lines
}

/// `looked`: the snapshot says where was looked. Without that, no blind spots prove nothing.
fn unseen(blind_spots: &[BlindSpot], looked: bool) -> Vec<String> {
    if blind_spots.is_empty() && !looked {
        return vec![
            "The snapshot does not say where was looked: there may be more of it.".to_owned(),
        ];
    }
    if blind_spots.is_empty() {
        return vec!["No blind spot could hide more of it.".to_owned()];
    }
    let line = |spot: &BlindSpot| {
        let line = format!(
            "  {} {} {} {}: {}",
            spot.account,
            spot.region,
            spot.api,
            spot.reason.name(),
            spot.message
        );
        shorten(&plain(&line), WIDTH)
    };
    let count = match blind_spots.len() {
        1 => "1 blind spot".to_owned(),
        count => format!("{count} blind spots"),
    };
    let mut lines = vec![format!("{count} could hide more of it:")];
    lines.extend(blind_spots.iter().map(line));
    lines
}

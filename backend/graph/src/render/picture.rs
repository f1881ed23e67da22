//! What a picture of a radius shows: all that is told, and all that lies on the paths to it.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{Presence, ResourceIndex};

use crate::{BlastRadius, LinkIndex, Snapshot};

/// What a resource is in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Root,
    Told,
    /// Only lies on a path.
    Between,
}

/// In the order of places.
pub(super) struct Picture {
    pub(super) resources: BTreeMap<ResourceIndex, Role>,
    pub(super) links: BTreeSet<LinkIndex>,
}

impl Picture {
    pub(super) fn of(snapshot: &Snapshot, radius: &BlastRadius) -> Self {
        let paths = radius.nodes.iter().flat_map(|node| &node.path);
        let links: BTreeSet<_> = radius.links.iter().chain(paths).copied().collect();
        let mut resources = BTreeMap::new();
        for link in &links {
            let link = snapshot.link(*link);
            resources.insert(link.from, Role::Between);
            resources.insert(link.to, Role::Between);
        }
        resources.extend(radius.nodes.iter().map(|node| (node.resource, Role::Told)));
        resources.extend(radius.roots.iter().map(|root| (*root, Role::Root)));
        Self { resources, links }
    }
}

/// A label's lines: the kind, with what its presence is where it was not seen, and the name.
pub(super) fn label(snapshot: &Snapshot, index: ResourceIndex) -> (String, &str) {
    let resource = snapshot.resource(index);
    let kind = match resource.presence {
        Presence::Live => resource.kind.label().to_owned(),
        other => format!(
            "{} ({})",
            resource.kind.label(),
            other.name().to_lowercase()
        ),
    };
    (kind, &resource.name)
}

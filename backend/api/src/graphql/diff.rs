//! What changed between two snapshots.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Object, SimpleObject};
use blastmap_graph::Snapshot;
use blastmap_model::ResourceIndex;
use serde_json::Value;

use crate::{
    diff::{Differences, links},
    graphql::{
        assessment::AttributeChange, link::Link, pinned::take, resource::Resource,
        snapshot::StoredSnapshot,
    },
    problem::Problem,
};

/// What changed from one snapshot to another.
#[derive(SimpleObject)]
pub(crate) struct GraphDiff {
    from: StoredSnapshot,
    to: StoredSnapshot,
    added: Vec<Resource>,
    removed: Vec<Resource>,
    changed: Vec<ResourceDiff>,
    links_added: Vec<Link>,
    links_removed: Vec<Link>,
}

/// A resource of which something else than the time of reading changed.
struct ResourceDiff {
    before: (Arc<Snapshot>, ResourceIndex),
    after: (Arc<Snapshot>, ResourceIndex),
}

/// A resource of which something else than the time of reading changed.
#[Object]
impl ResourceDiff {
    async fn before(&self) -> Resource {
        Resource::new(&self.before.0, self.before.1)
    }

    async fn after(&self) -> Resource {
        Resource::new(&self.after.0, self.after.1)
    }

    /// Changed attributes by their first name, sensitive values redacted.
    async fn attributes(&self) -> Vec<AttributeChange> {
        let value = |(snapshot, index): &(Arc<Snapshot>, ResourceIndex)| {
            snapshot.resource(*index).attributes.to_value()
        };
        let (before, after) = (value(&self.before), value(&self.after));
        let names: BTreeSet<&String> = [&before, &after]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(serde_json::Map::keys)
            .collect();
        names
            .into_iter()
            .filter(|name| before.get(name) != after.get(name))
            .map(|name| AttributeChange {
                name: name.clone(),
                before: before.get(name).cloned(),
                after: after.get(name).cloned(),
                unknown: false,
                sensitive: false,
            })
            .collect()
    }
}

impl GraphDiff {
    pub(super) fn between(
        ctx: &async_graphql::Context<'_>,
        from: &Arc<Snapshot>,
        to: &Arc<Snapshot>,
    ) -> Result<Self, Problem> {
        let resources = Differences::between(from, to);
        let (links_added, links_removed) = links(from, to);
        take(
            ctx,
            resources.added.len()
                + resources.removed.len()
                + resources.changed.len()
                + links_added.len()
                + links_removed.len(),
        )?;
        let changed = resources.changed.into_iter();
        Ok(Self {
            from: (&**from).into(),
            to: (&**to).into(),
            added: Resource::all(to, resources.added),
            removed: Resource::all(from, resources.removed),
            changed: changed
                .map(|(before, after)| ResourceDiff {
                    before: (Arc::clone(from), before),
                    after: (Arc::clone(to), after),
                })
                .collect(),
            links_added: Link::all(to, &links_added),
            links_removed: Link::all(from, &links_removed),
        })
    }
}

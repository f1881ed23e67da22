//! A link, its evidence, and pages of links.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use blastmap_graph::{FoldedLink, LinkIndex, Snapshot};
use blastmap_model::{Phases, ResourceIndex};
use time::OffsetDateTime;

use crate::{
    graphql::{
        connection::{Connection, read_cursor, write_cursor},
        enums::{Phase, Relation},
        int,
        resource::Resource,
    },
    problem::Problem,
};

const LIST: char = 'L';

/// A link of a snapshot, or several between two nodes of a folded radius.
#[derive(Clone)]
pub(crate) struct Link {
    snapshot: Arc<Snapshot>,
    index: LinkIndex,
    from: ResourceIndex,
    to: ResourceIndex,
    phases: Phases,
    folded: usize,
}

/// How we know of a link: the API call and the field it was read from.
#[derive(SimpleObject)]
struct Evidence {
    /// The API action, e.g. `ecs:DescribeTaskDefinition`.
    api: String,
    /// The field, e.g. `containerDefinitions[0].secrets[1].valueFrom`.
    field: String,
    /// True where the link is concluded (matched by fingerprint, by name, by a role's permissions) and not stated by AWS.
    inferred: bool,
    observed_at: Option<OffsetDateTime>,
}

impl Link {
    pub(super) fn new(snapshot: &Arc<Snapshot>, index: LinkIndex) -> Self {
        let facts = snapshot.link(index);
        Self {
            snapshot: Arc::clone(snapshot),
            index,
            from: facts.from,
            to: facts.to,
            phases: facts.phases,
            folded: 0,
        }
    }

    /// What stands for several links.
    pub(super) fn folded(snapshot: &Arc<Snapshot>, link: &FoldedLink) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            index: link.link,
            from: link.from,
            to: link.to,
            phases: link.phases,
            folded: link.count - 1,
        }
    }

    /// The links at these places, in their order.
    pub(super) fn all(snapshot: &Arc<Snapshot>, indices: &[LinkIndex]) -> Vec<Self> {
        indices
            .iter()
            .map(|index| Self::new(snapshot, *index))
            .collect()
    }

    fn facts(&self) -> &blastmap_model::Link {
        self.snapshot.link(self.index)
    }

    fn cursor(&self) -> String {
        let (from, to, relation) = key(&self.snapshot, self.index);
        write_cursor(LIST, &[from, to, relation.name()])
    }
}

/// A link always points from the dependent to the dependency.
#[Object]
impl Link {
    async fn from(&self) -> Resource {
        Resource::new(&self.snapshot, self.from)
    }

    async fn to(&self) -> Resource {
        Resource::new(&self.snapshot, self.to)
    }

    async fn relation(&self) -> Relation {
        Relation(self.facts().relation)
    }

    /// When the dependent needs the dependency.
    async fn phases(&self) -> Vec<Phase> {
        self.phases.iter().map(Phase::from).collect()
    }

    /// How we know: the API call and the field it was read from, e.g. `ecs:DescribeTaskDefinition` `containerDefinitions[0].secrets[1].valueFrom`.
    async fn evidence(&self) -> Evidence {
        let evidence = self.snapshot.evidence(self.index);
        let dependent = self.snapshot.resource(self.facts().from);
        Evidence {
            api: evidence.api.to_string(),
            field: evidence.field.to_string(),
            inferred: evidence.inferred,
            observed_at: evidence.observed_at.or(Some(dependent.observed_at)),
        }
    }

    /// How many more links between the same two nodes this one stands for, in a radius that was folded; 0 elsewhere.
    #[graphql(name = "folded")]
    async fn folded_count(&self) -> i32 {
        int(self.folded)
    }
}

/// What links are sorted by.
fn key(snapshot: &Snapshot, index: LinkIndex) -> (&str, &str, blastmap_model::Relation) {
    let link = snapshot.link(index);
    let id = |index| snapshot.resource(index).id.as_str();
    (id(link.from), id(link.to), link.relation)
}

/// The page after a cursor of links in the order of the snapshot.
pub(super) fn page_of_links(
    snapshot: &Arc<Snapshot>,
    links: &[LinkIndex],
    first: usize,
    after: Option<&str>,
) -> Result<Connection<Link>, Problem> {
    let before = match after {
        None => 0,
        Some(cursor) => {
            let [from, to, relation] = read_cursor::<3>(LIST, cursor)?;
            let relation = relation.parse().map_err(|_unknown| {
                Problem::bad_input("`after` names a relation that is not known here")
            })?;
            let seen = (from.as_str(), to.as_str(), relation);
            links.partition_point(|link| key(snapshot, *link) <= seen)
        }
    };
    let page: Vec<LinkIndex> = links.iter().copied().skip(before).take(first).collect();
    Ok(Connection::new(
        Link::all(snapshot, &page),
        Link::cursor,
        before,
        links.len(),
    ))
}

//! Estates drawn as text, for tests.

use std::collections::BTreeMap;

use blastmap_model::{
    Attributes, BlindSpot, BlindSpotReason, Evidence, Inventory, NamedLink, Phases, Presence,
    Resource, ResourceId, ResourceIndex, ResourceKind, Tags,
};
use time::OffsetDateTime;

use crate::{BlastRadius, LinkIndex, Snapshot};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "eu-west-1";

/// An estate in the making. A line is a chain of resources, `web: ECS_SERVICE -RUNS-> web1: ECS_TASK_DEFINITION`;
/// the kind is said once; the name is the id, too.
#[derive(Default)]
pub(crate) struct Drawing {
    resources: BTreeMap<String, Resource>,
    links: Vec<NamedLink>,
    blind_spots: Vec<BlindSpot>,
}

pub(crate) fn draw(text: &str) -> Drawing {
    let mut drawing = Drawing::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        drawing.line(line);
    }
    drawing
}

impl Drawing {
    fn line(&mut self, line: &str) {
        let mut before: Option<(String, &str)> = None;
        for part in line.split("->") {
            let (node, relation) = match part.split_once(" -") {
                Some((node, relation)) => (node, Some(relation.trim())),
                None => (part, None),
            };
            let name = self.node(node.trim());
            if let Some((from, relation)) = before.take() {
                self.link(&from, relation, &name, None);
            }
            before = relation.map(|relation| (name, relation));
        }
        assert!(before.is_none(), "`{line}` ends in a relation");
    }

    fn node(&mut self, node: &str) -> String {
        let (name, kind) = match node.split_once(": ") {
            Some((name, kind)) => (name.trim(), Some(kind.trim())),
            None => (node, None),
        };
        if let Some(kind) = kind {
            self.add(name, kind.parse().unwrap());
        }
        assert!(self.resources.contains_key(name), "`{name}` has no kind");
        name.to_owned()
    }

    pub(crate) fn add(&mut self, name: &str, kind: ResourceKind) {
        let global = kind.is_global();
        let resource = Resource {
            id: ResourceId::new(name),
            kind,
            name: name.into(),
            account: ACCOUNT.into(),
            region: if global { "global" } else { REGION }.into(),
            presence: Presence::Live,
            tags: Tags::default(),
            attributes: Attributes::none(),
            observed_at: OffsetDateTime::UNIX_EPOCH,
        };
        self.resources.insert(name.to_owned(), resource);
    }

    pub(crate) fn link(&mut self, from: &str, relation: &str, to: &str, phases: Option<Phases>) {
        self.add_link(from, relation, to, phases, false);
    }

    /// A link that AWS does not state.
    pub(crate) fn conclude(&mut self, from: &str, relation: &str, to: &str) {
        self.add_link(from, relation, to, None, true);
    }

    fn add_link(
        &mut self,
        from: &str,
        relation: &str,
        to: &str,
        phases: Option<Phases>,
        inferred: bool,
    ) {
        self.links.push(NamedLink {
            from: ResourceId::new(from),
            to: ResourceId::new(to),
            relation: relation.parse().unwrap(),
            phases,
            evidence: Evidence {
                api: "ecs:DescribeThings".into(),
                field: format!("{to}Arn").into(),
                inferred,
                observed_at: None,
            },
        });
    }

    /// Changes a resource.
    pub(crate) fn with(mut self, name: &str, change: impl FnOnce(&mut Resource)) -> Self {
        change(self.resources.get_mut(name).unwrap());
        self
    }

    pub(crate) fn tagged(self, name: &str, tags: &[(&str, &str)]) -> Self {
        self.with(name, |resource| {
            resource.tags = tags
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()))
                .collect();
        })
    }

    pub(crate) fn blind_spot(
        mut self,
        account: &str,
        region: &str,
        api: &str,
        kinds: &[ResourceKind],
    ) -> Self {
        self.blind_spots.push(BlindSpot {
            account: account.into(),
            region: region.into(),
            api: api.into(),
            reason: BlindSpotReason::AccessDenied,
            message: "not authorized".to_owned(),
            kinds: kinds.to_vec(),
        });
        self
    }

    pub(crate) fn snapshot(self) -> Snapshot {
        let inventory = Inventory::new(
            "drawn".to_owned(),
            OffsetDateTime::UNIX_EPOCH,
            Vec::new(),
            self.blind_spots,
            self.resources.into_values().collect(),
            self.links,
        );
        Snapshot::new(
            inventory.unwrap(),
            vec!["owner".to_owned(), "team".to_owned()],
        )
    }
}

pub(crate) fn find(snapshot: &Snapshot, id: &str) -> ResourceIndex {
    snapshot
        .inventory()
        .find(id)
        .unwrap_or_else(|| panic!("no `{id}`"))
}

pub(crate) fn find_all(snapshot: &Snapshot, ids: &[&str]) -> Vec<ResourceIndex> {
    ids.iter().map(|id| find(snapshot, id)).collect()
}

/// `web RUNS web1`.
pub(crate) fn say_link(snapshot: &Snapshot, link: LinkIndex) -> String {
    let link = snapshot.link(link);
    let name = |index| snapshot.resource(index).id.as_str();
    format!("{} {} {}", name(link.from), link.relation, name(link.to))
}

/// `1 web, 1 web-blue, 2 front`: the distances and ids of all that was reached, in order.
pub(crate) fn say(snapshot: &Snapshot, radius: &BlastRadius) -> String {
    let nodes: Vec<_> = radius
        .nodes
        .iter()
        .map(|node| format!("{} {}", node.distance, snapshot.resource(node.resource).id))
        .collect();
    nodes.join(", ")
}

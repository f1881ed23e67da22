//! A snapshot with a change applied, copy on write: what the change does not touch is read from the snapshot.

use std::{
    any::Any,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use blastmap_model::{
    After, Edits, Evidence, Phases, Planned, Presence, Relation, Resource, ResourceId,
    ResourceIndex, ResourceKind, Source,
    kinds::{self, Facts},
};

use crate::{LinkIndex, Snapshot};

/// The call that gave what a change will make: none, the change says so itself.
const PLAN: Source = Source::of("plan");

/// An estate as it is, or as a change would make it. Places of the snapshot stay what they are; what the change adds
/// follows behind them.
pub struct Overlay<'a> {
    snapshot: &'a Snapshot,
    edited: BTreeMap<ResourceIndex, Resource>,
    added: Vec<Resource>,
    unknown: BTreeMap<ResourceIndex, BTreeSet<String>>,
    names: HashMap<ResourceId, ResourceIndex>,
    /// All dependencies of what is edited or added; its links of the snapshot count no more.
    dependencies: BTreeMap<ResourceIndex, Vec<OwnTie>>,
    /// Who among those depends on a place.
    dependents: HashMap<ResourceIndex, Vec<(ResourceIndex, usize)>>,
    facts: RefCell<HashMap<ResourceIndex, Option<Rc<dyn Any>>>>,
    parts: RefCell<HashMap<(ResourceIndex, Relation), Rc<Parts>>>,
    /// What was read since [`Self::watch`].
    read: RefCell<Option<BTreeSet<ResourceIndex>>>,
}

/// Dependents by their kind.
type Parts = BTreeMap<ResourceKind, Vec<ResourceIndex>>;

/// A link of an overlay, seen from either end.
#[derive(Debug, Clone, Copy)]
pub struct Tie<'o> {
    pub from: ResourceIndex,
    pub to: ResourceIndex,
    pub relation: Relation,
    pub phases: Phases,
    pub evidence: &'o Evidence,
}

#[derive(Debug, Clone)]
struct OwnTie {
    to: ResourceIndex,
    relation: Relation,
    phases: Phases,
    evidence: Evidence,
}

impl<'a> Overlay<'a> {
    /// The estate as it is.
    pub fn as_is(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            edited: BTreeMap::new(),
            added: Vec::new(),
            unknown: BTreeMap::new(),
            names: HashMap::new(),
            dependencies: BTreeMap::new(),
            dependents: HashMap::new(),
            facts: RefCell::default(),
            parts: RefCell::default(),
            read: RefCell::default(),
        }
    }

    /// The estate as it is after these edits.
    pub fn with(snapshot: &'a Snapshot, edits: &Edits) -> Self {
        let mut overlay = Self::as_is(snapshot);
        for (id, after) in &edits.after {
            match (snapshot.inventory().find(id.as_str()), after) {
                (Some(place), After::Gone) => overlay.remove(place),
                (Some(place), After::Is(planned)) => {
                    overlay.edited.insert(place, planned.resource.clone());
                    overlay.note(place, planned);
                }
                (None, After::Is(planned)) => {
                    let place = overlay.add(planned.resource.clone());
                    overlay.note(place, planned);
                }
                (None, After::Gone) => {}
            }
        }
        let mut resolver = Resolver::new(snapshot);
        for (id, after) in &edits.after {
            if let (Some(place), After::Is(planned)) = (overlay.find(id), after) {
                overlay.tie(place, planned, &mut resolver);
            }
        }
        for (from, ties) in &overlay.dependencies {
            for (number, tie) in ties.iter().enumerate() {
                overlay
                    .dependents
                    .entry(tie.to)
                    .or_default()
                    .push((*from, number));
            }
        }
        overlay
    }

    /// What is deleted stays as a name that others may still use: AWS says then that it does not exist.
    fn remove(&mut self, place: ResourceIndex) {
        let mut resource = self.snapshot.resource(place).clone();
        resource.presence = Presence::Missing;
        self.edited.insert(place, resource);
        self.dependencies.insert(place, Vec::new());
    }

    fn add(&mut self, resource: Resource) -> ResourceIndex {
        let count = self.snapshot.inventory().resources().len() + self.added.len();
        let place = ResourceIndex(u32::try_from(count).unwrap_or(u32::MAX));
        self.names.insert(resource.id.clone(), place);
        self.added.push(resource);
        place
    }

    fn note(&mut self, place: ResourceIndex, planned: &Planned) {
        if !planned.unknown.is_empty() {
            self.unknown.insert(place, planned.unknown.clone());
        }
        for name in &planned.also_named {
            self.names.insert(name.clone(), place);
        }
        if let Ok((_, also)) = kinds::declare(
            planned.resource.kind,
            &planned.own,
            &planned.resource.attributes,
            PLAN,
        ) {
            for name in also {
                self.names.entry(name).or_insert(place);
            }
        }
    }

    /// The links of something edited or added: what its facts declare, and of the links that were there those that no fact declares.
    fn tie(&mut self, place: ResourceIndex, planned: &Planned, resolver: &mut Resolver<'a>) {
        let declared = kinds::declare(
            planned.resource.kind,
            &planned.own,
            &planned.resource.attributes,
            PLAN,
        );
        let mut ties: BTreeMap<(ResourceIndex, Relation), OwnTie> = BTreeMap::new();
        let known = self.in_snapshot(place);
        if known {
            let before = self.snapshot.resource(place);
            let facts_said: BTreeSet<(ResourceIndex, Relation)> = before
                .id
                .arn()
                .or_else(|| Some(planned.own.clone()))
                .and_then(|own| kinds::declare(before.kind, &own, &before.attributes, PLAN).ok())
                .map(|(declared, _)| {
                    let places = declared.iter().filter_map(|declared| {
                        let id = &declared.to.id;
                        let to = self
                            .snapshot
                            .inventory()
                            .find(id.as_str())
                            .or_else(|| resolver.resolve(declared.to.kind, id))?;
                        Some((to, declared.relation))
                    });
                    places.collect()
                })
                .unwrap_or_default();
            for link in self.snapshot.topology().dependencies(place) {
                let own = self.snapshot.link(*link);
                if !facts_said.contains(&(own.to, own.relation)) {
                    let tie = OwnTie {
                        to: own.to,
                        relation: own.relation,
                        phases: own.phases,
                        evidence: self.snapshot.evidence(*link).clone(),
                    };
                    ties.insert((own.to, own.relation), tie);
                }
            }
        }
        for declared in declared.map(|(declared, _)| declared).unwrap_or_default() {
            let (id, kind) = (&declared.to.id, declared.to.kind);
            let to = if declared.if_known {
                self.known(id, kind, resolver)
            } else {
                Some(self.target(id, kind, resolver))
            };
            let Some(to) = to.filter(|to| *to != place) else {
                continue;
            };
            let before = known
                .then(|| self.link_before(place, to, declared.relation))
                .flatten();
            let evidence = match before {
                Some(link) => self.snapshot.evidence(link).clone(),
                None => Evidence {
                    api: declared.api.into(),
                    field: declared.field.as_str().into(),
                    inferred: declared.inferred,
                    observed_at: None,
                },
            };
            let tie = OwnTie {
                to,
                relation: declared.relation,
                phases: declared
                    .phases
                    .unwrap_or_else(|| declared.relation.phases()),
                evidence,
            };
            ties.entry((to, declared.relation)).or_insert(tie);
        }
        self.dependencies
            .insert(place, ties.into_values().collect());
    }

    fn link_before(
        &self,
        from: ResourceIndex,
        to: ResourceIndex,
        relation: Relation,
    ) -> Option<LinkIndex> {
        let links = self.snapshot.topology().dependencies(from).iter().copied();
        links.into_iter().find(|link| {
            let link = self.snapshot.link(*link);
            link.to == to && link.relation == relation
        })
    }

    /// The place of what a changed resource names, if it has one.
    fn known(
        &self,
        id: &ResourceId,
        kind: ResourceKind,
        resolver: &mut Resolver<'a>,
    ) -> Option<ResourceIndex> {
        // What the change makes goes before what is there: a name may have been another's.
        let own = self.names.get(id).copied();
        own.or_else(|| self.snapshot.inventory().find(id.as_str()))
            .or_else(|| resolver.resolve(kind, id))
    }

    /// The place of what a changed resource names; made where nobody named it before.
    fn target(
        &mut self,
        id: &ResourceId,
        kind: ResourceKind,
        resolver: &mut Resolver<'a>,
    ) -> ResourceIndex {
        if let Some(place) = self.known(id, kind, resolver) {
            return place;
        }
        let arn = id.arn();
        let (account, region) = arn
            .as_ref()
            .map_or(("", ""), |arn| (arn.account(), kind.region_of(arn)));
        let resource = Resource {
            id: id.clone(),
            kind,
            name: kinds::name_from_id(kind, id).into(),
            account: account.into(),
            region: region.into(),
            presence: self
                .snapshot
                .inventory()
                .presence_of_unseen(kind, arn.as_ref()),
            tags: Box::default(),
            attributes: blastmap_model::Attributes::none(),
            observed_at: self.snapshot.taken_at(),
        };
        self.add(resource)
    }

    fn in_snapshot(&self, place: ResourceIndex) -> bool {
        place.as_usize() < self.snapshot.inventory().resources().len()
    }

    /// What lies under the change.
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// # Panics
    /// On a place of another overlay.
    pub fn resource(&self, place: ResourceIndex) -> &Resource {
        self.saw(place);
        if let Some(resource) = self.edited.get(&place) {
            return resource;
        }
        match place
            .as_usize()
            .checked_sub(self.snapshot.inventory().resources().len())
        {
            None => self.snapshot.resource(place),
            Some(added) => &self.added[added],
        }
    }

    /// False for a place that only another overlay of the snapshot has: what a change adds is not in the estate as it is.
    pub fn holds(&self, place: ResourceIndex) -> bool {
        place.as_usize() < self.snapshot.inventory().resources().len() + self.added.len()
    }

    /// The kind, which no change changes.
    pub fn kind(&self, place: ResourceIndex) -> ResourceKind {
        if self.in_snapshot(place) {
            self.snapshot.kind(place)
        } else {
            self.added[place.as_usize() - self.snapshot.inventory().resources().len()].kind
        }
    }

    /// The place of the resource that goes by this id, or by this other name if the change says so.
    pub fn find(&self, id: &ResourceId) -> Option<ResourceIndex> {
        self.names
            .get(id)
            .copied()
            .or_else(|| self.snapshot.inventory().find(id.as_str()))
    }

    /// True for what is there: read from AWS, made by the change, or known from it.
    pub fn is_there(&self, place: ResourceIndex) -> bool {
        matches!(
            self.resource(place).presence,
            Presence::Live | Presence::Planned | Presence::Stated
        )
    }

    /// The facts of what is there; none where they are not known or of another kind.
    pub fn facts<F: Facts + 'static>(&self, place: ResourceIndex) -> Option<Rc<F>> {
        let resource = self.resource(place);
        if resource.kind != F::KIND || !self.is_there(place) {
            return None;
        }
        if let Some(known) = self.facts.borrow().get(&place) {
            return known.clone()?.downcast().ok();
        }
        let facts: Option<Rc<F>> = resource.attributes.facts().ok().map(Rc::new);
        let kept = facts.clone().map(|facts| facts as Rc<dyn Any>);
        self.facts.borrow_mut().insert(place, kept);
        facts
    }

    /// True where the change alone will tell this field, or something inside it.
    pub fn is_unknown(&self, place: ResourceIndex, field: &str) -> bool {
        self.unknown.get(&place).is_some_and(|unknown| {
            unknown.iter().any(|own| {
                let inside = |long: &str, short: &str| {
                    long.strip_prefix(short)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                };
                inside(own, field) || inside(field, own)
            })
        })
    }

    /// Links to what this needs.
    pub fn dependencies(&self, of: ResourceIndex) -> Vec<Tie<'_>> {
        self.saw(of);
        if let Some(ties) = self.dependencies.get(&of) {
            return ties.iter().map(|tie| tie.seen(of)).collect();
        }
        if !self.in_snapshot(of) {
            return Vec::new();
        }
        let links = self.snapshot.topology().dependencies(of).iter();
        links.map(|link| self.tie_of(*link)).collect()
    }

    /// Links from what needs this.
    pub fn dependents(&self, of: ResourceIndex) -> Vec<Tie<'_>> {
        self.saw(of);
        let mut ties = Vec::new();
        if self.in_snapshot(of) {
            let links = self.snapshot.topology().dependents(of).iter();
            ties.extend(
                links
                    .filter(|link| {
                        !self
                            .dependencies
                            .contains_key(&self.snapshot.link(**link).from)
                    })
                    .map(|link| self.tie_of(*link)),
            );
        }
        let own = self.dependents.get(&of).into_iter().flatten();
        ties.extend(own.map(|(from, number)| self.dependencies[from][*number].seen(*from)));
        ties.sort_by_key(|tie| (tie.from, tie.relation));
        ties
    }

    /// What this needs by one relation.
    pub fn needed(&self, by: ResourceIndex, relation: Relation) -> Vec<ResourceIndex> {
        let ties = self.dependencies(by).into_iter();
        ties.filter(|tie| tie.relation == relation)
            .map(|tie| tie.to)
            .collect()
    }

    /// What needs this by one relation.
    pub fn needing(&self, this: ResourceIndex, relation: Relation) -> Vec<ResourceIndex> {
        let ties = self.dependents(this).into_iter();
        ties.filter(|tie| tie.relation == relation)
            .map(|tie| tie.from)
            .collect()
    }

    /// What of a kind needs this by one relation. It is looked for once: many ask for the route tables of one VPC.
    pub fn needing_of(
        &self,
        this: ResourceIndex,
        relation: Relation,
        kind: ResourceKind,
    ) -> Vec<ResourceIndex> {
        self.saw(this);
        let known = self.parts.borrow().get(&(this, relation)).cloned();
        let parts = known.unwrap_or_else(|| {
            let mut parts = Parts::new();
            for place in self.needing(this, relation) {
                parts.entry(self.kind(place)).or_default().push(place);
            }
            let parts = Rc::new(parts);
            let mut kept = self.parts.borrow_mut();
            kept.insert((this, relation), Rc::clone(&parts));
            parts
        });
        parts.get(&kind).cloned().unwrap_or_default()
    }

    fn tie_of(&self, link: LinkIndex) -> Tie<'_> {
        let own = self.snapshot.link(link);
        Tie {
            from: own.from,
            to: own.to,
            relation: own.relation,
            phases: own.phases,
            evidence: self.snapshot.evidence(link),
        }
    }

    /// Places whose facts or presence the change makes others.
    pub fn touched(&self) -> BTreeSet<ResourceIndex> {
        let edited = self.edited.iter().filter(|(place, after)| {
            let before = self.snapshot.resource(**place);
            before.presence != after.presence
                || before.attributes != after.attributes
                || self.unknown.contains_key(place)
        });
        let count = self.snapshot.inventory().resources().len();
        let added = (count..count + self.added.len())
            .filter_map(|place| u32::try_from(place).ok().map(ResourceIndex));
        let added = added.filter(|place| self.resource(*place).presence == Presence::Planned);
        edited.map(|(place, _)| *place).chain(added).collect()
    }

    /// Begins to note what is read.
    pub fn watch(&self) {
        self.read.replace(Some(BTreeSet::new()));
    }

    /// What was read since [`Self::watch`].
    pub fn unwatch(&self) -> BTreeSet<ResourceIndex> {
        self.read.replace(None).unwrap_or_default()
    }

    fn saw(&self, place: ResourceIndex) {
        if let Some(read) = &mut *self.read.borrow_mut() {
            read.insert(place);
        }
    }
}

impl OwnTie {
    fn seen(&self, from: ResourceIndex) -> Tie<'_> {
        Tie {
            from,
            to: self.to,
            relation: self.relation,
            phases: self.phases,
            evidence: &self.evidence,
        }
    }
}

/// Ties names to resources of a snapshot, as the crawl did: an alias to its key, a secret's name to its full ARN.
struct Resolver<'a> {
    snapshot: &'a Snapshot,
    by_kind: HashMap<ResourceKind, HashMap<ResourceId, ResourceIndex>>,
}

impl<'a> Resolver<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            by_kind: HashMap::new(),
        }
    }

    fn resolve(&mut self, kind: ResourceKind, id: &ResourceId) -> Option<ResourceIndex> {
        let snapshot = self.snapshot;
        let names = self.by_kind.entry(kind).or_insert_with(|| {
            let mut names = HashMap::new();
            for place in snapshot.inventory().indices() {
                let resource = snapshot.inventory().resource(place);
                if resource.kind != kind {
                    continue;
                }
                let Some(own) = resource.id.arn() else {
                    continue;
                };
                let declared = kinds::declare(kind, &own, &resource.attributes, PLAN);
                for name in declared.map(|(_, names)| names).unwrap_or_default() {
                    names.entry(name).or_insert(place);
                }
            }
            names
        });
        let by_own_id = || {
            let arn = id.arn().filter(|arn| arn.service() == "ec2")?;
            names.get(arn.last_part()).copied()
        };
        names.get(id).copied().or_else(by_own_id)
    }
}

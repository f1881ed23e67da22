//! Snapshots of crawls of different scopes, made one: what a single crawl of all of them would have given.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use time::OffsetDateTime;

use crate::{
    Arn, Attributes, Declared, Evidence, GLOBAL, Inventory, InventoryError, NamedLink, Presence,
    Reference, Relation, Resource, ResourceId, ResourceKind, Scope, Source, Tags,
    builder::name_also, computed, kinds,
};

/// Stands for the call that gave the facts: files say it link by link.
const FILE: Source = Source::of("snapshot file");

/// The snapshot of one crawl.
#[derive(Debug, Clone)]
pub struct Part {
    pub inventory: Inventory,
    /// Of the scopes that it covers, those of which no other part has newer facts.
    pub holds: BTreeSet<Scope>,
}

/// Makes one snapshot of several. A scope's resources come from the part that holds it, what is global from all that saw it; a name
/// that one part has not seen is tied to what another has. Links that follow from several facts are worked out anew.
pub fn merge(id: String, mut parts: Vec<Part>) -> Result<Inventory, InventoryError> {
    parts.sort_by(|one, other| {
        let (one, other) = (&one.inventory, &other.inventory);
        (other.taken_at, &other.id).cmp(&(one.taken_at, &one.id))
    });
    let views: Vec<View<'_>> = parts.iter().map(View::of).collect();
    let newest = parts.first().map(|part| part.inventory.taken_at);
    let around = around(id, newest.unwrap_or(OffsetDateTime::UNIX_EPOCH), &views);
    let chosen = Chosen::of(&views);
    let links = chosen.links(&views);
    let resources = chosen.resources(&around, &links);
    let mut unnamed: BTreeMap<&ResourceId, &Resource> = BTreeMap::new();
    for view in &views {
        for own in &view.inventory.unnamed {
            if !view.is_outdated(&own.account, &own.region) && !chosen.is_live(&own.id) {
                unnamed.entry(&own.id).or_insert(own);
            }
        }
    }
    let unnamed = unnamed.into_values().cloned().collect();
    let links = links.into_iter().map(|own| own.link).collect();
    let mut merged = Inventory::new(
        around.id,
        around.taken_at,
        around.scopes,
        around.blind_spots,
        resources,
        links,
    )?;
    merged.unnamed = unnamed;
    let concluded = computed::links(&merged);
    merged.add_links(concluded)?;
    Ok(merged)
}

/// What was crawled and what could not be seen, of all parts.
fn around(id: String, taken_at: OffsetDateTime, views: &[View<'_>]) -> Inventory {
    let mut around = Inventory::empty(id, taken_at);
    let mut scopes = BTreeMap::new();
    for view in views {
        for record in &view.inventory.scopes {
            if view.holds.contains(&record.scope) {
                let scope = record.scope.clone();
                scopes.entry(scope).or_insert_with(|| record.clone());
            }
        }
        let spots = view.inventory.blind_spots.iter();
        let told = spots.filter(|spot| !view.is_outdated(&spot.account, &spot.region));
        around.blind_spots.extend(told.cloned());
    }
    around.scopes = scopes.into_values().collect();
    around
}

/// A part as it is looked at.
struct View<'p> {
    inventory: &'p Inventory,
    holds: &'p BTreeSet<Scope>,
    /// What it covers and does not hold: another part knows better.
    outdated: HashSet<(&'p str, &'p str)>,
}

impl<'p> View<'p> {
    fn of(part: &'p Part) -> Self {
        let covered = part.inventory.scopes.iter().map(|record| &record.scope);
        let outdated = covered.filter(|scope| !part.holds.contains(scope));
        Self {
            inventory: &part.inventory,
            holds: &part.holds,
            outdated: outdated
                .map(|scope| (&*scope.account, &*scope.region))
                .collect(),
        }
    }

    fn is_outdated(&self, account: &str, region: &str) -> bool {
        self.outdated.contains(&(account, region))
    }

    /// How much its word on a resource counts, the least first; none where another part knows better.
    fn rank(&self, resource: &Resource) -> Option<u8> {
        if self.is_outdated(&resource.account, &resource.region) {
            return None;
        }
        let scope = Scope {
            account: Arc::clone(&resource.account),
            region: Arc::clone(&resource.region),
        };
        Some(match (resource.presence, self.holds.contains(&scope)) {
            (Presence::Live | Presence::Missing, true) => 0,
            (Presence::Live, false) => 1,
            (Presence::Unreadable, true) => 2,
            (_, true) => 3,
            (Presence::Unreadable, false) => 4,
            (Presence::Missing, false) => 5,
            (_, false) => 6,
        })
    }
}

/// The ranks of what the part says that holds the scope.
const BY_HOLDER: [u8; 3] = [0, 2, 3];

/// Which part's word on each resource counts, and what resources are called.
struct Chosen<'p> {
    resources: BTreeMap<&'p ResourceId, Choice<'p>>,
    names: HashMap<ResourceId, ResourceId>,
    /// What may name something, and is a link only if something goes by the name.
    guesses: Vec<(&'p ResourceId, Declared)>,
}

struct Choice<'p> {
    part: usize,
    rank: u8,
    resource: &'p Resource,
}

/// What is named and was not read.
struct Named {
    kind: ResourceKind,
    /// When whoever names it was last seen.
    last: Option<OffsetDateTime>,
}

/// A link, and what kind its other end is to be.
struct Tied {
    link: NamedLink,
    kind: ResourceKind,
}

impl<'p> Chosen<'p> {
    /// The newest views come first: of equal words the first stays.
    fn of(views: &[View<'p>]) -> Self {
        let mut resources: BTreeMap<&ResourceId, Choice<'_>> = BTreeMap::new();
        for (part, view) in views.iter().enumerate() {
            for resource in view.inventory.resources() {
                let Some(rank) = view.rank(resource) else {
                    continue;
                };
                let known = resources.get(&resource.id);
                if known.is_none_or(|known| rank < known.rank) {
                    let choice = Choice {
                        part,
                        rank,
                        resource,
                    };
                    resources.insert(&resource.id, choice);
                }
            }
        }
        let (mut names, mut guesses) = (HashMap::new(), Vec::new());
        for (id, choice) in &resources {
            if choice.resource.presence != Presence::Live {
                continue;
            }
            let (declared, also_named) = said_by(choice.resource);
            for name in also_named {
                name_also(&mut names, name, choice.resource.id.clone());
            }
            let guessed = declared.into_iter().filter(|own| own.if_known);
            guesses.extend(guessed.map(|own| (*id, own)));
        }
        Self {
            resources,
            names,
            guesses,
        }
    }

    fn live(&self, id: &ResourceId) -> Option<&'p Resource> {
        let resource = self.resources.get(id)?.resource;
        (resource.presence == Presence::Live).then_some(resource)
    }

    fn is_live(&self, id: &ResourceId) -> bool {
        self.live(id).is_some()
    }

    /// The resource that a name means, in whatever part.
    fn resolve(&self, id: &ResourceId) -> ResourceId {
        if self.is_live(id) {
            return id.clone();
        }
        let by_name = self.names.get(id).or_else(|| {
            let arn = id.arn().filter(|arn| arn.service() == "ec2")?;
            self.names.get(arn.last_part())
        });
        by_name.unwrap_or(id).clone()
    }

    /// What the chosen resources declare: as their parts have it, and what ties one part to another.
    fn links(&self, views: &[View<'p>]) -> Vec<Tied> {
        let guessed: HashSet<(&ResourceId, Relation, &str)> = self
            .guesses
            .iter()
            .map(|(from, own)| (*from, own.relation, own.field.as_str()))
            .collect();
        let mut links = Vec::new();
        let mut calls = Calls::default();
        for (part, view) in views.iter().enumerate() {
            let inventory = view.inventory;
            let concluded: HashSet<_> = computed::links(inventory)
                .into_iter()
                .map(|link| (link.from, link.to, link.relation, link.evidence))
                .collect();
            for link in inventory.links() {
                let (from, to) = (inventory.resource(link.from), inventory.resource(link.to));
                let own = self.resources.get(&from.id);
                if own.is_none_or(|choice| choice.part != part) {
                    continue;
                }
                let evidence = inventory.evidence(link).clone();
                let key = (from.id.clone(), to.id.clone(), link.relation, evidence);
                if concluded.contains(&key) {
                    continue;
                }
                let (from_id, to_id, relation, evidence) = key;
                calls.note(from.kind, &evidence);
                let meant = self.resolve(&to_id);
                let is_guess = guessed.contains(&(&from_id, relation, &*evidence.field));
                if from_id != meant && (!is_guess || self.is_live(&meant)) {
                    links.push(Tied {
                        link: NamedLink {
                            from: from_id,
                            to: meant,
                            relation,
                            phases: Some(link.phases),
                            evidence,
                        },
                        kind: to.kind,
                    });
                }
            }
        }
        let across = self.across(&links, &calls);
        links.extend(across);
        links
    }

    /// Names that one part gives and only another could tie to something.
    fn across(&self, links: &[Tied], calls: &Calls) -> Vec<Tied> {
        let known: HashSet<(&ResourceId, &ResourceId, Relation)> = links
            .iter()
            .map(|own| (&own.link.from, &own.link.to, own.link.relation))
            .collect();
        let mut found = Vec::new();
        for (from, own) in &self.guesses {
            let to = self.resolve(&own.to.id);
            let meant = self.live(&to).is_some_and(|to| to.kind == own.to.kind);
            let (true, Some(kind)) = (meant, self.live(from).map(|from| from.kind)) else {
                continue;
            };
            if to == **from || known.contains(&(*from, &to, own.relation)) {
                continue;
            }
            found.push(Tied {
                link: NamedLink {
                    from: (*from).clone(),
                    to,
                    relation: own.relation,
                    phases: own.phases,
                    evidence: Evidence {
                        api: calls.that_gave(kind, &own.field),
                        field: own.field.as_str().into(),
                        inferred: own.inferred,
                        observed_at: None,
                    },
                },
                kind: own.to.kind,
            });
        }
        found
    }

    /// What was read, and of the rest what is still named.
    fn resources(&self, around: &Inventory, links: &[Tied]) -> Vec<Resource> {
        let read = self.resources.values().map(|choice| choice.resource);
        let read = read.filter(|resource| resource.presence == Presence::Live);
        let mut resources: Vec<Resource> = read.cloned().collect();
        let mut named: BTreeMap<&ResourceId, Named> = BTreeMap::new();
        for own in links {
            if !self.is_live(&own.link.to) {
                let at = self.live(&own.link.from).map(|from| from.observed_at);
                let named = named.entry(&own.link.to).or_insert(Named {
                    kind: own.kind,
                    last: None,
                });
                named.last = named.last.max(at);
            }
        }
        let not_seen = named.into_iter();
        resources.extend(not_seen.map(|(id, named)| self.not_seen(id, &named, around)));
        resources
    }

    /// What the part that holds its scope says of it counts; where that does not speak of it, what can be said all the same.
    fn not_seen(&self, id: &ResourceId, named: &Named, around: &Inventory) -> Resource {
        let kind = named.kind;
        let choice = self.resources.get(id);
        let kind = choice.map_or(kind, |choice| choice.resource.kind);
        let arn = id.arn();
        let place = arn.as_ref().map(|arn| (arn.account(), kind.region_of(arn)));
        let holder = around.scopes.iter().find(|record| {
            let scope = &record.scope;
            Some((&*scope.account, &*scope.region)) == place
        });
        // Whoever looked before it was named cannot say that it is not there now.
        let looked_since = holder.is_some_and(|record| record.crawled_at >= named.last);
        let presence = match choice {
            Some(choice) if holder.is_none() || BY_HOLDER.contains(&choice.rank) => {
                choice.resource.presence
            }
            _ => match around.presence_of_unseen(kind, arn.as_ref()) {
                Presence::Missing if !looked_since => Presence::Outside,
                presence => presence,
            },
        };
        let (account, region) = place.unwrap_or_default();
        let known = choice.map(|choice| choice.resource);
        Resource {
            id: id.clone(),
            kind,
            name: kinds::name_from_id(kind, id).into(),
            account: account.into(),
            region: region.into(),
            presence,
            tags: Tags::default(),
            attributes: Attributes::none(),
            observed_at: known.map_or(around.taken_at, |own| own.observed_at),
        }
    }
}

/// What the facts of a resource declare, and what else it is called. What others wrote in another shape declares nothing.
pub(crate) fn said_by(resource: &Resource) -> (Vec<Declared>, Vec<ResourceId>) {
    let arn = resource.own_arn().filter(|arn| {
        // What has no account in its ARN names what lies in its own.
        !arn.account().is_empty() || arn.region().is_empty()
    });
    let region = match &*resource.region {
        GLOBAL => "",
        region => region,
    };
    let partition = crate::arn::partition_of(&resource.region);
    let stand_in = || {
        let (account, id) = (&resource.account, resource.id.as_str());
        Arn::new(partition, "blastmap", region, account, id).ok()
    };
    let Some(arn) = arn.or_else(stand_in) else {
        return (Vec::new(), Vec::new());
    };
    kinds::declare(resource.kind, &arn, &resource.attributes, FILE).unwrap_or_default()
}

/// Which call gave which facts, as the links of all parts have it.
#[derive(Default)]
struct Calls {
    by_field: HashMap<(ResourceKind, Arc<str>), Arc<str>>,
    by_kind: BTreeMap<ResourceKind, Arc<str>>,
}

impl Calls {
    fn note(&mut self, kind: ResourceKind, evidence: &Evidence) {
        let api = &evidence.api;
        let field = beginning(&evidence.field);
        self.by_field
            .entry((kind, field.into()))
            .or_insert_with(|| Arc::clone(api));
        self.by_kind.entry(kind).or_insert_with(|| Arc::clone(api));
    }

    fn that_gave(&self, kind: ResourceKind, field: &str) -> Arc<str> {
        let by_field = self.by_field.get(&(kind, beginning(field).into()));
        let api = by_field.or_else(|| self.by_kind.get(&kind));
        api.map_or_else(|| FILE.api.into(), Arc::clone)
    }
}

fn beginning(field: &str) -> &str {
    field.split(['.', '[']).next().unwrap_or_default()
}

/// What the rest of an estate has to do with the scopes of one crawl, so that it looks for what only others name, and keeps what
/// follows something of others.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    /// What others name.
    pub(crate) named: Vec<Reference>,
    /// What others name if anything goes by the name.
    pub(crate) guessed: Vec<Reference>,
    /// What others have, by all its names.
    pub(crate) known: HashSet<ResourceId>,
}

impl Elsewhere {
    /// Of the snapshot of everything that another crawl sees.
    pub fn of(others: &Inventory) -> Self {
        let mut named: BTreeMap<&ResourceId, ResourceKind> = BTreeMap::new();
        for link in others.links() {
            let to = others.resource(link.to);
            named.insert(&to.id, to.kind);
        }
        let (mut known, mut guessed) = (HashSet::new(), Vec::new());
        let read = others.resources().iter();
        for resource in read.filter(|own| own.presence == Presence::Live) {
            let (declared, also_named) = said_by(resource);
            known.insert(resource.id.clone());
            known.extend(also_named);
            let guesses = declared.into_iter().filter(|own| own.if_known);
            guessed.extend(guesses.map(|own| own.to));
        }
        let named = named.into_iter();
        Self {
            guessed,
            named: named
                .map(|(id, kind)| Reference {
                    kind,
                    id: id.clone(),
                })
                .collect(),
            known,
        }
    }
}

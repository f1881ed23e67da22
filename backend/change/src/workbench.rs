//! Where a reader finds the resources that a change is about, and collects what becomes of them. Knows no input format.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use blastmap_model::{
    After, Arn, Attributes, Edits, GLOBAL, Inventory, Planned, Presence, Redactor, Reference,
    Resource, ResourceId, ResourceIndex, ResourceKind, Source, Tags,
    kinds::{self, Facts},
};
use serde_json::{Map, Value};

use crate::{network_acl, policies};

/// What a resource is called before it is there.
const PLANNED: &str = "planned:";

/// The call that gave what the input says: none.
const INPUT: Source = Source::of("plan");

/// Partition, account and region: where something is, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub partition: String,
    pub account: String,
    pub region: String,
}

impl Place {
    /// The ARN of something here; kinds without a region, and S3's without an account, have AWS's form.
    pub fn arn(&self, service: &str, resource: &str) -> Option<Arn> {
        let region = match service {
            "iam" | "route53" | "s3" | "cloudfront" => "",
            _ => &self.region,
        };
        let account = match service {
            "route53" | "s3" => "",
            _ => &self.account,
        };
        Arn::new(&self.partition, service, region, account, resource).ok()
    }
}

/// What a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    One(ResourceId),
    Nothing,
    /// Several resources go by that name.
    Several,
}

/// Resources by name, and what becomes of them: several changes to one resource add up.
pub struct Workbench<'a> {
    inventory: &'a Inventory,
    redactor: &'a Redactor,
    place: Place,
    by_kind: OnceCell<HashMap<ResourceKind, Vec<ResourceIndex>>>,
    names: HashMap<ResourceKind, HashMap<String, Vec<ResourceIndex>>>,
    /// Live resources by the text of one field.
    fields: HashMap<(ResourceKind, &'static str), HashMap<String, Vec<ResourceId>>>,
    entries: BTreeMap<ResourceId, Entry>,
    /// Ids made up so far for what AWS will name.
    made_up: HashSet<String>,
    /// What AWS reported and nothing names, by all its names.
    unnamed: OnceCell<HashMap<(ResourceKind, String), Vec<&'a Resource>>>,
}

enum Entry {
    Gone,
    Is(Box<Kept>),
}

struct Kept {
    resource: Resource,
    facts: Value,
    own: Arn,
    also_named: BTreeSet<ResourceId>,
    unknown: BTreeSet<String>,
}

/// What a change makes.
pub struct New {
    pub kind: ResourceKind,
    /// As the input names it.
    pub address: String,
    /// What a person calls it, where that is known; else the end of the ARN.
    pub name: Option<String>,
    /// Its ARN; [`Workbench::made_up`] gives a stand-in for the part that AWS invents.
    pub own: Arn,
    /// True where AWS will give it this very ARN, so that whoever names it already names this.
    pub certain: bool,
    /// In AWS's own field names, see `blastmap_model::kinds`.
    pub facts: Value,
}

impl<'a> Workbench<'a> {
    pub fn new(inventory: &'a Inventory, redactor: &'a Redactor) -> Self {
        Self {
            inventory,
            redactor,
            place: first_place(inventory),
            by_kind: OnceCell::new(),
            names: HashMap::new(),
            fields: HashMap::new(),
            entries: BTreeMap::new(),
            made_up: HashSet::new(),
            unnamed: OnceCell::new(),
        }
    }

    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    pub fn redactor(&self) -> &'a Redactor {
        self.redactor
    }

    /// The first region that was crawled: where a change is at work that does not say where.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// `planned-<address>` in the letters that AWS's ids have, once for each address.
    pub fn made_up(&mut self, address: &str) -> String {
        let plain: String = self
            .redactor
            .scrub(address)
            .chars()
            .take(200)
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        let plain = format!("planned-{plain}");
        let mut id = plain.clone();
        let mut number = 1;
        while !self.made_up.insert(id.clone()) {
            number += 1;
            id = format!("{plain}-{number}");
        }
        id
    }

    /// The resource of this kind that the first of these names leads to that leads anywhere: an ARN, an id (`sg-...`, `fsmt-...`, a
    /// key's), or AWS's name for it (`cluster/service` or the service's name alone). Names count in `place`, where that is given.
    pub fn find(&mut self, kind: ResourceKind, names: &[&str], place: Option<&Place>) -> Lookup {
        for name in names.iter().filter(|name| !name.is_empty()) {
            match self.find_one(kind, name, place) {
                Lookup::Nothing => {}
                found => return found,
            }
        }
        Lookup::Nothing
    }

    fn find_one(&mut self, kind: ResourceKind, name: &str, place: Option<&Place>) -> Lookup {
        let exact = match kind {
            // `describe-log-groups` and Terraform's older providers end the ARN with what stands for the streams.
            ResourceKind::LogGroup => name.strip_suffix(":*").unwrap_or(name),
            _ => name,
        };
        if let Some(index) = self.inventory.find(exact)
            && self.inventory.resource(index).kind == kind
        {
            return Lookup::One(self.inventory.resource(index).id.clone());
        }
        let inventory = self.inventory;
        let by_kind = self.by_kind.get_or_init(|| by_kind(inventory));
        let indices = by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default();
        let names = self
            .names
            .entry(kind)
            .or_insert_with(|| names_of(inventory, kind, indices));
        let found = names.get(name).map(Vec::as_slice).unwrap_or_default();
        let here = |index: &&ResourceIndex| {
            let resource = inventory.resource(**index);
            place.is_none_or(|place| {
                (resource.account.is_empty() || *resource.account == *place.account)
                    && (&*resource.region == GLOBAL || *resource.region == *place.region)
            })
        };
        let mut found = found.iter().filter(here);
        match (found.next(), found.next()) {
            (None, _) => self.find_unnamed(kind, exact),
            (Some(one), None) => Lookup::One(inventory.resource(*one).id.clone()),
            (Some(_), Some(_)) => Lookup::Several,
        }
    }

    /// What AWS reported and nothing names.
    fn find_unnamed(&self, kind: ResourceKind, name: &str) -> Lookup {
        let by_name = self.unnamed.get_or_init(|| {
            let mut by_name: HashMap<(ResourceKind, String), Vec<&Resource>> = HashMap::new();
            for resource in &self.inventory.unnamed {
                let mut names: BTreeSet<String> =
                    names_of_one(resource.kind, resource).into_iter().collect();
                names.insert(resource.id.to_string());
                for name in names {
                    by_name
                        .entry((resource.kind, name))
                        .or_default()
                        .push(resource);
                }
            }
            by_name
        });
        match by_name.get(&(kind, name.to_owned())).map(Vec::as_slice) {
            None | Some([]) => Lookup::Nothing,
            Some([one]) => Lookup::One(one.id.clone()),
            Some(_) => Lookup::Several,
        }
    }

    /// Live resources of a kind, in order of their ids.
    pub fn live(&self, kind: ResourceKind) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let inventory = self.inventory;
        let by_kind = self.by_kind.get_or_init(|| by_kind(inventory));
        let indices = by_kind.get(&kind).cloned().unwrap_or_default();
        indices
            .into_iter()
            .map(move |index| inventory.resource(index))
            .filter(|resource| resource.presence == Presence::Live)
    }

    /// Live resources whose ids begin with this, in order.
    pub fn beginning(&self, with: &str) -> Vec<ResourceId> {
        let resources = self.inventory.resources();
        let first = resources.partition_point(|own| own.id.as_str() < with);
        let inside = resources[first..].iter();
        inside
            .take_while(|own| own.id.as_str().starts_with(with))
            .filter(|own| own.presence == Presence::Live)
            .map(|own| own.id.clone())
            .collect()
    }

    /// Live resources of a kind whose facts have this text in this field.
    pub fn having(
        &mut self,
        kind: ResourceKind,
        field: &'static str,
        text: &str,
    ) -> Vec<ResourceId> {
        if !self.fields.contains_key(&(kind, field)) {
            let mut index: HashMap<String, Vec<ResourceId>> = HashMap::new();
            for resource in self.live(kind) {
                if let Some(text) = resource
                    .attributes
                    .to_value()
                    .get(field)
                    .and_then(Value::as_str)
                {
                    index
                        .entry(text.to_owned())
                        .or_default()
                        .push(resource.id.clone());
                }
            }
            self.fields.insert((kind, field), index);
        }
        let index = self.fields.get(&(kind, field));
        index
            .and_then(|index| index.get(text))
            .cloned()
            .unwrap_or_default()
    }

    /// The resource as it is before the change.
    pub fn before(&self, id: &ResourceId) -> Option<&'a Resource> {
        let place = self.inventory.find(id.as_str());
        let known = place.map(|index| self.inventory.resource(index));
        known.or_else(|| self.inventory.find_unnamed(id.as_str()))
    }

    /// The resource as it is with the changes so far; none where it is not there.
    pub fn now(&self, id: &ResourceId) -> Option<&Resource> {
        match self.entries.get(id) {
            Some(Entry::Gone) => None,
            Some(Entry::Is(kept)) => Some(&kept.resource),
            None => self
                .before(id)
                .filter(|resource| resource.presence == Presence::Live),
        }
    }

    /// Its facts with the changes so far; none where it is not there.
    pub fn facts(&self, id: &ResourceId) -> Option<Value> {
        match self.entries.get(id) {
            Some(Entry::Gone) => None,
            Some(Entry::Is(kept)) => Some(kept.facts.clone()),
            None => self
                .before(id)
                .filter(|resource| resource.presence == Presence::Live)
                .map(|resource| resource.attributes.to_value()),
        }
    }

    /// Its ARN; of what has another id, one made up in AWS's form.
    pub fn own(&self, id: &ResourceId) -> Option<Arn> {
        match self.entries.get(id) {
            Some(Entry::Is(kept)) => Some(kept.own.clone()),
            _ => self.before(id).map(|resource| self.own_of(resource)),
        }
    }

    /// Resources of a kind that the change makes or alters, in order.
    pub(crate) fn changed(&self, kind: ResourceKind) -> Vec<ResourceId> {
        let is = |entry: &Entry| matches!(entry, Entry::Is(kept) if kept.resource.kind == kind);
        let entries = self.entries.iter().filter(|(_, entry)| is(entry));
        entries.map(|(id, _)| id.clone()).collect()
    }

    /// True for what the change makes, alters or deletes.
    pub(crate) fn is_changed(&self, id: &ResourceId) -> bool {
        self.entries.contains_key(id)
    }

    /// True where only the change itself will tell this field.
    pub(crate) fn is_unknown(&self, id: &ResourceId, field: &str) -> bool {
        matches!(self.entries.get(id), Some(Entry::Is(kept)) if kept.unknown.contains(field))
    }

    /// True for what the change deletes.
    pub fn is_gone(&self, id: &ResourceId) -> bool {
        matches!(self.entries.get(id), Some(Entry::Gone))
    }

    /// True for what is there or what the change makes.
    pub fn is_there(&self, id: &ResourceId) -> bool {
        self.now(id).is_some()
    }

    /// The id that something made will have: that of the node which stands for it already, where somebody names it. The key of a `for_each`
    /// may be a credential.
    pub fn id_of_new(&self, address: &str, own: &Arn, certain: bool) -> ResourceId {
        certain
            .then(|| self.inventory.find(own.as_str()))
            .flatten()
            .map_or_else(
                || ResourceId::new(&format!("{PLANNED}{}", self.redactor.scrub(address))),
                |index| self.inventory.resource(index).id.clone(),
            )
    }

    /// Makes a resource.
    pub fn create(&mut self, new: New) -> ResourceId {
        let id = self.id_of_new(&new.address, &new.own, new.certain);
        let there_before = self
            .before(&id)
            .is_some_and(|resource| resource.presence == Presence::Live);
        let presence = if there_before {
            Presence::Live
        } else {
            Presence::Planned
        };
        self.insert(id, presence, new)
    }

    /// Says of something that nobody read that it is there: the input knows it.
    pub fn state(&mut self, id: ResourceId, known: New) -> ResourceId {
        self.insert(id, Presence::Stated, known)
    }

    fn insert(&mut self, id: ResourceId, presence: Presence, new: New) -> ResourceId {
        let mut also_named = BTreeSet::new();
        if id.as_str() != new.own.as_str() {
            also_named.insert((&new.own).into());
        }
        let name = new
            .name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| kinds::name_from_id(new.kind, &(&new.own).into()));
        let resource = Resource {
            id: id.clone(),
            kind: new.kind,
            name: self.redactor.scrub(&name).into(),
            account: new.own.account().into(),
            region: new.kind.region_of(&new.own).into(),
            presence,
            tags: Tags::default(),
            attributes: Attributes::none(),
            observed_at: self.inventory.taken_at,
        };
        let kept = Kept {
            resource,
            facts: new.facts,
            own: new.own,
            also_named,
            unknown: BTreeSet::new(),
        };
        self.entries.insert(id.clone(), Entry::Is(Box::new(kept)));
        id
    }

    /// What the resources of this change name, and neither the inventory nor the change has, in order.
    pub fn unseen(&self) -> Vec<Reference> {
        let mut named = BTreeMap::new();
        let mut known: HashSet<ResourceId> = self.entries.keys().cloned().collect();
        for entry in self.entries.values() {
            let Entry::Is(kept) = entry else { continue };
            let facts = Attributes::from_value(&kinds::attributes(&kept.facts));
            known.extend(kept.also_named.iter().cloned());
            let declared = kinds::declare(kept.resource.kind, &kept.own, &facts, INPUT);
            let Ok((links, names)) = declared else {
                continue;
            };
            known.extend(names);
            let stated = links.into_iter().filter(|link| !link.if_known);
            named.extend(stated.map(|link| (link.to.id, link.to.kind)));
        }
        named
            .into_iter()
            .filter(|(id, _)| !known.contains(id) && self.inventory.find(id.as_str()).is_none())
            .map(|(id, kind)| Reference { kind, id })
            .collect()
    }

    /// Takes in what the change names and AWS reported, although nothing named it before; and what that names in turn.
    pub fn take_in_the_unnamed(&mut self) {
        if self.inventory.unnamed.is_empty() {
            return;
        }
        loop {
            let unseen = self.unseen();
            let known = unseen.iter().filter_map(|reference| {
                let known = self.inventory.find_unnamed(reference.id.as_str())?;
                (known.kind == reference.kind).then_some(known)
            });
            let known: Vec<&Resource> = known.collect();
            if known.is_empty() {
                return;
            }
            for resource in known {
                let kept = self.keep(resource);
                self.entries
                    .insert(resource.id.clone(), Entry::Is(Box::new(kept)));
            }
        }
    }

    /// Deletes a resource.
    pub fn remove(&mut self, id: &ResourceId) {
        self.entries.insert(id.clone(), Entry::Gone);
    }

    /// Changes facts of what is there; false where nothing is.
    pub fn change(&mut self, id: &ResourceId, change: impl FnOnce(&mut Value)) -> bool {
        match self.kept(id) {
            Some(kept) => {
                change(&mut kept.facts);
                true
            }
            None => false,
        }
    }

    /// Changes facts of what is there; false where nothing is, or its facts are of another shape.
    pub fn patch<F: Facts>(&mut self, id: &ResourceId, change: impl FnOnce(&mut F)) -> bool {
        let Some(kept) = self.kept(id) else {
            return false;
        };
        if kept.resource.kind != F::KIND {
            return false;
        }
        let Ok(mut facts) = serde_json::from_value::<F>(kept.facts.clone()) else {
            return false;
        };
        change(&mut facts);
        kept.facts = kinds::attributes(&facts);
        true
    }

    /// Puts facts in the place of those that a resource has, whether they were seen or not: what the change knows of it is all.
    pub fn put(&mut self, id: &ResourceId, facts: Value) -> bool {
        if let Some(kept) = self.kept(id) {
            kept.facts = facts;
            return true;
        }
        let Some(before) = self.before(id) else {
            return false;
        };
        let mut kept = self.keep(before);
        kept.facts = facts;
        kept.resource.presence = Presence::Live;
        self.entries.insert(id.clone(), Entry::Is(Box::new(kept)));
        true
    }

    /// Says that a field of the facts is known only when the change is made.
    pub fn unknown(&mut self, id: &ResourceId, field: impl Into<String>) {
        if let Some(kept) = self.kept(id) {
            kept.unknown.insert(field.into());
        }
    }

    /// Says that others may name this resource by `name` as well.
    pub fn also_named(&mut self, id: &ResourceId, name: ResourceId) {
        if let Some(kept) = self.kept(id)
            && kept.resource.id != name
        {
            kept.also_named.insert(name);
        }
    }

    /// Gives a resource other tags; a `Name` among them is what people call it.
    pub fn tag(&mut self, id: &ResourceId, tags: impl IntoIterator<Item = (String, String)>) {
        let redactor = self.redactor;
        let Some(kept) = self.kept(id) else {
            return;
        };
        let clean: BTreeMap<String, String> = tags
            .into_iter()
            .map(|(key, value)| {
                (
                    redactor.scrub(&key).into_owned(),
                    redactor.scrub(&value).into_owned(),
                )
            })
            .collect();
        if let Some(name) = clean.get("Name").filter(|name| !name.is_empty()) {
            kept.resource.name = name.as_str().into();
        }
        kept.resource.tags = clean
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
    }

    /// The net effect, with secrets cut out.
    pub fn finish(mut self) -> Edits {
        self.take_in_the_unnamed();
        network_acl::carry(&mut self);
        let redactor = self.redactor;
        let after = self.entries.into_iter().map(|(id, entry)| {
            let after = match entry {
                Entry::Gone => After::Gone,
                Entry::Is(kept) => After::Is(Box::new(kept.finish(redactor))),
            };
            (id, after)
        });
        Edits {
            after: after.collect(),
        }
    }

    fn own_of(&self, resource: &Resource) -> Arn {
        resource.own_arn().unwrap_or_else(|| {
            let account = if resource.account.is_empty() {
                &self.place.account
            } else {
                &*resource.account
            };
            let region = match &*resource.region {
                "" => self.place.region.as_str(),
                GLOBAL => "",
                region => region,
            };
            let text = format!(
                "arn:{}:blastmap:{region}:{account}:{}",
                self.place.partition, resource.id
            );
            Arn::parse(&text).unwrap_or_else(|_not_an_arn| stand_in())
        })
    }

    fn keep(&self, before: &Resource) -> Kept {
        Kept {
            facts: before.attributes.to_value(),
            own: self.own_of(before),
            resource: before.clone(),
            also_named: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    fn kept(&mut self, id: &ResourceId) -> Option<&mut Kept> {
        if !self.entries.contains_key(id) {
            let before = self.before(id)?;
            if before.presence != Presence::Live {
                return None;
            }
            let kept = self.keep(before);
            self.entries.insert(id.clone(), Entry::Is(Box::new(kept)));
        }
        match self.entries.get_mut(id)? {
            Entry::Gone => None,
            Entry::Is(kept) => Some(kept),
        }
    }
}

impl Kept {
    fn finish(mut self, redactor: &Redactor) -> Planned {
        let mut facts = kinds::attributes(&self.facts);
        if !facts.is_object() {
            facts = Value::Object(Map::new());
        }
        policies::redact(&mut facts, redactor);
        redactor.scrub_value(&mut facts);
        self.resource.attributes = Attributes::from_value(&facts);
        let made = matches!(self.resource.presence, Presence::Planned | Presence::Stated);
        if made && self.resource.tag("Name").is_none() {
            let name = kinds::name_of(self.resource.kind, &self.resource.attributes);
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                self.resource.name = name.into();
            }
        }
        Planned {
            resource: self.resource,
            own: self.own,
            also_named: self.also_named,
            unknown: self.unknown,
        }
    }
}

fn stand_in() -> Arn {
    Arn::parse("arn:aws:blastmap:::planned").expect("this text is an ARN")
}

fn first_place(inventory: &Inventory) -> Place {
    let of_region = |record: &&blastmap_model::ScopeRecord| &*record.scope.region != GLOBAL;
    let scope = inventory
        .scopes
        .iter()
        .find(of_region)
        .map(|record| &record.scope);
    let account = scope.or_else(|| inventory.scopes.first().map(|record| &record.scope));
    let partition = inventory
        .resources()
        .iter()
        .find_map(|resource| resource.id.arn())
        .map_or_else(|| "aws".to_owned(), |arn| arn.partition().to_owned());
    Place {
        partition,
        account: account
            .map_or("000000000000", |scope| &scope.account)
            .to_owned(),
        region: scope.map_or("us-east-1", |scope| &scope.region).to_owned(),
    }
}

fn by_kind(inventory: &Inventory) -> HashMap<ResourceKind, Vec<ResourceIndex>> {
    let mut by_kind: HashMap<ResourceKind, Vec<ResourceIndex>> = HashMap::new();
    for index in inventory.indices() {
        by_kind
            .entry(inventory.resource(index).kind)
            .or_default()
            .push(index);
    }
    by_kind
}

fn names_of(
    inventory: &Inventory,
    kind: ResourceKind,
    indices: &[ResourceIndex],
) -> HashMap<String, Vec<ResourceIndex>> {
    let mut names: HashMap<String, Vec<ResourceIndex>> = HashMap::new();
    for index in indices {
        let resource = inventory.resource(*index);
        let own: BTreeSet<String> = names_of_one(kind, resource).into_iter().collect();
        for name in own {
            names.entry(name).or_default().push(*index);
        }
    }
    names
}

/// By what AWS and those who call it name a resource, but for its ARN.
fn names_of_one(kind: ResourceKind, resource: &Resource) -> Vec<String> {
    let Some(arn) = resource.id.arn() else {
        return vec![resource.id.to_string()];
    };
    let name = arn.resource_name().to_owned();
    let last = arn.last_part().to_owned();
    match kind {
        // A slash or a hyphen belongs to these names.
        ResourceKind::SsmParameter => vec![format!("/{name}"), name],
        ResourceKind::Secret => vec![kinds::name_from_id(kind, &resource.id), name],
        ResourceKind::SqsQueue | ResourceKind::SnsTopic | ResourceKind::S3Bucket => {
            vec![arn.resource().to_owned()]
        }
        ResourceKind::LogGroup
        | ResourceKind::EcrRepository
        | ResourceKind::EcsTaskDefinition
        | ResourceKind::CloudwatchAlarm
        | ResourceKind::LambdaFunction
        | ResourceKind::StateMachine => vec![name],
        ResourceKind::TargetGroup | ResourceKind::LoadBalancer => {
            vec![kinds::name_from_id(kind, &resource.id)]
        }
        ResourceKind::KmsKey => {
            let facts = resource.attributes.facts::<kinds::kms_key::KmsKey>();
            let aliases = facts.map(|facts| facts.aliases).unwrap_or_default();
            aliases.into_iter().chain([last]).collect()
        }
        ResourceKind::SecurityGroup
        | ResourceKind::CloudMapNamespace
        | ResourceKind::CloudMapService
        | ResourceKind::ScalableTarget => vec![last, resource.name.to_string()],
        _ => vec![name, last],
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::{Scope, ScopeRecord};
    use serde_json::json;
    use time::OffsetDateTime;

    use super::*;

    fn resource(id: &str, kind: ResourceKind, presence: Presence, facts: &Value) -> Resource {
        let id = ResourceId::new(id);
        let arn = id.arn();
        Resource {
            kind,
            name: kinds::name_from_id(kind, &id).into(),
            account: arn.as_ref().map_or("", |arn| arn.account()).into(),
            region: arn.as_ref().map_or("", |arn| kind.region_of(arn)).into(),
            id,
            presence,
            tags: Tags::default(),
            attributes: Attributes::from_value(facts),
            observed_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn inventory() -> Inventory {
        let scope = |region| ScopeRecord {
            scope: Scope::new("123456789012", region),
            crawled_at: None,
            duration_ms: None,
            api_calls: 0,
            kept: None,
        };
        let live = |id: &str, kind| resource(id, kind, Presence::Live, &json!({}));
        let resources = vec![
            live(
                "arn:aws:ecs:eu-west-1:123456789012:service/prod/web",
                ResourceKind::EcsService,
            ),
            live(
                "arn:aws:ecs:eu-west-1:123456789012:service/test/web",
                ResourceKind::EcsService,
            ),
            live(
                "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db",
                ResourceKind::SsmParameter,
            ),
            live(
                "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db",
                ResourceKind::SsmParameter,
            ),
            live(
                "arn:aws:iam::123456789012:role/team/web",
                ResourceKind::IamRole,
            ),
            live("fsmt-1", ResourceKind::EfsMountTarget),
            resource(
                "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web",
                ResourceKind::LogGroup,
                Presence::Missing,
                &json!({}),
            ),
        ];
        Inventory::new(
            "test".to_owned(),
            OffsetDateTime::UNIX_EPOCH,
            vec![scope("eu-west-1"), scope("global"), scope("us-east-1")],
            Vec::new(),
            resources,
            Vec::new(),
        )
        .unwrap()
    }

    #[test]
    fn finds_by_arn_id_and_name() {
        let (inventory, redactor) = (inventory(), Redactor::new([7; 32]));
        let mut workbench = Workbench::new(&inventory, &redactor);
        let here = workbench.place().clone();
        assert_eq!(here.region, "eu-west-1");
        let cases = [
            (
                ResourceKind::EcsService,
                "prod/web",
                "arn:aws:ecs:eu-west-1:123456789012:service/prod/web",
            ),
            (ResourceKind::EcsService, "web", "several"),
            (
                ResourceKind::SsmParameter,
                "/prod/db",
                "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db",
            ),
            (ResourceKind::SsmParameter, "db", "nothing"),
            (
                ResourceKind::IamRole,
                "web",
                "arn:aws:iam::123456789012:role/team/web",
            ),
            (
                ResourceKind::IamRole,
                "arn:aws:iam::123456789012:role/team/web",
                "arn:aws:iam::123456789012:role/team/web",
            ),
            (ResourceKind::EfsMountTarget, "fsmt-1", "fsmt-1"),
            (
                ResourceKind::LogGroup,
                "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:*",
                "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web",
            ),
        ];
        for (kind, name, expected) in cases {
            let found = match workbench.find(kind, &[name], Some(&here)) {
                Lookup::One(id) => id.to_string(),
                Lookup::Nothing => "nothing".to_owned(),
                Lookup::Several => "several".to_owned(),
            };
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn what_is_made_takes_the_node_of_what_is_missing() {
        let (inventory, redactor) = (inventory(), Redactor::new([7; 32]));
        let mut workbench = Workbench::new(&inventory, &redactor);
        let missing = "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web";
        let new = |own: &str, certain| New {
            kind: ResourceKind::LogGroup,
            address: "aws_cloudwatch_log_group.web".to_owned(),
            name: None,
            own: Arn::parse(own).unwrap(),
            certain,
            facts: json!({"logGroupName": "/ecs/web"}),
        };
        let id = workbench.create(new(missing, true));
        assert_eq!(id.as_str(), missing);
        let id = workbench.create(new(missing, false));
        assert_eq!(id.as_str(), "planned:aws_cloudwatch_log_group.web");
        let edits = workbench.finish();
        let planned = edits.planned(&id).unwrap();
        assert_eq!(planned.resource.presence, Presence::Planned);
        assert!(planned.also_named.contains(missing));
    }

    #[test]
    fn changes_add_up_and_nothing_changes_what_is_not_there() {
        let (inventory, redactor) = (inventory(), Redactor::new([7; 32]));
        let mut workbench = Workbench::new(&inventory, &redactor);
        let role = ResourceId::new("arn:aws:iam::123456789012:role/team/web");
        assert!(
            workbench.patch(&role, |facts: &mut kinds::iam_role::IamRole| {
                facts.role_name = "web".to_owned();
            })
        );
        assert!(workbench.change(&role, |facts| facts["Path"] = json!("/team/")));
        let missing = ResourceId::new("arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web");
        assert!(!workbench.change(&missing, |_| ()));
        let edits = workbench.finish();
        let facts = edits.planned(&role).unwrap().resource.attributes.to_value();
        assert_eq!(
            (&facts["RoleName"], &facts["Path"]),
            (&json!("web"), &json!("/team/"))
        );
        assert_eq!(edits.after.len(), 1);
    }

    #[test]
    fn made_up_ids_differ() {
        let (inventory, redactor) = (inventory(), Redactor::new([7; 32]));
        let mut workbench = Workbench::new(&inventory, &redactor);
        let one = workbench.made_up("aws_subnet.a[\"x\"]");
        assert_eq!(one, "planned-aws-subnet-a--x--");
        assert_ne!(one, workbench.made_up("aws_subnet.a['x']"));
    }
}

//! Ties the entries of a plan to what is there, and applies them in an order in which they add up.

use std::collections::{BTreeSet, HashMap, HashSet};

use blastmap_model::{
    Arn, Inventory, Presence, Redactor, ResourceId, ResourceKind, kinds::WITH_FACTS,
};
use serde_json::{Map, Value, json, value::RawValue};
use time::OffsetDateTime;

use super::{
    by_hand,
    fields::Writing,
    mapping::{Find, Finish, Id, Mapping, Naming, Owner, Part, Whole},
    places::Places,
    plan::Entry,
    references::{References, Step, Target},
    sensitive, shown,
    side::Side,
    stated::State,
    types, unknown,
};
use crate::{
    Action, Change, ChangeError, Lookup, Match, New, Place, Proposal, Workbench, mapped::Mapped,
};

pub(super) struct Reader<'p> {
    pub(super) entries: Vec<Entry>,
    pub(super) configuration: &'p Value,
    pub(super) variables: &'p Value,
    pub(super) prior: Option<&'p RawValue>,
    pub(super) made_at: Option<OffsetDateTime>,
    pub(super) inventory: &'p Inventory,
    pub(super) redactor: &'p Redactor,
    pub(super) mapped: &'p Mapped<'p>,
}

/// What is known of an entry.
pub(super) struct Tied {
    pub(super) mapping: Option<Mapping>,
    pub(super) place: Place,
    pub(super) found: Lookup,
    /// What is found is AWS's own, and taken over.
    adopted: bool,
    /// What it makes.
    made: Option<Made>,
    pub(super) matched: Match,
    pub(super) resource: Option<ResourceId>,
}

#[derive(Clone)]
struct Made {
    own: Arn,
    certain: bool,
    id: ResourceId,
}

/// Names that the plan gives to what it makes; none for a name that two have.
type Planned = HashMap<(ResourceKind, String), Option<ResourceId>>;

struct Finder<'f, 'w> {
    workbench: &'f mut Workbench<'w>,
    planned: &'f Planned,
    place: &'f Place,
}

impl Find for Finder<'_, '_> {
    fn find(&mut self, kind: ResourceKind, names: &[String]) -> Lookup {
        for name in names {
            match self.planned.get(&(kind, name.clone())) {
                Some(Some(id)) => return Lookup::One(id.clone()),
                Some(None) => return Lookup::Several,
                None => {}
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.workbench.find(kind, &names, Some(self.place))
    }

    fn arn_of(&mut self, kind: ResourceKind, name: &str) -> Option<Arn> {
        match self.find(kind, &[name.to_owned()]) {
            Lookup::One(id) => self.workbench.own(&id),
            _ => None,
        }
    }

    fn facts(&mut self, id: &ResourceId) -> Option<Value> {
        self.workbench.facts(id)
    }

    fn beginning(&mut self, with: &str) -> Vec<ResourceId> {
        self.workbench.beginning(with)
    }

    fn there(&mut self, kind: ResourceKind) -> Vec<ResourceId> {
        let live = self
            .workbench
            .live(kind)
            .map(|resource| resource.id.clone());
        let planned = self.planned.iter();
        let made = planned.filter_map(|((own, _), id)| (*own == kind).then(|| id.clone())?);
        let mut ids: Vec<ResourceId> = live.chain(made).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

struct Teller<'t, 'p> {
    place: usize,
    address: &'t str,
    addresses: &'t [&'t str],
    references: &'t References<'p>,
    entries: &'t [Entry],
    tied: &'t [Tied],
    replaced: &'t HashMap<String, Option<(usize, &'static str)>>,
}

impl unknown::Tell for Teller<'_, '_> {
    fn targets(&self, path: &[Step<'_>]) -> Option<Vec<Target>> {
        self.references.targets(self.address, path, self.addresses)
    }

    fn value(&self, target: &Target, hint: &str) -> Option<Value> {
        let assumed =
            if hint.ends_with("_arn") || hint.ends_with("_arns") || hint == "task_definition" {
                "arn"
            } else {
                "id"
            };
        let attribute = target.attribute.as_deref().unwrap_or(assumed);
        attribute_of(
            self.entries.get(target.entry)?,
            self.tied.get(target.entry)?,
            attribute,
        )
    }

    fn replacement(&self, old: &str) -> Option<String> {
        let (entry, attribute) = (*self.replaced.get(old)?)?;
        if entry == self.place {
            return None;
        }
        let value = attribute_of(self.entries.get(entry)?, self.tied.get(entry)?, attribute)?;
        value.as_str().map(str::to_owned)
    }

    fn only(&self, types: &[&str], hint: &str) -> Option<Value> {
        // What is looked up during the apply could be meant as well.
        let mut could_be = self.entries.iter().enumerate().filter(|(place, entry)| {
            let made = entry.makes_something() || (entry.is_data && entry.action == Action::Read);
            *place != self.place && made && types.contains(&entry.type_name.as_str())
        });
        let (entry, _) = could_be.next().filter(|(_, entry)| !entry.is_data)?;
        if could_be.next().is_some() {
            return None;
        }
        let target = Target {
            entry,
            attribute: None,
        };
        self.value(&target, hint)
    }
}

/// The value that an attribute of a resource of the plan has after it.
fn attribute_of(entry: &Entry, tied: &Tied, attribute: &str) -> Option<Value> {
    let is_unknown = entry
        .unknown
        .get(attribute)
        .is_some_and(super::fields::is_marked);
    let after = entry.after.as_ref().and_then(|after| after.get(attribute));
    if let Some(value) = after.filter(|value| !value.is_null() && !is_unknown) {
        return Some(value.clone());
    }
    let Some(made) = &tied.made else {
        if entry.makes_something() {
            return None;
        }
        // What is not made anew keeps its ARN and id.
        let keeps = matches!(attribute, "arn" | "id" | "name");
        return entry
            .before
            .as_ref()
            .filter(|_| keeps)?
            .get(attribute)
            .cloned();
    };
    let Some(Mapping::Whole(whole)) = tied.mapping else {
        return None;
    };
    let own = &made.own;
    let text = match attribute {
        "arn" => own.to_string(),
        "id" => match whole.id {
            Id::Arn => own.to_string(),
            Id::Last => own.last_part().to_owned(),
            Id::Name => own.resource_name().to_owned(),
            Id::None => return None,
        },
        "key_id" => own.last_part().to_owned(),
        "name" => own.resource_name().to_owned(),
        "arn_without_revision" => own.as_str().rsplit_once(':')?.0.to_owned(),
        "repository_url" => format!(
            "{}.dkr.ecr.{}.amazonaws.com/{}",
            own.account(),
            own.region(),
            own.resource_name()
        ),
        _ => return None,
    };
    Some(Value::String(text))
}

impl Reader<'_> {
    pub(super) fn read(self) -> Result<Proposal, ChangeError> {
        let Self {
            mut entries,
            configuration,
            variables,
            prior,
            made_at,
            inventory,
            redactor,
            mapped,
        } = self;
        for entry in entries.iter().filter(|entry| is_managed(entry)) {
            let kind = mapping_of(entry).map(Mapping::kind);
            let makes = entry.action == Action::Create;
            mapped.check(&entry.address, &entry.type_name, kind, makes)?;
        }
        let attributes: Vec<_> = entries
            .iter()
            .map(|entry| {
                let kind = mapping_of(entry).map(Mapping::kind);
                shown::changes(entry, kind, redactor)
            })
            .collect();
        entries.iter_mut().for_each(sensitive::remove);

        let names: Vec<String> = entries.iter().map(|entry| entry.address.clone()).collect();
        let addresses: Vec<&str> = names.iter().map(String::as_str).collect();
        let referred = entries
            .iter()
            .zip(&addresses)
            .map(|(entry, address)| (!entry.deposed && !entry.is_data).then_some(*address));
        let references = References::new(configuration, referred);
        let mut workbench = Workbench::new(inventory, redactor);
        let places = Places::new(
            configuration,
            variables,
            inventory,
            workbench.place().clone(),
            &entries,
            &references,
        );
        let mut tied: Vec<Tied> = entries
            .iter()
            .map(|entry| tie(entry, &places, &references, &mut workbench))
            .collect();
        by_hand::tie(&mut entries, &mut tied, mapped, &workbench);
        let mut applying = Applying {
            entries: &mut entries,
            tied: &mut tied,
            addresses: &addresses,
            references: &references,
            workbench: &mut workbench,
            planned: HashMap::new(),
            redactor,
            mapped,
        };
        applying.name_what_is_mapped();
        applying.name_what_is_made();
        applying.spare_what_stays();
        applying.delete();
        applying.create_and_update();
        applying.parts(None);
        // What AWS said of it goes before what the plan says.
        applying.workbench.take_in_the_unnamed();
        applying.tell_of_the_unread(&State {
            prior,
            made_at,
            places: &places,
        });
        let managed = entries
            .iter()
            .zip(&tied)
            .take(addresses.len())
            .filter(|(entry, _)| is_managed(entry));
        mapped.check_all(
            managed.map(|(entry, tied)| (entry.address.as_str(), tied.resource.as_ref())),
        )?;
        let edits = workbench.finish();

        // What the prior state added is no change: of those there are as many as attributes.
        let changes = entries
            .iter()
            .zip(tied)
            .zip(attributes)
            .map(|((entry, tied), attributes)| Change {
                address: redactor.scrub(&shown_address(entry)).into_owned(),
                type_name: entry.type_name.clone(),
                action: entry.action,
                matched: tied.matched,
                resource: tied.resource,
                kind: tied.mapping.map(Mapping::kind),
                attributes,
                problems: Vec::new(),
                mapped: is_managed(entry) && mapped.of(&entry.address).is_some(),
                deletes_first: entry.deletes_first,
            })
            .collect();
        Ok(Proposal {
            changes,
            edits,
            notes: Vec::new(),
        })
    }
}

fn shown_address(entry: &Entry) -> String {
    if entry.deposed {
        format!("{} (deposed)", entry.address)
    } else {
        entry.address.clone()
    }
}

/// True for what the plan itself manages under this address.
fn is_managed(entry: &Entry) -> bool {
    !entry.is_data && !entry.deposed
}

fn mapping_of(entry: &Entry) -> Option<Mapping> {
    entry
        .is_of_aws()
        .then(|| types::of(&entry.type_name))
        .flatten()
}

/// Finds what an entry is about among what is there.
pub(super) fn tie<'p>(
    entry: &Entry,
    places: &Places<'p>,
    references: &References<'p>,
    workbench: &mut Workbench<'_>,
) -> Tied {
    let mapping = mapping_of(entry);
    let place = places.of(entry, references);
    let mut adopted = false;
    let found = match mapping {
        Some(Mapping::Whole(Whole {
            adopts: Some(adopts),
            ..
        })) if entry.action == Action::Create => {
            let side = entry.after.as_ref();
            let found = side.map_or(Lookup::Nothing, |side| adopts(workbench, Side(side)));
            adopted = matches!(found, Lookup::One(_));
            found
        }
        Some(Mapping::Whole(whole)) => {
            let side = entry.before.as_ref().or(entry.after.as_ref());
            let looks = entry.before.is_some() || entry.is_data;
            side.filter(|_| looks).map_or(Lookup::Nothing, |side| {
                let names = (whole.names)(Side(side));
                let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
                if entry.deposed {
                    // The object that took its place goes by the same name.
                    names.truncate(1);
                }
                workbench.find(whole.kind, &names, Some(&place))
            })
        }
        _ => Lookup::Nothing,
    };
    let (matched, resource) = match (&mapping, &found) {
        (None, _) => (Match::UnsupportedType, None),
        (Some(_), Lookup::One(id)) => (Match::Matched, Some(id.clone())),
        (Some(_), Lookup::Several) => (Match::Ambiguous, None),
        (Some(_), Lookup::Nothing) => (Match::NotFound, None),
    };
    Tied {
        mapping,
        place,
        found,
        adopted,
        made: None,
        matched,
        resource,
    }
}

pub(super) struct Applying<'a, 'p, 'w> {
    pub(super) entries: &'a mut Vec<Entry>,
    pub(super) tied: &'a mut Vec<Tied>,
    /// Of the plan's changes: what only its prior state has follows behind them.
    addresses: &'a [&'a str],
    pub(super) references: &'a References<'p>,
    pub(super) workbench: &'a mut Workbench<'w>,
    planned: Planned,
    redactor: &'a Redactor,
    mapped: &'a Mapped<'p>,
}

impl Applying<'_, '_, '_> {
    fn whole(&self, place: usize) -> Option<&'static Whole> {
        match self.tied[place].mapping {
            Some(Mapping::Whole(whole)) => Some(whole),
            _ => None,
        }
    }

    pub(super) fn part(&self, place: usize) -> Option<&'static Part> {
        match self.tied[place].mapping {
            Some(Mapping::Part(part)) => Some(part),
            _ => None,
        }
    }

    /// Gives an ARN to all that is made: first to what the ARNs of others are made of.
    fn name_what_is_made(&mut self) {
        let replaced = self.replaced();
        let mut revisions = None;
        for rank in 0..3 {
            for place in 0..self.entries.len() {
                let Some(whole) = self.whole(place).filter(|whole| whole.rank == rank) else {
                    continue;
                };
                if !self.entries[place].makes_something() || self.tied[place].adopted {
                    continue;
                }
                self.fill(place, &replaced);
                self.name(place, whole, &mut revisions);
            }
        }
        // Now that all is named, whatever refers to it can say so.
        for place in 0..self.entries.len() {
            if self.tied[place].mapping.is_some() {
                self.fill(place, &replaced);
            }
        }
    }

    fn name(
        &mut self,
        place: usize,
        whole: &'static Whole,
        revisions: &mut Option<HashMap<String, i32>>,
    ) {
        let entry = &self.entries[place];
        let Some(after) = &entry.after else {
            return;
        };
        let made_up = self.workbench.made_up(&entry.address);
        let mut naming = Naming {
            side: Side(after),
            place: &self.tied[place].place,
            made_up,
            workbench: self.workbench,
            revisions,
        };
        let Some(own) = (whole.own)(&mut naming) else {
            return;
        };
        let id = self
            .workbench
            .id_of_new(&entry.address, &own.arn, own.certain);
        let side = Side(after);
        claim(&mut self.planned, whole, &own.arn, &id, side);
        let tied = &mut self.tied[place];
        if tied.matched == Match::NotFound || entry.action == Action::Create {
            tied.matched = Match::Created;
        }
        if entry.action == Action::Create || tied.resource.is_none() {
            tied.resource = Some(id.clone());
        }
        tied.made = Some(Made {
            own: own.arn,
            certain: own.certain,
            id,
        });
    }

    /// What a reviewer tied by hand goes by the plan's names for it, too.
    fn name_what_is_mapped(&mut self) {
        for place in 0..self.entries.len() {
            let entry = &self.entries[place];
            let is_mapped = is_managed(entry) && self.mapped.of(&entry.address).is_some();
            let (Some(whole), Some(before), Lookup::One(id)) =
                (self.whole(place), &entry.before, &self.tied[place].found)
            else {
                continue;
            };
            if is_mapped
                && !entry.makes_something()
                && let Some(own) = self.workbench.own(id)
            {
                claim(&mut self.planned, whole, &own, id, Side(before));
            }
        }
    }

    /// ARNs and ids of what the plan replaces.
    fn replaced(&self) -> HashMap<String, Option<(usize, &'static str)>> {
        let mut replaced = HashMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if entry.action != Action::Replace || self.whole(place).is_none() {
                continue;
            }
            let Some(before) = &entry.before else {
                continue;
            };
            let whole = self.whole(place);
            for attribute in ["arn", "id"] {
                // A family is the id of every revision.
                let named =
                    !(attribute == "id" && whole.is_some_and(|whole| matches!(whole.id, Id::None)));
                if let Some(old) = Side(before).text(attribute).filter(|_| named) {
                    replaced
                        .entry(old.to_owned())
                        .and_modify(|known: &mut Option<(usize, &'static str)>| {
                            if known.is_some_and(|(other, _)| other != place) {
                                *known = None;
                            }
                        })
                        .or_insert(Some((place, attribute)));
                }
            }
        }
        replaced
    }

    /// Notes the names of something that the plan tells of.
    pub(super) fn claim(&mut self, whole: &Whole, own: &Arn, id: &ResourceId, side: Side<'_>) {
        claim(&mut self.planned, whole, own, id, side);
    }

    fn fill(&mut self, place: usize, replaced: &HashMap<String, Option<(usize, &'static str)>>) {
        let entry = &mut self.entries[place];
        if !super::fields::is_marked(&entry.unknown) {
            return;
        }
        let (mut after, mut marks) = (entry.after.take(), std::mem::take(&mut entry.unknown));
        if let Some(after) = &mut after {
            let teller = Teller {
                place,
                address: self.addresses[place],
                addresses: self.addresses,
                references: self.references,
                entries: self.entries,
                tied: self.tied,
                replaced,
            };
            let before = self.entries[place].before.as_ref();
            unknown::fill(before, after, &mut marks, &teller);
        }
        let entry = &mut self.entries[place];
        (entry.after, entry.unknown) = (after, marks);
    }

    /// A deposed object that goes by the ARN of the one in its place is deleted by nobody: there is one of that name.
    fn spare_what_stays(&mut self) {
        let mut current: HashSet<ResourceId> = HashSet::new();
        for (entry, tied) in self.entries.iter().zip(self.tied.iter()) {
            if !entry.deposed && entry.action != Action::Delete {
                current.extend(tied.resource.clone());
                current.extend(tied.made.as_ref().map(|made| made.id.clone()));
            }
        }
        for (entry, tied) in self.entries.iter().zip(self.tied.iter_mut()) {
            if entry.deposed
                && let Lookup::One(id) = &tied.found
                && current.contains(id)
            {
                tied.found = Lookup::Nothing;
            }
        }
    }

    fn delete(&mut self) {
        for place in 0..self.entries.len() {
            let Some(whole) = self.whole(place) else {
                continue;
            };
            let entry = &self.entries[place];
            let deletes =
                matches!(entry.action, Action::Delete | Action::Replace) && !entry.forgets;
            if let (true, Lookup::One(id), Some(before)) =
                (deletes, &self.tied[place].found, &entry.before)
            {
                (whole.delete)(self.workbench, id, Side(before));
            }
        }
    }

    fn create_and_update(&mut self) {
        let mut also = Vec::new();
        for place in 0..self.entries.len() {
            let Some(whole) = self.whole(place) else {
                continue;
            };
            match self.entries[place].action {
                Action::Create if self.tied[place].adopted => self.update(place, whole, &mut also),
                Action::Create | Action::Replace => self.create(place, whole, &mut also),
                Action::Update => self.update(place, whole, &mut also),
                _ => {}
            }
        }
        for (id, field, value) in also {
            let unknown = value.is_null();
            self.workbench
                .change(&id, |facts| super::fields::set(facts, field, value));
            if unknown {
                self.workbench.unknown(&id, field);
            }
        }
    }

    fn create(
        &mut self,
        place: usize,
        whole: &'static Whole,
        also: &mut Vec<(ResourceId, &'static str, Value)>,
    ) {
        let (Some(after), Some(made)) = (
            self.entries[place].after.clone(),
            self.tied[place].made.clone(),
        ) else {
            return;
        };
        let old = self
            .workbench
            .before(&made.id)
            .map(|old| old.attributes.to_value());
        let written = self.write(place, whole, None, &made.own, json!({}), old.as_ref(), also);
        let name = Side(&after)
            .names(&["name", "function_name", "bucket", "alarm_name"])
            .into_iter()
            .next()
            .filter(|_| !matches!(whole.kind, ResourceKind::Vpc | ResourceKind::Subnet));
        let new = New {
            kind: whole.kind,
            address: self.entries[place].address.clone(),
            name,
            own: made.own,
            certain: made.certain,
            facts: written.facts,
        };
        let tags = tags(&after);
        let id = self.workbench.create(new);
        self.workbench.tag(&id, tags);
        for field in written.unknown {
            self.workbench.unknown(&id, field);
        }
    }

    fn update(
        &mut self,
        place: usize,
        whole: &'static Whole,
        also: &mut Vec<(ResourceId, &'static str, Value)>,
    ) {
        let Lookup::One(id) = self.tied[place].found.clone() else {
            return;
        };
        let (Some(before), Some(after)) = (
            self.entries[place]
                .before
                .clone()
                .or_else(|| Some(Map::new())),
            &self.entries[place].after,
        ) else {
            return;
        };
        let Some(own) = self.workbench.own(&id) else {
            return;
        };
        let tagged = ["tags", "tags_all"]
            .iter()
            .any(|name| before.get(*name) != after.get(*name));
        let tags = tagged.then(|| tags(after));
        match self.workbench.facts(&id) {
            Some(facts) => {
                let before = Some(&before);
                let written = self.write(place, whole, before, &own, facts, None, also);
                self.workbench.change(&id, |facts| *facts = written.facts);
                for field in written.unknown {
                    self.workbench.unknown(&id, field);
                }
            }
            None if self.workbench.is_gone(&id) => return,
            None if whole.fields.is_empty()
                || !changes_more_than_tags(&before, self.entries[place].after.as_ref()) =>
            {
                return;
            }
            // It was not seen: what the plan knows of it is all.
            None => {
                let written = self.write(place, whole, None, &own, json!({}), None, also);
                self.workbench.put(&id, written.facts);
                for field in written.unknown {
                    self.workbench.unknown(&id, field);
                }
            }
        }
        if let Some(tags) = tags {
            self.workbench.tag(&id, tags);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "they are what a resource is made of"
    )]
    pub(super) fn write(
        &mut self,
        place: usize,
        whole: &'static Whole,
        before: Option<&Map<String, Value>>,
        own: &Arn,
        mut facts: Value,
        old: Option<&Value>,
        also: &mut Vec<(ResourceId, &'static str, Value)>,
    ) -> Written {
        let entry = &self.entries[place];
        let none = Map::new();
        let after = entry.after.as_ref().unwrap_or(&none);
        let address = self.addresses.get(place).copied().unwrap_or_default();
        let configured = |attribute: &str| self.references.sets(address, attribute);
        let mut marks = entry.unknown.clone();
        if before.is_none()
            && let Some(marks) = marks.as_object_mut()
        {
            for name in whole.empty_when_new {
                if !configured(name) {
                    marks.remove(*name);
                }
            }
        }
        let writing = Writing {
            before,
            after,
            unknown: &marks,
        };
        let mut unknown = writing.write(whole.fields, &mut facts);
        let mut finder = Finder {
            workbench: self.workbench,
            planned: &self.planned,
            place: &self.tied[place].place,
        };
        let mut finish = Finish {
            facts: &mut facts,
            own,
            writing: &writing,
            unknown: &mut unknown,
            is_new: before.is_none(),
            configured: &configured,
            finder: &mut finder,
            redactor: self.redactor,
            old,
            also,
        };
        (whole.finish)(&mut finish);
        Written { facts, unknown }
    }

    /// Parts of others: what goes, then what comes, then who says what may be there at all. With `only`, parts of these.
    pub(super) fn parts(&mut self, only: Option<&BTreeSet<ResourceId>>) {
        let kinds: Option<HashSet<ResourceKind>> = only.map(|only| {
            let kinds = only.iter().filter_map(|id| self.workbench.now(id));
            kinds.map(|resource| resource.kind).collect()
        });
        let concerns = |part: &&Part| {
            let kinds = kinds.as_ref();
            kinds.is_none_or(|kinds| kinds.contains(&part.kind))
        };
        for place in 0..self.entries.len() {
            let Some(part) = self.part(place).filter(concerns) else {
                continue;
            };
            let entry = &self.entries[place];
            let removes = !entry.forgets
                && !entry.deposed
                && matches!(
                    entry.action,
                    Action::Delete | Action::Update | Action::Replace
                );
            let adds = matches!(
                entry.action,
                Action::Create | Action::Update | Action::Replace
            );
            self.tie_part(place, part);
            if removes && let Some(before) = self.entries[place].before.clone() {
                self.apply_part(place, part, &before, part.remove, !adds, only);
            }
        }
        for last in [false, true] {
            for place in 0..self.entries.len() {
                let part = self.part(place).filter(concerns);
                let Some(part) = part.filter(|part| part.last == last) else {
                    continue;
                };
                let adds = matches!(
                    self.entries[place].action,
                    Action::Create | Action::Update | Action::Replace
                );
                if adds && let Some(after) = self.entries[place].after.clone() {
                    self.apply_part(place, part, &after, part.add, true, only);
                }
            }
        }
    }

    fn owners(
        &mut self,
        place: usize,
        part: &'static Part,
        side: &Map<String, Value>,
    ) -> Vec<Lookup> {
        let mut finder = Finder {
            workbench: self.workbench,
            planned: &self.planned,
            place: &self.tied[place].place,
        };
        let owners = (part.owners)(&mut finder, Side(side));
        let found = owners.iter().any(|owner| matches!(owner, Lookup::One(_)));
        let entry = &self.entries[place];
        match self.mapped.of(&entry.address) {
            Some(resource) if !found && is_managed(entry) => {
                vec![Lookup::One(resource.id.clone())]
            }
            _ => owners,
        }
    }

    fn tie_part(&mut self, place: usize, part: &'static Part) {
        let entry = &self.entries[place];
        let side = entry.after.clone().or_else(|| entry.before.clone());
        let mut owners = side
            .map(|side| self.owners(place, part, &side))
            .unwrap_or_default();
        let entry = &self.entries[place];
        if !owners.iter().any(|owner| matches!(owner, Lookup::One(_)))
            && let Some(before) = entry.before.clone()
        {
            owners = self.owners(place, part, &before);
        }
        let one = owners.iter().find_map(|owner| match owner {
            Lookup::One(id) => Some(id.clone()),
            _ => None,
        });
        let several = owners.contains(&Lookup::Several);
        let tied = &mut self.tied[place];
        (tied.matched, tied.resource) = match one {
            Some(id) => {
                let live = self
                    .workbench
                    .before(&id)
                    .is_some_and(|own| own.presence == Presence::Live);
                let now = self.workbench.now(&id).map(|own| own.presence);
                let created = !live && now.is_some_and(|now| now != Presence::Stated);
                (
                    if created {
                        Match::Created
                    } else {
                        Match::Matched
                    },
                    Some(id),
                )
            }
            None if several => (Match::Ambiguous, None),
            None => (Match::NotFound, None),
        };
    }

    pub(super) fn apply_part(
        &mut self,
        place: usize,
        part: &'static Part,
        side: &Map<String, Value>,
        apply: fn(&mut Owner<'_>),
        keeps_unknown: bool,
        only: Option<&BTreeSet<ResourceId>>,
    ) {
        let owners = self.owners(place, part, side);
        let marks = self.entries[place].unknown.clone();
        let before = self.entries[place].before.clone();
        for owner in owners {
            let Lookup::One(id) = owner else {
                continue;
            };
            if only.is_some_and(|only| !only.contains(&id)) {
                continue;
            }
            // Of what is never read, the plan knows all that is known.
            let unread = !WITH_FACTS.contains(&part.kind) && !self.workbench.is_gone(&id);
            let known = self.workbench.facts(&id);
            let known = known.or_else(|| unread.then(|| json!({})));
            let (Some(mut facts), Some(own)) = (known, self.workbench.own(&id)) else {
                continue;
            };
            let mut unknown = Vec::new();
            let mut finder = Finder {
                workbench: self.workbench,
                planned: &self.planned,
                place: &self.tied[place].place,
            };
            apply(&mut Owner {
                facts: &mut facts,
                own: &own,
                side: Side(side),
                was: before.as_ref().map(Side),
                marks: &marks,
                unknown: &mut unknown,
                finder: &mut finder,
            });
            if self.workbench.is_there(&id) {
                self.workbench.change(&id, |now| *now = facts);
            } else if !is_empty(&facts) {
                self.workbench.put(&id, facts);
            }
            if keeps_unknown {
                for field in unknown {
                    self.workbench.unknown(&id, field);
                }
            }
        }
    }
}

/// True where facts say nothing.
fn is_empty(facts: &Value) -> bool {
    let nothing = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    facts
        .as_object()
        .is_none_or(|facts| facts.values().all(nothing))
}

/// Notes the names that a plan has for a resource that it makes or tells of.
fn claim(planned: &mut Planned, whole: &Whole, own: &Arn, id: &ResourceId, side: Side<'_>) {
    let mut names = vec![own.to_string(), id.to_string()];
    match whole.id {
        Id::Arn if whole.kind == ResourceKind::EcsService => {
            names.push(own.resource_name().to_owned());
        }
        Id::Arn => {}
        Id::Last => names.push(own.last_part().to_owned()),
        Id::Name | Id::None => names.push(own.resource_name().to_owned()),
    }
    if !matches!(
        whole.kind,
        ResourceKind::EcsTaskDefinition | ResourceKind::Vpc
    ) {
        names.extend(side.names(&["name", "resource_id", "function_name", "bucket"]));
    }
    names.sort();
    names.dedup();
    for name in names {
        planned
            .entry((whole.kind, name))
            .and_modify(|known| {
                if known.as_ref() != Some(id) {
                    *known = None;
                }
            })
            .or_insert_with(|| Some(id.clone()));
    }
}

pub(super) struct Written {
    pub(super) facts: Value,
    pub(super) unknown: Vec<String>,
}

fn changes_more_than_tags(before: &Map<String, Value>, after: Option<&Map<String, Value>>) -> bool {
    let names = before.keys().chain(after.into_iter().flat_map(Map::keys));
    names
        .filter(|name| !matches!(name.as_str(), "tags" | "tags_all"))
        .any(|name| before.get(name) != after.and_then(|after| after.get(name)))
}

/// All tags, those that the provider adds included.
pub(super) fn tags(after: &Map<String, Value>) -> Vec<(String, String)> {
    let all = after
        .get("tags_all")
        .and_then(Value::as_object)
        .or_else(|| after.get("tags").and_then(Value::as_object));
    all.into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

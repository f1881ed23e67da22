//! What a plan knows of things that it leaves as they are and that no crawl read, because nothing used them: a policy that is about to
//! be attached, a file system that is about to be mounted. They are told of where the change names them, and nowhere else.
//!
//! A plan has them as changes that change nothing, and in its prior state, where data sources are as well.
//! <https://developer.hashicorp.com/terraform/internals/json-format#plan-representation>

use std::collections::{BTreeSet, HashMap, HashSet};

use blastmap_model::{Arn, Presence, ResourceId, ResourceKind};
use serde_json::{Value, json, value::RawValue};
use time::OffsetDateTime;

use super::{
    fields,
    mapping::{Lacks, Mapping, Stated, Whole},
    places::Places,
    plan::{self, Entry},
    reader::{Applying, tie},
    sensitive,
    side::Side,
    types,
};
use crate::{Action, Lookup, Match, New};

/// Where a plan tells of what it does not change.
pub(super) struct State<'p> {
    pub(super) prior: Option<&'p RawValue>,
    pub(super) made_at: Option<OffsetDateTime>,
    pub(super) places: &'p Places<'p>,
}

/// Entries of a plan that could be told of.
#[derive(Default)]
struct Candidates {
    /// By all names that a change may have for them; none for a name that two have.
    by_name: HashMap<ResourceId, Option<usize>>,
    /// By what they are told of with.
    followers: HashMap<(ResourceKind, String), Vec<usize>>,
    ids: HashMap<usize, (ResourceId, Arn)>,
}

impl Applying<'_, '_, '_> {
    /// Tells of what the change names and the plan alone knows, and of what these name in turn.
    pub(super) fn tell_of_the_unread(&mut self, state: &State<'_>) {
        let mut candidates = None;
        loop {
            let unseen = self.workbench.unseen();
            if unseen.is_empty() {
                return;
            }
            let candidates = candidates.get_or_insert_with(|| self.candidates(state));
            let named = unseen.iter().filter_map(|reference| {
                let place = (*candidates.by_name.get(&reference.id)?)?;
                let kind = self.stated(place).map(|(whole, _)| whole.kind);
                (kind == Some(reference.kind)).then_some(place)
            });
            let mut waiting: Vec<usize> = named.collect();
            let mut told = BTreeSet::new();
            while let Some(place) = waiting.pop() {
                let Some((id, own)) = candidates.ids.remove(&place) else {
                    continue;
                };
                let Some((whole, _)) = self.stated(place) else {
                    continue;
                };
                let follow = (whole.kind, own.last_part().to_owned());
                waiting.extend(candidates.followers.remove(&follow).unwrap_or_default());
                self.tell_of(place, whole, id.clone(), own);
                told.insert(id);
            }
            if told.is_empty() {
                return;
            }
            self.parts_of(&told);
        }
    }

    fn stated(&self, place: usize) -> Option<(&'static Whole, &'static Stated)> {
        match self.tied.get(place)?.mapping {
            Some(Mapping::Whole(whole)) => Some((whole, whole.stated.as_ref()?)),
            _ => None,
        }
    }

    fn candidates(&mut self, state: &State<'_>) -> Candidates {
        self.read_prior_state(state);
        let mut candidates = Candidates::default();
        let mut spoken_of = self.deleted();
        let all = || 0..self.entries.len();
        // A data source tells less of what the plan manages itself.
        let managed = all().filter(|place| !self.entries[*place].is_data);
        let looked_up = all().filter(|place| self.entries[*place].is_data);
        for place in managed.chain(looked_up) {
            let Some((whole, stated)) = self.stated(place) else {
                continue;
            };
            let Some((id, own)) = self.id_of_stated(place, whole, state) else {
                continue;
            };
            if !spoken_of.insert(id.clone()) {
                continue;
            }
            let Some(side) = self.entries[place].side() else {
                continue;
            };
            if let Some((kind, attribute)) = stated.follows
                && let Some(named) = side.text(attribute)
            {
                let followed = (kind, named.to_owned());
                candidates
                    .followers
                    .entry(followed)
                    .or_default()
                    .push(place);
            }
            let names = names_of(whole.kind, &own, side);
            for name in std::iter::once(id.clone()).chain(names) {
                candidates
                    .by_name
                    .entry(name)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(place));
            }
            candidates.ids.insert(place, (id, own));
        }
        self.name_keys_by_alias(&mut candidates);
        candidates
    }

    /// Adds what the prior state has and the changes do not: data sources, and whatever a plan of some targets leaves out.
    fn read_prior_state(&mut self, state: &State<'_>) {
        let Some(prior) = state.prior else {
            return;
        };
        let known: HashSet<String> = self
            .entries
            .iter()
            .map(|entry| entry.address.clone())
            .collect();
        for mut entry in plan::state(prior) {
            let mapping = types::of(&entry.type_name).filter(|_| entry.is_of_aws());
            let serves = mapping.is_some_and(|mapping| match mapping {
                Mapping::Whole(whole) => whole.stated.is_some(),
                Mapping::Part(_) => true,
            });
            if !serves || known.contains(&entry.address) {
                continue;
            }
            sensitive::remove(&mut entry);
            let tied = tie(&entry, state.places, self.references, self.workbench);
            self.entries.push(entry);
            self.tied.push(tied);
        }
    }

    /// What the plan deletes is not there after it, whoever has looked it up.
    fn deleted(&self) -> HashSet<ResourceId> {
        let deleted = self.entries.iter().zip(self.tied.iter());
        deleted
            .filter(|(entry, _)| matches!(entry.action, Action::Delete | Action::Replace))
            .filter_map(|(entry, tied)| match tied.mapping? {
                Mapping::Whole(whole) => (whole.names)(entry.side()?).into_iter().next(),
                Mapping::Part(_) => None,
            })
            .map(|name| ResourceId::new(&name))
            .collect()
    }

    /// The id of what an entry could tell of, and the ARN that its facts speak from.
    fn id_of_stated(
        &self,
        place: usize,
        whole: &Whole,
        state: &State<'_>,
    ) -> Option<(ResourceId, Arn)> {
        let (entry, tied) = (&self.entries[place], &self.tied[place]);
        let stays = matches!(
            entry.action,
            Action::NoOp | Action::Update | Action::Read | Action::Forget
        );
        if !stays || entry.deposed || tied.found != Lookup::Nothing {
            return None;
        }
        let name = (whole.names)(entry.side()?).into_iter().next()?;
        let name = name.strip_suffix(":*").unwrap_or(&name);
        let (id, own) = if whole.kind == ResourceKind::EfsMountTarget {
            let own = tied
                .place
                .arn("elasticfilesystem", &format!("mount-target/{name}"))?;
            (ResourceId::new(name), own)
        } else {
            let own = Arn::parse(name).ok()?;
            (ResourceId::from(own.clone()), own)
        };
        let of_kind = ResourceKind::of_arn(&own) == Some(whole.kind) || id.arn().is_none();
        let inventory = self.workbench.inventory();
        let known = inventory.find(id.as_str()).is_some()
            || self.workbench.is_there(&id)
            || self.workbench.is_gone(&id);
        // Where AWS listed all that there is, only a later word counts.
        let later = state
            .made_at
            .is_some_and(|made_at| made_at > inventory.taken_at);
        let denied =
            inventory.presence_of_unseen(whole.kind, Some(&own)) == Presence::Missing && !later;
        (of_kind && !known && !denied).then_some((id, own))
    }

    /// Whoever names an alias means its key.
    fn name_keys_by_alias(&self, candidates: &mut Candidates) {
        for (entry, tied) in self.entries.iter().zip(self.tied.iter()) {
            let of_key = matches!(tied.mapping, Some(Mapping::Part(part)) if part.kind == ResourceKind::KmsKey);
            let Some(side) = entry.side().filter(|_| of_key) else {
                continue;
            };
            let (Some(alias), Some(key)) = (side.text("arn"), side.text("target_key_arn")) else {
                continue;
            };
            let key = candidates.by_name.get(&ResourceId::new(key)).copied();
            if let Some(key) = key {
                candidates
                    .by_name
                    .entry(ResourceId::new(alias))
                    .or_insert(key);
            }
        }
    }

    fn tell_of(&mut self, place: usize, whole: &'static Whole, id: ResourceId, own: Arn) {
        let entry = &mut self.entries[place];
        if entry.after.is_none() {
            entry.after = entry.before.clone();
        }
        let Some(after) = entry.after.clone() else {
            return;
        };
        let is_data = entry.is_data;
        let address = entry.address.clone();
        let written = self.write(place, whole, None, &own, json!({}), None, &mut Vec::new());
        let (mut facts, mut unknown) = (written.facts, written.unknown);
        for lack in whole.stated.iter().flat_map(|stated| stated.lacks) {
            leave_out(lack, Side(&after), is_data, &mut facts, &mut unknown);
        }
        self.claim(whole, &own, &id, Side(&after));
        let known = New {
            kind: whole.kind,
            address,
            name: Side(&after).text("name").map(str::to_owned),
            own,
            certain: true,
            facts,
        };
        let id = self.workbench.state(id, known);
        self.workbench.tag(&id, super::reader::tags(&after));
        for field in unknown {
            self.workbench.unknown(&id, field);
        }
        let tied = &mut self.tied[place];
        (tied.matched, tied.resource) = (Match::Matched, Some(id));
    }

    /// The parts of what was told of: those that the plan leaves as they are, then those that it takes away, adds or changes.
    fn parts_of(&mut self, told: &BTreeSet<ResourceId>) {
        let kinds: HashSet<ResourceKind> = told
            .iter()
            .filter_map(|id| Some(self.workbench.now(id)?.kind))
            .collect();
        for place in 0..self.entries.len() {
            let Some(part) = self.part(place).filter(|part| kinds.contains(&part.kind)) else {
                continue;
            };
            let entry = &self.entries[place];
            let stays = matches!(entry.action, Action::NoOp | Action::Read | Action::Forget);
            if stays
                && !entry.deposed
                && let Some(Side(side)) = entry.side()
            {
                let side = side.clone();
                self.apply_part(place, part, &side, part.add, true, Some(told));
            }
        }
        self.parts(Some(told));
    }
}

impl Entry {
    /// What is known of it: as it was, or of what was not there, as it will be.
    fn side(&self) -> Option<Side<'_>> {
        self.before.as_ref().or(self.after.as_ref()).map(Side)
    }
}

/// Takes out of facts, or marks as not known, what a plan's state does not tell.
fn leave_out(
    lack: &Lacks,
    side: Side<'_>,
    is_data: bool,
    facts: &mut Value,
    unknown: &mut Vec<String>,
) {
    let (fact, taken_out, not_known) = match lack {
        Lacks::Unset(attribute, fact) => {
            let unset = side.get(attribute).is_none();
            (fact, unset, unset)
        }
        Lacks::Apart(fact) => (fact, true, is_data),
        Lacks::Unknown(fact) => (fact, false, true),
        Lacks::New(fact) => (fact, true, false),
    };
    if taken_out {
        fields::set(facts, fact, Value::Null);
    }
    if not_known && !unknown.iter().any(|own| own == fact) {
        unknown.push((*fact).to_owned());
    }
}

/// Other names that a change may have for it.
fn names_of(kind: ResourceKind, own: &Arn, side: Side<'_>) -> Vec<ResourceId> {
    let name = side.text("name");
    let sibling = |service: &str, resource: String| own.sibling(service, &resource).ok();
    let other = match kind {
        // A role's path and the six characters of a secret may be left out.
        ResourceKind::IamRole => name.and_then(|name| sibling("iam", format!("role/{name}"))),
        ResourceKind::Secret => {
            name.and_then(|name| sibling("secretsmanager", format!("secret:{name}")))
        }
        _ => None,
    };
    let other = other.filter(|other| other != own);
    other.map(ResourceId::from).into_iter().collect()
}

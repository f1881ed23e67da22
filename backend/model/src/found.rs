//! What collectors found, cleaned of secrets on its way in.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::{
    Arn, BlindSpot, Declared, Links, Presence, Resource, ResourceId, ResourceKind, Scope, Source,
    Tags,
    kinds::{self, Facts, environment},
    redact::Redactor,
    resource::Attributes,
};

/// What one collector found in one scope.
#[derive(Debug)]
pub struct Found {
    scope: Scope,
    now: OffsetDateTime,
    redactor: Redactor,
    pub(crate) resources: Vec<Entry>,
    pub(crate) tags: Vec<(ResourceId, Tags)>,
    pub(crate) listed: Vec<(Scope, ResourceKind)>,
    pub(crate) also_named: Vec<(ResourceId, ResourceId)>,
    pub(crate) absent: Vec<ResourceId>,
    pub(crate) unreadable: Vec<ResourceId>,
    pub(crate) blind_spots: Vec<BlindSpot>,
}

/// A resource with what its facts declare.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) resource: Resource,
    pub(crate) declared: Vec<Declared>,
    pub(crate) also_named: Vec<ResourceId>,
    pub(crate) source: Source,
    /// Stays only if something that stays links to it.
    pub(crate) offered: bool,
    /// Stays if one of these does.
    pub(crate) follows: Vec<ResourceId>,
    /// Takes the place of what is known of the resource so far.
    pub(crate) replaces: bool,
}

/// What a resource that was found is to an inventory.
#[derive(Debug)]
enum How {
    Kept,
    Offered,
    Follows(Vec<ResourceId>),
    Replaces,
}

impl Found {
    /// `now` becomes the time at which everything found was observed.
    pub fn new(scope: Scope, now: OffsetDateTime, redactor: Redactor) -> Self {
        Self {
            scope,
            now,
            redactor,
            resources: Vec::new(),
            tags: Vec::new(),
            listed: Vec::new(),
            also_named: Vec::new(),
            absent: Vec::new(),
            unreadable: Vec::new(),
            blind_spots: Vec::new(),
        }
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// A resource that AWS reported.
    pub fn resource<F: Facts>(
        &mut self,
        arn: &Arn,
        facts: &F,
        tags: impl IntoIterator<Item = (String, String)>,
        source: Source,
    ) {
        self.push(&arn.into(), arn, facts, tags, source, How::Kept);
    }

    /// A resource that AWS reported and that has no ARN: `place` is one of its account and region.
    pub fn resource_with_id<F: Facts>(
        &mut self,
        id: &ResourceId,
        place: &Arn,
        facts: &F,
        tags: impl IntoIterator<Item = (String, String)>,
        source: Source,
    ) {
        self.push(id, place, facts, tags, source, How::Kept);
    }

    /// A resource that AWS reported, which is kept only if something else hangs on it.
    pub fn offer<F: Facts>(
        &mut self,
        arn: &Arn,
        facts: &F,
        tags: impl IntoIterator<Item = (String, String)>,
        source: Source,
    ) {
        self.push(&arn.into(), arn, facts, tags, source, How::Offered);
    }

    /// A resource that AWS reported, which is kept if one of `subjects` is, by whatever name: an alarm watches, a record points
    /// at, a function reads from something kept. `place` is an ARN of its account and region.
    pub fn follow<F: Facts>(
        &mut self,
        id: &ResourceId,
        place: &Arn,
        facts: &F,
        tags: impl IntoIterator<Item = (String, String)>,
        source: Source,
        subjects: impl IntoIterator<Item = ResourceId>,
    ) {
        let subjects = subjects.into_iter().collect();
        self.push(id, place, facts, tags, source, How::Follows(subjects));
    }

    /// A resource found before, of which more is known now; its tags stay.
    pub fn replace<F: Facts>(&mut self, arn: &Arn, facts: &F, source: Source) {
        self.push(&arn.into(), arn, facts, [], source, How::Replaces);
    }

    fn push<F: Facts>(
        &mut self,
        id: &ResourceId,
        arn: &Arn,
        facts: &F,
        tags: impl IntoIterator<Item = (String, String)>,
        source: Source,
        how: How,
    ) {
        let mut attributes = kinds::attributes(facts);
        self.redactor.scrub_value(&mut attributes);
        let tags = self.clean_tags(tags);
        let id = self.clean_id(id);
        let named = tags
            .iter()
            .find(|(key, value)| &**key == "Name" && !value.is_empty())
            .map(|(_, value)| value.to_string());
        let name = named
            .or_else(|| facts.name())
            .unwrap_or_else(|| kinds::name_from_id(F::KIND, &id));
        let name = self.redactor.scrub(&name).into_owned();
        // What has no account in its ARN lies in the scope's, and so does what it names.
        let (partition, service) = (arn.partition(), arn.service());
        let here = if arn.account().is_empty() && !arn.region().is_empty() {
            let account = &self.scope.account;
            Arn::new(partition, service, arn.region(), account, arn.resource()).ok()
        } else {
            None
        };
        let mut links = Links::of(here.as_ref().unwrap_or(arn), source);
        facts.links(&mut links);
        let (mut declared, also_named) = links.finish();
        for link in &mut declared {
            link.to.id = self.clean_id(&link.to.id);
        }
        self.carry(F::KIND, arn, &id, &facts.names_in_environments(arn));
        let resource = Resource {
            id,
            kind: F::KIND,
            name: name.into(),
            // A bucket's ARN and a hosted zone's have no account.
            account: if arn.account().is_empty() {
                self.scope.account.clone()
            } else {
                arn.account().into()
            },
            region: F::KIND.region_of(arn).into(),
            presence: Presence::Live,
            tags,
            attributes: Attributes::from_value(&attributes),
            observed_at: self.now,
        };
        let (offered, follows, replaces) = match how {
            How::Kept => (false, Vec::new(), false),
            How::Offered => (true, Vec::new(), false),
            How::Follows(subjects) => (true, subjects, false),
            How::Replaces => (false, Vec::new(), true),
        };
        self.resources.push(Entry {
            resource,
            declared,
            also_named,
            source,
            offered,
            follows,
            replaces,
        });
    }

    /// A resource known from an earlier crawl whose content AWS never changes, taken over as it is.
    pub fn known(&mut self, resource: &Resource, source: Source) -> bool {
        let Some(arn) = resource.own_arn() else {
            return false;
        };
        let Ok((declared, also_named)) =
            kinds::declare(resource.kind, &arn, &resource.attributes, source)
        else {
            return false;
        };
        let names = kinds::names_in_environments(resource.kind, &arn, &resource.attributes);
        self.carry(resource.kind, &arn, &resource.id, &names);
        self.resources.push(Entry {
            resource: resource.clone(),
            declared,
            also_named,
            source,
            offered: true,
            follows: Vec::new(),
            replaces: false,
        });
        true
    }

    /// Whatever an environment may call a resource, it holds as a fingerprint.
    fn carry(&mut self, kind: ResourceKind, own: &Arn, id: &ResourceId, names: &[String]) {
        let carried = names.iter().map(|name| {
            let fingerprint = self.redactor.fingerprint(name);
            (
                environment::id_of(kind, own, name, &fingerprint),
                id.clone(),
            )
        });
        self.also_named.extend(carried);
    }

    /// Tags of a resource that came from another call than the resource.
    pub fn tags(&mut self, id: ResourceId, tags: impl IntoIterator<Item = (String, String)>) {
        let tags = self.clean_tags(tags);
        self.tags.push((id, tags));
    }

    /// Every resource of this kind in this scope was found: one that was not does not exist.
    pub fn listed(&mut self, kind: ResourceKind) {
        self.listed.push((self.scope.clone(), kind));
    }

    /// Whoever says `name` means `id`, whether that was seen or not.
    pub fn also_named(&mut self, name: ResourceId, id: ResourceId) {
        self.also_named.push((name, id));
    }

    /// AWS said that this does not exist.
    pub fn absent(&mut self, id: ResourceId) {
        self.absent.push(id);
    }

    /// This was asked for by its id and could not be read; the blind spot says why.
    pub fn unreadable(&mut self, id: ResourceId) {
        self.unreadable.push(id);
    }

    pub fn blind_spot(&mut self, mut blind_spot: BlindSpot) {
        blind_spot.message = self.redactor.scrub(&blind_spot.message).into_owned();
        self.blind_spots.push(blind_spot);
    }

    /// How many resources were found so far.
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    fn clean_id(&self, id: &ResourceId) -> ResourceId {
        match self.redactor.scrub(id.as_str()) {
            std::borrow::Cow::Borrowed(_) => id.clone(),
            std::borrow::Cow::Owned(scrubbed) => ResourceId::new(&scrubbed),
        }
    }

    fn clean_tags(&self, tags: impl IntoIterator<Item = (String, String)>) -> Tags {
        let tags: BTreeMap<String, String> = tags
            .into_iter()
            .map(|(key, value)| {
                (
                    self.redactor.scrub(&key).into_owned(),
                    self.redactor.scrub(&value).into_owned(),
                )
            })
            .collect();
        tags.into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect()
    }
}

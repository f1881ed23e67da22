//! From what collectors found to an inventory: names are tied to resources, what was named and not seen gets a presence that says why.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::OnceLock,
};

use time::OffsetDateTime;

use crate::{
    BlindSpot, BlindSpotReason, Declared, Elsewhere, Evidence, Inventory, InventoryError,
    NamedLink, Presence, Reference, Resource, ResourceId, ResourceKind, Scope, ScopeRecord, Tags,
    computed,
    found::{Entry, Found},
    kinds,
    resource::Attributes,
    scope::GLOBAL,
};

/// Gathers what collectors found and ties it together.
#[derive(Debug, Default)]
pub struct InventoryBuilder {
    entries: BTreeMap<ResourceId, Entry>,
    also_named: HashMap<ResourceId, ResourceId>,
    tags: HashMap<ResourceId, Tags>,
    listed: HashSet<(Scope, ResourceKind)>,
    absent: HashSet<ResourceId>,
    unreadable: HashSet<ResourceId>,
    /// One for each call that fails for one reason in one scope, with how often it did.
    blind_spots: BTreeMap<(Scope, std::sync::Arc<str>, BlindSpotReason), (BlindSpot, usize)>,
    scopes: Vec<Scope>,
    elsewhere: Elsewhere,
    /// What stays and what is unseen, worked out when first asked for and forgotten when facts come in.
    reached: OnceLock<Reached>,
    /// Roles that may start tasks, worked out when first asked for and forgotten when roles or policies come in: each collector
    /// that wants to know asks in each round of each region.
    starters: OnceLock<Vec<ResourceId>>,
}

/// What starts a task.
const STARTING: [&str; 2] = ["ecs:RunTask", "ecs:StartTask"];

/// What stays, and what of it names that nobody has seen.
#[derive(Debug, Default)]
struct Reached {
    kept: BTreeSet<ResourceId>,
    unseen: Vec<Reference>,
}

impl InventoryBuilder {
    /// `scopes` are those that are crawled.
    pub fn new(scopes: Vec<Scope>) -> Self {
        Self {
            scopes,
            ..Self::default()
        }
    }

    /// What the rest of the estate has to do with these scopes.
    #[must_use]
    pub fn beside(self, elsewhere: Elsewhere) -> Self {
        Self { elsewhere, ..self }
    }

    /// Takes in what a collector found. What was seen first stays.
    pub fn absorb(&mut self, found: Found) {
        self.reached = OnceLock::new();
        let permissions = [ResourceKind::IamRole, ResourceKind::IamPolicy];
        let mut kinds = found.resources.iter().map(|entry| entry.resource.kind);
        if kinds.any(|kind| permissions.contains(&kind)) {
            self.starters = OnceLock::new();
        }
        for entry in found.resources {
            for name in &entry.also_named {
                name_also(
                    &mut self.also_named,
                    name.clone(),
                    entry.resource.id.clone(),
                );
            }
            match self.entries.entry(entry.resource.id.clone()) {
                std::collections::btree_map::Entry::Vacant(place) => {
                    place.insert(entry);
                }
                std::collections::btree_map::Entry::Occupied(mut place) if entry.replaces => {
                    let known = place.get_mut();
                    known.resource.attributes = entry.resource.attributes;
                    known.declared = entry.declared;
                }
                std::collections::btree_map::Entry::Occupied(mut place) => {
                    let known = place.get_mut();
                    known.offered &= entry.offered;
                    known.follows.extend(entry.follows);
                }
            }
        }
        for (name, id) in found.also_named {
            name_also(&mut self.also_named, name, id);
        }
        self.tags.extend(found.tags);
        self.listed.extend(found.listed);
        self.absent.extend(found.absent);
        self.unreadable.extend(found.unreadable);
        for spot in found.blind_spots {
            let scope = Scope {
                account: spot.account.clone(),
                region: spot.region.clone(),
            };
            let (known, times) = self
                .blind_spots
                .entry((scope, spot.api.clone(), spot.reason))
                .or_insert_with(|| (spot.clone(), 0));
            *times += 1;
            // Answers come in any order: the message that stays does not.
            if spot.message < known.message {
                known.message.clone_from(&spot.message);
            }
            known.kinds.extend(&spot.kinds);
            known.kinds.sort();
            known.kinds.dedup();
        }
    }

    /// What is crawled.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.scopes.iter()
    }

    /// How many resources are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is known of a resource, whatever it is called.
    pub fn get(&self, id: &ResourceId) -> Option<&Resource> {
        self.entries
            .get(&self.resolve(id))
            .map(|entry| &entry.resource)
    }

    /// Known resources of a kind, in a scope, that something kept hangs on or that are kept by themselves.
    pub fn kept(&self, kind: ResourceKind, scope: &Scope) -> Vec<&Resource> {
        let mut resources = self.kept_anywhere(kind);
        resources.retain(|own| own.account == scope.account && own.region == scope.region);
        resources
    }

    /// As [`Self::kept`], in whatever scope.
    pub fn kept_anywhere(&self, kind: ResourceKind) -> Vec<&Resource> {
        let kept = self
            .reached()
            .kept
            .iter()
            .filter_map(|id| self.entries.get(id));
        kept.map(|entry| &entry.resource)
            .filter(|resource| resource.kind == kind)
            .collect()
    }

    /// Roles of an account, kept or not, whose policies allow to start some task.
    pub fn roles_that_start_tasks(&self, account: &str) -> impl Iterator<Item = &Resource> {
        let starters = self.starters.get_or_init(|| {
            let roles = self.entries.iter().filter(|(_, entry)| {
                let role = &entry.resource;
                role.kind == ResourceKind::IamRole && self.may_start_tasks(role)
            });
            roles.map(|(id, _)| id.clone()).collect()
        });
        let roles = starters.iter().filter_map(|id| self.entries.get(id));
        let roles = roles.map(|entry| &entry.resource);
        roles.filter(move |role| &*role.account == account)
    }

    fn may_start_tasks(&self, role: &Resource) -> bool {
        let Ok(facts) = role.attributes.facts::<kinds::iam_role::IamRole>() else {
            return false;
        };
        let allow = |document: &serde_json::Value| {
            let mut actions = STARTING.iter();
            actions.any(|action| kinds::iam_policy::may_allow(document, action))
        };
        let attached = facts.attached_managed_policies.iter().filter_map(|own| {
            let policy = self.get(&ResourceId::new(&own.policy_arn))?;
            policy
                .attributes
                .facts::<kinds::iam_policy::IamPolicy>()
                .ok()
        });
        let mut inline = facts.role_policy_list.iter();
        inline.any(|own| allow(&own.policy_document))
            || attached.into_iter().any(|own| allow(&own.policy_document))
    }

    /// What links of this relation lead to, as far as it is known.
    pub fn targets_of(&self, relation: crate::Relation) -> BTreeSet<ResourceId> {
        let declared = self.entries.values().flat_map(|entry| &entry.declared);
        declared
            .filter(|declared| declared.relation == relation)
            .map(|declared| self.resolve(&declared.to.id))
            .collect()
    }

    /// Ids of this kind in this scope that something kept names, and nobody has seen yet.
    pub fn unseen(&self, kind: ResourceKind, scope: &Scope) -> Vec<ResourceId> {
        let known = |id: &ResourceId| self.absent.contains(id) || self.unreadable.contains(id);
        let own = |reference: &&Reference| {
            reference.kind == kind && self.scope_of(reference).as_ref() == Some(scope)
        };
        let unseen = self
            .reached()
            .unseen
            .iter()
            .filter(own)
            .map(|reference| &reference.id);
        unseen.filter(|id| !known(id)).cloned().collect()
    }

    /// Ids of this kind in this scope that are known to be there, or were asked for, and could not be read.
    pub fn unread(&self, kind: ResourceKind, scope: &Scope) -> BTreeSet<ResourceId> {
        let own = |id: &&ResourceId| {
            id.arn().is_some_and(|arn| {
                ResourceKind::of_arn(&arn) == Some(kind)
                    && arn.account() == &*scope.account
                    && kind.region_of(&arn) == &*scope.region
            })
        };
        self.unreadable.iter().filter(own).cloned().collect()
    }

    /// True if this scope may have resources of this kind that nobody was allowed to see. In one that is silent there is nothing to
    /// be had.
    pub fn may_hide(&self, kind: ResourceKind, scope: &Scope) -> bool {
        let own = |spot: &BlindSpot| {
            spot.account == scope.account
                && spot.region == scope.region
                && spot.kinds.contains(&kind)
        };
        self.blind_spots().any(own) && !self.is_silent(scope)
    }

    /// What could not be seen so far.
    pub fn blind_spots(&self) -> impl Iterator<Item = &BlindSpot> {
        self.blind_spots.values().map(|(spot, _)| spot)
    }

    /// True if every call in this scope failed, and none because it was not allowed.
    pub fn is_silent(&self, scope: &Scope) -> bool {
        let own = |spot: &&BlindSpot| spot.account == scope.account && spot.region == scope.region;
        let denied = self
            .blind_spots()
            .filter(own)
            .any(|spot| spot.reason == BlindSpotReason::AccessDenied);
        let heard = self.listed.iter().any(|(listed, _)| listed == scope);
        !denied && !heard && self.blind_spots().any(|spot| own(&spot))
    }

    /// True if every resource of this kind in this scope was found.
    pub fn is_listed(&self, kind: ResourceKind, scope: &Scope) -> bool {
        self.listed.contains(&(scope.clone(), kind))
    }

    /// The resource that a reference means: itself, or the one that goes by this name too.
    fn resolve(&self, id: &ResourceId) -> ResourceId {
        if self.entries.contains_key(id) {
            return id.clone();
        }
        if let Some(known) = self.also_named.get(id) {
            return known.clone();
        }
        // Shared subnets and groups are named by those who use them as if they were their own.
        let by_own_id = id
            .arn()
            .filter(|arn| arn.service() == "ec2")
            .and_then(|arn| self.also_named.get(arn.last_part()).cloned());
        by_own_id.unwrap_or_else(|| id.clone())
    }

    /// What stays, and what of it names that nobody has seen: a walk from everything that stays by itself.
    fn reached(&self) -> &Reached {
        self.reached.get_or_init(|| self.walk())
    }

    fn walk(&self) -> Reached {
        let mut kept: BTreeSet<ResourceId> = self
            .entries
            .iter()
            .filter(|(_, entry)| !entry.offered)
            .map(|(id, _)| id.clone())
            .collect();
        let mut unseen: BTreeMap<ResourceId, ResourceKind> = BTreeMap::new();
        for reference in &self.elsewhere.named {
            if !self.is_crawled(reference) {
                continue;
            }
            let target = self.resolve(&reference.id);
            if self.entries.contains_key(&target) {
                kept.insert(target);
            } else {
                unseen.insert(target, reference.kind);
            }
        }
        for reference in &self.elsewhere.guessed {
            let target = self.resolve(&reference.id);
            if self.is_of_kind(&target, reference.kind) {
                kept.insert(target);
            }
        }
        let follow_others = self.entries.iter().filter(|(_, entry)| {
            let mut subjects = entry.follows.iter();
            subjects.any(|subject| self.elsewhere.known.contains(subject))
        });
        kept.extend(follow_others.map(|(id, _)| id.clone()));
        let followers = self.followers();
        let mut waiting: Vec<ResourceId> = kept.iter().cloned().collect();
        while let Some(id) = waiting.pop() {
            for follower in followers.get(&id).into_iter().flatten() {
                if kept.insert((*follower).clone()) {
                    waiting.push((*follower).clone());
                }
            }
            let Some(entry) = self.entries.get(&id) else {
                continue;
            };
            let policies = self.declared_by_policies_of(entry);
            for declared in entry.declared.iter().chain(&policies) {
                let target = self.resolve(&declared.to.id);
                if declared.if_known && !self.is_meant(declared, &target) {
                    continue;
                }
                if self.entries.contains_key(&target) {
                    if kept.insert(target.clone()) {
                        waiting.push(target);
                    }
                } else {
                    unseen.entry(target).or_insert(declared.to.kind);
                }
            }
        }
        let unseen = unseen
            .into_iter()
            .map(|(id, kind)| Reference { kind, id })
            .collect();
        Reached { kept, unseen }
    }

    /// Whether what a reference names lies in a scope of this crawl.
    fn is_crawled(&self, reference: &Reference) -> bool {
        self.scope_of(reference)
            .is_some_and(|scope| self.scopes.contains(&scope))
    }

    /// Whether a name that may be anything's is that of a known resource of the kind that it is to name.
    fn is_meant(&self, declared: &Declared, to: &ResourceId) -> bool {
        self.is_of_kind(to, declared.to.kind)
    }

    fn is_of_kind(&self, id: &ResourceId, kind: ResourceKind) -> bool {
        let known = self.entries.get(id);
        known.is_some_and(|entry| entry.resource.kind == kind)
    }

    /// Who stays if this does.
    fn followers(&self) -> HashMap<ResourceId, Vec<&ResourceId>> {
        let mut followers: HashMap<_, Vec<_>> = HashMap::new();
        for (id, entry) in &self.entries {
            for subject in &entry.follows {
                followers.entry(self.resolve(subject)).or_default().push(id);
            }
        }
        followers
    }

    /// What a role's managed policies name is declared by neither alone: the role has the policies, the policies the names.
    fn declared_by_policies_of(&self, entry: &Entry) -> Vec<Declared> {
        if entry.resource.kind != ResourceKind::IamRole {
            return Vec::new();
        }
        entry
            .declared
            .iter()
            .filter(|declared| declared.relation == crate::Relation::GrantedBy)
            .filter_map(|declared| self.entries.get(&self.resolve(&declared.to.id)))
            .flat_map(|policy| kinds::iam_policy::grants_of(&policy.resource, policy.source))
            .collect()
    }

    /// Resolves everything and ends the crawl.
    pub fn finish(
        mut self,
        id: String,
        taken_at: OffsetDateTime,
        scopes: Vec<ScopeRecord>,
    ) -> Result<Inventory, InventoryError> {
        let Reached { kept, unseen } = self.walk();
        let mut resources = Vec::with_capacity(kept.len() + unseen.len());
        let mut links = Vec::new();
        for id in &kept {
            let Some(entry) = self.entries.get(id) else {
                continue;
            };
            let policies = self.declared_by_policies_of(entry);
            for declared in entry.declared.iter().chain(&policies) {
                let to = self.resolve(&declared.to.id);
                if declared.if_known && !self.is_meant(declared, &to) {
                    continue;
                }
                links.push(NamedLink {
                    from: id.clone(),
                    to,
                    relation: declared.relation,
                    phases: declared.phases,
                    evidence: Evidence {
                        api: declared.api.into(),
                        field: declared.field.as_str().into(),
                        inferred: declared.inferred,
                        observed_at: None,
                    },
                });
            }
        }
        // A group that lets its own members in, a role that may assume itself: no news.
        links.retain(|link| link.from != link.to);
        for reference in unseen {
            resources.push(self.not_seen(&reference, taken_at));
        }
        for id in kept {
            let Some(mut entry) = self.entries.remove(&id) else {
                continue;
            };
            if let Some(tags) = self.tags.remove(&id)
                && entry.resource.tags.is_empty()
            {
                if let Some((_, name)) = tags
                    .iter()
                    .find(|(key, value)| &**key == "Name" && !value.is_empty())
                {
                    entry.resource.name = name.clone();
                }
                entry.resource.tags = tags;
            }
            resources.push(entry.resource);
        }
        let blind_spots =
            std::mem::take(&mut self.blind_spots)
                .into_values()
                .map(|(spot, times)| match times {
                    0 | 1 => spot,
                    _ => BlindSpot {
                        message: format!("{} (and {} more calls like it)", spot.message, times - 1),
                        ..spot
                    },
                });
        let blind_spots = blind_spots.collect();
        let mut inventory = Inventory::new(id, taken_at, scopes, blind_spots, resources, links)?;
        let unnamed = self.entries.into_values().map(|entry| entry.resource);
        inventory.unnamed = unnamed.filter(is_worth_knowing).collect();
        let concluded = computed::links(&inventory);
        inventory.add_links(concluded)?;
        Ok(inventory)
    }

    /// A resource that is only known by name.
    fn not_seen(&self, reference: &Reference, now: OffsetDateTime) -> Resource {
        let arn = reference.id.arn();
        let (account, region) = arn.as_ref().map_or(("", ""), |arn| {
            (arn.account(), reference.kind.region_of(arn))
        });
        Resource {
            id: reference.id.clone(),
            kind: reference.kind,
            name: kinds::name_from_id(reference.kind, &reference.id).into(),
            account: account.into(),
            region: region.into(),
            presence: self.presence_of(reference),
            tags: Tags::default(),
            attributes: Attributes::none(),
            observed_at: now,
        }
    }

    /// Not found, not allowed to look, and not looked are three different things.
    fn presence_of(&self, reference: &Reference) -> Presence {
        if self.absent.contains(&reference.id) {
            return Presence::Missing;
        }
        if self.unreadable.contains(&reference.id) {
            return Presence::Unreadable;
        }
        let Some(scope) = self
            .scope_of(reference)
            .filter(|scope| self.scopes.contains(scope))
        else {
            return Presence::Outside;
        };
        let blind = |spot: &BlindSpot| {
            spot.account == scope.account
                && spot.region == scope.region
                && spot.kinds.contains(&reference.kind)
        };
        if self.listed.contains(&(scope.clone(), reference.kind))
            && !aws_makes_on_first_use(&reference.id)
        {
            Presence::Missing
        } else if self.blind_spots.values().map(|(spot, _)| spot).any(blind) {
            Presence::Unreadable
        } else {
            Presence::Outside
        }
    }

    /// Where a crawl would read what a reference names. What AWS owns, any account can read.
    fn scope_of(&self, reference: &Reference) -> Option<Scope> {
        let arn = reference.id.arn()?;
        if reference.kind.is_global() && arn.account() == "aws" {
            return self
                .scopes
                .iter()
                .find(|scope| &*scope.region == GLOBAL)
                .cloned();
        }
        let region = if reference.kind.is_global() {
            GLOBAL
        } else {
            arn.region()
        };
        (!arn.account().is_empty() && !region.is_empty()).then(|| Scope::new(arn.account(), region))
    }
}

/// Of several that go by one name, the first by id has it, and of what an environment carries the last revision: answers come in
/// any order.
pub(crate) fn name_also(
    names: &mut HashMap<ResourceId, ResourceId>,
    name: ResourceId,
    id: ResourceId,
) {
    let rank = |id: &ResourceId| (id.as_str().len(), id.clone());
    let carried = kinds::environment::is_carried(&name);
    names
        .entry(name)
        .and_modify(|known| {
            let first = if carried {
                rank(&id) > rank(known)
            } else {
                id < *known
            };
            if first {
                known.clone_from(&id);
            }
        })
        .or_insert(id);
}

/// What changes come to name, and what is whole by itself: roles and policies. AWS's own policies are known without.
fn is_worth_knowing(resource: &Resource) -> bool {
    matches!(
        resource.kind,
        ResourceKind::IamRole | ResourceKind::IamPolicy
    ) && &*resource.account != "aws"
}

/// An AWS managed key that nobody used yet is not there, and yet not missing.
fn aws_makes_on_first_use(id: &ResourceId) -> bool {
    id.arn()
        .is_some_and(|arn| arn.resource().starts_with("alias/aws/"))
}

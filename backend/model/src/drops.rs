//! Crawls that saw much less than the one before: how much less, and the old data kept in their place.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    BlindSpot, BlindSpotReason, Inventory, InventoryError, Link, NamedLink, Part, Presence,
    Resource, ResourceId, ResourceIndex, ResourceKind, Scope, inventory::KEPT_WHOLE, merge,
};

/// What stands for the API of a blind spot that is no single call's.
pub const WHOLE_CRAWL: &str = "crawl";

/// A scope of which a crawl read fewer resources than there were in the snapshot before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeDrop {
    #[serde(flatten)]
    pub scope: Scope,
    /// Resources read, in the snapshot before.
    pub before: usize,
    /// Resources that the crawl read.
    pub after: usize,
}

impl ScopeDrop {
    /// How much less it is, of a hundred; rounded down.
    pub fn percent(&self) -> usize {
        let lost = self.before.saturating_sub(self.after);
        lost * 100 / self.before.max(1)
    }
}

/// Why a scope's data is that of an earlier crawl.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptScope {
    /// When the first crawl was taken that saw too little of it; all since did.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Resources that the newest crawl read of it.
    pub found: usize,
    /// Whether AWS answered all that it was asked: what is not there may then be gone.
    pub answered: bool,
    /// APIs that had failed already where the data is from: they hide nothing that it has.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub failed_before: BTreeSet<Arc<str>>,
}

/// Of which scopes fewer resources were read, the largest loss first. Scopes that are gone are among them; of those that were kept,
/// what the newest crawl read counts.
pub fn drops(before: &Inventory, after: &Inventory) -> Vec<ScopeDrop> {
    let (earlier, mut later) = (read(before), read(after));
    for record in &after.scopes {
        if let Some(kept) = &record.kept {
            later.insert(record.scope.clone(), kept.found);
        }
    }
    let scopes = before.scopes.iter().map(|record| &record.scope);
    let mut drops: Vec<ScopeDrop> = scopes
        .map(|scope| ScopeDrop {
            scope: scope.clone(),
            before: earlier.get(scope).copied().unwrap_or_default(),
            after: later.get(scope).copied().unwrap_or_default(),
        })
        .filter(|drop| drop.after < drop.before)
        .collect();
    drops.sort_by_key(|drop| std::cmp::Reverse(drop.before - drop.after));
    drops
}

/// Resources that were read, by scope. What nothing names any more is not lost sight of.
fn read(inventory: &Inventory) -> BTreeMap<Scope, usize> {
    let mut counts = BTreeMap::new();
    for resource in inventory.resources().iter().chain(&inventory.unnamed) {
        if resource.presence == Presence::Live {
            *counts.entry(scope_of(resource)).or_default() += 1;
        }
    }
    counts
}

fn scope_of(resource: &Resource) -> Scope {
    Scope {
        account: resource.account.clone(),
        region: resource.region.clone(),
    }
}

/// `crawled`, with what the snapshot before had of those scopes of which more than `percent` of a hundred is gone. Each is marked, and a
/// blind spot. What AWS did not hide is believed the second time that a crawl does not find it. Only scopes that are `wanted` are
/// looked at: others were not to be crawled.
pub fn keep_dropped(
    before: &Inventory,
    crawled: Inventory,
    wanted: impl Fn(&Scope) -> bool,
    percent: u8,
) -> Result<Inventory, InventoryError> {
    let mut kept = BTreeMap::new();
    for drop in drops(before, &crawled) {
        if !is_too_much(drop.before, drop.after, percent) || !wanted(&drop.scope) {
            continue;
        }
        let record = before.scopes.iter().find(|own| own.scope == drop.scope);
        let earlier = record.and_then(|record| record.kept.as_ref());
        let failed_before = earlier.map_or_else(
            || failed(before, &drop.scope),
            |earlier| earlier.failed_before.clone(),
        );
        let now = KeptScope {
            since: earlier.map_or(crawled.taken_at, |earlier| earlier.since),
            found: drop.after,
            answered: is_answered(before, &crawled, &drop.scope, &failed_before),
            failed_before,
        };
        let believed = now.answered
            && earlier.is_some_and(|earlier| {
                earlier.answered && !is_too_much(earlier.found, now.found, percent)
            });
        if !believed {
            kept.insert(drop.scope.clone(), (now, drop));
        }
    }
    if kept.is_empty() {
        return Ok(crawled);
    }
    let scopes: BTreeSet<Scope> = kept.keys().cloned().collect();
    let mut old = only(before, &scopes, &crawled)?;
    // It does not know of what is newer than it: that is not to be missing.
    old.blind_spots.extend(spots_of_kept(&crawled, &kept));
    let old = Part {
        inventory: old,
        holds: scopes.clone(),
    };
    let own = crawled.scopes.iter().map(|record| record.scope.clone());
    let new = Part {
        holds: own.filter(|scope| !scopes.contains(scope)).collect(),
        inventory: crawled,
    };
    let mut whole = merge(new.inventory.id.clone(), vec![new, old])?;
    for record in &mut whole.scopes {
        record.kept = kept.get(&record.scope).map(|(kept, _)| kept.clone());
    }
    whole.blind_spots.sort();
    whole.blind_spots.dedup();
    Ok(whole)
}

fn is_too_much(before: usize, after: usize, percent: u8) -> bool {
    before.saturating_sub(after) * 100 > before * usize::from(percent)
}

/// Whether nothing that AWS did not tell can hide what is not there: the scope was crawled, or is one no longer, and what failed had failed
/// where the data is from, and hides no more of anything than there.
fn is_answered(
    before: &Inventory,
    crawled: &Inventory,
    scope: &Scope,
    failed_before: &BTreeSet<Arc<str>>,
) -> bool {
    let Some(record) = crawled.scopes.iter().find(|own| own.scope == *scope) else {
        // AWS lists it no more, unless it did not tell which there are.
        return !crawled
            .blind_spots
            .iter()
            .any(|spot| spot.account == scope.account && &*spot.api == "ec2:DescribeRegions");
    };
    let (earlier, now) = (read_by_kind(before, scope), read_by_kind(crawled, scope));
    let shrank = |kind: &ResourceKind| now.get(kind) < earlier.get(kind);
    record.crawled_at.is_some()
        && spots_in(crawled, scope)
            .all(|spot| failed_before.contains(&spot.api) && !spot.kinds.iter().any(shrank))
}

/// Resources that were read in a scope, by kind.
fn read_by_kind(inventory: &Inventory, scope: &Scope) -> BTreeMap<ResourceKind, usize> {
    let mut counts = BTreeMap::new();
    for resource in inventory.resources().iter().chain(&inventory.unnamed) {
        let is_in = (&resource.account, &resource.region) == (&scope.account, &scope.region);
        if is_in && resource.presence == Presence::Live {
            *counts.entry(resource.kind).or_default() += 1;
        }
    }
    counts
}

fn spots_in<'i>(inventory: &'i Inventory, scope: &Scope) -> impl Iterator<Item = &'i BlindSpot> {
    let spots = inventory.blind_spots.iter();
    spots.filter(move |spot| (&spot.account, &spot.region) == (&scope.account, &scope.region))
}

/// APIs that failed in a scope.
fn failed(inventory: &Inventory, scope: &Scope) -> BTreeSet<Arc<str>> {
    let spots = spots_in(inventory, scope);
    spots.map(|spot| Arc::clone(&spot.api)).collect()
}

/// Without those that let nobody in.
fn scopes_crawled(inventory: &Inventory) -> impl Iterator<Item = &Scope> {
    let crawled = inventory.scopes.iter();
    let crawled = crawled.filter(|record| record.crawled_at.is_some());
    crawled.map(|record| &record.scope)
}

/// What the crawl could not see there, and that its data is old.
fn spots_of_kept(
    crawled: &Inventory,
    kept: &BTreeMap<Scope, (KeptScope, ScopeDrop)>,
) -> Vec<BlindSpot> {
    let of_kept = |spot: &&BlindSpot| {
        let mut scopes = kept.keys();
        scopes.any(|scope| (&spot.account, &spot.region) == (&scope.account, &scope.region))
    };
    let mut spots: Vec<BlindSpot> = crawled
        .blind_spots
        .iter()
        .filter(of_kept)
        .cloned()
        .collect();
    spots.extend(kept.iter().map(|(scope, (_, drop))| {
        let message = format!(
            "the crawl read {} of {} resources: the data of the one before is kept",
            drop.after, drop.before
        );
        stale(scope, message)
    }));
    spots
}

/// All of a scope is old, or not there any more for being old.
pub fn stale(scope: &Scope, message: String) -> BlindSpot {
    let is_global = &*scope.region == crate::GLOBAL;
    let kinds = ResourceKind::ALL.iter().copied();
    BlindSpot {
        account: scope.account.clone(),
        region: scope.region.clone(),
        api: WHOLE_CRAWL.into(),
        reason: BlindSpotReason::Stale,
        message,
        kinds: kinds.filter(|kind| kind.is_global() == is_global).collect(),
    }
}

type Links<'i> = BTreeMap<ResourceIndex, Vec<&'i Link>>;

/// What an earlier snapshot had of these scopes, with what that hangs on elsewhere and what hangs on it, as far as the newer crawl does
/// not know better.
fn only(
    before: &Inventory,
    scopes: &BTreeSet<Scope>,
    crawled: &Inventory,
) -> Result<Inventory, InventoryError> {
    let told: HashSet<ResourceKind> = crawled.unnamed.iter().map(|own| own.kind).collect();
    let unnamed: HashSet<&ResourceId> = crawled.unnamed.iter().map(|own| &own.id).collect();
    let crawled_now: BTreeSet<&Scope> = scopes_crawled(crawled).collect();
    // Of what the crawl keeps all there is, what it does not have is gone.
    let is_gone = |resource: &Resource| {
        crawled_now.contains(&scope_of(resource))
            && crawled.find(resource.id.as_str()).is_none()
            && (KEPT_WHOLE.contains(&resource.kind)
                || told.contains(&resource.kind) && !unnamed.contains(&resource.id))
    };
    let is_kept = |resource: &Resource| scopes.contains(&scope_of(resource));
    // Such as a record that was kept for the balancer that it leads to.
    let is_missed = |resource: &Resource| {
        resource.presence == Presence::Live
            && !is_kept(resource)
            && !is_gone(resource)
            && crawled.find(resource.id.as_str()).is_none()
    };
    let (mut links_from, mut links_to) = (Links::new(), Links::new());
    for link in before.links() {
        links_from.entry(link.from).or_default().push(link);
        links_to.entry(link.to).or_default().push(link);
    }
    // Whoever hangs on it counts for what is kept, and for those alone that hang on that.
    let mut hanging: BTreeSet<ResourceIndex> = BTreeSet::new();
    let kept = before.indices();
    let mut next: Vec<ResourceIndex> = kept.filter(|own| is_kept(before.resource(*own))).collect();
    while let Some(index) = next.pop() {
        if hanging.insert(index) {
            let dependents = links_to.get(&index).into_iter().flatten();
            let dependents = dependents.map(|link| link.from);
            next.extend(dependents.filter(|own| is_missed(before.resource(*own))));
        }
    }
    let mut chosen: BTreeMap<ResourceIndex, Resource> = BTreeMap::new();
    let mut links = Vec::new();
    next.extend(hanging);
    while let Some(index) = next.pop() {
        if chosen.contains_key(&index) {
            continue;
        }
        let mut resource = before.resource(index).clone();
        if !is_kept(&resource) && is_gone(&resource) {
            resource.presence = Presence::Outside;
        }
        if resource.presence == Presence::Live {
            for link in links_from.get(&index).into_iter().flatten() {
                next.push(link.to);
                links.push(NamedLink {
                    from: resource.id.clone(),
                    to: before.resource(link.to).id.clone(),
                    relation: link.relation,
                    phases: Some(link.phases),
                    evidence: before.evidence(link).clone(),
                });
            }
        }
        chosen.insert(index, resource);
    }
    let is_of = |account: &str, region: &str| scopes.contains(&Scope::new(account, region));
    let records = before.scopes.iter();
    let records = records.filter(|record| scopes.contains(&record.scope));
    let spots = before
        .blind_spots
        .iter()
        .filter(|spot| spot.reason != BlindSpotReason::Stale && is_of(&spot.account, &spot.region));
    let mut old = Inventory::new(
        before.id.clone(),
        before.taken_at,
        records.cloned().collect(),
        spots.cloned().collect(),
        chosen.into_values().collect(),
        links,
    )?;
    let unnamed = before.unnamed.iter();
    old.unnamed = unnamed
        .filter(|own| is_of(&own.account, &own.region))
        .cloned()
        .collect();
    Ok(old)
}

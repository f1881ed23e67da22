//! How far the graph can be trusted.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use async_graphql::{Object, SimpleObject};
use blastmap_graph::Snapshot;
use blastmap_model::Presence;
use time::OffsetDateTime;

use crate::graphql::{
    enums::{BlindSpotReason, Kind},
    int,
};

/// What was looked at for a snapshot.
pub(crate) struct Coverage {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) problems: Vec<String>,
}

/// An account and a region, as the last crawl left them.
#[derive(SimpleObject)]
struct ScopeCoverage {
    account: String,
    /// Region code, or `global`.
    region: String,
    /// When its crawl ended.
    crawled_at: Option<OffsetDateTime>,
    duration_ms: Option<i32>,
    /// Calls made, retries included.
    api_calls: i32,
    resources: i32,
    /// Of these, how many were not read: others name them only.
    named_only: i32,
    /// Links from its resources.
    links: i32,
    /// Where its data is older than the snapshot, as `crawledAt` tells: why. Null where it is the newest crawl's.
    kept: Option<KeptScope>,
}

/// Why the data of an account and region is an earlier crawl's: later ones lost more of it than `--max-drop` lets go.
#[derive(SimpleObject)]
struct KeptScope {
    /// When the first crawl was taken that saw too little; all since did.
    since: OffsetDateTime,
    /// Resources that the newest crawl read.
    found: i32,
    /// Whether AWS answered all that it was asked. The next crawl that finds no more is then believed; else the old data stays.
    answered: bool,
}

/// An account and a region of which fewer resources were read than in the snapshot before.
#[derive(SimpleObject)]
struct ScopeDrop {
    account: String,
    /// Region code, or `global`.
    region: String,
    /// Resources read, in the snapshot before.
    before: i32,
    /// Resources that this snapshot's crawl read.
    after: i32,
    /// How much less it is, of a hundred; rounded down.
    percent: i32,
    /// Whether the data of the snapshot before is shown instead (`--max-drop`).
    kept: bool,
}

/// Resources of an account and a region that no crawl was to look at.
#[derive(SimpleObject)]
struct ResourcesElsewhere {
    /// Empty where the ARN names none, as those of S3 buckets; `aws` for what AWS owns, such as managed policies.
    account: String,
    /// Region code, or `global`.
    region: String,
    resources: i32,
    /// Of these, how many were not read: others name them only.
    named_only: i32,
}

/// How much of the graph is in one account and region.
#[derive(Default)]
struct Counts {
    resources: usize,
    named_only: usize,
    links: usize,
}

/// A call that failed: the data it would have given is unknown, which is not the same as absent.
#[derive(SimpleObject)]
pub(crate) struct BlindSpot {
    account: String,
    region: String,
    /// The API action that failed, e.g. `ssm:DescribeParameters`.
    api: String,
    reason: BlindSpotReason,
    message: String,
    /// Which kinds are incomplete because of it.
    kinds: Vec<Kind>,
}

impl Coverage {
    /// By account and region.
    fn counts(&self) -> BTreeMap<(&str, &str), Counts> {
        let inventory = self.snapshot.inventory();
        let mut counts: BTreeMap<(&str, &str), Counts> = BTreeMap::new();
        for index in inventory.indices() {
            let resource = inventory.resource(index);
            let own = counts
                .entry((&resource.account, &resource.region))
                .or_default();
            own.resources += 1;
            own.named_only += usize::from(resource.presence != Presence::Live);
            own.links += self.snapshot.topology().dependencies(index).len();
        }
        counts
    }
}

/// How far the graph can be trusted.
#[Object]
impl Coverage {
    /// All resources of the graph: those of the scopes, and those elsewhere.
    async fn resources(&self) -> i32 {
        int(self.snapshot.inventory().resources().len())
    }

    /// Resources in none of the scopes, by account and region, most first: others name them, and they are kept for what hangs on them.
    async fn elsewhere(&self) -> Vec<ResourcesElsewhere> {
        let mut counts = self.counts();
        for record in &self.snapshot.inventory().scopes {
            counts.remove(&(&*record.scope.account, &*record.scope.region));
        }
        let mut elsewhere: Vec<_> = counts.into_iter().collect();
        elsewhere.sort_by_key(|(_, counts)| Reverse(counts.resources));
        let elsewhere = elsewhere.into_iter();
        elsewhere
            .map(|((account, region), counts)| ResourcesElsewhere {
                account: account.to_owned(),
                region: region.to_owned(),
                resources: int(counts.resources),
                named_only: int(counts.named_only),
            })
            .collect()
    }

    /// What the server goes on without: a store that does not keep the snapshots, or one that is too large for `--max-memory`. Each says
    /// what to do.
    async fn problems(&self) -> &[String] {
        &self.problems
    }

    async fn scopes(&self) -> Vec<ScopeCoverage> {
        let counts = self.counts();
        let scopes = self.snapshot.inventory().scopes.iter();
        scopes
            .map(|record| {
                let (account, region) = (&*record.scope.account, &*record.scope.region);
                let own = counts.get(&(account, region));
                let count = |of: fn(&Counts) -> usize| int(own.map_or(0, of));
                ScopeCoverage {
                    account: account.to_owned(),
                    region: region.to_owned(),
                    crawled_at: record.crawled_at,
                    duration_ms: record.duration_ms.map(int),
                    api_calls: int(record.api_calls),
                    resources: count(|own| own.resources),
                    named_only: count(|own| own.named_only),
                    links: count(|own| own.links),
                    kept: record.kept.as_ref().map(|kept| KeptScope {
                        since: kept.since,
                        found: int(kept.found),
                        answered: kept.answered,
                    }),
                }
            })
            .collect()
    }

    /// Where this snapshot's crawl read fewer resources than there were in the snapshot before, the largest loss first.
    async fn drops(&self) -> Vec<ScopeDrop> {
        let inventory = self.snapshot.inventory();
        let drops = inventory.changes.iter().flat_map(|own| &own.drops);
        drops
            .map(|drop| ScopeDrop {
                account: drop.scope.account.to_string(),
                region: drop.scope.region.to_string(),
                before: int(drop.before),
                after: int(drop.after),
                percent: int(drop.percent()),
                kept: inventory
                    .scopes
                    .iter()
                    .any(|record| record.scope == drop.scope && record.kept.is_some()),
            })
            .collect()
    }

    async fn blind_spots(&self) -> Vec<BlindSpot> {
        self.snapshot
            .inventory()
            .blind_spots
            .iter()
            .map(BlindSpot::from)
            .collect()
    }
}

impl From<&blastmap_model::BlindSpot> for BlindSpot {
    fn from(spot: &blastmap_model::BlindSpot) -> Self {
        Self {
            account: spot.account.to_string(),
            region: spot.region.to_string(),
            api: spot.api.to_string(),
            reason: spot.reason.into(),
            message: spot.message.clone(),
            kinds: spot.kinds.iter().copied().map(Kind).collect(),
        }
    }
}

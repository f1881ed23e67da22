//! How far the graph can be trusted.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Object, SimpleObject};
use blastmap_graph::Snapshot;
use time::OffsetDateTime;

use crate::graphql::{
    enums::{BlindSpotReason, Kind},
    int,
};

/// What was looked at for a snapshot.
pub(crate) struct Coverage {
    pub(super) snapshot: Arc<Snapshot>,
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
    /// Links from its resources.
    links: i32,
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

/// How far the graph can be trusted.
#[Object]
impl Coverage {
    async fn scopes(&self) -> Vec<ScopeCoverage> {
        let inventory = self.snapshot.inventory();
        let mut counts: HashMap<(&str, &str), (usize, usize)> = HashMap::new();
        for index in inventory.indices() {
            let resource = inventory.resource(index);
            let count = counts
                .entry((&resource.account, &resource.region))
                .or_default();
            count.0 += 1;
            count.1 += self.snapshot.topology().dependencies(index).len();
        }
        let scopes = inventory.scopes.iter();
        scopes
            .map(|record| {
                let (account, region) = (&*record.scope.account, &*record.scope.region);
                let (resources, links) =
                    counts.get(&(account, region)).copied().unwrap_or_default();
                ScopeCoverage {
                    account: account.to_owned(),
                    region: region.to_owned(),
                    crawled_at: record.crawled_at,
                    duration_ms: record.duration_ms.map(int),
                    api_calls: int(record.api_calls),
                    resources: int(resources),
                    links: int(links),
                }
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

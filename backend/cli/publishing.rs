//! Puts snapshots before the readers, if they fit into memory, and says what the server goes on without.

use std::sync::Arc;

use anyhow::Context as _;
use blastmap_api::{Snapshots, Trouble};
use blastmap_graph::Snapshot;
use blastmap_model::Inventory;
use tracing::Span;

use crate::memory::Limit;

/// S3's answers may be long; the log has the rest.
const LONGEST: usize = 500;

/// Publishes what was crawled or read.
#[derive(Clone)]
pub(crate) struct Publisher {
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) owner_keys: Vec<String>,
    pub(crate) limit: Limit,
}

impl Publisher {
    pub(crate) fn latest(&self) -> Option<Arc<Snapshot>> {
        self.snapshots.latest()
    }

    /// Readers see this snapshot from now on; one that does not fit is refused, and the one before stays.
    pub(crate) async fn publish(&self, inventory: Inventory) -> anyhow::Result<()> {
        let (resources, links) = (inventory.resources().len(), inventory.links().len());
        if let Err(why) = self.limit.fits(resources, links) {
            self.refuse(&format!("snapshot {} is not shown: it {why}", inventory.id));
            return Ok(());
        }
        let (snapshots, owner_keys) = (Arc::clone(&self.snapshots), self.owner_keys.clone());
        // What is said on the way belongs to the crawl that it came from.
        let span = Span::current();
        let publishing = move || {
            span.in_scope(|| drop(snapshots.publish(Snapshot::new(inventory, owner_keys))));
        };
        tokio::task::spawn_blocking(publishing)
            .await
            .context("cannot build the graph")?;
        self.snapshots.no_trouble(Trouble::Memory);
        Ok(())
    }

    /// A snapshot that does not fit.
    pub(crate) fn refuse(&self, what: &str) {
        tracing::error!("Keeping the data as it is: {what}");
        self.snapshots.trouble(Trouble::Memory, what.to_owned());
    }

    pub(crate) fn store_fails(&self, what: &str) {
        let what = what.chars().take(LONGEST).collect();
        self.snapshots.trouble(Trouble::Store, what);
    }

    pub(crate) fn store_works(&self) {
        self.snapshots.no_trouble(Trouble::Store);
    }
}

//! `--max-memory`: which snapshots fit.

use blastmap_model::memory;

/// The most memory that the server should use; none: whatever there is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limit(pub(crate) Option<u64>);

impl Limit {
    /// Whether a snapshot of so many resources and links can be shown; else why not. The one before it stays until it is ready: there is
    /// room for two.
    pub(crate) fn fits(self, resources: usize, links: usize) -> Result<(), String> {
        memory::check(self.0, resources, links)
    }
}

#![doc = include_str!("../README.md")]

mod diff;
#[cfg(test)]
mod drawing;
mod estate;
mod filter;
mod harm;
mod numbered;
#[cfg(test)]
mod oracle;
mod overlay;
mod paths;
mod radius;
mod reach;
pub mod render;
mod search;
mod snapshot;
mod topology;
mod way;

pub use diff::{
    AttributeDifference, Differences, KindDifferences, LinkDifferences, attribute_differences,
    count_changes, same_but_for_time,
};
pub use estate::{EstateGroup, GroupBy, GroupName, estate, estate_changed};
pub use filter::{Filter, filter};
pub use overlay::{Overlay, Tie};
pub use paths::paths;
pub use radius::{
    BlastNode, BlastRadius, Direction, Fold, FoldedLink, FoldedNode, FoldedRadius, RadiusQuery,
    blast_radius, folded_radius,
};
pub use reach::reach;
pub use search::{named, nearest_ids, search};
pub use snapshot::Snapshot;
pub use topology::{LinkIndex, Topology};
pub use way::way_of_harm;

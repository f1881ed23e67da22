#![doc = include_str!("../README.md")]

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

pub use estate::{EstateGroup, GroupBy, GroupName, estate};
pub use filter::{Filter, filter};
pub use overlay::{Overlay, Tie};
pub use paths::paths;
pub use radius::{BlastNode, BlastRadius, Direction, RadiusQuery, blast_radius};
pub use reach::reach;
pub use search::{named, nearest_ids, search};
pub use snapshot::Snapshot;
pub use topology::{LinkIndex, Topology};

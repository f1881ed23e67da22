//! The GraphQL types: views on a snapshot, each holding the snapshot it was made from.

mod assessment;
mod connection;
mod coverage;
mod diff;
mod enums;
mod estate;
mod filter;
mod finding;
mod link;
pub(crate) mod mutation;
mod pinned;
pub(crate) mod query;
mod radius;
mod resource;
mod review;
mod schema;
mod snapshot;
pub(crate) mod subscription;

pub(crate) use query::COSTS;
pub use schema::schema_text;
pub(crate) use schema::{BlastmapSchema, schema};

/// A count as GraphQL has it: more than 2,147,483,647 is told as that.
fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

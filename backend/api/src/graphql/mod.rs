//! The GraphQL types: views on a snapshot, each holding the snapshot it was made from.
#![expect(
    clippy::unused_async,
    reason = "resolvers are async, whether they wait or not"
)]

mod assessment;
mod connection;
mod coverage;
mod diff;
mod enums;
mod estate;
mod filter;
mod finding;
mod history;
mod link;
mod mutation;
mod pinned;
mod query;
mod radius;
mod resource;
mod review;
mod schema;
mod snapshot;
mod subscription;

pub(crate) use query::COSTS;
pub use schema::schema_text;
pub(crate) use schema::{BlastmapSchema, registry, schema};

/// A count as GraphQL has it: more than 2,147,483,647 is told as that.
fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

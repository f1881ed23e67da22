//! Who takes how much of what all share: requests, queries that run, connections, bytes in memory.

mod buckets;
mod rates;
mod shares;
mod turns;
mod who;

pub(crate) use buckets::{Buckets, Limit};
pub(crate) use rates::{Rates, points_of};
pub(crate) use shares::{Full, Share, Shares};
pub(crate) use turns::{Refused, Turn, Turns};
pub(crate) use who::{Who, network};

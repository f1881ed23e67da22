//! Answers: does what a task needs still hold, before and after a change? Pure: no I/O, no clock, no async; equal input gives equal output.

#[doc(hidden)]
pub mod estate;
pub mod fargate;
pub mod iam;
pub mod launch;
pub mod needs;
pub mod network;
pub mod refusals;
pub mod verdict;

pub use launch::{Host, Launch, Seat};
pub use needs::{Need, Subject};
pub use refusals::Refusal;
pub use verdict::{Answer, Reason, Share, Verdict};

//! Answers: does what a task needs still hold, before and after a change? Pure: no I/O, no clock, no async; equal input gives equal output.

pub mod assess;
mod breaker;
#[doc(hidden)]
pub mod estate;
pub mod fargate;
pub mod findings;
pub mod iam;
mod kept;
pub mod launch;
mod lifecycle_policy;
mod marks;
pub mod needs;
pub mod network;
pub mod refusals;
pub mod report;
pub mod risks;
mod room;
pub mod verdict;
mod words;

pub use assess::{Assessment, Excerpt, Impact, Outcome, assess};
pub use breaker::{Breaker, circuit_breaker};
pub use findings::Finding;
pub use kept::{Review, ReviewCounts, ReviewError, ReviewSummary};
pub use launch::{Host, Launch, Seat};
pub use marks::{Mark, MarksError, RiskMark, marks_from_bytes, marks_to_bytes};
pub use needs::{Need, Subject};
pub use refusals::Refusal;
pub use risks::{Level, Risk};
pub use verdict::{Answer, Reason, Share, Verdict};

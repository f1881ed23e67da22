//! Reads an ECS estate from AWS, and never writes.
//!
//! The only crate that names an AWS SDK. It gives facts to `blastmap-model` and knows nothing of graphs.

mod access;
mod accounts;
mod clients;
mod collect;
mod crawl;
mod demo;
mod error;
mod outcomes;
mod pages;
mod permissions;
mod policy;
mod regions;
mod retry;
mod session;
mod wire;

pub use access::{Access, Keys};
pub use clients::CallCounts;
pub use crawl::{Crawled, Crawler, Progress};
pub use demo::demo;
pub use error::{CallError, CrawlError};
pub use outcomes::{OutcomeCounts, Outcomes};
pub use permissions::{Reach, actions, actions_of, policy_json, policy_terraform};
pub use session::{DEADLINE, Origin, Settings};
pub use wire::{Recording, RecordingError};

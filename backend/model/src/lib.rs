//! Facts of an AWS estate: resources, the links between them, the evidence of each link, and what could not be seen.
//!
//! No I/O but the snapshot file's bytes, no clock, no async: equal input gives equal output, and results come out sorted.

mod arn;
mod blind_spot;
mod builder;
pub mod computed;
mod drops;
mod edits;
mod evidence;
mod found;
mod host_name;
mod inventory;
mod kind;
pub mod kinds;
mod links;
pub mod memory;
mod merge;
mod phase;
mod policy_conditions;
pub mod record;
pub mod redact;
mod relation;
mod resource;
mod scope;

pub use arn::{Arn, ArnError, ResourceId};
pub use blind_spot::{BlindSpot, BlindSpotReason};
pub use builder::InventoryBuilder;
pub use drops::{KeptScope, ScopeDrop, WHOLE_CRAWL, drops, keep_dropped, stale};
pub use edits::{After, Edits, Planned};
pub use evidence::{Evidence, Source};
pub use found::Found;
pub use host_name::{host_name_id, is_host_name, plain_host_name};
pub use inventory::{Inventory, InventoryError, Link, NamedLink, ResourceIndex, SnapshotChanges};
pub use kind::ResourceKind;
pub use links::{Declared, Links, Reference};
pub use merge::{Elsewhere, Part, merge};
pub use phase::{Phase, Phases};
pub use policy_conditions::redact_policy_conditions;
pub use redact::{Redactor, hide_credentials, is_fingerprint};
pub use relation::{Cardinality, End, Harm, Relation, Share};
pub use resource::{Attributes, Presence, Resource, Tags};
pub use scope::{GLOBAL, Scope, ScopeRecord};

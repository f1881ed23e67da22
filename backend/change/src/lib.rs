//! What is proposed: plans, change sets and task definitions, read as patched facts. Pure: no I/O, no clock, no async.
//!
//! A reader gives two things: the changes as a person reads them, and their net effect on facts ([`Edits`]), which is all that the
//! judgement sees. Values that are or may be secret are fingerprints or gone before either is made.

mod birth;
mod cloudformation;
pub mod containers;
mod deletion;
mod detect;
mod error;
mod mapped;
mod network_acl;
mod patch;
mod policies;
mod redaction;
pub mod resources;
#[cfg(test)]
mod sample;
mod service;
mod shape;
mod task_definition;
pub mod terraform;
mod workbench;

pub use detect::{check, read, read_mapped};
pub use error::ChangeError;
pub use workbench::{Lookup, New, Place, Workbench};

use blastmap_model::{Edits, ResourceId, ResourceKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change as it was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// In the order of the input.
    pub changes: Vec<Change>,
    pub edits: Edits,
    /// What a reader of the result must know of the input as a whole: that pages of it are missing.
    pub notes: Vec<String>,
}

/// What the input says of one resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// As the input names it: the Terraform address, the logical id, the resource's id.
    pub address: String,
    /// As the input names it: `aws_iam_role_policy`, `AWS::IAM::Policy`; empty where it does not say.
    pub type_name: String,
    pub action: Action,
    pub matched: Match,
    /// The resource of the graph that it touches, live or `planned:<address>`; a change to an inline policy touches its role.
    pub resource: Option<ResourceId>,
    pub kind: Option<ResourceKind>,
    /// What changes, by the input's own attribute names, sorted. Secrets are not in it.
    pub attributes: Vec<AttributeChange>,
    /// What of it is not judged, and why.
    #[serde(default)]
    pub problems: Vec<String>,
    /// A reviewer said which resource it is; the input alone led to none.
    #[serde(default)]
    pub mapped: bool,
    /// Of a replacement: the old one is deleted before the new one is made, and before what uses it is changed.
    #[serde(default)]
    pub deletes_first: bool,
}

impl Change {
    /// True for what Terraform keeps for itself or makes on the machine that it runs on: nothing of it is AWS's.
    pub fn is_outside_aws(&self) -> bool {
        const OWN: [&str; 2] = ["terraform_data", "null_resource"];
        const BEGINNINGS: [&str; 4] = ["random_", "time_", "local_", "tls_"];
        let name = self.type_name.as_str();
        OWN.contains(&name) || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
    }
}

/// What is to be done with a resource.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    Create,
    Update,
    Replace,
    Delete,
    #[default]
    NoOp,
    Read,
    /// No longer managed; it stays as it is.
    Forget,
}

impl Action {
    /// The name in the API: `NO_OP`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Replace => "REPLACE",
            Self::Delete => "DELETE",
            Self::NoOp => "NO_OP",
            Self::Read => "READ",
            Self::Forget => "FORGET",
        }
    }

    /// True where something becomes other than it was.
    pub fn changes_something(self) -> bool {
        matches!(
            self,
            Self::Create | Self::Update | Self::Replace | Self::Delete
        )
    }
}

/// How a change was tied to the graph.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Match {
    Matched,
    /// The change makes it.
    Created,
    /// Nothing in the graph goes by its ARN, id or name.
    #[default]
    NotFound,
    /// Not a type that blastmap judges.
    UnsupportedType,
    /// Several resources go by its name.
    Ambiguous,
}

impl Match {
    /// The name in the API: `NOT_FOUND`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Matched => "MATCHED",
            Self::Created => "CREATED",
            Self::NotFound => "NOT_FOUND",
            Self::UnsupportedType => "UNSUPPORTED_TYPE",
            Self::Ambiguous => "AMBIGUOUS",
        }
    }
}

/// One attribute that changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AttributeChange {
    pub name: String,
    /// None: not set, or sensitive.
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// True where the new value is known only after apply.
    pub unknown: bool,
    pub sensitive: bool,
}

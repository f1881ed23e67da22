//! A resource: a node of the graph.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::{Arn, ResourceId, ResourceKind};

/// Whether a resource was seen. Not found, not allowed to look and not looked are three different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Presence {
    /// Read from AWS in the last crawl.
    Live,
    /// Named by another resource, and AWS says that it does not exist.
    Missing,
    /// Named by another resource, and could not be read: see the blind spots.
    Unreadable,
    /// Named by another resource, in an account or region, or of a kind, that is not crawled.
    Outside,
    /// Created by the change under review.
    Planned,
    /// Not read from AWS: the plan under review says that it is there, and leaves it as it is.
    Stated,
}

impl Presence {
    /// The name in the API: `LIVE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Missing => "MISSING",
            Self::Unreadable => "UNREADABLE",
            Self::Outside => "OUTSIDE",
            Self::Planned => "PLANNED",
            Self::Stated => "STATED",
        }
    }
}

/// Tags, sorted by key.
pub type Tags = Box<[(Arc<str>, Arc<str>)]>;

/// What AWS reported of a resource, in AWS's own field names, secrets redacted: a JSON object kept as text.
#[derive(Clone)]
pub struct Attributes(Arc<RawValue>);

impl Attributes {
    /// `{}`.
    pub fn none() -> Self {
        Self::from_value(&serde_json::Value::Object(serde_json::Map::new()))
    }

    pub fn from_value(value: &serde_json::Value) -> Self {
        let raw = serde_json::value::to_raw_value(value).expect("a JSON value always serialises");
        Self(raw.into())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// The facts of a kind. Fails where a snapshot file written by others has another shape.
    pub fn facts<F: DeserializeOwned>(&self) -> Result<F, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }
}

impl From<Box<RawValue>> for Attributes {
    fn from(raw: Box<RawValue>) -> Self {
        Self(raw.into())
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Anything in AWS that a task depends on, or that depends on a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub id: ResourceId,
    pub kind: ResourceKind,
    /// What a person calls it: the `Name` tag, or AWS's name for it.
    pub name: Arc<str>,
    /// Twelve-digit account id; `aws` for what AWS owns; empty where it is not known.
    pub account: Arc<str>,
    /// Region code, or `global`.
    pub region: Arc<str>,
    pub presence: Presence,
    pub tags: Tags,
    pub attributes: Attributes,
    /// When it was last read, or last looked for.
    pub observed_at: OffsetDateTime,
}

impl Resource {
    /// The ARN that its facts speak from: its own, or, where AWS gives it none, one that stands in for it.
    pub fn own_arn(&self) -> Option<Arn> {
        let own = self.id.arn();
        if own.is_some() || self.kind != ResourceKind::EfsMountTarget {
            return own;
        }
        let partition = crate::arn::partition_of(&self.region);
        let resource = format!("mount-target/{}", self.id);
        let service = "elasticfilesystem";
        Arn::new(partition, service, &self.region, &self.account, &resource).ok()
    }

    /// The value of a tag; keys are compared exactly.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags
            .iter()
            .find(|(own, _)| &**own == key)
            .map(|(_, value)| &**value)
    }

    /// The value of the first of `keys` that is set; keys are compared without regard to case.
    pub fn owner(&self, keys: &[String]) -> Option<&str> {
        keys.iter().find_map(|key| {
            self.tags
                .iter()
                .find(|(own, value)| own.eq_ignore_ascii_case(key) && !value.is_empty())
                .map(|(_, value)| &**value)
        })
    }
}

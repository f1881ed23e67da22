//! KMS keys and the ways to name one.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>

use serde::{Deserialize, Serialize};

use super::{Facts, resource_policy::ResourcePolicy};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KmsKey {
    pub arn: String,
    pub key_id: String,
    /// `alias/...` names, sorted.
    pub aliases: Vec<String>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, ...
    pub key_state: Option<String>,
    pub enabled: Option<bool>,
    /// `AWS` or `CUSTOMER`.
    pub key_manager: Option<String>,
    pub key_usage: Option<String>,
    pub key_spec: Option<String>,
    pub origin: Option<String>,
    pub multi_region: Option<bool>,
    pub description: Option<String>,
    pub deletion_date: Option<String>,
    /// The key policy. None: not asked for (AWS managed keys), or not readable.
    pub policy: Option<ResourcePolicy>,
}

impl Facts for KmsKey {
    const KIND: ResourceKind = ResourceKind::KmsKey;

    fn name(&self) -> Option<String> {
        self.aliases.first().cloned()
    }

    fn links(&self, links: &mut Links<'_>) {
        for alias in &self.aliases {
            if let Ok(alias) = links.own().sibling("kms", alias) {
                links.also_named(alias.into());
            }
        }
    }
}

/// Links to a key named by ARN, by alias ARN, by `alias/NAME` or by its bare id.
pub(super) fn link(key: &str, field: impl Into<String>, links: &mut Links<'_>) {
    if let Some(arn) = of_name(key, links.own()) {
        links.id(Relation::EncryptedBy, ResourceKind::KmsKey, arn.into(), field);
    }
}

/// The ARN of a key or an alias, named in any of AWS's ways by a resource of the same account and region.
pub fn of_name(key: &str, own: &Arn) -> Option<Arn> {
    if key.starts_with("arn:") {
        return Arn::parse(key).ok().filter(|arn| arn.service() == "kms");
    }
    if key.is_empty() {
        return None;
    }
    let resource = if key.starts_with("alias/") { key.to_owned() } else { format!("key/{key}") };
    own.sibling("kms", &resource).ok()
}

//! EFS file systems that task definitions mount.
//!
//! <https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html>

use serde::{Deserialize, Serialize};

use super::{Facts, kms_key, resource_policy::ResourcePolicy};
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EfsFileSystem {
    pub file_system_id: String,
    pub file_system_arn: String,
    pub owner_id: Option<String>,
    /// The value of its `Name` tag.
    pub name: Option<String>,
    /// `available`, `creating`, `updating`, `deleting`, `deleted` or `error`.
    pub life_cycle_state: Option<String>,
    pub encrypted: Option<bool>,
    pub kms_key_id: Option<String>,
    pub number_of_mount_targets: Option<i32>,
    /// Set where it lies in one zone only.
    pub availability_zone_name: Option<String>,
    pub availability_zone_id: Option<String>,
    /// None: not asked for, or not readable. Without a policy of its own, whoever reaches a mount target may mount it.
    pub file_system_policy: Option<ResourcePolicy>,
}

impl Facts for EfsFileSystem {
    const KIND: ResourceKind = ResourceKind::EfsFileSystem;

    fn name(&self) -> Option<String> {
        self.name.clone().filter(|name| !name.is_empty())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(key) = &self.kms_key_id {
            kms_key::link(key, "KmsKeyId", links);
        }
    }
}

/// Declares a link of `relation` to a file system of the same account and region.
pub(super) fn link(relation: crate::Relation, file_system: &str, field: impl Into<String>, links: &mut Links<'_>) {
    if !file_system.is_empty() {
        links.sibling(relation, ResourceKind::EfsFileSystem, "elasticfilesystem", &format!("file-system/{file_system}"), field);
    }
}

//! Access points: ways into an EFS file system, each with a user and a root directory of its own.
//!
//! <https://docs.aws.amazon.com/efs/latest/ug/API_AccessPointDescription.html>

use serde::{Deserialize, Serialize};

use super::{Facts, efs_file_system};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EfsAccessPoint {
    pub access_point_id: String,
    pub access_point_arn: String,
    pub file_system_id: String,
    pub owner_id: Option<String>,
    /// The value of its `Name` tag.
    pub name: Option<String>,
    /// `available`, `creating`, `updating`, `deleting`, `deleted` or `error`.
    pub life_cycle_state: Option<String>,
    pub posix_user: Option<PosixUser>,
    pub root_directory: Option<RootDirectory>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PosixUser {
    pub uid: i64,
    pub gid: i64,
    pub secondary_gids: Vec<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RootDirectory {
    /// `/` where AWS names none.
    pub path: Option<String>,
    /// How EFS makes the directory if it is not there; without it, such a mount fails.
    pub creation_info: Option<CreationInfo>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreationInfo {
    pub owner_uid: i64,
    pub owner_gid: i64,
    pub permissions: String,
}

impl Facts for EfsAccessPoint {
    const KIND: ResourceKind = ResourceKind::EfsAccessPoint;

    fn name(&self) -> Option<String> {
        self.name.clone().filter(|name| !name.is_empty())
    }

    fn links(&self, links: &mut Links<'_>) {
        efs_file_system::link(Relation::PartOf, &self.file_system_id, "FileSystemId", links);
    }
}

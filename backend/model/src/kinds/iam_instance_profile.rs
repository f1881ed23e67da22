//! Instance profiles: how an EC2 instance gets its role.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IamInstanceProfile {
    pub arn: String,
    pub instance_profile_name: String,
    pub path: Option<String>,
    /// At most one.
    pub roles: Vec<RoleOfProfile>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RoleOfProfile {
    pub arn: String,
    pub role_name: String,
}

impl Facts for IamInstanceProfile {
    const KIND: ResourceKind = ResourceKind::IamInstanceProfile;

    fn name(&self) -> Option<String> {
        (!self.instance_profile_name.is_empty()).then(|| self.instance_profile_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        for (index, role) in self.roles.iter().enumerate() {
            links.arn(Relation::Assumes, ResourceKind::IamRole, &role.arn, at("Roles", index, "Arn"));
        }
    }
}

//! Roles, with their trust policy, inline policies, attached policies and boundary.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleDetail.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facts, iam_policy::grant_links};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IamRole {
    pub role_name: String,
    pub arn: String,
    pub path: Option<String>,
    pub role_id: Option<String>,
    /// Who may assume it.
    pub assume_role_policy_document: Value,
    /// Inline policies, sorted by name.
    pub role_policy_list: Vec<InlinePolicy>,
    /// Sorted by ARN.
    pub attached_managed_policies: Vec<AttachedPolicy>,
    pub permissions_boundary: Option<PermissionsBoundary>,
    pub create_date: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InlinePolicy {
    pub policy_name: String,
    pub policy_document: Value,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AttachedPolicy {
    pub policy_name: String,
    pub policy_arn: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PermissionsBoundary {
    pub permissions_boundary_type: Option<String>,
    pub permissions_boundary_arn: String,
}

impl Facts for IamRole {
    const KIND: ResourceKind = ResourceKind::IamRole;

    fn name(&self) -> Option<String> {
        (!self.role_name.is_empty()).then(|| self.role_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        // Whoever names a role by its name alone leaves out its path.
        let own = links.own();
        if let Ok(by_name) = Arn::new(own.partition(), "iam", "", own.account(), &format!("role/{}", self.role_name)) {
            links.also_named(by_name.into());
        }
        for (index, policy) in self.attached_managed_policies.iter().enumerate() {
            let field = format!("AttachedManagedPolicies[{index}].PolicyArn");
            links.arn(Relation::GrantedBy, ResourceKind::IamPolicy, &policy.policy_arn, field);
        }
        if let Some(boundary) = &self.permissions_boundary {
            let field = "PermissionsBoundary.PermissionsBoundaryArn";
            links.arn(Relation::BoundedBy, ResourceKind::IamPolicy, &boundary.permissions_boundary_arn, field);
        }
        for (index, policy) in self.role_policy_list.iter().enumerate() {
            grant_links(&policy.policy_document, &format!("RolePolicyList[{index}].PolicyDocument"), links);
        }
    }
}

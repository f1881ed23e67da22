//! Network ACLs: what packets of subnets may pass.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html>

use serde::{Deserialize, Serialize};

use super::{Facts, subnet::NetworkAclEntry};
use crate::{Links, Relation, ResourceKind};

/// The same entries stand in the facts of each of its subnets, by which changes are judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NetworkAcl {
    pub network_acl_id: String,
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    pub is_default: Option<bool>,
    /// Sorted by direction and number: of each direction, the first that fits decides.
    pub entries: Vec<NetworkAclEntry>,
}

impl Facts for NetworkAcl {
    const KIND: ResourceKind = ResourceKind::NetworkAcl;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        super::subnet::known_by_id(&self.network_acl_id, links);
    }
}

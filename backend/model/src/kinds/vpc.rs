//! VPCs.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Vpc {
    pub vpc_id: String,
    pub owner_id: Option<String>,
    pub state: Option<String>,
    pub cidr_block: Option<String>,
    pub cidr_blocks: Vec<String>,
    pub ipv6_cidr_blocks: Vec<String>,
    pub is_default: Option<bool>,
    pub dhcp_options_id: Option<String>,
}

impl Facts for Vpc {
    const KIND: ResourceKind = ResourceKind::Vpc;

    fn links(&self, links: &mut Links<'_>) {
        super::subnet::known_by_id(&self.vpc_id, links);
    }
}

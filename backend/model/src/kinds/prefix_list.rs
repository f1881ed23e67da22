//! Prefix lists: addresses that routes and rules of security groups name together.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrefixList {
    pub prefix_list_id: String,
    /// `com.amazonaws.eu-central-1.s3`, or a customer's own name.
    pub prefix_list_name: String,
    /// `AWS`, or an account.
    pub owner_id: Option<String>,
    pub state: Option<String>,
    /// `IPv4` or `IPv6`.
    pub address_family: Option<String>,
    /// Grows with each change of its entries.
    pub version: Option<i64>,
}

impl Facts for PrefixList {
    const KIND: ResourceKind = ResourceKind::PrefixList;

    fn name(&self) -> Option<String> {
        Some(self.prefix_list_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        super::subnet::known_by_id(&self.prefix_list_id, links);
    }
}

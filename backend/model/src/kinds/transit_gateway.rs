//! Transit gateways that routes lead to.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGateway.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitGateway {
    pub transit_gateway_id: String,
    /// Another account's, where it is shared.
    pub owner_id: Option<String>,
    pub state: Option<String>,
}

impl Facts for TransitGateway {
    const KIND: ResourceKind = ResourceKind::TransitGateway;

    fn links(&self, links: &mut Links<'_>) {
        super::subnet::known_by_id(&self.transit_gateway_id, links);
    }
}

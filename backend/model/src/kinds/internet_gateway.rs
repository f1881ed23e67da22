//! Internet gateways.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InternetGateway {
    pub internet_gateway_id: String,
    pub owner_id: Option<String>,
    pub attachments: Vec<GatewayAttachment>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GatewayAttachment {
    pub vpc_id: Option<String>,
    pub state: Option<String>,
}

impl Facts for InternetGateway {
    const KIND: ResourceKind = ResourceKind::InternetGateway;

    fn links(&self, links: &mut Links<'_>) {
        for (index, attachment) in self.attachments.iter().enumerate() {
            if let Some(vpc) = &attachment.vpc_id {
                links.ec2(Relation::AttachedTo, ResourceKind::Vpc, vpc, at("Attachments", index, "VpcId"));
            }
        }
        super::subnet::known_by_id(&self.internet_gateway_id, links);
    }
}

//! VPC links, by which API Gateway's HTTP APIs reach listeners and Cloud Map services.
//!
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiGatewayVpcLink {
    pub vpc_link_id: String,
    pub name: String,
    /// `AVAILABLE`, `PENDING`, `DELETING`, `FAILED` or `INACTIVE`.
    pub vpc_link_status: Option<String>,
    pub security_group_ids: Vec<String>,
    pub subnet_ids: Vec<String>,
    /// The integrations of any API that go through it, sorted.
    pub integrations: Vec<Integration>,
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Integration {
    pub api_id: String,
    pub integration_id: String,
    /// The ARN of a listener or of a Cloud Map service.
    pub integration_uri: String,
}

impl Integration {
    /// The kind of what it sends requests to; none where that is neither a listener nor a Cloud Map service.
    pub fn target(&self) -> Option<(Arn, ResourceKind)> {
        let arn = Arn::parse(&self.integration_uri).ok()?;
        let kind = ResourceKind::of_arn(&arn)?;
        matches!(kind, ResourceKind::Listener | ResourceKind::CloudMapService).then_some((arn, kind))
    }
}

impl Facts for ApiGatewayVpcLink {
    const KIND: ResourceKind = ResourceKind::ApiGatewayVpcLink;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        for (index, integration) in self.integrations.iter().enumerate() {
            if let Some((target, kind)) = integration.target() {
                links.if_known(Relation::Fronts, kind, target.into(), at("integrations", index, "integrationUri"));
            }
        }
        for (index, subnet) in self.subnet_ids.iter().enumerate() {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, at("subnetIds", index, ""));
        }
        for (index, group) in self.security_group_ids.iter().enumerate() {
            links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("securityGroupIds", index, ""));
        }
    }
}

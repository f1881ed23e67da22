//! VPC endpoints.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpcEndpoint {
    pub vpc_endpoint_id: String,
    /// `Interface`, `Gateway`, `GatewayLoadBalancer`, ...
    pub vpc_endpoint_type: Option<String>,
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    /// `com.amazonaws.eu-west-1.ecr.api`.
    pub service_name: Option<String>,
    pub service_region: Option<String>,
    pub state: Option<String>,
    /// Who may do what through it.
    pub policy_document: Value,
    pub route_table_ids: Vec<String>,
    pub subnet_ids: Vec<String>,
    pub groups: Vec<EndpointGroup>,
    pub ip_address_type: Option<String>,
    pub private_dns_enabled: Option<bool>,
    pub network_interface_ids: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EndpointGroup {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
}

impl VpcEndpoint {
    pub fn is_interface(&self) -> bool {
        self.vpc_endpoint_type.as_deref() == Some("Interface")
    }

    /// True once it carries traffic. AWS writes the state with a small or a capital letter.
    pub fn is_available(&self) -> bool {
        self.state.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("available"))
    }
}

impl Facts for VpcEndpoint {
    const KIND: ResourceKind = ResourceKind::VpcEndpoint;

    fn name(&self) -> Option<String> {
        let service = self.service_name.as_deref()?;
        let short = service.strip_prefix("com.amazonaws.").and_then(|rest| rest.split_once('.')).map_or(service, |(_, short)| short);
        Some(format!("{short} ({})", self.vpc_endpoint_id))
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        for (index, subnet) in self.subnet_ids.iter().enumerate() {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, at("SubnetIds", index, ""));
        }
        for (index, group) in self.groups.iter().enumerate() {
            if let Some(group) = &group.group_id {
                links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("Groups", index, "GroupId"));
            }
        }
        super::subnet::known_by_id(&self.vpc_endpoint_id, links);
    }
}

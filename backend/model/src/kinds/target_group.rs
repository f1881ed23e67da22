//! Target groups and the health of what is registered in them.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TargetGroup {
    pub target_group_arn: String,
    pub target_group_name: String,
    pub protocol: Option<String>,
    pub port: Option<i32>,
    pub vpc_id: Option<String>,
    /// `instance`, `ip`, `lambda` or `alb`.
    pub target_type: Option<String>,
    pub protocol_version: Option<String>,
    pub ip_address_type: Option<String>,
    pub health_check_enabled: Option<bool>,
    pub health_check_protocol: Option<String>,
    /// A number, or `traffic-port`.
    pub health_check_port: Option<String>,
    pub health_check_path: Option<String>,
    pub health_check_interval_seconds: Option<i32>,
    pub health_check_timeout_seconds: Option<i32>,
    pub healthy_threshold_count: Option<i32>,
    pub unhealthy_threshold_count: Option<i32>,
    pub matcher: Option<Matcher>,
    pub load_balancer_arns: Vec<String>,
    /// None: not asked for, or not readable.
    pub target_health_descriptions: Option<Vec<TargetHealthDescription>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Matcher {
    pub http_code: Option<String>,
    pub grpc_code: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TargetHealthDescription {
    pub target: Target,
    pub health_check_port: Option<String>,
    pub target_health: TargetHealth,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Target {
    /// An address, an instance's id, or an ARN.
    pub id: String,
    pub port: Option<i32>,
    pub availability_zone: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TargetHealth {
    /// `healthy`, `unhealthy`, `initial`, `draining`, `unused`, `unavailable`.
    pub state: Option<String>,
    pub reason: Option<String>,
    pub description: Option<String>,
}

impl Facts for TargetGroup {
    const KIND: ResourceKind = ResourceKind::TargetGroup;

    fn name(&self) -> Option<String> {
        Some(self.target_group_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        // A network load balancer before an application load balancer.
        if self.target_type.as_deref() == Some("alb") {
            for (index, described) in self.target_health_descriptions.iter().flatten().enumerate() {
                links.arn(Relation::Fronts, ResourceKind::LoadBalancer, &described.target.id, at("TargetHealthDescriptions", index, "Target.Id"));
            }
        }
    }
}

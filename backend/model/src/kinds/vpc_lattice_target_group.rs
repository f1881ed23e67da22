//! Target groups of VPC Lattice in which ECS services register their tasks.
//!
//! <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetTargetGroup.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VpcLatticeTargetGroup {
    pub arn: String,
    pub id: String,
    pub name: String,
    /// `IP`, `LAMBDA`, `INSTANCE` or `ALB`.
    pub r#type: Option<String>,
    /// `CREATE_IN_PROGRESS`, `ACTIVE`, `DELETE_IN_PROGRESS`, `CREATE_FAILED` or `DELETE_FAILED`.
    pub status: Option<String>,
    pub config: Option<TargetGroupConfig>,
    /// VPC Lattice's services that send requests to it.
    pub service_arns: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetGroupConfig {
    pub port: Option<i32>,
    pub protocol: Option<String>,
    pub vpc_identifier: Option<String>,
}

impl Facts for VpcLatticeTargetGroup {
    const KIND: ResourceKind = ResourceKind::VpcLatticeTargetGroup;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = self.config.as_ref().and_then(|own| own.vpc_identifier.as_ref()) {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "config.vpcIdentifier");
        }
    }
}

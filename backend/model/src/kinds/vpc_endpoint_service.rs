//! Services that others reach through endpoints of their own VPCs: a load balancer of ours, offered over `PrivateLink`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceConfiguration.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpcEndpointService {
    pub service_id: String,
    /// `com.amazonaws.vpce.eu-central-1.vpce-svc-...`: endpoints name it so.
    pub service_name: String,
    pub service_state: Option<String>,
    pub acceptance_required: Option<bool>,
    pub private_dns_name: Option<String>,
    pub network_load_balancer_arns: Vec<String>,
    pub gateway_load_balancer_arns: Vec<String>,
}

impl Facts for VpcEndpointService {
    const KIND: ResourceKind = ResourceKind::VpcEndpointService;

    fn links(&self, links: &mut Links<'_>) {
        let balancers = [("NetworkLoadBalancerArns", &self.network_load_balancer_arns), ("GatewayLoadBalancerArns", &self.gateway_load_balancer_arns)];
        for (field, arns) in balancers {
            for (index, arn) in arns.iter().enumerate() {
                links.arn(Relation::RoutesVia, ResourceKind::LoadBalancer, arn, at(field, index, ""));
            }
        }
        super::subnet::known_by_id(&self.service_id, links);
    }
}

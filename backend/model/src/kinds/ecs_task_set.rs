//! Task sets: the generations of a service whose deployments somebody else steers.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html>

use serde::{Deserialize, Serialize};

use super::{
    Facts,
    ecs_service::{
        CapacityProviderStrategyItem, NetworkConfiguration, ServiceLoadBalancer, ServiceRegistry, capacity_links, load_balancer_links,
        registry_links,
    },
};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsTaskSet {
    pub id: Option<String>,
    pub task_set_arn: String,
    pub service_arn: Option<String>,
    pub cluster_arn: Option<String>,
    pub external_id: Option<String>,
    /// `PRIMARY`, `ACTIVE` or `DRAINING`.
    pub status: Option<String>,
    pub task_definition: Option<String>,
    pub computed_desired_count: i32,
    pub running_count: i32,
    pub pending_count: i32,
    pub launch_type: Option<String>,
    pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    pub platform_version: Option<String>,
    pub network_configuration: Option<NetworkConfiguration>,
    pub load_balancers: Vec<ServiceLoadBalancer>,
    pub service_registries: Vec<ServiceRegistry>,
    pub scale: Option<Scale>,
    pub stability_status: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scale {
    pub value: f64,
    pub unit: Option<String>,
}

impl Facts for EcsTaskSet {
    const KIND: ResourceKind = ResourceKind::EcsTaskSet;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(service) = &self.service_arn {
            links.arn(Relation::PartOf, ResourceKind::EcsService, service, "taskSets[].serviceArn");
        }
        if let Some(definition) = &self.task_definition {
            links.arn(Relation::Runs, ResourceKind::EcsTaskDefinition, definition, "taskSets[].taskDefinition");
        }
        capacity_links(&self.capacity_provider_strategy, links);
        load_balancer_links(&self.load_balancers, links);
        registry_links(&self.service_registries, links);
        // Where it runs is told by its tasks.
    }
}

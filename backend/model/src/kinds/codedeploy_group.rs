//! `CodeDeploy`'s deployment groups that roll out ECS services.
//!
//! <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentGroupInfo.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CodedeployGroup {
    pub application_name: String,
    pub deployment_group_id: Option<String>,
    pub deployment_group_name: String,
    /// `CodeDeployDefault.ECSAllAtOnce`, ...
    pub deployment_config_name: Option<String>,
    pub service_role_arn: Option<String>,
    pub compute_platform: Option<String>,
    pub deployment_style: Option<DeploymentStyle>,
    pub alarm_configuration: Option<AlarmConfiguration>,
    pub auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    pub blue_green_deployment_configuration: Option<BlueGreenDeploymentConfiguration>,
    pub load_balancer_info: Option<LoadBalancerInfo>,
    pub ecs_services: Vec<GroupService>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentStyle {
    pub deployment_type: Option<String>,
    pub deployment_option: Option<String>,
}

/// <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AlarmConfiguration {
    pub enabled: bool,
    pub ignore_poll_alarm_failure: bool,
    pub alarms: Vec<Named>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Named {
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutoRollbackConfiguration {
    pub enabled: bool,
    pub events: Vec<String>,
}

/// <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueGreenDeploymentConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BlueGreenDeploymentConfiguration {
    pub terminate_blue_instances_on_deployment_success: Option<TerminateBlue>,
    pub deployment_ready_option: Option<DeploymentReadyOption>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TerminateBlue {
    /// `TERMINATE` or `KEEP_ALIVE`.
    pub action: Option<String>,
    pub termination_wait_time_in_minutes: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentReadyOption {
    /// `CONTINUE_DEPLOYMENT` or `STOP_DEPLOYMENT`.
    pub action_on_timeout: Option<String>,
    pub wait_time_in_minutes: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerInfo {
    pub target_group_pair_info_list: Vec<TargetGroupPair>,
}

/// <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TargetGroupPairInfo.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetGroupPair {
    /// Two, by name: one has the tasks that serve, the other gets the new ones.
    pub target_groups: Vec<Named>,
    pub prod_traffic_route: Option<TrafficRoute>,
    pub test_traffic_route: Option<TrafficRoute>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrafficRoute {
    pub listener_arns: Vec<String>,
}

/// An ECS service, by names of this account and region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupService {
    pub service_name: String,
    pub cluster_name: String,
}

impl CodedeployGroup {
    /// Its pairs of target groups, each with the place in the list.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, &TargetGroupPair)> {
        let pairs = self.load_balancer_info.iter().flat_map(|own| &own.target_group_pair_info_list);
        pairs.enumerate()
    }
}

impl Facts for CodedeployGroup {
    const KIND: ResourceKind = ResourceKind::CodedeployGroup;

    fn name(&self) -> Option<String> {
        Some(format!("{}/{}", self.application_name, self.deployment_group_name))
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(role) = &self.service_role_arn {
            links.role(Relation::Assumes, role, "serviceRoleArn");
        }
        let alarms = self.alarm_configuration.iter().filter(|own| own.enabled).flat_map(|own| &own.alarms);
        for (index, alarm) in alarms.enumerate() {
            let field = at("alarmConfiguration.alarms", index, "name");
            links.sibling(Relation::WatchedBy, ResourceKind::CloudwatchAlarm, "cloudwatch", &format!("alarm:{}", alarm.name), field);
        }
        for (place, pair) in self.pairs() {
            let routes = [("prodTrafficRoute", &pair.prod_traffic_route), ("testTrafficRoute", &pair.test_traffic_route)];
            for (name, route) in routes {
                for (index, listener) in route.iter().flat_map(|own| &own.listener_arns).enumerate() {
                    let field = format!("loadBalancerInfo.targetGroupPairInfoList[{place}].{name}.listenerArns[{index}]");
                    links.arn(Relation::Shifts, ResourceKind::Listener, listener, field);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Arn, Source};

    #[test]
    fn names_its_role_its_listeners_and_the_alarms_that_it_heeds() {
        let facts = json!({
            "applicationName": "shop", "deploymentGroupName": "web", "serviceRoleArn": "arn:aws:iam::123456789012:role/codedeploy",
            "alarmConfiguration": {"enabled": true, "alarms": [{"name": "errors"}]},
            "loadBalancerInfo": {"targetGroupPairInfoList": [{
                "targetGroups": [{"name": "blue"}, {"name": "green"}],
                "prodTrafficRoute": {"listenerArns": ["arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/a/1/2"]},
                "testTrafficRoute": {"listenerArns": ["arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/a/1/3"]},
            }]},
        });
        let links_of = |facts: &serde_json::Value| {
            let group: CodedeployGroup = serde_json::from_value(facts.clone()).unwrap();
            let own = Arn::parse("arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:shop/web").unwrap();
            let mut links = Links::of(&own, Source::of("codedeploy:BatchGetDeploymentGroups"));
            group.links(&mut links);
            let all = links.finish().0;
            all.iter().map(|link| format!("{} {} by {}", link.relation, link.to.id.as_str(), link.field)).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(links_of(&facts), @"
        ASSUMES arn:aws:iam::123456789012:role/codedeploy by serviceRoleArn
        WATCHED_BY arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors by alarmConfiguration.alarms[0].name
        SHIFTS arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/a/1/2 by loadBalancerInfo.targetGroupPairInfoList[0].prodTrafficRoute.listenerArns[0]
        SHIFTS arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/a/1/3 by loadBalancerInfo.targetGroupPairInfoList[0].testTrafficRoute.listenerArns[0]
        ");
        let mut deaf = facts;
        deaf["alarmConfiguration"]["enabled"] = false.into();
        assert!(!links_of(&deaf).contains("WATCHED_BY"));
    }
}

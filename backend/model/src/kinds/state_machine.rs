//! State machines of Step Functions that run tasks.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facts, at, kms_key};
use crate::{Arn, Links, Relation, ResourceKind};

/// Of a machine's definition only what it starts is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StateMachine {
    pub state_machine_arn: String,
    pub name: String,
    /// `ACTIVE` or `DELETING`.
    pub status: Option<String>,
    pub role_arn: Option<String>,
    pub encryption_configuration: Option<EncryptionConfiguration>,
    pub run_tasks: Vec<RunTask>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EncryptionConfiguration {
    pub kms_key_id: Option<String>,
}

/// A state that starts a task. What its input tells only when the machine runs is not there.
///
/// <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RunTask {
    /// `arn:aws:states:::ecs:runTask.sync` and its like.
    pub resource: String,
    /// An ARN or a name.
    pub cluster: Option<String>,
    /// An ARN, a family, or a family with a revision.
    pub task_definition: Option<String>,
}

/// The states of a definition that start tasks, wherever in it they stand.
pub fn run_tasks(definition: &Value) -> Vec<RunTask> {
    let mut found = Vec::new();
    gather(definition, &mut found);
    found
}

fn gather(value: &Value, found: &mut Vec<RunTask>) {
    match value {
        Value::Object(members) => {
            let resource = members.get("Resource").and_then(Value::as_str).unwrap_or_default();
            if resource.contains(":states:::") && resource.contains("ecs:runTask") {
                // The first of the two ways in which a definition hands on arguments, or the second.
                let given = members.get("Parameters").or_else(|| members.get("Arguments")).unwrap_or(&Value::Null);
                let text = |name: &str| given.get(name)?.as_str().filter(|text| !text.starts_with("{%")).map(str::to_owned);
                found.push(RunTask { resource: resource.to_owned(), cluster: text("Cluster"), task_definition: text("TaskDefinition") });
            }
            members.values().for_each(|member| gather(member, found));
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, found)),
        _ => {}
    }
}

impl Facts for StateMachine {
    const KIND: ResourceKind = ResourceKind::StateMachine;

    fn name(&self) -> Option<String> {
        (!self.name.is_empty()).then(|| self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(role) = &self.role_arn {
            links.role(Relation::Assumes, role, "roleArn");
        }
        if let Some(key) = self.encryption_configuration.as_ref().and_then(|own| own.kms_key_id.as_ref()) {
            kms_key::link(key, "encryptionConfiguration.kmsKeyId", links);
        }
        for (index, run) in self.run_tasks.iter().enumerate() {
            let named = |kind: &str, name: &str| if name.starts_with("arn:") { Arn::parse(name) } else { links.own().sibling("ecs", &format!("{kind}/{name}")) };
            let cluster = run.cluster.as_deref().and_then(|name| named("cluster", name).ok());
            let definition = run.task_definition.as_deref().and_then(|name| named("task-definition", name).ok());
            if let Some(cluster) = cluster {
                links.id(Relation::StartsIn, ResourceKind::EcsCluster, cluster.into(), at("runTasks", index, "Cluster"));
            }
            if let Some(definition) = definition {
                links.id(Relation::Starts, ResourceKind::EcsTaskDefinition, definition.into(), at("runTasks", index, "TaskDefinition"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    #[test]
    fn keeps_of_a_definition_what_it_starts() {
        let run = |arguments: Value| json!({"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": arguments});
        let definition = json!({"StartAt": "a", "States": {
            "a": run(json!({"Cluster": "main", "TaskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/report:3", "Overrides": {"ContainerOverrides": [{"Environment": [{"Name": "TOKEN", "Value": "hunter2"}]}]}})),
            "b": {"Type": "Parallel", "Branches": [{"States": {"c": run(json!({"Cluster.$": "$.cluster", "TaskDefinition": "report"}))}}]},
            "d": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ecs:runTask", "Arguments": {"Cluster": "{% $cluster %}", "TaskDefinition": "{% $definition %}"}},
            "e": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"Cluster": "none"}},
        }});
        let machine = StateMachine { run_tasks: run_tasks(&definition), ..StateMachine::default() };
        assert!(!format!("{machine:?}").contains("hunter2"));
        let own = Arn::parse("arn:aws:states:eu-west-1:123456789012:stateMachine:nightly").unwrap();
        let mut links = Links::of(&own, Source::of("states:DescribeStateMachine"));
        machine.links(&mut links);
        let (declared, _) = links.finish();
        let declared: Vec<_> = declared.iter().map(|own| format!("{} {} by {}", own.relation, own.to.id, own.field)).collect();
        assert_eq!(
            declared,
            [
                "STARTS_IN arn:aws:ecs:eu-west-1:123456789012:cluster/main by runTasks[0].Cluster",
                "STARTS arn:aws:ecs:eu-west-1:123456789012:task-definition/report:3 by runTasks[0].TaskDefinition",
                "STARTS arn:aws:ecs:eu-west-1:123456789012:task-definition/report by runTasks[1].TaskDefinition",
            ]
        );
        assert_eq!(machine.run_tasks.len(), 3);
    }
}

//! Functions of Lambda that start tasks, or take from a queue that something else names.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Facts, at,
    environment::{by_word, named_by_value},
    kms_key,
};
use crate::{Arn, Links, Relation, ResourceId, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LambdaFunction {
    pub function_arn: String,
    pub function_name: String,
    /// `Pending`, `Active`, `Inactive` or `Failed`.
    pub state: Option<String>,
    pub role: Option<String>,
    pub vpc_config: Option<VpcConfig>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    pub environment: Option<Environment>,
    /// What hands it messages, sorted by source.
    pub event_source_mappings: Vec<EventSourceMapping>,
    /// True where the policies of its role allow it to start tasks. Concluded in the crawl, and not said by AWS.
    pub may_run_tasks: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpcConfig {
    pub vpc_id: Option<String>,
    pub subnet_ids: Vec<String>,
    pub security_group_ids: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeadLetterConfig {
    /// A queue or a topic.
    pub target_arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Environment {
    /// Names, and the fingerprints of their values.
    pub variables: BTreeMap<String, String>,
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventSourceMapping {
    pub event_source_arn: String,
    #[serde(rename = "UUID")]
    pub uuid: String,
    /// `Enabled`, `Disabled` and what lies between.
    pub state: Option<String>,
}

impl EventSourceMapping {
    /// True unless somebody switched it off.
    pub fn is_on(&self) -> bool {
        !matches!(self.state.as_deref(), Some("Disabled" | "Disabling"))
    }
}

impl LambdaFunction {
    /// What its environment may name, if it is to be kept for that: clusters, task definitions and queues, by what a value is.
    /// `own` is its ARN.
    pub fn named_in_environment(&self, own: &Arn) -> Vec<ResourceId> {
        let values = self.environment.iter().flat_map(|own| &own.variables);
        values.flat_map(|(name, value)| meant_by(name, value, own)).map(|(_, _, id)| id).collect()
    }

    /// The queues that hand it messages.
    pub fn queues(&self) -> impl Iterator<Item = (usize, Arn)> {
        let sources = self.event_source_mappings.iter().enumerate().filter_map(|(index, own)| Some((index, Arn::parse(&own.event_source_arn).ok()?)));
        sources.filter(|(_, source)| ResourceKind::of_arn(source) == Some(ResourceKind::SqsQueue))
    }
}

/// What a variable of a function that may start tasks means. A plain word counts only in a variable whose name says what it holds.
fn meant_by(name: &str, value: &str, own: &Arn) -> Vec<(Relation, ResourceKind, ResourceId)> {
    let name = name.to_ascii_uppercase();
    let kinds: [(Relation, ResourceKind, &[&str]); 3] = [
        (Relation::StartsIn, ResourceKind::EcsCluster, &["CLUSTER"]),
        (Relation::Starts, ResourceKind::EcsTaskDefinition, &["TASK", "FAMILY", "DEFINITION"]),
        (Relation::Consumes, ResourceKind::SqsQueue, &[]),
    ];
    let mut meant = Vec::new();
    for (relation, kind, words) in kinds {
        let plainly = words.iter().any(|word| name.contains(word)).then(|| by_word(kind, own, value));
        meant.extend(named_by_value(kind, own, value).into_iter().chain(plainly).map(|id| (relation, kind, id)));
    }
    meant
}

impl Facts for LambdaFunction {
    const KIND: ResourceKind = ResourceKind::LambdaFunction;

    fn name(&self) -> Option<String> {
        (!self.function_name.is_empty()).then(|| self.function_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(role) = &self.role {
            links.role(Relation::Assumes, role, "Role");
        }
        for (index, subnet) in self.vpc_config.iter().flat_map(|own| own.subnet_ids.iter().enumerate()) {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, at("VpcConfig.SubnetIds", index, ""));
        }
        for (index, group) in self.vpc_config.iter().flat_map(|own| own.security_group_ids.iter().enumerate()) {
            links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("VpcConfig.SecurityGroupIds", index, ""));
        }
        if let Some(key) = &self.kms_key_arn {
            kms_key::link(key, "KMSKeyArn", links);
        }
        let dead = self.dead_letter_config.as_ref().and_then(|own| Arn::parse(own.target_arn.as_deref()?).ok());
        if let Some(queue) = dead.filter(|arn| ResourceKind::of_arn(arn) == Some(ResourceKind::SqsQueue)) {
            links.id(Relation::DeadLettersTo, ResourceKind::SqsQueue, queue.into(), "DeadLetterConfig.TargetArn");
        }
        for (index, queue) in self.queues() {
            links.id(Relation::Consumes, ResourceKind::SqsQueue, queue.into(), at("EventSourceMappings", index, "EventSourceArn"));
        }
        if !self.may_run_tasks {
            return;
        }
        for (name, value) in self.environment.iter().flat_map(|own| &own.variables) {
            let field = format!("Environment.Variables.{name}");
            for (relation, kind, id) in meant_by(name, value, &links.own().clone()) {
                links.matched(relation, kind, id, field.clone());
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
    fn a_function_starts_what_its_environment_names_if_its_role_may() {
        let own = Arn::parse("arn:aws:lambda:eu-west-1:123456789012:function:starter").unwrap();
        for may in [false, true] {
            let function: LambdaFunction = serde_json::from_value(json!({
                "Role": "arn:aws:iam::123456789012:role/starter",
                "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
                "KMSKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1",
                "DeadLetterConfig": {"TargetArn": "arn:aws:sns:eu-west-1:123456789012:dead"},
                "EventSourceMappings": [
                    {"EventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/a/stream/b", "UUID": "1"},
                    {"EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:jobs", "UUID": "2"},
                ],
                "Environment": {"Variables": {"CLUSTER": "fingerprint:1"}},
                "MayRunTasks": may,
            }))
            .unwrap();
            let mut links = Links::of(&own, Source::of("lambda:ListFunctions"));
            function.links(&mut links);
            let (declared, _) = links.finish();
            let declared: Vec<_> = declared.iter().map(|own| format!("{} {} by {}{}", own.relation, own.to.id, own.field, if own.inferred { " (inferred)" } else { "" })).collect();
            let stated = [
                "ASSUMES arn:aws:iam::123456789012:role/starter by Role",
                "PLACED_IN arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1 by VpcConfig.SubnetIds[0]",
                "PROTECTED_BY arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1 by VpcConfig.SecurityGroupIds[0]",
                "ENCRYPTED_BY arn:aws:kms:eu-west-1:123456789012:key/1 by KMSKeyArn",
                "CONSUMES arn:aws:sqs:eu-west-1:123456789012:jobs by EventSourceMappings[1].EventSourceArn",
            ];
            let here = "123456789012 eu-west-1";
            let matched = [
                "STARTS_IN ECS_CLUSTER in fingerprint:1 by Environment.Variables.CLUSTER (inferred)".to_owned(),
                format!("STARTS_IN ECS_CLUSTER of {here} in fingerprint:1 by Environment.Variables.CLUSTER (inferred)"),
                format!("STARTS_IN ECS_CLUSTER of {here} plainly in fingerprint:1 by Environment.Variables.CLUSTER (inferred)"),
                "STARTS ECS_TASK_DEFINITION in fingerprint:1 by Environment.Variables.CLUSTER (inferred)".to_owned(),
                format!("STARTS ECS_TASK_DEFINITION of {here} in fingerprint:1 by Environment.Variables.CLUSTER (inferred)"),
                "CONSUMES SQS_QUEUE in fingerprint:1 by Environment.Variables.CLUSTER (inferred)".to_owned(),
                format!("CONSUMES SQS_QUEUE of {here} in fingerprint:1 by Environment.Variables.CLUSTER (inferred)"),
            ];
            let matched = matched.into_iter().filter(|_| may);
            let expected: Vec<_> = stated.iter().map(ToString::to_string).chain(matched).collect();
            assert_eq!(declared, expected);
        }
    }
}

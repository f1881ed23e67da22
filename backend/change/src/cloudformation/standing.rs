//! Properties that say something whole, whatever was there before: policies on a resource, and what a service's next deployment is told.
//! They are taken out of what is laid over the facts.

use blastmap_model::{ResourceId, ResourceKind};
use serde_json::{Map, Value, json};

use super::{Entry, Reading};
use crate::{
    policies::{account_decides, on_resource},
    service::newest_deployment,
    shape::{Shaped, holds_unknown},
};

/// What these properties come to.
#[derive(Default)]
pub(super) struct Standing {
    /// The fact and the policy; none where only the change itself will tell it.
    policy: Option<(&'static str, Option<Value>)>,
    /// What the newest deployment is told.
    deployment: Map<String, Value>,
    /// Facts that only the change itself will tell.
    unknown: Vec<String>,
    /// What of the deployment is no fact.
    pub(super) shaped: Shaped,
}

/// The property that is the policy on a resource, and its fact.
fn policy_of(kind: ResourceKind) -> Option<(&'static str, &'static str)> {
    match kind {
        ResourceKind::KmsKey => Some(("KeyPolicy", "Policy")),
        ResourceKind::EcrRepository => Some(("RepositoryPolicyText", "repositoryPolicy")),
        ResourceKind::EfsFileSystem => Some(("FileSystemPolicy", "FileSystemPolicy")),
        _ => None,
    }
}

/// Of a service: what AWS keeps of each deployment.
const OF_DEPLOYMENTS: [(&str, &str); 2] = [
    ("ServiceConnectConfiguration", "serviceConnectConfiguration"),
    ("VolumeConfigurations", "volumeConfigurations"),
];

impl Reading<'_, '_> {
    /// Takes these properties out of what an entry changes.
    pub(super) fn take_standing(
        &self,
        kind: ResourceKind,
        entry: &Entry<'_>,
        given: &mut Map<String, Value>,
    ) -> Standing {
        let mut standing = Standing::default();
        let mut whole = self.patch_of_part(entry).unwrap_or_else(|| given.clone());
        if let Some((property, fact)) = policy_of(kind)
            && given.remove(property).is_some()
        {
            let policy = whole.remove(property).unwrap_or_default();
            let known = Some(policy).filter(|policy| !holds_unknown(policy));
            standing.policy = Some((fact, known));
        }
        if kind != ResourceKind::EcsService {
            return standing;
        }
        let mut told = Map::new();
        for (property, fact) in OF_DEPLOYMENTS {
            if given.remove(property).is_some() {
                standing.deployment.insert(fact.to_owned(), Value::Null);
                let value = whole.remove(property).unwrap_or_default();
                told.insert(property.to_owned(), value);
            }
        }
        if told.is_empty() {
            return standing;
        }
        let list = json!({"Deployments": [told]});
        let Value::Object(list) = list else {
            return standing;
        };
        let mut shaped = self.shape(kind, list);
        let facts = shaped.facts.remove("deployments");
        if let Some(Value::Object(facts)) = facts.as_ref().and_then(|list| list.get(0)) {
            standing.deployment.extend(facts.clone());
        }
        if !std::mem::take(&mut shaped.unknown).is_empty() {
            standing.unknown.push("deployments".to_owned());
        }
        standing.shaped = shaped;
        standing
    }

    /// Puts them into the facts of what is there, or was made.
    pub(super) fn put_standing(&mut self, id: &ResourceId, standing: Standing) {
        let Some(own) = self.workbench.own(id) else {
            return;
        };
        let is_key = self
            .workbench
            .now(id)
            .is_some_and(|own| own.kind == ResourceKind::KmsKey);
        if let Some((fact, policy)) = standing.policy {
            let known = policy.map(|policy| match policy {
                // A key always has one.
                Value::Null if is_key => on_resource(&account_decides(&own)),
                policy => on_resource(&policy),
            });
            self.put_whole(id, fact, known);
        }
        if !standing.deployment.is_empty() {
            self.workbench.change(id, |facts| {
                if let Some(Value::Object(deployment)) = newest_deployment(facts) {
                    for (name, value) in standing.deployment {
                        if value.is_null() {
                            deployment.remove(&name);
                        } else {
                            deployment.insert(name, value);
                        }
                    }
                }
            });
        }
        for field in standing.unknown {
            self.workbench.unknown(id, field);
        }
    }

    /// A fact as it will be; none where only the change itself will tell it.
    pub(super) fn put_whole(&mut self, id: &ResourceId, fact: &str, known: Option<Value>) -> bool {
        let is_known = known.is_some();
        let done = self.workbench.change(id, |facts| {
            if !facts.is_object() {
                *facts = json!({});
            }
            let Value::Object(facts) = facts else { return };
            match known.filter(|value| !value.is_null()) {
                Some(value) => facts.insert(fact.to_owned(), value),
                None => facts.remove(fact),
            };
        });
        if !is_known {
            self.workbench.unknown(id, fact);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Match,
        cloudformation::{
            read,
            tests::{change, change_set},
        },
        sample::{ECS, estate, redactor},
        shape::KNOWN_AFTER_APPLY,
    };

    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/k-1";
    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3";
    const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:123456789012:repository/web";
    const SYSTEM: &str = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-2";
    const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:jobs";
    const SUBNET: &str = "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-2";

    fn update(type_name: &str, physical: &str, before: Value, after: Value) -> Value {
        change(
            "Modify",
            "Own",
            Some(physical),
            type_name,
            Some(before),
            Some(after),
        )
    }

    fn add(type_name: &str, after: Value) -> Value {
        change("Add", "Own", None, type_name, None, Some(after))
    }

    fn remove(type_name: &str, before: Value) -> Value {
        change("Remove", "Own", Some("own"), type_name, Some(before), None)
    }

    /// A change, and a fact that it gives; `unknown` where only the change itself tells it.
    #[test]
    fn what_stands_whole_takes_the_place_of_what_was() {
        let service = format!("{ECS}:service/prod/web");
        let new = || json!({"Statement": [{"Sid": "new"}]});
        let text = || json!({"Statement": {"Sid": "new"}}).to_string();
        let later = || json!({"Statement": [{"Sid": "new", "Resource": KNOWN_AFTER_APPLY}]});
        let entry = |number: i32, port: i32| {
            json!({"NetworkAclId": "acl-1", "RuleNumber": number, "Egress": true, "Protocol": 6, "RuleAction": "deny",
                "CidrBlock": "10.0.0.0/8", "PortRange": {"From": port, "To": port}})
        };
        let told = |change: Value| {
            let own = "AWS::ECS::Service";
            update(own, &service, json!({"DesiredCount": 2}), change)
        };
        let connected = json!({"Enabled": "true", "Namespace": "internal", "Services": [{"PortName": "http", "ClientAliases": [{"Port": "80"}]}]});
        let volume = json!([{"Name": "data", "ManagedEBSVolume": {"RoleArn": "arn:aws:iam::123456789012:role/execution", "SizeInGiB": "20"}}]);
        let cases = [
            (
                update(
                    "AWS::KMS::Key",
                    "k-1",
                    json!({"KeyPolicy": {"Id": "old"}}),
                    json!({"KeyPolicy": new()}),
                ),
                KEY,
                "/Policy",
                json!({"Read": true, "Document": new()}),
            ),
            (
                update(
                    "AWS::KMS::Key",
                    "k-1",
                    json!({"KeyPolicy": new()}),
                    json!({}),
                ),
                KEY,
                "/Policy/Document/Id",
                json!("default"),
            ),
            (
                update(
                    "AWS::KMS::Key",
                    "k-1",
                    json!({"KeyPolicy": new()}),
                    json!({"KeyPolicy": later()}),
                ),
                KEY,
                "/Policy",
                json!("unknown"),
            ),
            (
                update(
                    "AWS::ECR::Repository",
                    "web",
                    json!({"RepositoryPolicyText": {"Id": "old"}}),
                    json!({"RepositoryPolicyText": text()}),
                ),
                REPOSITORY,
                "/repositoryPolicy/Document",
                json!({"Statement": {"Sid": "new"}}),
            ),
            (
                update(
                    "AWS::ECR::Repository",
                    "web",
                    json!({"RepositoryPolicyText": new()}),
                    json!({}),
                ),
                REPOSITORY,
                "/repositoryPolicy",
                json!({"Read": true}),
            ),
            (
                update(
                    "AWS::EFS::FileSystem",
                    "fs-2",
                    json!({}),
                    json!({"FileSystemPolicy": new()}),
                ),
                SYSTEM,
                "/FileSystemPolicy",
                json!({"Read": true, "Document": new()}),
            ),
            (
                add(
                    "AWS::SecretsManager::ResourcePolicy",
                    json!({"SecretId": SECRET, "ResourcePolicy": new()}),
                ),
                SECRET,
                "/ResourcePolicy",
                json!({"Read": true, "Document": new()}),
            ),
            (
                remove(
                    "AWS::SecretsManager::ResourcePolicy",
                    json!({"SecretId": SECRET, "ResourcePolicy": new()}),
                ),
                SECRET,
                "/ResourcePolicy",
                json!({"Read": true}),
            ),
            (
                add(
                    "AWS::SecretsManager::ResourcePolicy",
                    json!({"SecretId": SECRET, "ResourcePolicy": later()}),
                ),
                SECRET,
                "/ResourcePolicy",
                json!("unknown"),
            ),
            (
                add(
                    "AWS::S3::BucketPolicy",
                    json!({"Bucket": "files", "PolicyDocument": new()}),
                ),
                "arn:aws:s3:::files",
                "/Policy",
                new(),
            ),
            (
                add(
                    "AWS::SQS::QueuePolicy",
                    json!({"Queues": ["https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"], "PolicyDocument": new()}),
                ),
                QUEUE,
                "/Policy",
                json!({"Read": true, "Document": new()}),
            ),
            (
                remove(
                    "AWS::SQS::QueuePolicy",
                    json!({"Queues": ["https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"], "PolicyDocument": new()}),
                ),
                QUEUE,
                "/Policy",
                json!({"Read": true}),
            ),
            (
                add("AWS::EC2::NetworkAclEntry", entry(50, 443)),
                SUBNET,
                "/NetworkAcl/Entries/0",
                json!({"Egress": true, "RuleNumber": 50, "Protocol": "6", "RuleAction": "deny",
                    "CidrBlock": "10.0.0.0/8", "PortRange": {"From": 443, "To": 443}}),
            ),
            (
                update(
                    "AWS::EC2::NetworkAclEntry",
                    "own",
                    entry(90, 25),
                    entry(90, 26),
                ),
                SUBNET,
                "/NetworkAcl/Entries/0/PortRange",
                json!({"From": 26, "To": 26}),
            ),
            (
                remove("AWS::EC2::NetworkAclEntry", entry(90, 25)),
                SUBNET,
                "/NetworkAcl/Entries/0/RuleNumber",
                json!(100),
            ),
            (
                told(json!({"DesiredCount": 2, "ServiceConnectConfiguration": connected})),
                &service,
                "/deployments/0/serviceConnectConfiguration",
                json!({"enabled": true, "namespace": "internal", "services": [{"portName": "http", "clientAliases": [{"port": 80}]}]}),
            ),
            (
                told(json!({"DesiredCount": 2, "VolumeConfigurations": volume})),
                &service,
                "/deployments/0/volumeConfigurations/0/managedEBSVolume/sizeInGiB",
                json!(20),
            ),
            (
                told(
                    json!({"DesiredCount": 2, "ServiceConnectConfiguration": {"Enabled": true, "Namespace": KNOWN_AFTER_APPLY}}),
                ),
                &service,
                "/deployments",
                json!("unknown"),
            ),
        ];
        for (change, id, pointer, expected) in cases {
            let proposal = read(
                &change_set(std::slice::from_ref(&change)),
                &estate(),
                &redactor(),
            )
            .unwrap();
            let own = &proposal.changes[0];
            assert_eq!(
                (own.matched, &*own.problems),
                (Match::Matched, &[][..]),
                "{change}"
            );
            let planned = proposal.edits.planned(&ResourceId::new(id));
            let planned = planned.unwrap_or_else(|| panic!("{change}: {id} is not edited"));
            let field = pointer.trim_start_matches('/');
            if expected == "unknown" {
                assert!(
                    planned.unknown.contains(field),
                    "{change}: {:?}",
                    planned.unknown
                );
                continue;
            }
            let facts = planned.resource.attributes.to_value();
            let found = facts.pointer(pointer).unwrap_or(&Value::Null);
            assert_eq!(found, &expected, "{change}: {facts:#}");
            assert!(
                planned.unknown.is_empty(),
                "{change}: {:?}",
                planned.unknown
            );
        }
    }

    #[test]
    fn an_entry_of_a_list_that_no_subnet_has_is_not_judged() {
        let entry =
            json!({"NetworkAclId": "acl-9", "RuleNumber": 1, "Protocol": 6, "RuleAction": "deny"});
        let set = change_set(&[add("AWS::EC2::NetworkAclEntry", entry)]);
        let proposal = read(&set, &estate(), &redactor()).unwrap();
        assert_eq!(proposal.changes[0].matched, Match::NotFound);
        assert!(proposal.edits.is_empty());
    }

    #[test]
    fn what_is_made_has_it_from_the_start() {
        let made = |type_name: &str, properties: Value| {
            let proposal = read(
                &change_set(&[add(type_name, properties)]),
                &estate(),
                &redactor(),
            )
            .unwrap();
            let id = proposal.changes[0].resource.clone().unwrap();
            let planned = proposal.edits.planned(&id).unwrap();
            planned.resource.attributes.to_value()
        };
        let policy = json!({"Statement": [{"Sid": "own"}]});
        let key = made("AWS::KMS::Key", json!({"KeyPolicy": policy}));
        assert_eq!(key["Policy"]["Document"], policy);
        let service = made(
            "AWS::ECS::Service",
            json!({"ServiceName": "new", "Cluster": "prod", "TaskDefinition": "web", "ServiceConnectConfiguration": {"Enabled": true}}),
        );
        let newest = &service["deployments"][0];
        assert_eq!(newest["status"], "PRIMARY");
        assert_eq!(newest["serviceConnectConfiguration"]["enabled"], true);
    }
}

//! Change sets of `CloudFormation`: policies on resources, entries of network ACLs, and what a service's next deployment is told.

use blastmap_judge::{
    Level,
    Outcome::FailsOnNextStart,
    estate::{Estate, arn, iam},
};
use blastmap_model::{Phase::Start, kinds::cloud_map_namespace::CloudMapNamespace};
use serde_json::{Value, json};

use crate::{estates::*, harness::*};

fn statement(effect: &str, principal: &Value, action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"},
    ]})
}

fn namespace() -> String {
    arn("servicediscovery", "namespace/ns-1")
}

fn with_namespace() -> Estate {
    let facts = CloudMapNamespace {
        arn: namespace(),
        id: "ns-1".to_owned(),
        name: "internal".to_owned(),
        ..CloudMapNamespace::default()
    };
    nat().put(&namespace(), &facts)
}

fn entry(ports: i32) -> Value {
    json!({"NetworkAclId": "acl-1", "RuleNumber": 50, "Egress": "true", "Protocol": 6, "RuleAction": "deny",
        "CidrBlock": "0.0.0.0/0", "PortRange": {"From": ports, "To": ports}})
}

#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let fails = |case: Case| case.hits(&service(), FailsOnNextStart, Start).share(0, 2).level(Level::High);
    let others = json!({"AWS": "arn:aws:iam::210987654321:root"});
    let key_policy = |name: &'static str, document: Value| {
        change_set(name, with_key(nat()), vec![cfn("Modify", "AWS::KMS::Key", "1", json!({"KeyPolicy": root_policy()}), json!({"KeyPolicy": document}))])
    };
    let secret_policy = |name: &'static str, document: Value| {
        let part = json!({"SecretId": secret(), "ResourcePolicy": document});
        change_set(name, nat(), vec![cfn("Add", "AWS::SecretsManager::ResourcePolicy", "", Value::Null, part)])
    };
    let repository_policy = |name: &'static str, document: Value| {
        change_set(name, nat(), vec![cfn("Modify", "AWS::ECR::Repository", "web", json!({"RepositoryName": "web"}),
            json!({"RepositoryName": "web", "RepositoryPolicyText": document}))])
    };
    let system_policy = |name: &'static str, document: Value| {
        change_set(name, with_volume(false), vec![cfn("Modify", "AWS::EFS::FileSystem", "fs-1", json!({"Encrypted": true}),
            json!({"Encrypted": true, "FileSystemPolicy": document}))])
    };
    let acl = |name: &'static str, port: i32| {
        change_set(name, nat(), vec![cfn("Add", "AWS::EC2::NetworkAclEntry", "", Value::Null, entry(port))])
    };
    let connect = || cfn("Modify", "AWS::ECS::Service", &service(), json!({"DesiredCount": 2}),
        json!({"DesiredCount": 2, "ServiceConnectConfiguration": {"Enabled": "true", "Namespace": namespace()}}));
    let mut to_all = root_policy();
    let own = to_all["Statement"][0].clone();
    to_all["Statement"] = json!([own, {"Effect": "Allow", "Principal": others, "Action": "kms:DescribeKey", "Resource": "*"}]);
    let mount = "elasticfilesystem:ClientMount";
    vec![
        fails(key_policy("a change set gives a key to another account alone", statement("Allow", &others, "kms:*"))),
        key_policy("a change set lets another account describe a key", to_all),
        fails(secret_policy("a change set's policy on the secret denies the role", statement("Deny", &json!({"AWS": execution_role()}), "secretsmanager:GetSecretValue"))),
        secret_policy("a change set's policy on the secret denies another role", statement("Deny", &json!({"AWS": iam("role/other")}), "secretsmanager:GetSecretValue")),
        fails(repository_policy("a change set's policy on the repository denies the pull", statement("Deny", &json!("*"), "ecr:BatchGetImage"))).by("image-pull-allowed"),
        repository_policy("a change set's policy on the repository lets another account pull", statement("Allow", &others, "ecr:BatchGetImage")),
        fails(system_policy("a change set's policy on the file system lets others alone mount it", statement("Allow", &others, mount))).by("volumes-reachable"),
        system_policy("a change set's policy on the file system lets all mount it", statement("Allow", &json!("*"), mount)),
        fails(acl("a change set's network ACL lets no HTTPS out", 443)),
        acl("a change set's network ACL lets no mail out", 25),
        fails(change_set("a change set takes away the namespace to which it connects a service", with_namespace(),
            vec![connect(), cfn("Remove", "AWS::ServiceDiscovery::PrivateDnsNamespace", "ns-1", json!({"Name": "internal"}), Value::Null)])).by("discovery-exists"),
        change_set("a change set connects a service to a namespace", with_namespace(), vec![connect()]),
    ]
}

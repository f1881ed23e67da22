//! A small estate to change, and what a proposal comes to in words.

use std::fmt::Write as _;

use blastmap_model::{
    After, Attributes, Inventory, Presence, Redactor, Resource, ResourceId, ResourceKind, Scope,
    ScopeRecord, kinds,
};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::{Proposal, patch};

pub(crate) const ECS: &str = "arn:aws:ecs:eu-west-1:123456789012";
pub(crate) const EC2: &str = "arn:aws:ec2:eu-west-1:123456789012";
pub(crate) const ELB: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

pub(crate) fn redactor() -> Redactor {
    Redactor::new([7; 32])
}

fn resource(id: &str, presence: Presence, facts: &Value) -> Resource {
    let id = ResourceId::new(id);
    let arn = id.arn().unwrap();
    let kind = ResourceKind::of_arn(&arn).unwrap();
    Resource {
        kind,
        name: kinds::name_from_id(kind, &id).into(),
        account: arn.account().into(),
        region: kind.region_of(&arn).into(),
        id,
        presence,
        tags: Box::default(),
        attributes: Attributes::from_value(facts),
        observed_at: OffsetDateTime::UNIX_EPOCH,
    }
}

fn definition(scope: &str, family: &str, revision: i32, redactor: &Redactor) -> (String, Value) {
    let arn = format!("{scope}:task-definition/{family}:{revision}");
    let facts = json!({
        "taskDefinitionArn": arn, "family": family, "revision": revision, "status": "ACTIVE", "networkMode": "awsvpc",
        "cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"],
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "containerDefinitions": [{
            "name": "web", "image": "nginx:1", "cpu": 0, "essential": true,
            "environment": [{"name": "MODE", "value": redactor.fingerprint("production")}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1"}},
        }],
    });
    (arn, facts)
}

fn service(scope: &str, cluster: &str, name: &str, definition: &str) -> (String, Value) {
    let arn = format!("{scope}:service/{cluster}/{name}");
    let facts = json!({
        "serviceArn": arn, "serviceName": name, "clusterArn": format!("{scope}:cluster/{cluster}"), "status": "ACTIVE",
        "taskDefinition": definition, "desiredCount": 2, "runningCount": 2, "launchType": "FARGATE",
        "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING"},
        "deployments": [
            {"id": "ecs-svc/2", "status": "PRIMARY", "taskDefinition": definition, "desiredCount": 2, "runningCount": 1},
            {"id": "ecs-svc/1", "status": "ACTIVE", "taskDefinition": definition, "desiredCount": 1, "runningCount": 1},
        ],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}},
    });
    (arn, facts)
}

/// Everything may pass but what number 90 denies.
fn network_acl() -> Value {
    let entry = |number: i32, action: &str| json!({"Egress": true, "RuleNumber": number, "Protocol": "-1", "RuleAction": action, "CidrBlock": "0.0.0.0/0"});
    let denied = json!({"Egress": true, "RuleNumber": 90, "Protocol": "6", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 25, "To": 25}});
    json!({"NetworkAclId": "acl-1", "IsDefault": true, "Entries": [denied, entry(100, "allow"), entry(32_767, "deny")]})
}

/// Two regions, one account: a cluster with a service on Fargate, an instance, a network, and what a task needs.
pub(crate) fn estate() -> Inventory {
    let redactor = redactor();
    let other = "arn:aws:ecs:us-east-1:123456789012";
    let (web, web_facts) = definition(ECS, "web", 7, &redactor);
    let (web_other, web_other_facts) = definition(other, "web", 3, &redactor);
    let live = [
        service(ECS, "prod", "web", &web),
        service(ECS, "test", "web", &web),
        service(other, "prod", "web", &web_other),
        definition(ECS, "web", 6, &redactor),
        definition(ECS, "jobs", 1, &redactor),
        (web, web_facts),
        (web_other, web_other_facts),
        (
            format!("{ECS}:cluster/prod"),
            json!({"clusterArn": format!("{ECS}:cluster/prod"), "clusterName": "prod", "status": "ACTIVE"}),
        ),
        (
            format!("{ECS}:container-instance/prod/0123456789abcdef"),
            json!({"containerInstanceArn": format!("{ECS}:container-instance/prod/0123456789abcdef"), "ec2InstanceId": "i-1", "status": "ACTIVE", "agentConnected": true}),
        ),
        (
            "arn:aws:iam::123456789012:role/execution".to_owned(),
            json!({
                "RoleName": "execution", "Arn": "arn:aws:iam::123456789012:role/execution", "Path": "/",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
                "RolePolicyList": [{"PolicyName": "pull", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]}}],
                "AttachedManagedPolicies": [{"PolicyName": "AmazonECSTaskExecutionRolePolicy", "PolicyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"}],
            }),
        ),
        (
            format!("{EC2}:vpc/vpc-1"),
            json!({"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "CidrBlocks": ["10.0.0.0/16"]}),
        ),
        (
            format!("{EC2}:subnet/subnet-1"),
            json!({"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a", "NetworkAcl": network_acl()}),
        ),
        (
            format!("{EC2}:subnet/subnet-2"),
            json!({"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "eu-west-1b", "NetworkAcl": network_acl()}),
        ),
        (format!("{EC2}:network-acl/acl-1"), {
            let mut facts = network_acl();
            facts["VpcId"] = json!("vpc-1");
            facts
        }),
        (
            format!("{EC2}:route-table/rtb-1"),
            json!({
                "RouteTableId": "rtb-1", "VpcId": "vpc-1",
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                    {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
                ],
                "Associations": [{"Main": true}, {"SubnetId": "subnet-1", "RouteTableAssociationId": "rtbassoc-1"}],
            }),
        ),
        (
            format!("{EC2}:internet-gateway/igw-1"),
            json!({"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}),
        ),
        (
            format!("{EC2}:security-group/sg-1"),
            json!({
                "GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "OwnerId": "123456789012",
                "IpPermissions": [
                    {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/16"}, {"CidrIp": "192.168.0.0/16"}]},
                    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "123456789012"}]},
                ],
                "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            }),
        ),
        (
            format!("{ELB}:targetgroup/web/1111"),
            json!({"TargetGroupArn": format!("{ELB}:targetgroup/web/1111"), "TargetGroupName": "web", "Port": 80, "Protocol": "HTTP", "HealthCheckPath": "/health", "VpcId": "vpc-1"}),
        ),
        (
            "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web".to_owned(),
            json!({"logGroupName": "/ecs/web", "retentionInDays": 30}),
        ),
        (
            "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db".to_owned(),
            json!({"Name": "/prod/db", "Type": "SecureString"}),
        ),
        (
            "arn:aws:kms:eu-west-1:123456789012:key/k-1".to_owned(),
            json!({"KeyId": "k-1", "Aliases": ["alias/prod"], "KeyState": "Enabled", "Enabled": true}),
        ),
        (
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3".to_owned(),
            json!({"Name": "db"}),
        ),
        (
            "arn:aws:ecr:eu-west-1:123456789012:repository/web".to_owned(),
            json!({"repositoryName": "web", "repositoryPolicy": {"Read": true, "Document": {"Id": "old", "Statement": [{"Sid": "old"}]}}}),
        ),
        (
            "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-2".to_owned(),
            json!({"FileSystemId": "fs-2"}),
        ),
        ("arn:aws:s3:::files".to_owned(), json!({})),
        (
            "arn:aws:sqs:eu-west-1:123456789012:jobs".to_owned(),
            json!({"Policy": {"Read": true, "Document": {"Id": "old"}}}),
        ),
    ];
    let mut resources: Vec<Resource> = live
        .iter()
        .map(|(id, facts)| resource(id, Presence::Live, facts))
        .collect();
    let missing = [
        "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/jobs",
        "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1",
    ];
    resources.extend(missing.map(|id| resource(id, Presence::Missing, &json!({}))));
    let scope = |region| ScopeRecord {
        scope: Scope::new("123456789012", region),
        crawled_at: None,
        duration_ms: None,
        api_calls: 0,
        kept: None,
    };
    let scopes = vec![scope("eu-west-1"), scope("global"), scope("us-east-1")];
    Inventory::new(
        "sample".to_owned(),
        OffsetDateTime::UNIX_EPOCH,
        scopes,
        Vec::new(),
        resources,
        Vec::new(),
    )
    .unwrap()
}

/// What a proposal says, and what it makes of the estate: of what was there, only what becomes other.
pub(crate) fn told(proposal: &Proposal, inventory: &Inventory) -> String {
    let mut text = String::new();
    for note in &proposal.notes {
        writeln!(text, "note: {note}").unwrap();
    }
    for change in &proposal.changes {
        let resource = change
            .resource
            .as_ref()
            .map_or_else(String::new, |id| format!(" {id}"));
        let type_name = format!(" {}", change.type_name);
        writeln!(
            text,
            "{} {}{}: {}{resource}",
            change.action.name(),
            change.address,
            type_name.trim_end(),
            change.matched.name(),
        )
        .unwrap();
        for own in &change.attributes {
            let value = |value: &Option<Value>| {
                value
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), Value::to_string)
            };
            let marks = [
                (own.unknown, " (known later)"),
                (own.sensitive, " (sensitive)"),
            ];
            let marks: String = marks.iter().filter(|own| own.0).map(|own| own.1).collect();
            let (before, after) = (value(&own.before), value(&own.after));
            writeln!(text, "    {}: {before} -> {after}{marks}", own.name).unwrap();
        }
        for problem in &change.problems {
            writeln!(text, "    ! {problem}").unwrap();
        }
    }
    for (id, after) in &proposal.edits.after {
        let planned = match after {
            After::Gone => {
                writeln!(text, "{id} is gone").unwrap();
                continue;
            }
            After::Is(planned) => planned,
        };
        let after = planned.resource.attributes.to_value();
        let place = inventory.find(id.as_str());
        let before = place.map_or(Value::Null, |place| {
            inventory.resource(place).attributes.to_value()
        });
        let none = Map::new();
        let difference = patch::difference(
            before.as_object().unwrap_or(&none),
            after.as_object().unwrap_or(&none),
        );
        writeln!(
            text,
            "{id} is {} {}",
            planned.resource.presence.name(),
            Value::Object(difference)
        )
        .unwrap();
        if !planned.also_named.is_empty() {
            writeln!(text, "    also named {:?}", planned.also_named).unwrap();
        }
        if !planned.unknown.is_empty() {
            writeln!(text, "    known later: {:?}", planned.unknown).unwrap();
        }
    }
    text
}

//! What each type of Terraform becomes.

use blastmap_model::{Presence, Resource, ResourceKind};
use serde_json::{Value, json};

use crate::support::*;

/// A change, and facts that it must give: of a resource, at a JSON pointer.
struct Case {
    name: &'static str,
    live: Vec<Resource>,
    changes: Vec<Value>,
    expected: Vec<(String, &'static str, Value)>,
}

fn check(cases: Vec<Case>) {
    for case in cases {
        let proposal = read(&plan(case.changes), &estate(case.live));
        for (id, pointer, expected) in case.expected {
            let facts = facts(&proposal, &id);
            let found = facts.pointer(pointer).unwrap_or(&Value::Null);
            assert_eq!(
                found, &expected,
                "{}: {id} {pointer} in {facts:#}",
                case.name
            );
        }
    }
}

fn role() -> Resource {
    live(
        &format!("{IAM}role/team/web"),
        json!({
            "RoleName": "web", "Arn": format!("{IAM}role/team/web"), "Path": "/team/", "RoleId": "AROA1",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17"},
            "RolePolicyList": [{"PolicyName": "a", "PolicyDocument": {"Id": "a"}}, {"PolicyName": "c", "PolicyDocument": {"Id": "c"}}],
            "AttachedManagedPolicies": [{"PolicyName": "read", "PolicyArn": format!("{IAM}policy/read")}],
        }),
    )
}

#[test]
fn roles_and_their_policies() {
    let id = format!("{IAM}role/team/web");
    let own = |changes, pointer, expected| Case {
        name: pointer,
        live: vec![role()],
        changes,
        expected: vec![(id.clone(), pointer, expected)],
    };
    let inline = |name: &str, mark: &str| json!({"id": format!("web:{name}"), "name": name, "role": "web", "policy": json!({"Id": mark}).to_string()});
    let attachment =
        |arn: &str| json!({"id": "x", "role": "web", "policy_arn": format!("{IAM}policy/{arn}")});
    let attached = |names: &[&str]| -> Value {
        names
            .iter()
            .map(|name| json!({"PolicyName": name, "PolicyArn": format!("{IAM}policy/{name}")}))
            .collect()
    };
    let before = json!({"arn": id, "id": "web", "name": "web", "path": "/team/", "permissions_boundary": "", "unique_id": "AROA1",
        "assume_role_policy": json!({"Version": "2012-10-17"}).to_string(), "inline_policy": [], "managed_policy_arns": []});
    check(vec![
        own(
            vec![update(
                "aws_iam_role_policy.a",
                inline("a", "a"),
                json!({"policy": "{\"Id\":\"new\"}"}),
            )],
            "/RolePolicyList",
            json!([{"PolicyName": "a", "PolicyDocument": {"Id": "new"}}, {"PolicyName": "c", "PolicyDocument": {"Id": "c"}}]),
        ),
        own(
            vec![
                create("aws_iam_role_policy.b", inline("b", "b")),
                delete("aws_iam_role_policy.c", inline("c", "c")),
            ],
            "/RolePolicyList",
            json!([{"PolicyName": "a", "PolicyDocument": {"Id": "a"}}, {"PolicyName": "b", "PolicyDocument": {"Id": "b"}}]),
        ),
        own(
            vec![create(
                "aws_iam_role_policies_exclusive.x",
                json!({"role_name": "web", "policy_names": ["c"]}),
            )],
            "/RolePolicyList/0/PolicyName",
            json!("c"),
        ),
        own(
            vec![
                create("aws_iam_role_policy_attachment.w", attachment("write")),
                delete("aws_iam_role_policy_attachment.r", attachment("read")),
            ],
            "/AttachedManagedPolicies",
            attached(&["write"]),
        ),
        // Two addresses for one attachment: it is there after both.
        own(
            vec![
                delete("aws_iam_role_policy_attachment.z", attachment("read")),
                create("aws_iam_role_policy_attachment.a", attachment("read")),
            ],
            "/AttachedManagedPolicies",
            attached(&["read"]),
        ),
        own(
            vec![create(
                "aws_iam_policy_attachment.w",
                json!({"roles": ["web", "other"], "policy_arn": format!("{IAM}policy/a")}),
            )],
            "/AttachedManagedPolicies",
            attached(&["a", "read"]),
        ),
        own(
            vec![create(
                "aws_iam_role_policy_attachments_exclusive.w",
                json!({"role_name": "web", "policy_arns": [format!("{IAM}policy/b")]}),
            )],
            "/AttachedManagedPolicies",
            attached(&["b"]),
        ),
        own(
            vec![update(
                "aws_iam_role.web",
                before.clone(),
                json!({"assume_role_policy": "{\"Version\":\"2008-10-17\"}"}),
            )],
            "/AssumeRolePolicyDocument/Version",
            json!("2008-10-17"),
        ),
        // What Terraform does not carry stays.
        own(
            vec![update(
                "aws_iam_role.web",
                before.clone(),
                json!({"description": "x"}),
            )],
            "/RolePolicyList/1/PolicyName",
            json!("c"),
        ),
        own(
            vec![update(
                "aws_iam_role.web",
                before.clone(),
                json!({"permissions_boundary": format!("{IAM}policy/limit")}),
            )],
            "/PermissionsBoundary/PermissionsBoundaryArn",
            json!(format!("{IAM}policy/limit")),
        ),
        own(
            vec![update(
                "aws_iam_role.web",
                before.clone(),
                json!({"inline_policy": [{"name": "b", "policy": "{\"Id\":\"b\"}"}]}),
            )],
            "/RolePolicyList",
            json!([{"PolicyName": "b", "PolicyDocument": {"Id": "b"}}]),
        ),
        own(
            vec![update(
                "aws_iam_role.web",
                before,
                json!({"managed_policy_arns": [format!("{IAM}policy/b"), format!("{IAM}policy/a")]}),
            )],
            "/AttachedManagedPolicies",
            attached(&["a", "b"]),
        ),
        own(
            vec![delete(
                "aws_iam_role.web",
                json!({"arn": id, "id": "web", "name": "web"}),
            )],
            "",
            Value::Null,
        ),
        Case {
            name: "a new role with a new profile",
            live: Vec::new(),
            changes: vec![
                create(
                    "aws_iam_role.new",
                    json!({"name": "new", "path": "/", "assume_role_policy": "{\"Version\":\"1\"}"}),
                ),
                create(
                    "aws_iam_instance_profile.new",
                    json!({"name": "new", "path": "/", "role": "new"}),
                ),
                create(
                    "aws_iam_role_policy.new",
                    json!({"name": "p", "role": "new", "policy": "{\"Id\":\"p\"}"}),
                ),
                create(
                    "aws_iam_policy.new",
                    json!({"name": "policy", "path": "/x/", "policy": "{\"Id\":\"p\"}"}),
                ),
            ],
            expected: vec![
                (
                    "planned:aws_iam_role.new".to_owned(),
                    "/Arn",
                    json!(format!("{IAM}role/new")),
                ),
                (
                    "planned:aws_iam_role.new".to_owned(),
                    "/RolePolicyList/0/PolicyName",
                    json!("p"),
                ),
                (
                    "planned:aws_iam_instance_profile.new".to_owned(),
                    "/Roles/0/Arn",
                    json!(format!("{IAM}role/new")),
                ),
                (
                    "planned:aws_iam_policy.new".to_owned(),
                    "/Arn",
                    json!(format!("{IAM}policy/x/policy")),
                ),
            ],
        },
    ]);
}

fn service() -> Resource {
    live(
        &format!("{ECS}service/prod/web"),
        json!({
            "serviceArn": format!("{ECS}service/prod/web"), "serviceName": "web", "clusterArn": format!("{ECS}cluster/prod"),
            "taskDefinition": format!("{ECS}task-definition/web:3"), "desiredCount": 3, "runningCount": 3,
            "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
            "deployments": [{"id": "d", "status": "PRIMARY", "runningCount": 3}],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}},
        }),
    )
}

fn service_before() -> Value {
    json!({
        "id": format!("{ECS}service/prod/web"), "name": "web", "cluster": format!("{ECS}cluster/prod"),
        "task_definition": format!("{ECS}task-definition/web:3"), "desired_count": 3, "launch_type": "FARGATE",
        "deployment_maximum_percent": 200, "deployment_minimum_healthy_percent": 100,
        "network_configuration": [{"subnets": ["subnet-1"], "security_groups": ["sg-1"], "assign_public_ip": false}],
        "load_balancer": [], "service_connect_configuration": [], "capacity_provider_strategy": [],
    })
}

#[test]
fn services() {
    let id = format!("{ECS}service/prod/web");
    let own = |after: Value, pointer, expected| Case {
        name: pointer,
        live: vec![service()],
        changes: vec![update("aws_ecs_service.web", service_before(), after)],
        expected: vec![
            (id.clone(), pointer, expected),
            (id.clone(), "/runningCount", json!(3)),
        ],
    };
    check(vec![
        own(json!({"desired_count": 5}), "/desiredCount", json!(5)),
        own(
            json!({"deployment_maximum_percent": 150}),
            "/deploymentConfiguration",
            json!({"maximumPercent": 150, "minimumHealthyPercent": 100}),
        ),
        own(
            json!({"deployment_configuration": [{"strategy": "BLUE_GREEN", "bake_time_in_minutes": "5"}]}),
            "/deploymentConfiguration",
            json!({"maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}),
        ),
        own(
            json!({"deployment_circuit_breaker": [{"enable": true, "rollback": false}]}),
            "/deploymentConfiguration/deploymentCircuitBreaker",
            json!({"enable": true, "rollback": false}),
        ),
        own(
            json!({"network_configuration": [{"subnets": ["subnet-2", "subnet-3"], "security_groups": ["sg-1"], "assign_public_ip": true}]}),
            "/networkConfiguration/awsvpcConfiguration",
            json!({"subnets": ["subnet-2", "subnet-3"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"}),
        ),
        own(
            json!({"load_balancer": [{"target_group_arn": "arn:x", "container_name": "web", "container_port": 80, "elb_name": ""}]}),
            "/loadBalancers",
            json!([{"targetGroupArn": "arn:x", "containerName": "web", "containerPort": 80}]),
        ),
        own(
            json!({"capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT", "weight": 1, "base": 0}]}),
            "/capacityProviderStrategy",
            json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]),
        ),
        own(
            json!({"task_definition": "web:4"}),
            "/taskDefinition",
            json!(format!("{ECS}task-definition/web:4")),
        ),
        own(
            json!({"service_connect_configuration": [{"enabled": true, "namespace": "ns", "service": [{"port_name": "http"}]}]}),
            "/deployments/0/serviceConnectConfiguration",
            json!({"enabled": true, "namespace": "ns", "services": [{"portName": "http"}]}),
        ),
        Case {
            name: "a new one in a cluster by name",
            live: vec![live(
                &format!("{ECS}cluster/prod"),
                json!({"clusterName": "prod"}),
            )],
            changes: vec![create(
                "aws_ecs_service.new",
                json!({"name": "new", "cluster": "prod", "task_definition": "web:3", "desired_count": 1}),
            )],
            expected: vec![
                (
                    "planned:aws_ecs_service.new".to_owned(),
                    "/serviceArn",
                    json!(format!("{ECS}service/prod/new")),
                ),
                (
                    "planned:aws_ecs_service.new".to_owned(),
                    "/clusterArn",
                    json!(format!("{ECS}cluster/prod")),
                ),
            ],
        },
        Case {
            name: "capacity of a cluster",
            live: vec![live(
                &format!("{ECS}cluster/prod"),
                json!({"clusterName": "prod", "capacityProviders": ["FARGATE"]}),
            )],
            changes: vec![create(
                "aws_ecs_cluster_capacity_providers.x",
                json!({"cluster_name": "prod", "capacity_providers": ["own"],
                "default_capacity_provider_strategy": [{"capacity_provider": "own", "weight": 1, "base": 2}]}),
            )],
            expected: vec![
                (
                    format!("{ECS}cluster/prod"),
                    "/capacityProviders",
                    json!(["own"]),
                ),
                (
                    format!("{ECS}cluster/prod"),
                    "/defaultCapacityProviderStrategy/0/base",
                    json!(2),
                ),
            ],
        },
    ]);
}

#[test]
fn networks() {
    let table = live(
        &format!("{EC2}route-table/rtb-1"),
        json!({
            "RouteTableId": "rtb-1", "VpcId": "vpc-1",
            "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}],
            "Associations": [{"Main": false, "SubnetId": "subnet-1", "RouteTableAssociationId": "rtbassoc-1"}, {"Main": true}],
        }),
    );
    let other = live(
        &format!("{EC2}route-table/rtb-2"),
        json!({"RouteTableId": "rtb-2", "VpcId": "vpc-1"}),
    );
    let (one, two) = (
        format!("{EC2}route-table/rtb-1"),
        format!("{EC2}route-table/rtb-2"),
    );
    let acl = |id: &str| {
        json!({"NetworkAclId": id, "IsDefault": true, "Entries": [
        {"Egress": false, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"},
        {"Egress": true, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}]})
    };
    let subnet = live(
        &format!("{EC2}subnet/subnet-1"),
        json!({"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "eu-west-1a", "NetworkAcl": acl("acl-1")}),
    );
    let endpoint = live(
        &format!("{EC2}vpc-endpoint/vpce-1"),
        json!({"VpcEndpointId": "vpce-1", "SubnetIds": ["subnet-1"], "Groups": [{"GroupId": "sg-1"}], "PolicyDocument": {"Id": "x"}}),
    );
    check(vec![
        Case {
            name: "a route",
            live: vec![table.clone()],
            changes: vec![
                delete(
                    "aws_route.nat",
                    json!({"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}),
                ),
                create(
                    "aws_route.igw",
                    json!({"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}),
                ),
            ],
            expected: vec![(
                one.clone(),
                "/Routes/1",
                json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}),
            )],
        },
        Case {
            name: "routes of a table",
            live: vec![table.clone()],
            changes: vec![update(
                "aws_route_table.x",
                json!({"id": "rtb-1", "route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}]}),
                json!({"route": []}),
            )],
            expected: vec![(
                one.clone(),
                "/Routes",
                json!([{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]),
            )],
        },
        Case {
            name: "a subnet moves to another table",
            live: vec![table.clone(), other.clone()],
            changes: vec![update(
                "aws_route_table_association.x",
                json!({"id": "rtbassoc-1", "subnet_id": "subnet-1", "route_table_id": "rtb-1"}),
                json!({"route_table_id": "rtb-2"}),
            )],
            expected: vec![
                (one.clone(), "/Associations", json!([{"Main": true}])),
                (two.clone(), "/Associations/0/SubnetId", json!("subnet-1")),
            ],
        },
        Case {
            name: "another main table",
            live: vec![table, other],
            changes: vec![create(
                "aws_main_route_table_association.x",
                json!({"vpc_id": "vpc-1", "route_table_id": "rtb-2", "original_route_table_id": "rtb-1"}),
            )],
            expected: vec![
                (one, "/Associations/1", Value::Null),
                (two, "/Associations", json!([{"Main": true}])),
            ],
        },
        Case {
            name: "an endpoint and its parts",
            live: vec![endpoint],
            changes: vec![
                create(
                    "aws_vpc_endpoint_policy.x",
                    json!({"vpc_endpoint_id": "vpce-1", "policy": "{\"Id\":\"y\"}"}),
                ),
                create(
                    "aws_vpc_endpoint_subnet_association.x",
                    json!({"vpc_endpoint_id": "vpce-1", "subnet_id": "subnet-2"}),
                ),
                delete(
                    "aws_vpc_endpoint_security_group_association.x",
                    json!({"vpc_endpoint_id": "vpce-1", "security_group_id": "sg-1"}),
                ),
                create(
                    "aws_vpc_endpoint_private_dns.x",
                    json!({"vpc_endpoint_id": "vpce-1", "private_dns_enabled": true}),
                ),
                create(
                    "aws_vpc_endpoint_route_table_association.x",
                    json!({"vpc_endpoint_id": "vpce-1", "route_table_id": "rtb-1"}),
                ),
            ],
            expected: vec![
                (
                    format!("{EC2}vpc-endpoint/vpce-1"),
                    "/PolicyDocument",
                    json!({"Id": "y"}),
                ),
                (
                    format!("{EC2}vpc-endpoint/vpce-1"),
                    "/SubnetIds",
                    json!(["subnet-1", "subnet-2"]),
                ),
                (format!("{EC2}vpc-endpoint/vpce-1"), "/Groups", Value::Null),
                (
                    format!("{EC2}vpc-endpoint/vpce-1"),
                    "/PrivateDnsEnabled",
                    json!(true),
                ),
                (
                    format!("{EC2}vpc-endpoint/vpce-1"),
                    "/RouteTableIds",
                    json!(["rtb-1"]),
                ),
            ],
        },
        Case {
            name: "AWS's own table and group are taken over",
            live: vec![
                live(
                    &format!("{EC2}route-table/rtb-9"),
                    json!({"RouteTableId": "rtb-9", "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]}),
                ),
                live(
                    &format!("{EC2}security-group/sg-9"),
                    json!({"GroupId": "sg-9", "GroupName": "default", "VpcId": "vpc-1", "IpPermissions": [{"IpProtocol": "-1"}]}),
                ),
            ],
            changes: vec![
                create(
                    "aws_default_route_table.x",
                    json!({"default_route_table_id": "rtb-9", "route": []}),
                ),
                create(
                    "aws_default_security_group.x",
                    json!({"vpc_id": "vpc-1", "ingress": [], "egress": []}),
                ),
            ],
            expected: vec![
                (format!("{EC2}route-table/rtb-9"), "/Routes", Value::Null),
                (
                    format!("{EC2}security-group/sg-9"),
                    "/IpPermissions",
                    Value::Null,
                ),
                (
                    format!("{EC2}security-group/sg-9"),
                    "/GroupName",
                    json!("default"),
                ),
            ],
        },
        Case {
            name: "a NAT gateway in a subnet that is there",
            live: vec![subnet],
            changes: vec![create(
                "aws_nat_gateway.x",
                json!({"subnet_id": "subnet-1", "connectivity_type": "public", "allocation_id": "eip-1"}),
            )],
            expected: vec![
                (
                    "planned:aws_nat_gateway.x".to_owned(),
                    "/VpcId",
                    json!("vpc-1"),
                ),
                (
                    "planned:aws_nat_gateway.x".to_owned(),
                    "/State",
                    json!("available"),
                ),
            ],
        },
        Case {
            name: "a new network",
            live: Vec::new(),
            changes: vec![
                create(
                    "aws_subnet.x",
                    json!({"cidr_block": "10.0.0.0/28", "vpc_id": "vpc-1", "availability_zone": "eu-west-1a"}),
                ),
                create("aws_internet_gateway.x", json!({"vpc_id": "vpc-1"})),
                create(
                    "aws_vpc_endpoint.x",
                    json!({"vpc_id": "vpc-1", "service_name": "com.amazonaws.eu-west-1.s3"}),
                ),
            ],
            expected: vec![
                (
                    "planned:aws_subnet.x".to_owned(),
                    "/AvailableIpAddressCount",
                    json!(11),
                ),
                (
                    "planned:aws_subnet.x".to_owned(),
                    "/SubnetId",
                    json!("planned-aws-subnet-x"),
                ),
                (
                    "planned:aws_internet_gateway.x".to_owned(),
                    "/Attachments/0/VpcId",
                    json!("vpc-1"),
                ),
                (
                    "planned:aws_vpc_endpoint.x".to_owned(),
                    "/VpcEndpointType",
                    json!("Gateway"),
                ),
                (
                    "planned:aws_vpc_endpoint.x".to_owned(),
                    "/PolicyDocument/Statement/0/Effect",
                    json!("Allow"),
                ),
            ],
        },
    ]);
}

#[test]
fn rules_of_security_groups() {
    let id = format!("{EC2}security-group/sg-1");
    let group = || {
        live(
            &id,
            json!({"GroupId": "sg-1", "GroupName": "web", "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "10.1.0.0/16"}]},
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "123456789012"}]}]}),
        )
    };
    let own = |changes, pointer, expected| Case {
        name: pointer,
        live: vec![group()],
        changes,
        expected: vec![(id.clone(), pointer, expected)],
    };
    let rule = json!({"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "10.0.0.0/8"});
    check(vec![
        own(
            vec![delete(
                "aws_vpc_security_group_ingress_rule.x",
                rule.clone(),
            )],
            "/IpPermissions/0/IpRanges",
            json!([{"CidrIp": "10.1.0.0/16"}]),
        ),
        own(
            vec![update(
                "aws_vpc_security_group_ingress_rule.x",
                rule,
                json!({"from_port": 8443, "to_port": 8443}),
            )],
            "/IpPermissions/2/FromPort",
            json!(8443),
        ),
        own(
            vec![delete(
                "aws_security_group_rule.x",
                json!({"security_group_id": "sg-1", "type": "ingress", "protocol": "tcp", "from_port": 80, "to_port": 80,
                "source_security_group_id": "sg-2", "self": false}),
            )],
            "/IpPermissions/1",
            Value::Null,
        ),
        own(
            vec![create(
                "aws_vpc_security_group_egress_rule.x",
                json!({"security_group_id": "sg-1", "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}),
            )],
            "/IpPermissionsEgress",
            json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]),
        ),
        own(
            vec![update(
                "aws_security_group.x",
                json!({"id": "sg-1", "ingress": []}),
                json!({"ingress": [
                {"protocol": "tcp", "from_port": 22, "to_port": 22, "self": true, "cidr_blocks": ["10.0.0.0/8"], "security_groups": [], "description": ""}]}),
            )],
            "/IpPermissions",
            json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                "UserIdGroupPairs": [{"GroupId": "sg-1"}]}]),
        ),
    ]);
}

#[test]
fn load_balancing() {
    let listener = format!("{ELB}listener/app/edge/1/2");
    let rule = format!("{ELB}listener-rule/app/edge/1/2/3");
    let group = format!("{ELB}targetgroup/web/4");
    let estate = || {
        vec![
            live(
                &format!("{ELB}loadbalancer/app/edge/1"),
                json!({"LoadBalancerName": "edge"}),
            ),
            live(
                &listener,
                json!({"ListenerArn": listener, "Port": 80, "DefaultActions": [{"Type": "forward"}]}),
            ),
            live(
                &rule,
                json!({"RuleArn": rule, "Priority": "default", "IsDefault": true, "Actions": []}),
            ),
            live(
                &group,
                json!({"TargetGroupArn": group, "TargetGroupName": "web", "Port": 80, "Protocol": "HTTP", "ProtocolVersion": "HTTP1",
            "HealthCheckPath": "/", "TargetHealthDescriptions": [{"Target": {"Id": "10.0.0.1", "Port": 80}, "TargetHealth": {"State": "healthy"}}]}),
            ),
        ]
    };
    let own = |changes, id: &str, pointer, expected| Case {
        name: pointer,
        live: estate(),
        changes,
        expected: vec![(id.to_owned(), pointer, expected)],
    };
    let health = json!({"enabled": true, "path": "/", "port": "traffic-port", "matcher": "200", "interval": 30});
    check(vec![
        own(
            vec![update(
                "aws_lb_target_group.x",
                json!({"arn": group, "health_check": [health]}),
                json!({"health_check": [over(&health, json!({"path": "/healthz", "matcher": "200-299"}))]}),
            )],
            &group,
            "/Matcher/HttpCode",
            json!("200-299"),
        ),
        own(
            vec![create(
                "aws_lb_listener_rule.x",
                json!({"listener_arn": listener, "priority": 5, "action": [{"type": "forward", "target_group_arn": group}],
                "condition": [{"path_pattern": [{"values": ["/api/*"]}]}, {"http_header": [{"http_header_name": "X-Key", "values": ["swordfish"]}]}]}),
            )],
            "planned:aws_lb_listener_rule.x",
            "/Conditions/0",
            json!({"Field": "path-pattern", "Values": ["/api/*"]}),
        ),
        own(
            vec![update(
                "aws_lb_listener.x",
                json!({"arn": listener, "default_action": []}),
                json!({"default_action": [{"type": "fixed-response", "fixed_response": [{"status_code": "503"}]}]}),
            )],
            &rule,
            "/Actions",
            json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]),
        ),
        own(
            vec![delete("aws_lb_listener.x", json!({"arn": listener}))],
            &rule,
            "",
            Value::Null,
        ),
        own(
            vec![delete(
                "aws_lb.x",
                json!({"arn": format!("{ELB}loadbalancer/app/edge/1")}),
            )],
            &listener,
            "",
            Value::Null,
        ),
        own(
            vec![delete(
                "aws_lb_target_group_attachment.x",
                json!({"target_group_arn": group, "target_id": "10.0.0.1", "port": 80}),
            )],
            &group,
            "/TargetHealthDescriptions",
            Value::Null,
        ),
        own(
            vec![create(
                "aws_lb_listener_certificate.x",
                json!({"listener_arn": listener, "certificate_arn": "arn:aws:acm:eu-west-1:1:certificate/1"}),
            )],
            &listener,
            "/Certificates/0/IsDefault",
            json!(false),
        ),
    ]);
}

#[test]
fn data_and_keys() {
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1";
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3";
    let log = "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web";
    let repository = "arn:aws:ecr:eu-west-1:123456789012:repository/web";
    let parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db";
    let estate = || {
        vec![
            live(
                key,
                json!({"Arn": key, "KeyId": "1", "KeyState": "Enabled", "Enabled": true, "Aliases": ["alias/a"]}),
            ),
            live(secret, json!({"ARN": secret, "Name": "db"})),
            live(
                log,
                json!({"logGroupName": "/ecs/web", "retentionInDays": 7}),
            ),
            live(
                repository,
                json!({"repositoryArn": repository, "repositoryName": "web", "imagesInUse": [{"named": "v1", "exists": true, "imageDigest": "sha256:1"}]}),
            ),
            live(
                parameter,
                json!({"ARN": parameter, "Name": "/prod/db", "Type": "String"}),
            ),
        ]
    };
    let own = |changes, id: &str, pointer, expected| Case {
        name: pointer,
        live: estate(),
        changes,
        expected: vec![(id.to_owned(), pointer, expected)],
    };
    let policy = |mark: &str| json!({"Read": true, "Document": {"Id": mark}});
    check(vec![
        own(
            vec![delete("aws_kms_key.x", json!({"arn": key}))],
            key,
            "/KeyState",
            json!("PendingDeletion"),
        ),
        own(
            vec![update(
                "aws_kms_key.x",
                json!({"arn": key, "is_enabled": true}),
                json!({"is_enabled": false}),
            )],
            key,
            "/KeyState",
            json!("Disabled"),
        ),
        own(
            vec![update(
                "aws_kms_external_key.x",
                json!({"arn": key, "enabled": true}),
                json!({"enabled": false}),
            )],
            key,
            "/Enabled",
            json!(false),
        ),
        own(
            vec![update(
                "aws_kms_key.x",
                json!({"arn": key, "policy": "{}"}),
                json!({"policy": "{\"Id\":\"p\"}"}),
            )],
            key,
            "/Policy",
            policy("p"),
        ),
        own(
            vec![create(
                "aws_kms_key_policy.x",
                json!({"key_id": "1", "policy": "{\"Id\":\"p\"}"}),
            )],
            key,
            "/Policy",
            policy("p"),
        ),
        own(
            vec![create(
                "aws_kms_alias.x",
                json!({"name": "alias/b", "target_key_id": key}),
            )],
            key,
            "/Aliases",
            json!(["alias/a", "alias/b"]),
        ),
        own(
            vec![delete(
                "aws_kms_alias.x",
                json!({"name": "alias/a", "target_key_id": "1"}),
            )],
            key,
            "/Aliases",
            Value::Null,
        ),
        own(
            vec![delete(
                "aws_secretsmanager_secret.x",
                json!({"arn": secret, "recovery_window_in_days": 30}),
            )],
            secret,
            "/DeletedDate",
            json!("when the change is applied"),
        ),
        own(
            vec![delete(
                "aws_secretsmanager_secret.x",
                json!({"arn": secret, "recovery_window_in_days": 0}),
            )],
            secret,
            "",
            Value::Null,
        ),
        own(
            vec![create(
                "aws_secretsmanager_secret_policy.x",
                json!({"secret_arn": secret, "policy": "{\"Id\":\"p\"}"}),
            )],
            secret,
            "/ResourcePolicy",
            policy("p"),
        ),
        own(
            vec![create(
                "aws_secretsmanager_secret_version.x",
                json!({"secret_id": secret, "secret_string": "swordfish"}),
            )],
            secret,
            "/SecretVersionsToStages/planned/0",
            json!("AWSCURRENT"),
        ),
        own(
            vec![update(
                "aws_cloudwatch_log_group.x",
                json!({"id": "/ecs/web", "name": "/ecs/web", "retention_in_days": 7}),
                json!({"retention_in_days": 0}),
            )],
            log,
            "/retentionInDays",
            Value::Null,
        ),
        own(
            vec![delete(
                "aws_cloudwatch_log_group.x",
                json!({"arn": format!("{log}:*"), "name": "/ecs/web"}),
            )],
            log,
            "",
            Value::Null,
        ),
        own(
            vec![create(
                "aws_ecr_repository_policy.x",
                json!({"repository": "web", "policy": "{\"Id\":\"p\"}"}),
            )],
            repository,
            "/repositoryPolicy",
            policy("p"),
        ),
        own(
            vec![create(
                "aws_ecr_lifecycle_policy.x",
                json!({"repository": "web", "policy": "{\"rules\": [{\"rulePriority\": 1}]}"}),
            )],
            repository,
            "/lifecyclePolicyText",
            json!({"rules": [{"rulePriority": 1}]}),
        ),
        own(
            vec![update(
                "aws_ecr_lifecycle_policy.x",
                json!({"repository": "web", "policy": "{\"rules\": []}"}),
                json!({"policy": "{\"rules\":[{\"rulePriority\":1}]}"}),
            )],
            repository,
            "/lifecyclePolicyText/rules/0/rulePriority",
            json!(1),
        ),
        // The same, written otherwise.
        own(
            vec![update(
                "aws_ecr_lifecycle_policy.x",
                json!({"repository": "web", "policy": "{\"rules\": [{\"rulePriority\": 1}]}"}),
                json!({"policy": "{ \"rules\":[{\"rulePriority\":1} ] }"}),
            )],
            repository,
            "/lifecyclePolicyText",
            Value::Null,
        ),
        own(
            vec![change(
                "aws_ecr_repository.x",
                &["delete", "create"],
                json!({"arn": repository, "name": "web"}),
                json!({"name": "web"}),
                json!({"arn": true}),
            )],
            repository,
            "/imagesInUse",
            json!([{"named": "v1", "exists": false}]),
        ),
        own(
            vec![update(
                "aws_ssm_parameter.x",
                json!({"arn": parameter, "type": "String", "value": "a"}),
                json!({"type": "SecureString", "value": "swordfish", "key_id": "alias/a"}),
            )],
            parameter,
            "/KeyId",
            json!("alias/a"),
        ),
        own(
            vec![create(
                "aws_ssm_parameter.x",
                json!({"name": "plain", "type": "String", "value": "swordfish"}),
            )],
            "planned:aws_ssm_parameter.x",
            "/ARN",
            json!("arn:aws:ssm:eu-west-1:123456789012:parameter/plain"),
        ),
    ]);
}

#[test]
fn storage_schedules_and_scaling() {
    let target = "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/1";
    let policy = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/ecs/service/prod/web:policyName/cpu";
    let rule = "arn:aws:events:eu-west-1:123456789012:rule/nightly";
    let schedule = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly";
    let estate = || {
        let mut scalable = live(
            target,
            json!({"ScalableTargetARN": target, "ResourceId": "service/prod/web", "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1}),
        );
        scalable.name = "service/prod/web".into();
        vec![
            scalable,
            live(
                policy,
                json!({"PolicyARN": policy, "PolicyName": "cpu", "ResourceId": "service/prod/web", "ScalableDimension": "ecs:service:DesiredCount"}),
            ),
            live(
                rule,
                json!({"Arn": rule, "Name": "nightly", "State": "ENABLED", "Targets": [{"Id": "run", "Arn": "x"}]}),
            ),
            live(
                schedule,
                json!({"Arn": schedule, "Name": "nightly", "State": "ENABLED", "Target": {"Arn": "x"}}),
            ),
            live(
                "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1",
                json!({"FileSystemId": "fs-1"}),
            ),
            resource(
                "fsmt-1",
                ResourceKind::EfsMountTarget,
                Presence::Live,
                &json!({"MountTargetId": "fsmt-1", "FileSystemId": "fs-1", "SecurityGroups": ["sg-1"]}),
            ),
            live(
                &format!("{EC2}subnet/subnet-1"),
                json!({"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "eu-west-1a"}),
            ),
        ]
    };
    let own = |changes, id: &str, pointer, expected| Case {
        name: pointer,
        live: estate(),
        changes,
        expected: vec![(id.to_owned(), pointer, expected)],
    };
    let scalable = json!({"id": "service/prod/web", "resource_id": "service/prod/web", "scalable_dimension": "ecs:service:DesiredCount", "min_capacity": 1});
    check(vec![
        own(
            vec![update(
                "aws_appautoscaling_target.x",
                scalable.clone(),
                json!({"min_capacity": 2}),
            )],
            target,
            "/MinCapacity",
            json!(2),
        ),
        own(
            vec![delete("aws_appautoscaling_target.x", scalable)],
            policy,
            "",
            Value::Null,
        ),
        own(
            vec![create(
                "aws_appautoscaling_scheduled_action.x",
                json!({"name": "night", "resource_id": "service/prod/web", "schedule": "cron(0 0 * * ? *)",
                "scalable_target_action": [{"min_capacity": "0", "max_capacity": "0"}]}),
            )],
            target,
            "/ScheduledActions/0/ScalableTargetAction",
            json!({"MinCapacity": 0, "MaxCapacity": 0}),
        ),
        own(
            vec![update(
                "aws_cloudwatch_event_rule.x",
                json!({"name": "nightly", "state": "ENABLED"}),
                json!({"state": "DISABLED"}),
            )],
            rule,
            "/State",
            json!("DISABLED"),
        ),
        own(
            vec![update(
                "aws_cloudwatch_event_rule.x",
                json!({"name": "nightly", "is_enabled": true}),
                json!({"is_enabled": false}),
            )],
            rule,
            "/State",
            json!("DISABLED"),
        ),
        own(
            vec![update(
                "aws_cloudwatch_event_target.x",
                json!({"rule": "nightly", "target_id": "run", "arn": "x", "ecs_target": [{}]}),
                json!({"arn": format!("{ECS}cluster/prod"), "role_arn": "r", "input": "{\"taskRoleArn\":\"arn:aws:iam::1:role/x\",\"containerOverrides\":\"swordfish\"}",
                    "ecs_target": [{"task_definition_arn": "t", "task_count": 2, "network_configuration": [{"subnets": ["subnet-1"], "assign_public_ip": false}]}]}),
            )],
            rule,
            "/Targets",
            json!([{"Id": "run", "Arn": format!("{ECS}cluster/prod"), "RoleArn": "r", "OverrideTaskRoleArn": "arn:aws:iam::1:role/x",
                "EcsParameters": {"TaskDefinitionArn": "t", "TaskCount": 2, "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}}}}]),
        ),
        own(
            vec![update(
                "aws_scheduler_schedule.x",
                json!({"arn": schedule, "target": []}),
                json!({"target": [{"arn": "c", "role_arn": "r", "ecs_parameters": [{"task_definition_arn": "t"}]}]}),
            )],
            schedule,
            "/Target/EcsParameters/TaskDefinitionArn",
            json!("t"),
        ),
        own(
            vec![update(
                "aws_efs_mount_target.x",
                json!({"id": "fsmt-1", "security_groups": ["sg-1"]}),
                json!({"security_groups": ["sg-2"]}),
            )],
            "fsmt-1",
            "/SecurityGroups",
            json!(["sg-2"]),
        ),
        own(
            vec![delete("aws_efs_mount_target.x", json!({"id": "fsmt-1"}))],
            "fsmt-1",
            "",
            Value::Null,
        ),
        own(
            vec![create(
                "aws_efs_mount_target.x",
                json!({"file_system_id": "fs-1", "subnet_id": "subnet-1"}),
            )],
            "planned:aws_efs_mount_target.x",
            "/AvailabilityZoneName",
            json!("eu-west-1a"),
        ),
        own(
            vec![create(
                "aws_efs_file_system_policy.x",
                json!({"file_system_id": "fs-1", "policy": "{\"Id\":\"p\"}"}),
            )],
            "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1",
            "/FileSystemPolicy/Document/Id",
            json!("p"),
        ),
        own(
            vec![create(
                "aws_efs_access_point.x",
                json!({"file_system_id": "fs-1", "posix_user": [{"uid": 1, "gid": 2}]}),
            )],
            "planned:aws_efs_access_point.x",
            "/PosixUser",
            json!({"Uid": 1, "Gid": 2}),
        ),
    ]);
}

#[test]
fn deployments_and_edges_of_networks() {
    const DEPLOY: &str = "arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:shop/web";
    const RULE: &str = "arn:aws:ecr:eu-west-1:123456789012:pull-through-cache-rule/hub";
    let (address, list) = (
        format!("{EC2}elastic-ip/eipalloc-1"),
        format!("{EC2}prefix-list/pl-1"),
    );
    let (peering, gateway, offered) = (
        format!("{EC2}vpc-peering-connection/pcx-1"),
        format!("{EC2}transit-gateway/tgw-1"),
        format!("{EC2}vpc-endpoint-service/vpce-svc-1"),
    );
    let own = |changes, id: &str, pointer, expected| Case {
        name: "edges",
        live: vec![
            live(
                DEPLOY,
                json!({"applicationName": "shop", "deploymentGroupName": "web", "serviceRoleArn": "old"}),
            ),
            live(
                RULE,
                json!({"ecrRepositoryPrefix": "hub", "credentialArn": "secret"}),
            ),
            live(&address, json!({"AllocationId": "eipalloc-1"})),
            live(&list, json!({"PrefixListId": "pl-1", "Version": 1})),
            live(&peering, json!({"VpcPeeringConnectionId": "pcx-1"})),
            live(&gateway, json!({"TransitGatewayId": "tgw-1"})),
            live(
                &offered,
                json!({"ServiceId": "vpce-svc-1", "NetworkLoadBalancerArns": ["a"]}),
            ),
        ],
        changes,
        expected: vec![(id.to_owned(), pointer, expected)],
    };
    let gone = |address: &str, side: Value, id: &str| {
        own(vec![delete(address, side)], id, "", Value::Null)
    };
    check(vec![
        own(
            vec![update(
                "aws_codedeploy_deployment_group.x",
                json!({"arn": DEPLOY, "service_role_arn": "old", "load_balancer_info": []}),
                json!({"service_role_arn": "new", "load_balancer_info": [{"target_group_pair_info": [{
                    "target_group": [{"name": "blue"}, {"name": "green"}], "prod_traffic_route": [{"listener_arns": ["l"]}], "test_traffic_route": []}]}]}),
            )],
            DEPLOY,
            "/loadBalancerInfo/targetGroupPairInfoList",
            json!([{"targetGroups": [{"name": "blue"}, {"name": "green"}], "prodTrafficRoute": {"listenerArns": ["l"]}}]),
        ),
        gone(
            "aws_codedeploy_deployment_group.x",
            json!({"arn": DEPLOY}),
            DEPLOY,
        ),
        own(
            vec![update(
                "aws_ecr_pull_through_cache_rule.x",
                json!({"id": "hub", "ecr_repository_prefix": "hub", "credential_arn": "secret"}),
                json!({"credential_arn": "other"}),
            )],
            RULE,
            "/credentialArn",
            json!("other"),
        ),
        gone(
            "aws_ecr_pull_through_cache_rule.x",
            json!({"id": "hub", "ecr_repository_prefix": "hub"}),
            RULE,
        ),
        gone(
            "aws_eip.x",
            json!({"id": "eipalloc-1", "allocation_id": "eipalloc-1"}),
            &address,
        ),
        own(
            vec![update(
                "aws_ec2_managed_prefix_list.x",
                json!({"id": "pl-1", "version": 1}),
                json!({"version": 2}),
            )],
            &list,
            "/Version",
            json!(2),
        ),
        gone(
            "aws_ec2_managed_prefix_list.x",
            json!({"id": "pl-1"}),
            &list,
        ),
        gone(
            "aws_vpc_peering_connection.x",
            json!({"id": "pcx-1"}),
            &peering,
        ),
        gone(
            "aws_ec2_transit_gateway.x",
            json!({"id": "tgw-1"}),
            &gateway,
        ),
        own(
            vec![update(
                "aws_vpc_endpoint_service.x",
                json!({"id": "vpce-svc-1", "network_load_balancer_arns": ["a"]}),
                json!({"network_load_balancer_arns": ["b"]}),
            )],
            &offered,
            "/NetworkLoadBalancerArns",
            json!(["b"]),
        ),
        gone(
            "aws_vpc_endpoint_service.x",
            json!({"id": "vpce-svc-1"}),
            &offered,
        ),
    ]);
}

#[test]
fn names_certificates_and_what_stands_before_balancers() {
    let zone = "arn:aws:route53:::hostedzone/Z1";
    let record = format!("{zone}#www.example.com/A");
    let acl = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/front/1";
    let distribution = "arn:aws:cloudfront::123456789012:distribution/E1";
    let link = "arn:aws:apigateway:eu-west-1::/vpclinks/l1";
    let certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/1";
    let balancer = format!("{ELB}loadbalancer/app/edge/1");
    let alias =
        |name: &str| json!([{"name": name, "zone_id": "Z35", "evaluate_target_health": true}]);
    let before = json!({"zone_id": "Z1", "name": "www", "fqdn": "www.example.com", "type": "A", "alias": alias("old.eu-west-1.elb.amazonaws.com")});
    let estate = || {
        vec![
            live(zone, json!({"Id": "Z1", "Name": "example.com."})),
            live(
                &record,
                json!({"HostedZoneId": "Z1", "Name": "www.example.com.", "Type": "A", "AliasTarget": {"DNSName": "old.eu-west-1.elb.amazonaws.com."}}),
            ),
            live(
                acl,
                json!({"ARN": acl, "Id": "1", "Name": "front", "ResourceArns": ["arn:old"]}),
            ),
            live(
                distribution,
                json!({"ARN": distribution, "Id": "E1", "Origins": []}),
            ),
            live(
                link,
                json!({"vpcLinkId": "l1", "name": "main", "integrations": [{"apiId": "a", "integrationId": "i", "integrationUri": "arn:old"}]}),
            ),
            live(
                certificate,
                json!({"CertificateArn": certificate, "Status": "ISSUED"}),
            ),
        ]
    };
    let own = |changes, id: &str, pointer, expected| Case {
        name: pointer,
        live: estate(),
        changes,
        expected: vec![(id.to_owned(), pointer, expected)],
    };
    check(vec![
        own(
            vec![update(
                "aws_route53_record.x",
                before.clone(),
                json!({"alias": alias("new.eu-west-1.elb.amazonaws.com")}),
            )],
            &record,
            "/AliasTarget",
            json!({"DNSName": "new.eu-west-1.elb.amazonaws.com", "HostedZoneId": "Z35", "EvaluateTargetHealth": true}),
        ),
        own(
            vec![delete("aws_route53_record.x", before)],
            &record,
            "",
            Value::Null,
        ),
        // A new record may be named without its zone's name.
        own(
            vec![create(
                "aws_route53_record.x",
                json!({"zone_id": "Z1", "name": "shop", "type": "CNAME", "set_identifier": "blue", "ttl": 60,
                    "records": ["www.example.com"], "weighted_routing_policy": [{"weight": 10}]}),
            )],
            "planned:aws_route53_record.x",
            "",
            json!({"HostedZoneId": "Z1", "Name": "shop.example.com.", "Type": "CNAME", "SetIdentifier": "blue", "TTL": 60, "Weight": 10,
                "ResourceRecords": [{"Value": "www.example.com"}]}),
        ),
        // Of addresses the fingerprints tell which Elastic IP address one is.
        own(
            vec![create(
                "aws_route53_record.x",
                json!({"zone_id": "Z1", "name": "edge", "type": "A", "records": ["192.0.2.1"]}),
            )],
            "planned:aws_route53_record.x",
            "/ResourceRecords",
            json!([{"Value": redactor().fingerprint("192.0.2.1")}]),
        ),
        // Texts are not looked at.
        own(
            vec![create(
                "aws_route53_record.x",
                json!({"zone_id": "Z1", "name": "example.com", "type": "TXT", "records": ["hunter2"]}),
            )],
            "planned:aws_route53_record.x",
            "",
            json!({"HostedZoneId": "Z1", "Name": "example.com.", "Type": "TXT"}),
        ),
        own(
            vec![delete("aws_acm_certificate.x", json!({"arn": certificate}))],
            certificate,
            "",
            Value::Null,
        ),
        own(
            vec![update(
                "aws_wafv2_web_acl.x",
                json!({"arn": acl, "id": "1", "name": "front", "default_action": [{"allow": [{}], "block": []}]}),
                json!({"default_action": [{"allow": [], "block": [{}]}]}),
            )],
            acl,
            "/DefaultAction",
            json!("Block"),
        ),
        own(
            vec![
                create(
                    "aws_wafv2_web_acl_association.new",
                    json!({"web_acl_arn": acl, "resource_arn": balancer}),
                ),
                delete(
                    "aws_wafv2_web_acl_association.old",
                    json!({"web_acl_arn": acl, "resource_arn": "arn:old"}),
                ),
            ],
            acl,
            "/ResourceArns",
            json!([balancer]),
        ),
        own(
            vec![update(
                "aws_cloudfront_distribution.x",
                json!({"arn": distribution, "id": "E1", "origin": []}),
                json!({"origin": [{"origin_id": "main", "domain_name": "www.example.com", "custom_header": [{"name": "X-Verify", "value": "hunter2"}]}]}),
            )],
            distribution,
            "/Origins",
            json!([{"Id": "main", "DomainName": "www.example.com"}]),
        ),
        own(
            vec![delete(
                "aws_apigatewayv2_integration.x",
                json!({"api_id": "a", "id": "i", "connection_type": "VPC_LINK", "connection_id": "l1", "integration_uri": "arn:old"}),
            )],
            link,
            "/integrations",
            Value::Null,
        ),
    ]);
}

#[test]
fn launch_templates_tables_and_streams() {
    let template = format!("{EC2}launch-template/lt-1");
    let group =
        "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/hosts";
    let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders-eu";
    let stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";
    let delivery = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs";
    let first = json!({"VersionNumber": 1, "ImageId": "ami-1", "SecurityGroupIds": ["sg-1"]});
    let before = json!({"id": "lt-1", "name": "hosts", "latest_version": 1, "image_id": "ami-1", "vpc_security_group_ids": ["sg-1"], "user_data": "aGk="});
    let own = |changes, id: &str, pointer, expected| Case {
        name: "launching",
        live: vec![
            live(
                &template,
                json!({"LaunchTemplateId": "lt-1", "LaunchTemplateName": "hosts", "Versions": [first.clone()]}),
            ),
            live(group, json!({"AutoScalingGroupName": "hosts"})),
            live(table, json!({"TableName": "orders-eu"})),
            live(stream, json!({})),
            live(delivery, json!({})),
        ],
        changes,
        expected: vec![(id.to_owned(), pointer, expected)],
    };
    let gone = |address: &str, side: Value, id: &str| {
        own(vec![delete(address, side)], id, "", Value::Null)
    };
    check(vec![
        own(
            vec![update(
                "aws_launch_template.x",
                before.clone(),
                json!({"latest_version": 2, "image_id": "ami-2", "iam_instance_profile": [{"name": "hosts", "arn": null}], "user_data": "aG8="}),
            )],
            &template,
            "/Versions",
            json!([first, {"VersionNumber": 2, "ImageId": "ami-2", "SecurityGroupIds": ["sg-1"], "IamInstanceProfile": {"Name": "hosts"}}]),
        ),
        gone("aws_launch_template.x", before, &template),
        own(
            vec![update(
                "aws_autoscaling_group.x",
                json!({"arn": group, "name": "hosts", "mixed_instances_policy": []}),
                json!({"mixed_instances_policy": [{"launch_template": [{
                    "launch_template_specification": [{"launch_template_id": "lt-1", "version": "$Latest"}],
                    "override": [{"instance_type": "m7g.large", "launch_template_specification": []}]}]}]}),
            )],
            group,
            "/MixedInstancesPolicy/LaunchTemplate",
            json!({"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}, "Overrides": [{"InstanceType": "m7g.large"}]}),
        ),
        own(
            vec![create("aws_dynamodb_table.x", json!({"name": "carts-eu"}))],
            "planned:aws_dynamodb_table.x",
            "/NameFingerprint",
            json!(redactor().fingerprint("carts-eu")),
        ),
        gone(
            "aws_dynamodb_table.x",
            json!({"arn": table, "id": "orders-eu", "name": "orders-eu"}),
            table,
        ),
        gone("aws_kinesis_stream.x", json!({"arn": stream}), stream),
        gone(
            "aws_kinesis_firehose_delivery_stream.x",
            json!({"arn": delivery}),
            delivery,
        ),
    ]);
}

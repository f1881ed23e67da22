//! Input that no Terraform wrote.

use std::time::Instant;

use blastmap_change::{ChangeError, terraform};
use blastmap_model::Inventory;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::support::*;

fn error(bytes: &[u8]) -> ChangeError {
    let inventory = Inventory::empty("test".to_owned(), OffsetDateTime::UNIX_EPOCH);
    terraform::read(bytes, &inventory, &redactor()).unwrap_err()
}

#[test]
fn what_is_no_plan_gives_one_clear_line() {
    let deep = "[".repeat(100_000);
    let cases: [(&[u8], &str); 10] = [
        (
            b"",
            "the Terraform plan is empty; give the output of `terraform show -json PLAN`",
        ),
        (
            b" \n",
            "the Terraform plan is empty; give the output of `terraform show -json PLAN`",
        ),
        (
            b"PK\x03\x04tfplan",
            "the Terraform plan is not text but binary; give the JSON that `terraform show -json PLAN` prints",
        ),
        (
            b"{\"format_version\": \"1.2\",\n",
            "the Terraform plan ends before its end, at line 2; write it again with `terraform show -json PLAN`",
        ),
        (
            b"Error: x",
            "the Terraform plan is not JSON (line 1, column 1); give the output of `terraform show -json PLAN`",
        ),
        (
            b"{}",
            "the Terraform plan is JSON, but has no `format_version`; give the output of `terraform show -json PLAN`",
        ),
        (
            b"{\"format_version\":\"1.2\"}",
            "the Terraform plan is JSON, but has no `resource_changes`; give the output of `terraform show -json PLAN`",
        ),
        (
            b"{\"format_version\":\"2.0\",\"resource_changes\":[]}",
            "the plan has format version 2.0, of which only 1.x can be read; use a version of blastmap that reads it",
        ),
        (
            b"{\"format_version\":\"1.2\",\"resource_changes\":{}}",
            "the Terraform plan cannot be used: `resource_changes` is no list",
        ),
        (
            deep.as_bytes(),
            "the Terraform plan is nested too deeply (line 1); no plan that Terraform or OpenTofu writes is",
        ),
    ];
    for (bytes, line) in cases {
        assert_eq!(error(bytes).to_string(), line);
    }
}

/// Types with a row each for the wrong values to meet.
const TYPES: &[&str] = &[
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_policy_attachment",
    "aws_iam_role_policies_exclusive",
    "aws_iam_instance_profile",
    "aws_ecs_cluster",
    "aws_ecs_cluster_capacity_providers",
    "aws_ecs_service",
    "aws_ecs_task_definition",
    "aws_ecs_task_set",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_lb_target_group_attachment",
    "aws_kms_key",
    "aws_kms_alias",
    "aws_secretsmanager_secret",
    "aws_ssm_parameter",
    "aws_route_table",
    "aws_route",
    "aws_route_table_association",
    "aws_vpc_endpoint",
    "aws_network_acl",
    "aws_network_acl_rule",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_efs_mount_target",
    "aws_efs_access_point",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_scheduler_schedule",
    "aws_appautoscaling_target",
    "aws_appautoscaling_policy",
    "aws_appautoscaling_scheduled_action",
    "aws_autoscaling_group",
    "aws_sqs_queue_policy",
    "aws_ecr_repository",
];

const ATTRIBUTES: &[&str] = &[
    "arn",
    "id",
    "name",
    "role",
    "policy",
    "cluster",
    "task_definition",
    "container_definitions",
    "network_configuration",
    "load_balancer",
    "action",
    "condition",
    "default_action",
    "health_check",
    "ingress",
    "egress",
    "subnets",
    "subnet_ids",
    "subnet_id",
    "route",
    "route_table_id",
    "vpc_id",
    "desired_count",
    "volume",
    "inline_policy",
    "managed_policy_arns",
    "tags",
    "tags_all",
    "port",
    "from_port",
    "to_port",
    "protocol",
    "cidr_block",
    "target",
    "ecs_target",
    "rule",
    "key_id",
    "is_enabled",
    "resource_id",
    "service_connect_configuration",
    "capacity_provider_strategy",
    "security_group_id",
    "rule_number",
    "posix_user",
    "family",
    "revision",
    "listener_arn",
    "target_group_arn",
    "roles",
    "policy_names",
    "role_name",
    "cluster_name",
    "scale",
    "region",
    "certificate_arn",
    "target_key_id",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "web",
            "arn:aws:ecs:eu-west-1:123456789012:service/prod/web",
            "arn:aws:iam::123456789012:role/web",
            "sg-1",
            "rtb-1",
            "subnet-1",
            "10.0.0.0/8",
            "tcp",
            "{}",
            "[]",
            "[{\"name\":\"web\"}]",
            "alias/",
            "a/b",
            "arn:",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(ATTRIBUTES), inner, 0..4).prop_map(
                |fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            ),
        ]
    })
}

fn side() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(prop::sample::select(ATTRIBUTES), value(), 0..12).prop_map(
        |fields| {
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
        },
    )
}

proptest! {
    #[test]
    fn wrong_types_anywhere_are_read_as_far_as_they_go(
        entries in prop::collection::vec(
            (prop::sample::select(TYPES), prop::sample::select(vec!["create", "update", "delete", "replace", "no-op"]), side(), side(), side(), value(), side()),
            0..6,
        ),
        expressions in side(),
    ) {
        let inventory = estate(vec![
            live(&format!("{ECS}service/prod/web"), json!({"serviceName": "web", "deployments": 3})),
            live(&format!("{IAM}role/web"), json!({"RoleName": "web", "RolePolicyList": "x"})),
            live(&format!("{EC2}security-group/sg-1"), json!({"GroupId": "sg-1", "IpPermissions": [3, {"IpRanges": 1}]})),
            live(&format!("{EC2}route-table/rtb-1"), json!({"RouteTableId": "rtb-1", "Routes": {}})),
            live(&format!("{EC2}subnet/subnet-1"), json!({"SubnetId": "subnet-1", "NetworkAcl": 3})),
        ]);
        let changes: Vec<Value> = entries.into_iter().enumerate().map(|(number, (kind, action, before, after, unknown, sensitive, mark))| {
            let actions = if action == "replace" { vec!["create", "delete"] } else { vec![action] };
            let mut own = change(&format!("{kind}.x[{number}]"), &actions, before, after, unknown);
            own["change"]["after_sensitive"] = sensitive;
            own["change"]["before_sensitive"] = mark;
            own
        }).collect();
        let mut plan = plan(changes);
        plan["configuration"] = json!({"root_module": {"resources": [{"address": "aws_ecs_service.x", "expressions": expressions}]}});
        let proposal = terraform::read(plan.to_string().as_bytes(), &inventory, &redactor());
        prop_assert!(proposal.is_ok());
    }

    #[test]
    fn bytes_of_any_kind_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let inventory = Inventory::empty("test".to_owned(), OffsetDateTime::UNIX_EPOCH);
        drop(terraform::read(&bytes, &inventory, &redactor()));
    }
}

#[test]
fn thousands_of_changes_take_no_time() {
    let services: Vec<_> = (0..5_000)
        .map(|number| {
            live(
                &format!("{ECS}service/prod/web{number}"),
                json!({"serviceName": format!("web{number}"), "desiredCount": 1}),
            )
        })
        .collect();
    let changes = (0..5_000).map(|number| {
        let before = json!({"id": format!("{ECS}service/prod/web{number}"), "name": format!("web{number}"), "desired_count": 1});
        update(&format!("aws_ecs_service.web[{number}]"), before, json!({"desired_count": 2}))
    });
    let (plan, inventory) = (plan(changes.collect()).to_string(), estate(services));
    let start = Instant::now();
    let proposal = terraform::read(plan.as_bytes(), &inventory, &redactor()).unwrap();
    assert_eq!(proposal.edits.after.len(), 5_000);
    // Far more than it needs, far less than anything quadratic would.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

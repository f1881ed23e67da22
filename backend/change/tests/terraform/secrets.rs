//! Values of a plan that are or may be secret are shown nowhere; what is none is.

use blastmap_change::AttributeChange;
use serde_json::{Value, json};

use crate::support::{create, estate, plan, read};

fn shown(address: &str, after: Value) -> String {
    let proposal = read(&plan(vec![create(address, after)]), &estate(Vec::new()));
    let told = |own: &AttributeChange| format!("{} {:?} {:?}\n", own.name, own.before, own.after);
    let changes = proposal.changes.iter();
    let attributes = changes.clone().flat_map(|own| &own.attributes).map(told);
    let changes = changes.map(|own| format!("{} {:?}\n", own.address, own.resource));
    let ids = proposal.edits.after.keys().map(ToString::to_string);
    attributes.chain(changes).chain(ids).collect()
}

#[test]
fn secrets_do_not_come_through() {
    let properties = json!({"environment": [{"name": "A", "value": "hunter2"}], "command": ["hunter2"], "image": "plain"});
    let policy = json!({"Version": "2012-10-17", "statement": [{"Effect": "Allow", "Principal": {"AWS": "plain"}, "Action": "sts:AssumeRole", "condition": {"StringEquals": {"sts:ExternalId": ["hunter2", 47_112_233]}}}]});
    let cases = [
        (
            "aws_ecs_service.a",
            json!({"service_connect_configuration": [{"namespace": "plain", "log_configuration": [{"log_driver": "splunk", "options": {"splunk-token": "hunter2"}}]}]}),
        ),
        (
            "aws_ecs_task_definition.a",
            json!({"family": "plain", "volume": [{"name": "a", "docker_volume_configuration": [{"driver_opts": {"o": "hunter2"}}]}, {"name": "b"}]}),
        ),
        (
            "aws_ecs_task_definition.a",
            json!({"family": "plain", "volume": [{"name": "a", "docker_volume_configuration": [{"driver_opts": {"o": "hunter2"}}]}]}),
        ),
        (
            "aws_batch_job_definition.a",
            json!({"container_properties": properties.to_string()}),
        ),
        (
            "aws_lambda_function.a",
            json!({"function_name": "plain", "image_config": [{"command": ["hunter2"]}]}),
        ),
        (
            "aws_cloudformation_stack.a",
            json!({"parameters": {"DbPassword": "hunter2", "Size": "plain"}}),
        ),
        (
            "aws_glue_job.a",
            json!({"name": "plain", "default_arguments": {"--db_password": "hunter2", "--key": "hunter2"}}),
        ),
        (
            "aws_iam_role.a",
            json!({"name": "a", "assume_role_policy": policy.to_string()}),
        ),
        (
            "aws_wafv2_rule_group.a",
            json!({"name": "plain", "rule": [{"statement": [{"byte_match_statement": [{"search_string": "hunter2"}]}]}, {}]}),
        ),
        (
            "aws_api_gateway_integration.a",
            json!({"uri": "plain", "request_parameters": {"integration.request.header.X-Key": "'hunter2'"}}),
        ),
        (
            "aws_api_gateway_stage.a",
            json!({"stage_name": "plain", "variables": {"key": "hunter2"}}),
        ),
        (
            "aws_api_gateway_api_key.a",
            json!({"name": "plain", "value": "hunter2"}),
        ),
        (
            "aws_cloudwatch_event_target.a",
            json!({"arn": "plain", "http_target": [{"header_parameters": {"Authorization": "hunter2"}}]}),
        ),
        (
            "aws_amplify_app.a",
            json!({"name": "plain", "environment_variables": {"KEY": "hunter2"}}),
        ),
        (
            "aws_apprunner_service.a",
            json!({"service_name": "plain", "source_configuration": [{"image_repository": [{"image_configuration": [{"runtime_environment_variables": {"KEY": "hunter2"}}]}]}]}),
        ),
        (
            "aws_elastic_beanstalk_environment.a",
            json!({"name": "plain", "setting": [{"namespace": "aws:elasticbeanstalk:application:environment", "name": "KEY", "value": "hunter2"}, {"namespace": "aws:a", "name": "B", "value": "hunter2"}]}),
        ),
        (
            "aws_route53_record.a",
            json!({"zone_id": "plain", "type": "A", "records": ["192.0.2.41"]}),
        ),
        (
            "aws_sns_topic_subscription.a",
            json!({"topic_arn": "plain", "protocol": "https", "endpoint": "https://example.com/hunter2"}),
        ),
        (
            "aws_sfn_state_machine.a",
            json!({"name": "plain", "definition": "{\"Comment\": \"hunter2\"}"}),
        ),
    ];
    for (address, after) in cases {
        let told = shown(address, after);
        for secret in ["hunter2", "47112233", "192.0.2.41"] {
            assert!(!told.contains(secret), "{told}");
        }
        assert!(told.contains("plain"), "{told}");
    }
}

#[test]
fn what_is_made_goes_by_the_address_that_is_shown() {
    let address = "aws_security_group.a[\"https://app:hunter2@example.com\"]";
    let after = json!({"name": "plain", "vpc_id": "vpc-1"});
    let proposal = read(&plan(vec![create(address, after)]), &estate(Vec::new()));
    let change = &proposal.changes[0];
    let id = change.resource.as_ref().unwrap().as_str();
    assert_eq!(id, format!("planned:{}", change.address));
    assert!(!id.contains("hunter2"), "{id}");
    for (id, after) in &proposal.edits.after {
        assert!(!format!("{id} {after:?}").contains("hunter2"), "{id}");
    }
}

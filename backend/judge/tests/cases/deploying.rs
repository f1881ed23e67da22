//! Deployments and how far they can go.

use blastmap_judge::{
    Outcome::{AtRisk, Down, FailsOnNextStart},
    estate::{Estate, arn, patched},
};
use blastmap_model::{
    Phase::{Deploy, Start, Traffic},
    ResourceKind,
    kinds::{
        ecs_service::{
            DeploymentAlarms, DeploymentCircuitBreaker, DeploymentConfiguration, EcsService,
        },
        ecs_task_definition::{EcsTaskDefinition, EphemeralStorage, KeyValue},
    },
};
use serde_json::json;

use crate::{estates::*, harness::*, starting::rolled};

fn desired(count: i32) -> Estate {
    nat().with::<EcsService>(&service(), |own| own.desired_count = count)
}

fn bounds(name: &'static str, count: i32, minimum: i32, maximum: i32) -> Case {
    resources(
        name,
        desired(count),
        [update(
            &service(),
            json!({
                "deploymentConfiguration": {"minimumHealthyPercent": minimum, "maximumPercent": maximum},
            }),
        )],
    )
}

fn breaker(rollback: bool) -> Estate {
    nat().with::<EcsService>(&service(), |own| {
        own.deployment_configuration = Some(DeploymentConfiguration {
            deployment_circuit_breaker: Some(DeploymentCircuitBreaker {
                enable: true,
                rollback,
            }),
            ..DeploymentConfiguration::default()
        });
    })
}

/// A service whose deployments an alarm watches.
fn watched() -> Estate {
    let kind = ResourceKind::CloudwatchAlarm;
    nat().blind(kind).with::<EcsService>(&service(), |own| {
        own.deployment_configuration = Some(DeploymentConfiguration {
            alarms: Some(DeploymentAlarms {
                alarm_names: vec!["errors".to_owned()],
                enable: true,
                rollback: true,
            }),
            ..DeploymentConfiguration::default()
        });
    })
}

pub(crate) fn cases() -> Vec<Case> {
    let stuck = |case: Case| {
        case.hits(&service(), FailsOnNextStart, Deploy)
            .by("room-to-roll")
    };
    let wide = nat().put(
        &arn("ecs", "task-definition/wide:1"),
        &EcsTaskDefinition {
            task_definition_arn: arn("ecs", "task-definition/wide:1"),
            family: "wide".to_owned(),
            revision: 1,
            status: Some("ACTIVE".to_owned()),
            cpu: Some("256".to_owned()),
            memory: Some("4096".to_owned()),
            requires_compatibilities: vec!["FARGATE".to_owned()],
            ..blastmap_judge::estate::web_definition()
        },
    );
    let no_fargate = nat().put(
        &arn("ecs", "task-definition/old:1"),
        &EcsTaskDefinition {
            task_definition_arn: arn("ecs", "task-definition/old:1"),
            family: "old".to_owned(),
            requires_compatibilities: vec!["EC2".to_owned()],
            compatibilities: vec!["EC2".to_owned()],
            ..blastmap_judge::estate::web_definition()
        },
    );
    let tags = |tags: serde_json::Value| {
        json!({"id": service(), "arn": service(), "name": "web", "cluster": cluster(), "desired_count": 2,
        "task_definition": definition(), "launch_type": "FARGATE", "tags": tags})
    };
    let behind = |name: &str| {
        json!({"id": arn("ecs", &format!("service/main/{name}")), "arn": arn("ecs", &format!("service/main/{name}")), "name": name,
        "cluster": cluster(), "desired_count": 2, "task_definition": definition(), "launch_type": "FARGATE",
        "network_configuration": [{"subnets": ["subnet-a", "subnet-b"], "security_groups": ["sg-web"], "assign_public_ip": false}],
        "load_balancer": [{"target_group_arn": group(), "container_name": "web", "container_port": 8080}]})
    };
    let alarm = arn("cloudwatch", "alarm:errors");
    let errors = || json!({"arn": alarm, "alarm_name": "errors", "id": "errors"});
    vec![
        // Alarms.
        terraform(
            "an alarm that watches deployments is deleted",
            watched(),
            [tf_delete("aws_cloudwatch_metric_alarm", errors())],
        )
        .hits(&service(), AtRisk, Deploy)
        .by("deployment-alarms"),
        terraform(
            "an alarm that watches deployments gets another threshold",
            watched(),
            [tf_update(
                "aws_cloudwatch_metric_alarm",
                errors(),
                json!({"threshold": 5}),
            )],
        ),
        resources(
            "an alarm is deleted, and the service with it names none",
            watched(),
            [
                delete(&alarm),
                update(
                    &service(),
                    json!({"deploymentConfiguration": {"alarms": {"alarmNames": [], "enable": false, "rollback": false}}}),
                ),
            ],
        ),
        // One service in the place of another, in the same target group.
        terraform(
            "a service under another name takes the group over before the old one goes",
            behind_alb(),
            [tf(
                "aws_ecs_service",
                &["create", "delete"],
                behind("web"),
                behind("web-2"),
                json!({"id": true, "arn": true}),
            )],
        )
        .hits(&group(), AtRisk, Traffic)
        .by("targets-healthy")
        .level(blastmap_judge::Level::Medium),
        terraform(
            "a service under another name takes the group over after the old one is gone",
            behind_alb(),
            [tf_replace(
                "aws_ecs_service",
                behind("web"),
                json!({"name": "web-2"}),
            )],
        )
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        stuck(bounds("100 and 100 for one task", 1, 100, 100)),
        stuck(bounds("100 and 100 for two tasks", 2, 100, 100)),
        stuck(bounds("67 and 100 for three tasks", 3, 67, 100)),
        bounds("66 and 100 for three tasks", 3, 66, 100),
        bounds("50 and 100 for two tasks", 2, 50, 100),
        stuck(bounds("50 and 100 for one task", 1, 50, 100)),
        bounds("0 and 100 for one task", 1, 0, 100),
        stuck(bounds("100 and 149 for two tasks", 2, 100, 149)),
        bounds("100 and 150 for two tasks", 2, 100, 150),
        bounds("100 and 100 for no task", 0, 100, 100),
        terraform(
            "the service gets a tag",
            nat(),
            [tf_update(
                "aws_ecs_service",
                tags(json!({})),
                json!({"tags": {"team": "web"}}),
            )],
        ),
        terraform(
            "the service is made as it is",
            nat(),
            [tf_no_op("aws_ecs_service", tags(json!({})))],
        ),
        edited("a circuit breaker is set", nat(), |snapshot| {
            patched::<EcsService>(snapshot, &service(), |own| {
                own.deployment_configuration = Some(DeploymentConfiguration {
                    deployment_circuit_breaker: Some(DeploymentCircuitBreaker {
                        enable: true,
                        rollback: true,
                    }),
                    ..DeploymentConfiguration::default()
                });
            })
        }),
        rolled(
            "a new revision that cannot start, with a circuit breaker",
            breaker(true),
            |own| {
                own.container_definitions[0].secrets[0]
                    .value_from
                    .push_str("-gone")
            },
        )
        .hits(&service(), FailsOnNextStart, Start),
        rolled(
            "a new revision with a variable more",
            breaker(true),
            |own| {
                own.container_definitions[0].environment.push(KeyValue {
                    name: "A".to_owned(),
                    value: "b".to_owned(),
                })
            },
        ),
        rolled(
            "a new revision of a greater size that Fargate has",
            nat(),
            |own| {
                own.cpu = Some("1024".to_owned());
                own.memory = Some("2048".to_owned());
            },
        ),
        rolled("a new revision with more storage", nat(), |own| {
            own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: 40 })
        }),
        resources(
            "the service moves to a definition of a size that Fargate has not",
            wide,
            [update(
                &service(),
                json!({"taskDefinition": arn("ecs", "task-definition/wide:1")}),
            )],
        )
        .hits(&service(), FailsOnNextStart, Start)
        .by("fargate-size"),
        resources(
            "the service moves to a definition that is not for Fargate",
            no_fargate,
            [update(
                &service(),
                json!({"taskDefinition": arn("ecs", "task-definition/old:1")}),
            )],
        )
        .hits(&service(), FailsOnNextStart, Start)
        .by("definition-usable"),
        resources(
            "commands may be run in the tasks",
            nat(),
            [update(&service(), json!({"enableExecuteCommand": true}))],
        ),
    ]
}

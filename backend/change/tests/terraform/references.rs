//! Values that only the apply will tell, replaced and deposed objects, and what is matched how.

use blastmap_change::{Action, Match};
use blastmap_model::{After, Presence, ResourceId, ResourceKind};
use serde_json::{Value, json};

use crate::support::*;

fn with_configuration(mut plan: Value, configuration: Value) -> Value {
    plan["configuration"] = configuration;
    plan
}

fn definition(revision: i32) -> Value {
    json!({
        "arn": format!("{ECS}task-definition/web:{revision}"), "id": "web", "family": "web", "revision": revision, "cpu": "256",
        "skip_destroy": false, "container_definitions": "[{\"name\":\"web\",\"image\":\"web:1\"}]",
    })
}

fn known(definition: &Value) -> Value {
    let mut after = definition.clone();
    for name in ["arn", "id", "revision"] {
        after.as_object_mut().unwrap().remove(name);
    }
    after
}

fn replace_definition(actions: &[&str], skip: bool) -> Value {
    let mut before = definition(3);
    before["skip_destroy"] = skip.into();
    let after = over(&known(&before), json!({"cpu": "512"}));
    change(
        "aws_ecs_task_definition.web",
        actions,
        before,
        after,
        json!({"arn": true, "id": true, "revision": true}),
    )
}

fn estate_of_web() -> blastmap_model::Inventory {
    estate(vec![
        live(
            &format!("{ECS}task-definition/web:3"),
            json!({"taskDefinitionArn": format!("{ECS}task-definition/web:3"), "family": "web", "revision": 3, "status": "ACTIVE"}),
        ),
        live(
            &format!("{ECS}service/prod/web"),
            json!({"serviceName": "web", "taskDefinition": format!("{ECS}task-definition/web:3")}),
        ),
    ])
}

#[test]
fn what_a_plan_makes_once_is_what_an_unknown_value_names() {
    let made = |name: &str| {
        change(
            &format!("aws_ecs_task_definition.{name}"),
            &["create"],
            Value::Null,
            over(&known(&definition(1)), json!({"family": name})),
            json!({"arn": true, "id": true, "revision": true}),
        )
    };
    let service = || {
        change(
            "aws_ecs_service.worker",
            &["create"],
            Value::Null,
            json!({"name": "worker", "cluster": "prod"}),
            json!({"id": true, "task_definition": true}),
        )
    };
    for (others, expected) in [(vec!["worker"], true), (vec!["worker", "other"], false)] {
        let mut changes: Vec<Value> = others.into_iter().map(made).collect();
        changes.push(service());
        let proposal = read(&plan(changes), &estate_of_web());
        let own = ResourceId::new("planned:aws_ecs_service.worker");
        let facts = proposal
            .edits
            .after
            .iter()
            .find_map(|(id, after)| match after {
                After::Is(planned)
                    if *id == own || planned.resource.kind == ResourceKind::EcsService =>
                {
                    Some(planned.resource.attributes.to_value())
                }
                _ => None,
            });
        let definition = facts.expect("a service")["taskDefinition"].clone();
        assert_eq!(definition.is_string(), expected, "{definition}");
    }
}

#[test]
fn a_service_moves_to_the_revision_that_takes_the_place_of_its_own() {
    let service = json!({"id": format!("{ECS}service/prod/web"), "name": "web", "task_definition": format!("{ECS}task-definition/web:3")});
    let mut after = service.clone();
    after.as_object_mut().unwrap().remove("task_definition");
    for actions in [["delete", "create"], ["create", "delete"]] {
        for skip in [false, true] {
            let plan = plan(vec![
                change(
                    "aws_ecs_service.web",
                    &["update"],
                    service.clone(),
                    after.clone(),
                    json!({"task_definition": true}),
                ),
                replace_definition(&actions, skip),
            ]);
            let proposal = read(&plan, &estate_of_web());
            let made = format!("{ECS}task-definition/web:4");
            assert_eq!(
                facts(&proposal, &format!("{ECS}service/prod/web"))["taskDefinition"],
                made
            );
            let planned = proposal
                .edits
                .planned(&ResourceId::new("planned:aws_ecs_task_definition.web"))
                .unwrap();
            assert!(planned.also_named.contains(made.as_str()));
            assert_eq!(planned.resource.presence, Presence::Planned);
            assert_eq!(&*planned.resource.name, "web:4");
            let old = ResourceId::new(&format!("{ECS}task-definition/web:3"));
            if skip {
                assert!(!proposal.edits.after.contains_key(&old));
            } else {
                assert_eq!(facts(&proposal, old.as_str())["status"], "INACTIVE");
            }
            assert_eq!(proposal.changes[1].action, Action::Replace);
        }
    }
}

#[test]
fn an_old_object_that_is_forgotten_stays() {
    let plan = plan(vec![replace_definition(&["create", "forget"], false)]);
    let proposal = read(&plan, &estate_of_web());
    assert_eq!(proposal.edits.after.len(), 1);
    assert!(
        proposal
            .edits
            .planned(&ResourceId::new("planned:aws_ecs_task_definition.web"))
            .is_some()
    );
}

#[test]
fn references_lead_to_what_the_plan_makes() {
    let service = change(
        "module.app.aws_ecs_service.web",
        &["create"],
        Value::Null,
        json!({"name": "web", "desired_count": 1, "network_configuration": [{"security_groups": [null], "subnets": ["subnet-1"], "assign_public_ip": false}]}),
        json!({"task_definition": true, "cluster": true, "id": true, "network_configuration": [{"security_groups": [true], "subnets": [false]}], "iam_role": true}),
    );
    let plan = plan(vec![
        service,
        create("aws_ecs_cluster.main", json!({"name": "prod"})),
        change(
            "aws_security_group.web[0]",
            &["create"],
            Value::Null,
            json!({"name": "web"}),
            json!({"id": true, "ingress": true}),
        ),
        change(
            "module.app.aws_ecs_task_definition.web",
            &["create"],
            Value::Null,
            known(&definition(1)),
            json!({"arn": true}),
        ),
    ]);
    let plan = with_configuration(
        plan,
        json!({"root_module": {
            "resources": [{"address": "aws_ecs_cluster.main", "expressions": {}}, {"address": "aws_security_group.web", "expressions": {}}],
            "module_calls": {"app": {
                "expressions": {"cluster": {"references": ["aws_ecs_cluster.main.arn", "aws_ecs_cluster.main"]},
                    "groups": {"references": ["aws_security_group.web[0].id", "aws_security_group.web[0]", "aws_security_group.web"]}},
                "module": {"resources": [
                    {"address": "aws_ecs_service.web", "expressions": {
                        "cluster": {"references": ["var.cluster"]},
                        "task_definition": {"references": ["aws_ecs_task_definition.web.arn", "aws_ecs_task_definition.web"]},
                        "network_configuration": [{"security_groups": {"references": ["var.groups"]}}]}},
                ]},
            }},
        }}),
    );
    let proposal = read(&plan, &estate(Vec::new()));
    let id = "planned:module.app.aws_ecs_service.web";
    let found = facts(&proposal, id);
    assert_eq!(found["clusterArn"], format!("{ECS}cluster/prod"));
    assert_eq!(found["serviceArn"], format!("{ECS}service/prod/web"));
    assert_eq!(
        found["taskDefinition"],
        format!("{ECS}task-definition/web:1")
    );
    let network = &found["networkConfiguration"]["awsvpcConfiguration"];
    assert_eq!(
        network["securityGroups"],
        json!(["planned-aws-security-group-web-0-"])
    );
    assert_eq!(unknown(&proposal, id), ["roleArn"]);
    assert_eq!(
        unknown(&proposal, "planned:aws_security_group.web[0]"),
        [""; 0]
    );
}

#[test]
fn what_cannot_be_told_is_unknown_and_the_old_value_is_gone() {
    let service = json!({"id": format!("{ECS}service/prod/web"), "name": "web", "task_definition": format!("{ECS}task-definition/web:3"),
        "network_configuration": [{"subnets": ["subnet-1"], "security_groups": ["sg-1"], "assign_public_ip": false}]});
    let after = json!({"id": format!("{ECS}service/prod/web"), "name": "web",
        "network_configuration": [{"security_groups": ["sg-1"], "assign_public_ip": false}]});
    let marks = json!({"task_definition": true, "network_configuration": [{"subnets": true, "security_groups": [false]}]});
    let plan = plan(vec![change(
        "aws_ecs_service.web",
        &["update"],
        service,
        after,
        marks,
    )]);
    let proposal = read(&plan, &estate_of_web());
    let id = format!("{ECS}service/prod/web");
    assert_eq!(
        unknown(&proposal, &id),
        [
            "networkConfiguration.awsvpcConfiguration.subnets",
            "taskDefinition"
        ]
    );
    assert!(facts(&proposal, &id).get("taskDefinition").is_none());
}

#[test]
fn a_deposed_object_does_not_take_the_one_in_its_place_with_it() {
    let log = "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web";
    let inventory = || estate(vec![live(log, json!({"logGroupName": "/ecs/web"}))]);
    let own = json!({"arn": log, "name": "/ecs/web"});
    let mut deposed = delete("aws_cloudwatch_log_group.web", own.clone());
    deposed["deposed"] = "abcd1234".into();
    let current = change(
        "aws_cloudwatch_log_group.web",
        &["no-op"],
        own.clone(),
        own,
        json!({}),
    );
    let proposal = read(&plan(vec![current, deposed]), &inventory());
    assert!(proposal.edits.is_empty(), "{:?}", proposal.edits);

    let mut old = delete("aws_ecs_task_definition.web", definition(3));
    old["deposed"] = "abcd1234".into();
    let current = change(
        "aws_ecs_task_definition.web",
        &["no-op"],
        definition(4),
        definition(4),
        json!({}),
    );
    let proposal = read(&plan(vec![current, old]), &estate_of_web());
    assert_eq!(
        facts(&proposal, &format!("{ECS}task-definition/web:3"))["status"],
        "INACTIVE"
    );
}

#[test]
fn says_how_it_was_matched() {
    let one = format!("{ECS}service/prod/web");
    let two = format!("{ECS}service/test/web");
    let inventory = estate(vec![live(&one, json!({})), live(&two, json!({}))]);
    let mut foreign = update(
        "aws_ecs_service.other",
        json!({"id": one}),
        json!({"desired_count": 1}),
    );
    foreign["provider_name"] = "registry.terraform.io/acme/aws".into();
    let mut data = change(
        "aws_ecs_service.data",
        &["read"],
        Value::Null,
        json!({"arn": one}),
        json!({}),
    );
    data["mode"] = "data".into();
    let cases = [
        (
            update(
                "aws_ecs_service.a",
                json!({"id": one, "name": "web"}),
                json!({"desired_count": 1}),
            ),
            Action::Update,
            Match::Matched,
        ),
        (
            update(
                "aws_ecs_service.b",
                json!({"name": "web", "cluster": "prod"}),
                json!({}),
            ),
            Action::Update,
            Match::Matched,
        ),
        (
            update(
                "aws_ecs_service.c",
                json!({"name": "web"}),
                json!({"desired_count": 1}),
            ),
            Action::Update,
            Match::Ambiguous,
        ),
        (
            delete(
                "aws_ecs_service.d",
                json!({"name": "gone", "cluster": "prod"}),
            ),
            Action::Delete,
            Match::NotFound,
        ),
        (
            create(
                "aws_ecs_service.e",
                json!({"name": "new", "cluster": "prod"}),
            ),
            Action::Create,
            Match::Created,
        ),
        (
            create("aws_vpn_gateway.f", json!({})),
            Action::Create,
            Match::UnsupportedType,
        ),
        (
            create("null_resource.g", json!({})),
            Action::Create,
            Match::UnsupportedType,
        ),
        (foreign, Action::Update, Match::UnsupportedType),
        (data, Action::Read, Match::Matched),
        (
            change(
                "aws_ecs_service.h",
                &["forget"],
                json!({"id": one}),
                Value::Null,
                json!({}),
            ),
            Action::Forget,
            Match::Matched,
        ),
        (
            change(
                "aws_ecs_service.i",
                &["no-op"],
                json!({"id": one}),
                json!({"id": one}),
                json!({}),
            ),
            Action::NoOp,
            Match::Matched,
        ),
        (
            create(
                "aws_iam_role_policy.j",
                json!({"role": "nobody", "name": "x"}),
            ),
            Action::Create,
            Match::NotFound,
        ),
    ];
    for (change, action, matched) in cases {
        let proposal = read(&plan(vec![change.clone()]), &inventory);
        let found = &proposal.changes[0];
        assert_eq!((found.action, found.matched), (action, matched), "{change}");
        let quiet =
            !action.changes_something() || !matches!(matched, Match::Matched | Match::Created);
        assert_eq!(proposal.edits.is_empty(), quiet, "{change}");
    }
}

#[test]
fn what_is_missing_is_mended_by_what_makes_it() {
    let parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db";
    let missing = resource(
        parameter,
        ResourceKind::SsmParameter,
        Presence::Missing,
        &json!({}),
    );
    let proposal = read(
        &plan(vec![create(
            "aws_ssm_parameter.db",
            json!({"name": "/prod/db", "type": "String"}),
        )]),
        &estate(vec![missing]),
    );
    assert_eq!(
        proposal.changes[0].resource.as_ref().unwrap().as_str(),
        parameter
    );
    assert_eq!(facts(&proposal, parameter)["Name"], "/prod/db");
}

#[test]
fn a_resource_that_is_made_again_under_its_name_keeps_its_id() {
    let parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db";
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3";
    let inventory = estate(vec![
        live(parameter, json!({"Name": "/prod/db"})),
        live(secret, json!({"ARN": secret, "Name": "db"})),
    ]);
    let marks = json!({"arn": true, "id": true});
    let proposal = read(
        &plan(vec![
            change(
                "aws_ssm_parameter.db",
                &["delete", "create"],
                json!({"arn": parameter, "name": "/prod/db"}),
                json!({"name": "/prod/db", "type": "String"}),
                marks.clone(),
            ),
            change(
                "aws_secretsmanager_secret.db",
                &["delete", "create"],
                json!({"arn": secret, "name": "db", "recovery_window_in_days": 0}),
                json!({"name": "db"}),
                marks,
            ),
        ]),
        &inventory,
    );
    assert_eq!(facts(&proposal, parameter)["Type"], "String");
    assert_eq!(proposal.edits.after[&ResourceId::new(secret)], After::Gone);
    let made = proposal
        .edits
        .planned(&ResourceId::new("planned:aws_secretsmanager_secret.db"))
        .unwrap();
    assert!(!made.also_named.contains(secret));
    assert!(
        made.also_named
            .contains("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db")
    );
}

#[test]
fn accounts_and_regions_come_from_the_plan() {
    let log = |address: &str, after: Value| {
        change(
            address,
            &["create"],
            Value::Null,
            after,
            json!({"arn": true}),
        )
    };
    let plan = plan(vec![
        log(
            "aws_cloudwatch_log_group.given",
            json!({"name": "a", "region": "eu-north-1"}),
        ),
        log("aws_cloudwatch_log_group.constant", json!({"name": "b"})),
        log("aws_cloudwatch_log_group.variable", json!({"name": "c"})),
        log("aws_cloudwatch_log_group.plain", json!({"name": "d"})),
    ]);
    let mut plan = with_configuration(
        plan,
        json!({
            "provider_config": {
                "aws.us": {"expressions": {"region": {"constant_value": "us-west-2"}, "assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::210987654321:role/deploy"}}]}},
                "aws.var": {"expressions": {"region": {"references": ["var.region"]}}},
            },
            "root_module": {"resources": [
                {"address": "aws_cloudwatch_log_group.constant", "provider_config_key": "aws.us"},
                {"address": "aws_cloudwatch_log_group.variable", "provider_config_key": "aws.var"},
            ]},
        }),
    );
    plan["variables"] = json!({"region": {"value": "ap-south-1"}});
    let proposal = read(&plan, &estate(Vec::new()));
    let own = |name: &str| {
        let id = ResourceId::new(&format!("planned:aws_cloudwatch_log_group.{name}"));
        proposal.edits.planned(&id).unwrap().own.to_string()
    };
    assert_eq!(
        own("given"),
        "arn:aws:logs:eu-north-1:123456789012:log-group:a"
    );
    assert_eq!(
        own("constant"),
        "arn:aws:logs:us-west-2:210987654321:log-group:b"
    );
    assert_eq!(
        own("variable"),
        "arn:aws:logs:ap-south-1:123456789012:log-group:c"
    );
    assert_eq!(
        own("plain"),
        "arn:aws:logs:eu-west-1:123456789012:log-group:d"
    );
}

#[test]
fn changes_of_attributes_are_shown_and_secrets_are_not() {
    let before = json!({"id": format!("{ECS}service/prod/web"), "name": "web", "desired_count": 1, "description": "x",
        "network_configuration": [{"subnets": ["a"], "assign_public_ip": false}], "long": "a"});
    let mut own = update(
        "aws_ecs_service.web",
        before,
        json!({"desired_count": 2, "description": "swordfish", "network_configuration": [{"subnets": ["b"], "assign_public_ip": false}], "long": "b".repeat(5000)}),
    );
    own["change"]["after_sensitive"] = json!({"description": true});
    let mut definition = create("aws_ecs_task_definition.web", known(&definition(1)));
    definition["change"]["after"]["container_definitions"] = json!(
        "[{\"name\":\"web\",\"image\":\"web:1\",\"environment\":[{\"name\":\"A\",\"value\":\"swordfish\"}],\"command\":[\"swordfish\"]}]"
    );
    definition["change"]["after_sensitive"] = json!({"container_definitions": true});
    let parameter = create(
        "aws_ssm_parameter.x",
        json!({"name": "x", "type": "String", "value": "swordfish", "insecure_value": "swordfish"}),
    );
    let target = create(
        "aws_cloudwatch_event_target.x",
        json!({"rule": "r", "input": "swordfish", "ecs_target": [{}]}),
    );
    let proposal = read(
        &plan(vec![own, definition, parameter, target]),
        &estate_of_web(),
    );
    assert!(!format!("{proposal:?}").contains("swordfish"));
    let shown = &proposal.changes[0].attributes;
    let names: Vec<_> = shown.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "description",
            "desired_count",
            "long",
            "network_configuration.subnets"
        ]
    );
    assert!(shown[0].sensitive && shown[0].after.is_none());
    assert_eq!(
        (&shown[1].before, &shown[1].after),
        (&Some(json!(1)), &Some(json!(2)))
    );
    assert_eq!(
        shown[2]
            .after
            .as_ref()
            .unwrap()
            .as_str()
            .unwrap()
            .chars()
            .count(),
        2000
    );
    let containers =
        &facts(&proposal, "planned:aws_ecs_task_definition.web")["containerDefinitions"];
    assert_eq!(
        containers[0]["environment"][0]["value"],
        redactor().fingerprint("swordfish")
    );
}

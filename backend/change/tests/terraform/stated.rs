//! What a plan tells of things that it does not change and that no crawl read.

use blastmap_change::{Action, Match};
use blastmap_model::{Inventory, Presence, ResourceId};
use serde_json::{Value, json};

use crate::support::*;

fn policy(name: &str) -> Value {
    json!({"id": format!("{IAM}policy/{name}"), "arn": format!("{IAM}policy/{name}"), "name": name, "path": "/",
        "policy": json!({"Id": name}).to_string(), "tags_all": {"team": "web"}})
}

fn role() -> Value {
    json!({"id": "spare", "name": "spare", "arn": format!("{IAM}role/team/spare"), "path": "/team/",
        "assume_role_policy": "{\"Version\":\"2012-10-17\"}", "managed_policy_arns": [format!("{IAM}policy/read")], "inline_policy": []})
}

fn no_op(address: &str, own: Value) -> Value {
    change(address, &["no-op"], own.clone(), own, json!({}))
}

fn prior(mode: &str, kind: &str, values: Value) -> Value {
    let sensitive = json!({});
    json!({"address": format!("{mode}.{kind}.own"), "mode": mode, "type": kind, "name": "own",
        "provider_name": "registry.terraform.io/hashicorp/aws", "values": values, "sensitive_values": sensitive})
}

fn with_state(changes: Vec<Value>, state: Vec<Value>, timestamp: Option<&str>) -> Value {
    let mut plan = plan(changes);
    plan["prior_state"] = json!({"values": {"root_module": {"resources": state}}});
    if let Some(timestamp) = timestamp {
        plan["timestamp"] = timestamp.into();
    }
    plan
}

fn web() -> Inventory {
    estate(vec![live(
        &format!("{IAM}role/web"),
        json!({"RoleName": "web", "Arn": format!("{IAM}role/web")}),
    )])
}

/// A role that is there is given a policy.
fn attach(name: &str) -> Value {
    create(
        "aws_iam_role_policy_attachment.own",
        json!({"role": "web", "policy_arn": format!("{IAM}policy/{name}")}),
    )
}

/// A definition that is made names a role, a secret, and a file system.
fn definition() -> Value {
    create(
        "aws_ecs_task_definition.own",
        json!({
            "family": "web", "execution_role_arn": format!("{IAM}role/team/spare"),
            "container_definitions": json!([{"name": "web", "image": "nginx", "secrets": [
                {"name": "DB", "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3"},
            ]}]).to_string(),
            "volume": [{"name": "data", "efs_volume_configuration": [{"file_system_id": "fs-1"}]}],
        }),
    )
}

#[test]
fn what_the_change_names_is_told_of_and_nothing_else() {
    let id = ResourceId::new(&format!("{IAM}policy/read"));
    let other = no_op("aws_iam_policy.other", policy("other"));
    let cases = [
        (
            "as a change of nothing",
            plan(vec![
                attach("read"),
                no_op("aws_iam_policy.read", policy("read")),
                other.clone(),
            ]),
        ),
        (
            "as one of many targets",
            with_state(
                vec![attach("read"), other.clone()],
                vec![prior("managed", "aws_iam_policy", policy("read"))],
                None,
            ),
        ),
        (
            "as looked up twice",
            with_state(
                vec![attach("read")],
                vec![
                    prior("data", "aws_iam_policy", policy("read")),
                    prior("data", "aws_iam_policy", policy("read")),
                ],
                None,
            ),
        ),
    ];
    for (name, plan) in cases {
        let proposal = read(&plan, &web());
        let told = proposal.edits.planned(&id).unwrap_or_else(|| {
            panic!("{name}: {:?}", proposal.edits.after.keys());
        });
        assert_eq!(told.resource.presence, Presence::Stated, "{name}");
        assert_eq!(&*told.resource.name, "read", "{name}");
        assert_eq!(told.resource.tag("team"), Some("web"), "{name}");
        assert_eq!(
            facts(&proposal, id.as_str())["PolicyDocument"],
            json!({"Id": "read"}),
            "{name}"
        );
        assert_eq!(proposal.edits.after.len(), 2, "{name}");
        let count = plan["resource_changes"].as_array().unwrap().len();
        assert_eq!(proposal.changes.len(), count, "{name}");
        for own in proposal
            .changes
            .iter()
            .filter(|own| own.resource.as_ref() == Some(&id))
        {
            assert_eq!((own.action, own.matched), (Action::NoOp, Match::Matched));
        }
    }
}

#[test]
fn where_nothing_names_it_nothing_is_told() {
    let state = vec![
        prior("managed", "aws_iam_policy", policy("read")),
        prior("managed", "aws_iam_role", role()),
    ];
    let tags = update(
        "aws_iam_role.web",
        json!({"arn": format!("{IAM}role/web"), "name": "web", "tags": {}}),
        json!({"tags": {"a": "b"}}),
    );
    let proposal = read(&with_state(vec![tags], state, None), &web());
    assert_eq!(proposal.edits.after.len(), 1);
    let proposal = read(&plan(vec![no_op("aws_iam_role.spare", role())]), &web());
    assert!(proposal.edits.is_empty());
}

#[test]
fn what_hangs_on_it_comes_along() {
    let read_policy = || prior("managed", "aws_iam_policy", policy("read"));
    let part = |kind: &str, own: Value| prior("managed", kind, own);
    let file_system = json!({"id": "fs-1", "arn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"});
    let target = json!({"id": "fsmt-1", "file_system_id": "fs-1", "subnet_id": "subnet-1", "availability_zone_name": "eu-west-1a"});
    let other = json!({"id": "fsmt-2", "file_system_id": "fs-2", "subnet_id": "subnet-1"});
    let inline =
        json!({"id": "spare:own", "name": "own", "role": "spare", "policy": "{\"Id\":\"own\"}"});
    let state = vec![
        part("aws_iam_role", role()),
        read_policy(),
        part("aws_iam_role_policy", inline),
        part("aws_efs_file_system", file_system),
        part("aws_efs_mount_target", target),
        part("aws_efs_mount_target", other),
    ];
    let mut state = state;
    state[5]["address"] = "other".into();
    let detached = delete(
        "aws_iam_role_policy_attachment.write",
        json!({"id": "x", "role": "spare", "policy_arn": format!("{IAM}policy/write")}),
    );
    let changes = vec![definition(), detached];
    let proposal = read(&with_state(changes, state, None), &estate(Vec::new()));
    let spare = format!("{IAM}role/team/spare");
    let own = facts(&proposal, &spare);
    assert_eq!(
        own["RolePolicyList"],
        json!([{"PolicyName": "own", "PolicyDocument": {"Id": "own"}}])
    );
    assert_eq!(
        own["AttachedManagedPolicies"][0]["PolicyArn"],
        json!(format!("{IAM}policy/read"))
    );
    assert!(unknown(&proposal, &spare).is_empty());
    // The policy that the role names, and the mount target that names the file system.
    facts(&proposal, &format!("{IAM}policy/read"));
    facts(&proposal, "fsmt-1");
    assert!(
        !proposal
            .edits
            .after
            .contains_key(&ResourceId::new("fsmt-2"))
    );
    let system = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1";
    assert!(facts(&proposal, system).get("FileSystemPolicy").is_none());
    assert!(facts(&proposal, system).get("LifeCycleState").is_none());
    // What the change takes from it is tied to it.
    let tied = &proposal.changes[1];
    assert_eq!(
        (tied.matched, tied.resource.as_ref().map(ResourceId::as_str)),
        (Match::Matched, Some(spare.as_str()))
    );
}

#[test]
fn what_is_known_in_part_says_so() {
    let spare = format!("{IAM}role/team/spare");
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3";
    let looked_up =
        json!({"id": "spare", "name": "spare", "arn": spare, "assume_role_policy": "{}"});
    let database = json!({"id": secret, "arn": secret, "name": "db", "policy": ""});
    let file_system = json!({"id": "fs-1", "arn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"});
    let state = vec![
        prior("data", "aws_iam_role", looked_up),
        prior("data", "aws_secretsmanager_secret", database),
        prior("data", "aws_efs_file_system", file_system),
    ];
    let proposal = read(
        &with_state(vec![definition()], state, Some("2026-01-01T00:00:00Z")),
        &estate(Vec::new()),
    );
    assert_eq!(
        unknown(&proposal, &spare),
        ["AttachedManagedPolicies", "RolePolicyList"]
    );
    assert_eq!(unknown(&proposal, secret), ["SecretVersionsToStages"]);
    assert_eq!(
        facts(&proposal, secret)["ResourcePolicy"],
        json!({"Read": true})
    );
    assert_eq!(
        unknown(
            &proposal,
            "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
        ),
        ["FileSystemPolicy"]
    );
}

#[test]
fn the_later_word_counts_where_aws_listed_all() {
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3";
    let database = || json!({"id": secret, "arn": secret, "name": "db"});
    for (timestamp, told) in [
        (None, false),
        (Some("1969-01-01T00:00:00Z"), false),
        (Some("no time"), false),
        (Some("2026-01-01T00:00:00Z"), true),
    ] {
        let state = vec![prior("data", "aws_secretsmanager_secret", database())];
        let plan = with_state(vec![definition()], state, timestamp);
        let proposal = read(&plan, &estate(Vec::new()));
        let found = proposal.edits.after.contains_key(&ResourceId::new(secret));
        assert_eq!(found, told, "{timestamp:?}");
    }
}

#[test]
fn what_the_plan_deletes_is_not_told_of() {
    let gone = delete("aws_iam_policy.read", policy("read"));
    let state = vec![prior("data", "aws_iam_policy", policy("read"))];
    let proposal = read(&with_state(vec![attach("read"), gone], state, None), &web());
    assert_eq!(proposal.edits.after.len(), 1);
}

#[test]
fn what_is_sensitive_is_nowhere() {
    let mut read_policy = prior("managed", "aws_iam_policy", policy("read"));
    read_policy["values"]["policy"] = "{\"Id\":\"swordfish\"}".into();
    read_policy["sensitive_values"] = json!({"policy": true});
    let parameter = json!({"arn": "arn:aws:ssm:eu-west-1:123456789012:parameter/db", "name": "/db", "value": "trout", "type": "SecureString"});
    let state = vec![read_policy, prior("data", "aws_ssm_parameter", parameter)];
    let changes = vec![
        attach("read"),
        create(
            "aws_ecs_task_definition.own",
            json!({"family": "web", "container_definitions": json!([{"name": "web", "image": "nginx", "secrets": [
                {"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/db"}]}]).to_string()}),
        ),
    ];
    let proposal = read(
        &with_state(changes, state, Some("2026-01-01T00:00:00Z")),
        &web(),
    );
    let text = format!("{proposal:?}");
    assert!(!text.contains("swordfish") && !text.contains("trout"));
    let id = format!("{IAM}policy/read");
    assert_eq!(unknown(&proposal, &id), ["PolicyDocument"]);
    facts(&proposal, "arn:aws:ssm:eu-west-1:123456789012:parameter/db");
}

#[test]
fn a_state_of_any_shape_is_passed_over() {
    for state in [
        json!(null),
        json!(1),
        json!({"values": []}),
        json!({"values": {"root_module": {"resources": {}, "child_modules": [1, {"resources": [1, {"type": "aws_iam_policy"},
            {"type": "aws_iam_policy", "values": {"arn": 5}}, {"type": "aws_iam_policy", "values": {"arn": "arn:aws:s3:::x"}}]}]}}}),
    ] {
        let mut plan = plan(vec![attach("read")]);
        plan["prior_state"] = state;
        assert_eq!(read(&plan, &web()).edits.after.len(), 1);
    }
}

#[test]
fn many_that_do_not_change_cost_nothing_to_notice() {
    let many = |count: usize| {
        let unchanged = (0..count).map(|number| {
            no_op(
                &format!("aws_iam_policy.p{number}"),
                policy(&format!("p{number}")),
            )
        });
        let state = (0..count).map(|number| {
            let mut own = prior("data", "aws_iam_policy", policy(&format!("d{number}")));
            own["address"] = format!("data.aws_iam_policy.d{number}").into();
            own
        });
        let changes = [attach("p7"), attach("d7")].into_iter().chain(unchanged);
        with_state(changes.collect(), state.collect(), None)
    };
    let plan = many(5_000);
    let begun = std::time::Instant::now();
    let proposal = read(&plan, &web());
    assert_eq!(proposal.edits.after.len(), 3);
    // Far more than it takes, also without optimisation on a busy machine.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

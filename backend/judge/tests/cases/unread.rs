//! What nothing used when the crawl read the estate, and the plan under review knows.

use blastmap_judge::{
    Level,
    Outcome::{AtRisk, FailsOnNextStart},
    estate::{allow, arn, execution_policy, iam, trust},
};
use blastmap_model::{
    Phase::Start,
    kinds::{
        iam_policy::IamPolicy,
        iam_role::{AttachedPolicy, IamRole},
    },
};
use serde_json::{Value, json};

use crate::{estates::*, harness::*};

const PULL: &str = "policy/pull";

fn policy(name: &str, document: &Value) -> Value {
    json!({"id": iam(name), "arn": iam(name), "name": name.rsplit('/').next(), "path": "/", "policy": document.to_string()})
}

/// The role's own policy goes, and another is attached in its place.
fn attached() -> [Value; 2] {
    let own = json!({"id": "web-execution:execution", "name": "execution", "role": "web-execution", "policy": execution_policy().to_string()});
    [
        tf_delete("aws_iam_role_policy", own),
        attachment("web-execution", PULL),
    ]
}

fn attachment(role: &str, name: &str) -> Value {
    tf_create(
        "aws_iam_role_policy_attachment",
        json!({"role": role, "policy_arn": iam(name)}),
    )
}

fn bound() -> Value {
    let before = json!({"id": "web-execution", "name": "web-execution", "arn": execution_role(), "permissions_boundary": ""});
    tf_update(
        "aws_iam_role",
        before,
        json!({"permissions_boundary": iam("policy/bound")}),
    )
}

fn deny_all() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ecr:BatchGetImage", "Resource": "*"},
    ]})
}

fn role(inline: Value, attached: Value) -> Value {
    json!({
        "id": "spare", "name": "spare", "arn": iam("role/team/spare"), "path": "/team/",
        "assume_role_policy": trust("ecs-tasks.amazonaws.com").to_string(),
        "inline_policy": inline, "managed_policy_arns": attached,
    })
}

fn inline(document: &Value) -> Value {
    json!([{"name": "own", "policy": document.to_string()}])
}

fn everything() -> Value {
    allow(&["*"], &["*"])
}

fn with_role() -> Value {
    let before = json!({"id": "web", "arn": definition(), "family": "web", "execution_role_arn": execution_role()});
    tf_update(
        "aws_ecs_task_definition",
        before,
        json!({"execution_role_arn": iam("role/team/spare")}),
    )
}

fn mounts() -> Value {
    let before = json!({"id": "web", "arn": definition(), "family": "web", "volume": []});
    tf_update(
        "aws_ecs_task_definition",
        before,
        json!({"volume": [{"name": "data", "efs_volume_configuration": [{"file_system_id": "fs-2", "transit_encryption": "ENABLED"}]}]}),
    )
}

fn file_system() -> Value {
    json!({"id": "fs-2", "arn": arn("elasticfilesystem", "file-system/fs-2"), "encrypted": true})
}

fn mount_target(zone: &str) -> Value {
    json!({"id": format!("fsmt-2{zone}"), "file_system_id": "fs-2", "subnet_id": format!("subnet-{zone}"),
        "availability_zone_name": format!("eu-west-1{zone}"), "security_groups": ["sg-web"]})
}

fn nfs() -> blastmap_judge::estate::Estate {
    nat().security_group(
        "sg-efs",
        vec![blastmap_judge::estate::tcp((2049, 2049), "sg-web")],
    )
}

fn in_group(mut target: Value, group: &str) -> Value {
    target["security_groups"] = json!([group]);
    target
}

fn unmounted() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*"}]})
}

fn reported(name: &str, document: Value) -> IamPolicy {
    IamPolicy {
        arn: iam(name),
        policy_name: name.rsplit('/').next().unwrap_or_default().to_owned(),
        policy_document: document,
        ..IamPolicy::default()
    }
}

#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let fails = |case: Case| case.hits(&service(), FailsOnNextStart, Start).share(0, 2).level(Level::High);
    let unclear = |case: Case| case.hits(&service(), AtRisk, Start);
    let no_op = |name: &'static str, own: Value| {
        let [goes, comes] = attached();
        terraform(name, nat(), [goes, comes, tf_no_op("aws_iam_policy", own)])
    };
    let known = |name: &'static str, mode: &str, own: Value| {
        plan(name, nat(), attached().to_vec(), vec![tf_state("aws_iam_policy", mode, own)])
    };
    let bounded = |name: &'static str, document: &Value| {
        terraform(name, nat(), [bound(), tf_no_op("aws_iam_policy", policy("policy/bound", document))])
    };
    let roled = |name: &'static str, own: Value, parts: Vec<Value>| {
        let changes = [vec![with_role(), tf_no_op("aws_iam_role", own)], parts].concat();
        plan(name, nat(), changes, Vec::new())
    };
    let mounted = |name: &'static str, more: Vec<Value>| {
        let changes = [vec![mounts(), tf_no_op("aws_efs_file_system", file_system())], more].concat();
        plan(name, nfs(), changes, Vec::new())
    };
    let targets = |group: &str| {
        ["a", "b"].map(|zone| tf_no_op("aws_efs_mount_target", in_group(mount_target(zone), group))).to_vec()
    };
    let spare_attachment = |actions: fn(&str, Value) -> Value, name: &str| {
        actions("aws_iam_role_policy_attachment", json!({"id": "x", "role": "spare", "policy_arn": iam(name)}))
    };
    let spare = || {
        let policies = vec![AttachedPolicy { policy_name: "pull".to_owned(), policy_arn: iam(PULL) }];
        let role = IamRole { attached_managed_policies: policies, arn: iam("role/team/spare"), role_name: "spare".to_owned(), ..blastmap_judge::estate::role("spare", "ecs-tasks.amazonaws.com", &[]) };
        nat().offer(&iam("role/team/spare"), &role)
    };
    vec![
        // AWS told all of these in the same answer as what is in use.
        terraform("a policy that AWS told of, and nothing had, grants what is needed", nat().offer(&iam(PULL), &reported(PULL, execution_policy())), attached()),
        fails(terraform("a policy that AWS told of, and nothing had, denies the pull", nat().offer(&iam(PULL), &reported(PULL, deny_all())), attached())).by("image-pull-allowed"),
        fails(terraform("a boundary that AWS told of, and nothing had, allows logs alone", nat().offer(&iam("policy/bound"), &reported("policy/bound", allow(&["logs:*"], &["*"]))), [bound()])),
        terraform("a role that AWS told of takes over, with what is attached to it", spare().offer(&iam(PULL), &reported(PULL, everything())), [with_role()]),
        fails(terraform("a role that AWS told of takes over, and loses what it has", spare().offer(&iam(PULL), &reported(PULL, everything())), [with_role(), spare_attachment(tf_delete, PULL)])),
        terraform("a role that nobody uses loses what it has", spare().offer(&iam(PULL), &reported(PULL, everything())), [spare_attachment(tf_delete, PULL)]),
        no_op("a policy that nothing had is attached, and grants what is needed", policy(PULL, &execution_policy())),
        known("the same, of a plan of some targets", "managed", policy(PULL, &execution_policy())),
        known("the same, of another's policy that the plan has looked up", "data", policy(PULL, &execution_policy())),
        fails(no_op("a policy that nothing had is attached, and denies the pull", policy(PULL, &deny_all()))).by("image-pull-allowed"),
        fails(known("a policy that the plan has looked up grants too little", "data", policy(PULL, &allow(&["logs:*"], &["*"])))),
        unclear(plan("a policy of which the plan knows nothing is attached", nat(), attached().to_vec(), Vec::new())),
        unclear(no_op("another policy is known than the one that is attached", policy("policy/other", &execution_policy()))),
        unclear(known("a policy whose document is not told", "managed", json!({"arn": iam(PULL), "name": "pull"}))),
        bounded("a boundary that nothing had allows everything", &everything()),
        fails(bounded("a boundary that nothing had allows logs alone", &allow(&["logs:*"], &["*"]))),
        unclear(terraform("a boundary of which the plan knows nothing", nat(), [bound()])),
        roled("another role takes over, and grants it all inline", role(inline(&everything()), json!([])), Vec::new()),
        roled("another role takes over, with what is attached to it", role(json!([]), json!([iam(PULL)])),
            vec![tf_no_op("aws_iam_policy", policy(PULL, &everything()))]),
        roled("another role takes over, with an attachment that its state lacks", role(json!([]), json!([])),
            vec![spare_attachment(tf_no_op, PULL), tf_no_op("aws_iam_policy", policy(PULL, &everything()))]),
        fails(roled("another role takes over, which may do nothing", role(json!([]), json!([])), Vec::new())),
        fails(roled("another role takes over, and loses what it has", role(json!([]), json!([iam(PULL)])),
            vec![spare_attachment(tf_delete, PULL), tf_no_op("aws_iam_policy", policy(PULL, &everything()))])),
        roled("another role takes over, and is given what it needs", role(json!([]), json!([])),
            vec![attachment("spare", PULL), tf_no_op("aws_iam_policy", policy(PULL, &everything()))]),
        // Of these two lists the plan tells one: what is in the other may deny.
        unclear(roled("another role takes over, known in part", role(inline(&everything()), Value::Null), Vec::new())),
        unclear(plan("another role takes over, of which its trust alone is known", nat(), vec![with_role()],
            vec![tf_state("aws_iam_role", "data", json!({"id": "spare", "name": "spare", "arn": iam("role/team/spare"), "assume_role_policy": trust("ecs-tasks.amazonaws.com").to_string()}))])),
        unclear(terraform("another role takes over, of which the plan knows nothing", nat(), [with_role()])),
        mounted("a file system that nothing mounted, with its mount targets", targets("sg-efs")),
        fails(mounted("a file system that nothing mounted, whose mount targets let nobody in", targets("sg-web"))).by("volumes-reachable"),
        fails(mounted("a file system that nothing mounted, with a policy against it",
            [targets("sg-efs"), vec![tf_no_op("aws_efs_file_system_policy", json!({"id": "fs-2", "file_system_id": "fs-2", "policy": unmounted().to_string()}))]].concat())),
        unclear(mounted("a file system without the mount targets that others manage", Vec::new())),
        unclear(plan("a file system that the plan has looked up may have a policy", nfs(), [vec![mounts()], targets("sg-efs")].concat(),
            vec![tf_state("aws_efs_file_system", "data", file_system())])),
        unclear(terraform("a file system of which the plan knows nothing", nfs(), [mounts()])),
    ]
}

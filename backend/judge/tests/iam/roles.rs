//! The policies of a role, from its facts.

use std::collections::BTreeMap;

use blastmap_judge::iam::{
    Answer::{self, Allowed, Denied, Unknown},
    Context, Lookup, Policies, Policy, Request, ResourcePolicy, RolePolicies, evaluate,
};
use blastmap_model::kinds::{
    iam_policy::IamPolicy,
    iam_role::{AttachedPolicy, IamRole, InlinePolicy, PermissionsBoundary},
};
use serde_json::{Value, json};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
const EXECUTION: &str = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const INSTANCE: &str = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const QUARANTINE: &str = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2";
const DENY_ALL: &str = "arn:aws:iam::aws:policy/AWSDenyAll";
const OURS: &str = "arn:aws:iam::111122223333:policy/secrets";
const UNREAD: &str = "arn:aws:iam::111122223333:policy/unread";
const GONE: &str = "arn:aws:iam::111122223333:policy/gone";

fn statement(effect: &str, action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": effect, "Action": action, "Resource": "*" }] })
}

fn look_up(arn: &str) -> Lookup<IamPolicy> {
    let documents = BTreeMap::from([(OURS, statement("Allow", "secretsmanager:*"))]);
    match documents.get(arn) {
        Some(document) => Lookup::Found(IamPolicy {
            policy_name: "secrets".to_owned(),
            arn: arn.to_owned(),
            policy_document: document.clone(),
            ..IamPolicy::default()
        }),
        None if arn == GONE => Lookup::Missing,
        None => Lookup::Unreadable,
    }
}

fn role(inline: &[Value], attached: &[&str], boundary: Option<&str>) -> IamRole {
    let inline = inline.iter().map(|document| InlinePolicy {
        policy_name: "inline".to_owned(),
        policy_document: document.clone(),
    });
    let attached = attached.iter().map(|arn| AttachedPolicy {
        policy_name: String::new(),
        policy_arn: (*arn).to_owned(),
    });
    IamRole {
        role_name: "web".to_owned(),
        arn: "arn:aws:iam::111122223333:role/web".to_owned(),
        role_policy_list: inline.collect(),
        attached_managed_policies: attached.collect(),
        permissions_boundary: boundary.map(|arn| PermissionsBoundary {
            permissions_boundary_type: None,
            permissions_boundary_arn: arn.to_owned(),
        }),
        ..IamRole::default()
    }
}

/// Name, inline and attached policies, boundary, action, what must come out.
type Case<'a> = (
    &'a str,
    &'a [Value],
    &'a [&'a str],
    Option<&'a str>,
    &'a str,
    Answer,
);

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
#[test]
fn attached_policies_and_boundary() {
    let read = "secretsmanager:GetSecretValue";
    let (allow, deny) = (
        statement("Allow", "secretsmanager:*"),
        statement("Deny", "*"),
    );
    let cases: &[Case<'_>] = &[
        ("no policies", &[], &[], None, read, Denied),
        (
            "inline",
            std::slice::from_ref(&allow),
            &[],
            None,
            read,
            Allowed,
        ),
        ("attached", &[], &[OURS], None, read, Allowed),
        (
            "attached, and an inline deny",
            std::slice::from_ref(&deny),
            &[OURS],
            None,
            read,
            Denied,
        ),
        ("unread", &[], &[UNREAD], None, read, Unknown),
        (
            "what was not read may deny",
            &[],
            &[OURS, UNREAD],
            None,
            read,
            Unknown,
        ),
        (
            "a deny decides, whatever was not read",
            std::slice::from_ref(&deny),
            &[UNREAD],
            None,
            read,
            Denied,
        ),
        ("gone", &[], &[GONE], None, read, Denied),
        (
            "gone beside another",
            &[],
            &[OURS, GONE],
            None,
            read,
            Allowed,
        ),
        (
            "AWS's own was not read and denies nothing",
            &[],
            &[OURS, READ_ONLY],
            None,
            read,
            Allowed,
        ),
        (
            "AWS's own was not read and may allow",
            &[],
            &[READ_ONLY],
            None,
            read,
            Unknown,
        ),
        (
            "AWS's own that deny",
            &[],
            &[OURS, QUARANTINE],
            None,
            read,
            Unknown,
        ),
        (
            "AWS's own that denies all",
            &[],
            &[OURS, DENY_ALL],
            None,
            read,
            Denied,
        ),
        (
            "the execution role is known",
            &[],
            &[EXECUTION],
            None,
            "ecr:BatchGetImage",
            Allowed,
        ),
        (
            "the execution role reads no secrets",
            &[],
            &[EXECUTION],
            None,
            read,
            Denied,
        ),
        (
            "the instance role is known",
            &[],
            &[INSTANCE],
            None,
            "ecs:Poll",
            Allowed,
        ),
        (
            "the instance role may have grown",
            &[],
            &[INSTANCE],
            None,
            read,
            Unknown,
        ),
        ("a boundary within", &[], &[OURS], Some(OURS), read, Allowed),
        (
            "a boundary outside",
            &[],
            &[OURS],
            Some(EXECUTION),
            read,
            Denied,
        ),
        (
            "a boundary that bounds nothing",
            &[],
            &[OURS],
            Some(ADMINISTRATOR),
            read,
            Allowed,
        ),
        (
            "a boundary that was not read",
            &[],
            &[OURS],
            Some(UNREAD),
            read,
            Unknown,
        ),
        (
            "a boundary that may have grown",
            &[],
            &[OURS],
            Some(INSTANCE),
            read,
            Unknown,
        ),
        (
            "a boundary that is gone",
            &[],
            &[OURS],
            Some(GONE),
            read,
            Unknown,
        ),
        ("nothing to bound", &[], &[], Some(UNREAD), read, Denied),
    ];
    for (name, inline, attached, boundary, action, expected) in cases {
        let policies = RolePolicies::of(&role(inline, attached, *boundary), &look_up);
        let request = Request {
            principal: &policies.principal,
            action,
            resource: SECRET,
            context: &Context::new(),
        };
        let decision = evaluate(&request, &policies.policies());
        assert_eq!(
            decision.answer, *expected,
            "{name}: {:#?}",
            decision.reasons
        );
    }
}

#[test]
fn reasons_read_as_sentences() {
    let policies = RolePolicies::of(
        &role(&[statement("Allow", "ecr:*")], &[OURS, UNREAD], None),
        &look_up,
    );
    let key = Policy::new(
        "the key policy",
        &json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "Enable IAM",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            "Action": "kms:*",
            "Resource": "*",
            "Condition": { "StringEquals": { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
        }]}),
    );
    let request = Request {
        principal: &policies.principal,
        action: "kms:Decrypt",
        resource: "arn:aws:kms:eu-west-1:111122223333:key/k",
        context: &Context::new(),
    };
    let decision = evaluate(
        &request,
        &Policies {
            resource: ResourcePolicy::Required(&key),
            ..policies.policies()
        },
    );
    let reasons: Vec<_> = decision.reasons.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(reasons.join("\n"), @r"
    The contents of policy unread are not known: the policy was not read.
    Whether statement Enable IAM of the key policy applies is not known: the value of the condition key kms:ViaService is not known.
    ");
    let denied = evaluate(
        &Request {
            action: "s3:GetObject",
            ..request
        },
        &Policies::default(),
    );
    let reasons: Vec<_> = denied.reasons.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(reasons.join("\n"), @"Nothing in the identity policies allows s3:GetObject on arn:aws:kms:eu-west-1:111122223333:key/k.");
}

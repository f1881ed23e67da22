//! Roles, trust, boundaries, denials and policies of resources.

use blastmap_judge::{
    Level,
    Outcome::{AtRisk, Down, FailsOnNextStart},
    estate::{Estate, allow, arn, ec2, execution_policy, gone, iam, patched, role, trust},
};
use blastmap_model::{
    Phase::{Run, Start},
    ResourceKind,
    kinds::{
        ecs_task_definition::{EcsTaskDefinition, KeyValue},
        iam_policy::IamPolicy,
        iam_role::{AttachedPolicy, IamRole, InlinePolicy, PermissionsBoundary},
        resource_policy::ResourcePolicy,
        sqs_queue::SqsQueue,
    },
};
use serde_json::{Value, json};

use crate::{estates::*, harness::*};

fn on_role(
    change: impl Fn(&mut IamRole) + 'static,
) -> impl Fn(&blastmap_graph::Snapshot) -> blastmap_model::Edits {
    move |snapshot| patched::<IamRole>(snapshot, &execution_role(), |own| change(own))
}

fn inline(name: &str, document: Value) -> InlinePolicy {
    InlinePolicy {
        policy_name: name.to_owned(),
        policy_document: document,
    }
}

fn deny(actions: &[&str], condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": actions, "Resource": "*", "Condition": condition}]})
}

/// A managed policy of the customer's own.
fn managed(estate: Estate, name: &str, document: Value) -> Estate {
    let id = iam(&format!("policy/{name}"));
    let facts: IamPolicy = serde_json::from_value(json!({
        "Arn": id, "PolicyName": name, "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}],
        "DefaultVersionId": "v1", "PolicyDocument": document, "Document": document,
    })).expect("facts of a policy");
    estate.put(&id, &facts)
}

fn tf_inline(policy: Value) -> Value {
    json!({"id": "web-execution:execution", "name": "execution", "role": "web-execution", "policy": policy.to_string()})
}

pub(crate) fn cases() -> Vec<Case> {
    let fails = |case: Case| {
        case.hits(&service(), FailsOnNextStart, Start)
            .share(0, 2)
            .level(Level::High)
    };
    let bound = |document: Value| managed(nat(), "bound", document);
    let with_boundary = || {
        on_role(|own| {
            own.permissions_boundary = Some(PermissionsBoundary {
                permissions_boundary_type: Some("Policy".to_owned()),
                permissions_boundary_arn: iam("policy/bound"),
            })
        })
    };
    let logs = || allow(&["logs:CreateLogStream", "logs:PutLogEvents"], &["*"]);
    let spare = managed(nat(), "pull", allow(&["ecr:*"], &["*"])).with::<IamRole>(
        &execution_role(),
        |own| {
            own.attached_managed_policies.push(AttachedPolicy {
                policy_name: "pull".to_owned(),
                policy_arn: iam("policy/pull"),
            })
        },
    );
    let bound_to_endpoint = isolated().with::<IamRole>(&execution_role(), |own| {
        own.role_policy_list[1].policy_document["Statement"][0]["Condition"] =
            json!({"StringEquals": {"aws:SourceVpce": ["vpce-ssm", "vpce-secretsmanager"]}});
    });
    let queue = arn("sqs", "jobs");
    let with_queue = || {
        nat().with::<IamRole>(&task_role(), |own| {
            own.role_policy_list
                .push(blastmap_model::kinds::iam_role::InlinePolicy {
                    policy_name: "jobs".to_owned(),
                    policy_document: allow(&["sqs:SendMessage"], &[&arn("sqs", "jobs")]),
                });
        })
    };
    // Named in the environment, too.
    let with_named_queue = || {
        let facts = SqsQueue {
            queue_arn: arn("sqs", "jobs"),
            queue_name: "jobs".to_owned(),
            policy: Some(ResourcePolicy::none()),
            address_fingerprints: vec!["fingerprint:1".to_owned()],
            ..SqsQueue::default()
        };
        with_queue()
            .put(&arn("sqs", "jobs"), &facts)
            .with::<EcsTaskDefinition>(&definition(), |own| {
                own.container_definitions[0].environment = vec![KeyValue {
                    name: "JOBS".to_owned(),
                    value: "fingerprint:1".to_owned(),
                }];
            })
    };
    let queue_policy = |effect: &str, action: &str| {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Principal": "*", "Action": action, "Resource": "*"}]});
        tf_create(
            "aws_sqs_queue_policy",
            json!({"queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", "policy": policy.to_string()}),
        )
    };
    vec![
        terraform("a queue's policy denies what the tasks may do with it", with_named_queue(), [queue_policy("Deny", "sqs:SendMessage")])
            .hits(&service(), AtRisk, Run).by("queue-access"),
        terraform("a queue's policy denies what the tasks may not do anyway", with_named_queue(), [queue_policy("Deny", "sqs:ReceiveMessage")]),
        terraform("a queue's policy lets others in", with_named_queue(), [queue_policy("Allow", "sqs:SendMessage")]),
        edited("a queue that the task role may send to is deleted", with_queue().blind(ResourceKind::SqsQueue), move |_| gone(&queue))
            .hits(&service(), AtRisk, Run),
        edited("what the task role's policies say is known only after the apply", with_queue(), |snapshot| {
            blastmap_judge::estate::unknown(patched::<IamRole>(snapshot, &task_role(), |own| own.role_policy_list.clear()), &["RolePolicyList"])
        })
            .hits(&service(), AtRisk, Run).by("task-role-permissions"),
        fails(terraform("the execution role may no longer pull", nat(), [tf_update("aws_iam_role_policy",
            tf_inline(execution_policy()), json!({"policy": logs().to_string()}))]))
            .by("image-pull-allowed"),
        terraform("a statement goes that another policy repeats", spare, [tf_update("aws_iam_role_policy",
            tf_inline(execution_policy()), json!({"policy": logs().to_string()}))]),
        fails(terraform("the execution role may no longer write logs", nat(), [tf_update("aws_iam_role_policy",
            tf_inline(execution_policy()), json!({"policy": allow(&["ecr:*"], &["*"]).to_string()}))]))
            .by("logs-allowed"),
        fails(terraform("the execution role may read fewer secrets", nat(), [tf_update("aws_iam_role_policy",
            json!({"id": "web-execution:reads", "name": "reads", "role": "web-execution", "policy": "{}"}),
            json!({"policy": allow(&["ssm:GetParameters"], &[&arn("ssm", "parameter/prod/*")]).to_string()}))]))
            .by("secrets-allowed"),
        fails(terraform("the execution role's policy is deleted", nat(), [tf_delete("aws_iam_role_policy",
            tf_inline(execution_policy()))])),
        fails(edited("the execution role trusts another service", nat(), on_role(|own| {
            own.assume_role_policy_document = trust("ec2.amazonaws.com");
        })))
        .by("roles-assumable"),
        edited("the execution role trusts one more service", nat(), on_role(|own| {
            own.assume_role_policy_document["Statement"][0]["Principal"] =
                json!({"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]});
        })),
        edited("the trust is tied to this account", nat(), on_role(|own| {
            own.assume_role_policy_document["Statement"][0]["Condition"] = json!({
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*"},
            });
        })),
        fails(edited("the trust is tied to another account", nat(), on_role(|own| {
            own.assume_role_policy_document["Statement"][0]["Condition"] =
                json!({"StringEquals": {"aws:SourceAccount": "210987654321"}});
        }))),
        fails(resources("the execution role is deleted", nat(), [delete(&execution_role())])),
        resources("the task role is deleted", nat(), [delete(&task_role())])
            .hits(&service(), Down, Run).by("task-role-usable"),
        terraform("the task role may write to fewer queues", nat(), [tf_update("aws_iam_role_policy",
            json!({"id": "web-task:queue", "name": "queue", "role": "web-task", "policy": allow(&["sqs:SendMessage"], &[&arn("sqs", "jobs")]).to_string()}),
            json!({"policy": allow(&["sqs:SendMessage"], &[&arn("sqs", "others")]).to_string()}))])
            .hits(&service(), AtRisk, Run),
        terraform("the task role may do one thing more", nat(), [tf_update("aws_iam_role_policy",
            json!({"id": "web-task:queue", "name": "queue", "role": "web-task", "policy": allow(&["sqs:SendMessage"], &[&arn("sqs", "jobs")]).to_string()}),
            json!({"policy": allow(&["sqs:SendMessage", "sqs:GetQueueUrl"], &[&arn("sqs", "jobs")]).to_string()}))]),
        fails(edited("a boundary that allows logs alone", bound(logs()), with_boundary())),
        edited("a boundary that allows everything", bound(allow(&["*"], &["*"])), with_boundary()),
        edited("a boundary that allows just what is needed", bound(allow(&["ecr:*", "logs:*", "ssm:Get*", "secretsmanager:Get*"], &["*"])), with_boundary()),
        fails(edited("an explicit denial of the pull", nat(), on_role(|own| {
            own.role_policy_list.push(inline("no", deny(&["ecr:BatchGetImage"], json!({}))));
        }))),
        edited("an explicit denial of what nobody does", nat(), on_role(|own| {
            own.role_policy_list.push(inline("no", deny(&["ecr:DeleteRepository", "iam:*"], json!({}))));
        })),
        edited("a denial without encryption in transit", nat(), on_role(|own| {
            own.role_policy_list.push(inline("no", deny(&["*"], json!({"Bool": {"aws:SecureTransport": "false"}}))));
        })),
        edited("a denial outside the region", nat(), on_role(|own| {
            own.role_policy_list.push(inline("no", deny(&["*"], json!({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}))));
        })),
        edited("a condition that nobody can know", nat(), on_role(|own| {
            own.role_policy_list[1].policy_document["Statement"][0]["Condition"] =
                json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
        }))
        .hits(&service(), AtRisk, Start),
        fails(resources("the endpoint to which a role is bound is made again", bound_to_endpoint.clone(), [delete(&ec2("vpce-ssm"))])),
        resources("another endpoint's tags of a role that is bound", bound_to_endpoint, [update(&ec2("vpce-logs"), json!({"State": "available"}))]),
        fails(resources("the repository's policy denies the role", nat(), [update(&arn("ecr", "repository/web"), json!({
            "repositoryPolicy": {"read": true, "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
                "Principal": {"AWS": execution_role()}, "Action": "ecr:BatchGetImage"}]}},
        }))])),
        resources("the repository's policy lets another account in", nat(), [update(&arn("ecr", "repository/web"), json!({
            "repositoryPolicy": {"read": true, "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "ecr:BatchGetImage"}]}},
        }))]),
        fails(resources("the secret's policy denies the role", nat(), [update(&secret(), json!({
            "ResourcePolicy": {"read": true, "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
                "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}},
        }))])),
        fails(edited("the wildcard of the secrets is narrowed past the service's", nat(), on_role(|own| {
            own.role_policy_list[1].policy_document = allow(&["ssm:GetParameters", "secretsmanager:GetSecretValue"], &[&arn("ssm", "parameter/stage/*")]);
        }))),
        edited("the wildcard of the secrets is narrowed to what is read", nat(), on_role(|own| {
            own.role_policy_list[1].policy_document = allow(&["ssm:GetParameters", "secretsmanager:GetSecretValue"], &[&parameter(), &secret()]);
        })),
        edited("a role that nobody uses loses everything", nat().put(&iam("role/idle"), &role("idle", "ecs-tasks.amazonaws.com", &[("all", allow(&["*"], &["*"]))])),
            |snapshot| patched::<IamRole>(snapshot, &iam("role/idle"), |own| own.role_policy_list.clear())),
        terraform("tags of the execution role", nat(), [tf_update("aws_iam_role",
            json!({"id": "web-execution", "name": "web-execution", "arn": execution_role(), "assume_role_policy": trust("ecs-tasks.amazonaws.com").to_string(), "tags": {}}),
            json!({"tags": {"team": "web"}}))]),
    ]
}

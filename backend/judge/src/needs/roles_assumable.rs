//! ECS may assume the task's roles.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>

use blastmap_graph::Overlay;
use blastmap_model::{Phase, Relation, ResourceIndex, ResourceKind};

use super::{Need, Subject, parts::home, permission::assumable};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "roles-assumable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    sentence: "The execution role and the task role exist and trust ecs-tasks.amazonaws.com.",
};

/// A task's credentials are renewed as long as it runs.
pub(super) const WHILE_RUNNING: Need = Need {
    name: "task-role-usable",
    phase: Phase::Run,
    subject: Subject::Of(&[ResourceKind::EcsTask], judge_task),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    sentence: "The task role exists and trusts ecs-tasks.amazonaws.com, so that the credentials of the running task are renewed.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let roles = [
        launch.execution_role_place(overlay),
        launch.task_role_place(overlay),
    ];
    let mut roles: Vec<ResourceIndex> = roles.into_iter().flatten().collect();
    roles.dedup();
    Verdict::all(roles.into_iter().map(|role| trusts(overlay, launch, role)))
        .reported_as("ResourceInitializationError")
}

fn judge_task(overlay: &Overlay<'_>, task: ResourceIndex) -> Verdict {
    if is_being_replaced(overlay, task) {
        return Verdict::met();
    }
    let launches = Launch::of(overlay, task);
    let roles = launches.iter().filter_map(|launch| {
        let role = launch.task_role_place(overlay)?;
        Some(trusts(overlay, launch, role))
    });
    Verdict::all(roles)
}

/// Its service runs another definition: a roll-out takes its place, and what the new role lacks is told of the service.
fn is_being_replaced(overlay: &Overlay<'_>, task: ResourceIndex) -> bool {
    let definition = |subject| {
        let launches = Launch::of(overlay, subject);
        launches.first().and_then(|launch| launch.definition_place)
    };
    let own = definition(task);
    let wholes = overlay.needed(task, Relation::PartOf).into_iter();
    wholes
        .filter(|whole| overlay.kind(*whole) == ResourceKind::EcsService)
        .any(|service| {
            let next = definition(service);
            own.is_some() && next.is_some() && own != next
        })
}

/// The source is a pattern: which task it will be nobody knows, and AWS asks policies to name no more than region and account.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#create_task_iam_policy_and_role>
fn trusts(overlay: &Overlay<'_>, launch: &Launch, role: ResourceIndex) -> Verdict {
    let Some(home) = home(overlay, launch) else {
        return Verdict::met();
    };
    let (partition, region, account) = (home.partition(), home.region(), home.account());
    let source = format!("arn:{partition}:ecs:{region}:{account}:*");
    assumable(overlay, role, "ecs-tasks.amazonaws.com", account, &source)
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{ecs_task_definition::EcsTaskDefinition, iam_role::IamRole};
    use serde_json::{Value, json};

    use super::*;
    use crate::estate::{Estate, arn, iam, judged, told, trust};

    fn estate() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    fn trusting(role: &str, document: Value) -> Estate {
        estate().with::<IamRole>(&iam(&format!("role/{role}")), |facts| {
            facts.assume_role_policy_document = document;
        })
    }

    fn on_condition(condition: Value) -> Value {
        let mut document = trust("ecs-tasks.amazonaws.com");
        document["Statement"][0]["Condition"] = condition;
        document
    }

    #[test]
    fn ecs_may_assume_both_roles() {
        let account =
            |account: &str| on_condition(json!({"StringEquals": {"aws:SourceAccount": account}}));
        let source = |arn: &str| on_condition(json!({"ArnLike": {"aws:SourceArn": arn}}));
        let for_ec2 = || trust("ec2.amazonaws.com");
        let no_role =
            estate().with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.task_role_arn = None;
            });
        // Estate; at the start; while a task runs.
        let cases = [
            (estate(), "met", "met"),
            (no_role, "met", "met"),
            (trusting("web-task", account("123456789012")), "met", "met"),
            (
                trusting("web-task", source("arn:aws:ecs:eu-west-1:123456789012:*")),
                "met",
                "met",
            ),
            (
                trusting("web-task", account("210987654321")),
                "unmet",
                "unmet",
            ),
            (
                trusting("web-task", source("arn:aws:ecs:us-east-1:123456789012:*")),
                "unmet",
                "unmet",
            ),
            (
                trusting(
                    "web-task",
                    on_condition(json!({"StringEquals": {"aws:SourceOrgID": "o-1"}})),
                ),
                "unknown",
                "unknown",
            ),
            (trusting("web-task", for_ec2()), "unmet", "unmet"),
            (estate().missing(&iam("role/web-task")), "unmet", "unmet"),
            (
                estate().unreadable(&iam("role/web-task")),
                "unknown",
                "unknown",
            ),
            // The execution role is for the start.
            (trusting("web-execution", for_ec2()), "unmet", "met"),
            (estate().missing(&iam("role/web-execution")), "unmet", "met"),
        ];
        for (number, (estate, start, run)) in cases.into_iter().enumerate() {
            let snapshot = estate.snapshot();
            let overlay = Overlay::as_is(&snapshot);
            let at_start = told(&judged(&NEED, &overlay, &arn("ecs", "service/main/web")));
            let running = told(&judged(
                &WHILE_RUNNING,
                &overlay,
                &arn("ecs", "task/main/1"),
            ));
            assert!(at_start.starts_with(start), "{number}: {at_start}");
            assert!(running.starts_with(run), "{number}: {running}");
        }
        let snapshot = trusting("web-task", for_ec2()).snapshot();
        assert_eq!(
            told(&judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web")
            )),
            "unmet: the trust policy of role web-task does not let ecs-tasks.amazonaws.com assume it (ResourceInitializationError)"
        );
    }
}

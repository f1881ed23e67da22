//! Whoever writes the logs may: on Fargate the execution role, as long as the task lives; on instances theirs.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html#enable_awslogs>

use blastmap_graph::Overlay;
use blastmap_model::Phase;

use super::{
    Need, Subject,
    parts::{LogTarget, definition_name, host_actors, log_targets, logger_error},
    permission::{Actor, Call, OnResource, context},
    way::on_its_way,
};
use crate::{
    Host, Launch, Verdict,
    iam::{self, Context},
    network::AwsService,
};

pub(super) const NEED: Need = Need {
    name: "logs-allowed",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    sentence: "The execution role, or on instances the instance role, may make streams in the log group and write to them.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let targets = log_targets(overlay, launch);
    if targets.is_empty() {
        return Verdict::met();
    }
    let actors = match actors(overlay, launch) {
        None => return Verdict::met(),
        Some(Err(verdict)) => return verdict.reported_as(logger_error(launch)),
        Some(Ok(actors)) => actors,
    };
    let verdict = Verdict::all(actors.iter().flat_map(|actor| {
        targets
            .iter()
            .map(move |target| may_log(overlay, launch, actor, target))
    }));
    // The agent may be told to write logs with the execution role, which no API shows.
    // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html>
    let overridden = || {
        let role = launch.execution_role_place(overlay)?;
        let actor = Actor::of(overlay, role).ok()?;
        let parts = targets
            .iter()
            .map(|target| may_log(overlay, launch, &actor, target));
        Verdict::all(parts).is_met().then_some(role)
    };
    let verdict = match (launch.host, verdict.is_met()) {
        (Host::Ec2, false) => match overridden() {
            Some(role) => {
                let name = &overlay.resource(role).name;
                Verdict::unknown(
                    role,
                    format!(
                        "check that ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE is on: role {name} may write the logs, and the role of the instances is not known to"
                    ),
                )
            }
            None => verdict,
        },
        _ => verdict,
    };
    verdict.reported_as(logger_error(launch))
}

/// Who writes the logs; `None`: nobody can be asked.
pub(super) fn actors(
    overlay: &Overlay<'_>,
    launch: &Launch,
) -> Option<Result<Vec<Actor>, Verdict>> {
    match launch.host {
        Host::Ec2 | Host::External => host_actors(overlay, launch),
        Host::Fargate => match launch.execution_role_place(overlay) {
            Some(role) => Some(Actor::of(overlay, role).map(|actor| vec![actor])),
            None if launch.execution_role().is_some() => Some(Err(Verdict::unknown(
                launch.definition_place,
                "check that the execution role may write the logs: the role is not known",
            ))),
            None => {
                let name = definition_name(overlay, launch);
                Some(Err(Verdict::unmet(
                    launch.definition_place,
                    format!(
                        "task definition {name} has no execution role with which Fargate could write logs"
                    ),
                )))
            }
        },
    }
}

fn may_log(
    overlay: &Overlay<'_>,
    launch: &Launch,
    actor: &Actor,
    target: &LogTarget<'_>,
) -> Verdict {
    let actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
    Verdict::all(actions.map(|action| may_on_group(overlay, launch, actor, target, action)))
}

/// Policies name a group with or without `:*`, or its streams: an Allow of any of these is meant for it, a Deny of any counts.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>
pub(super) fn may_on_group(
    overlay: &Overlay<'_>,
    launch: &Launch,
    actor: &Actor,
    target: &LogTarget<'_>,
    action: &str,
) -> Verdict {
    let region = target.arn.region();
    let context = context(overlay, region, target.place);
    let logs = AwsService::new("logs", region);
    on_its_way(overlay, launch, &logs, &context, |context| {
        on_group(actor, target, action, context)
    })
}

fn on_group(actor: &Actor, target: &LogTarget<'_>, action: &str, context: &Context) -> Verdict {
    let prefix = target
        .container
        .log_configuration
        .as_ref()
        .and_then(|log| log.options.get("awslogs-stream-prefix"))
        .map_or("task", String::as_str);
    let container = &target.container.name;
    let group = target.arn.as_str();
    let forms = [
        format!("{group}:log-stream:{prefix}/{container}/0"),
        format!("{group}:*"),
        group.to_owned(),
    ];
    let mut verdicts = Vec::new();
    for resource in &forms {
        let call = Call {
            action,
            resource,
            policy: OnResource::None,
            context,
        };
        let decision = actor.decide(&call);
        let denied = decision
            .reasons
            .iter()
            .any(|reason| matches!(reason, iam::Reason::Denied { .. }));
        // A person knows the group, not the form in which AWS asks.
        let verdict = actor.verdict(
            &decision,
            &Call {
                resource: group,
                ..call
            },
        );
        if denied {
            return verdict;
        }
        verdicts.push(verdict);
    }
    let mut verdict = Verdict::any(verdicts);
    verdict.reasons.truncate(1);
    verdict
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{ecs_task_definition::EcsTaskDefinition, iam_role::IamRole};
    use serde_json::{Value, json};

    use super::*;
    use crate::estate::{Estate, allow, arn, iam, judged, told};

    fn on_fargate() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    fn on_ec2() -> Estate {
        Estate::new().vpc_with_nat().ec2_cluster().ec2_service()
    }

    fn with(estate: Estate, role: &str, document: Value) -> Estate {
        estate.with::<IamRole>(&iam(&format!("role/{role}")), |facts| {
            facts.role_policy_list[0].policy_document = document;
        })
    }

    #[test]
    fn whoever_writes_may_write() {
        const WRITE: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];
        let on = |resource: &str| {
            with(
                on_fargate(),
                "web-execution",
                allow(&WRITE, &[&arn("logs", resource)]),
            )
        };
        let nothing = || allow(&["s3:GetObject"], &["*"]);
        let deny = json!({"Statement": [
            {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": arn("logs", "log-group:/ecs/web:*")},
        ]});
        let by_host = |estate: Estate| with(estate, "web-execution", nothing());
        let no_role =
            on_fargate().with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.execution_role_arn = None;
            });
        let cases = [
            ("fargate", on_fargate(), "met", ""),
            ("the group", on("log-group:/ecs/web"), "met", ""),
            (
                "the group and what is in it",
                on("log-group:/ecs/web:*"),
                "met",
                "",
            ),
            (
                "its streams",
                on("log-group:/ecs/web:log-stream:*"),
                "met",
                "",
            ),
            ("several groups", on("log-group:/ecs/*"), "met", ""),
            (
                "another group",
                on("log-group:/ecs/api:*"),
                "unmet",
                "role web-execution may not logs:CreateLogStream on arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:",
            ),
            (
                "nothing",
                with(on_fargate(), "web-execution", nothing()),
                "unmet",
                "(ResourceInitializationError)",
            ),
            (
                "a denial of what is in it",
                with(on_fargate(), "web-execution", deny),
                "unmet",
                "denies it",
            ),
            ("no role", no_role, "unmet", "no execution role"),
            ("instances", on_ec2(), "met", ""),
            (
                "instances, whatever the execution role may",
                by_host(on_ec2()),
                "met",
                "",
            ),
            (
                "instances that may not",
                by_host(with(on_ec2(), "hosts", nothing())),
                "unmet",
                "role hosts may not logs:CreateLogStream",
            ),
            (
                "instances with an agent that may use the execution role",
                with(on_ec2(), "hosts", nothing()),
                "unknown",
                "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE",
            ),
            (
                "the instances' role was not read",
                by_host(on_ec2().unreadable(&iam("role/hosts"))),
                "unknown",
                "check role hosts",
            ),
        ];
        for (name, estate, answer, reason) in cases {
            let snapshot = estate.snapshot();
            let told = told(&judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            ));
            assert!(
                told.starts_with(answer) && told.contains(reason),
                "{name}: {told}"
            );
        }
    }
}

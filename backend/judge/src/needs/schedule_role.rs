//! The role of a rule or schedule may start its tasks and hand their roles over.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html>

use blastmap_graph::Overlay;
use blastmap_model::{Arn, Phase, ResourceIndex, ResourceKind, kinds::schedule::Schedule};

use super::{
    Need, Subject,
    permission::{Actor, Call, OnResource, assumable, context, role_named},
    schedule_enabled::{KINDS, Target, is_enabled, targets},
};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "schedule-role",
    phase: Phase::Schedule,
    subject: Subject::Of(KINDS, judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html",
    sentence: "The role of the rule or schedule lets EventBridge assume it, may run the task definition in the cluster, and may pass the task's two roles.",
};

const ERROR: &str = "AccessDeniedException";

fn judge(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    if !is_enabled(overlay, place) {
        return Verdict::met();
    }
    let launches = Launch::of(overlay, place);
    let each = targets(overlay, place).into_iter().zip(&launches);
    Verdict::all(each.map(|(target, launch)| role_may_start(overlay, place, &target, launch)))
        .reported_as(ERROR)
}

fn role_may_start(
    overlay: &Overlay<'_>,
    place: ResourceIndex,
    target: &Target,
    launch: &Launch,
) -> Verdict {
    let resource = overlay.resource(place);
    let (kind, name) = (resource.kind.label(), &resource.name);
    if overlay.is_unknown(place, &format!("{}.RoleArn", target.field)) && target.role.is_none() {
        return Verdict::unknown(
            place,
            format!("check the role of {kind} {name}: known only after the apply"),
        );
    }
    let Some(role) = target.role.as_deref().filter(|role| !role.is_empty()) else {
        return Verdict::unmet(
            place,
            format!("{kind} {name} names no role with which to start tasks"),
        );
    };
    let Some(role) = role_named(overlay, place, role) else {
        return Verdict::unknown(
            place,
            format!("check the role of {kind} {name}: it was not read"),
        );
    };
    let actor = match Actor::of(overlay, role) {
        Ok(actor) => actor,
        Err(verdict) => return verdict,
    };
    Verdict::all([
        trusts(overlay, place, role),
        may_run(overlay, &actor, place, target, launch),
        may_pass(overlay, &actor, place, launch),
    ])
}

/// A trust policy may name the rule, the schedule or the schedule's group.
///
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>
fn trusts(overlay: &Overlay<'_>, place: ResourceIndex, role: ResourceIndex) -> Verdict {
    let resource = overlay.resource(place);
    let own = resource
        .own_arn()
        .map_or_else(|| "*".to_owned(), |arn| arn.to_string());
    let account = &resource.account;
    if resource.kind != ResourceKind::Schedule {
        return assumable(overlay, role, "events.amazonaws.com", account, &own);
    }
    let facts = overlay.facts::<Schedule>(place);
    let group = facts.and_then(|facts| facts.group_name.clone());
    let group = group.unwrap_or_else(|| "default".to_owned());
    let arn = resource.own_arn();
    let group = arn.and_then(|arn| {
        arn.sibling("scheduler", &format!("schedule-group/{group}"))
            .ok()
    });
    let sources = group
        .map(|group| group.to_string())
        .into_iter()
        .chain([own]);
    Verdict::any(
        sources.map(|source| assumable(overlay, role, "scheduler.amazonaws.com", account, &source)),
    )
}

/// A definition named without a revision may be granted as it is named, or by the revision that is the latest.
fn may_run(
    overlay: &Overlay<'_>,
    actor: &Actor,
    place: ResourceIndex,
    target: &Target,
    launch: &Launch,
) -> Verdict {
    let region = overlay.resource(place).region.to_string();
    let cluster = launch
        .cluster
        .and_then(|cluster| overlay.resource(cluster).id.arn());
    // Of a cluster that the change makes, the ARN is not known.
    let cluster = cluster.or_else(|| Arn::parse(&target.cluster).ok());
    let mut context = context(overlay, &region, None);
    if let Some(cluster) = cluster {
        context = context.known("ecs:cluster", cluster.as_str());
    }
    let mut named = Vec::new();
    let resolved = launch
        .definition_place
        .and_then(|definition| overlay.resource(definition).id.arn());
    named.extend(resolved.map(|arn| arn.to_string()));
    let given = &target.parameters.task_definition_arn;
    if Arn::parse(given).is_ok() && !named.contains(given) {
        named.push(given.clone());
    }
    // Where the revision is not known, the family says who may run it.
    let family = |arn: &Arn| (!arn.last_part().contains(':')).then(|| format!("{arn}:*"));
    if let Some(any) = Arn::parse(given).ok().as_ref().and_then(family) {
        named.push(any);
    }
    if named.is_empty() {
        let arn = overlay.resource(place).own_arn();
        let family = launch
            .definition
            .as_ref()
            .map(|facts| facts.family.as_str());
        let arn = arn.zip(family).and_then(|(arn, family)| {
            arn.sibling("ecs", &format!("task-definition/{family}:*"))
                .ok()
        });
        named.extend(arn.map(|arn| arn.to_string()));
    }
    Verdict::any(named.iter().map(|definition| {
        actor.may(&Call {
            action: "ecs:RunTask",
            resource: definition,
            policy: OnResource::None,
            context: &context,
        })
    }))
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
fn may_pass(
    overlay: &Overlay<'_>,
    actor: &Actor,
    place: ResourceIndex,
    launch: &Launch,
) -> Verdict {
    let region = overlay.resource(place).region.to_string();
    let context =
        context(overlay, &region, None).known("iam:PassedToService", "ecs-tasks.amazonaws.com");
    let passed = [
        (
            launch.execution_role(),
            launch.execution_role_place(overlay),
        ),
        (launch.task_role(), launch.task_role_place(overlay)),
    ];
    let passed = passed.into_iter().filter_map(|(named, place)| {
        let arn = place.and_then(|place| overlay.resource(place).id.arn());
        arn.or_else(|| Arn::parse(named?).ok())
    });
    let mut passed: Vec<String> = passed.map(|arn| arn.to_string()).collect();
    passed.sort();
    passed.dedup();
    Verdict::all(passed.iter().map(|role| {
        actor.may(&Call {
            action: "iam:PassRole",
            resource: role,
            policy: OnResource::None,
            context: &context,
        })
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            ecs_cluster::EcsCluster,
            ecs_task_definition::EcsTaskDefinition,
            event_rule::{EcsParameters, EventRule, EventTarget},
            iam_role::IamRole,
            schedule::ScheduleTarget,
        },
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, allow, arn, gone, iam, patched, place, trust, unknown},
        needs::{schedule_cluster, schedule_enabled},
    };

    fn rule() -> String {
        arn("events", "rule/nightly")
    }

    fn schedule() -> String {
        arn("scheduler", "schedule/default/nightly")
    }

    /// What AWS's own wizard writes: run this family in this cluster, pass roles to tasks.
    fn policy(definition: &str) -> Value {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": arn("ecs", definition),
             "Condition": {"ArnEquals": {"ecs:cluster": arn("ecs", "cluster/main")}}},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
             "Condition": {"StringLike": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
        ]})
    }

    fn scheduled(definition: &str) -> Estate {
        let parameters = EcsParameters {
            task_definition_arn: arn("ecs", definition),
            launch_type: Some("FARGATE".to_owned()),
            ..EcsParameters::default()
        };
        let rule_facts = EventRule {
            arn: rule(),
            name: "nightly".to_owned(),
            state: Some("ENABLED".to_owned()),
            schedule_expression: Some("rate(1 day)".to_owned()),
            targets: vec![EventTarget {
                id: "1".to_owned(),
                arn: arn("ecs", "cluster/main"),
                role_arn: Some(iam("role/starter")),
                ecs_parameters: Some(parameters.clone()),
                ..EventTarget::default()
            }],
            ..EventRule::default()
        };
        let schedule_facts = Schedule {
            arn: schedule(),
            name: "nightly".to_owned(),
            group_name: Some("default".to_owned()),
            state: Some("ENABLED".to_owned()),
            target: ScheduleTarget {
                arn: arn("ecs", "cluster/main"),
                role_arn: Some(iam("role/scheduler")),
                ecs_parameters: Some(parameters),
                ..ScheduleTarget::default()
            },
            ..Schedule::default()
        };
        let policies = [("start", policy("task-definition/web:*"))];
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .role("starter", "events.amazonaws.com", &policies)
            .role("scheduler", "scheduler.amazonaws.com", &policies)
            .put(&rule(), &rule_facts)
            .put(&schedule(), &schedule_facts)
    }

    /// Enabled, cluster, role.
    fn judged(overlay: &Overlay<'_>, id: &str) -> [Answer; 3] {
        [schedule_enabled::NEED, schedule_cluster::NEED, NEED].map(|need| {
            let Subject::Of(_, judge) = need.subject else {
                unreachable!("of resources")
            };
            judge(overlay, place(overlay, id)).answer
        })
    }

    const MET: [Answer; 3] = [Answer::Met; 3];

    #[test]
    fn healthy_ones_run() {
        for definition in ["task-definition/web:1", "task-definition/web"] {
            let snapshot = scheduled(definition).snapshot();
            let overlay = Overlay::as_is(&snapshot);
            for id in [rule(), schedule()] {
                assert_eq!(judged(&overlay, &id), MET, "{definition} {id}");
            }
        }
    }

    #[test]
    fn policies_name_the_definition_in_many_ways() {
        let cases = [
            (
                "task-definition/web:1",
                "task-definition/web:1",
                Answer::Met,
            ),
            (
                "task-definition/web:1",
                "task-definition/web:2",
                Answer::Unmet,
            ),
            (
                "task-definition/web:1",
                "task-definition/web:*",
                Answer::Met,
            ),
            ("task-definition/web:1", "task-definition/*", Answer::Met),
            (
                "task-definition/web:1",
                "task-definition/other:*",
                Answer::Unmet,
            ),
            ("task-definition/web", "task-definition/web", Answer::Met),
            ("task-definition/web", "task-definition/web:*", Answer::Met),
            (
                "task-definition/web",
                "task-definition/other",
                Answer::Unmet,
            ),
        ];
        for (named, granted, expected) in cases {
            let estate = scheduled(named).with::<IamRole>(&iam("role/starter"), |own| {
                own.role_policy_list[0].policy_document = policy(granted);
            });
            let snapshot = estate.snapshot();
            let overlay = Overlay::as_is(&snapshot);
            assert_eq!(
                judge(&overlay, place(&overlay, &rule())).answer,
                expected,
                "{named} by {granted}"
            );
        }
    }

    #[test]
    fn what_keeps_it_from_running() {
        let snapshot = scheduled("task-definition/web:1").snapshot();
        let role = |change: fn(&mut IamRole)| patched(&snapshot, &iam("role/starter"), change);
        let own = |change: fn(&mut EventRule)| patched(&snapshot, &rule(), change);
        let (met, unknown_, unmet) = (Answer::Met, Answer::Unknown, Answer::Unmet);
        let cases: Vec<(&str, Edits, [Answer; 3])> = vec![
            ("as it is", Edits::default(), MET),
            (
                "disabled",
                own(|own| own.state = Some("DISABLED".to_owned())),
                [unmet, met, met],
            ),
            (
                "disabled, and nothing else is right",
                own(|own| {
                    own.state = Some("DISABLED".to_owned());
                    own.targets[0].role_arn = None;
                    own.targets[0].arn = arn("ecs", "cluster/other");
                }),
                [unmet, met, met],
            ),
            (
                "no target",
                own(|own| own.targets.clear()),
                [unmet, met, met],
            ),
            (
                "no role named",
                own(|own| own.targets[0].role_arn = None),
                [met, met, unmet],
            ),
            (
                "a role that only the apply tells",
                unknown(
                    own(|own| own.targets[0].role_arn = None),
                    &["Targets[0].RoleArn"],
                ),
                [met, met, unknown_],
            ),
            ("role gone", gone(&iam("role/starter")), [met, met, unmet]),
            (
                "cluster gone",
                gone(&arn("ecs", "cluster/main")),
                [met, unmet, met],
            ),
            (
                "cluster inactive",
                patched(
                    &snapshot,
                    &arn("ecs", "cluster/main"),
                    |own: &mut EcsCluster| own.status = Some("INACTIVE".to_owned()),
                ),
                [met, unmet, met],
            ),
            (
                "another cluster than the policy allows",
                own(|own| own.targets[0].arn = arn("ecs", "cluster/other")),
                [met, unmet, unmet],
            ),
            (
                "trust lost",
                role(|own| own.assume_role_policy_document = trust("ecs-tasks.amazonaws.com")),
                [met, met, unmet],
            ),
            (
                "may not pass",
                role(|own| {
                    own.role_policy_list[0].policy_document = allow(&["ecs:RunTask"], &["*"]);
                }),
                [met, met, unmet],
            ),
            (
                "may pass one of two",
                role(|own| {
                    own.role_policy_list[0].policy_document = json!({"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"},
                        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": iam("role/web-task")},
                    ]});
                }),
                [met, met, unmet],
            ),
            (
                "may all",
                role(|own| own.role_policy_list[0].policy_document = allow(&["*"], &["*"])),
                MET,
            ),
            (
                "a condition that nobody knows",
                role(|own| {
                    own.role_policy_list[0].policy_document = json!({"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": "web"}}},
                    ]});
                }),
                [met, met, unknown_],
            ),
            (
                "no roles to pass",
                patched(
                    &snapshot,
                    &arn("ecs", "task-definition/web:1"),
                    |own: &mut EcsTaskDefinition| {
                        own.execution_role_arn = None;
                        own.task_role_arn = None;
                    },
                ),
                MET,
            ),
        ];
        for (case, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(judged(&overlay, &rule()), expected, "{case}");
        }
        let trusts_group = |source: String| {
            patched(&snapshot, &iam("role/scheduler"), |own: &mut IamRole| {
                own.assume_role_policy_document["Statement"][0]["Condition"] =
                    json!({"StringEquals": {"aws:SourceArn": source}});
            })
        };
        let cases = [
            (arn("scheduler", "schedule-group/default"), met),
            (schedule(), met),
            (arn("scheduler", "schedule-group/other"), unmet),
        ];
        for (source, expected) in cases {
            let edits = trusts_group(source.clone());
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(
                judge(&overlay, place(&overlay, &schedule())).answer,
                expected,
                "{source}"
            );
        }
        let edits = role(|own| own.role_policy_list.clear());
        let overlay = Overlay::with(&snapshot, &edits);
        let verdict = judge(&overlay, place(&overlay, &rule()));
        assert!(
            verdict
                .reasons
                .iter()
                .all(|reason| reason.aws_error == Some(ERROR)),
            "{verdict:?}"
        );
        assert!(
            verdict
                .reasons
                .iter()
                .any(|reason| reason.text.contains("iam:PassRole")),
            "{verdict:?}"
        );
    }
}

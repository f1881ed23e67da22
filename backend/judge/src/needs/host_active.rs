//! The host of a task is there.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceIndex, ResourceKind,
    kinds::{ec2_instance::Ec2Instance, ecs_container_instance::EcsContainerInstance},
};

use super::{Need, Subject, deleted_users::deleted_users};
use crate::Verdict;

pub(super) const NEED: Need = Need {
    name: "host-active",
    phase: Phase::Run,
    subject: Subject::Of(&[ResourceKind::EcsTask], judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html",
    sentence: "The task's container instance is registered, and its EC2 instance runs.",
};

fn judge(overlay: &Overlay<'_>, task: ResourceIndex) -> Verdict {
    let hosts = overlay.needed(task, Relation::HostedOn).into_iter();
    Verdict::all(hosts.map(|host| instance_is_active(overlay, host)))
}

/// A draining instance is: services move their tasks away as their bounds let them, and what cannot move stays.
fn instance_is_active(overlay: &Overlay<'_>, instance: ResourceIndex) -> Verdict {
    let resource = overlay.resource(instance);
    let name = &resource.name;
    let Some(facts) = overlay.facts::<EcsContainerInstance>(instance) else {
        return if resource.presence == Presence::Missing {
            Verdict::unmet(
                instance,
                format!("container instance {name} is not registered any more"),
            )
            .reported_as("container instance deregistration forced by user")
        } else {
            Verdict::unknown(
                instance,
                format!("check container instance {name}: it was not read"),
            )
        };
    };
    if let Some(status @ ("INACTIVE" | "DEREGISTERING")) = facts.status.as_deref() {
        return Verdict::unmet(instance, format!("container instance {name} is {status}"))
            .reported_as("container instance deregistration forced by user");
    }
    let machines = overlay.needed(instance, Relation::HostedOn).into_iter();
    Verdict::all(machines.map(|machine| machine_runs(overlay, machine)))
}

fn machine_runs(overlay: &Overlay<'_>, machine: ResourceIndex) -> Verdict {
    let resource = overlay.resource(machine);
    let name = resource.id.as_str().rsplit('/').next().unwrap_or_default();
    if resource.presence == Presence::Missing {
        return Verdict::unmet(machine, format!("EC2 instance {name} does not exist"))
            .reported_as("Host EC2 terminated");
    }
    // A group that is deleted takes its instances with it.
    if let Some(group) = deleted_users(
        overlay,
        machine,
        Relation::BackedBy,
        ResourceKind::AutoScalingGroup,
    )
    .first()
    .copied()
    {
        let text = format!(
            "EC2 instance {name} goes with Auto Scaling group {}, which does not exist",
            overlay.resource(group).name
        );
        return Verdict::unmet(group, text).reported_as("Host EC2 terminated");
    }
    let facts = overlay.facts::<Ec2Instance>(machine);
    let state = facts
        .as_ref()
        .and_then(|facts| facts.state.as_ref()?.name.as_deref());
    match state {
        Some(state @ ("shutting-down" | "terminated" | "stopping" | "stopped")) => {
            Verdict::unmet(machine, format!("EC2 instance {name} is {state}"))
                .reported_as("Host EC2 terminated")
        }
        // That its agent is connected is evidence enough for one that was not read.
        _ => Verdict::met(),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            auto_scaling_group::{AutoScalingGroup, GroupInstance},
            ec2_instance::InstanceState,
            ecs_task::EcsTask,
        },
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, patched, place},
    };

    #[test]
    fn what_takes_the_host_away() {
        let host = arn("ecs", "container-instance/main/1");
        let task = arn("ecs", "task/main/1");
        let group = arn(
            "autoscaling",
            "autoScalingGroup:1:autoScalingGroupName/hosts",
        );
        let facts = EcsTask {
            task_arn: task.clone(),
            cluster_arn: arn("ecs", "cluster/main"),
            task_definition_arn: arn("ecs", "task-definition/web:1"),
            container_instance_arn: Some(host.clone()),
            ..EcsTask::default()
        };
        let group_facts = AutoScalingGroup {
            auto_scaling_group_arn: group.clone(),
            auto_scaling_group_name: "hosts".to_owned(),
            instances: vec![GroupInstance {
                instance_id: "i-1".to_owned(),
                ..GroupInstance::default()
            }],
            ..AutoScalingGroup::default()
        };
        let estate = Estate::new()
            .vpc_with_nat()
            .ec2_cluster()
            .ec2_service()
            .put(&task, &facts)
            .put(&group, &group_facts);
        let snapshot = estate.snapshot();
        let status = |status: &'static str| {
            patched(&snapshot, &host, |own: &mut EcsContainerInstance| {
                own.status = Some(status.to_owned());
            })
        };
        let state = |state: &'static str| {
            patched(&snapshot, &ec2("i-1"), |own: &mut Ec2Instance| {
                own.state = Some(InstanceState {
                    name: Some(state.to_owned()),
                });
            })
        };
        let cases = [
            ("as it is", Edits::default(), Answer::Met),
            ("drained", status("DRAINING"), Answer::Met),
            ("deregistered", status("INACTIVE"), Answer::Unmet),
            ("gone", gone(&host), Answer::Unmet),
            ("machine gone", gone(&ec2("i-1")), Answer::Unmet),
            ("machine stops", state("stopping"), Answer::Unmet),
            ("machine starts", state("pending"), Answer::Met),
            ("group gone", gone(&group), Answer::Unmet),
            ("another machine gone", gone(&ec2("i-2")), Answer::Met),
        ];
        for (case, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(
                judge(&overlay, place(&overlay, &task)).answer,
                expected,
                "{case}"
            );
        }
        let snapshot = estate.unreadable(&host).snapshot();
        let overlay = Overlay::as_is(&snapshot);
        assert_eq!(
            judge(&overlay, place(&overlay, &task)).answer,
            Answer::Unknown
        );
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        let overlay = Overlay::as_is(&snapshot);
        assert_eq!(judge(&overlay, place(&overlay, &task)).answer, Answer::Met);
    }
}

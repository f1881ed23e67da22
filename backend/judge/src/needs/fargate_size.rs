//! Fargate has tasks of this size.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>

use blastmap_graph::Overlay;
use blastmap_model::{Phase, kinds::ecs_task_definition::EcsTaskDefinition};

use super::{Need, Subject, parts::definition_name};
use crate::{Host, Launch, Verdict, fargate};

pub(super) const NEED: Need = Need {
    name: "fargate-size",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html",
    sentence: "CPU and memory are a pair that Fargate has.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let (Some(place), Some(facts)) = (launch.definition_place, &launch.definition) else {
        return Verdict::met();
    };
    if launch.host != Host::Fargate {
        return Verdict::met();
    }
    let name = definition_name(overlay, launch);
    if overlay.is_unknown(place, "cpu") || overlay.is_unknown(place, "memory") {
        return Verdict::unknown(
            place,
            format!("check the size of task definition {name}: known only after the apply"),
        );
    }
    match size_of(facts) {
        Ok(()) => Verdict::met(),
        Err(why) => Verdict::unmet(place, format!("task definition {name}: {why}"))
            .reported_as("ClientException"),
    }
}

/// Whether a definition's size is one of Fargate's, and why not.
pub(crate) fn size_of(facts: &EcsTaskDefinition) -> Result<(), String> {
    let platform = facts.runtime_platform.as_ref();
    let system = platform.and_then(|platform| platform.operating_system_family.as_deref());
    let windows = system.is_some_and(|system| system.starts_with("WINDOWS"));
    let cpu = facts
        .cpu
        .as_deref()
        .map(|cpu| (cpu, fargate::cpu_units(cpu)));
    let memory = facts.memory.as_deref();
    let memory = memory.map(|memory| (memory, fargate::memory_mib(memory)));
    match (cpu, memory) {
        (Some((_, Some(cpu))), Some((_, Some(memory)))) => fargate::has_size(cpu, memory, windows),
        (Some((cpu, None)), _) => Err(format!("\"{cpu}\" is not a number of CPU units")),
        (_, Some((memory, None))) => Err(format!("\"{memory}\" is not an amount of memory")),
        _ => Err("on Fargate a task needs CPU and memory of its own".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::{Estate, arn, judged, told};

    #[test]
    fn a_size_is_fargates() {
        let sized = |estate: Estate, cpu: Option<&str>, memory: Option<&str>| {
            let (cpu, memory) = (cpu.map(str::to_owned), memory.map(str::to_owned));
            estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                (facts.cpu, facts.memory) = (cpu, memory);
            })
        };
        let fargate = || Estate::new().vpc_with_nat().fargate_service();
        let ec2 = || Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        let cases = [
            (fargate(), "met"),
            (
                sized(fargate(), Some("256"), Some("4096")),
                "unmet: task definition web:1: Fargate gives 256 CPU units between 512 and 2048 MiB of memory in steps of 512 MiB, not 4096 MiB (ClientException)",
            ),
            (
                sized(fargate(), None, Some("512")),
                "unmet: task definition web:1: on Fargate a task needs CPU and memory of its own (ClientException)",
            ),
            (sized(ec2(), Some("256"), Some("4096")), "met"),
            (sized(ec2(), None, None), "met"),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let verdict = judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            );
            assert_eq!(told(&verdict), expected);
        }
    }
}

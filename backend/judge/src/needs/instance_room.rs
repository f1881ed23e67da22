//! A container instance has room for the task.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>

use blastmap_model::Phase;

use super::{Need, Subject};
use crate::room;

pub(super) const NEED: Need = Need {
    name: "instance-room",
    phase: Phase::Start,
    subject: Subject::Start(room::for_replacement),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html",
    sentence: "On EC2 and outside AWS, an active, connected container instance that meets all constraints has CPU, memory, ports, GPUs and network interfaces left for the task.",
};

#[cfg(test)]
mod tests {
    use blastmap_graph::Overlay;
    use blastmap_model::{
        Edits, ResourceKind,
        kinds::{
            auto_scaling_group::{AutoScalingGroup, GroupInstance},
            ec2_instance::{Ec2Instance, InstanceTypeInfo},
            ecs_capacity_provider::{
                AutoScalingGroupProvider, EcsCapacityProvider, ManagedScaling,
            },
            ecs_cluster::EcsCluster,
            ecs_container_instance::{EcsContainerInstance, HostResource},
            ecs_service::{CapacityProviderStrategyItem, EcsService},
            ecs_task::{Attachment, EcsTask},
            ecs_task_definition::{
                Attribute, EcsTaskDefinition, PlacementConstraint, PortMapping, ResourceRequirement,
            },
        },
    };

    use super::*;
    use crate::{
        Answer, Launch, Verdict,
        estate::{Estate, arn, ec2, gone, patched, place, together, unknown},
        verdict::Share,
    };

    const WEB: &str = "service/main/web";
    const DEFINITION: &str = "task-definition/web:1";

    fn host(number: usize) -> String {
        arn("ecs", &format!("container-instance/main/{number}"))
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "what AWS may leave out is an option"
    )]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn resources(cpu: i32, memory: i32, ports: &[&str]) -> Vec<HostResource> {
        let integer = |name: &str, value: i32| HostResource {
            name: some(name),
            integer_value: Some(value),
            ..HostResource::default()
        };
        let ports = ports.iter().copied().map(str::to_owned).collect();
        let ports = HostResource {
            name: some("PORTS"),
            string_set_value: ports,
            ..HostResource::default()
        };
        vec![integer("CPU", cpu), integer("MEMORY", memory), ports]
    }

    fn task(estate: Estate, number: usize, on: usize, service: &str) -> Estate {
        let id = arn("ecs", &format!("task/main/{number}"));
        let facts = EcsTask {
            task_arn: id.clone(),
            cluster_arn: arn("ecs", "cluster/main"),
            task_definition_arn: arn("ecs", DEFINITION),
            group: Some(format!("service:{service}")),
            launch_type: some("EC2"),
            container_instance_arn: Some(host(on)),
            last_status: some("RUNNING"),
            desired_status: some("RUNNING"),
            ..EcsTask::default()
        };
        estate.put(&id, &facts)
    }

    /// Two instances of 4096 CPU units, full with two tasks of 2048 each: all of service `web`.
    fn full() -> Estate {
        let mut estate = Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        for number in 1..=2 {
            estate = estate.with::<EcsContainerInstance>(&host(number), |own| {
                own.registered_resources = resources(4096, 8192, &["22"]);
                own.remaining_resources = resources(0, 6144, &["22"]);
            });
        }
        for number in 1..=4 {
            estate = task(estate, number, number.div_ceil(2), "web");
        }
        estate
            .with::<EcsTaskDefinition>(&arn("ecs", DEFINITION), |own| {
                own.cpu = some("2048");
                own.memory = some("1024");
            })
            .with::<EcsService>(&arn("ecs", WEB), |own| {
                own.desired_count = 4;
                own.running_count = 4;
            })
    }

    /// Half full: one task on each instance.
    fn half() -> Estate {
        let mut estate = full();
        for (number, task) in [(1, "2"), (2, "4")] {
            estate = estate
                .without(&arn("ecs", &format!("task/main/{task}")))
                .with::<EcsContainerInstance>(&host(number), |own| {
                    own.remaining_resources = resources(2048, 7168, &["22"]);
                });
        }
        estate.with::<EcsService>(&arn("ecs", WEB), |own| {
            own.desired_count = 2;
            own.running_count = 2;
        })
    }

    fn judge(overlay: &Overlay<'_>) -> Verdict {
        let launch = Launch::of(overlay, place(overlay, &arn("ecs", WEB))).remove(0);
        room::for_replacement(overlay, &launch)
    }

    fn said(verdict: &Verdict) -> (Answer, Option<&'static str>, Option<Share>) {
        let error = verdict.reasons.first().and_then(|reason| reason.aws_error);
        let share = verdict.share.filter(|share| share.lost > 0);
        (verdict.answer, error, share)
    }

    const MET: (Answer, Option<&str>, Option<Share>) = (Answer::Met, None, None);
    const UNKNOWN: (Answer, Option<&str>, Option<Share>) = (Answer::Unknown, None, None);

    fn unmet(error: &'static str) -> (Answer, Option<&'static str>, Option<Share>) {
        (Answer::Unmet, Some(error), None)
    }

    fn part(
        error: &'static str,
        lost: usize,
        of: usize,
    ) -> (Answer, Option<&'static str>, Option<Share>) {
        (Answer::Unmet, Some(error), Some(Share { lost, of }))
    }

    fn definition(estate: &Estate, change: impl FnOnce(&mut EcsTaskDefinition)) -> Edits {
        patched(&estate.snapshot(), &arn("ecs", DEFINITION), change)
    }

    fn service(estate: &Estate, change: impl FnOnce(&mut EcsService)) -> Edits {
        patched(&estate.snapshot(), &arn("ecs", WEB), change)
    }

    #[test]
    fn changes_of_a_full_and_a_half_full_cluster() {
        let (full, half) = (full(), half());
        let cpu = |cpu: &'static str| move |own: &mut EcsTaskDefinition| own.cpu = some(cpu);
        let count = |count| move |own: &mut EcsService| own.desired_count = count;
        let port = |own: &mut EcsTaskDefinition| {
            own.container_definitions[0].port_mappings = vec![PortMapping {
                container_port: Some(80),
                host_port: Some(8080),
                ..PortMapping::default()
            }];
        };
        let constraint = |r#type: &'static str, query: Option<&'static str>| {
            move |own: &mut EcsService| {
                own.placement_constraints = vec![PlacementConstraint {
                    r#type: some(r#type),
                    expression: query.map(str::to_owned),
                }];
            }
        };
        let drained = patched(
            &half.snapshot(),
            &host(1),
            |own: &mut EcsContainerInstance| own.status = some("DRAINING"),
        );
        let drained_full = patched(
            &full.snapshot(),
            &host(1),
            |own: &mut EcsContainerInstance| own.status = some("DRAINING"),
        );
        let cases: Vec<(&str, &Estate, Edits, _)> = vec![
            ("nothing changes", &full, Edits::default(), MET),
            ("smaller", &full, definition(&full, cpu("1024")), MET),
            (
                "another image",
                &full,
                definition(&full, |own| {
                    own.container_definitions[0].image = "other".to_owned();
                }),
                MET,
            ),
            (
                "larger than what a task frees",
                &full,
                definition(&full, cpu("2560")),
                unmet("RESOURCE:CPU"),
            ),
            (
                "more memory than there is",
                &full,
                definition(&full, |own| own.memory = some("7169")),
                unmet("RESOURCE:MEMORY"),
            ),
            (
                "more memory, room for one on each",
                &full,
                definition(&full, |own| own.memory = some("5000")),
                part("RESOURCE:MEMORY", 2, 4),
            ),
            (
                "more memory, room for all",
                &full,
                definition(&full, |own| own.memory = some("4096")),
                MET,
            ),
            (
                "one more than fit",
                &full,
                service(&full, count(5)),
                part("RESOURCE:CPU", 1, 5),
            ),
            ("fewer", &full, service(&full, count(1)), MET),
            ("none", &full, service(&full, count(0)), MET),
            (
                "fewer and larger",
                &full,
                together([service(&full, count(2)), definition(&full, cpu("4096"))]),
                MET,
            ),
            (
                "a GPU where there is none",
                &half,
                definition(&half, |own| {
                    own.container_definitions[0].resource_requirements =
                        vec![ResourceRequirement {
                            r#type: "GPU".to_owned(),
                            value: "1".to_owned(),
                        }];
                }),
                unmet("RESOURCE:GPU"),
            ),
            (
                "one of its own ports on each",
                &half,
                definition(&half, port),
                MET,
            ),
            (
                "one of its own ports, three tasks",
                &half,
                together([service(&half, count(3)), definition(&half, port)]),
                part("RESOURCE:PORTS", 1, 3),
            ),
            (
                "the agent's port",
                &half,
                definition(&half, |own| {
                    port(own);
                    own.container_definitions[0].port_mappings[0].host_port = Some(22);
                }),
                unmet("RESOURCE:PORTS"),
            ),
            (
                "3 to 6 where 4 fit",
                &half,
                service(&half, count(6)),
                part("RESOURCE:CPU", 2, 6),
            ),
            ("to 4 where 4 fit", &half, service(&half, count(4)), MET),
            ("draining, with room elsewhere", &half, drained.clone(), MET),
            (
                "draining, without",
                &full,
                drained_full,
                part("RESOURCE:CPU", 2, 4),
            ),
            (
                "draining, one too many",
                &half,
                together([drained, service(&half, count(3))]),
                part("RESOURCE:CPU", 1, 3),
            ),
            (
                "distinct instances",
                &half,
                service(&half, constraint("distinctInstance", None)),
                MET,
            ),
            (
                "distinct instances, too many",
                &full,
                service(&full, constraint("distinctInstance", None)),
                unmet("RESOURCE"),
            ),
            (
                "a zone that has room",
                &half,
                service(
                    &half,
                    constraint(
                        "memberOf",
                        Some("attribute:ecs.availability-zone == eu-west-1a"),
                    ),
                ),
                MET,
            ),
            (
                "a zone that has no room for all",
                &full,
                service(
                    &full,
                    constraint(
                        "memberOf",
                        Some("attribute:ecs.availability-zone == eu-west-1a"),
                    ),
                ),
                part("RESOURCE:CPU", 2, 4),
            ),
            (
                "no such zone",
                &half,
                service(
                    &half,
                    constraint(
                        "memberOf",
                        Some("attribute:ecs.availability-zone == eu-west-1c"),
                    ),
                ),
                unmet("MemberOf placement constraint unsatisfied"),
            ),
            (
                "a query that nobody can answer, of tasks that run",
                &half,
                service(
                    &half,
                    constraint("memberOf", Some("registeredAt > 2018-06-18")),
                ),
                MET,
            ),
            (
                "a query that nobody can answer, and more tasks",
                &full,
                together([
                    service(&full, |own| {
                        own.placement_constraints = vec![PlacementConstraint {
                            r#type: some("memberOf"),
                            expression: some("nonsense"),
                        }];
                    }),
                    definition(&full, cpu("2560")),
                ]),
                unmet("RESOURCE:CPU"),
            ),
            (
                "an attribute that no instance has",
                &half,
                definition(&half, |own| {
                    own.requires_attributes = vec![Attribute {
                        name: "stack".to_owned(),
                        value: None,
                    }];
                }),
                unmet("ATTRIBUTE"),
            ),
            (
                "a capability where none reports any",
                &half,
                definition(&half, |own| {
                    own.requires_attributes = vec![Attribute {
                        name: "ecs.capability.task-eni".to_owned(),
                        value: None,
                    }];
                }),
                MET,
            ),
            (
                "a size that only the change tells",
                &half,
                unknown(definition(&half, |_| ()), &["cpu"]),
                UNKNOWN,
            ),
            (
                "an image that only the change tells",
                &half,
                unknown(
                    definition(&half, |_| ()),
                    &["containerDefinitions[0].image"],
                ),
                MET,
            ),
            (
                "the definition is gone",
                &half,
                gone(&arn("ecs", DEFINITION)),
                MET,
            ),
        ];
        for (case, estate, edits, expected) in cases {
            let snapshot = estate.snapshot();
            let verdict = judge(&Overlay::with(&snapshot, &edits));
            assert_eq!(said(&verdict), expected, "{case}: {:?}", verdict.reasons);
        }
        let snapshot = full.snapshot();
        let edits = definition(&full, cpu("2560"));
        let verdict = judge(&Overlay::with(&snapshot, &edits));
        assert_eq!(
            verdict.reasons[0].text,
            "no instance of cluster main has 2560 CPU units for it: the largest has 2048 once a task of its own stops"
        );
    }

    #[test]
    fn estates_as_they_are() {
        let host_state = |estate: Estate, change: fn(&mut EcsContainerInstance)| {
            (1..=2).fold(estate, |estate, number| estate.with(&host(number), change))
        };
        let awsvpc = |estate: Estate| {
            let mut estate = estate
                .with::<EcsTaskDefinition>(&arn("ecs", DEFINITION), |own| own.network_mode = some("awsvpc"))
                .with::<EcsService>(&arn("ecs", WEB), |own| {
                    own.network_configuration = serde_json::from_value(serde_json::json!({"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}})).unwrap();
                });
            for task in [1, 3] {
                estate = estate.with::<EcsTask>(&arn("ecs", &format!("task/main/{task}")), |own| {
                    let subnet = Attribute {
                        name: "subnetId".to_owned(),
                        value: some("subnet-a"),
                    };
                    own.attachments = vec![Attachment {
                        details: vec![subnet],
                        ..Attachment::default()
                    }];
                });
            }
            estate
        };
        let interfaces = |estate: Estate, count: i32| {
            (1..=2).fold(estate, |estate, number| {
                estate.with::<Ec2Instance>(&ec2(&format!("i-{number}")), |own| {
                    own.instance_type_info = Some(InstanceTypeInfo {
                        maximum_network_interfaces: Some(count),
                        ..InstanceTypeInfo::default()
                    });
                })
            })
        };
        let desired = |estate: Estate, count: i32| {
            estate.with::<EcsService>(&arn("ecs", WEB), |own| own.desired_count = count)
        };
        let trunk = |own: &mut EcsContainerInstance| {
            own.attributes.push(Attribute {
                name: "ecs.awsvpc-trunk-id".to_owned(),
                value: some("1"),
            });
        };
        let only_zone = |estate: Estate, subnet: &str| {
            estate.with::<EcsService>(&arn("ecs", WEB), |own| {
                own.network_configuration = serde_json::from_value(
                    serde_json::json!({"awsvpcConfiguration": {"subnets": [subnet]}}),
                )
                .unwrap();
            })
        };
        let without_tasks = (1..=4).fold(full(), |estate, number| {
            estate.without(&arn("ecs", &format!("task/main/{number}")))
        });
        let without_hosts = (1..=2).fold(half(), |estate, number| {
            estate
                .without(&arn("ecs", &format!("task/main/{}", 2 * number - 1)))
                .without(&host(number))
        });
        let other = |extra: i32| {
            let facts = EcsService {
                service_arn: arn("ecs", "service/main/api"),
                service_name: "api".to_owned(),
                cluster_arn: arn("ecs", "cluster/main"),
                task_definition: Some(arn("ecs", DEFINITION)),
                desired_count: extra,
                launch_type: some("EC2"),
                ..EcsService::default()
            };
            desired(half(), 3).put(&arn("ecs", "service/main/api"), &facts)
        };
        let daemon = |estate: Estate| {
            estate.with::<EcsService>(&arn("ecs", WEB), |own| {
                own.scheduling_strategy = some("DAEMON");
            })
        };
        let cases = [
            ("healthy", half(), MET),
            (
                "the blocks as they come",
                Estate::new().vpc_with_nat().ec2_cluster().ec2_service(),
                MET,
            ),
            ("full, and its tasks were not read", without_tasks, UNKNOWN),
            (
                "all draining",
                host_state(half(), |own| own.status = some("DRAINING")),
                unmet("no container instances were found in your cluster"),
            ),
            (
                "all agents away",
                host_state(half(), |own| own.agent_connected = false),
                unmet("AGENT"),
            ),
            (
                "one agent away, and full",
                full().with::<EcsContainerInstance>(&host(1), |own| own.agent_connected = false),
                MET,
            ),
            (
                "no instances",
                without_hosts.clone(),
                unmet("no container instances were found in your cluster"),
            ),
            (
                "instances not read",
                without_hosts
                    .clone()
                    .blind(ResourceKind::EcsContainerInstance),
                UNKNOWN,
            ),
            (
                "instances counted, not seen",
                without_hosts.with::<EcsCluster>(&arn("ecs", "cluster/main"), |own| {
                    own.registered_container_instances_count = 2;
                }),
                UNKNOWN,
            ),
            (
                "what is left is not reported",
                host_state(desired(half(), 3), |own| own.remaining_resources.clear()),
                UNKNOWN,
            ),
            ("awsvpc, the types are not known", awsvpc(half()), MET),
            (
                "awsvpc, the types are not known, and one more",
                awsvpc(desired(half(), 3)),
                UNKNOWN,
            ),
            (
                "awsvpc, an interface for each",
                interfaces(awsvpc(half()), 2),
                MET,
            ),
            (
                "awsvpc, none for one more",
                interfaces(awsvpc(desired(half(), 3)), 2),
                part("RESOURCE:ENI", 1, 3),
            ),
            (
                "awsvpc, trunking",
                host_state(interfaces(awsvpc(desired(half(), 3)), 2), trunk),
                MET,
            ),
            (
                "awsvpc, one zone of two",
                only_zone(interfaces(awsvpc(half()), 4), "subnet-a"),
                MET,
            ),
            (
                "awsvpc, a subnet that is not known",
                only_zone(interfaces(awsvpc(half()), 4), "subnet-z"),
                MET,
            ),
            (
                "another service wants the rest",
                other(2),
                part("RESOURCE:CPU", 1, 3),
            ),
            ("another service leaves one", other(1), MET),
            ("daemon", daemon(half()), MET),
            (
                "outside AWS, with none such",
                half()
                    .with::<EcsService>(&arn("ecs", WEB), |own| own.launch_type = some("EXTERNAL")),
                unmet("no container instances were found in your cluster"),
            ),
            (
                "outside AWS",
                host_state(
                    half().with::<EcsService>(&arn("ecs", WEB), |own| {
                        own.launch_type = some("EXTERNAL");
                    }),
                    |own| {
                        let id = own.ec2_instance_id.clone().unwrap_or_default();
                        own.ec2_instance_id = Some(id.replace("i-", "mi-"));
                    },
                ),
                MET,
            ),
        ];
        for (case, estate, expected) in cases {
            let snapshot = estate.snapshot();
            let verdict = judge(&Overlay::as_is(&snapshot));
            assert_eq!(said(&verdict), expected, "{case}: {:?}", verdict.reasons);
        }
    }

    #[test]
    fn a_daemon_has_to_fit_on_each() {
        let estate = half().with::<EcsService>(&arn("ecs", WEB), |own| {
            own.scheduling_strategy = some("DAEMON");
        });
        let estate = estate.with::<EcsContainerInstance>(&host(2), |own| {
            own.remaining_resources = resources(0, 7168, &["22"]);
        });
        let snapshot = estate.snapshot();
        let cases = [("2048", MET), ("2560", part("RESOURCE:CPU", 1, 2))];
        for (cpu, expected) in cases {
            let edits = definition(&estate, |own| own.cpu = some(cpu));
            let verdict = judge(&Overlay::with(&snapshot, &edits));
            assert_eq!(said(&verdict), expected, "{cpu}");
        }
    }

    #[test]
    fn a_group_that_may_grow_has_room() {
        let provider = arn("ecs", "capacity-provider/hosts");
        let group = arn(
            "autoscaling",
            "autoScalingGroup:1:autoScalingGroupName/hosts",
        );
        let estate = |scaling: &str, max: i32, hosts: bool| {
            let facts = EcsCapacityProvider {
                capacity_provider_arn: provider.clone(),
                name: "hosts".to_owned(),
                status: some("ACTIVE"),
                auto_scaling_group_provider: Some(AutoScalingGroupProvider {
                    auto_scaling_group_arn: group.clone(),
                    managed_scaling: Some(ManagedScaling {
                        status: some(scaling),
                        ..ManagedScaling::default()
                    }),
                    ..AutoScalingGroupProvider::default()
                }),
                ..EcsCapacityProvider::default()
            };
            let instance = |number: usize| GroupInstance {
                instance_id: format!("i-{number}"),
                ..GroupInstance::default()
            };
            let group_facts = AutoScalingGroup {
                auto_scaling_group_arn: group.clone(),
                auto_scaling_group_name: "hosts".to_owned(),
                max_size: Some(max),
                desired_capacity: Some(2),
                instances: vec![instance(1), instance(2)],
                ..AutoScalingGroup::default()
            };
            let estate = full()
                .put(&provider, &facts)
                .put(&group, &group_facts)
                .with::<EcsService>(&arn("ecs", WEB), |own| {
                    own.launch_type = None;
                    own.capacity_provider_strategy = vec![CapacityProviderStrategyItem {
                        capacity_provider: "hosts".to_owned(),
                        weight: 1,
                        base: 0,
                    }];
                });
            (1..=2).fold(estate, |estate, number| {
                if hosts {
                    estate.with::<EcsContainerInstance>(&host(number), |own| {
                        own.capacity_provider_name = some("hosts");
                    })
                } else {
                    estate
                }
            })
        };
        // Scaling, the group's bound, whether its instances are there; CPU units wanted; what is said.
        let cases = [
            ("ENABLED", 2, true, "2048", MET),
            ("ENABLED", 2, true, "2560", unmet("RESOURCE:CPU")),
            ("ENABLED", 4, true, "2560", MET),
            ("ENABLED", 3, true, "2560", part("RESOURCE:CPU", 1, 4)),
            ("DISABLED", 9, true, "2560", unmet("RESOURCE:CPU")),
            ("ENABLED", 9, true, "8192", unmet("RESOURCE:CPU")),
            ("ENABLED", 9, false, "2048", UNKNOWN),
            (
                "ENABLED",
                2,
                false,
                "2048",
                unmet("TaskFailedToStart: EMPTY CAPACITY PROVIDER"),
            ),
        ];
        for (scaling, max, hosts, cpu, expected) in cases {
            let estate = estate(scaling, max, hosts);
            let snapshot = estate.snapshot();
            let edits = definition(&estate, |own| own.cpu = some(cpu));
            let verdict = judge(&Overlay::with(&snapshot, &edits));
            assert_eq!(
                said(&verdict),
                expected,
                "{scaling} {max} {hosts} {cpu}: {:?}",
                verdict.reasons
            );
        }
    }

    #[test]
    fn instances_that_ecs_manages_are_as_many_as_it_takes() {
        let provider = arn("ecs", "capacity-provider/managed");
        let facts = EcsCapacityProvider {
            capacity_provider_arn: provider.clone(),
            name: "managed".to_owned(),
            status: some("ACTIVE"),
            ..EcsCapacityProvider::default()
        };
        let estate = full()
            .put(&provider, &facts)
            .with::<EcsService>(&arn("ecs", WEB), |own| {
                own.launch_type = None;
                own.capacity_provider_strategy = vec![CapacityProviderStrategyItem {
                    capacity_provider: "managed".to_owned(),
                    weight: 1,
                    base: 0,
                }];
            });
        let snapshot = estate.snapshot();
        let edits = definition(&estate, |own| own.cpu = some("4096"));
        assert_eq!(said(&judge(&Overlay::with(&snapshot, &edits))), MET);
        let edits = unknown(service(&estate, |_| ()), &["desiredCount"]);
        assert_eq!(said(&judge(&Overlay::with(&snapshot, &edits))), UNKNOWN);
    }

    #[test]
    fn tasks_of_a_deleted_service_leave() {
        let other = EcsService {
            service_arn: arn("ecs", "service/main/api"),
            service_name: "api".to_owned(),
            cluster_arn: arn("ecs", "cluster/main"),
            task_definition: Some(arn("ecs", DEFINITION)),
            desired_count: 2,
            running_count: 2,
            launch_type: some("EC2"),
            ..EcsService::default()
        };
        let estate = half().put(&arn("ecs", "service/main/api"), &other);
        let estate = task(task(estate, 2, 1, "api"), 4, 2, "api");
        let estate = (1..=2).fold(estate, |estate, number| {
            estate.with::<EcsContainerInstance>(&host(number), |own| {
                own.remaining_resources = resources(0, 6144, &["22"]);
            })
        });
        let snapshot = estate.snapshot();
        let larger = definition(&estate, |own| own.cpu = some("4096"));
        assert_eq!(
            said(&judge(&Overlay::with(&snapshot, &larger))),
            unmet("RESOURCE:CPU")
        );
        let both = together([larger, gone(&arn("ecs", "service/main/api"))]);
        assert_eq!(said(&judge(&Overlay::with(&snapshot, &both))), MET);
    }
}

//! Container instances, capacity providers and room.

use blastmap_judge::{
    Level,
    Outcome::{Degraded, Down, FailsOnNextStart},
    estate::{Estate, arn, ec2, gone, patched, together},
};
use blastmap_model::{
    Phase::{Deploy, Run, Scale, Start},
    kinds::{
        auto_scaling_group::{AutoScalingGroup, LaunchTemplate as LaunchTemplateOfGroup},
        ecs_capacity_provider::{AutoScalingGroupProvider, EcsCapacityProvider, ManagedScaling},
        ecs_cluster::EcsCluster,
        ecs_container_instance::EcsContainerInstance,
        ecs_service::{CapacityProviderStrategyItem, DeploymentConfiguration, EcsService},
        ecs_task_definition::{Attribute, PlacementConstraint, ResourceRequirement},
        launch_template::{LaunchTemplate, LaunchTemplateVersion},
    },
};
use serde_json::json;

use crate::{estates::*, harness::*, starting::rolled};

fn bounds(estate: Estate, minimum: i32, maximum: i32) -> Estate {
    estate.with::<EcsService>(&service(), |own| {
        own.deployment_configuration = Some(DeploymentConfiguration {
            minimum_healthy_percent: Some(minimum),
            maximum_percent: Some(maximum),
            ..DeploymentConfiguration::default()
        });
    })
}

/// Instances whose agents say what they can.
fn able(estate: Estate) -> Estate {
    ["1", "2"].into_iter().fold(estate, |estate, id| {
        estate.with::<EcsContainerInstance>(&host(id), |own| {
            own.attributes.push(Attribute {
                name: "com.amazonaws.ecs.capability.logging-driver.awslogs".to_owned(),
                value: None,
            });
        })
    })
}

/// The group of instances starts them from a launch template.
fn templated() -> Estate {
    let named = LaunchTemplateOfGroup {
        launch_template_id: Some("lt-1".to_owned()),
        version: Some("1".to_owned()),
        ..LaunchTemplateOfGroup::default()
    };
    let first = LaunchTemplateVersion {
        version_number: 1,
        ..LaunchTemplateVersion::default()
    };
    let template = LaunchTemplate {
        launch_template_id: "lt-1".to_owned(),
        launch_template_name: "hosts".to_owned(),
        versions: vec![first],
        ..LaunchTemplate::default()
    };
    let group = group_of_hosts();
    let estate = provided(4).with::<AutoScalingGroup>(&group, |own| {
        own.launch_template = Some(named);
    });
    estate.put(&launch_template(), &template)
}

fn launch_template() -> String {
    arn("ec2", "launch-template/lt-1")
}

/// The service's instances come from provider `hosts`, whose group may grow to `maximum`.
fn provided(maximum: i32) -> Estate {
    let group = group_of_hosts();
    let provider = EcsCapacityProvider {
        capacity_provider_arn: provider(),
        name: "hosts".to_owned(),
        status: Some("ACTIVE".to_owned()),
        auto_scaling_group_provider: Some(AutoScalingGroupProvider {
            auto_scaling_group_arn: group.clone(),
            managed_scaling: Some(ManagedScaling {
                status: Some("ENABLED".to_owned()),
                target_capacity: Some(100),
                ..ManagedScaling::default()
            }),
            ..AutoScalingGroupProvider::default()
        }),
        ..EcsCapacityProvider::default()
    };
    let facts = AutoScalingGroup {
        auto_scaling_group_arn: group.clone(),
        auto_scaling_group_name: "hosts".to_owned(),
        min_size: Some(0),
        max_size: Some(maximum),
        desired_capacity: Some(2),
        vpc_zone_identifier: Some("subnet-a,subnet-b".to_owned()),
        ..AutoScalingGroup::default()
    };
    ["1", "2"]
        .into_iter()
        .fold(on_ec2(), |estate, id| {
            estate.with::<EcsContainerInstance>(&host(id), |own| {
                own.capacity_provider_name = Some("hosts".to_owned())
            })
        })
        .put(&provider_arn(), &provider)
        .put(&group, &facts)
        .with::<EcsCluster>(&cluster(), |own| {
            own.capacity_providers = vec!["hosts".to_owned(), "FARGATE".to_owned()]
        })
        .with::<EcsService>(&service(), |own| {
            own.launch_type = None;
            own.capacity_provider_strategy = vec![CapacityProviderStrategyItem {
                capacity_provider: "hosts".to_owned(),
                weight: 1,
                base: 0,
            }];
        })
}

fn provider() -> String {
    arn("ecs", "capacity-provider/hosts")
}
fn provider_arn() -> String {
    provider()
}
fn group_of_hosts() -> String {
    arn(
        "autoscaling",
        "autoScalingGroup:1:autoScalingGroupName/hosts",
    )
}

pub(crate) fn cases() -> Vec<Case> {
    let cannot = |case: Case| case.hits(&service(), FailsOnNextStart, Start);
    let fixed_port = |estate: Estate| {
        estate.with::<blastmap_model::kinds::ecs_task_definition::EcsTaskDefinition>(
            &definition(),
            |own| {
                own.container_definitions[0].port_mappings[0].host_port = Some(8080);
            },
        )
    };
    let taken = |estate: Estate| {
        ["1", "2"].into_iter().fold(estate, |estate, id| {
            estate.with::<EcsContainerInstance>(&host(id), |own| {
                if let Some(ports) = own
                    .remaining_resources
                    .iter_mut()
                    .find(|own| own.name.as_deref() == Some("PORTS"))
                {
                    ports.string_set_value.push("8080".to_owned());
                }
            })
        })
    };
    let drain = |name, estate| {
        resources(
            name,
            estate,
            [update(&host("1"), json!({"status": "DRAINING"}))],
        )
    };
    vec![
        cannot(rolled(
            "a new revision asks for more CPU than any instance has",
            on_ec2(),
            |own| own.cpu = Some("4096".to_owned()),
        ))
        .by("instance-room"),
        rolled(
            "a new revision asks for more CPU, and there is room",
            on_ec2(),
            |own| own.cpu = Some("512".to_owned()),
        ),
        cannot(rolled(
            "a new revision asks for more memory than any instance has",
            on_ec2(),
            |own| own.memory = Some("7168".to_owned()),
        )),
        cannot(rolled(
            "a new revision asks for a GPU that nobody has",
            on_ec2(),
            |own| {
                own.container_definitions[0]
                    .resource_requirements
                    .push(ResourceRequirement {
                        value: "1".to_owned(),
                        r#type: "GPU".to_owned(),
                    })
            },
        )),
        cannot(rolled(
            "a new revision must run on a type that is not there",
            on_ec2(),
            |own| {
                own.placement_constraints.push(PlacementConstraint {
                    r#type: Some("memberOf".to_owned()),
                    expression: Some("attribute:ecs.instance-type =~ g4dn.*".to_owned()),
                })
            },
        )),
        rolled(
            "a new revision must run on the type that is there",
            on_ec2(),
            |own| {
                own.placement_constraints.push(PlacementConstraint {
                    r#type: Some("memberOf".to_owned()),
                    expression: Some("attribute:ecs.instance-type =~ t3.*".to_owned()),
                })
            },
        ),
        cannot(rolled(
            "a new revision needs an attribute that no agent has",
            able(on_ec2()),
            |own| {
                own.requires_attributes.push(Attribute {
                    name: "ecs.capability.docker-plugin.local".to_owned(),
                    value: None,
                })
            },
        )),
        edited(
            "a third task needs a port that both instances use",
            bounds(fixed_port(taken(on_ec2())), 0, 100),
            |snapshot| patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 3),
        )
        .hits(&service(), FailsOnNextStart, Start),
        edited(
            "a third task gets a port of Docker's choice",
            on_ec2(),
            |snapshot| patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 3),
        ),
        drain("an instance is drained and the other has room", on_ec2()),
        drain(
            "an instance is drained, and no task may stop and none start",
            bounds(on_ec2(), 100, 100),
        )
        .hits(&service(), FailsOnNextStart, Deploy)
        .by("drain-can-finish"),
        drain(
            "an instance is drained and the other is full",
            room(on_ec2(), "2", 0, 0),
        )
        .hits(&service(), FailsOnNextStart, Start),
        drain(
            "an instance is drained on which a task runs that no service keeps",
            with_standalone(on_ec2()),
        ),
        edited("an instance is terminated", on_ec2(), |_| {
            together([gone(&host("1")), gone(&ec2("i-1"))])
        })
        .hits(&service(), Degraded, Run)
        .share(1, 2)
        .by("host-active"),
        edited("both instances are terminated", on_ec2(), |_| {
            together(
                ["1", "2"].map(|id| together([gone(&host(id)), gone(&ec2(&format!("i-{id}")))])),
            )
        })
        .hits(&service(), Down, Run)
        .share(2, 2),
        edited(
            "an instance is terminated on which a task runs that no service keeps",
            with_standalone(on_ec2()),
            |_| together([gone(&host("1")), gone(&ec2("i-1"))]),
        )
        .hits(&service(), Degraded, Run)
        .hits(&standalone(), Down, Run),
        resources(
            "an empty instance is drained",
            room(Estate::new().vpc_with_nat().ec2_cluster(), "1", 2048, 3884),
            [update(&host("1"), json!({"status": "DRAINING"}))],
        ),
        resources(
            "the cluster loses the capacity provider that the service uses",
            provided(4),
            [update(
                &cluster(),
                json!({"capacityProviders": ["FARGATE"]}),
            )],
        )
        .refused("capacity-provider-in-use"),
        cannot(edited(
            "the capacity provider that the service uses is on its way out",
            provided(4),
            |snapshot| {
                patched::<EcsCapacityProvider>(
                    snapshot,
                    &arn("ecs", "capacity-provider/hosts"),
                    |own| {
                        own.status = Some("INACTIVE".to_owned());
                    },
                )
            },
        ))
        .by("capacity-provider-usable"),
        edited(
            "the cluster gets another capacity provider",
            provided(4),
            |snapshot| {
                patched::<EcsCluster>(snapshot, &cluster(), |own| {
                    own.capacity_providers.push("FARGATE_SPOT".to_owned())
                })
            },
        ),
        edited(
            "the group of instances may grow more",
            provided(4),
            |snapshot| {
                patched::<AutoScalingGroup>(snapshot, &group_of_hosts(), |own| {
                    own.max_size = Some(8)
                })
            },
        ),
        edited(
            "the launch template of the group is deleted",
            templated(),
            |_| gone(&launch_template()),
        )
        .hits(&group_of_hosts(), Down, Scale)
        .level(Level::High)
        .by("launch-template-exists"),
        edited(
            "the launch template gets a new version",
            templated(),
            |snapshot| {
                patched::<LaunchTemplate>(snapshot, &launch_template(), |own| {
                    own.versions.push(LaunchTemplateVersion {
                        version_number: 2,
                        ..LaunchTemplateVersion::default()
                    });
                })
            },
        ),
        edited(
            "many more tasks than the group can ever hold",
            room(room(provided(2), "1", 0, 0), "2", 0, 0),
            |snapshot| patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 9),
        )
        .hits(&service(), FailsOnNextStart, Start)
        .already_broken(&service()),
        edited(
            "more tasks than there is room, and the group may grow",
            room(room(provided(8), "1", 0, 0), "2", 0, 0),
            |snapshot| patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 4),
        ),
        resources(
            "the agent of an instance gets another version",
            on_ec2(),
            [update(
                &host("1"),
                json!({"versionInfo": {"agentVersion": "1.99.0"}}),
            )],
        ),
    ]
}

//! ECS capacity providers.

use aws_sdk_ecs::types::{self, CapacityProvider, CapacityProviderField};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::ecs_capacity_provider::{
        AutoScalingGroupProvider, EcsCapacityProvider, InstanceLaunchTemplate,
        ManagedInstancesNetwork, ManagedInstancesProvider, ManagedScaling,
    },
};

use super::{Action, Collector, Place, clusters::tags, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "ecs:DescribeCapacityProviders";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::EcsCapacityProvider],
    actions: &[Action {
        name: API,
        reads: &[
            "capacityProviders",
            "capacityProviderArn",
            "name",
            "status",
            "cluster",
            "managedInstancesProvider",
            "infrastructureRoleArn",
            "instanceLaunchTemplate",
            "ec2InstanceProfileArn",
            "networkConfiguration",
            "subnets",
            "securityGroups",
            "capacityOptionType",
            "autoScalingGroupProvider",
            "autoScalingGroupArn",
            "managedScaling",
            "targetCapacity",
            "minimumScalingStepSize",
            "maximumScalingStepSize",
            "instanceWarmupPeriod",
            "managedTerminationProtection",
            "managedDraining",
            "updateStatus",
            "tags",
            "key",
            "value",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        // Ten is the most that a page holds.
        let request = clients
            .ecs
            .describe_capacity_providers()
            .include(CapacityProviderField::Tags)
            .max_results(10)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for provider in answer.capacity_providers() {
            describe(provider, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::EcsCapacityProvider);
    Ok(())
}

fn describe(provider: &CapacityProvider, found: &mut Found) {
    let Ok(arn) = Arn::parse(provider.capacity_provider_arn().unwrap_or_default()) else {
        return;
    };
    if provider
        .status()
        .is_some_and(|status| status.as_str() == "INACTIVE")
    {
        return;
    }
    let facts = EcsCapacityProvider {
        capacity_provider_arn: arn.to_string(),
        name: provider.name().unwrap_or_default().to_owned(),
        status: text!(provider.status()),
        cluster: owned(provider.cluster()),
        auto_scaling_group_provider: provider.auto_scaling_group_provider().map(|group| {
            AutoScalingGroupProvider {
                auto_scaling_group_arn: group.auto_scaling_group_arn().to_owned(),
                managed_scaling: group.managed_scaling().map(|scaling| ManagedScaling {
                    status: text!(scaling.status()),
                    target_capacity: scaling.target_capacity(),
                    minimum_scaling_step_size: scaling.minimum_scaling_step_size(),
                    maximum_scaling_step_size: scaling.maximum_scaling_step_size(),
                    instance_warmup_period: scaling.instance_warmup_period(),
                }),
                managed_termination_protection: text!(group.managed_termination_protection()),
                managed_draining: text!(group.managed_draining()),
            }
        }),
        managed_instances_provider: provider.managed_instances_provider().map(managed_instances),
        update_status: text!(provider.update_status()),
    };
    found.resource(&arn, &facts, tags(provider.tags()), Source::of(API));
}

fn managed_instances(provider: &types::ManagedInstancesProvider) -> ManagedInstancesProvider {
    ManagedInstancesProvider {
        infrastructure_role_arn: owned(provider.infrastructure_role_arn()),
        instance_launch_template: provider.instance_launch_template().map(|template| {
            InstanceLaunchTemplate {
                ec2_instance_profile_arn: owned(Some(template.ec2_instance_profile_arn())),
                network_configuration: template.network_configuration().map(|network| {
                    ManagedInstancesNetwork {
                        subnets: network.subnets().to_vec(),
                        security_groups: network.security_groups().to_vec(),
                    }
                }),
                capacity_option_type: text!(template.capacity_option_type()),
            }
        }),
    }
}

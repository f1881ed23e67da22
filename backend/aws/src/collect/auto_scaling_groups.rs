//! Auto Scaling groups that capacity providers name.

use std::collections::HashMap;

use aws_sdk_autoscaling::types::{self, AutoScalingGroup as SdkGroup};
use blastmap_model::{
    Arn, Found, ResourceId, ResourceKind, Source,
    kinds::auto_scaling_group::{
        AutoScalingGroup, GroupInstance, InstancesDistribution, LaunchTemplate,
        LaunchTemplateOverride, MixedInstancesPolicy, MixedLaunchTemplate, SuspendedProcess,
    },
};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "autoscaling:DescribeAutoScalingGroups";

const KINDS: &[ResourceKind] = &[ResourceKind::AutoScalingGroup];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "AutoScalingGroups",
            "AutoScalingGroupARN",
            "AutoScalingGroupName",
            "MinSize",
            "MaxSize",
            "DesiredCapacity",
            "AvailabilityZones",
            "VPCZoneIdentifier",
            "Instances",
            "InstanceId",
            "InstanceType",
            "AvailabilityZone",
            "LifecycleState",
            "HealthStatus",
            "ProtectedFromScaleIn",
            "LaunchConfigurationName",
            "LaunchTemplate",
            "LaunchTemplateId",
            "LaunchTemplateName",
            "Version",
            "MixedInstancesPolicy",
            "LaunchTemplateSpecification",
            "Overrides",
            "WeightedCapacity",
            "InstancesDistribution",
            "OnDemandBaseCapacity",
            "OnDemandPercentageAboveBaseCapacity",
            "SpotAllocationStrategy",
            "NewInstancesProtectedFromScaleIn",
            "SuspendedProcesses",
            "ProcessName",
            "SuspensionReason",
            "Status",
            "Tags",
            "Key",
            "Value",
            "NextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::AutoScalingGroup, scope)),
    never_changes: None,
    collect: |clients, groups, found| Box::pin(collect(clients, groups, found)),
};

/// The most names that one call takes.
const BATCH: usize = 50;

async fn collect(
    clients: &Clients,
    groups: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut wanted: HashMap<String, ResourceId> = groups
        .into_iter()
        .filter_map(|group| Some((name_of(&group.id)?, group.id)))
        .collect();
    let mut names: Vec<String> = wanted.keys().cloned().collect();
    names.sort();
    for batch in names.chunks(BATCH) {
        if let Err(error) = of_batch(clients, batch, &mut wanted, found).await {
            for id in batch.iter().filter_map(|name| wanted.remove(name)) {
                found.unreadable(id);
            }
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        }
    }
    // A name that AWS does not know is passed over in silence.
    for id in wanted.into_values() {
        found.absent(id);
    }
    Ok(())
}

/// Describes the groups of these names, and takes those found out of `wanted`.
async fn of_batch(
    clients: &Clients,
    names: &[String],
    wanted: &mut HashMap<String, ResourceId>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .auto_scaling_groups
            .describe_auto_scaling_groups()
            .set_auto_scaling_group_names(Some(names.to_vec()))
            .max_records(100)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for group in answer.auto_scaling_groups() {
            let id = describe(group, found);
            let name = group.auto_scaling_group_name().unwrap_or_default();
            // A group of the same name that was made anew has another ARN.
            if wanted.get(name) == id.as_ref() {
                wanted.remove(name);
            }
        }
        pages.turn(answer.next_token())?;
    }
    Ok(())
}

/// `web` of `autoScalingGroup:UUID:autoScalingGroupName/web`.
fn name_of(id: &ResourceId) -> Option<String> {
    let (_, name) = id.as_str().split_once(":autoScalingGroupName/")?;
    Some(name.to_owned())
}

fn describe(group: &SdkGroup, found: &mut Found) -> Option<ResourceId> {
    let arn = Arn::parse(group.auto_scaling_group_arn()?).ok()?;
    let mut instances: Vec<GroupInstance> = group.instances().iter().map(instance).collect();
    instances.sort_by(|a, b| a.instance_id.cmp(&b.instance_id));
    let facts = AutoScalingGroup {
        auto_scaling_group_arn: arn.to_string(),
        auto_scaling_group_name: group
            .auto_scaling_group_name()
            .unwrap_or_default()
            .to_owned(),
        min_size: group.min_size(),
        max_size: group.max_size(),
        desired_capacity: group.desired_capacity(),
        availability_zones: group.availability_zones().to_vec(),
        vpc_zone_identifier: owned(group.vpc_zone_identifier()),
        instances,
        launch_configuration_name: owned(group.launch_configuration_name()),
        launch_template: group.launch_template().map(launch_template),
        mixed_instances_policy: group.mixed_instances_policy().map(mixed_instances),
        new_instances_protected_from_scale_in: group.new_instances_protected_from_scale_in(),
        suspended_processes: group
            .suspended_processes()
            .iter()
            .map(|process| SuspendedProcess {
                process_name: process.process_name().unwrap_or_default().to_owned(),
                suspension_reason: owned(process.suspension_reason()),
            })
            .collect(),
        status: owned(group.status()),
    };
    let tags = group.tags().iter().filter_map(|tag| {
        let value = tag.value().unwrap_or_default();
        Some((tag.key()?.to_owned(), value.to_owned()))
    });
    // Kept only if a capacity provider names this very group.
    found.offer(&arn, &facts, tags, Source::of(API));
    Some(arn.into())
}

fn instance(instance: &types::Instance) -> GroupInstance {
    GroupInstance {
        instance_id: instance.instance_id().unwrap_or_default().to_owned(),
        instance_type: owned(instance.instance_type()),
        availability_zone: owned(instance.availability_zone()),
        lifecycle_state: text!(instance.lifecycle_state()),
        health_status: owned(instance.health_status()),
        protected_from_scale_in: instance.protected_from_scale_in(),
    }
}

fn launch_template(template: &types::LaunchTemplateSpecification) -> LaunchTemplate {
    LaunchTemplate {
        launch_template_id: owned(template.launch_template_id()),
        launch_template_name: owned(template.launch_template_name()),
        version: owned(template.version()),
    }
}

fn mixed_instances(policy: &types::MixedInstancesPolicy) -> MixedInstancesPolicy {
    MixedInstancesPolicy {
        launch_template: policy
            .launch_template()
            .map(|template| MixedLaunchTemplate {
                launch_template_specification: template
                    .launch_template_specification()
                    .map(launch_template),
                overrides: template
                    .overrides()
                    .iter()
                    .map(|own| LaunchTemplateOverride {
                        instance_type: owned(own.instance_type()),
                        weighted_capacity: owned(own.weighted_capacity()),
                        launch_template_specification: own
                            .launch_template_specification()
                            .map(launch_template),
                    })
                    .collect(),
            }),
        instances_distribution: policy
            .instances_distribution()
            .map(|own| InstancesDistribution {
                on_demand_base_capacity: own.on_demand_base_capacity(),
                on_demand_percentage_above_base_capacity: own
                    .on_demand_percentage_above_base_capacity(),
                spot_allocation_strategy: owned(own.spot_allocation_strategy()),
            }),
    }
}

//! EC2 instances that container instances run on, and what their types offer.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    Filter, GpuInfo, Instance, InstanceType, InstanceTypeInfo as SdkInstanceTypeInfo, MemoryInfo,
    NetworkInfo, ProcessorInfo, Reservation, VCpuInfo,
};
use blastmap_model::{
    Arn, Found, ResourceId, ResourceKind, Source,
    kinds::ec2_instance::{
        Ec2Instance, Gpu, InstanceGroup, InstanceNetworkInterface, InstanceProfileOfInstance,
        InstanceState, InstanceTypeInfo, Placement,
    },
};

use super::{arn, tags};
use crate::{
    clients::Clients,
    collect::{Action, Collector, Place, Wanted, owned, text},
    error::CallError,
    pages::{Page, Pages},
};

const INSTANCES: &str = "ec2:DescribeInstances";
const TYPES: &str = "ec2:DescribeInstanceTypes";

const KINDS: &[ResourceKind] = &[ResourceKind::Ec2Instance];

/// The most values of a filter.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>
const BATCH: usize = 200;

/// The most types that one call describes.
const TYPE_BATCH: usize = 100;

pub(in crate::collect) const INSTANCES_OF_HOSTS: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: INSTANCES,
            reads: &[
                "reservationSet",
                "ownerId",
                "instancesSet",
                "instanceId",
                "instanceType",
                "architecture",
                "instanceState",
                "name",
                "placement",
                "availabilityZone",
                "vpcId",
                "subnetId",
                "privateIpAddress",
                "ipAddress",
                "iamInstanceProfile",
                "arn",
                "groupSet",
                "groupId",
                "groupName",
                "networkInterfaceSet",
                "networkInterfaceId",
                "tagSet",
                "nextToken",
            ],
        },
        Action {
            name: TYPES,
            reads: &[
                "instanceTypeSet",
                "instanceType",
                "networkInfo",
                "maximumNetworkInterfaces",
                "vCpuInfo",
                "defaultVCpus",
                "memoryInfo",
                "sizeInMiB",
                "gpuInfo",
                "gpus",
                "name",
                "manufacturer",
                "count",
                "processorInfo",
                "supportedArchitectures",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::Ec2Instance, scope)),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut wanted: BTreeSet<ResourceId> = wanted.into_iter().map(|wanted| wanted.id).collect();
    let ids: Vec<String> = wanted
        .iter()
        .filter_map(|id| Some(id.arn()?.last_part().to_owned()))
        .collect();
    let mut instances = Vec::new();
    for batch in ids.chunks(BATCH) {
        match described(clients, batch).await {
            Ok(reservations) => instances.extend(named(clients, reservations)),
            Err(error) => {
                for id in &wanted {
                    found.unreadable(id.clone());
                }
                return Err(error);
            }
        }
    }
    let types = types_of(clients, &instances, found).await;
    for (arn, instance) in &instances {
        wanted.remove(&ResourceId::from(arn));
        describe(arn, instance, &types, found);
    }
    for id in wanted {
        found.absent(id);
    }
    Ok(())
}

/// Asks with a filter: an id that is not there would fail a call that asks by ids.
async fn described(clients: &Clients, ids: &[String]) -> Result<Vec<Reservation>, CallError> {
    let (mut all, mut pages) = (Vec::new(), Pages::of(INSTANCES));
    while let Some(Page(token)) = pages.next() {
        let filter = Filter::builder()
            .name("instance-id")
            .set_values(Some(ids.to_vec()))
            .build();
        let request = clients
            .ec2
            .describe_instances()
            .filters(filter)
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(INSTANCES, request.send()).await?;
        pages.turn(answer.next_token())?;
        all.extend(answer.reservations.unwrap_or_default());
    }
    Ok(all)
}

fn named(
    clients: &Clients,
    reservations: Vec<Reservation>,
) -> impl Iterator<Item = (Arn, Instance)> {
    reservations.into_iter().flat_map(move |reservation| {
        let owner = reservation.owner_id;
        let instances = reservation.instances.unwrap_or_default().into_iter();
        instances.filter_map(move |instance| {
            let arn = arn(
                clients,
                "instance",
                owner.as_deref(),
                instance.instance_id(),
            )?;
            Some((arn, instance))
        })
    })
}

type Types = BTreeMap<String, InstanceTypeInfo>;

/// What the types of these instances offer. Instances are hosts without it, too.
async fn types_of(clients: &Clients, instances: &[(Arn, Instance)], found: &mut Found) -> Types {
    let names: BTreeSet<&str> = instances
        .iter()
        .filter_map(|(_, instance)| Some(instance.instance_type()?.as_str()))
        .collect();
    let (names, mut types): (Vec<&str>, _) = (names.into_iter().collect(), Types::new());
    for batch in names.chunks(TYPE_BATCH) {
        let asked = batch.iter().map(|name| InstanceType::from(*name)).collect();
        let request = clients
            .ec2
            .describe_instance_types()
            .set_instance_types(Some(asked));
        match clients.call(TYPES, request.send()).await {
            Ok(answer) => types.extend(answer.instance_types().iter().filter_map(describe_type)),
            Err(error) => found.blind_spot(error.blind_spot(clients.scope(), KINDS)),
        }
    }
    types
}

fn describe(arn: &Arn, instance: &Instance, types: &Types, found: &mut Found) {
    let mut groups: Vec<_> = instance
        .security_groups()
        .iter()
        .map(|group| InstanceGroup {
            group_id: owned(group.group_id()),
            group_name: owned(group.group_name()),
        })
        .collect();
    groups.sort_by(|one, other| one.group_id.cmp(&other.group_id));
    let mut interfaces: Vec<_> = instance
        .network_interfaces()
        .iter()
        .map(|interface| InstanceNetworkInterface {
            network_interface_id: owned(interface.network_interface_id()),
        })
        .collect();
    interfaces.sort_by(|one, other| one.network_interface_id.cmp(&other.network_interface_id));
    let instance_type = text!(instance.instance_type());
    let facts = Ec2Instance {
        instance_id: instance.instance_id().unwrap_or_default().to_owned(),
        instance_type_info: instance_type
            .as_ref()
            .and_then(|own| types.get(own))
            .cloned(),
        instance_type,
        architecture: text!(instance.architecture()),
        state: instance.state().map(|state| InstanceState {
            name: text!(state.name()),
        }),
        placement: instance.placement().map(|placement| Placement {
            availability_zone: owned(placement.availability_zone()),
        }),
        vpc_id: owned(instance.vpc_id()),
        subnet_id: owned(instance.subnet_id()),
        private_ip_address: owned(instance.private_ip_address()),
        public_ip_address: owned(instance.public_ip_address()),
        iam_instance_profile: instance.iam_instance_profile().map(|profile| {
            InstanceProfileOfInstance {
                arn: owned(profile.arn()),
            }
        }),
        security_groups: groups,
        network_interfaces: interfaces,
    };
    let source = Source::of(INSTANCES);
    found.offer(arn, &facts, tags(instance.tags()), source);
}

fn describe_type(info: &SdkInstanceTypeInfo) -> Option<(String, InstanceTypeInfo)> {
    let name = info.instance_type()?.as_str().to_owned();
    let gpus = info.gpu_info().map(GpuInfo::gpus).unwrap_or_default();
    let architectures = info
        .processor_info()
        .map(ProcessorInfo::supported_architectures);
    let mut architectures: Vec<_> = architectures
        .unwrap_or_default()
        .iter()
        .map(|architecture| architecture.as_str().to_owned())
        .collect();
    architectures.sort();
    let facts = InstanceTypeInfo {
        maximum_network_interfaces: info
            .network_info()
            .and_then(NetworkInfo::maximum_network_interfaces),
        default_vcpus: info.v_cpu_info().and_then(VCpuInfo::default_v_cpus),
        memory_size_in_mib: info.memory_info().and_then(MemoryInfo::size_in_mib),
        gpus: gpus
            .iter()
            .map(|gpu| Gpu {
                name: owned(gpu.name()),
                manufacturer: owned(gpu.manufacturer()),
                count: gpu.count(),
            })
            .collect(),
        supported_architectures: architectures,
    };
    Some((name, facts))
}

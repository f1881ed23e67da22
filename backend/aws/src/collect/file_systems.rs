//! EFS file systems and access points that something names, with all ways into each: its mount targets and access points.

use std::collections::BTreeSet;

use aws_sdk_efs::types::{
    AccessPointDescription, FileSystemDescription, MountTargetDescription, Tag,
};
use blastmap_model::{
    Arn, Found, ResourceId, ResourceKind, Source,
    kinds::{
        efs_access_point::{CreationInfo, EfsAccessPoint, PosixUser, RootDirectory},
        efs_file_system::EfsFileSystem,
        efs_mount_target::EfsMountTarget,
        resource_policy::ResourcePolicy,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
    policy,
};

const FILE_SYSTEMS: &str = "elasticfilesystem:DescribeFileSystems";
const POLICY: &str = "elasticfilesystem:DescribeFileSystemPolicy";
const ACCESS_POINTS: &str = "elasticfilesystem:DescribeAccessPoints";
const MOUNT_TARGETS: &str = "elasticfilesystem:DescribeMountTargets";
const GROUPS: &str = "elasticfilesystem:DescribeMountTargetSecurityGroups";

const FILE_SYSTEM: &[ResourceKind] = &[ResourceKind::EfsFileSystem];
const ACCESS_POINT: &[ResourceKind] = &[ResourceKind::EfsAccessPoint];
const MOUNT_TARGET: &[ResourceKind] = &[ResourceKind::EfsMountTarget];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[
        ResourceKind::EfsFileSystem,
        ResourceKind::EfsAccessPoint,
        ResourceKind::EfsMountTarget,
    ],
    actions: &[
        Action {
            name: FILE_SYSTEMS,
            reads: &[
                "FileSystems",
                "FileSystemId",
                "FileSystemArn",
                "OwnerId",
                "CreationToken",
                "CreationTime",
                "PerformanceMode",
                "SizeInBytes",
                "Value",
                "Name",
                "LifeCycleState",
                "Encrypted",
                "KmsKeyId",
                "NumberOfMountTargets",
                "AvailabilityZoneName",
                "AvailabilityZoneId",
                "Tags",
                "Key",
                "NextMarker",
            ],
        },
        Action {
            name: POLICY,
            reads: &["FileSystemId", "Policy"],
        },
        Action {
            name: ACCESS_POINTS,
            reads: &[
                "AccessPoints",
                "AccessPointId",
                "AccessPointArn",
                "FileSystemId",
                "OwnerId",
                "Name",
                "LifeCycleState",
                "PosixUser",
                "Uid",
                "Gid",
                "SecondaryGids",
                "RootDirectory",
                "Path",
                "CreationInfo",
                "OwnerUid",
                "OwnerGid",
                "Permissions",
                "Tags",
                "Key",
                "Value",
                "NextToken",
            ],
        },
        Action {
            name: MOUNT_TARGETS,
            reads: &[
                "MountTargets",
                "MountTargetId",
                "FileSystemId",
                "OwnerId",
                "SubnetId",
                "VpcId",
                "AvailabilityZoneName",
                "AvailabilityZoneId",
                "IpAddress",
                "Ipv6Address",
                "NetworkInterfaceId",
                "LifeCycleState",
                "NextMarker",
            ],
        },
        Action {
            name: GROUPS,
            reads: &["SecurityGroups"],
        },
    ],
    place: Place::Region,
    wanted: Some(|builder, scope| {
        let mut wanted = Wanted::unseen(builder, ResourceKind::EfsFileSystem, scope);
        wanted.extend(Wanted::unseen(builder, ResourceKind::EfsAccessPoint, scope));
        wanted
    }),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let is_file_system = |id: &ResourceId| {
        id.arn()
            .is_some_and(|arn| arn.resource().starts_with("file-system/"))
    };
    let (file_systems, access_points): (BTreeSet<_>, BTreeSet<_>) = wanted
        .into_iter()
        .map(|wanted| wanted.id)
        .partition(is_file_system);
    let there = wanted_file_systems(clients, file_systems, found).await;
    let ids: BTreeSet<&str> = there.iter().map(|(_, own)| own.file_system_id()).collect();
    if !there.is_empty() || !access_points.is_empty() {
        find_access_points(clients, access_points, &ids, found).await;
    }
    let mut answers = stream::iter(there)
        .map(|(arn, file_system)| async move {
            let id = file_system.file_system_id();
            let policy = policy_of(clients, id).await;
            let mount_targets = mount_targets(clients, id).await;
            (arn, file_system, policy, mount_targets)
        })
        .buffer_unordered(8);
    while let Some((arn, file_system, policy, mount_targets)) = answers.next().await {
        let policy = noted(policy, FILE_SYSTEM, clients, found).flatten();
        describe_file_system(&arn, &file_system, policy, found);
        for (mount_target, groups) in
            noted(mount_targets, MOUNT_TARGET, clients, found).unwrap_or_default()
        {
            let groups = noted(groups, MOUNT_TARGET, clients, found).flatten();
            describe_mount_target(&arn, &mount_target, groups, found);
        }
    }
    Ok(())
}

/// What an answer gave; what it did not becomes a blind spot of these kinds.
fn noted<T>(
    answer: Result<T, CallError>,
    kinds: &[ResourceKind],
    clients: &Clients,
    found: &mut Found,
) -> Option<T> {
    answer
        .map_err(|error| found.blind_spot(error.blind_spot(clients.scope(), kinds)))
        .ok()
}

/// Those of the region that are wanted. One list tells of all, and which are not there.
async fn wanted_file_systems(
    clients: &Clients,
    mut wanted: BTreeSet<ResourceId>,
    found: &mut Found,
) -> Vec<(Arn, FileSystemDescription)> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let Some(all) = noted(file_systems(clients).await, FILE_SYSTEM, clients, found) else {
        for id in wanted {
            found.unreadable(id);
        }
        return Vec::new();
    };
    let named = all.into_iter().filter_map(|own| {
        let resource = format!("file-system/{}", own.file_system_id());
        let arn = arn(clients, own.file_system_arn(), own.owner_id(), &resource)?;
        wanted.remove(&ResourceId::from(&arn)).then_some((arn, own))
    });
    let there = named.collect();
    for id in wanted {
        found.absent(id);
    }
    there
}

async fn file_systems(clients: &Clients) -> Result<Vec<FileSystemDescription>, CallError> {
    let (mut all, mut pages) = (Vec::new(), Pages::of(FILE_SYSTEMS));
    while let Some(Page(marker)) = pages.next() {
        let request = clients.efs.describe_file_systems().set_marker(marker);
        let answer = clients.call(FILE_SYSTEMS, request.send()).await?;
        pages.turn(answer.next_marker())?;
        all.extend(answer.file_systems.unwrap_or_default());
    }
    Ok(all)
}

/// None: the file system was deleted since it was listed, or its policy is no policy.
async fn policy_of(
    clients: &Clients,
    file_system: &str,
) -> Result<Option<ResourcePolicy>, CallError> {
    let request = clients
        .efs
        .describe_file_system_policy()
        .file_system_id(file_system);
    match clients.call(POLICY, request.send()).await {
        Ok(answer) => Ok(policy::on_resource(answer.policy(), clients.redactor())),
        Err(error) if error.has_code(&["PolicyNotFound", "PolicyNotFoundException"]) => {
            Ok(Some(ResourcePolicy::none()))
        }
        Err(error) if error.has_code(GONE) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How EFS says that something is not there any more.
const GONE: &[&str] = &[
    "FileSystemNotFound",
    "FileSystemNotFoundException",
    "MountTargetNotFound",
    "MountTargetNotFoundException",
];

type WithGroups = (
    MountTargetDescription,
    Result<Option<Vec<String>>, CallError>,
);

async fn mount_targets(clients: &Clients, file_system: &str) -> Result<Vec<WithGroups>, CallError> {
    let (mut all, mut pages) = (Vec::new(), Pages::of(MOUNT_TARGETS));
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .efs
            .describe_mount_targets()
            .file_system_id(file_system)
            .set_marker(marker);
        let answer = match clients.call(MOUNT_TARGETS, request.send()).await {
            Err(error) if error.has_code(GONE) => break,
            answer => answer?,
        };
        pages.turn(answer.next_marker())?;
        for mount_target in answer.mount_targets.unwrap_or_default() {
            let groups = groups_of(clients, mount_target.mount_target_id()).await;
            all.push((mount_target, groups));
        }
    }
    Ok(all)
}

async fn groups_of(
    clients: &Clients,
    mount_target: &str,
) -> Result<Option<Vec<String>>, CallError> {
    let request = clients
        .efs
        .describe_mount_target_security_groups()
        .mount_target_id(mount_target);
    match clients.call(GROUPS, request.send()).await {
        Ok(answer) => {
            let mut groups = answer.security_groups;
            groups.sort();
            Ok(Some(groups))
        }
        // While a mount target is being made or deleted, EFS does not tell its groups.
        Err(error) if error.has_code(&["IncorrectMountTargetState"]) => Ok(None),
        Err(error) if error.has_code(GONE) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Those that are named, and those of the file systems that are. One list of the region tells of all.
async fn find_access_points(
    clients: &Clients,
    mut wanted: BTreeSet<ResourceId>,
    file_systems: &BTreeSet<&str>,
    found: &mut Found,
) {
    let Some(all) = noted(access_points(clients).await, ACCESS_POINT, clients, found) else {
        for id in wanted {
            found.unreadable(id);
        }
        return;
    };
    for own in &all {
        let owner = own.owner_id().unwrap_or_default();
        let resource = format!("access-point/{}", own.access_point_id().unwrap_or_default());
        let Some(arn) = arn(clients, own.access_point_arn(), owner, &resource) else {
            continue;
        };
        let of_these = own
            .file_system_id()
            .is_some_and(|id| file_systems.contains(id));
        if wanted.remove(&ResourceId::from(&arn)) || of_these {
            describe_access_point(&arn, own, found);
        }
    }
    for id in wanted {
        found.absent(id);
    }
}

async fn access_points(clients: &Clients) -> Result<Vec<AccessPointDescription>, CallError> {
    let (mut all, mut pages) = (Vec::new(), Pages::of(ACCESS_POINTS));
    while let Some(Page(token)) = pages.next() {
        let request = clients.efs.describe_access_points().set_next_token(token);
        let answer = clients.call(ACCESS_POINTS, request.send()).await?;
        pages.turn(answer.next_token())?;
        all.extend(answer.access_points.unwrap_or_default());
    }
    Ok(all)
}

/// The ARN that AWS says, or the one that it has by its documented form.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html>
fn arn(clients: &Clients, said: Option<&str>, owner: &str, resource: &str) -> Option<Arn> {
    let (scope, service) = (clients.scope(), "elasticfilesystem");
    let owner = Some(owner).filter(|owner| !owner.is_empty());
    let owner = owner.unwrap_or(&scope.account);
    let by_form = || Arn::new(&clients.partition, service, &scope.region, owner, resource);
    Arn::parse(said.unwrap_or_default())
        .or_else(|_not_said| by_form())
        .ok()
}

fn describe_file_system(
    arn: &Arn,
    file_system: &FileSystemDescription,
    policy: Option<ResourcePolicy>,
    found: &mut Found,
) {
    let facts = EfsFileSystem {
        file_system_id: file_system.file_system_id().to_owned(),
        file_system_arn: arn.to_string(),
        owner_id: owned(Some(file_system.owner_id())),
        name: owned(file_system.name()),
        life_cycle_state: text!(Some(file_system.life_cycle_state())),
        encrypted: file_system.encrypted(),
        kms_key_id: owned(file_system.kms_key_id()),
        number_of_mount_targets: Some(file_system.number_of_mount_targets()),
        availability_zone_name: owned(file_system.availability_zone_name()),
        availability_zone_id: owned(file_system.availability_zone_id()),
        file_system_policy: policy,
    };
    let source = Source::of(FILE_SYSTEMS);
    found.resource(arn, &facts, tags(file_system.tags()), source);
}

fn describe_access_point(arn: &Arn, access_point: &AccessPointDescription, found: &mut Found) {
    let posix_user = access_point.posix_user().map(|user| PosixUser {
        uid: user.uid(),
        gid: user.gid(),
        secondary_gids: user.secondary_gids().to_vec(),
    });
    let root_directory = access_point.root_directory().map(|root| RootDirectory {
        path: owned(root.path()),
        creation_info: root.creation_info().map(|creation| CreationInfo {
            owner_uid: creation.owner_uid(),
            owner_gid: creation.owner_gid(),
            permissions: creation.permissions().to_owned(),
        }),
    });
    let facts = EfsAccessPoint {
        access_point_id: access_point
            .access_point_id()
            .unwrap_or_default()
            .to_owned(),
        access_point_arn: arn.to_string(),
        file_system_id: access_point.file_system_id().unwrap_or_default().to_owned(),
        owner_id: owned(access_point.owner_id()),
        name: owned(access_point.name()),
        life_cycle_state: text!(access_point.life_cycle_state()),
        posix_user,
        root_directory,
    };
    let source = Source::of(ACCESS_POINTS);
    found.resource(arn, &facts, tags(access_point.tags()), source);
}

fn describe_mount_target(
    file_system: &Arn,
    mount_target: &MountTargetDescription,
    groups: Option<Vec<String>>,
    found: &mut Found,
) {
    const SOURCE: Source = Source {
        api: MOUNT_TARGETS,
        by_field: &[("SecurityGroups", GROUPS)],
    };
    let id = mount_target.mount_target_id();
    let facts = EfsMountTarget {
        mount_target_id: id.to_owned(),
        file_system_id: mount_target.file_system_id().to_owned(),
        owner_id: owned(mount_target.owner_id()),
        subnet_id: owned(Some(mount_target.subnet_id())),
        vpc_id: owned(mount_target.vpc_id()),
        availability_zone_name: owned(mount_target.availability_zone_name()),
        availability_zone_id: owned(mount_target.availability_zone_id()),
        ip_address: owned(mount_target.ip_address()),
        ipv6_address: owned(mount_target.ipv6_address()),
        network_interface_id: owned(mount_target.network_interface_id()),
        life_cycle_state: text!(Some(mount_target.life_cycle_state())),
        security_groups: groups,
    };
    found.resource_with_id(&ResourceId::new(id), file_system, &facts, [], SOURCE);
}

fn tags(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect()
}

//! File systems that tasks mount.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/efs_access_point>

use blastmap_model::ResourceKind;
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, set},
    mapping::{Finish, Id, Lacks, Own, Part, Stated, Whole, owner},
};
use crate::{Lookup, policies::on_resource};

pub(super) const FILE_SYSTEM: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("elasticfilesystem", "file-system/"),
    id: Id::Last,
    fields: &[
        field("encrypted", "Encrypted", Shape::Flag),
        field("kms_key_id", "KmsKeyId", Shape::Text),
        field(
            "availability_zone_name",
            "AvailabilityZoneName",
            Shape::Text,
        ),
    ],
    empty_when_new: &["availability_zone_name"],
    finish: |finish| {
        finish.set_new("FileSystemId", finish.own.last_part());
        finish.set_new("FileSystemArn", finish.own.as_str());
        finish.set_new("LifeCycleState", "available");
        finish.set_new("FileSystemPolicy", json!({"Read": true}));
    },
    stated: Some(Stated::without(&[
        Lacks::Apart("FileSystemPolicy"),
        Lacks::New("LifeCycleState"),
    ])),
    ..Whole::of(ResourceKind::EfsFileSystem)
};

pub(super) const FILE_SYSTEM_POLICY: Part = Part {
    kind: ResourceKind::EfsFileSystem,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::EfsFileSystem,
            side,
            &["file_system_id", "id"],
        )
    },
    remove: |owner| {
        set(owner.facts, "FileSystemPolicy", on_resource(&Value::Null));
    },
    add: |owner| {
        if owner.is_unknown("policy") {
            set(owner.facts, "FileSystemPolicy", Value::Null);
            owner.unknown.push("FileSystemPolicy".to_owned());
            return;
        }
        let policy = owner.side.get("policy").unwrap_or(&Value::Null);
        set(owner.facts, "FileSystemPolicy", on_resource(policy));
    },
    last: false,
};

pub(super) const ACCESS_POINT: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("elasticfilesystem", "access-point/"),
    id: Id::Last,
    fields: &[
        field("file_system_id", "FileSystemId", Shape::Text),
        field(
            "posix_user",
            "PosixUser",
            Shape::Block(&[
                field("uid", "Uid", Shape::Number),
                field("gid", "Gid", Shape::Number),
                field("secondary_gids", "SecondaryGids", Shape::Custom(numbers)),
            ]),
        ),
        field(
            "root_directory",
            "RootDirectory",
            Shape::Block(&[
                field("path", "Path", Shape::Text),
                field(
                    "creation_info",
                    "CreationInfo",
                    Shape::Block(&[
                        field("owner_uid", "OwnerUid", Shape::Number),
                        field("owner_gid", "OwnerGid", Shape::Number),
                        field("permissions", "Permissions", Shape::Text),
                    ]),
                ),
            ]),
        ),
    ],
    empty_when_new: &["root_directory"],
    finish: |finish| {
        finish.set_new("AccessPointId", finish.own.last_part());
        finish.set_new("AccessPointArn", finish.own.as_str());
        finish.set_new("LifeCycleState", "available");
    },
    stated: Some(Stated::without(&[Lacks::New("LifeCycleState")])),
    ..Whole::of(ResourceKind::EfsAccessPoint)
};

fn numbers(value: &Value) -> Value {
    let values = value.as_array().into_iter().flatten();
    values
        .filter_map(super::side::number)
        .map(Value::from)
        .collect()
}

pub(super) const MOUNT_TARGET: Whole = Whole {
    // It has no ARN of its own, and the attribute `file_system_arn` is another's.
    names: |side| side.names(&["id"]),
    own: |naming| {
        let arn = naming.place.arn(
            "elasticfilesystem",
            &format!("mount-target/{}", naming.made_up),
        )?;
        Some(Own {
            arn,
            certain: false,
        })
    },
    id: Id::Last,
    fields: &[
        field("file_system_id", "FileSystemId", Shape::Text),
        field("subnet_id", "SubnetId", Shape::Text),
        field("security_groups", "SecurityGroups", Shape::Texts),
        field("ip_address", "IpAddress", Shape::Text),
        field(
            "availability_zone_name",
            "AvailabilityZoneName",
            Shape::Text,
        ),
        field("availability_zone_id", "AvailabilityZoneId", Shape::Text),
    ],
    finish: finish_mount_target,
    stated: Some(Stated {
        lacks: &[Lacks::New("LifeCycleState")],
        follows: Some((ResourceKind::EfsFileSystem, "file_system_id")),
    }),
    ..Whole::of(ResourceKind::EfsMountTarget)
};

fn finish_mount_target(finish: &mut Finish<'_>) {
    if !finish.is_new {
        return;
    }
    finish.set("MountTargetId", finish.own.last_part());
    finish.set("LifeCycleState", "available");
    let subnet = finish.facts["SubnetId"].as_str().map(str::to_owned);
    let facts =
        subnet.and_then(
            |subnet| match finish.finder.find(ResourceKind::Subnet, &[subnet]) {
                Lookup::One(subnet) => finish.finder.facts(&subnet),
                _ => None,
            },
        );
    let Some(facts) = facts else {
        return;
    };
    // Its zone is its subnet's.
    for (own, subnets) in [
        ("VpcId", "VpcId"),
        ("AvailabilityZoneName", "AvailabilityZone"),
        ("AvailabilityZoneId", "AvailabilityZoneId"),
    ] {
        if let Some(value) = facts.get(subnets) {
            finish.set(own, value.clone());
            finish.unknown.retain(|field| field != own);
        }
    }
}

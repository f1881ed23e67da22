//! The EFS volumes of a task can be mounted.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{
        ecs_task::EcsTask, ecs_task_definition::EfsVolume, efs_access_point::EfsAccessPoint,
        efs_file_system::EfsFileSystem,
    },
};
use serde_json::Value;

use super::{
    Need, Subject,
    permission::{self, Actor, Call, OnResource},
};
use crate::{
    Launch, Seat, Verdict,
    iam::{self, Context, Policies, Policy, Principal, Request, ResourcePolicy},
    network::{
        lookup::{linked, named, there},
        volumes::{has_unseen_targets, mount_targets, mountable, zone_of_target},
    },
};

const DOCUMENTATION: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html";

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html>
pub(super) const NEED: Need = Need {
    name: "volumes-reachable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: DOCUMENTATION,
    sentence: "Each EFS file system that the task mounts is there with its access point and a mount target in the task's zone, NFS comes through, and the file system lets the task role mount.",
};

/// <https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html>
pub(super) const WHILE_RUNNING: Need = Need {
    name: "volumes-there",
    phase: Phase::Run,
    subject: Subject::Of(&[ResourceKind::EcsTask], judge_task),
    documentation: "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
    sentence: "Each EFS file system that the task has mounted is there, and has a mount target left in the task's zone.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let (Some(definition), Some(place)) = (launch.definition.as_deref(), launch.definition_place)
    else {
        return Verdict::met();
    };
    let seats = launch.seats(overlay);
    let volumes = definition.volumes.iter();
    let volumes = volumes.filter_map(|volume| volume.efs_volume_configuration.as_ref());
    Verdict::all(volumes.map(|volume| can_mount(overlay, launch, place, volume, &seats)))
        .reported_as("ResourceInitializationError")
}

fn can_mount(
    overlay: &Overlay<'_>,
    launch: &Launch,
    definition: ResourceIndex,
    volume: &EfsVolume,
    seats: &[Seat],
) -> Verdict {
    // One that is planned has an id that is known only after the change.
    let Some(file_system) = linked(
        overlay,
        definition,
        Relation::Mounts,
        &volume.file_system_id,
    ) else {
        return Verdict::met();
    };
    let exists = usable(overlay, file_system);
    if !exists.is_met() {
        return exists;
    }
    let authorization = volume.authorization_config.as_ref();
    let access_point = authorization.and_then(|own| own.access_point_id.as_deref());
    let by_access_point = access_point.map(|id| {
        linked(overlay, definition, Relation::Mounts, id)
            .map_or_else(Verdict::met, |place| leads_to(overlay, place, file_system))
    });
    let ways = each_subnet(overlay, file_system, seats);
    let permitted = permitted(overlay, launch, volume, file_system);
    Verdict::all(by_access_point.into_iter().chain([ways, permitted]))
}

/// Whether a file system is there and in a state to be mounted.
fn usable(overlay: &Overlay<'_>, file_system: ResourceIndex) -> Verdict {
    let state = overlay
        .facts::<EfsFileSystem>(file_system)
        .and_then(|facts| facts.life_cycle_state.clone());
    let name = &overlay.resource(file_system).name;
    match state.as_deref() {
        Some("deleting" | "deleted" | "error") => Verdict::unmet(
            file_system,
            format!("file system {name} is {}", state.unwrap_or_default()),
        ),
        _ => there(overlay, file_system),
    }
}

fn leads_to(
    overlay: &Overlay<'_>,
    access_point: ResourceIndex,
    file_system: ResourceIndex,
) -> Verdict {
    let Some(facts) = overlay.facts::<EfsAccessPoint>(access_point) else {
        return there(overlay, access_point);
    };
    let name = &overlay.resource(access_point).name;
    if matches!(
        facts.life_cycle_state.as_deref(),
        Some("deleting" | "deleted" | "error")
    ) {
        return Verdict::unmet(
            access_point,
            format!("access point {name} is not available"),
        );
    }
    let own = overlay.needed(access_point, Relation::PartOf);
    if own.is_empty() || own.contains(&file_system) {
        return Verdict::met();
    }
    let file_system = &overlay.resource(file_system).name;
    Verdict::unmet(
        access_point,
        format!("access point {name} is none of file system {file_system}"),
    )
}

/// One reason for all subnets that the same thing keeps off.
fn each_subnet(overlay: &Overlay<'_>, file_system: ResourceIndex, seats: &[Seat]) -> Verdict {
    let name = &overlay.resource(file_system).name;
    let parts = seats.iter().map(|seat| {
        let mut verdict = mountable(overlay, file_system, seat);
        let subnet = named(overlay, "subnet", "subnets", [seat.subnet]);
        for reason in &mut verdict.reasons {
            reason.text = format!(
                "file system {name} cannot be mounted from {subnet}: {}",
                reason.text
            );
        }
        verdict
    });
    Verdict::all(parts)
}

/// Whether the file system's policy lets the task mount it: as its role, or as nobody.
///
/// <https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>
fn permitted(
    overlay: &Overlay<'_>,
    launch: &Launch,
    volume: &EfsVolume,
    file_system: ResourceIndex,
) -> Verdict {
    let Some(facts) = overlay.facts::<EfsFileSystem>(file_system) else {
        return Verdict::met();
    };
    let name = &overlay.resource(file_system).name;
    let on_resource = OnResource::of(
        overlay,
        file_system,
        facts.file_system_policy.as_ref(),
        "FileSystemPolicy",
    );
    let document = match on_resource {
        OnResource::Optional(document) | OnResource::Required(document) => document,
        // The default policy lets in whoever gets through to a mount target.
        OnResource::None => return Verdict::met(),
        OnResource::Unread => {
            return Verdict::unknown(
                file_system,
                format!(
                    "check that the policy of file system {name} lets the task mount it: it could not be read"
                ),
            );
        }
    };
    let resource = overlay.resource(file_system);
    let context = mount_context(overlay, volume, &resource.region, file_system);
    let arn = resource.id.as_str();
    let by_iam = volume
        .authorization_config
        .as_ref()
        .is_some_and(|own| own.iam.as_deref() == Some("ENABLED"));
    let role = launch.task_role_place(overlay).filter(|_| by_iam);
    let Some(role) = role else {
        return as_nobody(document, arn, &context, file_system, name);
    };
    let call = Call {
        action: "elasticfilesystem:ClientMount",
        resource: arn,
        policy: on_resource,
        context: &context,
    };
    match Actor::of(overlay, role) {
        Ok(actor) => actor.may(&call),
        Err(verdict) => verdict,
    }
}

fn mount_context(
    overlay: &Overlay<'_>,
    volume: &EfsVolume,
    region: &str,
    file_system: ResourceIndex,
) -> Context {
    let encrypted = volume.transit_encryption.as_deref() == Some("ENABLED");
    let context = permission::context(overlay, region, Some(file_system))
        .known(
            "aws:SecureTransport",
            if encrypted { "true" } else { "false" },
        )
        .known("elasticfilesystem:AccessedViaMountTarget", "true");
    let point = volume.authorization_config.as_ref();
    let point = point.and_then(|own| own.access_point_id.as_deref());
    let own = overlay.resource(file_system).id.arn();
    match (point, own) {
        (Some(point), Some(own)) => {
            let arn = own.sibling("elasticfilesystem", &format!("access-point/{point}"));
            match arn {
                Ok(arn) => context.known("elasticfilesystem:AccessPointArn", arn.as_str()),
                Err(_) => context,
            }
        }
        _ => context.absent("elasticfilesystem:AccessPointArn"),
    }
}

fn as_nobody(
    document: &Value,
    arn: &str,
    context: &Context,
    file_system: ResourceIndex,
    name: &str,
) -> Verdict {
    let policy = Policy::new("the file system's policy", document);
    let request = Request {
        principal: &Principal::Anonymous,
        action: "elasticfilesystem:ClientMount",
        resource: arn,
        context,
    };
    let policies = Policies {
        resource: ResourcePolicy::Required(&policy),
        ..Policies::default()
    };
    match iam::evaluate(&request, &policies).answer {
        iam::Answer::Allowed => Verdict::met(),
        iam::Answer::Denied => Verdict::unmet(
            file_system,
            format!(
                "the policy of file system {name} lets nobody mount it without IAM authorization"
            ),
        ),
        iam::Answer::Unknown => Verdict::unknown(
            file_system,
            format!(
                "check that the policy of file system {name} lets tasks mount it without IAM authorization"
            ),
        ),
    }
}

fn judge_task(overlay: &Overlay<'_>, task: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<EcsTask>(task) else {
        return Verdict::met();
    };
    let zone = facts.availability_zone.as_deref();
    let definitions = overlay.needed(task, Relation::Runs).into_iter();
    let mounted = definitions.flat_map(|definition| overlay.needed(definition, Relation::Mounts));
    let file_systems = mounted.filter(|place| overlay.kind(*place) == ResourceKind::EfsFileSystem);
    Verdict::all(file_systems.map(|file_system| {
        let exists = usable(overlay, file_system);
        if !exists.is_met() {
            return exists;
        }
        if has_unseen_targets(overlay, file_system) {
            return Verdict::met();
        }
        // What is mounted stays with the address of its zone: without it, reads and writes hang.
        let of_zone = |target: &ResourceIndex| {
            let own = zone_of_target(overlay, *target);
            zone.is_none() || own.is_none() || own.as_deref() == zone
        };
        let targets = mount_targets(overlay, file_system);
        if !targets.iter().any(of_zone) {
            let name = &overlay.resource(file_system).name;
            let (left, zone) = match zone.filter(|_| !targets.is_empty()) {
                Some(zone) => (" left in zone ", zone),
                None => (" left", ""),
            };
            return Verdict::unmet(
                file_system,
                format!("file system {name} has no mount target{left}{zone}"),
            );
        }
        Verdict::met()
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{
        Edits,
        kinds::{
            ecs_task_definition::{EcsTaskDefinition, EfsAuthorization, Volume},
            efs_mount_target::EfsMountTarget,
            resource_policy,
            security_group::SecurityGroup,
        },
    };
    use serde_json::json;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, iam, patched, place, tcp, together},
        needs::endpoint_serves,
    };

    fn efs(resource: &str) -> String {
        arn("elasticfilesystem", resource)
    }

    fn with_volume(iam: &str) -> Estate {
        let volume = Volume {
            name: Some("data".to_owned()),
            efs_volume_configuration: Some(EfsVolume {
                file_system_id: "fs-1".to_owned(),
                transit_encryption: Some("ENABLED".to_owned()),
                authorization_config: Some(EfsAuthorization {
                    access_point_id: Some("fsap-1".to_owned()),
                    iam: Some(iam.to_owned()),
                }),
                ..EfsVolume::default()
            }),
            ..Volume::default()
        };
        let file_system = EfsFileSystem {
            file_system_id: "fs-1".to_owned(),
            file_system_arn: efs("file-system/fs-1"),
            life_cycle_state: Some("available".to_owned()),
            file_system_policy: Some(resource_policy::ResourcePolicy::none()),
            ..EfsFileSystem::default()
        };
        let access_point = EfsAccessPoint {
            access_point_id: "fsap-1".to_owned(),
            access_point_arn: efs("access-point/fsap-1"),
            file_system_id: "fs-1".to_owned(),
            life_cycle_state: Some("available".to_owned()),
            ..EfsAccessPoint::default()
        };
        let target = |zone: &str, address: &str| EfsMountTarget {
            mount_target_id: format!("fsmt-{zone}"),
            file_system_id: "fs-1".to_owned(),
            subnet_id: Some(format!("subnet-{zone}")),
            vpc_id: Some("vpc-1".to_owned()),
            availability_zone_name: Some(format!("eu-west-1{zone}")),
            ip_address: Some(address.to_owned()),
            life_cycle_state: Some("available".to_owned()),
            security_groups: Some(vec!["sg-efs".to_owned()]),
            ..EfsMountTarget::default()
        };
        let file_system_arn = efs("file-system/fs-1");
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.volumes.push(volume);
            })
            .security_group("sg-efs", vec![tcp((2049, 2049), "sg-web")])
            .put(&file_system_arn, &file_system)
            .put(&efs("access-point/fsap-1"), &access_point)
            .put_with_id("fsmt-a", &file_system_arn, &target("a", "10.0.1.50"))
            .put_with_id("fsmt-b", &file_system_arn, &target("b", "10.0.2.50"))
    }

    fn policy(snapshot: &Snapshot, principal: &Value) -> Edits {
        let document = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": principal,
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
        }]});
        patched(
            snapshot,
            &efs("file-system/fs-1"),
            |facts: &mut EfsFileSystem| {
                facts.file_system_policy = Some(resource_policy::ResourcePolicy::of(document));
            },
        )
    }

    fn the_role() -> Value {
        json!({"AWS": iam("role/web-task")})
    }

    fn target(snapshot: &Snapshot, change: fn(&mut EfsMountTarget)) -> Edits {
        patched(snapshot, "fsmt-b", change)
    }

    fn group(snapshot: &Snapshot, id: &str, change: fn(&mut SecurityGroup)) -> Edits {
        patched(snapshot, &ec2(id), change)
    }

    #[test]
    fn volumes_can_be_mounted_in_each_zone() {
        type Change = fn(&Snapshot) -> Edits;
        let plain = || with_volume("DISABLED");
        let by_iam = || with_volume("ENABLED");
        let cases: Vec<(&str, Estate, Change, Answer, &str)> = vec![
            ("healthy", plain(), |_| together([]), Answer::Met, ""),
            (
                "healthy by IAM",
                by_iam(),
                |_| together([]),
                Answer::Met,
                "",
            ),
            (
                "file system goes",
                plain(),
                |_| gone(&efs("file-system/fs-1")),
                Answer::Unmet,
                "is not there",
            ),
            (
                "access point goes",
                plain(),
                |_| gone(&efs("access-point/fsap-1")),
                Answer::Unmet,
                "is not there",
            ),
            (
                "a mount target goes",
                plain(),
                |_| gone("fsmt-b"),
                Answer::Unmet,
                "no mount target in zone eu-west-1b",
            ),
            (
                "a mount target is being deleted",
                plain(),
                |s| target(s, |f| f.life_cycle_state = Some("deleting".to_owned())),
                Answer::Unmet,
                "fsmt-b is deleting",
            ),
            (
                "its group closes",
                plain(),
                |s| group(s, "sg-efs", |f| f.ip_permissions.clear()),
                Answer::Unmet,
                "port 2049 from security group web",
            ),
            (
                "another port",
                plain(),
                |s| {
                    group(s, "sg-efs", |f| {
                        f.ip_permissions = vec![tcp((443, 443), "sg-web")];
                    })
                },
                Answer::Unmet,
                "port 2049",
            ),
            (
                "by range",
                plain(),
                |s| {
                    group(s, "sg-efs", |f| {
                        f.ip_permissions = vec![tcp((2049, 2049), "10.0.0.0/16")];
                    })
                },
                Answer::Met,
                "",
            ),
            (
                "egress closes",
                plain(),
                |s| {
                    group(s, "sg-web", |f| {
                        f.ip_permissions_egress = vec![tcp((443, 443), "0.0.0.0/0")];
                    })
                },
                Answer::Unmet,
                "does not let out port 2049",
            ),
            (
                "policy for all",
                plain(),
                |s| policy(s, &json!("*")),
                Answer::Met,
                "",
            ),
            (
                "policy for the role, who does not say so",
                plain(),
                |s| policy(s, &the_role()),
                Answer::Unmet,
                "without IAM authorization",
            ),
            (
                "policy for the role",
                by_iam(),
                |s| policy(s, &the_role()),
                Answer::Met,
                "",
            ),
            (
                "policy for others",
                by_iam(),
                |s| policy(s, &json!({"AWS": iam("role/other")})),
                Answer::Unmet,
                "elasticfilesystem:ClientMount",
            ),
            (
                "policy not read",
                plain().with::<EfsFileSystem>(&efs("file-system/fs-1"), |f| {
                    f.file_system_policy = None;
                }),
                |_| together([]),
                Answer::Unknown,
                "could not be read",
            ),
            (
                "mount targets not read",
                plain()
                    .without("fsmt-b")
                    .blind(ResourceKind::EfsMountTarget),
                |_| together([]),
                Answer::Unknown,
                "mount targets",
            ),
            (
                "no volumes",
                Estate::new().vpc_with_nat().fargate_service(),
                |_| together([]),
                Answer::Met,
                "",
            ),
        ];
        for (case, estate, change, expected, why) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let service = place(&overlay, &arn("ecs", "service/main/web"));
            let launches = Launch::of(&overlay, service);
            let verdict = Verdict::all(launches.iter().map(|launch| judge(&overlay, launch)));
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
            let said = verdict
                .reasons
                .iter()
                .any(|reason| reason.text.contains(why));
            assert!(said || why.is_empty(), "{case}: {verdict:?}");
        }
    }

    #[test]
    fn a_running_task_needs_what_it_has_mounted() {
        let snapshot = with_volume("DISABLED").snapshot();
        let cases = [
            ("healthy", together([]), Answer::Met),
            (
                "file system goes",
                gone(&efs("file-system/fs-1")),
                Answer::Unmet,
            ),
            (
                "its zone's mount target goes",
                gone("fsmt-a"),
                Answer::Unmet,
            ),
            ("another zone's goes", gone("fsmt-b"), Answer::Met),
            (
                "both go",
                together([gone("fsmt-a"), gone("fsmt-b")]),
                Answer::Unmet,
            ),
            (
                "access point goes",
                gone(&efs("access-point/fsap-1")),
                Answer::Met,
            ),
        ];
        for (case, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let task = place(&overlay, &arn("ecs", "task/main/1"));
            assert_eq!(judge_task(&overlay, task).answer, expected, "{case}");
        }
    }

    #[test]
    fn mount_targets_and_access_points_serve_their_clients() {
        let snapshot = with_volume("DISABLED").snapshot();
        let closed = patched(&snapshot, &ec2("sg-efs"), |facts: &mut SecurityGroup| {
            facts.ip_permissions.clear();
        });
        let access_point = efs("access-point/fsap-1");
        let cases = [
            (
                "healthy",
                together([]),
                endpoint_serves::OF_MOUNT_TARGET,
                "fsmt-a",
                None,
            ),
            (
                "its group closes",
                closed.clone(),
                endpoint_serves::OF_MOUNT_TARGET,
                "fsmt-a",
                Some((1, 1)),
            ),
            (
                "healthy",
                together([]),
                endpoint_serves::OF_ACCESS_POINT,
                access_point.as_str(),
                None,
            ),
            (
                "the group closes",
                closed,
                endpoint_serves::OF_ACCESS_POINT,
                access_point.as_str(),
                Some((2, 2)),
            ),
            (
                "a mount target goes",
                gone("fsmt-a"),
                endpoint_serves::OF_ACCESS_POINT,
                access_point.as_str(),
                Some((1, 2)),
            ),
        ];
        for (case, edits, need, id, lost) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let Subject::Of(_, judge) = need.subject else {
                unreachable!("a need of resources");
            };
            let verdict = judge(&overlay, place(&overlay, id));
            let own = verdict
                .share
                .filter(|share| share.lost > 0)
                .map(|share| (share.lost, share.of));
            assert_eq!(own, lost, "{case}: {verdict:?}");
        }
    }
}

//! Endpoints, mount targets and access points serve those who use them.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{
        efs_access_point::EfsAccessPoint, efs_mount_target::EfsMountTarget,
        vpc_endpoint::VpcEndpoint,
    },
};

use super::{Need, Subject};
use crate::{
    Launch, Seat, Verdict,
    network::{
        AwsService, endpoint,
        lookup::{is_missing, there, vpc_of, zone_of},
        reach, volumes,
    },
};

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>
pub(super) const OF_VPC: Need = Need {
    name: "endpoint-serves",
    phase: Phase::Run,
    subject: Subject::Of(&[ResourceKind::VpcEndpoint], judge),
    documentation: "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
    sentence: "The endpoint is available, and the tasks whose packets it gets come through to it.",
};

/// <https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html>
pub(super) const OF_MOUNT_TARGET: Need = Need {
    name: "mount-target-serves",
    phase: Phase::Run,
    subject: Subject::Of(&[ResourceKind::EfsMountTarget], judge_mount_target),
    documentation: "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
    sentence: "The mount target is available, and the tasks of its zone that mount its file system come through to it.",
};

/// <https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html>
pub(super) const OF_ACCESS_POINT: Need = Need {
    name: "access-point-serves",
    phase: Phase::Run,
    subject: Subject::Of(&[ResourceKind::EfsAccessPoint], judge_access_point),
    documentation: "https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html",
    sentence: "The access point's file system is there, and the tasks that mount it come through to a mount target.",
};

fn judge(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<VpcEndpoint>(place) else {
        return Verdict::met();
    };
    let clients = overlay.needing(place, Relation::ReachesAwsVia);
    let name = &overlay.resource(place).name;
    let vpc = vpc_of(overlay, place);
    let arn = overlay.resource(place).id.arn();
    let service = arn.and_then(|arn| AwsService::of(&facts, arn.region()));
    // Packets that come here no more are no loss where another way takes them.
    let lost = |seat: &Seat, why: String| match &service {
        Some(service) if reach(overlay, seat, service).is_met() => Verdict::met(),
        _ => Verdict::unmet(place, why),
    };
    shared(overlay, tasks_or_else_services(overlay, clients), |seat| {
        if is_missing(overlay, seat.subnet) || vpc_of(overlay, seat.subnet) != vpc {
            return Verdict::met();
        }
        if !endpoint::is_available(overlay, place, &facts) {
            return lost(seat, format!("endpoint {name} is not available"));
        }
        if !facts.is_interface() {
            if endpoint::gateway_takes(overlay, &facts, seat.subnet) {
                return endpoint::gateway_lets_in(overlay, place, seat);
            }
            let subnet = &overlay.resource(seat.subnet).name;
            return lost(
                seat,
                format!("endpoint {name} has no route in the route table of subnet {subnet}"),
            );
        }
        if facts.private_dns_enabled != Some(true)
            && !overlay.is_unknown(place, "PrivateDnsEnabled")
        {
            return lost(seat, format!("endpoint {name} has no private DNS"));
        }
        endpoint::interface_lets_in(overlay, place, seat)
    })
}

fn judge_mount_target(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    if overlay.facts::<EfsMountTarget>(place).is_none() {
        return Verdict::met();
    }
    let file_systems = overlay.needed(place, Relation::PartOf);
    let clients = file_systems
        .into_iter()
        .flat_map(|own| users_of(overlay, own));
    let zone = volumes::zone_of_target(overlay, place);
    let vpc = volumes::subnet_of(overlay, place).and_then(|subnet| vpc_of(overlay, subnet));
    let in_zone =
        |seat: &Seat| zone_of(overlay, seat.subnet) == zone && vpc_of(overlay, seat.subnet) == vpc;
    let clients = tasks_or_else_services(overlay, clients.collect());
    let here = clients
        .into_iter()
        .filter(|client| seats_of(overlay, *client).iter().any(in_zone));
    shared(overlay, here.collect(), |seat| {
        if in_zone(seat) {
            volumes::lets_in(overlay, place, seat)
        } else {
            Verdict::met()
        }
    })
}

fn judge_access_point(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    if overlay.facts::<EfsAccessPoint>(place).is_none() {
        return Verdict::met();
    }
    let file_systems = overlay.needed(place, Relation::PartOf);
    let clients = tasks_or_else_services(overlay, users_of(overlay, place));
    shared(overlay, clients, |seat| {
        let own = file_systems.iter().map(|file_system| {
            let exists = there(overlay, *file_system);
            if exists.is_met() {
                volumes::mountable(overlay, *file_system, seat)
            } else {
                exists
            }
        });
        Verdict::all(own)
    })
}

/// One part a client: it is lost where one of its places does not come through.
fn shared(
    overlay: &Overlay<'_>,
    clients: Vec<ResourceIndex>,
    judge: impl Fn(&Seat) -> Verdict,
) -> Verdict {
    Verdict::shared(
        clients
            .into_iter()
            .map(|client| Verdict::all(seats_of(overlay, client).iter().map(&judge))),
    )
}

fn seats_of(overlay: &Overlay<'_>, client: ResourceIndex) -> Vec<Seat> {
    let launches = Launch::of(overlay, client);
    launches
        .iter()
        .flat_map(|launch| launch.seats(overlay))
        .collect()
}

/// Whoever runs a definition that mounts this.
fn users_of(overlay: &Overlay<'_>, mounted: ResourceIndex) -> Vec<ResourceIndex> {
    let definitions = overlay.needing(mounted, Relation::Mounts).into_iter();
    definitions
        .flat_map(|definition| overlay.needing(definition, Relation::Runs))
        .collect()
}

fn tasks_or_else_services(
    overlay: &Overlay<'_>,
    clients: Vec<ResourceIndex>,
) -> Vec<ResourceIndex> {
    let there: BTreeSet<_> = clients
        .into_iter()
        .filter(|client| overlay.is_there(*client))
        .collect();
    let of = |kind: ResourceKind| -> Vec<ResourceIndex> {
        there
            .iter()
            .copied()
            .filter(|client| overlay.kind(*client) == kind)
            .collect()
    };
    let tasks = of(ResourceKind::EcsTask);
    if tasks.is_empty() {
        of(ResourceKind::EcsService)
    } else {
        tasks
    }
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{
        Edits,
        kinds::{security_group::SecurityGroup, subnet::Subnet},
    };

    use super::*;
    use crate::estate::{Estate, ec2, gone, patched, place, tcp, together};

    fn group(snapshot: &Snapshot, change: fn(&mut SecurityGroup)) -> Edits {
        patched(snapshot, &ec2("sg-endpoints"), change)
    }

    #[test]
    fn clients_come_through() {
        type Change = fn(&Snapshot) -> Edits;
        let estate = || {
            Estate::new()
                .isolated_vpc_with_endpoints()
                .fargate_service()
        };
        let idle = || Estate::new().isolated_vpc_with_endpoints();
        let cases: Vec<(&str, Estate, &str, Change, usize)> = vec![
            ("healthy", estate(), "vpce-ssm", |_| together([]), 0),
            (
                "its group closes",
                estate(),
                "vpce-ssm",
                |s| group(s, |f| f.ip_permissions.clear()),
                2,
            ),
            (
                "its group opens to one subnet",
                estate(),
                "vpce-ssm",
                |s| {
                    group(s, |f| {
                        f.ip_permissions = vec![tcp((443, 443), "10.0.1.0/24")];
                    })
                },
                1,
            ),
            (
                "private DNS off",
                estate(),
                "vpce-ssm",
                |s| {
                    patched(s, &ec2("vpce-ssm"), |f: &mut VpcEndpoint| {
                        f.private_dns_enabled = Some(false);
                    })
                },
                2,
            ),
            (
                "no client",
                idle(),
                "vpce-ssm",
                |s| group(s, |f| f.ip_permissions.clear()),
                0,
            ),
            (
                "it goes: a change, not an impact",
                estate(),
                "vpce-ssm",
                |_| gone(&ec2("vpce-ssm")),
                0,
            ),
            ("gateway endpoint", estate(), "vpce-s3", |_| together([]), 0),
            (
                "gateway endpoint leaves the table",
                estate(),
                "vpce-s3",
                |s| {
                    patched(s, &ec2("vpce-s3"), |f: &mut VpcEndpoint| {
                        f.route_table_ids.clear();
                    })
                },
                2,
            ),
            (
                "a client's ACL closes",
                estate(),
                "vpce-s3",
                |s| {
                    patched(s, &ec2("subnet-b"), |f: &mut Subnet| {
                        f.network_acl.as_mut().unwrap().entries.clear();
                    })
                },
                1,
            ),
        ];
        for (case, estate, endpoint, change, lost) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let verdict = judge(&overlay, place(&overlay, &ec2(endpoint)));
            assert_eq!(
                verdict.share.map_or(0, |share| share.lost),
                lost,
                "{case}: {verdict:?}"
            );
            assert_eq!(verdict.is_met(), lost == 0, "{case}: {verdict:?}");
        }
    }
}

//! The way to a file system: the mount target of the client's zone, over NFS.
//!
//! <https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-helper.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceIndex, ResourceKind, kinds::efs_mount_target::EfsMountTarget,
};

use super::{
    acl, dns_servers, groups,
    lookup::{is_blind, is_missing, vpc_of, zone_of},
    peer::{Addresses, Ports, Way},
};
use crate::{Seat, Verdict};

const NFS: Ports = Ports::one(2049);

/// The mount targets of a file system that are there.
pub fn mount_targets(overlay: &Overlay<'_>, file_system: ResourceIndex) -> Vec<ResourceIndex> {
    let parts = overlay.needing(file_system, Relation::PartOf).into_iter();
    parts
        .filter(|place| overlay.kind(*place) == ResourceKind::EfsMountTarget)
        .filter(|place| overlay.is_there(*place))
        .collect()
}

/// True where a file system may have mount targets that nobody saw. A plan tells of those that it manages itself.
pub fn has_unseen_targets(overlay: &Overlay<'_>, file_system: ResourceIndex) -> bool {
    overlay.resource(file_system).presence == Presence::Stated
        || is_blind(overlay, ResourceKind::EfsMountTarget, file_system)
}

/// Where a mount target has its address.
pub fn subnet_of(overlay: &Overlay<'_>, mount_target: ResourceIndex) -> Option<ResourceIndex> {
    overlay
        .needed(mount_target, Relation::PlacedIn)
        .first()
        .copied()
}

/// The zone of a mount target.
pub fn zone_of_target(overlay: &Overlay<'_>, mount_target: ResourceIndex) -> Option<String> {
    let own = overlay.facts::<EfsMountTarget>(mount_target);
    let own = own.and_then(|facts| facts.availability_zone_name.clone());
    own.or_else(|| zone_of(overlay, subnet_of(overlay, mount_target)?))
}

/// Whether a file system can be mounted from a seat. Its name leads to the mount target in the client's zone, and to no other.
pub fn mountable(overlay: &Overlay<'_>, file_system: ResourceIndex, seat: &Seat) -> Verdict {
    if is_missing(overlay, seat.subnet) {
        return Verdict::met();
    }
    let (vpc, zone) = (vpc_of(overlay, seat.subnet), zone_of(overlay, seat.subnet));
    let (Some(vpc), Some(zone)) = (vpc, zone) else {
        return Verdict::unknown(
            seat.subnet,
            format!(
                "check subnet {}, which could not be read",
                overlay.resource(seat.subnet).name
            ),
        );
    };
    let resolves = dns_servers::answer(overlay, vpc);
    if !resolves.is_met() {
        return resolves;
    }
    let name = &overlay.resource(file_system).name;
    let targets = mount_targets(overlay, file_system);
    let mut here = targets.into_iter().filter(|target| {
        let same_vpc = subnet_of(overlay, *target)
            .and_then(|subnet| vpc_of(overlay, subnet))
            .is_none_or(|own| own == vpc);
        let own = zone_of_target(overlay, *target);
        same_vpc && own.is_none_or(|own| own == zone)
    });
    match here.next() {
        Some(target) => lets_in(overlay, target, seat),
        None if has_unseen_targets(overlay, file_system) => Verdict::unknown(
            file_system,
            format!("check the mount targets of file system {name}, which could not be read"),
        ),
        None => Verdict::unmet(
            file_system,
            format!("file system {name} has no mount target in zone {zone}"),
        ),
    }
}

/// Whether a mount target takes NFS connections from a seat.
pub fn lets_in(overlay: &Overlay<'_>, target: ResourceIndex, seat: &Seat) -> Verdict {
    let Some(facts) = overlay.facts::<EfsMountTarget>(target) else {
        return Verdict::unknown(
            target,
            format!(
                "check mount target {}, which could not be read",
                overlay.resource(target).name
            ),
        );
    };
    let name = format!("mount target {}", overlay.resource(target).name);
    match facts.life_cycle_state.as_deref() {
        None | Some("available" | "updating") => {}
        Some("creating") => {
            return Verdict::unknown(target, format!("check that {name} becomes available"));
        }
        Some(state) => return Verdict::unmet(target, format!("{name} is {state}")),
    }
    let own_subnet = subnet_of(overlay, target);
    if let Some(subnet) = own_subnet.filter(|subnet| is_missing(overlay, *subnet)) {
        let subnet = &overlay.resource(subnet).name;
        return Verdict::unmet(target, format!("subnet {subnet} of {name} is not there"));
    }
    let own_groups = overlay.needed(target, Relation::ProtectedBy);
    let vpc = vpc_of(overlay, seat.subnet);
    let client_groups = groups::or_default(overlay, &seat.groups, vpc);
    let client = groups::peer(
        overlay,
        &client_groups,
        Addresses::of_subnet(overlay, seat.subnet),
    );
    let addresses = facts.ip_address.as_deref();
    let addresses = addresses.and_then(|address| address.parse::<std::net::IpAddr>().ok());
    let addresses = match (addresses, own_subnet) {
        (Some(address), _) => Addresses::Within(vec![address.into()]),
        (None, Some(subnet)) => Addresses::of_subnet(overlay, subnet),
        (None, None) => Addresses::Unknown,
    };
    let mut server = groups::peer(overlay, &own_groups, addresses);
    server.name = name;
    Verdict::all([
        groups::let_through(overlay, &own_groups, Way::In, NFS, &client),
        groups::let_through(overlay, &client_groups, Way::Out, NFS, &server),
        acl::let_through(overlay, seat.subnet, own_subnet, NFS, &server.addresses),
    ])
}

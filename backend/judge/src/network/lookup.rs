//! Finding what stands around a subnet or VPC, from facts alone: links that a crawl concluded may be older than a change.

use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{
        efs_access_point::EfsAccessPoint, efs_file_system::EfsFileSystem, route_table::RouteTable,
        subnet::Subnet,
    },
};

use crate::Verdict;

/// True for the resource that goes by this id: `sg-1`, the ARN that ends in it, or what the facts of a plan call what it makes.
pub fn goes_by(overlay: &Overlay<'_>, place: ResourceIndex, id: &str) -> bool {
    let resource = overlay.resource(place);
    let own = resource.id.as_str();
    let by_its_id = own == id || own.strip_suffix(id).is_some_and(|rest| rest.ends_with('/'));
    if by_its_id || resource.presence != Presence::Planned {
        return by_its_id;
    }
    overlay.find(&ResourceId::new(id)) == Some(place)
        || overlay
            .facts::<EfsFileSystem>(place)
            .is_some_and(|facts| facts.file_system_id == id)
        || overlay
            .facts::<EfsAccessPoint>(place)
            .is_some_and(|facts| facts.access_point_id == id)
}

/// What `from` names by this relation and id.
pub fn linked(
    overlay: &Overlay<'_>,
    from: ResourceIndex,
    relation: Relation,
    id: &str,
) -> Option<ResourceIndex> {
    let linked = overlay.needed(from, relation).into_iter();
    linked
        .into_iter()
        .find(|place| goes_by(overlay, *place, id))
}

/// The VPC of a subnet, a group, an endpoint.
pub fn vpc_of(overlay: &Overlay<'_>, of: ResourceIndex) -> Option<ResourceIndex> {
    overlay.needed(of, Relation::InVpc).first().copied()
}

/// What of a kind lies in a VPC and is there.
pub fn in_vpc(overlay: &Overlay<'_>, vpc: ResourceIndex, kind: ResourceKind) -> Vec<ResourceIndex> {
    let inside = overlay.needing_of(vpc, Relation::InVpc, kind).into_iter();
    inside.filter(|place| overlay.is_there(*place)).collect()
}

/// The route table that a subnet's packets follow: the one associated with it, or else its VPC's main one.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>
pub fn route_table_of(overlay: &Overlay<'_>, subnet: ResourceIndex) -> Option<ResourceIndex> {
    let vpc = vpc_of(overlay, subnet)?;
    let mut main = None;
    for place in in_vpc(overlay, vpc, ResourceKind::RouteTable) {
        let Some(facts) = overlay.facts::<RouteTable>(place) else {
            continue;
        };
        for association in &facts.associations {
            let own = association.subnet_id.as_deref();
            if own.is_some_and(|own| goes_by(overlay, subnet, own)) {
                return Some(place);
            }
            if association.main {
                main = main.or(Some(place));
            }
        }
    }
    main
}

/// The availability zone of a subnet.
pub fn zone_of(overlay: &Overlay<'_>, subnet: ResourceIndex) -> Option<String> {
    overlay.facts::<Subnet>(subnet)?.availability_zone.clone()
}

/// True where resources of a kind could not be read in the account and region of another: that none is seen says nothing.
pub fn is_blind(overlay: &Overlay<'_>, kind: ResourceKind, near: ResourceIndex) -> bool {
    let near = overlay.resource(near);
    let spots = overlay.snapshot().inventory().blind_spots.iter();
    spots.into_iter().any(|spot| {
        spot.kinds.contains(&kind) && spot.account == near.account && spot.region == near.region
    })
}

pub fn is_missing(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    overlay.resource(place).presence == Presence::Missing
}

/// Whether a resource is there.
pub fn there(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    let resource = overlay.resource(place);
    let (what, name) = (resource.kind.label(), &resource.name);
    match resource.presence {
        Presence::Live | Presence::Planned | Presence::Stated => Verdict::met(),
        Presence::Missing => Verdict::unmet(place, format!("{what} {name} is not there")),
        Presence::Unreadable | Presence::Outside => Verdict::unknown(
            place,
            format!("check that {what} {name} is there: it could not be read"),
        ),
    }
}

/// `a`, `a and b`, `a, b and c`: sorted, each once.
pub fn list(names: impl IntoIterator<Item = String>) -> String {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort();
    names.dedup();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// `subnet a`, `subnets a and b`.
pub fn named(
    overlay: &Overlay<'_>,
    one: &str,
    many: &str,
    places: impl IntoIterator<Item = ResourceIndex>,
) -> String {
    let mut names: Vec<String> = places
        .into_iter()
        .map(|place| overlay.resource(place).name.to_string())
        .collect();
    names.sort();
    names.dedup();
    let word = if names.len() == 1 { one } else { many };
    format!("{word} {}", list(names))
}

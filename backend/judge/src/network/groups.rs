//! Security groups: what their rules let in and out.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    ResourceIndex, ResourceKind,
    kinds::security_group::{IpPermission, SecurityGroup},
};
use ipnet::IpNet;

use super::{
    lookup::{goes_by, in_vpc, is_missing, named},
    peer::{Addresses, Cover, Peer, Ports, Way},
};
use crate::Verdict;

/// Whether the groups of one end, whose rules add up, let TCP connections through from or to the other end. Without groups
/// nothing is held back.
pub fn let_through(
    overlay: &Overlay<'_>,
    groups: &[ResourceIndex],
    way: Way,
    ports: Ports,
    peer: &Peer<'_>,
) -> Verdict {
    let Some(about) = groups.iter().min().copied() else {
        return Verdict::met();
    };
    let mut best = Cover::None;
    let mut unsure = Vec::new();
    let mut ranges: Vec<IpNet> = Vec::new();
    for group in groups {
        let field = match way {
            Way::In => "IpPermissions",
            Way::Out => "IpPermissionsEgress",
        };
        let Some(facts) = overlay.facts::<SecurityGroup>(*group) else {
            // What is not there lets nothing through.
            if !is_missing(overlay, *group) {
                unsure.push((*group, "could not be read"));
            }
            continue;
        };
        if overlay.is_unknown(*group, field) {
            unsure.push((*group, "has rules that are known only after the change"));
        }
        let rules = match way {
            Way::In => &facts.ip_permissions,
            Way::Out => &facts.ip_permissions_egress,
        };
        for rule in rules {
            let ports_covered = covers_ports(rule, ports);
            if ports_covered == Cover::None {
                continue;
            }
            if names_group(overlay, rule, peer.groups) || names_list(rule, peer) {
                best = best.max(ports_covered);
            }
            if !rule.prefix_list_ids.is_empty() && !names_list(rule, peer) {
                unsure.push((*group, "has a rule for a prefix list"));
            }
            if ports_covered == Cover::Whole {
                ranges.extend(ranges_of(rule));
            } else if peer.addresses.covered(&ranges_of(rule)) != Cover::None {
                best = best.max(Cover::Part);
            }
        }
    }
    best = best.max(peer.addresses.covered(&ranges));
    let held = match way {
        Way::In => "let in",
        Way::Out => "let out",
    };
    let own = named(
        overlay,
        "security group",
        "security groups",
        groups.iter().copied(),
    );
    let toward = match way {
        Way::In => "from",
        Way::Out => "to",
    };
    let name = &peer.name;
    match best {
        Cover::Whole => Verdict::met(),
        Cover::Part => Verdict::unknown(
            about,
            format!(
                "check that {own} {held} all of {ports} {toward} {name}, of which rules name a part"
            ),
        ),
        Cover::None => {
            if let Some((group, why)) = unsure.iter().min() {
                Verdict::unknown(
                    *group,
                    format!(
                        "check that {own} {held} {ports} {toward} {name}: {} {why}",
                        overlay.resource(*group).name
                    ),
                )
            } else {
                let verb = if groups.len() == 1 { "does" } else { "do" };
                Verdict::unmet(
                    about,
                    format!("{own} {verb} not {held} {ports} {toward} {name}"),
                )
            }
        }
    }
}

/// The groups of something that names none: its VPC's default one.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html>
pub fn or_default(
    overlay: &Overlay<'_>,
    groups: &[ResourceIndex],
    vpc: Option<ResourceIndex>,
) -> Vec<ResourceIndex> {
    if let ([], Some(vpc)) = (groups, vpc) {
        let all = in_vpc(overlay, vpc, ResourceKind::SecurityGroup).into_iter();
        let default = all.into_iter().find(|place| {
            let facts = overlay.facts::<SecurityGroup>(*place);
            facts.is_some_and(|facts| facts.group_name == "default")
        });
        return default.into_iter().collect();
    }
    groups.to_vec()
}

pub(super) fn covers_ports(rule: &IpPermission, ports: Ports) -> Cover {
    match rule.ip_protocol.as_deref() {
        Some("-1" | "all") => Cover::Whole,
        Some("tcp" | "6") => ports.covered(rule.from_port, rule.to_port),
        _ => Cover::None,
    }
}

fn names_group(overlay: &Overlay<'_>, rule: &IpPermission, groups: &[ResourceIndex]) -> bool {
    let named = rule.user_id_group_pairs.iter();
    named
        .filter_map(|pair| pair.group_id.as_deref())
        .any(|id| groups.iter().any(|group| goes_by(overlay, *group, id)))
}

fn names_list(rule: &IpPermission, peer: &Peer<'_>) -> bool {
    let Some(own) = &peer.prefix_list else {
        return false;
    };
    let mut lists = rule.prefix_list_ids.iter();
    lists.any(|list| list.prefix_list_id == *own)
}

fn ranges_of(rule: &IpPermission) -> Vec<IpNet> {
    let of_version_4 = rule.ip_ranges.iter().map(|range| &range.cidr_ip);
    let of_version_6 = rule.ipv6_ranges.iter().map(|range| &range.cidr_ipv6);
    let all = of_version_4.chain(of_version_6);
    all.filter_map(|cidr| cidr.parse().ok()).collect()
}

/// Seats, balancers and endpoints as rules of others see them.
pub fn peer<'a>(
    overlay: &Overlay<'_>,
    groups: &'a [ResourceIndex],
    addresses: Addresses,
) -> Peer<'a> {
    let name = match &addresses {
        _ if !groups.is_empty() => named(
            overlay,
            "security group",
            "security groups",
            groups.iter().copied(),
        ),
        Addresses::Within(nets) => super::lookup::list(nets.iter().map(ToString::to_string)),
        Addresses::Public => "the internet".to_owned(),
        Addresses::Unknown => "its peer".to_owned(),
    };
    Peer {
        groups,
        addresses,
        prefix_list: None,
        name,
    }
}

//! Network ACLs: they hold no state, so that answers must be let through as well.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    ResourceIndex,
    kinds::subnet::{NetworkAclEntry, Subnet},
};
use ipnet::IpNet;

use super::peer::{Addresses, Cover, Ports, Way};
use crate::Verdict;

/// Whether a connection passes the ACLs between a client's subnet and a server: its subnet's too, where it is in one.
pub fn let_through(
    overlay: &Overlay<'_>,
    client: ResourceIndex,
    server: Option<ResourceIndex>,
    ports: Ports,
    to: &Addresses,
) -> Verdict {
    // Packets between addresses of one subnet pass no ACL.
    if server == Some(client) {
        return Verdict::met();
    }
    let from = Addresses::of_subnet(overlay, client);
    let mut parts = vec![
        lets(overlay, client, Way::Out, ports, to),
        lets(overlay, client, Way::In, Ports::EPHEMERAL, to),
    ];
    if let Some(server) = server {
        parts.push(lets(overlay, server, Way::In, ports, &from));
        parts.push(lets(overlay, server, Way::Out, Ports::EPHEMERAL, &from));
    }
    Verdict::all(parts)
}

/// Whether a NAT gateway's subnet lets it pass on to the internet what comes from another subnet.
pub fn lets_nat(
    overlay: &Overlay<'_>,
    nat: ResourceIndex,
    ports: Ports,
    client: ResourceIndex,
) -> Verdict {
    let mut parts = vec![
        lets(overlay, nat, Way::Out, ports, &Addresses::Public),
        lets(
            overlay,
            nat,
            Way::In,
            Ports::EPHEMERAL_OF_NAT,
            &Addresses::Public,
        ),
    ];
    if nat != client {
        let from = Addresses::of_subnet(overlay, client);
        parts.push(lets(overlay, nat, Way::In, ports, &from));
        parts.push(lets(overlay, nat, Way::Out, Ports::EPHEMERAL, &from));
    }
    Verdict::all(parts)
}

/// Whether a subnet's ACL lets TCP packets in or out. Where it was not read, AWS's default stands in, which lets all through.
fn lets(
    overlay: &Overlay<'_>,
    subnet: ResourceIndex,
    way: Way,
    ports: Ports,
    peer: &Addresses,
) -> Verdict {
    let name = &overlay.resource(subnet).name;
    let direction = match way {
        Way::In => "in",
        Way::Out => "out",
    };
    if overlay.is_unknown(subnet, "NetworkAcl") {
        return Verdict::unknown(
            subnet,
            format!(
                "check the network ACL of subnet {name}: whether it lets {ports} {direction} is not known"
            ),
        );
    }
    let Some(facts) = overlay.facts::<Subnet>(subnet) else {
        return Verdict::met();
    };
    let Some(acl) = &facts.network_acl else {
        return Verdict::met();
    };
    let id = &acl.network_acl_id;
    match decide(&acl.entries, way, ports, peer) {
        Cover::Whole => Verdict::met(),
        Cover::Part => Verdict::unknown(
            subnet,
            format!("check network ACL {id} of subnet {name}: it lets {ports} {direction} in part"),
        ),
        Cover::None => Verdict::unmet(
            subnet,
            format!("network ACL {id} of subnet {name} does not let {ports} {direction}"),
        ),
    }
}

/// The first entry that fits a packet decides; what none fits is held back.
fn decide(entries: &[NetworkAclEntry], way: Way, ports: Ports, peer: &Addresses) -> Cover {
    let mut entries: Vec<_> = entries
        .iter()
        .filter(|entry| entry.egress == (way == Way::Out))
        .filter(|entry| matches!(entry.protocol.as_deref(), None | Some("-1" | "6" | "tcp")))
        .collect();
    // One whose number is not known may come before all others.
    entries.sort_by_key(|entry| entry.rule_number);
    let mut let_in_part = false;
    let mut held_in_part = false;
    for entry in entries {
        let covered = covers(entry, ports, peer);
        let action = Action::of(entry);
        match (covered, action) {
            (Cover::None, _) => {}
            (_, Action::NotKnown) => (let_in_part, held_in_part) = (true, true),
            (Cover::Part, Action::Allow) => let_in_part = true,
            // Whoever bars a few public addresses does not mean AWS's.
            (Cover::Part, Action::Deny) if *peer == Addresses::Public => {}
            (Cover::Part, Action::Deny) => held_in_part = true,
            (Cover::Whole, Action::Allow) => {
                return if held_in_part {
                    Cover::Part
                } else {
                    Cover::Whole
                };
            }
            (Cover::Whole, Action::Deny) => break,
        }
    }
    if let_in_part {
        Cover::Part
    } else {
        Cover::None
    }
}

/// What an entry does to the packets that it fits.
enum Action {
    Allow,
    Deny,
    /// A change does not tell all of the entry yet, or tells what AWS does not take.
    NotKnown,
}

impl Action {
    fn of(entry: &NetworkAclEntry) -> Self {
        let range = entry.port_range.as_ref();
        let bounded = range.is_none_or(|range| range.from.is_some() && range.to.is_some());
        let known = entry.rule_number.is_some()
            && entry.protocol.is_some()
            && bounded
            && nets(entry).is_some();
        match entry.rule_action.as_deref() {
            Some("allow") if known => Self::Allow,
            Some("deny") if known => Self::Deny,
            _ => Self::NotKnown,
        }
    }
}

fn covers(entry: &NetworkAclEntry, ports: Ports, peer: &Addresses) -> Cover {
    let range = entry.port_range.as_ref();
    let all = matches!(entry.protocol.as_deref(), Some("-1"));
    let by_port = match range {
        Some(range) if !all => ports.covered(range.from, range.to),
        _ => Cover::Whole,
    };
    // Addresses that are not known may be any.
    let by_address = nets(entry).map_or(Cover::Part, |nets| peer.covered(&nets));
    by_port.min(by_address)
}

/// The addresses of an entry; none where they are not known.
fn nets(entry: &NetworkAclEntry) -> Option<Vec<IpNet>> {
    let cidrs = entry.cidr_block.iter().chain(&entry.ipv6_cidr_block);
    let nets: Option<Vec<IpNet>> = cidrs.map(|cidr| cidr.parse().ok()).collect();
    nets.filter(|nets| !nets.is_empty())
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::subnet::PortRange;

    use super::*;

    fn entries(lines: &str) -> Vec<NetworkAclEntry> {
        let entry = |(number, line): (usize, &str)| {
            let parts: Vec<_> = line.split_whitespace().collect();
            let range = parts[3].split_once('-').map(|(from, to)| PortRange {
                from: from.parse().ok(),
                to: to.parse().ok(),
            });
            NetworkAclEntry {
                egress: parts[1] == "out",
                rule_number: i32::try_from(number).ok(),
                protocol: Some(if range.is_some() { "6" } else { "-1" }.to_owned()),
                rule_action: Some(parts[0].to_owned()).filter(|action| action != "?"),
                cidr_block: Some(parts[2].to_owned()).filter(|cidr| cidr != "?"),
                port_range: range,
                ..NetworkAclEntry::default()
            }
        };
        lines
            .lines()
            .map(str::trim)
            .enumerate()
            .map(entry)
            .collect()
    }

    #[test]
    fn the_first_entry_that_fits_decides() {
        let own = || Addresses::Within(vec!["10.0.1.0/24".parse().unwrap()]);
        let cases = [
            ("allow out 0.0.0.0/0 all", own(), Cover::Whole),
            ("allow in 0.0.0.0/0 all", own(), Cover::None),
            (
                "deny out 10.0.0.0/8 443-443\nallow out 0.0.0.0/0 all",
                own(),
                Cover::None,
            ),
            (
                "deny out 10.0.0.0/8 443-443\nallow out 0.0.0.0/0 all",
                Addresses::Public,
                Cover::Whole,
            ),
            (
                "deny out 203.0.113.0/24 all\nallow out 0.0.0.0/0 all",
                Addresses::Public,
                Cover::Whole,
            ),
            (
                "deny out 10.0.1.0/28 all\nallow out 0.0.0.0/0 all",
                own(),
                Cover::Part,
            ),
            (
                "allow out 10.0.1.0/28 all\ndeny out 0.0.0.0/0 all",
                own(),
                Cover::Part,
            ),
            ("allow out 10.0.1.0/24 443-443", own(), Cover::Whole),
            ("allow out 10.0.1.0/24 80-80", own(), Cover::None),
            (
                "allow out 10.0.1.0/24 443-443",
                Addresses::Public,
                Cover::None,
            ),
            ("", own(), Cover::None),
            // What is not known of an entry may be anything.
            (
                "? out 10.0.1.0/24 443-443\nallow out 0.0.0.0/0 all",
                own(),
                Cover::Part,
            ),
            (
                "? out 10.0.1.0/24 80-80\nallow out 0.0.0.0/0 all",
                own(),
                Cover::Whole,
            ),
            (
                "deny out ? 443-443\nallow out 0.0.0.0/0 all",
                Addresses::Public,
                Cover::Part,
            ),
            ("allow out ? all", own(), Cover::Part),
            (
                "allow out 0.0.0.0/0 all\ndeny out ? all",
                own(),
                Cover::Whole,
            ),
            (
                "deny out 0.0.0.0/0 443-?\nallow out 0.0.0.0/0 all",
                own(),
                Cover::Part,
            ),
        ];
        for (lines, peer, expected) in cases {
            let answer = decide(&entries(lines), Way::Out, Ports::HTTPS, &peer);
            assert_eq!(answer, expected, "{lines} for {peer:?}");
        }
    }
}

//! The other end of a connection, as the rules of security groups and network ACLs may name it.

use blastmap_graph::Overlay;
use blastmap_model::{ResourceIndex, kinds::subnet::Subnet};
use ipnet::{IpNet, Ipv4Net};

/// TCP ports, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    pub from: u16,
    pub to: u16,
}

/// How far a rule's range holds what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    None,
    Part,
    Whole,
}

/// Which way a connection is opened, or a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    In,
    Out,
}

impl Ports {
    /// Where AWS's APIs answer.
    pub const HTTPS: Self = Self::one(443);
    /// From where Linux opens connections; answers come back there.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>
    pub const EPHEMERAL: Self = Self {
        from: 32768,
        to: 60999,
    };
    /// From where a NAT gateway opens connections.
    pub const EPHEMERAL_OF_NAT: Self = Self {
        from: 1024,
        to: 65535,
    };

    pub const fn one(port: u16) -> Self {
        Self {
            from: port,
            to: port,
        }
    }

    /// How much of these ports lies within a rule's; none on either side of a rule: no bound.
    pub fn covered(self, from: Option<i32>, to: Option<i32>) -> Cover {
        let from = from.filter(|from| *from >= 0).unwrap_or(0);
        let to = to.filter(|to| *to >= 0).unwrap_or(i32::from(u16::MAX));
        let (own_from, own_to) = (i32::from(self.from), i32::from(self.to));
        if from <= own_from && own_to <= to {
            Cover::Whole
        } else if from <= own_to && own_from <= to {
            Cover::Part
        } else {
            Cover::None
        }
    }
}

impl std::fmt::Display for Ports {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.to {
            write!(formatter, "port {}", self.from)
        } else {
            write!(formatter, "ports {} to {}", self.from, self.to)
        }
    }
}

/// Where the addresses of an end lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// Somewhere within all of these.
    Within(Vec<IpNet>),
    /// Public addresses, AWS's own among them.
    Public,
    /// Not known.
    Unknown,
}

impl Addresses {
    /// Those of a subnet; the IPv4 ones where it has both.
    pub fn of_subnet(overlay: &Overlay<'_>, subnet: ResourceIndex) -> Self {
        let Some(facts) = overlay.facts::<Subnet>(subnet) else {
            return Self::Unknown;
        };
        let of_version_4 = facts.cidr_block.iter();
        let mut nets: Vec<IpNet> = of_version_4.filter_map(|cidr| cidr.parse().ok()).collect();
        if nets.is_empty() {
            let of_version_6 = facts.ipv6_cidr_blocks.iter();
            nets = of_version_6.filter_map(|cidr| cidr.parse().ok()).collect();
        }
        if nets.is_empty() {
            Self::Unknown
        } else {
            Self::Within(nets)
        }
    }

    /// How much of these addresses lies within a rule's ranges taken together.
    pub fn covered(&self, by: &[IpNet]) -> Cover {
        match self {
            Self::Within(nets) => covered_nets(nets, by),
            Self::Public if holds_all_public(by) => Cover::Whole,
            Self::Unknown if IpNet::aggregate(&by.to_vec()).iter().any(is_everything) => {
                Cover::Whole
            }
            Self::Public if by.iter().any(|net| !is_private(net)) => Cover::Part,
            Self::Public => Cover::None,
            Self::Unknown if by.is_empty() => Cover::None,
            Self::Unknown => Cover::Part,
        }
    }
}

fn covered_nets(nets: &[IpNet], by: &[IpNet]) -> Cover {
    let by = IpNet::aggregate(&by.to_vec());
    let within = |net: &IpNet| by.iter().any(|range| range.contains(net));
    let touches = |net: &IpNet| {
        by.iter()
            .any(|range| range.contains(net) || net.contains(range))
    };
    if nets.iter().all(within) {
        Cover::Whole
    } else if nets.iter().any(touches) {
        Cover::Part
    } else {
        Cover::None
    }
}

/// `0.0.0.0/0`: public names of AWS's services have IPv4 addresses.
fn is_everything(net: &IpNet) -> bool {
    net.prefix_len() == 0 && matches!(net, IpNet::V4(_))
}

/// True where no public IPv4 address lies outside: of all ranges together, such as 0.0.0.0/1 and 128.0.0.0/1.
fn holds_all_public(by: &[IpNet]) -> bool {
    const NOT_PUBLIC: [([u8; 4], u8); 7] = [
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 168, 0, 0], 16),
        ([224, 0, 0, 0], 3),
    ];
    let others = NOT_PUBLIC.map(|(begin, length)| Ipv4Net::new_assert(begin.into(), length).into());
    let all: Vec<IpNet> = by.iter().copied().chain(others).collect();
    !by.is_empty() && IpNet::aggregate(&all).iter().any(is_everything)
}

/// True for ranges in which no public IPv4 address lies.
pub(super) fn is_private(net: &IpNet) -> bool {
    let IpNet::V4(net) = net else { return true };
    let address = net.network();
    let shared = Ipv4Net::new_assert([100, 64, 0, 0].into(), 10);
    let private = address.is_private() || address.is_loopback() || address.is_link_local();
    net.prefix_len() >= 8 && (private || shared.contains(net))
}

/// The other end.
#[derive(Debug, Clone)]
pub struct Peer<'a> {
    /// Its security groups.
    pub groups: &'a [ResourceIndex],
    pub addresses: Addresses,
    /// The prefix list that holds its addresses.
    pub prefix_list: Option<String>,
    /// What people call it, as in "from ...".
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(text: &str) -> Vec<IpNet> {
        let nets = text.split_whitespace();
        nets.map(|net| net.parse().unwrap()).collect()
    }

    #[test]
    fn ranges_hold_addresses_whole_in_part_or_not() {
        let cases = [
            ("10.0.1.0/24", "10.0.0.0/16", Cover::Whole),
            ("10.0.1.0/24", "10.0.1.0/25 10.0.1.128/25", Cover::Whole),
            ("10.0.1.0/24", "10.0.1.0/25", Cover::Part),
            ("10.0.1.0/24", "10.0.2.0/24", Cover::None),
            ("10.0.1.0/24 10.0.2.0/24", "10.0.2.0/24", Cover::Part),
            ("10.0.1.0/24", "::/0", Cover::None),
            ("10.0.1.0/24", "", Cover::None),
        ];
        for (own, by, expected) in cases {
            let covered = Addresses::Within(nets(own)).covered(&nets(by));
            assert_eq!(covered, expected, "{own} by {by}");
        }
        let cases = [
            ("0.0.0.0/0", Cover::Whole),
            ("0.0.0.0/1 128.0.0.0/1", Cover::Whole),
            ("0.0.0.0/1 128.0.0.0/2 192.0.0.0/3", Cover::Whole),
            ("0.0.0.0/1", Cover::Part),
            ("0.0.0.0/1 128.0.0.0/2", Cover::Part),
            ("10.0.0.0/8 192.168.0.0/16", Cover::None),
            ("52.94.0.0/16", Cover::Part),
            ("::/0", Cover::None),
        ];
        for (by, expected) in cases {
            assert_eq!(
                Addresses::Public.covered(&nets(by)),
                expected,
                "public by {by}"
            );
        }
    }

    #[test]
    fn ports_lie_in_a_range_whole_in_part_or_not() {
        let cases = [
            (Some(443), Some(443), Cover::Whole),
            (None, None, Cover::Whole),
            (Some(-1), Some(-1), Cover::Whole),
            (Some(0), Some(442), Cover::None),
            (Some(444), Some(65535), Cover::None),
        ];
        for (from, to, expected) in cases {
            assert_eq!(
                Ports::HTTPS.covered(from, to),
                expected,
                "{from:?} to {to:?}"
            );
        }
        let part = Ports::EPHEMERAL.covered(Some(1024), Some(50000));
        assert_eq!(part, Cover::Part);
    }
}

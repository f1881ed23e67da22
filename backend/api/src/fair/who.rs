//! Whose a request is, for whoever counts them.

use std::net::{IpAddr, Ipv6Addr};

use crate::auth::{Identity, Method};

/// Somebody who is signed in, or where nobody is asked, a network.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Somebody(Method, String),
    Network(IpAddr),
}

impl Who {
    pub(crate) fn of(identity: Option<&Identity>, address: IpAddr) -> Self {
        match identity {
            Some(identity) => Self::Somebody(identity.method, identity.subject.clone()),
            None => Self::Network(network(address)),
        }
    }
}

/// Who has one address of IPv6 has its whole network.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

//! Who may say for whom a request is.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// Networks of proxies that are believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Believes these, and nobody else.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether this is one of them.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|own| own.contains(&address))
    }

    /// Whom a request is for: whoever connected, or where that is a proxy of ours, whom it names last.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let named = headers.get_all("x-forwarded-for").iter();
        // Whatever a caller wrote before it must not hide what the proxy added.
        let named: Vec<&[u8]> = named
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .collect();
        for name in named.into_iter().rev() {
            if !self.has(client) {
                break;
            }
            let name = std::str::from_utf8(name).unwrap_or_default();
            let Some(address) = address_of(name.trim()) else {
                break;
            };
            client = address.to_canonical();
        }
        client
    }
}

/// Some proxies name the port as well.
fn address_of(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|own| own.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_proxies_of_ours_say_for_whom_a_request_is() {
        let believed = |proxies: &[&str]| {
            let proxies = proxies.iter().map(|own| own.parse().unwrap());
            Proxies::new(proxies.collect())
        };
        let cases: [(&[&str], &str, &[&str], &str); 8] = [
            (
                &["10.0.0.0/8"],
                "10.0.0.1",
                &["192.0.2.9:4711"],
                "192.0.2.9",
            ),
            (&[], "10.0.0.1", &["192.0.2.9"], "10.0.0.1"),
            (&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.9"], "192.0.2.9"),
            (
                &["10.0.0.0/8"],
                "::ffff:10.0.0.1",
                &["6.6.6.6, 192.0.2.9"],
                "192.0.2.9",
            ),
            (
                &["10.0.0.0/8"],
                "10.0.0.1",
                &["192.0.2.9", "10.0.0.2"],
                "192.0.2.9",
            ),
            (&["10.0.0.0/8"], "10.0.0.1", &["unknown"], "10.0.0.1"),
            (
                &["10.0.0.0/8"],
                "10.0.0.1",
                &["\u{e9}, 192.0.2.9"],
                "192.0.2.9",
            ),
            (&["10.0.0.0/8"], "192.0.2.1", &["6.6.6.6"], "192.0.2.1"),
        ];
        for (proxies, peer, forwarded, client) in cases {
            let mut headers = HeaderMap::new();
            for own in forwarded {
                let value = HeaderValue::from_bytes(own.as_bytes()).unwrap();
                headers.append("x-forwarded-for", value);
            }
            let found = believed(proxies).client(peer.parse().unwrap(), &headers);
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{forwarded:?}");
        }
    }
}

//! What a server is made of, as the binary puts it together.

use std::{net::SocketAddr, str::FromStr, sync::Arc, time::Duration};

use blastmap_model::Redactor;
use blastmap_store::Store;

use crate::{Access, Crawl, Documents, Proxies, Snapshots};

/// How long slow callers are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a request's head may take to come, and the first request on a connection.
    pub head: Duration,
    /// How long a connection may rest between two requests. Longer than a load balancer keeps it, which is a minute usually.
    pub idle: Duration,
    /// How long the other end of a WebSocket may be silent; it is asked three times whether it is there.
    pub silent: Duration,
    /// How long an answer may wait for its first 64 KiB to be taken, and for each 64 KiB more.
    pub stalled: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            silent: Duration::from_mins(1),
            stalled: Duration::from_secs(30),
        }
    }
}

/// How the server answers.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that is listened on; requests may name it as their host.
    pub listen: SocketAddr,
    /// Under which URL people reach the server; requests may name its host.
    pub public_url: Option<PublicUrl>,
    /// Whether connections come by TLS that ends here.
    pub over_tls: bool,
    /// The largest body that `/graphql` takes, in bytes.
    pub max_body: usize,
    /// The largest plan that `/plans` takes, in bytes.
    pub max_plan: usize,
    /// Older data is called stale by `/readyz`.
    pub stale_after: Duration,
    /// How long a request may take, waiting included.
    pub request_timeout: Duration,
    /// How many queries are worked on at once; more wait.
    pub concurrent_queries: usize,
    /// Who is believed when they say for whom a request is.
    pub proxies: Proxies,
    /// How often one caller may ask in a minute, where much work counts more than once; 0: without end.
    pub rate_limit: u32,
    /// How many connections are open at once, those to sockets among them.
    pub connections: usize,
    /// How many of them come from one address, a proxy of ours excepted.
    pub connections_per_address: usize,
    /// How long slow callers are waited for.
    pub patience: Patience,
    /// How many bytes of answers lie in memory until they are taken; half of them are one caller's.
    pub untaken_answers: usize,
    /// How many WebSocket connections are open at once.
    pub sockets: usize,
    /// How many of them are one's who is signed in, and how many come from one address where nobody is.
    pub sockets_per_caller: usize,
    pub sockets_per_address: usize,
    /// How many subscriptions one connection has at once.
    pub subscriptions_per_socket: usize,
    /// Whether queries may ask what the schema holds.
    pub introspection: bool,
    /// The only documents that are answered; none: any.
    pub documents: Option<Arc<Documents>>,
    /// The tags that name an owner, for snapshots that are loaded from the store.
    pub owner_keys: Vec<String>,
}

impl Settings {
    /// Settings for an address, all else as it is without options.
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            public_url: None,
            over_tls: false,
            max_body: 1024 * 1024,
            max_plan: 64 * 1024 * 1024,
            stale_after: Duration::from_hours(1),
            request_timeout: Duration::from_secs(30),
            concurrent_queries: 8,
            proxies: Proxies::default(),
            rate_limit: 60_000,
            connections: 12_000,
            connections_per_address: 2000,
            patience: Patience::default(),
            untaken_answers: 256 * 1024 * 1024,
            sockets: 10_000,
            sockets_per_caller: 100,
            sockets_per_address: 1000,
            subscriptions_per_socket: 10,
            introspection: true,
            documents: None,
            owner_keys: ["owner", "team", "service-owner"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

impl Settings {
    /// Of URLs of this listener.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.over_tls { "https" } else { "http" }
    }
}

/// The URL under which people reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    host: String,
    origin: String,
}

/// Text that is no URL of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a public URL: give https://HOST or http://HOST, with a port where it is not the usual one"
)]
pub struct PublicUrlError(String);

impl PublicUrl {
    /// The host, in small letters, without a port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Whether it is what an `https` address of its host means: no other service has a port of its own there, as far as it says.
    pub(crate) fn is_usual_https(&self) -> bool {
        self.origin.strip_prefix("https://") == Some(&self.host)
    }

    /// As a browser sends it in `Origin`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let refuse = || PublicUrlError(text.chars().take(200).collect());
        let url: http::Uri = text.parse().map_err(|_no_url| refuse())?;
        let usual_port = match url.scheme_str() {
            Some("https") => 443,
            Some("http") => 80,
            _ => return Err(refuse()),
        };
        let authority = url.authority().ok_or_else(refuse)?;
        if authority.as_str().contains('@')
            || !matches!(url.path(), "" | "/")
            || url.query().is_some()
        {
            return Err(refuse());
        }
        let host = authority.host().to_ascii_lowercase();
        let scheme = url.scheme_str().unwrap_or_default();
        let origin = match authority.port_u16() {
            Some(port) if port != usual_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        Ok(Self { host, origin })
    }
}

/// Everything that a server answers from.
#[derive(Clone)]
pub struct App {
    pub snapshots: Arc<Snapshots>,
    /// None: no earlier snapshots.
    pub store: Option<Arc<Store>>,
    /// None: the graph comes from a file and stays as it is.
    pub crawl: Option<Arc<dyn Crawl>>,
    /// What fingerprints the values of changes, as the crawler's does those of the graph.
    pub redactor: Redactor,
    /// Whether it asks who somebody is.
    pub access: Access,
    pub settings: Settings,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_written_as_browsers_send_it() {
        let cases = [
            (
                "https://Blast.Example.com",
                "blast.example.com",
                "https://blast.example.com",
            ),
            ("https://a.example:443/", "a.example", "https://a.example"),
            (
                "http://a.example:8080",
                "a.example",
                "http://a.example:8080",
            ),
        ];
        for (text, host, origin) in cases {
            let url: PublicUrl = text.parse().unwrap();
            assert_eq!((url.host(), url.origin()), (host, origin), "{text}");
        }
        for text in [
            "",
            "a.example",
            "ftp://a.example",
            "https://",
            "https://u@a.example",
            "https://a.example/path",
            "https://a b",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}

//! Which hosts a request may name. A page of another site can make its own name point here (DNS rebinding);
//! its requests then carry that name.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use crate::{
    Settings,
    problem::{Code, Problem},
    report::Origin,
    state::State,
};
use axum::{
    extract::{ConnectInfo, Request, State as From},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, Uri, header, uri::Authority};

/// The address of ours that a connection came in by, where it is known, and the one that it came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrived {
    by: Option<SocketAddr>,
    from: Option<SocketAddr>,
}

impl Arrived {
    pub(super) fn new(by: Option<SocketAddr>, from: SocketAddr) -> Self {
        let from = Some(from);
        Self { by, from }
    }

    /// Whoever connected: a caller, or a proxy.
    pub(super) fn peer(self) -> Option<IpAddr> {
        self.from.map(|from| from.ip())
    }
}

pub(super) async fn check(From(state): From<Arc<State>>, request: Request, next: Next) -> Response {
    let arrived = request.extensions().get::<ConnectInfo<Arrived>>();
    let arrived = arrived.and_then(|ConnectInfo(arrived)| arrived.by);
    if named(request.uri(), request.headers(), |host| {
        is_ours(host, &state.app.settings, arrived)
    }) {
        next.run(request).await
    } else {
        Problem::new(
            Code::Forbidden,
            "this server does not go by the host of this request: use localhost, the address it listens on, or give it --public-url",
        )
        .with_status(StatusCode::MISDIRECTED_REQUEST)
        .into_response()
    }
}

/// True where the request names a host, by HTTP/2's `:authority`, the request line or `Host`, and all that it names pass.
fn named(uri: &Uri, headers: &HeaderMap, is_ours: impl Fn(&str) -> bool) -> bool {
    let by_line = uri.authority().map(Authority::as_str);
    let by_header = headers.get_all(header::HOST).iter();
    let mut names = by_line
        .into_iter()
        .map(Some)
        .chain(by_header.map(|value| value.to_str().ok()))
        .peekable();
    names.peek().is_some()
        && names.all(|name| name.and_then(host_of).is_some_and(|host| is_ours(&host)))
}

/// The host without its port, in small letters; none where it is no host.
fn host_of(name: &str) -> Option<String> {
    if name.contains('@') {
        return None;
    }
    let authority: Authority = name.parse().ok()?;
    let port = name.strip_prefix(authority.host())?;
    if !port.is_empty() && port.strip_prefix(':')?.parse::<u16>().is_err() {
        return None;
    }
    let host = authority.host().to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

fn is_ours(host: &str, settings: &Settings, arrived: Option<SocketAddr>) -> bool {
    if host == "localhost" {
        return true;
    }
    if settings
        .public_url
        .as_ref()
        .is_some_and(|url| url.host() == host)
    {
        return true;
    }
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let address = address.to_canonical();
    let listen = settings.listen.ip();
    // Listening on all addresses is listening on the one that the connection came in by.
    let listened_on = if listen.is_unspecified() {
        arrived.map(|arrived| arrived.ip())
    } else {
        Some(listen)
    };
    address.is_loopback() || listened_on.is_some_and(|own| own.to_canonical() == address)
}

/// What a proxy adds to a request; anybody can.
const BY_PROXIES: [&str; 5] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// Where the page lies for whoever sent a request that passed: the public URL, or the address of ours that it names. None where a proxy
/// stands between us and no public URL is given: what it says of itself is not believed.
pub(super) fn origin_of(uri: &Uri, headers: &HeaderMap, settings: &Settings) -> Origin {
    if let Some(url) = &settings.public_url {
        return Origin(Some(url.origin().to_owned()));
    }
    if BY_PROXIES.iter().any(|name| headers.contains_key(*name)) {
        return Origin(None);
    }
    let by_header = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let name = uri.authority().map(Authority::as_str).or(by_header);
    Origin(
        name.filter(|name| host_of(name).is_some())
            .map(|name| format!("{}://{}", settings.scheme(), name.to_ascii_lowercase())),
    )
}

/// True where an `Origin` is that of our own pages; a request without one is not a browser's.
pub(super) fn is_own_origin(uri: &Uri, headers: &HeaderMap, settings: &Settings) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if settings
        .public_url
        .as_ref()
        .is_some_and(|url| url.origin() == origin)
    {
        return true;
    }
    let host = uri.authority().map(Authority::as_str);
    let host = host.or_else(|| headers.get(header::HOST)?.to_str().ok());
    let of_page = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    of_page.is_some() && of_page == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(listen: &str, public_url: Option<&str>) -> Settings {
        Settings {
            public_url: public_url.map(|url| url.parse().unwrap()),
            ..Settings::new(listen.parse().unwrap())
        }
    }

    fn passes(settings: &Settings, arrived: Option<&str>, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        let arrived = arrived.map(|arrived| arrived.parse().unwrap());
        named(&Uri::from_static("/"), &headers, |host| {
            is_ours(host, settings, arrived)
        })
    }

    #[test]
    fn ours_are_loopback_the_listened_address_and_the_public_host() {
        let settings = settings("10.0.0.7:8080", Some("https://blast.example.com"));
        for host in [
            "localhost",
            "LOCALHOST:1",
            "localhost.",
            "127.0.0.1:8080",
            "127.9.9.9",
            "[::1]:8080",
            "10.0.0.7",
            "10.0.0.7:9",
            "Blast.Example.com",
            "blast.example.com:8443",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(passes(&settings, None, host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.8",
            "blast.example.com.evil",
            "user@localhost",
            "localhost:x",
            "",
            "0.0.0.0",
            "[::]",
            "127.1",
            "0x7f.1",
            "a b",
            "localhost,evil.example",
        ] {
            assert!(!passes(&settings, None, host), "{host}");
        }
    }

    #[test]
    fn listening_on_all_addresses_is_listening_on_the_one_that_was_reached() {
        let settings = settings("0.0.0.0:8080", None);
        assert!(passes(&settings, Some("10.0.0.7:8080"), "10.0.0.7:8080"));
        assert!(!passes(&settings, Some("10.0.0.7:8080"), "10.0.0.8:8080"));
        assert!(!passes(&settings, None, "10.0.0.7:8080"));
    }

    #[test]
    fn every_name_of_a_request_must_pass_and_there_must_be_one() {
        let ours = |host: &str| host == "localhost";
        let mut headers = HeaderMap::new();
        assert!(!named(&Uri::from_static("/"), &headers, ours));
        assert!(named(
            &Uri::from_static("http://localhost:1/a"),
            &headers,
            ours
        ));
        headers.insert(header::HOST, "localhost".parse().unwrap());
        assert!(!named(
            &Uri::from_static("http://evil.example/a"),
            &headers,
            ours
        ));
        headers.append(header::HOST, "evil.example".parse().unwrap());
        assert!(!named(&Uri::from_static("/"), &headers, ours));
    }

    #[test]
    fn the_page_lies_where_the_public_url_says_or_where_the_request_came_to() {
        let of = |public_url: Option<&str>, headers: &[(&'static str, &str)]| {
            let mut own = HeaderMap::new();
            for (name, value) in headers {
                own.insert(*name, value.parse().unwrap());
            }
            let settings = settings("127.0.0.1:8080", public_url);
            origin_of(&Uri::from_static("/graphql"), &own, &settings).of_review("a")
        };
        let public = Some("https://blast.example.com");
        let here = ("host", "Localhost:8080");
        let over_tls = Settings {
            over_tls: true,
            ..settings("127.0.0.1:8443", None)
        };
        let mut own = HeaderMap::new();
        own.insert(header::HOST, "localhost:8443".parse().unwrap());
        let link = origin_of(&Uri::from_static("/graphql"), &own, &over_tls).of_review("a");
        assert_eq!(link, "https://localhost:8443/review/a");
        let cases: [(_, &[_], _); 7] = [
            (public, &[here], "https://blast.example.com/review/a"),
            (
                public,
                &[here, ("x-forwarded-host", "evil.example")],
                "https://blast.example.com/review/a",
            ),
            (None, &[here], "http://localhost:8080/review/a"),
            (
                None,
                &[("host", "[::1]:8080")],
                "http://[::1]:8080/review/a",
            ),
            (
                None,
                &[here, ("x-forwarded-host", "evil.example")],
                "/review/a",
            ),
            (None, &[here, ("forwarded", "for=1.2.3.4")], "/review/a"),
            (None, &[], "/review/a"),
        ];
        for (public_url, headers, link) in cases {
            assert_eq!(of(public_url, headers), link, "{headers:?}");
        }
    }

    #[test]
    fn an_origin_is_ours_where_it_names_the_same_host() {
        let settings = settings("127.0.0.1:8080", Some("https://blast.example.com"));
        let own = |host: &str, origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            is_own_origin(&Uri::from_static("/graphql"), &headers, &settings)
        };
        assert!(own("localhost:8080", "http://localhost:8080"));
        assert!(own("internal:80", "https://blast.example.com"));
        for origin in [
            "http://evil.example",
            "http://localhost:8081",
            "http://localhost",
            "null",
            "https://blast.example.com.evil",
        ] {
            assert!(!own("localhost:8080", origin), "{origin}");
        }
        assert!(is_own_origin(
            &Uri::from_static("/"),
            &HeaderMap::new(),
            &settings
        ));
    }
}

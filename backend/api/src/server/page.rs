//! The page: files of `web/dist`, embedded in the binary, compressed when it was built.

use std::borrow::Cow;

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rust_embed::RustEmbed;

const NOT_BUILT: &str = "This blastmap was built without its page: run `make build`, then start it again.\n\
    The API answers all the same: POST /graphql, described by /schema.graphql.\n";

/// Forms in which a file may lie beside itself, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The query console.
const CONSOLE: &str = "graphiql.html";

/// Where the page has its screens, as `web/src/routes.ts` reads them.
const PLACES: [&str; 7] = [
    "coverage", "history", "radius", "resource", "review", "reviews", "search",
];

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Embedded;

struct File {
    bytes: Cow<'static, [u8]>,
    /// The same for the same bytes.
    tag: String,
    kind: String,
}

/// The files of the page by their path.
trait Files {
    fn find(&self, path: &str) -> Option<File>;
}

impl Files for Embedded {
    fn find(&self, path: &str) -> Option<File> {
        let file = Self::get(path)?;
        Some(File {
            tag: URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()),
            kind: file.metadata.mimetype().to_owned(),
            bytes: file.data,
        })
    }
}

/// Any path that is nothing else.
pub(super) async fn file(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = (header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return (StatusCode::METHOD_NOT_ALLOWED, [allow]).into_response();
    }
    find(&Embedded, request.uri().path(), request.headers())
}

/// `/graphiql`: the query console.
pub(super) async fn console(headers: HeaderMap) -> Response {
    find(&Embedded, CONSOLE, &headers)
}

fn find(files: &impl Files, path: &str, headers: &HeaderMap) -> Response {
    let path = path.trim_start_matches('/');
    // The compressed forms go by the name of what they hold.
    let own_name = !ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    let named = (own_name && !path.is_empty() && !path.split('/').any(|part| part == ".."))
        .then(|| serve(files, path, headers))
        .flatten();
    if let Some(response) = named {
        return response;
    }
    if is_file(path) && path != CONSOLE {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    // Everything else is a place in the page, which knows its own paths.
    serve(files, "index.html", headers).unwrap_or_else(|| {
        let status = if path.is_empty() || path == CONSOLE {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        (status, NOT_BUILT).into_response()
    })
}

/// True where somebody asks for a file: what has an ending, unless it lies at a place of the page, whose ids may look so.
fn is_file(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let ending = path
        .rsplit('/')
        .next()
        .and_then(|last| last.rsplit_once('.'))
        .map(|(_, ending)| ending);
    let has_ending = ending.is_some_and(|ending| {
        !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    first == "assets" || (has_ending && !PLACES.contains(&first))
}

fn serve(files: &impl Files, path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = files.find(path)?;
    let kind = plain.kind.clone();
    let compressed = ENCODINGS
        .iter()
        .filter(|(encoding, _)| accepts(headers, encoding))
        .find_map(|(encoding, ending)| Some((files.find(&format!("{path}{ending}"))?, *encoding)));
    let (file, encoding) = match compressed {
        Some((file, encoding)) => (file, Some(encoding)),
        None => (plain, None),
    };
    let tag = format!("\"{}\"", file.tag);
    let mut response = if has_tag(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = file.bytes.into_response();
        if let Some(encoding) = encoding {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        let kind = if kind.starts_with("text/") && !kind.contains("charset") {
            format!("{kind}; charset=utf-8")
        } else {
            kind
        };
        if let Ok(kind) = HeaderValue::from_str(&kind) {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    };
    // The names of assets hold a fingerprint of their content.
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let own = response.headers_mut();
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    own.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        own.insert(header::ETAG, tag);
    }
    Some(response)
}

/// True where `Accept-Encoding` names the encoding and does not give it the weight 0.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut offers = texts.flat_map(|text| text.split(','));
    offers.any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        named && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

/// True where `If-None-Match` names this tag.
fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut known = texts.flat_map(|text| text.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder after a build: files that hold their own path.
    struct Folder(&'static [&'static str]);

    impl Files for Folder {
        fn find(&self, path: &str) -> Option<File> {
            let path = self.0.iter().find(|own| **own == path)?;
            let plain = path.trim_end_matches(".br").trim_end_matches(".gz");
            let kind = match plain.rsplit('.').next() {
                Some("html") => "text/html",
                Some("js") => "text/javascript",
                _ => "application/octet-stream",
            };
            Some(File {
                bytes: path.as_bytes().into(),
                tag: format!("tag of {path}"),
                kind: kind.to_owned(),
            })
        }
    }

    const BUILT: Folder = Folder(&[
        "index.html",
        "index.html.br",
        "index.html.gz",
        "graphiql.html",
        "assets/main-abc.js",
        "assets/main-abc.js.br",
        "assets/main-abc.js.gz",
        "assets/icon-abc.bin",
    ]);

    async fn ask(
        files: &Folder,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> (u16, String, HeaderMap) {
        let mut own = HeaderMap::new();
        for (name, value) in headers {
            own.append(*name, value.parse().unwrap());
        }
        let (parts, body) = find(files, path, &own).into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (
            parts.status.as_u16(),
            String::from_utf8(body.to_vec()).unwrap(),
            parts.headers,
        )
    }

    #[tokio::test]
    async fn places_in_the_page_are_the_page_and_unknown_files_are_not() {
        for path in [
            "/",
            "/coverage",
            "/resource/arn%3Aaws",
            "/resource/arn:aws:s3:::pictures.example.com",
            "/review/20261126T180012123456Z-5f0c.1a",
            "/search",
            "/a/b/c",
            "/a.b/c",
            "/a.",
            "/index.html",
            "/../etc/passwd",
        ] {
            let (status, body, headers) = ask(&BUILT, path, &[]).await;
            assert_eq!((status, body.as_str()), (200, "index.html"), "{path}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
            assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        }
        for path in [
            "/assets/absent.js",
            "/assets/",
            "/assets/../index.html",
            "/assets/main-abc.js.br",
            "/assets",
            "/nosuch.js",
            "/favicon.ico",
            "/robots.txt",
            "/.env",
            "/static/app.css",
            "/index.html.br",
            "/../index.html",
            "/searches.js",
        ] {
            assert_eq!(ask(&BUILT, path, &[]).await.0, 404, "{path}");
        }
        assert_eq!(ask(&BUILT, "/graphiql.html", &[]).await.1, "graphiql.html");
    }

    #[test]
    fn the_places_are_those_of_the_page() {
        let routes = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/routes.ts");
        let text = std::fs::read_to_string(routes).unwrap();
        let (_, cases) = text.split_once("switch (first) {").unwrap();
        let (cases, _) = cases.split_once("default:").unwrap();
        let mut places: Vec<&str> = cases
            .split("case \"")
            .skip(1)
            .filter_map(|case| case.split('"').next())
            .filter(|place| !place.is_empty())
            .collect();
        places.sort_unstable();
        assert_eq!(places, PLACES);
    }

    #[tokio::test]
    async fn assets_are_kept_for_ever_by_their_name() {
        let (status, _, headers) = ask(&BUILT, "/assets/main-abc.js", &[]).await;
        assert_eq!(status, 200);
        assert_eq!(
            headers[header::CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            headers[header::CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
    }

    #[tokio::test]
    async fn the_smallest_form_goes_to_whoever_reads_it() {
        let cases = [
            ("gzip, deflate, br, zstd", "assets/main-abc.js.br", "br"),
            ("gzip", "assets/main-abc.js.gz", "gzip"),
            ("br;q=0, gzip;q=0.5", "assets/main-abc.js.gz", "gzip"),
            ("br;q=0", "assets/main-abc.js", ""),
            ("identity", "assets/main-abc.js", ""),
            ("brotli", "assets/main-abc.js", ""),
        ];
        for (accepted, body, encoding) in cases {
            let (_, own, headers) = ask(
                &BUILT,
                "/assets/main-abc.js",
                &[("accept-encoding", accepted)],
            )
            .await;
            let own_encoding = headers
                .get(header::CONTENT_ENCODING)
                .map_or("", |own| own.to_str().unwrap());
            assert_eq!((own.as_str(), own_encoding), (body, encoding), "{accepted}");
            assert_eq!(headers[header::VARY], "accept-encoding");
            assert_eq!(
                headers[header::CONTENT_TYPE],
                "text/javascript; charset=utf-8"
            );
        }
        let (_, body, _) = ask(&BUILT, "/assets/icon-abc.bin", &[("accept-encoding", "br")]).await;
        assert_eq!(body, "assets/icon-abc.bin", "it has one form only");
    }

    #[tokio::test]
    async fn what_is_known_is_not_sent_again() {
        let (_, _, headers) = ask(&BUILT, "/", &[]).await;
        let tag = headers[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(tag, "\"tag of index.html\"");
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let (status, body, headers) = ask(&BUILT, "/", &[("if-none-match", &known)]).await;
            assert_eq!((status, body.as_str()), (304, ""), "{known}");
            assert_eq!(headers[header::ETAG].to_str().unwrap(), tag);
        }
        assert_eq!(
            ask(&BUILT, "/", &[("if-none-match", "\"other\"")]).await.0,
            200
        );
        let compressed = [("if-none-match", tag.as_str()), ("accept-encoding", "br")];
        assert_eq!(
            ask(&BUILT, "/", &compressed).await.0,
            200,
            "the other form is another file"
        );
    }

    #[tokio::test]
    async fn without_a_page_it_is_said_how_to_build_it() {
        let (status, body, _) = ask(&Folder(&[]), "/", &[]).await;
        assert_eq!((status, body.contains("make build")), (200, true));
        assert_eq!(ask(&Folder(&[]), "/graphiql.html", &[]).await.0, 200);
        assert_eq!(ask(&Folder(&[]), "/coverage", &[]).await.0, 404);
    }
}

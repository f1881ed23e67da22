//! Headers on every answer.

use std::sync::Arc;

use axum::{extract, response::Response};
use http::{HeaderName, HeaderValue, header};

use crate::{app::PublicUrl, state::State};

const SECURITY: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Nothing from other hosts, nothing inline, nobody's frame. What has a policy of its own keeps it; what says nothing of caching is not
/// cached.
pub(super) async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Who was once answered at an address that begins with `https` asks its host without TLS no more. That goes for all ports of the host:
/// where the address names one, others may be there.
///
/// <https://www.rfc-editor.org/rfc/rfc6797>: it says nothing where there is no TLS.
pub(super) async fn only_by_tls(
    extract::State(state): extract::State<Arc<State>>,
    mut response: Response,
) -> Response {
    let public_url = state.app.settings.public_url.as_ref();
    if public_url.is_some_and(PublicUrl::is_usual_https) {
        let year = HeaderValue::from_static("max-age=31536000");
        response
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

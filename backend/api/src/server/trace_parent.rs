//! Whose work a request is a part of: W3C's `traceparent`.

use http::HeaderMap;
use tracing::Span;

/// Makes the span of a request a part of the caller's trace, if it names one and traces are sent.
///
/// <https://www.w3.org/TR/trace-context/>
#[cfg(feature = "otlp")]
pub(super) fn follow(span: &Span, headers: &HeaderMap) {
    use opentelemetry::{global, trace::TraceContextExt as _};
    use opentelemetry_http::HeaderExtractor;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    let caller = global::get_text_map_propagator(|own| own.extract(&HeaderExtractor(headers)));
    if caller.span().span_context().is_valid() {
        // It fails where nothing listens to spans: then there is nobody to tell.
        drop(span.set_parent(caller));
    }
}

/// A build that sends no traces has none to join.
#[cfg(not(feature = "otlp"))]
pub(super) fn follow(_span: &Span, _headers: &HeaderMap) {}

//! When not to try again.

use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority},
};

/// A server error without an AWS error code does not come from the service itself: something before it answers,
/// or the API is not offered there. It gets one more attempt, not five.
#[derive(Debug)]
pub(crate) struct GiveUpOnUnknown;

/// Where AWS's protocols put their error code.
const CODES: [&[u8]; 4] = [b"<Code>", b"\"__type\"", b"\"code\"", b"\"Code\""];

impl ClassifyRetry for GiveUpOnUnknown {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context
            .response()
            .filter(|response| response.status().as_u16() >= 500)
        else {
            return RetryAction::NoActionIndicated;
        };
        let body = response.body().bytes().unwrap_or_default();
        let coded = response.headers().get("x-amzn-errortype").is_some()
            || CODES.iter().any(|code| contains(body, code));
        // `attempt=2; max=6`: the SDK tells which attempt this was.
        let attempt = context
            .request()
            .and_then(|request| request.headers().get("amz-sdk-request"))
            .unwrap_or_default();
        if coded || attempt.contains("attempt=1") {
            RetryAction::NoActionIndicated
        } else {
            RetryAction::RetryForbidden
        }
    }

    fn name(&self) -> &'static str {
        "give up on unknown server errors"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

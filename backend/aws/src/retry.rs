//! When not to try again.

use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority},
};

/// A server error without an AWS error code does not come from the service itself: something before it answers,
/// or the API is not offered there. It gets one more attempt, not five.
#[derive(Debug)]
pub(crate) struct GiveUpOnUnknown;

/// `attempt=2; max=6`: the SDK says which attempt a request is. The wire copies it to the answer, for a classifier sees no more
/// of the request.
/// <https://docs.aws.amazon.com/general/latest/gr/api-retries.html>
pub(crate) const ATTEMPT: &str = "amz-sdk-request";

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
        let first = response
            .headers()
            .get(ATTEMPT)
            .is_some_and(|attempt| attempt.contains("attempt=1;"));
        if coded || first {
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

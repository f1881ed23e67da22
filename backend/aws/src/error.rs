//! What can go wrong when asking AWS: a failed call is data (a blind spot), a crawl that cannot start is an error.

use std::time::Duration;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use blastmap_model::{BlindSpot, BlindSpotReason, ResourceKind, Scope, hide_credentials};

/// A call that failed for good, after all attempts.
#[derive(Debug, Clone, thiserror::Error)]
#[error("call to `{action}` failed: {message}")]
pub struct CallError {
    pub action: &'static str,
    /// AWS's error code, such as `ClusterNotFoundException`.
    pub code: Option<String>,
    pub reason: BlindSpotReason,
    pub message: String,
}

/// No AWS error message is longer; what is comes from something else.
const LONGEST_MESSAGE: usize = 500;

/// A message of AWS as logs and blind spots have it. What is cut first may have no form any more.
pub(crate) fn shown(message: &str) -> String {
    let clean = hide_credentials(message);
    clean.chars().take(LONGEST_MESSAGE).collect()
}

impl CallError {
    pub(crate) fn of<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let code = error.meta_code();
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let reason = match error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => BlindSpotReason::Timeout,
            SdkError::ResponseError(_) if status.is_some_and(|status| status < 400) => {
                BlindSpotReason::Error
            }
            _ => reason_of(code.as_deref(), status),
        };
        let said = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::message)
            .map(str::to_owned);
        let message = match (&code, said, status) {
            (Some(code), Some(said), _) => format!("{code}: {said}"),
            (Some(code), None, _) => code.clone(),
            (None, Some(said), _) => said,
            (None, None, Some(status)) if status >= 400 => {
                format!("HTTP status {status} without an AWS error code")
            }
            (None, None, _) => chain(error),
        };
        Self {
            action,
            code,
            reason,
            message: shown(&message),
        }
    }

    /// A list whose pages do not end.
    pub(crate) fn repeated_token(action: &'static str) -> Self {
        Self {
            action,
            code: None,
            reason: BlindSpotReason::Error,
            message: "AWS gave the same page token twice: the list is cut there".to_owned(),
        }
    }

    /// A call that was not answered before the crawl's deadline, or not made.
    pub(crate) fn late(action: &'static str, deadline: Duration) -> Self {
        Self {
            action,
            code: None,
            reason: BlindSpotReason::Timeout,
            message: format!(
                "not answered within the {} s that a crawl may take (--deadline)",
                deadline.as_secs()
            ),
        }
    }

    /// An answer without what it must have.
    pub(crate) fn unexpected(action: &'static str, message: impl Into<String>) -> Self {
        Self {
            action,
            code: None,
            reason: BlindSpotReason::Error,
            message: shown(&message.into()),
        }
    }

    /// A request that is signed for another time than AWS's: more than five minutes, for most services.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>
    pub(crate) fn is_of_clock(&self) -> bool {
        self.has_code(&["RequestTimeTooSkewed"])
            || self.message.contains("Signature expired")
            || self.message.contains("Signature not yet current")
    }

    pub(crate) fn has_code(&self, codes: &[&str]) -> bool {
        self.code
            .as_deref()
            .is_some_and(|code| codes.contains(&code))
    }

    pub(crate) fn blind_spot(&self, scope: &Scope, kinds: &[ResourceKind]) -> BlindSpot {
        BlindSpot {
            account: scope.account.clone(),
            region: scope.region.clone(),
            api: self.action.into(),
            reason: self.reason,
            message: self.message.clone(),
            kinds: kinds.to_vec(),
        }
    }
}

trait MetaCode {
    fn meta_code(&self) -> Option<String>;
}

impl<E: ProvideErrorMetadata> MetaCode for SdkError<E, HttpResponse> {
    fn meta_code(&self) -> Option<String> {
        self.as_service_error()
            .and_then(ProvideErrorMetadata::code)
            .map(str::to_owned)
    }
}

/// The codes by which AWS's protocols say that there are too many calls.
pub(crate) const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "SlowDown",
];

/// The codes by which AWS's protocols say the same few things.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
fn reason_of(code: Option<&str>, status: Option<u16>) -> BlindSpotReason {
    const DENIED: &[&str] = &[
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthFailure",
        "AuthorizationError",
        "UnauthorizedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "OptInRequired",
        "MissingAuthenticationToken",
    ];
    const UNSUPPORTED: &[&str] = &[
        "UnknownOperationException",
        "InvalidAction",
        "UnsupportedOperation",
        "UnsupportedOperationException",
        "NotImplemented",
    ];
    match (code, status) {
        (Some(code), _) if DENIED.contains(&code) => BlindSpotReason::AccessDenied,
        (Some(code), _) if THROTTLED.contains(&code) => BlindSpotReason::Throttled,
        (Some(code), _) if UNSUPPORTED.contains(&code) => BlindSpotReason::Unsupported,
        (_, Some(403)) => BlindSpotReason::AccessDenied,
        (_, Some(429)) => BlindSpotReason::Throttled,
        (None, Some(404 | 405 | 500..)) => BlindSpotReason::Unsupported,
        _ => BlindSpotReason::Error,
    }
}

/// An error and everything behind it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    hide_credentials(&line).into_owned()
}

/// Why a crawl could not start.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    #[error("no region is configured: give --region, or set AWS_REGION or a profile's region")]
    NoRegion,
    #[error("`{0}` is not a region: a region looks like eu-west-1")]
    NotARegion(String),
    #[error("`{0}` is not the ARN of a role: it looks like arn:aws:iam::123456789012:role/NAME")]
    NotARole(String),
    #[error(
        "no AWS credentials were found: configure a profile (AWS_PROFILE), run `aws sso login`, or run where a role gives them ({0})"
    )]
    NoCredentials(String),
    #[error("AWS does not accept these credentials in {region}: {message}")]
    Refused { region: String, message: String },
    #[error("AWS says that the clock of this machine is wrong, set it: {message}")]
    Clock { message: String },
    #[error("cannot assume `{role}`: {message}")]
    AssumeRole { role: String, message: String },
    #[error(
        "the accounts of the organization cannot be listed: {0}; ask from its management account or a delegated administrator, or name the roles with --role-arn"
    )]
    Organization(String),
    #[error(
        "no answer from AWS at {endpoint}: {message}; check the network, the region's name and AWS_ENDPOINT_URL"
    )]
    NoAnswer { endpoint: String, message: String },
    #[error("what answers at {endpoint} is not AWS: {message}; check AWS_ENDPOINT_URL")]
    NotAws { endpoint: String, message: String },
    #[error(
        "nothing in {regions} answers: {message}; check the region's name, and whether the account has it enabled"
    )]
    NothingAnswers { regions: String, message: String },
    #[error("the recording {path} cannot be used: {message}")]
    Recording { path: String, message: String },
    #[error("the facts that were read do not fit together")]
    Facts(#[from] blastmap_model::InventoryError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_cut_out_before_a_message_is_cut_off() {
        let message = format!("{} https://app:hunter2@example.com", "x".repeat(480));
        let shown = shown(&message);
        assert!(
            !shown.contains("hunter") && shown.contains("https://"),
            "{shown}"
        );
        assert!(shown.chars().count() <= 500);
        let error = std::io::Error::other("proxy https://app:hunter2@example.com refused");
        assert_eq!(chain(&error), "proxy https://(hidden)@example.com refused");
    }
}

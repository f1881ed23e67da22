//! What becomes of the requests to AWS: counted for who operates this, by outcome and nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_smithy_runtime_api::http::Headers;

use crate::error::THROTTLED;

/// Where AWS's REST protocols name the error.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// No error of AWS names its code later than this.
const CODE_WITHIN: usize = 4096;

/// Counts of requests, retries included, shared by all crawls that were given the same.
#[derive(Debug, Clone, Default)]
pub struct Outcomes(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    answered: AtomicU64,
    refused: AtomicU64,
    throttled: AtomicU64,
    failed: AtomicU64,
    repeated: AtomicU64,
}

/// Requests to AWS so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeCounts {
    /// Answered with what was asked for.
    pub answered: u64,
    /// Denied, or wrong: what a repetition would not change.
    pub refused: u64,
    /// Too many at a time.
    pub throttled: u64,
    /// A server's error, or no answer in time.
    pub failed: u64,
    /// Of all these, those that repeat an earlier one.
    pub repeated: u64,
}

/// What became of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered,
    Refused,
    Throttled,
    Failed,
}

impl Outcome {
    /// Of an answer, whose body matters where the status is an error.
    pub(crate) fn of(status: u16, headers: &Headers, body: &[u8]) -> Self {
        match status {
            ..400 => Self::Answered,
            429 => Self::Throttled,
            _ if names_throttling(headers, body) => Self::Throttled,
            400..500 => Self::Refused,
            _ => Self::Failed,
        }
    }
}

fn names_throttling(headers: &Headers, body: &[u8]) -> bool {
    let named = headers.get(ERROR_TYPE);
    let body = String::from_utf8_lossy(&body[..body.len().min(CODE_WITHIN)]);
    THROTTLED.iter().any(|code| {
        let in_header = named.is_some_and(|named| named.split([':', '#']).any(|own| own == *code));
        // `<Code>X</Code>`, `"X"` or `"prefix#X"`: never a word of the message.
        in_header
            || body.contains(&format!(">{code}<"))
            || body.contains(&format!("\"{code}\""))
            || body.contains(&format!("#{code}\""))
    })
}

impl Outcomes {
    /// So far.
    pub fn counts(&self) -> OutcomeCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        OutcomeCounts {
            answered: read(&self.0.answered),
            refused: read(&self.0.refused),
            throttled: read(&self.0.throttled),
            failed: read(&self.0.failed),
            repeated: read(&self.0.repeated),
        }
    }

    /// A request that goes out now; `attempt` counts from one.
    pub(crate) fn request(&self, attempt: u32) -> UnderWay {
        if attempt > 1 {
            self.0.repeated.fetch_add(1, Ordering::Relaxed);
        }
        UnderWay {
            outcomes: self.clone(),
            // One that is given up before its answer did not get any.
            outcome: Outcome::Failed,
        }
    }
}

/// Counts its request when it is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay {
    outcomes: Outcomes,
    outcome: Outcome,
}

impl UnderWay {
    pub(crate) fn ended(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let counters = &self.outcomes.0;
        let counter = match self.outcome {
            Outcome::Answered => &counters.answered,
            Outcome::Refused => &counters.refused,
            Outcome::Throttled => &counters.throttled,
            Outcome::Failed => &counters.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_throttled_says_so_in_its_status_header_or_body() {
        let plain = Headers::new();
        let mut named = Headers::new();
        named.insert(ERROR_TYPE, "ThrottlingException:http://internal/");
        let cases: [(u16, &Headers, &str, Outcome); 9] = [
            (200, &plain, "ThrottlingException", Outcome::Answered),
            (429, &plain, "", Outcome::Throttled),
            (400, &named, "", Outcome::Throttled),
            (
                400,
                &plain,
                r#"{"__type":"ThrottlingException"}"#,
                Outcome::Throttled,
            ),
            (
                400,
                &plain,
                r#"{"__type":"com.amazonaws.ecs#ThrottlingException"}"#,
                Outcome::Throttled,
            ),
            (
                503,
                &plain,
                "<Error><Code>SlowDown</Code></Error>",
                Outcome::Throttled,
            ),
            (
                400,
                &plain,
                r#"{"message":"no Throttling here"}"#,
                Outcome::Refused,
            ),
            (
                403,
                &plain,
                r#"{"__type":"AccessDeniedException"}"#,
                Outcome::Refused,
            ),
            (502, &plain, "<html>", Outcome::Failed),
        ];
        for (status, headers, body, outcome) in cases {
            assert_eq!(
                Outcome::of(status, headers, body.as_bytes()),
                outcome,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_request_that_is_given_up_failed() {
        let outcomes = Outcomes::default();
        outcomes.request(1).ended(Outcome::Answered);
        drop(outcomes.request(2));
        let counts = outcomes.counts();
        assert_eq!((counts.answered, counts.failed, counts.repeated), (1, 1, 1));
    }
}

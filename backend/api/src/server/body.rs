//! A request's body: read as it comes, as long as there is room for it and it does not come too slowly.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use futures_util::StreamExt as _;
use http::StatusCode;
use tokio::time::{Instant, timeout_at};

use crate::problem::{Code, Problem};

/// How many bytes have to come each second, on average, of what takes longer than a request may.
const LEAST_A_SECOND: u128 = 64 * 1024;

/// The longest that a body may take, however fast it comes.
const LONGEST: Duration = Duration::from_mins(10);

/// A refusal while it comes.
type Refused = (StatusCode, Problem);

/// Reads a body of so many bytes at most. `take` finds room for each part that came.
pub(super) async fn read(
    body: Body,
    most: usize,
    usual: Duration,
    mut take: impl FnMut(usize) -> Result<(), Refused>,
) -> Result<Bytes, Refused> {
    let mut pace = Pace::new(usual, Instant::now());
    if body.size_hint().lower() > most as u64 {
        return Err(too_large(most));
    }
    let mut parts = body.into_data_stream();
    let mut bytes = Vec::new();
    loop {
        let part = timeout_at(pace.ends(), parts.next())
            .await
            .map_err(|_slow| {
                let problem = Problem::bad_input("the request's body took too long to come");
                (StatusCode::REQUEST_TIMEOUT, problem)
            })?;
        let Some(part) = part else {
            break;
        };
        let part = part.map_err(|_gone| {
            let problem = Problem::bad_input("the request's body broke off");
            (StatusCode::BAD_REQUEST, problem)
        })?;
        if bytes.len().saturating_add(part.len()) > most {
            return Err(too_large(most));
        }
        take(part.len())?;
        pace.came(part.len(), Instant::now());
        bytes.extend_from_slice(&part);
    }
    // It may be kept for a while.
    bytes.shrink_to_fit();
    Ok(bytes.into())
}

/// How long a body may take to come: as long as any, and as long again whenever enough of it came. What came early earns nothing for
/// later, so that a large part of a body does not lie there for minutes.
struct Pace {
    usual: Duration,
    began: Instant,
    /// When enough had come last.
    since: Instant,
    /// How many bytes after that.
    bytes: u128,
}

impl Pace {
    fn new(usual: Duration, now: Instant) -> Self {
        Self {
            usual,
            began: now,
            since: now,
            bytes: 0,
        }
    }

    fn came(&mut self, bytes: usize, now: Instant) {
        self.bytes += bytes as u128;
        if self.bytes * 1000 >= LEAST_A_SECOND * self.usual.as_millis() {
            self.since = now;
            self.bytes = 0;
        }
    }

    fn ends(&self) -> Instant {
        let longest = self.began + LONGEST.max(self.usual);
        longest.min(self.since + self.usual)
    }
}

fn too_large(most: usize) -> Refused {
    let message = format!("the request's body has more than {most} bytes");
    (
        StatusCode::PAYLOAD_TOO_LARGE,
        Problem::new(Code::TooLarge, message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many seconds a body is given up of which so many bytes come each second, for so many seconds.
    fn given_up_after(bytes: usize, seconds: u64) -> u64 {
        let began = Instant::now();
        let mut pace = Pace::new(Duration::from_secs(30), began);
        for second in 1..=seconds {
            let now = began + Duration::from_secs(second);
            if now >= pace.ends() {
                break;
            }
            pace.came(bytes, now);
        }
        (pace.ends() - began).as_secs()
    }

    #[test]
    fn what_comes_fast_enough_may_take_longer_and_not_for_ever() {
        for (bytes, seconds, given_up) in [
            (0, 1000, 30),
            (60 * 1024, 1000, 30),
            (70 * 1024, 1000, 600),
            (70 * 1024, 60, 86),
            // Much at first, and then nothing.
            (60 * 1024 * 1024, 1, 31),
        ] {
            let after = given_up_after(bytes, seconds);
            assert_eq!(after, given_up, "{bytes} for {seconds} s");
        }
    }
}

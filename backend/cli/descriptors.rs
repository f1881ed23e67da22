//! How many files the process may have open: each connection is one.

use std::fs;

use rustix::process::{Resource, Rlimit, setrlimit};
use tracing::warn;

/// What is kept for all else: the store's files, calls to AWS, and callers who are told that there is no place.
const KEPT: u64 = 512;

/// The fewest connections that are taken, whatever the limit.
const FEWEST: u64 = 16;

/// Where Linux tells the limits. The call that would is one that a sandbox may forbid.
const LIMITS: &str = "/proc/self/limits";

/// How many connections of `most` there is room for; the process's own limit is raised for them as far as it may.
pub(crate) fn connections(most: usize) -> usize {
    let wanted = (most as u64).saturating_add(KEPT);
    let text = fs::read_to_string(LIMITS).unwrap_or_default();
    let Some((current, maximum)) = limits(&text) else {
        return most;
    };
    let raised = maximum.min(wanted);
    let limit = Rlimit {
        current: Some(raised),
        maximum: (maximum < u64::MAX).then_some(maximum),
    };
    // Where it may not be raised it stays as it is.
    let open = if current < raised && setrlimit(Resource::Nofile, limit).is_ok() {
        raised
    } else {
        current
    };
    let room = room_for(open, most as u64);
    if room < most as u64 {
        warn!(
            "Taking {room} connections at once instead of {most}: the process may have {open} files open (raise `ulimit -n`)"
        );
    }
    usize::try_from(room).unwrap_or(most)
}

/// How many files may be open, and how far that may be raised.
fn limits(text: &str) -> Option<(u64, u64)> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let mut values = line.split_whitespace().map(|value| match value {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    });
    Some((values.next()??, values.next()??))
}

/// How many connections there may be where so many files are open at most.
fn room_for(open: u64, most: u64) -> u64 {
    let kept = KEPT.min(open / 2);
    most.min(open - kept).max(FEWEST.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_read_as_linux_writes_them() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             100                  100                  processes\n\
                    Max open files            1024                 unlimited            files\n";
        assert_eq!(limits(text), Some((1024, u64::MAX)));
        assert_eq!(limits(""), None);
    }

    #[test]
    fn connections_leave_room_for_all_else() {
        let cases = [
            (1_000_000, 12_000),
            (12_512, 12_000),
            (12_511, 11_999),
            (1024, 512),
            (256, 128),
            (40, 20),
            (20, 16),
        ];
        for (open, room) in cases {
            assert_eq!(room_for(open, 12_000), room, "{open} files");
        }
        assert_eq!(room_for(1024, 3), 3);
    }
}

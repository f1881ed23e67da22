//! How many files the process may have open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::warn;

/// What is kept for all else: the store's files, calls to AWS, and callers who are told that there is no place.
const KEPT: u64 = 512;

/// The fewest connections that are taken, whatever the limit.
const FEWEST: u64 = 16;

/// How many connections of `most` there is room for; the process's own limit is raised for them as far as it may.
pub(crate) fn connections(most: usize) -> usize {
    let wanted = (most as u64).saturating_add(KEPT);
    let limit = getrlimit(Resource::Nofile);
    let (Some(current), maximum) = (limit.current, limit.maximum) else {
        return most;
    };
    let mut open = current;
    if current < wanted {
        let raised = maximum.map_or(wanted, |maximum| maximum.min(wanted));
        let limit = Rlimit {
            current: Some(raised),
            maximum,
        };
        // Where it may not be raised it stays as it is.
        if setrlimit(Resource::Nofile, limit).is_ok() {
            open = raised;
        }
    }
    let room = room_for(open, most as u64);
    if room < most as u64 {
        warn!(
            "Taking {room} connections at once instead of {most}: the process may have {open} files open (raise `ulimit -n`)"
        );
    }
    usize::try_from(room).unwrap_or(most)
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

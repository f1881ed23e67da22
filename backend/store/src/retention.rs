//! Which snapshots stay.

use std::collections::HashSet;

use time::{Date, Duration, OffsetDateTime};

/// How many of the newest snapshots stay unless told otherwise.
pub const KEPT_SNAPSHOTS: usize = 30;

/// For how many days the last snapshot of each stays unless told otherwise.
pub const KEPT_DAYS: u32 = 30;

/// Which snapshots stay: the newest, and the last one of each of the days before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How many of the newest stay; one stays always.
    pub newest: usize,
    /// Of so many days the last snapshot stays; days end at midnight UTC.
    pub days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            newest: KEPT_SNAPSHOTS,
            days: KEPT_DAYS,
        }
    }
}

impl Retention {
    /// The places of those that go, of times sorted newest first. The one just saved stays, and is one of the newest.
    pub(crate) fn to_forget(self, taken_at: &[OffsetDateTime], saved: Option<usize>) -> Vec<usize> {
        let Some(newest) = taken_at.first() else {
            return Vec::new();
        };
        let days = Duration::days(self.days.into());
        let first_day = newest.date().checked_sub(days).unwrap_or(Date::MIN);
        let mut left = self.newest.max(1) - usize::from(saved.is_some());
        let mut days = HashSet::new();
        let mut go = Vec::new();
        for (place, taken_at) in taken_at.iter().enumerate() {
            let day = taken_at.to_offset(time::UtcOffset::UTC).date();
            let is_last_of_day = days.insert(day);
            if saved == Some(place) {
                continue;
            }
            if left > 0 {
                left -= 1;
            } else if !is_last_of_day || day <= first_day {
                go.push(place);
            }
        }
        go
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    /// Every six hours for ten days, newest first.
    fn times() -> Vec<OffsetDateTime> {
        let newest = datetime!(2026-11-23 18:00 UTC);
        (0..40)
            .map(|number| newest - Duration::hours(6 * number))
            .collect()
    }

    fn stay(newest: usize, days: u32, saved: Option<usize>) -> Vec<usize> {
        let go = Retention { newest, days }.to_forget(&times(), saved);
        (0..40).filter(|place| !go.contains(place)).collect()
    }

    #[test]
    fn the_newest_stay_and_the_last_of_each_day() {
        assert_eq!(stay(3, 0, None), [0, 1, 2]);
        assert_eq!(stay(3, 1, None), [0, 1, 2]);
        assert_eq!(stay(3, 4, None), [0, 1, 2, 4, 8, 12]);
        assert_eq!(stay(6, 4, None), [0, 1, 2, 3, 4, 5, 8, 12]);
        assert_eq!(stay(100, 0, None).len(), 40);
        assert_eq!(stay(1, 100, None).len(), 10);
        assert_eq!(stay(1, u32::MAX, None).len(), 10);
    }

    #[test]
    fn one_stays_always_and_the_one_just_saved() {
        assert_eq!(stay(0, 0, None), [0]);
        assert_eq!(stay(0, 0, Some(0)), [0]);
        assert_eq!(stay(2, 0, Some(7)), [0, 7], "a clock that was wrong");
        assert!(Retention::default().to_forget(&[], None).is_empty());
    }
}

//! How often somebody may ask. Each request takes a point; what is much work takes more once that is known, and may be owed.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Buckets, Limit, Who};

/// How many callers are remembered.
const REMEMBERED: usize = 10_000;

/// So many values of an answer are a point.
const VALUES_A_POINT: u64 = 10_000;

/// What each caller took of late.
pub(crate) struct Rates(Option<Mutex<Buckets<Who>>>);

impl Rates {
    /// So many points a minute, a minute's at once; 0: without end.
    pub(crate) fn new(each_minute: u32) -> Self {
        let most = f64::from(each_minute);
        let limit = Limit {
            at_once: most,
            each_second: most / 60.0,
            // Nobody waits longer than about a minute, whatever they asked before.
            most_owed: most,
        };
        Self((each_minute > 0).then(|| Mutex::new(Buckets::new(limit, REMEMBERED))))
    }

    /// Takes a point, or says how long until there is one.
    pub(crate) fn request(&self, who: &Who, now: Instant) -> Result<(), Duration> {
        let Some(buckets) = &self.0 else {
            return Ok(());
        };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = buckets.wait(who, now) {
            return Err(wait);
        }
        buckets.take(who.clone(), 1.0, now);
        Ok(())
    }

    /// Takes more for what turned out to be more work.
    pub(crate) fn charge(&self, who: &Who, points: u32, now: Instant) {
        if let Some(buckets) = &self.0
            && points > 0
        {
            let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
            buckets.take(who.clone(), f64::from(points), now);
        }
    }
}

/// What an answer of so many values takes beside the request's own point.
pub(crate) fn points_of(values: u64) -> u32 {
    u32::try_from(values / VALUES_A_POINT).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(host: u32) -> Who {
        Who::Network(std::net::IpAddr::V4(host.into()))
    }

    #[test]
    fn who_asks_too_often_waits_and_others_do_not() {
        let now = Instant::now();
        let rates = Rates::new(60);
        for _ in 0..60 {
            assert_eq!(rates.request(&who(1), now), Ok(()));
        }
        let wait = rates.request(&who(1), now).unwrap_err();
        assert!((0.9..=1.1).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(rates.request(&who(2), now), Ok(()));
        let later = now + wait + Duration::from_millis(1);
        assert_eq!(rates.request(&who(1), later), Ok(()));
        assert!(rates.request(&who(1), later).is_err());
    }

    #[test]
    fn what_is_much_work_is_owed_for_a_minute_at_most() {
        let now = Instant::now();
        let rates = Rates::new(60);
        assert_eq!(points_of(3_000_000), 300);
        for _ in 0..5 {
            rates.charge(&who(1), points_of(3_000_000), now);
        }
        let wait = rates.request(&who(1), now).unwrap_err();
        assert!((60.0..=62.0).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(points_of(9_999), 0);
    }

    #[test]
    fn memory_is_bounded_and_nothing_is_counted_where_there_is_no_limit() {
        let now = Instant::now();
        let rates = Rates::new(60);
        for host in 0..30_000 {
            assert_eq!(rates.request(&who(host), now), Ok(()));
        }
        let buckets = rates.0.as_ref().unwrap().lock().unwrap();
        assert!(buckets.len() <= REMEMBERED, "{}", buckets.len());
        let none = Rates::new(0);
        none.charge(&who(1), u32::MAX, now);
        assert_eq!(none.request(&who(1), now), Ok(()));
    }
}

//! Slows those who try one credential after the other. Only failures count: who gets in is never held up by their own requests, nor by
//! others' elsewhere.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::fair::{Buckets, Limit, network};

/// How many addresses are remembered; when there are more, those that failed least lately are forgotten.
const REMEMBERED: usize = 10_000;

/// What came of each address of late.
pub(crate) struct Throttle(Mutex<Buckets<IpAddr>>);

impl Throttle {
    /// So many at once, and so many more each second.
    pub(crate) fn new(at_once: f64, each_second: f64) -> Self {
        let limit = Limit {
            at_once,
            each_second,
            most_owed: 0.0,
        };
        Self(Mutex::new(Buckets::new(limit, REMEMBERED)))
    }

    /// Of sign-ins that fail: ten at once, ten a minute.
    pub(crate) fn of_sign_ins() -> Self {
        Self::new(10.0, 1.0 / 6.0)
    }

    /// Whether this address may try; if not, how long until it may.
    pub(crate) fn allows(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let wait = self.lock().wait(&network(address), now);
        wait.map_or(Ok(()), Err)
    }

    /// Counts one.
    pub(crate) fn count(&self, address: IpAddr, now: Instant) {
        self.lock().take(network(address), 1.0, now);
    }

    fn lock(&self) -> MutexGuard<'_, Buckets<IpAddr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn fail(throttle: &Throttle, from: &str, times: usize, now: Instant) {
        for _ in 0..times {
            throttle.count(address(from), now);
        }
    }

    #[test]
    fn an_address_that_fails_ten_times_waits_and_others_do_not() {
        let now = Instant::now();
        let throttle = Throttle::of_sign_ins();
        fail(&throttle, "192.0.2.1", 9, now);
        assert_eq!(throttle.allows(address("192.0.2.1"), now), Ok(()));
        fail(&throttle, "192.0.2.1", 1, now);
        let wait = throttle.allows(address("192.0.2.1"), now).unwrap_err();
        assert!((5.9..=6.1).contains(&wait.as_secs_f64()), "{wait:?}");
        assert!(throttle.allows(address("::ffff:192.0.2.1"), now).is_err());
        assert_eq!(throttle.allows(address("192.0.2.2"), now), Ok(()));
        let later = now + wait + Duration::from_millis(1);
        assert_eq!(throttle.allows(address("192.0.2.1"), later), Ok(()));
        fail(&throttle, "192.0.2.1", 1, later);
        assert!(throttle.allows(address("192.0.2.1"), later).is_err());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let now = Instant::now();
        let throttle = Throttle::of_sign_ins();
        for host in 1..=10 {
            throttle.count(address(&format!("2001:db8:1:2::{host}")), now);
        }
        assert!(throttle.allows(address("2001:db8:1:2::ffff"), now).is_err());
        assert_eq!(throttle.allows(address("2001:db8:1:3::1"), now), Ok(()));
    }

    #[test]
    fn many_addresses_hold_up_no_other_and_memory_is_bounded() {
        let now = Instant::now();
        let throttle = Throttle::of_sign_ins();
        for host in 0..30_000_u32 {
            throttle.count(IpAddr::V4((0x0a00_0000 + host).into()), now);
        }
        assert!(throttle.lock().len() <= REMEMBERED);
        assert_eq!(throttle.allows(address("192.0.2.1"), now), Ok(()));
    }
}

//! Slows those who try one credential after the other. Only failures count: who gets in is never held up by their own requests.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::fair::{Bucket, Buckets, Limit, network};

/// How many addresses are remembered; when there are more, those that failed least lately are forgotten.
const REMEMBERED: usize = 10_000;

/// What may fail at once and how fast more comes: of one address, and of all together.
const OF_ONE: Limit = Limit {
    at_once: 10.0,
    each_second: 1.0 / 6.0,
    most_owed: 0.0,
};
const OF_ALL: Limit = Limit {
    at_once: 1000.0,
    each_second: 20.0,
    most_owed: 0.0,
};

struct Failed {
    clients: Buckets<IpAddr>,
    all: Bucket,
}

/// Failed sign-ins of late.
pub(crate) struct Throttle(Mutex<Failed>);

impl Throttle {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Failed {
            clients: Buckets::new(OF_ONE, REMEMBERED),
            all: Bucket::full(&OF_ALL, now),
        }))
    }

    /// Whether this address may try; if not, how long until it may.
    pub(crate) fn allows(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let failed = self.lock();
        let wait = failed.clients.wait(&network(address), now);
        let wait = wait.max(failed.all.wait(&OF_ALL, now));
        wait.map_or(Ok(()), Err)
    }

    /// Counts a try that failed.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) {
        let mut failed = self.lock();
        failed.all.take(1.0, &OF_ALL, now);
        failed.clients.take(network(address), 1.0, now);
    }

    fn lock(&self) -> MutexGuard<'_, Failed> {
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
            throttle.failed(address(from), now);
        }
    }

    #[test]
    fn an_address_that_fails_ten_times_waits_and_others_do_not() {
        let now = Instant::now();
        let throttle = Throttle::new(now);
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
        let throttle = Throttle::new(now);
        for host in 1..=10 {
            throttle.failed(address(&format!("2001:db8:1:2::{host}")), now);
        }
        assert!(throttle.allows(address("2001:db8:1:2::ffff"), now).is_err());
        assert_eq!(throttle.allows(address("2001:db8:1:3::1"), now), Ok(()));
    }

    #[test]
    fn many_addresses_together_wait_and_memory_is_bounded() {
        let now = Instant::now();
        let throttle = Throttle::new(now);
        for host in 0..30_000_u32 {
            throttle.failed(IpAddr::V4((0x0a00_0000 + host).into()), now);
        }
        assert!(throttle.lock().clients.len() <= REMEMBERED);
        assert!(throttle.allows(address("192.0.2.1"), now).is_err());
        let later = now + Duration::from_secs(1);
        assert_eq!(throttle.allows(address("192.0.2.1"), later), Ok(()));
    }
}

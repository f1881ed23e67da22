//! Slows those who try one credential after the other. Only failures count: who gets in is never held up by their own requests.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How many addresses are remembered; when there are more, those that failed least lately are forgotten.
const REMEMBERED: usize = 10_000;

/// What may fail at once and how fast more comes: of one address, and of all together.
const OF_ONE: Limit = Limit {
    at_once: 10.0,
    each_second: 1.0 / 6.0,
};
const OF_ALL: Limit = Limit {
    at_once: 1000.0,
    each_second: 20.0,
};

struct Limit {
    at_once: f64,
    each_second: f64,
}

/// What may still fail.
#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn full(limit: &Limit, now: Instant) -> Self {
        Self {
            left: limit.at_once,
            at: now,
        }
    }

    fn left(&self, limit: &Limit, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + passed * limit.each_second).min(limit.at_once)
    }

    /// How long until one more may fail; nothing where it may now.
    fn wait(&self, limit: &Limit, now: Instant) -> Option<Duration> {
        let missing = 1.0 - self.left(limit, now);
        (missing > 0.0).then(|| Duration::from_secs_f64(missing / limit.each_second))
    }

    fn take(&mut self, limit: &Limit, now: Instant) {
        self.left = (self.left(limit, now) - 1.0).max(0.0);
        self.at = now;
    }
}

struct Buckets {
    clients: HashMap<IpAddr, Bucket>,
    all: Bucket,
}

/// Failed sign-ins of late.
pub(crate) struct Throttle(Mutex<Buckets>);

impl Throttle {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Buckets {
            clients: HashMap::new(),
            all: Bucket::full(&OF_ALL, now),
        }))
    }

    /// Whether this address may try; if not, how long until it may.
    pub(crate) fn allows(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let buckets = self.buckets();
        let own = buckets.clients.get(&network(address));
        let wait = own.and_then(|own| own.wait(&OF_ONE, now));
        let wait = wait.max(buckets.all.wait(&OF_ALL, now));
        wait.map_or(Ok(()), Err)
    }

    /// Counts a try that failed.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) {
        let mut buckets = self.buckets();
        buckets.all.take(&OF_ALL, now);
        let address = network(address);
        if buckets.clients.len() >= REMEMBERED && !buckets.clients.contains_key(&address) {
            make_room(&mut buckets.clients, now);
        }
        let own = buckets.clients.entry(address);
        own.or_insert_with(|| Bucket::full(&OF_ONE, now))
            .take(&OF_ONE, now);
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets who may try as often as anybody, and then whoever failed least lately.
fn make_room(clients: &mut HashMap<IpAddr, Bucket>, now: Instant) {
    clients.retain(|_, own| own.left(&OF_ONE, now) < OF_ONE.at_once);
    if clients.len() < REMEMBERED {
        return;
    }
    let mut times: Vec<Instant> = clients.values().map(|own| own.at).collect();
    let (_, middle, _) = times.select_nth_unstable(REMEMBERED / 2);
    let middle = *middle;
    clients.retain(|_, own| own.at > middle);
}

/// Who has one address of IPv6 has its whole network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
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
        assert!(throttle.buckets().clients.len() <= REMEMBERED);
        assert!(throttle.allows(address("192.0.2.1"), now).is_err());
        let later = now + Duration::from_secs(1);
        assert_eq!(throttle.allows(address("192.0.2.1"), later), Ok(()));
    }
}

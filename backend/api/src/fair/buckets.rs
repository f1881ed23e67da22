//! Token buckets: so much at once, and so much more each second.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// What may be taken at once, and how fast more comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) at_once: f64,
    pub(crate) each_second: f64,
    /// How much may be owed by whoever took more than there was.
    pub(crate) most_owed: f64,
}

/// What may still be taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    pub(crate) fn full(limit: &Limit, now: Instant) -> Self {
        Self {
            left: limit.at_once,
            at: now,
        }
    }

    fn left(&self, limit: &Limit, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + passed * limit.each_second).min(limit.at_once)
    }

    /// How long until one may be taken; nothing where it may now.
    pub(crate) fn wait(&self, limit: &Limit, now: Instant) -> Option<Duration> {
        let missing = 1.0 - self.left(limit, now);
        (missing > 0.0).then(|| Duration::from_secs_f64(missing / limit.each_second))
    }

    pub(crate) fn take(&mut self, amount: f64, limit: &Limit, now: Instant) {
        self.left = (self.left(limit, now) - amount).max(-limit.most_owed);
        self.at = now;
    }
}

/// A bucket each, for as many as are remembered. When there are more, those are forgotten that took nothing of late.
pub(crate) struct Buckets<K> {
    limit: Limit,
    remembered: usize,
    own: HashMap<K, Bucket>,
}

impl<K: Eq + Hash> Buckets<K> {
    pub(crate) fn new(limit: Limit, remembered: usize) -> Self {
        Self {
            limit,
            remembered,
            own: HashMap::new(),
        }
    }

    /// How long until this one may take; nothing where it may now.
    pub(crate) fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        self.own.get(key)?.wait(&self.limit, now)
    }

    pub(crate) fn take(&mut self, key: K, amount: f64, now: Instant) {
        if self.own.len() >= self.remembered && !self.own.contains_key(&key) {
            self.make_room(now);
        }
        let limit = self.limit;
        let own = self.own.entry(key);
        own.or_insert_with(|| Bucket::full(&limit, now))
            .take(amount, &limit, now);
    }

    /// Forgets whose buckets are full, and then whoever took least lately.
    fn make_room(&mut self, now: Instant) {
        let limit = self.limit;
        self.own
            .retain(|_, own| own.left(&limit, now) < limit.at_once);
        if self.own.len() < self.remembered {
            return;
        }
        let mut times: Vec<Instant> = self.own.values().map(|own| own.at).collect();
        let middle = self.remembered / 2;
        let (_, middle, _) = times.select_nth_unstable(middle);
        let middle = *middle;
        self.own.retain(|_, own| own.at > middle);
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.own.len()
    }
}

//! Places, or bytes, that all share: so many in all, and no more of them for one.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Why nothing more is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// All of it is taken.
    All,
    /// One has as much as one may have.
    One,
}

struct Taken<K> {
    all: usize,
    each: HashMap<K, usize>,
}

/// How much one may have.
type MostOfOne<K> = Box<dyn Fn(&K) -> usize + Send + Sync>;

struct Inner<K> {
    most: usize,
    most_of_one: MostOfOne<K>,
    taken: Mutex<Taken<K>>,
}

impl<K: Eq + Hash> Inner<K> {
    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is shared. Only those are remembered who have something of it.
pub(crate) struct Shares<K: Eq + Hash>(Arc<Inner<K>>);

impl<K: Eq + Hash> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What somebody has, until it is dropped.
pub(crate) struct Share<K: Eq + Hash> {
    of: Shares<K>,
    key: Option<K>,
    amount: usize,
}

impl<K: Eq + Hash + Clone> Shares<K> {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self::by(most, move |_| most_of_one)
    }

    /// Where not everybody may have the same.
    pub(crate) fn by(
        most: usize,
        most_of_one: impl Fn(&K) -> usize + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            most,
            most_of_one: Box::new(most_of_one),
            taken: Mutex::new(Taken {
                all: 0,
                each: HashMap::new(),
            }),
        }))
    }

    /// How much is taken by all.
    pub(crate) fn taken(&self) -> usize {
        self.0.taken().all
    }

    /// Whether there is something left for this one.
    pub(crate) fn has_room(&self, key: &K) -> Result<(), Full> {
        self.room(&self.0.taken(), Some(key))
    }

    fn room(&self, taken: &Taken<K>, key: Option<&K>) -> Result<(), Full> {
        if taken.all >= self.0.most {
            return Err(Full::All);
        }
        let Some(key) = key else {
            return Ok(());
        };
        let own = taken.each.get(key).copied().unwrap_or_default();
        if own >= (self.0.most_of_one)(key) {
            return Err(Full::One);
        }
        Ok(())
    }

    /// Takes a share where something is left, even where that is less: nothing is too large to be had at all. Without a key only the
    /// whole is counted.
    pub(crate) fn take(&self, key: Option<&K>, amount: usize) -> Result<Share<K>, Full> {
        let mut taken = self.0.taken();
        self.room(&taken, key)?;
        Ok(self.add(&mut taken, key, amount))
    }

    /// Takes a share of what there already is: whether there is room was asked before.
    pub(crate) fn count(&self, key: &K, amount: usize) -> Share<K> {
        self.add(&mut self.0.taken(), Some(key), amount)
    }

    fn add(&self, taken: &mut Taken<K>, key: Option<&K>, amount: usize) -> Share<K> {
        taken.add(key, amount);
        Share {
            of: self.clone(),
            key: key.cloned(),
            amount,
        }
    }
}

impl<K: Eq + Hash + Clone> Taken<K> {
    fn add(&mut self, key: Option<&K>, amount: usize) {
        self.all = self.all.saturating_add(amount);
        if let Some(key) = key {
            let own = self.each.entry(key.clone()).or_default();
            *own = own.saturating_add(amount);
        }
    }
}

impl<K: Eq + Hash + Clone> Share<K> {
    /// Takes more, where something is left.
    pub(crate) fn grow(&mut self, amount: usize) -> Result<(), Full> {
        let mut taken = self.of.0.taken();
        self.of.room(&taken, self.key.as_ref())?;
        taken.add(self.key.as_ref(), amount);
        drop(taken);
        self.amount = self.amount.saturating_add(amount);
        Ok(())
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut taken = self.of.0.taken();
        taken.all = taken.all.saturating_sub(self.amount);
        if let Some(key) = &self.key
            && let Some(own) = taken.each.get_mut(key)
        {
            *own = own.saturating_sub(self.amount);
            if *own == 0 {
                taken.each.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_so_much_all_have_so_much_and_what_is_given_back_is_free() {
        let places = Shares::new(3, 2);
        let a = places.take(Some(&"a"), 1).ok().unwrap();
        let _b = places.take(Some(&"a"), 1).ok().unwrap();
        assert_eq!(places.take(Some(&"a"), 1).err(), Some(Full::One));
        assert_eq!(places.has_room(&"a"), Err(Full::One));
        let _c = places.take(None, 1).ok().unwrap();
        assert_eq!(places.take(Some(&"b"), 1).err(), Some(Full::All));
        drop(a);
        let _d = places.take(Some(&"b"), 1).ok().unwrap();
        assert_eq!(places.taken(), 3);
    }

    #[test]
    fn what_one_has_grows_as_long_as_something_is_left() {
        let bytes = Shares::new(100, 50);
        let mut one = bytes.take(Some(&1), 0).ok().unwrap();
        let mut other = bytes.take(Some(&1), 0).ok().unwrap();
        assert_eq!((one.grow(30), other.grow(20)), (Ok(()), Ok(())));
        assert_eq!(one.grow(1), Err(Full::One));
        drop(other);
        assert_eq!((one.grow(1), bytes.taken()), (Ok(()), 31));
        let mut next = bytes.take(Some(&2), 0).ok().unwrap();
        assert_eq!((next.grow(70), next.grow(1)), (Ok(()), Err(Full::All)));
        drop((one, next));
        let taken = bytes.0.taken();
        assert!(taken.each.is_empty() && taken.all == 0);
    }

    #[test]
    fn nobody_is_remembered_who_has_nothing() {
        let bytes = Shares::new(100, 50);
        drop(bytes.take(Some(&1), 0).ok());
        let large = bytes.take(Some(&2), 1000).ok().unwrap();
        assert_eq!(bytes.take(Some(&1), 1).err(), Some(Full::All));
        drop(large);
        drop(bytes.count(&3, 7));
        let taken = bytes.0.taken();
        assert!(taken.each.is_empty() && taken.all == 0);
    }
}

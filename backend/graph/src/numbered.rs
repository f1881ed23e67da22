//! Values that many resources share, each kept once and known by a number.

use std::hash::Hash;

use blastmap_model::ResourceIndex;
use indexmap::IndexSet;

/// One value for each resource.
#[derive(Debug)]
pub(crate) struct Numbered<T> {
    values: IndexSet<T>,
    of: Vec<u32>,
}

impl<T: Hash + Eq> Numbered<T> {
    /// Values in the order of the resources.
    pub(crate) fn of(each: impl Iterator<Item = T>) -> Self {
        let mut values = IndexSet::new();
        let of = each
            .map(|value| {
                let (number, _) = values.insert_full(value);
                u32::try_from(number).expect("no more values than resources, which fit")
            })
            .collect();
        Self { values, of }
    }

    /// The number of a resource's value, less than [`len`](Self::len).
    ///
    /// # Panics
    /// On an index of another snapshot.
    pub(crate) fn number(&self, of: ResourceIndex) -> usize {
        self.of[of.as_usize()] as usize
    }

    /// The value with this number.
    pub(crate) fn value(&self, number: usize) -> &T {
        &self.values[number]
    }

    /// How many different values there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }
}

//! What someone may have meant by an id that is none.

use std::cmp::Reverse;

use blastmap_model::{ResourceId, ResourceIndex};

use super::fold;
use crate::Snapshot;

/// Less alike than this, of a thousand, is not worth a mention.
const ALIKE: u32 = 350;

/// Ids that are most like a text that is none: those with the most pairs of letters in common, in their name, or in what
/// stands after the account. So the same name in another account or region comes first.
pub fn nearest_ids(snapshot: &Snapshot, text: &str, first: usize) -> Vec<ResourceId> {
    let text = fold(text.trim());
    let wanted = Pairs::of(own_part(&text));
    let mut hits: Vec<(Reverse<u32>, ResourceIndex)> = snapshot
        .text()
        .all()
        .map(|(index, own)| {
            let by_id = wanted.alike(&Pairs::of(own_part(own.id)));
            let by_name = wanted.alike(&Pairs::of(own.name));
            (Reverse(by_id.max(by_name)), index)
        })
        .filter(|(alike, _)| alike.0 >= ALIKE)
        .collect();
    hits.sort_unstable();
    hits.into_iter()
        .take(first)
        .map(|(_, index)| snapshot.resource(index).id.clone())
        .collect()
}

/// What stands after the account of an ARN; all of what is none.
fn own_part(id: &str) -> &str {
    match id.strip_prefix("arn:") {
        Some(rest) => rest.splitn(5, ':').nth(4).unwrap_or(rest),
        None => id,
    }
}

/// The pairs of letters that a text has, by a hash of ten bits: that two pairs may share one hardly matters here.
struct Pairs {
    bits: [u64; 16],
    count: u32,
}

impl Pairs {
    fn of(text: &str) -> Self {
        let mut bits = [0_u64; 16];
        for pair in text.as_bytes().windows(2) {
            let hash = (u32::from(pair[0]) * 31 + u32::from(pair[1])) % 1024;
            bits[(hash / 64) as usize] |= 1 << (hash % 64);
        }
        let count = bits.iter().map(|bits| bits.count_ones()).sum();
        Self { bits, count }
    }

    /// From 0, nothing in common, to 1000, the same pairs.
    fn alike(&self, other: &Self) -> u32 {
        let common: u32 = self
            .bits
            .iter()
            .zip(other.bits)
            .map(|(own, other)| (own & other).count_ones())
            .sum();
        (2000 * common)
            .checked_div(self.count + other.count)
            .unwrap_or(0)
    }
}

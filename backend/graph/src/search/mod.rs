//! What is called like this.

mod approximate;
mod nearest;
#[cfg(test)]
mod tests;
mod text_index;

use blastmap_model::ResourceIndex;

use self::approximate::Pattern;
pub use self::nearest::nearest_ids;
pub(crate) use self::text_index::{Text, TextIndex, fold};
use crate::Snapshot;

/// How well a resource fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Id,
    /// The name, or the last part of the id: `subnet-0123`.
    Name,
    NameBeginning,
    InName,
    InId,
    InTag,
    /// The name holds something like it; so many changes of a letter away.
    Like(usize),
}

/// Resources by name, best match first: the exact id, the exact name, the beginning of a name, any part of a name, of an id,
/// of a tag's value, then names that hold something much like it. Among equals the shorter name is first, then the lower id.
/// Case does not matter.
pub fn search(snapshot: &Snapshot, text: &str, first: usize) -> Vec<ResourceIndex> {
    let wanted = fold(text.trim());
    if wanted.is_empty() || first == 0 {
        return Vec::new();
    }
    let index = snapshot.text();
    let mut hits: Vec<_> = index
        .containing(&wanted)
        .map(|(resource, text)| (fit(&text, &wanted), text.name.len(), resource))
        .collect();
    if hits.len() < first {
        let known: Vec<_> = hits.iter().map(|(_, _, resource)| *resource).collect();
        hits.extend(
            like(index, &wanted).filter(|(_, _, resource)| known.binary_search(resource).is_err()),
        );
    }
    best(hits, first)
}

/// The resources that a person means by `text`: the one with this id, or all with this name or this last part of the id.
pub fn named(snapshot: &Snapshot, text: &str) -> Vec<ResourceIndex> {
    if let Some(exact) = snapshot.inventory().find(text) {
        return vec![exact];
    }
    let wanted = fold(text.trim());
    if wanted.is_empty() {
        return Vec::new();
    }
    let fits = |(resource, text): (ResourceIndex, Text<'_>)| {
        (fit(&text, &wanted) <= Fit::Name).then_some(resource)
    };
    snapshot
        .text()
        .containing(&wanted)
        .filter_map(fits)
        .collect()
}

fn fit(text: &Text<'_>, wanted: &str) -> Fit {
    if text.id == wanted {
        Fit::Id
    } else if text.name == wanted
        || text
            .id
            .strip_suffix(wanted)
            .is_some_and(|rest| rest.ends_with([':', '/']))
        // A record is called by its host name.
        || text.id.contains(&format!("#{wanted}/"))
    {
        Fit::Name
    } else if text.name.starts_with(wanted) {
        Fit::NameBeginning
    } else if text.name.contains(wanted) {
        Fit::InName
    } else if text.id.contains(wanted) {
        Fit::InId
    } else {
        Fit::InTag
    }
}

/// Names that hold every word of `wanted`, give or take a letter in four; short words as they are.
fn like<'a>(
    index: &'a TextIndex,
    wanted: &str,
) -> impl Iterator<Item = (Fit, usize, ResourceIndex)> + use<'a> {
    let patterns: Vec<_> = wanted.split_whitespace().filter_map(Pattern::new).collect();
    let short: Vec<_> = wanted
        .split_whitespace()
        .filter(|word| Pattern::new(word).is_none())
        .map(str::to_owned)
        .collect();
    index.all().filter_map(move |(resource, text)| {
        if patterns.is_empty() || !short.iter().all(|word| text.name.contains(word)) {
            return None;
        }
        let changes = patterns.iter().try_fold(0, |changes, pattern| {
            Some(changes + pattern.changes_within(text.name)?)
        })?;
        Some((Fit::Like(changes), text.name.len(), resource))
    })
}

fn best(mut hits: Vec<(Fit, usize, ResourceIndex)>, first: usize) -> Vec<ResourceIndex> {
    if hits.len() > first {
        hits.select_nth_unstable(first);
        hits.truncate(first);
    }
    hits.sort_unstable();
    hits.into_iter().map(|(_, _, resource)| resource).collect()
}

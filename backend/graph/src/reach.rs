//! Everything that a change could reach: the walk of the blast radius over the links as they are and as they will be.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::ResourceIndex;

use crate::{
    Overlay, Tie,
    harm::{self, State},
};

/// The roots, and what harm to them can reach over the links of both estates, which are the same one before and after a change.
///
/// # Panics
/// On places of another estate.
pub fn reach(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    roots: &BTreeSet<ResourceIndex>,
) -> BTreeSet<ResourceIndex> {
    let mut known: BTreeMap<ResourceIndex, State> =
        roots.iter().map(|root| (*root, State::Whole)).collect();
    let mut waiting: Vec<(ResourceIndex, State)> =
        roots.iter().map(|root| (*root, State::Whole)).collect();
    while let Some((place, state)) = waiting.pop() {
        // It may have been found in a worse state since.
        if known.get(&place).is_some_and(|known| *known > state) {
            continue;
        }
        for (to, arrives) in moves(before, after, place, state) {
            let worse = known.get(&to).is_none_or(|known| *known < arrives);
            if worse {
                known.insert(to, arrives);
                waiting.push((to, arrives));
            }
        }
    }
    known.into_keys().collect()
}

fn moves(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    from: ResourceIndex,
    state: State,
) -> Vec<(ResourceIndex, State)> {
    let kinds = |tie: &Tie<'_>| (after.kind(tie.from), after.kind(tie.to));
    let mut found = Vec::new();
    for estate in [before, after] {
        for tie in estate.dependents(from) {
            let (dependent, dependency) = kinds(&tie);
            let passage = harm::to_dependent(tie.relation, dependent, dependency);
            found.extend(passage.of(state).map(|arrives| (tie.from, arrives)));
        }
        for tie in estate.dependencies(from) {
            let (dependent, dependency) = kinds(&tie);
            let passage = harm::to_dependency(tie.relation, dependent, dependency);
            found.extend(passage.of(state).map(|arrives| (tie.to, arrives)));
        }
    }
    found
}

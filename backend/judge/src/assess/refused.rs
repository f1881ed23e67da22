//! What AWS refuses does not happen: its edits are taken out before the rest is judged, and with them those that build on it.

use std::collections::BTreeSet;

use blastmap_change::{Action, Proposal};
use blastmap_graph::{Overlay, Snapshot};
use blastmap_model::{Edits, Presence, ResourceId, ResourceIndex, ResourceKind};

use crate::refusals::{self, Asked, Refusal, Rule};

/// A refused change.
pub(crate) struct Refused {
    pub(crate) rule: &'static Rule,
    pub(crate) refusal: Refusal,
    /// The address of the change.
    pub(crate) address: String,
    pub(crate) action: Action,
    /// What sort of thing it would make or alter.
    pub(crate) kind: ResourceKind,
    /// What of the estate it is about, where that is there without the change.
    pub(crate) place: Option<ResourceIndex>,
}

/// The edits that AWS carries out, and what it refuses.
pub(super) fn set_apart(
    before: &Overlay<'_>,
    snapshot: &Snapshot,
    proposal: &Proposal,
) -> (Edits, Vec<Refused>) {
    let wished = Overlay::with(snapshot, &proposal.edits);
    let mut refused = Vec::new();
    let mut stopped: BTreeSet<ResourceIndex> = BTreeSet::new();
    for change in &proposal.changes {
        if !change.action.changes_something() {
            continue;
        }
        // What a replacement makes goes by the change's address.
        let made = ResourceId::new(&format!("planned:{}", change.address));
        let places: BTreeSet<ResourceIndex> = change
            .resource
            .iter()
            .chain([&made])
            .filter_map(|id| wished.find(id))
            .collect();
        let pairs = places
            .iter()
            .flat_map(|place| refusals::ALL.iter().map(|rule| (*place, rule)));
        let asked = Asked {
            change,
            all: &proposal.changes,
        };
        for (place, rule) in pairs {
            for refusal in (rule.refuses)(before, &wished, &asked, place) {
                stopped.insert(refusal.resource);
                let known = before.holds(refusal.resource).then_some(refusal.resource);
                // Where the old one stays, no new one comes in its place.
                if known.is_some() && change.deletes_first {
                    stopped.extend(wished.find(&made));
                }
                refused.push(Refused {
                    rule,
                    address: change.address.clone(),
                    action: change.action,
                    kind: wished.kind(refusal.resource),
                    place: known,
                    refusal,
                });
            }
        }
    }
    if stopped.is_empty() {
        return (proposal.edits.clone(), refused);
    }
    // Whoever would hang on something that is never made is not changed either.
    let mut waiting: Vec<ResourceIndex> = stopped.iter().copied().collect();
    while let Some(place) = waiting.pop() {
        if wished.resource(place).presence != Presence::Planned {
            continue;
        }
        for tie in wished.dependents(place) {
            let edited = proposal
                .edits
                .after
                .contains_key(&wished.resource(tie.from).id);
            if edited && stopped.insert(tie.from) {
                waiting.push(tie.from);
            }
        }
    }
    let mut edits = proposal.edits.clone();
    edits.after.retain(|id, _| {
        let place = wished.find(id);
        place.is_none_or(|place| !stopped.contains(&place))
    });
    (edits, refused)
}

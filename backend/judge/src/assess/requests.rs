//! Which services a rule change sends requests to that another answered.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_graph::Overlay;
use blastmap_model::{Relation, ResourceIndex, ResourceKind};

use super::climb::WhatIf;
use crate::network::listener_rules::{answers_instead, forwards_to, shadowed_by, still_answers};

/// Services that a rule change sends requests to which another answered: behind the rule that now comes first, behind the groups
/// that a rule newly forwards to, and behind the default where a rule is deleted.
pub(super) fn sent_elsewhere(
    what_if: &WhatIf<'_, '_>,
) -> BTreeMap<ResourceIndex, (ResourceIndex, String)> {
    let (before, after) = (what_if.before, what_if.after);
    let mut sent = BTreeMap::new();
    let services = |estate: &Overlay<'_>, rule: ResourceIndex| -> BTreeSet<ResourceIndex> {
        let groups = forwards_to(estate, rule);
        groups
            .into_iter()
            .filter(|(_, weight)| *weight > 0)
            .flat_map(|(group, _)| estate.needing(group, Relation::RegisteredIn))
            .filter(|member| estate.kind(*member) == ResourceKind::EcsService)
            .collect()
    };
    let rules = |place: &&ResourceIndex| after.kind(**place) == ResourceKind::ListenerRule;
    for rule in what_if.touched.iter().filter(rules) {
        let listeners = {
            let estate = if after.is_there(*rule) { after } else { before };
            estate.needed(*rule, Relation::PartOf)
        };
        let beside: BTreeSet<ResourceIndex> = listeners
            .iter()
            .flat_map(|listener| after.needing(*listener, Relation::PartOf))
            .filter(|other| other != rule && before.holds(*other))
            .collect();
        let name = after.resource(*rule).name.to_string();
        if after.is_there(*rule) {
            let mut losers: Vec<BTreeSet<ResourceIndex>> = Vec::new();
            for other in beside {
                let hidden = shadowed_by(after, other) == Some(*rule)
                    && shadowed_by(before, other).is_none();
                if hidden {
                    losers.push(services(before, other));
                }
            }
            if before.holds(*rule) && before.is_there(*rule) {
                losers.push(services(before, *rule));
                if still_answers(before, after, *rule) != Some(true) {
                    let text = format!(
                        "{name} no longer matches all the requests that it did: check that nothing misses them."
                    );
                    let own = services(before, *rule).into_iter();
                    sent.extend(own.map(|service| (service, (*rule, text.clone()))));
                }
            }
            let gainers = services(after, *rule);
            let gains = |service: &&ResourceIndex| {
                let mut lost = losers.iter();
                lost.any(|own| !own.is_empty() && !own.contains(service))
            };
            for service in gainers.iter().filter(gains) {
                let text = format!(
                    "It is sent requests that another service answered: check that it can answer what {name} now forwards to it."
                );
                sent.insert(*service, (*rule, text));
            }
        } else if before.holds(*rule) {
            let losers = services(before, *rule);
            let next = answers_instead(before, after, *rule);
            let gainers = next.map(|next| services(after, next)).unwrap_or_default();
            for service in gainers.difference(&losers).copied() {
                let text = format!(
                    "It is sent what {name} forwarded elsewhere: check that it can answer that."
                );
                sent.insert(service, (*rule, text));
            }
        }
    }
    sent
}

use blastmap_graph::Overlay;
use blastmap_model::{Relation, ResourceIndex, kinds::{event_rule::EventRule, schedule::Schedule}};

pub(super) fn forwards_to(overlay: &Overlay<'_>, rule: ResourceIndex) -> Vec<(ResourceIndex, i32)> {
    overlay.needed(rule, Relation::ForwardsTo).into_iter().map(|group| (group, 1)).collect()
}
pub(super) fn shadowed_by(_overlay: &Overlay<'_>, _rule: ResourceIndex) -> Option<ResourceIndex> {
    None
}
pub(super) fn is_enabled(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    let rule = overlay.facts::<EventRule>(place).and_then(|facts| facts.state.clone());
    let schedule = overlay.facts::<Schedule>(place).and_then(|facts| facts.state.clone());
    rule.or(schedule).as_deref() != Some("DISABLED")
}

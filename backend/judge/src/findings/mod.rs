//! What a snapshot shows by itself, without any change: one file a rule.

mod app_mesh_ended;

use std::fmt;

use blastmap_graph::{Overlay, Snapshot};
use blastmap_model::{ResourceIndex, ResourceKind};

use crate::Level;

/// A rule that speaks of resources of some kinds.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Kebab-case, stable: `app-mesh-ended`.
    pub name: &'static str,
    pub level: Level,
    pub kinds: &'static [ResourceKind],
    /// AWS's page on the behaviour.
    pub documentation: &'static str,
    /// One sentence for people: when it speaks.
    pub sentence: &'static str,
    find: fn(&Overlay<'_>, ResourceIndex) -> Option<Said>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// What a rule says of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub title: String,
    pub detail: String,
    pub remediation: String,
}

/// Something about a resource that its owner should know.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Stable over snapshots for the same rule and resource.
    pub id: String,
    pub rule: &'static Rule,
    pub resource: ResourceIndex,
    pub said: Said,
}

/// Every rule.
pub const ALL: &[Rule] = &[app_mesh_ended::RULE];

/// All findings of a snapshot, most severe first.
pub fn all(snapshot: &Snapshot) -> Vec<Finding> {
    let overlay = Overlay::as_is(snapshot);
    let places = snapshot.inventory().indices();
    let mut findings: Vec<Finding> = places.flat_map(|place| on(&overlay, place)).collect();
    findings.sort_by(|one, other| {
        let order = |own: &Finding| (own.rule.level, own.rule.name);
        let by_rule = order(one).cmp(&order(other));
        by_rule.then_with(|| one.id.cmp(&other.id))
    });
    findings
}

/// The findings on one resource, most severe first.
pub fn of(snapshot: &Snapshot, place: ResourceIndex) -> Vec<Finding> {
    let mut findings = on(&Overlay::as_is(snapshot), place);
    findings.sort_by_key(|own| (own.rule.level, own.rule.name));
    findings
}

fn on(overlay: &Overlay<'_>, place: ResourceIndex) -> Vec<Finding> {
    let resource = overlay.resource(place);
    let rules = ALL
        .iter()
        .filter(|rule| rule.kinds.contains(&resource.kind));
    let findings = rules.filter_map(|rule| {
        Some(Finding {
            said: (rule.find)(overlay, place)?,
            id: format!("{}:{}", rule.name, resource.id),
            rule,
            resource: place,
        })
    });
    findings.collect()
}

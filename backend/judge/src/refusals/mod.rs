//! Changes that AWS refuses: one file a subject. The estate stays as it is, and the apply stops there.

mod in_use;
mod listener_rule;
mod scalable_target;
mod service;
mod task_definition;

use std::ops::Deref;

use blastmap_change::Change;
use blastmap_graph::Overlay;
use blastmap_model::ResourceIndex;

/// A change that AWS will not accept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// What the change would make or alter: a place of the estate as it would be.
    pub resource: ResourceIndex,
    /// One sentence: what is refused and why.
    pub text: String,
    /// The exception, such as `ClientException`.
    pub aws_error: &'static str,
    /// What to do about it.
    pub remediation: String,
}

/// A rule: what of one change AWS refuses.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Kebab-case, stable: `fargate-size-invalid`.
    pub name: &'static str,
    /// AWS's page on the behaviour.
    pub documentation: &'static str,
    /// One sentence for people: what AWS refuses.
    pub sentence: &'static str,
    /// The estate before and after, the change, and the place in both or, of what is made, in the second.
    pub refuses: fn(&Overlay<'_>, &Overlay<'_>, &Asked<'_>, ResourceIndex) -> Vec<Refusal>,
}

/// A change that a rule is asked about, among all that are made with it.
#[derive(Clone, Copy)]
pub struct Asked<'c> {
    pub change: &'c Change,
    pub all: &'c [Change],
}

impl Deref for Asked<'_> {
    type Target = Change;

    fn deref(&self) -> &Change {
        self.change
    }
}

/// Every rule, in the order in which reports name them.
pub const ALL: &[Rule] = &[
    task_definition::SIZE,
    task_definition::STORAGE,
    task_definition::NETWORK_MODE,
    task_definition::FARGATE,
    task_definition::CONTAINER_SIZE,
    task_definition::HOST_PORT,
    task_definition::DEPENDS_ON,
    task_definition::ESSENTIAL,
    task_definition::ACCESS_POINT,
    task_definition::EXECUTION_ROLE,
    service::INACTIVE,
    service::BALANCED_CONTAINER,
    service::CONNECT_PORT,
    service::NETWORK,
    service::PLATFORM,
    service::UNASSOCIATED,
    service::CAPACITY,
    scalable_target::RULE,
    listener_rule::RULE,
    in_use::CLUSTER,
    in_use::TARGET_GROUP,
    in_use::CERTIFICATE,
    in_use::SECURITY_GROUP,
    in_use::SUBNET,
    in_use::ROUTE_TABLE,
    in_use::NETWORK_ACL,
    in_use::ELASTIC_IP,
    in_use::REPOSITORY,
    in_use::VPC,
    in_use::DISCOVERY,
    in_use::HOSTED_ZONE,
    in_use::CAPACITY_PROVIDER,
];

/// Whether a place of the estate after a change is one of the estate before it.
fn is_in(before: &Overlay<'_>, place: ResourceIndex) -> bool {
    place.as_usize() < before.snapshot().inventory().resources().len()
}

#[cfg(test)]
mod tests {
    use blastmap_change::{Action, Match};
    use blastmap_graph::Snapshot;
    use blastmap_model::{Edits, ResourceId};

    use super::*;
    use crate::estate::place;

    /// What of a change to one resource is refused, and by which rule.
    pub(super) fn refusals(
        rules: &[Rule],
        snapshot: &Snapshot,
        edits: &Edits,
        action: Action,
        id: &str,
    ) -> Vec<(&'static str, Refusal)> {
        let (before, after) = (Overlay::as_is(snapshot), Overlay::with(snapshot, edits));
        let resource = place(&after, id);
        let change = Change {
            address: id.to_owned(),
            type_name: String::new(),
            action,
            matched: Match::Matched,
            resource: Some(ResourceId::new(id)),
            kind: Some(after.kind(resource)),
            attributes: Vec::new(),
            ..Change::default()
        };
        let asked = Asked {
            change: &change,
            all: std::slice::from_ref(&change),
        };
        let found = rules.iter().flat_map(|rule| {
            let found = (rule.refuses)(&before, &after, &asked, resource);
            found.into_iter().map(|refusal| (rule.name, refusal))
        });
        found.collect()
    }

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = ALL.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}

//! What a change takes from a task role's permissions. Whether the containers use them, no configuration says: whoever owns them must.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceId, ResourceIndex,
    kinds::{iam_policy::IamPolicy, iam_role::IamRole},
};
use serde_json::Value;

use super::{Impact, Outcome, climb::WhatIf};
use crate::{
    iam::{document_value, one_or_many},
    words::listed,
};

/// So many are named; the rest is counted.
const NAMED: usize = 4;

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html";

/// At risk where the change deletes something that the policies of the task role name.
pub(super) fn with_what_is_deleted(
    what_if: &WhatIf<'_, '_>,
    service: ResourceIndex,
) -> Option<Impact> {
    let before = what_if.before;
    if !before.holds(service) {
        return None;
    }
    let role = task_role(before, service)?;
    let named = before.needed(role, Relation::GrantedOn).into_iter();
    let deleted: Vec<ResourceIndex> = named
        .filter(|place| what_if.deleted.contains(place))
        .collect();
    let first = *deleted.first()?;
    let named: Vec<String> = deleted
        .iter()
        .map(|place| before.resource(*place))
        .map(|lost| format!("{} {}", lost.kind.label(), lost.name))
        .collect();
    Some(Impact {
        resource: service,
        outcome: Outcome::AtRisk,
        phase: Phase::Run,
        share: None,
        cause: format!(
            "Its task role {} may use {}, which the change deletes: check that its containers do not.",
            before.resource(role).name,
            listed(&named, NAMED)
        ),
        need: "granted-resource-there".into(),
        about: Some(first),
        from: deleted,
        aws_error: None,
        documentation: Some(PAGE.into()),
    })
}

/// At risk where the role as which a service's containers act loses permissions.
pub(super) fn from_task_role(what_if: &WhatIf<'_, '_>, service: ResourceIndex) -> Option<Impact> {
    let (before, after) = (what_if.before, what_if.after);
    if !before.holds(service) {
        return None;
    }
    let old = task_role(before, service)?;
    let new = task_role(after, service);
    let near = |estate: &Overlay<'_>, role: ResourceIndex| {
        let mut near: BTreeSet<ResourceIndex> = [role].into();
        near.extend(estate.needed(role, Relation::GrantedBy));
        near.extend(estate.needed(role, Relation::BoundedBy));
        near
    };
    let mut from: Vec<ResourceIndex> = near(before, old)
        .intersection(what_if.touched)
        .copied()
        .collect();
    if new != Some(old) {
        from.insert(0, service);
    }
    // A role that is gone is another need's to tell.
    if from.is_empty() || new.is_some_and(|role| !after.is_there(role)) {
        return None;
    }
    let had = grants(before, old);
    let has = new.map(|role| grants(after, role)).unwrap_or_default();
    let mut taken: BTreeSet<String> = had
        .allowed
        .iter()
        .filter(|grant| !has.allowed.iter().any(|other| grant.is_within(other)))
        .map(Grant::say)
        .collect();
    let denied = has
        .denied
        .iter()
        .filter(|grant| !had.denied.iter().any(|other| grant.is_within(other)));
    taken.extend(denied.map(|grant| format!("{} (now denied)", grant.say())));
    taken.extend(
        had.unread
            .difference(&has.unread)
            .map(|policy| format!("what policy {policy} grants")),
    );
    if taken.is_empty() {
        return None;
    }
    let taken: Vec<String> = taken.into_iter().collect();
    let said = listed(&taken, NAMED);
    let loses = match has.open {
        Some(what) => format!("may lose {said}, for {what} are known only after the apply"),
        None => format!("lose {said}"),
    };
    let role = &before.resource(old).name;
    Some(Impact {
        resource: service,
        outcome: Outcome::AtRisk,
        phase: Phase::Run,
        share: None,
        cause: format!(
            "Its containers act as role {role} and {loses}: check that they do not need it; a permission taken away is missed at once."
        ),
        need: "task-role-permissions".into(),
        about: Some(old),
        from,
        aws_error: Some("AccessDeniedException".into()),
        documentation: Some(PAGE.into()),
    })
}

pub(super) fn task_role(estate: &Overlay<'_>, service: ResourceIndex) -> Option<ResourceIndex> {
    let definition = *estate.needed(service, Relation::Runs).first()?;
    estate
        .needed(definition, Relation::TaskRole)
        .first()
        .copied()
}

/// What a role's policies say, statement by statement.
#[derive(Default)]
struct Grants {
    allowed: Vec<Grant>,
    denied: Vec<Grant>,
    /// Policies whose documents were not read.
    unread: BTreeSet<String>,
    /// What of the role only the apply will tell.
    open: Option<&'static str>,
}

/// One action on one resource, as patterns, under one condition.
#[derive(Debug, PartialEq)]
struct Grant {
    action: String,
    resource: String,
    condition: Value,
}

impl Grant {
    fn is_within(&self, other: &Self) -> bool {
        (other.condition.is_null() || other.condition == self.condition)
            && covers(
                &other.action.to_ascii_lowercase(),
                &self.action.to_ascii_lowercase(),
            )
            && covers(&other.resource, &self.resource)
    }

    fn say(&self) -> String {
        if self.resource == "*" {
            self.action.clone()
        } else {
            format!("{} on {}", self.action, self.resource)
        }
    }
}

fn grants(estate: &Overlay<'_>, role: ResourceIndex) -> Grants {
    let mut grants = Grants::default();
    let Some(facts) = estate.facts::<IamRole>(role) else {
        return grants;
    };
    let open = [
        ("RolePolicyList", "its inline policies"),
        ("AttachedManagedPolicies", "its attached policies"),
    ];
    grants.open = open
        .into_iter()
        .find_map(|(field, what)| estate.is_unknown(role, field).then_some(what));
    for policy in &facts.role_policy_list {
        read(&policy.policy_document, &mut grants);
    }
    for policy in &facts.attached_managed_policies {
        let place = estate.find(&ResourceId::new(&policy.policy_arn));
        match place.and_then(|place| estate.facts::<IamPolicy>(place)) {
            _ if place.is_some_and(|place| estate.is_unknown(place, "PolicyDocument")) => {
                grants
                    .open
                    .get_or_insert("the documents of its attached policies");
            }
            Some(policy) => read(&policy.policy_document, &mut grants),
            None => {
                grants.unread.insert(policy.policy_name.clone());
            }
        }
    }
    grants
}

fn read(document: &Value, grants: &mut Grants) {
    let Ok(document) = document_value(document) else {
        return;
    };
    for statement in document.get("Statement").into_iter().flat_map(one_or_many) {
        let condition = statement.get("Condition").cloned().unwrap_or_default();
        let into = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => &mut grants.allowed,
            Some("Deny") => &mut grants.denied,
            _ => continue,
        };
        // A statement in the negative is one thing: it is kept, or it is not.
        let texts = |name: &str| -> Vec<String> {
            let negative = format!("Not{name}");
            match statement.get(&negative) {
                Some(value) => vec![format!("all but {}", say(value))],
                None => statement
                    .get(name)
                    .into_iter()
                    .flat_map(one_or_many)
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            }
        };
        for action in texts("Action") {
            for resource in texts("Resource") {
                into.push(Grant {
                    action: action.clone(),
                    resource,
                    condition: condition.clone(),
                });
            }
        }
    }
}

fn say(value: &Value) -> String {
    let texts: Vec<&str> = one_or_many(value).filter_map(Value::as_str).collect();
    texts.join(" and ")
}

/// True where everything that `narrow` matches, `wide` matches, too: a star of the one is only covered by a star of the other.
fn covers(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut at, mut own) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < narrow.len() {
        let fits = own < wide.len()
            && wide[own] != b'*'
            && (wide[own] == narrow[at] || (wide[own] == b'?' && narrow[at] != b'*'));
        if own < wide.len() && wide[own] == b'*' {
            star = Some((own, at));
            own += 1;
        } else if fits {
            own += 1;
            at += 1;
        } else if let Some((place, begun)) = star {
            own = place + 1;
            at = begun + 1;
            star = Some((place, begun + 1));
        } else {
            return false;
        }
    }
    wide[own..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        let cases = [
            ("s3:*", "s3:GetObject", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:GetObject", "s3:Get*", false),
            ("s3:Get*", "s3:*", false),
            ("*", "arn:aws:s3:::bucket/*", true),
            ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/*", true),
            ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/*", false),
            ("arn:aws:s3:::bucket-?", "arn:aws:s3:::bucket-1", true),
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("", "", true),
            ("", "a", false),
        ];
        for (wide, narrow, expected) in cases {
            assert_eq!(covers(wide, narrow), expected, "{wide} covers {narrow}");
        }
    }
}

//! Which rule of a listener answers a request: the first, by priority, whose conditions it meets.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html>

use std::{collections::BTreeMap, rc::Rc};

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceIndex, ResourceKind,
    kinds::{
        listener::{Action, Listener},
        listener_rule::{Condition, ListenerRule},
    },
};
use ipnet::IpNet;

use super::{
    glob,
    lookup::goes_by,
    peer::{Addresses, Cover},
};

/// A rule of a listener, or the listener's default action, which comes last.
struct Rule {
    place: ResourceIndex,
    priority: Option<u32>,
    /// None: not known.
    conditions: Option<Vec<Condition>>,
}

/// Whether a rule, or a listener's default action, is ever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    Yes,
    /// This rule answers first whatever it would.
    No(ResourceIndex),
    /// It hangs on what this rule matches.
    Perhaps(ResourceIndex),
}

/// The rule that answers first whatever this rule, or this listener by default, would answer.
pub fn shadowed_by(overlay: &Overlay<'_>, rule: ResourceIndex) -> Option<ResourceIndex> {
    match reached(overlay, rule) {
        Reached::No(by) => Some(by),
        Reached::Yes | Reached::Perhaps(_) => None,
    }
}

/// Whether requests come to this rule, or to this listener's default action.
pub fn reached(overlay: &Overlay<'_>, rule: ResourceIndex) -> Reached {
    let (listener, own) = match overlay.kind(rule) {
        ResourceKind::Listener => (Some(rule), Some(default_rule(rule))),
        _ => (listener_of(overlay, rule), rule_of(overlay, rule)),
    };
    let (Some(listener), Some(own)) = (listener, own) else {
        return Reached::Yes;
    };
    let mut perhaps = None;
    for other in rules_of(overlay, listener) {
        if other.place == rule || other.priority.is_none() && own.priority.is_none() {
            continue;
        }
        let earlier = match (other.priority, own.priority) {
            (Some(other), Some(own)) => other < own,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if !earlier {
            continue;
        }
        match covers(&other, &own) {
            Some(true) => return Reached::No(other.place),
            Some(false) => {}
            None => perhaps = perhaps.or(Some(other.place)),
        }
    }
    perhaps.map_or(Reached::Yes, Reached::Perhaps)
}

/// Whether a rule matches all requests after a change that it matched before. None: not to be told.
pub fn still_answers(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    rule: ResourceIndex,
) -> Option<bool> {
    covers(&rule_of(after, rule)?, &rule_of(before, rule)?)
}

/// The rule, or the listener by default, that answers after a change all that a rule answered before it; none where several share it.
pub fn answers_instead(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    rule: ResourceIndex,
) -> Option<ResourceIndex> {
    let own = rule_of(before, rule)?;
    let listener = listener_of(before, rule)?;
    let mut others = rules_of(after, listener);
    others.sort_by_key(|other| other.priority.unwrap_or(u32::MAX));
    let mut overlapping = others
        .iter()
        .filter(|other| other.priority.is_some() && covers(other, &own) != Some(false));
    let first = overlapping.find(|other| other.place != rule);
    match first {
        Some(first) if covers(first, &own) == Some(true) => Some(first.place),
        Some(_) => None,
        None => Some(listener),
    }
}

/// The target groups to which a rule, or a listener by default, forwards, with their weights.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html>
pub fn forwards_to(
    overlay: &Overlay<'_>,
    rule_or_listener: ResourceIndex,
) -> Vec<(ResourceIndex, i32)> {
    let actions = actions_of(overlay, rule_or_listener);
    let named = overlay.needed(rule_or_listener, Relation::ForwardsTo);
    let find = |arn: &str| {
        named
            .iter()
            .copied()
            .find(|place| goes_by(overlay, *place, arn))
    };
    let mut weights: BTreeMap<ResourceIndex, i32> = BTreeMap::new();
    for action in &actions {
        // Without a type it is a forward: a plan may leave it out where it names a group.
        if action.r#type.as_deref().is_some_and(|own| own != "forward") {
            continue;
        }
        let weighted = action.forward_config.as_ref();
        let weighted = weighted
            .map(|own| own.target_groups.as_slice())
            .unwrap_or_default();
        for group in weighted {
            if let Some(place) = group.target_group_arn.as_deref().and_then(find) {
                weights.insert(place, group.weight.unwrap_or(1));
            }
        }
        if weighted.is_empty()
            && let Some(place) = action.target_group_arn.as_deref().and_then(find)
        {
            weights.insert(place, 1);
        }
    }
    weights.into_iter().collect()
}

/// The listener that a rule belongs to.
pub fn listener_of(overlay: &Overlay<'_>, rule: ResourceIndex) -> Option<ResourceIndex> {
    let whole = overlay.needed(rule, Relation::PartOf).into_iter();
    whole
        .into_iter()
        .find(|place| overlay.kind(*place) == ResourceKind::Listener)
}

/// The load balancer of a rule or listener.
pub fn balancer_of(
    overlay: &Overlay<'_>,
    rule_or_listener: ResourceIndex,
) -> Option<ResourceIndex> {
    let listener = match overlay.kind(rule_or_listener) {
        ResourceKind::Listener => rule_or_listener,
        _ => listener_of(overlay, rule_or_listener)?,
    };
    overlay.needed(listener, Relation::PartOf).first().copied()
}

/// Rules, and listeners by default, that name a target group, whatever the weight. A listener's default action stands in its own
/// facts and in those of its default rule: where the listener is known, it alone counts.
pub fn forwarding_to(overlay: &Overlay<'_>, group: ResourceIndex) -> Vec<ResourceIndex> {
    let all = overlay.needing(group, Relation::ForwardsTo).into_iter();
    let mut all: Vec<_> = all
        .filter(|place| overlay.is_there(*place))
        .filter(|place| !is_told_by_its_listener(overlay, *place))
        .collect();
    all.sort();
    all.dedup();
    all
}

/// True for the default rule of a listener whose facts are known.
pub fn is_told_by_its_listener(overlay: &Overlay<'_>, rule: ResourceIndex) -> bool {
    let facts = overlay.facts::<ListenerRule>(rule);
    facts.is_some_and(|facts| facts.is_default)
        && listener_of(overlay, rule)
            .is_some_and(|listener| overlay.facts::<Listener>(listener).is_some())
}

fn actions_of(overlay: &Overlay<'_>, place: ResourceIndex) -> Vec<Action> {
    if let Some(facts) = overlay.facts::<Listener>(place) {
        return facts.default_actions.clone();
    }
    let facts: Option<Rc<ListenerRule>> = overlay.facts(place);
    facts.map(|facts| facts.actions.clone()).unwrap_or_default()
}

fn rules_of(overlay: &Overlay<'_>, listener: ResourceIndex) -> Vec<Rule> {
    let all = overlay.needing(listener, Relation::PartOf).into_iter();
    let mut rules: Vec<Rule> = all.filter_map(|place| rule_of(overlay, place)).collect();
    rules.sort_by_key(|rule| (rule.priority.unwrap_or(u32::MAX), rule.place));
    rules
}

fn rule_of(overlay: &Overlay<'_>, place: ResourceIndex) -> Option<Rule> {
    let facts = overlay.facts::<ListenerRule>(place)?;
    if facts.is_default || facts.priority.as_deref() == Some("default") {
        return Some(default_rule(place));
    }
    let known = !overlay.is_unknown(place, "Conditions");
    Some(Rule {
        place,
        priority: facts.priority.as_deref()?.parse().ok(),
        conditions: known.then(|| facts.conditions.clone()),
    })
}

fn default_rule(place: ResourceIndex) -> Rule {
    Rule {
        place,
        priority: None,
        conditions: Some(Vec::new()),
    }
}

/// Whether one rule matches all that another does. None: not to be told.
fn covers(one: &Rule, other: &Rule) -> Option<bool> {
    let (Some(one), Some(other)) = (&one.conditions, &other.conditions) else {
        return None;
    };
    let mut unsure = false;
    for condition in one {
        match implied(condition, other) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => unsure = true,
        }
    }
    (!unsure).then_some(true)
}

/// Whether whatever meets all of `by` meets this condition too.
fn implied(condition: &Condition, by: &[Condition]) -> Option<bool> {
    let field = condition.field.as_deref();
    let alike: Vec<&Condition> = by
        .iter()
        .filter(|other| other.field.as_deref() == field)
        .collect();
    // Regular expressions, or whatever else AWS may add, are compared by their looks alone.
    let told = !condition.values.is_empty();
    match field {
        Some("path-pattern") if told => patterns(condition, &alike, "/*", str::to_owned),
        Some("host-header") if told => patterns(condition, &alike, "*", str::to_ascii_lowercase),
        Some("source-ip") if told => Some(sources(condition, &alike)),
        Some("http-request-method") if told => Some(
            alike
                .iter()
                .any(|other| is_part(&other.values, &condition.values)),
        ),
        Some("http-header") if told => Some(alike.iter().any(|other| {
            let names = [&other.http_header_name, &condition.http_header_name];
            let [Some(one), Some(other_name)] = names else {
                return false;
            };
            one.eq_ignore_ascii_case(other_name) && is_part(&other.values, &condition.values)
        })),
        Some("query-string") if told => Some(alike.iter().any(|other| {
            other.query_string_keys == condition.query_string_keys
                && other.values == condition.values
        })),
        _ => None,
    }
}

/// `all` is what a rule without such a condition matches.
fn patterns(
    condition: &Condition,
    by: &[&Condition],
    all: &str,
    written: impl Fn(&str) -> String,
) -> Option<bool> {
    let own: Vec<String> = condition
        .values
        .iter()
        .map(|value| written(value))
        .collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let includes = |value: &str| {
        // Each path begins with a slash.
        let value = if value == "*" {
            all.to_owned()
        } else {
            written(value)
        };
        glob::includes(&own, &value)
    };
    if by.is_empty() {
        return includes(all);
    }
    let mut unsure = false;
    for other in by {
        let mut answers = other.values.iter().map(|value| includes(value));
        let answers: Vec<_> = answers.by_ref().collect();
        if other.values.is_empty() || answers.contains(&None) && !answers.contains(&Some(false)) {
            unsure = true;
        } else if !answers.contains(&Some(false)) {
            return Some(true);
        }
    }
    (!unsure).then_some(false)
}

fn sources(condition: &Condition, by: &[&Condition]) -> bool {
    let nets = |values: &[String]| -> Vec<IpNet> {
        values
            .iter()
            .filter_map(|value| value.parse().ok())
            .collect()
    };
    let own = nets(&condition.values);
    let everyone = ["0.0.0.0/0".to_owned(), "::/0".to_owned()];
    let within = |values: &[String]| {
        let nets = nets(values);
        !nets.is_empty() && Addresses::Within(nets).covered(&own) == Cover::Whole
    };
    if by.is_empty() {
        return within(&everyone);
    }
    by.iter().any(|other| within(&other.values))
}

fn is_part(some: &[String], all: &[String]) -> bool {
    !some.is_empty() && some.iter().all(|value| all.contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(text: &str) -> Vec<Condition> {
        let condition = |text: &str| {
            let (field, values) = text.split_once('=').unwrap();
            let (field, name) = field
                .split_once(':')
                .map_or((field, None), |(field, name)| (field, Some(name)));
            Condition {
                field: Some(field.to_owned()),
                values: values
                    .split('|')
                    .filter(|value| !value.is_empty())
                    .map(str::to_owned)
                    .collect(),
                http_header_name: name.map(str::to_owned),
                query_string_keys: Vec::new(),
            }
        };
        text.split_whitespace().map(condition).collect()
    }

    fn rule(text: &str) -> Rule {
        Rule {
            place: ResourceIndex(0),
            priority: Some(1),
            conditions: Some(conditions(text)),
        }
    }

    #[test]
    fn a_rule_covers_what_it_matches_whole() {
        let cases = [
            ("", "path-pattern=/a", Some(true)),
            ("path-pattern=/*", "", Some(true)),
            ("path-pattern=*", "", Some(true)),
            ("path-pattern=/*", "path-pattern=*", Some(true)),
            ("path-pattern=/api/*", "path-pattern=/api/v1/*", Some(true)),
            (
                "path-pattern=/api/*",
                "path-pattern=/api/*|/web",
                Some(false),
            ),
            ("path-pattern=/api/*|/web", "path-pattern=/web", Some(true)),
            ("path-pattern=/API/*", "path-pattern=/api/*", Some(false)),
            ("path-pattern=/api/*", "", Some(false)),
            (
                "path-pattern=/api/*",
                "host-header=a.example.com",
                Some(false),
            ),
            ("path-pattern=/*", "host-header=a.example.com", Some(true)),
            (
                "host-header=*.EXAMPLE.com",
                "host-header=www.example.com",
                Some(true),
            ),
            (
                "host-header=www.example.com path-pattern=/*",
                "host-header=www.example.com",
                Some(true),
            ),
            (
                "host-header=www.example.com path-pattern=/*",
                "path-pattern=/a",
                Some(false),
            ),
            ("http-request-method=GET", "", Some(false)),
            (
                "http-request-method=GET|POST",
                "http-request-method=GET",
                Some(true),
            ),
            (
                "source-ip=10.0.0.0/8",
                "source-ip=10.1.0.0/16|10.2.0.0/16",
                Some(true),
            ),
            (
                "source-ip=10.0.0.0/8",
                "source-ip=192.168.0.0/16",
                Some(false),
            ),
            ("source-ip=0.0.0.0/0", "", Some(false)),
            ("source-ip=0.0.0.0/0|::/0", "", Some(true)),
            ("http-header:X-A=f1|f2", "http-header:x-a=f1", Some(true)),
            ("http-header:X-A=f1", "http-header:X-B=f1", Some(false)),
            ("http-header:X-A=f1", "", Some(false)),
            (
                "query-string=f1",
                "query-string=f1 path-pattern=/a",
                Some(true),
            ),
            ("query-string=f1", "query-string=f2", Some(false)),
            ("path-pattern=", "path-pattern=/a", None),
            ("path-pattern=/a", "path-pattern=", None),
            ("new-field=x", "", None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(
                covers(&rule(one), &rule(other)),
                expected,
                "{one} over {other}"
            );
        }
    }
}

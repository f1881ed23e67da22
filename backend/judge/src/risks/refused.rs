//! Changes that AWS refuses. Nothing is down where it does; but the apply stops half-way.

use std::collections::BTreeSet;

use blastmap_change::Action;
use blastmap_model::ResourceIndex;

use super::{Level, REFUSED, Risk, Told, id};
use crate::{assess::refused::Refused, words::counted};

/// One for each rule and sort of change.
pub(super) fn risks(told: &Told<'_>) -> Vec<Risk> {
    let mut seen = BTreeSet::new();
    let mut groups: Vec<Vec<&Refused>> = Vec::new();
    for refused in told.refusals {
        if !seen.insert((refused.rule.name, &refused.address)) {
            continue;
        }
        let key = |own: &Refused| (own.rule.name, own.action, own.kind);
        match groups
            .iter_mut()
            .find(|group| group.first().is_some_and(|own| key(own) == key(refused)))
        {
            Some(group) => group.push(refused),
            None => groups.push(vec![refused]),
        }
    }
    let risk = |group: &Vec<&Refused>| -> Option<Risk> {
        let (first, others) = group.split_first()?;
        let places: Vec<ResourceIndex> = group
            .iter()
            .filter_map(|own| told.excerpt.place(own.place?))
            .collect();
        let alone = others.is_empty();
        Some(Risk {
            id: id(
                first.rule.name,
                group.iter().map(|own| own.address.as_str()).collect(),
            ),
            rule: first.rule.name.to_owned(),
            level: Level::High,
            title: if alone {
                format!("{REFUSED} {}", first.address)
            } else {
                let what = counted(group.len(), first.kind.label());
                format!("{REFUSED} to {} {what}", verb(first.action))
            },
            detail: detail(group),
            remediation: remediation(group),
            resource: places.first().copied().filter(|_| alone),
            affected: if alone { Vec::new() } else { places },
            addresses: group.iter().map(|own| own.address.clone()).collect(),
            documentation: Some(first.rule.documentation.to_owned()),
        })
    };
    for group in &mut groups {
        group.sort_by_key(|own| &own.address);
    }
    groups.iter().filter_map(risk).collect()
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Update | Action::NoOp | Action::Read | Action::Forget => "change",
    }
}

/// What each is refused for, and that the apply stops there: what they have in common is said once.
fn detail(group: &[&Refused]) -> String {
    const STOPS: &str = "; the apply stops there";
    let texts: Vec<&str> = group
        .iter()
        .map(|own| own.refusal.text.trim_end_matches('.'))
        .collect();
    let (why, stops): (Vec<&str>, Vec<Option<&str>>) = texts
        .iter()
        .map(|text| match text.find(STOPS) {
            Some(at) => (&text[..at], Some(&text[at..])),
            None => (*text, None),
        })
        .unzip();
    let mut errors: Vec<&str> = group.iter().map(|own| own.refusal.aws_error).collect();
    errors.sort_unstable();
    errors.dedup();
    let errors = errors.join(", ");
    let why = together(&why);
    match stops.first() {
        Some(Some(stops)) => format!("{why}{stops} ({errors})."),
        _ => format!(
            "{why} ({errors}). The apply stops there: what stands before it in the plan will have been changed already."
        ),
    }
}

/// Fewer words are no sentence.
const SENTENCE: usize = 4;

fn remediation(group: &[&Refused]) -> String {
    let texts: BTreeSet<&str> = group
        .iter()
        .map(|own| own.refusal.remediation.as_str())
        .collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    if let [one] = texts.as_slice() {
        return (*one).to_owned();
    }
    let common = common_words(&texts);
    if common.len() >= SENTENCE {
        let text = common.join(" ");
        return format!("{}.", text.trim_end_matches([':', '.', ',']));
    }
    texts.join(" ")
}

/// `AWS will refuse to delete subnet a while it is in use by b; c while it is in use by d`.
fn together(texts: &[&str]) -> String {
    let mut texts = texts.to_vec();
    let mut told = BTreeSet::new();
    texts.retain(|text| told.insert(*text));
    let common = common_words(&texts).len();
    let rests = texts.iter().enumerate().map(|(number, text)| {
        let skipped = if number == 0 { 0 } else { common };
        let words: Vec<&str> = text.split(' ').skip(skipped).collect();
        words.join(" ")
    });
    rests.collect::<Vec<_>>().join("; ")
}

/// The words with which all of them begin.
fn common_words<'t>(texts: &[&'t str]) -> Vec<&'t str> {
    let Some((first, others)) = texts.split_first() else {
        return Vec::new();
    };
    let common = |(place, word): &(usize, &str)| {
        others
            .iter()
            .all(|text| text.split(' ').nth(*place) == Some(*word))
    };
    first
        .split(' ')
        .enumerate()
        .take_while(common)
        .map(|(_, word)| word)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_common_is_said_once() {
        let cases: [(&[&str], &str); 4] = [
            (&["AWS will refuse a"], "AWS will refuse a"),
            (
                &[
                    "delete group a while b uses it",
                    "delete group c while d uses it",
                ],
                "delete group a while b uses it; c while d uses it",
            ),
            (&["one", "other"], "one; other"),
            (&["the same", "the same"], "the same"),
        ];
        for (texts, said) in cases {
            assert_eq!(together(texts), said);
        }
    }
}

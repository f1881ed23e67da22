//! Texts of a policy with wildcards and variables, and how they match.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use blastmap_model::redact::{FINGERPRINT, is_fingerprint};

use super::{
    context::{ContextValue, Facts},
    document::Version,
    reason::{Cause, Causes},
    truth::Truth,
};

/// A fingerprint is its mark and 24 hexadecimal digits.
const FINGERPRINT_LENGTH: usize = FINGERPRINT.len() + 24;

/// One place of a pattern whose variables have their values, or of a text that is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// Some text that is not known.
    Hole,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Symbol(Symbol),
    /// `${key}` or `${key, 'default'}`
    Variable {
        key: String,
        default: Option<String>,
    },
    /// `${` with something that is no key.
    Malformed,
}

/// Whether `*` and `?` mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    Mean,
    AreText,
}

/// A text as a policy has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

impl Pattern {
    /// Variables came with the version of 2012-10-17; before, they are text.
    pub(super) fn new(text: &str, wildcards: Wildcards, version: Version) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if rest.get(..FINGERPRINT_LENGTH).is_some_and(is_fingerprint) {
                parts.push(Part::Symbol(Symbol::Hole));
                rest = &rest[FINGERPRINT_LENGTH..];
                continue;
            }
            if version == Version::V2012
                && let Some((variable, after)) = variable(rest)
            {
                parts.push(variable);
                rest = after;
                continue;
            }
            parts.push(Part::Symbol(match (first, wildcards) {
                ('*', Wildcards::Mean) => Symbol::Many,
                ('?', Wildcards::Mean) => Symbol::One,
                _ => Symbol::Char(first),
            }));
            rest = &rest[first.len_utf8()..];
        }
        Self { parts }
    }

    /// The pattern with its variables' values; `None` where a variable has none, since no text equals or is like no value.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    pub(super) fn resolve(
        &self,
        element: &'static str,
        facts: &Facts<'_>,
        causes: &mut Causes,
    ) -> Option<Vec<Symbol>> {
        let mut symbols = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            match part {
                Part::Symbol(symbol) => {
                    if *symbol == Symbol::Hole {
                        causes.insert(Cause::Redacted(element));
                    }
                    symbols.push(*symbol);
                }
                Part::Malformed => {
                    causes.insert(Cause::Variable(element));
                    symbols.push(Symbol::Hole);
                }
                Part::Variable { key, default } => match (facts.get(key), default) {
                    (Some(ContextValue::Known(values)), _)
                        if values.len() == 1 && !holds_fingerprint(&values[0]) =>
                    {
                        symbols.extend(text(&values[0]));
                    }
                    (Some(ContextValue::Known(values)), default) if values.is_empty() => {
                        symbols.extend(text(default.as_deref()?));
                    }
                    (Some(ContextValue::KnownAbsent), default) => {
                        symbols.extend(text(default.as_deref()?));
                    }
                    // A variable cannot stand for a key of several values; what it gives then is not documented.
                    (Some(ContextValue::Known(_) | ContextValue::Matching(_)) | None, _) => {
                        causes.insert(Cause::Key(key.clone()));
                        symbols.push(Symbol::Hole);
                    }
                },
            }
        }
        Some(symbols)
    }
}

/// True where a part of the text was replaced by its fingerprint.
pub(super) fn holds_fingerprint(text: &str) -> bool {
    text.match_indices(FINGERPRINT).any(|(at, _)| {
        text.get(at..at + FINGERPRINT_LENGTH)
            .is_some_and(is_fingerprint)
    })
}

/// The variable that a text begins with, and what comes after it.
fn variable(text: &str) -> Option<(Part, &str)> {
    let inside = text.strip_prefix("${")?;
    // A default may hold a brace between its quotes.
    let mut quoted = false;
    let end = inside.char_indices().find_map(|(at, character)| {
        quoted ^= character == '\'';
        (character == '}' && !quoted).then_some(at)
    });
    // Without an end it is text.
    let end = end?;
    let (body, after) = (&inside[..end], &inside[end + 1..]);
    let part = match body {
        "*" | "?" | "$" => Part::Symbol(Symbol::Char(body.chars().next()?)),
        _ => match body.split_once(',') {
            None => named(body, None),
            Some((key, default)) => {
                let default = default
                    .trim()
                    .strip_prefix('\'')
                    .and_then(|default| default.strip_suffix('\''));
                // Two single quotes stand for one.
                default.map_or(Part::Malformed, |default| {
                    named(key, Some(default.replace("''", "'")))
                })
            }
        },
    };
    Some((part, after))
}

fn named(key: &str, default: Option<String>) -> Part {
    let key = key.trim();
    if key.is_empty() || key.contains(['$', '{', '\'']) {
        Part::Malformed
    } else {
        Part::Variable {
            key: key.to_owned(),
            default,
        }
    }
}

/// A text of a request: nothing in it is a wildcard.
pub(super) fn text(text: &str) -> impl Iterator<Item = Symbol> + '_ {
    text.chars().map(Symbol::Char)
}

/// A set of texts of which the request has one.
pub(super) fn set(pattern: &str) -> Vec<Symbol> {
    pattern
        .chars()
        .map(|character| match character {
            '*' => Symbol::Many,
            '?' => Symbol::One,
            character => Symbol::Char(character),
        })
        .collect()
}

/// Without regard to case.
pub(super) fn folded(symbols: &[Symbol]) -> Vec<Symbol> {
    let mut folded = Vec::with_capacity(symbols.len());
    for symbol in symbols {
        match symbol {
            Symbol::Char(character) => folded.extend(character.to_lowercase().map(Symbol::Char)),
            symbol => folded.push(*symbol),
        }
    }
    folded
}

/// Whether the text (or each text of a set, or one of them) matches a pattern.
pub(super) fn matches(pattern: &[Symbol], candidate: &[Symbol]) -> Truth {
    let holes = pattern.contains(&Symbol::Hole);
    if candidate
        .iter()
        .all(|symbol| matches!(symbol, Symbol::Char(_)))
    {
        return match covers(pattern, candidate) {
            false => Truth::False,
            true if holes => Truth::Unknown,
            true => Truth::True,
        };
    }
    if !holes && covers(pattern, candidate) {
        Truth::True
    } else if overlaps(pattern, candidate) {
        Truth::Unknown
    } else {
        Truth::False
    }
}

/// Whether each text that `candidate` stands for matches the pattern, with holes taken for `*`. Goes back to the last `*` only, never
/// further: no pattern takes more steps than its length times the candidate's.
fn covers(pattern: &[Symbol], candidate: &[Symbol]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut last_many: Option<(usize, usize)> = None;
    while place < candidate.len() {
        match (pattern.get(at), candidate[place]) {
            (Some(Symbol::Many | Symbol::Hole), _) => {
                last_many = Some((at, place));
                at += 1;
                continue;
            }
            (Some(Symbol::One), Symbol::Char(_) | Symbol::One) => {}
            (Some(Symbol::Char(expected)), Symbol::Char(found)) if *expected == found => {}
            _ => {
                let Some((many, taken)) = last_many else {
                    return false;
                };
                last_many = Some((many, taken + 1));
                at = many + 1;
                place = taken + 1;
                continue;
            }
        }
        at += 1;
        place += 1;
    }
    pattern[at..]
        .iter()
        .all(|symbol| matches!(symbol, Symbol::Many | Symbol::Hole))
}

/// Whether some text matches both.
fn overlaps(one: &[Symbol], other: &[Symbol]) -> bool {
    // Beyond any policy's size: say that they may.
    if one.len().saturating_mul(other.len()) > 16_000_000 {
        return true;
    }
    let many = |symbol: &Symbol| matches!(symbol, Symbol::Many | Symbol::Hole);
    // reached[j]: the first i symbols of one and the first j of the other may stand for the same text.
    let mut reached = vec![false; other.len() + 1];
    reached[0] = true;
    for (j, symbol) in other.iter().enumerate() {
        reached[j + 1] = reached[j] && many(symbol);
    }
    for left in one {
        let mut next = vec![false; other.len() + 1];
        next[0] = reached[0] && many(left);
        for (j, right) in other.iter().enumerate() {
            next[j + 1] = if many(left) || many(right) {
                // It stands for nothing, or takes in one more of the other side.
                reached[j + 1] || next[j]
            } else {
                let same = match (left, right) {
                    (Symbol::Char(left), Symbol::Char(right)) => left == right,
                    _ => true,
                };
                reached[j] && same
            };
        }
        reached = next;
    }
    reached[other.len()]
}

/// The six parts of an ARN: a colon after the fifth belongs to the resource. `None` for what has fewer.
fn arn_parts(symbols: &[Symbol]) -> Option<Vec<&[Symbol]>> {
    let parts: Vec<_> = symbols
        .splitn(6, |symbol| *symbol == Symbol::Char(':'))
        .collect();
    (parts.len() == 6).then_some(parts)
}

/// `ArnLike` and `ArnEquals`: each of the six parts for itself.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
pub(super) fn matches_arn(pattern: &[Symbol], candidate: &[Symbol]) -> Truth {
    if pattern == [Symbol::Many] {
        return Truth::True;
    }
    let whole = matches(pattern, candidate);
    // What is not known may hold colons.
    if pattern.contains(&Symbol::Hole) {
        return whole;
    }
    match (arn_parts(pattern), arn_parts(candidate)) {
        (Some(pattern), Some(candidate)) => pattern
            .iter()
            .zip(candidate)
            .map(|(pattern, candidate)| matches(pattern, candidate))
            .min()
            .unwrap_or(Truth::True),
        // A pattern of fewer parts is not documented: a text that it does not match as a whole it matches in no reading.
        _ => whole.and(Truth::Unknown),
    }
}

/// Whether a resource is one that an element's pattern means. `*` may go on past a colon. AWS completes an ARN of fewer than six parts
/// with `*`.
pub(super) fn matches_resource(pattern: &[Symbol], resource: &[Symbol]) -> Truth {
    let colons = pattern
        .iter()
        .filter(|symbol| **symbol == Symbol::Char(':'))
        .count();
    let holes = pattern.contains(&Symbol::Hole);
    let arn = ['a', 'r', 'n', ':'].map(Symbol::Char);
    if colons >= 5 || !holes && !pattern.starts_with(&arn) {
        return matches(pattern, resource);
    }
    let mut completed = pattern.to_vec();
    for _ in colons..5 {
        completed.extend([Symbol::Char(':'), Symbol::Many]);
    }
    let truth = matches(&completed, resource);
    // What is not known may hold the colons that seem to be missing.
    if holes {
        truth.or(matches(pattern, resource))
    } else {
        truth
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By recursion over all splits.
    fn oracle(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|taken| oracle(rest, &text[taken..])),
            ['?', rest @ ..] => !text.is_empty() && oracle(rest, &text[1..]),
            [first, rest @ ..] => text.first() == Some(first) && oracle(rest, &text[1..]),
        }
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    /// All texts of up to four letters.
    fn short_texts() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut from = 0;
        for _ in 0..4 {
            let until = texts.len();
            for index in from..until {
                for letter in ["a", "b", ":"] {
                    texts.push(format!("{}{letter}", texts[index]));
                }
            }
            from = until;
        }
        texts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn agrees_with_the_oracle(pattern in "[ab:*?]{0,8}", candidate in "[ab:é]{0,10}") {
            let symbols: Vec<_> = text(&candidate).collect();
            prop_assert_eq!(covers(&set(&pattern), &symbols), oracle(&chars(&pattern), &chars(&candidate)));
        }

        #[test]
        fn a_set_matches_as_its_texts_do(pattern in "[ab:*?]{0,4}", candidate in "[ab:*?]{0,3}") {
            let texts: Vec<_> = short_texts().into_iter().filter(|text| oracle(&chars(&candidate), &chars(text))).collect();
            let found = matches(&set(&pattern), &set(&candidate));
            let matching = texts.iter().filter(|text| oracle(&chars(&pattern), &chars(text))).count();
            if found == Truth::True {
                prop_assert_eq!(matching, texts.len());
            }
            if found == Truth::False {
                prop_assert_eq!(matching, 0);
            }
            // A text that matches both is found by the overlap.
            if matching > 0 {
                prop_assert!(overlaps(&set(&pattern), &set(&candidate)));
            }
        }

        #[test]
        fn overlap_goes_both_ways(one in "[ab*?]{0,6}", other in "[ab*?]{0,6}") {
            prop_assert_eq!(overlaps(&set(&one), &set(&other)), overlaps(&set(&other), &set(&one)));
        }

        #[test]
        fn any_text_is_a_pattern(pattern in ".{0,40}") {
            Pattern::new(&pattern, Wildcards::Mean, Version::V2012);
            Pattern::new(&format!("${{{pattern}"), Wildcards::AreText, Version::V2012);
        }
    }

    #[test]
    fn many_wildcards_take_no_longer() {
        let pattern = set(&"a*".repeat(2_000));
        let candidate: Vec<_> = text(&"a".repeat(4_000)).chain(text("b")).collect();
        assert!(covers(&pattern, &candidate));
        assert!(!covers(
            &[pattern, vec![Symbol::Char('c')]].concat(),
            &candidate
        ));
    }
}

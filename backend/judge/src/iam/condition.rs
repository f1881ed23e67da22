//! Conditions: operators, sets of values, absent and unknown keys.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::{cmp::Ordering, net::IpAddr};

use ipnet::IpNet;
use time::{
    Date, OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::well_known::{Iso8601, Rfc3339},
    macros::format_description,
};

use super::{
    context::{ContextValue, Facts},
    document::Version,
    reason::{Cause, Causes},
    truth::Truth,
    wildcard::{self, Pattern, Symbol, Wildcards},
};

const ELEMENT: &str = "Condition";

/// What one value of the request is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Text { fold: bool },
    Like,
    Arn,
    Number(Relation),
    Date(Relation),
    Bool,
    Binary,
    Address,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// How many of the request's values count.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    /// The key has one value.
    One,
    ForAllValues,
    ForAnyValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Operator {
    quantifier: Quantifier,
    test: Test,
    /// `...NotEquals`, `...NotLike`, `NotIpAddress`: none of the policy's values may match.
    negated: bool,
    if_exists: bool,
}

impl Operator {
    fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (quantifier, text) = match text.split_once(':') {
            Some(("forallvalues", rest)) => (Quantifier::ForAllValues, rest),
            Some(("foranyvalue", rest)) => (Quantifier::ForAnyValue, rest),
            Some(_) => return None,
            None => (Quantifier::One, text.as_str()),
        };
        let (text, if_exists) = text
            .strip_suffix("ifexists")
            .map_or((text, false), |text| (text, true));
        let (test, negated) = match text {
            "stringequals" => (Test::Text { fold: false }, false),
            "stringnotequals" => (Test::Text { fold: false }, true),
            "stringequalsignorecase" => (Test::Text { fold: true }, false),
            "stringnotequalsignorecase" => (Test::Text { fold: true }, true),
            "stringlike" => (Test::Like, false),
            "stringnotlike" => (Test::Like, true),
            // Both are the same.
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            "numericequals" => (Test::Number(Relation::Equal), false),
            "numericnotequals" => (Test::Number(Relation::Equal), true),
            "numericlessthan" => (Test::Number(Relation::Less), false),
            "numericlessthanequals" => (Test::Number(Relation::LessOrEqual), false),
            "numericgreaterthan" => (Test::Number(Relation::Greater), false),
            "numericgreaterthanequals" => (Test::Number(Relation::GreaterOrEqual), false),
            "dateequals" => (Test::Date(Relation::Equal), false),
            "datenotequals" => (Test::Date(Relation::Equal), true),
            "datelessthan" => (Test::Date(Relation::Less), false),
            "datelessthanequals" => (Test::Date(Relation::LessOrEqual), false),
            "dategreaterthan" => (Test::Date(Relation::Greater), false),
            "dategreaterthanequals" => (Test::Date(Relation::GreaterOrEqual), false),
            "bool" => (Test::Bool, false),
            "binaryequals" => (Test::Binary, false),
            "ipaddress" => (Test::Address, false),
            "notipaddress" => (Test::Address, true),
            // Null asks for existence itself.
            "null" if !if_exists => (Test::Null, false),
            _ => return None,
        };
        Some(Self {
            quantifier,
            test,
            negated,
            if_exists,
        })
    }
}

/// A value of the policy, read as its operator needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Expected {
    Pattern(Pattern),
    Text(String),
    Redacted,
}

/// One key under one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    operator: Result<Operator, String>,
    key: String,
    values: Vec<Expected>,
}

impl Condition {
    pub(super) fn new(operator: &str, key: &str, values: Vec<String>, version: Version) -> Self {
        let parsed = Operator::parse(operator);
        let wildcards = match parsed.map(|operator| operator.test) {
            Some(Test::Text { .. }) => Some(Wildcards::AreText),
            Some(Test::Like | Test::Arn) => Some(Wildcards::Mean),
            // Only texts and ARNs know variables.
            _ => None,
        };
        let expected = |value: String| match wildcards {
            Some(wildcards) => Expected::Pattern(Pattern::new(&value, wildcards, version)),
            None if wildcard::holds_fingerprint(&value) => Expected::Redacted,
            None => Expected::Text(value),
        };
        Self {
            operator: parsed.ok_or_else(|| operator.to_owned()),
            key: key.to_owned(),
            values: values.into_iter().map(expected).collect(),
        }
    }

    /// Whether the request fulfils the condition; causes say why that is unknown.
    pub(super) fn holds(&self, facts: &Facts<'_>, causes: &mut Causes) -> Truth {
        let operator = match &self.operator {
            Ok(operator) => *operator,
            Err(operator) => {
                causes.insert(Cause::Operator(operator.clone()));
                return Truth::Unknown;
            }
        };
        let mut own = Causes::new();
        let truth = match facts.get(&self.key) {
            Some(value) => self.holds_for(operator, value, facts, &mut own),
            None => {
                // It is absent or has some value: where both give the same, nothing hangs on it.
                let mut unused = Causes::new();
                let absent =
                    self.holds_for(operator, &ContextValue::KnownAbsent, facts, &mut unused);
                let present = self.holds_for(
                    operator,
                    &ContextValue::Matching("*".to_owned()),
                    facts,
                    &mut unused,
                );
                own.insert(Cause::Key(self.key.clone()));
                absent.either(present)
            }
        };
        if truth == Truth::Unknown {
            causes.append(&mut own);
        }
        truth
    }

    fn holds_for(
        &self,
        operator: Operator,
        value: &ContextValue,
        facts: &Facts<'_>,
        causes: &mut Causes,
    ) -> Truth {
        if operator.test == Test::Null {
            let absent = match value {
                ContextValue::KnownAbsent => true,
                ContextValue::Known(values) => values.is_empty(),
                ContextValue::Matching(_) => false,
            };
            return self.null(absent, causes);
        }
        let no_value = match value {
            ContextValue::KnownAbsent => true,
            // For the set operators a set of nothing but an empty text is a set of nothing.
            ContextValue::Known(values) => {
                values.is_empty()
                    || operator.quantifier != Quantifier::One && values.iter().all(String::is_empty)
            }
            ContextValue::Matching(_) => false,
        };
        if no_value {
            return match operator.quantifier {
                _ if operator.if_exists => Truth::True,
                Quantifier::ForAllValues => Truth::True,
                Quantifier::ForAnyValue => Truth::False,
                Quantifier::One => operator.negated.into(),
            };
        }
        let found = match value {
            ContextValue::Known(values) => values
                .iter()
                .map(|value| self.one(operator, Found::Text(value), facts, causes))
                .collect(),
            ContextValue::Matching(pattern) => {
                vec![self.one(operator, Found::Set(pattern), facts, causes)]
            }
            ContextValue::KnownAbsent => Vec::new(),
        };
        let all = found.iter().copied().min().unwrap_or(Truth::True);
        let any = found.iter().copied().max().unwrap_or(Truth::False);
        match operator.quantifier {
            Quantifier::ForAllValues => all,
            Quantifier::ForAnyValue => any,
            Quantifier::One => {
                if all != any {
                    causes.insert(Cause::SeveralValues(self.key.clone()));
                }
                all.either(any)
            }
        }
    }

    /// `"Null": {"key": "true"}` asks that the key be absent.
    fn null(&self, absent: bool, causes: &mut Causes) -> Truth {
        let one = |expected: &Expected| match expected {
            Expected::Text(text) if text.eq_ignore_ascii_case("true") => absent.into(),
            Expected::Text(text) if text.eq_ignore_ascii_case("false") => (!absent).into(),
            _ => {
                causes.insert(Cause::Type(self.key.clone()));
                Truth::Unknown
            }
        };
        self.values.iter().map(one).max().unwrap_or(Truth::False)
    }

    /// One value of the request against the policy's: one of them is enough, and for a negated operator too much.
    fn one(
        &self,
        operator: Operator,
        found: Found<'_>,
        facts: &Facts<'_>,
        causes: &mut Causes,
    ) -> Truth {
        let any = match found {
            Found::Text(text) if wildcard::holds_fingerprint(text) => {
                causes.insert(Cause::Redacted("request's context"));
                Truth::Unknown
            }
            _ => {
                let one = |expected| self.compare(operator.test, expected, found, facts, causes);
                self.values.iter().map(one).max().unwrap_or(Truth::False)
            }
        };
        if operator.negated { !any } else { any }
    }

    fn compare(
        &self,
        test: Test,
        expected: &Expected,
        found: Found<'_>,
        facts: &Facts<'_>,
        causes: &mut Causes,
    ) -> Truth {
        let expected = match expected {
            Expected::Pattern(pattern) => {
                // No text equals or is like a variable without a value.
                let Some(pattern) = pattern.resolve(ELEMENT, facts, causes) else {
                    return Truth::False;
                };
                let truth = compare_text(test, pattern, &found.symbols());
                if truth == Truth::Unknown {
                    self.pattern_only(found, causes);
                }
                return truth;
            }
            Expected::Redacted => {
                causes.insert(Cause::Redacted(ELEMENT));
                return Truth::Unknown;
            }
            Expected::Text(expected) => expected,
        };
        let Found::Text(found_text) = found else {
            self.pattern_only(found, causes);
            return Truth::Unknown;
        };
        let compared = match test {
            Test::Number(relation) => {
                number(expected)
                    .zip(number(found_text))
                    .and_then(|(expected, found)| {
                        found
                            .partial_cmp(&expected)
                            .map(|ordering| relation.holds(ordering))
                    })
            }
            Test::Date(relation) => date(expected)
                .zip(date(found_text))
                .map(|(expected, found)| relation.holds(found.cmp(&expected))),
            Test::Bool => boolean(expected)
                .zip(boolean(found_text))
                .map(|(expected, found)| expected == found),
            // Both are Base64 of one alphabet: equal bytes are equal texts but for the padding.
            Test::Binary => {
                Some(expected.trim_end_matches('=') == found_text.trim_end_matches('='))
            }
            Test::Address => network(expected)
                .zip(found_text.parse().ok())
                .map(|(network, address): (IpNet, IpAddr)| network.contains(&address)),
            Test::Text { .. } | Test::Like | Test::Arn | Test::Null => None,
        };
        compared.map_or_else(
            || {
                causes.insert(Cause::Type(self.key.clone()));
                Truth::Unknown
            },
            Truth::from,
        )
    }

    fn pattern_only(&self, found: Found<'_>, causes: &mut Causes) {
        if matches!(found, Found::Set(_)) {
            causes.insert(Cause::Pattern(self.key.clone()));
        }
    }
}

/// A value of the request, or the pattern that it matches.
#[derive(Debug, Clone, Copy)]
enum Found<'a> {
    Text(&'a str),
    Set(&'a str),
}

impl Found<'_> {
    fn symbols(self) -> Vec<Symbol> {
        match self {
            Self::Text(text) => wildcard::text(text).collect(),
            Self::Set(pattern) => wildcard::set(pattern),
        }
    }
}

fn compare_text(test: Test, pattern: Vec<Symbol>, found: &[Symbol]) -> Truth {
    match test {
        Test::Text { fold: true } => {
            wildcard::matches(&wildcard::folded(&pattern), &wildcard::folded(found))
        }
        Test::Arn => wildcard::matches_arn(&pattern, found),
        _ => wildcard::matches(&pattern, found),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find_map(|(word, value)| text.eq_ignore_ascii_case(word).then_some(value))
}

/// An address without a prefix length is one address.
fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// The W3C's forms of ISO 8601, or seconds since 1970.
fn date(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_other_form| OffsetDateTime::parse(text, &Iso8601::DEFAULT))
        .ok()
        .or_else(|| {
            let minutes = format_description!("[year]-[month]-[day]T[hour]:[minute]Z");
            PrimitiveDateTime::parse(text, &minutes)
                .ok()
                .map(|time| time.assume_offset(UtcOffset::UTC))
        })
        .or_else(|| {
            let day = format_description!("[year]-[month]-[day]");
            Date::parse(text, &day)
                .ok()
                .map(|day| day.midnight().assume_utc())
        })
        .or_else(|| OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_a_date() {
        let day = date("2026-11-01T00:00:00Z");
        assert!(day.is_some());
        for text in [
            "2026-11-01",
            "2026-11-01T00:00Z",
            "2026-11-01T00:00:00.000Z",
            "2026-11-01T01:00:00+01:00",
            "1793491200",
        ] {
            assert_eq!(date(text), day, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "99999999999999999999"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}

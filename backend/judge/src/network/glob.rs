//! Patterns with `*` for any text and `?` for any one character: whether one matches all that another does.

use std::collections::HashSet;

/// How many states are looked at before giving up: patterns of AWS's length need far fewer, unless somebody makes them so.
const LIMIT: usize = 5_000;

/// Whether each text that `one` matches is matched by some of `these`. None: too intricate to tell.
pub fn includes(these: &[&str], one: &str) -> Option<bool> {
    let one: Vec<char> = one.chars().collect();
    let these: Vec<Vec<char>> = these.iter().map(|own| own.chars().collect()).collect();
    let mut alphabet: Vec<char> = one.iter().chain(these.iter().flatten()).copied().collect();
    alphabet.retain(|letter| !matches!(letter, '*' | '?'));
    // One that stands for all that no pattern names.
    alphabet.push('\u{10FFFF}');
    alphabet.sort_unstable();
    alphabet.dedup();

    let mut starts: Vec<(usize, usize)> = (0..these.len()).map(|own| (own, 0)).collect();
    close(&these, &mut starts);
    let mut waiting = vec![(0, starts)];
    let mut seen = HashSet::new();
    while let Some((at, states)) = waiting.pop() {
        if !seen.insert((at, states.clone())) {
            continue;
        }
        if seen.len() > LIMIT {
            return None;
        }
        let ends = one[at..].iter().all(|own| *own == '*');
        let matched = states.iter().any(|(own, at)| *at == these[*own].len());
        if ends && !matched {
            return Some(false);
        }
        if let Some('*') = one.get(at) {
            waiting.push((at + 1, states.clone()));
        }
        for letter in &alphabet {
            let next = match one.get(at) {
                Some('*') => at,
                Some('?') => at + 1,
                Some(own) if own == letter => at + 1,
                _ => continue,
            };
            waiting.push((next, step(&these, &states, *letter)));
        }
    }
    Some(true)
}

fn step(these: &[Vec<char>], states: &[(usize, usize)], letter: char) -> Vec<(usize, usize)> {
    let next = states
        .iter()
        .filter_map(|(own, at)| match these[*own].get(*at) {
            Some('*') => Some((*own, *at)),
            Some('?') => Some((*own, at + 1)),
            Some(wanted) if *wanted == letter => Some((*own, at + 1)),
            _ => None,
        });
    let mut next: Vec<_> = next.collect();
    close(these, &mut next);
    next
}

/// A `*` may match nothing.
fn close(these: &[Vec<char>], states: &mut Vec<(usize, usize)>) {
    let mut number = 0;
    while let Some((own, at)) = states.get(number).copied() {
        if these[own].get(at) == Some(&'*') {
            states.push((own, at + 1));
        }
        number += 1;
    }
    states.sort_unstable();
    states.dedup();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_pattern_may_match_all_that_another_does() {
        let cases = [
            ("/*", "/api/*", true),
            ("/api/*", "/*", false),
            ("/api/*", "/api/v1", true),
            ("/api/*", "/api", false),
            ("/api*", "/api/*", true),
            ("*", "/a?c", true),
            ("/a?c", "/abc", true),
            ("/a?c", "/a*c", false),
            ("/*/b", "/a/*/b", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("/?*", "/*?", true),
            ("/a", "/a", true),
            ("", "", true),
            ("", "*", false),
            ("/a /b", "/a", true),
            ("/a* /b*", "/?", false),
        ];
        for (these, one, expected) in cases {
            let these: Vec<_> = if these.is_empty() {
                vec![""]
            } else {
                these.split(' ').collect()
            };
            assert_eq!(includes(&these, one), Some(expected), "{these:?} and {one}");
        }
        assert_eq!(includes(&[], "a"), Some(false));
    }

    fn matches(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, _) => text.is_empty(),
            (Some(('*', rest)), None) => matches(rest, text),
            (Some(('*', rest)), Some((_, left))) => matches(rest, text) || matches(pattern, left),
            (Some(('?', rest)), Some((_, left))) => matches(rest, left),
            (Some((own, rest)), Some((letter, left))) => own == letter && matches(rest, left),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_included_is_matched(these in prop::collection::vec("[ab*?]{0,5}", 1..3), one in "[ab*?]{0,5}", text in "[abc]{0,6}") {
            let names: Vec<&str> = these.iter().map(String::as_str).collect();
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let text = chars(&text);
            if includes(&names, &one) == Some(true) && matches(&chars(&one), &text) {
                prop_assert!(these.iter().any(|own| matches(&chars(own), &text)));
            }
        }

        #[test]
        fn never_runs_on(these in prop::collection::vec("[ab*?]{0,30}", 1..4), one in "[ab*?]{0,30}") {
            let names: Vec<&str> = these.iter().map(String::as_str).collect();
            let _ = includes(&names, &one);
        }
    }
}

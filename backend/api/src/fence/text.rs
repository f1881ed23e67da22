//! The first look at a query, before it is parsed: the parser recurses, and its stack is not endless.

use super::too_complex;
use crate::problem::Problem;

/// The deepest nesting of brackets of any kind.
const NESTING: usize = 60;

/// The most names, numbers, strings and signs.
const TOKENS: usize = 10_000;

/// Counts brackets and tokens outside strings and comments.
///
/// <https://spec.graphql.org/October2021/#sec-Language.Source-Text>
pub(super) fn check(query: &str) -> Result<(), Problem> {
    let mut rest = query.as_bytes();
    let (mut tokens, mut nesting) = (0_usize, 0_usize);
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                rest = &rest[end.unwrap_or(rest.len())..];
                continue;
            }
            b'"' => string(rest)
                .ok_or_else(|| Problem::bad_input("a string in the query does not end"))?,
            b'{' | b'[' | b'(' => {
                nesting += 1;
                1
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                1
            }
            _ if is_word(byte) => rest.iter().take_while(|byte| is_word(**byte)).count(),
            _ => 1,
        };
        tokens += 1;
        if nesting > NESTING {
            return Err(too_complex(format!(
                "the query nests brackets more than {NESTING} levels deep"
            )));
        }
        if tokens > TOKENS {
            return Err(too_complex(format!(
                "the query has more than {TOKENS} names and signs: send values as variables, and ask for less at a time"
            )));
        }
        rest = &rest[length..];
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-')
}

/// The length of the string that the text begins with; none where it does not end.
fn string(text: &[u8]) -> Option<usize> {
    const BLOCK: &[u8] = b"\"\"\"";
    let block = text.starts_with(BLOCK);
    let mut at = if block { 3 } else { 1 };
    loop {
        let rest = text.get(at..)?;
        let step = if block {
            match rest {
                _ if rest.starts_with(BLOCK) => return Some(at + 3),
                _ if rest.starts_with(b"\\\"\"\"") => 4,
                _ => 1,
            }
        } else {
            match rest.first()? {
                b'"' => return Some(at + 1),
                b'\n' | b'\r' => return None,
                b'\\' => 2,
                _ => 1,
            }
        };
        if rest.is_empty() {
            return None;
        }
        at += step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn nesting_is_counted_over_all_brackets() {
        let nested = |levels: usize| "{a".repeat(levels) + &"}".repeat(levels);
        assert_eq!(check(&nested(NESTING)), Ok(()));
        for query in [
            nested(NESTING + 1),
            "{a(b:".to_owned() + &"[".repeat(100_000),
            "query($a:".to_owned() + &"[".repeat(100_000),
            "{a(b:".to_owned() + &"{c:".repeat(100_000),
        ] {
            assert_eq!(check(&query).unwrap_err().code, Code::TooComplex);
        }
    }

    #[test]
    fn tokens_are_counted() {
        let aliases = "alias: __typename ".repeat(20_000);
        assert_eq!(
            check(&format!("{{{aliases}}}")).unwrap_err().code,
            Code::TooComplex
        );
        assert_eq!(check(&"a ".repeat(TOKENS)), Ok(()));
    }

    #[test]
    fn strings_and_comments_hide_brackets_only_while_they_last() {
        let many = "[".repeat(1000);
        for query in [
            format!("{{a(b:\"{many}\")}}"),
            format!("{{a(b:\"\\\"{many}\")}}"),
            format!("{{a(b:\"\"\"{many}\n\\\"\"\"{many}\"\"\")}}"),
            format!("# {many}\n{{a}}"),
            "{a(b:\"\")}".to_owned(),
        ] {
            assert_eq!(check(&query), Ok(()), "{query}");
        }
        for query in [
            format!("{{a(b:\"\" {many}"),
            format!("{{a(b:\"\"\"\"\"\" {many}"),
            format!("{{a(b:\"\\\\\" {many}"),
            format!("#\r{many}"),
        ] {
            assert_eq!(check(&query).unwrap_err().code, Code::TooComplex, "{query}");
        }
    }

    #[test]
    fn a_string_that_does_not_end_is_refused() {
        // The parser would try again with a shorter string, and find the brackets.
        for query in [
            "{a(b:[\"\"\"\" [[[[",
            "{a(b:\"",
            "{a(b:\"\\",
            "{a(b:\"x\n\")}",
            "\"\"\"\\\"\"\"",
        ] {
            assert_eq!(check(query).unwrap_err().code, Code::BadInput, "{query}");
        }
    }
}

//! Counts and lists as people say them.

/// `1 service`, `2 services`.
pub(crate) fn counted(count: usize, word: &str) -> String {
    let plural = match word.strip_suffix('y') {
        _ if count == 1 => word.to_owned(),
        Some(stem) if !word.ends_with("ay") && !word.ends_with("ey") => format!("{stem}ies"),
        _ => format!("{word}s"),
    };
    format!("{count} {plural}")
}

/// `a`, `a and b`, `a, b and c`; after so many names the rest is counted: `a, b and 3 more`.
pub(crate) fn listed<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let mut said: Vec<String> = names
        .iter()
        .take(most)
        .map(|name| name.as_ref().to_owned())
        .collect();
    if names.len() > most {
        said.push(format!("{} more", names.len() - most));
    }
    match said.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many() {
        let cases = [
            (0, "task", "0 tasks"),
            (1, "task", "1 task"),
            (2, "scaling policy", "2 scaling policies"),
            (2, "NAT gateway", "2 NAT gateways"),
            (3, "key", "3 keys"),
        ];
        for (count, word, said) in cases {
            assert_eq!(counted(count, word), said);
        }
    }

    #[test]
    fn lists_end_with_and() {
        let cases: [(&[&str], &str); 5] = [
            (&[], ""),
            (&["a"], "a"),
            (&["a", "b"], "a and b"),
            (&["a", "b", "c"], "a, b and c"),
            (&["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
        ];
        for (names, said) in cases {
            assert_eq!(listed(names, 3), said);
        }
    }
}

//! Counts and lists as people say them.

use std::fmt::Display;

use blastmap_model::ResourceKind;

/// `1 service`, `2 services`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, word: &str) -> String {
    let plural = match word.strip_suffix('y') {
        _ if count == N::from(1) => word.to_owned(),
        Some(stem) if !word.ends_with("ay") && !word.ends_with("ey") => format!("{stem}ies"),
        _ => format!("{word}s"),
    };
    format!("{count} {plural}")
}

/// `1 of 3 tasks stops`, `3 of 3 tasks stop`; of one alone `its only task stops`, as a sentence begins. The verb is given for one
/// and for several.
pub(crate) fn some_of(some: usize, of: usize, word: &str, (one, many): (&str, &str)) -> String {
    match (some, of) {
        (1, 1) => format!("Its only {word} {one}"),
        (1, _) => format!("1 of {} {one}", counted(of, word)),
        _ => format!("{some} of {} {many}", counted(of, word)),
    }
}

/// What one, and what several of a kind lose that go on in part.
pub(crate) fn loses_part(kind: ResourceKind) -> (&'static str, &'static str) {
    match kind {
        ResourceKind::TargetGroup => ("loses part of its targets", "lose part of their targets"),
        ResourceKind::LoadBalancer
        | ResourceKind::Listener
        | ResourceKind::ListenerRule
        | ResourceKind::DnsRecord
        | ResourceKind::CloudfrontDistribution
        | ResourceKind::ApiGatewayVpcLink => (
            "loses part of what it serves",
            "lose part of what they serve",
        ),
        ResourceKind::VpcEndpoint | ResourceKind::EfsMountTarget | ResourceKind::EfsAccessPoint => {
            ("loses part of its clients", "lose part of their clients")
        }
        ResourceKind::ScalableTarget | ResourceKind::ScalingPolicy => {
            ("can act only in part", "can act only in part")
        }
        _ => ("loses part of its capacity", "lose part of their capacity"),
    }
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

//! What values of environments name. The values themselves are fingerprints: a value names whatever has a name of the same
//! fingerprint.

use crate::{ResourceId, ResourceKind};

/// The id by which a resource of a kind is known to values with this fingerprint.
pub fn carried(kind: ResourceKind, fingerprint: &str) -> ResourceId {
    ResourceId::new(&format!("{kind} in {fingerprint}", kind = kind.name()))
}

/// The same for a name that may be anything's: it counts only where the variable's own name says what it holds.
pub fn carried_plainly(kind: ResourceKind, fingerprint: &str) -> ResourceId {
    ResourceId::new(&format!("{kind} plainly in {fingerprint}", kind = kind.name()))
}

/// The id by which a resource is known to values that are this name; `fingerprint` is the name's.
pub(crate) fn id_of(kind: ResourceKind, name: &str, fingerprint: &str) -> ResourceId {
    if is_distinctive(name) { carried(kind, fingerprint) } else { carried_plainly(kind, fingerprint) }
}

/// True for what the functions above make. Several resources may go by it, such as the revisions of a family: the latest does.
pub(crate) fn is_carried(id: &ResourceId) -> bool {
    id.as_str().contains(" in fingerprint:")
}

/// True for a name that no other value equals by chance: six characters at least, and more than one plain word, which a hyphen,
/// an underscore, a dot or a digit tells. `production` and `worker` are values of many a variable; `orders-eu` and `jobs_v2` are not.
pub fn is_distinctive(name: &str) -> bool {
    name.chars().count() >= 6
        && name.chars().any(char::is_alphabetic)
        && name.contains(|character: char| matches!(character, '-' | '_' | '.') || character.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_any_value_is_none() {
        let cases = [("jobs", false), ("jobs-1", true), ("production", false), ("a-b", false), ("orders_eu", true), ("mail.fifo", true), ("123456", false)];
        for (name, distinctive) in cases {
            assert_eq!(is_distinctive(name), distinctive, "{name}");
        }
    }
}

//! What values of environments name. The values themselves are fingerprints: a value names whatever has a name of the same
//! fingerprint.

use crate::{Arn, ResourceId, ResourceKind};

/// What is called by this address, an ARN or a URL, wherever it is; `fingerprint` is that of the address.
pub fn by_address(kind: ResourceKind, fingerprint: &str) -> ResourceId {
    ResourceId::new(&format!("{} in {fingerprint}", kind.name()))
}

/// What is called by this name in the account and region of `place`.
pub fn by_name(kind: ResourceKind, place: &Arn, fingerprint: &str) -> ResourceId {
    ResourceId::new(&format!(
        "{} of {} {} in {fingerprint}",
        kind.name(),
        place.account(),
        place.region()
    ))
}

/// The same for a name that may be anything's: it counts only where the variable's own name says what it holds.
pub fn by_word(kind: ResourceKind, place: &Arn, fingerprint: &str) -> ResourceId {
    ResourceId::new(&format!(
        "{} of {} {} plainly in {fingerprint}",
        kind.name(),
        place.account(),
        place.region()
    ))
}

/// What a value may mean, by address or by name; `own` is whose environment it is in.
pub fn named_by_value(kind: ResourceKind, own: &Arn, fingerprint: &str) -> [ResourceId; 2] {
    [
        by_address(kind, fingerprint),
        by_name(kind, own, fingerprint),
    ]
}

/// The id by which a resource is known to values that are this name or address of it; `fingerprint` is that of the value.
pub(crate) fn id_of(kind: ResourceKind, own: &Arn, value: &str, fingerprint: &str) -> ResourceId {
    if value.starts_with("arn:") || value.starts_with("https://") {
        by_address(kind, fingerprint)
    } else if is_distinctive(value) {
        by_name(kind, own, fingerprint)
    } else {
        by_word(kind, own, fingerprint)
    }
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
        && name.contains(|character: char| {
            matches!(character, '-' | '_' | '.') || character.is_ascii_digit()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_any_value_is_none() {
        let cases = [
            ("jobs", false),
            ("jobs-1", true),
            ("production", false),
            ("a-b", false),
            ("orders_eu", true),
            ("mail.fifo", true),
            ("123456", false),
        ];
        for (name, distinctive) in cases {
            assert_eq!(is_distinctive(name), distinctive, "{name}");
        }
    }
}

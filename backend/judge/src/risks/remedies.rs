//! What to do about a need that is not met any more.

/// What a reviewer can do, by the need's name.
pub(super) fn of(need: &str) -> &'static str {
    REMEDIES
        .iter()
        .find(|(own, _)| *own == need)
        .map_or("Leave this part out of the change, or make what hangs on it ready first.", |(_, remedy)| remedy)
}

const REMEDIES: &[(&str, &str)] = &[];

//! Before and after, compared.

use crate::verdict::{Answer, Share, Verdict};

/// What a change does to a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Nothing,
    Breaks,
    AtRisk,
    AlreadyBroken,
    Mended,
}

/// | before | after: met | unknown | unmet |
/// |---|---|---|---|
/// | met | nothing | at risk | breaks |
/// | unknown | nothing | at risk where the change alters why | breaks |
/// | unmet | mended | already broken | already broken, but for parts that are lost on top |
pub(super) fn compare(before: &Verdict, after: &Verdict) -> Effect {
    match (before.answer, after.answer) {
        (Answer::Met, Answer::Unknown) => Effect::AtRisk,
        (Answer::Unknown, Answer::Unknown) if before.reasons != after.reasons => Effect::AtRisk,
        (Answer::Met | Answer::Unknown, Answer::Met) | (Answer::Unknown, Answer::Unknown) => {
            Effect::Nothing
        }
        (Answer::Met | Answer::Unknown, Answer::Unmet) => Effect::Breaks,
        (Answer::Unmet, Answer::Met) => Effect::Mended,
        (Answer::Unmet, Answer::Unmet) if loses_more(before.share, after.share) => Effect::Breaks,
        (Answer::Unmet, Answer::Unknown | Answer::Unmet) => Effect::AlreadyBroken,
    }
}

/// A whole that is lost already loses no more.
fn loses_more(before: Option<Share>, after: Option<Share>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => before.lost < before.of && after.lost > before.lost,
        (Some(before), None) => before.lost < before.of,
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(sign: &str) -> Verdict {
        match sign {
            "met" => Verdict::met(),
            "unknown" => Verdict::unknown(None, "check"),
            "unknown else" => Verdict::unknown(None, "check this, too"),
            "1 of 3" => {
                Verdict::shared([Verdict::unmet(None, "gone"), Verdict::met(), Verdict::met()])
            }
            "2 of 3" => Verdict::shared([
                Verdict::unmet(None, "gone"),
                Verdict::unmet(None, "gone"),
                Verdict::met(),
            ]),
            _ => Verdict::unmet(None, "gone"),
        }
    }

    #[test]
    fn as_the_table_says() {
        let cases = [
            ("met", "met", Effect::Nothing),
            ("met", "unknown", Effect::AtRisk),
            ("met", "unmet", Effect::Breaks),
            ("unknown", "met", Effect::Nothing),
            ("unknown", "unknown", Effect::Nothing),
            ("unknown", "unknown else", Effect::AtRisk),
            ("unknown", "unmet", Effect::Breaks),
            ("unmet", "met", Effect::Mended),
            ("unmet", "unknown", Effect::AlreadyBroken),
            ("unmet", "unmet", Effect::AlreadyBroken),
            ("1 of 3", "2 of 3", Effect::Breaks),
            ("2 of 3", "1 of 3", Effect::AlreadyBroken),
            ("1 of 3", "unmet", Effect::Breaks),
        ];
        for (before, after, effect) in cases {
            assert_eq!(
                compare(&verdict(before), &verdict(after)),
                effect,
                "{before} -> {after}"
            );
        }
    }
}

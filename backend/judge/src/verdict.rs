//! Met, unmet or unknown, with reasons. Unknown is neither of the others, and is never dropped on the way.

use blastmap_model::ResourceIndex;
use serde::{Deserialize, Serialize};

/// Three-valued: whether a need is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    Met,
    Unknown,
    Unmet,
}

/// Why a need is not met, or not known to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// One sentence without a full stop that a reviewer can act on; for what is unknown, what to check.
    pub text: String,
    /// The resource that it rests on: the parameter that is not there, the role that may not.
    pub about: Option<ResourceIndex>,
    /// What AWS would report, such as `ResourceInitializationError`.
    pub aws_error: Option<&'static str>,
}

/// An answer with its reasons, which are empty where the need is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub answer: Answer,
    /// Sorted, each once: those of the answer, not those of parts that were met or did not decide.
    pub reasons: Vec<Reason>,
    /// Where the need is one of many alike, such as a group's targets: how many of them it is unmet for. A need that is unmet
    /// without a share, or for all, is unmet for the whole.
    pub share: Option<Share>,
}

/// How many of something's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Share {
    pub lost: usize,
    pub of: usize,
}

impl Verdict {
    pub fn met() -> Self {
        Self {
            answer: Answer::Met,
            reasons: Vec::new(),
            share: None,
        }
    }

    /// Met where each part is; unmet where one is, with the share of those; else unknown. Without parts it is met.
    pub fn shared(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        let lost = parts
            .iter()
            .filter(|part| part.answer == Answer::Unmet)
            .count();
        let of = parts.len();
        Self {
            share: (of > 0).then_some(Share { lost, of }),
            ..Self::all(parts)
        }
    }

    pub fn unmet(about: impl Into<Option<ResourceIndex>>, text: impl Into<String>) -> Self {
        Self::because(Answer::Unmet, about.into(), text.into())
    }

    /// `text` says what to check.
    pub fn unknown(about: impl Into<Option<ResourceIndex>>, text: impl Into<String>) -> Self {
        Self::because(Answer::Unknown, about.into(), text.into())
    }

    fn because(answer: Answer, about: Option<ResourceIndex>, text: String) -> Self {
        Self {
            answer,
            reasons: vec![Reason {
                text,
                about,
                aws_error: None,
            }],
            share: None,
        }
    }

    /// Sets what AWS would report, where nothing nearer to the cause has.
    #[must_use]
    pub fn reported_as(mut self, aws_error: &'static str) -> Self {
        for reason in &mut self.reasons {
            reason.aws_error.get_or_insert(aws_error);
        }
        self
    }

    /// Met if each is; unmet if one is; else unknown.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::worst(parts.into_iter().collect(), Answer::Met)
    }

    /// Met if one is, or if there are none; unmet if each is; else unknown.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        let best = parts.iter().map(|part| part.answer).min();
        match best {
            None | Some(Answer::Met) => Self::met(),
            Some(best) => Self::gather(best, parts.into_iter().filter(|part| part.answer == best)),
        }
    }

    /// Met if at least `enough` are; unmet if that is out of reach; else unknown.
    pub fn at_least(enough: usize, parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        let count = |answer| parts.iter().filter(|part| part.answer == answer).count();
        let (met, unknown) = (count(Answer::Met), count(Answer::Unknown));
        if met >= enough {
            return Self::met();
        }
        let answer = if met + unknown >= enough {
            Answer::Unknown
        } else {
            Answer::Unmet
        };
        Self::gather(
            answer,
            parts.into_iter().filter(|part| part.answer == answer),
        )
    }

    fn worst(parts: Vec<Self>, none: Answer) -> Self {
        let worst = parts.iter().map(|part| part.answer).max().unwrap_or(none);
        Self::gather(worst, parts.into_iter().filter(|part| part.answer == worst))
    }

    fn gather(answer: Answer, parts: impl Iterator<Item = Self>) -> Self {
        if answer == Answer::Met {
            return Self::met();
        }
        let mut reasons: Vec<Reason> = parts.flat_map(|part| part.reasons).collect();
        reasons.sort();
        reasons.dedup();
        Self {
            answer,
            reasons,
            share: None,
        }
    }

    pub fn is_met(&self) -> bool {
        self.answer == Answer::Met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(sign: char) -> Verdict {
        match sign {
            '+' => Verdict::met(),
            '?' => Verdict::unknown(None, "check"),
            _ => Verdict::unmet(None, "gone"),
        }
    }

    #[test]
    fn unknown_is_neither() {
        // Parts; all of them; any of them; at least two of them.
        let cases = [
            ("", '+', '+', '-'),
            ("+", '+', '+', '-'),
            ("++", '+', '+', '+'),
            ("+?", '?', '+', '?'),
            ("+-", '-', '+', '-'),
            ("??", '?', '?', '?'),
            ("?-", '-', '?', '-'),
            ("--", '-', '-', '-'),
            ("+?-", '-', '+', '?'),
        ];
        for (parts, all, any, two) in cases {
            let parts = || parts.chars().map(verdict);
            assert_eq!(
                Verdict::all(parts()),
                verdict(all),
                "all of {parts:?}",
                parts = parts().count()
            );
            assert_eq!(Verdict::any(parts()), verdict(any));
            assert_eq!(Verdict::at_least(2, parts()).answer, verdict(two).answer);
        }
    }

    #[test]
    fn the_nearest_error_stays() {
        let verdict = Verdict::unmet(None, "x")
            .reported_as("near")
            .reported_as("far");
        assert_eq!(verdict.reasons[0].aws_error, Some("near"));
    }
}

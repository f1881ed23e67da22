//! An assessment for people and for other tools: one file a format, and what they have in common in `summary`.

mod html;
mod markdown;
mod sarif;
mod summary;
mod text;

pub use html::{STYLE, html};
pub use markdown::markdown;
pub use sarif::sarif;
pub use text::{Colours, text};

use crate::{Assessment, Review, Risk, RiskMark};

/// What is reported.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    pub assessment: &'a Assessment,
    /// Of an assessment that was kept for a meeting.
    pub kept: Option<Kept<'a>>,
}

/// A review, and what came of it.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    pub review: &'a Review,
    /// In the order of the risks.
    pub marks: &'a [RiskMark],
    /// Its page: `https://blast.example.com/review/ID`, or the path alone where nobody knows the rest.
    pub link: &'a str,
}

impl Kept<'_> {
    /// A path leads nowhere from a file or a comment.
    fn can_be_followed(&self) -> bool {
        self.link.starts_with("https://") || self.link.starts_with("http://")
    }
}

impl<'a> From<&'a Assessment> for Report<'a> {
    fn from(assessment: &'a Assessment) -> Self {
        Self {
            assessment,
            kept: None,
        }
    }
}

impl<'a> From<Kept<'a>> for Report<'a> {
    fn from(kept: Kept<'a>) -> Self {
        Self {
            assessment: &kept.review.assessment,
            kept: Some(kept),
        }
    }
}

impl<'a> Report<'a> {
    /// What the reviewers said of a risk.
    fn mark_of(&self, risk: &Risk) -> Option<&'a RiskMark> {
        let marks = self.kept.map_or(&[][..], |kept| kept.marks);
        marks.iter().find(|mark| mark.risk == risk.id)
    }
}

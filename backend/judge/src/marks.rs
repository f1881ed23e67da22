//! What reviewers say of the risks of a kept review, as bytes beside it: a review never changes, what is said of it does.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The format's version.
const VERSION: u32 = 1;

/// What reviewers say of a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mark {
    /// They know, and go on.
    Accepted,
    /// The risk is not there, they say.
    Wrong,
}

impl Mark {
    /// The name in the API: `ACCEPTED`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Wrong => "WRONG",
        }
    }
}

/// A risk that reviewers marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RiskMark {
    /// The risk's id.
    pub risk: String,
    pub mark: Mark,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub marked_at: OffsetDateTime,
}

/// Why bytes are no marks.
#[derive(Debug, thiserror::Error)]
pub enum MarksError {
    #[error("they are no marks")]
    NotMarks(#[source] serde_json::Error),
    #[error("they were written by a newer blastmap: their version is {0}")]
    Newer(u32),
}

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    marks: Vec<RiskMark>,
}

/// Marks as they are kept.
pub fn marks_to_bytes(marks: Vec<RiskMark>) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&File {
        version: VERSION,
        marks,
    })
}

/// Reads what was kept.
pub fn marks_from_bytes(bytes: &[u8]) -> Result<Vec<RiskMark>, MarksError> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    // A newer format may look otherwise: its version is read first.
    let head: Head = serde_json::from_slice(bytes).map_err(MarksError::NotMarks)?;
    if head.version > VERSION {
        return Err(MarksError::Newer(head.version));
    }
    let file: File = serde_json::from_slice(bytes).map_err(MarksError::NotMarks)?;
    Ok(file.marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_back_and_anything_else_is_refused() {
        let marks = vec![RiskMark {
            risk: "a".to_owned(),
            mark: Mark::Wrong,
            note: Some("we looked".to_owned()),
            marked_at: OffsetDateTime::UNIX_EPOCH,
        }];
        let bytes = marks_to_bytes(marks.clone()).unwrap();
        assert_eq!(marks_from_bytes(&bytes).unwrap(), marks);
        for (bytes, why) in [
            (&bytes[..bytes.len() - 1], "they are no marks"),
            (b"", "they are no marks"),
            (
                br#"{"version":2,"said":[]}"#,
                "they were written by a newer blastmap: their version is 2",
            ),
        ] {
            assert_eq!(marks_from_bytes(bytes).unwrap_err().to_string(), why);
        }
    }
}

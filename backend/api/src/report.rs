//! An assessment as a file, in the formats of `blastmap review`.

use blastmap_judge::{
    Assessment,
    report::{Colours, html, markdown, sarif, text},
};

use crate::json::assessment_json;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Markdown,
    Html,
    Json,
    Sarif,
}

impl Format {
    /// The format of a file whose name ends so.
    pub(crate) fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "txt" => Some(Self::Text),
            "md" => Some(Self::Markdown),
            "html" => Some(Self::Html),
            "json" => Some(Self::Json),
            "sarif" => Some(Self::Sarif),
            _ => None,
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Sarif => "application/sarif+json",
        }
    }
}

pub(crate) fn write(assessment: &Assessment, format: Format) -> String {
    match format {
        Format::Text => text(assessment, Colours::Off),
        Format::Markdown => markdown(assessment),
        Format::Html => html(assessment),
        Format::Json => format!("{:#}\n", assessment_json(assessment)),
        Format::Sarif => sarif(assessment),
    }
}

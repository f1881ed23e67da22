//! An assessment as a file, in the formats of `blastmap review`.

use blastmap_judge::report::{Colours, Report, html, markdown, sarif, text};

use crate::json::report_json;

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

/// Where the page lies for whoever asks, as `https://blast.example.com`; none where nobody knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin(pub(crate) Option<String>);

impl Origin {
    /// The page of a review; its path alone where nobody knows the rest.
    pub(crate) fn of_review(&self, id: &str) -> String {
        format!("{}/review/{id}", self.0.as_deref().unwrap_or_default())
    }
}

pub(crate) fn write<'a>(report: impl Into<Report<'a>>, format: Format) -> String {
    let report = report.into();
    match format {
        Format::Text => text(report, Colours::Off),
        Format::Markdown => markdown(report),
        Format::Html => html(report),
        Format::Json => format!("{:#}\n", report_json(&report)),
        Format::Sarif => sarif(report),
    }
}

//! The documents that a server answers, where it answers no others.

use std::collections::HashSet;

/// What the page asks, as `web/scripts/generate.js` writes it.
const OF_THE_PAGE: &str = include_str!("../../../../web/src/api/documents.json");

/// Allowed documents, the page's among them.
#[derive(Debug, Clone)]
pub struct Documents(HashSet<String>);

/// A file that is no list of documents.
#[derive(Debug, thiserror::Error)]
#[error("it is not a JSON list of GraphQL documents, nor an object with them by name: {0}")]
pub struct DocumentsError(#[from] serde_json::Error);

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum File {
    List(Vec<String>),
    Named(std::collections::BTreeMap<String, String>),
}

impl Documents {
    /// Reads a JSON list of documents, or an object with documents by name, as code generators write them.
    pub fn read(text: &str) -> Result<Self, DocumentsError> {
        let of_page: Vec<String> = serde_json::from_str(OF_THE_PAGE)?;
        let own = match serde_json::from_str(text)? {
            File::List(own) => own,
            File::Named(own) => own.into_values().collect(),
        };
        let all = of_page.into_iter().chain(own);
        Ok(Self(all.map(|text| text.trim().to_owned()).collect()))
    }

    /// True for a document of the list, letter for letter.
    pub(crate) fn allow(&self, query: &str) -> bool {
        self.0.contains(query.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_what_it_names_and_what_the_page_asks() {
        for text in [
            r#"["{ coverage { resources } }\n"]"#,
            r#"{"one": "{ coverage { resources } }"}"#,
        ] {
            let documents = Documents::read(text).unwrap();
            assert!(documents.allow("{ coverage { resources } }"));
            assert!(!documents.allow("{ coverage { blindSpots { api } } }"));
            assert!(
                documents
                    .0
                    .iter()
                    .any(|own| own.starts_with("query Coverage"))
            );
        }
        for text in ["", "{}x", "[1]", "{\"a\": 1}"] {
            assert!(Documents::read(text).is_err(), "{text}");
        }
    }
}

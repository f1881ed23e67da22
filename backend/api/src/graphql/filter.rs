//! Which resources are asked for.

use async_graphql::InputObject;
use blastmap_graph::Filter;

use crate::{
    graphql::enums::{Kind, Presence},
    problem::Problem,
    state::short,
};

/// The longest text that is searched for.
const LONGEST_TEXT: usize = 2048;

/// Narrows a list of resources; each part narrows it further.
#[derive(InputObject, Default)]
pub(crate) struct ResourceFilter {
    kinds: Option<Vec<Kind>>,
    accounts: Option<Vec<String>>,
    regions: Option<Vec<String>>,
    presence: Option<Vec<Presence>>,
    /// Every given tag must match; a null value matches any value of that key.
    tags: Option<Vec<TagFilter>>,
    /// Case-insensitive substring of id, name or a tag value.
    text: Option<String>,
}

/// A tag that a resource must have.
#[derive(InputObject)]
struct TagFilter {
    key: String,
    value: Option<String>,
}

impl ResourceFilter {
    pub(super) fn into_filter(self) -> Result<Filter, Problem> {
        if let Some(text) = &self.text {
            check_text("text", text)?;
        }
        let kinds = self
            .kinds
            .map(|kinds| kinds.into_iter().map(|kind| kind.0).collect());
        let presence = self
            .presence
            .map(|each| each.into_iter().map(Into::into).collect());
        let tags = self.tags.unwrap_or_default();
        Ok(Filter {
            kinds,
            accounts: self.accounts,
            regions: self.regions,
            presence,
            tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
            text: self.text,
        })
    }
}

/// Refuses text that is longer than any name.
pub(super) fn check_text(argument: &str, text: &str) -> Result<(), Problem> {
    if text.len() <= LONGEST_TEXT {
        return Ok(());
    }
    let beginning: String = short(text).chars().take(20).collect();
    Err(Problem::bad_input(format!(
        "`{argument}` is too long: `{beginning}...`, at most {LONGEST_TEXT} bytes"
    )))
}

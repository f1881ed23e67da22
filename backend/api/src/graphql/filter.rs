//! Which resources are asked for.

use async_graphql::InputObject;
use blastmap_graph::{Filter, GroupName};

use crate::{
    graphql::enums::{GroupBy, Kind, Presence},
    problem::Problem,
    state::short,
};

/// The longest text that is searched for.
const LONGEST_TEXT: usize = 2048;

/// The most groups that a list is narrowed to: each level is a walk over the estate.
const MOST_GROUPS: usize = 100;

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
    /// Only what is in these groups of `estate`: of groups of one level any will do, of each level there must be one.
    within: Option<Vec<GroupFilter>>,
}

/// A tag that a resource must have.
#[derive(InputObject)]
struct TagFilter {
    key: String,
    value: Option<String>,
}

/// A group of `estate`.
#[derive(InputObject)]
struct GroupFilter {
    by: GroupBy,
    /// The tag's key, for TAG.
    tag: Option<String>,
    /// As `estate` gives it; empty for what has none.
    key: String,
}

impl GroupFilter {
    fn into_name(self) -> Result<GroupName, Problem> {
        check_text("key", &self.key)?;
        if self.by == GroupBy::Tag && self.tag.is_none() {
            return Err(Problem::bad_input(
                "`within` has TAG: give `tag`, the key to group by",
            ));
        }
        Ok(GroupName {
            by: self.by.into(),
            tag: self.tag,
            key: self.key,
        })
    }
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
        let within = self.within.unwrap_or_default();
        if within.len() > MOST_GROUPS {
            return Err(Problem::bad_input(format!(
                "`within` takes at most {MOST_GROUPS} groups"
            )));
        }
        let within: Result<_, _> = within.into_iter().map(GroupFilter::into_name).collect();
        Ok(Filter {
            kinds,
            accounts: self.accounts,
            regions: self.regions,
            presence,
            tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
            text: self.text,
            within: within?,
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

//! Lists page by page, as Relay has them. A cursor names the last item seen, not its place: pages stay right when the list changes.

use std::borrow::Cow;

use async_graphql::{OutputType, SimpleObject, TypeName};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{graphql::int, problem::Problem};

/// The largest page.
pub(super) const LARGEST_PAGE: usize = 1000;

/// One page of a list.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub(crate) struct Connection<T: OutputType> {
    edges: Vec<Edge<T>>,
    /// The items of the edges.
    nodes: Vec<T>,
    page_info: PageInfo,
    /// How many there are on all pages together.
    total_count: i32,
}

/// An item and where it stands.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub(crate) struct Edge<T: OutputType> {
    /// Give it as `after` for what follows this item.
    cursor: String,
    node: T,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// Where a page lies in its list.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) has_previous_page: bool,
    pub(super) start_cursor: Option<String>,
    pub(super) end_cursor: Option<String>,
}

impl<T: OutputType + Clone> Connection<T> {
    /// `before` items of all come before this page.
    pub(super) fn new(
        items: Vec<T>,
        cursor: impl Fn(&T) -> String,
        before: usize,
        all: usize,
    ) -> Self {
        let edges: Vec<Edge<T>> = items
            .iter()
            .map(|item| Edge {
                cursor: cursor(item),
                node: item.clone(),
            })
            .collect();
        Self {
            page_info: PageInfo {
                has_next_page: before + items.len() < all,
                has_previous_page: before > 0,
                start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                end_cursor: edges.last().map(|edge| edge.cursor.clone()),
            },
            edges,
            nodes: items,
            total_count: int(all),
        }
    }
}

/// How many items are asked for: `usual` where the caller says null.
pub(super) fn page_size(
    argument: &str,
    asked: Option<i32>,
    usual: usize,
    largest: usize,
) -> Result<usize, Problem> {
    let Some(asked) = asked else {
        return Ok(usual);
    };
    usize::try_from(asked)
        .ok()
        .filter(|size| *size <= largest)
        .ok_or_else(|| Problem::bad_input(format!("`{argument}` is {asked}: give 0 to {largest}")))
}

/// Writes what a cursor names: the list's own letter, and the parts that its items are sorted by.
pub(super) fn write_cursor(list: char, parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}{}", parts.join("\n")))
}

/// Reads a cursor of this list. What no list here gave is refused.
pub(super) fn read_cursor<const PARTS: usize>(
    list: char,
    cursor: &str,
) -> Result<[String; PARTS], Problem> {
    let text = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(unknown_cursor)?;
    let parts = text.strip_prefix(list).ok_or_else(unknown_cursor)?;
    let parts: Vec<String> = parts.split('\n').map(str::to_owned).collect();
    parts.try_into().map_err(|_parts| unknown_cursor())
}

fn unknown_cursor() -> Problem {
    Problem::bad_input("`after` is not a cursor of this list: give an `endCursor` that it answered")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_for_its_own_list_only() {
        let cursor = write_cursor('L', &["arn:a", "arn:b", "RUNS"]);
        assert_eq!(
            read_cursor('L', &cursor).unwrap(),
            ["arn:a", "arn:b", "RUNS"]
        );
        assert!(read_cursor::<3>('R', &cursor).is_err());
        assert!(read_cursor::<1>('L', &cursor).is_err());
        for nonsense in ["", "!", "AAAA", "\u{e4}", &"A".repeat(10_000)] {
            assert!(read_cursor::<1>('L', nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn page_sizes_are_checked() {
        assert_eq!(page_size("first", None, 50, 1000), Ok(50));
        assert_eq!(page_size("first", Some(0), 50, 1000), Ok(0));
        assert_eq!(page_size("first", Some(1000), 50, 1000), Ok(1000));
        for asked in [-1, 1001, i32::MIN, i32::MAX] {
            let problem = page_size("first", Some(asked), 50, 1000).unwrap_err();
            assert_eq!(
                problem.message,
                format!("`first` is {asked}: give 0 to 1000")
            );
        }
    }
}

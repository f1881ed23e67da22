//! The schema, and its text.

use std::sync::Arc;

use async_graphql::{OutputType, SDLExportOptions, Schema, SubscriptionType, registry::Registry};

use crate::{
    graphql::{mutation::Mutation, query::Query, subscription::Subscription},
    state::State,
};

pub(crate) type BlastmapSchema = Schema<Query, Mutation, Subscription>;

/// The schema; without a state it can be read, not asked.
pub(crate) fn schema(state: Option<Arc<State>>) -> BlastmapSchema {
    let schema = Schema::build(Query, Mutation, Subscription).disable_suggestions();
    match state {
        Some(state) => schema.data(state),
        None => schema,
    }
    .finish()
}

/// The types of the schema, for those who weigh queries: the schema keeps its own to itself.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    <Query as OutputType>::create_type_info(&mut registry);
    <Mutation as OutputType>::create_type_info(&mut registry);
    <Subscription as SubscriptionType>::create_type_info(&mut registry);
    registry
}

/// The public API in GraphQL's schema language, as `/schema.graphql` has it: the same text for the same code.
pub fn schema_text() -> String {
    let options = SDLExportOptions::new()
        .prefer_single_line_descriptions()
        .use_space_ident();
    let text = schema(None).sdl_with_options(options);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut text =
        String::from("# The public API of blastmap, printed from the code: `blastmap schema`.\n\n");
    text.push_str(lines.join("\n").trim());
    text.push('\n');
    text
}

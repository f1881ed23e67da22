//! What a resolver finds in its request.

use std::sync::Arc;

use async_graphql::{Context, ID};
use blastmap_graph::{Snapshot, nearest_ids};
use blastmap_model::ResourceIndex;

use crate::{
    auth::caller::Caller,
    problem::{Code, Problem},
    state::{Pinned, State, short},
};

/// How many similar ids an error names.
const NEAREST: usize = 3;

pub(super) fn state<'c>(ctx: &Context<'c>) -> &'c Arc<State> {
    ctx.data_unchecked::<Arc<State>>()
}

/// Who sent this request.
pub(super) fn caller<'c>(ctx: &Context<'c>) -> Result<&'c Caller, Problem> {
    ctx.data_opt::<Caller>()
        .ok_or_else(|| Problem::new(Code::Forbidden, "it is not known who asks"))
}

/// Takes items into the answer of this request.
pub(super) fn take(ctx: &Context<'_>, items: usize) -> Result<(), Problem> {
    ctx.data_opt::<Pinned>()
        .map_or(Ok(()), |pinned| pinned.take(items))
}

/// The snapshot that this request sees.
pub(super) fn latest(ctx: &Context<'_>) -> Result<Arc<Snapshot>, Problem> {
    ctx.data_opt::<Pinned>()
        .and_then(|pinned| pinned.snapshot.clone())
        .ok_or_else(|| {
            Problem::new(
                Code::NotReady,
                "there is no graph yet: the first crawl is not done",
            )
        })
}

/// The snapshot with this id; the one that this request sees, where none is named.
pub(super) async fn snapshot(ctx: &Context<'_>, id: Option<&ID>) -> Result<Arc<Snapshot>, Problem> {
    let Some(id) = id else {
        return latest(ctx);
    };
    match latest(ctx) {
        Ok(latest) if latest.id() == id.as_str() => Ok(latest),
        _ => state(ctx).stored(id).await,
    }
}

/// The place of a resource, or an error that names those most like it.
pub(super) fn find(snapshot: &Snapshot, id: &str) -> Result<ResourceIndex, Problem> {
    snapshot.inventory().find(id).ok_or_else(|| {
        let id = short(id);
        let nearest: Vec<String> = nearest_ids(snapshot, &id, NEAREST)
            .into_iter()
            .map(|id| id.to_string())
            .collect();
        let hint = if nearest.is_empty() {
            String::new()
        } else {
            format!(", nearest: {}", nearest.join(", "))
        };
        Problem {
            nearest,
            ..Problem::new(
                Code::NotFound,
                format!("no resource has the id `{id}`{hint}"),
            )
        }
    })
}

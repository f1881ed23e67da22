//! What a request takes of what all share, and what it is told where there is none left.

use bytes::Bytes;
use http::{Extensions, StatusCode};
use std::net::{IpAddr, Ipv4Addr};
use tokio::time::Instant;

use crate::{
    auth::caller::Caller,
    fair::{Full, Refused, Share, Shares, Turn, Who},
    problem::{Code, Problem},
    state::State,
};

/// A refusal before anything is done.
type Answered = (StatusCode, Problem);

/// Whom a request is counted for.
pub(super) fn who(extensions: &Extensions) -> Who {
    let caller = extensions.get::<Caller>();
    caller.map_or_else(
        || Who::of(None, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        Caller::who,
    )
}

/// Waits for a place to make an answer in, while there is room for one. That is asked again with the place: others who waited may have
/// filled it.
pub(super) async fn turn_to_answer(
    state: &State,
    who: &Who,
    deadline: Instant,
) -> Result<Turn, Answered> {
    room_for_answer(state, who)?;
    let turn = turn(state, who, deadline).await?;
    room_for_answer(state, who)?;
    Ok(turn)
}

/// Waits for a place to work in.
pub(super) async fn turn(state: &State, who: &Who, deadline: Instant) -> Result<Turn, Answered> {
    let turn = state.turns.wait(who, deadline).await;
    turn.map_err(|refused| match refused {
        Refused::TooMany => limited(
            StatusCode::TOO_MANY_REQUESTS,
            "many queries of yours are waiting already: wait for their answers",
        ),
        Refused::Busy => limited(
            StatusCode::SERVICE_UNAVAILABLE,
            "the server is busy with other queries: try again later",
        ),
    })
}

/// Room for a request's body, taken as it comes: whoever says that much will come takes nothing by that.
pub(super) struct Coming(Share<Who>);

impl Coming {
    pub(super) fn of(all: &Shares<Who>, who: &Who) -> Result<Self, Answered> {
        all.take(Some(who), 0).map(Self).map_err(no_room)
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Answered> {
        self.0.grow(bytes).map_err(no_room)
    }
}

fn no_room(full: Full) -> Answered {
    told(
        full,
        "too much of yours is on its way already: wait until it has come",
        "too much is on its way to the server: try again later",
    )
}

/// Whether it is the caller's own, or all's, that is too much.
fn told(full: Full, own: &'static str, all: &'static str) -> Answered {
    match full {
        Full::One => limited(StatusCode::TOO_MANY_REQUESTS, own),
        Full::All => limited(StatusCode::SERVICE_UNAVAILABLE, all),
    }
}

/// Refuses to make an answer while others lie there and are not fetched.
fn room_for_answer(state: &State, who: &Who) -> Result<(), Answered> {
    state.untaken.has_room(who).map_err(|full| {
        told(
            full,
            "large answers to you are on their way already: fetch them first",
            "large answers to others are on their way: try again later",
        )
    })
}

/// An answer that is counted as long as its bytes lie in memory, on their way out. Its place is held until then, so that whoever gets it
/// sees what there is.
pub(super) fn counted<B>(state: &State, who: &Who, turn: Turn, bytes: B) -> Bytes
where
    B: AsRef<[u8]> + Send + 'static,
{
    let share = state.untaken.count(who, bytes.as_ref().len());
    drop(turn);
    Bytes::from_owner(Untaken {
        bytes,
        _share: share,
    })
}

struct Untaken<B> {
    bytes: B,
    _share: Share<Who>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Untaken<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

fn limited(status: StatusCode, message: &str) -> Answered {
    (status, Problem::new(Code::RateLimited, message))
}

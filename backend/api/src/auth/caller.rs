//! Who sent a request, and for how long that holds.

use std::{future::pending, net::IpAddr, sync::Arc};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    Identity, Role,
    audit::{Event, note},
};
use crate::{
    fair::Who,
    problem::{Code, Problem},
};

/// How long somebody stays admitted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lasts {
    /// Cancelled when what admitted them is no longer valid.
    pub(crate) ended: Option<CancellationToken>,
    /// When it runs out by itself.
    pub(crate) until: Option<Instant>,
}

impl Lasts {
    /// Resolves when it is over.
    pub(crate) async fn over(self) {
        let ended = async {
            match &self.ended {
                Some(ended) => ended.cancelled().await,
                None => pending().await,
            }
        };
        let ran_out = async {
            match self.until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = ended => {}
            () = ran_out => {}
        }
    }
}

/// Somebody, and for how long they are let in.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) identity: Arc<Identity>,
    pub(crate) lasts: Lasts,
}

/// Who sent a request; in the request's extensions behind the guard.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// None where the server asks nobody who they are.
    pub(crate) admitted: Option<Admitted>,
    pub(crate) origin: Origin,
}

/// Where a request came from, and what the log calls it.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) request: String,
}

impl Caller {
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.admitted.as_ref().map(|admitted| &*admitted.identity)
    }

    /// Whom to count their requests for.
    pub(crate) fn who(&self) -> Who {
        Who::of(self.identity(), self.origin.address)
    }

    /// Writes into the log what they did.
    pub(crate) fn note(&self, event: Event, ids: &str, message: &str) {
        let who = self.identity();
        let by = who.map_or_else(String::new, |who| format!(", by {}", who.name));
        note(event, who, &self.origin, ids, &format!("{message}{by}"));
    }

    /// As [`Self::note`] of what only reads; where nobody says who they are, this would tell nothing.
    pub(crate) fn note_read(&self, event: Event, ids: &str, message: &str) {
        if self.admitted.is_some() {
            self.note(event, ids, message);
        }
    }

    /// Refuses who may not do `what`.
    pub(crate) fn must_be(&self, role: Role, what: &str) -> Result<(), Problem> {
        match self.identity() {
            Some(identity) if identity.role < role => {
                self.note(Event::Refused, "", &format!("Refused: {what}"));
                let message = format!(
                    "{what} takes the role {}: {} is signed in as {}",
                    role.name(),
                    identity.name,
                    identity.role.name()
                );
                Err(Problem::new(Code::Forbidden, message))
            }
            _ => Ok(()),
        }
    }
}

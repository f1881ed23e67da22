//! Who did what: one line of the log each, under a target of its own.

use tracing::info;

use super::{Identity, caller::Origin};

/// The lines of the log that say who did what.
pub(crate) const AUDIT: &str = "blastmap::audit";

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    SignIn,
    SignOut,
    Refused,
    Crawl,
    Plan,
    Judged,
    SnapshotRead,
    ReviewMade,
    ReviewRead,
    RiskMarked,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignOut => "sign-out",
            Self::Refused => "refused",
            Self::Crawl => "crawl",
            Self::Plan => "plan",
            Self::Judged => "judged",
            Self::SnapshotRead => "snapshot-read",
            Self::ReviewMade => "review-made",
            Self::ReviewRead => "review-read",
            Self::RiskMarked => "risk-marked",
        }
    }
}

/// Writes a line: who, from where, in which request, about which `ids`. None where the server asks nobody who they are, or where nobody
/// was let in.
pub(crate) fn note(
    event: Event,
    who: Option<&Identity>,
    origin: &Origin,
    ids: &str,
    message: &str,
) {
    let (name, subject, role, method) = who.map_or(("", "", "", ""), |who| {
        (
            who.name.as_str(),
            who.subject.as_str(),
            who.role.name(),
            who.method.name(),
        )
    });
    info!(
        target: AUDIT,
        {
            audit.event = event.name(),
            audit.ids = ids,
            who.name = name,
            who.subject = subject,
            who.role = role,
            who.method = method,
            client.address = %origin.address,
            request.id = origin.request,
        },
        "{message}"
    );
}

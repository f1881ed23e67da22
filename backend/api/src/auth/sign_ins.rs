//! How often somebody signed in, or was not let in, for who operates this: by method and outcome, never by name.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Method, Refusal, oidc::SignInFailure};

/// What came of showing who one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInOutcome {
    /// A session was opened.
    SignedIn,
    /// What was shown is not right, or gives no role, or came too often.
    Refused,
    /// Whoever could vouch for it did not answer.
    Unavailable,
}

impl SignInOutcome {
    pub(crate) const ALL: [Self; 3] = [Self::SignedIn, Self::Refused, Self::Unavailable];

    /// As a label.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// Of a refusal; none where nothing was shown.
    fn of(refusal: &Refusal) -> Option<Self> {
        match refusal {
            Refusal::Missing => None,
            Refusal::Unavailable => Some(Self::Unavailable),
            Refusal::Wrong(_) | Refusal::NoRole(_) | Refusal::TooOften(_) => Some(Self::Refused),
        }
    }
}

impl From<&SignInFailure> for SignInOutcome {
    fn from(failure: &SignInFailure) -> Self {
        match failure {
            SignInFailure::Wrong(_) | SignInFailure::NoRole(_) => Self::Refused,
            SignInFailure::Provider(_) => Self::Unavailable,
        }
    }
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct SignIns([[AtomicU64; SignInOutcome::ALL.len()]; Method::ALL.len()]);

impl SignIns {
    pub(crate) fn count(&self, method: Method, sign_in: SignInOutcome) {
        self.0[method as usize][sign_in as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts somebody who was not let in.
    pub(crate) fn refused(&self, method: Method, refusal: &Refusal) {
        if let Some(sign_in) = SignInOutcome::of(refusal) {
            self.count(method, sign_in);
        }
    }

    pub(crate) fn so_far(&self, method: Method, sign_in: SignInOutcome) -> u64 {
        self.0[method as usize][sign_in as usize].load(Ordering::Relaxed)
    }
}

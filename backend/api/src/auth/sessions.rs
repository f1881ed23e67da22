//! Sessions of browsers: the cookie holds 32 random bytes that say nothing, memory holds their SHA-256 and who it is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    Identity,
    caller::{Admitted, Lasts},
    digest::{Digest, digest, new_secret},
};

/// How many sessions there are at most; then the one that was used least lately ends.
const MOST: usize = 10_000;

/// How many of them one has, by the same rule: nobody ends others' sessions by opening their own.
const MOST_OF_ONE: usize = 50;

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct SessionTimes {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub longest: Duration,
}

impl Default for SessionTimes {
    fn default() -> Self {
        Self {
            idle: Duration::from_hours(1),
            longest: Duration::from_hours(12),
        }
    }
}

struct Session {
    identity: Arc<Identity>,
    /// Cancelled with the session, and with what it was opened by.
    ended: CancellationToken,
    opened: Instant,
    used: Instant,
}

impl Session {
    fn lasts(&self, times: SessionTimes, now: Instant) -> bool {
        !self.ended.is_cancelled()
            && now.saturating_duration_since(self.used) < times.idle
            && now.saturating_duration_since(self.opened) < times.longest
    }
}

pub(crate) struct Sessions {
    times: SessionTimes,
    open: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    pub(crate) fn new(times: SessionTimes) -> Self {
        Self {
            times,
            open: Mutex::default(),
        }
    }

    /// The longest that a browser should keep the cookie.
    pub(crate) fn longest(&self) -> Duration {
        self.times.longest
    }

    /// Opens a session; gives the cookie's secret.
    pub(crate) fn open(
        &self,
        admitted: &Admitted,
        now: Instant,
    ) -> Result<String, getrandom::Error> {
        let secret = new_secret()?;
        let by = admitted.lasts.ended.as_ref();
        let session = Session {
            identity: Arc::clone(&admitted.identity),
            ended: by.map_or_else(CancellationToken::new, CancellationToken::child_token),
            opened: now,
            used: now,
        };
        let mut open = self.sessions();
        if open.len() >= MOST {
            sweep(&mut open, self.times, now);
        }
        let own = |session: &Session| session.identity.is_same_as(&admitted.identity);
        if open.values().filter(|session| own(session)).count() >= MOST_OF_ONE {
            end_least_lately_used(&mut open, own);
        }
        if open.len() >= MOST {
            end_least_lately_used(&mut open, |_| true);
        }
        open.insert(digest(&secret), session);
        Ok(secret)
    }

    /// Whose session this is; using it keeps it from falling idle.
    pub(crate) fn find(&self, secret: &str, now: Instant) -> Option<Admitted> {
        let mut open = self.sessions();
        let session = open.get_mut(&digest(secret))?;
        if !session.lasts(self.times, now) {
            return None;
        }
        session.used = now;
        let until = session.opened + self.times.longest;
        Some(Admitted {
            identity: Arc::clone(&session.identity),
            lasts: Lasts {
                ended: Some(session.ended.clone()),
                until: Some(until.into()),
            },
        })
    }

    /// Ends a session; gives whose it was.
    pub(crate) fn end(&self, secret: &str) -> Option<Arc<Identity>> {
        let session = self.sessions().remove(&digest(secret))?;
        session.ended.cancel();
        Some(session.identity)
    }

    /// Ends those that are over, and with them what hangs on them.
    pub(crate) fn sweep(&self, now: Instant) {
        sweep(&mut self.sessions(), self.times, now);
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end_least_lately_used(open: &mut HashMap<Digest, Session>, which: impl Fn(&Session) -> bool) {
    let those = open.values().filter(|session| which(session));
    let oldest = those.map(|session| session.used).min();
    open.retain(|_, session| {
        let stays = Some(session.used) != oldest || !which(session);
        if !stays {
            session.ended.cancel();
        }
        stays
    });
}

fn sweep(open: &mut HashMap<Digest, Session>, times: SessionTimes, now: Instant) {
    open.retain(|_, session| {
        let stays = session.lasts(times, now);
        if !stays {
            session.ended.cancel();
        }
        stays
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Method, Role};

    const TIMES: SessionTimes = SessionTimes {
        idle: Duration::from_mins(10),
        longest: Duration::from_hours(1),
    };

    fn admitted(ended: Option<CancellationToken>) -> Admitted {
        Admitted {
            lasts: Lasts { ended, until: None },
            ..somebody("ann")
        }
    }

    fn somebody(subject: &str) -> Admitted {
        Admitted {
            identity: Arc::new(Identity::new("ann", subject, Role::Viewer, Method::Token)),
            lasts: Lasts::default(),
        }
    }

    #[test]
    fn a_session_is_found_by_its_secret_alone_until_it_is_ended() {
        let (sessions, now) = (Sessions::new(TIMES), Instant::now());
        let secret = sessions.open(&admitted(None), now).unwrap();
        assert_eq!(secret.len(), 43);
        let found = sessions.find(&secret, now).unwrap();
        assert_eq!(found.identity.name, "ann");
        assert!(sessions.find("", now).is_none());
        assert!(sessions.find(&secret[1..], now).is_none());
        assert_eq!(sessions.end(&secret).unwrap().name, "ann");
        assert!(sessions.find(&secret, now).is_none());
        assert!(found.lasts.ended.unwrap().is_cancelled());
        assert!(sessions.end(&secret).is_none());
    }

    #[test]
    fn it_ends_when_idle_and_in_any_case_after_a_while() {
        let (sessions, start) = (Sessions::new(TIMES), Instant::now());
        let idle = sessions.open(&admitted(None), start).unwrap();
        let busy = sessions.open(&admitted(None), start).unwrap();
        let minutes = |count| start + Duration::from_mins(count);
        for minute in (0..60).step_by(9) {
            assert!(sessions.find(&busy, minutes(minute)).is_some(), "{minute}");
        }
        assert!(sessions.find(&idle, minutes(10)).is_none());
        assert!(sessions.find(&busy, minutes(60)).is_none());
        sessions.sweep(minutes(60));
        assert!(sessions.sessions().is_empty());
    }

    #[test]
    fn it_ends_with_what_it_was_opened_by() {
        let (sessions, now) = (Sessions::new(TIMES), Instant::now());
        let token = CancellationToken::new();
        let secret = sessions.open(&admitted(Some(token.clone())), now).unwrap();
        assert!(sessions.find(&secret, now).is_some());
        token.cancel();
        assert!(sessions.find(&secret, now).is_none());
    }

    #[test]
    fn there_are_not_more_than_so_many_and_who_was_here_last_stays() {
        let (sessions, start) = (Sessions::new(TIMES), Instant::now());
        let at = |count: usize| start + Duration::from_millis(count as u64);
        let first = sessions.open(&somebody("0"), at(0)).unwrap();
        for count in 1..=MOST {
            let subject = count.to_string();
            sessions.open(&somebody(&subject), at(count)).unwrap();
        }
        assert_eq!(sessions.sessions().len(), MOST);
        assert!(sessions.find(&first, at(MOST)).is_none());
    }

    #[test]
    fn who_opens_many_ends_their_own() {
        let (sessions, start) = (Sessions::new(TIMES), Instant::now());
        let at = |count: usize| start + Duration::from_millis(count as u64);
        let other = sessions.open(&somebody("bob"), at(0)).unwrap();
        let first = sessions.open(&somebody("ann"), at(1)).unwrap();
        let first_found = sessions.find(&first, at(1)).unwrap();
        let mut last = first.clone();
        for count in 2..=2 + MOST {
            last = sessions.open(&somebody("ann"), at(count)).unwrap();
        }
        assert_eq!(sessions.sessions().len(), MOST_OF_ONE + 1);
        assert!(sessions.find(&first, at(MOST)).is_none());
        assert!(first_found.lasts.ended.unwrap().is_cancelled());
        for stays in [other, last] {
            assert!(sessions.find(&stays, at(MOST)).is_some());
        }
    }
}

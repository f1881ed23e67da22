//! Who is worked for next. At most half of the places are one caller's; who has to wait does so behind their own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use super::{Full, Share, Shares, Who};

/// How many wait or are worked for, of one caller and of all.
const WAITING_OF_ONE: usize = 256;
const WAITING: usize = 1024;

/// Why somebody gets no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Too much of this caller's is waiting already.
    TooMany,
    /// All places stayed taken.
    Busy,
}

/// Places to be worked in.
pub(crate) struct Turns {
    places: Arc<Semaphore>,
    all: usize,
    of_one: usize,
    waiting: Shares<Who>,
    callers: Arc<Mutex<Callers>>,
}

type Callers = HashMap<Who, Arc<Semaphore>>;

/// A place, until it is dropped.
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
    _own: Own,
    _counted: Share<Who>,
}

/// A caller's own place among those that are theirs. The caller is forgotten with the last of them.
struct Own {
    callers: Arc<Mutex<Callers>>,
    who: Who,
    places: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.permit.take());
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.places.take());
        let places = callers.get(&self.who);
        if places.is_some_and(|places| Arc::strong_count(places) == 1) {
            callers.remove(&self.who);
        }
    }
}

impl Turns {
    pub(crate) fn new(places: usize) -> Self {
        let places = places.max(1);
        Self {
            places: Arc::new(Semaphore::new(places)),
            all: places,
            of_one: (places / 2).max(1),
            waiting: Shares::new(WAITING, WAITING_OF_ONE),
            callers: Arc::default(),
        }
    }

    /// Waits for a place.
    pub(crate) async fn wait(&self, who: &Who, deadline: Instant) -> Result<Turn, Refused> {
        let counted = self.waiting.take(Some(who), 1);
        let counted = counted.map_err(|full| match full {
            Full::One => Refused::TooMany,
            Full::All => Refused::Busy,
        })?;
        let (mut own, places) = self.enter(who);
        let turn = async {
            own.permit = Some(places.acquire_owned().await.ok()?);
            let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
            Some(Turn {
                _place: place,
                _own: own,
                _counted: counted,
            })
        };
        let turn = timeout_at(deadline, turn).await;
        turn.ok().flatten().ok_or(Refused::Busy)
    }

    /// How many are worked for.
    pub(crate) fn running(&self) -> usize {
        self.all.saturating_sub(self.places.available_permits())
    }

    /// How many wait for that.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.taken().saturating_sub(self.running())
    }

    fn enter(&self, who: &Who) -> (Own, Arc<Semaphore>) {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let places = callers.entry(who.clone());
        let places = places.or_insert_with(|| Arc::new(Semaphore::new(self.of_one)));
        let places = Arc::clone(places);
        let own = Own {
            callers: Arc::clone(&self.callers),
            who: who.clone(),
            places: Some(Arc::clone(&places)),
            permit: None,
        };
        (own, places)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn who(name: &str) -> Who {
        Who::Somebody(crate::auth::Method::Token, name.to_owned())
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    #[tokio::test]
    async fn half_of_the_places_are_for_one_and_the_others_for_others() {
        let turns = Turns::new(4);
        let mut ann = Vec::new();
        for _ in 0..2 {
            ann.push(turns.wait(&who("ann"), soon()).await.ok().unwrap());
        }
        let third = turns.wait(&who("ann"), soon()).await;
        assert_eq!(third.err(), Some(Refused::Busy));
        let bob = turns.wait(&who("bob"), soon()).await.ok().unwrap();
        ann.pop();
        ann.push(turns.wait(&who("ann"), soon()).await.ok().unwrap());
        drop((ann, bob));
        assert!(
            turns.callers.lock().unwrap().is_empty(),
            "nobody is remembered"
        );
        assert_eq!(turns.waiting.taken(), 0);
    }

    #[tokio::test]
    async fn one_waits_so_often_and_no_more() {
        let turns = Arc::new(Turns::new(2));
        let held = turns.wait(&who("ann"), soon()).await.ok().unwrap();
        let long = Instant::now() + Duration::from_mins(1);
        let mut waiting = Vec::new();
        for _ in 1..WAITING_OF_ONE {
            let turns = Arc::clone(&turns);
            waiting.push(tokio::spawn(async move {
                turns.wait(&who("ann"), long).await.is_ok()
            }));
        }
        while turns.waiting.taken() < WAITING_OF_ONE {
            tokio::task::yield_now().await;
        }
        let refused = turns.wait(&who("ann"), long).await;
        assert_eq!(refused.err(), Some(Refused::TooMany));
        assert!(turns.wait(&who("bob"), soon()).await.is_ok());
        drop(held);
        for own in waiting {
            assert!(own.await.unwrap(), "each has its turn");
        }
        assert!(turns.callers.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_leaves_nothing_behind() {
        let turns = Turns::new(1);
        let held = turns.wait(&who("ann"), soon()).await.ok().unwrap();
        for _ in 0..3 {
            assert!(turns.wait(&who("bob"), soon()).await.is_err());
        }
        assert_eq!(turns.callers.lock().unwrap().len(), 1);
        drop(held);
        assert!(turns.wait(&who("bob"), soon()).await.is_ok());
    }
}

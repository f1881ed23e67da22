//! A connection that ends when the other end is too slow: does not ask, does not finish asking, or does not take its answer.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use http::Version;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep, sleep_until},
};

use crate::Patience;

/// How much of an answer has to be taken in the time that [`Patience::stalled`] gives, in bytes.
const LEAST_TAKEN: usize = 64 * 1024;

struct Times {
    /// Requests that are worked on.
    busy: usize,
    /// HTTP/2 sends more than requests: its frames do not tell that one begins.
    in_frames: bool,
    /// Since when a request's head is on its way.
    asking: Option<Instant>,
    /// When something moved last.
    moved: Instant,
    /// Answers that are on their way out.
    answers: BTreeMap<u64, Taken>,
    /// The next answer's number.
    next: u64,
}

/// What the other end took of an answer.
struct Taken {
    /// When it had taken as much as it has to.
    since: Instant,
    /// How many bytes after that.
    bytes: usize,
}

/// What goes on on one connection.
pub(super) struct Activity(Mutex<Times>);

/// A request that is worked on, or what goes on after it.
#[derive(Clone)]
pub(super) struct Busy {
    _held: Arc<Held>,
}

struct Held(Arc<Activity>);

/// An answer on its way out, until nothing of it lies in memory. The socket alone does not tell of it: in HTTP/2 the other end may take
/// all that is written, and leave one answer or each of them no room to be written.
pub(super) struct Answer {
    activity: Arc<Activity>,
    number: u64,
}

impl Answer {
    /// So many bytes have been written.
    pub(super) fn taken(&self, bytes: usize) {
        let mut times = self.activity.times();
        if let Some(taken) = times.answers.get_mut(&self.number) {
            taken.bytes = taken.bytes.saturating_add(bytes);
            if taken.bytes >= LEAST_TAKEN {
                *taken = Taken::now();
            }
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.activity.times().answers.remove(&self.number);
    }
}

impl Taken {
    fn now() -> Self {
        Self {
            since: Instant::now(),
            bytes: 0,
        }
    }
}

impl Activity {
    /// Of a connection whose other end is expected to ask soon.
    pub(super) fn new() -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self(Mutex::new(Times {
            busy: 0,
            in_frames: false,
            asking: Some(now),
            moved: now,
            answers: BTreeMap::new(),
            next: 0,
        })))
    }

    /// A request came.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> Busy {
        let mut times = self.times();
        times.busy += 1;
        times.asking = None;
        times.in_frames |= version == Version::HTTP_2;
        Busy {
            _held: Arc::new(Held(Arc::clone(self))),
        }
    }

    /// There is an answer.
    pub(super) fn answer(self: &Arc<Self>) -> Answer {
        let mut times = self.times();
        let number = times.next;
        times.next += 1;
        times.answers.insert(number, Taken::now());
        Answer {
            activity: Arc::clone(self),
            number,
        }
    }

    fn heard(&self, now: Instant) {
        let mut times = self.times();
        times.moved = now;
        if times.busy == 0 && !times.in_frames {
            times.asking.get_or_insert(now);
        }
    }

    fn told(&self, now: Instant) {
        self.times().moved = now;
    }

    /// When patience ends if nothing happens until then.
    fn ends(&self, patience: &Patience, now: Instant) -> Instant {
        let times = self.times();
        let stalled = times.answers.values().map(|taken| taken.since).min();
        let stalled = stalled.map(|since| since + patience.stalled);
        let other = if times.busy > 0 {
            now + patience.idle
        } else {
            let idle = times.moved + patience.idle;
            let asking = times.asking.map(|since| since + patience.head);
            asking.map_or(idle, |asking| asking.min(idle))
        };
        stalled.map_or(other, |stalled| stalled.min(other))
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut times = self.0.times();
        times.busy = times.busy.saturating_sub(1);
        times.moved = Instant::now();
    }
}

/// A connection's two directions. Holds what is to be held as long as it is open.
pub(super) struct Patient<S, H> {
    stream: S,
    activity: Arc<Activity>,
    patience: Patience,
    /// Looks whether something happened; not at each byte, but when there might be an end.
    look: Pin<Box<Sleep>>,
    /// Runs while the other end takes nothing, or too little.
    stalled: Option<Pin<Box<Sleep>>>,
    taken: usize,
    _held: H,
}

impl<S, H> Patient<S, H> {
    pub(super) fn new(stream: S, activity: Arc<Activity>, patience: Patience, held: H) -> Self {
        let ends = activity.ends(&patience, Instant::now());
        Self {
            stream,
            activity,
            patience,
            look: Box::pin(sleep_until(ends)),
            stalled: None,
            taken: 0,
            _held: held,
        }
    }

    /// Looks earlier where what just happened has an earlier end.
    fn look_in_time(&mut self, now: Instant) {
        let ends = self.activity.ends(&self.patience, now);
        if ends < self.look.deadline() {
            self.look.as_mut().reset(ends);
        }
    }

    /// Nothing comes: waits, or gives up.
    fn wait_for_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.look.as_mut().poll(context));
            let now = Instant::now();
            let ends = self.activity.ends(&self.patience, now);
            if ends <= now {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
            self.look.as_mut().reset(ends);
        }
    }

    /// Nothing goes out: waits, or gives up.
    fn wait_until_taken<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let taken = &mut self.taken;
        let patience = self.patience.stalled;
        let stalled = self.stalled.get_or_insert_with(|| {
            *taken = 0;
            Box::pin(sleep(patience))
        });
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match wrote {
            Poll::Pending => self.wait_until_taken(context),
            Poll::Ready(Ok(bytes)) => {
                let now = Instant::now();
                self.activity.told(now);
                // An answer begins by being written.
                self.look_in_time(now);
                self.taken = self.taken.saturating_add(bytes);
                if self.taken >= LEAST_TAKEN {
                    self.stalled = None;
                }
                Poll::Ready(Ok(bytes))
            }
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }
}

impl<S: AsyncRead + Unpin, H: Unpin> AsyncRead for Patient<S, H> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if read.is_pending() {
            return this.wait_for_more(context);
        }
        if buffer.filled().len() > before {
            let now = Instant::now();
            this.activity.heard(now);
            this.look_in_time(now);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin, H: Unpin> AsyncWrite for Patient<S, H> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.wait_until_taken(context),
            // Whatever there was is on its way.
            flushed @ Poll::Ready(_) => {
                self.stalled = None;
                flushed
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(context) {
            Poll::Pending => self.wait_until_taken(context),
            shut @ Poll::Ready(_) => shut,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    const HEAD: Duration = Duration::from_millis(100);
    const IDLE: Duration = Duration::from_millis(500);
    const PATIENCE: Patience = Patience {
        head: HEAD,
        idle: IDLE,
        silent: IDLE,
        stalled: Duration::from_millis(300),
    };

    fn pair() -> (DuplexStream, Patient<DuplexStream, ()>, Arc<Activity>) {
        let (other, own) = duplex(16);
        let activity = Activity::new();
        let patient = Patient::new(own, Arc::clone(&activity), PATIENCE, ());
        (other, patient, activity)
    }

    /// How long it takes until nothing is waited for any more.
    async fn given_up(patient: &mut Patient<DuplexStream, ()>) {
        let error = loop {
            if let Err(error) = patient.read_u8().await {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_never_asks_and_who_never_finishes_asking_are_given_up() {
        let began = Instant::now();
        let (_other, mut patient, _) = pair();
        given_up(&mut patient).await;
        assert!(began.elapsed() >= HEAD);
        let began = Instant::now();
        let (mut other, mut patient, _) = pair();
        let trickling = tokio::spawn(async move {
            while other.write_u8(b'a').await.is_ok() {
                sleep(HEAD / 10).await;
            }
        });
        given_up(&mut patient).await;
        assert!(began.elapsed() >= HEAD);
        drop(patient);
        trickling.await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_asked_may_rest_for_a_while() {
        let (mut other, mut patient, activity) = pair();
        other.write_u8(b'a').await.unwrap();
        patient.read_u8().await.unwrap();
        let busy = activity.begin(Version::HTTP_11);
        let long = tokio::time::timeout(2 * IDLE, patient.read_u8()).await;
        assert!(long.is_err(), "nobody is given up who waits for an answer");
        let began = Instant::now();
        drop(busy);
        given_up(&mut patient).await;
        assert!(began.elapsed() >= IDLE);
    }

    #[tokio::test]
    async fn after_a_rest_it_has_to_ask_in_time_again() {
        let (_, _, activity) = pair();
        let patience = Patience {
            idle: Duration::from_hours(1),
            ..PATIENCE
        };
        drop(activity.begin(Version::HTTP_11));
        let ends = activity.ends(&patience, Instant::now());
        assert!(ends > Instant::now() + HEAD * 10);
        activity.heard(Instant::now());
        assert!(activity.ends(&patience, Instant::now()) <= Instant::now() + HEAD);
    }

    #[tokio::test]
    async fn frames_of_http_2_are_no_heads() {
        let (_, _, activity) = pair();
        drop(activity.begin(Version::HTTP_2));
        let now = Instant::now();
        activity.heard(now);
        assert_eq!(activity.ends(&PATIENCE, now), now + IDLE);
    }

    #[tokio::test]
    async fn each_answer_has_to_be_taken_whatever_else_is_heard() {
        let now = Instant::now();
        let (_, _, activity) = pair();
        let busy = activity.begin(Version::HTTP_2);
        let ends = || activity.ends(&PATIENCE, now);
        let (one, other) = (activity.answer(), activity.answer());
        drop(busy);
        sleep(HEAD).await;
        activity.heard(Instant::now());
        one.taken(LEAST_TAKEN);
        other.taken(LEAST_TAKEN - 1);
        assert!(ends() < now + HEAD + PATIENCE.stalled, "the other waits");
        other.taken(1);
        assert!(ends() >= now + HEAD + PATIENCE.stalled);
        drop((one, other));
        assert!(ends() >= now + HEAD + IDLE, "it rests");
    }

    #[tokio::test]
    async fn who_takes_too_little_is_given_up_and_who_is_slow_is_not() {
        let answer = vec![0; 512 * 1024];
        for (at_once, is_taken) in [(0, false), (16, false), (64 * 1024, true)] {
            let (mut other, mut patient, _) = pair();
            tokio::spawn(async move {
                let mut buffer = vec![0; at_once];
                loop {
                    sleep(Duration::from_millis(10)).await;
                    if other.read_exact(&mut buffer).await.is_err() {
                        break;
                    }
                }
            });
            let sent = patient.write_all(&answer).await;
            assert_eq!(sent.is_ok(), is_taken, "{at_once} bytes at once");
        }
    }
}

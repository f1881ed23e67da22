//! A connection that is closed when nobody is at its other end, or when the server stops.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Error,
    extract::ws::{CloseFrame, Message, WebSocket},
};
use bytes::Bytes;
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use tokio::time::{Instant, Interval, Sleep, interval, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// How long the other end may take to greet, and to take a message.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long the other end may take to answer a farewell. Closed before that, it might not read why.
const FAREWELL: Duration = Duration::from_secs(2);

/// Going away: <https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1>
const GOING_AWAY: u16 = 1001;

/// Connection initialisation timeout, as `graphql-transport-ws` has it.
const NOT_GREETED: u16 = 4408;

/// Nobody is signed in at the other end any more, as `graphql-transport-ws` has it.
const SIGNED_OUT: u16 = 4401;

/// Resolves when whoever is at the other end should not be any more.
pub(super) type Over = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(super) struct KeptAlive {
    socket: WebSocket,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    over: Over,
    pings: Interval,
    /// How long the other end may be silent.
    longest_silence: Duration,
    heard: Instant,
    opened: Instant,
    greeted: Arc<AtomicBool>,
    /// Runs while a message waits to be taken.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Runs once a farewell was said.
    leaving: Option<Pin<Box<Sleep>>>,
}

/// To be told when the other end has greeted.
pub(super) struct Greeted(Arc<AtomicBool>);

impl Greeted {
    pub(super) fn say(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl KeptAlive {
    pub(super) fn new(
        socket: WebSocket,
        stopping: CancellationToken,
        over: Over,
        longest_silence: Duration,
    ) -> (Self, Greeted) {
        let greeted = Arc::new(AtomicBool::new(false));
        let mut pings = interval((longest_silence / 3).min(PATIENCE));
        pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let kept = Self {
            socket,
            stopping: Box::pin(stopping.cancelled_owned()),
            over,
            pings,
            longest_silence,
            heard: Instant::now(),
            opened: Instant::now(),
            greeted: Arc::clone(&greeted),
            waiting: None,
            leaving: None,
        };
        (kept, Greeted(greeted))
    }

    /// Sends a message if the connection takes one right now.
    fn send_if_free(&mut self, context: &mut Context<'_>, message: Message) {
        if let Poll::Ready(Ok(())) = self.socket.poll_ready_unpin(context) {
            // A connection that fails here is found out by the next read.
            drop(self.socket.start_send_unpin(message));
            drop(self.socket.poll_flush_unpin(context));
        }
    }

    /// Says farewell, and waits for the answer.
    fn leave(
        &mut self,
        context: &mut Context<'_>,
        code: u16,
        reason: &'static str,
    ) -> Poll<Option<Result<Message, Error>>> {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        self.send_if_free(context, Message::Close(Some(frame)));
        self.leaving = Some(Box::pin(sleep(FAREWELL)));
        self.wait_for_end(context)
    }

    fn wait_for_end(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Message, Error>>> {
        while let Poll::Ready(message) = self.socket.poll_next_unpin(context) {
            if !matches!(message, Some(Ok(_))) {
                return Poll::Ready(None);
            }
        }
        match &mut self.leaving {
            Some(leaving) => leaving.as_mut().poll(context).map(|()| None),
            None => Poll::Ready(None),
        }
    }

    /// Gives up on a message that is not taken.
    fn with_patience(
        &mut self,
        context: &mut Context<'_>,
        sent: Poll<Result<(), Error>>,
    ) -> Poll<Result<(), Error>> {
        if sent.is_ready() {
            self.waiting = None;
            return sent;
        }
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(Error::new(std::io::Error::from(
            std::io::ErrorKind::TimedOut,
        ))))
    }
}

impl Stream for KeptAlive {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.leaving.is_some() {
            return this.wait_for_end(context);
        }
        if this.stopping.as_mut().poll(context).is_ready() {
            return this.leave(context, GOING_AWAY, "the server stops");
        }
        if this.over.as_mut().poll(context).is_ready() {
            return this.leave(context, SIGNED_OUT, "Unauthorized");
        }
        while this.pings.poll_tick(context).is_ready() {
            if this.heard.elapsed() > this.longest_silence {
                return Poll::Ready(None);
            }
            if this.opened.elapsed() >= PATIENCE && !this.greeted.load(Ordering::Relaxed) {
                return this.leave(context, NOT_GREETED, "Connection initialisation timeout");
            }
            this.send_if_free(context, Message::Ping(Bytes::new()));
        }
        let message = ready!(this.socket.poll_next_unpin(context));
        this.heard = Instant::now();
        Poll::Ready(message)
    }
}

impl Sink<Message> for KeptAlive {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let ready = self.socket.poll_ready_unpin(context);
        self.with_patience(context, ready)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.socket.start_send_unpin(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = self.socket.poll_flush_unpin(context);
        self.with_patience(context, flushed)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let closed = self.socket.poll_close_unpin(context);
        self.with_patience(context, closed)
    }
}

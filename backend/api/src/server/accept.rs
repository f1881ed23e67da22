//! Takes connections, as many as there may be, and goes on where the machine gives no more.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tracing::{debug, warn};

use super::{
    connection::{self, Held, Opened},
    hosts::Arrived,
    tls::Tls,
};
use crate::{
    fair::{Shares, network},
    state::State,
};

/// How long nobody is accepted where that fails, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// How often the log says so.
const SAY_EVERY: Duration = Duration::from_mins(1);

/// How many are told at once that there is no place for them; more are closed without a word.
const REFUSING: usize = 256;

/// One network has this part of it, so that others are told.
const REFUSING_PART: usize = 32;

/// Accepts for as long as it is polled.
pub(super) async fn accept(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    state: Arc<State>,
) {
    let mut trouble = Trouble { said: None };
    let most = state.app.settings.connections;
    let refusing = REFUSING.min(most / 4).max(1);
    let refusing = Shares::new(refusing, (refusing / REFUSING_PART).max(1));
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                take(stream, from, tls.clone(), &router, &state, &refusing);
            }
            Err(error) if is_of_the_caller(&error) => {}
            Err(error) => {
                trouble.say(&error);
                sleep(PAUSE).await;
            }
        }
    }
}

/// Answers on a connection, or tells that there is no place.
fn take(
    stream: TcpStream,
    from: SocketAddr,
    tls: Option<Arc<Tls>>,
    router: &Router,
    state: &Arc<State>,
    refusing: &Shares<IpAddr>,
) {
    let settings = &state.app.settings;
    // Whoever comes by a proxy of ours comes by its address.
    let by_proxy = settings.proxies.has(from.ip());
    let key = (!by_proxy).then(|| network(from.ip()));
    let place = state.connections.take(key.as_ref(), 1);
    let arrived = Arrived::new(stream.local_addr().ok(), from);
    let opened = Opened {
        stream,
        tls,
        arrived,
        patience: settings.patience,
    };
    match place {
        Ok(place) => {
            let held = Held::new(place, state.open.token());
            let serving = connection::serve(opened, router.clone(), state.stopping.clone(), held);
            tokio::spawn(serving);
        }
        Err(full) => {
            state.metrics.refused();
            debug!(client.address = %from.ip(), "No place for a connection: {full:?}");
            if let Ok(slot) = refusing.take(key.as_ref(), 1) {
                tokio::spawn(async move {
                    connection::refuse(opened).await;
                    drop(slot);
                });
            }
        }
    }
}

/// Whoever connects may be gone before they are accepted.
fn is_of_the_caller(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionRefused
            | ErrorKind::Interrupted
    )
}

/// Says once what would fill the log.
struct Trouble {
    said: Option<Instant>,
}

impl Trouble {
    fn say(&mut self, error: &io::Error) {
        let now = Instant::now();
        if self
            .said
            .is_some_and(|said| now.duration_since(said) < SAY_EVERY)
        {
            return;
        }
        self.said = Some(now);
        warn!(
            error = error as &dyn std::error::Error,
            "Cannot take another connection, going on with those that are open: {error} (raise `ulimit -n` where it is open files)"
        );
    }
}

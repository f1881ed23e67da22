//! Answers on a listener until told to stop.

use std::{io, time::Duration};

use tokio::{net::TcpListener, time::interval};
use tracing::warn;

use super::{hosts::Arrived, routes::routes};
use crate::{App, state::State};

/// How long requests under way may take once the server is to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(10);

/// How often the metrics are tidied.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Answers until `shutdown` is done, then lets requests under way end.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let state = State::new(app);
    let service = routes(&state).into_make_service_with_connect_info::<Arrived>();
    let stopping = state.stopping.clone();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        shutdown.await;
        stopping.cancel();
    });
    let tidying = async {
        let mut times = interval(TIDY_EVERY);
        loop {
            times.tick().await;
            state.metrics.tidy();
        }
    };
    let keeping = state.app.access.clone().keep();
    let farewell = async {
        state.stopping.cancelled().await;
        tokio::time::sleep(LONGEST_FAREWELL).await;
    };
    let answering = async {
        let served = serving.await;
        // Subscriptions hang on connections that the server no longer counts as its own.
        let most = u32::try_from(state.app.settings.sockets).unwrap_or(u32::MAX);
        drop(state.sockets.acquire_many(most).await);
        served
    };
    tokio::select! {
        served = answering => served,
        () = tidying => Ok(()),
        () = keeping => Ok(()),
        () = farewell => {
            warn!("Stopped with requests under way that did not end in {} s", LONGEST_FAREWELL.as_secs());
            Ok(())
        }
    }
}

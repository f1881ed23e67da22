//! Answers on a listener until told to stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{net::TcpListener, time::interval};
use tracing::warn;

use super::{
    hosts::Arrived,
    routes::routes,
    tls::{Tls, TlsListener},
};
use crate::{App, state::State};

/// How long requests under way may take once the server is to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(10);

/// How often the metrics are tidied, and the certificate is looked at.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Answers until `shutdown` is done, then lets requests under way end; over TLS where there is a certificate.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    match tls {
        None => serve_on(listener, None, app, shutdown).await,
        Some(tls) => {
            let tls = Arc::new(tls);
            let listener = TlsListener::new(listener, Arc::clone(&tls))?;
            serve_on(listener, Some(tls), app, shutdown).await
        }
    }
}

async fn serve_on<L>(
    listener: L,
    tls: Option<Arc<Tls>>,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
    Arrived: for<'s> Connected<IncomingStream<'s, L>>,
{
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
            if let Some(tls) = tls.clone() {
                // The files may lie on a disk that is far away.
                drop(tokio::task::spawn_blocking(move || tls.refresh()).await);
            }
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

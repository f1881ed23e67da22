//! Answers on a listener until told to stop.

use std::{io, sync::Arc, time::Duration};

use tokio::{net::TcpListener, time::interval};
use tracing::warn;

use super::{accept::accept, routes::routes, tls::Tls};
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
    let state = State::new(app);
    let tls = tls.map(Arc::new);
    let accepting = accept(listener, tls.clone(), routes(&state), Arc::clone(&state));
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
    let answering = async {
        tokio::select! {
            () = accepting => {}
            () = shutdown => {}
        }
        // Nobody is accepted any more. Subscriptions say farewell, requests under way are answered.
        state.stopping.cancel();
        state.open.close();
        if tokio::time::timeout(LONGEST_FAREWELL, state.open.wait())
            .await
            .is_err()
        {
            warn!(
                "Stopped with requests under way that did not end in {} s",
                LONGEST_FAREWELL.as_secs()
            );
        }
    };
    tokio::select! {
        () = answering => {}
        () = tidying => {}
        () = keeping => {}
    }
    Ok(())
}

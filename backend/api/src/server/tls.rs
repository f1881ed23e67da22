//! TLS in front of the server's own listener: handshakes side by side, and a certificate that is read again when its files change.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use axum::serve::Listener;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tracing::{debug, error, info};

/// How long a caller may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many callers shake hands at once; more wait to be accepted.
const HANDSHAKES: usize = 256;

/// How long nobody is accepted where that fails, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// Why a certificate is not used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read {path} as PEM")]
    Read {
        path: PathBuf,
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    #[error("{0} holds no certificate")]
    Empty(PathBuf),
    #[error("the certificate {certificate} and the key {key} cannot be used")]
    Unfit {
        certificate: PathBuf,
        key: PathBuf,
        #[source]
        source: rustls::Error,
    },
}

/// When a file was written, and its length.
type Stamp = Option<(SystemTime, u64)>;

/// A certificate and its key.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<[Stamp; 2]>,
}

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let seen = [certificate, key].map(stamp);
        Ok(Self {
            config: ArcSwap::from(read(certificate, key)?),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            seen: Mutex::new(seen),
        })
    }

    /// Reads the files again if they changed. Where they cannot be used, the certificate stays as it was.
    pub(super) fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = [&*self.certificate, &*self.key].map(stamp);
        if *seen == stamps {
            return;
        }
        *seen = stamps;
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                self.config.store(config);
                info!("Read the certificate {} again", self.certificate.display());
            }
            // Between the writing of the one and of the other they do not fit; the next look tells.
            Err(error) => error!(
                error = &error as &dyn std::error::Error,
                "The certificate stays as it was: {error}"
            ),
        }
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Read { path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed(certificate))?;
    if chain.is_empty() {
        return Err(TlsError::Empty(certificate.to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(failed(key))?;
    let unfit = |source| TlsError::Unfit {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        source,
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Hands over connections whose handshake is done: a slow caller holds up nobody.
pub(super) struct TlsListener {
    local: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    pub(super) fn new(listener: TcpListener, tls: Arc<Tls>) -> io::Result<Self> {
        let (hand_over, ready) = mpsc::channel(16);
        Ok(Self {
            local: listener.local_addr()?,
            ready,
            accepting: tokio::spawn(accept(listener, tls, hand_over)),
        })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // Whoever accepts does so as long as this lives.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.local)
    }
}

async fn accept(
    listener: TcpListener,
    tls: Arc<Tls>,
    hand_over: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                debug!(error = &error as &dyn std::error::Error, "Cannot accept");
                sleep(PAUSE).await;
                continue;
            }
        };
        let acceptor = TlsAcceptor::from(tls.config.load_full());
        let hand_over = hand_over.clone();
        tokio::spawn(async move {
            let _while_shaking_hands = place;
            match timeout(PATIENCE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(hand_over.send((stream, from)).await),
                Ok(Err(error)) => {
                    debug!(
                        error = &error as &dyn std::error::Error,
                        "No handshake with {from}"
                    );
                }
                Err(_slow) => debug!("No handshake with {from} in time"),
            }
        });
    }
}

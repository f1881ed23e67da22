//! TLS: handshakes, and a certificate that is read again when its files change.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tracing::{debug, error, info};

use crate::stamp::{Seen, Stamp};

/// How long a caller may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// A certificate and its key.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<Seen<[Option<Stamp>; 2]>>,
}

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let stamps = [certificate, key].map(Stamp::of);
        Ok(Self {
            config: ArcSwap::from(read(certificate, key)?),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            seen: Mutex::new(Seen::new(stamps)),
        })
    }

    /// A connection whose handshake is done; none where it fails or takes too long.
    pub(super) async fn shake_hands(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(self.config.load_full());
        match timeout(PATIENCE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                debug!(error = &error as &dyn std::error::Error, "No handshake");
                None
            }
            Err(_slow) => {
                debug!("No handshake in time");
                None
            }
        }
    }

    /// Reads the files again if they changed. Where they cannot be used, the certificate stays as it was.
    pub(super) fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = [&*self.certificate, &*self.key].map(Stamp::of);
        if seen.is_last(&stamps) {
            return;
        }
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                self.config.store(config);
                *seen = Seen::new(stamps);
                info!("Read the certificate {} again", self.certificate.display());
            }
            // Between the writing of the one and of the other they do not fit; the next look tells.
            Err(error) => {
                if seen.failed(error.to_string()) {
                    error!(
                        error = &error as &dyn std::error::Error,
                        "The certificate stays as it was: {error}"
                    );
                }
            }
        }
    }
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

//! TLS 1.2 and 1.3 of our own, with certificates that are read again when their files change.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::ring,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use crate::config::Tls;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file cannot be read.
    #[error("{file}: {source}")]
    Pem {
        /// Which one.
        file: String,
        /// Why.
        source: rustls_pki_types::pem::Error,
    },
    /// The certificate file is empty.
    #[error("{0} holds no certificate")]
    NoCertificate(String),
    /// Certificate and key cannot be used.
    #[error("the certificate and its key cannot be used: {0}")]
    Rustls(#[from] rustls::Error),
}

/// The certificate of this moment.
#[derive(Debug)]
pub struct Certificate {
    files: Tls,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads both files.
    pub fn load(files: &Tls) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(read(files)?));
        Ok(Arc::new(Self {
            files: files.clone(),
            current,
        }))
    }

    /// A listener's configuration: the defaults of rustls are the suites of BCP 195.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        Ok(ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver))
    }

    /// Looks at the files for ever. A pair that does not fit is logged and the former one stays: half-written files heal by themselves.
    pub async fn watch(self: Arc<Self>) {
        let mut seen = self.modified();
        loop {
            tokio::time::sleep(LOOK).await;
            let modified = self.modified();
            if modified == seen {
                continue;
            }
            match read(&self.files) {
                Ok(fresh) => {
                    seen = modified;
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                    tracing::info!("the TLS certificate was read again");
                }
                Err(error) => {
                    tracing::warn!(%error, "the changed TLS certificate cannot be used; the former one stays");
                }
            }
        }
    }

    fn modified(&self) -> [Option<SystemTime>; 2] {
        [&self.files.cert_file, &self.files.key_file]
            .map(|file| std::fs::metadata(file).and_then(|it| it.modified()).ok())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(files: &Tls) -> Result<CertifiedKey, TlsError> {
    let failed = |file: &Path| {
        let file = file.display().to_string();
        move |source| TlsError::Pem { file, source }
    };
    let chain = CertificateDer::pem_file_iter(&files.cert_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed(&files.cert_file))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(files.cert_file.display().to_string()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key_file).map_err(failed(&files.key_file))?;
    Ok(CertifiedKey::from_der(chain, key, &ring::default_provider())?)
}

//! The HTTP clients below the guard: one for strangers' hosts, one for those that the operator named.

use std::{path::Path, sync::Arc};

use reqwest::{Client, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, pem::PemObject};

use super::{
    OpenError,
    resolver::{Lookup, Resolver},
};
use crate::config;

/// The client that connects to public addresses only, and the one that connects anywhere.
pub(super) struct Clients {
    pub guarded: Client,
    pub trusting: Client,
}

impl Clients {
    pub fn new(config: &config::Outbound, lookup: &Lookup) -> Result<Self, OpenError> {
        let tls = tls(config.ca_file.as_deref())?;
        let client = |trusting| {
            let resolver = Resolver {
                lookup: Arc::clone(lookup),
                trusting,
            };
            Client::builder()
                .use_preconfigured_tls(tls.clone())
                .dns_resolver(Arc::new(resolver))
                .https_only(true)
                // A redirect would lead where nobody looked; a proxy would resolve the name itself.
                .redirect(Policy::none())
                .no_proxy()
                // What is small on the wire must not be large in memory.
                .no_gzip()
                .no_brotli()
                .no_deflate()
                .no_zstd()
                .http1_only()
                .retry(reqwest::retry::never())
                .referer(false)
                .user_agent(concat!("avouch/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(config.timeout)
                .timeout(config.timeout)
                // A connection lives on the thread that made it, and answers are cached: nothing is gained by keeping one.
                .pool_max_idle_per_host(0)
                .build()
                .map_err(OpenError::Client)
        };
        Ok(Self {
            guarded: client(false)?,
            trusting: client(true)?,
        })
    }
}

/// TLS 1.2 and 1.3 with the authorities of the web, which are in the binary, and those of the operator.
fn tls(ca_file: Option<&Path>) -> Result<ClientConfig, OpenError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(file) = ca_file {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| OpenError::CaFile {
            file: file.to_owned(),
            source,
        };
        let before = roots.len();
        for certificate in CertificateDer::pem_file_iter(file).map_err(|error| failed(error.into()))? {
            let certificate = certificate.map_err(|error| failed(error.into()))?;
            roots.add(certificate).map_err(|error| failed(error.into()))?;
        }
        if roots.len() == before {
            return Err(failed("there is no certificate in it".into()));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(OpenError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

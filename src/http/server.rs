//! The listener and its life: bound before anything else, ended in good order.

use std::{future::Future, io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    middleware::from_fn,
    web::{self, Data},
};

use super::{
    Site,
    error::{Cause, PageFailure},
    headers, metrics, routes,
    tls::{Certificate, TlsError},
};
use crate::config::Config;

/// A bound listener: its port is known before the provider is opened, and the default issuer tells it.
pub struct Bound {
    listener: TcpListener,
    certificate: Option<Arc<Certificate>>,
}

/// Why the daemon cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which one.
        address: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// TLS cannot be offered.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The listener failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs a future on actix's runtime.
pub fn run<F: Future>(future: F) -> F::Output {
    actix_web::rt::System::new().block_on(future)
}

/// Takes the port, and reads the certificate when there is one.
pub fn bind(config: &Config) -> Result<Bound, ServeError> {
    let address = config.server.listen;
    let listener = TcpListener::bind(address).map_err(|source| ServeError::Listen { address, source })?;
    let certificate = config.server.tls.as_ref().map(Certificate::load).transpose()?;
    Ok(Bound { listener, certificate })
}

impl Bound {
    /// Where it listens.
    pub fn local_addr(&self) -> io::Result<std::net::SocketAddr> {
        self.listener.local_addr()
    }
}

/// Serves until `stop` is done, then finishes the requests in flight. `started` is called when connections are accepted.
pub async fn serve(
    bound: Bound,
    site: Site,
    started: impl FnOnce(),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let idp = Arc::clone(&site.idp);
    let config = idp.config();
    let limits = config.limits.clone();
    let site = Data::new(site);
    let app_site = site.clone();
    let app_limits = limits.clone();
    let server = HttpServer::new(move || {
        let site = app_site.clone();
        App::new()
            .app_data(site.clone())
            .app_data(web::PayloadConfig::new(app_limits.body))
            .wrap(from_fn(headers::observe))
            .configure(|app| routes::mount(app, &site))
            .default_service(web::to(nothing_here))
    });
    let workers = config.server.worker_count();
    // Slow and numerous clients cost little.
    let server = server
        .workers(workers)
        .client_request_timeout(limits.request_timeout)
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(Duration::from_secs(75))
        .max_connections(limits.connections.div_ceil(workers))
        .shutdown_timeout(config.server.shutdown_timeout.as_secs())
        .disable_signals();
    let server = match &bound.certificate {
        Some(certificate) => {
            tokio::spawn(Arc::clone(certificate).watch());
            server.listen_rustls_0_23(bound.listener, certificate.server_config()?)?
        }
        None => server.listen(bound.listener)?,
    };
    let metrics = config
        .telemetry
        .metrics_listen
        .map(|listen| metrics::server(listen, Arc::clone(&idp)))
        .transpose()?;
    let metrics_handle = metrics.map(|server| {
        let handle = server.handle();
        tokio::spawn(server);
        handle
    });
    let server = server.run();
    let handle = server.handle();
    let running = tokio::spawn(server);
    started();
    stop.await;
    handle.stop(true).await;
    if let Some(metrics) = metrics_handle {
        metrics.stop(false).await;
    }
    running.await.map_err(io::Error::other)??;
    Ok(())
}

async fn nothing_here() -> Result<actix_web::HttpResponse, PageFailure> {
    Err(Cause::NOT_FOUND.into())
}

//! The counters, on a listener of their own: they are the operator's.

use std::{net::SocketAddr, sync::Arc};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::Server,
    web::{self, Data},
};

use crate::{idp::Idp, telemetry::Metrics};

/// A server of `/metrics` alone.
pub fn server(listen: SocketAddr, idp: Arc<Idp>) -> std::io::Result<Server> {
    let idp = Data::from(idp);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(idp.clone())
            .route("/metrics", web::get().to(metrics))
    });
    Ok(server.workers(1).disable_signals().bind(listen)?.run())
}

async fn metrics(idp: Data<Idp>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(Metrics::CONTENT_TYPE)
        .body(idp.render_metrics())
}

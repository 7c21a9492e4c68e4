//! Whether the daemon lives and can serve, for whoever watches it.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::Site;

/// The process runs.
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// The store answers. 503 tells a balancer to go elsewhere.
pub async fn ready(site: Data<Site>) -> HttpResponse {
    if site.idp.is_ready() {
        return HttpResponse::Ok().json(json!({"status": "ready"}));
    }
    HttpResponse::ServiceUnavailable().json(json!({"status": "not ready", "store": "does not answer"}))
}

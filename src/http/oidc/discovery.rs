//! Discovery (OpenID Connect Discovery, 4; RFC 8414, 3).

use actix_web::{HttpResponse, http::header, web::Data};

use crate::http::Site;

/// The provider's metadata.
pub async fn document(site: Data<Site>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .json(site.discovery())
}

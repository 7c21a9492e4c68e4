//! Discovery (OpenID Connect Discovery, 4; RFC 8414, 3).

use actix_web::{HttpResponse, error::ErrorInternalServerError, http::header, web::Data};

use crate::http::Site;

/// The provider's metadata.
pub async fn document(site: Data<Site>) -> actix_web::Result<HttpResponse> {
    let document = site.discovery().map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .content_type("application/json")
        .body(document))
}

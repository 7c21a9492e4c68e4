//! The public keys (RFC 7517). Never limited: a backend without them refuses everybody.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use crate::http::Site;

/// How long a backend may keep the keys. A key is published at least an hour before it signs, so nobody is ever caught unaware.
const MAX_AGE: &str = "public, max-age=900";

/// The key set, or 304 for who has it.
pub async fn document(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    let keys = site.idp.keys();
    let etag = keys.jwks_etag();
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::CACHE_CONTROL, MAX_AGE))
        .insert_header((header::ETAG, etag.to_owned()));
    if is_known {
        return response.finish();
    }
    response.content_type("application/json").body(keys.jwks().to_owned())
}

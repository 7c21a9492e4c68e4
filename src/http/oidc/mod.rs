//! The endpoints that programs talk to.

pub mod authorize;
pub mod discovery;
pub mod introspect;
pub mod jwks;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{header, header::HeaderName},
};

use super::Site;
use crate::idp::client_auth::Caller;

/// Scripts of any origin may call: no cookie is read, so a foreign page gains nothing that its server could not get.
pub const ANY_ORIGIN: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// What scripts may read of the headers beyond the usual: why a token was refused (RFC 6750, 3).
pub const EXPOSED: (HeaderName, &str) = (header::ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate");

/// A browser asks before it sends `Authorization` along.
pub async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE, OPTIONS"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// An answer that must not be kept (RFC 6749, 5.1).
fn no_store() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"));
    response
}

/// The `Authorization` header as text; one that is no text cannot be right.
fn authorization(request: &HttpRequest) -> Option<&str> {
    request
        .headers()
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default())
}

/// What a client can prove itself by, besides the parameters.
fn caller<'a>(request: &'a HttpRequest, site: &'a Site) -> Caller<'a> {
    Caller {
        authorization: authorization(request),
        audiences: &site.audiences,
    }
}

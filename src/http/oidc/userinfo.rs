//! Userinfo (OpenID Connect Core, 5.3): the token in the header, by GET or POST, or in a form (RFC 6750, 2.1 and 2.2). Never in a URL.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use super::{authorization, no_store};
use crate::{
    http::{
        Site,
        body::FormBody,
        error::{Cause, OAuthFailure},
    },
    idp::userinfo::Userinfo,
    protocol::error::ErrorCode,
};

/// By GET.
pub async fn by_get(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, OAuthFailure> {
    match bearer(&request)? {
        Some(token) => answer(&site, token).await,
        None => Ok(challenge()),
    }
}

/// By POST.
pub async fn by_post(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, OAuthFailure> {
    let has_body = request.headers().contains_key(header::CONTENT_TYPE);
    let form = if has_body { Some(body.params()?) } else { None };
    let in_form = form.as_ref().and_then(|form| form.get("access_token"));
    match (bearer(&request)?, in_form) {
        (Some(_), Some(_)) => Err(ErrorCode::InvalidRequest
            .because("more than one access token (RFC 6750, 2)")
            .into()),
        (Some(token), None) | (None, Some(token)) => answer(&site, token).await,
        (None, None) => Ok(challenge()),
    }
}

async fn answer(site: &Site, access_token: &str) -> Result<HttpResponse, OAuthFailure> {
    Ok(match site.idp.userinfo(access_token).await? {
        Userinfo::Plain(claims) => no_store().json(claims),
        Userinfo::Signed(token) => no_store().content_type("application/jwt").body(token),
    })
}

/// Without credentials a challenge names no error (RFC 6750, 3.1).
pub(super) fn challenge() -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"avouch\""))
        .finish()
}

pub(super) fn bearer(request: &HttpRequest) -> Result<Option<&str>, Cause> {
    let Some(header) = authorization(request) else {
        return Ok(None);
    };
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
            Ok(Some(token.trim()))
        }
        _ => Err(ErrorCode::InvalidToken
            .because("the Authorization header is not a bearer token")
            .into()),
    }
}

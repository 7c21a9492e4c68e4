//! The token endpoint (RFC 6749, 3.2): POST only.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{authorization, no_store};
use crate::http::{Site, body::FormBody, error::OAuthFailure};

/// Answers a token request.
pub async fn token(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, OAuthFailure> {
    let response = site.idp.token(authorization(&request), &body.params()?).await?;
    Ok(no_store().json(response))
}

//! The token endpoint (RFC 6749, 3.2): POST only.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{caller, no_store};
use crate::http::{Site, body::FormBody, error::OAuthFailure};

/// Answers a token request.
pub async fn token(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, OAuthFailure> {
    let response = site.idp.token(&caller(&request, &site), &body.params()?).await?;
    Ok(no_store().json(response))
}

//! Token introspection (RFC 7662).

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{caller, no_store};
use crate::http::{Site, body::FormBody, error::OAuthFailure};

/// Answers a resource server.
pub async fn introspect(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, OAuthFailure> {
    let answer = site.idp.introspect(&caller(&request, &site), &body.params()?).await?;
    Ok(no_store().json(answer))
}

//! Token revocation (RFC 7009).

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{caller, no_store};
use crate::http::{Site, body::FormBody, error::OAuthFailure};

/// Revokes a token; 200 also for one that nobody knows.
pub async fn revoke(request: HttpRequest, site: Data<Site>, body: FormBody) -> Result<HttpResponse, OAuthFailure> {
    site.idp.revoke(&caller(&request, &site), &body.params()?).await?;
    Ok(no_store().finish())
}

//! Request bodies: forms only, of bounded size, sent in bounded time.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::StatusCode,
    web::{Bytes, Data},
};
use futures_util::future::LocalBoxFuture;

use super::{Site, error::Cause};
use crate::protocol::params::Params;

/// The bytes of an `application/x-www-form-urlencoded` body. Read with [`FormBody::params`] or [`FormBody::decode`].
pub struct FormBody(pub Result<Bytes, Cause>);

impl FormBody {
    /// The parameters, each at most once.
    pub fn params(self) -> Result<Params, Cause> {
        Ok(Params::parse(&self.0?)?)
    }
}

impl FromRequest for FormBody {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    /// Never fails by itself: each endpoint words a bad body in its own way.
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let wait = request
            .app_data::<Data<Site>>()
            .map(|site| site.idp.config().limits.request_timeout);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            if !is_form {
                let why = "The body must be application/x-www-form-urlencoded.";
                return Ok(Self(Err(Cause::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))));
            }
            let read = tokio::time::timeout(wait.unwrap_or_default(), bytes).await;
            Ok(Self(match read {
                Ok(Ok(bytes)) => Ok(bytes),
                Ok(Err(error)) if error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE => {
                    Err(Cause::Refused(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."))
                }
                Ok(Err(_)) => Err(Cause::Refused(StatusCode::BAD_REQUEST, "The body could not be read.")),
                Err(_) => Err(Cause::Refused(
                    StatusCode::REQUEST_TIMEOUT,
                    "The body took too long to arrive.",
                )),
            }))
        })
    }
}

//! Request bodies: forms, and JSON where a specification has it, of bounded size, sent in bounded time.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::StatusCode,
    web::{Bytes, Data},
};
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value};

use super::{Site, error::Cause};
use crate::protocol::{error::ErrorCode, params::Params};

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
        let bytes = received(request, payload);
        Box::pin(async move {
            if !is_form {
                let why = "The body must be application/x-www-form-urlencoded.";
                return Ok(Self(Err(Cause::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))));
            }
            Ok(Self(bytes.await))
        })
    }
}

/// The bytes of an `application/json` body. Read with [`JsonBody::object`].
pub struct JsonBody(Result<Bytes, Cause>);

impl JsonBody {
    /// The document, which must be an object; else it is refused as `code`.
    pub fn object(self, code: ErrorCode) -> Result<Map<String, Value>, Cause> {
        serde_json::from_slice(&self.0?).map_err(|_| code.because("the body is not a JSON object").into())
    }
}

impl FromRequest for JsonBody {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let bytes = received(request, payload);
        Box::pin(async move {
            if !is_json {
                let why = "The body must be application/json.";
                return Ok(Self(Err(Cause::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))));
            }
            Ok(Self(bytes.await))
        })
    }
}

/// The whole body, of bounded size and in bounded time.
fn received(request: &HttpRequest, payload: &mut Payload) -> LocalBoxFuture<'static, Result<Bytes, Cause>> {
    let wait = request
        .app_data::<Data<Site>>()
        .map(|site| site.idp.config().limits.request_timeout);
    let bytes = Bytes::from_request(request, payload);
    Box::pin(async move {
        match tokio::time::timeout(wait.unwrap_or_default(), bytes).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) if error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Cause::Refused(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."))
            }
            Ok(Err(_)) => Err(Cause::Refused(StatusCode::BAD_REQUEST, "The body could not be read.")),
            Err(_) => Err(Cause::Refused(
                StatusCode::REQUEST_TIMEOUT,
                "The body took too long to arrive.",
            )),
        }
    })
}

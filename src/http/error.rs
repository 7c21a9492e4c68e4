//! The only place with statuses. A failure becomes OAuth JSON (RFC 6749, 5.2) or a page; what is internal is logged once and told to
//! nobody.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde_json::json;

use super::{pages::sentence, request_id};
use crate::{
    idp,
    protocol::error::{Error as ProtocolError, ErrorCode},
};

/// Why a request ends early.
#[derive(Debug)]
pub enum Cause {
    /// The use case said no.
    Idp(idp::Error),
    /// The request was not one that this daemon reads.
    Refused(StatusCode, &'static str),
}

impl Cause {
    pub const NOT_FOUND: Self = Self::Refused(StatusCode::NOT_FOUND, "There is nothing at this address.");

    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(status, _) => *status,
            Self::Idp(error) => match error {
                idp::Error::Protocol(error) => match error.error {
                    ErrorCode::InvalidClient | ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
                    ErrorCode::InsufficientScope | ErrorCode::AccessDenied => StatusCode::FORBIDDEN,
                    ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
                    ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::BAD_REQUEST,
                },
                idp::Error::WrongCredentials | idp::Error::UnknownPasskey => StatusCode::UNAUTHORIZED,
                idp::Error::Disabled | idp::Error::SignInAgain => StatusCode::FORBIDDEN,
                idp::Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                idp::Error::Busy | idp::Error::Conflict => StatusCode::SERVICE_UNAVAILABLE,
                idp::Error::InteractionGone | idp::Error::LinkGone => StatusCode::GONE,
                idp::Error::Invalid { .. } => StatusCode::BAD_REQUEST,
                idp::Error::NotFound { .. } => StatusCode::NOT_FOUND,
                idp::Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Idp(error) => retry_after(error),
            Self::Refused(..) => None,
        }
    }

    /// Logs what is internal, with its whole chain of sources; the line has the id of the request.
    fn log(&self) {
        match self {
            Self::Idp(idp::Error::Internal(source)) => {
                tracing::error!(error = &**source as &dyn std::error::Error, "the request failed");
            }
            other => tracing::debug!(reason = %other, "the request was refused"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idp(error) => error.fmt(f),
            Self::Refused(_, message) => f.write_str(message),
        }
    }
}

impl From<idp::Error> for Cause {
    fn from(error: idp::Error) -> Self {
        Self::Idp(error)
    }
}

impl From<ProtocolError> for Cause {
    fn from(error: ProtocolError) -> Self {
        Self::Idp(error.into())
    }
}

/// Seconds after which it is worth trying again.
pub const fn retry_after(error: &idp::Error) -> Option<u64> {
    match error {
        idp::Error::TooMany { retry_after } if retry_after.as_secs() > 0 => Some(retry_after.as_secs()),
        idp::Error::TooMany { .. } | idp::Error::Busy | idp::Error::Conflict => Some(1),
        _ => None,
    }
}

/// A failure at an endpoint that programs talk to.
#[derive(Debug)]
pub struct OAuthFailure(Cause);

impl<T: Into<Cause>> From<T> for OAuthFailure {
    fn from(cause: T) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for OAuthFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl OAuthFailure {
    fn error(&self) -> ProtocolError {
        match &self.0 {
            Cause::Idp(idp::Error::Protocol(error)) => error.clone(),
            Cause::Idp(idp::Error::Busy | idp::Error::Conflict | idp::Error::TooMany { .. }) => {
                ErrorCode::TemporarilyUnavailable.because("the server is busy")
            }
            Cause::Idp(idp::Error::Internal(_)) => ErrorCode::ServerError.because("internal error"),
            other => ErrorCode::InvalidRequest.because(other.to_string()),
        }
    }
}

impl ResponseError for OAuthFailure {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse {
        let error = self.error();
        let mut response = HttpResponse::build(self.0.status());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        // A script that may call may also read why it was refused.
        response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        response.insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate, Retry-After"));
        self.0.log();
        if let Some(seconds) = self.0.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        match error.error {
            ErrorCode::InvalidClient => {
                response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"avouch\""));
            }
            ErrorCode::InvalidToken | ErrorCode::InsufficientScope => {
                response.insert_header((header::WWW_AUTHENTICATE, bearer_challenge(&error)));
            }
            _ => {}
        }
        response.json(json!({"error": error.error, "error_description": error.error_description}))
    }
}

/// RFC 6750, 3. The description has no quote or backslash by its own grammar.
fn bearer_challenge(error: &ProtocolError) -> String {
    format!(
        "Bearer realm=\"avouch\", error=\"{}\", error_description=\"{}\"",
        error.error.as_str(),
        error.error_description
    )
}

/// A failure that one of our own scripts tells the person.
#[derive(Debug)]
pub struct ScriptFailure(Cause);

impl<T: Into<Cause>> From<T> for ScriptFailure {
    fn from(cause: T) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for ScriptFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ScriptFailure {
    fn sentence(&self) -> String {
        let words = match &self.0 {
            Cause::Idp(idp::Error::WrongCredentials) => {
                "That passkey could not be used. Try again, or sign in in another way."
            }
            Cause::Idp(idp::Error::UnknownPasskey) => {
                "That passkey belongs to no account here. Sign in in another way."
            }
            Cause::Idp(idp::Error::Disabled) => "This account has been disabled. Ask the people who run this service.",
            Cause::Idp(idp::Error::InteractionGone) => "That took too long. Please try again.",
            Cause::Idp(idp::Error::SignInAgain) => "Please sign in again, then try once more.",
            Cause::Idp(idp::Error::TooMany { .. }) => "There were too many attempts. Wait a while, then try again.",
            Cause::Idp(idp::Error::Busy | idp::Error::Conflict) => "The server has much to do. Try again in a moment.",
            Cause::Idp(idp::Error::Internal(_)) => "Something went wrong here. Try again in a while.",
            other => return sentence(&other.to_string()),
        };
        words.to_owned()
    }
}

impl ResponseError for ScriptFailure {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.0.log();
        let mut response = HttpResponse::build(self.0.status());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.0.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.json(json!({
            "error": self.sentence(),
            "unknown": matches!(self.0, Cause::Idp(idp::Error::UnknownPasskey)),
            "sign_in_again": matches!(self.0, Cause::Idp(idp::Error::SignInAgain)),
        }))
    }
}

/// A failure that a person sees. The page is drawn where the site is known, see `pages::errors`.
#[derive(Debug)]
pub struct PageFailure(Cause);

impl<T: Into<Cause>> From<T> for PageFailure {
    fn from(cause: T) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for PageFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an error page says.
pub struct Explanation {
    pub title: &'static str,
    pub message: String,
    /// For the application's developer.
    pub detail: Option<String>,
    pub request_id: String,
    pub retry_after: Option<u64>,
}

impl PageFailure {
    /// The words for it; logs what is internal.
    pub fn explain(&self) -> Explanation {
        self.0.log();
        let request_id = request_id::current();
        let retry_after = self.0.retry_after();
        let (title, message, detail) = match &self.0 {
            Cause::Refused(StatusCode::NOT_FOUND, message) => ("Not found", (*message).to_owned(), None),
            Cause::Refused(_, message) => ("That did not work", (*message).to_owned(), None),
            Cause::Idp(error) => explain(error),
        };
        Explanation {
            title,
            message,
            detail,
            request_id,
            retry_after,
        }
    }
}

fn explain(error: &idp::Error) -> (&'static str, String, Option<String>) {
    let say = |title, message: &str| (title, message.to_owned(), None);
    match error {
        idp::Error::Protocol(error) => (
            "The application sent a wrong request",
            "You cannot sign in this way. Go back to the application; if it happens again, tell the people who run it."
                .to_owned(),
            Some(error.to_string()),
        ),
        idp::Error::InteractionGone => say(
            "This page is no longer good",
            "The sign-in was started in another browser or too long ago, or this browser keeps no cookies. Go back to the application \
             and sign in again.",
        ),
        idp::Error::LinkGone => say(
            "This link is no longer good",
            "It works once and for one hour. Whoever runs this server can make a new one with: avouch setup-link",
        ),
        idp::Error::TooMany { .. } | idp::Error::Busy | idp::Error::Conflict => say(
            "Please wait a moment",
            "The server has much to do. Try again in a moment.",
        ),
        idp::Error::Invalid { message, .. } => ("That did not work", sentence(message), None),
        idp::Error::NotFound { .. } => say("Not found", "There is nothing at this address."),
        idp::Error::WrongCredentials | idp::Error::Disabled | idp::Error::SignInAgain | idp::Error::UnknownPasskey => {
            ("That did not work", sentence(&error.to_string()), None)
        }
        idp::Error::Internal(_) => say(
            "Something went wrong here",
            "It is our fault, not yours. Try again in a while.",
        ),
    }
}

impl ResponseError for PageFailure {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.0.status()).finish()
    }
}

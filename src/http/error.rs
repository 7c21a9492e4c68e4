//! The only place with statuses. A failure becomes OAuth JSON (RFC 6749, 5.2) or a page; what is internal is logged once and told to
//! nobody.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde_json::json;

use super::{language, request_id};
use crate::{
    idp,
    language::Language,
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
                idp::Error::Disabled | idp::Error::NoWayIn | idp::Error::SignInAgain => StatusCode::FORBIDDEN,
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
    /// In the language of whoever asks.
    fn sentence(&self, language: Language) -> String {
        language.text(match &self.0 {
            Cause::Idp(idp::Error::WrongCredentials) => "error-script-wrong-passkey",
            Cause::Idp(idp::Error::InteractionGone) => "error-script-too-long",
            Cause::Idp(idp::Error::TooMany { .. }) => "error-script-too-many",
            Cause::Idp(idp::Error::Invalid { message, .. }) => return message.said_in(language),
            Cause::Idp(error) => explained(error).1,
            Cause::Refused(status, _) => refused(*status).1,
        })
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
            "error": self.sentence(language::current()),
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

/// What an error page says, in its reader's language.
pub struct Explanation {
    pub title: String,
    pub message: String,
    /// For the application's developer, in English as everything that developers read.
    pub detail: Option<String>,
    pub request_id: String,
    pub retry_after: Option<u64>,
}

impl PageFailure {
    /// The words for it; logs what is internal.
    pub fn explain(&self, language: Language) -> Explanation {
        self.0.log();
        let (title, message) = match &self.0 {
            Cause::Refused(status, _) => refused(*status),
            Cause::Idp(error) => explained(error),
        };
        let message = match &self.0 {
            Cause::Idp(idp::Error::Invalid { message, .. }) => message.said_in(language),
            _ => language.text(message),
        };
        let detail = match &self.0 {
            Cause::Idp(idp::Error::Protocol(error)) => Some(error.to_string()),
            _ => None,
        };
        Explanation {
            title: language.text(title),
            message,
            detail,
            request_id: request_id::current(),
            retry_after: self.0.retry_after(),
        }
    }
}

/// The messages for a request that was not read.
fn refused(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("error-not-found-title", "error-not-found"),
        StatusCode::FORBIDDEN => ("error-refused-title", "error-old-page"),
        StatusCode::PAYLOAD_TOO_LARGE => ("error-refused-title", "error-too-large"),
        status if status.is_server_error() => ("error-internal-title", "error-internal"),
        _ => ("error-refused-title", "error-unreadable"),
    }
}

/// The messages for what a use case said.
fn explained(error: &idp::Error) -> (&'static str, &'static str) {
    match error {
        idp::Error::Protocol(_) => ("error-request-title", "error-request"),
        idp::Error::InteractionGone => ("error-interaction-gone-title", "error-interaction-gone"),
        idp::Error::LinkGone => ("error-link-gone-title", "error-link-gone"),
        idp::Error::TooMany { .. } | idp::Error::Busy | idp::Error::Conflict => ("error-busy-title", "error-busy"),
        idp::Error::NotFound { .. } => ("error-not-found-title", "error-not-found"),
        idp::Error::WrongCredentials => ("error-refused-title", "error-wrong-credentials"),
        idp::Error::UnknownPasskey => ("error-refused-title", "error-unknown-passkey"),
        idp::Error::Disabled => ("error-refused-title", "error-disabled"),
        idp::Error::NoWayIn => ("error-refused-title", "error-no-way-in"),
        idp::Error::SignInAgain => ("error-refused-title", "error-sign-in-again"),
        idp::Error::Invalid { .. } => ("error-refused-title", "error-unreadable"),
        idp::Error::Internal(_) => ("error-internal-title", "error-internal"),
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

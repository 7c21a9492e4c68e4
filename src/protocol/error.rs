//! The registered error codes and the one error type of this floor.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};

/// A registered error code. No other string ever leaves the daemon as `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// RFC 6749, 4.1.2.1 and 5.2.
    InvalidRequest,
    /// RFC 6749, 5.2: client authentication failed.
    InvalidClient,
    /// RFC 6749, 5.2: the code or refresh token is invalid, expired, revoked or another client's.
    InvalidGrant,
    /// RFC 6749, 4.1.2.1 and 5.2: this client may not use this grant or response type.
    UnauthorizedClient,
    /// RFC 6749, 5.2.
    UnsupportedGrantType,
    /// RFC 6749, 4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749, 4.1.2.1 and 5.2.
    InvalidScope,
    /// RFC 6749, 4.1.2.1: the end-user or a policy said no.
    AccessDenied,
    /// RFC 6749, 4.1.2.1.
    ServerError,
    /// RFC 6749, 4.1.2.1.
    TemporarilyUnavailable,
    /// RFC 6750, 3.1.
    InvalidToken,
    /// RFC 6750, 3.1.
    InsufficientScope,
    /// RFC 7009, 2.2.1.
    UnsupportedTokenType,
    /// RFC 7591, 3.2.2.
    InvalidRedirectUri,
    /// RFC 7591, 3.2.2.
    InvalidClientMetadata,
    /// RFC 8707, 2.
    InvalidTarget,
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0, 2.
    UnmetAuthenticationRequirements,
    /// OpenID Connect Core, 3.1.2.6.
    InteractionRequired,
    /// OpenID Connect Core, 3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core, 3.1.2.6.
    ConsentRequired,
    /// OpenID Connect Core, 3.1.2.6; RFC 9101, 7.
    InvalidRequestUri,
    /// OpenID Connect Core, 3.1.2.6; RFC 9101, 7.
    InvalidRequestObject,
    /// OpenID Connect Core, 3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core, 3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core, 3.1.2.6.
    RegistrationNotSupported,
}

impl ErrorCode {
    /// The code as it goes over the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidTarget => "invalid_target",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }

    /// This code with a sentence for the client's developer.
    pub fn because(self, description: impl Into<Cow<'static, str>>) -> Error {
        Error::new(self, description)
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What OAuth tells a client that did something wrong (RFC 6749, 4.1.2.1 and 5.2). Knows no HTTP status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// The registered code.
    pub error: ErrorCode,
    /// A sentence for a developer; only the characters that RFC 6749 allows, and never a secret.
    pub error_description: Cow<'static, str>,
}

impl Error {
    /// An error with a description; characters outside RFC 6749's set become `?`.
    pub fn new(error: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        let mut error_description = description.into();
        if !error_description.bytes().all(is_description_byte) {
            error_description = error_description
                .chars()
                .map(|c| {
                    if c.is_ascii() && is_description_byte(c as u8) {
                        c
                    } else {
                        '?'
                    }
                })
                .collect();
        }
        Self {
            error,
            error_description,
        }
    }
}

/// RFC 6749, 4.1.2.1: `%x20-21 / %x23-5B / %x5D-7E`.
const fn is_description_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error.as_str(), self.error_description)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_holds_only_the_characters_of_rfc_6749() {
        let error = ErrorCode::InvalidRequest.because("a \"quote\"\\\r\nSet-Cookie: ü");
        assert_eq!(error.error_description, "a ?quote????Set-Cookie: ?");
    }

    #[test]
    fn an_error_is_written_with_its_wire_word() {
        let json = serde_json::to_string(&ErrorCode::InvalidGrant.because("gone")).unwrap();
        assert_eq!(json, r#"{"error":"invalid_grant","error_description":"gone"}"#);
    }
}

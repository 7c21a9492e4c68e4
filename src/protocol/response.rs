//! Authorization responses and the proof that one may be sent (RFC 6749, 4.1.2; RFC 9207).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{error::Error, params::with_query};

/// How the parameters of an authorization response travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
}

/// A redirect URI that was proven to be the client's, with what every answer to it carries.
///
/// Only [`super::authorize::validate`] makes one, so "may this error be redirected?" is answered by having one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    redirect_uri: String,
    response_mode: ResponseMode,
    state: Option<String>,
}

impl Destination {
    pub(super) const fn proven(redirect_uri: String, response_mode: ResponseMode, state: Option<String>) -> Self {
        Self {
            redirect_uri,
            response_mode,
            state,
        }
    }

    /// The client's redirect URI, as the request presented it.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The URL that brings a code to the client, with `state` and `iss`.
    pub fn with_code(&self, code: &str, issuer: &str) -> String {
        self.url([("code", Cow::from(code))], issuer)
    }

    /// The URL that brings an error to the client, with `state` and `iss`.
    pub fn with_error(&self, error: &Error, issuer: &str) -> String {
        let pairs = [
            ("error", Cow::from(error.error.as_str())),
            ("error_description", Cow::from(error.error_description.as_ref())),
        ];
        self.url(pairs, issuer)
    }

    fn url<'a>(&'a self, pairs: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>, issuer: &'a str) -> String {
        let state = self.state.iter().map(|state| ("state", Cow::from(state)));
        let all = pairs.into_iter().chain(state).chain([("iss", Cow::from(issuer))]);
        match self.response_mode {
            ResponseMode::Query => with_query(&self.redirect_uri, all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::error::ErrorCode;

    #[test]
    fn an_answer_has_state_and_iss_and_keeps_the_query_of_the_redirect_uri() {
        let destination = Destination::proven(
            "https://app.example/cb?a=1".to_owned(),
            ResponseMode::Query,
            Some("x &y".to_owned()),
        );
        assert_eq!(
            destination.with_code("c", "https://id.example"),
            "https://app.example/cb?a=1&code=c&state=x+%26y&iss=https%3A%2F%2Fid.example"
        );
        let refused = ErrorCode::AccessDenied.because("no");
        assert_eq!(
            destination.with_error(&refused, "https://id.example"),
            "https://app.example/cb?a=1&error=access_denied&error_description=no&state=x+%26y&iss=https%3A%2F%2Fid.example"
        );
    }
}

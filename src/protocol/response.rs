//! Authorization responses: what may be asked for, how it travels, and the proof that it may be sent (RFC 6749, 4.1.2; OAuth 2.0
//! Multiple Response Type Encoding Practices; Form Post Response Mode; RFC 9207).

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::{client::GrantType, error::Error, params::with_query, scope::Scope};

/// What the authorization endpoint is asked for (OpenID Connect Core, 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseType {
    /// A code: the only one that RFC 9700, 2.1.2 recommends.
    #[default]
    #[serde(rename = "code")]
    Code,
    /// An ID token (3.2).
    #[serde(rename = "id_token")]
    IdToken,
    /// An ID token and an access token (3.2).
    #[serde(rename = "id_token token")]
    IdTokenToken,
    /// A code and an ID token (3.3).
    #[serde(rename = "code id_token")]
    CodeIdToken,
    /// A code and an access token (3.3).
    #[serde(rename = "code token")]
    CodeToken,
    /// All three (3.3).
    #[serde(rename = "code id_token token")]
    CodeIdTokenToken,
}

impl ResponseType {
    /// Every one that this server knows.
    pub const ALL: [Self; 6] = [
        Self::Code,
        Self::IdToken,
        Self::IdTokenToken,
        Self::CodeIdToken,
        Self::CodeToken,
        Self::CodeIdTokenToken,
    ];

    /// Reads `response_type`; the order of its words means nothing. `None`: one that this server does not know.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        let sorted = words.join(" ");
        Self::ALL.into_iter().find(|known| known.as_str() == sorted)
    }

    /// The value on the wire, its words sorted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::IdToken => "id_token",
            Self::IdTokenToken => "id_token token",
            Self::CodeIdToken => "code id_token",
            Self::CodeToken => "code token",
            Self::CodeIdTokenToken => "code id_token token",
        }
    }

    /// Whether a code is in the answer.
    pub const fn has_code(self) -> bool {
        !matches!(self, Self::IdToken | Self::IdTokenToken)
    }

    /// Whether an ID token is in the answer.
    pub const fn has_id_token(self) -> bool {
        !matches!(self, Self::Code | Self::CodeToken)
    }

    /// Whether an access token is in the answer.
    pub const fn has_token(self) -> bool {
        matches!(self, Self::IdTokenToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Whether any token passes through the browser.
    pub const fn is_front_channel(self) -> bool {
        self.has_id_token() || self.has_token()
    }

    /// How its answer travels when the request does not say.
    pub const fn default_mode(self) -> ResponseMode {
        if self.is_front_channel() {
            ResponseMode::Fragment
        } else {
            ResponseMode::Query
        }
    }

    /// Whether its answer may travel so: tokens never in a query, which servers and proxies log (Multiple Response Types, 3).
    pub fn permits(self, mode: ResponseMode) -> bool {
        mode != ResponseMode::Query || !self.is_front_channel()
    }

    /// Whether a client with these grant types may have it (the table of OpenID Connect Registration, 2).
    pub fn agrees_with(self, grant_types: &[GrantType]) -> bool {
        let has = |grant_type| grant_types.contains(&grant_type);
        (!self.has_code() || has(GrantType::AuthorizationCode))
            && (!self.is_front_channel() || has(GrantType::Implicit))
    }
}

/// Checks a client's `response_types` against its `grant_types`: each type with its grants, and no grant without a type.
///
/// # Errors
/// The sentence that says what does not fit.
pub fn agree(response_types: &[String], grant_types: &[GrantType]) -> Result<(), &'static str> {
    let parsed: Option<Vec<ResponseType>> = response_types.iter().map(|text| ResponseType::parse(text)).collect();
    let Some(parsed) = parsed else {
        return Err("response_types has one that this server does not know (OpenID Connect Core, 3)");
    };
    let backed = parsed.iter().all(|it| it.agrees_with(grant_types));
    let code = grant_types.contains(&GrantType::AuthorizationCode);
    let implicit = grant_types.contains(&GrantType::Implicit);
    let used = (!code || parsed.iter().any(|it| it.has_code()))
        && (!implicit || parsed.iter().any(|it| it.is_front_channel()));
    if backed && used {
        Ok(())
    } else {
        Err(
            "response_types and grant_types do not agree: code needs authorization_code, id_token and token need implicit, and each \
             grant a response type (OpenID Connect Registration, 2)",
        )
    }
}

/// How the parameters of an authorization response travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In its fragment, which no server sees.
    Fragment,
    /// In the body of a form that the browser posts to it (Form Post Response Mode, 2).
    FormPost,
}

impl ResponseMode {
    /// Every one, as `response_modes_supported` tells them.
    pub const ALL: [Self; 3] = [Self::Query, Self::Fragment, Self::FormPost];

    /// Reads `response_mode`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }

    /// The way of an answer to a request that may be wrong in any of its members.
    ///
    /// A mode that cannot be had, or not with this response type, is told by the way that the response type has of itself; a response
    /// type that nobody knows has the way of its words (RFC 6749, 4.2.2.1: a client that asks for a token reads the fragment).
    pub fn of_answer(response_type: Option<&str>, response_mode: Option<&str>) -> Self {
        let asked = response_type.unwrap_or_default();
        let in_front = asked.split(' ').any(|word| matches!(word, "token" | "id_token"));
        let mode = response_mode.and_then(Self::parse);
        match mode {
            Some(mode) if mode != Self::Query || !in_front => mode,
            _ if in_front => Self::Fragment,
            _ => Self::Query,
        }
    }
}

/// What a client gets, beside `state` and `iss`.
#[derive(Clone, Default)]
pub struct Granted {
    /// To be redeemed at the token endpoint.
    pub code: Option<String>,
    /// For use at once.
    pub access_token: Option<GrantedToken>,
    /// Who the end-user is.
    pub id_token: Option<String>,
}

/// An access token of the front channel (OpenID Connect Core, 3.2.2.5). There is never a refresh token beside it.
#[derive(Clone)]
pub struct GrantedToken {
    /// An RFC 9068 JWT.
    pub access_token: String,
    /// Seconds.
    pub expires_in: u64,
    /// What was granted.
    pub scope: Scope,
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

    /// How answers go there.
    pub const fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    /// The answer that brings the client what was granted, with `state` and `iss`.
    pub fn with(&self, granted: Granted, issuer: &str) -> Answer {
        let mut fields = Vec::new();
        if let Some(token) = granted.access_token {
            fields.push(("access_token", token.access_token));
            fields.push(("token_type", "Bearer".to_owned()));
            fields.push(("expires_in", token.expires_in.to_string()));
            fields.push(("scope", token.scope.to_string()));
        }
        fields.extend(granted.id_token.map(|id_token| ("id_token", id_token)));
        fields.extend(granted.code.map(|code| ("code", code)));
        self.answer(fields, issuer)
    }

    /// The answer that tells the client an error, with `state` and `iss`.
    pub fn with_error(&self, error: &Error, issuer: &str) -> Answer {
        let fields = vec![
            ("error", error.error.as_str().to_owned()),
            ("error_description", error.error_description.clone().into_owned()),
        ];
        self.answer(fields, issuer)
    }

    fn answer(&self, mut fields: Vec<(&'static str, String)>, issuer: &str) -> Answer {
        fields.extend(self.state.iter().map(|state| ("state", state.clone())));
        fields.push(("iss", issuer.to_owned()));
        Answer {
            redirect_uri: self.redirect_uri.clone(),
            response_mode: self.response_mode,
            fields,
        }
    }
}

/// An authorization response on its way. Only a [`Destination`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    redirect_uri: String,
    response_mode: ResponseMode,
    fields: Vec<(&'static str, String)>,
}

/// What a door does with an [`Answer`].
#[derive(Clone, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// Redirects the browser to a URL.
    Redirect(String),
    /// Lets the browser post a form.
    FormPost {
        /// The client's redirect URI.
        action: &'a str,
        /// Names and values.
        fields: &'a [(&'static str, String)],
    },
}

impl Answer {
    /// How it leaves.
    pub fn delivery(&self) -> Delivery<'_> {
        let pairs = self.fields.iter().map(|(name, value)| (*name, Cow::from(value)));
        match self.response_mode {
            ResponseMode::Query => Delivery::Redirect(with_query(&self.redirect_uri, pairs)),
            // A redirect URI has no fragment of its own (RFC 6749, 3.1.2).
            ResponseMode::Fragment => Delivery::Redirect(format!("{}#{}", self.redirect_uri, form(pairs))),
            ResponseMode::FormPost => Delivery::FormPost {
                action: &self.redirect_uri,
                fields: &self.fields,
            },
        }
    }
}

fn form<'a>(pairs: impl Iterator<Item = (&'a str, Cow<'a, str>)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Where and which members, never their values: codes and tokens.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(|(name, _)| *name).collect();
        write!(f, "{:?} to {} with {names:?}", self.response_mode, self.redirect_uri)
    }
}

#[cfg(test)]
mod tests;

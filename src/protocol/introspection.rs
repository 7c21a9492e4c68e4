//! Token introspection (RFC 7662).

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Timestamp, resource::Audience, scope::Scope};

/// The answer about a token. All that is not active looks the same (RFC 7662, 2.2).
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Introspection {
    /// The token is good now.
    Active(Box<Active>),
    /// It is not, or it is none of the caller's business.
    Inactive {
        /// Always false.
        active: bool,
    },
}

impl Introspection {
    /// The one answer to every token that is not good.
    pub const INACTIVE: Self = Self::Inactive { active: false };
}

/// What is told of an active token.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of RFC 7662, 2.2 and RFC 9470, 6.2")]
pub struct Active {
    pub active: bool,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    pub client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    pub token_type: &'static str,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub sub: String,
    pub aud: Audience,
    pub iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inactive_token_says_nothing_else() {
        assert_eq!(
            serde_json::to_string(&Introspection::INACTIVE).unwrap(),
            r#"{"active":false}"#
        );
    }
}

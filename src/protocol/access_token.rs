//! The JWT access token (RFC 9068).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Timestamp, resource::Audience, scope::Scope};

/// `typ` of an access token's header (RFC 9068, 2.1).
pub const TYP: &str = "at+jwt";

/// The claims of an access token.
#[derive(Clone, Debug, Serialize)]
pub struct AccessToken<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The end-user, or the client itself when there is none.
    pub sub: &'a str,
    /// The resources it is for (RFC 8707).
    pub aud: &'a Audience,
    /// The client it was issued to.
    pub client_id: &'a str,
    /// What was granted.
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: &'a Scope,
    /// Expiry.
    pub exp: Timestamp,
    /// Issue.
    pub iat: Timestamp,
    /// Names the grant, see [`Jti`].
    pub jti: &'a str,
    /// When the end-user authenticated (RFC 9068, 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// What that authentication is worth (RFC 9068, 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    /// The session at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// Standing and identity of the end-user (RFC 9068, 2.2.2 and 2.2.3).
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

/// What this provider reads of an access token that comes back to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the claims above, read again")]
pub struct PresentedAccessToken {
    pub iss: String,
    pub sub: String,
    pub aud: Audience,
    pub client_id: String,
    #[serde(default)]
    pub scope: Scope,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub jti: String,
    #[serde(default)]
    pub auth_time: Option<Timestamp>,
    #[serde(default)]
    pub acr: Option<String>,
}

/// A token's identity: `GRANT.RANDOM`, or `RANDOM` when no end-user granted it.
///
/// The grant in the `jti` is how a JWT that comes back here is found to be revoked, without a private claim and without a record a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jti<'a> {
    /// The grant it came from.
    pub grant_id: Option<&'a str>,
}

impl<'a> Jti<'a> {
    /// Writes one; `random` makes it unique.
    pub fn write(grant_id: Option<&str>, random: &str) -> String {
        grant_id.map_or_else(|| random.to_owned(), |grant_id| format!("{grant_id}.{random}"))
    }

    /// Reads one.
    pub fn read(jti: &'a str) -> Self {
        Self {
            grant_id: jti.split_once('.').map(|(grant_id, _)| grant_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grant_is_read_back_from_the_jti() {
        assert_eq!(Jti::read(&Jti::write(Some("g"), "r")).grant_id, Some("g"));
        assert_eq!(Jti::read(&Jti::write(None, "r")).grant_id, None);
    }
}

//! Codes, grants and refresh tokens: what was allowed, and the bearer secrets that stand for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::{
    protocol::{
        Timestamp, claims::request::ClaimsRequest, id_token::Authentication, refresh::RefreshState, scope::Scope,
        token::CodeGrant,
    },
    secret,
};

/// What an end-user (or the operator for a first-party client) has allowed a client, and the login that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// The end-user.
    pub user_id: String,
    /// The user's epoch when it was granted.
    #[serde(default)]
    pub epoch: u64,
    /// When the client was made: a client that is removed and made again under its name inherits nothing.
    pub client_since: Timestamp,
    /// The sector that the `sub` of its tokens is for; none for a public one. A client that changes it begins anew, for a refreshed ID
    /// token names the end-user as the first did (OpenID Connect Core, 12.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// What was granted.
    pub scope: Scope,
    /// The mark of the end-user's yes that it rests on; empty for a client that needs none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub consent: String,
    /// The session in which it was granted. Unless `offline`, it dies with it.
    pub sid: String,
    /// Whether it outlives the session (`offline_access`; Back-Channel Logout, 2.7).
    pub offline: bool,
    /// The login that it rests on; refreshed ID tokens repeat it.
    pub authentication: Authentication,
    /// Single claims that were granted beside the scope (OpenID Connect Core, 5.5).
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// What access tokens may be used at (RFC 8707); empty: the default audience.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// An authorization code. A spent one stays until it expires, so that a second use is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// `secret::digest` of the code.
    pub code_digest: String,
    /// What it is bound to.
    pub grant: CodeGrant,
    /// What it is worth.
    pub allowance: Allowance,
    /// For the ID token.
    pub nonce: Option<String>,
    /// The grant of the tokens that were issued with it through the browser, if any: it will be redeemed for the same.
    #[serde(default)]
    pub grant_id: Option<String>,
    /// The grant that it was redeemed for; at most once.
    #[serde(default)]
    pub redeemed: Option<String>,
}

impl Record for AuthorizationCode {
    const KIND: &'static str = "code";

    fn id(&self) -> String {
        self.code_digest.clone()
    }

    /// Not the moment at which it is worth nothing, but well after: a second use half a minute later must still be seen.
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.grant.expires_at + std::time::Duration::from_hours(1))
    }
}

/// A redeemed code, or tokens that went through the browser: everything issued from it lives and dies with this record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Stands in the `jti` of its access tokens.
    pub id: String,
    /// Whose tokens they are.
    pub client_id: String,
    /// What was allowed.
    pub allowance: Allowance,
    /// When its first token was issued.
    pub created_at: Timestamp,
    /// When its last token can have expired.
    pub expires_at: Timestamp,
}

impl Record for Grant {
    const KIND: &'static str = "grant";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A refresh token of a grant's family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshToken {
    /// `secret::digest` of the token.
    pub token_digest: String,
    /// Its family.
    pub grant_id: String,
    /// The only client that may use it.
    pub client_id: String,
    /// Live, or rotated at a moment.
    pub state: RefreshState,
    /// When it has lain unused for too long, or the family is too old.
    pub expires_at: Timestamp,
}

impl Record for RefreshToken {
    const KIND: &'static str = "refresh_token";

    fn id(&self) -> String {
        self.token_digest.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// An access token that was revoked by itself; kept until the token would have expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedToken {
    /// The token's `jti`.
    pub jti: String,
    /// The token's `exp`.
    pub expires_at: Timestamp,
}

impl Record for RevokedToken {
    const KIND: &'static str = "revoked_token";

    fn id(&self) -> String {
        self.jti.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A remembered yes of an end-user to a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who said it.
    pub user_id: String,
    /// To whom.
    pub client_id: String,
    /// When that client was made.
    pub client_since: Timestamp,
    /// Made up when it is given, and again when it is given after it was taken back: what rested on the former yes stays
    /// dead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
    /// To what.
    pub scope: Scope,
    /// To which claims beyond the scope.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub claims: BTreeSet<String>,
    /// To access to which resources.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<String>,
    /// When.
    pub given_at: Timestamp,
}

impl Consent {
    /// The record's identity.
    pub fn id_of(user_id: &str, client_id: &str) -> String {
        // A client that nobody registered is named by a URL, which may be longer than an identity.
        if client_id.starts_with("https://") {
            return format!("{user_id}.{}", secret::digest(client_id));
        }
        format!("{user_id}.{client_id}")
    }
}

impl Record for Consent {
    const KIND: &'static str = "consent";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        Self::id_of(&self.user_id, &self.client_id)
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("user", self.user_id.clone())]
    }
}

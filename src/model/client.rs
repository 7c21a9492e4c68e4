//! Clients: metadata, an identity and secrets.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::{
    Timestamp,
    client::{ClientMetadata, policy::SignInPolicy},
};

/// A live secret, kept as its SHA-256 digest: it is 256 random bits, or the operator's choice when moving in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// `secret::digest` of the secret.
    pub digest: String,
    /// The secret itself, sealed by the master key: only for `client_secret_jwt`, whose MACs are made by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment at which it is no longer accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// What is kept of a client that registered itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// `secret::digest` of its registration access token (RFC 7592, 3).
    pub token_digest: String,
    /// When it leaves, as long as nobody has signed in to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused_until: Option<Timestamp>,
}

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its public identity.
    pub client_id: String,
    /// What it registered.
    pub metadata: ClientMetadata,
    /// At most two live ones, so that a secret can be replaced without a pause.
    #[serde(default)]
    pub secrets: Vec<ClientSecret>,
    /// A disabled client is refused at every door at once.
    #[serde(default)]
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Of one that registered itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
}

impl Client {
    /// The secrets that are accepted at `now`.
    pub fn live_secrets(&self, now: Timestamp) -> impl Iterator<Item = &ClientSecret> {
        let live = move |secret: &&ClientSecret| secret.expires_at.is_none_or(|end| now < end);
        self.secrets.iter().filter(live)
    }
}

impl Client {
    /// The index of those clients whose policy is stricter than the default one.
    pub const SIGN_IN_POLICY: &'static str = "sign_in_policy";
}

impl Record for Client {
    const KIND: &'static str = "client";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.client_id.clone()
    }

    /// So that the strictest policy of all clients is found without reading them.
    fn index(&self) -> Vec<(&'static str, String)> {
        let policy = self.metadata.sign_in_policy;
        let words = SignInPolicy::WORDS.into_iter();
        let strict = words.filter(|(_, it)| *it == policy && *it != SignInPolicy::default());
        strict
            .map(|(word, _)| (Self::SIGN_IN_POLICY, word.to_owned()))
            .collect()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.registration.as_ref()?.unused_until
    }
}

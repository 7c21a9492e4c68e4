//! Passkeys: public key credentials of end-users (WebAuthn Level 3, 4), and the ceremonies that are under way.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Record;
use crate::{protocol::Timestamp, secret};

/// One credential of a user. The private key is with the person; nothing here is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// What pages and commands call it by.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// The relying party that it was made for: with another one it cannot sign in.
    pub rp_id: String,
    /// The credential id in base64url, as authenticators know it.
    pub credential_id: String,
    /// The COSE key, as webauthn-rs writes it.
    pub public_key: Value,
    /// The signature counter that was seen last; 0 for authenticators without one.
    pub counter: u32,
    /// Whether the person was verified when it was made; it must then verify at every sign-in.
    pub user_verified: bool,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it was, when it was seen last.
    pub backed_up: bool,
    /// How browsers may reach it, by the words of WebAuthn, 5.8.4.
    #[serde(default)]
    pub transports: Vec<String>,
    /// The model of the authenticator, by its own word; nil when it does not tell.
    pub aaguid: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// The last sign-in with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// When its counter went back: there may be a copy of it, and nobody signs in with it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspected_at: Option<Timestamp>,
}

impl Passkey {
    /// The value under which a credential id is found.
    pub fn credential_digest(credential_id: &str) -> String {
        secret::digest(credential_id)
    }

    /// What authenticators know a user by (WebAuthn, 5.4.3), in base64url: 32 bytes that tell nothing about the person.
    pub fn user_handle(user_id: &str) -> String {
        secret::digest(&format!("user handle {user_id}"))
    }
}

impl Record for Passkey {
    const KIND: &'static str = "passkey";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("credential", Self::credential_digest(&self.credential_id))]
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("user", self.user_id.clone())]
    }
}

/// What a ceremony is for, and whose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum Purpose {
    /// Somebody signs in; who, the assertion will tell.
    SignIn {
        /// The interaction that waits for it.
        interaction: Option<String>,
    },
    /// Somebody who has shown another factor shows one of their passkeys beside it.
    SecondFactor {
        /// The sign-in that waits for it.
        sign_in: String,
    },
    /// A user who is signed in adds a passkey.
    Register {
        /// Who.
        user_id: String,
        /// In which session.
        sid: String,
        /// Whether the browser does it by itself after a sign-in with a password (WebAuthn, 5.1.3, conditional mediation).
        conditional: bool,
    },
}

/// A challenge that waits for its answer: kept here, good once, for one browser and for a short time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyCeremony {
    /// Told to the browser with the challenge.
    pub id: String,
    /// `secret::digest` of the browser's cookie: nobody else can answer.
    pub browser_digest: String,
    /// What for.
    #[serde(flatten)]
    pub purpose: Purpose,
    /// The challenge and what was asked for, as webauthn-rs writes it.
    pub state: Value,
    /// When it is too late.
    pub expires_at: Timestamp,
}

impl Record for PasskeyCeremony {
    const KIND: &'static str = "passkey_ceremony";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_handle_is_opaque_and_short_enough() {
        let handle = Passkey::user_handle("u1");
        // 32 bytes; WebAuthn, 5.4.3 allows 64, and forbids what identifies the person.
        assert_eq!(handle.len(), 43);
        assert_ne!(handle, Passkey::user_handle("u2"));
        assert_ne!(handle, secret::digest("u1"));
    }

    #[test]
    fn a_ceremony_reads_back_as_it_was_written() {
        for purpose in [
            Purpose::SignIn { interaction: None },
            Purpose::SecondFactor {
                sign_in: "s1".to_owned(),
            },
            Purpose::Register {
                user_id: "u1".to_owned(),
                sid: "s1".to_owned(),
                conditional: true,
            },
        ] {
            let ceremony = PasskeyCeremony {
                id: "c1".to_owned(),
                browser_digest: "b".to_owned(),
                purpose,
                state: serde_json::json!({"challenge": "x"}),
                expires_at: Timestamp::from_unix(9),
            };
            let json = serde_json::to_string(&ceremony).unwrap();
            assert_eq!(serde_json::from_str::<PasskeyCeremony>(&json).unwrap(), ceremony);
        }
    }
}

//! A key that signs tokens, and where it stands in the ring.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::{Timestamp, jwa::SigningAlgorithm};

/// Where a key stands on its way through the ring: next, then active, then retired, then gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Published, but signs nothing yet: verifiers get the time to learn it.
    Next,
    /// Signs every token of its algorithm. There is exactly one.
    Active,
    /// Signs nothing any more, but is still published for the tokens that it signed.
    Retired,
}

/// A public key by its numbers in base64url, under the names of RFC 7518, 6 and RFC 8037, 2. Which curve is meant, the
/// algorithm says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PublicKey {
    /// For RS256 and PS256.
    Rsa {
        /// The modulus (RFC 7518, 6.3.1.1).
        n: String,
        /// The public exponent (RFC 7518, 6.3.1.2).
        e: String,
    },
    /// A point of P-256, for ES256.
    Ec {
        /// RFC 7518, 6.2.1.2.
        x: String,
        /// RFC 7518, 6.2.1.3.
        y: String,
    },
    /// An Ed25519 key, for EdDSA.
    Okp {
        /// RFC 8037, 2.
        x: String,
    },
}

/// A signing key as it is kept: its public half in clear, its private half sealed by the master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    /// The JWK thumbprint of the public key (RFC 7638): 43 characters.
    pub kid: String,
    /// What the key signs with.
    pub alg: SigningAlgorithm,
    /// Where it stands in the ring.
    pub state: KeyState,
    /// 1 for the first key of a store, then one more for each. Two nodes that would both make the next key collide on
    /// it, so that only one of the two commits succeeds.
    pub sequence: u64,
    /// When it was made or imported.
    pub created_at: Timestamp,
    /// Since when verifiers can have seen it. Before `created_at` for the keys born with their store.
    pub published_at: Timestamp,
    /// When it began to sign.
    #[serde(default)]
    pub activated_at: Option<Timestamp>,
    /// When it ceased to sign.
    #[serde(default)]
    pub retired_at: Option<Timestamp>,
    /// Of the active key: an operator asked for its rotation, which waits for the next key to be published long enough.
    #[serde(default)]
    pub rotate_requested: bool,
    /// The public half. Its members stand beside the others, as `n` and `e` did when there was only RSA.
    #[serde(flatten)]
    pub public: PublicKey,
    /// The sealed PKCS#8 DER. `None` once retired: what signs nothing any more cannot be stolen either.
    #[serde(default)]
    pub sealed_private_key: Option<String>,
}

impl Record for SigningKey {
    const KIND: &'static str = "signing_key";

    fn id(&self) -> String {
        self.kid.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("sequence", self.sequence.to_string())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey {
            kid: "thumbprint".into(),
            alg: SigningAlgorithm::Rs256,
            state: KeyState::Next,
            sequence: 7,
            created_at: Timestamp::from_unix(100),
            published_at: Timestamp::from_unix(100),
            activated_at: None,
            retired_at: None,
            rotate_requested: false,
            public: PublicKey::Rsa {
                n: "n".into(),
                e: "AQAB".into(),
            },
            sealed_private_key: Some("sealed".into()),
        }
    }

    #[test]
    fn a_key_is_kept_as_json_and_read_back() {
        let json = serde_json::to_value(key()).unwrap();
        assert_eq!(json["state"], "next");
        assert_eq!(json["alg"], "RS256");
        assert_eq!(json["published_at"], 100);
        assert_eq!((&json["n"], &json["e"]), (&"n".into(), &"AQAB".into()));
        assert_eq!(serde_json::from_value::<SigningKey>(json).unwrap(), key());
    }

    #[test]
    fn absent_optional_members_are_read_as_none() {
        let json = r#"{"kid":"k","alg":"RS256","state":"retired","sequence":1,"created_at":1,"published_at":1,
            "n":"n","e":"AQAB"}"#;
        let read: SigningKey = serde_json::from_str(json).unwrap();
        assert_eq!(
            (read.activated_at, read.retired_at, read.sealed_private_key),
            (None, None, None)
        );
        assert!(!read.rotate_requested);
        assert!(
            matches!(read.public, PublicKey::Rsa { .. }),
            "a record of the time when there was only RSA"
        );
    }

    #[test]
    fn each_kind_of_public_key_is_read_back_as_itself() {
        let text = String::from;
        for public in [
            PublicKey::Rsa {
                n: text("1"),
                e: text("2"),
            },
            PublicKey::Ec {
                x: text("1"),
                y: text("2"),
            },
            PublicKey::Okp { x: text("1") },
        ] {
            let kept = SigningKey { public, ..key() };
            let json = serde_json::to_string(&kept).unwrap();
            assert_eq!(serde_json::from_str::<SigningKey>(&json).unwrap(), kept, "{json}");
        }
    }

    #[test]
    fn a_key_without_its_public_half_is_refused() {
        let json =
            r#"{"kid":"k","alg":"RS256","state":"retired","sequence":1,"created_at":1,"published_at":1,"n":"n"}"#;
        assert!(serde_json::from_str::<SigningKey>(json).is_err());
    }

    #[test]
    fn an_unknown_algorithm_or_state_is_refused() {
        let mut json = serde_json::to_value(key()).unwrap();
        json["alg"] = "none".into();
        assert!(serde_json::from_value::<SigningKey>(json.clone()).is_err());
        json["alg"] = "RS256".into();
        json["state"] = "Active".into();
        assert!(serde_json::from_value::<SigningKey>(json).is_err());
    }

    #[test]
    fn two_keys_of_one_place_in_the_sequence_collide() {
        let (a, mut b) = (key(), key());
        b.kid = "another".into();
        assert_ne!(a.id(), b.id());
        assert_eq!(a.unique(), b.unique());
    }
}

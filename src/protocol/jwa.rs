//! Algorithms by which tokens are signed (RFC 7518, 3.1; RFC 8037, 3.1). `none` is not among them and never will be.

use serde::{Deserialize, Serialize};

/// The `alg` of a signature by a private key, ours or a client's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, the one that every OpenID relying party knows (Core, 15.1).
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Understands the wire word, which is case-sensitive (RFC 7515, 4.1.1).
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == word)
    }
}

/// The `alg` of a client assertion (OpenID Connect Core, 9): by the client's private key, or by its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "unknown algorithm, expected one of `RS256`, `PS256`, `ES256`, `EdDSA`, `HS256`"
)]
pub enum AssertionAlgorithm {
    /// `private_key_jwt`.
    Signature(SigningAlgorithm),
    /// `client_secret_jwt`.
    Mac(MacAlgorithm),
}

/// The `alg` of a message authentication code by a client's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MacAlgorithm {
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_registry_in_json_too() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(SigningAlgorithm::parse(algorithm.as_str()), Some(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        }
        for word in ["none", "HS256", "rs256", "RS1", ""] {
            assert_eq!(SigningAlgorithm::parse(word), None, "{word}");
            assert!(
                serde_json::from_value::<SigningAlgorithm>(word.into()).is_err(),
                "{word}"
            );
        }
    }

    #[test]
    fn an_assertion_may_have_a_mac_as_well() {
        let read = |word: &str| serde_json::from_value::<AssertionAlgorithm>(word.into()).ok();
        assert_eq!(read("HS256"), Some(AssertionAlgorithm::Mac(MacAlgorithm::Hs256)));
        assert_eq!(
            read("ES256"),
            Some(AssertionAlgorithm::Signature(SigningAlgorithm::Es256))
        );
        assert_eq!(read("none"), None);
        let mac = AssertionAlgorithm::Mac(MacAlgorithm::Hs256);
        assert_eq!(serde_json::to_value(mac).unwrap(), "HS256");
    }
}

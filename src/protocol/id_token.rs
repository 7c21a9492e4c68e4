//! The ID token (OpenID Connect Core, 2) and the login event it tells of.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Timestamp, jwa::SigningAlgorithm};

/// `typ` of an ID token's header (RFC 7519, 5.1).
pub const TYP: &str = "JWT";

/// `acr` of an authentication by one factor, for example a password. No more is claimed than what happened; `0` would say that not
/// even that did (OpenID Connect Core, 2).
pub const ACR_ONE_FACTOR: &str = "1";

/// `acr` of an authentication by two factors: a passkey whose user was verified, or two proofs of different kinds.
pub const ACR_TWO_FACTORS: &str = "2";

/// Every `acr` that a sign-in can reach. Authenticator apps and recovery codes work wherever the daemon does, so two factors can be
/// reached where passkeys cannot be used, too.
pub const ACR_VALUES: &[&str] = &[ACR_ONE_FACTOR, ACR_TWO_FACTORS];

/// One authentication of an end-user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// When it happened.
    pub auth_time: Timestamp,
    /// How (RFC 8176): `pwd` for a password.
    pub amr: Vec<String>,
    /// Whether a browser that was remembered stood in for the second factor of the account. Clients are not told: what was shown is
    /// in `amr`, and it is one factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remembered_browser: bool,
}

impl Authentication {
    /// What the authentication is worth.
    pub fn acr(&self) -> &'static str {
        if self.amr.iter().any(|method| method == "mfa") {
            ACR_TWO_FACTORS
        } else {
            ACR_ONE_FACTOR
        }
    }
}

/// The claims of an ID token. Absent members are not written; those of [`claims`](Self::claims) stand as they are, null included.
#[derive(Clone, Debug, Serialize)]
pub struct IdToken<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The end-user.
    pub sub: &'a str,
    /// The client; a string, since it is the only one (S1-08).
    pub aud: &'a str,
    /// Expiry.
    pub exp: Timestamp,
    /// Issue.
    pub iat: Timestamp,
    /// The token's own identity.
    pub jti: &'a str,
    /// When the end-user authenticated; a refreshed token repeats it.
    pub auth_time: Timestamp,
    /// What that authentication is worth.
    pub acr: &'a str,
    /// How the end-user authenticated.
    pub amr: &'a [String],
    /// As the authorization request had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// The session at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// The client that asked.
    pub azp: &'a str,
    /// Ties the access token to this one (3.1.3.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Ties the code to this one (3.3.2.11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c_hash: Option<String>,
    /// What the request asked for here, and what userinfo would tell for clients that are set so.
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

/// `at_hash` or `c_hash`: the left half of the hash of a token or code, by the hash of the algorithm that signs the ID
/// token (OpenID Connect Core, 3.1.3.6 and 3.3.2.11). Ed25519 hashes with SHA-512.
pub fn left_half_hash(algorithm: SigningAlgorithm, token: &str) -> String {
    let token = token.as_bytes();
    match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 | SigningAlgorithm::Es256 => {
            URL_SAFE_NO_PAD.encode(&openssl::sha::sha256(token)[..16])
        }
        SigningAlgorithm::EdDsa => URL_SAFE_NO_PAD.encode(&openssl::sha::sha512(token)[..32]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_specifications_example() {
        let hash = |algorithm| left_half_hash(algorithm, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        for algorithm in [
            SigningAlgorithm::Rs256,
            SigningAlgorithm::Ps256,
            SigningAlgorithm::Es256,
        ] {
            assert_eq!(hash(algorithm), "77QmUPtjPfzWtF2AnpK9RQ", "OpenID Connect Core, A.3");
        }
        assert_eq!(
            hash(SigningAlgorithm::EdDsa),
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM",
            "checked with Python's hashlib"
        );
        // A.4.
        assert_eq!(
            left_half_hash(
                SigningAlgorithm::Rs256,
                "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"
            ),
            "LDktKdoQak3Pk0cnXxCltA"
        );
    }

    #[test]
    fn absent_members_are_not_written() {
        let token = IdToken {
            iss: "https://id.example",
            sub: "u",
            aud: "app",
            exp: Timestamp::from_unix(2),
            iat: Timestamp::from_unix(1),
            jti: "j",
            auth_time: Timestamp::from_unix(1),
            acr: ACR_ONE_FACTOR,
            amr: &["pwd".to_owned()],
            nonce: None,
            sid: None,
            azp: "app",
            at_hash: None,
            c_hash: None,
            claims: Map::new(),
        };
        let json = serde_json::to_value(token).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"iss": "https://id.example", "sub": "u", "aud": "app", "exp": 2, "iat": 1, "jti": "j",
                "auth_time": 1, "acr": "1", "amr": ["pwd"], "azp": "app"})
        );
    }
}

//! Proof Key for Code Exchange (RFC 7636). Only `S256`: RFC 9700, 2.1.1 tells servers to support it and `plain` proves nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::error::{Error, ErrorCode};

/// A `code_challenge` of method `S256`: 43 characters of base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads the two parameters of an authorization request. An absent method means `plain` (RFC 7636, 4.3), which is refused.
    pub fn parse(code_challenge: &str, code_challenge_method: Option<&str>) -> Result<Self, Error> {
        if code_challenge_method != Some("S256") {
            return Err(ErrorCode::InvalidRequest.because("code_challenge_method must be S256"));
        }
        match URL_SAFE_NO_PAD.decode(code_challenge) {
            Ok(hash) if hash.len() == 32 => Ok(Self(code_challenge.to_owned())),
            _ => {
                Err(ErrorCode::InvalidRequest
                    .because("code_challenge is not a base64url SHA-256 hash of 43 characters"))
            }
        }
    }

    /// Whether the verifier is well formed (RFC 7636, 4.1) and hashes to this challenge.
    pub fn verify(&self, code_verifier: &str) -> bool {
        let well_formed = (43..=128).contains(&code_verifier.len())
            && code_verifier
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        let hash = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(code_verifier.as_bytes()));
        well_formed && openssl::memcmp::eq(hash.as_bytes(), self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_verifies() {
        assert!(CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap().verify(VERIFIER));
    }

    #[test]
    fn plain_and_malformed_challenges_are_refused() {
        let cases = [
            (CHALLENGE, None),
            (CHALLENGE, Some("plain")),
            (CHALLENGE, Some("s256")),
            (&CHALLENGE[1..], Some("S256")),
            ("", Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", Some("S256")),
        ];
        for (challenge, method) in cases {
            assert!(
                CodeChallenge::parse(challenge, method).is_err(),
                "{challenge} {method:?}"
            );
        }
    }

    #[test]
    fn a_verifier_outside_the_grammar_never_verifies() {
        for verifier in [
            "short",
            &"a".repeat(129),
            &format!("{VERIFIER} "),
            &VERIFIER.replace('_', "+"),
        ] {
            let hash = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes()));
            let honest = VERIFIER == verifier;
            assert_eq!(
                CodeChallenge::parse(&hash, Some("S256")).unwrap().verify(verifier),
                honest,
                "{verifier}"
            );
        }
    }

    proptest! {
        #[test]
        fn only_the_verifier_itself_verifies(a in "[A-Za-z0-9._~-]{43,128}", b in "[A-Za-z0-9._~-]{43,128}") {
            let challenge = CodeChallenge(URL_SAFE_NO_PAD.encode(openssl::sha::sha256(a.as_bytes())));
            prop_assert!(challenge.verify(&a));
            prop_assert_eq!(challenge.verify(&b), a == b);
        }
    }
}

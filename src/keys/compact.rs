//! The compact serialization of a JWS (RFC 7515, 7.1), read strictly: there is one way to write a token, and no other
//! is one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::protocol::jwa::SigningAlgorithm;

/// Why a token is not one of ours. For the log; a stranger is only told that it is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not three parts of canonical base64url, or not the JSON that belongs into them.
    #[error("not a compact JWS of this issuer")]
    Malformed,
    /// By another algorithm than its key's, or by none.
    #[error("not signed with the algorithm of its key")]
    Algorithm,
    /// A token for another use, for example an ID token where an access token belongs (RFC 9068, 4).
    #[error("a token of another type")]
    Type,
    /// Its key is not in the ring, or is no longer.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// Changed, or signed by somebody else.
    #[error("the signature does not match")]
    Signature,
}

/// The only members that our tokens have. `crit`, `jku`, `x5u`, `jwk` and whatever else could steer a verifier are no
/// part of any of them, so a header that has one is refused without being understood; so is a member that stands twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// A token taken apart, its `typ` checked, its signature not yet; nor whether `alg` is that of its key.
#[derive(Debug)]
pub(super) struct Compact<'a> {
    pub(super) algorithm: SigningAlgorithm,
    pub(super) kid: String,
    pub(super) signing_input: &'a [u8],
    pub(super) signature: Vec<u8>,
    payload: &'a str,
}

impl<'a> Compact<'a> {
    /// Takes `token` apart. `typ` is compared without regard to case or an `application/` prefix (RFC 7515, 4.1.9).
    pub(super) fn parse(token: &'a str, typ: &str) -> Result<Self, VerifyError> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(VerifyError::Malformed);
        };
        let signing_input = &token[..=header.len() + payload.len()];
        // The decoder is strict: no padding, and no stray bits in the last character.
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| VerifyError::Malformed)?;
        let algorithm = SigningAlgorithm::parse(&header.alg).ok_or(VerifyError::Algorithm)?;
        if !media_type(&header.typ).eq_ignore_ascii_case(media_type(typ)) {
            return Err(VerifyError::Type);
        }
        let signature = decode(signature)?;
        Ok(Self {
            algorithm,
            kid: header.kid,
            signing_input: signing_input.as_bytes(),
            signature,
            payload,
        })
    }

    /// The claims. To be asked for once the signature was found right.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, VerifyError> {
        serde_json::from_slice(&decode(self.payload)?).map_err(|_| VerifyError::Malformed)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, VerifyError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| VerifyError::Malformed)
}

pub(super) fn media_type(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => typ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        [header, payload, "signature"]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".")
    }

    fn refusal(header: &str) -> Option<VerifyError> {
        Compact::parse(&token(header, "{}"), "at+jwt").err()
    }

    #[test]
    fn a_token_is_taken_apart() {
        let token = token(r#"{"alg":"RS256","typ":"at+jwt","kid":"k"}"#, r#"{"sub":"alice"}"#);
        let compact = Compact::parse(&token, "at+jwt").unwrap();
        assert_eq!(
            (compact.kid.as_str(), compact.signature.as_slice()),
            ("k", &b"signature"[..])
        );
        assert_eq!(compact.signing_input, token.rsplit_once('.').unwrap().0.as_bytes());
        assert_eq!(compact.claims().unwrap()["sub"], "alice");
    }

    #[test]
    fn only_the_algorithms_that_this_provider_signs_with_are_algorithms() {
        for alg in [
            "none", "None", "", "HS256", "RS512", "ES384", "PS512", "Ed25519", "eddsa", "rs256", "RS256 ",
        ] {
            let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"k"}}"#);
            assert_eq!(refusal(&header), Some(VerifyError::Algorithm), "{alg}");
        }
        for algorithm in SigningAlgorithm::ALL {
            let header = format!(r#"{{"alg":"{}","typ":"at+jwt","kid":"k"}}"#, algorithm.as_str());
            let token = token(&header, "{}");
            assert_eq!(Compact::parse(&token, "at+jwt").unwrap().algorithm, algorithm);
        }
    }

    #[test]
    fn the_type_is_compared_like_a_media_type() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
            assert_eq!(
                refusal(&format!(r#"{{"alg":"RS256","typ":"{typ}","kid":"k"}}"#)),
                None,
                "{typ}"
            );
        }
        for typ in [
            "JWT",
            "logout+jwt",
            "",
            "at+jwt ",
            "application/application/at+jwt",
            "text/at+jwt",
            "application/",
        ] {
            let header = format!(r#"{{"alg":"RS256","typ":"{typ}","kid":"k"}}"#);
            assert_eq!(refusal(&header), Some(VerifyError::Type), "{typ}");
        }
    }

    #[test]
    fn a_header_with_any_other_member_is_refused() {
        let others = [
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""jku":"https://evil.example/jwks""#,
            r#""x5u":"https://evil.example/cert""#,
            r#""jwk":{"kty":"RSA"}"#,
            r#""x5c":[]"#,
            r#""b64":false"#,
            r#""zip":"DEF""#,
            r#""cty":"JWT""#,
            r#""kid":"other""#,
            r#""alg":"none""#,
        ];
        for other in others {
            let header = format!(r#"{{"alg":"RS256","typ":"at+jwt","kid":"k",{other}}}"#);
            assert_eq!(refusal(&header), Some(VerifyError::Malformed), "{other}");
        }
    }

    #[test]
    fn a_header_without_one_of_its_members_is_refused() {
        for header in [
            r#"{"alg":"RS256","typ":"at+jwt"}"#,
            r#"{"alg":"RS256","kid":"k"}"#,
            r#"{"typ":"at+jwt","kid":"k"}"#,
            r#"{"alg":"RS256","typ":"at+jwt","kid":null}"#,
            r#"{"alg":["RS256"],"typ":"at+jwt","kid":"k"}"#,
            "[]",
            "null",
            "",
        ] {
            assert_eq!(refusal(header), Some(VerifyError::Malformed), "{header}");
        }
    }

    #[test]
    fn two_and_four_and_five_parts_are_refused() {
        let three = token(r#"{"alg":"RS256","typ":"at+jwt","kid":"k"}"#, "{}");
        let (two, _) = three.rsplit_once('.').unwrap();
        let others = [
            two,
            "",
            ".",
            "..",
            "...",
            &format!("{three}."),
            &format!(".{three}"),
            &format!("{three}.e30.e30"),
        ];
        for other in others {
            assert_eq!(
                Compact::parse(other, "at+jwt").unwrap_err(),
                VerifyError::Malformed,
                "{other}"
            );
        }
    }

    #[test]
    fn padding_stray_bits_and_the_other_alphabet_are_refused() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"at+jwt","kid":"k"}"#);
        // "_w" is the byte ff; the others are other spellings of it, or none at all.
        assert!(Compact::parse(&format!("{header}.e30._w"), "at+jwt").is_ok());
        for signature in ["_w==", "_x", "/w", "_w ", " _w", "_w\n", "_", "_w=", "_\u{e9}"] {
            let token = format!("{header}.e30.{signature}");
            assert_eq!(
                Compact::parse(&token, "at+jwt").unwrap_err(),
                VerifyError::Malformed,
                "{signature:?}"
            );
        }
    }

    #[test]
    fn claims_that_are_no_object_are_refused() {
        for payload in ["[]", "null", "1", "\"x\"", "", "{", "{}{}"] {
            let token = token(r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#, payload);
            assert_eq!(
                Compact::parse(&token, "JWT").unwrap().claims().unwrap_err(),
                VerifyError::Malformed,
                "{payload}"
            );
        }
    }
}

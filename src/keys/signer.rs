//! One key that signs, one key that verifies. josekit, and below it OpenSSL, does both: it blinds private-key
//! operations.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{
        JwsSigner, JwsVerifier, RS256,
        alg::rsassa::{RsassaJwsSigner, RsassaJwsVerifier},
    },
};
use serde::Serialize;

use super::Error;

/// The whole header of every token that this daemon signs (RFC 7515, 4.1).
#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

/// A private key, parsed once. Signs from any thread.
pub struct Signer {
    kid: String,
    key: RsassaJwsSigner,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Signer {
    /// Parses a PKCS#8 DER RSA key of at least 2048 bits.
    pub fn from_pkcs8_der(kid: &str, der: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            kid: kid.into(),
            key: RS256.signer_from_der(der)?,
        })
    }

    /// The key's identifier, which stands in the header of each token.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A compact JWS (RFC 7515, 3.1) with the header `{"alg":"RS256","typ":typ,"kid":kid}` over `claims`, a JSON
    /// object.
    pub fn sign_compact(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        let header = Header {
            alg: "RS256",
            typ,
            kid: &self.kid,
        };
        let mut token = String::with_capacity(1024);
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&header)?, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
        let signature = self.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The bare signature of `input`.
    pub(super) fn sign(&self, input: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.key.sign(input)?)
    }
}

/// A public key, parsed once. Verifies from any thread.
pub struct Verifier {
    key: RsassaJwsVerifier,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// Reads an RSA public key of at least 2048 bits from its base64url numbers. `kid` only names it in the error.
    pub fn new(kid: &str, n: &str, e: &str) -> Result<Self, Error> {
        let mut jwk = Jwk::new("RSA");
        jwk.set_parameter("n", Some(n.into()))
            .and_then(|()| jwk.set_parameter("e", Some(e.into())))?;
        let key = RS256
            .verifier_from_jwk(&jwk)
            .map_err(|_| Error::PublicKey { kid: kid.into() })?;
        Ok(Self { key })
    }

    /// Whether `signature` is this key's signature of `input`.
    pub fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        self.key.verify(input, signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::fixtures;

    fn pair(at: usize) -> (Signer, Verifier) {
        let key = fixtures::new_key(at);
        let signer = Signer::from_pkcs8_der(&key.kid, key.pkcs8_der.expose()).unwrap();
        (signer, Verifier::new(&key.kid, &key.n, &key.e).unwrap())
    }

    #[test]
    fn the_header_has_exactly_alg_typ_and_kid() {
        let (signer, _) = pair(0);
        let token = signer.sign_compact("at+jwt", &json!({"sub": "alice"})).unwrap();
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        let wanted = format!(r#"{{"alg":"RS256","typ":"at+jwt","kid":"{}"}}"#, signer.kid());
        assert_eq!(String::from_utf8(header).unwrap(), wanted);
    }

    #[test]
    fn the_payload_is_the_claims() {
        let (signer, verifier) = pair(0);
        let claims = json!({"sub": "alice", "aud": ["a", "b"], "tenant_id": null});
        let token = signer.sign_compact("JWT", &claims).unwrap();
        let (input, signature) = token.rsplit_once('.').unwrap();
        let payload = URL_SAFE_NO_PAD.decode(input.split_once('.').unwrap().1).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), claims);
        assert!(verifier.verify(input.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()));
    }

    #[test]
    fn another_key_or_another_input_does_not_verify() {
        let ((signer, own), (_, other)) = (pair(0), pair(1));
        let signature = signer.sign(b"input").unwrap();
        assert!(own.verify(b"input", &signature));
        assert!(!other.verify(b"input", &signature));
        assert!(!own.verify(b"inpux", &signature));
        assert!(!own.verify(b"input", &signature[1..]));
        assert!(!own.verify(b"input", b""));
    }

    #[test]
    fn many_threads_sign_with_one_signer() {
        let (signer, verifier) = pair(0);
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let (signer, verifier) = (&signer, &verifier);
                scope.spawn(move || {
                    for round in 0..25u8 {
                        let signature = signer.sign(&[thread, round]).unwrap();
                        assert!(verifier.verify(&[thread, round], &signature));
                    }
                });
            }
        });
    }

    #[test]
    fn short_and_damaged_keys_are_refused() {
        let short = openssl::rsa::Rsa::generate(1024).unwrap();
        let n = URL_SAFE_NO_PAD.encode(short.n().to_vec());
        assert!(Signer::from_pkcs8_der("k", &short.private_key_to_der().unwrap()).is_err());
        assert!(Verifier::new("k", &n, "AQAB").is_err());
        assert!(Signer::from_pkcs8_der("k", b"nonsense").is_err());
        assert!(Verifier::new("k", "not base64!", "AQAB").is_err());
    }

    #[test]
    fn debug_prints_nothing_of_the_private_key() {
        let (signer, _) = pair(0);
        assert_eq!(
            format!("{signer:?}"),
            format!("Signer {{ kid: {:?}, .. }}", signer.kid())
        );
    }
}

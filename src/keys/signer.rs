//! One key that signs, one key that verifies. josekit, and below it OpenSSL, does both: it blinds private-key
//! operations.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{ES256, EdDSA, JwsSigner, JwsVerifier, PS256, RS256},
};
use openssl::pkey::PKey;
use serde::Serialize;

use super::{Error, jwk};
use crate::{model::signing_key::PublicKey, protocol::jwa::SigningAlgorithm};

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
    algorithm: SigningAlgorithm,
    key: Box<dyn JwsSigner>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Signer {
    /// Parses a PKCS#8 DER key of the kind that `algorithm` needs: RSA of at least 2048 bits, P-256 or Ed25519.
    pub fn from_pkcs8_der(kid: &str, algorithm: SigningAlgorithm, der: &[u8]) -> Result<Self, Error> {
        let key: Box<dyn JwsSigner> = match algorithm {
            SigningAlgorithm::Rs256 => Box::new(RS256.signer_from_der(der)?),
            SigningAlgorithm::Ps256 => {
                // josekit takes a PKCS#8 key for PSS only when its OID says so, and PKCS#1 without asking.
                let rsa = PKey::private_key_from_pkcs8(der)?.rsa()?;
                Box::new(PS256.signer_from_der(rsa.private_key_to_der()?)?)
            }
            SigningAlgorithm::Es256 => Box::new(ES256.signer_from_der(der)?),
            SigningAlgorithm::EdDsa => Box::new(EdDSA.signer_from_der(der)?),
        };
        Ok(Self {
            kid: kid.into(),
            algorithm,
            key,
        })
    }

    /// What it signs with.
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The key's identifier, which stands in the header of each token.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A compact JWS (RFC 7515, 3.1) with the header `{"alg":alg,"typ":typ,"kid":kid}` over `claims`, a JSON
    /// object.
    pub fn sign_compact(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        let header = Header {
            alg: self.algorithm.as_str(),
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
    algorithm: SigningAlgorithm,
    key: Box<dyn JwsVerifier>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// Reads a public key of the kind that `algorithm` needs: RSA of at least 2048 bits, P-256 or Ed25519. `kid` only
    /// names it in the error.
    pub fn new(kid: &str, algorithm: SigningAlgorithm, public: &PublicKey) -> Result<Self, Error> {
        let unreadable = |_| Error::PublicKey { kid: kid.into() };
        let (kty, crv) = jwk::kind(public);
        let members: &[(&str, &str)] = match public {
            PublicKey::Rsa { n, e } => &[("n", n), ("e", e)],
            PublicKey::Ec { x, y } => &[("x", x), ("y", y)],
            PublicKey::Okp { x } => &[("x", x)],
        };
        let mut jwk = Jwk::new(kty);
        for (name, value) in members.iter().copied().chain(crv.map(|crv| ("crv", crv))) {
            jwk.set_parameter(name, Some(value.into()))?;
        }
        let key: Box<dyn JwsVerifier> = match algorithm {
            SigningAlgorithm::Rs256 => Box::new(RS256.verifier_from_jwk(&jwk).map_err(unreadable)?),
            SigningAlgorithm::Ps256 => Box::new(PS256.verifier_from_jwk(&jwk).map_err(unreadable)?),
            SigningAlgorithm::Es256 => Box::new(ES256.verifier_from_jwk(&jwk).map_err(unreadable)?),
            SigningAlgorithm::EdDsa => Box::new(EdDSA.verifier_from_jwk(&jwk).map_err(unreadable)?),
        };
        Ok(Self { algorithm, key })
    }

    /// The only `alg` that a token of this key may have.
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
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
    use crate::keys::{NewKey, fixtures, generate};

    fn pair_of(key: &NewKey) -> (Signer, Verifier) {
        let signer = Signer::from_pkcs8_der(&key.kid, key.alg, key.pkcs8_der.expose()).unwrap();
        (signer, Verifier::new(&key.kid, key.alg, &key.public).unwrap())
    }

    fn pair(at: usize) -> (Signer, Verifier) {
        pair_of(&fixtures::new_key(at))
    }

    #[test]
    fn the_header_has_exactly_alg_typ_and_kid() {
        for algorithm in SigningAlgorithm::ALL {
            let (signer, _) = pair_of(&fixtures::of(algorithm));
            let token = signer.sign_compact("at+jwt", &json!({"sub": "alice"})).unwrap();
            let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
            let wanted = format!(
                r#"{{"alg":"{}","typ":"at+jwt","kid":"{}"}}"#,
                algorithm.as_str(),
                signer.kid()
            );
            assert_eq!(String::from_utf8(header).unwrap(), wanted);
        }
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
    fn each_algorithm_signs_what_it_verifies_and_nothing_else() {
        for algorithm in SigningAlgorithm::ALL {
            let (key, stranger) = (fixtures::of(algorithm), generate(algorithm).unwrap());
            let ((signer, own), (_, other)) = (pair_of(&key), pair_of(&stranger));
            // Often, as the numbers in an ES256 signature have leading zeros now and then.
            let rounds = if matches!(algorithm, SigningAlgorithm::Es256) {
                600u32
            } else {
                3
            };
            for round in 0..rounds {
                let input = round.to_be_bytes();
                let mut signature = signer.sign(&input).unwrap();
                let length = if matches!(key.public, PublicKey::Rsa { .. }) {
                    256
                } else {
                    64
                };
                assert_eq!(signature.len(), length, "RFC 7518, 3.4; RFC 8037, 3.1");
                assert!(own.verify(&input, &signature), "{algorithm:?} {round}");
                assert!(
                    !own.verify(b"other", &signature) && !other.verify(&input, &signature),
                    "{algorithm:?}"
                );
                signature[length / 2] ^= 1;
                assert!(
                    !own.verify(&input, &signature) && !own.verify(&input, &[]),
                    "{algorithm:?}"
                );
            }
        }
    }

    #[test]
    fn a_pss_signature_has_a_salt_as_long_as_its_hash() {
        let key = fixtures::of(SigningAlgorithm::Ps256);
        let signature = pair_of(&key).0.sign(b"input").unwrap();
        let public = PKey::private_key_from_pkcs8(key.pkcs8_der.expose()).unwrap();
        let mut verifier = openssl::sign::Verifier::new(openssl::hash::MessageDigest::sha256(), &public).unwrap();
        verifier.set_rsa_padding(openssl::rsa::Padding::PKCS1_PSS).unwrap();
        verifier
            .set_rsa_pss_saltlen(openssl::sign::RsaPssSaltlen::custom(32))
            .unwrap();
        assert!(verifier.verify_oneshot(&signature, b"input").unwrap(), "RFC 7518, 3.5");
    }

    #[test]
    fn a_key_of_another_kind_is_refused() {
        for algorithm in SigningAlgorithm::ALL {
            for key in SigningAlgorithm::ALL.map(fixtures::of) {
                let same = jwk::kind(&key.public) == jwk::kind(&fixtures::of(algorithm).public);
                let signer = Signer::from_pkcs8_der("k", algorithm, key.pkcs8_der.expose());
                assert_eq!(signer.is_ok(), same, "{algorithm:?} {:?}", key.alg);
                assert_eq!(
                    Verifier::new("k", algorithm, &key.public).is_ok(),
                    same,
                    "{algorithm:?} {:?}",
                    key.alg
                );
            }
        }
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
        let rsa = |n: String| PublicKey::Rsa { n, e: "AQAB".into() };
        let n = URL_SAFE_NO_PAD.encode(short.n().to_vec());
        let pkcs8 = PKey::from_rsa(short).unwrap().private_key_to_pkcs8().unwrap();
        for algorithm in [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256] {
            assert!(Signer::from_pkcs8_der("k", algorithm, &pkcs8).is_err());
            assert!(Verifier::new("k", algorithm, &rsa(n.clone())).is_err());
            assert!(Verifier::new("k", algorithm, &rsa("not base64!".into())).is_err());
        }
        for algorithm in SigningAlgorithm::ALL {
            assert!(Signer::from_pkcs8_der("k", algorithm, b"nonsense").is_err());
        }
        let x = String::from("AAAA");
        assert!(Verifier::new("k", SigningAlgorithm::EdDsa, &PublicKey::Okp { x: x.clone() }).is_err());
        assert!(Verifier::new("k", SigningAlgorithm::Es256, &PublicKey::Ec { x: x.clone(), y: x }).is_err());
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

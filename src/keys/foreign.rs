//! JWTs that clients sign: assertions (RFC 7523) and request objects (RFC 9101). A compact JWS, read strictly, and verified by keys that
//! the client registered: never by one that came along.
//!
//! OpenSSL is asked directly, because every length and curve is checked here before a foreign number reaches it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    error::ErrorStack,
    hash::MessageDigest,
    memcmp,
    nid::Nid,
    pkey::{Id, PKey, Public},
    rsa::{Padding, Rsa},
    sha::sha256,
    sign::{RsaPssSaltlen, Signer, Verifier},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

use crate::protocol::{
    jwa::{AssertionAlgorithm, MacAlgorithm, SigningAlgorithm},
    jwks::Jwks,
};

/// The longest JWT that is looked at, in bytes.
pub const MAX_LENGTH: usize = 16 * 1024;

/// Bits of an RSA modulus: RFC 7518, 3.3 has the least; verifying by more would cost others too much time.
const RSA_BITS: std::ops::RangeInclusive<i32> = 2048..=8192;

/// The least secret of a MAC with SHA-256, in bytes (RFC 7518, 3.2).
pub const MIN_SECRET: usize = 32;

/// Why a JWT is not its client's. For the log; the other side is only told that it is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    /// Too long, not three parts of canonical base64url, not the JSON that belongs into them, or with a header member that would steer
    /// the verifier: `crit`, `b64`, `jku`, `jwk`, `x5u`.
    #[error("not a compact JWS with a plain header")]
    Malformed,
    /// An `alg` that is not known, not registered, or not of this kind of key.
    #[error("signed with an algorithm that is not this client's")]
    Algorithm,
    /// A `typ` of a JWT for another use (RFC 8725, 3.11).
    #[error("a JWT of another type")]
    Type,
    /// No key of the client has this name and this type: it may have been published since the keys were fetched.
    #[error("signed by a key that the client has not published")]
    UnknownKey,
    /// Changed, or signed by somebody else.
    #[error("the signature does not match")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    // Each of these tells a verifier what to do or whom to trust (RFC 8725, 3.10; RFC 7797, 6).
    #[serde(default, rename = "crit", deserialize_with = "forbidden")]
    _crit: (),
    #[serde(default, rename = "b64", deserialize_with = "forbidden")]
    _b64: (),
    #[serde(default, rename = "jku", deserialize_with = "forbidden")]
    _jku: (),
    #[serde(default, rename = "jwk", deserialize_with = "forbidden")]
    _jwk: (),
    #[serde(default, rename = "x5u", deserialize_with = "forbidden")]
    _x5u: (),
}

fn forbidden<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(D::Error::custom("this member must not stand here"))
}

/// A JWT taken apart, its `typ` checked, its signature not yet.
#[derive(Debug)]
pub struct Foreign<'a> {
    algorithm: AssertionAlgorithm,
    kid: Option<String>,
    signing_input: &'a [u8],
    signature: Vec<u8>,
    payload: &'a str,
}

impl<'a> Foreign<'a> {
    /// Takes `jwt` apart. `types` are the values of `typ` that are right, without `application/`; a `typ` that is absent is right, too.
    pub fn parse(jwt: &'a str, types: &[&str]) -> Result<Self, ForeignError> {
        let mut parts = jwt.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ForeignError::Malformed);
        };
        if jwt.len() > MAX_LENGTH {
            return Err(ForeignError::Malformed);
        }
        let signing_input = &jwt[..=header.len() + payload.len()];
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| ForeignError::Malformed)?;
        let is_right = |typ: &str| {
            let typ = super::compact::media_type(typ);
            types.iter().any(|right| typ.eq_ignore_ascii_case(right))
        };
        if header.typ.as_deref().is_some_and(|typ| !is_right(typ)) {
            return Err(ForeignError::Type);
        }
        let algorithm = match SigningAlgorithm::parse(&header.alg) {
            Some(algorithm) => AssertionAlgorithm::Signature(algorithm),
            // The younger name of the same algorithm, where the older one could be Ed448, too (RFC 9864, 2.2).
            None if header.alg == "Ed25519" => AssertionAlgorithm::Signature(SigningAlgorithm::EdDsa),
            None if header.alg == "HS256" => AssertionAlgorithm::Mac(MacAlgorithm::Hs256),
            None => return Err(ForeignError::Algorithm),
        };
        Ok(Self {
            algorithm,
            kid: header.kid,
            signing_input: signing_input.as_bytes(),
            signature: decode(signature)?,
            payload,
        })
    }

    /// How it claims to be signed.
    pub const fn algorithm(&self) -> AssertionAlgorithm {
        self.algorithm
    }

    /// The key that it claims to be signed by.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The claims, when a key of the client signed them: the one named `kid`, or without a name any that fits. What they mean is for the
    /// caller to check.
    pub fn signed_by(&self, keys: &Jwks) -> Result<Map<String, Value>, ForeignError> {
        let AssertionAlgorithm::Signature(algorithm) = self.algorithm else {
            return Err(ForeignError::Algorithm);
        };
        let mut verdict = Err(ForeignError::UnknownKey);
        for jwk in keys.candidates(self.kid(), key_type(algorithm)) {
            if !is_for(jwk, algorithm) {
                continue;
            }
            verdict = Err(ForeignError::Signature);
            if self.verify(algorithm, jwk).unwrap_or(false) {
                verdict = self.claims();
                break;
            }
        }
        // A number that is no key leaves its complaint with OpenSSL, where it would be told to the next caller.
        drop(ErrorStack::get());
        verdict
    }

    /// The claims, when they have a MAC by one of the client's secrets.
    pub fn authenticated_by<'s>(
        &self,
        secrets: impl IntoIterator<Item = &'s [u8]>,
    ) -> Result<Map<String, Value>, ForeignError> {
        if self.algorithm != AssertionAlgorithm::Mac(MacAlgorithm::Hs256) {
            return Err(ForeignError::Algorithm);
        }
        let mut verdict = Err(ForeignError::UnknownKey);
        for secret in secrets.into_iter().filter(|secret| secret.len() >= MIN_SECRET) {
            verdict = Err(ForeignError::Signature);
            let own = mac(secret, self.signing_input).map_err(|_| ForeignError::Signature)?;
            if own.len() == self.signature.len() && memcmp::eq(&own, &self.signature) {
                return self.claims();
            }
        }
        verdict
    }

    fn claims(&self) -> Result<Map<String, Value>, ForeignError> {
        serde_json::from_slice(&decode(self.payload)?).map_err(|_| ForeignError::Malformed)
    }

    /// `None` when the JWK is no usable key of its type.
    fn verify(&self, algorithm: SigningAlgorithm, jwk: &Map<String, Value>) -> Option<bool> {
        let verified = match algorithm {
            SigningAlgorithm::Rs256 => self.verify_rsa(&rsa(jwk)?, Padding::PKCS1),
            SigningAlgorithm::Ps256 => self.verify_rsa(&rsa(jwk)?, Padding::PKCS1_PSS),
            SigningAlgorithm::Es256 => self.verify_ecdsa(jwk)?,
            SigningAlgorithm::EdDsa => {
                let key = PKey::public_key_from_raw_bytes(&octets::<32>(jwk, "x")?, Id::ED25519).ok()?;
                Verifier::new_without_digest(&key)
                    .and_then(|mut verifier| verifier.verify_oneshot(&self.signature, self.signing_input))
            }
        };
        verified.ok()
    }

    fn verify_rsa(&self, key: &PKey<Public>, padding: Padding) -> Result<bool, ErrorStack> {
        let mut verifier = Verifier::new(MessageDigest::sha256(), key)?;
        verifier.set_rsa_padding(padding)?;
        if padding == Padding::PKCS1_PSS {
            // RFC 7518, 3.5: MGF1 with the same hash, and a salt of its length.
            verifier.set_rsa_mgf1_md(MessageDigest::sha256())?;
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
        }
        verifier.verify_oneshot(&self.signature, self.signing_input)
    }

    /// `R || S` of 32 bytes each (RFC 7518, 3.4); a point that is not on the curve is no key.
    fn verify_ecdsa(&self, jwk: &Map<String, Value>) -> Option<Result<bool, ErrorStack>> {
        let number = |member| BigNum::from_slice(&octets::<32>(jwk, member)?).ok();
        let (x, y) = (number("x")?, number("y")?);
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
        let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y).ok()?;
        if self.signature.len() != 64 {
            return Some(Ok(false));
        }
        let (r, s) = self.signature.split_at(32);
        let signature = EcdsaSig::from_private_components(BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
        Some(signature.and_then(|signature| signature.verify(&sha256(self.signing_input), &key)))
    }
}

const fn key_type(algorithm: SigningAlgorithm) -> &'static str {
    match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => "RSA",
        SigningAlgorithm::Es256 => "EC",
        SigningAlgorithm::EdDsa => "OKP",
    }
}

/// Whether the key says nothing against being used so (RFC 7517, 4.3 and 4.4), and is of the algorithm's curve.
fn is_for(jwk: &Map<String, Value>, algorithm: SigningAlgorithm) -> bool {
    let curve = match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => None,
        SigningAlgorithm::Es256 => Some("P-256"),
        SigningAlgorithm::EdDsa => Some("Ed25519"),
    };
    let verifies = jwk.get("key_ops").is_none_or(|operations| {
        let operations = operations.as_array();
        operations.is_some_and(|words| words.iter().any(|word| word == "verify"))
    });
    verifies
        && jwk
            .get("alg")
            .is_none_or(|alg| alg == algorithm.as_str() || (algorithm == SigningAlgorithm::EdDsa && alg == "Ed25519"))
        && curve.is_none_or(|curve| jwk.get("crv").is_some_and(|crv| crv == curve))
}

fn rsa(jwk: &Map<String, Value>) -> Option<PKey<Public>> {
    let number = |member| BigNum::from_slice(&decode(jwk.get(member)?.as_str()?).ok()?).ok();
    let (n, e) = (number("n")?, number("e")?);
    // RFC 8017, 3.1; a long exponent costs time and gains nothing.
    if !RSA_BITS.contains(&n.num_bits()) || !(2..=64).contains(&e.num_bits()) {
        return None;
    }
    PKey::from_rsa(Rsa::from_public_components(n, e).ok()?).ok()
}

fn octets<const N: usize>(jwk: &Map<String, Value>, member: &str) -> Option<[u8; N]> {
    decode(jwk.get(member)?.as_str()?).ok()?.try_into().ok()
}

fn mac(secret: &[u8], input: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Signer::new(MessageDigest::sha256(), &*PKey::hmac(secret)?)?.sign_oneshot_to_vec(input)
}

/// The decoder is strict: no padding, and no stray bits in the last character.
fn decode(part: &str) -> Result<Vec<u8>, ForeignError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| ForeignError::Malformed)
}

#[cfg(test)]
#[path = "foreign_tests.rs"]
mod tests;

//! Public keys as others read them: JWK, JWKS, thumbprint, PEM.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    BigUint, RsaPublicKey,
    pkcs8::{EncodePublicKey, LineEnding},
    traits::PublicKeyParts,
};
use serde::Serialize;

use crate::{
    model::signing_key::{KeyState, SigningKey},
    secret::digest,
};

/// The public members of a signing key, and nothing else (RFC 7517, 4; RFC 7518, 6.3.1).
#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: &'a str,
    n: &'a str,
    e: &'a str,
}

#[derive(Serialize)]
struct JwkSet<'a> {
    keys: Vec<Jwk<'a>>,
}

/// The JWKS of all keys of the ring (RFC 7517, 5): the active one first, for verifiers that only look at the first.
pub fn set(keys: &[SigningKey]) -> Result<String, serde_json::Error> {
    let mut keys: Vec<&SigningKey> = keys.iter().collect();
    keys.sort_by_key(|key| (key.state != KeyState::Active, std::cmp::Reverse(key.sequence)));
    let keys = keys.into_iter().map(|key| Jwk {
        kty: "RSA",
        usage: "sig",
        alg: key.alg.as_str(),
        kid: &key.kid,
        n: &key.n,
        e: &key.e,
    });
    serde_json::to_string(&JwkSet { keys: keys.collect() })
}

/// SHA-256 over the required members in lexicographic order (RFC 7638, 3): 43 characters. `n` and `e` in base64url.
pub fn thumbprint(n: &str, e: &str) -> String {
    digest(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#))
}

/// The public key as SubjectPublicKeyInfo PEM, for verifiers that read no JWKS. `None` when the numbers make no key.
pub fn public_pem(n: &str, e: &str) -> Option<String> {
    public_key(n, e)?.to_public_key_pem(LineEnding::LF).ok()
}

/// How many bits the modulus has. `None` when the numbers make no key.
pub fn bits(n: &str, e: &str) -> Option<usize> {
    Some(public_key(n, e)?.n().bits())
}

fn public_key(n: &str, e: &str) -> Option<RsaPublicKey> {
    let number = |text: &str| Some(BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(text).ok()?));
    RsaPublicKey::new(number(n)?, number(e)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::keys::fixtures;

    const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc\
        _BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQ\
        R0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF\
        TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    #[test]
    fn the_thumbprint_is_the_one_of_rfc_7638_3_1() {
        assert_eq!(thumbprint(N, "AQAB"), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn every_key_has_exactly_its_public_members() {
        let set: Value = serde_json::from_str(&set(&fixtures::ring()).unwrap()).unwrap();
        assert_eq!(set.as_object().unwrap().keys().collect::<Vec<_>>(), ["keys"]);
        for key in set["keys"].as_array().unwrap() {
            let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            members.sort_unstable();
            assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
            assert_eq!(
                (&key["kty"], &key["use"], &key["alg"], &key["e"]),
                (&"RSA".into(), &"sig".into(), &"RS256".into(), &"AQAB".into())
            );
            assert_eq!(key["kid"], thumbprint(key["n"].as_str().unwrap(), "AQAB"));
        }
    }

    #[test]
    fn next_and_retired_keys_are_published_after_the_active_one() {
        let ring = fixtures::ring();
        let set: Value = serde_json::from_str(&set(&ring).unwrap()).unwrap();
        let kids: Vec<_> = set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["kid"].as_str().unwrap())
            .collect();
        let of = |state| ring.iter().find(|key| key.state == state).unwrap().kid.as_str();
        assert_eq!(kids, [of(KeyState::Active), of(KeyState::Next), of(KeyState::Retired)]);
    }

    #[test]
    fn a_key_is_described_by_its_bits_and_exported_as_pem() {
        assert_eq!(bits(N, "AQAB"), Some(2048));
        let pem = public_pem(N, "AQAB").unwrap();
        let read = openssl::rsa::Rsa::public_key_from_pem(pem.as_bytes()).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(read.n().to_vec()), N);
        assert_eq!((bits("!", "AQAB"), public_pem("", "AQAB")), (None, None));
    }
}

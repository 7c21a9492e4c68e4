//! Public keys as others read them: JWK, JWKS, thumbprint, PEM.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    nid::Nid,
    pkey::{Id, PKey, Public},
    rsa::Rsa,
};
use serde::Serialize;

use crate::{
    model::signing_key::{KeyState, PublicKey, SigningKey},
    secret::digest,
};

/// The public members of a signing key, and nothing else (RFC 7517, 4; RFC 7518, 6; RFC 8037, 2).
#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<&'static str>,
    #[serde(flatten)]
    public: &'a PublicKey,
}

#[derive(Serialize)]
struct JwkSet<'a> {
    keys: Vec<Jwk<'a>>,
}

/// `kty` and `crv` of a public key.
pub const fn kind(public: &PublicKey) -> (&'static str, Option<&'static str>) {
    match public {
        PublicKey::Rsa { .. } => ("RSA", None),
        PublicKey::Ec { .. } => ("EC", Some("P-256")),
        PublicKey::Okp { .. } => ("OKP", Some("Ed25519")),
    }
}

/// The JWKS of all keys of the ring (RFC 7517, 5): the active RS256 key first, for verifiers that only look at the
/// first.
pub fn set(keys: &[SigningKey]) -> Result<String, serde_json::Error> {
    let mut keys: Vec<&SigningKey> = keys.iter().collect();
    keys.sort_by_key(|key| (key.state != KeyState::Active, key.alg, std::cmp::Reverse(key.sequence)));
    let keys = keys.into_iter().map(|key| {
        let (kty, crv) = kind(&key.public);
        Jwk {
            kty,
            usage: "sig",
            alg: key.alg.as_str(),
            kid: &key.kid,
            crv,
            public: &key.public,
        }
    });
    serde_json::to_string(&JwkSet { keys: keys.collect() })
}

/// SHA-256 over the required members in lexicographic order (RFC 7638, 3; RFC 8037, 2): 43 characters.
pub fn thumbprint(public: &PublicKey) -> String {
    digest(&match public {
        PublicKey::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        PublicKey::Ec { x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
        PublicKey::Okp { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
    })
}

/// The public key as SubjectPublicKeyInfo PEM, for verifiers that read no JWKS. `None` when the numbers make no key.
pub fn public_pem(public: &PublicKey) -> Option<String> {
    String::from_utf8(public_key(public)?.public_key_to_pem().ok()?).ok()
}

fn public_key(public: &PublicKey) -> Option<PKey<Public>> {
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let number = |text: &str| BigNum::from_slice(&octets(text)?).ok().filter(|it| it.num_bits() > 0);
    match public {
        PublicKey::Rsa { n, e } => PKey::from_rsa(Rsa::from_public_components(number(n)?, number(e)?).ok()?).ok(),
        PublicKey::Ec { x, y } => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
            // Refuses a point that is not on the curve.
            let key = EcKey::from_public_key_affine_coordinates(&group, &*number(x)?, &*number(y)?).ok()?;
            PKey::from_ec_key(key).ok()
        }
        PublicKey::Okp { x } => PKey::public_key_from_raw_bytes(&octets(x)?, Id::ED25519).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{keys::fixtures, protocol::jwa::SigningAlgorithm};

    const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc\
        _BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQ\
        R0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF\
        TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    fn rsa(n: &str, e: &str) -> PublicKey {
        PublicKey::Rsa {
            n: n.into(),
            e: e.into(),
        }
    }

    /// RFC 7517, A.1.
    fn ec() -> PublicKey {
        PublicKey::Ec {
            x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4".into(),
            y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM".into(),
        }
    }

    /// RFC 8037, A.2.
    fn okp() -> PublicKey {
        PublicKey::Okp {
            x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into(),
        }
    }

    #[test]
    fn the_thumbprints_are_those_of_the_specifications() {
        assert_eq!(
            thumbprint(&rsa(N, "AQAB")),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            "RFC 7638, 3.1"
        );
        assert_eq!(
            thumbprint(&okp()),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "RFC 8037, A.3"
        );
        assert_eq!(
            thumbprint(&ec()),
            "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
            "checked with another implementation"
        );
    }

    #[test]
    fn every_key_has_exactly_its_public_members() {
        let mut ring = fixtures::ring();
        ring.extend(fixtures::others());
        let set: Value = serde_json::from_str(&set(&ring).unwrap()).unwrap();
        assert_eq!(set.as_object().unwrap().keys().collect::<Vec<_>>(), ["keys"]);
        for key in set["keys"].as_array().unwrap() {
            let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            members.sort_unstable();
            let (kty, crv, wanted): (_, _, &[&str]) = match key["alg"].as_str().unwrap() {
                "RS256" | "PS256" => ("RSA", Value::Null, &["alg", "e", "kid", "kty", "n", "use"]),
                "ES256" => ("EC", "P-256".into(), &["alg", "crv", "kid", "kty", "use", "x", "y"]),
                _ => ("OKP", "Ed25519".into(), &["alg", "crv", "kid", "kty", "use", "x"]),
            };
            assert_eq!(members, wanted);
            assert_eq!(
                (&key["kty"], &key["crv"], &key["use"]),
                (&kty.into(), &crv, &"sig".into())
            );
            let public: PublicKey = serde_json::from_value(key.clone()).unwrap();
            assert_eq!(key["kid"], thumbprint(&public));
        }
    }

    #[test]
    fn next_and_retired_keys_are_published_after_the_active_ones_and_rs256_comes_first() {
        let mut ring = fixtures::ring();
        let of = |state| ring.iter().find(|key| key.state == state).unwrap().kid.clone();
        let mut wanted = vec![of(KeyState::Active), of(KeyState::Next), of(KeyState::Retired)];
        let others = fixtures::others();
        wanted.splice(1..1, others.iter().map(|key| key.kid.clone()));
        ring.splice(0..0, others);
        let set: Value = serde_json::from_str(&set(&ring).unwrap()).unwrap();
        let keys = set["keys"].as_array().unwrap().iter();
        let kids: Vec<_> = keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kids, wanted);
    }

    #[test]
    fn keys_are_exported_as_pem() {
        let pem = public_pem(&rsa(N, "AQAB")).unwrap();
        let read = Rsa::public_key_from_pem(pem.as_bytes()).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(read.n().to_vec()), N);
        for alg in SigningAlgorithm::ALL {
            let pem = public_pem(&fixtures::of(alg).public).unwrap();
            assert!(PKey::public_key_from_pem(pem.as_bytes()).is_ok(), "{pem}");
        }
    }

    #[test]
    fn numbers_that_make_no_key_are_no_pem() {
        let text = String::from;
        let PublicKey::Ec { x, .. } = ec() else { panic!() };
        for public in [
            rsa("!", "AQAB"),
            rsa("", "AQAB"),
            PublicKey::Ec { x: x.clone(), y: x },
            PublicKey::Ec {
                x: text(""),
                y: text(""),
            },
            PublicKey::Okp { x: text("AAAA") },
        ] {
            assert_eq!(public_pem(&public), None, "{public:?}");
        }
    }
}

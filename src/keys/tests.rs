use josekit::jws::{JwsHeader, RS256};
use serde_json::json;

use super::{KeyState::*, SigningAlgorithm::*, *};

fn open() -> KeySet {
    KeySet::open(&fixtures::ring(), &fixtures::master()).unwrap()
}

fn token() -> String {
    open()
        .sign("at+jwt", &json!({"sub": "alice", "scope": "openid"}))
        .unwrap()
}

fn of(state: KeyState) -> SigningKey {
    fixtures::ring().into_iter().find(|key| key.state == state).unwrap()
}

#[test]
fn a_signed_token_verifies_to_its_claims() {
    let claims = open().verify(&token(), "at+jwt").unwrap();
    assert_eq!(Value::Object(claims), json!({"sub": "alice", "scope": "openid"}));
}

#[test]
fn an_independent_library_verifies_the_token_by_the_published_jwks() {
    let (set, token) = (open(), token());
    let jwks = josekit::jwk::JwkSet::from_bytes(set.jwks()).unwrap();
    let key = jwks.get(set.active_kid())[0];
    let (payload, header) = josekit::jws::deserialize_compact(&token, &RS256.verifier_from_jwk(key).unwrap()).unwrap();
    assert_eq!(header.key_id(), Some(set.active_kid()));
    assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap()["sub"], "alice");
}

#[test]
fn a_token_of_another_type_is_refused() {
    assert_eq!(open().verify(&token(), "JWT").unwrap_err(), VerifyError::Type);
    assert_eq!(open().verify(&token(), "logout+jwt").unwrap_err(), VerifyError::Type);
}

#[test]
fn a_retired_key_verifies_what_it_signed_and_a_removed_one_does_not() {
    let key = fixtures::new_key(0);
    let signer = Signer::from_pkcs8_der(&key.kid, Rs256, key.pkcs8_der.expose()).unwrap();
    let token = signer.sign_compact("JWT", &json!({"sub": "bob"})).unwrap();
    assert_eq!(of(Retired).kid, key.kid);
    assert_eq!(open().verify(&token, "JWT").unwrap()["sub"], "bob");
    let keys: Vec<_> = fixtures::ring()
        .into_iter()
        .filter(|key| key.state != Retired)
        .collect();
    let without = KeySet::open(&keys, &fixtures::master()).unwrap();
    assert_eq!(without.verify(&token, "JWT").unwrap_err(), VerifyError::UnknownKey);
}

#[test]
fn the_kid_of_one_key_with_the_signature_of_another_is_refused() {
    let (own, other) = (of(Active).kid, fixtures::new_key(2));
    let signer = Signer::from_pkcs8_der(&own, Rs256, other.pkcs8_der.expose()).unwrap();
    let token = signer.sign_compact("at+jwt", &json!({"sub": "mallory"})).unwrap();
    assert_eq!(open().verify(&token, "at+jwt").unwrap_err(), VerifyError::Signature);
}

#[test]
fn every_token_changed_by_one_character_is_refused() {
    let (set, token) = (open(), token());
    let refused = |text: &str, at: usize| assert!(set.verify(text, "at+jwt").is_err(), "character {at} of {text}");
    for at in 0..token.len() {
        for other in ['A', 'w', '_', '.', '=', '\0'] {
            if !token[at..].starts_with(other) {
                refused(&format!("{}{other}{}", &token[..at], &token[at + 1..]), at);
            }
        }
        refused(&token[..at], at);
        refused(&format!("{}{}", &token[..at], &token[at + 1..]), at);
        refused(&format!("{}A{}", &token[..at], &token[at..]), at);
    }
    // The last character carries four bits that mean nothing: they must be zero all the same.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = token.len() - 1;
    for other in alphabet.chars().filter(|other| !token.ends_with(*other)) {
        refused(&format!("{}{other}", &token[..last]), last);
    }
    for end in ["A", "=", ".", " ", "\n", "AA", "AAAA", "\0"] {
        refused(&format!("{token}{end}"), last);
        refused(&format!("{end}{token}"), 0);
    }
}

#[test]
fn an_unsigned_token_and_one_signed_with_the_public_key_as_a_secret_are_refused() {
    let (set, kid) = (open(), of(Active).kid);
    let mut header = JwsHeader::new();
    header.set_token_type("at+jwt");
    header.set_key_id(&kid);
    let pem = jwk::public_pem(&of(Active).public).unwrap();
    let hmac = josekit::jws::HS256.signer_from_bytes(pem.as_bytes()).unwrap();
    let confused = josekit::jws::serialize_compact(b"{\"sub\":\"mallory\"}", &header, &hmac).unwrap();
    assert_eq!(set.verify(&confused, "at+jwt").unwrap_err(), VerifyError::Algorithm);
    let (_, payload) = confused.split_once('.').unwrap();
    let payload = payload.split('.').next().unwrap();
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiayJ9.{payload}.");
    assert_eq!(set.verify(&none, "at+jwt").unwrap_err(), VerifyError::Algorithm);
    let (signing_input, _) = token()
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(
        set.verify(&format!("{signing_input}."), "at+jwt").unwrap_err(),
        VerifyError::Signature
    );
}

#[test]
fn the_entity_tag_changes_with_the_key_set_and_only_then() {
    let keys = fixtures::ring();
    let tag = |keys: &[SigningKey]| KeySet::open(keys, &fixtures::master()).unwrap().jwks_etag().to_owned();
    assert_eq!(tag(&keys), tag(&keys.iter().rev().cloned().collect::<Vec<_>>()));
    assert_ne!(tag(&keys), tag(&keys[1..]));
    assert!(tag(&keys).starts_with('"') && tag(&keys).ends_with('"'));
}

#[test]
fn a_ring_without_an_active_key_does_not_open() {
    let keys: Vec<_> = fixtures::ring().into_iter().filter(|key| key.state != Active).collect();
    assert!(matches!(
        KeySet::open(&keys, &fixtures::master()),
        Err(Error::NoActiveKey { algorithm: Rs256 })
    ));
    assert!(matches!(
        KeySet::open(&[], &fixtures::master()),
        Err(Error::NoActiveKey { algorithm: Rs256 })
    ));
}

/// A ring with an active key of each algorithm.
fn all() -> KeySet {
    let keys = [fixtures::ring(), fixtures::others()].concat();
    KeySet::open(&keys, &fixtures::master()).unwrap()
}

#[test]
fn each_algorithm_signs_with_its_own_key_and_all_verify() {
    let set = all();
    assert_eq!(set.algorithms(), SigningAlgorithm::ALL);
    let kids: Vec<&str> = set.active_kids().collect();
    for (algorithm, kid) in SigningAlgorithm::ALL.into_iter().zip(kids) {
        let token = set.sign_as(algorithm, "JWT", &json!({"sub": "alice"})).unwrap();
        let jwks = josekit::jwk::JwkSet::from_bytes(set.jwks()).unwrap();
        let [key] = jwks.get(kid)[..] else {
            panic!("{kid} is there once")
        };
        assert_eq!(key.algorithm(), Some(algorithm.as_str()));
        assert_eq!(
            josekit::jwt::decode_header(&token).unwrap().claim("kid"),
            Some(&kid.into())
        );
        assert_eq!(set.verify(&token, "JWT").unwrap()["sub"], "alice");
    }
    let rs256 = set.sign("JWT", &json!({})).unwrap();
    let header = josekit::jwt::decode_header(&rs256).unwrap();
    assert_eq!(header.claim("alg"), Some(&"RS256".into()));
}

#[test]
fn an_algorithm_without_an_active_key_does_not_sign() {
    let set = open();
    assert_eq!(set.algorithms(), [Rs256]);
    for algorithm in [Ps256, Es256, EdDsa] {
        let refused = set.sign_as(algorithm, "JWT", &json!({})).unwrap_err();
        assert!(matches!(refused, Error::NoActiveKey { algorithm: missing } if missing == algorithm));
    }
}

#[test]
fn a_key_verifies_its_own_algorithm_alone() {
    let set = all();
    // An RSA key that signs with the other RSA algorithm: the signature is genuine, the algorithm is not the key's.
    for (own, other) in [(Rs256, Ps256), (Ps256, Rs256)] {
        let kid = set.active_kids().nth(usize::from(own == Ps256)).unwrap();
        let key = SigningAlgorithm::ALL
            .map(fixtures::of)
            .into_iter()
            .find(|key| key.alg == own)
            .unwrap();
        let key = if own == Rs256 { fixtures::new_key(1) } else { key };
        let signer = Signer::from_pkcs8_der(kid, other, key.pkcs8_der.expose()).unwrap();
        let token = signer.sign_compact("JWT", &json!({"sub": "mallory"})).unwrap();
        assert_eq!(
            set.verify(&token, "JWT").unwrap_err(),
            VerifyError::Algorithm,
            "{own:?}"
        );
    }
    // The kid of one algorithm under the signature of another.
    let kids: Vec<&str> = set.active_kids().collect();
    for (at, algorithm) in SigningAlgorithm::ALL.into_iter().enumerate() {
        let key = fixtures::of(algorithm);
        let kid = kids[(at + 1) % 4];
        let signer = Signer::from_pkcs8_der(kid, algorithm, key.pkcs8_der.expose()).unwrap();
        let token = signer.sign_compact("JWT", &json!({"sub": "mallory"})).unwrap();
        assert_eq!(
            set.verify(&token, "JWT").unwrap_err(),
            VerifyError::Algorithm,
            "{algorithm:?}"
        );
    }
}

#[test]
fn another_master_key_is_named_as_the_reason() {
    let other = MasterKey::from_bytes([1; 32]).unwrap();
    assert!(matches!(
        KeySet::open(&fixtures::ring(), &other),
        Err(Error::OtherMasterKey { .. })
    ));
}

#[test]
fn a_private_key_that_is_not_the_published_one_does_not_sign() {
    let mut keys = fixtures::ring();
    let stranger = fixtures::new_key(2);
    let active = keys.iter_mut().find(|key| key.state == Active).unwrap();
    let sealed = fixtures::master()
        .seal(new_key::PURPOSE, &active.kid, stranger.pkcs8_der.expose())
        .unwrap();
    active.sealed_private_key = Some(sealed);
    assert!(matches!(
        KeySet::open(&keys, &fixtures::master()),
        Err(Error::Unfit { .. })
    ));
}

#[test]
fn a_sealed_key_moved_to_another_record_does_not_open() {
    let mut keys = fixtures::ring();
    let next = of(Next).sealed_private_key;
    keys.iter_mut()
        .find(|key| key.state == Active)
        .unwrap()
        .sealed_private_key = next;
    assert!(matches!(
        KeySet::open(&keys, &fixtures::master()),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn debug_prints_no_private_key() {
    let text = format!("{:?}", open());
    assert!(text.contains("Signer { kid:"), "{text}");
    assert!(!text.contains("PKey"), "{text}");
}

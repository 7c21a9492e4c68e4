//! JWTs of clients, made with OpenSSL as clients make them, and everything that looks like one.

use std::sync::LazyLock;

use openssl::pkey::Private;
use serde_json::json;

use super::*;

const TYPES: [&str; 1] = ["JWT"];
const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

struct Keys {
    rsa: PKey<Private>,
    ec: PKey<Private>,
    ed: PKey<Private>,
}

static KEYS: LazyLock<Keys> = LazyLock::new(Keys::new);

impl Keys {
    fn new() -> Self {
        Self {
            rsa: PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap(),
            ec: ec(Nid::X9_62_PRIME256V1),
            ed: PKey::generate_ed25519().unwrap(),
        }
    }

    fn jwks(&self) -> Jwks {
        set(&[
            rsa_jwk(&self.rsa, "rsa"),
            ec_jwk(&self.ec, "ec", "P-256", 32),
            okp_jwk(&self.ed, "ed"),
        ])
    }
}

fn ec(curve: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn set(keys: &[Value]) -> Jwks {
    Jwks::parse(json!({ "keys": keys })).unwrap()
}

fn rsa_jwk(key: &PKey<Private>, kid: &str) -> Value {
    let key = key.rsa().unwrap();
    let part = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec());
    json!({"kty": "RSA", "kid": kid, "n": part(key.n()), "e": part(key.e())})
}

fn ec_jwk(key: &PKey<Private>, kid: &str, crv: &str, size: i32) -> Value {
    let key = key.ec_key().unwrap();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = openssl::bn::BigNumContext::new().unwrap();
    let point = key.public_key();
    point
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
        .unwrap();
    let part = |number: &BigNum| URL_SAFE_NO_PAD.encode(number.to_vec_padded(size).unwrap());
    json!({"kty": "EC", "kid": kid, "crv": crv, "x": part(&x), "y": part(&y)})
}

fn okp_jwk(key: &PKey<Private>, kid: &str) -> Value {
    json!({"kty": "OKP", "kid": kid, "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.raw_public_key().unwrap())})
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// What a private key says to `input`, whatever the header claims.
fn signature(key: &PKey<Private>, alg: &str, input: &[u8]) -> Vec<u8> {
    match alg {
        "EdDSA" => Signer::new_without_digest(key)
            .unwrap()
            .sign_oneshot_to_vec(input)
            .unwrap(),
        "ES256" => {
            let signed = EcdsaSig::sign(&sha256(input), &key.ec_key().unwrap()).unwrap();
            [
                signed.r().to_vec_padded(32).unwrap(),
                signed.s().to_vec_padded(32).unwrap(),
            ]
            .concat()
        }
        _ => {
            let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
            if alg == "PS256" {
                signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
                signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
            }
            signer.sign_oneshot_to_vec(input).unwrap()
        }
    }
}

fn sealed(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn signed(key: &PKey<Private>, alg: &str, header: &Value) -> String {
    let input = unsigned(header, &json!({"sub": "app"}));
    sealed(&input, &signature(key, alg, input.as_bytes()))
}

/// One good JWT of each algorithm by a private key.
fn good() -> Vec<(&'static str, String)> {
    [
        ("RS256", &KEYS.rsa, "rsa"),
        ("PS256", &KEYS.rsa, "rsa"),
        ("ES256", &KEYS.ec, "ec"),
        ("EdDSA", &KEYS.ed, "ed"),
    ]
    .map(|(alg, key, kid)| (alg, signed(key, alg, &json!({"alg": alg, "kid": kid}))))
    .to_vec()
}

fn mac_of(secret: &[u8]) -> String {
    let input = unsigned(&json!({"alg": "HS256"}), &json!({"sub": "app"}));
    sealed(&input, &mac(secret, input.as_bytes()).unwrap())
}

fn by_keys(jwt: &str, keys: &Jwks) -> Result<Map<String, Value>, ForeignError> {
    Foreign::parse(jwt, &TYPES)?.signed_by(keys)
}

fn by_secret(jwt: &str, secrets: &[&[u8]]) -> Result<Map<String, Value>, ForeignError> {
    Foreign::parse(jwt, &TYPES)?.authenticated_by(secrets.iter().copied())
}

#[test]
fn every_algorithm_verifies_what_a_client_signed() {
    for (alg, jwt) in good() {
        let claims = by_keys(&jwt, &KEYS.jwks()).unwrap_or_else(|error| panic!("{alg}: {error}"));
        assert_eq!(claims["sub"], "app");
        let found = Foreign::parse(&jwt, &TYPES).unwrap().algorithm();
        assert_eq!(serde_json::to_value(found).unwrap(), alg);
        // Another client's keys under the same names.
        assert_eq!(
            by_keys(&jwt, &Keys::new().jwks()),
            Err(ForeignError::Signature),
            "{alg}"
        );
    }
    assert_eq!(by_secret(&mac_of(SECRET), &[SECRET]).unwrap()["sub"], "app");
}

/// Threats 19: nothing of a JWT can be changed, left out or added.
#[test]
fn every_byte_of_a_jwt_counts() {
    let mut all = good();
    all.push(("HS256", mac_of(SECRET)));
    let keys = KEYS.jwks();
    let refused = |jwt: &str| by_keys(jwt, &keys).is_err() && by_secret(jwt, &[SECRET]).is_err();
    for (alg, jwt) in all {
        for at in 0..jwt.len() {
            let was = jwt.as_bytes()[at];
            let becomes = if was == b'A' { 'B' } else { 'A' };
            let changed = format!("{}{becomes}{}", &jwt[..at], &jwt[at + 1..]);
            assert!(refused(&changed), "{alg}: byte {at} changed");
            let without = format!("{}{}", &jwt[..at], &jwt[at + 1..]);
            assert!(refused(&without), "{alg}: byte {at} left out");
        }
        for length in 0..jwt.len() {
            assert!(refused(&jwt[..length]), "{alg}: cut to {length}");
        }
        for other in ["A", "=", ".", " ", "\n", ".AA", "A".repeat(64).as_str()] {
            assert!(
                refused(&format!("{jwt}{other}")) && refused(&format!("{other}{jwt}")),
                "{alg} {other:?}"
            );
        }
    }
}

/// RFC 8725, 2.1 and 3.1: the key decides what it can verify, not the header.
#[test]
fn no_key_is_used_with_an_algorithm_of_another_kind() {
    let keys = KEYS.jwks();
    let public = KEYS.rsa.public_key_to_pem().unwrap();
    let der = KEYS.rsa.public_key_to_der().unwrap();
    for secret in [&public[..], &der, SECRET, b""] {
        let input = unsigned(&json!({"alg": "HS256", "kid": "rsa"}), &json!({}));
        let jwt = sealed(&input, &mac(secret, input.as_bytes()).unwrap_or_default());
        assert_eq!(by_keys(&jwt, &keys), Err(ForeignError::Algorithm));
    }
    for (alg, jwt) in good() {
        assert_eq!(by_secret(&jwt, &[SECRET]), Err(ForeignError::Algorithm), "{alg}");
    }
    // Columns: the key that signs, how it signs, what the header says.
    for (key, how, claimed, kid, expected) in [
        (&KEYS.rsa, "RS256", "PS256", "rsa", ForeignError::Signature),
        (&KEYS.rsa, "PS256", "RS256", "rsa", ForeignError::Signature),
        (&KEYS.rsa, "RS256", "ES256", "rsa", ForeignError::UnknownKey),
        (&KEYS.rsa, "RS256", "ES256", "ec", ForeignError::Signature),
        (&KEYS.ec, "ES256", "RS256", "ec", ForeignError::UnknownKey),
        (&KEYS.ec, "ES256", "EdDSA", "ed", ForeignError::Signature),
        (&KEYS.ed, "EdDSA", "ES256", "ec", ForeignError::Signature),
    ] {
        let jwt = signed(key, how, &json!({"alg": claimed, "kid": kid}));
        assert_eq!(by_keys(&jwt, &keys), Err(expected), "{how} as {claimed} by {kid}");
    }
    for alg in [
        "none", "None", "", "RS512", "RS1", "HS384", "HS512", "ES384", "rs256", "EDDSA", "dir",
    ] {
        let jwt = signed(&KEYS.rsa, "RS256", &json!({"alg": alg, "kid": "rsa"}));
        assert_eq!(by_keys(&jwt, &keys), Err(ForeignError::Algorithm), "{alg}");
        let jwt = format!("{}.", unsigned(&json!({ "alg": alg }), &json!({})));
        assert_eq!(by_keys(&jwt, &keys), Err(ForeignError::Algorithm), "{alg}");
    }
}

/// RFC 7515, 4.1; RFC 7797, 6; RFC 8725, 3.10.
#[test]
fn a_header_cannot_steer_the_verifier() {
    let own = rsa_jwk(&KEYS.rsa, "own");
    for member in [
        json!({"crit": ["exp"], "exp": 1}),
        json!({"crit": []}),
        json!({"crit": null}),
        json!({"b64": false}),
        json!({"b64": true}),
        json!({ "jwk": own }),
        json!({"jku": "https://evil.example/jwks"}),
        json!({"x5u": "https://evil.example/cert"}),
        json!({"kid": 1}),
        json!({"typ": ["JWT"]}),
    ] {
        let mut header = json!({"alg": "RS256", "kid": "rsa"});
        header
            .as_object_mut()
            .unwrap()
            .extend(member.as_object().unwrap().clone());
        let jwt = signed(&KEYS.rsa, "RS256", &header);
        assert_eq!(by_keys(&jwt, &KEYS.jwks()), Err(ForeignError::Malformed), "{member}");
    }
    // What only describes the key is looked over: it is never used.
    let described = json!({"alg": "RS256", "kid": "rsa", "x5t": "x", "x5c": ["x"], "cty": "JSON", "own": 1});
    assert!(by_keys(&signed(&KEYS.rsa, "RS256", &described), &KEYS.jwks()).is_ok());
    let embedded = json!({"alg": "RS256", "x5c": [own.to_string()]});
    let stranger = Keys::new();
    let jwt = signed(&stranger.rsa, "RS256", &embedded);
    assert_eq!(by_keys(&jwt, &KEYS.jwks()), Err(ForeignError::Signature));
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    for header in [
        r#"{"alg":"RS256","alg":"RS256"}"#,
        r#"{"alg":"none","alg":"RS256"}"#,
        r#"{"alg":"RS256","kid":"rsa","kid":"rsa"}"#,
    ] {
        let jwt = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(by_keys(&jwt, &KEYS.jwks()), Err(ForeignError::Malformed), "{header}");
    }
}

#[test]
fn the_type_is_one_that_the_caller_expects_or_absent() {
    let parse = |typ: &str, types: &[&str]| {
        let jwt = signed(&KEYS.rsa, "RS256", &json!({"alg": "RS256", "kid": "rsa", "typ": typ}));
        Foreign::parse(&jwt, types).map(|_| ())
    };
    let types = ["JWT", "oauth-authz-req+jwt"];
    for typ in [
        "JWT",
        "jwt",
        "application/jwt",
        "oauth-authz-req+jwt",
        "application/OAuth-authz-req+JWT",
    ] {
        assert_eq!(parse(typ, &types), Ok(()), "{typ}");
    }
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "", "JWT "] {
        assert_eq!(parse(typ, &types), Err(ForeignError::Type), "{typ}");
    }
    assert_eq!(parse("JWT", &["dpop+jwt"]), Err(ForeignError::Type));
}

#[test]
fn a_name_selects_the_key_and_without_one_all_that_fit_are_tried() {
    let others: Vec<Value> = (0..3)
        .map(|at| ec_jwk(&ec(Nid::X9_62_PRIME256V1), &format!("old{at}"), "P-256", 32))
        .collect();
    let mut all = others.clone();
    all.push(ec_jwk(&KEYS.ec, "new", "P-256", 32));
    let named = |kid: &str| signed(&KEYS.ec, "ES256", &json!({"alg": "ES256", "kid": kid}));
    let nameless = signed(&KEYS.ec, "ES256", &json!({"alg": "ES256"}));
    let (old, all) = (set(&others), set(&all));
    assert!(by_keys(&named("new"), &all).is_ok());
    assert_eq!(by_keys(&named("old0"), &all), Err(ForeignError::Signature));
    assert_eq!(by_keys(&named("new"), &old), Err(ForeignError::UnknownKey));
    assert!(by_keys(&nameless, &all).is_ok());
    assert_eq!(by_keys(&nameless, &old), Err(ForeignError::Signature));
    assert_eq!(by_keys(&nameless, &set(&[])), Err(ForeignError::UnknownKey));
}

#[test]
fn a_key_that_is_meant_for_something_else_is_not_used() {
    let jwt = signed(&KEYS.rsa, "RS256", &json!({"alg": "RS256", "kid": "rsa"}));
    for (member, right) in [
        (json!({"use": "sig"}), true),
        (json!({"use": "enc"}), false),
        (json!({"alg": "RS256"}), true),
        (json!({"alg": "PS256"}), false),
        (json!({"alg": "RSA-OAEP"}), false),
        (json!({"key_ops": ["sign", "verify"]}), true),
        (json!({"key_ops": ["encrypt"]}), false),
        (json!({"key_ops": "verify"}), false),
    ] {
        let mut key = rsa_jwk(&KEYS.rsa, "rsa");
        key.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let expected = if right { None } else { Some(ForeignError::UnknownKey) };
        assert_eq!(by_keys(&jwt, &set(&[key])).err(), expected, "{member}");
    }
}

#[test]
fn weak_keys_wrong_curves_and_nonsense_verify_nothing() {
    let short = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let p384 = ec(Nid::SECP384R1);
    let k256 = ec(Nid::SECP256K1);
    let es = |key| signed(key, "ES256", &json!({"alg": "ES256"}));
    let wrong_point = json!({"kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43)});
    let zero = json!({"kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43)});
    let mut even = rsa_jwk(&KEYS.rsa, "rsa");
    even["e"] = "AQ".into();
    let mut huge = rsa_jwk(&KEYS.rsa, "rsa");
    huge["n"] = URL_SAFE_NO_PAD.encode([0xff; 2048]).into();
    let rs = signed(&KEYS.rsa, "RS256", &json!({"alg": "RS256"}));
    let ed = signed(&KEYS.ed, "EdDSA", &json!({"alg": "EdDSA"}));
    let cases = [
        (
            "1024 bits",
            signed(&short, "RS256", &json!({"alg": "RS256"})),
            rsa_jwk(&short, "k"),
        ),
        ("e = 1", rs.clone(), even),
        ("16384 bits", rs.clone(), huge),
        ("no n", rs.clone(), json!({"kty": "RSA", "e": "AQAB"})),
        ("no base64", rs, json!({"kty": "RSA", "e": "AQAB", "n": "not base64!"})),
        ("P-384 as P-256", es(&KEYS.ec), ec_jwk(&p384, "k", "P-256", 48)),
        ("secp256k1 as P-256", es(&KEYS.ec), ec_jwk(&k256, "k", "P-256", 32)),
        ("secp256k1", es(&KEYS.ec), ec_jwk(&k256, "k", "secp256k1", 32)),
        ("not on the curve", es(&KEYS.ec), wrong_point),
        ("no y", es(&KEYS.ec), json!({"kty": "EC", "crv": "P-256", "x": "AA"})),
        (
            "X25519",
            ed.clone(),
            json!({"kty": "OKP", "crv": "X25519", "x": "A".repeat(43)}),
        ),
        ("a point of no order", ed.clone(), zero),
        (
            "31 bytes",
            ed,
            json!({"kty": "OKP", "crv": "Ed25519", "x": "A".repeat(42)}),
        ),
    ];
    for (name, jwt, key) in cases {
        let refused = by_keys(&jwt, &set(&[key])).unwrap_err();
        assert!(
            matches!(refused, ForeignError::Signature | ForeignError::UnknownKey),
            "{name}"
        );
    }
    // ECDSA signatures that are no numbers, or not as long as they must be (CVE-2022-21449).
    let input = unsigned(&json!({"alg": "ES256", "kid": "ec"}), &json!({}));
    let real = signature(&KEYS.ec, "ES256", input.as_bytes());
    for bytes in [
        vec![0; 64],
        vec![0xff; 64],
        vec![],
        vec![0; 63],
        [&real[..], &[0]].concat(),
        [&[0], &real[..]].concat(),
    ] {
        assert_eq!(
            by_keys(&sealed(&input, &bytes), &KEYS.jwks()),
            Err(ForeignError::Signature)
        );
    }
    assert!(by_keys(&sealed(&input, &real), &KEYS.jwks()).is_ok());
}

#[test]
fn either_of_two_secrets_verifies_and_a_short_one_never() {
    let other = b"fedcba9876543210fedcba9876543210";
    assert!(by_secret(&mac_of(SECRET), &[other, SECRET]).is_ok());
    assert!(by_secret(&mac_of(other), &[other, SECRET]).is_ok());
    assert_eq!(by_secret(&mac_of(SECRET), &[other]), Err(ForeignError::Signature));
    assert_eq!(by_secret(&mac_of(SECRET), &[]), Err(ForeignError::UnknownKey));
    let short = &SECRET[..31];
    assert_eq!(by_secret(&mac_of(short), &[short]), Err(ForeignError::UnknownKey));
}

#[test]
fn what_is_too_long_or_no_object_is_refused() {
    let with = |claims: &str| {
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        let input = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        sealed(&input, &signature(&KEYS.rsa, "RS256", input.as_bytes()))
    };
    for claims in ["[]", "null", "\"x\"", "", "{}{}", "{"] {
        assert_eq!(
            by_keys(&with(claims), &KEYS.jwks()),
            Err(ForeignError::Malformed),
            "{claims}"
        );
    }
    let long = |length: usize| with(&json!({"x": "x".repeat(length)}).to_string());
    assert!(by_keys(&long(11_000), &KEYS.jwks()).is_ok());
    assert_eq!(by_keys(&long(13_000), &KEYS.jwks()), Err(ForeignError::Malformed));
}

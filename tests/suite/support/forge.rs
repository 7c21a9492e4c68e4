//! Tokens that look nearly right.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openssl::{
    bn::BigNum,
    hash::MessageDigest,
    pkey::{PKey, Private},
    rsa::Rsa,
    sign::Signer,
};
use serde_json::{Value, json};

use super::jwt;

/// A token with one byte changed, one left out or one added, each with what was done to it. All must be refused (threats 19).
pub fn mangled(token: &str) -> Vec<(String, String)> {
    let mut all = vec![
        ("truncated".to_owned(), token[..token.len() - 1].to_owned()),
        ("beheaded".to_owned(), token[1..].to_owned()),
        ("extended".to_owned(), format!("{token}A")),
        ("padded".to_owned(), format!("{token}=")),
        ("dotted".to_owned(), format!("{token}.")),
        ("with a line break".to_owned(), format!("{token}\n")),
        ("with a space".to_owned(), format!(" {token}")),
        ("twice".to_owned(), format!("{token}{token}")),
    ];
    let mut places: Vec<usize> = vec![0, token.len() / 3, token.len() / 2, token.len() - 2, token.len() - 1];
    places.extend(token.match_indices('.').map(|(at, _)| at - 1));
    for at in places {
        // The neighbour in the alphabet: for a last character it may differ in bits that a lax decoder throws away.
        let was = token.as_bytes()[at];
        let becomes = match was {
            b'A' => 'B',
            b'Z' => 'Y',
            b'z' => 'y',
            b'9' | b'-' | b'_' | b'.' => 'Q',
            other => char::from(other + 1),
        };
        let changed = format!("{}{becomes}{}", &token[..at], &token[at + 1..]);
        all.push((format!("byte {at} changed"), changed));
    }
    all
}

/// A token with the same claims that somebody else vouches for, or nobody (RFC 8725, 2.1, 3.1 and 3.2).
pub fn forged(token: &str, jwks: &Value) -> Vec<(&'static str, String)> {
    let (header, claims) = (jwt::header(token), jwt::claims(token));
    let (typ, kid) = (header["typ"].clone(), header["kid"].clone());
    let ours = jwks["keys"].as_array().expect("keys");
    let jwk = ours.iter().find(|jwk| jwk["kid"] == kid).expect("our key");
    let pem = public_pem(jwk);
    let own = Rsa::generate(2048).expect("a key");
    let own_jwk =
        json!({"kty": "RSA", "n": number(own.n()), "e": number(own.e()), "kid": kid, "alg": "RS256", "use": "sig"});
    let own = PKey::from_rsa(own).expect("a key");
    let secret = |bytes: &[u8]| PKey::hmac(bytes).expect("a secret");
    let der = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>());
    let with = |alg: &str, more: Value| {
        let mut header = json!({"alg": alg, "typ": typ, "kid": kid});
        header
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        unsigned(&header, &claims)
    };
    let none = with("none", json!({}));
    vec![
        ("alg none", format!("{none}.")),
        (
            "alg none with the old signature",
            format!("{none}.{}", signature(token)),
        ),
        ("alg None", format!("{}.", with("None", json!({})))),
        (
            "alg nOnE without kid",
            format!("{}.", unsigned(&json!({"alg": "nOnE"}), &claims)),
        ),
        (
            "HS256 with the public PEM",
            sign(&with("HS256", json!({})), &secret(pem.as_bytes())),
        ),
        (
            "HS256 with the public PEM, trimmed",
            sign(&with("HS256", json!({})), &secret(pem.trim().as_bytes())),
        ),
        (
            "HS256 with the public DER",
            sign(&with("HS256", json!({})), &secret(&der.expect("base64"))),
        ),
        (
            "HS256 with the modulus",
            sign(
                &with("HS256", json!({})),
                &secret(jwk["n"].as_str().expect("n").as_bytes()),
            ),
        ),
        ("HS256 with nothing", sign(&with("HS256", json!({})), &secret(b" "))),
        ("a stranger's key under our kid", sign(&with("RS256", json!({})), &own)),
        (
            "a jwk in the header",
            sign(&with("RS256", json!({"jwk": own_jwk})), &own),
        ),
        (
            "a jku in the header",
            sign(&with("RS256", json!({"jku": "http://127.0.0.1:9/jwks.json"})), &own),
        ),
        (
            "an x5c in the header",
            sign(&with("RS256", json!({"x5c": [STANDARD.encode("x")]})), &own),
        ),
        (
            "an unknown critical header",
            format!(
                "{}.{}",
                with("RS256", json!({"crit": ["exp"], "exp": 1})),
                signature(token)
            ),
        ),
        (
            "a stranger's key and no kid",
            sign(&unsigned(&json!({"alg": "RS256", "typ": typ}), &claims), &own),
        ),
    ]
}

/// The same token with other claims and its old signature.
pub fn with_claim(token: &str, name: &str, value: &Value) -> String {
    let mut claims = jwt::claims(token);
    claims[name] = value.clone();
    format!("{}.{}", unsigned(&jwt::header(token), &claims), signature(token))
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn signature(token: &str) -> &str {
    token.rsplit('.').next().expect("a signature")
}

fn sign(unsigned: &str, key: &PKey<Private>) -> String {
    let mut signer = Signer::new(MessageDigest::sha256(), key).expect("a signer");
    let signature = signer.sign_oneshot_to_vec(unsigned.as_bytes()).expect("a signature");
    format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn number(number: &openssl::bn::BigNumRef) -> String {
    URL_SAFE_NO_PAD.encode(number.to_vec())
}

fn public_pem(jwk: &Value) -> String {
    let part = |name: &str| {
        let bytes = URL_SAFE_NO_PAD
            .decode(jwk[name].as_str().expect(name))
            .expect("base64url");
        BigNum::from_slice(&bytes).expect("a number")
    };
    let key = Rsa::from_public_components(part("n"), part("e")).expect("a key");
    String::from_utf8(key.public_key_to_pem().expect("PEM")).expect("ASCII")
}

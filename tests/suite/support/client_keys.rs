//! The keys of a client, and what it signs with them: assertions and request objects.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::{BigNum, BigNumContext, BigNumRef},
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    rsa::{Padding, Rsa},
    sha::sha256,
    sign::{RsaPssSaltlen, Signer},
};
use serde_json::{Value, json};

use super::{App, Daemon, Page, app::REDIRECT_URI, scene::unix_now};

/// `client_assertion_type` (RFC 7523, 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A key of a client, or its secret as one.
#[derive(Clone)]
pub struct ClientKey {
    pub alg: &'static str,
    pub kid: String,
    key: PKey<Private>,
}

impl ClientKey {
    /// A new key for an algorithm of private keys.
    pub fn new(alg: &'static str, kid: &str) -> Self {
        let key = match alg {
            "RS256" | "PS256" => PKey::from_rsa(Rsa::generate(2048).expect("a key")),
            "ES256" => {
                let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
                PKey::from_ec_key(EcKey::generate(&group).expect("a key"))
            }
            "EdDSA" => PKey::generate_ed25519(),
            other => panic!("{other}"),
        };
        Self {
            alg,
            kid: kid.to_owned(),
            key: key.expect("a key"),
        }
    }

    /// The secret of a client (RFC 7523, 2.2; OpenID Connect Core, 9).
    pub fn secret(secret: &str) -> Self {
        Self {
            alg: "HS256",
            kid: String::new(),
            key: PKey::hmac(secret.as_bytes()).expect("a secret"),
        }
    }

    /// The public half (RFC 7517).
    pub fn jwk(&self) -> Value {
        let part = |number: &BigNumRef, size| URL_SAFE_NO_PAD.encode(number.to_vec_padded(size).expect("a number"));
        let kid = &self.kid;
        match self.alg {
            "RS256" | "PS256" => {
                let key = self.key.rsa().expect("RSA");
                json!({"kty": "RSA", "kid": kid, "use": "sig", "n": part(key.n(), 256), "e": part(key.e(), 3)})
            }
            "ES256" => {
                let key = self.key.ec_key().expect("EC");
                let (mut x, mut y) = (BigNum::new().expect("x"), BigNum::new().expect("y"));
                let mut context = BigNumContext::new().expect("a context");
                let point = key.public_key();
                let read = point.affine_coordinates(key.group(), &mut x, &mut y, &mut context);
                read.expect("a point");
                json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": part(&x, 32), "y": part(&y, 32)})
            }
            _ => {
                let x = URL_SAFE_NO_PAD.encode(self.key.raw_public_key().expect("Ed25519"));
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x})
            }
        }
    }

    /// The public half as PEM: what a confused verifier would take for a secret.
    pub fn private_pem(&self) -> String {
        String::from_utf8(self.key.private_key_to_pem_pkcs8().expect("PEM")).expect("ASCII")
    }

    /// The public half in PEM.
    pub fn public_pem(&self) -> String {
        String::from_utf8(self.key.public_key_to_pem().expect("PEM")).expect("ASCII")
    }

    /// Signs claims as a client does.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({}), claims)
    }

    /// Signs claims under a header with these members; null leaves one out.
    pub fn sign_with(&self, more: &Value, claims: &Value) -> String {
        let mut header = json!({"alg": self.alg, "typ": "JWT"});
        let members = header.as_object_mut().expect("an object");
        if !self.kid.is_empty() {
            members.insert("kid".to_owned(), self.kid.clone().into());
        }
        members.extend(more.as_object().expect("an object").clone());
        members.retain(|_, value| !value.is_null());
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let input = format!("{}.{}", part(&header), part(claims));
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(self.signature(input.as_bytes())))
    }

    fn signature(&self, input: &[u8]) -> Vec<u8> {
        let signed = match self.alg {
            "EdDSA" => Signer::new_without_digest(&self.key).and_then(|mut signer| signer.sign_oneshot_to_vec(input)),
            "ES256" => {
                let key = self.key.ec_key().expect("EC");
                let signed = EcdsaSig::sign(&sha256(input), &key).expect("a signature");
                let half = |number: &BigNumRef| number.to_vec_padded(32).expect("32 bytes");
                return [half(signed.r()), half(signed.s())].concat();
            }
            alg => {
                let mut signer = Signer::new(MessageDigest::sha256(), &self.key).expect("a signer");
                if alg == "PS256" {
                    signer.set_rsa_padding(Padding::PKCS1_PSS).expect("PSS");
                    signer
                        .set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)
                        .expect("a salt");
                }
                signer.sign_oneshot_to_vec(input)
            }
        };
        signed.expect("a signature")
    }
}

/// The JWK Set of these keys.
pub fn jwks(keys: &[&ClientKey]) -> Value {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()})
}

/// A value that no other of this run is equal to.
pub fn unique(what: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{what}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

impl App {
    /// An application with this metadata (RFC 7591, 2). It may ask for tokens of its own, too.
    pub fn registered(daemon: &Daemon, more: &Value) -> Self {
        let mut metadata = json!({
            "client_name": "App", "redirect_uris": [REDIRECT_URI], "consent": "first_party",
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        });
        let members = metadata.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        members.retain(|_, value| !value.is_null());
        let file = daemon.dir().join(unique("client.json"));
        fs::write(&file, metadata.to_string()).expect("a file");
        let client = daemon.cli(&["client", "add", "--file", file.to_str().expect("a path")]);
        Self::of(daemon, &client, REDIRECT_URI)
    }

    /// An application that proves itself by a key.
    pub fn with_key(daemon: &Daemon, key: &ClientKey) -> Self {
        Self::registered(
            daemon,
            &json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(&[key])}),
        )
    }

    /// The claims of a good assertion of this client, with changes; null leaves a claim out (OpenID Connect Core, 9).
    pub fn assertion(&self, changes: &Value) -> Value {
        let now = unix_now();
        let mut claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "jti": unique("jti"), "iat": now, "exp": now + 60,
        });
        let members = claims.as_object_mut().expect("an object");
        members.extend(changes.as_object().expect("an object").clone());
        members.retain(|_, value| !value.is_null());
        claims
    }

    /// A form proven by this assertion and nothing else.
    pub async fn assert(&self, path: &str, params: &[(&str, &str)], jwt: &str) -> Page {
        let proof = [("client_assertion_type", JWT_BEARER), ("client_assertion", jwt)];
        self.send(path, None, &[params, &proof].concat()).await
    }

    /// Tokens for the client itself, by this assertion: 200, or what it is told.
    pub async fn token_by(&self, jwt: &str) -> Page {
        self.assert("/token", &[("grant_type", "client_credentials")], jwt)
            .await
    }
}

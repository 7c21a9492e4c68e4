//! Applications that want to be told of a logout, at a partner's server.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{bn::BigNum, hash::MessageDigest, pkey::PKey, rsa::Rsa, sign::Verifier};
use serde_json::{Value, json};

use super::{App, Daemon, Partner, partner::Asked};

impl App {
    /// A first-party application at a partner's server; `more` are members of its metadata.
    pub fn at(partner: &Partner, daemon: &Daemon, name: &str, more: &[(&str, Value)]) -> Self {
        let redirect_uri = partner.url("/cb");
        let mut client = json!({
            "client_name": name,
            "redirect_uris": [redirect_uri],
            "post_logout_redirect_uris": [partner.url("/bye")],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access",
            "consent": "first_party",
        });
        for (member, value) in more {
            client[*member] = value.clone();
        }
        let file = daemon.dir().join("client.json");
        std::fs::write(&file, client.to_string()).expect("a file");
        let client = daemon.cli(&["client", "add", "--file", file.to_str().expect("UTF-8")]);
        Self::of(daemon, &client, &redirect_uri)
    }

    /// One that is told at `path`.
    pub fn told_at(partner: &Partner, daemon: &Daemon, path: &str) -> Self {
        Self::at(
            partner,
            daemon,
            path,
            &[("backchannel_logout_uri", partner.url(path).into())],
        )
    }
}

impl Asked {
    /// The logout token of a form that has nothing else in it.
    pub fn logout_token(&self) -> String {
        assert_eq!(self.method, "POST");
        assert_eq!(self.headers["content-type"], "application/x-www-form-urlencoded");
        let mut form = self.form();
        let token = form.remove("logout_token").expect("a logout_token");
        assert!(form.is_empty(), "{form:?}");
        token
    }
}

/// Asserts that an RS256 signature is by one of the keys of a JWKS.
#[track_caller]
pub fn assert_signed(token: &str, jwks: &Value) {
    let header = super::jwt::header(token);
    assert_eq!(header["alg"], "RS256");
    let keys = jwks["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("its kid");
    let part = |name: &str| {
        let bytes = URL_SAFE_NO_PAD
            .decode(key[name].as_str().expect(name))
            .expect("base64url");
        BigNum::from_slice(&bytes).expect("a number")
    };
    let key = Rsa::from_public_components(part("n"), part("e")).expect("a key");
    let key = PKey::from_rsa(key).expect("a key");
    let (signed, signature) = token.rsplit_once('.').expect("a JWS");
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).expect("a verifier");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let verified = verifier.verify_oneshot(&signature, signed.as_bytes());
    assert!(verified.expect("a verdict"), "the signature is wrong");
}

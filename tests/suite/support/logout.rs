//! Applications that want to be told of a logout, at a partner's server.

use josekit::{
    jwk::Jwk,
    jws::{ES256, EdDSA, JwsVerifier, PS256, RS256, deserialize_compact},
};
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

/// Asserts that a signature is by one of the keys of a JWKS, and of its algorithm.
#[track_caller]
pub fn assert_signed(token: &str, jwks: &Value) {
    let header = super::jwt::header(token);
    let keys = jwks["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("its kid");
    assert_eq!(key["alg"], header["alg"]);
    let jwk = Jwk::from_bytes(key.to_string()).expect("a JWK");
    let verifier: Box<dyn JwsVerifier> = match header["alg"].as_str().expect("alg") {
        "RS256" => Box::new(RS256.verifier_from_jwk(&jwk).expect("a key")),
        "PS256" => Box::new(PS256.verifier_from_jwk(&jwk).expect("a key")),
        "ES256" => Box::new(ES256.verifier_from_jwk(&jwk).expect("a key")),
        "EdDSA" => Box::new(EdDSA.verifier_from_jwk(&jwk).expect("a key")),
        other => panic!("nobody asked for {other}"),
    };
    deserialize_compact(token, &*verifier).expect("a good signature");
}

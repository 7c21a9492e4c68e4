//! npm's `openid-client`, a certified relying party, over our own TLS: it takes nothing that its specifications do not allow.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::judge::{Judge, installed};
use crate::support::{
    Authority, Browser, Daemon, Page,
    app::REDIRECT_URI,
    client_keys::{ClientKey, jwks},
    daemon::Builder,
};

/// The library as a relying party, and its end-user's browser.
struct RelyingParty {
    daemon: Daemon,
    browser: Browser,
    judge: Judge,
    _authority: TempDir,
}

impl RelyingParty {
    fn new(authority: &Authority, daemon: Daemon) -> Self {
        daemon.add_user("alice", "correct horse", &[]);
        let dir = TempDir::new().unwrap();
        let certificate = dir.path().join("authority.pem");
        std::fs::write(&certificate, authority.certificate().to_pem().unwrap()).unwrap();
        let mut node = Command::new("node");
        node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges/openid_client.mjs"))
            .env("NODE_MODULES", installed("npm/node_modules"))
            .env("NODE_EXTRA_CA_CERTS", certificate);
        Self {
            browser: Browser::with(&daemon.issuer, authority.client()),
            daemon,
            judge: Judge::start(node),
            _authority: dir,
        }
    }

    fn start() -> Self {
        Self::of(Daemon::builder())
    }

    fn of(builder: Builder) -> Self {
        let authority = Authority::new();
        let daemon = authority.start(builder);
        Self::new(&authority, daemon)
    }

    /// Its answer, which is no refusal.
    fn ask(&mut self, question: &Value) -> Value {
        let answer = self.judge.ask(question);
        assert!(answer["error"].is_null(), "{question}\n{answer}");
        answer
    }

    fn discover(&mut self, client: &Value, metadata: &Value, auth_method: &str) -> Value {
        let issuer = self.daemon.issuer.clone();
        self.ask(&json!({
            "do": "discover", "issuer": issuer, "client_id": client["client_id"], "metadata": metadata,
            "auth": { "method": auth_method, "secret": client["client_secret"] },
        }))
    }

    /// The authorization request that the library makes, answered by the person.
    async fn authorize(&mut self, question: &Value) -> Page {
        let begun = self.ask(question);
        let mut page = self.browser.get(begun["url"].as_str().unwrap()).await;
        if page.has("login-submit") {
            page = self.browser.sign_in(&page, "alice", "correct horse").await;
        }
        if page.has("consent-allow") {
            page = self.browser.submit(&page, &[("decision", "allow")]).await;
        }
        page
    }

    /// A sign-in whose answer comes in the redirect.
    async fn sign_in(&mut self, question: &Value) -> Value {
        let page = self.authorize(question).await;
        let url = page.location().unwrap_or_else(|| panic!("{}", page.body));
        self.ask(&json!({"do": "callback", "url": url}))
    }
}

const SCOPE: &str = "openid profile email offline_access";

fn authorize(more: &Value) -> Value {
    let mut params = json!({"redirect_uri": REDIRECT_URI, "scope": SCOPE, "prompt": "consent"});
    let more = more.as_object().unwrap().clone();
    params.as_object_mut().unwrap().extend(more);
    json!({"do": "authorize", "params": params})
}

#[tokio::test]
async fn openid_client_signs_in_refreshes_introspects_revokes_and_signs_out() {
    for auth_method in ["client_secret_basic", "client_secret_post", "none"] {
        let mut party = RelyingParty::start();
        let client = party.daemon.add_client(
            "App",
            &[
                &["--redirect-uri", REDIRECT_URI, "--auth-method", auth_method][..],
                &["--post-logout-redirect-uri", "https://app.example/bye"],
            ]
            .concat(),
        );
        let metadata = party.discover(&client, &json!({}), auth_method);
        assert_eq!(metadata["issuer"], party.daemon.issuer);
        let learnt = party.sign_in(&authorize(&json!({}))).await;
        assert_eq!(learnt["userinfo"]["email"], "alice@example.com");
        assert_eq!(learnt["has_refresh_token"], true);
        let refreshed = party.ask(&json!({"do": "refresh"}));
        assert_eq!(refreshed["claims"]["auth_time"], learnt["claims"]["auth_time"]);
        let asked = party.ask(&json!({
            "do": "end_session", "params": {"post_logout_redirect_uri": "https://app.example/bye", "state": "s"},
        }));
        if auth_method != "none" {
            assert_eq!(party.ask(&json!({"do": "introspect"}))["active"], true);
            assert_eq!(party.ask(&json!({"do": "revoke"}))["active"], false);
        }
        let page = party.browser.get(asked["url"].as_str().unwrap()).await;
        assert_eq!(page.location().unwrap().as_str(), "https://app.example/bye?state=s");
        let page = party.authorize(&authorize(&json!({"prompt": "none"}))).await;
        let refused = party
            .judge
            .ask(&json!({"do": "callback", "url": page.location().unwrap()}));
        assert_eq!(refused["oauth"], "login_required", "{refused}");
    }
}

#[tokio::test]
async fn openid_client_holds_us_to_max_age_and_to_its_nonce() {
    let mut party = RelyingParty::start();
    let client = party.daemon.add_client("App", &["--redirect-uri", REDIRECT_URI]);
    party.discover(&client, &json!({}), "client_secret_basic");
    let page = party.authorize(&authorize(&json!({"max_age": "100"}))).await;
    let learnt = party.ask(&json!({"do": "callback", "url": page.location().unwrap(), "max_age": 100}));
    assert!(learnt["claims"]["auth_time"].is_u64());
    // The answer to one request does not fit another.
    let page = party.authorize(&authorize(&json!({}))).await;
    party.ask(&authorize(&json!({})));
    let refused = party
        .judge
        .ask(&json!({"do": "callback", "url": page.location().unwrap()}));
    assert!(refused["error"].as_str().unwrap().contains("state"), "{refused}");
}

#[tokio::test]
async fn openid_client_gets_tokens_for_a_machine() {
    let mut party = RelyingParty::start();
    let machine = party
        .daemon
        .add_client("Machine", &["--grant", "client_credentials", "--scope", "reports"]);
    party.discover(&machine, &json!({}), "client_secret_basic");
    let answer = party.ask(&json!({"do": "client_credentials", "params": {"scope": "reports"}}));
    assert_eq!(answer["introspection"]["client_id"], machine["client_id"]);
    assert_eq!(answer["introspection"]["scope"], "reports");
}

/// A key as the judge wants it.
fn key(key: &ClientKey) -> Value {
    json!({"pem": key.private_pem(), "alg": key.alg, "kid": key.kid})
}

#[tokio::test]
async fn openid_client_registers_itself_signs_what_it_asks_and_proves_itself_by_its_key() {
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        let mut party = RelyingParty::of(Daemon::builder().set("registration.mode", "open"));
        let own = ClientKey::new(alg, "1");
        let issuer = party.daemon.issuer.clone();
        let registered = party.ask(&json!({
            "do": "register", "issuer": issuer,
            "auth": {"method": "private_key_jwt", "key": key(&own)},
            "metadata": {
                "client_name": "Judge", "redirect_uris": [REDIRECT_URI], "jwks": jwks(&[&own]),
                "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": alg,
                "grant_types": ["authorization_code", "refresh_token"], "request_object_signing_alg": alg,
                "require_signed_request_object": true,
            },
        }));
        assert_eq!(registered["token_endpoint_auth_method"], "private_key_jwt");
        let mut question = authorize(&json!({}));
        question["request_key"] = key(&own);
        let learnt = party.sign_in(&question).await;
        assert_eq!(learnt["userinfo"]["email"], "alice@example.com", "{alg}");
        party.ask(&json!({"do": "refresh"}));
    }
}

#[tokio::test]
async fn openid_client_proves_itself_by_a_mac_of_its_secret() {
    let mut party = RelyingParty::of(Daemon::builder().set("registration.mode", "open"));
    let issuer = party.daemon.issuer.clone();
    let registered = party.ask(&json!({
        "do": "register", "issuer": issuer,
        "metadata": {
            "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "client_secret_jwt",
            "grant_types": ["authorization_code", "refresh_token"],
        },
    }));
    party.discover(&registered, &json!({}), "client_secret_jwt");
    let learnt = party.sign_in(&authorize(&json!({}))).await;
    assert_eq!(learnt["userinfo"]["email"], "alice@example.com");
}

#[tokio::test]
async fn openid_client_takes_an_answer_that_was_posted() {
    let mut party = RelyingParty::start();
    let client = party.daemon.add_client("App", &["--redirect-uri", REDIRECT_URI]);
    party.discover(&client, &json!({}), "client_secret_basic");
    let page = party
        .authorize(&authorize(&json!({"response_mode": "form_post"})))
        .await;
    let form = page.form();
    assert_eq!(form.action, REDIRECT_URI);
    let fields: serde_json::Map<String, Value> = form
        .fields
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let learnt = party.ask(&json!({"do": "callback", "url": REDIRECT_URI, "form": fields}));
    assert_eq!(learnt["userinfo"]["email"], "alice@example.com");
}

#[tokio::test]
async fn openid_client_verifies_what_comes_through_the_browser() {
    let mut party = RelyingParty::of(Daemon::builder().set("authorization.implicit", "true"));
    for response_type in ["code id_token", "id_token"] {
        let client = party.daemon.add_client(
            "App",
            &[
                &["--redirect-uri", REDIRECT_URI, "--response-type", response_type][..],
                &["--grant", "authorization_code", "--grant", "implicit"]
                    [usize::from(response_type == "id_token") * 2..],
            ]
            .concat(),
        );
        party.discover(&client, &json!({}), "client_secret_basic");
        let mut question = authorize(&json!({"scope": "openid profile"}));
        question["response_type"] = response_type.into();
        let page = party.authorize(&question).await;
        let url = page.location().unwrap_or_else(|| panic!("{}", page.body));
        assert!(url.fragment().is_some() && url.query().is_none(), "{url}");
        let verb = if response_type == "id_token" {
            "implicit"
        } else {
            "callback"
        };
        let learnt = party.ask(&json!({"do": verb, "url": url}));
        let claims = if verb == "implicit" { &learnt } else { &learnt["claims"] };
        assert_eq!(claims["iss"], party.daemon.issuer, "{response_type}: {learnt}");
    }
}

#[tokio::test]
async fn openid_client_verifies_id_tokens_and_userinfo_of_every_algorithm() {
    let mut party = RelyingParty::of(Daemon::builder().set("keys.algorithms", "RS256,PS256,ES256,EdDSA"));
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        let client = party
            .daemon
            .add_client("App", &["--redirect-uri", REDIRECT_URI, "--at-hash"]);
        let client_id = client["client_id"].as_str().unwrap();
        let algorithms = ["id_token", "userinfo"].map(|what| format!("{what}_signed_response_alg={alg}"));
        party.daemon.cli(&[
            "client",
            "set",
            client_id,
            "--set",
            &algorithms[0],
            "--set",
            &algorithms[1],
        ]);
        let metadata = json!({"id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg});
        party.discover(&client, &metadata, "client_secret_basic");
        let learnt = party.sign_in(&authorize(&json!({}))).await;
        assert_eq!(learnt["userinfo"]["email"], "alice@example.com", "{alg}");
    }
}

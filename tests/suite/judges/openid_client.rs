//! npm's `openid-client`, a certified relying party, over our own TLS: it takes nothing that its specifications do not allow.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::judge::{Judge, installed};
use crate::support::{Authority, Browser, Daemon, Page, app::REDIRECT_URI};

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
        let authority = Authority::new();
        let daemon = authority.daemon();
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

//! A FastAPI backend as its guide writes it: python-jose, a key set that it keeps for an hour, claims in a pydantic model.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::{judge::Running, python::serve};
use crate::support::{App, Browser, Daemon, Tokens, jwt};

const SCOPE: &str = "openid profile email";

/// The backend, asked with a bearer token.
struct Backend {
    _running: Running,
    url: String,
    http: Client,
}

impl Backend {
    fn of(daemon: &Daemon) -> Self {
        let (running, url) = serve("app.main:app", &[("AUTH_SERVER_URL", &daemon.issuer)]);
        Self {
            _running: running,
            url,
            // uvicorn drops idle connections after some seconds.
            http: Client::builder().pool_max_idle_per_host(0).build().expect("a client"),
        }
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(token);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        (status, response.json().await.expect("JSON"))
    }

    async fn accepts(&self, token: &str) -> Value {
        let (status, body) = self.get("/api/me", token).await;
        assert_eq!(status, StatusCode::OK, "{body} {}", jwt::claims(token));
        body
    }

    async fn refuses(&self, token: &str, why: &str) {
        let (status, body) = self.get("/api/me", token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{body}");
        assert!(body["detail"].as_str().unwrap().contains(why), "{why} not in {body}");
    }
}

async fn signed_in(daemon: &Daemon, app: &App, name: &str) -> Tokens {
    let browser = Browser::new(&daemon.issuer);
    app.sign_in(&browser, SCOPE, name, "correct horse").await
}

#[tokio::test]
async fn the_backend_reads_its_claims_from_the_access_token_and_from_the_id_token() {
    let daemon = Daemon::start();
    daemon.cli(&["org", "add", "School", "--id", "school"]);
    daemon.cli(&["org", "add", "Club", "--id", "club"]);
    let alice = daemon.add_user("alice", "correct horse", &["--role", "admin"]);
    daemon.cli(&["org", "member", "add", "club", "alice"]);
    daemon.cli(&["org", "member", "add", "school", "alice", "--role", "teacher"]);
    daemon.cli(&["org", "activate", "school", "alice"]);
    daemon.cli(&[
        "user",
        "set",
        "alice",
        "--claim",
        "name=Alice Liddell",
        "--claim",
        "software_background=advanced",
        "--claim",
        "hardware_tier=tier3",
    ]);
    let app = App::confidential(&daemon);
    let tokens = signed_in(&daemon, &app, "alice").await;
    let backend = Backend::of(&daemon);
    for token in [tokens.access(), tokens.id()] {
        let me = json!({"user_id": alice["id"], "email": "alice@example.com", "name": "Alice Liddell", "role": "admin",
            "tenant_id": "school", "software_background": "advanced", "hardware_tier": "tier3"});
        assert_eq!(backend.accepts(token).await, me);
        let (status, body) = backend.get("/api/admin/users", token).await;
        assert_eq!((status, &body["admin_id"]), (StatusCode::OK, &alice["id"]));
        let (_, body) = backend.get("/api/tenant/data", token).await;
        let tenant = json!({"tenant_id": "school", "org_role": "teacher", "organizations": ["club", "school"]});
        assert_eq!(body, tenant);
        let (_, body) = backend.get("/api/personalized", token).await;
        assert_eq!(
            (&body["content_level"], &body["hardware_requirements"]),
            (&json!("advanced"), &json!("tier3"))
        );
    }
}

#[tokio::test]
async fn the_backend_refuses_the_wrong_role_and_who_belongs_to_no_tenant() {
    let daemon = Daemon::start();
    daemon.add_user("bob", "correct horse", &[]);
    let app = App::public(&daemon);
    let tokens = signed_in(&daemon, &app, "bob").await;
    let backend = Backend::of(&daemon);
    for token in [tokens.access(), tokens.id()] {
        let me = backend.accepts(token).await;
        assert_eq!((&me["role"], &me["tenant_id"]), (&json!("user"), &json!(null)));
        let (status, body) = backend.get("/api/admin/users", token).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(
            body["detail"].as_str().unwrap().contains("Role 'user' not authorized"),
            "{body}"
        );
        let (status, body) = backend.get("/api/tenant/data", token).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(body["detail"], "User must belong to an organization");
    }
}

#[tokio::test]
async fn no_token_dies_at_the_backend_when_keys_are_rotated_under_its_cached_key_set() {
    let mut daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let app = App::confidential(&daemon);
    let backend = Backend::of(&daemon);
    let before = signed_in(&daemon, &app, "alice").await;
    // From here on its key set is an hour old at most, and it does not ask again.
    backend.accepts(before.access()).await;

    daemon.cli(&["key", "rotate"]);
    let after = signed_in(&daemon, &app, "alice").await;
    let kid = |token: &str| jwt::header(token)["kid"].clone();
    assert_ne!(kid(before.access()), kid(after.access()), "another key signs");
    for tokens in [&before, &after] {
        backend.accepts(tokens.access()).await;
        backend.accepts(tokens.id()).await;
    }

    // Too early for a second one: the key that would sign is not known to the backend yet.
    let second = daemon.cli(&["key", "rotate"]);
    assert_eq!(second["rotated"], false);
    backend.accepts(signed_in(&daemon, &app, "alice").await.access()).await;
    // Nor does a restart sign with something new; and a backend that starts now knows the old token as well.
    daemon.kill();
    daemon.start_again();
    backend.accepts(signed_in(&daemon, &app, "alice").await.access()).await;
    let late = Backend::of(&daemon);
    late.accepts(before.access()).await;
    late.accepts(after.access()).await;
}

#[tokio::test]
async fn the_backend_refuses_what_has_expired_was_forged_or_comes_from_elsewhere() {
    let mut daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let app = App::confidential(&daemon);
    let backend = Backend::of(&daemon);
    let good = signed_in(&daemon, &app, "alice").await;
    backend.accepts(good.access()).await;

    let brief = App::with(&daemon, &["--first-party", "--access-token-lifetime", "1s"]);
    let brief = signed_in(&daemon, &brief, "alice").await;
    let is_refused = async || backend.get("/api/me", brief.access()).await.0 == StatusCode::UNAUTHORIZED;
    daemon.wait_until("the token has expired", is_refused).await;
    backend.refuses(brief.access(), "Signature has expired").await;

    let [head, _, signature] = good.access().split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let [_, claims, _] = brief.access().split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    backend
        .refuses(&format!("{head}.{claims}.{signature}"), "Signature verification failed")
        .await;

    let other = Daemon::start();
    other.add_user("alice", "correct horse", &[]);
    let stranger = signed_in(&other, &App::confidential(&other), "alice").await;
    backend.refuses(stranger.access(), "Unable to find matching key").await;

    // The same keys under another name.
    daemon.stop();
    let renamed = daemon.issuer.replace("localhost", "127.0.0.1");
    daemon.set("server.issuer", &renamed);
    daemon.start_again();
    assert_eq!(daemon.issuer, renamed);
    let app = App { issuer: renamed, ..app };
    backend
        .refuses(signed_in(&daemon, &app, "alice").await.access(), "Invalid issuer")
        .await;
}

#[tokio::test]
async fn an_id_token_has_no_at_hash_unless_its_client_wants_one() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let backend = Backend::of(&daemon);
    let with = App::with(&daemon, &["--first-party", "--at-hash"]);
    let tokens = signed_in(&daemon, &with, "alice").await;
    // python-jose has no access token to compare it with, and refuses: that is why it can be switched off.
    assert!(jwt::claims(tokens.id())["at_hash"].is_string());
    backend.refuses(tokens.id(), "at_hash").await;
    backend.accepts(tokens.access()).await;
    let without = signed_in(&daemon, &App::confidential(&daemon), "alice").await;
    backend.accepts(without.id()).await;
}

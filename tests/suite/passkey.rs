//! Passkeys over plain HTTP, with a software authenticator that can lie; `chromium/passkey.rs` has a real browser.

mod account;
mod assertion;
mod challenge;
mod commands;
mod registration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{
    Browser, Daemon, Page, Scene,
    authenticator::{Answer, Authenticator},
    daemon::Builder,
    scene::{PASSWORD, USERNAME},
};

/// A person at a browser of their own, and the token that their forms carry.
pub struct Person {
    pub browser: Browser,
    pub origin: String,
    pub csrf: String,
}

impl Person {
    /// At the sign-in page.
    pub async fn at(daemon: &Daemon) -> Self {
        // By its address where its issuer is a name that only its users know.
        let is_known = daemon.issuer.starts_with("http://localhost:");
        let browser = Browser::new(&if is_known {
            daemon.issuer.clone()
        } else {
            daemon.address()
        });
        let csrf = browser.get("/login").await.field("csrf");
        Self {
            browser,
            origin: daemon.issuer.clone(),
            csrf,
        }
    }

    /// Signed in with a password a moment ago.
    pub async fn signed_in(daemon: &Daemon, username: &str) -> Self {
        let person = Self::at(daemon).await;
        person.type_password(username).await;
        person
    }

    pub async fn type_password(&self, username: &str) {
        let page = self.browser.get("/login?to=passkeys").await;
        let page = self.browser.sign_in(&page, username, PASSWORD).await;
        assert!(
            page.url.path().ends_with("/account/passkeys"),
            "{} {}",
            page.url,
            page.body
        );
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        self.browser.post(path, &fields).await
    }

    /// The first half of a ceremony.
    pub async fn begin(&self, what: &str, fields: &[(&str, &str)]) -> Value {
        let page = self.post(&format!("/passkey/{what}/begin"), fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page.json()
    }

    /// The second half.
    pub async fn finish(&self, what: &str, begun: &Value, credential: &str) -> Page {
        let ceremony = begun["ceremony"].as_str().expect("a ceremony");
        let fields = [("ceremony", ceremony), ("credential", credential)];
        self.post(&format!("/passkey/{what}/finish"), &fields).await
    }

    /// Adds a passkey, with a twist.
    pub async fn register(&self, authenticator: &mut Authenticator, twist: impl FnOnce(&mut Answer)) -> Page {
        let begun = self.begin("register", &[]).await;
        let credential = authenticator.create(&begun["publicKey"], &self.origin, twist);
        self.finish("register", &begun, &credential).await
    }

    /// Signs in, with a twist.
    pub async fn sign_in(&self, authenticator: &mut Authenticator, twist: impl FnOnce(&mut Answer)) -> Page {
        let begun = self.begin("sign-in", &[]).await;
        let credential = authenticator.get(&begun["publicKey"], &self.origin, twist);
        self.finish("sign-in", &begun, &credential).await
    }

    pub async fn is_signed_in(&self) -> bool {
        self.browser.get("/").await.has("home-sign-out")
    }
}

/// As the authenticator is.
pub fn honest(_: &mut Answer) {}

/// A daemon on which many may fail, with alice and bob.
pub fn daemon() -> Daemon {
    of(Daemon::builder())
}

pub fn of(builder: Builder) -> Daemon {
    let daemon = builder.set("limits.login_per_account", "1000").start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    daemon.add_user("bob", PASSWORD, &[]);
    daemon
}

/// An authenticator with a passkey of a user.
pub async fn passkey_of(daemon: &Daemon, username: &str) -> Authenticator {
    let mut authenticator = Authenticator::new();
    let page = Person::signed_in(daemon, username)
        .await
        .register(&mut authenticator, honest)
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    authenticator
}

/// The ids of a user's passkeys.
pub fn ids(daemon: &Daemon, username: &str) -> Vec<String> {
    let answer = daemon.cli(&["user", "passkeys", username]);
    let passkeys = answer["passkeys"].as_array().expect("passkeys");
    let id = |it: &Value| it["id"].as_str().expect("an id").to_owned();
    passkeys.iter().map(id).collect()
}

/// The log tells this fact of a refusal.
#[track_caller]
fn assert_told(daemon: &Daemon, word: &str) {
    let log = daemon.log().replace('\\', "");
    assert!(log.contains(&format!(r#""wrong":"{word}""#)), "{word} is not in\n{log}");
}

#[tokio::test]
async fn a_passkey_signs_in_to_an_application_without_a_name_and_tells_how() {
    let scene = Scene::start();
    for (flags, amr) in [
        (crate::support::authenticator::UP, &["pop"][..]),
        (
            crate::support::authenticator::UP | crate::support::authenticator::UV,
            &["pop", "user", "mfa"],
        ),
    ] {
        let mut authenticator = Authenticator::new();
        authenticator.flags = flags;
        let added = Person::signed_in(&scene.daemon, USERNAME)
            .await
            .register(&mut authenticator, honest)
            .await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);

        let person = Person::at(&scene.daemon).await;
        let sign_in = scene.app.begin("openid", &[]);
        let page = person.browser.get(&sign_in.url).await;
        let begun = person
            .begin("sign-in", &[("interaction", &page.field("interaction"))])
            .await;
        assert_eq!(begun["publicKey"]["allowCredentials"], Value::Array(Vec::new()));
        assert_eq!(begun["publicKey"]["rpId"], "localhost");
        let credential = authenticator.get(&begun["publicKey"], &person.origin, honest);
        let done = person.finish("sign-in", &begun, &credential).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let at_app = person.browser.get(done.json()["next"].as_str().unwrap()).await;
        let code = scene.app.code_of(&at_app, &sign_in);
        let tokens = scene.app.redeem(&sign_in, &code).await;
        let claims = crate::support::jwt::claims(tokens.id());
        assert_eq!(claims["amr"], serde_json::json!(amr));
        assert_eq!(claims["acr"], if amr.contains(&"mfa") { "2" } else { "1" });
    }
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn where_there_can_be_no_passkeys_the_log_says_why_and_passwords_go_on() {
    let daemon = of(Daemon::builder().set("server.issuer", "http://127.0.0.1:3001"));
    assert!(daemon.log().contains("is an IP address"), "{}", daemon.log());
    let browser = Browser::new(&daemon.address());
    let page = browser.get("/login").await;
    assert!(
        !page.body.contains("passkey") && !page.body.contains("webauthn"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script"));
    for path in [
        "/account/passkeys",
        "/.well-known/passkey-endpoints",
        "/.well-known/webauthn",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(browser.sign_in(&page, USERNAME, PASSWORD).await.has("home-sign-out"));
}

#[tokio::test]
async fn others_may_know_where_passkeys_are_managed_and_who_may_use_them() {
    let daemon = of(Daemon::builder()
        .set("server.issuer", "https://id.example.com/realm")
        .set("passkeys.related_origins", "https://id.example.net"));
    let browser = Browser::new(&daemon.address());
    let page = "https://id.example.com/realm/account/passkeys";
    // At the root of the host, not under the issuer's path.
    let endpoints = browser.get("/.well-known/passkey-endpoints").await;
    assert_eq!(endpoints.json(), serde_json::json!({"enroll": page, "manage": page}));
    assert_eq!(endpoints.header("content-type"), "application/json");
    let related = browser.get("/.well-known/webauthn").await;
    assert_eq!(
        related.json(),
        serde_json::json!({"origins": ["https://id.example.net"]})
    );
    assert_eq!(related.header("content-type"), "application/json");
    // Only when there are any.
    let daemon = self::daemon();
    let browser = Browser::new(&daemon.issuer);
    assert_eq!(browser.get("/.well-known/webauthn").await.status, StatusCode::NOT_FOUND);
}

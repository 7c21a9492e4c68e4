//! A person's own account by its public doors: every page, every change, and everybody who must not make one.

mod applications;
mod authenticator;
mod factors;
mod password;
mod profile;
mod record;
mod walk;

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Browser, Daemon, Page, scene::PASSWORD};

/// A person who has just signed in at a browser of their own.
struct Owner {
    browser: Browser,
    csrf: String,
}

impl Owner {
    async fn of(daemon: &Daemon, name: &str) -> Self {
        Self::with(daemon, name, PASSWORD).await
    }

    async fn with(daemon: &Daemon, name: &str, password: &str) -> Self {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get("/login?to=account").await;
        let page = browser.sign_in(&page, name, password).await;
        assert!(page.url.path().ends_with("/account"), "{} {}", page.url, page.body);
        let csrf = page.field("csrf");
        Self { browser, csrf }
    }

    async fn get(&self, path: &str) -> Page {
        self.browser.get(path).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        self.browser.post(path, &fields).await
    }

    async fn is_signed_in(&self) -> bool {
        self.browser.get("/").await.has("home-sign-out")
    }
}

/// A daemon that knows alice and bob.
fn daemon() -> Daemon {
    with_people(Daemon::start())
}

fn with_people(daemon: Daemon) -> Daemon {
    daemon.add_user("alice", PASSWORD, &[]);
    daemon.add_user("bob", PASSWORD, &[]);
    daemon
}

/// What the operator sees of a user.
fn kept(daemon: &Daemon, name: &str) -> Value {
    daemon.cli(&["user", "show", name])
}

/// The kinds of factor that a user has.
fn kinds(daemon: &Daemon, name: &str) -> Vec<String> {
    let answer = daemon.cli(&["user", "factors", name]);
    let factors = answer["factors"].as_array().expect("factors").iter();
    factors
        .map(|it| it["factor"].as_str().expect("a kind").to_owned())
        .collect()
}

/// The last line of the log with an event of the audit trail.
fn told(daemon: &Daemon, event: &str) -> String {
    let log = daemon.log();
    let line = log.lines().rfind(|line| line.contains(event));
    line.unwrap_or_else(|| panic!("no {event} in {log}")).to_owned()
}

/// Every page of the account.
const PAGES: [&str; 12] = [
    "/account",
    "/account/profile",
    "/account/email",
    "/account/password",
    "/account/passkeys",
    "/account/authenticator",
    "/account/recovery-codes",
    "/account/sessions",
    "/account/apps",
    "/account/activity",
    "/account/export",
    "/account/delete",
];

/// Every form of it, by what it would do.
const FORMS: [(&str, &[(&str, &str)]); 15] = [
    ("/account/email", &[("do", "change"), ("email", "mallory@example.com")]),
    ("/account/profile", &[("given_name", "Mallory")]),
    (
        "/account/password",
        &[
            ("do", "set"),
            ("current", PASSWORD),
            ("password", "battery staple"),
            ("repeated", "battery staple"),
        ],
    ),
    ("/account/password", &[("do", "remove")]),
    ("/account/passkeys/rename", &[("id", "x"), ("name", "mine")]),
    ("/account/passkeys/remove", &[("id", "x")]),
    ("/account/passkeys/second", &[("asked", "1")]),
    ("/account/authenticator", &[("do", "begin")]),
    ("/account/authenticator", &[("do", "confirm"), ("code", "123456")]),
    ("/account/authenticator", &[("do", "remove")]),
    ("/account/recovery-codes", &[]),
    ("/account/sessions", &[("end", "all")]),
    ("/account/apps", &[("client_id", "x")]),
    ("/account/export", &[]),
    ("/account/delete", &[("username", "alice")]),
];

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to_and_comes_back() {
    let daemon = daemon();
    for path in PAGES {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get(path).await;
        assert!(page.has("login-submit"), "{path}: {}", page.url);
        let page = browser.sign_in(&page, "alice", PASSWORD).await;
        assert_eq!((page.url.path(), page.status), (path, StatusCode::OK), "{}", page.body);
        assert!(page.body.contains("aria-current=\"page\""), "{path}");
    }
    // Where a person goes on is never a stranger's to say.
    for to in ["//evil.example", "https://evil.example/", "/demo", "account/../x", ""] {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get(&format!("/login?to={to}")).await;
        assert!(!page.body.contains("evil"), "{}", page.body);
        let page = browser
            .submit(&page, &[("username", "alice"), ("password", PASSWORD), ("to", to)])
            .await;
        assert_eq!(page.url.path(), "/", "{to}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let bob = Owner::of(&daemon, "bob").await;
    let before = (kept(&daemon, "alice"), kinds(&daemon, "alice"));
    for (path, fields) in FORMS {
        for csrf in ["", "x", &bob.csrf] {
            let page = alice.browser.post(path, &[&[("csrf", csrf)], fields].concat()).await;
            // The page once more, or the list as it is.
            let is_calm = page.status == StatusCode::BAD_REQUEST && page.has("form-error");
            assert!(
                is_calm || path == "/account/sessions",
                "{path}: {} {}",
                page.status,
                page.body
            );
            assert!(
                !page.has("recovery-codes") && page.header("content-disposition").is_empty(),
                "{path}"
            );
        }
    }
    assert_eq!((kept(&daemon, "alice"), kinds(&daemon, "alice")), before);
    assert!(alice.is_signed_in().await);
    assert!(
        !alice.get("/account/authenticator").await.has("authenticator-key"),
        "nothing was begun"
    );
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_stranger_changes_nothing() {
    let daemon = daemon();
    let before = (kept(&daemon, "alice"), kinds(&daemon, "alice"));
    let browser = Browser::new(&daemon.issuer);
    let csrf = browser.get("/login").await.field("csrf");
    for (path, fields) in FORMS {
        let page = browser.post(path, &[&[("csrf", csrf.as_str())], fields].concat()).await;
        // What was typed into the profile is not thrown away: it can be sent again after a sign-in in another window.
        let waits = path == "/account/profile" && page.field("given_name") == "Mallory";
        assert!(
            page.has("login-submit") || waits,
            "{path}: {} {}",
            page.status,
            page.body
        );
    }
    assert_eq!((kept(&daemon, "alice"), kinds(&daemon, "alice")), before);
}

#[tokio::test]
async fn the_overview_tells_how_things_stand_and_what_is_worth_a_look() {
    let daemon = Daemon::start();
    daemon.cli_with(
        &[
            "user",
            "add",
            "alice",
            "--email",
            "alice@example.com",
            "--password-stdin",
        ],
        PASSWORD,
    );
    let alice = Owner::of(&daemon, "alice").await;
    let page = alice.get("/account").await;
    for said in [
        "You have only one way to sign in",
        "Your email address is not confirmed yet",
        "Not confirmed",
        "In 1 browser",
        "None has access",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    for id in [
        "profile",
        "password",
        "passkeys",
        "authenticator",
        "recovery-codes",
        "sessions",
        "apps",
        "activity",
        "export",
        "delete",
    ] {
        assert!(page.has(&format!("account-to-{id}")), "{id}");
    }
    // Nothing is worth a look that is as it should be.
    daemon.cli(&["user", "set", "alice", "--email-verified"]);
    assert!(!alice.get("/account").await.body.contains("not confirmed"));
    let signed_out = alice.browser.submit(&page, &[]).await;
    assert!(
        signed_out.body.contains("You are signed out") || signed_out.has("welcome-sign-in"),
        "{}",
        signed_out.body
    );
}

#[tokio::test]
async fn the_list_of_sessions_is_found_where_it_was() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let page = alice.get("/sessions").await;
    assert_eq!((page.url.path(), page.status), ("/account/sessions", StatusCode::OK));
}

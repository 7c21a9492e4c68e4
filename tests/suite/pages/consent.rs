//! The consent page.

use reqwest::StatusCode;

use super::{PASSWORD, SESSION, asking, assert_gone, daemon, is_signed_in, silent};
use crate::support::{App, Browser, Daemon, Page, SignIn, jwt};

/// Alice's browser at the consent page.
async fn at_consent(daemon: &Daemon, app: &App, scope: &str) -> (Browser, SignIn, Page) {
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin(scope, &[]);
    let page = browser.get(&sign_in.url).await;
    let page = browser.sign_in(&page, "alice", PASSWORD).await;
    assert!(page.has("consent-allow"), "{}", page.body);
    (browser, sign_in, page)
}

#[tokio::test]
async fn consent_is_asked_once_and_remembered_and_asked_again_for_more() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (browser, sign_in, page) = at_consent(&daemon, &app, "openid profile").await;
    let ended = browser.submit(&page, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;

    for scope in ["openid profile", "openid", "profile openid"] {
        let sign_in = app.begin(scope, &[]);
        app.code_of(&browser.get(&sign_in.url).await, &sign_in);
        assert_eq!(silent(&app, &browser, scope).await, "code");
    }
    assert_eq!(silent(&app, &browser, "openid email").await, "consent_required");
    let more = app.begin("openid email", &[]);
    let page = browser.get(&more.url).await;
    assert!(page.has("consent-allow"));
    let ended = browser.submit(&page, &[("decision", "allow")]).await;
    app.code_of(&ended, &more);
    assert_eq!(
        silent(&app, &browser, "openid profile email").await,
        "code",
        "what was allowed adds up"
    );
}

#[tokio::test]
async fn consent_is_each_persons_own_and_each_clients_own() {
    let daemon = daemon();
    let (app, other) = (asking(&daemon), asking(&daemon));
    let (browser, _, page) = at_consent(&daemon, &app, "openid").await;
    browser.submit(&page, &[("decision", "allow")]).await;

    assert_eq!(silent(&other, &browser, "openid").await, "consent_required");
    let bob = Browser::new(&daemon.issuer);
    let page = bob.get(&app.begin("openid", &[]).url).await;
    assert!(bob.sign_in(&page, "bob", PASSWORD).await.has("consent-allow"));
}

#[tokio::test]
async fn the_page_names_the_client_what_it_learns_who_is_asked_and_where_it_leads() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (_, _, page) = at_consent(&daemon, &app, "openid profile email offline_access").await;
    for words in [
        "Allow <bdi>App</bdi>",
        "<bdi>alice</bdi>",
        "<bdi>app.example</bdi>",
        "Who you are",
        "Your profile",
        "Your email address",
        "Access while you are away",
    ] {
        assert!(page.body.contains(words), "{words} in {}", page.body);
    }
    assert!(!page.body.contains("Your postal address"), "not asked for");
}

#[tokio::test]
async fn a_no_is_told_to_the_client_and_forgotten() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (browser, sign_in, page) = at_consent(&daemon, &app, "openid").await;
    let denied = browser.submit(&page, &[("decision", "deny")]).await;

    assert_eq!(denied.status, StatusCode::SEE_OTHER);
    assert!(denied.header("location").starts_with(&app.redirect_uri));
    for (name, value) in [
        ("error", "access_denied"),
        ("state", sign_in.state.as_str()),
        ("iss", app.issuer.as_str()),
    ] {
        assert_eq!(denied.redirect_param(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(denied.redirect_param("code"), None);
    assert!(is_signed_in(&browser).await, "a no is not a logout");
    assert!(browser.get(&app.begin("openid", &[]).url).await.has("consent-allow"));
}

#[tokio::test]
async fn another_account_can_be_taken_instead() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (browser, sign_in, page) = at_consent(&daemon, &app, "openid profile").await;

    let page = browser.submit(&page, &[("decision", "switch")]).await;
    assert!(page.has("login-submit"), "{}", page.body);
    let page = browser.sign_in(&page, "bob", PASSWORD).await;
    assert!(
        page.has("consent-allow") && page.body.contains("<bdi>bob</bdi>"),
        "{}",
        page.body
    );
    let ended = browser.submit(&page, &[("decision", "allow")]).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;
    assert_eq!(jwt::claims(tokens.id())["preferred_username"], "bob");
}

#[tokio::test]
async fn a_foreign_form_decides_nothing() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (browser, sign_in, page) = at_consent(&daemon, &app, "openid").await;
    let foreign = Browser::new(&daemon.issuer).get("/login").await.field("csrf");

    for decision in ["allow", "deny", "switch", "continue", "other"] {
        for csrf in ["", "A", foreign.as_str()] {
            let again = browser.submit(&page, &[("csrf", csrf), ("decision", decision)]).await;
            assert_eq!(again.url, page.url, "{decision} with {csrf:?}");
            assert!(again.has("consent-allow"));
        }
    }
    assert_eq!(silent(&app, &browser, "openid").await, "consent_required");
    let ended = browser.submit(&page, &[("decision", "allow")]).await;
    app.code_of(&ended, &sign_in);
}

#[tokio::test]
async fn another_browser_decides_nothing() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (browser, _, page) = at_consent(&daemon, &app, "openid").await;
    let mallory = Browser::new(&daemon.issuer);

    let without_cookies = mallory.submit(&page, &[("decision", "allow")]).await;
    assert_eq!(without_cookies.location(), None);
    assert!(!without_cookies.has("consent-allow"));
    let csrf = mallory.get("/login").await.field("csrf");
    for decision in ["allow", "deny"] {
        assert_gone(
            &mallory
                .submit(&page, &[("csrf", csrf.as_str()), ("decision", decision)])
                .await,
        );
    }
    // Not even somebody who has a session of their own.
    let login = mallory.get("/login").await;
    mallory.sign_in(&login, "bob", PASSWORD).await;
    assert_gone(
        &mallory
            .submit(&page, &[("csrf", csrf.as_str()), ("decision", "allow")])
            .await,
    );
    assert_gone(&mallory.get(page.url.as_str()).await);

    assert_eq!(silent(&app, &browser, "openid").await, "consent_required");
}

#[tokio::test]
async fn a_form_without_a_known_decision_is_shown_again() {
    let daemon = daemon();
    let app = asking(&daemon);
    let (browser, _, page) = at_consent(&daemon, &app, "openid").await;
    for decision in ["", "yes", "ALLOW", "continue", "allow "] {
        let again = browser.submit(&page, &[("decision", decision)]).await;
        assert_eq!(again.url, page.url, "{decision}");
        assert_eq!(again.cookie(SESSION), None);
    }
    assert_eq!(silent(&app, &browser, "openid").await, "consent_required");
}

#[tokio::test]
async fn a_first_party_client_asks_only_when_it_wants_to() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid profile email", &[]);
    let page = browser.get(&sign_in.url).await;
    let page = browser.sign_in(&page, "alice", PASSWORD).await;
    app.code_of(&page, &sign_in);

    let sign_in = app.begin("openid", &[("prompt", "consent")]);
    let page = browser.get(&sign_in.url).await;
    assert!(page.has("consent-allow"), "{}", page.body);
    let ended = browser.submit(&page, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;
}

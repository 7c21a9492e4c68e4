//! The password, by its owner's hand.

use reqwest::StatusCode;

use super::{Owner, daemon, kinds, told, with_people};
use crate::support::{App, Browser, Daemon, scene::PASSWORD};

const PAGE: &str = "/account/password";
const NEW: &str = "battery staple";

async fn change(owner: &Owner, current: &str, new: &str) -> crate::support::Page {
    let fields = [
        ("do", "set"),
        ("current", current),
        ("password", new),
        ("repeated", new),
    ];
    owner.post(PAGE, &fields).await
}

#[tokio::test]
async fn a_change_ends_everything_but_the_session_that_asks() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let there = Owner::of(&daemon, "alice").await;
    let tokens = app
        .sign_in(&there.browser, "openid offline_access", "alice", PASSWORD)
        .await;
    let here = Owner::of(&daemon, "alice").await;
    let page = change(&here, PASSWORD, NEW).await;
    assert!(page.has("form-done"), "{} {}", page.status, page.body);
    assert!(here.is_signed_in().await && !there.is_signed_in().await);
    assert_eq!(app.refresh(tokens.refresh()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(app.userinfo(tokens.access()).await.0, StatusCode::UNAUTHORIZED);
    // The old one is worth nothing, the new one is.
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get("/login").await;
    assert!(browser.sign_in(&login, "alice", PASSWORD).await.has("form-error"));
    Owner::with(&daemon, "alice", NEW).await;
    let event = told(&daemon, "password.changed");
    assert!(event.contains("127.0.0.1") && !event.contains("staple"), "{event}");
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    let daemon = with_people(
        Daemon::builder()
            .set("limits.login_per_account", "3")
            .set("limits.login_delay", "60s")
            .start(),
    );
    let alice = Owner::of(&daemon, "alice").await;
    for _ in 0..3 {
        let page = change(&alice, "wrong horse", NEW).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.has("form-error") && !page.body.contains("wrong horse") && !page.body.contains(NEW));
    }
    let page = change(&alice, PASSWORD, NEW).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{}", page.body);
    assert!(!page.header("retry-after").is_empty());
    // The sign-in page of the same browser counts with it.
    let login = alice.get("/login?to=password").await;
    let page = alice.browser.sign_in(&login, "alice", PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{}", page.url);
    assert!(told(&daemon, "login.failed").contains("current_password"));
}

#[tokio::test]
async fn a_password_that_nobody_should_have_is_refused_with_a_reason() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    for (new, said) in [
        ("short", "at least 8"),
        ("password", "most used"),
        ("alice alice", "name"),
    ] {
        let page = change(&alice, PASSWORD, new).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{new}");
        assert!(
            page.text("form-error").unwrap().contains(said),
            "{new}: {:?}",
            page.text("form-error")
        );
    }
    let fields = [
        ("do", "set"),
        ("current", PASSWORD),
        ("password", NEW),
        ("repeated", "battery stable"),
    ];
    let page = alice.post(PAGE, &fields).await;
    assert!(page.text("form-error").unwrap().contains("not the same"));
    Owner::of(&daemon, "alice").await;
}

#[tokio::test]
async fn the_only_way_in_cannot_be_removed() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    assert!(!alice.get(PAGE).await.has("password-remove"));
    let page = alice.post(PAGE, &[("do", "remove")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.text("form-error").unwrap().contains("last way in"),
        "{}",
        page.body
    );
    assert_eq!(kinds(&daemon, "alice"), ["password"]);
}

#[tokio::test]
async fn browsers_find_the_page_at_the_root_of_the_host() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let page = alice.get("/.well-known/change-password").await;
    assert_eq!((page.url.path(), page.status), (PAGE, StatusCode::OK));
    let stranger = Browser::new(&daemon.issuer);
    assert!(stranger.get("/.well-known/change-password").await.has("login-submit"));
    let daemon = Daemon::builder().set("server.issuer", "http://localhost:1/id").start();
    let redirect = Browser::new(&daemon.address())
        .get_only("/.well-known/change-password")
        .await;
    assert_eq!(redirect.location().unwrap().path(), "/id/account/password");
    assert_eq!(redirect.header("cache-control"), "no-store");
}

#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let (one, other) = tokio::join!(
        change(&alice, PASSWORD, NEW),
        change(&alice, PASSWORD, "another staple")
    );
    let done = [&one, &other].map(|page| page.has("form-done"));
    assert_ne!(
        done[0], done[1],
        "{} {} {} {}",
        one.status, one.url, other.status, other.url
    );
    let kept = if done[0] { NEW } else { "another staple" };
    Owner::with(&daemon, "alice", kept).await;
}

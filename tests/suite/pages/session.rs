//! Session fixation, and what a change of person leaves behind: nothing.

use serde_json::Value;

use super::{PASSWORD, SESSION, daemon, is_signed_in, sign_in_at_home, signed_in};
use crate::support::{App, Browser, Daemon, jwt};

/// A browser that shows one session cookie and nothing else.
fn with_session(daemon: &Daemon, cookie: &str) -> Browser {
    Browser::wearing(&daemon.issuer, &format!("{SESSION}={cookie}"))
}

#[tokio::test]
async fn a_planted_session_cookie_is_replaced_at_sign_in_and_never_becomes_good() {
    let daemon = daemon();
    let victim = Browser::new(&daemon.issuer);
    let page = victim.get("/login").await;
    let binding = page.cookie(super::BINDING).expect("a binding");
    let csrf = page.field("csrf");
    let planted = "planted-planted-planted-planted-planted-pla";

    let worn = Browser::wearing(
        &daemon.issuer,
        &format!("{SESSION}={planted}; {}={binding}", super::BINDING),
    );
    let fields = [("csrf", csrf.as_str()), ("username", "alice"), ("password", PASSWORD)];
    let answer = worn.post("/login", &fields).await;

    let cookie = answer.cookie(SESSION).expect("a session");
    assert_ne!(cookie, planted);
    assert!(cookie.len() >= 43, "256 bits of randomness");
    assert!(!is_signed_in(&with_session(&daemon, planted)).await);
    assert!(is_signed_in(&with_session(&daemon, &cookie)).await);
}

#[tokio::test]
async fn the_same_person_signing_in_again_keeps_the_sid_under_a_new_cookie() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let first = app.begin("openid", &[]);
    let page = browser.get(&first.url).await;
    let ended = browser.sign_in(&page, "alice", PASSWORD).await;
    let old = ended.cookie(SESSION).expect("a session");
    let before = app.redeem(&first, &app.code_of(&ended, &first)).await;

    let second = app.begin("openid", &[("prompt", "login")]);
    let page = browser.get(&second.url).await;
    let ended = browser.sign_in(&page, "alice", PASSWORD).await;
    let new = ended.cookie(SESSION).expect("a session");
    let after = app.redeem(&second, &app.code_of(&ended, &second)).await;

    assert_ne!(old, new);
    assert!(
        !is_signed_in(&with_session(&daemon, &old)).await,
        "the old cookie is dead"
    );
    assert!(is_signed_in(&with_session(&daemon, &new)).await);
    assert_eq!(sid(&before), sid(&after));
    assert_eq!(app.introspect(before.access()).await["active"], true);
}

#[tokio::test]
async fn another_person_gets_another_sid_and_nothing_of_the_former_session() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let first = app.begin("openid", &[]);
    let page = browser.get(&first.url).await;
    let ended = browser.sign_in(&page, "alice", PASSWORD).await;
    let old = ended.cookie(SESSION).expect("a session");
    let alice = app.redeem(&first, &app.code_of(&ended, &first)).await;

    let second = app.begin("openid", &[("prompt", "login")]);
    let page = browser.get(&second.url).await;
    let ended = browser.sign_in(&page, "bob", PASSWORD).await;
    let new = ended.cookie(SESSION).expect("a session");
    let bob = app.redeem(&second, &app.code_of(&ended, &second)).await;

    assert_ne!(old, new);
    assert_ne!(sid(&alice), sid(&bob));
    assert_ne!(jwt::claims(alice.id())["sub"], jwt::claims(bob.id())["sub"]);
    assert!(!is_signed_in(&with_session(&daemon, &old)).await);
    assert_eq!(app.introspect(alice.access()).await["active"], false);
    assert_eq!(app.introspect(bob.access()).await["active"], true);
    assert!(!browser.get("/").await.body.contains("alice"));
}

#[tokio::test]
async fn a_failed_sign_in_leaves_the_session_as_it_was() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (browser, _) = signed_in(&daemon, "alice").await;
    let page = browser.get(&app.begin("openid", &[("prompt", "login")]).url).await;
    browser.sign_in(&page, "bob", "wrong horse").await;
    assert!(browser.get("/").await.body.contains("<bdi>alice</bdi>"));
}

#[tokio::test]
async fn sessions_of_two_browsers_are_two() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (one, two) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let here = app.sign_in(&one, "openid", "alice", PASSWORD).await;
    let there = app.sign_in(&two, "openid", "alice", PASSWORD).await;
    assert_ne!(sid(&here), sid(&there));

    one.submit(&one.get("/").await, &[]).await;
    assert!(!is_signed_in(&one).await);
    assert!(is_signed_in(&two).await, "the other browser stays signed in");
    assert_eq!(app.introspect(there.access()).await["active"], true);
}

#[tokio::test]
async fn a_password_change_and_a_disabling_end_every_session_at_once() {
    let daemon = daemon();
    let (alice, _) = signed_in(&daemon, "alice").await;
    let (bob, _) = signed_in(&daemon, "bob").await;
    daemon.cli_with(&["user", "password", "alice", "--password-stdin"], "another horse");
    daemon.cli(&["user", "disable", "bob"]);
    assert!(!is_signed_in(&alice).await);
    assert!(!is_signed_in(&bob).await);

    daemon.cli(&["user", "enable", "bob"]);
    assert!(!is_signed_in(&bob).await, "what ended stays ended");
    sign_in_at_home(&bob, "bob").await;
}

fn sid(tokens: &crate::support::Tokens) -> Value {
    let sid = jwt::claims(tokens.id())["sid"].clone();
    assert!(sid.is_string());
    sid
}

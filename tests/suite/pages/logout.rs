//! Signing out on our own pages, and what ends with a session.

use super::{PASSWORD, SESSION, asking, daemon, is_signed_in, signed_in, silent};
use crate::support::{App, Browser};

#[tokio::test]
async fn the_person_is_asked_and_may_stay() {
    let daemon = daemon();
    let (browser, _) = signed_in(&daemon, "alice").await;
    let page = browser.get("/logout").await;
    assert!(
        page.has("logout-confirm") && page.body.contains("<bdi>alice</bdi>"),
        "{}",
        page.body
    );
    assert!(is_signed_in(&browser).await, "asking is not yet leaving");

    let page = browser.submit(&page, &[("decision", "stay")]).await;
    assert!(page.has("home-sign-out"), "{}", page.body);
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_confirmed_logout_ends_the_session_and_takes_the_cookie_away() {
    let daemon = daemon();
    let (browser, home) = signed_in(&daemon, "alice").await;
    let cookie = home.cookie(SESSION).expect("a session");
    let page = browser.get("/logout").await;
    let page = browser.submit(&page, &[("decision", "leave")]).await;

    assert!(page.body.contains("<h1>You are signed out</h1>"), "{}", page.body);
    assert_eq!(page.cookie(SESSION).as_deref(), Some(""));
    assert!(page.set_cookies[0].contains("Max-Age=0"), "{:?}", page.set_cookies);
    assert!(!is_signed_in(&browser).await);
    let thief = Browser::wearing(&daemon.issuer, &format!("{SESSION}={cookie}"));
    assert!(!is_signed_in(&thief).await, "a copy of the cookie is dead too");
}

#[tokio::test]
async fn the_home_page_signs_out_with_one_button() {
    let daemon = daemon();
    let (browser, home) = signed_in(&daemon, "alice").await;
    let page = browser.submit(&home, &[]).await;
    assert!(page.body.contains("<h1>You are signed out</h1>"), "{}", page.body);
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_foreign_form_signs_nobody_out() {
    let daemon = daemon();
    let (browser, _) = signed_in(&daemon, "alice").await;
    let foreign = Browser::new(&daemon.issuer).get("/login").await.field("csrf");
    for csrf in ["", "A", foreign.as_str()] {
        for fields in [
            vec![("csrf", csrf)],
            vec![("csrf", csrf), ("decision", "leave")],
            vec![("decision", "leave")],
        ] {
            let page = browser.post("/logout/confirm", &fields).await;
            assert!(page.has("logout-confirm"), "{}", page.body);
            assert!(is_signed_in(&browser).await, "{fields:?}");
        }
    }
}

#[tokio::test]
async fn what_was_granted_in_a_session_ends_with_it_but_for_offline_access() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let online = app.sign_in(&browser, "openid profile", "alice", PASSWORD).await;
    let offline = app
        .sign_in(&browser, "openid profile offline_access", "alice", PASSWORD)
        .await;
    let unspent = app.begin("openid", &[]);
    let code = app.code(&browser, &unspent, "alice", PASSWORD).await;
    assert_eq!(silent(&app, &browser, "openid").await, "code");

    browser.submit(&browser.get("/").await, &[]).await;

    assert_eq!(silent(&app, &browser, "openid").await, "login_required");
    assert_eq!(app.introspect(online.access()).await["active"], false);
    assert_eq!(app.userinfo(online.access()).await.0, 401);
    if let Some(token) = online.0["refresh_token"].as_str() {
        let (status, body) = app.refresh(token).await;
        assert_eq!((status.as_u16(), &body["error"]), (400, &"invalid_grant".into()));
    }
    let (status, body) = app.redeem_with(&unspent, &code, &[]).await;
    assert_eq!((status.as_u16(), &body["error"]), (400, &"invalid_grant".into()));

    assert_eq!(app.introspect(offline.access()).await["active"], true);
    let (status, again) = app.refresh(offline.refresh()).await;
    assert_eq!(status, 200, "{again}");
}

#[tokio::test]
async fn a_logout_in_one_tab_ends_a_consent_page_in_another() {
    let daemon = daemon();
    let app = asking(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let page = browser.get(&sign_in.url).await;
    let consent = browser.sign_in(&page, "alice", PASSWORD).await;
    browser.submit(&browser.get("/").await, &[]).await;

    let page = browser.get(consent.url.as_str()).await;
    assert!(page.has("login-submit"), "{}", page.body);
}

#[tokio::test]
async fn the_page_after_a_logout_has_a_way_in_again() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/logout").await;
    assert!(page.body.contains("href=\"/login\""), "{}", page.body);
}

//! Refresh tokens: rotation, retry and reuse (RFC 6749, 6; RFC 9700, 4.14.2; OpenID Connect Core, 11 and 12).

use reqwest::StatusCode;

use crate::support::{
    App, Daemon, Scene, Tokens, forge, jwt,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

const OFFLINE: &str = "openid email offline_access";

/// A daemon on which a retry is a retry for as long as any test may take.
fn patient() -> Scene {
    Scene::of(Daemon::builder().set("tokens.refresh_reuse_window", "1m"))
}

/// A daemon on which every second use is a reuse.
fn strict() -> Scene {
    Scene::of(Daemon::builder().set("tokens.refresh_reuse_window", "0s"))
}

async fn refreshed(app: &App, refresh_token: &str) -> Tokens {
    let (status, body) = app.refresh(refresh_token).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    Tokens(body)
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_for_the_old_login() {
    let scene = patient();
    let first = scene.tokens(OFFLINE).await;
    clock_shows(unix_now() + 1).await;
    let second = refreshed(&scene.app, first.refresh()).await;

    // RFC 6749, 5.1 and 6.
    assert_eq!(second.0["token_type"], "Bearer");
    assert_eq!(second.0["expires_in"], 3600);
    assert_eq!(second.0["scope"], first.0["scope"]);
    for name in ["access_token", "refresh_token", "id_token"] {
        assert_ne!(second.0[name], first.0[name], "{name}");
    }
    assert!(second.refresh().len() >= 43, "256 bits");
    // OpenID Connect Core, 12.2.
    let (before, after) = (jwt::claims(first.id()), jwt::claims(second.id()));
    for same in ["iss", "sub", "aud", "azp", "auth_time", "sid", "amr", "email"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert!(after["iat"].as_u64() > before["iat"].as_u64());
    assert!(after.get("nonce").is_none() && before.get("nonce").is_some());
    let (before, after) = (jwt::claims(first.access()), jwt::claims(second.access()));
    for same in ["iss", "sub", "aud", "client_id", "auth_time", "sid", "scope"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_ne!(after["jti"], before["jti"]);
    assert!(scene.app.accepted(first.access()).await && scene.app.accepted(second.access()).await);
}

#[tokio::test]
async fn a_refresh_token_is_given_for_offline_access_only() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid").await;
    assert!(tokens.0.get("refresh_token").is_none(), "OpenID Connect Core, 11");
    let app = App::with(&scene.daemon, &["--first-party", "--grant", "authorization_code"]);
    let tokens = scene.tokens_for(&app, OFFLINE).await;
    assert!(tokens.0.get("refresh_token").is_none(), "this client may not refresh");
}

#[tokio::test]
async fn a_retry_in_the_window_gets_the_same_successor() {
    let scene = patient();
    let first = scene.tokens(OFFLINE).await;
    let second = refreshed(&scene.app, first.refresh()).await;
    // RFC 9700, 4.14.2: an answer was lost, or a second tab was slower.
    let again = refreshed(&scene.app, first.refresh()).await;
    assert_eq!(again.refresh(), second.refresh());
    assert_ne!(again.access(), second.access());
    let third = refreshed(&scene.app, second.refresh()).await;
    assert_ne!(third.refresh(), second.refresh());
    assert_eq!(refreshed(&scene.app, second.refresh()).await.refresh(), third.refresh());
    for tokens in [&first, &second, &again, &third] {
        assert!(scene.app.accepted(tokens.access()).await);
    }
}

#[tokio::test]
async fn a_reuse_after_the_window_ends_the_whole_family() {
    let scene = strict();
    let app = &scene.app;
    let other_family = scene.tokens(OFFLINE).await;
    let mut family = vec![scene.tokens(OFFLINE).await];
    for _ in 0..3 {
        family.push(refreshed(app, family[family.len() - 1].refresh()).await);
    }
    // RFC 9700, 4.14.2: an old one, not even the last, is a thief's or its victim's.
    app.ask_refresh(family[1].refresh()).await.refused(400, "invalid_grant");
    for tokens in &family {
        app.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
        assert!(!app.accepted(tokens.access()).await);
        assert!(!app.is_active(tokens.access()).await && !app.is_active(tokens.refresh()).await);
    }
    assert!(app.accepted(other_family.access()).await);
    refreshed(app, other_family.refresh()).await;
}

#[tokio::test]
async fn the_window_closes() {
    let scene = Scene::of(Daemon::builder().set("tokens.refresh_reuse_window", "2s"));
    let first = scene.tokens(OFFLINE).await;
    let second = refreshed(&scene.app, first.refresh()).await;
    clock_shows(unix_now() + 3).await;
    scene
        .app
        .ask_refresh(first.refresh())
        .await
        .refused(400, "invalid_grant");
    scene
        .app
        .ask_refresh(second.refresh())
        .await
        .refused(400, "invalid_grant");
    assert!(!scene.app.accepted(second.access()).await);
}

#[tokio::test]
async fn a_refresh_token_is_of_use_to_its_own_client_only() {
    let scene = strict();
    let others = [App::confidential(&scene.daemon), App::public(&scene.daemon)];
    let first = scene.tokens(OFFLINE).await;
    for other in &others {
        // RFC 6749, 10.4: bound to the client. And the stranger's try must not look like a reuse.
        other.ask_refresh(first.refresh()).await.refused(400, "invalid_grant");
    }
    let second = refreshed(&scene.app, first.refresh()).await;
    for other in &others {
        other.ask_refresh(first.refresh()).await.refused(400, "invalid_grant");
    }
    assert!(scene.app.accepted(second.access()).await);
    refreshed(&scene.app, second.refresh()).await;
}

#[tokio::test]
async fn a_refresh_token_that_was_tampered_with_is_refused() {
    let scene = strict();
    let tokens = scene.tokens(OFFLINE).await;
    let mut wrong = forge::mangled(tokens.refresh());
    wrong.push(("an access token".to_owned(), tokens.access().to_owned()));
    wrong.push(("an ID token".to_owned(), tokens.id().to_owned()));
    wrong.push(("a very long one".to_owned(), "A".repeat(10_000)));
    for (what, token) in wrong {
        println!("{what}");
        scene.app.ask_refresh(&token).await.refused(400, "invalid_grant");
    }
    refreshed(&scene.app, tokens.refresh()).await;
}

#[tokio::test]
async fn a_refresh_may_narrow_the_scope_and_never_widens_it() {
    let scene = patient();
    let app = &scene.app;
    let tokens = scene.tokens(OFFLINE).await;
    let ask = async |refresh_token: &str, scope: &str| {
        let params = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("scope", scope),
        ];
        app.ask("/token", &params).await
    };
    // RFC 6749, 6.
    for wider in ["openid email profile", "phone", "openid email offline_access admin"] {
        ask(tokens.refresh(), wider).await.refused(400, "invalid_scope");
    }
    ask(tokens.refresh(), "a\"b").await.refused(400, "invalid_scope");
    // What was refused has spent nothing.
    let narrow = Tokens(ask(tokens.refresh(), "email openid").await.json());
    assert_eq!(narrow.0["scope"], "email openid");
    assert_eq!(jwt::claims(narrow.access())["scope"], "email openid");
    let without = Tokens(ask(narrow.refresh(), "email").await.json());
    assert!(without.0.get("id_token").is_none(), "no openid, no ID token");
    let userinfo = app
        .http
        .get(scene.daemon.url("/userinfo"))
        .bearer_auth(without.access());
    assert_eq!(userinfo.send().await.expect("an answer").status(), 403);
    // The new refresh token has the scope of the old one.
    let whole = refreshed(app, without.refresh()).await;
    assert_eq!(whole.0["scope"], tokens.0["scope"]);
}

#[tokio::test]
async fn a_refresh_token_expires_when_it_lies_unused() {
    let scene = patient();
    let app = App::with(&scene.daemon, &["--first-party", "--refresh-token-lifetime", "3s"]);
    let first = scene.tokens_for(&app, OFFLINE).await;
    clock_shows(unix_now() + 1).await;
    // Each use renews the time.
    let second = refreshed(&app, first.refresh()).await;
    clock_shows(unix_now() + 3).await;
    app.ask_refresh(second.refresh()).await.refused(400, "invalid_grant");
    assert!(!app.is_active(second.refresh()).await);
    assert!(app.accepted(second.access()).await, "expiry is no theft");
}

#[tokio::test]
async fn a_family_ends_although_it_is_used() {
    let builder = Daemon::builder()
        .set("tokens.refresh_lifetime", "3s")
        .set("tokens.refresh_max_lifetime", "3s")
        .set("tokens.access_lifetime", "1s");
    let scene = Scene::of(builder);
    let first = scene.tokens(OFFLINE).await;
    let end = unix_now() + 3;
    let second = refreshed(&scene.app, first.refresh()).await;
    clock_shows(end).await;
    scene
        .app
        .ask_refresh(second.refresh())
        .await
        .refused(400, "invalid_grant");
}

#[tokio::test]
async fn rotation_survives_a_kill() {
    let mut scene = strict();
    let spent = scene.tokens(OFFLINE).await;
    let live = refreshed(&scene.app, spent.refresh()).await;
    let other = scene.tokens(OFFLINE).await;
    scene.kill_and_start_again();
    // Threats 2: what was rotated stays rotated, and its reuse is seen.
    scene
        .app
        .ask_refresh(spent.refresh())
        .await
        .refused(400, "invalid_grant");
    scene
        .app
        .ask_refresh(live.refresh())
        .await
        .refused(400, "invalid_grant");
    assert!(!scene.app.accepted(live.access()).await);
    refreshed(&scene.app, other.refresh()).await;

    scene.kill_and_start_again();
    scene
        .app
        .ask_refresh(live.refresh())
        .await
        .refused(400, "invalid_grant");
}

#[tokio::test]
async fn a_retry_gets_the_same_successor_across_a_restart() {
    let mut scene = patient();
    let first = scene.tokens(OFFLINE).await;
    let second = refreshed(&scene.app, first.refresh()).await;
    scene.kill_and_start_again();
    assert_eq!(refreshed(&scene.app, first.refresh()).await.refresh(), second.refresh());
}

#[tokio::test]
async fn a_public_client_refreshes_with_its_name_alone() {
    let scene = strict();
    let app = App::public(&scene.daemon);
    let tokens = scene.tokens_for(&app, OFFLINE).await;
    let next = refreshed(&app, tokens.refresh()).await;
    app.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    app.ask_refresh(next.refresh()).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn offline_access_outlives_the_session_and_the_rest_does_not() {
    let scene = patient();
    let online = scene.tokens("openid").await;
    let offline = scene.tokens(OFFLINE).await;
    let page = scene
        .browser
        .get(&format!("/logout?id_token_hint={}", online.id()))
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(!scene.app.accepted(online.access()).await);
    assert!(scene.app.accepted(offline.access()).await);
    refreshed(&scene.app, offline.refresh()).await;
    let (_, page) = scene.app.authorize(&scene.browser, "openid", &[]).await;
    assert!(page.is_login());
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(page.redirect_param("code").is_some());
}

//! Token revocation (RFC 7009).

use crate::support::{App, Daemon, Scene, forge};

const OFFLINE: &str = "openid offline_access";

#[tokio::test]
async fn a_revoked_refresh_token_takes_all_that_came_of_the_grant_with_it() {
    let scene = Scene::start();
    let app = &scene.app;
    let first = scene.tokens(OFFLINE).await;
    let (_, next) = app.refresh(first.refresh()).await;
    let second = crate::support::Tokens(next);
    // RFC 7009, 2.1. Also by an old one of the family: whoever has it means the grant.
    for revoked in [second.refresh(), first.refresh()] {
        let untouched = scene.tokens(OFFLINE).await;
        app.revoke(revoked).await;
        for tokens in [&first, &second] {
            assert!(!app.accepted(tokens.access()).await && !app.is_active(tokens.access()).await);
            assert!(!app.is_active(tokens.refresh()).await);
            app.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
        }
        assert!(app.accepted(untouched.access()).await);
    }
    let first = scene.tokens(OFFLINE).await;
    let (_, next) = app.refresh(first.refresh()).await;
    app.revoke(first.refresh()).await;
    let next = crate::support::Tokens(next);
    app.ask_refresh(next.refresh()).await.refused(400, "invalid_grant");
    assert!(!app.accepted(next.access()).await);
}

#[tokio::test]
async fn a_revoked_access_token_goes_alone() {
    let scene = Scene::start();
    let first = scene.tokens(OFFLINE).await;
    let (_, next) = scene.app.refresh(first.refresh()).await;
    scene.app.revoke(first.access()).await;
    assert!(!scene.app.accepted(first.access()).await && !scene.app.is_active(first.access()).await);
    let next = crate::support::Tokens(next);
    assert!(scene.app.accepted(next.access()).await);
    assert_eq!(scene.app.refresh(next.refresh()).await.0, 200);
}

#[tokio::test]
async fn a_token_that_nobody_knows_is_no_error() {
    let scene = Scene::start();
    let tokens = scene.tokens(OFFLINE).await;
    // RFC 7009, 2.2. App::revoke asserts 200 and an empty body.
    for token in ["x", "a.b.c", tokens.id(), &"A".repeat(20_000), "\u{1F600}"] {
        scene.app.revoke(token).await;
    }
    for (_, mangled) in forge::mangled(tokens.access())
        .iter()
        .chain(&forge::mangled(tokens.refresh()))
    {
        scene.app.revoke(mangled).await;
    }
    assert!(
        scene.app.accepted(tokens.access()).await,
        "and none of it revoked anything"
    );
    for token in [tokens.access(), tokens.access(), tokens.refresh(), tokens.refresh()] {
        scene.app.revoke(token).await;
    }
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_hint_may_be_wrong() {
    let scene = Scene::start();
    // RFC 7009, 2.1: the server looks further when the hint does not help.
    for hint in ["access_token", "refresh_token", "unheard_of", "id_token"] {
        let tokens = scene.tokens(OFFLINE).await;
        for token in [tokens.access(), tokens.refresh()] {
            let params = [("token", token), ("token_type_hint", hint)];
            assert_eq!(scene.app.ask("/revoke", &params).await.status, 200, "{hint}");
            assert!(!scene.app.is_active(token).await, "{hint}");
        }
    }
}

#[tokio::test]
async fn a_token_is_revoked_by_its_own_client_only() {
    let scene = Scene::start();
    let tokens = scene.tokens(OFFLINE).await;
    let public = App::public(&scene.daemon);
    for other in [&App::confidential(&scene.daemon), &public] {
        for token in [tokens.access(), tokens.refresh()] {
            // RFC 7009, 2.1: the request is refused and the client is told.
            other
                .ask("/revoke", &[("token", token)])
                .await
                .refused(400, "invalid_grant");
        }
    }
    assert!(scene.app.accepted(tokens.access()).await && scene.app.is_active(tokens.refresh()).await);
    // RFC 7009, 5: a public client revokes what is its own.
    let own = scene.tokens_for(&public, OFFLINE).await;
    public.revoke(own.access()).await;
    assert!(!public.accepted(own.access()).await);
    public.revoke(own.refresh()).await;
    public.ask_refresh(own.refresh()).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn a_wrong_request_is_told_so() {
    let scene = Scene::start();
    let tokens = scene.tokens(OFFLINE).await;
    let token = ("token", tokens.refresh());
    scene.app.ask("/revoke", &[]).await.refused(400, "invalid_request");
    scene
        .app
        .ask("/revoke", &[("token", "")])
        .await
        .refused(400, "invalid_request");
    scene
        .app
        .ask("/revoke", &[token, token])
        .await
        .refused(400, "invalid_request");
    scene
        .app
        .send("/revoke", None, &[token])
        .await
        .refused(401, "invalid_client");
    let by_name = [token, ("client_id", scene.app.client_id.as_str())];
    scene
        .app
        .send("/revoke", None, &by_name)
        .await
        .refused(401, "invalid_client");
    let get = scene.app.http.get(scene.daemon.url("/revoke")).query(&[token]);
    assert_eq!(get.send().await.expect("an answer").status(), 405);
    assert!(scene.app.is_active(tokens.refresh()).await);
}

#[tokio::test]
async fn a_revocation_survives_a_kill() {
    let mut scene = Scene::of(Daemon::builder());
    let (alone, family) = (scene.tokens(OFFLINE).await, scene.tokens(OFFLINE).await);
    scene.app.revoke(alone.access()).await;
    scene.app.revoke(family.refresh()).await;
    scene.kill_and_start_again();
    assert!(!scene.app.accepted(alone.access()).await);
    assert!(!scene.app.accepted(family.access()).await);
    scene
        .app
        .ask_refresh(family.refresh())
        .await
        .refused(400, "invalid_grant");
    assert_eq!(scene.app.refresh(alone.refresh()).await.0, 200);
}

//! Token introspection (RFC 7662).

use serde_json::{Value, json};

use crate::support::{App, Daemon, Registrant, Scene, jwt, scene::PASSWORD};

#[tokio::test]
async fn a_resource_server_learns_what_a_token_is_good_for() {
    let scene = Scene::start();
    let resource_server = App::with(&scene.daemon, &[]);
    let tokens = scene.tokens("openid profile offline_access").await;
    let answer = resource_server.ask("/introspect", &[("token", tokens.access())]).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "",
        "no business of a script"
    );
    let seen = answer.json();
    // RFC 7662, 2.2.
    let claims = jwt::claims(tokens.access());
    for same in [
        "iss",
        "sub",
        "aud",
        "client_id",
        "scope",
        "exp",
        "iat",
        "jti",
        "role",
        "tenant_id",
        "organization_ids",
    ] {
        assert_eq!(seen[same], claims[same], "{same}");
    }
    assert_eq!(
        (&seen["active"], &seen["token_type"], &seen["username"]),
        (&json!(true), &json!("Bearer"), &json!("alice"))
    );
    // A hint, right or wrong, changes nothing (RFC 7662, 2.1).
    for hint in ["access_token", "refresh_token", "unheard_of"] {
        let params = [("token", tokens.access()), ("token_type_hint", hint)];
        assert_eq!(resource_server.post("/introspect", &params).await.1, seen);
    }
}

#[tokio::test]
async fn a_refresh_token_is_told_of_to_its_own_client_only() {
    let scene = Scene::start();
    let stranger = App::confidential(&scene.daemon);
    let tokens = scene.tokens("openid offline_access").await;
    let seen = scene.app.introspect(tokens.refresh()).await;
    assert_eq!(
        (&seen["active"], &seen["client_id"]),
        (&json!(true), &json!(scene.app.client_id))
    );
    assert_eq!(seen["scope"], "offline_access openid");
    assert!(!stranger.is_active(tokens.refresh()).await);
    assert!(stranger.is_active(tokens.access()).await);
    let (_, next) = scene.app.refresh(tokens.refresh()).await;
    assert!(!scene.app.is_active(tokens.refresh()).await, "rotated");
    assert!(
        scene
            .app
            .is_active(next["refresh_token"].as_str().expect("a token"))
            .await
    );
}

#[tokio::test]
async fn whatever_is_not_good_looks_the_same() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid").await;
    let (_, code) = scene.code("openid").await;
    let elsewhere = Scene::of(Daemon::builder());
    let foreign = elsewhere.tokens("openid").await;
    let long = "A".repeat(20_000);
    // App::is_active asserts that nothing but `active` is told.
    for token in [
        tokens.id(),
        &code,
        foreign.access(),
        "x",
        "a.b.c",
        "...",
        "\u{1F600}",
        &long,
        PASSWORD,
    ] {
        assert!(!scene.app.is_active(token).await, "{token}");
    }
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn nobody_asks_without_a_secret() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid").await;
    let token = [("token", tokens.access())];
    let public = App::public(&scene.daemon);
    public.ask("/introspect", &token).await.refused(401, "invalid_client");
    scene
        .app
        .send("/introspect", None, &token)
        .await
        .refused(401, "invalid_client");
    // The token itself is no authentication here.
    let bearer = format!("Bearer {}", tokens.access());
    let answer = scene.app.send("/introspect", Some(&bearer), &token).await;
    answer.refused(401, "invalid_client");
    scene.app.ask("/introspect", &[]).await.refused(400, "invalid_request");
    scene
        .app
        .ask("/introspect", &[("token", "")])
        .await
        .refused(400, "invalid_request");
    let twice = [token[0], token[0]];
    scene
        .app
        .ask("/introspect", &twice)
        .await
        .refused(400, "invalid_request");
    let get = scene.app.http.get(scene.daemon.url("/introspect")).query(&token);
    assert_eq!(get.send().await.expect("an answer").status(), 405);
    assert_eq!(Value::from(false), scene.app.introspect("x").await["active"]);
}

#[tokio::test]
async fn a_client_that_registered_itself_learns_of_its_own_tokens_only() {
    // RFC 7662, 4: nobody vouched for it.
    let scene = Scene::of(Daemon::builder().set("registration.mode", "open"));
    let registrant = Registrant::of(&scene.daemon);
    let grants = json!({"grant_types": ["authorization_code", "refresh_token"]});
    let (stranger, _) = registrant.app(&scene.daemon, grants).await;
    let own = scene.tokens_for(&stranger, "openid offline_access").await;
    let foreign = scene.tokens("openid offline_access").await;
    for (token, active) in [
        (own.access(), true),
        (own.refresh(), true),
        (foreign.access(), false),
        (foreign.refresh(), false),
    ] {
        let answer = stranger.introspect(token).await;
        assert_eq!(answer["active"], active);
        assert!(active || answer == json!({"active": false}), "{answer}");
    }
    assert_eq!(
        scene.app.introspect(own.access()).await["active"],
        true,
        "an operator's client is a resource server"
    );
}

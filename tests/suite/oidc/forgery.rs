//! Tokens that are nearly right are wrong at every door (RFC 8725; threats 19).

use serde_json::json;

use crate::support::{App, Scene, forge};

/// By form, so that even a line break arrives.
async fn accepted(app: &App, token: &str) -> bool {
    let answer = app.send("/userinfo", None, &[("access_token", token)]).await;
    if answer.status != 200 {
        answer.refused(401, "invalid_token");
    }
    answer.status == 200
}

#[tokio::test]
async fn an_access_token_that_was_tampered_with_is_refused() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid email").await;
    let jwks = scene.browser.get("/.well-known/jwks.json").await.json();
    let mut wrong = forge::mangled(tokens.access());
    let forged = forge::forged(tokens.access(), &jwks);
    wrong.extend(forged.into_iter().map(|(what, token)| (what.to_owned(), token)));
    for (name, value) in [
        ("sub", json!("somebody")),
        ("exp", json!(9_999_999_999_u64)),
        ("scope", json!("openid email profile phone")),
        ("client_id", json!("other")),
        ("role", json!("admin")),
        ("jti", json!("x")),
    ] {
        wrong.push((
            format!("another {name}"),
            forge::with_claim(tokens.access(), name, &value),
        ));
    }
    wrong.push(("an ID token".to_owned(), tokens.id().to_owned()));
    wrong.push((
        "the claims alone".to_owned(),
        tokens.access().split('.').nth(1).expect("claims").to_owned(),
    ));
    assert!(accepted(&scene.app, tokens.access()).await && scene.app.is_active(tokens.access()).await);
    for (what, token) in wrong {
        assert!(!accepted(&scene.app, &token).await, "userinfo: {what}");
        assert!(!scene.app.is_active(&token).await, "introspection: {what}");
        scene.app.revoke(&token).await;
    }
    assert!(
        accepted(&scene.app, tokens.access()).await,
        "and none of it could revoke the right one"
    );
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_forged_hint_signs_nobody_out() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid").await;
    let jwks = scene.browser.get("/.well-known/jwks.json").await.json();
    let mut wrong = forge::mangled(tokens.id());
    let forged = forge::forged(tokens.id(), &jwks);
    wrong.extend(forged.into_iter().map(|(what, token)| (what.to_owned(), token)));
    wrong.push(("an access token".to_owned(), tokens.access().to_owned()));
    for (what, hint) in wrong {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("id_token_hint", &hint)
            .finish();
        let page = scene.browser.get(&format!("/logout?{query}")).await;
        assert!(
            page.body.contains("logout-confirm"),
            "{what}: {} {}",
            page.status,
            page.body
        );
        assert!(scene.app.accepted(tokens.access()).await, "{what}");
    }
}

#[tokio::test]
async fn a_token_of_another_provider_is_a_strangers() {
    let (here, elsewhere) = (Scene::start(), Scene::start());
    let foreign = elsewhere.tokens("openid offline_access").await;
    here.tokens("openid").await;
    assert!(!accepted(&here.app, foreign.access()).await && !here.app.is_active(foreign.access()).await);
    here.app
        .ask_refresh(foreign.refresh())
        .await
        .refused(400, "invalid_grant");
    let more = [("id_token_hint", foreign.id()), ("prompt", "none")];
    let (sign_in, page) = here.app.authorize(&here.browser, "openid", &more).await;
    assert_eq!(page.redirect_error(&here.app, &sign_in), "invalid_request");
}

//! What the person is asked: prompt, max_age and id_token_hint (OpenID Connect Core, 3.1.2.1).

use crate::support::{
    App, Page, Scene, SignIn, Tokens, forge, jwt,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

fn auth_time(id_token: &str) -> u64 {
    jwt::claims(id_token)["auth_time"].as_u64().expect("auth_time")
}

async fn tokens_of(app: &App, (sign_in, page): (SignIn, Page)) -> Tokens {
    let code = app.code_of(&page, &sign_in);
    app.redeem(&sign_in, &code).await
}

#[tokio::test]
async fn prompt_none_shows_no_page() {
    let scene = Scene::start();
    let third_party = App::with(&scene.daemon, &[]);
    let none = [("prompt", "none")];
    let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &none).await;
    assert_eq!(page.redirect_error(&scene.app, &sign_in), "login_required");
    let first = scene.tokens("openid").await;
    clock_shows(unix_now() + 1).await;
    let second = tokens_of(&scene.app, scene.app.authorize(&scene.browser, "openid", &none).await).await;
    let (before, after) = (jwt::claims(first.id()), jwt::claims(second.id()));
    for same in ["sub", "auth_time", "sid"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    // A yes that was never said cannot be remembered; once said it is.
    let (sign_in, page) = third_party.authorize(&scene.browser, "openid email", &none).await;
    assert_eq!(page.redirect_error(&third_party, &sign_in), "consent_required");
    scene.tokens_for(&third_party, "openid email").await;
    for scope in ["openid email", "openid"] {
        tokens_of(&third_party, third_party.authorize(&scene.browser, scope, &none).await).await;
    }
    let (sign_in, page) = third_party.authorize(&scene.browser, "openid phone", &none).await;
    assert_eq!(page.redirect_error(&third_party, &sign_in), "consent_required");
}

#[tokio::test]
async fn prompt_login_asks_for_the_password_again() {
    let scene = Scene::start();
    let first = scene.tokens("openid").await;
    clock_shows(auth_time(first.id()) + 1).await;
    let (sign_in, page) = scene
        .app
        .authorize(&scene.browser, "openid", &[("prompt", "login")])
        .await;
    assert!(page.is_login());
    // Neither another tab nor a second look is a login for this request.
    scene.tokens("openid").await;
    assert!(scene.browser.get(page.url.as_str()).await.is_login());
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    let second = tokens_of(&scene.app, (sign_in, page)).await;
    assert!(auth_time(second.id()) > auth_time(first.id()));
    assert_eq!(
        jwt::claims(second.id())["sid"],
        jwt::claims(first.id())["sid"],
        "the same person, the same session"
    );
    assert!(scene.app.accepted(first.access()).await);
}

#[tokio::test]
async fn somebody_else_gets_a_session_of_their_own() {
    let scene = Scene::start();
    scene.daemon.add_user("bob", PASSWORD, &[]);
    let first = scene.tokens("openid").await;
    let (sign_in, page) = scene
        .app
        .authorize(&scene.browser, "openid", &[("prompt", "login")])
        .await;
    let page = scene.browser.sign_in(&page, "bob", PASSWORD).await;
    let second = tokens_of(&scene.app, (sign_in, page)).await;
    // Threats 3 and 4.
    for differs in ["sub", "sid"] {
        assert_ne!(
            jwt::claims(second.id())[differs],
            jwt::claims(first.id())[differs],
            "{differs}"
        );
    }
    assert!(
        !scene.app.accepted(first.access()).await,
        "the session of the first has ended"
    );
}

#[tokio::test]
async fn prompt_select_account_lets_the_person_choose() {
    let scene = Scene::start();
    scene.daemon.add_user("bob", PASSWORD, &[]);
    let first = scene.tokens("openid").await;
    let select = [("prompt", "select_account")];
    let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &select).await;
    assert!(page.body.contains("account-continue"), "{}", page.body);
    let page = scene.browser.submit(&page, &[("decision", "continue")]).await;
    let second = tokens_of(&scene.app, (sign_in, page)).await;
    assert_eq!(auth_time(second.id()), auth_time(first.id()));
    let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &select).await;
    let page = scene.browser.submit(&page, &[("decision", "other")]).await;
    assert!(page.is_login(), "{}", page.body);
    let page = scene.browser.sign_in(&page, "bob", PASSWORD).await;
    let third = tokens_of(&scene.app, (sign_in, page)).await;
    assert_ne!(jwt::claims(third.id())["sub"], jwt::claims(first.id())["sub"]);
}

#[tokio::test]
async fn prompt_consent_asks_although_the_answer_is_known() {
    let scene = Scene::start();
    let third_party = App::with(&scene.daemon, &[]);
    scene.tokens_for(&third_party, "openid email").await;
    for app in [&third_party, &scene.app] {
        let (sign_in, page) = app
            .authorize(&scene.browser, "openid email", &[("prompt", "consent")])
            .await;
        assert!(page.is_consent(), "{}", page.body);
        let denied = scene.browser.submit(&page, &[("decision", "deny")]).await;
        assert_eq!(denied.redirect_error(app, &sign_in), "access_denied");
    }
    // A no to one request takes an earlier yes not back.
    let (sign_in, page) = third_party.authorize(&scene.browser, "openid email", &[]).await;
    tokens_of(&third_party, (sign_in, page)).await;
    // More than what was allowed is asked for anew.
    let (_, page) = third_party.authorize(&scene.browser, "openid email phone", &[]).await;
    assert!(page.is_consent());
}

#[tokio::test]
async fn a_login_may_be_too_old() {
    let scene = Scene::start();
    let first = scene.tokens("openid").await;
    let then = auth_time(first.id());
    clock_shows(then + 2).await;
    // OpenID Connect Core, 3.1.2.1: max_age.
    let fresh = scene
        .app
        .authorize(&scene.browser, "openid", &[("max_age", "10000")])
        .await;
    assert_eq!(auth_time(tokens_of(&scene.app, fresh).await.id()), then);
    let old = [("max_age", "1"), ("prompt", "none")];
    let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &old).await;
    assert_eq!(page.redirect_error(&scene.app, &sign_in), "login_required");
    let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &[("max_age", "1")]).await;
    assert!(page.is_login());
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    let second = tokens_of(&scene.app, (sign_in, page)).await;
    assert!(auth_time(second.id()) > then);
    // The client's own default (OpenID Connect Registration, 2: default_max_age).
    let app = App::confidential(&scene.daemon);
    scene
        .daemon
        .cli(&["client", "set", &app.client_id, "--set", "default_max_age=1"]);
    clock_shows(auth_time(second.id()) + 2).await;
    let (_, page) = app.authorize(&scene.browser, "openid", &[]).await;
    assert!(page.is_login());
}

#[tokio::test]
async fn an_id_token_hint_names_the_person_who_is_meant() {
    let scene = Scene::start();
    scene.daemon.add_user("bob", PASSWORD, &[]);
    let short = App::with(&scene.daemon, &["--first-party", "--id-token-lifetime", "1s"]);
    let alice = scene.tokens_for(&short, "openid").await;
    let bob = scene
        .app
        .sign_in(&scene.other_browser(), "openid", "bob", PASSWORD)
        .await;
    clock_shows(unix_now() + 2).await;
    // OpenID Connect Core, 3.1.2.1: an expired one still says whom, and one of another client does, too.
    let hint = [("id_token_hint", alice.id()), ("prompt", "none")];
    tokens_of(&scene.app, scene.app.authorize(&scene.browser, "openid", &hint).await).await;
    let hint = [("id_token_hint", bob.id()), ("prompt", "none")];
    let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &hint).await;
    assert_eq!(page.redirect_error(&scene.app, &sign_in), "login_required");
    let (_, page) = scene
        .app
        .authorize(&scene.browser, "openid", &[("id_token_hint", bob.id())])
        .await;
    assert!(page.is_login());

    let jwks = scene.browser.get("/.well-known/jwks.json").await.json();
    let mut wrong = forge::mangled(alice.id());
    let forged = forge::forged(alice.id(), &jwks);
    wrong.extend(forged.into_iter().map(|(what, token)| (what.to_owned(), token)));
    let other_sub = forge::with_claim(alice.id(), "sub", &"somebody".into());
    wrong.push(("another sub".to_owned(), other_sub));
    wrong.push(("an access token".to_owned(), alice.access().to_owned()));
    wrong.push(("no token".to_owned(), "x".to_owned()));
    for (what, hint) in wrong {
        let more = [("id_token_hint", hint.as_str()), ("prompt", "none")];
        let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &more).await;
        assert_eq!(page.redirect_error(&scene.app, &sign_in), "invalid_request", "{what}");
    }
}

//! Step-up: a client or a policy wants more than the session shows.

use serde_json::json;

use super::{Guarded, STRONG, is_second_step};
use crate::support::{
    App, AuthenticatorApp, Browser, Daemon, Page, Scene,
    html::{attribute, tags},
    jwt,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

/// Alice signed in with a password before she had an app, and has one now.
async fn weak_session(guarded_by: &Scene) -> (Browser, AuthenticatorApp, serde_json::Value) {
    let tokens = guarded_by.tokens("openid").await;
    let phone = AuthenticatorApp::imported(&guarded_by.daemon, USERNAME);
    (guarded_by.browser.clone(), phone, jwt::claims(tokens.id()))
}

#[tokio::test]
async fn only_the_second_factor_is_asked_for_and_the_session_stays_the_same() {
    let scene = Scene::start();
    let (browser, phone, before) = weak_session(&scene).await;
    for more in [("claims", STRONG), ("acr_values", "phr 2")] {
        let scene = Scene::start();
        let (browser, phone, before) = weak_session(&scene).await;
        let (sign_in, page) = scene.app.authorize(&browser, "openid", &[more]).await;
        assert!(is_second_step(&page), "{more:?} {} {}", page.url, page.body);
        assert!(!page.has("remember"), "what a client asks for is shown");
        let page = browser.submit(&page, &[("code", &phone.code().await)]).await;
        let tokens = scene.app.redeem(&sign_in, &scene.app.code_of(&page, &sign_in)).await;
        let after = jwt::claims(tokens.id());
        assert_eq!(
            (&after["amr"], &after["acr"]),
            (&json!(["pwd", "otp", "mfa"]), &json!("2"))
        );
        assert_eq!(after["sid"], before["sid"]);
        assert!(after["auth_time"].as_u64() >= before["auth_time"].as_u64());
    }
    // Where no page may be shown the client is told that one is needed; a wish is none.
    let (sign_in, page) = scene
        .app
        .authorize(&browser, "openid", &[("claims", STRONG), ("prompt", "none")])
        .await;
    assert_eq!(page.redirect_error(&scene.app, &sign_in), "login_required");
    let (_, page) = scene
        .app
        .authorize(&browser, "openid", &[("acr_values", "2"), ("prompt", "none")])
        .await;
    assert!(page.redirect_param("code").is_some());
    drop((phone, before));
}

#[tokio::test]
async fn a_first_factor_of_long_ago_is_shown_again_with_the_name_filled_in() {
    let scene = Scene::of(Daemon::builder().set("sign_in.recent", "1s"));
    let (browser, phone, before) = weak_session(&scene).await;
    clock_shows(unix_now() + 3).await;
    let (sign_in, page) = scene.app.authorize(&browser, "openid", &[("claims", STRONG)]).await;
    assert!(page.has("login-submit"), "{} {}", page.url, page.body);
    assert_eq!(page.field("username"), USERNAME);
    let wrong = browser.sign_in(&page, USERNAME, "wrong horse").await;
    assert!(wrong.has("login-submit") && wrong.text("form-error").is_some());
    let page = browser.sign_in(&wrong, USERNAME, PASSWORD).await;
    let page = browser.submit(&page, &[("code", &phone.code().await)]).await;
    let tokens = scene.app.redeem(&sign_in, &scene.app.code_of(&page, &sign_in)).await;
    let after = jwt::claims(tokens.id());
    assert_eq!((&after["acr"], &after["sid"]), (&json!("2"), &before["sid"]));
    assert!(after["auth_time"].as_u64() > before["auth_time"].as_u64());
}

#[tokio::test]
async fn an_account_with_nothing_more_may_add_it_or_go_back() {
    let scene = Scene::start();
    let page = scene.browser.get("/login").await;
    scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    let (sign_in, page) = scene
        .app
        .authorize(&scene.browser, "openid", &[("claims", STRONG)])
        .await;
    assert!(page.has("add-passkey") && page.has("step-up-cancel"), "{}", page.body);
    // There it can be added, and from there the person goes on.
    let passkeys = scene
        .browser
        .get(&format!(
            "/account/passkeys{}",
            page.url.query().map(|it| format!("?{it}")).unwrap()
        ))
        .await;
    assert!(passkeys.has("account-go-on"));
    // Back at the page once something was added, it asks for it.
    let phone = AuthenticatorApp::imported(&scene.daemon, USERNAME);
    let asked = scene.browser.get(page.url.as_str()).await;
    assert!(is_second_step(&asked));
    let done = scene.browser.submit(&asked, &[("code", &phone.code().await)]).await;
    scene.app.code_of(&done, &sign_in);

    // Or not: only this browser's own form says so.
    let scene = Scene::start();
    let page = scene.browser.get("/login").await;
    scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    let (sign_in, page) = scene
        .app
        .authorize(&scene.browser, "openid", &[("claims", STRONG)])
        .await;
    let again = scene.browser.submit(&page, &[("csrf", "x")]).await;
    assert!(again.has("step-up-cancel") && again.status == 400);
    let back = scene.browser.submit(&again, &[]).await;
    assert_eq!(
        back.redirect_error(&scene.app, &sign_in),
        "unmet_authentication_requirements"
    );
}

#[tokio::test]
async fn a_session_from_before_the_app_opens_no_further_door_until_it_is_shown() {
    let scene = Scene::start();
    let (browser, phone, before) = weak_session(&scene).await;
    let (sign_in, told) = scene.app.authorize(&browser, "openid", &[("prompt", "none")]).await;
    assert_eq!(told.redirect_error(&scene.app, &sign_in), "login_required");
    let (sign_in, page) = scene.app.authorize(&browser, "openid", &[]).await;
    assert!(is_second_step(&page), "{} {}", page.url, page.body);
    let page = browser.submit(&page, &[("code", &phone.code().await)]).await;
    let tokens = scene.app.redeem(&sign_in, &scene.app.code_of(&page, &sign_in)).await;
    let after = jwt::claims(tokens.id());
    assert_eq!((&after["acr"], &after["sid"]), (&json!("2"), &before["sid"]));
}

#[tokio::test]
async fn what_the_operator_takes_away_ends_what_it_let_in() {
    let guarded = Guarded::start();
    let browser = guarded.signed_in(&[]).await;
    guarded.scene.daemon.cli(&["user", "remove-factor", USERNAME, "totp"]);
    assert!(!super::is_signed_in(&browser).await);
}

/// Where a link leads.
fn link(page: &Page, id: &str) -> String {
    let tag = tags(&page.body, "a").find(|tag| attribute(tag, "id").as_deref() == Some(id));
    attribute(tag.unwrap_or_else(|| panic!("no link {id}: {}", page.body)), "href").unwrap()
}

#[tokio::test]
async fn an_authenticator_is_added_on_the_way_and_the_way_goes_on() {
    let scene = Scene::start();
    let browser = &scene.browser;
    let page = browser.get("/login").await;
    browser.sign_in(&page, USERNAME, PASSWORD).await;
    let (sign_in, page) = scene.app.authorize(browser, "openid", &[("claims", STRONG)]).await;
    let page = browser.get(&link(&page, "add-authenticator")).await;
    let page = browser.submit(&page, &[("do", "begin")]).await;
    let app = AuthenticatorApp::typed_from(&page);
    let wrong = browser.submit(&page, &[("do", "confirm"), ("code", "000000")]).await;
    assert!(wrong.has("form-error") && wrong.has("account-go-on"), "{}", wrong.body);
    let codes = browser
        .submit(&wrong, &[("do", "confirm"), ("code", &app.code().await)])
        .await;
    assert_eq!(codes.url.path(), "/account/recovery-codes");
    let made = browser.submit(&codes, &[]).await;
    assert!(made.has("account-go-on"), "{}", made.body);
    let done = browser.get(&link(&made, "account-go-on")).await;
    let tokens = scene.app.redeem(&sign_in, &scene.app.code_of(&done, &sign_in)).await;
    assert_eq!(
        jwt::claims(tokens.id())["acr"],
        "2",
        "the first code was the second factor"
    );
}

#[tokio::test]
async fn a_wish_asks_nothing_of_those_who_cannot_and_stops_nobody() {
    let scene = Scene::start();
    // Codes on paper are for need.
    scene.daemon.cli(&["user", "recovery-codes", USERNAME]);
    for more in [("acr_values", "2"), ("acr_values", "1 2"), ("acr_values", "unknown")] {
        let (sign_in, code) = scene.code_for(&scene.app, "openid", &[more]).await;
        let tokens = scene.app.redeem(&sign_in, &code).await;
        assert_eq!(jwt::claims(tokens.id())["acr"], "1", "{more:?}");
    }
}

#[tokio::test]
async fn whoever_asks_for_the_second_step_of_another_session_gets_none() {
    let guarded = Guarded::start();
    let scene = &guarded.scene;
    let browser = guarded.signed_in(&[]).await;
    // Signed in with two factors already: nothing more is asked.
    let app = App::confidential(&scene.daemon);
    let (sign_in, page) = app.authorize(&browser, "openid", &[("claims", STRONG)]).await;
    let claims = jwt::claims(app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await.id());
    assert_eq!(claims["acr"], "2");
    // The page of a step-up that nobody waits for leads on.
    let waiting = app.begin("openid", &[("prompt", "login")]);
    let page = browser.get(&waiting.url).await;
    let id = page.field("interaction");
    let page = browser.get(&format!("/login/step-up?interaction={id}")).await;
    assert!(page.has("login-submit"), "{} {}", page.url, page.body);
    let page = browser
        .post("/login/step-up", &[("csrf", &page.field("csrf")), ("interaction", &id)])
        .await;
    assert!(
        page.has("login-submit"),
        "nothing is given up that was not asked for: {}",
        page.body
    );
}

//! The page of the second step: codes of an app, recovery codes, and the ways between them.

use reqwest::StatusCode;
use serde_json::json;

use super::{Guarded, is_second_step, is_signed_in};
use crate::support::{
    Browser, Daemon, Scene, jwt,
    scene::{PASSWORD, USERNAME},
};

#[tokio::test]
async fn a_password_and_a_code_of_the_app_sign_in_and_are_told_as_two_factors() {
    let guarded = Guarded::start();
    let (app, browser) = (&guarded.scene.app, &guarded.scene.browser);
    let sign_in = app.begin("openid", &[]);
    let page = guarded.half(browser, &sign_in.url).await;
    assert_eq!(page.cookie("avouch_session"), None);
    assert!(!is_signed_in(browser).await, "half of it is nothing");
    assert!(page.body.contains("autocomplete=\"one-time-code\""));
    let page = guarded.show_code(browser, &page, &[]).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
    let claims = jwt::claims(tokens.id());
    assert_eq!(
        (&claims["amr"], &claims["acr"]),
        (&json!(["pwd", "otp", "mfa"]), &json!("2"))
    );
    // The session does it alone for the next application.
    let (_, page) = app.authorize(browser, "openid", &[("prompt", "none")]).await;
    assert!(page.redirect_param("code").is_some());
    guarded.scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_wrong_code_is_told_calmly_and_the_page_stays() {
    let guarded = Guarded::start();
    let browser = &guarded.scene.browser;
    let mut page = guarded.half(browser, "/login").await;
    for (code, status) in [("", 400), ("12345", 401), ("000000", 401), ("not a code", 401)] {
        page = browser.submit(&page, &[("code", code)]).await;
        assert_eq!(page.status.as_u16(), status, "{code}");
        assert!(
            page.text("form-error").is_some() && page.body.contains("<title>Error: "),
            "{code}"
        );
        assert!(page.has("second-submit") && page.field("csrf").len() == 43);
    }
    let home = guarded.show_code(browser, &page, &[]).await;
    assert!(home.has("home-sign-out"));
}

#[tokio::test]
async fn codes_are_guessed_slower_and_slower_in_every_browser_and_a_right_password_does_not_help() {
    let guarded = Guarded::of(Daemon::builder().set("limits.login_per_account", "3"));
    let mut told = None;
    for _ in 0..8 {
        let browser = guarded.scene.other_browser();
        let page = guarded.half(&browser, "/login").await;
        let page = browser.submit(&page, &[("code", "000000")]).await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            told = Some(page);
            break;
        }
    }
    let page = told.expect("the door closes");
    assert!(page.text("form-error").unwrap().contains("too many attempts"));
    assert!(!page.header("retry-after").is_empty() && is_second_step(&page));
}

#[tokio::test]
async fn a_code_is_good_once_even_for_another_sign_in() {
    let guarded = Guarded::start();
    let first = guarded.scene.other_browser();
    let page = guarded.half(&first, "/login").await;
    let code = guarded.phone.code().await;
    assert!(first.submit(&page, &[("code", &code)]).await.has("home-sign-out"));
    let second = guarded.scene.other_browser();
    let page = guarded.half(&second, "/login").await;
    let page = second.submit(&page, &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(!is_signed_in(&second).await);
}

#[tokio::test]
async fn a_sign_in_that_cannot_go_on_ends_at_the_sign_in_page_with_a_sentence() {
    let guarded = Guarded::start();
    let daemon = &guarded.scene.daemon;
    let (app, mine) = (&guarded.scene.app, &guarded.scene.browser);
    let sign_in = app.begin("openid", &[]);
    let half = guarded.half(mine, &sign_in.url).await;
    // Another browser: by link and by form.
    let other = guarded.scene.other_browser();
    let csrf = other.get("/login").await.field("csrf");
    let page = other.get(half.url.as_str()).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.has("login-submit") && page.text("form-error").unwrap().contains("Please sign in again"));
    let page = other.submit(&half, &[("code", "123456"), ("csrf", &csrf)]).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.has("login-submit") && !is_signed_in(&other).await);
    // A form that is not ours.
    let page = mine.submit(&half, &[("code", "123456"), ("csrf", "x")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(is_second_step(&page) && !is_signed_in(mine).await);
    // A new password.
    daemon.cli_with(&["user", "password", USERNAME, "--password-stdin"], PASSWORD);
    let page = mine.submit(&half, &[("code", "123456")]).await;
    assert_eq!((page.status, page.has("login-submit")), (StatusCode::GONE, true));
    // From there the same request goes on.
    let page = mine.sign_in(&page, USERNAME, PASSWORD).await;
    // A disabled user.
    daemon.cli(&["user", "disable", USERNAME]);
    let refused = mine.submit(&page, &[("code", "123456")]).await;
    assert_eq!(
        (refused.status, refused.has("login-submit")),
        (StatusCode::FORBIDDEN, true)
    );
    assert!(refused.text("form-error").unwrap().contains("disabled"));
    daemon.cli(&["user", "enable", USERNAME]);
    let page = mine.get(&sign_in.url).await;
    let page = mine.sign_in(&page, USERNAME, PASSWORD).await;
    let done = guarded.show_code(mine, &page, &[]).await;
    app.code_of(&done, &sign_in);
    // Spent: the page left open leads back to where the person is signed in already.
    let page = mine.submit(&page, &[("code", "123456")]).await;
    assert!(!is_second_step(&page), "{}", page.body);
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_tells_how_many_are_left() {
    let guarded = Guarded::start();
    let (app, browser) = (&guarded.scene.app, &guarded.scene.browser);
    let made = guarded.scene.daemon.cli(&["user", "recovery-codes", USERNAME]);
    let code = made["recovery_codes"][0].as_str().unwrap();
    let sign_in = app.begin("openid", &[]);
    let page = guarded.half(browser, &sign_in.url).await;
    assert!(page.has("way-recovery-code") && !page.has("way-totp") && !page.has("way-passkey"));
    let page = browser.get(&format!("{}&by=recovery-code", page.url)).await;
    assert!(page.has("way-totp") && !page.has("remember"));
    let page = browser.submit(&page, &[("code", "AAAA-BBBB-CCCC")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text("form-error").unwrap().contains("recovery code"));
    let page = browser.submit(&page, &[("code", code)]).await;
    assert_eq!(
        page.text("codes-left").as_deref(),
        Some("You have 9 recovery codes left.")
    );
    let next = crate::support::html::attribute(
        crate::support::html::tags(&page.body, "a")
            .find(|tag| tag.contains("recovered-continue"))
            .unwrap(),
        "href",
    );
    let page = browser.get(&next.unwrap()).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
    let claims = jwt::claims(tokens.id());
    assert_eq!(
        (&claims["amr"], &claims["acr"]),
        (&json!(["pwd", "recovery_code", "mfa"]), &json!("2"))
    );

    let other = guarded.scene.other_browser();
    let page = guarded.half(&other, "/login").await;
    let page = other.get(&format!("{}&by=recovery-code", page.url)).await;
    assert_eq!(
        other.submit(&page, &[("code", code)]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn nobody_learns_of_a_second_factor_without_the_password() {
    let guarded = Guarded::start();
    let mut seen = Vec::new();
    for name in [USERNAME, "nobody"] {
        let browser = guarded.scene.other_browser();
        let page = browser.get("/login").await;
        let page = browser.sign_in(&page, name, "wrong horse").await;
        assert!(page.has("login-submit") && page.status == StatusCode::UNAUTHORIZED);
        let normal = |text: &str| text.replace(&page.field("csrf"), "").replace(name, "");
        seen.push(normal(&page.body));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn an_account_with_a_password_only_is_asked_for_nothing_more() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid").await;
    let claims = jwt::claims(tokens.id());
    assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["pwd"]), &json!("1")));
}

#[tokio::test]
async fn a_page_that_nobody_waits_for_is_no_door() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    for path in [
        "/login/second",
        "/login/second?sign_in=x",
        "/login/second?sign_in=x&interaction=y",
    ] {
        let page = browser.get(path).await;
        assert!(
            page.status == StatusCode::GONE && page.has("login-submit"),
            "{path} {}",
            page.status
        );
    }
    assert!(browser.get("/login/step-up").await.status.is_success());
    assert_eq!(
        browser.get("/login/step-up?interaction=x").await.status,
        StatusCode::GONE
    );
    assert!(!browser.get("/login/recovered").await.has("codes-left"));
}

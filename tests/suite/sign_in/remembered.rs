//! "Do not ask again in this browser".

use serde_json::json;

use super::{Guarded, STRONG, is_second_step, is_signed_in};
use crate::support::{
    Browser, Daemon, Page,
    html::{attribute, tags},
    jwt,
    scene::{PASSWORD, USERNAME},
};

const COOKIE: &str = "avouch_remembered";

async fn sign_out(browser: &Browser) {
    let page = browser.get("/logout").await;
    browser.submit(&page, &[("decision", "leave")]).await;
    assert!(!is_signed_in(browser).await);
}

/// What a password leads to in this browser.
async fn password(browser: &Browser) -> Page {
    let page = browser.get("/login").await;
    browser.sign_in(&page, USERNAME, PASSWORD).await
}

#[tokio::test]
async fn the_second_factor_is_not_asked_for_again_but_tokens_stay_honest() {
    let guarded = Guarded::start();
    let app = &guarded.scene.app;
    let plain = guarded.signed_in(&[]).await;
    sign_out(&plain).await;
    assert!(is_second_step(&password(&plain).await), "only when it was wanted");

    let browser = guarded.scene.other_browser();
    let page = guarded.half(&browser, "/login").await;
    assert!(page.body.contains("30 days") && page.has("remember"));
    let page = guarded.show_code(&browser, &page, &[("remember", "1")]).await;
    let cookie = page
        .set_cookies
        .iter()
        .find(|it| it.starts_with(COOKIE))
        .expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=2592000"));
    sign_out(&browser).await;
    assert!(password(&browser).await.has("home-sign-out"));
    let (sign_in, page) = app.authorize(&browser, "openid", &[]).await;
    let claims = jwt::claims(app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await.id());
    assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["pwd"]), &json!("1")));
    // What a client asks for is shown, and so is it before a factor is changed.
    let (_, page) = app.authorize(&browser, "openid", &[("claims", STRONG)]).await;
    assert!(is_second_step(&page) && !page.has("remember"));
    let page = browser.get("/account/passkeys").await;
    assert!(page.has("passkeys-sign-in"));
    let page = browser.get("/login?to=passkeys").await;
    assert!(is_second_step(&page) && !page.has("remember"));
    let page = guarded.show_code(&browser, &page, &[]).await;
    assert!(page.url.path() == "/account/passkeys" && !page.has("passkeys-sign-in"));
    // Not without the password, and not in another browser.
    let stranger = guarded.scene.other_browser();
    assert!(is_second_step(&password(&stranger).await));
}

#[tokio::test]
async fn what_is_kept_is_no_cookie_and_a_cookie_that_was_changed_is_worth_nothing() {
    let guarded = Guarded::start();
    let browser = guarded.scene.other_browser();
    let page = guarded.half(&browser, "/login").await;
    let page = guarded.show_code(&browser, &page, &[("remember", "1")]).await;
    let cookie = page.cookie(COOKIE).unwrap();
    let binding = "B".repeat(43);
    for (value, is_known) in [
        (cookie.clone(), true),
        (cookie[..42].to_owned(), false),
        (format!("{cookie}A"), false),
        ("A".repeat(43), false),
    ] {
        let jar = format!("avouch_browser={binding}; {COOKIE}={value}");
        let browser = Browser::wearing(&guarded.scene.daemon.issuer, &jar);
        let page = browser.get("/login").await;
        let fields = [
            ("csrf", page.field("csrf")),
            ("username", USERNAME.to_owned()),
            ("password", PASSWORD.to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = browser
            .client()
            .post(guarded.scene.daemon.url("/login"))
            .form(&fields)
            .send()
            .await
            .unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(location == "/", is_known, "{value}: {location}");
    }
}

#[tokio::test]
async fn it_ends_with_a_new_password_a_changed_factor_and_signing_out_everywhere() {
    type Change = for<'a> fn(&'a Guarded, &'a Browser) -> std::pin::Pin<Box<dyn Future<Output = ()> + 'a>>;
    let rows: [(&str, Change); 3] = [
        ("password", |guarded, _| {
            Box::pin(async {
                let args = ["user", "password", USERNAME, "--password-stdin"];
                guarded.scene.daemon.cli_with(&args, PASSWORD);
            })
        }),
        ("factor", |guarded, _| {
            Box::pin(async {
                guarded.scene.daemon.cli(&["user", "remove-factor", USERNAME, "totp"]);
                // Of another second: apps are told apart by the second in which they were added.
                crate::support::scene::clock_shows(crate::support::scene::unix_now() + 1).await;
                crate::support::AuthenticatorApp::imported(&guarded.scene.daemon, USERNAME);
            })
        }),
        ("everywhere", |_, browser| {
            Box::pin(async {
                let page = browser.get("/account/sessions").await;
                browser
                    .post("/account/sessions", &[("csrf", &page.field("csrf")), ("end", "all")])
                    .await;
            })
        }),
    ];
    for (what, change) in rows {
        let guarded = Guarded::start();
        let browser = guarded.signed_in(&[("remember", "1")]).await;
        change(&guarded, &browser).await;
        let page = browser.get("/login").await;
        let page = if page.has("login-submit") {
            page
        } else {
            sign_out(&browser).await;
            browser.get("/login").await
        };
        let page = browser.sign_in(&page, USERNAME, PASSWORD).await;
        assert!(is_second_step(&page), "{what}: {}", page.url);
    }
}

#[tokio::test]
async fn whoever_asked_for_it_sees_it_and_takes_it_back() {
    let guarded = Guarded::start();
    let browser = guarded.signed_in(&[("remember", "1")]).await;
    let page = browser.get("/account/sessions").await;
    assert!(page.has("sessions-forget-all"), "{}", page.body);
    let name = tags(&page.body, "button").find(|tag| attribute(tag, "name").as_deref() == Some("forget"));
    let id = attribute(name.unwrap(), "value").unwrap();
    let forget = async |browser: &Browser, csrf: &str, id: &str| {
        browser
            .post("/account/sessions", &[("csrf", csrf), ("forget", id)])
            .await
    };
    let csrf = page.field("csrf");

    // Neither a form of another site nor another person takes it away.
    assert!(forget(&browser, "x", &id).await.has("sessions-forget-all"));
    guarded.scene.daemon.add_user("bob", PASSWORD, &[]);
    let bob = guarded.scene.other_browser();
    bob.sign_in(&bob.get("/login").await, "bob", PASSWORD).await;
    let own = bob.get("/account/sessions").await;
    assert!(!own.has("sessions-forget-all"));
    forget(&bob, &own.field("csrf"), &id).await;
    assert!(browser.get("/account/sessions").await.has("sessions-forget-all"));

    assert!(!forget(&browser, &csrf, &id).await.has("sessions-forget-all"));
    sign_out(&browser).await;
    assert!(is_second_step(&password(&browser).await));
}

#[tokio::test]
async fn an_operator_need_not_offer_it() {
    let guarded = Guarded::of(Daemon::builder().set("sign_in.remember_browser", "0s"));
    let browser = guarded.scene.other_browser();
    let page = guarded.half(&browser, "/login").await;
    assert!(!page.has("remember"));
    let page = guarded.show_code(&browser, &page, &[("remember", "1")]).await;
    assert_eq!(page.cookie(COOKIE), None, "nor can it be had by asking");
}

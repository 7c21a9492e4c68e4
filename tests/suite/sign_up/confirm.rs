//! The link of the letter: here, elsewhere, twice, and with an application that waits.

use reqwest::StatusCode;

use super::{PASSWORD, ask, fill, link_for, open, sign_up, user, users};
use crate::support::{App, Browser, Mailbox, html};

#[tokio::test]
async fn looking_at_a_link_changes_nothing_and_it_works_once() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let browser = Browser::new(&daemon.issuer);
    let link = link_for(&mailbox, &browser, "alice@example.com").await;
    assert!(link.starts_with(&daemon.url("/sign-up/confirm?token=")), "{link}");
    // Programs that look at every link in a letter are no persons.
    for _ in 0..3 {
        let scanner = Browser::new(&daemon.issuer);
        assert_eq!(scanner.get(&link).await.status, StatusCode::OK);
        assert!(scanner.client().head(&link).send().await.unwrap().status().as_u16() < 500);
    }
    assert_eq!(users(&daemon), 0);
    let page = browser.get(&link).await;
    assert!(!page.has("password"), "the browser of the form is not asked again");
    assert_eq!(page.header("referrer-policy"), "origin");
    assert!(browser.submit(&page, &[]).await.has("home-sign-out"));
    for again in [browser.get(&link).await, browser.submit(&page, &[]).await] {
        assert_eq!(again.status, StatusCode::GONE);
        assert!(again.has("told-next"), "{}", again.body);
    }
    assert_eq!(users(&daemon), 1);
}

#[tokio::test]
async fn a_link_that_was_changed_is_none() {
    // Threat 19.
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let browser = Browser::new(&daemon.issuer);
    let link = link_for(&mailbox, &browser, "alice@example.com").await;
    let (rest, last) = link.split_at(link.len() - 1);
    let other = if last == "A" { "B" } else { "A" };
    for wrong in [
        rest.to_owned(),
        format!("{rest}{other}"),
        format!("{link}A"),
        daemon.url("/sign-up/confirm"),
    ] {
        assert_eq!(browser.get(&wrong).await.status, StatusCode::GONE, "{wrong}");
    }
    assert_eq!(browser.get(&link).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_was_signed_up_by_a_stranger_does_not_make_the_strangers_account_good() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let (mallory, alice) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let link = link_for(&mailbox, &mallory, "alice@example.com").await;
    let page = alice.get(&link).await;
    assert!(page.has("password"), "{}", page.body);
    for guess in ["", "another row of words"] {
        let again = alice.submit(&page, &[("password", guess)]).await;
        assert!(
            again.status.is_client_error() && again.has("form-error"),
            "{}",
            again.body
        );
    }
    assert_eq!(users(&daemon), 0);
}

#[tokio::test]
async fn in_another_browser_the_password_is_asked_for_and_nobody_is_signed_in() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let (desk, phone) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let link = link_for(&mailbox, &desk, "alice@example.com").await;
    let page = phone.get(&link).await;
    let done = phone.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.text("told").unwrap().contains("Sign in"), "{}", done.body);
    assert!(done.cookie("avouch_session").is_none());
    assert_eq!(user(&daemon, "alice@example.com")["email_verified"], true);
    for browser in [&desk, &phone] {
        let page = browser.get("/login").await;
        assert!(
            browser
                .sign_in(&page, "alice@example.com", PASSWORD)
                .await
                .has("home-sign-out")
        );
    }
}

#[tokio::test]
async fn the_application_that_waited_goes_on_in_the_browser_where_it_began() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid email", &[]);
    let login = browser.get(&sign_in.url).await;
    let interaction = login.field("interaction");
    let link = html::tags(&login.body, "a")
        .find(|tag| tag.contains("id=\"login-sign-up\""))
        .unwrap();
    let page = browser.get(&html::attribute(link, "href").unwrap()).await;
    assert!(page.body.contains("<bdi>App</bdi>"), "{}", page.body);
    assert_eq!(page.field("interaction"), interaction);
    assert!(
        fill(&browser, &page, "alice@example.com", &[])
            .await
            .has("sign-up-sent")
    );
    let page = mailbox.wait_for("alice@example.com", 1).await[0].follow(&browser).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example"), "{policy}");
    let answer = browser.submit(&page, &[]).await;
    let code = app.code_of(&answer, &sign_in);
    let tokens = app.redeem(&sign_in, &code).await;
    let (_, claims) = app.userinfo(tokens.0["access_token"].as_str().unwrap()).await;
    assert_eq!(
        (&claims["email"], &claims["email_verified"]),
        (&"alice@example.com".into(), &true.into())
    );
}

#[tokio::test]
async fn an_interaction_of_another_browser_is_nobodys_to_go_on_with() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let app = App::confidential(&daemon);
    let (victim, mallory) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let sign_in = app.begin("openid", &[]);
    let interaction = victim.get(&sign_in.url).await.field("interaction");
    let page = mallory.get(&format!("/sign-up?interaction={interaction}")).await;
    assert_eq!(page.status, StatusCode::GONE);
    let sent = ask(&mallory, "mallory@example.com", &[("interaction", &interaction)]).await;
    assert!(sent.has("sign-up-sent"), "{}", sent.body);
    let page = mailbox.wait_for("mallory@example.com", 1).await[0]
        .follow(&mallory)
        .await;
    let home = mallory.submit(&page, &[]).await;
    assert!(home.has("home-sign-out"), "{} {}", home.url, home.body);
    assert!(
        victim
            .get(&format!("/login?interaction={interaction}"))
            .await
            .has("login-submit")
    );
}

#[tokio::test]
async fn a_client_can_ask_for_the_form_of_a_new_account() {
    // OpenID Connect Prompt Create 1.0.
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    // Somebody is signed in already: the client wants an account made all the same.
    sign_up(&mailbox, &browser, "first@example.com").await;
    let sign_in = app.begin(
        "openid email",
        &[("prompt", "create"), ("login_hint", "second@example.com")],
    );
    let page = browser.get(&sign_in.url).await;
    assert_eq!(page.url.path(), "/sign-up");
    assert_eq!(page.field("email"), "second@example.com");
    fill(&browser, &page, "second@example.com", &[]).await;
    let page = mailbox.wait_for("second@example.com", 1).await[0]
        .follow(&browser)
        .await;
    let answer = browser.submit(&page, &[]).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&answer, &sign_in)).await;
    let (_, claims) = app.userinfo(tokens.0["access_token"].as_str().unwrap()).await;
    assert_eq!(claims["email"], "second@example.com");

    // Who has an account already signs in there instead.
    let sign_in = app.begin("openid", &[("prompt", "create")]);
    let page = browser.get(&sign_in.url).await;
    let login = browser
        .get(&format!("/login?interaction={}", page.field("interaction")))
        .await;
    let answer = browser.sign_in(&login, "first@example.com", PASSWORD).await;
    app.code_of(&answer, &sign_in);
    // Nothing can be shown and made at once.
    let none = browser
        .get(&app.begin("openid", &[("prompt", "none create")]).url)
        .await;
    assert_eq!(none.redirect_param("error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_sign_up_survives_a_restart() {
    let mailbox = Mailbox::start();
    let mut daemon = open(&mailbox).start();
    let browser = Browser::new(&daemon.issuer);
    let link = link_for(&mailbox, &browser, "alice@example.com").await;
    daemon.kill();
    daemon.start_again();
    let page = browser.get(&link).await;
    assert!(browser.submit(&page, &[]).await.has("home-sign-out"));
    daemon.kill();
    daemon.start_again();
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn of_many_clicks_on_one_link_one_makes_the_account() {
    // Threat 15, by the door.
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let browser = Browser::new(&daemon.issuer);
    let link = link_for(&mailbox, &browser, "alice@example.com").await;
    let page = browser.get(&link).await;
    let (csrf, token) = (page.field("csrf"), page.field("token"));
    let form = [("csrf", csrf.as_str()), ("token", token.as_str())];
    let tries = (0..16).map(|_| browser.client().post(daemon.url("/sign-up/confirm")).form(&form).send());
    let answers = futures_util::future::join_all(tries).await;
    let made = answers
        .into_iter()
        .filter(|answer| answer.as_ref().unwrap().status() == StatusCode::SEE_OTHER)
        .count();
    assert_eq!((made, users(&daemon)), (1, 1));
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_client_that_asks_for_more_than_a_password_strands_nobody() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    for (number, policy) in ["second_factor", "passkey"].into_iter().enumerate() {
        let app = App::with(&daemon, &["--first-party", "--sign-in-policy", policy]);
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get(&app.begin("openid", &[("prompt", "create")]).url).await;
        let email = format!("a{number}@example.com");
        fill(&browser, &page, &email, &[]).await;
        let page = mailbox.wait_for(&email, 1).await[0].follow(&browser).await;
        let next = browser.submit(&page, &[]).await;
        assert!(
            next.status.as_u16() < 500 && next.is_html(),
            "{policy}: {} {}",
            next.status,
            next.url
        );
        assert_eq!(user(&daemon, &email)["email_verified"], true);
        assert!(
            next.redirect_param("code").is_none(),
            "{policy}: a password alone is not enough"
        );
    }
    daemon.has_no_errors();
}

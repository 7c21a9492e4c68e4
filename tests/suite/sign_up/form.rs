//! The form, and what becomes of what is typed into it.

use reqwest::StatusCode;

use super::{PASSWORD, ask, fill, open, sign_up, user, users};
use crate::support::{App, Browser, Mailbox};

const TERMS: &str = "https://example.com/terms";

#[tokio::test]
async fn a_person_has_an_account_with_what_they_told_and_a_proven_address() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox)
        .set("sign_up.require", "given_name")
        .set("sign_up.ask", "family_name,birthdate")
        .set("attributes.hardware_tier.sign_up", "required")
        .set("attributes.tier.sign_up", "optional")
        .start();
    let browser = Browser::new(&daemon.issuer);
    let told = [
        ("claim.given_name", "Alice"),
        ("claim.birthdate", "1990-12-31"),
        ("attribute.hardware_tier", "tier2"),
    ];
    let sent = ask(&browser, "Alice@Example.com", &told).await;
    assert_eq!(sent.status, StatusCode::OK);
    assert!(
        sent.text("sign-up-sent").unwrap().contains("<bdi>Alice@Example.com"),
        "{}",
        sent.body
    );
    assert_eq!(users(&daemon), 0, "nobody holds an address by asking for it");
    let letter = mailbox.wait_for("Alice@example.com", 1).await.remove(0);
    assert_eq!(letter.header("Subject"), "Finish creating your account");
    assert!(
        !letter.text.contains("Alice,"),
        "what somebody calls themselves does not reach strangers: {}",
        letter.text
    );
    let page = letter.follow(&browser).await;
    let home = browser.submit(&page, &[]).await;
    assert!(home.has("home-sign-out"), "{}", home.body);
    let made = user(&daemon, "alice@example.com");
    assert_eq!((&made["email_verified"], &made["role"]), (&true.into(), &"user".into()));
    assert_eq!(
        (&made["claims"]["given_name"], &made["claims"]["birthdate"]),
        (&"Alice".into(), &"1990-12-31".into())
    );
    assert_eq!(
        (&made["attributes"]["hardware_tier"], &made["attributes"]["tier"]),
        (&"tier2".into(), &().into())
    );
    let app = App::confidential(&daemon);
    let other = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&other, "openid email", "alice@example.com", PASSWORD).await;
    let (_, claims) = app.userinfo(tokens.0["access_token"].as_str().unwrap()).await;
    assert_eq!(
        (&claims["email"], &claims["email_verified"]),
        (&"Alice@example.com".into(), &true.into())
    );
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_form_that_cannot_be_taken_comes_back_as_it_was_but_for_the_password() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox)
        .set("sign_up.username", "chosen")
        .set("sign_up.require", "given_name")
        .set("sign_up.terms", TERMS)
        .start();
    let browser = Browser::new(&daemon.issuer);
    let good = [("username", "alice"), ("claim.given_name", "Alice <3"), ("terms", "1")];
    for (wrong, value, told) in [
        ("email", "nonsense", "not an email address"),
        ("username", "alice@example.com", "without @"),
        ("username", "a b", "without spaces"),
        ("claim.given_name", "", "fill this in"),
        ("terms", "", "tick the box"),
        ("password", "short", "at least 8 characters"),
        ("password", "password1", "most used"),
        ("password", "alice@example.com", "hardly more than a name"),
        ("password", "", "Choose a password"),
    ] {
        let page = browser.get("/sign-up").await;
        let mut all: Vec<(&str, &str)> = good.to_vec();
        all.push(("email", "alice@example.com"));
        all.push(("password", PASSWORD));
        all.retain(|(name, _)| *name != wrong);
        all.push((wrong, value));
        let again = browser.submit(&page, &all).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "{wrong}={value}: {}", again.body);
        let said = again.text("form-error").unwrap();
        let told = if told == "hardly more than a name" {
            "little more than a name"
        } else {
            told
        };
        assert!(said.contains(told), "{wrong}={value}: {said}");
        assert_eq!(again.body.matches("id=\"form-error\"").count(), 1, "{wrong}: told once");
        assert!(again.body.contains("<title>Error: "), "{wrong}");
        if wrong != "email" {
            assert_eq!(again.field("email"), "alice@example.com");
        }
        if wrong != "username" {
            assert_eq!(again.field("username"), "alice");
        }
        if wrong != "terms" {
            assert_eq!(again.field("terms"), "1");
        }
        if wrong != "claim.given_name" {
            assert_eq!(again.field("claim.given_name"), "Alice <3");
        }
        assert_eq!(again.field("password"), "", "{wrong}: a password is typed anew");
    }
    assert_eq!(mailbox.letters_to("alice@example.com").len(), 0);
}

#[tokio::test]
async fn a_form_sets_nothing_that_it_does_not_ask_for() {
    // Threat 14.
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    daemon.cli(&["org", "add", "Shop", "--id", "shop"]);
    let browser = Browser::new(&daemon.issuer);
    let more = [
        ("role", "admin"),
        ("claim.role", "admin"),
        ("attribute.role", "admin"),
        ("attribute.tier", "gold"),
        ("claim.given_name", "Mallory"),
        ("email_verified", "true"),
        ("claim.phone_number_verified", "true"),
        ("username", "root"),
        ("organization", "shop"),
        ("memberships", "shop"),
        ("tenant_id", "shop"),
        ("id", "chosen"),
        ("sub", "chosen"),
    ];
    ask(&browser, "mallory@example.com", &more).await;
    let page = mailbox.wait_for("mallory@example.com", 1).await[0]
        .follow(&browser)
        .await;
    let home = browser.submit(&page, &more).await;
    assert!(home.has("home-sign-out"), "{}", home.body);
    let made = user(&daemon, "mallory@example.com");
    assert_eq!(
        (&made["role"], &made["username"]),
        (&"user".into(), &"mallory@example.com".into())
    );
    assert_eq!(
        (&made["memberships"], &made["attributes"]),
        (&serde_json::json!([]), &serde_json::json!({}))
    );
    assert_eq!(made["claims"], serde_json::json!({"locale": "en"}));
    assert_ne!(made["id"], "chosen");
}

#[tokio::test]
async fn a_form_of_another_site_or_another_browser_is_not_taken() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let (browser, other) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let page = browser.get("/sign-up").await;
    other.get("/sign-up").await;
    let csrf = page.field("csrf");
    for (who, csrf) in [(&browser, ""), (&browser, "x"), (&other, csrf.as_str())] {
        let form = [("csrf", csrf), ("email", "a@example.com"), ("password", PASSWORD)];
        let again = who.post("/sign-up", &form).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
        assert!(
            again.has("form-error") && again.field("email") == "a@example.com",
            "{}",
            again.body
        );
    }
    let sent = fill(&browser, &page, "a@example.com", &[]).await;
    assert!(sent.has("sign-up-sent"));
    mailbox.wait_for("a@example.com", 1).await;
    assert_eq!(mailbox.letters_to("a@example.com").len(), 1);
}

#[tokio::test]
async fn a_username_that_is_chosen_is_told_to_be_taken() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).set("sign_up.username", "chosen").start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let again = ask(&browser, "other@example.com", &[("username", "ALICE")]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(
        again
            .text("form-error")
            .unwrap()
            .contains("Somebody else signs in with ALICE"),
        "{}",
        again.body
    );
    let sent = fill(&browser, &again, "other@example.com", &[("username", "bob")]).await;
    assert!(sent.has("sign-up-sent"), "{}", sent.body);
    let page = mailbox.wait_for("other@example.com", 1).await[0].follow(&browser).await;
    // Somebody else takes the name before the link is used: another one is chosen there, and nothing is lost.
    daemon.add_user("bob", PASSWORD, &[]);
    let again = browser.submit(&page, &[]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.field("username"), "bob");
    let home = browser.submit(&again, &[("username", "bobby")]).await;
    assert!(home.has("home-sign-out"), "{}", home.body);
    assert_eq!(user(&daemon, "bobby")["email"], "other@example.com");
}

#[tokio::test]
async fn people_are_written_to_in_the_language_in_which_they_signed_up() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let headers = [("accept-language".parse().unwrap(), "fr".parse().unwrap())];
    let client = reqwest::Client::builder().default_headers(headers.into_iter().collect());
    let browser = Browser::with(&daemon.issuer, client);
    sign_up(&mailbox, &browser, "amelie@example.com").await;
    let letter = mailbox.letters_to("amelie@example.com").remove(0);
    assert!(letter.html.contains("<html lang=\"fr\""), "{}", letter.html);
    assert_eq!(user(&daemon, "amelie@example.com")["claims"]["locale"], "fr");
}

#[tokio::test]
async fn whoever_has_the_address_for_a_username_takes_it_along_to_another_address() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    let browser = Browser::new(&daemon.issuer);
    sign_up(&mailbox, &browser, "old@example.com").await;
    let page = browser.get("/account/email").await;
    browser.submit(&page, &[("email", "new@example.com")]).await;
    let page = mailbox.wait_for("new@example.com", 1).await[0].follow(&browser).await;
    browser.submit(&page, &[]).await;
    let moved = user(&daemon, "new@example.com");
    assert_eq!(
        (&moved["email"], &moved["username"]),
        (&"new@example.com".into(), &"new@example.com".into())
    );
    // The former address belongs to whoever gets it next.
    let next = Browser::new(&daemon.issuer);
    ask(&next, "old@example.com", &[]).await;
    let letter = mailbox
        .wait_for_subject("old@example.com", "Finish creating your account", 2)
        .await;
    let page = letter.follow(&next).await;
    assert!(next.submit(&page, &[]).await.has("home-sign-out"));
    assert_eq!(users(&daemon), 2);
}

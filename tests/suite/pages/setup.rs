//! The first administrator, by a link that works once.

use reqwest::StatusCode;

use super::{assert_gone, assert_is_home_of};
use crate::support::{Browser, Daemon, Page};

const STRONG: &str = "correct horse battery";

fn link(daemon: &Daemon) -> String {
    daemon.setup_link.clone().expect("a set-up link")
}

fn fields<'a>(name: &'a str, email: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("username", name), ("email", email), ("password", password)]
}

fn assert_done(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.has("setup-sign-in"), "{}", page.body);
}

fn users(daemon: &Daemon) -> usize {
    let list = daemon.cli(&["user", "list"]);
    list["users"].as_array().expect("a list").len()
}

#[tokio::test]
async fn the_link_makes_an_administrator_once_and_is_never_printed_again() {
    let mut daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&link(&daemon)).await;
    let done = browser.submit(&page, &fields("root", "root@example.com", STRONG)).await;
    assert_done(&done);
    assert_eq!(daemon.cli(&["user", "show", "root"])["role"], "admin");

    assert_gone(&browser.get(&link(&daemon)).await);
    assert_gone(
        &browser
            .submit(&page, &fields("second", "second@example.com", STRONG))
            .await,
    );
    assert_eq!(users(&daemon), 1);

    let login = browser.get("/login").await;
    let home = browser.sign_in(&login, "root", STRONG).await;
    assert_is_home_of(&home, "root");
    assert!(home.body.contains("You administer it."), "{}", home.body);

    daemon.stop();
    daemon.start_again();
    assert_eq!(daemon.setup_link, None);
}

#[tokio::test]
async fn of_two_who_use_the_link_at_once_one_becomes_administrator() {
    let daemon = Daemon::start();
    let link = link(&daemon);
    let names = ["anna", "bert", "cleo", "dora"];
    // All have the page before anybody sends it: with the first answer the link is gone.
    let mut ready = Vec::new();
    for name in names {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get(&link).await;
        ready.push((name, browser, page));
    }
    let mut browsers = Vec::new();
    for (name, browser, page) in ready {
        browsers.push(tokio::spawn(async move {
            let email = format!("{name}@example.com");
            browser.submit(&page, &fields(name, &email, STRONG)).await
        }));
    }
    let mut done = 0;
    for browser in browsers {
        let page = browser.await.expect("an answer");
        if page.status == StatusCode::OK {
            done += 1;
        } else {
            assert_gone(&page);
        }
    }
    assert_eq!(done, 1);
    assert_eq!(users(&daemon), 1);
}

#[tokio::test]
async fn a_new_link_replaces_the_old_one() {
    let mut daemon = Daemon::start();
    let first = link(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&first).await;
    let second = daemon.cli(&["setup-link"])["url"].as_str().expect("a link").to_owned();
    assert_ne!(first, second);
    assert_gone(&browser.get(&first).await);
    assert_gone(&browser.submit(&page, &fields("root", "root@example.com", STRONG)).await);

    daemon.stop();
    daemon.start_again();
    let browser = Browser::new(&daemon.issuer);
    assert_gone(&browser.get(&second).await);
    let third = link(&daemon);
    let page = browser.get(&third).await;
    assert_done(&browser.submit(&page, &fields("root", "root@example.com", STRONG)).await);
}

#[tokio::test]
async fn an_unknown_token_opens_nothing() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let good = link(&daemon);
    for url in [
        daemon.url("/setup"),
        daemon.url("/setup?token="),
        daemon.url("/setup?token=unknown"),
        good[..good.len() - 1].to_owned(),
        format!("{good}x"),
    ] {
        assert_gone(&browser.get(&url).await);
    }
    let page = browser.get(&good).await;
    let more = [&fields("root", "root@example.com", STRONG)[..], &[("token", "unknown")]].concat();
    assert_gone(&browser.submit(&page, &more).await);
    assert_eq!(users(&daemon), 0);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_the_rest_is_kept() {
    let daemon = Daemon::start();
    daemon.add_user("taken", STRONG, &[]);
    let browser = Browser::new(&daemon.issuer);
    let mut page = browser.get(&link(&daemon)).await;

    for (name, email, password, wrong) in [
        ("root", "root@example.com", "short", "password"),
        ("root", "root@example.com", "", "password"),
        ("", "root@example.com", STRONG, "username"),
        ("taken", "root@example.com", STRONG, "username"),
        ("root", "not an address", STRONG, "email"),
        ("root", "taken@example.com", STRONG, "email"),
    ] {
        page = browser.submit(&page, &fields(name, email, password)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{name} {email} {password}");
        assert_eq!(page.field("username"), name);
        assert_eq!(page.field("email"), email);
        assert_eq!(page.field("password"), "", "a password is never sent back");
        let sentence = page.text("form-error").expect("a sentence");
        assert!(!sentence.is_empty());
        let invalid: Vec<&str> = crate::support::html::tags(&page.body, "input")
            .filter(|tag| tag.contains("aria-invalid=\"true\""))
            .collect();
        assert!(
            invalid.len() == 1 && invalid[0].contains(&format!("id=\"{wrong}\"")),
            "{wrong}: {sentence} {invalid:?}"
        );
    }
    assert_done(&browser.submit(&page, &fields("root", "root@example.com", STRONG)).await);
}

#[tokio::test]
async fn a_foreign_form_makes_nobody_an_administrator() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&link(&daemon)).await;
    let foreign = Browser::new(&daemon.issuer).get("/login").await.field("csrf");
    for csrf in ["", foreign.as_str()] {
        let more = [&fields("root", "root@example.com", STRONG)[..], &[("csrf", csrf)]].concat();
        let again = browser.submit(&page, &more).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
        assert_eq!(again.field("username"), "root");
    }
    assert_eq!(users(&daemon), 0);
    assert_done(&browser.submit(&page, &fields("root", "root@example.com", STRONG)).await);
}

#[tokio::test]
async fn an_administrator_made_otherwise_ends_the_link() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&link(&daemon)).await;
    daemon.add_user("root", STRONG, &["--role", "admin"]);
    assert_gone(&browser.get(&link(&daemon)).await);
    assert_gone(
        &browser
            .submit(&page, &fields("second", "second@example.com", STRONG))
            .await,
    );
    assert_eq!(users(&daemon), 1);
}

#[tokio::test]
async fn the_link_travels_nowhere_and_is_logged_nowhere() {
    let daemon = Daemon::builder().set("telemetry.log", "debug").start();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&link(&daemon)).await;
    assert_eq!(page.header("referrer-policy"), "origin");
    assert_eq!(page.header("cache-control"), "no-store");
    browser.submit(&page, &fields("root", "root@example.com", STRONG)).await;

    let token = link(&daemon).split_once("token=").expect("a token").1.to_owned();
    let log = daemon.log();
    assert!(!log.contains(&token));
    assert!(!log.contains(STRONG));
}

//! A forgotten password: nobody learns who exists, and the link does one thing once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::*;
use crate::support::App;

const NEXT: &str = "another good horse";

/// Opens a link and sets a password.
async fn choose(browser: &Browser, link: &str, password: &str) -> Page {
    let page = browser.get(link).await;
    assert!(page.has("reset-submit"), "{}", page.body);
    browser.submit(&page, &[("password", password)]).await
}

#[tokio::test]
async fn a_new_password_ends_everything_and_signs_nobody_in() {
    let stage = Stage::start();
    let app = App::confidential(&stage.daemon);
    let owner = stage.browser();
    let tokens = app.sign_in(&owner, "openid offline_access", "alice", PASSWORD).await;
    let link = stage.reset_letter(1).await.link();
    let browser = stage.browser();
    let page = browser.get(&link).await;
    assert_eq!(
        (page.header("referrer-policy"), page.header("cache-control")),
        ("origin", "no-store")
    );
    assert!(owner.get("/").await.has("home-sign-out"), "looking ends nothing");
    let page = browser.submit(&page, &[("password", NEXT)]).await;
    assert!(page.has("reset-done"), "{}", page.body);
    assert!(
        !browser.get("/").await.has("home-sign-out"),
        "nobody is signed in by it"
    );
    assert!(!owner.get("/").await.has("home-sign-out"));
    assert!(!app.is_active(tokens.access()).await);
    let (status, _) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, 400);
    assert!(goes_in(&stage, "alice", NEXT).await && !goes_in(&stage, "alice", PASSWORD).await);
    let letter = stage.mailbox.wait_for_subject(ALICE, CHANGED, 1).await;
    assert!(!letter.has_link(), "{}", letter.text);
    assert_spent(&browser.get(&link).await);
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn a_password_that_is_refused_leaves_the_link_whole_and_the_form_there() {
    let stage = Stage::start();
    let link = stage.reset_letter(1).await.link();
    let browser = stage.browser();
    for weak in ["", "short", "password", "alice@example.com"] {
        let page = choose(&browser, &link, weak).await;
        assert_eq!(page.status, 400, "{weak}: {}", page.body);
        assert!(page.has("form-error") && page.has("reset-submit"), "{weak}");
    }
    assert!(choose(&browser, &link, NEXT).await.has("reset-done"));
}

#[tokio::test]
async fn one_link_sets_one_password_however_many_race() {
    let stage = Stage::start();
    let link = stage.reset_letter(1).await.link();
    let browser = stage.browser();
    let page = browser.get(&link).await;
    let chosen: Vec<String> = (0..6).map(|number| format!("good horse number {number}")).collect();
    let pages = join_all(
        chosen
            .iter()
            .map(async |password| browser.submit(&page, &[("password", password)]).await),
    )
    .await;
    let won: Vec<&String> = chosen
        .iter()
        .zip(&pages)
        .filter_map(|(password, page)| page.has("reset-done").then_some(password))
        .collect();
    assert_eq!(
        won.len(),
        1,
        "{:?}",
        pages.iter().map(|page| page.status).collect::<Vec<_>>()
    );
    assert!(goes_in(&stage, "alice", won[0]).await);
}

#[tokio::test]
async fn a_newer_link_a_changed_password_and_a_changed_address_end_a_link() {
    let stage = Stage::start();
    let first = stage.reset_letter(1).await.link();
    let second = stage.reset_letter(2).await.link();
    let browser = stage.browser();
    assert_spent(&browser.get(&first).await);
    assert!(browser.get(&second).await.has("reset-submit"));
    stage
        .daemon
        .cli_with(&["user", "password", "alice", "--password-stdin"], PASSWORD);
    assert_spent(&browser.get(&second).await);
    let third = stage.reset_letter(3).await.link();
    stage
        .daemon
        .cli(&["user", "set", "alice", "--email", "elsewhere@example.com"]);
    assert_spent(&browser.get(&third).await);
    stage.daemon.cli(&["user", "set", "alice", "--email", ALICE]);
    let fourth = stage.reset_letter(4).await.link();
    stage.daemon.cli(&["user", "disable", "alice"]);
    assert_spent(&browser.get(&fourth).await);
}

#[tokio::test]
async fn a_token_that_is_cut_foreign_or_for_something_else_is_refused() {
    // Threat 19.
    let stage = Stage::start();
    stage.add_unproven("bob");
    let link = stage.reset_letter(1).await.link();
    let (base, token) = link.split_once("token=").unwrap();
    let verify = stage.daemon.cli(&["user", "verify-link", "bob"])["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let foreign = verify.split_once("token=").unwrap().1;
    let browser = stage.browser();
    let mixed = format!("{}{}", &token[..22], &foreign[22..]);
    for wrong in [
        "",
        &token[..token.len() - 1],
        &token[1..],
        &format!("{token}A"),
        foreign,
        &mixed,
    ] {
        assert_spent(&browser.get(&format!("{base}token={wrong}")).await);
    }
    assert_spent(
        &browser
            .get(&format!("{}/email/verify?token={token}", stage.daemon.issuer))
            .await,
    );
    assert_eq!(browser.get(&format!("{link}&token={token}")).await.status, 400, "twice");
    assert!(browser.get(&link).await.has("reset-submit"));
}

#[tokio::test]
async fn an_old_link_is_refused() {
    let mailbox = Mailbox::start();
    let daemon = mailbox
        .serve(Daemon::builder())
        .set("mail.reset_lifetime", "2s")
        .start();
    daemon.add_user("alice", PASSWORD, &[]);
    let stage = Stage { mailbox, daemon };
    let link = stage.reset_letter(1).await.link();
    let browser = stage.browser();
    stage
        .daemon
        .wait_until("the link is too old", async || browser.get(&link).await.status == 410)
        .await;
}

#[tokio::test]
async fn an_address_of_the_operators_word_becomes_proven_by_the_letter() {
    let stage = Stage::empty();
    stage.add_unproven("alice");
    let link = stage.reset_letter(1).await.link();
    choose(&stage.browser(), &link, NEXT).await;
    assert_eq!(stage.user("alice")["email_verified"], true);
}

#[tokio::test]
async fn an_account_without_a_password_gets_one() {
    let stage = Stage::empty();
    stage
        .daemon
        .cli(&["user", "add", "alice", "--email", ALICE, "--email-verified"]);
    let link = stage.reset_letter(1).await.link();
    choose(&stage.browser(), &link, NEXT).await;
    assert!(goes_in(&stage, "alice", NEXT).await);
}

#[tokio::test]
async fn the_answer_is_the_same_whoever_exists() {
    let stage = Stage::start();
    stage.daemon.add_user("disabled", PASSWORD, &[]);
    stage.daemon.cli(&["user", "disable", "disabled"]);
    stage
        .daemon
        .cli_with(&["user", "add", "mute", "--password-stdin"], PASSWORD);
    let browser = stage.browser();
    let mut answers = Vec::new();
    for name in [
        "alice",
        ALICE,
        "nobody",
        "nobody@example.com",
        "disabled",
        "mute",
        "<b>",
    ] {
        let page = browser.get("/password/forgotten").await;
        let page = browser.submit(&page, &[("username", name)]).await;
        answers.push((page.status, page.body, page.headers.keys().cloned().collect::<Vec<_>>()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert!(answers[0].1.contains("forgotten-asked"));
    // By name and by address: two letters to alice, and none to anybody else.
    stage.mailbox.wait_for(ALICE, 2).await;
    assert!(stage.mailbox.letters_to("disabled@example.com").is_empty());
    for response in &answers {
        assert!(!response.1.contains("token="), "threat 9");
    }
    let page = browser.get("/password/forgotten").await;
    for nobody in ["", "  ", &"x".repeat(300)] {
        assert_eq!(browser.submit(&page, &[("username", nobody)]).await.status, 400);
    }
    assert_eq!(
        browser
            .post("/password/forgotten", &[("username", "alice")])
            .await
            .status,
        400,
        "no csrf"
    );
}

#[tokio::test]
async fn the_time_of_the_answer_tells_nothing() {
    // Threat 42.
    const TRIES: usize = 200;
    let stage = Stage::start();
    let browser = stage.browser();
    let csrf = browser.get("/password/forgotten").await.field("csrf");
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..2 * TRIES {
        // In pairs, in turn, so that whatever slows the machine slows both.
        let known = (number / 2 + number) % 2;
        let name = ["alice", "nobody"][known];
        let begun = Instant::now();
        let page = browser
            .post("/password/forgotten", &[("csrf", &csrf), ("username", name)])
            .await;
        times[known].push(begun.elapsed());
        assert!(page.has("forgotten-asked"), "{}", page.body);
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[TRIES / 2]
    });
    let (less, more) = (known.min(unknown), known.max(unknown));
    assert!(
        more.saturating_sub(less) < less / 4 + Duration::from_millis(2),
        "alice {known:?}, nobody {unknown:?}"
    );
}

#[tokio::test]
async fn asking_again_and_again_is_slowed_down_for_every_name_alike() {
    let mailbox = Mailbox::start();
    let builder = mailbox
        .serve(Daemon::builder())
        .set("mail.per_account", "2")
        .set("mail.delay", "15m");
    let daemon = builder.start();
    daemon.add_user("alice", PASSWORD, &[]);
    let stage = Stage { mailbox, daemon };
    for name in ["alice", "nobody"] {
        for _ in 0..2 {
            assert!(stage.forget(name).await.has("forgotten-asked"));
        }
        let page = stage.forget(&name.to_uppercase()).await;
        assert_eq!(page.status, 429, "{name}");
        // A second may begin between the requests.
        let wait: u64 = page.header("retry-after").parse().unwrap();
        assert!((880..=900).contains(&wait), "{name}: {wait}");
        assert!(
            page.field("username") == name.to_uppercase() && page.has("form-error"),
            "{}",
            page.body
        );
    }
    assert!(goes_in(&stage, "alice", PASSWORD).await, "and nobody is kept out by it");
}

#[tokio::test]
async fn one_address_can_ask_for_only_so_many() {
    let mailbox = Mailbox::start();
    let builder = mailbox
        .serve(Daemon::builder())
        .set("server.trusted_proxies", "127.0.0.1")
        .set("mail.per_address", "3")
        .set("limits.login_delay", "15m");
    let daemon = builder.start();
    let ask = async |address: &str, name: &str| {
        let browser = Browser::behind_proxy(&daemon.issuer, address);
        let page = browser.get("/password/forgotten").await;
        browser.submit(&page, &[("username", name)]).await.status.as_u16()
    };
    for name in ["a", "b", "c"] {
        assert_eq!(ask("198.51.100.1", name).await, 200);
    }
    assert_eq!(ask("198.51.100.1", "d").await, 429);
    assert_eq!(ask("198.51.100.2", "d").await, 200);
}

#[tokio::test]
async fn no_header_of_the_request_gets_into_a_link() {
    // Threat 12.
    let stage = Stage::start();
    let browser = stage.browser();
    let page = browser.get("/password/forgotten").await;
    let url = stage.daemon.url("/password/forgotten");
    let csrf = page.field("csrf");
    let request = browser
        .client()
        .post(url)
        .header("Host", "evil.example")
        .header("X-Forwarded-Host", "evil.example")
        .header("Forwarded", "host=evil.example")
        .form(&[("csrf", csrf.as_str()), ("username", "alice")]);
    request.send().await.unwrap();
    let letter = stage.mailbox.wait_for(ALICE, 1).await.remove(0);
    assert!(
        letter
            .link()
            .starts_with(&format!("{}/password/reset?token=", stage.daemon.issuer))
    );
    assert!(!letter.text.contains("evil") && !letter.html.contains("evil"));
}

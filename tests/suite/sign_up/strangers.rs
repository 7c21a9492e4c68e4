//! What a stranger learns from the form about who has an account: nothing.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::{PASSWORD, ask, open, user, users};
use crate::support::{Browser, Daemon, Mailbox, Page};

/// An answer without what differs from browser to browser, and without the address that was typed.
fn plain(page: &Page, email: &str) -> (StatusCode, Vec<String>, String) {
    let mut headers: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    (page.status, headers, page.body.replace(email, "ADDRESS"))
}

#[tokio::test]
async fn an_address_that_is_taken_is_answered_like_any_other_and_gets_another_letter() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let free = ask(&browser, "nobody@example.com", &[]).await;
    for taken in ["alice@example.com", "ALICE@Example.com"] {
        let answer = ask(&browser, taken, &[]).await;
        assert_eq!(plain(&answer, taken), plain(&free, "nobody@example.com"), "{taken}");
    }
    let letters = mailbox.wait_for("alice@example.com", 1).await;
    assert_eq!(letters[0].header("Subject"), "You have an account already");
    assert!(
        !letters[0].has_link() && letters[0].text.contains(&daemon.url("/login")),
        "{}",
        letters[0].text
    );
    mailbox.wait_for("nobody@example.com", 1).await;
    assert_eq!(users(&daemon), 1);
    assert_eq!(user(&daemon, "alice")["username"], "alice", "her account is as it was");
    daemon.has_no_errors();
}

#[tokio::test]
async fn what_is_refused_is_refused_whoever_has_the_address() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    for password in ["short", "password1", ""] {
        let [free, taken] = ["nobody@example.com", "alice@example.com"];
        let more = [("password", password)];
        let (of_free, of_taken) = (ask(&browser, free, &more).await, ask(&browser, taken, &more).await);
        assert_eq!(of_free.status, StatusCode::BAD_REQUEST);
        assert_eq!(plain(&of_free, free), plain(&of_taken, taken), "{password:?}");
    }
}

#[tokio::test]
async fn too_many_letters_are_refused_whoever_has_the_address() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox)
        .set("mail.per_account", "2")
        .set("mail.delay", "10m")
        .start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    for email in ["nobody@example.com", "alice@example.com"] {
        for expected in [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
            let answer = ask(&browser, email, &[]).await;
            assert_eq!(answer.status, expected, "{email}");
            if expected != StatusCode::OK {
                assert!(!answer.header("retry-after").is_empty());
                assert_eq!(answer.field("email"), email, "the form is as it was");
            }
        }
    }
}

#[tokio::test]
async fn sign_ups_with_somebody_elses_address_do_not_use_up_their_password_letters() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).set("mail.per_account", "3").start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    for _ in 0..3 {
        assert!(ask(&browser, "alice@example.com", &[]).await.has("sign-up-sent"));
    }
    mailbox.wait_for("alice@example.com", 3).await;
    let page = browser.get("/password/forgotten").await;
    assert!(
        browser
            .submit(&page, &[("username", "alice")])
            .await
            .has("forgotten-asked")
    );
    let letter = mailbox
        .wait_for_subject("alice@example.com", "Choose a new password", 1)
        .await;
    assert!(letter.has_link(), "{}", letter.text);
}

#[tokio::test]
async fn one_network_can_ask_for_so_many_letters() {
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox)
        .set("limits.login_exempt", "")
        .set("limits.login_delay", "10m")
        .set("mail.per_address", "3")
        .start();
    let browser = Browser::new(&daemon.issuer);
    for number in 0..3 {
        let answer = ask(&browser, &format!("a{number}@example.com"), &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let answer = ask(&browser, "a3@example.com", &[]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        answer.text("form-error").unwrap().contains("too many attempts"),
        "{}",
        answer.body
    );
}

async fn duration(daemon: &Daemon, csrf: &str, browser: &Browser, email: &str) -> Duration {
    let form = [("csrf", csrf), ("email", email), ("password", PASSWORD)];
    let begun = Instant::now();
    let answer = browser.post("/sign-up", &form).await;
    let took = begun.elapsed();
    assert!(answer.has("sign-up-sent"), "{}\n{}", answer.body, daemon.log());
    took
}

#[tokio::test]
async fn the_time_of_an_answer_does_not_tell_whether_the_address_is_taken() {
    // Threat 42. Both kinds take turns, so that whatever else the machine does falls on both.
    const TRIES: usize = 200;
    let mailbox = Mailbox::start();
    let daemon = open(&mailbox).set("mail.per_account", "1000").start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let csrf = browser.get("/sign-up").await.field("csrf");
    let (mut taken, mut free) = (Vec::new(), Vec::new());
    for _ in 0..TRIES {
        taken.push(duration(&daemon, &csrf, &browser, "alice@example.com").await);
        free.push(duration(&daemon, &csrf, &browser, "nobod@example.com").await);
    }
    taken.sort();
    free.sort();
    let (taken, free) = (taken[TRIES / 2], free[TRIES / 2]);
    let apart = taken.abs_diff(free);
    assert!(
        apart < taken.min(free) / 2,
        "{taken:?} for a taken address, {free:?} for a free one"
    );
}

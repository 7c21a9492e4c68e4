//! Guessing passwords gets slower and slower, and nobody is locked out for ever (RFC 6819, 4.4.3.6).

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use crate::support::{Browser, Daemon, daemon::Builder, html};

const RIGHT: &str = "correct horse";
const WRONG: &str = "wrong horse";
/// So long that no test reaches its end by chance.
const LONG: &str = "1h";

/// The answer to one attempt from a browser without history.
struct Attempt {
    status: StatusCode,
    retry_after: Option<u64>,
    said: Option<String>,
}

async fn attempt_from(daemon: &Daemon, address: &str, name: &str, password: &str) -> Attempt {
    let browser = Browser::behind_proxy(&daemon.issuer, address);
    let page = browser.get("/login").await;
    let page = browser.sign_in(&page, name, password).await;
    Attempt {
        status: page.status,
        retry_after: page
            .headers
            .get("retry-after")
            .map(|it| it.to_str().unwrap().parse().unwrap()),
        said: html::text_of(&page.body, "form-error"),
    }
}

async fn attempt(daemon: &Daemon, name: &str, password: &str) -> Attempt {
    attempt_from(daemon, "198.51.100.1", name, password).await
}

/// Free failures per account and address, and the first wait.
fn throttled(account: u32, address: u32, delay: &str) -> Builder {
    Daemon::builder()
        .set("server.trusted_proxies", "127.0.0.1")
        .set("limits.login_per_account", account.to_string())
        .set("limits.login_per_address", address.to_string())
        .set("limits.login_delay", delay)
        .set("limits.login_delay_max", LONG)
}

impl Attempt {
    fn is_in(&self) -> bool {
        self.status == StatusCode::OK && self.said.is_none()
    }

    /// How long it must wait; panics unless it was told to.
    fn wait(&self) -> u64 {
        assert_eq!(self.status, StatusCode::TOO_MANY_REQUESTS, "{:?}", self.said);
        assert!(self.said.as_ref().unwrap().starts_with("There were too many attempts."));
        self.retry_after.expect("Retry-After")
    }
}

#[tokio::test]
async fn waits_double_and_the_right_password_waits_too_and_then_works() {
    let daemon = throttled(1, 1000, "2s").start();
    daemon.add_user("alice", RIGHT, &[]);
    for delay in [2, 4] {
        let begun = Instant::now();
        let wrong = attempt(&daemon, "alice", WRONG).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{:?}", wrong.said);
        let early = attempt(&daemon, "alice", RIGHT).await;
        let wait = early.wait();
        // Whole seconds are told: one may have begun between the two, and more on a slow machine.
        let passed = begun.elapsed().as_secs() + 1;
        assert!(
            (delay - passed.min(delay)..=delay).contains(&wait),
            "{wait} s in place of {delay} s"
        );
        tokio::time::sleep(Duration::from_secs(wait)).await;
    }
    assert!(attempt(&daemon, "alice", RIGHT).await.is_in());
}

#[tokio::test]
async fn a_restart_forgives_nothing() {
    let mut daemon = throttled(2, 1000, LONG).start();
    daemon.add_user("alice", RIGHT, &[]);
    for _ in 0..2 {
        assert_eq!(attempt(&daemon, "alice", WRONG).await.status, StatusCode::UNAUTHORIZED);
    }
    daemon.kill();
    daemon.start_again();
    assert!(attempt(&daemon, "alice", RIGHT).await.wait() > 3000);
}

#[tokio::test]
async fn waiting_tells_nothing_about_who_exists() {
    let daemon = throttled(2, 1000, LONG).start();
    daemon.add_user("alice", RIGHT, &[]);
    for _ in 0..3 {
        let known = attempt(&daemon, "alice", WRONG).await;
        let unknown = attempt(&daemon, "nobody", WRONG).await;
        assert_eq!((known.status, &known.said), (unknown.status, &unknown.said));
        assert_eq!(known.retry_after.is_some(), unknown.retry_after.is_some());
    }
    attempt(&daemon, "nobody", WRONG).await.wait();
}

#[tokio::test]
async fn an_account_has_one_count_whatever_name_of_it_is_typed() {
    let daemon = throttled(2, 1000, LONG).start();
    daemon.add_user("alice", RIGHT, &[]);
    for name in ["ALICE", "alice@example.com"] {
        assert_eq!(attempt(&daemon, name, WRONG).await.status, StatusCode::UNAUTHORIZED);
    }
    attempt(&daemon, "alice", RIGHT).await.wait();
}

#[tokio::test]
async fn guesses_made_at_once_buy_no_more_than_guesses_in_a_row() {
    let daemon = throttled(3, 1000, LONG).start();
    daemon.add_user("alice", RIGHT, &[]);
    let mut guesses = Vec::new();
    for _ in 0..12 {
        let browser = Browser::behind_proxy(&daemon.issuer, "198.51.100.1");
        let page = browser.get("/login").await;
        guesses.push((browser, page));
    }
    let answers = guesses.iter().enumerate().map(async |(number, (browser, page))| {
        let answer = browser.sign_in(page, "alice", &format!("guess number {number}")).await;
        answer.status
    });
    let answers = futures_util::future::join_all(answers).await;
    let told = answers
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED)
        .count();
    let closed = answers
        .iter()
        .filter(|status| **status == StatusCode::TOO_MANY_REQUESTS)
        .count();
    assert_eq!((told, closed), (3, 9), "{answers:?}");
    attempt(&daemon, "alice", RIGHT).await.wait();
}

#[tokio::test]
async fn a_right_password_clears_the_account() {
    let daemon = throttled(2, 1000, LONG).start();
    daemon.add_user("alice", RIGHT, &[]);
    for _ in 0..3 {
        assert_eq!(attempt(&daemon, "alice", WRONG).await.status, StatusCode::UNAUTHORIZED);
        assert!(attempt(&daemon, "alice", RIGHT).await.is_in());
    }
}

#[tokio::test]
async fn an_address_is_counted_over_all_accounts_and_an_account_over_all_addresses() {
    let daemon = throttled(2, 4, LONG).start();
    for name in ["alice", "bob", "carol"] {
        daemon.add_user(name, RIGHT, &[]);
    }
    let [here, elsewhere] = ["198.51.100.1", "198.51.100.2"];
    for name in ["alice", "alice", "bob"] {
        let wrong = attempt_from(&daemon, here, name, WRONG).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    // Alice's account is closed from everywhere, the address still open; a success does not clear the address.
    attempt_from(&daemon, elsewhere, "alice", RIGHT).await.wait();
    assert!(attempt_from(&daemon, here, "carol", RIGHT).await.is_in());
    let wrong = attempt_from(&daemon, here, "nobody", WRONG).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    attempt_from(&daemon, here, "carol", RIGHT).await.wait();
    assert!(attempt_from(&daemon, elsewhere, "carol", RIGHT).await.is_in());
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_are_one() {
    let daemon = throttled(1000, 2, LONG).start();
    daemon.add_user("alice", RIGHT, &[]);
    for address in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"] {
        let wrong = attempt_from(&daemon, address, "alice", WRONG).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    attempt_from(&daemon, "2001:db8:1:2::3", "alice", RIGHT).await.wait();
    assert!(attempt_from(&daemon, "2001:db8:1:3::1", "alice", RIGHT).await.is_in());
}

//! Invitations: bound to an address, used once, and nobody else's.

use reqwest::StatusCode;
use serde_json::Value;

use super::{PASSWORD, user, users};
use crate::support::{Browser, Daemon, Mailbox};

/// A daemon without a mail server, with an organization.
fn daemon() -> Daemon {
    let daemon = Daemon::builder().set("sign_up.mode", "invitation").start();
    daemon.cli(&["org", "add", "Shop & Sons", "--id", "shop"]);
    daemon
}

fn invite(daemon: &Daemon, email: &str, more: &[&str]) -> Value {
    daemon.cli(&[&["invitation", "new", "--email", email][..], more].concat())
}

fn link(daemon: &Daemon, email: &str, more: &[&str]) -> String {
    invite(daemon, email, more)["url"].as_str().expect("a link").to_owned()
}

const SHOP: [&str; 4] = ["--organization", "shop", "--org-role", "owner"];

#[tokio::test]
async fn a_letter_invites_and_the_form_makes_the_account_for_that_address_alone() {
    // Threats 24 and 39.
    let mailbox = Mailbox::start();
    let daemon = mailbox
        .serve(Daemon::builder())
        .set("sign_up.mode", "invitation")
        .start();
    daemon.cli(&["org", "add", "Shop & Sons", "--id", "shop"]);
    let made = invite(
        &daemon,
        "Alice@Example.com",
        &[&SHOP[..], &["--role", "admin"]].concat(),
    );
    assert_eq!(
        (&made["sent"], &made["url"]),
        (&true.into(), &Value::Null),
        "the link is for the mailbox alone"
    );
    let letter = mailbox.wait_for("Alice@example.com", 1).await.remove(0);
    assert_eq!(letter.header("Subject"), "Your invitation to avouch");
    assert!(
        letter.text.contains("join Shop & Sons") && letter.html.contains("Shop &#38; Sons"),
        "{}",
        letter.text
    );
    let browser = Browser::new(&daemon.issuer);
    let page = letter.follow(&browser).await;
    assert!(
        page.body
            .contains("invites you to join <strong><bdi>Shop &#38; Sons</bdi></strong>"),
        "{}",
        page.body
    );
    let more = [
        ("password", PASSWORD),
        ("email", "mallory@example.com"),
        ("role", "user"),
        ("username", "root"),
    ];
    let home = browser.submit(&page, &more).await;
    assert!(home.has("home-sign-out"), "{}", home.body);
    let alice = user(&daemon, "alice@example.com");
    assert_eq!(
        (&alice["email"], &alice["email_verified"]),
        (&"Alice@example.com".into(), &true.into())
    );
    assert_eq!(
        (&alice["role"], &alice["username"]),
        (&"admin".into(), &"Alice@example.com".into())
    );
    assert_eq!(
        alice["memberships"],
        serde_json::json!([{"organization_id": "shop", "role": "owner"}])
    );
    for again in [letter.follow(&browser).await, browser.submit(&page, &more).await] {
        assert_eq!(again.status, StatusCode::GONE);
    }
    assert_eq!(users(&daemon), 1);
    daemon.has_no_errors();
}

#[tokio::test]
async fn without_a_mail_server_the_operator_hands_the_link_over() {
    let daemon = daemon();
    let output = daemon.run(&["invitation", "new", "--email", "alice@example.com"], "");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("url:") && said.contains(&daemon.url("/invitation?token=")),
        "{said}"
    );
    let listed = daemon.cli(&["invitation", "list"]);
    let invitations = listed["invitations"].as_array().unwrap();
    assert_eq!(
        (invitations.len(), &invitations[0]["email"]),
        (1, &"alice@example.com".into())
    );
    assert!(!listed.to_string().contains("token"), "{listed}");
}

#[tokio::test]
async fn a_form_of_an_invitation_that_cannot_be_taken_comes_back() {
    let daemon = Daemon::builder()
        .set("sign_up.mode", "invitation")
        .set("sign_up.username", "chosen")
        .set("sign_up.require", "given_name")
        .start();
    daemon.add_user("bob", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let link = link(&daemon, "alice@example.com", &[]);
    let page = browser.get(&link).await;
    let good = [
        ("username", "alice"),
        ("claim.given_name", "Alice"),
        ("password", PASSWORD),
    ];
    for (wrong, value, told) in [
        ("username", "BOB", "Somebody else signs in with BOB"),
        ("username", "alice@example.com", "without @"),
        ("claim.given_name", "", "fill this in"),
        ("password", "short", "at least 8 characters"),
    ] {
        let mut all: Vec<(&str, &str)> = good.to_vec();
        all.retain(|(name, _)| *name != wrong);
        all.push((wrong, value));
        let again = browser.submit(&page, &all).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "{wrong}: {}", again.body);
        assert!(
            again.text("form-error").unwrap().contains(told),
            "{wrong}: {}",
            again.body
        );
    }
    assert!(browser.submit(&page, &good).await.has("home-sign-out"));
    assert_eq!(user(&daemon, "alice")["email"], "alice@example.com");
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_or_has_expired_is_no_longer_good() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let made = invite(&daemon, "alice@example.com", &[]);
    let page = browser.get(made["url"].as_str().unwrap()).await;
    daemon.cli(&["invitation", "revoke", made["id"].as_str().unwrap()]);
    let gone = browser.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(gone.status, StatusCode::GONE);
    let late = link(&daemon, "bob@example.com", &["--lifetime", "1s"]);
    daemon
        .wait_until("it has expired", async || {
            browser.get(&late).await.status == StatusCode::GONE
        })
        .await;
    let (code, said) = daemon.refused(&["invitation", "revoke", "nothing"], "");
    assert!(code == 1 && said.contains("no invitation nothing"), "{said}");
    assert_eq!(users(&daemon), 0);
}

#[tokio::test]
async fn whoever_has_an_account_joins_as_exactly_that_account() {
    // Threat 39.
    let daemon = daemon();
    daemon.add_user("alice", PASSWORD, &[]);
    daemon.add_user("mallory", PASSWORD, &[]);
    let link = link(&daemon, "ALICE@example.com", &SHOP);
    let stranger = Browser::new(&daemon.issuer);
    let page = stranger.get(&link).await;
    assert!(
        page.text("invitation-hindrance")
            .unwrap()
            .contains("has an account already"),
        "{}",
        page.body
    );
    assert!(!page.has("invitation-submit"));

    let mallory = Browser::new(&daemon.issuer);
    mallory.sign_in(&mallory.get("/login").await, "mallory", PASSWORD).await;
    let page = mallory.get(&link).await;
    assert!(
        page.text("invitation-hindrance")
            .unwrap()
            .contains("signed in as mallory"),
        "{}",
        page.body
    );
    let csrf = mallory.get("/login?to=passkeys").await.field("csrf");
    let token = link.split_once("token=").unwrap().1;
    let forced = [("csrf", csrf.as_str()), ("token", token), ("password", PASSWORD)];
    let refused = mallory.post("/invitation", &forced).await;
    assert!(refused.has("invitation-hindrance"), "{}", refused.body);
    assert_eq!(user(&daemon, "mallory")["memberships"], serde_json::json!([]));

    let alice = Browser::new(&daemon.issuer);
    alice.sign_in(&alice.get("/login").await, "alice", PASSWORD).await;
    let page = alice.get(&link).await;
    let joined = alice.submit(&page, &[]).await;
    assert!(joined.text("told").unwrap().contains("member"), "{}", joined.body);
    assert_eq!(
        user(&daemon, "alice")["memberships"],
        serde_json::json!([{"organization_id": "shop", "role": "owner"}])
    );
    assert_eq!(alice.get(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn an_address_that_was_only_claimed_joins_nothing() {
    // Threat 39.
    let daemon = daemon();
    let add = [
        "user",
        "add",
        "mallory",
        "--email",
        "alice@example.com",
        "--password-stdin",
    ];
    daemon.cli_with(&add, PASSWORD);
    // A username may look like an address without being one.
    daemon.cli_with(&["user", "add", "bob@example.com", "--password-stdin"], PASSWORD);
    for (email, name) in [("alice@example.com", "mallory"), ("bob@example.com", "bob@example.com")] {
        let link = link(&daemon, email, &SHOP);
        let browser = Browser::new(&daemon.issuer);
        browser.sign_in(&browser.get("/login").await, name, PASSWORD).await;
        let page = browser.get(&link).await;
        assert!(
            page.text("invitation-hindrance").unwrap().contains("not confirmed"),
            "{name}: {}",
            page.body
        );
        assert_eq!(user(&daemon, name)["memberships"], serde_json::json!([]));
    }
}

#[tokio::test]
async fn an_account_that_came_after_the_invitation_has_nothing_left_to_do() {
    let daemon = daemon();
    let link = link(&daemon, "alice@example.com", &["--role", "admin"]);
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&link).await;
    assert!(
        page.text("invitation-hindrance")
            .unwrap()
            .contains("nothing left to do"),
        "{}",
        page.body
    );
    assert_eq!(
        user(&daemon, "alice")["role"],
        "user",
        "an invitation does not raise an account that is there"
    );
}

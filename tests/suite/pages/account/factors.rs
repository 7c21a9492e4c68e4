//! Passkeys and passwords together: the last way in stays, whoever is fast.

use reqwest::StatusCode;

use super::{Owner, kinds, with_people};
use crate::support::{
    Browser, Daemon, Page,
    authenticator::Authenticator,
    scene::{PASSWORD, USERNAME},
};

impl Owner {
    /// Adds a passkey, as the script of the page does.
    async fn add_passkey(&self, daemon: &Daemon) -> Authenticator {
        let mut authenticator = Authenticator::new();
        let begun = self.post("/passkey/register/begin", &[]).await.json();
        let credential = authenticator.create(&begun["publicKey"], &daemon.issuer, |_| {});
        let ceremony = begun["ceremony"].as_str().unwrap();
        let done = self
            .post(
                "/passkey/register/finish",
                &[("ceremony", ceremony), ("credential", &credential)],
            )
            .await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        authenticator
    }

    /// Signs in anew at this browser with a passkey that verifies its person.
    async fn sign_in_by(&self, authenticator: &mut Authenticator, daemon: &Daemon) {
        let begun = self.post("/passkey/sign-in/begin", &[]).await.json();
        let credential = authenticator.get(&begun["publicKey"], &daemon.issuer, |_| {});
        let ceremony = begun["ceremony"].as_str().unwrap();
        let done = self
            .post(
                "/passkey/sign-in/finish",
                &[("ceremony", ceremony), ("credential", &credential)],
            )
            .await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    }

    async fn second(&self, asked: &str) -> Page {
        self.post("/account/passkeys/second", &[("asked", asked)]).await
    }
}

fn passkey_id(daemon: &Daemon) -> String {
    let answer = daemon.cli(&["user", "passkeys", USERNAME]);
    answer["passkeys"][0]["id"].as_str().unwrap().to_owned()
}

fn daemon() -> Daemon {
    with_people(Daemon::start())
}

#[tokio::test]
async fn of_the_last_two_ways_in_removed_at_once_one_stays() {
    let daemon = daemon();
    for _ in 0..3 {
        daemon.cli_with(&["user", "password", USERNAME, "--password-stdin"], PASSWORD);
        let alice = Owner::of(&daemon, USERNAME).await;
        if !kinds(&daemon, USERNAME).contains(&"passkey".to_owned()) {
            alice.add_passkey(&daemon).await;
        }
        let id = passkey_id(&daemon);
        let which = [("id", id.as_str())];
        let (password, passkey) = tokio::join!(
            alice.post("/account/password", &[("do", "remove")]),
            alice.post("/account/passkeys/remove", &which),
        );
        let left = kinds(&daemon, USERNAME);
        assert_eq!(left.len(), 1, "{left:?}: {} {}", password.status, passkey.status);
        let refused = [&password, &passkey]
            .iter()
            .filter(|page| page.has("form-error"))
            .count();
        assert_eq!(refused, 1, "{} {}", password.body, passkey.body);
        assert!(alice.is_signed_in().await, "the session that asks goes on");
    }
    daemon.has_no_errors();
}

#[tokio::test]
async fn with_a_passkey_the_password_can_go_and_come_again() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, USERNAME).await;
    let there = Owner::of(&daemon, USERNAME).await;
    alice.add_passkey(&daemon).await;
    let page = alice.get("/account/password").await;
    assert!(page.has("password-remove"), "{}", page.body);
    let page = alice.post("/account/password", &[("do", "remove")]).await;
    assert!(page.has("form-done") && !page.has("password-current"), "{}", page.body);
    assert_eq!(kinds(&daemon, USERNAME), ["passkey"]);
    assert!(alice.is_signed_in().await && !there.is_signed_in().await);
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get("/login").await;
    assert!(browser.sign_in(&login, USERNAME, PASSWORD).await.has("form-error"));

    let fields = [
        ("do", "set"),
        ("password", "battery staple"),
        ("repeated", "battery staple"),
    ];
    assert!(alice.post("/account/password", &fields).await.has("form-done"));
    Owner::with(&daemon, USERNAME, "battery staple").await;
}

#[tokio::test]
async fn a_passkey_can_be_asked_for_after_the_password() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, USERNAME).await;
    assert!(!alice.get("/account/passkeys").await.has("passkeys-second-toggle"));
    let page = alice.second("1").await;
    assert_eq!(
        page.status,
        StatusCode::BAD_REQUEST,
        "without a passkey nobody could sign in any more"
    );
    let there = Owner::of(&daemon, USERNAME).await;
    let mut authenticator = alice.add_passkey(&daemon).await;
    let page = alice.second("1").await;
    assert!(page.body.contains("you are asked for a passkey too"), "{}", page.body);
    let needed = |daemon: &Daemon| daemon.cli(&["user", "factors", USERNAME])["factors_needed"].clone();
    assert_eq!(needed(&daemon), 2);
    assert!(there.is_signed_in().await, "to ask for more ends nothing");

    // Whoever has shown the password alone does not get rid of it.
    let page = there.second("0").await;
    assert!(!page.has("passkeys-second-toggle"), "{} {}", page.url, page.body);
    assert_eq!(needed(&daemon), 2);
    alice.sign_in_by(&mut authenticator, &daemon).await;
    assert_eq!(
        alice.second("1").await.status,
        StatusCode::OK,
        "a second click changes nothing"
    );
    let page = alice.second("0").await;
    assert!(page.has("passkeys-second-toggle"), "{}", page.body);
    assert_eq!(needed(&daemon), 1);
    assert!(
        alice.is_signed_in().await && !there.is_signed_in().await,
        "to ask for less is to lose a factor"
    );
    // Nor is it asked for when the last one is gone.
    alice.second("1").await;
    alice
        .post("/account/passkeys/remove", &[("id", &passkey_id(&daemon))])
        .await;
    assert_eq!(needed(&daemon), 1);
}

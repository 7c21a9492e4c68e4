//! What an operator does about passkeys.

use reqwest::StatusCode;

use super::{Person, daemon, honest, ids, passkey_of};
use crate::support::scene::USERNAME;

#[tokio::test]
async fn an_operator_sees_and_removes_passkeys_and_the_user_is_signed_out() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    assert_eq!(person.sign_in(&mut authenticator, honest).await.status, StatusCode::OK);
    let passkeys = &daemon.cli(&["user", "passkeys", USERNAME])["passkeys"];
    assert_eq!(passkeys[0]["rp_id"], "localhost");
    assert!(passkeys[0]["last_used_at"].is_number() && passkeys[0].get("public_key").is_none());
    let id = ids(&daemon, USERNAME).remove(0);
    // A passkey is named with its user: a slip of the pen hits nobody else.
    assert_eq!(daemon.refused(&["user", "remove-passkey", "bob", &id], "").0, 1);
    assert_eq!(
        daemon.refused(&["user", "remove-passkey", USERNAME, "unknown"], "").0,
        1
    );
    daemon.cli(&["user", "remove-passkey", USERNAME, &id]);
    assert!(ids(&daemon, USERNAME).is_empty());
    assert!(!person.is_signed_in().await);
}

#[test]
fn the_doctor_tells_in_words_what_keeps_passkeys_from_working() {
    let daemon = daemon();
    let shown = daemon.run(&["doctor", "passkey"], "");
    assert!(shown.status.success());
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.starts_with("Passkeys work. They belong to localhost"), "{text}");

    let mut sick = daemon.command();
    let sick = sick
        .env("AVOUCH__SERVER__ISSUER", "https://192.0.2.1")
        .args(["doctor", "passkey"])
        .output()
        .unwrap();
    let text = String::from_utf8(sick.stdout).unwrap();
    assert_eq!(sick.status.code(), Some(1));
    assert!(
        text.starts_with("Passkeys do not work.\nwrong: ") && text.contains("is an IP address"),
        "{text}"
    );
}

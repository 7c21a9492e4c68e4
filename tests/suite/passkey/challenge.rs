//! A challenge is good once, for one browser, for one purpose and for a short time (threats, row 27).

use reqwest::StatusCode;
use serde_json::json;

use super::{Person, daemon, honest, ids, of, passkey_of};
use crate::support::{
    App, Daemon,
    authenticator::Authenticator,
    scene::{USERNAME, clock_shows, unix_now},
};

#[tokio::test]
async fn an_assertion_counts_once() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    let begun = person.begin("sign-in", &[]).await;
    let credential = authenticator.get(&begun["publicKey"], &person.origin, honest);
    assert_eq!(
        person.finish("sign-in", &begun, &credential).await.status,
        StatusCode::OK
    );
    let replayed = person.finish("sign-in", &begun, &credential).await;
    assert_eq!(replayed.status, StatusCode::GONE, "{}", replayed.body);
    assert!(replayed.set_cookies.is_empty());
}

#[tokio::test]
async fn of_parallel_replays_one_counts() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    for _ in 0..3 {
        let person = Person::at(&daemon).await;
        let begun = person.begin("sign-in", &[]).await;
        let credential = authenticator.get(&begun["publicKey"], &person.origin, honest);
        let tries = (0..8).map(|_| person.finish("sign-in", &begun, &credential));
        let pages = futures_util::future::join_all(tries).await;
        let through = pages.iter().filter(|page| page.status == StatusCode::OK).count();
        assert_eq!(through, 1, "{pages:?}");
    }
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_wrong_answer_spends_the_challenge_too() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    let begun = person.begin("sign-in", &[]).await;
    let wrong = authenticator.get(&begun["publicKey"], &person.origin, |it| it.is_forged = true);
    let right = authenticator.get(&begun["publicKey"], &person.origin, honest);
    assert_eq!(
        person.finish("sign-in", &begun, &wrong).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(person.finish("sign-in", &begun, &right).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_challenge_is_for_the_browser_that_asked() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let (one, other) = (Person::at(&daemon).await, Person::at(&daemon).await);
    let begun = one.begin("sign-in", &[]).await;
    let credential = authenticator.get(&begun["publicKey"], &one.origin, honest);
    assert_eq!(
        other.finish("sign-in", &begun, &credential).await.status,
        StatusCode::GONE
    );
    assert!(!other.is_signed_in().await);
    // It was not the other's to spend.
    assert_eq!(one.finish("sign-in", &begun, &credential).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_ceremonys_challenge_does_not_do() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    let (first, second) = (person.begin("sign-in", &[]).await, person.begin("sign-in", &[]).await);
    let credential = authenticator.get(&first["publicKey"], &person.origin, honest);
    assert_eq!(
        person.finish("sign-in", &second, &credential).await.status,
        StatusCode::UNAUTHORIZED
    );
    // Nor one that was for another purpose.
    let person = Person::signed_in(&daemon, USERNAME).await;
    let begun = person.begin("register", &[]).await;
    let mut asked = begun["publicKey"].clone();
    asked["rpId"] = json!("localhost");
    let credential = authenticator.get(&asked, &person.origin, honest);
    assert_eq!(
        person.finish("sign-in", &begun, &credential).await.status,
        StatusCode::GONE
    );
    let begun = person.begin("sign-in", &[]).await;
    let mut asked = begun["publicKey"].clone();
    asked["rp"] = json!({"id": "localhost"});
    asked["user"] = json!({"id": "AAAA"});
    let credential = Authenticator::new().create(&asked, &person.origin, honest);
    assert_eq!(
        person.finish("register", &begun, &credential).await.status,
        StatusCode::GONE
    );
    assert_eq!(ids(&daemon, USERNAME).len(), 1);
}

#[tokio::test]
async fn a_challenge_grows_old() {
    let daemon = of(Daemon::builder().set("passkeys.timeout", "1s"));
    let person = Person::at(&daemon).await;
    let begun = person.begin("sign-in", &[]).await;
    let mut authenticator = Authenticator::new();
    let credential = authenticator.get(&begun["publicKey"], &person.origin, honest);
    clock_shows(unix_now() + 2).await;
    let late = person.finish("sign-in", &begun, &credential).await;
    assert_eq!(late.status, StatusCode::GONE, "{}", late.body);
    assert!(late.json()["error"].as_str().unwrap().contains("took too long"));
}

#[tokio::test]
async fn a_ceremony_that_nobody_began_does_not_end() {
    let daemon = daemon();
    let person = Person::at(&daemon).await;
    for what in ["sign-in", "register"] {
        let page = person.finish(what, &json!({"ceremony": "unknown"}), "{}").await;
        assert_eq!(page.status, StatusCode::GONE, "{what}: {}", page.body);
    }
}

#[tokio::test]
async fn another_sites_form_begins_and_ends_nothing() {
    let daemon = daemon();
    let person = Person::signed_in(&daemon, USERNAME).await;
    for path in [
        "/passkey/sign-in/begin",
        "/passkey/sign-in/finish",
        "/passkey/register/begin",
        "/passkey/register/finish",
    ] {
        for fields in [&[][..], &[("csrf", "AAAA")]] {
            let page = person.browser.post(path, fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(page.headers.get("access-control-allow-origin").is_none());
        }
        let json = person
            .browser
            .client()
            .post(daemon.url(path))
            .json(&json!({"csrf": person.csrf}));
        assert_eq!(
            json.send().await.unwrap().status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_interaction_of_another_browser_is_not_signed_in_for() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let victim = Person::at(&daemon).await;
    let page = victim.browser.get(&app.begin("openid", &[]).url).await;
    let interaction = page.field("interaction");
    let thief = Person::at(&daemon).await;
    let page = thief
        .post("/passkey/sign-in/begin", &[("interaction", &interaction)])
        .await;
    assert_eq!(page.status, StatusCode::GONE);
    let page = victim
        .post("/passkey/sign-in/begin", &[("interaction", &interaction)])
        .await;
    assert_eq!(page.status, StatusCode::OK);
}

//! Every binding of an assertion, one at a time (WebAuthn Level 3, 7.2).

use reqwest::StatusCode;

use super::{Person, assert_told, daemon, honest, ids, of, passkey_of};
use crate::support::{
    Daemon,
    authenticator::{Answer, Authenticator, BE, BS, UP, UV},
    scene::USERNAME,
};

/// What is wrong, the word for it in the audit log, and the section that wants it refused.
type Row = (fn(&mut Answer), &'static str, &'static str);

const ROWS: [Row; 18] = [
    (|it| "password".clone_into(&mut it.kind), "type", "5.8.2"),
    (
        |it| "webauthn.create".clone_into(&mut it.client_kind),
        "client_data_type",
        "7.2, step 10",
    ),
    (
        |it| "payment.get".clone_into(&mut it.client_kind),
        "client_data_type",
        "7.2, step 10",
    ),
    (|it| "AAAA".clone_into(&mut it.challenge), "challenge", "7.2, step 11"),
    (|it| it.challenge = String::new(), "challenge", "7.2, step 11"),
    (
        |it| "https://evil.example".clone_into(&mut it.origin),
        "origin",
        "7.2, step 12",
    ),
    (
        |it| "http://localhost:1".clone_into(&mut it.origin),
        "origin",
        "7.2, step 12",
    ),
    (
        |it| it.origin = it.origin.replace("localhost", "evil.localhost"),
        "origin",
        "7.2, step 12",
    ),
    (
        |it| it.origin = it.origin.replace("http:", "https:"),
        "origin",
        "7.2, step 12",
    ),
    (|it| it.cross_origin = true, "cross_origin", "7.2, step 13"),
    (
        |it| it.top_origin = Some("https://evil.example".to_owned()),
        "cross_origin",
        "7.2, step 14",
    ),
    (
        |it| "evil.example".clone_into(&mut it.rp_id),
        "rp_id_hash",
        "7.2, step 15",
    ),
    (|it| it.flags &= !UP, "user_present", "7.2, step 16"),
    (|it| it.flags &= !UV, "user_verified", "7.2, step 17"),
    (|it| it.flags |= BS, "backup", "7.2, step 18"),
    (|it| it.is_forged = true, "signature", "7.2, step 21"),
    (|it| it.handle = None, "user_handle", "7.2, step 6"),
    (|it| it.handle = Some("AAAA".to_owned()), "user_handle", "7.2, step 6"),
];

#[tokio::test]
async fn an_assertion_that_is_wrong_in_one_member_signs_nobody_in() {
    for (twist, word, section) in ROWS {
        // A log of its own for each word.
        let daemon = daemon();
        let mut authenticator = passkey_of(&daemon, USERNAME).await;
        let person = Person::at(&daemon).await;
        let refused = person.sign_in(&mut authenticator, twist).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{section}: {}", refused.body);
        assert!(refused.set_cookies.is_empty(), "{section}");
        assert_eq!(refused.json()["unknown"], false, "{section}");
        assert_told(&daemon, word);
        assert!(!person.is_signed_in().await, "{section}");
        assert_eq!(
            person.sign_in(&mut authenticator, honest).await.status,
            StatusCode::OK,
            "{section}"
        );
    }
}

#[tokio::test]
async fn an_assertion_by_another_key_or_for_another_user_signs_nobody_in() {
    let daemon = daemon();
    let (alice, bob) = (passkey_of(&daemon, USERNAME).await, passkey_of(&daemon, "bob").await);
    let person = Person::at(&daemon).await;
    for (key, id, handle) in [
        // 7.2, step 6: the handle is that of the credential's owner.
        (&alice, &alice.id, &bob.handle),
        (&alice, &bob.id, &alice.handle),
        // 7.2, step 21: the key is that of the credential.
        (&alice, &bob.id, &bob.handle),
        (&bob, &alice.id, &alice.handle),
    ] {
        let mut key = key.clone();
        let refused = person
            .sign_in(&mut key, |it| {
                it.id.clone_from(id);
                it.handle = Some(handle.clone());
            })
            .await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    }
    assert!(!person.is_signed_in().await);
}

#[tokio::test]
async fn what_is_no_assertion_at_all_is_refused() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    for bad in ["", "null", "{}", "[]", r#"{"id":"x"}"#] {
        let begun = person.begin("sign-in", &[]).await;
        let refused = person.finish("sign-in", &begun, bad).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{bad}: {}", refused.body);
    }
    // 5.1: rawId is id.
    let begun = person.begin("sign-in", &[]).await;
    let credential = authenticator.get(&begun["publicKey"], &person.origin, honest);
    let credential = credential.replacen(&authenticator.credential_id(), "AAAA", 1);
    let refused = person.finish("sign-in", &begun, &credential).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_passkey_that_nobody_has_is_told_so_that_the_browser_can_forget_it() {
    let daemon = daemon();
    let mut stranger = Authenticator::new();
    let person = Person::at(&daemon).await;
    let refused = person
        .sign_in(&mut stranger, |it| it.handle = Some("AAAA".to_owned()))
        .await;
    assert_eq!(
        (refused.status, refused.json()["unknown"].clone()),
        (StatusCode::UNAUTHORIZED, true.into())
    );
    assert_told(&daemon, "unknown_credential");
    // A passkey that was removed is one of them.
    let mut former = passkey_of(&daemon, USERNAME).await;
    daemon.cli(&["user", "remove-passkey", USERNAME, &ids(&daemon, USERNAME)[0]]);
    assert_eq!(person.sign_in(&mut former, honest).await.json()["unknown"], true);
}

#[tokio::test]
async fn a_counter_that_goes_back_ends_the_passkey() {
    // 6.1.1 and 7.2, step 22.
    for (seen, then) in [(5, 5), (5, 4), (5, 0)] {
        let daemon = daemon();
        let mut authenticator = Authenticator::new();
        authenticator.counter = 1;
        let person = Person::signed_in(&daemon, USERNAME).await;
        person.register(&mut authenticator, honest).await;
        let person = Person::at(&daemon).await;
        assert_eq!(
            person.sign_in(&mut authenticator, |it| it.counter = seen).await.status,
            StatusCode::OK
        );

        let thief = Person::at(&daemon).await;
        // Who cannot sign cannot end it either.
        let forged = thief
            .sign_in(&mut authenticator, |it| {
                it.counter = then;
                it.is_forged = true;
            })
            .await;
        assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
        let refused = thief.sign_in(&mut authenticator, |it| it.counter = then).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{seen} {then}");
        assert_told(&daemon, "counter");
        assert!(daemon.log().contains("passkey.suspected"));
        // Nobody knows which of the two is the owner.
        let refused = person.sign_in(&mut authenticator, |it| it.counter = 9).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        let shown = person.browser.get("/account/passkeys").await;
        assert!(shown.body.contains("May have been copied"), "{}", shown.body);
        assert!(refused.json()["unknown"] == false);
    }
}

#[tokio::test]
async fn a_counter_that_stays_at_zero_is_none() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    for _ in 0..2 {
        assert_eq!(person.sign_in(&mut authenticator, honest).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn of_two_answers_with_one_counter_at_once_one_counts() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let people: Vec<Person> = futures_util::future::join_all((0..4).map(|_| Person::at(&daemon))).await;
    let mut answers = Vec::new();
    for person in &people {
        let begun = person.begin("sign-in", &[]).await;
        let credential = authenticator.get(&begun["publicKey"], &person.origin, |it| it.counter = 7);
        answers.push((person, begun, credential));
    }
    let tries = answers
        .iter()
        .map(|(person, begun, credential)| person.finish("sign-in", begun, credential));
    let pages = futures_util::future::join_all(tries).await;
    let through = pages.iter().filter(|page| page.status == StatusCode::OK).count();
    assert!(through == 1, "{pages:?}");
}

#[tokio::test]
async fn a_passkey_may_learn_to_be_backed_up() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    for flags in [UP | UV | BE, UP | UV | BE | BS, UP | UV | BE] {
        let page = person.sign_in(&mut authenticator, |it| it.flags = flags).await;
        assert_eq!(page.status, StatusCode::OK, "{flags:#x} {}", page.body);
    }
    // Never back: 6.1.3.
    let page = person.sign_in(&mut authenticator, |it| it.flags = UP | UV).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn where_verification_is_required_presence_alone_is_refused() {
    let mut daemon = daemon();
    let mut authenticator = Authenticator::new();
    authenticator.flags = UP;
    let person = Person::signed_in(&daemon, USERNAME).await;
    assert_eq!(person.register(&mut authenticator, honest).await.status, StatusCode::OK);
    daemon.stop();
    daemon.set("passkeys.user_verification", "required");
    daemon.start_again();
    let person = Person::at(&daemon).await;
    let refused = person.sign_in(&mut authenticator, honest).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_told(&daemon, "user_verified");
    assert_eq!(
        person.sign_in(&mut authenticator, |it| it.flags |= UV).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_passkey_of_another_relying_party_does_not_sign_in() {
    let mut daemon = of(Daemon::builder()
        .set("server.issuer", "http://app.localhost:3001")
        .set("passkeys.rp_id", "app.localhost"));
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    daemon.stop();
    daemon.set("passkeys.rp_id", "localhost");
    daemon.start_again();
    let person = Person::at(&daemon).await;
    let refused = person.sign_in(&mut authenticator, honest).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    assert_told(&daemon, "rp_id");
    let person = Person::signed_in(&daemon, USERNAME).await;
    let shown = person.browser.get("/account/passkeys").await;
    assert!(shown.body.contains("For <bdi>app.localhost</bdi>"), "{}", shown.body);
}

#[tokio::test]
async fn a_disabled_user_and_a_throttled_one_are_refused_as_with_a_password() {
    let daemon = Daemon::builder().set("limits.login_per_account", "2").start();
    daemon.add_user(USERNAME, crate::support::scene::PASSWORD, &[]);
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::at(&daemon).await;
    for _ in 0..3 {
        person.sign_in(&mut authenticator, |it| it.is_forged = true).await;
    }
    let refused = person.sign_in(&mut authenticator, honest).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.body);
    assert!(!refused.header("retry-after").is_empty());

    daemon.add_user("bob", crate::support::scene::PASSWORD, &[]);
    let mut authenticator = passkey_of(&daemon, "bob").await;
    daemon.cli(&["user", "disable", "bob"]);
    let refused = person.sign_in(&mut authenticator, honest).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(!person.is_signed_in().await);
}

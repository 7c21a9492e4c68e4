//! A person's own passkeys: seen, added after a recent sign-in, renamed, removed.

use reqwest::StatusCode;

use super::{Person, daemon, honest, ids, of, passkey_of};
use crate::support::{
    App, Daemon,
    authenticator::{Authenticator, UP},
    scene::{PASSWORD, USERNAME},
};

#[tokio::test]
async fn passkeys_are_seen_renamed_and_removed() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let person = Person::signed_in(&daemon, USERNAME).await;
    assert!(person.browser.get("/").await.has("home-account"));
    let page = person.browser.get("/account/passkeys").await;
    assert!(page.body.contains("not used yet"), "{}", page.body);
    let id = ids(&daemon, USERNAME).remove(0);

    let renamed = person
        .post("/account/passkeys/rename", &[("id", &id), ("name", "My <phone>")])
        .await;
    assert!(renamed.body.contains("My &#60;phone&#62;"), "{}", renamed.body);
    for bad in ["", "  ", &"x".repeat(65), "a\nb"] {
        let page = person
            .post("/account/passkeys/rename", &[("id", &id), ("name", bad)])
            .await;
        assert_eq!(
            (page.status, page.has("form-error")),
            (StatusCode::BAD_REQUEST, true),
            "{bad:?}"
        );
    }
    assert_eq!(person.sign_in(&mut authenticator, honest).await.status, StatusCode::OK);
    assert!(person.browser.get("/account/passkeys").await.body.contains("last used"));

    let removed = person.post("/account/passkeys/remove", &[("id", &id)]).await;
    assert!(removed.body.contains("You have no passkey yet"), "{}", removed.body);
    assert!(ids(&daemon, USERNAME).is_empty());
    daemon.has_no_errors();
}

#[tokio::test]
async fn removing_a_passkey_ends_everything_but_the_session_that_asks() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    let thief = Person::at(&daemon).await;
    assert_eq!(thief.sign_in(&mut authenticator, honest).await.status, StatusCode::OK);
    let app = App::confidential(&daemon);
    let tokens = app
        .sign_in(&thief.browser, "openid offline_access", USERNAME, PASSWORD)
        .await;
    let person = Person::signed_in(&daemon, USERNAME).await;
    let id = ids(&daemon, USERNAME).remove(0);
    person.post("/account/passkeys/remove", &[("id", &id)]).await;
    assert!(person.is_signed_in().await);
    assert!(!thief.is_signed_in().await);
    assert_eq!(app.refresh(tokens.refresh()).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn nobody_touches_the_passkeys_of_another() {
    let daemon = daemon();
    passkey_of(&daemon, USERNAME).await;
    let id = ids(&daemon, USERNAME).remove(0);
    let bob = Person::signed_in(&daemon, "bob").await;
    for (path, fields) in [
        ("/account/passkeys/rename", &[("id", id.as_str()), ("name", "mine")][..]),
        ("/account/passkeys/remove", &[("id", id.as_str())]),
    ] {
        assert_eq!(bob.post(path, fields).await.status, StatusCode::NOT_FOUND, "{path}");
        // Nor by another site's form, nor by a stranger.
        let alice = Person::signed_in(&daemon, USERNAME).await;
        assert_eq!(
            alice.browser.post(path, fields).await.status,
            StatusCode::BAD_REQUEST,
            "{path}"
        );
        let stranger = Person::at(&daemon).await.post(path, fields).await;
        assert!(stranger.body.contains("login-submit"), "{path}: {}", stranger.url);
    }
    assert_eq!(ids(&daemon, USERNAME), [id]);
}

#[tokio::test]
async fn with_a_password_behind_them_all_passkeys_can_go() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    // A sign-in with a passkey is good enough to add another.
    let alice = Person::at(&daemon).await;
    assert_eq!(alice.sign_in(&mut authenticator, honest).await.status, StatusCode::OK);
    assert_eq!(
        alice.register(&mut Authenticator::new(), honest).await.status,
        StatusCode::OK
    );
    assert_eq!(ids(&daemon, USERNAME).len(), 2);
    for id in ids(&daemon, USERNAME) {
        assert_eq!(
            alice.post("/account/passkeys/remove", &[("id", &id)]).await.status,
            StatusCode::OK
        );
    }
    assert!(ids(&daemon, USERNAME).is_empty());
}

#[tokio::test]
async fn only_who_signed_in_a_moment_ago_adds_or_removes() {
    let daemon = daemon();
    let stranger = Person::at(&daemon).await;
    let page = stranger.post("/passkey/register/begin", &[]).await;
    assert_eq!(
        (page.status, page.json()["sign_in_again"].clone()),
        (StatusCode::FORBIDDEN, true.into())
    );
    let page = stranger.browser.get("/account/passkeys").await;
    assert!(
        page.body.contains("login-submit") && page.url.query() == Some("to=passkeys"),
        "{}",
        page.url
    );
}

#[tokio::test]
async fn a_passkey_is_not_added_for_whoever_signs_in_meanwhile() {
    let daemon = daemon();
    let person = Person::signed_in(&daemon, USERNAME).await;
    let begun = person.begin("register", &[]).await;
    let credential = Authenticator::new().create(&begun["publicKey"], &person.origin, honest);
    person.type_password("bob").await;
    let refused = person.finish("register", &begun, &credential).await;
    assert_eq!(refused.status, StatusCode::GONE, "{}", refused.body);
    assert!(ids(&daemon, USERNAME).is_empty() && ids(&daemon, "bob").is_empty());
}

#[tokio::test]
async fn a_password_leads_past_the_upgrade_page_only_when_the_browser_can_and_the_person_has_none() {
    let daemon = of(Daemon::builder());
    let app = App::confidential(&daemon);
    let person = Person::at(&daemon).await;
    let sign_in = app.begin("openid", &[]);
    let page = person.browser.get(&sign_in.url).await;
    let fields = [("username", USERNAME), ("password", PASSWORD), ("upgrade", "1")];
    let page = person.browser.submit(&page, &fields).await;
    assert!(page.has("passkey-continue"), "{} {}", page.url, page.body);
    // Its link goes on where the sign-in was going.
    let next = page.body.split("id=\"passkey-continue\" href=\"").nth(1).unwrap();
    let next = next
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&#61;", "=");
    app.code_of(&person.browser.get(&next).await, &sign_in);

    // The browser makes one by itself; from then on nobody is asked.
    let begun = person.begin("register", &[("conditional", "1")]).await;
    let credential = Authenticator::new().create(&begun["publicKey"], &person.origin, |it| it.flags |= UP);
    assert_eq!(
        person.finish("register", &begun, &credential).await.status,
        StatusCode::OK
    );
    let page = person.browser.get("/login?to=passkeys").await;
    let page = person.browser.submit(&page, &fields).await;
    assert!(page.url.path().ends_with("/account/passkeys"), "{}", page.url);
    // Who is not signed in has no business there.
    assert!(
        Person::at(&daemon)
            .await
            .browser
            .get("/passkey/upgrade")
            .await
            .has("welcome-sign-in")
    );
}

#[tokio::test]
async fn a_removed_user_leaves_no_passkey_behind() {
    let daemon = daemon();
    let mut authenticator = passkey_of(&daemon, USERNAME).await;
    daemon.cli(&["user", "remove", USERNAME]);
    let person = Person::at(&daemon).await;
    assert_eq!(person.sign_in(&mut authenticator, honest).await.json()["unknown"], true);
    // The credential is free for whoever comes next with it.
    let bob = Person::signed_in(&daemon, "bob").await;
    assert_eq!(bob.register(&mut authenticator, honest).await.status, StatusCode::OK);
}

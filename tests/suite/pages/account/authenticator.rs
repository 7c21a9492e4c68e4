//! The authenticator app and the recovery codes.

use reqwest::StatusCode;

use super::{Owner, daemon, kinds};
use crate::support::{App, Daemon, authenticator_app::AuthenticatorApp, scene::PASSWORD};

const PAGE: &str = "/account/authenticator";
const CODES: &str = "/account/recovery-codes";

/// Sets up an app; the page that follows.
async fn enrol(owner: &Owner) -> (AuthenticatorApp, crate::support::Page) {
    let page = owner.post(PAGE, &[("do", "begin")]).await;
    let app = AuthenticatorApp::typed_from(&page);
    let page = owner.post(PAGE, &[("do", "confirm"), ("code", &app.shown())]).await;
    (app, page)
}

fn left(daemon: &Daemon) -> u64 {
    let answer = daemon.cli(&["user", "factors", "alice"]);
    let factors = answer["factors"].as_array().unwrap();
    let codes = factors.iter().find(|it| it["factor"] == "recovery_codes");
    codes.map_or(0, |codes| codes["left"].as_u64().unwrap())
}

#[tokio::test]
async fn an_app_is_set_up_by_its_first_code_and_recovery_codes_come_next() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let there = Owner::of(&daemon, "alice").await;
    let page = alice.post(PAGE, &[("do", "begin")]).await;
    assert!(
        page.has("authenticator-qr") && page.body.contains("<svg "),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("href=\"otpauth://totp/"),
        "for an app on the same device"
    );
    assert_eq!(kinds(&daemon, "alice"), ["password"], "nothing is asked for yet");
    let app = AuthenticatorApp::typed_from(&page);

    for code in ["000000", "", "12345", "abcdef", &app.shown_in(50)] {
        let page = alice.post(PAGE, &[("do", "confirm"), ("code", code)]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{code}");
        assert!(
            page.has("form-error") && page.has("authenticator-qr"),
            "the same picture, to try again"
        );
        assert_eq!(AuthenticatorApp::typed_from(&page).shown(), app.shown());
    }
    let page = alice.post(PAGE, &[("do", "confirm"), ("code", &app.shown())]).await;
    assert_eq!(page.url.path(), CODES);
    assert!(
        page.has("form-done") && page.has("recovery-codes-make"),
        "{}",
        page.body
    );
    assert_eq!(kinds(&daemon, "alice"), ["password", "totp"]);
    assert!(there.is_signed_in().await, "to add something ends nothing");

    // What is done cannot be done again, and the key is shown to nobody any more.
    let page = alice.post(PAGE, &[("do", "confirm"), ("code", &app.shown_in(1))]).await;
    assert!(
        page.text("form-error").unwrap().contains("Begin again"),
        "{}",
        page.body
    );
    let page = alice.get(PAGE).await;
    assert!(
        !page.has("authenticator-key") && page.has("authenticator-remove"),
        "{}",
        page.body
    );
    assert!(page.body.contains("It was not used yet"), "{}", page.body);
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_key_is_shown_to_nobody_else() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let page = alice.post(PAGE, &[("do", "begin")]).await;
    let key = page.text("authenticator-key").unwrap();
    assert_eq!(page.header("cache-control"), "no-store");
    let bob = Owner::of(&daemon, "bob").await;
    assert!(!bob.get(PAGE).await.body.contains(&key));
    let app = AuthenticatorApp::typed_from(&page);
    let page = bob.post(PAGE, &[("do", "confirm"), ("code", &app.shown())]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        (kinds(&daemon, "alice"), kinds(&daemon, "bob")),
        (vec!["password".to_owned()], vec!["password".to_owned()])
    );
    assert!(!daemon.log().contains(&key.replace(' ', "")));
}

#[tokio::test]
async fn another_app_takes_the_place_of_the_first_when_it_is_confirmed() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let there = Owner::of(&daemon, "alice").await;
    enrol(&alice).await;
    assert!(there.is_signed_in().await, "to add a factor ends nothing");
    let page = alice.post(PAGE, &[("do", "begin")]).await;
    assert!(page.body.contains("Your present app goes on"), "{}", page.body);
    let app = AuthenticatorApp::typed_from(&page);
    let page = alice.post(PAGE, &[("do", "confirm"), ("code", &app.shown())]).await;
    assert!(page.has("form-done"), "{}", page.body);
    assert_eq!(kinds(&daemon, "alice"), ["password", "totp"]);
    assert!(
        alice.is_signed_in().await && !there.is_signed_in().await,
        "the former app may be in other hands"
    );
}

#[tokio::test]
async fn removing_the_app_ends_everything_but_the_session_that_asks() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let there = Owner::of(&daemon, "alice").await;
    let tokens = app
        .sign_in(&there.browser, "openid offline_access", "alice", PASSWORD)
        .await;
    let here = Owner::of(&daemon, "alice").await;
    enrol(&here).await;
    let page = here.post(PAGE, &[("do", "remove")]).await;
    assert!(
        page.has("form-done") && page.has("authenticator-begin"),
        "{}",
        page.body
    );
    assert_eq!(kinds(&daemon, "alice"), ["password"]);
    assert!(here.is_signed_in().await && !there.is_signed_in().await);
    assert_eq!(app.refresh(tokens.refresh()).await.0, StatusCode::BAD_REQUEST);
    // A second click finds nothing more to remove.
    let page = here.post(PAGE, &[("do", "remove")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.has("form-error"));
}

#[tokio::test]
async fn recovery_codes_are_shown_once_and_replaced_as_a_set() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let page = alice.get(CODES).await;
    assert!(
        !page.has("recovery-codes-make") && page.has("recovery-codes-authenticator"),
        "of no use yet"
    );
    enrol(&alice).await;
    assert!(
        alice
            .get("/account")
            .await
            .body
            .contains("Make recovery codes and keep them")
    );

    let made = alice.post(CODES, &[]).await;
    assert_eq!(
        (made.status, made.header("cache-control")),
        (StatusCode::OK, "no-store")
    );
    let codes: Vec<&str> = made.body.split("<li><code>").skip(1).map(|it| &it[..14]).collect();
    assert_eq!(codes.len(), 10, "{}", made.body);
    assert!(
        codes
            .iter()
            .all(|code| code.len() == 14 && code.matches('-').count() == 2),
        "{codes:?}"
    );
    assert!(
        made.body.contains("Recovery codes of alice at avouch"),
        "on paper it says whose they are"
    );
    assert_eq!(left(&daemon), 10);

    let page = alice.get(CODES).await;
    assert!(
        page.text("recovery-codes-left").unwrap().contains("10 codes left"),
        "{}",
        page.body
    );
    for code in &codes {
        assert!(
            !page.body.contains(code) && !daemon.log().contains(code),
            "shown once, written nowhere"
        );
    }
    let again = alice.post(CODES, &[]).await;
    assert!(codes.iter().all(|code| !again.body.contains(code)));
    assert_eq!(left(&daemon), 10);
    assert!(!alice.get("/account").await.body.contains("recovery code left"));
}

//! A newcomer with a real browser: the demo from the first click to the signed-out page, with and without scripts.

mod account;
mod form_post;
mod gallery;
mod journey;
mod letters;
mod passkey;
mod second_step;
mod sign_up;

use fantoccini::key::Key;

use crate::support::{Chromium, Daemon};

fn demo() -> Daemon {
    Daemon::builder().arg("--demo").start()
}

/// Clicks through the demo, from its first page to the claims.
async fn sign_in_to_the_demo(chromium: &Chromium, daemon: &Daemon) {
    chromium.open(&daemon.url("/demo")).await;
    assert!(chromium.page_text().await.contains("Demo mode"));
    chromium.click("demo-sign-in").await;
    chromium.sign_in("demo", "demonstration").await;
    chromium.element("consent-allow").await;
    assert!(
        chromium
            .page_text()
            .await
            .contains("Allow Demo application to use your account?")
    );
    chromium.click("consent-allow").await;
    assert_claims(chromium, daemon).await;
}

async fn assert_claims(chromium: &Chromium, daemon: &Daemon) {
    let id_token = chromium.text("id-token-claims").await;
    let access_token = chromium.text("access-token-claims").await;
    for (claim, value) in [
        ("iss", daemon.issuer.as_str()),
        ("email", "demo@demo.invalid"),
        ("name", "Demo Person"),
        ("role", "user"),
        ("software_background", "intermediate"),
        ("hardware_tier", "tier2"),
    ] {
        assert!(id_token.contains(&format!("{claim} {value}")), "{claim}: {id_token}");
    }
    assert!(
        access_token.contains("scope email offline_access openid profile"),
        "{access_token}"
    );
}

/// Leaves the demo again, and is signed out at the provider too.
async fn sign_out_of_the_demo(chromium: &Chromium, daemon: &Daemon) {
    chromium.click("demo-sign-out").await;
    chromium.element("demo-sign-in").await;
    assert_eq!(chromium.url().await.as_str(), daemon.url("/demo"));
    chromium.open(&daemon.url("/")).await;
    chromium.element("welcome-sign-in").await;
}

#[tokio::test]
async fn a_newcomer_signs_in_through_the_demo_sees_verified_claims_and_signs_out() {
    let daemon = demo();
    let chromium = Chromium::start().await;
    sign_in_to_the_demo(&chromium, &daemon).await;

    // The second time nothing is asked: the session and the consent are remembered.
    chromium.open(&daemon.url("/demo")).await;
    chromium.click("demo-sign-in").await;
    assert_claims(&chromium, &daemon).await;
    sign_out_of_the_demo(&chromium, &daemon).await;
}

#[tokio::test]
async fn the_same_works_with_scripts_switched_off() {
    let daemon = demo();
    let chromium = Chromium::without_scripts().await;
    chromium
        .open("data:text/html,<title>off</title><script>document.title='on'</script>")
        .await;
    assert_eq!(chromium.title().await, "off", "scripts are off");
    sign_in_to_the_demo(&chromium, &daemon).await;
    sign_out_of_the_demo(&chromium, &daemon).await;
}

/// Says yes as often as asked. A page that the browser shows from its memory belongs to a request that has ended: the yes on it starts
/// the request again, which may ask once more.
async fn allow_until_claims(chromium: &Chromium) {
    for _ in 0..3 {
        if chromium.first_of(&["consent-allow", "id-token-claims"]).await == "id-token-claims" {
            return;
        }
        chromium.click("consent-allow").await;
    }
    panic!("asked again and again");
}

#[tokio::test]
async fn the_back_button_and_a_wrong_password_strand_nobody() {
    let daemon = demo();
    let chromium = Chromium::start().await;
    chromium.open(&daemon.url("/demo")).await;
    chromium.click("demo-sign-in").await;

    chromium.sign_in("demo", "wrong horse").await;
    chromium.wait_for_text("do not go together").await;
    assert!(chromium.title().await.starts_with("Error: "));
    assert_eq!(
        chromium.focused().await,
        "password",
        "the name stands, the password is asked for"
    );
    chromium.fill("password", "demonstration").await;
    chromium.press(Key::Enter).await;

    chromium.click("consent-deny").await;
    chromium.wait_for_text("access_denied").await;
    chromium.back().await;
    allow_until_claims(&chromium).await;
    assert_claims(&chromium, &daemon).await;
    chromium.back().await;
    allow_until_claims(&chromium).await;
    assert_claims(&chromium, &daemon).await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let daemon = demo();
    let chromium = Chromium::start().await;
    chromium.open(&daemon.url("/login")).await;
    assert_eq!(chromium.focused().await, "username", "one can type at once");
    chromium.press_all("demo").await;
    chromium.press(Key::Tab).await;
    assert_eq!(chromium.focused().await, "password");
    chromium.press_all("demonstration").await;
    chromium.press(Key::Tab).await;
    assert_eq!(chromium.focused().await, "login-submit");
    chromium.press(Key::Tab).await;
    assert_eq!(chromium.focused().await, "passkey-button");
    chromium.click("login-submit").await;
    chromium.element("home-sign-out").await;
}

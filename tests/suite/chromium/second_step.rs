//! The second step of a sign-in in a real Chromium: by an app, a passkey, a recovery code, and from one to the other.

use crate::support::{
    AuthenticatorApp, Chromium, Daemon,
    scene::{PASSWORD, USERNAME},
};

fn daemon() -> (Daemon, AuthenticatorApp) {
    let daemon = Daemon::start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    let phone = AuthenticatorApp::imported(&daemon, USERNAME);
    (daemon, phone)
}

async fn half(chromium: &Chromium, daemon: &Daemon) {
    chromium.open(&daemon.url("/login")).await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.element("start-over").await;
}

#[tokio::test]
async fn a_code_of_the_app_is_typed_and_the_browser_is_remembered() {
    let (daemon, phone) = daemon();
    let chromium = Chromium::start().await;
    half(&chromium, &daemon).await;
    assert_eq!(chromium.focused().await, "code", "one can type at once");
    chromium.fill("code", "000000").await;
    chromium.click("second-submit").await;
    chromium.wait_for_text("That code is not right").await;
    assert!(chromium.title().await.starts_with("Error: "));
    chromium.press_button("remember").await;
    chromium.fill("code", &phone.code().await).await;
    chromium.click("second-submit").await;
    chromium.element("home-sign-out").await;
    chromium.click("home-sign-out").await;
    chromium.open(&daemon.url("/login")).await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.element("home-sign-out").await;
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_passkey_is_the_second_factor_and_another_way_is_a_link_away() {
    let (daemon, phone) = daemon();
    let chromium = Chromium::start().await;
    let device = chromium.add_authenticator().await;
    half(&chromium, &daemon).await;
    chromium.fill("code", &phone.code().await).await;
    chromium.click("second-submit").await;
    chromium.element("home-sign-out").await;
    chromium.open(&daemon.url("/account/passkeys")).await;
    chromium.press_button("passkey-button").await;
    chromium.wait_for_text("not used yet").await;
    chromium.touch(&device, false).await;
    chromium.open(&daemon.url("/")).await;
    chromium.click("home-sign-out").await;

    chromium.without_autofill().await;
    half(&chromium, &daemon).await;
    chromium.click("way-passkey").await;
    chromium.shown("passkey-button").await;
    chromium.click("way-totp").await;
    chromium.element("code").await;
    chromium.click("way-passkey").await;
    chromium.shown("passkey-button").await;
    chromium.touch(&device, true).await;
    chromium.press_button("passkey-button").await;
    chromium.element("home-sign-out").await;

    // Whoever has no passkey at hand is told so, and stays.
    chromium.click("home-sign-out").await;
    chromium.forget_credentials(&device).await;
    half(&chromium, &daemon).await;
    chromium.click("way-passkey").await;
    chromium.press_button("passkey-button").await;
    chromium.wait_for_text("Nothing was confirmed").await;
    chromium.click("way-totp").await;
    chromium.fill("code", &phone.code().await).await;
    chromium.click("second-submit").await;
    chromium.element("home-sign-out").await;
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_recovery_code_needs_no_scripts() {
    let (daemon, _) = daemon();
    let made = daemon.cli(&["user", "recovery-codes", USERNAME]);
    let chromium = Chromium::without_scripts().await;
    half(&chromium, &daemon).await;
    chromium.click("way-recovery-code").await;
    chromium.fill("code", made["recovery_codes"][3].as_str().unwrap()).await;
    chromium.click("second-submit").await;
    chromium.wait_for_text("9 recovery codes left").await;
    chromium.click("recovered-continue").await;
    chromium.element("home-sign-out").await;
    daemon.has_no_errors();
}

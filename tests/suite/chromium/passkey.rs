//! Passkeys in a real Chromium with a virtual authenticator.

use crate::support::{
    Chromium, Daemon,
    scene::{PASSWORD, USERNAME},
};

fn daemon() -> Daemon {
    let daemon = Daemon::start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    daemon
}

/// Signs in with a password and adds a passkey; the device is then not touched by itself any more.
async fn with_passkey(chromium: &Chromium, daemon: &Daemon) -> String {
    let device = chromium.add_authenticator().await;
    chromium.open(&daemon.url("/login?to=passkeys")).await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.press_button("passkey-button").await;
    chromium.wait_for_text("not used yet").await;
    assert_eq!(chromium.credentials(&device).await.len(), 1);
    chromium.touch(&device, false).await;
    device
}

async fn sign_out(chromium: &Chromium, daemon: &Daemon) {
    chromium.open(&daemon.url("/")).await;
    chromium.click("home-sign-out").await;
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in_without_a_name() {
    let daemon = daemon();
    let chromium = Chromium::start().await;
    let device = with_passkey(&chromium, &daemon).await;
    sign_out(&chromium, &daemon).await;

    // By the button, with nothing typed.
    chromium.without_autofill().await;
    chromium.open(&daemon.url("/login")).await;
    chromium.shown("passkey-button").await;
    chromium.touch(&device, true).await;
    chromium.press_button("passkey-button").await;
    chromium.element("home-sign-out").await;
    chromium.open(&daemon.url("/account/passkeys")).await;
    chromium.wait_for_text("last used").await;
    daemon.has_no_errors();
}

#[tokio::test]
async fn autofill_offers_a_passkey_where_the_name_is_typed() {
    let daemon = daemon();
    let chromium = Chromium::start().await;
    let device = with_passkey(&chromium, &daemon).await;
    sign_out(&chromium, &daemon).await;
    chromium.touch(&device, true).await;
    // The page asks for nothing: the person picks the passkey that the field offers.
    chromium.open(&daemon.url("/login")).await;
    chromium.element("home-sign-out").await;
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_browser_adds_a_passkey_by_itself_after_a_password() {
    let daemon = daemon();
    let chromium = Chromium::start().await;
    let device = chromium.add_authenticator().await;
    // Headless Chromium keeps no passwords, so that it never makes one by itself: it is told that it does, and the mediation is
    // looked at before it is left out.
    chromium
        .before_each_page(
            "const create = navigator.credentials.create.bind(navigator.credentials);
             navigator.credentials.create = ({ publicKey, mediation }) => {
               if (mediation !== 'conditional') throw new Error('not by itself');
               return create({ publicKey });
             };
             const capabilities = PublicKeyCredential.getClientCapabilities.bind(PublicKeyCredential);
             PublicKeyCredential.getClientCapabilities = async () => ({ ...(await capabilities()), conditionalCreate: true });",
        )
        .await;
    chromium.open(&daemon.url("/login")).await;
    chromium.shown("passkey-button").await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.element("home-sign-out").await;
    assert_eq!(chromium.credentials(&device).await.len(), 1);
    let passkeys = daemon.cli(&["user", "passkeys", USERNAME]);
    assert_eq!(passkeys["passkeys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_passkey_that_is_removed_here_is_forgotten_by_the_device_too() {
    let daemon = daemon();
    let chromium = Chromium::start().await;
    let device = with_passkey(&chromium, &daemon).await;
    let id = daemon.cli(&["user", "passkeys", USERNAME])["passkeys"][0]["id"].clone();
    chromium.script("document.querySelector('details').open = true").await;
    chromium.click(&format!("remove-{}", id.as_str().unwrap())).await;
    chromium.wait_for_text("You have no passkey yet").await;
    chromium.shown("passkey-button").await;
    daemon
        .wait_until("the device has forgotten it", async || {
            chromium.credentials(&device).await.is_empty()
        })
        .await;
}

#[tokio::test]
async fn a_passkey_of_nobody_and_a_cancelled_ceremony_leave_the_password() {
    let daemon = daemon();
    let chromium = Chromium::start().await;
    let device = with_passkey(&chromium, &daemon).await;
    // Its user is gone, and somebody else has the name.
    daemon.cli(&["user", "remove", USERNAME]);
    daemon.add_user(USERNAME, PASSWORD, &[]);
    chromium.without_autofill().await;
    chromium.open(&daemon.url("/login")).await;
    chromium.shown("passkey-button").await;
    chromium.touch(&device, true).await;
    chromium.press_button("passkey-button").await;
    chromium.wait_for_text("belongs to no account here").await;

    // Whoever has no passkey any more, or changes their mind.
    chromium.forget_credentials(&device).await;
    chromium.open(&daemon.url("/login")).await;
    chromium.press_button("passkey-button").await;
    chromium.wait_for_text("You were not signed in").await;
    chromium.sign_in(USERNAME, PASSWORD).await;
    chromium.element("home-sign-out").await;
    daemon.has_no_errors();
}

#[tokio::test]
async fn the_claims_tell_that_a_verified_passkey_was_used() {
    let daemon = Daemon::builder().arg("--demo").start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    let chromium = Chromium::start().await;
    let device = with_passkey(&chromium, &daemon).await;
    sign_out(&chromium, &daemon).await;
    chromium.without_autofill().await;
    chromium.open(&daemon.url("/demo")).await;
    chromium.click("demo-sign-in").await;
    chromium.shown("passkey-button").await;
    chromium.touch(&device, true).await;
    chromium.press_button("passkey-button").await;
    chromium.click("consent-allow").await;
    let claims = chromium.text("id-token-claims").await;
    assert!(claims.contains("pop") && claims.contains("mfa"), "{claims}");
}

//! The whole life of an account in one real browser, as its owner lives it: made on the way to an application, made easy by a passkey,
//! made safe by an app and codes, lost, found again, and looked after.

use super::gallery::Gallery;
use crate::support::{AuthenticatorApp, Browser, Chromium, Daemon, Mailbox};

const ADA: &str = "ada@example.com";
const FIRST: &str = "a row of plain words";
const SECOND: &str = "another row of plain words";

/// Ada, what she has at hand, and where she goes.
struct Journey {
    mailbox: Mailbox,
    daemon: Daemon,
    gallery: Gallery,
    /// How many pages she has passed: pictures lie in their order.
    passed: usize,
}

impl Journey {
    async fn start() -> Self {
        let mailbox = Mailbox::start();
        let builder = mailbox.serve(Daemon::builder()).set("sign_up.mode", "open");
        Self {
            daemon: builder.arg("--demo").start(),
            mailbox,
            gallery: Gallery::open().await.at([(320, 640), (1280, 800)]),
            passed: 0,
        }
    }

    fn chromium(&self) -> &Chromium {
        &self.gallery.chromium
    }

    async fn open(&self, path: &str) {
        self.chromium().open(&self.daemon.url(path)).await;
    }

    fn next(&mut self, name: &str) -> String {
        self.passed += 1;
        format!("journey-{:02}-{name}", self.passed)
    }

    /// A page is here when it has the element with this id; a picture of it is kept.
    async fn pass(&mut self, name: &str, id: &str) {
        self.chromium().shown(id).await;
        let name = self.next(name);
        self.gallery.glance(&name).await;
    }

    /// Reads a letter as a mail program shows it, and opens its link in the same browser.
    async fn follow_letter(&mut self, name: &str, subject: &str) {
        let letter = self.mailbox.wait_for_subject(ADA, subject, 1).await;
        let file = self.daemon.dir().join("letter.html");
        std::fs::write(&file, &letter.html).expect("a file");
        self.chromium().open(&format!("file://{}", file.display())).await;
        let name = self.next(name);
        self.gallery.keep(&name).await;
        self.chromium().open(&letter.link()).await;
    }

    async fn sign_out(&mut self) {
        self.open("/account").await;
        self.chromium().click("account-sign-out").await;
        self.chromium().wait_for_text("You are signed out").await;
    }
}

#[tokio::test]
async fn a_person_signs_up_comes_back_loses_the_password_and_finds_the_way_back_in() {
    let mut journey = Journey::start().await;
    journey.chromium().without_autofill().await;
    signs_up_on_the_way_to_an_application(&mut journey).await;
    let device = adds_a_passkey(&mut journey).await;
    comes_back_without_typing_a_name(&mut journey).await;
    let (phone, codes) = sets_up_an_app_and_keeps_codes(&mut journey).await;
    // The device with the passkey is gone, and with it the password that it had remembered.
    journey.chromium().remove_authenticator(&device).await;
    chooses_a_new_password_by_a_letter(&mut journey).await;
    comes_in_by_a_recovery_code(&mut journey, &codes[4]).await;
    sees_another_session_and_ends_it(&mut journey, &phone).await;
    assert!(
        journey.gallery.complaints.is_empty(),
        "{}",
        journey.gallery.complaints.join("\n")
    );
    journey.daemon.has_no_errors();
}

async fn signs_up_on_the_way_to_an_application(journey: &mut Journey) {
    journey.open("/demo").await;
    journey.pass("application", "demo-sign-in").await;
    journey.chromium().click("demo-sign-in").await;
    journey.pass("sign-in", "login-sign-up").await;
    journey.chromium().click("login-sign-up").await;
    journey.chromium().fill("email", ADA).await;
    journey.chromium().fill("password", FIRST).await;
    journey.pass("sign-up", "sign-up-submit").await;
    journey.chromium().click("sign-up-submit").await;
    journey.pass("sign-up-sent", "sign-up-sent").await;
    journey
        .follow_letter("letter-sign-up", "Finish creating your account")
        .await;
    journey.pass("sign-up-confirm", "confirm-submit").await;
    journey.chromium().click("confirm-submit").await;
    journey.pass("consent", "consent-allow").await;
    journey.chromium().click("consent-allow").await;
    journey.pass("application-signed-in", "id-token-claims").await;
    let claims = journey.chromium().text("id-token-claims").await;
    for claim in ["email ada@example.com", "email_verified true"] {
        assert!(claims.contains(claim), "{claim}: {claims}");
    }
}

async fn adds_a_passkey(journey: &mut Journey) -> String {
    let device = journey.chromium().add_authenticator().await;
    journey.open("/").await;
    journey.pass("home", "home-account").await;
    journey.chromium().click("home-account").await;
    journey.pass("account-new", "account-to-passkeys").await;
    journey.chromium().click("account-to-passkeys").await;
    journey.pass("passkeys-none", "passkey-button").await;
    journey.chromium().press_button("passkey-button").await;
    journey.chromium().wait_for_text("not used yet").await;
    journey.pass("passkeys", "passkey-button").await;
    assert_eq!(journey.chromium().credentials(&device).await.len(), 1);
    journey.sign_out().await;
    journey.pass("signed-out", "signed-out-again").await;
    device
}

async fn comes_back_without_typing_a_name(journey: &mut Journey) {
    journey.chromium().click("signed-out-again").await;
    journey.pass("sign-in-again", "passkey-button").await;
    journey.chromium().click("passkey-button").await;
    journey.pass("home-again", "home-sign-out").await;
    assert!(journey.chromium().page_text().await.contains(ADA));
}

async fn sets_up_an_app_and_keeps_codes(journey: &mut Journey) -> (AuthenticatorApp, Vec<String>) {
    journey.chromium().click("home-account").await;
    journey.chromium().click("account-to-authenticator").await;
    journey.pass("authenticator-none", "authenticator-begin").await;
    journey.chromium().click("authenticator-begin").await;
    journey.pass("authenticator-key", "authenticator-key").await;
    let phone = AuthenticatorApp::of(&journey.chromium().text("authenticator-key").await);
    let code = phone.code().await;
    journey.chromium().fill("authenticator-code", &code).await;
    journey.chromium().click("authenticator-confirm").await;
    journey.pass("codes-next", "recovery-codes-make").await;
    journey.chromium().click("recovery-codes-make").await;
    journey.pass("codes", "recovery-codes").await;
    let shown = journey.chromium().text("recovery-codes").await;
    let codes: Vec<String> = shown.lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{shown}");
    journey.chromium().click("recovery-codes-kept").await;
    journey.pass("account-safe", "account-sign-out").await;
    journey.chromium().click("account-sign-out").await;
    journey.chromium().wait_for_text("You are signed out").await;
    (phone, codes)
}

async fn chooses_a_new_password_by_a_letter(journey: &mut Journey) {
    journey.open("/login").await;
    journey.chromium().click("login-forgotten").await;
    journey.chromium().fill("username", ADA).await;
    journey.pass("forgotten", "forgotten-submit").await;
    journey.chromium().click("forgotten-submit").await;
    journey.pass("forgotten-asked", "forgotten-asked").await;
    journey.follow_letter("letter-forgotten", "Choose a new password").await;
    journey.chromium().fill("password", SECOND).await;
    journey.pass("reset", "reset-submit").await;
    journey.chromium().click("reset-submit").await;
    journey.pass("reset-done", "reset-done").await;
    journey.chromium().click("reset-sign-in").await;
    journey.chromium().sign_in(ADA, FIRST).await;
    journey.pass("sign-in-former-password", "form-error").await;
}

async fn comes_in_by_a_recovery_code(journey: &mut Journey, code: &str) {
    journey.chromium().sign_in(ADA, SECOND).await;
    journey.pass("second-step", "other-ways").await;
    journey.chromium().click("way-recovery-code").await;
    journey.chromium().fill("code", code).await;
    journey.pass("second-step-recovery-code", "second-submit").await;
    journey.chromium().click("second-submit").await;
    journey.pass("recovered", "codes-left").await;
    let left = journey.chromium().text("codes-left").await;
    assert!(left.contains("9 recovery codes left"), "{left}");
    journey.chromium().click("recovered-continue").await;
    journey.chromium().click("home-account").await;
}

async fn sees_another_session_and_ends_it(journey: &mut Journey, phone: &AuthenticatorApp) {
    let other = Browser::calling_itself(
        &journey.daemon.issuer,
        "Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0",
    );
    let second = other.sign_in(&other.get("/login").await, ADA, SECOND).await;
    let home = other.submit(&second, &[("code", &phone.code().await)]).await;
    assert!(home.has("home-sign-out"), "{}", home.body);
    assert!(other.get("/account").await.has("account-sign-out"));

    journey.open("/account").await;
    journey.pass("account-recovered", "account-to-sessions").await;
    journey.chromium().click("account-to-sessions").await;
    journey.pass("sessions", "session-end-this").await;
    let text = journey.chromium().page_text().await;
    assert!(text.contains("Firefox on Android"), "{text}");
    let foreign = "const all = document.querySelectorAll('[id^=session-end-]:not(#session-end-this)');
        return Array.from(all, it => it.id)";
    let foreign = journey.chromium().script(foreign).await;
    assert_eq!(foreign.as_array().map(Vec::len), Some(1), "{foreign}");
    journey.chromium().click(foreign[0].as_str().expect("an id")).await;
    journey.pass("session-ended", "session-end-this").await;
    let text = journey.chromium().page_text().await;
    assert!(!text.contains("Firefox on Android"), "{text}");
    assert!(other.get("/account").await.has("login-submit"), "it is out");
    journey.open("/account/activity").await;
    journey.pass("activity", "activity").await;
    let told = journey.chromium().text("activity").await;
    for line in [
        "The account was made",
        "A passkey was added",
        "Somebody asked for a new password by letter",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(
        !told.contains("Something about your account"),
        "all of it has words: {told}"
    );
    journey.open("/account").await;
    journey.pass("account", "account-sign-out").await;
}

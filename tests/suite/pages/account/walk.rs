//! Every page of the account in a real browser without scripts, from one link to the next.

use super::{PAGES, with_people};
use crate::support::{Chromium, Daemon, scene::PASSWORD};

#[tokio::test]
async fn everything_can_be_done_with_scripts_switched_off() {
    let daemon = with_people(Daemon::start());
    let chromium = Chromium::without_scripts().await;
    chromium.open(&daemon.url("/account")).await;
    chromium.sign_in("alice", PASSWORD).await;
    for path in PAGES.iter().skip(1) {
        chromium.open(&daemon.url("/account")).await;
        let word = path.rsplit('/').next().unwrap();
        chromium.click(&format!("account-to-{word}")).await;
        assert_eq!(chromium.url().await.path(), *path);
    }
    chromium.open(&daemon.url("/account/profile")).await;
    chromium.fill("profile-given-name", "Ada").await;
    chromium.fill("profile-birthdate", "tomorrow").await;
    chromium.click("profile-save").await;
    chromium.wait_for_text("Your profile was not saved yet").await;
    chromium.fill("profile-birthdate", "1815-12-10").await;
    chromium.click("profile-save").await;
    chromium.wait_for_text("Your profile is saved").await;

    chromium.open(&daemon.url("/account/authenticator")).await;
    chromium.click("authenticator-begin").await;
    chromium.fill("authenticator-code", "000000").await;
    chromium.click("authenticator-confirm").await;
    chromium.wait_for_text("That is not the code").await;

    chromium.open(&daemon.url("/account/password")).await;
    chromium.fill("password-current", PASSWORD).await;
    chromium.fill("password-new", "battery staple").await;
    chromium.fill("password-repeated", "battery staple").await;
    chromium.click("password-save").await;
    chromium.wait_for_text("Your password is set").await;

    chromium.open(&daemon.url("/account/delete")).await;
    chromium.fill("delete-username", "alice").await;
    chromium.click("delete-submit").await;
    chromium.wait_for_text("Your account is deleted").await;
    daemon.has_no_errors();
}

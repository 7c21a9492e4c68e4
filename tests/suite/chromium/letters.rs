//! The pages to which letters lead, and from which they are sent.

use super::gallery::Gallery;
use crate::support::{Daemon, Mailbox};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn the_pages_of_addresses_and_forgotten_passwords_satisfy_axe_in_light_and_dark() {
    let mailbox = Mailbox::start();
    let daemon = mailbox.serve(Daemon::builder()).start();
    daemon.add_user("alice", PASSWORD, &[]);
    let mut gallery = Gallery::open().await;

    gallery.chromium.open(&daemon.url("/login")).await;
    gallery.chromium.sign_in("alice", PASSWORD).await;
    gallery.chromium.element("home-sign-out").await;
    gallery.chromium.open(&daemon.url("/account/email")).await;
    gallery.look("email").await;
    gallery.chromium.fill("email", "new@example.com").await;
    gallery.chromium.click("email-change").await;
    gallery.chromium.element("email-keep").await;
    gallery.look("email-pending").await;
    let letter = mailbox.wait_for("new@example.com", 1).await.remove(0);
    gallery.chromium.open(&letter.link()).await;
    gallery.chromium.element("verify-submit").await;
    gallery.look("email-verify").await;
    gallery.chromium.click("verify-submit").await;
    gallery.chromium.element("email-verified").await;
    gallery.look("email-verified").await;
    gallery.chromium.open(&letter.link()).await;
    gallery.chromium.element("link-next").await;
    gallery.look("link-gone").await;

    gallery.chromium.open(&daemon.url("/password/forgotten")).await;
    gallery.look("password-forgotten").await;
    gallery.chromium.fill("username", "new@example.com").await;
    gallery.chromium.click("forgotten-submit").await;
    gallery.chromium.element("forgotten-asked").await;
    gallery.look("password-asked").await;
    let letter = mailbox
        .wait_for_subject("new@example.com", "Choose a new password", 1)
        .await;
    gallery.chromium.open(&letter.link()).await;
    gallery.chromium.fill("password", "password1").await;
    gallery.chromium.click("reset-submit").await;
    gallery.chromium.element("form-error").await;
    gallery.look("password-reset").await;
    gallery.chromium.fill("password", "another row of words").await;
    gallery.chromium.click("reset-submit").await;
    gallery.chromium.element("reset-done").await;
    gallery.look("password-reset-done").await;
    assert!(gallery.complaints.is_empty(), "{}", gallery.complaints.join("\n"));
}

//! The pages of the account as people see them, in every state; and what axe says to them.

use super::gallery::Gallery;
use crate::support::{App, Browser, Daemon, Partner, partner::Answer};

const PASSWORD: &str = "correct horse battery";
const NAME: &str = "alice.with.a.rather.long.name.that.does.not.break";

/// The narrowest screen that WCAG 2.2, 1.4.10 asks for, and one with room for the menu.
const SIZES: [(u32, u32); 2] = [(320, 640), (1280, 800)];

#[tokio::test]
async fn every_page_of_the_account_fits_a_small_screen_and_satisfies_axe() {
    let partner = Partner::start();
    partner.serve("/logo.png", Answer::of("image/png", crate::pages::client::png()));
    let builder = partner
        .daemon()
        .set("attributes.hardware_tier.editable", "true")
        .set("attributes.teams.type", "string_list")
        .set("attributes.teams.values", "red,blue,green")
        .set("attributes.teams.title", "Teams")
        .set("attributes.teams.editable", "true");
    let daemon = builder.start();
    let email = format!("{NAME}@a-rather-long-name-of-a-host.example");
    daemon.cli_with(&["user", "add", NAME, "--email", &email, "--password-stdin"], PASSWORD);
    let mut gallery = Gallery::open().await.at(SIZES);
    gallery.chromium.open(&daemon.url("/account")).await;
    gallery.chromium.sign_in(NAME, PASSWORD).await;
    gallery.look("account-new").await;
    for (name, path) in [
        ("account-profile", "profile"),
        ("account-password", "password"),
        ("account-authenticator-none", "authenticator"),
        ("account-codes-of-no-use", "recovery-codes"),
        ("account-apps-none", "apps"),
        ("account-export", "export"),
        ("account-delete", "delete"),
    ] {
        gallery.chromium.open(&daemon.url(&format!("/account/{path}"))).await;
        gallery.look(name).await;
    }
    refused_forms(&mut gallery, &daemon).await;
    an_authenticator(&mut gallery, &daemon).await;
    what_others_did(&mut gallery, &daemon, &partner).await;
    assert!(gallery.complaints.is_empty(), "{}", gallery.complaints.join("\n"));
}

async fn refused_forms(gallery: &mut Gallery, daemon: &Daemon) {
    gallery.chromium.open(&daemon.url("/account/profile")).await;
    gallery.chromium.fill("profile-given-name", "Ada").await;
    gallery.chromium.fill("profile-picture", "not a picture").await;
    gallery.chromium.fill("profile-birthdate", "tomorrow").await;
    // Browsers look at URLs themselves; whoever has switched that off sees our words.
    gallery
        .chromium
        .script("document.querySelector('form').noValidate = true")
        .await;
    gallery.chromium.click("profile-save").await;
    gallery.chromium.wait_for_text("not saved yet").await;
    gallery.look("account-profile-wrong").await;
    gallery.chromium.open(&daemon.url("/account/password")).await;
    gallery.chromium.fill("password-current", "wrong horse").await;
    gallery.chromium.fill("password-new", "battery staple").await;
    gallery.chromium.fill("password-repeated", "battery staple").await;
    gallery.chromium.click("password-save").await;
    gallery.chromium.element("form-error").await;
    gallery.look("account-password-wrong").await;
    gallery.chromium.open(&daemon.url("/account/delete")).await;
    gallery.chromium.fill("delete-username", "somebody").await;
    gallery.chromium.click("delete-submit").await;
    gallery.chromium.element("form-error").await;
    gallery.look("account-delete-wrong").await;
}

async fn an_authenticator(gallery: &mut Gallery, daemon: &Daemon) {
    gallery.chromium.open(&daemon.url("/account/authenticator")).await;
    gallery.chromium.click("authenticator-begin").await;
    let key = gallery.chromium.text("authenticator-key").await;
    gallery.look("account-authenticator-begun").await;
    let app = crate::support::authenticator_app::AuthenticatorApp::of(&key);
    gallery.chromium.fill("authenticator-code", &app.shown()).await;
    gallery.chromium.click("authenticator-confirm").await;
    gallery.chromium.element("recovery-codes-make").await;
    gallery.look("account-codes-next").await;
    gallery.chromium.open(&daemon.url("/account")).await;
    gallery.look("account-without-codes").await;
    gallery.chromium.open(&daemon.url("/account/recovery-codes")).await;
    gallery.chromium.click("recovery-codes-make").await;
    gallery.chromium.element("recovery-codes-kept").await;
    gallery.look("account-codes-made").await;
    gallery.chromium.click("recovery-codes-kept").await;
    for (name, path) in [
        ("account-codes", "recovery-codes"),
        ("account-authenticator", "authenticator"),
    ] {
        gallery.chromium.open(&daemon.url(&format!("/account/{path}"))).await;
        gallery.look(name).await;
    }
}

/// Applications that the person has said yes to, and a stranger who has tried.
async fn what_others_did(gallery: &mut Gallery, daemon: &Daemon, partner: &Partner) {
    let stranger = Browser::calling_itself(&daemon.issuer, "Mozilla/5.0 (iPhone) Safari/604");
    stranger
        .sign_in(&stranger.get("/login").await, NAME, "wrong horse")
        .await;
    let logo = partner.url("/logo.png");
    let more: [&[&str]; 2] = [&["--set", &format!("logo_uri={logo}")], &[]];
    for (name, more) in ["Shop of the Danube Steamship Company", "Notes"].into_iter().zip(more) {
        let options = [
            "--redirect-uri",
            "https://app.example/cb",
            "--scope",
            "openid profile email offline_access",
        ];
        let client = daemon.add_client(name, &options);
        let app = App::of(daemon, &client, "https://app.example/cb");
        if !more.is_empty() {
            daemon.cli(&[&["client", "set", &app.client_id], more].concat());
        }
        gallery
            .chromium
            .open(&app.begin("openid profile email offline_access", &[]).url)
            .await;
        gallery.chromium.element("consent-allow").await;
        // It ends where nobody listens.
        gallery
            .chromium
            .script("document.getElementById('consent-allow').click()")
            .await;
        daemon
            .wait_until("the yes is kept", async || {
                daemon.log().matches("consent.given").count() > usize::from(name == "Notes")
            })
            .await;
    }
    gallery.chromium.open(&daemon.url("/account/apps")).await;
    gallery
        .chromium
        .script("document.querySelector('details').open = true")
        .await;
    gallery.look("account-apps").await;
    gallery.chromium.open(&daemon.url("/account/activity")).await;
    gallery.look("account-activity").await;
    gallery.chromium.open(&daemon.url("/account")).await;
    gallery.look("account").await;
}

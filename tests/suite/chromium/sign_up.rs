//! A newcomer with a real browser: from an application by the form and the letter back to the application, and the pages on the way.

use super::gallery::Gallery;
use crate::support::{App, Browser, Chromium, Daemon, Mailbox, daemon::Builder, landing::Landing};

const PASSWORD: &str = "a row of plain words";

/// Everybody may sign up, and is asked everything that can be asked.
fn curious(mailbox: &Mailbox) -> Builder {
    mailbox
        .serve(Daemon::builder())
        .set("sign_up.mode", "open")
        .set("sign_up.username", "chosen")
        .set("sign_up.terms", "https://example.com/terms")
        .set("sign_up.require", "given_name,family_name")
        .set("sign_up.ask", "birthdate,phone_number")
        .set("attributes.hardware_tier.sign_up", "required")
        .set("attributes.topics.type", "string_list")
        .set(
            "attributes.topics.values",
            "Robots,Rovers,Drones with a rather long name that does not break",
        )
        .set("attributes.topics.title", "What are you here for?")
        .set("attributes.topics.sign_up", "optional")
        .set("attributes.cities.type", "string_list")
        .set("attributes.cities.title", "Cities")
        .set("attributes.cities.sign_up", "optional")
        .set("attributes.news.type", "boolean")
        .set("attributes.news.title", "Shall we write to you about news?")
        .set("attributes.news.sign_up", "optional")
}

/// Fills in the form of a curious provider. What is ticked or chosen needs the keyboard, as it does for a person without a mouse.
async fn fill(chromium: &Chromium, email: &str, username: &str) {
    for (id, text) in [
        ("email", email),
        ("username", username),
        ("claim-given-name", "Alice"),
        ("claim-family-name", "Liddell"),
        ("password", PASSWORD),
    ] {
        chromium.fill(id, text).await;
    }
    let choice = chromium.element("attribute-hardware-tier").await;
    choice.select_by_value("tier2").await.expect("a choice");
    for id in ["terms", "attribute-topics-1"] {
        let tick = chromium.element(id).await;
        if !tick.is_selected().await.expect("a box") {
            tick.click().await.expect("a tick");
        }
    }
}

#[tokio::test]
async fn a_newcomer_comes_from_an_application_and_goes_back_to_it_with_scripts_switched_off() {
    let mailbox = Mailbox::start();
    let daemon = curious(&mailbox).start();
    let landing = Landing::start();
    let client = daemon.add_client("App", &["--first-party", "--redirect-uri", &landing.redirect_uri]);
    let app = App::of(&daemon, &client, &landing.redirect_uri);
    let chromium = Chromium::without_scripts().await;
    let sign_in = app.begin("openid email", &[("prompt", "create")]);
    chromium.open(&sign_in.url).await;
    fill(&chromium, "alice@example.com", "alice").await;
    chromium.fill("password", "password1").await;
    chromium.click("sign-up-submit").await;
    chromium.wait_for_text("most used").await;
    assert_eq!(chromium.focused().await, "password");
    chromium.fill("password", PASSWORD).await;
    chromium.click("sign-up-submit").await;
    chromium.element("sign-up-sent").await;
    chromium
        .open(&mailbox.wait_for("alice@example.com", 1).await[0].link())
        .await;
    chromium.click("confirm-submit").await;
    chromium.element("arrived").await;
    let url = chromium.url().await;
    let code = url
        .query_pairs()
        .find(|(name, _)| name == "code")
        .expect("a code")
        .1
        .into_owned();
    let tokens = app.redeem(&sign_in, &code).await;
    let (_, claims) = app.userinfo(tokens.0["access_token"].as_str().expect("a token")).await;
    assert_eq!(
        (&claims["email"], &claims["email_verified"]),
        (&"alice@example.com".into(), &true.into())
    );
    let alice = daemon.cli(&["user", "show", "alice"]);
    assert_eq!(
        alice["attributes"],
        serde_json::json!({"hardware_tier": "tier2", "topics": ["Rovers"]})
    );
}

#[tokio::test]
async fn an_invited_person_accepts_with_scripts_switched_off() {
    let mailbox = Mailbox::start();
    let daemon = mailbox
        .serve(Daemon::builder())
        .set("sign_up.mode", "invitation")
        .start();
    daemon.cli(&["invitation", "new", "--email", "alice@example.com"]);
    let chromium = Chromium::without_scripts().await;
    chromium
        .open(&mailbox.wait_for("alice@example.com", 1).await[0].link())
        .await;
    chromium.fill("password", PASSWORD).await;
    chromium.click("invitation-submit").await;
    chromium.element("home-sign-out").await;
}

#[tokio::test]
async fn the_pages_of_a_new_account_fit_a_small_screen_and_satisfy_axe() {
    let mailbox = Mailbox::start();
    let daemon = curious(&mailbox).start();
    daemon.cli(&["org", "add", "Shop & Sons", "--id", "shop"]);
    let app = App::confidential(&daemon);
    let mut gallery = Gallery::open().await.at([(320, 640), (1280, 800)]);
    gallery
        .chromium
        .open(&app.begin("openid", &[("prompt", "create")]).url)
        .await;
    gallery.look("sign-up").await;
    fill(&gallery.chromium, "alice@example.com", "alice").await;
    gallery.chromium.fill("password", "password1").await;
    gallery.chromium.click("sign-up-submit").await;
    gallery.chromium.element("form-error").await;
    gallery.look("sign-up-wrong").await;
    gallery.chromium.fill("password", PASSWORD).await;
    gallery.chromium.click("sign-up-submit").await;
    gallery.chromium.element("sign-up-sent").await;
    gallery.look("sign-up-sent").await;
    let link = mailbox.wait_for("alice@example.com", 1).await[0].link();
    gallery.chromium.open(&link).await;
    gallery.look("sign-up-confirm").await;
    pages_of_a_link_elsewhere(&mut gallery, &mailbox, &daemon).await;
    pages_of_an_invitation(&mut gallery, &daemon).await;
    assert!(gallery.complaints.is_empty(), "{}", gallery.complaints.join("\n"));
}

async fn pages_of_a_link_elsewhere(gallery: &mut Gallery, mailbox: &Mailbox, daemon: &Daemon) {
    let other = Browser::new(&daemon.issuer);
    let page = other.get("/sign-up").await;
    let told = [
        ("email", "bob@example.com"),
        ("username", "bob"),
        ("password", PASSWORD),
        ("claim.given_name", "Bob"),
        ("claim.family_name", "Smith"),
        ("attribute.hardware_tier", "tier1"),
        ("terms", "1"),
    ];
    assert!(other.submit(&page, &told).await.has("sign-up-sent"));
    let link = mailbox.wait_for("bob@example.com", 1).await[0].link();
    gallery.chromium.open(&link).await;
    gallery.look("sign-up-confirm-elsewhere").await;
    gallery.chromium.fill("password", PASSWORD).await;
    gallery.chromium.click("confirm-submit").await;
    gallery.chromium.element("told-next").await;
    gallery.look("sign-up-done").await;
    gallery.chromium.open(&link).await;
    gallery.look("sign-up-link-gone").await;
}

async fn pages_of_an_invitation(gallery: &mut Gallery, daemon: &Daemon) {
    let invite = |email: &str| {
        let args = [
            "invitation",
            "new",
            "--email",
            email,
            "--organization",
            "shop",
            "--print-link",
        ];
        daemon.cli(&args)["url"].as_str().expect("a link").to_owned()
    };
    gallery.chromium.open(&invite("carol@example.com")).await;
    gallery.look("invitation").await;
    gallery.chromium.open(&invite("bob@example.com")).await;
    gallery.look("invitation-sign-in").await;
    gallery.chromium.open(&daemon.url("/login")).await;
    gallery.chromium.sign_in("bob", PASSWORD).await;
    gallery.chromium.element("home-sign-out").await;
    gallery.chromium.open(&invite("bob@example.com")).await;
    gallery.look("invitation-join").await;
    gallery.chromium.click("invitation-submit").await;
    gallery.look("invitation-joined").await;
    gallery.chromium.open(&daemon.url("/invitation?token=nothing")).await;
    gallery.look("invitation-gone").await;
}

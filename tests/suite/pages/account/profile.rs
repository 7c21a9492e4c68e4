//! What a person says about themselves.

use reqwest::StatusCode;
use serde_json::json;

use super::{Owner, daemon, kept, told, with_people};
use crate::support::{
    App, Daemon,
    scene::{PASSWORD, clock_shows},
};

const PAGE: &str = "/account/profile";

#[tokio::test]
async fn a_profile_is_saved_and_told_to_applications() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let alice = Owner::of(&daemon, "alice").await;
    let before = kept(&daemon, "alice")["updated_at"].as_u64().unwrap();
    clock_shows(before + 1).await;
    let version = alice.get(PAGE).await.field("version");
    let page = alice
        .post(
            PAGE,
            &[
                ("version", &version),
                ("given_name", "Ada"),
                ("family_name", "King <b>"),
                ("birthdate", "1815-12-10"),
                ("zoneinfo", "Europe/London"),
                ("locale", "fr"),
                ("picture", "https://ada.example/a.png"),
                ("phone_number", "+44 20 7946 0000"),
                ("address.locality", "London"),
            ],
        )
        .await;
    assert!(page.has("form-done"), "{} {}", page.status, page.body);
    assert_eq!(page.field("family_name"), "King <b>", "shown again as it is kept");
    assert!(
        page.body.contains("<option value=\"Europe/London\" selected>"),
        "{}",
        page.body
    );
    assert!(kept(&daemon, "alice")["updated_at"].as_u64().unwrap() > before);

    let tokens = app
        .sign_in(&alice.browser, "openid profile phone address", "alice", PASSWORD)
        .await;
    let told_to_app = app.userinfo(tokens.access()).await.1;
    for (claim, value) in [
        ("name", json!("Ada King <b>")),
        ("locale", json!("fr")),
        ("birthdate", json!("1815-12-10")),
        ("phone_number_verified", json!(false)),
        ("address", json!({"formatted": "London", "locality": "London"})),
    ] {
        assert_eq!(told_to_app[claim], value, "{claim}");
    }
    let event = told(&daemon, "profile.changed");
    assert!(
        event.contains("given_name") && !event.contains("Ada"),
        "names of fields, no values: {event}"
    );
    daemon.has_no_errors();
}

#[tokio::test]
async fn what_is_wrong_is_marked_and_the_form_is_filled_as_it_was() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let version = alice.get(PAGE).await.field("version");
    let page = alice
        .post(
            PAGE,
            &[
                ("version", &version),
                ("nickname", "Al"),
                ("website", "javascript:alert(1)"),
                ("birthdate", "12/10/1815"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.has("form-error") && page.body.contains("<title>Error: "),
        "{}",
        page.body
    );
    for (name, typed) in [
        ("nickname", "Al"),
        ("website", "javascript:alert(1)"),
        ("birthdate", "12/10/1815"),
    ] {
        assert_eq!(page.field(name), typed);
    }
    assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), 2);
    assert_eq!(kept(&daemon, "alice")["claims"], json!({}), "nothing of it is kept");
    // Mended, it goes through.
    let page = alice
        .browser
        .submit(&page, &[("website", "https://ada.example"), ("birthdate", "1815")])
        .await;
    assert!(page.has("form-done"), "{}", page.body);
    assert_eq!(kept(&daemon, "alice")["claims"]["nickname"], "Al");
}

#[tokio::test]
async fn no_field_that_is_not_a_persons_own_is_changed() {
    // Row 14 of the threats; the rule itself has a property test.
    let daemon = with_people(Daemon::builder().set("attributes.tier.editable", "true").start());
    let alice = Owner::of(&daemon, "alice").await;
    let before = kept(&daemon, "alice");
    let id = before["id"].as_str().unwrap();
    let version = alice.get(PAGE).await.field("version");
    let page = alice
        .post(
            PAGE,
            &[
                ("version", &version),
                ("role", "admin"),
                ("id", "u-mine"),
                ("sub", id),
                ("user_id", id),
                ("username", "root"),
                ("preferred_username", "root"),
                ("email", "mine@example.com"),
                ("email_verified", "true"),
                ("phone_number", "+44 20 7946 0000"),
                ("phone_number_verified", "true"),
                ("tenant_id", "acme"),
                ("active_organization", "acme"),
                ("memberships", "[]"),
                ("disabled", "false"),
                ("epoch", "7"),
                ("hardware_tier", "tier1"),
                ("attribute.hardware_tier", "tier1"),
                ("attribute.role", "admin"),
                ("attribute.tier", "gold"),
            ],
        )
        .await;
    assert!(page.has("form-done"), "{}", page.body);
    let after = kept(&daemon, "alice");
    for member in [
        "id",
        "username",
        "email",
        "email_verified",
        "role",
        "memberships",
        "disabled",
    ] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert_eq!(after["claims"], json!({"phone_number": "+44 20 7946 0000"}));
    assert_eq!(
        after["attributes"],
        json!({"tier": "gold"}),
        "what the operator has opened"
    );
    assert!(!alice.get("/account/profile").await.body.contains("hardware_tier"));
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other_unseen() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let (one, other) = (alice.get(PAGE).await, alice.get(PAGE).await);
    assert!(
        alice
            .browser
            .submit(&one, &[("nickname", "First")])
            .await
            .has("form-done")
    );
    let page = alice
        .browser
        .submit(&other, &[("nickname", "Second"), ("gender", "x")])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.contains("changed in another window"), "{}", page.body);
    assert!(
        page.body.contains("Kept now: <strong><bdi>First</bdi></strong>"),
        "{}",
        page.body
    );
    assert_eq!(
        (page.field("nickname"), page.field("gender")),
        ("Second".to_owned(), "x".to_owned())
    );
    assert_eq!(kept(&daemon, "alice")["claims"], json!({"nickname": "First"}));
    // Seen, it may.
    assert!(alice.browser.submit(&page, &[]).await.has("form-done"));
    assert_eq!(
        kept(&daemon, "alice")["claims"],
        json!({"nickname": "Second", "gender": "x"})
    );
    // What else happens to the account is no reason to ask.
    let page = alice.get(PAGE).await;
    daemon.cli(&["user", "set", "alice", "--role", "admin"]);
    assert!(
        alice
            .browser
            .submit(&page, &[("nickname", "Third")])
            .await
            .has("form-done")
    );
}

#[tokio::test]
async fn what_was_typed_outlives_a_sign_out_elsewhere() {
    let daemon = daemon();
    let alice = Owner::of(&daemon, "alice").await;
    let page = alice.get(PAGE).await;
    alice.post("/account/sessions", &[("end", "all")]).await;
    let page = alice.browser.submit(&page, &[("nickname", "Al")]).await;
    assert!(
        page.body.contains("Nothing that you typed is lost"),
        "{} {}",
        page.url,
        page.body
    );
    let login = alice.get("/login?to=profile").await;
    alice.browser.sign_in(&login, "alice", PASSWORD).await;
    let page = alice.browser.submit(&page, &[]).await;
    assert!(page.has("form-done"), "{}", page.body);
    assert_eq!(kept(&daemon, "alice")["claims"]["nickname"], "Al");
}

#[tokio::test]
async fn attributes_of_every_kind_have_a_field() {
    let builder = Daemon::builder()
        .set("attributes.teams.type", "string_list")
        .set("attributes.teams.values", "red,blue,green")
        .set("attributes.teams.editable", "true")
        .set("attributes.news.type", "boolean")
        .set("attributes.news.editable", "true")
        .set("attributes.hardware_tier.editable", "true");
    let daemon = with_people(builder.start());
    let alice = Owner::of(&daemon, "alice").await;
    let version = alice.get(PAGE).await.field("version");
    let page = alice
        .post(
            PAGE,
            &[
                ("version", &version),
                ("attribute.teams", "1"),
                ("attribute.teams#0", "1"),
                ("attribute.teams#2", "1"),
                ("attribute.teams#9", "1"),
                ("attribute.news", "false"),
                ("attribute.hardware_tier", "tier3"),
            ],
        )
        .await;
    assert!(page.has("form-done"), "{}", page.body);
    let attributes = json!({"teams": ["red", "green"], "news": false, "hardware_tier": "tier3"});
    assert_eq!(kept(&daemon, "alice")["attributes"], attributes);
    assert_eq!(page.body.matches(" checked>").count(), 2);
    // Every box empty: browsers send none of them.
    let version = page.field("version");
    alice
        .post(PAGE, &[("version", &version), ("attribute.teams", "1")])
        .await;
    assert_eq!(kept(&daemon, "alice")["attributes"]["teams"], json!(null));
}

//! The applications that may use the account: a yes that is taken back is worth nothing at any door, for ever.

use reqwest::StatusCode;
use serde_json::json;

use super::{Owner, daemon, with_people};
use crate::support::{App, Daemon, Partner, Tokens, partner::Answer, scene::PASSWORD};

const PAGE: &str = "/account/apps";
const SCOPE: &str = "openid profile email offline_access";

fn asking(daemon: &Daemon) -> App {
    App::with(daemon, &[])
}

/// What each door says of tokens: refresh, userinfo, introspection of both.
async fn doors(app: &App, tokens: &Tokens) -> [bool; 4] {
    [
        app.userinfo(tokens.access()).await.0 == StatusCode::OK,
        app.introspect(tokens.access()).await["active"] == true,
        app.introspect(tokens.refresh()).await["active"] == true,
        app.refresh(tokens.refresh()).await.0 == StatusCode::OK,
    ]
}

#[tokio::test]
async fn an_application_is_told_with_what_it_may_see_and_loses_all_of_it_at_once() {
    let daemon = daemon();
    let app = asking(&daemon);
    let alice = Owner::of(&daemon, "alice").await;
    assert!(alice.get(PAGE).await.has("applications-none"));
    let tokens = app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    let page = alice.get(PAGE).await;
    for said in [
        "<bdi>App</bdi>",
        "Your email address",
        "Your profile",
        "Also while you are away",
        "Allowed on",
        "signed in with it on",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    // A code that is on its way dies with the rest.
    let sign_in = app.begin(SCOPE, &[]);
    let code = app.code(&alice.browser, &sign_in, "alice", PASSWORD).await;

    let page = alice.post(PAGE, &[("client_id", &app.client_id)]).await;
    assert!(page.has("form-done") && page.has("applications-none"), "{}", page.body);
    assert_eq!(doors(&app, &tokens).await, [false; 4]);
    assert_eq!(app.redeem_with(&sign_in, &code, &[]).await.1["error"], "invalid_grant");
    assert!(alice.is_signed_in().await, "the session here goes on");
    // Asked again, and not silently.
    let silent = alice.get(&app.begin(SCOPE, &[("prompt", "none")]).url).await;
    assert_eq!(silent.redirect_param("error").as_deref(), Some("consent_required"));
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_yes_that_is_said_again_brings_nothing_back_to_life() {
    let daemon = daemon();
    let app = asking(&daemon);
    let alice = Owner::of(&daemon, "alice").await;
    let former = app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    alice.post(PAGE, &[("client_id", &app.client_id)]).await;
    let new = app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    assert_eq!(doors(&app, &former).await, [false; 4]);
    assert_eq!(doors(&app, &new).await, [true; 4]);
    // A yes to more goes on from the earlier one: what was granted before stays good.
    let app = asking(&daemon);
    let first = app
        .sign_in(&alice.browser, "openid offline_access", "alice", PASSWORD)
        .await;
    let more = app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    assert_eq!(
        (doors(&app, &first).await, doors(&app, &more).await),
        ([true; 4], [true; 4])
    );
}

#[tokio::test]
async fn nobody_takes_back_the_yes_of_another() {
    let daemon = daemon();
    let app = asking(&daemon);
    let alice = Owner::of(&daemon, "alice").await;
    let tokens = app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    let bob = Owner::of(&daemon, "bob").await;
    let alices_id = super::kept(&daemon, "alice")["id"].as_str().unwrap().to_owned();
    let crossed = format!("../{alices_id}.{}", app.client_id);
    for client_id in [app.client_id.as_str(), "", "unknown", &crossed] {
        let page = bob.post(PAGE, &[("client_id", client_id)]).await;
        assert!(page.has("applications-none"), "{client_id}: {}", page.body);
    }
    assert!(!bob.get(PAGE).await.body.contains("<bdi>App</bdi>"));
    assert_eq!(doors(&app, &tokens).await, [true; 4]);
    // Nor does one application lose what another has.
    let other = asking(&daemon);
    let others = other.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    let tokens = app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    alice.post(PAGE, &[("client_id", &other.client_id)]).await;
    assert_eq!(
        (doors(&app, &tokens).await, doors(&other, &others).await),
        ([true; 4], [false; 4])
    );
}

#[tokio::test]
async fn an_application_is_told_that_its_session_has_ended() {
    let partner = Partner::start();
    let daemon = with_people(partner.daemon().start());
    partner.serve("/told", Answer::status(200));
    let more = [
        ("backchannel_logout_uri", json!(partner.url("/told"))),
        ("consent", json!("required")),
    ];
    let app = App::at(&partner, &daemon, "Asking", &more);
    let alice = Owner::of(&daemon, "alice").await;
    app.sign_in(&alice.browser, SCOPE, "alice", PASSWORD).await;
    alice.post(PAGE, &[("client_id", &app.client_id)]).await;
    daemon
        .wait_until("the client is told", async || !partner.asked("/told").is_empty())
        .await;
    assert!(alice.is_signed_in().await);
    // It has no part in the session any more, so it is told once.
    let page = alice.get("/account/sessions").await;
    assert!(!page.body.contains("<bdi>Asking</bdi>"), "{}", page.body);
}

#[tokio::test]
async fn an_application_that_is_gone_can_still_be_taken_off_the_list() {
    let daemon = daemon();
    let app = asking(&daemon);
    let alice = Owner::of(&daemon, "alice").await;
    app.sign_in(&alice.browser, "openid", "alice", PASSWORD).await;
    daemon.cli(&["client", "disable", &app.client_id]);
    assert!(alice.get(PAGE).await.body.contains("Not available now"));
    daemon.cli(&["client", "remove", &app.client_id]);
    let page = alice.get(PAGE).await;
    assert!(
        page.body.contains(&app.client_id) || page.has("applications-none"),
        "{}",
        page.body
    );
    let page = alice.post(PAGE, &[("client_id", &app.client_id)]).await;
    assert!(page.has("applications-none"), "{}", page.body);
}

//! Pairwise subjects (OpenID Connect Core, 8.1): the clients of a sector know a person by one name, those of another by another, and no door
//! tells or takes the wrong one.

use serde_json::{Value, json};

use super::open;
use crate::support::{App, Page, Registrant, Scene, Tokens, jwt};

const SCOPE: &str = "openid profile offline_access";

async fn pairwise(scene: &Scene, redirect_uri: &str) -> App {
    let registrant = Registrant::of(&scene.daemon);
    let document = json!({
        "redirect_uris": [redirect_uri], "subject_type": "pairwise", "grant_types": ["authorization_code", "refresh_token"],
    });
    let registration = registrant.register(&document).await;
    App::of(&scene.daemon, &registration.told, redirect_uri)
}

fn sub(token: &str) -> String {
    jwt::claims(token)["sub"].as_str().expect("sub").to_owned()
}

fn user_id(scene: &Scene) -> String {
    scene.daemon.cli(&["user", "show", "alice"])["id"]
        .as_str()
        .expect("id")
        .to_owned()
}

/// The `sub` at every door that tells one, which must be the same at all of them.
async fn one_sub(app: &App, tokens: &Tokens) -> String {
    let sub = sub(tokens.id());
    assert_eq!(self::sub(tokens.access()), sub, "RFC 9068, 2.2");
    assert_eq!(app.userinfo(tokens.access()).await.1["sub"], sub, "Core, 5.3.2");
    let seen = app.introspect(tokens.access()).await;
    assert_eq!(
        (&seen["active"], &seen["sub"]),
        (&json!(true), &json!(sub)),
        "RFC 7662, 2.2"
    );
    let seen = app.introspect(tokens.refresh()).await;
    assert_eq!((&seen["active"], &seen["sub"]), (&json!(true), &json!(sub)));
    let (status, next) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, 200, "{next}");
    let next = Tokens(next);
    assert_eq!(
        (self::sub(next.id()), self::sub(next.access())),
        (sub.clone(), sub.clone()),
        "Core, 12.2"
    );
    assert_eq!(app.userinfo(next.access()).await.1["sub"], sub);
    sub
}

#[tokio::test]
async fn a_sector_knows_a_person_by_one_name_that_no_other_sector_knows() {
    let scene = Scene::of(open());
    let (a, same, other) = (
        pairwise(&scene, "https://a.example/cb").await,
        pairwise(&scene, "https://a.example:8443/other").await,
        pairwise(&scene, "https://b.example/cb").await,
    );
    let (mut subs, mut sids) = (Vec::new(), Vec::new());
    for app in [&a, &same, &other] {
        let tokens = scene.tokens_for(app, SCOPE).await;
        subs.push(one_sub(app, &tokens).await);
        let [sid, in_access_token] = [tokens.id(), tokens.access()].map(|token| jwt::claims(token)["sid"].clone());
        assert_eq!(sid, in_access_token);
        sids.push(sid);
    }
    assert!(
        sids[0] == sids[1] && sids[0] != sids[2],
        "a sid that all saw would connect the names: {sids:?}"
    );
    let public = sub(scene.tokens(SCOPE).await.id());
    assert_eq!(public, user_id(&scene));
    assert_eq!(subs[0], subs[1], "one sector");
    assert!(subs[0] != subs[2] && !subs.contains(&public), "{subs:?} {public}");
    assert!(
        subs.iter().all(|sub| sub.is_ascii() && sub.len() == 43),
        "Core, 2: at most 255 ASCII characters"
    );
    // Another person of the same sector is another.
    scene.daemon.add_user("bob", "correct horse", &[]);
    let tokens = a.sign_in(&scene.other_browser(), SCOPE, "bob", "correct horse").await;
    assert_ne!(sub(tokens.id()), subs[0]);
    // And it is the same tomorrow.
    let mut scene = scene;
    scene.kill_and_start_again();
    assert_eq!(sub(scene.tokens_for(&a, SCOPE).await.id()), subs[0]);
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn no_door_of_a_pairwise_client_tells_the_users_id_or_name() {
    let scene = Scene::of(open());
    let app = pairwise(&scene, "https://a.example/cb").await;
    let tokens = scene.tokens_for(&app, "openid offline_access").await;
    let id = user_id(&scene);
    let told = [
        jwt::claims(tokens.id()).to_string(),
        jwt::claims(tokens.access()).to_string(),
        app.userinfo(tokens.access()).await.1.to_string(),
        app.introspect(tokens.access()).await.to_string(),
        app.introspect(tokens.refresh()).await.to_string(),
    ];
    for told in told {
        assert!(!told.contains(&id) && !told.contains("alice"), "{told}");
    }
    // The operator still sees who it was.
    app.revoke(tokens.access()).await;
    let log = scene.daemon.log();
    let line = log
        .lines()
        .find(|line| line.contains("access_token.revoked"))
        .expect("an event");
    assert!(line.contains(&id), "{line}");
}

#[tokio::test]
async fn an_id_token_hint_is_read_as_the_client_knows_it() {
    let scene = Scene::of(open());
    let (app, other) = (
        pairwise(&scene, "https://a.example/cb").await,
        pairwise(&scene, "https://b.example/cb").await,
    );
    let own = scene.tokens_for(&app, SCOPE).await;
    let foreign = scene.tokens_for(&other, SCOPE).await;
    let public = scene.tokens(SCOPE).await;
    let silent = async |hint: &str| {
        let more = [("prompt", "none"), ("id_token_hint", hint)];
        let (sign_in, page) = app.authorize(&scene.browser, SCOPE, &more).await;
        page.redirect_param("code")
            .map_or_else(|| page.redirect_error(&app, &sign_in), |_| "code".to_owned())
    };
    assert_eq!(silent(own.id()).await, "code", "Core, 3.1.2.1");
    // Else a client could learn whether two names are one person's.
    assert_eq!(silent(foreign.id()).await, "login_required");
    assert_eq!(silent(public.id()).await, "login_required");
}

#[tokio::test]
async fn a_logout_hint_is_read_as_its_client_knows_it() {
    let scene = Scene::of(open());
    let registrant = Registrant::of(&scene.daemon);
    let document = json!({
        "redirect_uris": ["https://a.example/cb"], "subject_type": "pairwise", "post_logout_redirect_uris": ["https://a.example/bye"],
    });
    let told = registrant.register(&document).await.told;
    let app = App::of(&scene.daemon, &told, "https://a.example/cb");
    let tokens = scene.tokens_for(&app, "openid").await;
    let logout =
        |hint: &str| format!("/logout?id_token_hint={hint}&post_logout_redirect_uri=https://a.example/bye&state=s");
    // The hint proves that it is this person's wish: nobody is asked (RP-Initiated Logout, 2).
    let page: Page = scene.browser.get(&logout(tokens.id())).await;
    let location = page.location().map(|url| url.to_string());
    assert_eq!(
        location.as_deref(),
        Some("https://a.example/bye?state=s"),
        "{}",
        page.body
    );
    // Another person's hint does not sign this one out.
    scene.daemon.add_user("bob", "correct horse", &[]);
    let bob = scene.other_browser();
    app.sign_in(&bob, "openid", "bob", "correct horse").await;
    let page = bob.get(&logout(tokens.id())).await;
    assert!(page.has("logout-confirm"), "{} {}", page.status, page.body);
}

#[tokio::test]
async fn a_client_that_changes_its_sector_begins_anew() {
    let scene = Scene::of(open());
    let registrant = Registrant::of(&scene.daemon);
    let uris =
        json!({"redirect_uris": ["https://a.example/cb"], "grant_types": ["authorization_code", "refresh_token"]});
    let registration = registrant.register(&uris).await;
    let app = App::of(&scene.daemon, &registration.told, "https://a.example/cb");
    let tokens = scene.tokens_for(&app, SCOPE).await;
    scene
        .daemon
        .cli(&["client", "set", &app.client_id, "--set", "subject_type=pairwise"]);
    // Core, 12.2: a refreshed ID token names the same sub; here it could not, so there is none.
    app.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    assert!(!app.accepted(tokens.access()).await && !app.is_active(tokens.access()).await);
    let again = scene.tokens_for(&app, SCOPE).await;
    assert_ne!(one_sub(&app, &again).await, sub(tokens.id()));
}

#[tokio::test]
async fn an_operators_client_can_be_pairwise_as_well() {
    let scene = Scene::start();
    let file = scene.daemon.dir().join("client.json");
    let client = json!({"client_name": "App", "redirect_uris": ["https://a.example/cb"], "subject_type": "pairwise"});
    std::fs::write(&file, client.to_string()).expect("a file");
    let made: Value = scene
        .daemon
        .cli(&["client", "add", "--file", file.to_str().expect("UTF-8")]);
    let app = App::of(&scene.daemon, &made, "https://a.example/cb");
    let tokens = scene.tokens_for(&app, SCOPE).await;
    assert_ne!(one_sub(&app, &tokens).await, user_id(&scene));
    let (_, why) = scene.daemon.refused(
        &[
            "client",
            "set",
            &app.client_id,
            "--redirect-uri",
            "https://a.example/",
            "--redirect-uri",
            "https://b.example/",
        ],
        "",
    );
    assert!(why.contains("sector"), "{why}");
    let page = scene.daemon.url("/.well-known/openid-configuration");
    let told: Value = app
        .http
        .get(page)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["subject_types_supported"], json!(["public", "pairwise"]));
}

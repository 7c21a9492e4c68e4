//! A passkey as the second factor, and as a first one that needs another.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Guarded, is_second_step};
use crate::{
    passkey::{Person, honest, passkey_of},
    support::{
        App, AuthenticatorApp, Daemon, Page, Scene,
        authenticator::{Answer, Authenticator, UP, UV},
        html, jwt,
        scene::{PASSWORD, USERNAME},
    },
};

/// Alice, whose organization wants two factors, and who has a passkey.
async fn scene(flags: u8) -> (Scene, Authenticator) {
    let scene = Scene::of(Daemon::builder().set("limits.login_per_account", "1000"));
    let mut authenticator = Authenticator::new();
    authenticator.flags = flags;
    let person = Person::signed_in(&scene.daemon, USERNAME).await;
    let added = person.register(&mut authenticator, honest).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    scene.daemon.cli(&[
        "org",
        "add",
        "Acme",
        "--id",
        "acme",
        "--sign-in-policy",
        "second_factor",
    ]);
    scene.daemon.cli(&["org", "member", "add", "acme", USERNAME]);
    (scene, authenticator)
}

type Lie = fn(&mut Answer);

/// The id of the sign-in that waits.
fn waiting(page: &Page) -> String {
    let id = page.url.query_pairs().find(|(name, _)| name == "sign_in");
    id.unwrap_or_else(|| panic!("{} {}", page.url, page.body))
        .1
        .into_owned()
}

async fn half(person: &Person, url: &str) -> Page {
    let page = person.browser.get(url).await;
    let page = person.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(is_second_step(&page), "{} {}", page.url, page.body);
    page
}

async fn begin(person: &Person, page: &Page) -> Value {
    person.begin("second", &[("sign_in", &waiting(page))]).await
}

async fn show(person: &Person, page: &Page, key: &mut Authenticator, twist: impl FnOnce(&mut Answer)) -> Page {
    let begun = begin(person, page).await;
    let credential = key.get(&begun["publicKey"], &person.origin, twist);
    person.finish("second", &begun, &credential).await
}

#[tokio::test]
async fn a_password_and_a_passkey_are_two_factors_whether_it_verified_its_person_or_not() {
    for (flags, amr) in [
        (UP | UV, json!(["pwd", "pop", "user", "mfa"])),
        (UP, json!(["pwd", "pop", "mfa"])),
    ] {
        let (scene, mut key) = scene(flags).await;
        let person = Person::at(&scene.daemon).await;
        let sign_in = scene.app.begin("openid", &[]);
        let page = half(&person, &sign_in.url).await;
        assert!(page.body.contains("data-mode=\"second\"") && page.has("remember") && !page.has("second-submit"));
        let begun = begin(&person, &page).await;
        let allowed = &begun["publicKey"]["allowCredentials"];
        assert_eq!(allowed.as_array().map(Vec::len), Some(1), "hers alone");
        assert_eq!(allowed[0]["id"], key.credential_id());
        let done = show(&person, &page, &mut key, |_| {}).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert!(done.json()["accepted"]["credentialIds"].is_array());
        let page = person.browser.get(done.json()["next"].as_str().unwrap()).await;
        let tokens = scene.app.redeem(&sign_in, &scene.app.code_of(&page, &sign_in)).await;
        let claims = jwt::claims(tokens.id());
        assert_eq!((&claims["amr"], &claims["acr"]), (&amr, &json!("2")));
        scene.daemon.has_no_errors();
    }
}

#[tokio::test]
async fn keys_that_tell_no_user_will_do_where_the_user_is_known() {
    let (scene, mut key) = scene(UP).await;
    let person = Person::at(&scene.daemon).await;
    let page = half(&person, "/login").await;
    let done = show(&person, &page, &mut key, |it| it.handle = None).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
}

#[tokio::test]
async fn every_lie_and_every_other_passkey_is_refused() {
    let (scene, mut key) = scene(UP | UV).await;
    scene.daemon.add_user("bob", PASSWORD, &[]);
    let mut of_bob = passkey_of(&scene.daemon, "bob").await;
    let person = Person::at(&scene.daemon).await;
    let page = half(&person, "/login").await;
    let lies: [(&str, Lie); 6] = [
        ("signature", |it| it.is_forged = true),
        ("origin", |it| it.origin = "https://evil.example".to_owned()),
        ("rp id", |it| it.rp_id = "evil.example".to_owned()),
        ("challenge", |it| it.challenge = "A".repeat(43)),
        ("presence", |it| it.flags = 0),
        ("handle", |it| it.handle = Some("AAAA".to_owned())),
    ];
    for (what, lie) in lies {
        let refused = show(&person, &page, &mut key, lie).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{what}: {}", refused.body);
    }
    let refused = show(&person, &page, &mut of_bob, |_| {}).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    assert_eq!(refused.json()["unknown"], false, "the device keeps it");
    assert!(!person.is_signed_in().await);

    // A challenge is good once, for its own purpose, in its own browser.
    let begun = begin(&person, &page).await;
    let credential = key.get(&begun["publicKey"], &person.origin, |_| {});
    let stranger = Person::at(&scene.daemon).await;
    assert_eq!(
        stranger.finish("second", &begun, &credential).await.status,
        StatusCode::GONE
    );
    let refused = stranger
        .post("/passkey/second/begin", &[("sign_in", &waiting(&page))])
        .await;
    assert_eq!(refused.status, StatusCode::GONE);
    assert_eq!(
        person.finish("sign-in", &begun, &credential).await.status,
        StatusCode::GONE
    );
    assert_eq!(
        person.finish("second", &begun, &credential).await.status,
        StatusCode::GONE,
        "spent by that"
    );
    let first = person.begin("sign-in", &[]).await;
    let credential = key.get(&first["publicKey"], &person.origin, |_| {});
    assert_eq!(
        person.finish("second", &first, &credential).await.status,
        StatusCode::GONE
    );
    // None of it has spent the sign-in.
    assert_eq!(show(&person, &page, &mut key, |_| {}).await.status, StatusCode::OK);
    assert!(person.is_signed_in().await);
    let over = person
        .post("/passkey/second/begin", &[("sign_in", &waiting(&page))])
        .await;
    assert_eq!(over.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_passkey_that_verified_nobody_asks_for_one_more() {
    let guarded = Guarded::start();
    let daemon = &guarded.scene.daemon;
    let browser = guarded.signed_in(&[]).await;
    let person = Person {
        csrf: html_csrf(&browser.get("/account/passkeys").await),
        browser,
        origin: daemon.issuer.clone(),
    };
    let mut key = Authenticator::new();
    key.flags = UP;
    assert_eq!(person.register(&mut key, honest).await.status, StatusCode::OK);

    let person = Person::at(daemon).await;
    let shown = person.sign_in(&mut key, honest).await;
    assert_eq!(
        shown.json()["accepted"],
        Value::Null,
        "nothing is told before it is all shown"
    );
    assert_eq!(shown.cookie("avouch_session"), None);
    let page = person.browser.get(shown.json()["next"].as_str().unwrap()).await;
    assert!(
        is_second_step(&page) && page.has("way-password") && !page.has("way-passkey"),
        "{}",
        page.body
    );
    // By the app, or by the password.
    let by_password = person.browser.get(&format!("{}&by=password", page.url)).await;
    let wrong = person
        .browser
        .submit(&by_password, &[("password", "wrong horse")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text("form-error").unwrap().contains("password"));
    let home = person.browser.submit(&wrong, &[("password", PASSWORD)]).await;
    assert!(home.has("home-sign-out"), "{} {}", home.url, home.body);

    let person = Person::at(daemon).await;
    let shown = person.sign_in(&mut key, honest).await;
    let page = person.browser.get(shown.json()["next"].as_str().unwrap()).await;
    assert!(
        guarded
            .show_code(&person.browser, &page, &[])
            .await
            .has("home-sign-out")
    );
    // With the person verified it is enough alone.
    key.flags = UP | UV;
    let person = Person::at(daemon).await;
    let shown = person.sign_in(&mut key, honest).await;
    assert_eq!(shown.json()["next"], "/");
    assert!(person.is_signed_in().await);
}

#[tokio::test]
async fn a_browser_is_remembered_by_a_passkey_too() {
    let (scene, mut key) = scene(UP).await;
    let person = Person::at(&scene.daemon).await;
    let page = half(&person, "/login").await;
    let begun = begin(&person, &page).await;
    let credential = key.get(&begun["publicKey"], &person.origin, |_| {});
    let fields = [
        ("ceremony", begun["ceremony"].as_str().unwrap()),
        ("credential", credential.as_str()),
        ("remember", "1"),
    ];
    let done = person.post("/passkey/second/finish", &fields).await;
    assert!(done.cookie("avouch_remembered").is_some(), "{}", done.body);
    let logout = person.browser.get("/logout").await;
    person.browser.submit(&logout, &[("decision", "leave")]).await;
    let page = person.browser.get("/login").await;
    let home = person.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(home.has("home-sign-out"), "{} {}", home.url, home.body);
}

#[tokio::test]
async fn where_a_client_wants_a_passkey_a_password_alone_adds_none_beside_the_owners() {
    let daemon = Daemon::start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    let _own = passkey_of(&daemon, USERNAME).await;
    let thief = Person::signed_in(&daemon, USERNAME).await;
    App::with(&daemon, &["--first-party", "--sign-in-policy", "passkey"]);
    let refused = thief.post("/passkey/register/begin", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    for (path, fields) in [
        ("/account/recovery-codes", &[][..]),
        ("/account/authenticator", &[("do", "begin")][..]),
    ] {
        let page = thief.post(path, fields).await;
        assert!(is_second_step(&page), "{path}: {} {}", page.url, page.body);
    }
    // Who has nothing else yet may add the first one by the password.
    daemon.add_user("bob", PASSWORD, &[]);
    let _first = passkey_of(&daemon, "bob").await;
}

#[tokio::test]
async fn without_scripts_the_page_of_a_passkey_says_what_else_there_is() {
    let daemon = Daemon::start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    let _key = passkey_of(&daemon, USERNAME).await;
    let phone = AuthenticatorApp::imported(&daemon, USERNAME);
    let person = Person::at(&daemon).await;
    let page = half(&person, "/login").await;
    assert!(
        page.has("code") && page.has("way-passkey"),
        "the app comes first: {}",
        page.body
    );
    let by_passkey = person.browser.get(&format!("{}&by=passkey", page.url)).await;
    assert!(by_passkey.body.contains("<noscript>") && by_passkey.has("way-totp"));
    let home = person.browser.submit(&page, &[("code", &phone.code().await)]).await;
    assert!(home.has("home-sign-out"));
}

/// What the script of the page sends along.
fn html_csrf(page: &Page) -> String {
    let mut tags = html::tags(&page.body, "div");
    let tag = tags.find(|tag| tag.contains("id=\"passkey\"")).expect("the ceremony");
    html::attribute(tag, "data-csrf").expect("csrf")
}

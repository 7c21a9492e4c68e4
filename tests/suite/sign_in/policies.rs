//! Policies: of the daemon, an organization and a client the strictest counts, at every door and for what exists already (threats 25, 28).

use serde_json::json;

use super::{Guarded, is_second_step};
use crate::{
    passkey::{Person, honest, passkey_of},
    support::{
        App, AuthenticatorApp, Browser, Daemon, Scene, SignIn, Tokens,
        authenticator::Authenticator,
        jwt,
        scene::{PASSWORD, USERNAME},
    },
};

const SCOPE: &str = "openid offline_access";

/// What an application holds that was given for a password.
struct Held {
    app: App,
    browser: Browser,
    sign_in: SignIn,
    code: String,
    tokens: Tokens,
}

impl Held {
    async fn by(scene: &Scene) -> Self {
        let app = App::confidential(&scene.daemon);
        let browser = scene.other_browser();
        let tokens = app.sign_in(&browser, SCOPE, USERNAME, PASSWORD).await;
        let sign_in = app.begin(SCOPE, &[]);
        let code = app.code(&browser, &sign_in, USERNAME, PASSWORD).await;
        Self {
            app,
            browser,
            sign_in,
            code,
            tokens,
        }
    }

    /// At every door nothing is to be had for it.
    async fn is_refused(&self, resource_server: &App, what: &str) {
        let (sign_in, page) = self.app.authorize(&self.browser, SCOPE, &[("prompt", "none")]).await;
        assert_eq!(page.redirect_error(&self.app, &sign_in), "login_required", "{what}");
        let answer = self.app.ask_redeem(&self.sign_in, &self.code, &[]).await;
        answer.refused(400, "invalid_grant");
        self.app
            .ask_refresh(self.tokens.refresh())
            .await
            .refused(400, "invalid_grant");
        assert!(!self.app.accepted(self.tokens.access()).await, "{what}: userinfo");
        assert!(
            !resource_server.is_active(self.tokens.access()).await,
            "{what}: introspection"
        );
        assert!(
            !self.app.is_active(self.tokens.refresh()).await,
            "{what}: introspection"
        );
    }

    async fn is_good(&self) {
        assert!(self.app.accepted(self.tokens.access()).await);
        assert!(self.app.is_active(self.tokens.refresh()).await);
    }
}

#[tokio::test]
async fn a_policy_that_is_made_stricter_counts_at_every_door_at_once() {
    for what in ["client", "organization", "daemon"] {
        let mut scene = Scene::start();
        let phone = AuthenticatorApp::imported(&scene.daemon, USERNAME);
        scene.daemon.cli(&["user", "remove-factor", USERNAME, "totp"]);
        drop(phone);
        scene.daemon.cli(&["org", "add", "Lax"]);
        scene.daemon.cli(&["org", "add", "Acme", "--id", "acme"]);
        scene.daemon.cli(&["org", "member", "add", "Lax", USERNAME]);
        scene.daemon.cli(&["org", "member", "add", "acme", USERNAME]);
        let held = Held::by(&scene).await;
        held.is_good().await;
        let other = scene.tokens("openid").await;
        let set = |scene: &mut Scene, policy: &str| match what {
            "client" => drop(
                scene
                    .daemon
                    .cli(&["client", "set", &held.app.client_id, "--sign-in-policy", policy]),
            ),
            "organization" => drop(scene.daemon.cli(&["org", "set", "acme", "--sign-in-policy", policy])),
            _ => {
                scene.daemon.stop();
                scene.daemon.set("sign_in.policy", policy);
                scene.daemon.start_again();
            }
        };
        set(&mut scene, "second_factor");
        let phone = AuthenticatorApp::imported(&scene.daemon, USERNAME);
        let resource_server = App::confidential(&scene.daemon);
        held.is_refused(&resource_server, what).await;
        // What the policy does not speak of goes on.
        assert_eq!(scene.app.accepted(other.access()).await, what == "client", "{what}");
        // The person shows the second factor, once, and the application has new tokens.
        let (sign_in, page) = held.app.authorize(&held.browser, SCOPE, &[]).await;
        assert!(is_second_step(&page), "{what}: {} {}", page.url, page.body);
        let page = held.browser.submit(&page, &[("code", &phone.code().await)]).await;
        let tokens = held.app.redeem(&sign_in, &held.app.code_of(&page, &sign_in)).await;
        assert!(held.app.accepted(tokens.access()).await);
        assert_eq!(jwt::claims(tokens.id())["acr"], "2");
        let (_, page) = held.app.authorize(&held.browser, SCOPE, &[("prompt", "none")]).await;
        assert!(page.redirect_param("code").is_some());
        // Nothing was revoked: with the policy of before, what was given then is good again.
        set(&mut scene, "password");
        held.is_good().await;
        scene.daemon.has_no_errors();
    }
}

#[tokio::test]
async fn a_second_client_that_is_stricter_asks_for_more_of_the_same_session() {
    let guarded = Guarded::start();
    let scene = &guarded.scene;
    // Remembered, so that the session has one factor and meets what wants a second one.
    let browser = guarded.signed_in(&[("remember", "1")]).await;
    let page = browser.get("/logout").await;
    browser.submit(&page, &[("decision", "leave")]).await;
    let tokens = scene.app.sign_in(&browser, "openid", USERNAME, PASSWORD).await;
    assert_eq!(jwt::claims(tokens.id())["acr"], "1");
    for (policy, is_met) in [("password", true), ("second_factor", true), ("passkey", false)] {
        let app = App::with(&scene.daemon, &["--first-party", "--sign-in-policy", policy]);
        let (_, page) = app.authorize(&browser, "openid", &[]).await;
        assert_eq!(page.redirect_param("code").is_some(), is_met, "{policy}: {}", page.url);
        let (sign_in, page) = app.authorize(&browser, "openid", &[("prompt", "none")]).await;
        if !is_met {
            assert_eq!(page.redirect_error(&app, &sign_in), "login_required");
        }
    }
}

#[tokio::test]
async fn a_passkey_is_required_and_can_be_added_with_a_password_as_long_as_there_is_none() {
    let scene = Scene::of(Daemon::builder().set("sign_in.policy", "passkey"));
    let browser = &scene.browser;
    let sign_in = scene.app.begin("openid", &[]);
    let page = browser.get(&sign_in.url).await;
    let page = browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(
        page.has("add-passkey") && !page.has("add-authenticator"),
        "{}",
        page.body
    );
    let person = Person {
        csrf: page.field("csrf"),
        browser: browser.clone(),
        origin: scene.daemon.issuer.clone(),
    };
    let mut key = Authenticator::new();
    assert_eq!(person.register(&mut key, honest).await.status, 200);
    // Now there is one, so it is asked for: to go on, and to add another.
    let begun = person.post("/passkey/register/begin", &[]).await;
    assert_eq!(
        (begun.status.as_u16(), &begun.json()["sign_in_again"]),
        (403, &json!(true))
    );
    let page = browser.get(page.url.as_str()).await;
    assert!(
        is_second_step(&page) && !page.has("remember") && !page.has("way-totp"),
        "{}",
        page.body
    );
    let id = page
        .url
        .query_pairs()
        .find(|(name, _)| name == "sign_in")
        .unwrap()
        .1
        .into_owned();
    let begun = person.begin("second", &[("sign_in", &id)]).await;
    let credential = key.get(&begun["publicKey"], &person.origin, honest);
    let done = person.finish("second", &begun, &credential).await;
    let page = browser.get(done.json()["next"].as_str().unwrap()).await;
    let tokens = scene.app.redeem(&sign_in, &scene.app.code_of(&page, &sign_in)).await;
    assert_eq!(jwt::claims(tokens.id())["amr"], json!(["pwd", "pop", "user", "mfa"]));
    // From here on a password alone begins nothing.
    let other = scene.other_browser();
    let page = other.get("/login").await;
    let page = other.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(is_second_step(&page) && !super::is_signed_in(&other).await);
}

#[tokio::test]
async fn an_app_is_not_enough_where_a_passkey_is_required_and_nobody_is_stranded() {
    let guarded = Guarded::of(Daemon::builder().set("sign_in.policy", "passkey"));
    let browser = guarded.signed_in(&[]).await;
    let (sign_in, page) = guarded.scene.app.authorize(&browser, "openid", &[]).await;
    assert!(page.has("add-passkey"), "{}", page.body);
    let back = browser.submit(&page, &[]).await;
    assert_eq!(back.redirect_error(&guarded.scene.app, &sign_in), "access_denied");
    // Where it has one, nothing else is offered in its place.
    let scene = Scene::of(Daemon::builder().set("sign_in.policy", "passkey"));
    let _key = passkey_of(&scene.daemon, USERNAME).await;
    AuthenticatorApp::imported(&scene.daemon, USERNAME);
    let page = scene.browser.get("/login").await;
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(
        is_second_step(&page) && page.has("passkey") && !page.has("way-totp"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_client_that_registers_itself_sets_no_policy_and_keeps_the_operators() {
    let daemon = Daemon::builder().set("registration.mode", "open").start();
    let http = reqwest::Client::new();
    let document =
        json!({"client_name": "Stranger", "redirect_uris": ["https://app.example/cb"], "sign_in_policy": "passkey"});
    let answer = http.post(daemon.url("/register")).json(&document).send().await.unwrap();
    let made: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(made.get("sign_in_policy"), None);
    let client_id = made["client_id"].as_str().unwrap();
    let show = || daemon.cli(&["client", "show", client_id]);
    assert_eq!(show().get("sign_in_policy"), None);
    daemon.cli(&["client", "set", client_id, "--sign-in-policy", "second_factor"]);
    let document = json!({"client_id": client_id, "client_name": "Stranger", "redirect_uris": ["https://app.example/cb"],
        "client_secret": made["client_secret"], "sign_in_policy": "password"});
    let request = http
        .put(made["registration_client_uri"].as_str().unwrap())
        .json(&document);
    let request = request.bearer_auth(made["registration_access_token"].as_str().unwrap());
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(show()["sign_in_policy"], "second_factor");
}

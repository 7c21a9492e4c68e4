//! The `claims` parameter and `acr` (OpenID Connect Core, 5.5, 5.5.1, 5.5.1.1; RFC 9068, 2.2.1; RFC 9470, 6.2).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    App, Daemon, Scene, Tokens, jwt,
    scene::{PASSWORD, USERNAME},
};

/// What every ID token of ours has, whatever was asked (D1).
const ALWAYS: [&str; 12] = [
    "acr",
    "amr",
    "aud",
    "auth_time",
    "azp",
    "exp",
    "iat",
    "iss",
    "jti",
    "nonce",
    "sid",
    "sub",
];

/// A person with some claims and an attribute, and an application whose ID tokens are minimal.
fn scene() -> (Scene, App) {
    let builder = Daemon::builder()
        .set("attributes.badge.scope", "")
        .set("attributes.badge.clients", "somebody-else,badges")
        .set("attributes.floor.scope", "building");
    let scene = Scene::of(builder);
    let set = [
        "name=Alice Liddell",
        "birthdate=1852-05-04",
        "hardware_tier=tier2",
        "badge=B7",
        "floor=third",
    ];
    for claim in set {
        scene.daemon.cli(&["user", "set", USERNAME, "--claim", claim]);
    }
    let app = minimal(&scene.daemon, &[]);
    (scene, app)
}

fn minimal(daemon: &Daemon, more: &[&str]) -> App {
    App::with(daemon, &[&["--first-party", "--no-claims-in-id-token"], more].concat())
}

async fn asking(scene: &Scene, app: &App, scope: &str, claims: &Value) -> Tokens {
    let (sign_in, code) = scene.code_for(app, scope, &[("claims", &claims.to_string())]).await;
    app.redeem(&sign_in, &code).await
}

/// The claims beyond those that are always there.
fn beyond(claims: &Value, always: &[&str]) -> BTreeSet<String> {
    let names = claims.as_object().expect("an object").keys();
    names.filter(|name| !always.contains(&name.as_str())).cloned().collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_claim_is_told_where_it_was_asked_for_and_nowhere_else() {
    let (scene, app) = scene();
    // Core, 5.5: what is asked, at userinfo, in the ID token. A claim that the user lacks is no error (5.5.1).
    let rows: [(Value, &[&str], &[&str]); 9] = [
        (json!({"userinfo": {"name": {"essential": true}}}), &["name"], &[]),
        (json!({"id_token": {"name": null}}), &[], &["name"]),
        (
            json!({"userinfo": {"email": null}, "id_token": {"birthdate": {"essential": true}}}),
            &["email"],
            &["birthdate"],
        ),
        (
            json!({"userinfo": {"website": {"essential": true}, "name": null}}),
            &["name"],
            &[],
        ),
        (json!({"userinfo": {"hardware_tier": null}}), &["hardware_tier"], &[]),
        (
            json!({"userinfo": {"name": {"value": "Somebody Else"}}}),
            &["name"],
            &[],
        ),
        (
            json!({"userinfo": {"auth_time": null, "acr": null}, "id_token": {"auth_time": {"essential": true}}}),
            &[],
            &[],
        ),
        // What nobody knows, what belongs to the protocol, and what no request opens.
        (
            json!({"userinfo": {"unheard_of": null, "iss": null, "aud": {"value": "x"}, "scope": null},
                "id_token": {"https://x.example/groups": null, "exp": {"value": 1}, "nonce": null}}),
            &[],
            &[],
        ),
        (
            json!({"userinfo": {"role": null, "tenant_id": null, "organization_ids": null, "org_role": {"essential": true}},
                "id_token": {"role": {"essential": true}, "tenant_id": null, "organization_ids": null, "org_role": null}}),
            &[],
            &[],
        ),
    ];
    for (claims, at_userinfo, in_id_token) in rows {
        let tokens = asking(&scene, &app, "openid", &claims).await;
        let (_, told) = app.userinfo(tokens.access()).await;
        assert_eq!(beyond(&told, &["sub"]), set(at_userinfo), "{claims}");
        let id_token = jwt::claims(tokens.id());
        assert_eq!(beyond(&id_token, &ALWAYS), set(in_id_token), "{claims}");
        for told in [&told, &id_token] {
            assert!(
                told["name"].is_null() || told["name"] == "Alice Liddell",
                "the truth and nothing else"
            );
        }
        let access = jwt::claims(tokens.access());
        assert!(access.get("birthdate").is_none() && access.get("hardware_tier").is_none());
    }
}

#[tokio::test]
async fn a_claim_that_the_client_may_not_see_cannot_be_asked_for() {
    let (scene, _) = scene();
    // Its scope is all that the operator lets it have: the claims parameter is no way around it.
    let frugal = minimal(&scene.daemon, &["--scope", "openid email"]);
    let wide = minimal(&scene.daemon, &["--scope", "openid profile building"]);
    let badges = minimal(&scene.daemon, &["--scope", "openid", "--client-id", "badges"]);
    let names = ["name", "email", "hardware_tier", "badge", "floor"];
    let members: Value = names
        .iter()
        .map(|name| (name.to_string(), Value::Null))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let claims = json!({"userinfo": members, "id_token": members});
    for (app, expected) in [
        (&frugal, &["email"][..]),
        (&wide, &["name", "hardware_tier", "floor"]),
        (&badges, &["badge"]),
    ] {
        let tokens = asking(&scene, app, "openid", &claims).await;
        let (_, told) = app.userinfo(tokens.access()).await;
        assert_eq!(beyond(&told, &["sub"]), set(expected));
        assert_eq!(beyond(&jwt::claims(tokens.id()), &ALWAYS), set(expected));
    }
    // What the operator takes back is gone at once.
    let tokens = asking(&scene, &wide, "openid", &claims).await;
    let narrowed = ["client", "set", &wide.client_id, "--scope", "openid building"];
    scene.daemon.cli(&narrowed);
    let (_, told) = wide.userinfo(tokens.access()).await;
    assert_eq!(beyond(&told, &["sub"]), set(&["floor"]));
}

#[tokio::test]
async fn what_is_not_of_the_right_shape_is_an_invalid_request() {
    let (scene, app) = scene();
    let long = json!({"userinfo": {"x".repeat(4096): null}}).to_string();
    for claims in [
        "not even JSON",
        "[]",
        "{",
        r#"{"userinfo":["name"]}"#,
        r#"{"id_token":{"name":1}}"#,
        &long,
    ] {
        let (sign_in, page) = app.authorize(&scene.browser, "openid", &[("claims", claims)]).await;
        assert_eq!(
            page.redirect_error(&app, &sign_in),
            "invalid_request",
            "Core, 3.1.2.6: {claims:.40}"
        );
    }
    let twice = app.begin("openid", &[("claims", "{}")]);
    let page = scene.browser.get(&format!("{}&claims=%7B%7D", twice.url)).await;
    assert_eq!(page.redirect_error(&app, &twice), "invalid_request", "RFC 6749, 3.1");
}

#[tokio::test]
async fn what_was_asked_once_holds_for_refreshed_tokens() {
    let (scene, app) = scene();
    let claims = json!({"userinfo": {"email": null}, "id_token": {"name": null}});
    let tokens = asking(&scene, &app, "openid offline_access", &claims).await;
    let (status, body) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, 200, "{body}");
    let refreshed = Tokens(body);
    assert_eq!(jwt::claims(refreshed.id())["name"], "Alice Liddell");
    assert_eq!(jwt::claims(refreshed.id())["acr"], "1");
    let (_, told) = app.userinfo(refreshed.access()).await;
    assert_eq!(beyond(&told, &["sub"]), set(&["email"]));
    assert_eq!(told["email"], "alice@example.com");
}

#[tokio::test]
async fn consent_names_the_claims_and_covers_them_alone() {
    let (scene, _) = scene();
    let app = App::with(&scene.daemon, &["--no-claims-in-id-token"]);
    let claims = |names: &[&str]| {
        let members: serde_json::Map<String, Value> =
            names.iter().map(|name| (name.to_string(), Value::Null)).collect();
        json!({"userinfo": members}).to_string()
    };
    let silently = async |scope: &str, claims: &str| {
        let more = [("claims", claims), ("prompt", "none")];
        let (sign_in, page) = app.authorize(&scene.browser, scope, &more).await;
        if page.redirect_param("code").is_some() {
            return "code".to_owned();
        }
        page.redirect_error(&app, &sign_in)
    };
    scene.tokens_for(&app, "openid").await;
    assert_eq!(silently("openid", &claims(&["birthdate"])).await, "consent_required");
    let asked = claims(&["birthdate", "hardware_tier", "role"]);
    let (sign_in, page) = app.authorize(&scene.browser, "openid", &[("claims", &asked)]).await;
    assert!(page.is_consent());
    assert!(page.body.contains("Birthdate, Hardware tier"), "{}", page.body);
    let page = scene.browser.submit(&page, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
    assert_eq!(silently("openid", &asked).await, "code");
    assert_eq!(silently("openid", &claims(&["birthdate"])).await, "code");
    assert_eq!(silently("openid", "{}").await, "code");
    assert_eq!(
        silently("openid", &claims(&["birthdate", "email"])).await,
        "consent_required"
    );
    assert_eq!(
        silently("openid email", &claims(&["birthdate"])).await,
        "consent_required"
    );
    // A scope that was granted covers its claims.
    scene.tokens_for(&app, "openid email").await;
    assert_eq!(
        silently("openid", &claims(&["birthdate", "email", "email_verified"])).await,
        "code"
    );
    assert_eq!(silently("openid", &claims(&["name"])).await, "consent_required");
}

#[tokio::test]
async fn a_sub_with_a_value_means_one_person() {
    let (scene, app) = scene();
    scene.daemon.add_user("bob", PASSWORD, &[]);
    let alice = jwt::claims(scene.tokens_for(&app, "openid").await.id())["sub"].clone();
    let bob = app.sign_in(&scene.other_browser(), "openid", "bob", PASSWORD).await;
    let bob = jwt::claims(bob.id())["sub"].clone();
    let meaning = |place: &str, sub: &Value| json!({place: {"sub": {"essential": true, "value": sub}}}).to_string();
    for place in ["id_token", "userinfo"] {
        let tokens = asking(
            &scene,
            &app,
            "openid",
            &json!({place: {"sub": {"values": ["x", alice]}}}),
        )
        .await;
        assert_eq!(jwt::claims(tokens.id())["sub"], alice);
        // Core, 5.5.1 and 3.1.2.1: nobody else is named to the client, with or without a page.
        let other = meaning(place, &bob);
        let (sign_in, page) = app
            .authorize(&scene.browser, "openid", &[("claims", &other), ("prompt", "none")])
            .await;
        assert_eq!(page.redirect_error(&app, &sign_in), "login_required");
        let (sign_in, page) = app.authorize(&scene.browser, "openid", &[("claims", &other)]).await;
        assert!(page.is_login());
        let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
        assert_eq!(page.redirect_error(&app, &sign_in), "login_required");
    }
    let browser = scene.other_browser();
    let (sign_in, page) = app
        .authorize(&browser, "openid", &[("claims", &meaning("id_token", &bob))])
        .await;
    let page = browser.sign_in(&page, "bob", PASSWORD).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
    assert_eq!(jwt::claims(tokens.id())["sub"], bob);
}

#[tokio::test]
async fn acr_is_honest_and_only_an_essential_one_must_be_met() {
    let (scene, app) = scene();
    let strong = json!({"id_token": {"acr": {"essential": true, "values": ["2", "phr"]}}}).to_string();
    // Core, 5.5.1.1: unmet, it is a failed authentication; but the person is asked first.
    let (sign_in, page) = app.authorize(&scene.browser, "openid", &[("claims", &strong)]).await;
    assert!(page.is_login());
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    // The account has nothing that would reach it: the person may add it, or go back to the client.
    assert!(page.has("add-passkey"), "{}", page.body);
    let page = scene.browser.submit(&page, &[]).await;
    assert_eq!(page.redirect_error(&app, &sign_in), "unmet_authentication_requirements");
    // What nothing here can reach is refused at once.
    let foreign = json!({"id_token": {"acr": {"essential": true, "values": ["phr"]}}}).to_string();
    let (_, page) = app.authorize(&scene.browser, "openid", &[("claims", &strong)]).await;
    assert!(page.has("add-passkey"), "{}", page.body);
    for (claims, prompt, error) in [
        (&strong, "none", "login_required"),
        (&foreign, "", "unmet_authentication_requirements"),
        (&foreign, "none", "unmet_authentication_requirements"),
    ] {
        let more = [("claims", claims.as_str()), ("prompt", prompt)];
        let (sign_in, page) = app.authorize(&scene.browser, "openid", &more).await;
        assert_eq!(page.redirect_error(&app, &sign_in), error);
    }
    // Core, 3.1.2.1: acr_values and default_acr_values are voluntary, and so is an acr that is not essential.
    scene.daemon.cli(&[
        "client",
        "set",
        &app.client_id,
        "--set",
        r#"default_acr_values=["phr"]"#,
    ]);
    let voluntary = json!({"id_token": {"acr": {"values": ["2"]}}}).to_string();
    let met = json!({"id_token": {"acr": {"essential": true, "values": ["2", "1"]}}}).to_string();
    for more in [
        ("acr_values", "2 phr"),
        ("acr_values", "1"),
        ("claims", &voluntary),
        ("claims", &met),
        ("x", "y"),
    ] {
        let (sign_in, code) = scene.code_for(&app, "openid", &[more]).await;
        let tokens = app.redeem(&sign_in, &code).await;
        let [id_token, access] = [tokens.id(), tokens.access()].map(jwt::claims);
        assert_eq!((&id_token["acr"], &id_token["amr"]), (&json!("1"), &json!(["pwd"])));
        assert_eq!(
            (&access["acr"], &access["auth_time"]),
            (&json!("1"), &id_token["auth_time"]),
            "RFC 9068, 2.2.1"
        );
        let told = app.introspect(tokens.access()).await;
        assert_eq!(
            (&told["acr"], &told["auth_time"]),
            (&json!("1"), &id_token["auth_time"]),
            "RFC 9470, 6.2"
        );
    }
    let document: Value = reqwest::get(scene.daemon.url("/.well-known/openid-configuration"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(document["acr_values_supported"], json!(["1", "2"]));
    assert_eq!(document["claims_parameter_supported"], true);
}

//! Claims: what a scope brings, and where it stands (OpenID Connect Core, 5.1 and 5.4; S1-05 to S1-09; ).

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::support::{App, Daemon, Scene, Tokens, jwt, scene::PASSWORD};

const EVERYTHING: &str = "openid profile email address phone offline_access";
const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];
const STANDING: [&str; 4] = ["role", "tenant_id", "organization_ids", "org_role"];
const ATTRIBUTES: [&str; 3] = ["software_background", "hardware_tier", "tier"];
/// What an ID token may hold although nobody asked (conformance D1), and whether it always does.
const ID_TOKEN: [(&str, bool); 18] = [
    ("iss", true),
    ("sub", true),
    ("aud", true),
    ("exp", true),
    ("iat", true),
    ("jti", true),
    ("auth_time", true),
    ("nonce", true),
    ("sid", true),
    ("azp", true),
    ("amr", true),
    ("acr", true),
    ("at_hash", false),
    ("c_hash", false),
    ("nbf", false),
    ("s_hash", false),
    ("txn", false),
    ("at_use_nbr", false),
];

fn all_claims() -> Value {
    json!({
        "name": "Alice Liddell", "given_name": "Alice", "family_name": "Liddell", "middle_name": "Pleasance",
        "nickname": "Al", "preferred_username": "al", "profile": "https://alice.example/", "gender": "female",
        "picture": "https://alice.example/me.png", "website": "https://alice.example/blog", "birthdate": "1852-05-04",
        "zoneinfo": "Europe/London", "locale": "en-GB", "phone_number": "+44 20 7946 0000",
        "phone_number_verified": true,
        "address": {"formatted": "1 Deanery\nOxford", "street_address": "1 Deanery", "locality": "Oxford",
            "region": "Oxfordshire", "postal_code": "OX1 1DP", "country": "United Kingdom"},
    })
}

fn write(daemon: &Daemon, name: &str, claims: &Value) -> String {
    let path = daemon.dir().join(name);
    std::fs::write(&path, claims.to_string()).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

/// A daemon with Bob, who has every claim there is.
fn with_bob() -> Scene {
    let scene = Scene::start();
    let file = write(&scene.daemon, "claims.json", &all_claims());
    scene.daemon.add_user("bob", PASSWORD, &["--claims", &file]);
    scene
}

async fn bobs(scene: &Scene, app: &App, scope: &str) -> Tokens {
    app.sign_in(&scene.browser, scope, "bob", PASSWORD).await
}

fn names(claims: &Value) -> BTreeSet<String> {
    claims.as_object().expect("an object").keys().cloned().collect()
}

fn set(parts: &[&[&str]]) -> BTreeSet<String> {
    parts.concat().into_iter().map(str::to_owned).collect()
}

/// What of an ID token is about the person.
fn told(id_token: &str) -> BTreeSet<String> {
    let claims = names(&jwt::claims(id_token));
    for (name, required) in ID_TOKEN {
        assert!(!required || claims.contains(name), "{name} is missing");
    }
    let usual = ID_TOKEN.map(|(name, _)| name.to_owned());
    claims.into_iter().filter(|name| !usual.contains(name)).collect()
}

#[tokio::test]
async fn a_scope_brings_its_claims_and_no_others() {
    let scene = with_bob();
    let frugal = App::with(&scene.daemon, &["--first-party", "--no-claims-in-id-token"]);
    let generous = &scene.app;
    let email = ["email", "email_verified"];
    let phone = ["phone_number", "phone_number_verified"];
    // What a client of which the operator said so gets null for, others do not get at all.
    let unset = set(&[&["tenant_id", "org_role"], &ATTRIBUTES]);
    // OpenID Connect Core, 5.4. Role and attributes are the application's own business and come with profile.
    let rows: [(&str, BTreeSet<String>); 6] = [
        ("openid", set(&[])),
        ("openid email", set(&[&email])),
        ("openid phone", set(&[&phone])),
        ("openid address", set(&[&["address"]])),
        ("openid profile", set(&[&PROFILE, &STANDING, &ATTRIBUTES])),
        (
            EVERYTHING,
            set(&[&PROFILE, &STANDING, &ATTRIBUTES, &email, &phone, &["address"]]),
        ),
    ];
    for (scope, expected) in rows {
        let tokens = bobs(&scene, &frugal, scope).await;
        assert_eq!(told(tokens.id()), set(&[]), "{scope}: the ID token is minimal");
        let (_, userinfo) = frugal.userinfo(tokens.access()).await;
        let mut seen = names(&userinfo);
        assert!(seen.remove("sub"));
        assert_eq!(seen, expected.difference(&unset).cloned().collect(), "{scope}");

        // A client the operator trusts gets role and organizations in any case, and all of it in the ID token, too.
        let tokens = bobs(&scene, generous, scope).await;
        let expected: BTreeSet<String> = expected.union(&set(&[&STANDING])).cloned().collect();
        assert_eq!(told(tokens.id()), expected, "{scope}");
        let (_, userinfo) = generous.userinfo(tokens.access()).await;
        let mut seen = names(&userinfo);
        assert!(seen.remove("sub"));
        assert_eq!(seen, expected, "{scope}");
        let id_token = jwt::claims(tokens.id());
        for (name, value) in userinfo.as_object().expect("an object") {
            assert_eq!(&id_token[name], value, "{name}");
        }
    }
}

#[tokio::test]
async fn all_twenty_standard_claims_arrive_as_they_were_written() {
    let scene = with_bob();
    let tokens = bobs(&scene, &scene.app, EVERYTHING).await;
    let (_, userinfo) = scene.app.userinfo(tokens.access()).await;
    for (name, value) in all_claims().as_object().expect("an object") {
        assert_eq!(&userinfo[name], value, "{name}");
    }
    // OpenID Connect Core, 5.1: their types.
    assert_eq!(userinfo["email"], "bob@example.com");
    assert_eq!(userinfo["email_verified"], true);
    assert!(userinfo["updated_at"].as_u64().is_some_and(|at| at > 1_600_000_000));
    let sub = userinfo["sub"].as_str().expect("sub");
    assert!(sub.is_ascii() && (1..=255).contains(&sub.len()));
    assert_eq!(
        PROFILE.len()
            + [
                "email",
                "email_verified",
                "address",
                "phone_number",
                "phone_number_verified",
                "sub"
            ]
            .len(),
        20
    );
}

#[tokio::test]
async fn what_is_not_known_is_null_or_empty_as_backends_expect() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid profile phone address").await;
    let (_, userinfo) = scene.app.userinfo(tokens.access()).await;
    // S1-09.
    for claims in [jwt::claims(tokens.access()), jwt::claims(tokens.id()), userinfo.clone()] {
        for absent in ["tenant_id", "org_role", "software_background", "hardware_tier", "tier"] {
            assert_eq!(claims.get(absent), Some(&Value::Null), "{absent}");
        }
        assert_eq!(claims["organization_ids"], json!([]));
        assert_eq!(claims["role"], "user");
    }
    // OpenID Connect Core, 5.3.2: standard claims are left out instead, and never empty.
    for claims in [jwt::claims(tokens.id()), userinfo] {
        for standard in PROFILE
            .iter()
            .chain(&["address", "phone_number", "phone_number_verified", "email"])
        {
            let value = claims.get(*standard);
            assert!(
                value.is_none_or(|value| !value.is_null() && *value != json!("")),
                "{standard}: {value:?}"
            );
        }
        assert!(claims.get("phone_number_verified").is_none() && claims.get("address").is_none());
    }
}

#[tokio::test]
async fn an_access_token_has_the_claims_that_a_backend_authorizes_by() {
    let scene = with_bob();
    let tokens = bobs(&scene, &scene.app, EVERYTHING).await;
    let header = jwt::header(tokens.access());
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("RS256"), &json!("at+jwt")),
        "X-01"
    );
    assert!(header["kid"].is_string());
    let registered = [
        "iss",
        "sub",
        "aud",
        "client_id",
        "scope",
        "exp",
        "iat",
        "jti",
        "auth_time",
        "acr",
        "sid",
    ];
    let expected = set(&[
        &registered,
        &STANDING,
        &ATTRIBUTES,
        &["name", "email", "email_verified"],
    ]);
    let claims = jwt::claims(tokens.access());
    assert_eq!(names(&claims), expected, "RFC 9068, 2.2; X-03");
    assert_eq!(claims["aud"], scene.daemon.issuer);
    assert_eq!(claims["client_id"], scene.app.client_id);
    let lifetime = claims["exp"].as_u64().expect("exp") - claims["iat"].as_u64().expect("iat");
    assert_eq!(json!(lifetime), tokens.0["expires_in"]);
    // Without the scope, no name and no address.
    let tokens = bobs(&scene, &scene.app, "openid").await;
    assert_eq!(names(&jwt::claims(tokens.access())), set(&[&registered, &STANDING]));
    // Another audience, and another life.
    let options = [
        "--first-party",
        "--audience",
        "https://api.example",
        "--access-token-lifetime",
        "5m",
    ];
    let app = App::with(&scene.daemon, &options);
    let tokens = bobs(&scene, &app, "openid").await;
    assert_eq!(
        jwt::claims(tokens.access())["aud"],
        "https://api.example",
        "S1-08: a string"
    );
    assert_eq!(tokens.0["expires_in"], 300);
}

#[tokio::test]
async fn at_hash_is_there_when_it_is_switched_on_and_fits() {
    let scene = Scene::start();
    let app = App::with(&scene.daemon, &["--first-party", "--at-hash"]);
    let check = |tokens: &Tokens| {
        let hash = openssl::sha::sha256(tokens.access().as_bytes());
        let at_hash = URL_SAFE_NO_PAD.encode(&hash[..16]);
        assert_eq!(
            jwt::claims(tokens.id())["at_hash"],
            at_hash,
            "OpenID Connect Core, 3.1.3.6"
        );
        assert!(jwt::claims(tokens.access()).get("at_hash").is_none(), "S1-07");
    };
    let tokens = scene.tokens_for(&app, "openid offline_access").await;
    check(&tokens);
    let (_, refreshed) = app.refresh(tokens.refresh()).await;
    check(&Tokens(refreshed));
    let tokens = scene.tokens("openid").await;
    assert!(jwt::claims(tokens.id()).get("at_hash").is_none());
}

#[tokio::test]
async fn organizations_become_tenant_and_role() {
    let scene = Scene::start();
    let cli = |args: &[&str]| scene.daemon.cli(args);
    let standing = async || {
        let tokens = scene.tokens("openid").await;
        let (access, id) = (jwt::claims(tokens.access()), jwt::claims(tokens.id()));
        let (_, userinfo) = scene.app.userinfo(tokens.access()).await;
        let part = |claims: &Value| json!([claims["tenant_id"], claims["org_role"], claims["organization_ids"]]);
        assert_eq!((part(&access), part(&id)), (part(&id), part(&userinfo)));
        part(&access)
    };
    assert_eq!(standing().await, json!([null, null, []]));
    cli(&["org", "add", "Acme Inc.", "--id", "acme"]);
    cli(&["org", "add", "Globex", "--id", "globex"]);
    cli(&["org", "member", "add", "acme", "alice", "--role", "owner"]);
    assert_eq!(standing().await, json!(["acme", "owner", ["acme"]]));
    cli(&["org", "member", "add", "Globex", "alice@example.com"]);
    assert_eq!(standing().await, json!(["acme", "owner", ["acme", "globex"]]));
    cli(&["org", "activate", "globex", "alice"]);
    assert_eq!(standing().await, json!(["globex", "member", ["acme", "globex"]]));
    cli(&["org", "member", "add", "globex", "alice", "--role", "viewer"]);
    assert_eq!(standing().await, json!(["globex", "viewer", ["acme", "globex"]]));
    cli(&["org", "member", "remove", "globex", "alice"]);
    assert_eq!(standing().await, json!(["acme", "owner", ["acme"]]));
    cli(&["org", "member", "remove", "acme", "alice"]);
    assert_eq!(standing().await, json!([null, null, []]));
    assert!(
        !scene
            .daemon
            .run(&["org", "activate", "acme", "alice"], "")
            .status
            .success()
    );
}

#[tokio::test]
async fn profile_attributes_go_to_whom_the_operator_says() {
    let builder = Daemon::builder()
        .set("attributes.plan.scope", "billing")
        .set("attributes.plan.values", "free,pro")
        .set("attributes.badge.scope", "")
        .set("attributes.badge.clients", "kiosk")
        .set("attributes.badge.type", "number")
        .set("attributes.tier.enabled", "false");
    let scene = Scene::of(builder);
    let claims = json!({"plan": "pro", "badge": 7, "software_background": "advanced"});
    let file = write(&scene.daemon, "bob.json", &claims);
    scene.daemon.add_user("bob", PASSWORD, &["--claims", &file]);
    let shop = App::with(&scene.daemon, &["--first-party", "--scope", "openid profile billing"]);
    let kiosk = App::with(&scene.daemon, &["--first-party", "--client-id", "kiosk"]);
    let attributes = async |app: &App, scope: &str| {
        let tokens = bobs(&scene, app, scope).await;
        let (_, userinfo) = app.userinfo(tokens.access()).await;
        let own = |claims: &Value| -> Map<String, Value> {
            let all = ["plan", "badge", "software_background", "hardware_tier", "tier"];
            let found = all
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), claims.get(*name)?.clone())));
            found.collect()
        };
        let seen = own(&userinfo);
        assert_eq!(
            (&own(&jwt::claims(tokens.access())), &own(&jwt::claims(tokens.id()))),
            (&seen, &seen)
        );
        Value::Object(seen)
    };
    let profile = json!({"software_background": "advanced", "hardware_tier": null});
    assert_eq!(attributes(&shop, "openid").await, json!({}));
    assert_eq!(attributes(&shop, "openid profile").await, profile);
    assert_eq!(attributes(&shop, "openid billing").await, json!({"plan": "pro"}));
    assert_eq!(attributes(&kiosk, "openid").await, json!({"badge": 7}));
    let discovery = scene.browser.get("/.well-known/openid-configuration").await.json();
    assert!(
        discovery["scopes_supported"]
            .as_array()
            .expect("scopes")
            .contains(&json!("billing"))
    );
}

#[tokio::test]
async fn a_claim_that_the_provider_alone_says_cannot_be_written() {
    let scene = Scene::start();
    // Threats 18; and values that are none.
    let rows = [
        json!({"iss": "https://evil.example"}),
        json!({"aud": "other"}),
        json!({"exp": 9_999_999_999_u64}),
        json!({"tenant_id": "acme"}),
        json!({"organization_ids": ["acme"]}),
        json!({"org_role": "owner"}),
        json!({"amr": ["mfa"]}),
        json!({"role": "superuser"}),
        json!({"unheard_of": 1}),
        json!({"hardware_tier": "tier9"}),
        json!({"software_background": 3}),
        json!({"name": ""}),
        json!({"birthdate": "tomorrow"}),
        json!({"picture": "javascript:alert(1)"}),
        json!({"address": "Oxford"}),
    ];
    for claims in rows {
        let file = write(&scene.daemon, "wrong.json", &claims);
        let refused = scene
            .daemon
            .run(&["--json", "user", "set", "alice", "--claims", &file], "");
        assert_eq!(refused.status.code(), Some(1), "{claims}");
        let name = claims.as_object().and_then(|it| it.keys().next()).expect("a name");
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains(name.as_str()),
            "{claims}: {refused:?}"
        );
    }
    let tokens = scene.tokens("openid profile").await;
    assert_eq!(jwt::claims(tokens.access())["role"], "user");
}

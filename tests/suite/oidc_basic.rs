//! The modules of the OpenID Foundation's Basic OP plan (`oidcc-basic-certification-test-plan`), each as a row that names it
//! and cites what it goes by. What the suite only warns of is a failure here. The rows on request objects are in
//! `oidc/request_object.rs`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    App, Browser, Daemon, Page, Scene, SignIn, Tokens, jwt,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

/// The suite's relying party asks for no PKCE in most modules, and is nobody's own application.
const NO_PKCE: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

/// Parameters that a module sends.
type Pairs = &'static [(&'static str, &'static str)];

/// Claims that may stand in an ID token although no scope or claims parameter asked for them (D1).
const OF_THE_PROTOCOL: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "nbf",
    "jti",
    "sid",
    "s_hash",
    "txn",
];

const SCOPES: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
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
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

fn options() -> [&'static str; 2] {
    ["--no-claims-in-id-token", "--no-pkce"]
}

/// A provider whose test user has every standard claim, and the suite's client.
fn scene() -> (Scene, App) {
    let scene = Scene::start();
    let claims = json!({
        "name": "Alice Liddell", "given_name": "Alice", "family_name": "Liddell", "middle_name": "Pleasance",
        "nickname": "Al", "preferred_username": "al", "profile": "https://alice.example/", "gender": "female",
        "picture": "https://alice.example/me.png", "website": "https://alice.example/blog", "birthdate": "1852-05-04",
        "zoneinfo": "Europe/London", "locale": "en-GB", "phone_number": "+44 20 7946 0000",
        "phone_number_verified": true, "address": {"formatted": "1 Deanery\nOxford", "country": "United Kingdom"},
    });
    let file = scene.daemon.dir().join("claims.json");
    std::fs::write(&file, claims.to_string()).expect("a file");
    scene
        .daemon
        .cli(&["user", "set", USERNAME, "--claims", file.to_str().expect("UTF-8")]);
    let app = App::with(&scene.daemon, &options());
    (scene, app)
}

/// Redeems a code, and checks what 1.5 and 1.6 ask of every token response.
async fn redeem(module: &str, app: &App, sign_in: &SignIn, code: &str) -> Tokens {
    let with_pkce = sign_in.url.contains("code_challenge=");
    let verifier = if with_pkce { sign_in.code_verifier.as_str() } else { "" };
    let page = app.ask_redeem(sign_in, code, &[("code_verifier", verifier)]).await;
    assert_eq!(page.status, 200, "{module}: {}", page.body);
    assert!(
        page.header("cache-control").contains("no-store"),
        "{module} (6749, 5.1)"
    );
    let tokens = Tokens(page.json());
    assert_eq!(tokens.0["token_type"], "Bearer", "{module}");
    assert!(tokens.0["expires_in"].is_u64(), "{module}");
    let claims = jwt::claims(tokens.id());
    assert_eq!(jwt::header(tokens.id())["alg"], "RS256", "{module} (Core, 3.1.3.7)");
    assert!(jwt::header(tokens.id())["kid"].is_string(), "{module}");
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!(app.issuer), &json!(app.client_id)),
        "{module}"
    );
    let sent = sign_in.url.contains("nonce=").then_some(sign_in.nonce.as_str());
    assert_eq!(claims["nonce"].as_str(), sent, "{module} (Core, 3.1.3.7)");
    assert_eq!(claims["acr"], "1", "{module}: one of acr_values_supported");
    assert!(
        claims["auth_time"].is_u64() && claims["sub"].as_str().is_some_and(|sub| sub.len() <= 255),
        "{module}"
    );
    for name in claims.as_object().expect("an object").keys() {
        assert!(
            OF_THE_PROTOCOL.contains(&name.as_str()),
            "{module}: {name} was not asked for (Core, 5.4)"
        );
    }
    let (status, userinfo) = app.userinfo(tokens.access()).await;
    assert_eq!(
        (status.as_u16(), &userinfo["sub"]),
        (200, &claims["sub"]),
        "{module} (Core, 5.3.2)"
    );
    tokens
}

/// The whole way with the parameters of a module.
async fn happy(module: &str, scene: &Scene, app: &App, scope: &str, more: &[(&str, &str)]) -> (SignIn, Tokens) {
    let (sign_in, code) = scene.code_for(app, scope, &[&NO_PKCE, more].concat()).await;
    let tokens = redeem(module, app, &sign_in, &code).await;
    (sign_in, tokens)
}

async fn authorize(scene: &Scene, app: &App, more: &[(&str, &str)]) -> (SignIn, Page) {
    app.authorize(&scene.browser, "openid", &[&NO_PKCE, more].concat())
        .await
}

fn auth_time(tokens: &Tokens) -> u64 {
    jwt::claims(tokens.id())["auth_time"].as_u64().expect("auth_time")
}

/// Requests that succeed: the module, what it goes by, the scope, and what more is sent.
const REQUESTS: [(&str, &str, &str, Pairs); 14] = [
    ("oidcc-server", "Core, 3.1", "openid", &[]),
    (
        "oidcc-idtoken-signature",
        "Core, 3.1.3.7; Registration, 2",
        "openid",
        &[],
    ),
    (
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
        "Core, 3.1.2.1",
        "openid",
        &[("nonce", "")],
    ),
    (
        "oidcc-alternate-happy-flow",
        "6749, 3.3",
        "phone address email profile openid",
        &[],
    ),
    ("oidcc-display-page", "Core, 3.1.2.1", "openid", &[("display", "page")]),
    (
        "oidcc-display-popup",
        "Core, 3.1.2.1",
        "openid",
        &[("display", "popup")],
    ),
    (
        "oidcc-ensure-request-with-unknown-parameter-succeeds",
        "6749, 3.1",
        "openid",
        &[("extra", "foobar")],
    ),
    (
        "oidcc-login-hint",
        "Core, 3.1.2.1",
        "openid",
        &[("login_hint", "buffy@id.example")],
    ),
    ("oidcc-ui-locales", "Core, 3.1.2.1", "openid", &[("ui_locales", "se")]),
    (
        "oidcc-ui-locales",
        "Core, 3.1.2.1",
        "openid",
        &[("ui_locales", "x_y not-a-tag-at-all fr-CA")],
    ),
    (
        "oidcc-claims-locales",
        "Core, 3.1.2.1",
        "openid",
        &[("claims_locales", "se")],
    ),
    (
        "oidcc-ensure-request-with-acr-values-succeeds",
        "Core, 3.1.2.1 and 5.5.1.1",
        "openid",
        &[("acr_values", "1 2 urn:mace:incommon:iap:silver")],
    ),
    (
        "oidcc-claims-essential",
        "Core, 5.5",
        "openid",
        &[("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)],
    ),
    (
        "oidcc-max-age-10000",
        "Core, 2 and 3.1.2.1",
        "openid",
        &[("max_age", "10000")],
    ),
];

#[tokio::test]
async fn what_a_request_may_hold_is_taken_and_nothing_of_it_is_an_error() {
    let (scene, app) = scene();
    for (module, spec, scope, more) in REQUESTS {
        let (_, tokens) = happy(&format!("{module} ({spec})"), &scene, &app, scope, more).await;
        let (_, userinfo) = app.userinfo(tokens.access()).await;
        let asked = module == "oidcc-claims-essential" || scope.contains("profile");
        assert_eq!(userinfo.get("name").is_some(), asked, "{module}");
    }
    let module = "oidcc-ensure-request-with-valid-pkce-succeeds (7636, 4)";
    let (sign_in, code) = scene.code_for(&app, "openid", &[]).await;
    redeem(module, &app, &sign_in, &code).await;
    let (sign_in, code) = scene.code_for(&app, "openid", &[]).await;
    let wrong = [("code_verifier", "another-verifier-that-is-long-enough-for-rfc-7636")];
    app.ask_redeem(&sign_in, &code, &wrong)
        .await
        .refused(400, "invalid_grant");
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_scope_brings_all_its_claims_to_userinfo_and_no_others() {
    let (scene, app) = scene();
    let all: Vec<&str> = SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied()).collect();
    let single = SCOPES.map(|(scope, claims)| {
        (
            format!("oidcc-scope-{scope}"),
            format!("openid {scope}"),
            claims.to_vec(),
        )
    });
    let every = (
        "oidcc-scope-all".to_owned(),
        "openid profile email address phone".to_owned(),
        all.clone(),
    );
    for (module, scope, claims) in single.into_iter().chain([every]) {
        let (_, tokens) = happy(&format!("{module} (Core, 5.4)"), &scene, &app, &scope, &[]).await;
        let (_, userinfo) = app.userinfo(tokens.access()).await;
        for claim in &all {
            assert_eq!(
                userinfo.get(claim).is_some(),
                claims.contains(claim),
                "{module}: {claim}"
            );
        }
        for (name, value) in userinfo.as_object().expect("an object") {
            assert!(!value.is_null() && value != "", "{module}: {name} (Core, 5.3.2)");
        }
        for (claim, fits) in [
            ("email_verified", Value::is_boolean as fn(&Value) -> bool),
            ("phone_number_verified", Value::is_boolean),
            ("updated_at", Value::is_number),
            ("address", Value::is_object),
        ] {
            assert!(userinfo.get(claim).is_none_or(fits), "{module}: {claim} (Core, 5.1)");
        }
    }
}

#[tokio::test]
async fn userinfo_takes_the_token_by_each_way_of_rfc_6750() {
    let (scene, app) = scene();
    let (_, tokens) = happy("oidcc-userinfo", &scene, &app, "openid", &[]).await;
    let token = tokens.access();
    let request = |method| app.http.request(method, scene.daemon.url("/userinfo"));
    for (module, request) in [
        (
            "oidcc-userinfo-get (6750, 2.1)",
            request(Method::GET).bearer_auth(token),
        ),
        (
            "oidcc-userinfo-post-header (6750, 2.1)",
            request(Method::POST).bearer_auth(token),
        ),
        (
            "oidcc-userinfo-post-body (6750, 2.2)",
            request(Method::POST).form(&[("access_token", token)]),
        ),
    ] {
        let page = Page::of(request.send().await.expect("an answer")).await;
        assert_eq!(page.status, 200, "{module}");
        assert_eq!(
            page.json()["sub"],
            jwt::claims(tokens.id())["sub"],
            "{module} (Core, 5.3.1)"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_is_told_by_the_right_way() {
    let (scene, app) = scene();
    let rows: [(&str, Pairs, &[&str]); 2] = [
        (
            "oidcc-response-type-missing (6749, 3.1.1)",
            &[("response_type", "")],
            &["invalid_request", "unsupported_response_type"],
        ),
        (
            "oidcc-prompt-none-not-logged-in (Core, 3.1.2.6)",
            &[("prompt", "none")],
            &["login_required"],
        ),
    ];
    for (module, more, expected) in rows {
        let (sign_in, page) = authorize(&scene, &app, more).await;
        let error = page.redirect_error(&app, &sign_in);
        assert!(expected.contains(&error.as_str()), "{module}: {error}");
    }
    for (module, uri) in [
        (
            "oidcc-ensure-registered-redirect-uri (Core, 3.1.2.1)",
            "https://app.example/cb/other",
        ),
        ("oidcc-ensure-redirect-uri-in-authorization-request (Core, 3.1.2.1)", ""),
    ] {
        let (_, page) = authorize(&scene, &app, &[("redirect_uri", uri)]).await;
        page.is_error_page(400);
        assert!(
            page.body.contains("redirect_uri"),
            "{module}: the page names the problem"
        );
    }
    let module = "oidcc-idtoken-unsigned (Core, 2): skipped, as none is not offered";
    let document = scene.browser.get("/.well-known/openid-configuration").await.json();
    let offered = document["id_token_signing_alg_values_supported"]
        .as_array()
        .expect("a list");
    assert!(
        offered.contains(&json!("RS256")) && !offered.contains(&json!("none")),
        "{module}"
    );
}

#[tokio::test]
async fn a_session_is_used_or_not_as_the_request_says() {
    let (scene, app) = scene();
    let (_, first) = happy("oidcc-prompt-none-logged-in", &scene, &app, "openid", &[]).await;
    let then = auth_time(&first);
    clock_shows(then + 2).await;
    let module = "oidcc-prompt-none-logged-in (Core, 3.1.2.1)";
    for (module, more) in [
        (module, vec![("prompt", "none")]),
        ("oidcc-max-age-10000 (Core, 3.1.2.1)", vec![("max_age", "10000")]),
        (
            "oidcc-id-token-hint (Core, 3.1.2.1)",
            vec![("prompt", "none"), ("id_token_hint", first.id())],
        ),
    ] {
        let (sign_in, page) = authorize(&scene, &app, &more).await;
        let tokens = redeem(module, &app, &sign_in, &app.code_of(&page, &sign_in)).await;
        let [before, after] = [&first, &tokens].map(|tokens| jwt::claims(tokens.id()));
        assert_eq!(
            (&before["sub"], &before["auth_time"]),
            (&after["sub"], &after["auth_time"]),
            "{module}"
        );
    }
    for (module, more) in [
        ("oidcc-prompt-login (Core, 3.1.2.1)", ("prompt", "login")),
        ("oidcc-max-age-1 (Core, 3.1.2.1)", ("max_age", "1")),
    ] {
        let before = unix_now();
        clock_shows(before + 2).await;
        let (sign_in, page) = authorize(&scene, &app, &[more]).await;
        assert!(page.is_login(), "{module}");
        let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
        let tokens = redeem(module, &app, &sign_in, &app.code_of(&page, &sign_in)).await;
        assert!(
            auth_time(&tokens) > before && auth_time(&tokens) <= unix_now(),
            "{module}"
        );
        assert_eq!(
            jwt::claims(tokens.id())["sub"],
            jwt::claims(first.id())["sub"],
            "{module}"
        );
    }
    let module = "prompt=select_account and prompt=consent (Core, 3.1.2.1)";
    let (_, page) = authorize(&scene, &app, &[("prompt", "select_account")]).await;
    assert!(!page.is_login() && page.status == 200, "{module}");
    let (_, page) = authorize(&scene, &app, &[("prompt", "consent")]).await;
    assert!(page.is_consent(), "{module}");
    let module = "oidcc-login-hint (Core, 3.1.2.1): it fills the name in";
    let hint = [&NO_PKCE[..], &[("login_hint", "buffy")]].concat();
    let (_, page) = app.authorize(&scene.other_browser(), "openid", &hint).await;
    assert_eq!(page.field("username"), "buffy", "{module}");
}

#[tokio::test]
async fn a_code_is_good_for_one_use() {
    // The suite waits 30 s, for which a code that lives for a second stands in: it is used, and too old.
    for (module, wait) in [
        ("oidcc-codereuse (6749, 4.1.2)", 0),
        ("oidcc-codereuse-30seconds (6749, 4.1.2 and 10.5)", 3),
    ] {
        let scene = Scene::of(Daemon::builder().set("tokens.code_lifetime", "2s"));
        let app = App::with(&scene.daemon, &options());
        let (sign_in, code) = scene.code_for(&app, "openid", &NO_PKCE).await;
        let tokens = redeem(module, &app, &sign_in, &code).await;
        clock_shows(unix_now() + wait).await;
        let again = app.ask_redeem(&sign_in, &code, &[("code_verifier", "")]).await;
        again.refused(400, "invalid_grant");
        assert!(
            !app.accepted(tokens.access()).await,
            "{module}: what came of it is dead"
        );
    }
}

#[tokio::test]
async fn a_request_comes_as_a_form_and_a_secret_in_the_body() {
    let (scene, app) = scene();
    let module = "oidcc-ensure-post-request-succeeds (Core, 3.1.2.1)";
    scene.tokens_for(&app, "openid").await;
    let sign_in = app.begin("openid", &NO_PKCE);
    let url = url::Url::parse(&sign_in.url).expect("a URL");
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let fields: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let page = scene.browser.post(&scene.daemon.url("/authorize"), &fields).await;
    redeem(module, &app, &sign_in, &app.code_of(&page, &sign_in)).await;

    let module = "oidcc-server-client-secret-post (Core, 9)";
    let poster = App::with(
        &scene.daemon,
        &[&options()[..], &["--auth-method", "client_secret_post"]].concat(),
    );
    let (_, code) = scene.code_for(&poster, "openid", &NO_PKCE).await;
    let secret = poster.client_secret.clone().expect("a secret");
    let params = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &poster.redirect_uri),
        ("client_id", &poster.client_id),
        ("client_secret", &secret),
    ];
    let page = poster.send("/token", None, &params).await;
    assert_eq!(page.status, 200, "{module}: {}", page.body);
}

#[tokio::test]
async fn a_refresh_keeps_what_the_login_was() {
    let (scene, app) = scene();
    let module = "oidcc-refresh-token (Core, 11 and 12; 6749, 6)";
    let more = [&NO_PKCE[..], &[("prompt", "consent")]].concat();
    let browser = Browser::new(&scene.daemon.issuer);
    let sign_in = app.begin("openid offline_access", &more);
    let code = app.code(&browser, &sign_in, USERNAME, PASSWORD).await;
    let tokens = redeem(module, &app, &sign_in, &code).await;
    let other = App::with(&scene.daemon, &options());
    other.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    clock_shows(unix_now() + 1).await;
    let params = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh()),
        ("scope", "openid offline_access"),
    ];
    let page = app.ask("/token", &params).await;
    assert_eq!(
        (page.status.as_u16(), page.header("cache-control")),
        (200, "no-store"),
        "{module}"
    );
    let refreshed = Tokens(page.json());
    assert_ne!(refreshed.access(), tokens.access(), "{module}");
    let [before, after] = [&tokens, &refreshed].map(|tokens| jwt::claims(tokens.id()));
    for same in ["iss", "sub", "aud", "azp", "auth_time", "acr"] {
        assert_eq!(before[same], after[same], "{module}: {same} (Core, 12.2)");
    }
    assert!(after["iat"].as_u64() > before["iat"].as_u64(), "{module}");
    let document = scene.browser.get("/.well-known/openid-configuration").await.json();
    let grants = document["grant_types_supported"].as_array().expect("a list");
    assert!(grants.contains(&json!("refresh_token")), "{module}");
}

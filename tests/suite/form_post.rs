//! `response_mode=form_post` (OAuth 2.0 Form Post Response Mode 1.0): every answer of the authorization endpoint, by a form.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    App, Page, Scene, SignIn, jwt,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

/// Names and values.
type Params<'a> = &'a [(&'a str, &'a str)];

const FORM_POST: (&str, &str) = ("response_mode", "form_post");

fn begin(app: &App, scope: &str, more: Params<'_>) -> SignIn {
    app.begin(scope, &[more, &[FORM_POST]].concat())
}

async fn open(scene: &Scene, app: &App, more: Params<'_>) -> (SignIn, Page) {
    let sign_in = begin(app, "openid email", more);
    let page = scene.browser.get(&sign_in.url).await;
    (sign_in, page)
}

/// The text of the page's only script.
fn script(page: &Page) -> &str {
    assert_eq!(page.body.matches("<script").count(), 1, "{}", page.body);
    let (_, rest) = page.body.split_once("<script>").expect("a script without a source");
    rest.split_once("</script>").expect("its end").0
}

/// The page: its policy runs its own script and leads to one origin (Form Post Response Mode, 2 and 4; threats 11).
#[track_caller]
fn assert_strict(page: &Page, form_action: &str) {
    let hash = STANDARD.encode(openssl::sha::sha256(script(page).as_bytes()));
    assert_eq!(
        page.header("content-security-policy"),
        format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'sha256-{hash}'; form-action {form_action}; \
             frame-ancestors 'none'; base-uri 'none'"
        )
    );
    for (header, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(header), value, "{header}");
        assert_eq!(page.headers.get_all(header).iter().count(), 1, "{header} once");
    }
}

#[tokio::test]
async fn a_code_comes_in_a_form_and_nowhere_else() {
    let scene = Scene::start();
    let sign_in = begin(&scene.app, "openid email", &[]);
    let login = scene.browser.get(&sign_in.url).await;
    assert!(login.is_login());
    let page = scene.browser.sign_in(&login, USERNAME, PASSWORD).await;
    assert_strict(&page, "https://app.example");
    assert!(page.cookie("avouch_session").is_some(), "signed in all the same");
    let answer = page.answer_to(&scene.app, &sign_in);
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["code"]);
    assert!(!page.url.as_str().contains(&answer["code"]));
    let button = page.text("form-post-continue").expect("a button");
    assert_eq!(button, "Continue");
    scene.app.redeem(&sign_in, &answer["code"]).await;
    assert!(!scene.daemon.log().contains(&answer["code"]));
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn the_basic_behaviours_are_the_same_by_form_post() {
    let scene = Scene::start();
    let app = &scene.app;
    // OpenID Connect Core, 3.1.2.1 and 3.1.2.6.
    let (sign_in, page) = open(&scene, app, &[("prompt", "none")]).await;
    assert_eq!(page.redirect_error(app, &sign_in), "login_required");
    assert_strict(&page, "https://app.example");
    let (sign_in, code) = scene.code_for(app, "openid email", &[FORM_POST]).await;
    let first = app.redeem(&sign_in, &code).await;
    clock_shows(unix_now() + 1).await;
    let same: [Params<'_>; 9] = [
        &[("prompt", "none")],
        &[("prompt", "none"), ("id_token_hint", first.id())],
        &[("max_age", "10000")],
        &[("display", "popup")],
        &[("ui_locales", "xx de"), ("claims_locales", "xx")],
        &[("acr_values", "1 2")],
        &[("login_hint", "bob@example.com")],
        &[("unknown", "\"><script>")],
        &[("nonce", ""), ("state", "")],
    ];
    for more in same {
        println!("{more:?}");
        let (sign_in, page) = open(&scene, app, more).await;
        let code = app.code_of(&page, &sign_in);
        let (status, tokens) = app.redeem_with(&sign_in, &code, &[]).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let id_token = tokens["id_token"].as_str().expect("an ID token");
        for claim in ["sub", "auth_time", "sid"] {
            assert_eq!(jwt::claims(id_token)[claim], jwt::claims(first.id())[claim], "{claim}");
        }
    }
    let auth_time = |id_token: &str| jwt::claims(id_token)["auth_time"].as_u64().expect("auth_time");
    let mut before = auth_time(first.id());
    for more in [[("prompt", "login")], [("max_age", "0")]] {
        clock_shows(before + 1).await;
        let (sign_in, page) = open(&scene, app, &more).await;
        assert!(page.is_login(), "{more:?}");
        let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
        let second = app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
        assert!(auth_time(second.id()) > before);
        before = auth_time(second.id());
    }
    let (sign_in, page) = open(&scene, app, &[("prompt", "select_account")]).await;
    let page = scene.browser.submit(&page, &[("decision", "continue")]).await;
    app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
}

#[tokio::test]
async fn every_error_comes_in_a_form_too() {
    let scene = Scene::start();
    let app = App::with(&scene.daemon, &["--first-party", "--scope", "openid email"]);
    let long = "n".repeat(2049);
    // RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6; Form Post Response Mode, 2.
    let rows: [(Params<'_>, &str); 16] = [
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "device")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "phone")], "invalid_scope"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "dance")], "invalid_request"),
        (&[("prompt", "none")], "login_required"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("nonce", &long)], "invalid_request"),
        (&[("id_token_hint", "x")], "invalid_request"),
        (&[("id_token_hint", "x"), ("prompt", "none")], "invalid_request"),
        (&[("registration", "{}")], "registration_not_supported"),
        (&[("state", "")], ""),
    ];
    for (more, error) in rows {
        println!("{more:?}");
        let (sign_in, page) = open(&scene, &app, more).await;
        if error.is_empty() {
            assert!(page.is_login());
            continue;
        }
        assert_eq!(page.redirect_error(&app, &sign_in), error);
        assert_strict(&page, "https://app.example");
    }
    let sign_in = begin(&app, "openid", &[]);
    let page = scene.browser.get(&format!("{}&nonce=twice", sign_in.url)).await;
    assert_eq!(page.redirect_error(&app, &sign_in), "invalid_request");
    // What was not proven is sent nowhere (RFC 6749, 4.1.2.1).
    for more in [
        [("redirect_uri", "https://evil.example/cb")],
        [("redirect_uri", "")],
        [("client_id", "nobody")],
    ] {
        let (_, page) = open(&scene, &app, &more).await;
        page.is_error_page(400);
        assert!(!page.has("form-post-continue") && !page.body.contains("<script"));
    }
}

#[tokio::test]
async fn a_yes_and_a_no_go_the_way_that_was_asked_for() {
    let scene = Scene::start();
    let app = App::with(&scene.daemon, &[]);
    let (sign_in, page) = open(&scene, &app, &[]).await;
    let consent = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(consent.is_consent());
    let policy = consent.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    let denied = scene.browser.submit(&consent, &[("decision", "deny")]).await;
    assert_eq!(denied.redirect_error(&app, &sign_in), "access_denied");
    // The page had ended: a no stays a no, and a yes begins again; both by a form.
    let denied = scene.browser.submit(&consent, &[("decision", "deny")]).await;
    assert_eq!(denied.redirect_error(&app, &sign_in), "access_denied");
    let again = scene.browser.submit(&consent, &[("decision", "allow")]).await;
    assert!(again.is_consent());
    let allowed = scene.browser.submit(&again, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&allowed, &sign_in)).await;
    // A look at a page that has ended finds the remembered yes.
    let page = scene.browser.get(consent.url.as_str()).await;
    app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
    let (sign_in, page) = open(&scene, &app, &[("prompt", "none"), ("scope", "openid phone")]).await;
    assert_eq!(page.redirect_error(&app, &sign_in), "consent_required");
    // Whoever signs in for the request is not whom the client means.
    scene.daemon.add_user("bob", PASSWORD, &[]);
    let bob = scene
        .app
        .sign_in(&scene.other_browser(), "openid", "bob", PASSWORD)
        .await;
    let (sign_in, page) = open(&scene, &app, &[("id_token_hint", bob.id())]).await;
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert_eq!(page.redirect_error(&app, &sign_in), "login_required");
}

#[tokio::test]
async fn a_request_by_post_is_answered_by_post() {
    let scene = Scene::start();
    scene.tokens("openid").await;
    let sign_in = begin(&scene.app, "openid", &[("state", "a b&c=\"d\"")]);
    let sign_in = SignIn {
        state: "a b&c=\"d\"".to_owned(),
        ..sign_in
    };
    let url = url::Url::parse(&sign_in.url).expect("a URL");
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let fields: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = scene.browser.post("/authorize", &fields).await;
    scene.app.redeem(&sign_in, &scene.app.code_of(&page, &sign_in)).await;
}

#[tokio::test]
async fn the_form_leads_to_the_clients_own_origin_and_keeps_its_query() {
    let scene = Scene::start();
    scene.tokens("openid").await;
    for (uri, form_action, native) in [
        (
            "https://app.example:8443/deep/cb?a=1&b=%20",
            "https://app.example:8443",
            false,
        ),
        ("https://app.example/cb?a='&b=<x>", "https://app.example", false),
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1:51004", true),
        ("http://[::1]:51004/cb", "http://[::1]:51004", true),
        ("com.example.app:/cb", "com.example.app:", true),
    ] {
        let kind: &[&str] = if native { &["--native"] } else { &[] };
        let options = [&["--first-party", "--redirect-uri", uri], kind].concat();
        let app = App::of(&scene.daemon, &scene.daemon.add_client("App", &options), uri);
        let (sign_in, page) = open(&scene, &app, &[]).await;
        assert_strict(&page, form_action);
        app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
        let (sign_in, page) = open(&scene, &app, &[("prompt", "dance")]).await;
        assert_eq!(page.redirect_error(&app, &sign_in), "invalid_request");
        assert_strict(&page, form_action);
    }
}

#[tokio::test]
async fn no_state_becomes_markup() {
    let scene = Scene::start();
    scene.tokens("openid").await;
    let plain = open(&scene, &scene.app, &[("state", "x")]).await.1;
    let markup = |page: &Page| page.body.chars().filter(|c| "<>\"'".contains(*c)).count();
    let printable: String = (' '..='~').collect();
    // Threats 11.
    for state in [
        printable.as_str(),
        "-._~",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' autofocus onfocus='alert(1)",
        "</form><form action=https://evil.example>",
        "</script><script>alert(1)</script>",
        "&quot;&#34;&amp;quot;",
        "javascript:alert(1)",
        "a b+c&d=%00%zz",
        "\u{fc}\u{1f511}\u{2028}\u{feff}",
        "\r\nset-cookie: x=1",
    ] {
        let (mut sign_in, page) = open(&scene, &scene.app, &[("state", state)]).await;
        state.clone_into(&mut sign_in.state);
        let code = scene.app.code_of(&page, &sign_in);
        assert_eq!(markup(&page), markup(&plain), "{state}");
        assert_eq!(script(&page), script(&plain));
        assert_eq!(page.cookie("x"), None);
        scene.app.redeem(&sign_in, &code).await;
    }
}

#[tokio::test]
async fn a_way_that_nobody_knows_is_told_by_the_usual_one() {
    let scene = Scene::start();
    // Multiple Response Types, 2.1; `query` and `fragment` may be asked for by name.
    for mode in ["jwt", "web_message", "FORM_POST", "form_post query", "%00"] {
        let (sign_in, page) = scene
            .app
            .authorize(&scene.browser, "openid", &[("response_mode", mode)])
            .await;
        assert_eq!(page.redirect_error(&scene.app, &sign_in), "invalid_request", "{mode}");
        assert!(page.redirect_param("error").is_some(), "in the query");
    }
    for mode in ["query", "fragment"] {
        let (sign_in, code) = scene.code_for(&scene.app, "openid", &[("response_mode", mode)]).await;
        scene.app.redeem(&sign_in, &code).await;
    }
    let document = scene.browser.get("/.well-known/openid-configuration").await.json();
    assert_eq!(
        document["response_modes_supported"],
        json!(["query", "fragment", "form_post"])
    );
}

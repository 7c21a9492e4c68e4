//! The authorization endpoint: who may be sent where, and what comes next (OpenID Connect Core, 3.1.2; RFC 6749, 4.1).

use reqwest::StatusCode;

use crate::support::{
    App, Page, Scene, SignIn, forge, html, jwt,
    scene::{PASSWORD, USERNAME},
};

/// Every printable character of ASCII, a few twice: 128 of them.
fn odd() -> String {
    let mut all: String = (' '..='~').collect();
    all.push_str("-._~ %2B+&=#\"'<>\\^`{|}?/:@!$()*,;");
    all.truncate(128);
    assert_eq!(all.len(), 128);
    all
}

/// What a web application registered, what is it, and what is not.
const WEB: &[&str] = &["https://app.example/cb", "https://app.example/q?a=1&b=%20"];
const GOOD_WEB: &[&str] = &["https://app.example/cb", "https://app.example/q?a=1&b=%20"];
const BAD_WEB: &[&str] = &[
    "https://app.example/cb/",
    "https://app.example/CB",
    "https://APP.example/cb",
    "https://app.example/cb?",
    "https://app.example/cb?a=1",
    "https://app.example/cb#x",
    "https://app.example/cb/../evil",
    "https://app.example/%63b",
    "https://app.example/cb%00",
    "https://app.example:443/cb",
    "https://app.example:8443/cb",
    "https://app.example./cb",
    "https://appXexample/cb",
    "https://app.example.evil.example/cb",
    "https://app.example@evil.example/cb",
    "https://evil.example/https://app.example/cb",
    "http://app.example/cb",
    "//app.example/cb",
    "/cb",
    "https://app.example/q",
    "https://app.example/q?b=%20&a=1",
    "https://app.example/q?a=1&b=%20&c=2",
    "https://app.example/q?a=1&b=+",
    "javascript:alert(1)",
    " https://app.example/cb",
    "https://app.example/cb\r\nX: y",
];

/// The same of a native application.
const NATIVE: &[&str] = &[
    "http://127.0.0.1/cb",
    "http://[::1]:8000/cb?x=1",
    "http://localhost/cb",
    "com.example.app:/cb",
];
const GOOD_NATIVE: &[&str] = &[
    "http://127.0.0.1/cb",
    "http://127.0.0.1:1/cb",
    "http://127.0.0.1:65535/cb",
    "http://[::1]/cb?x=1",
    "http://[::1]:51004/cb?x=1",
    "http://localhost/cb",
    "com.example.app:/cb",
];
const BAD_NATIVE: &[&str] = &[
    "http://127.0.0.1:65536/cb",
    "http://127.0.0.1:/cb",
    "http://127.0.0.1:80x/cb",
    "http://127.0.0.1:1/other",
    "http://127.0.0.1:1/cb?x=1",
    "http://127.0.0.1:1@evil.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://127.0.0.2:1/cb",
    "https://127.0.0.1:1/cb",
    "http://[::1]:1/cb",
    "http://[::2]:1/cb?x=1",
    "http://localhost:1/cb",
    "com.example.app:/cb2",
    "com.example.app:/cb?x",
    "com.example.ap:/cb",
];

#[tokio::test]
async fn a_redirect_uri_is_compared_character_by_character() {
    let scene = Scene::start();
    // RFC 6749, 3.1.2.3; RFC 8252, 7.3; RFC 9700, 2.1; threats 7, 21, 44.
    let rows = [(WEB, GOOD_WEB, BAD_WEB), (NATIVE, GOOD_NATIVE, BAD_NATIVE)];
    for (at, (registered, good, bad)) in rows.into_iter().enumerate() {
        let mut options = vec!["--first-party"];
        if at == 1 {
            options.extend(["--public", "--native"]);
        }
        for uri in registered {
            options.extend(["--redirect-uri", uri]);
        }
        let client = scene.daemon.add_client("App", &options);
        let browser = scene.other_browser();
        for uri in good {
            let app = App::of(&scene.daemon, &client, uri);
            let (sign_in, page) = app.authorize(&browser, "openid", &[("prompt", "none")]).await;
            assert_eq!(page.redirect_error(&app, &sign_in), "login_required", "{uri}");
        }
        let app = App::of(&scene.daemon, &client, registered[0]);
        for uri in bad {
            println!("{uri}");
            let (_, page) = app.authorize(&browser, "openid", &[("redirect_uri", uri)]).await;
            page.is_error_page(400);
            assert!(page.body.contains("redirect_uri"), "it says what is wrong");
            // Nor is an error ever sent there.
            let more = [("redirect_uri", *uri), ("prompt", "none"), ("response_type", "token")];
            app.authorize(&browser, "openid", &more).await.1.is_error_page(400);
        }
    }
    // A confidential web application has no free port, not even on this machine.
    let client = scene
        .daemon
        .add_client("Web", &["--redirect-uri", "http://127.0.0.1:8080/cb"]);
    let app = App::of(&scene.daemon, &client, "http://127.0.0.1:9090/cb");
    let (_, page) = app.authorize(&scene.other_browser(), "openid", &[]).await;
    page.is_error_page(400);
}

#[tokio::test]
async fn what_was_not_proven_is_told_to_the_person_only() {
    let scene = Scene::start();
    let browser = scene.other_browser();
    let removed = App::confidential(&scene.daemon);
    scene.daemon.cli(&["client", "disable", &removed.client_id]);
    // RFC 6749, 4.1.2.1.
    let rows: [(&str, &[(&str, &str)]); 6] = [
        ("no client", &[("client_id", "")]),
        ("an unknown client", &[("client_id", "nobody")]),
        ("a disabled client", &[("client_id", &removed.client_id)]),
        (
            "a client with a strange name",
            &[("client_id", "a\u{1F600}/../'\"<script>")],
        ),
        (
            "a client whose name is too long for any key",
            &[("client_id", &"c".repeat(4000))],
        ),
        (
            "no redirect URI, although only one is registered",
            &[("redirect_uri", "")],
        ),
    ];
    for (what, more) in rows {
        println!("{what}");
        let (_, page) = scene.app.authorize(&browser, "openid", more).await;
        page.is_error_page(400);
        assert!(!page.body.contains("<script>"), "threats 11");
    }
    let sign_in = scene.app.begin("openid", &[]);
    for twice in ["client_id=x", "redirect_uri=https%3A%2F%2Fevil.example", "state=x"] {
        let page = browser.get(&format!("{}&{twice}", sign_in.url)).await;
        page.is_error_page(400);
    }
}

#[tokio::test]
async fn an_error_goes_to_the_client_with_state_and_issuer_and_nothing_else() {
    let scene = Scene::start();
    let app = App::with(&scene.daemon, &["--first-party", "--scope", "openid email"]);
    let browser = scene.other_browser();
    // RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6; RFC 9207, 2.
    let rows: [(&[(&str, &str)], &str); 20] = [
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_type", "none")], "unsupported_response_type"),
        (&[("response_type", "CODE")], "unsupported_response_type"),
        (&[("response_mode", "web_message")], "invalid_request"),
        (&[("response_mode", "jwt")], "invalid_request"),
        (&[("scope", "unheard_of")], "invalid_scope"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "open\"id")], "invalid_scope"),
        (&[("scope", "openid\u{e9}")], "invalid_scope"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "none")], "login_required"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("max_age", "99999999999999999999")], "invalid_request"),
        (&[("request", "eyJhbGciOiJub25lIn0.e30.")], "invalid_request_object"),
        (&[("request_uri", "https://app.example/r")], "invalid_request_uri"),
        (&[("registration", "{}")], "registration_not_supported"),
    ];
    for (more, error) in rows {
        println!("{more:?}");
        let (sign_in, page) = app.authorize(&browser, "openid", more).await;
        assert_eq!(page.redirect_error(&app, &sign_in), error);
    }
    for name in [
        "scope",
        "nonce",
        "response_type",
        "code_challenge",
        "prompt",
        "anything",
    ] {
        let sign_in = app.begin("openid", &[("prompt", "login"), ("anything", "x")]);
        let page = browser.get(&format!("{}&{name}=x", sign_in.url)).await;
        assert_eq!(page.redirect_error(&app, &sign_in), "invalid_request", "{name} twice");
    }
}

#[tokio::test]
async fn state_nonce_and_issuer_come_back_as_they_were() {
    let scene = Scene::start();
    let odd = odd();
    let texts: [&str; 6] = ["x", "-._~", &odd, "a b+c%20d&e=f#g", "ünï \u{1F600}", &"s".repeat(512)];
    for text in texts {
        // App::code_of compares state and iss, App::redeem the nonce.
        let mut sign_in = scene.app.begin("openid", &[("state", text), ("nonce", text)]);
        (sign_in.state, sign_in.nonce) = (text.to_owned(), text.to_owned());
        let code = scene.app.code(&scene.browser, &sign_in, USERNAME, PASSWORD).await;
        scene.app.redeem(&sign_in, &code).await;
        let mut refused = scene
            .app
            .begin("openid", &[("state", text), ("response_type", "token")]);
        text.clone_into(&mut refused.state);
        let page = scene.browser.get(&refused.url).await;
        assert_eq!(page.redirect_error(&scene.app, &refused), "unsupported_response_type");
    }
    // Neither is made up.
    let sign_in = scene.app.begin("openid", &[("state", ""), ("nonce", "")]);
    let page = scene.browser.get(&sign_in.url).await;
    assert_eq!(page.redirect_param("state"), None);
    let code = page.redirect_param("code").expect("a code");
    let (_, body) = scene.app.redeem_with(&sign_in, &code, &[]).await;
    assert!(
        jwt::claims(body["id_token"].as_str().expect("an ID token"))
            .get("nonce")
            .is_none()
    );
}

#[tokio::test]
async fn a_query_of_the_redirect_uri_is_kept() {
    let scene = Scene::start();
    // RFC 6749, 3.1.2.
    for uri in [
        "https://app.example/cb?foo=bar",
        "https://app.example/cb?a=%2F&b",
        "https://app.example/cb?",
    ] {
        let client = scene
            .daemon
            .add_client("App", &["--first-party", "--redirect-uri", uri]);
        let app = App::of(&scene.daemon, &client, uri);
        let (sign_in, code) = scene.code_for(&app, "openid", &[]).await;
        app.redeem(&sign_in, &code).await;
    }
}

#[tokio::test]
async fn what_is_not_understood_is_ignored() {
    let scene = Scene::start();
    let (sign_in, code) = scene.code("openid").await;
    scene.app.redeem(&sign_in, &code).await;
    // RFC 6749, 3.1; OpenID Connect Core, 3.1.2.1.
    let rows = [
        ("display", "page"),
        ("display", "popup"),
        ("ui_locales", "xx-unknown de fr"),
        ("claims_locales", "xx"),
        ("acr_values", "urn:mace:incommon:iap:silver 1"),
        ("login_hint", "somebody@else.example"),
        ("claims", r#"{"userinfo":{"name":{"essential":true}}}"#),
        (
            "claims",
            r#"{"other":{},"userinfo":{"unheard_of":null},"id_token":{"groups":{"essential":true}}}"#,
        ),
        ("foo", "bar"),
        ("unknown parameter", "a\"<>"),
    ];
    for pair in rows {
        let (sign_in, page) = scene.app.authorize(&scene.browser, "openid", &[pair]).await;
        let code = scene.app.code_of(&page, &sign_in);
        scene.app.redeem(&sign_in, &code).await;
    }
    // Scopes in another order, some twice, some unknown: those that can be are granted (RFC 6749, 3.3).
    let tokens = scene.tokens("email unheard_of openid  email").await;
    assert_eq!(tokens.0["scope"], "email openid");
    // login_hint fills the field in, and cannot break out of it.
    let hint = "bob\"><script>alert(1)</script>";
    let more = [("login_hint", hint), ("prompt", "login")];
    let (_, page) = scene.app.authorize(&scene.browser, "openid", &more).await;
    assert!(page.is_login() && !page.body.contains("<script>"));
    let field = html::tags(&page.body, "input").find(|tag| tag.contains("name=\"username\""));
    assert_eq!(html::attribute(field.expect("a field"), "value").as_deref(), Some(hint));
}

#[tokio::test]
async fn a_request_may_come_as_a_form() {
    let scene = Scene::start();
    let pairs = |sign_in: &SignIn| -> Vec<(String, String)> {
        let url = url::Url::parse(&sign_in.url).expect("a URL");
        url.query_pairs().into_owned().collect()
    };
    let post = async |sign_in: &SignIn| {
        let pairs = pairs(sign_in);
        let fields: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        scene.browser.post("/authorize", &fields).await
    };
    // Another site's form comes without cookies (SameSite=Lax).
    let sign_in = scene.app.begin("openid", &[("state", "a b&c=d+e%20\"")]);
    let page = post(&sign_in).await;
    assert!(page.is_login(), "{} {}", page.status, page.body);
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert_eq!(page.redirect_param("state").as_deref(), Some("a b&c=d+e%20\""));
    // With a session, the answer is a redirect that does not post again (RFC 9110, 15.4.4).
    let sign_in = scene.app.begin("openid", &[]);
    let page = post(&sign_in).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let code = scene.app.code_of(&page, &sign_in);
    scene.app.redeem(&sign_in, &code).await;
    // Errors take the same way.
    let sign_in = scene.app.begin("openid", &[("response_type", "token")]);
    assert_eq!(
        post(&sign_in).await.redirect_error(&scene.app, &sign_in),
        "unsupported_response_type"
    );
    let sign_in = scene.app.begin("openid", &[("redirect_uri", "https://evil.example")]);
    post(&sign_in).await.is_error_page(400);
}

#[tokio::test]
async fn a_session_cookie_that_was_tampered_with_is_none() {
    let scene = Scene::start();
    let page = scene.browser.get("/login").await;
    let login = page.form();
    let fields = [login.fields["csrf"].as_str(), USERNAME, PASSWORD];
    let form = [("csrf", fields[0]), ("username", fields[1]), ("password", fields[2])];
    let answer = scene.browser.client().post(scene.daemon.url("/login")).form(&form);
    let answer = answer.send().await.expect("an answer");
    let cookies: Vec<&str> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().expect("ASCII"))
        .collect();
    let session = cookies
        .iter()
        .find_map(|cookie| cookie.strip_prefix("avouch_session="))
        .expect("a session");
    let (value, attributes) = session.split_once(';').expect("attributes");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    let sign_in = scene.app.begin("openid", &[("prompt", "none")]);
    let with = async |value: &str| {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let request = client.build().expect("a client").get(&sign_in.url);
        let request = request.header("cookie", format!("avouch_session={value}"));
        Page::of(request.send().await.expect("an answer")).await
    };
    assert!(with(value).await.redirect_param("code").is_some());
    for (what, mangled) in forge::mangled(value) {
        if mangled.trim() == value {
            continue;
        }
        let page = with(&mangled).await;
        assert_eq!(page.redirect_error(&scene.app, &sign_in), "login_required", "{what}");
    }
}

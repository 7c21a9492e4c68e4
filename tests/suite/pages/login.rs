//! The sign-in page.

use reqwest::StatusCode;

use super::{BINDING, PASSWORD, SESSION, assert_gone, assert_is_home_of, daemon, is_signed_in, signed_in};
use crate::support::{App, Browser};

#[tokio::test]
async fn a_wrong_password_keeps_the_name_and_gets_the_same_calm_sentence_as_an_unknown_user() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let mut page = browser.get(&sign_in.url).await;
    let mut sentences = Vec::new();

    for name in ["alice", "nobody", "alice@example.com", "nobody@example.com"] {
        page = browser.sign_in(&page, name, "wrong horse").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(page.field("username"), name);
        assert_eq!(page.field("password"), "", "a password is never sent back");
        assert!(!page.body.contains("wrong horse"));
        assert_eq!(page.cookie(SESSION), None);
        sentences.push(page.text("form-error").expect("a sentence"));
    }
    sentences.dedup();
    assert_eq!(
        sentences,
        ["That username and password do not go together. Check both and try again."]
    );

    let page = browser.sign_in(&page, "alice", PASSWORD).await;
    app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
}

#[tokio::test]
async fn empty_fields_are_asked_for_again() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/login").await;

    for (name, password) in [("", ""), ("alice", ""), ("", PASSWORD), ("   ", PASSWORD)] {
        let again = browser.sign_in(&page, name, password).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "{name:?}");
        assert_eq!(
            again.text("form-error").as_deref(),
            Some("Enter your username or email and your password.")
        );
        assert_eq!(again.field("username"), name);
    }
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_stale_or_foreign_form_signs_nobody_in_and_offers_a_good_one() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let foreign = Browser::new(&daemon.issuer).get("/login").await.field("csrf");
    let sign_in = app.begin("openid", &[]);
    let mut page = browser.get(&sign_in.url).await;

    for csrf in ["", "A", &"A".repeat(43), &foreign] {
        let fields = [("csrf", csrf), ("username", "alice"), ("password", PASSWORD)];
        page = browser.submit(&page, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{csrf}");
        assert!(page.text("form-error").expect("a sentence").contains("grown old"));
        assert_eq!(page.field("username"), "alice");
        assert_eq!(page.cookie(SESSION), None);
    }

    let page = browser.sign_in(&page, "alice", PASSWORD).await;
    app.code_of(&page, &sign_in);
}

#[tokio::test]
async fn a_form_without_cookies_signs_nobody_in() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let csrf = browser.get("/login").await.field("csrf");
    let stranger = Browser::new(&daemon.issuer);

    let fields = [("csrf", csrf.as_str()), ("username", "alice"), ("password", PASSWORD)];
    let page = stranger.post("/login", &fields).await;

    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(page.cookie(SESSION), None);
    assert!(page.cookie(BINDING).is_some(), "the next try can work");
    assert_is_home_of(&stranger.sign_in(&page, "alice", PASSWORD).await, "alice");
}

#[tokio::test]
async fn without_an_interaction_the_sign_in_ends_at_the_home_page() {
    let daemon = daemon();
    let (browser, home) = signed_in(&daemon, "alice").await;
    assert_eq!(home.url.as_str(), daemon.url("/"));

    let again = browser.get_only("/login").await;
    assert_eq!(again.header("location"), "/", "nothing to sign in for");
}

#[tokio::test]
async fn a_name_is_found_by_email_and_however_it_is_written() {
    let daemon = daemon();
    for name in ["alice@example.com", "ALICE", "Alice@Example.COM", " alice "] {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get("/login").await;
        assert_is_home_of(&browser.sign_in(&page, name, PASSWORD).await, "alice");
    }
}

#[tokio::test]
async fn a_login_hint_fills_the_name_until_the_person_writes_another() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[("login_hint", "alice@example.com")]);

    let page = browser.get(&sign_in.url).await;
    assert_eq!(page.field("username"), "alice@example.com");
    assert!(page.body.contains("<bdi>App</bdi>"), "whom it is for is said");

    let page = browser.sign_in(&page, "bob", "wrong horse").await;
    assert_eq!(page.field("username"), "bob");
    let page = browser.sign_in(&page, &page.field("username"), PASSWORD).await;
    app.code_of(&page, &sign_in);
}

#[tokio::test]
async fn a_disabled_person_is_told_so_only_with_the_right_password() {
    let daemon = daemon();
    daemon.cli(&["user", "disable", "alice"]);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/login").await;

    let wrong = browser.sign_in(&page, "alice", "wrong horse").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let right = browser.sign_in(&page, "alice", PASSWORD).await;
    assert_eq!(right.status, StatusCode::FORBIDDEN);
    assert!(right.text("form-error").expect("a sentence").contains("disabled"));
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn nothing_in_a_request_can_send_the_browser_elsewhere() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let evil = "https://evil.example/";
    let names = [
        "redirect_uri",
        "next",
        "return_to",
        "continue",
        "url",
        "post_logout_redirect_uri",
    ];
    let extra: Vec<(&str, &str)> = names.into_iter().map(|name| (name, evil)).collect();

    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&extra)
        .finish();
    let page = browser.get(&sign_in.url).await;
    let page = browser.get(&format!("{}&{query}", page.url)).await;
    assert!(!page.body.contains("evil.example"));
    let fields = [&[("username", "alice"), ("password", PASSWORD)], &extra[..]].concat();
    app.code_of(&browser.submit(&page, &fields).await, &sign_in);

    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&format!("/login?{query}")).await;
    assert_eq!(browser.submit(&page, &fields).await.url.as_str(), daemon.url("/"));

    for path in [
        "//evil.example/",
        "/%2f%2fevil.example/",
        "/\\evil.example/",
        "/login//evil.example",
    ] {
        let page = browser.get_only(&format!("{}{path}", daemon.issuer)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.location(), None, "{path}");
    }
}

#[tokio::test]
async fn links_and_redirects_ignore_the_host_that_a_request_names() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let client = Browser::new(&daemon.issuer);
    for name in ["host", "x-forwarded-host", "forwarded"] {
        for url in [app.begin("openid", &[]).url, daemon.url("/"), daemon.url("/nothing")] {
            let value = if name == "forwarded" {
                "host=evil.example"
            } else {
                "evil.example"
            };
            let response = client.client().get(url).header(name, value).send().await.unwrap();
            let location = response.headers().get("location").cloned();
            assert!(!response.text().await.unwrap().contains("evil.example"), "{name}");
            if let Some(location) = location {
                assert!(location.to_str().unwrap().starts_with("/login?"), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn another_browsers_interaction_is_refused_and_goes_on_where_it_belongs() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (alice, mallory) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let sign_in = app.begin("openid", &[]);
    let page = alice.get(&sign_in.url).await;

    assert_gone(&mallory.get(page.url.as_str()).await);
    let csrf = mallory.get("/login").await.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("username", "bob"), ("password", PASSWORD)];
    assert_gone(&mallory.submit(&page, &fields).await);
    assert!(!is_signed_in(&mallory).await);

    let page = alice.sign_in(&page, "alice", PASSWORD).await;
    app.code_of(&page, &sign_in);
}

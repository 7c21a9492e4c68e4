//! RP-initiated logout: who is believed, and where the browser may go afterwards.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::json;
use url::Url;

use super::{PASSWORD, daemon, is_signed_in, signed_in, with_people};
use crate::support::{App, Browser, Daemon, Page, jwt};

const BYE: &str = "https://app.example/bye";

fn app(daemon: &Daemon) -> App {
    App::with(daemon, &["--first-party", "--post-logout-redirect-uri", BYE])
}

fn end_session(daemon: &Daemon, params: &[(&str, &str)]) -> String {
    Url::parse_with_params(&daemon.url("/logout"), params)
        .expect("a URL")
        .to_string()
}

#[expect(clippy::disallowed_methods, reason = "a test waits for the clock that everybody has")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}

fn assert_asks(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.has("logout-confirm"), "{}", page.body);
}

fn assert_signed_out_page(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.location(), None);
    assert!(page.body.contains("<h1>You are signed out</h1>"), "{}", page.body);
}

#[tokio::test]
async fn an_id_token_of_this_session_ends_it_at_once_and_brings_the_browser_back() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let state = "a b+c/\u{fc}&d=e?#%00\"<";

    let params = [
        ("id_token_hint", tokens.id()),
        ("client_id", app.client_id.as_str()),
        ("post_logout_redirect_uri", BYE),
        ("state", state),
    ];
    let page = browser.get(&end_session(&daemon, &params)).await;

    let location = page.location().expect("a redirect");
    assert_eq!(location.as_str().split('?').next(), Some(BYE));
    assert_eq!(
        location.query_pairs().collect::<Vec<_>>(),
        [("state".into(), state.into())],
        "state comes back exactly, and nothing else"
    );
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn without_a_state_none_is_made_up() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let params = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BYE)];
    let page = browser.get(&end_session(&daemon, &params)).await;
    assert_eq!(page.header("location"), BYE);
}

#[tokio::test]
async fn an_expired_id_token_still_says_which_session_is_meant() {
    let daemon = with_people(Daemon::builder().set("tokens.id_lifetime", "1s").start());
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let exp = jwt::claims(tokens.id())["exp"].as_u64().expect("exp");
    daemon.wait_until("the ID token expired", async || now() > exp).await;

    let params = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BYE)];
    let page = browser.get(&end_session(&daemon, &params)).await;
    assert_eq!(page.header("location"), BYE);
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_hint_that_is_not_ours_proves_nothing_and_lends_no_redirect() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let elsewhere = daemon_of_a_stranger().await;

    let parts: Vec<&str> = tokens.id().split('.').collect();
    let (header, claims) = (jwt::header(tokens.id()), jwt::claims(tokens.id()));
    let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = encode(json!({"alg": "none", "typ": "JWT"}));
    let hmac = encode(json!({"alg": "HS256", "typ": header["typ"], "kid": header["kid"]}));
    let mut other_claims = claims.clone();
    other_claims["aud"] = "another".into();
    let other_claims = encode(other_claims);
    let mut flipped = parts[2].to_owned().into_bytes();
    flipped[9] = if flipped[9] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).expect("ASCII");
    let payload = parts[1];
    let hints = [
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{}", parts[2]),
        format!("{hmac}.{payload}.{}", parts[2]),
        format!("{}.{other_claims}.{}", parts[0], parts[2]),
        format!("{}.{payload}.{flipped}", parts[0]),
        format!("{}.{payload}.", parts[0]),
        tokens.access().to_owned(),
        elsewhere,
        "not a token".to_owned(),
        "..".to_owned(),
    ];

    for hint in &hints {
        for client_id in ["", app.client_id.as_str()] {
            let params = [
                ("id_token_hint", hint.as_str()),
                ("client_id", client_id),
                ("post_logout_redirect_uri", BYE),
            ];
            let page = browser.get(&end_session(&daemon, &params)).await;
            assert_asks(&page);
            assert!(is_signed_in(&browser).await, "{hint}");
        }
    }
    // Confirmed by the person, it still leads nowhere.
    let params = [("id_token_hint", hints[0].as_str()), ("post_logout_redirect_uri", BYE)];
    let page = browser.get(&end_session(&daemon, &params)).await;
    assert_signed_out_page(&browser.submit(&page, &[("decision", "leave")]).await);
    assert!(!is_signed_in(&browser).await);
}

/// An ID token of another provider, whose user, client and keys merely look alike.
async fn daemon_of_a_stranger() -> String {
    let daemon = daemon();
    let app = app(&daemon);
    let tokens = app
        .sign_in(&Browser::new(&daemon.issuer), "openid", "alice", PASSWORD)
        .await;
    tokens.id().to_owned()
}

#[tokio::test]
async fn a_hint_and_a_client_id_that_disagree_prove_nothing() {
    let daemon = daemon();
    let (app, other) = (app(&daemon), app(&daemon));
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;

    for client_id in [other.client_id.as_str(), "unknown"] {
        let params = [
            ("id_token_hint", tokens.id()),
            ("client_id", client_id),
            ("post_logout_redirect_uri", BYE),
        ];
        let page = browser.get(&end_session(&daemon, &params)).await;
        assert_asks(&page);
    }
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_hint_of_another_session_or_person_asks_first() {
    let daemon = daemon();
    let app = app(&daemon);
    let (here, there) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    app.sign_in(&here, "openid", "alice", PASSWORD).await;
    let of_there = app.sign_in(&there, "openid", "alice", PASSWORD).await;
    let of_bob = app
        .sign_in(&Browser::new(&daemon.issuer), "openid", "bob", PASSWORD)
        .await;

    for tokens in [of_there, of_bob] {
        let params = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BYE)];
        assert_asks(&here.get(&end_session(&daemon, &params)).await);
    }
    assert!(is_signed_in(&here).await && is_signed_in(&there).await);
}

#[tokio::test]
async fn the_browser_never_goes_where_the_client_has_not_registered() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    for uri in [
        "https://evil.example/",
        "https://app.example/bye/",
        "https://app.example/bye?x=1",
        "https://app.example/bye#f",
        "https://app.example:443/bye",
        "HTTPS://app.example/bye",
        "https://app.example/BYE",
        "https://app.example/%62ye",
        "https://app.example/cb",
        "https://app.example@evil.example/bye",
        "//app.example/bye",
        "/bye",
        "javascript:alert(1)",
    ] {
        let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
        let params = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", uri)];
        assert_signed_out_page(&browser.get(&end_session(&daemon, &params)).await);
        // Nobody is signed in any more: nothing to confirm, and still nowhere to go.
        let params = [("client_id", app.client_id.as_str()), ("post_logout_redirect_uri", uri)];
        assert_signed_out_page(&browser.get(&end_session(&daemon, &params)).await);
    }
}

#[tokio::test]
async fn the_question_lends_its_form_only_to_a_registered_place() {
    let daemon = daemon();
    let app = app(&daemon);
    let (browser, _) = signed_in(&daemon, "alice").await;
    let policy = |page: &Page| page.header("content-security-policy").to_owned();

    for uri in [
        "https://evil.example/",
        "https://app.example/cb",
        "javascript:alert(1)",
        "*",
    ] {
        let params = [("client_id", app.client_id.as_str()), ("post_logout_redirect_uri", uri)];
        let page = browser.get(&end_session(&daemon, &params)).await;
        assert_asks(&page);
        assert!(policy(&page).contains("form-action 'self';"), "{}", policy(&page));
    }
    let params = [("post_logout_redirect_uri", BYE)];
    let page = browser.get(&end_session(&daemon, &params)).await;
    assert!(
        policy(&page).contains("form-action 'self';"),
        "whose it is was not said"
    );

    let params = [("client_id", app.client_id.as_str()), ("post_logout_redirect_uri", BYE)];
    let page = browser.get(&end_session(&daemon, &params)).await;
    assert!(
        policy(&page).contains("form-action 'self' https://app.example;"),
        "{}",
        policy(&page)
    );
    assert!(page.body.contains("<bdi>App</bdi>"), "who asks is said");
    let gone = browser.submit(&page, &[("decision", "leave")]).await;
    assert_eq!(gone.header("location"), BYE, "confirmed and registered");
}

#[tokio::test]
async fn without_any_session_there_is_nothing_to_confirm() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    assert_signed_out_page(&browser.get("/logout").await);
    assert_signed_out_page(
        &browser
            .get(&end_session(&daemon, &[("post_logout_redirect_uri", BYE)]))
            .await,
    );
    let params = [
        ("client_id", app.client_id.as_str()),
        ("post_logout_redirect_uri", BYE),
        ("state", "s"),
    ];
    let page = browser.get(&end_session(&daemon, &params)).await;
    assert_eq!(page.header("location"), "https://app.example/bye?state=s");
}

#[tokio::test]
async fn a_form_of_another_site_comes_back_as_a_link_with_the_cookies() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let params = [
        ("id_token_hint", tokens.id()),
        ("post_logout_redirect_uri", BYE),
        ("state", "a b&c"),
    ];

    // SameSite=Lax: the other site's POST carries no cookie of ours.
    let without_cookies = Browser::wearing(&daemon.issuer, "unrelated=1");
    let url = daemon.url("/logout");
    let answer = without_cookies.client().post(&url).form(&params).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let link = answer.headers()["location"].to_str().unwrap();
    assert!(link.starts_with("/logout?"), "{link}");
    assert!(is_signed_in(&browser).await);

    let page = browser.get(link).await;
    assert_eq!(page.header("location"), "https://app.example/bye?state=a+b%26c");
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_post_with_the_cookies_works_as_the_link_does() {
    let daemon = daemon();
    let app = app(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let params = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BYE)];
    let page = browser.post("/logout", &params).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "a POST is not repeated elsewhere");
    assert_eq!(page.header("location"), BYE);
}

//! What pages show of a client: logo, policy and terms (OpenID Connect Registration, 2), the logo through our own origin.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{PASSWORD, with_people};
use crate::support::{App, Browser, Daemon, Page, Partner, html, partner::Answer};

/// A picture of one dot.
pub fn png() -> Vec<u8> {
    let dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
    STANDARD.decode(dot).unwrap()
}

/// A client with these members beside the necessary ones.
fn client(daemon: &Daemon, more: &Value) -> App {
    let mut client = json!({
        "client_name": "Shop & Co",
        "redirect_uris": ["https://app.example/cb"],
        "scope": "openid profile",
    });
    client
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let file = daemon.dir().join("client.json");
    std::fs::write(&file, client.to_string()).unwrap();
    let client = daemon.cli(&["client", "add", "--file", file.to_str().unwrap()]);
    App::of(daemon, &client, "https://app.example/cb")
}

/// The sign-in page and the consent page of a client.
async fn pages(daemon: &Daemon, app: &App) -> [Page; 2] {
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get(&app.begin("openid", &[]).url).await;
    assert!(login.has("login-submit"), "{}", login.body);
    let consent = browser.sign_in(&login, "alice", PASSWORD).await;
    assert!(consent.has("consent-allow"), "{}", consent.body);
    [login, consent]
}

/// The `src` of the logo on a page.
fn logo_url(page: &Page) -> Option<String> {
    let tag = html::tags(&page.body, "img").find(|tag| tag.contains("client-logo"))?;
    assert_eq!(
        html::attribute(tag, "alt").as_deref(),
        Some(""),
        "the name stands beside it"
    );
    html::attribute(tag, "src")
}

#[tokio::test]
async fn the_sign_in_and_consent_pages_show_logo_policy_and_terms() {
    let partner = Partner::start();
    let daemon = with_people(partner.daemon().start());
    partner.serve("/logo.png", Answer::of("image/png", png()));
    let app = client(
        &daemon,
        &json!({
            "logo_uri": partner.url("/logo.png"),
            "policy_uri": "https://app.example/policy?a=\"><b>",
            "tos_uri": "https://app.example/terms",
        }),
    );
    for page in pages(&daemon, &app).await {
        for (id, href) in [
            ("client-policy", "https://app.example/policy?a=\"><b>"),
            ("client-terms", "https://app.example/terms"),
        ] {
            let link = html::tags(&page.body, "a").find(|tag| tag.contains(id)).unwrap();
            assert_eq!(html::attribute(link, "href").as_deref(), Some(href));
            assert_eq!(html::attribute(link, "target").as_deref(), Some("_blank"));
            let rel = html::attribute(link, "rel").unwrap();
            assert!(rel.contains("noopener") && rel.contains("noreferrer"), "{rel}");
        }
        assert!(!page.body.contains("\"><b>"), "escaped");
        let logo = logo_url(&page).unwrap();
        assert!(logo.starts_with("/client/logo?"), "our own origin: {logo}");
        assert!(
            !page.body.contains(&partner.host()),
            "the browser is not sent to the client's host"
        );
        assert!(page.header("content-security-policy").contains("img-src 'self';"));

        let image = Browser::new(&daemon.issuer).get(&daemon.url(&logo)).await;
        assert_eq!(
            (image.status, image.header("content-type")),
            (StatusCode::OK, "image/png")
        );
        assert_eq!(image.header("x-content-type-options"), "nosniff");
        assert_eq!(image.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(image.header("cache-control"), "private, max-age=3600");
        assert!(image.set_cookies.is_empty());
    }
    assert_eq!(partner.hits("/logo.png"), 1, "kept for both pages");
}

#[tokio::test]
async fn a_client_without_them_shows_nothing_in_their_place() {
    let daemon = with_people(Daemon::start());
    let app = client(&daemon, &json!({}));
    for page in pages(&daemon, &app).await {
        assert_eq!(logo_url(&page), None);
        assert!(!page.has("client-policy") && !page.has("client-terms") && !page.has("client-host"));
    }
    for query in [
        "",
        "?client_id=",
        "?client_id=nobody",
        &format!("?client_id={}", app.client_id),
    ] {
        let answer = Browser::new(&daemon.issuer)
            .get(&daemon.url(&format!("/client/logo{query}")))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{query}");
    }
}

#[tokio::test]
async fn no_logo_breaks_or_delays_a_page_and_none_runs_at_our_origin() {
    let partner = Partner::start();
    let daemon = with_people(partner.daemon().set("outbound.timeout", "1s").start());
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let page = "<script>alert(1)</script>";
    partner.serve_json("/target", &json!({}));
    let large = [png(), vec![0; 256 << 10]].concat();
    // What is not https is refused when the client is registered; the guard's other cases: tests/suite/outbound.rs.
    for (what, logo_uri, answer) in [
        ("SVG", partner.url("/a"), Answer::of("image/svg+xml", svg)),
        ("SVG called PNG", partner.url("/b"), Answer::of("image/png", svg)),
        ("a page", partner.url("/c"), Answer::of("text/html", page)),
        ("a page called PNG", partner.url("/d"), Answer::of("image/png", page)),
        (
            "a redirect",
            partner.url("/e"),
            Answer::redirect(&partner.url("/target")),
        ),
        ("too large", partner.url("/f"), Answer::of("image/png", large)),
        ("an error", partner.url("/g"), Answer::status(500)),
        (
            "never ends",
            partner.url("/h"),
            Answer::of("image/png", png()).stalled(),
        ),
        (
            "too slow",
            partner.url("/i"),
            Answer::of("image/png", png()).after(Duration::from_secs(3)),
        ),
        (
            "an address inside",
            partner.url_by_address("/j"),
            Answer::of("image/png", png()),
        ),
        (
            "cloud metadata",
            "https://169.254.169.254/k".to_owned(),
            Answer::status(200),
        ),
    ] {
        if let Ok(url) = url::Url::parse(&logo_uri) {
            partner.serve(url.path(), answer);
        }
        let app = client(&daemon, &json!({ "logo_uri": logo_uri }));
        let login = Browser::new(&daemon.issuer).get(&app.begin("openid", &[]).url).await;
        assert!(login.has("login-submit"), "{what}");
        assert_eq!(
            partner.asked(url::Url::parse(&logo_uri).unwrap().path()).len(),
            0,
            "{what}: the page asked for it"
        );
        let logo = Browser::new(&daemon.issuer)
            .get(&daemon.url(&logo_url(&login).unwrap()))
            .await;
        assert_eq!(logo.status, StatusCode::NOT_FOUND, "{what}");
        assert!(!logo.body.contains("alert"), "{what}");
    }
    assert_eq!(partner.hits("/target") + partner.hits("/j"), 0);
    daemon.has_no_errors();
}

#[tokio::test]
async fn the_type_of_a_logo_is_what_its_bytes_say() {
    let partner = Partner::start();
    let daemon = with_people(partner.daemon().start());
    partner.serve("/logo", Answer::of("text/html", png()));
    let app = client(&daemon, &json!({ "logo_uri": partner.url("/logo") }));
    let url = daemon.url(&format!("/client/logo?client_id={}", app.client_id));
    let image = Browser::new(&daemon.issuer).get(&url).await;
    assert_eq!(
        (image.status, image.header("content-type")),
        (StatusCode::OK, "image/png")
    );
    daemon.cli(&["client", "disable", &app.client_id]);
    assert_eq!(
        Browser::new(&daemon.issuer).get(&url).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_link_that_a_browser_would_run_is_not_shown() {
    let daemon = with_people(Daemon::start());
    let file = daemon.dir().join("client.json");
    for uri in [
        "javascript:alert(1)",
        "data:text/html,x",
        "JaVaScRiPt:alert(1)",
        "/policy",
    ] {
        let client = json!({
            "client_name": "App",
            "redirect_uris": ["https://app.example/cb"],
            "scope": "openid",
            "policy_uri": uri,
            "tos_uri": uri,
        });
        std::fs::write(&file, client.to_string()).unwrap();
        let added = daemon.run(&["--json", "client", "add", "--file", file.to_str().unwrap()], "");
        if !added.status.success() {
            continue; // Refused at the door, which is as good.
        }
        let app = App::of(
            &daemon,
            &serde_json::from_slice(&added.stdout).unwrap(),
            "https://app.example/cb",
        );
        for page in pages(&daemon, &app).await {
            assert!(!page.has("client-policy") && !page.has("client-terms"), "{uri}");
        }
    }
}

//! Security headers, on every page.

use reqwest::StatusCode;

use super::walk::{self, LEADING_AWAY, app_origin};
use crate::support::{App, Browser, Daemon};

#[tokio::test]
async fn every_page_has_a_strict_policy_and_is_kept_by_nobody() {
    let daemon = walk::daemon();
    for (name, page) in walk::every_page(&daemon).await {
        assert!(page.is_html(), "{name}: {}", page.status);
        let targets = if LEADING_AWAY.contains(&name) {
            format!(" {}", app_origin())
        } else {
            String::new()
        };
        let script = if walk::WITH_SCRIPT.contains(&name) {
            "; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
        } else {
            ""
        };
        assert_eq!(
            page.header("content-security-policy"),
            format!(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{targets}; \
                 frame-ancestors 'none'; base-uri 'none'{script}"
            ),
            "{name}"
        );
        for (header, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
            ("server", ""),
        ] {
            assert_eq!(page.header(header), value, "{name}: {header}");
            assert!(
                page.headers.get_all(header).iter().count() <= 1,
                "{name}: {header} once"
            );
        }
        let referrer = page.header("referrer-policy");
        assert!(
            ["same-origin", "origin", "no-referrer"].contains(&referrer),
            "{name}: {referrer}"
        );
        assert!(!page.header("permissions-policy").is_empty(), "{name}");
    }
}

#[tokio::test]
async fn the_policy_names_exactly_the_clients_origin() {
    let daemon = super::daemon();
    for (uri, source) in [
        ("https://app.example/cb", "https://app.example"),
        ("https://app.example:8443/deep/cb?x=1", "https://app.example:8443"),
        ("http://127.0.0.1:9/cb", "http://127.0.0.1:9"),
        ("com.example.app:/cb", "com.example.app:"),
    ] {
        let client = daemon.add_client("App", &["--redirect-uri", uri]);
        let app = App::of(&daemon, &client, uri);
        let page = Browser::new(&daemon.issuer).get(&app.begin("openid", &[]).url).await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains(&format!("form-action 'self' {source};")), "{policy}");
    }
}

#[tokio::test]
async fn redirects_are_kept_by_nobody_and_assets_by_everybody() {
    let daemon = super::daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let redirect = browser.get_only(&app.begin("openid", &[]).url).await;
    assert_eq!(redirect.status, StatusCode::FOUND);
    assert_eq!(redirect.header("cache-control"), "no-store");
    assert_eq!(redirect.header("x-content-type-options"), "nosniff");

    let page = browser.get("/login").await;
    let links =
        crate::support::html::tags(&page.body, "link").filter_map(|tag| crate::support::html::attribute(tag, "href"));
    for (href, kind) in links.zip(["image/svg+xml", "text/css; charset=utf-8"]) {
        let asset = browser.get(&href).await;
        assert_eq!(asset.status, StatusCode::OK, "{href}");
        assert_eq!(asset.header("content-type"), kind);
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(asset.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(browser.get("/static/nothing.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_https_issuer_tells_browsers_to_stay_with_https() {
    let daemon = Daemon::builder().set("server.issuer", "https://id.example").start();
    for path in ["/", "/login", "/nothing", "/.well-known/openid-configuration"] {
        let page = Browser::new(&daemon.address()).get_only(path).await;
        assert_eq!(page.header("strict-transport-security"), "max-age=63072000", "{path}");
    }
}

//! An issuer with a path: everything stands under it.

use reqwest::StatusCode;
use url::Url;

use super::{PASSWORD, with_people};
use crate::support::{
    App, Browser, Daemon, Page,
    html::{attribute, tags},
};

const ISSUER: &str = "http://localhost:1/id";

/// A daemon that its users reach under another address than we do, as behind a proxy.
fn daemon() -> Daemon {
    with_people(Daemon::builder().set("server.issuer", ISSUER).start())
}

/// Every link, form and asset of a page, and every redirect and cookie, is under the path.
fn assert_under_the_path(page: &Page) {
    let links = ["a", "link", "form", "img"]
        .into_iter()
        .flat_map(|tag| tags(&page.body, tag));
    let links = links.filter_map(|tag| ["href", "action", "src"].iter().find_map(|name| attribute(tag, name)));
    for link in links {
        assert!(link.starts_with("/id/"), "{link} at {}", page.url);
    }
    for cookie in &page.set_cookies {
        assert!(cookie.contains("; Path=/id;"), "{cookie}");
    }
    assert!(page.url.path().starts_with("/id/"), "{}", page.url);
}

#[tokio::test]
async fn links_redirects_and_cookies_stand_under_the_path() {
    let daemon = daemon();
    let home = format!("{}/id/", daemon.address());
    let app = App {
        redirect_uri: "https://app.example/cb".to_owned(),
        ..App::with(&daemon, &[])
    };
    let begin = |more: &[(&str, &str)]| {
        app.begin("openid", more)
            .url
            .replace(ISSUER, home.trim_end_matches('/'))
    };
    let browser = Browser::new(&home);

    let welcome = browser.get("").await;
    let login = browser.get(&begin(&[])).await;
    let consent = browser.sign_in(&login, "alice", PASSWORD).await;
    assert!(consent.has("consent-allow"), "{}", consent.body);
    let choose = browser.get(&begin(&[("prompt", "select_account")])).await;
    let account = browser.get("").await;
    let logout = browser.get("logout").await;
    let signed_out = browser.submit(&logout, &[("decision", "leave")]).await;
    let nothing = browser.get("nothing").await;
    for page in [
        &welcome,
        &login,
        &consent,
        &choose,
        &account,
        &logout,
        &signed_out,
        &nothing,
    ] {
        assert_under_the_path(page);
    }
    assert!(account.has("home-sign-out"), "the session's cookie came along");
}

#[tokio::test]
async fn the_whole_way_works_and_tokens_name_the_issuer_exactly() {
    let daemon = daemon();
    let base = format!("{}/id", daemon.address());
    let app = App::confidential(&daemon);
    let browser = Browser::new(&format!("{base}/"));
    let sign_in = app.begin("openid", &[]);
    let page = browser.get(&sign_in.url.replace(ISSUER, &base)).await;
    let ended = browser.sign_in(&page, "alice", PASSWORD).await;
    let code = app.code_of(&ended, &sign_in);
    let reached = App { issuer: base, ..app };
    let tokens = reached.redeem(&sign_in, &code).await;
    assert_eq!(crate::support::jwt::claims(tokens.id())["iss"], ISSUER);
}

#[tokio::test]
async fn nothing_but_health_and_discovery_stands_outside() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.address());
    for path in [
        "/",
        "/login",
        "/logout",
        "/authorize",
        "/setup",
        "/id/id/login",
        "/idlogin",
    ] {
        let page = browser.get_only(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "/health",
        "/ready",
        "/.well-known/oauth-authorization-server/id",
        "/id/",
        "/id",
    ] {
        assert_eq!(browser.get_only(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_set_up_link_stands_under_the_path() {
    let daemon = Daemon::builder().set("server.issuer", ISSUER).start();
    let link = daemon.setup_link.clone().expect("a link");
    assert!(link.starts_with(&format!("{ISSUER}/setup?token=")), "{link}");
    let here = link.replace("http://localhost:1", &daemon.address());
    let page = Browser::new(&daemon.address()).get(&here).await;
    assert!(page.has("setup-submit"), "{}", page.body);
    assert_under_the_path(&page);
    assert_eq!(Url::parse(&link).unwrap().path(), "/id/setup");
}

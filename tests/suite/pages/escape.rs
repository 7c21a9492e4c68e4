//! What strangers write is shown as text and never runs.

use reqwest::StatusCode;
use serde_json::json;

use super::{PASSWORD, daemon, signed_in};
use crate::support::{App, Browser, Daemon, Page, app::REDIRECT_URI};

const ATTACKS: [&str; 4] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "</title></main><svg/onload=alert(1)>",
];

/// None of the attacks stands in the page as markup, wherever it was put.
fn assert_harmless(page: &Page) {
    // The one script that we have is a file of ours.
    let body = page.body.replace("<script src=\"/static/", "");
    for markup in ["<script", "<img src=x", "<svg", "</title></main>"] {
        assert!(!body.contains(markup), "{markup} at {} in {}", page.url, page.body);
    }
    for tag in page.body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        // Every value stands in double quotes, so every second piece is outside of them.
        let names = tag.split('"').step_by(2).flat_map(|piece| piece.split(' '));
        let handlers: Vec<&str> = names.filter(|name| name.starts_with("on")).collect();
        assert_eq!(handlers, Vec::<&str>::new(), "in <{tag}> at {}", page.url);
    }
}

fn client_named(daemon: &Daemon, name: &str) -> App {
    let file = daemon.dir().join("client.json");
    let client =
        json!({"client_name": name, "redirect_uris": [REDIRECT_URI], "client_uri": "https://app.example/\"><svg>"});
    std::fs::write(&file, client.to_string()).unwrap();
    let client = daemon.cli(&["client", "add", "--file", file.to_str().unwrap()]);
    App::of(daemon, &client, REDIRECT_URI)
}

#[tokio::test]
async fn the_name_of_a_client_is_text() {
    let daemon = daemon();
    for attack in ATTACKS {
        let app = client_named(&daemon, attack);
        let browser = Browser::new(&daemon.issuer);
        let page = browser
            .get(&app.begin("openid", &[("prompt", "select_account")]).url)
            .await;
        assert_harmless(&page);
        let page = browser.sign_in(&page, "alice", PASSWORD).await;
        assert!(page.has("consent-allow"));
        assert_harmless(&page);
        let page = browser
            .get(&app.begin("openid", &[("prompt", "select_account")]).url)
            .await;
        assert!(page.has("account-continue"));
        assert_harmless(&page);
        let page = browser.get(&format!("/logout?client_id={}", app.client_id)).await;
        assert!(page.has("logout-confirm"));
        assert_harmless(&page);
    }
}

#[tokio::test]
async fn what_is_typed_comes_back_as_text() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let mut page = browser.get("/login").await;
    for attack in ATTACKS {
        page = browser.sign_in(&page, attack, "wrong horse").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.field("username"), attack, "it is kept as it was typed");
        assert_harmless(&page);
    }
}

#[tokio::test]
async fn a_login_hint_is_text() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    for attack in ATTACKS {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get(&app.begin("openid", &[("login_hint", attack)]).url).await;
        assert_eq!(page.field("username"), attack);
        assert_harmless(&page);
    }
}

#[tokio::test]
async fn a_state_goes_through_pages_and_comes_back_exactly() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    for attack in ATTACKS
        .into_iter()
        .chain(["a b+c&d=%00%zz", "\u{fc}\u{1f511}", "\r\nset-cookie: x=1"])
    {
        let browser = Browser::new(&daemon.issuer);
        let sign_in = app.begin("openid", &[("state", attack)]);
        let page = browser.get(&sign_in.url).await;
        assert_harmless(&page);
        let ended = browser.sign_in(&page, "alice", PASSWORD).await;
        assert_eq!(ended.redirect_param("state").as_deref(), Some(attack));
        assert_eq!(ended.cookie("x"), None);
    }
}

#[tokio::test]
async fn what_a_logout_request_says_is_text() {
    let daemon = daemon();
    let (browser, _) = signed_in(&daemon, "alice").await;
    for attack in ATTACKS {
        let params = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"].map(|name| (name, attack));
        let url = url::Url::parse_with_params(&daemon.url("/logout"), params).unwrap();
        let page = browser.get(url.as_str()).await;
        assert!(page.has("logout-confirm"));
        assert_eq!(page.field("state"), attack, "the form carries it on");
        assert_harmless(&page);
    }
}

#[tokio::test]
async fn what_a_person_is_called_is_text() {
    let daemon = daemon();
    let app = App::with(&daemon, &[]);
    for attack in ATTACKS {
        daemon.cli(&["user", "set", "alice", "--claim", &format!("name={}", json!(attack))]);
        let (browser, home) = signed_in(&daemon, "alice").await;
        assert_harmless(&home);
        assert!(home.body.contains("alert(1)"), "it is shown: {}", home.body);
        assert_harmless(&browser.get(&app.begin("openid", &[]).url).await);
    }
}

#[tokio::test]
async fn the_set_up_page_shows_what_was_typed_as_text() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let mut page = browser.get(daemon.setup_link.as_deref().unwrap()).await;
    for attack in ATTACKS {
        let fields = [("username", attack), ("email", attack), ("password", "short")];
        page = browser.submit(&page, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert_harmless(&page);
        assert_eq!(page.field("email"), attack);
    }
}

#[tokio::test]
async fn an_error_page_has_a_request_id_and_tells_no_secret() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let app = App::confidential(&daemon);
    let secret = "secret-of-the-application";
    let mut urls = vec![
        daemon.url(&format!("/authorize?client_id={secret}&state={secret}")),
        daemon.url(&format!("/nothing/{secret}?code={secret}")),
        daemon.url(&format!("/login?interaction={secret}")),
        daemon.url(&format!("/setup?token={secret}")),
        app.begin("openid", &[("redirect_uri", &format!("https://{secret}.example/"))])
            .url,
    ];
    for attack in ATTACKS {
        let pairs = [("client_id", "x"), (attack, "1"), (attack, "2")];
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        urls.push(daemon.url(&format!("/authorize?{query}")));
        urls.push(daemon.url(&format!("/logout?{query}")));
        urls.push(daemon.url(&format!("/demo/callback?{query}")));
        let path: String = url::form_urlencoded::byte_serialize(attack.as_bytes()).collect();
        urls.push(daemon.url(&format!("/{path}")));
    }
    let mut ids = Vec::new();
    for url in urls {
        let page = browser.get(&url).await;
        assert!(page.status.is_client_error(), "{url}: {}", page.status);
        assert!(page.is_html(), "{url}");
        assert_harmless(&page);
        assert!(!page.body.contains(secret), "{url} is echoed");
        let id = page.header("x-request-id").to_owned();
        assert!(id.len() >= 16 && page.body.contains(&id), "{url}: {id:?}");
        ids.push(id);
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "each its own");
}

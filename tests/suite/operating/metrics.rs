//! The counters, on a listener of their own.

use std::net::TcpListener;

use crate::support::{App, Browser, Daemon};

/// A daemon whose metrics listen at an address of this test alone, so that nobody takes the port meanwhile.
fn measured(host: &str) -> (Daemon, String) {
    let free = TcpListener::bind((host, 0)).unwrap().local_addr().unwrap().to_string();
    let daemon = Daemon::builder().set("telemetry.metrics_listen", &free).start();
    (daemon, format!("http://{free}/metrics"))
}

async fn page(url: &str) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

/// The sum over all lines that begin so.
fn count(page: &str, beginning: &str) -> u64 {
    let lines = page.lines().filter(|line| line.starts_with(beginning));
    lines
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        .sum()
}

#[tokio::test]
async fn what_happens_is_counted_and_told_on_the_private_listener_only() {
    let (daemon, url) = measured("127.77.0.1");
    daemon.add_user("alice", "correct horse", &[]);
    let before = page(&url).await;
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get("/login").await;
    assert_eq!(browser.sign_in(&login, "alice", "wrong horse").await.status, 401);
    let tokens = app
        .sign_in(&browser, "openid offline_access", "alice", "correct horse")
        .await;
    app.refresh(tokens.refresh()).await;
    app.refresh("nobody's").await;
    app.userinfo(tokens.access()).await;
    let after = page(&url).await;
    for (beginning, expected) in [
        ("avouch_logins_total{outcome=\"succeeded\"}", 1),
        ("avouch_logins_total{outcome=\"failed\"}", 1),
        ("avouch_tokens_issued_total{grant_type=\"authorization_code\"}", 1),
        ("avouch_tokens_issued_total{grant_type=\"refresh_token\"}", 1),
        ("avouch_token_errors_total{error=\"invalid_grant\"}", 1),
        (
            "avouch_http_requests_total{route=\"/token\",method=\"POST\",status=\"200\"}",
            2,
        ),
        (
            "avouch_http_requests_total{route=\"/token\",method=\"POST\",status=\"400\"}",
            1,
        ),
        (
            "avouch_http_requests_total{route=\"/userinfo\",method=\"GET\",status=\"200\"}",
            1,
        ),
        ("avouch_http_request_duration_seconds_count{route=\"/token\"}", 3),
    ] {
        assert_eq!(
            count(&after, beginning) - count(&before, beginning),
            expected,
            "{beginning}\n{after}"
        );
    }
    let commits = "avouch_store_commit_duration_seconds_count";
    assert!(count(&after, commits) - count(&before, commits) >= 5, "{after}");
    assert_eq!(count(&after, "avouch_password_queue"), 0);
    for (state, keys) in [("active", 1), ("next", 1), ("retired", 0)] {
        assert_eq!(
            count(&after, &format!("avouch_signing_keys{{state=\"{state}\"}}")),
            keys,
            "{after}"
        );
    }
    daemon.cli(&["key", "rotate"]);
    assert_eq!(count(&page(&url).await, "avouch_signing_keys{state=\"retired\"}"), 1);
    assert_eq!(browser.get_only("/metrics").await.status, 404);
}

#[tokio::test]
async fn strangers_cannot_make_new_series() {
    let (daemon, url) = measured("127.77.0.2");
    let browser = Browser::new(&daemon.issuer);
    let series = async || page(&url).await.lines().count();
    browser.get_only("/nowhere/0").await;
    let app = App::confidential(&daemon);
    app.post("/token", &[("grant_type", "made-up-0")]).await;
    let before = series().await;
    for number in 1..20 {
        browser.get_only(&format!("/nowhere/{number}")).await;
        app.post("/token", &[("grant_type", &format!("made-up-{number}"))])
            .await;
    }
    assert_eq!(series().await, before);
    assert!(!page(&url).await.contains("made-up"));
}

#[tokio::test]
async fn strange_methods_are_one_series() {
    let (daemon, url) = measured("127.77.0.3");
    let http = reqwest::Client::new();
    let ask = async |method: String| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        http.request(method, daemon.url("/token")).send().await.unwrap();
    };
    ask("STRANGE0".to_owned()).await;
    let before = page(&url).await.lines().count();
    for number in 1..20 {
        ask(format!("STRANGE{number}")).await;
    }
    assert_eq!(page(&url).await.lines().count(), before);
}

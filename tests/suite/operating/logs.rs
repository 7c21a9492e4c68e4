//! Logs: for machines when nobody watches, with what an operator needs and nothing that is secret.

use std::fs;

use reqwest::header::GetAll;
use serde_json::Value;

use crate::support::{App, Browser, Daemon};

/// The lines of the log, each of which must be JSON.
fn lines(daemon: &Daemon) -> Vec<Value> {
    let log = daemon.log();
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn events<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

/// The values of the cookies that a browser has for the daemon.
async fn cookies(daemon: &Daemon, browser: &Browser, name: &str, password: &str) -> Vec<String> {
    let page = browser.get_only("/login").await;
    let form = page.form();
    let fields = [
        ("csrf", form.fields["csrf"].as_str()),
        ("username", name),
        ("password", password),
    ];
    let answer = browser
        .client()
        .post(daemon.url("/login"))
        .form(&fields)
        .send()
        .await
        .unwrap();
    let set = [
        page.headers.get_all("set-cookie"),
        answer.headers().get_all("set-cookie"),
    ];
    let values = set.iter().flat_map(GetAll::iter).map(|cookie| {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        pair.split_once('=').unwrap().1.to_owned()
    });
    values.chain([form.fields["csrf"].clone()]).collect()
}

/// The first administrator is made; gives what was secret in it.
async fn set_up(daemon: &Daemon) -> Vec<String> {
    let link = daemon.setup_link.clone().unwrap();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get(&link).await;
    let fields = [
        ("username", "root"),
        ("email", "root@example.com"),
        ("password", "tr0ub4dor-and-3"),
    ];
    let done = browser.submit(&page, &fields).await;
    assert_eq!(done.status, 200, "{}", done.body);
    vec![
        link.split_once("token=").unwrap().1.to_owned(),
        "tr0ub4dor-and-3".to_owned(),
    ]
}

/// Everything that an application does, well and badly; gives what was secret in it.
async fn use_tokens(daemon: &Daemon, app: &App) -> Vec<String> {
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/login").await;
    browser.sign_in(&page, "alice", "wrong-horse-battery").await;
    let begun = app.begin("openid profile email offline_access", &[]);
    let code = app.code(&browser, &begun, "alice", "correct-horse-battery").await;
    let tokens = app.redeem(&begun, &code).await;
    let (_, refreshed) = app.refresh(tokens.refresh()).await;
    app.userinfo(tokens.access()).await;
    app.introspect(tokens.access()).await;
    // Failures tell more than successes are wont to: a code used again, a token used again, a wrong secret.
    app.redeem_with(&begun, &code, &[]).await;
    app.refresh(tokens.refresh()).await;
    app.post("/revoke", &[("token", tokens.refresh())]).await;
    let bad = App {
        client_secret: Some("a-wrong-client-secret".to_owned()),
        ..app.clone()
    };
    bad.refresh(tokens.refresh()).await;
    let mut secrets = vec![code, begun.code_verifier];
    secrets.extend([app.client_secret.clone(), bad.client_secret].into_iter().flatten());
    for name in ["access_token", "refresh_token", "id_token"] {
        secrets.extend([&tokens.0, &refreshed].map(|answer| answer[name].as_str().unwrap().to_owned()));
    }
    secrets
}

#[tokio::test]
async fn no_secret_is_ever_logged_not_even_at_the_highest_level() {
    let mut daemon = Daemon::builder().set("telemetry.log", "trace").start();
    let mut secrets = set_up(&daemon).await;
    daemon.add_user("alice", "correct-horse-battery", &[]);
    let app = App::confidential(&daemon);
    secrets.extend(use_tokens(&daemon, &app).await);
    let rotated = daemon.cli(&["client", "rotate-secret", &app.client_id]);
    secrets.push(rotated["client_secret"].as_str().unwrap().to_owned());
    let new = "a-new-password-of-alice";
    daemon.cli_with(&["user", "password", "alice", "--password-stdin"], new);
    secrets.extend([new, "correct-horse-battery", "wrong-horse-battery"].map(str::to_owned));
    secrets.extend(cookies(&daemon, &Browser::new(&daemon.issuer), "alice", new).await);
    let master = fs::read_to_string(daemon.dir().join("keys/master.key")).unwrap();
    secrets.push(master.trim().to_owned());
    assert_eq!(daemon.stop().code(), Some(0));

    let log = daemon.log();
    assert!(log.contains("\"level\":\"DEBUG\""), "it was talkative");
    for secret in secrets {
        // Half of one is a secret too, and so is a token's signature.
        let half = &secret[..secret.len() / 2];
        for part in [secret.as_str(), half, secret.rsplit('.').next().unwrap()] {
            assert!(part.len() >= 7, "{secret} is too short to be looked for");
            assert!(!log.contains(part), "{part} of {secret}");
        }
    }
    for never in ["$argon2", "BEGIN ", "Authorization", "Basic ", "avouch_session="] {
        assert!(!log.contains(never), "{never}");
    }
}

#[tokio::test]
async fn the_log_is_json_and_tells_the_operator_who_did_what() {
    let mut daemon = Daemon::start();
    let alice = daemon.add_user("alice", "correct horse", &[]);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/login").await;
    let page = browser.sign_in(&page, "alice", "wrong horse").await;
    browser.sign_in(&page, "alice", "correct horse").await;
    daemon.stop();
    let lines = lines(&daemon);
    for line in &lines {
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    let [added] = events(&lines, "user.added")[..] else {
        panic!("{lines:?}")
    };
    assert_eq!((&added["actor"], &added["subject"]), (&"operator".into(), &alice["id"]));
    let [failed] = events(&lines, "login.failed")[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&failed["subject"], &failed["address"]),
        (&alice["id"], &"127.0.0.1".into())
    );
    let [succeeded] = events(&lines, "login.succeeded")[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(succeeded["actor"], alice["id"]);
}

#[tokio::test]
async fn an_address_that_a_header_claims_is_believed_from_a_trusted_proxy_only() {
    for (trusted, forwarded, expected) in [
        ("", "203.0.113.7", "127.0.0.1"),
        ("10.0.0.0/8", "203.0.113.7", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.66, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1,10.0.0.0/8", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
    ] {
        let daemon = Daemon::builder().set("server.trusted_proxies", trusted).start();
        let browser = Browser::behind_proxy(&daemon.issuer, forwarded);
        let page = browser.get("/login").await;
        browser.sign_in(&page, "alice", "wrong horse").await;
        let lines = lines(&daemon);
        let [failed] = events(&lines, "login.failed")[..] else {
            panic!("{lines:?}")
        };
        assert_eq!(failed["address"], expected, "{trusted:?} {forwarded:?}");
    }
}

#[tokio::test]
async fn links_never_come_from_the_headers_of_a_request() {
    let daemon = Daemon::builder().set("server.trusted_proxies", "127.0.0.1").start();
    let http = reqwest::Client::new();
    let request = http
        .get(daemon.url("/.well-known/openid-configuration"))
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example;proto=https");
    let document = request.send().await.unwrap().text().await.unwrap();
    assert!(
        !document.contains("evil.example") && document.contains(&daemon.issuer),
        "{document}"
    );
}

#[tokio::test]
async fn an_error_page_names_a_line_of_the_log() {
    let daemon = Daemon::builder().set("telemetry.log", "debug").start();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/authorize?client_id=nobody").await;
    assert!(page.status.is_client_error() && page.is_html());
    let lines = lines(&daemon);
    let told = lines
        .iter()
        .find(|line| line["message"] == "the request was refused")
        .expect("a line about it");
    let request_id = told["span"]["request_id"].as_str().expect("its request id");
    assert!(page.body.contains(request_id), "{}", page.body);
    assert_eq!(page.header("x-request-id"), request_id);
}

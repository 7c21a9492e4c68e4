//! The cookies' attributes, on http and on https, with and without a path.

use reqwest::StatusCode;

use super::{PASSWORD, with_people};
use crate::support::{Browser, Daemon, Page};

/// Signs alice in at a daemon whose issuer is a name that only its users know, and gives what it set on the way.
async fn cookies_of(daemon: &Daemon, base: &str, names: [&str; 2]) -> [String; 2] {
    let [binding, session] = names;
    let address = daemon.address();
    let first = Browser::new(&address).get_only(&format!("{base}/login")).await;
    let value = first
        .cookie(binding)
        .unwrap_or_else(|| panic!("{:?}", first.set_cookies));
    let browser = Browser::wearing(&address, &format!("{binding}={value}"));
    let csrf = first.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("username", "alice"), ("password", PASSWORD)];
    let answer = browser.client().post(format!("{address}{base}/login")).form(&fields);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let set: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 1, "{set:?}");
    let line = set[0].to_str().unwrap().to_owned();
    assert!(line.starts_with(&format!("{session}=")), "{line}");
    [line_of(&first, binding), line]
}

fn line_of(page: &Page, name: &str) -> String {
    let lines = page
        .set_cookies
        .iter()
        .filter(|line| line.starts_with(&format!("{name}=")));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 1, "{:?}", page.set_cookies);
    lines[0].clone()
}

fn attributes(line: &str) -> Vec<&str> {
    let mut attributes: Vec<&str> = line.split("; ").skip(1).collect();
    attributes.sort_unstable();
    attributes
}

#[tokio::test]
async fn on_http_they_are_hidden_from_scripts_and_from_forms_of_other_sites() {
    let daemon = with_people(Daemon::start());
    let [binding, session] = cookies_of(&daemon, "", ["avouch_browser", "avouch_session"]).await;
    assert_eq!(
        attributes(&binding),
        ["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Lax"]
    );
    assert_eq!(
        attributes(&session),
        ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax"]
    );
}

#[tokio::test]
async fn on_https_no_other_host_can_set_them() {
    let daemon = with_people(Daemon::builder().set("server.issuer", "https://id.example").start());
    let names = ["__Host-avouch_browser", "__Host-avouch_session"];
    for line in cookies_of(&daemon, "", names).await {
        let attributes = attributes(&line);
        for attribute in ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"] {
            assert!(attributes.contains(&attribute), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
}

#[tokio::test]
async fn under_a_path_they_stay_under_it() {
    let daemon = with_people(Daemon::builder().set("server.issuer", "https://example.com/id").start());
    let names = ["__Secure-avouch_browser", "__Secure-avouch_session"];
    for line in cookies_of(&daemon, "/id", names).await {
        let attributes = attributes(&line);
        for attribute in ["HttpOnly", "Path=/id", "SameSite=Lax", "Secure"] {
            assert!(attributes.contains(&attribute), "{line}");
        }
    }
}

#[tokio::test]
async fn the_session_cookie_lives_as_long_as_the_session() {
    let daemon = with_people(Daemon::builder().set("sessions.lifetime", "90s").start());
    let [_, session] = cookies_of(&daemon, "", ["avouch_browser", "avouch_session"]).await;
    assert!(session.contains("Max-Age=90"), "{session}");
}

#[tokio::test]
async fn a_known_browser_is_not_given_another_name() {
    let daemon = with_people(Daemon::start());
    let browser = Browser::new(&daemon.issuer);
    assert_eq!(browser.get("/login").await.set_cookies.len(), 1);
    for path in ["/login", "/", "/logout"] {
        assert_eq!(browser.get(path).await.cookie("avouch_browser"), None, "{path}");
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let daemon = with_people(Daemon::builder().set("sessions.lifetime", "1s").start());
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/login").await;
    let signed_in = browser.sign_in(&page, "alice", PASSWORD).await;
    let cookie = signed_in.cookie("avouch_session").expect("a session");
    // A browser that forgets the lifetime gains nothing.
    let thief = Browser::wearing(&daemon.issuer, &format!("avouch_session={cookie}"));
    daemon
        .wait_until("the session ended", async || !super::is_signed_in(&thief).await)
        .await;
}

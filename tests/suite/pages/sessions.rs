//! A person's list of sessions: what it shows, what it ends, and that it ends nobody else's.

use reqwest::StatusCode;

use super::{PASSWORD, SESSION, assert_is_home_of, daemon, is_signed_in, sign_in_at_home, signed_in};
use crate::support::{App, Browser, Page, jwt};

async fn end(browser: &Browser, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/account/sessions").await.field("csrf");
    browser
        .post("/account/sessions", &[&[("csrf", csrf.as_str())], fields].concat())
        .await
}

#[tokio::test]
async fn it_tells_where_the_person_is_signed_in_and_where_they_are_now() {
    let daemon = daemon();
    let (here, home) = signed_in(&daemon, "alice").await;
    assert!(home.has("home-account"), "the home page leads there");
    signed_in(&daemon, "bob").await;
    let app = App::with(&daemon, &["--first-party"]);
    let there = Browser::calling_itself(
        &daemon.issuer,
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 <b>x</b>",
    );
    app.sign_in(&there, "openid", "alice", PASSWORD).await;

    let page = here.get("/account/sessions").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.body.matches("name=\"sid\"").count(),
        2,
        "those of bob are not among them: {}",
        page.body
    );
    assert_eq!(page.body.matches("This browser").count(), 1);
    let (this, other) = page.body.split_once("This browser").unwrap();
    assert!(this.contains("Another program"), "{this}");
    assert!(other.contains("<bdi>Firefox on Linux</bdi>"), "{other}");
    assert!(
        other.contains("from <bdi>127.0.0.1</bdi>") && other.contains("<bdi>App</bdi>"),
        "{other}"
    );
    assert!(!page.body.contains("<b>x"), "nothing that the header says besides");
}

#[tokio::test]
async fn one_session_can_be_ended_from_another() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (here, there) = (Browser::new(&daemon.issuer), Browser::new(&daemon.issuer));
    let mine = app.sign_in(&here, "openid", "alice", PASSWORD).await;
    let theirs = app.sign_in(&there, "openid", "alice", PASSWORD).await;
    let sid = jwt::claims(theirs.id())["sid"].as_str().unwrap().to_owned();

    let page = end(&here, &[("sid", &sid)]).await;
    assert_eq!(page.url.path(), "/account/sessions");
    assert!(!page.body.contains(&sid), "{}", page.body);
    assert!(is_signed_in(&here).await && !is_signed_in(&there).await);
    assert_eq!(app.introspect(theirs.access()).await["active"], false);
    assert_eq!(app.introspect(mine.access()).await["active"], true);
    assert!(daemon.log().contains("session.ended"));
}

#[tokio::test]
async fn all_others_or_all_can_be_ended() {
    let daemon = daemon();
    let (bob, _) = signed_in(&daemon, "bob").await;
    let (here, _) = signed_in(&daemon, "alice").await;
    let (one, _) = signed_in(&daemon, "alice").await;
    let (two, _) = signed_in(&daemon, "alice").await;
    let page = end(&here, &[("end", "others")]).await;
    assert_eq!(page.body.matches("name=\"sid\"").count(), 1);
    assert!(!page.has("sessions-end-others"), "there are none");
    assert!(is_signed_in(&here).await && !is_signed_in(&one).await && !is_signed_in(&two).await);

    sign_in_at_home(&one, "alice").await;
    let page = end(&here, &[("end", "all")]).await;
    assert!(page.body.contains("<h1>You are signed out</h1>"), "{}", page.body);
    assert_eq!(page.cookie(SESSION).as_deref(), Some(""));
    assert!(!is_signed_in(&here).await && !is_signed_in(&one).await);
    assert!(is_signed_in(&bob).await, "nobody else's");
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let alice = Browser::new(&daemon.issuer);
    let tokens = app.sign_in(&alice, "openid", "alice", PASSWORD).await;
    let sid = jwt::claims(tokens.id())["sid"].as_str().unwrap().to_owned();
    let (bob, _) = signed_in(&daemon, "bob").await;
    for sid in [sid.as_str(), "unknown", ""] {
        let page = end(&bob, &[("sid", sid)]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Where you are signed in"), "{}", page.body);
    }
    assert!(is_signed_in(&alice).await && is_signed_in(&bob).await);
    assert_eq!(app.introspect(tokens.access()).await["active"], true);
}

#[tokio::test]
async fn a_form_that_did_not_come_from_the_page_ends_nothing() {
    let daemon = daemon();
    let (alice, _) = signed_in(&daemon, "alice").await;
    let (bob, _) = signed_in(&daemon, "bob").await;
    let of_bob = bob.get("/account/sessions").await.field("csrf");
    for csrf in ["", "x", &of_bob] {
        for fields in [[("csrf", csrf), ("end", "all")], [("csrf", csrf), ("end", "others")]] {
            let page = alice.post("/account/sessions", &fields).await;
            assert_eq!(page.url.path(), "/account/sessions");
            assert!(is_signed_in(&alice).await, "{fields:?}");
        }
    }
    // Nor does a link.
    alice.get("/account/sessions?end=all").await;
    assert!(is_signed_in(&alice).await);
}

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/account/sessions").await;
    assert!(page.has("login-submit"), "{}", page.body);
    let page = browser.sign_in(&page, "alice", PASSWORD).await;
    assert_eq!(
        page.url.path(),
        "/account/sessions",
        "back to the page that was asked for"
    );
    let home = browser.get("/").await;
    assert_is_home_of(&home, "alice");
    // A page from before a logout in another tab.
    let csrf = browser.get("/account/sessions").await.field("csrf");
    browser.submit(&home, &[]).await;
    let page = browser
        .post("/account/sessions", &[("csrf", &csrf), ("end", "all")])
        .await;
    assert!(page.has("login-submit"), "{}", page.body);
}

#[tokio::test]
async fn an_application_that_can_be_started_from_here_is_linked() {
    // OpenID Connect Core, 4.
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let uri = "initiate_login_uri=https://app.example/start?x=1";
    daemon.cli(&["client", "set", &app.client_id, "--set", uri]);
    let (browser, home) = signed_in(&daemon, "alice").await;
    assert!(!home.body.contains("app.example"), "she does not use it yet");
    app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let home = browser.get("/").await;
    let iss: String = url::form_urlencoded::byte_serialize(daemon.issuer.as_bytes()).collect();
    let link = format!("href=\"https://app.example/start?x=1&#38;iss={iss}\"");
    assert!(home.body.contains(&link), "{link}: {}", home.body);
    daemon.cli(&["client", "disable", &app.client_id]);
    assert!(!browser.get("/").await.body.contains("app.example"));
}

#[tokio::test]
async fn a_name_cannot_become_markup() {
    let daemon = daemon();
    let client = daemon.add_client(
        "<img src=x>",
        &["--first-party", "--redirect-uri", "https://app.example/cb"],
    );
    let app = App::of(&daemon, &client, "https://app.example/cb");
    let browser = Browser::new(&daemon.issuer);
    app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    let page = browser.get("/account/sessions").await;
    assert!(
        page.body.contains("&#60;img src=x&#62;") && !page.body.contains("<img src=x"),
        "{}",
        page.body
    );
}

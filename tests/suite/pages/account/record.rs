//! What is kept about a person: what happened, a copy of all of it, and its end.

use reqwest::StatusCode;

use super::{Owner, daemon, told, with_people};
use crate::support::{App, Browser, Daemon, Partner, partner::Answer, scene::PASSWORD};

const ACTIVITY: &str = "/account/activity";
const EXPORT: &str = "/account/export";
const DELETE: &str = "/account/delete";

#[tokio::test]
async fn what_happened_is_told_in_words_the_latest_first() {
    let daemon = daemon();
    let browser = Browser::calling_itself(
        &daemon.issuer,
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
    );
    let login = browser.get("/login?to=activity").await;
    browser.sign_in(&login, "alice", "wrong horse").await;
    let page = browser.sign_in(&login, "alice", PASSWORD).await;
    let (signed_in, failed) = (
        page.body.find("You signed in").unwrap(),
        page.body.find("and failed").unwrap(),
    );
    assert!(signed_in < failed, "{}", page.body);
    assert!(
        page.body.contains("Firefox on Linux") && page.body.contains("127.0.0.1"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Was this you?"));

    let app = App::with(&daemon, &[]);
    app.sign_in(&browser, "openid", "alice", PASSWORD).await;
    daemon.cli(&["user", "set", "alice", "--claim", "nickname=Al"]);
    let page = browser.get(ACTIVITY).await;
    assert!(
        page.body.contains("You let an application use your account"),
        "{}",
        page.body
    );
    assert!(page.body.contains("<bdi>App</bdi>") && page.body.contains("By those who run this service"));
    // Nobody else's.
    let bob = Owner::of(&daemon, "bob").await;
    let page = bob.get(ACTIVITY).await;
    assert!(
        !page.body.contains("and failed") && !page.body.contains("<bdi>App</bdi>"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn what_happened_is_told_page_by_page() {
    let daemon = with_people(Daemon::builder().set("limits.login_per_account", "1000").start());
    let alice = Owner::of(&daemon, "alice").await;
    let mut version = alice.get("/account/profile").await.field("version");
    for number in 0..60 {
        let nickname = format!("Al {number}");
        let page = alice
            .post("/account/profile", &[("version", &version), ("nickname", &nickname)])
            .await;
        version = page.field("version");
    }
    let count = |body: &str| body.matches("The profile was changed").count();
    let page = alice.get(ACTIVITY).await;
    assert_eq!(
        (count(&page.body), page.has("activity-newest")),
        (50, false),
        "{}",
        page.body
    );
    let older = page
        .body
        .split("id=\"activity-older\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let page = alice.get(&older.replace("&#38;", "&")).await;
    assert_eq!(count(&page.body), 10, "{}", page.body);
    assert!(page.body.contains("You signed in") && page.has("activity-newest") && !page.has("activity-older"));
    // A place in the list that is nobody's shows nothing of anybody.
    for before in ["zzzz", "000000000001-x", "../user/", &"x".repeat(500), "%00"] {
        let page = alice.get(&format!("{ACTIVITY}?before={before}")).await;
        assert_eq!(page.status, StatusCode::OK, "{before}");
    }
}

#[tokio::test]
async fn the_record_has_everything_and_no_secret() {
    let daemon = daemon();
    let app = App::with(&daemon, &[]);
    let alice = Owner::of(&daemon, "alice").await;
    let tokens = app
        .sign_in(&alice.browser, "openid email offline_access", "alice", PASSWORD)
        .await;
    daemon.cli(&["user", "set", "alice", "--claim", "nickname=Al", "--claim", "tier=gold"]);
    let file = alice.post(EXPORT, &[]).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"account.json\""
    );
    assert_eq!(
        (file.header("content-type"), file.header("cache-control")),
        ("application/json", "no-store")
    );
    let record = file.json();
    assert_eq!(record["account"]["claims"]["nickname"], "Al");
    assert_eq!(record["account"]["attributes"]["tier"], "gold");
    assert_eq!(record["applications"][0]["client_id"], app.client_id);
    assert_eq!(record["sessions"].as_array().unwrap().len(), 1);
    assert!(record["sign_in"]["password"]["changed_at"].is_string());
    assert!(record["activity"].to_string().contains("login.succeeded"));
    for secret in [
        "argon2",
        "digest",
        "hash",
        tokens.access(),
        tokens.refresh(),
        "cookie",
        "bob",
    ] {
        assert!(!file.body.contains(secret), "{secret}: {}", file.body);
    }
    assert!(told(&daemon, "account.exported").contains("127.0.0.1"));
    assert!(alice.get(ACTIVITY).await.body.contains("Your data was downloaded"));
}

#[tokio::test]
async fn a_person_leaves_and_nothing_of_theirs_is_good_any_more() {
    let partner = Partner::start();
    let daemon = with_people(partner.daemon().start());
    partner.serve("/told", Answer::status(200));
    let app = App::told_at(&partner, &daemon, "/told");
    let alice = Owner::of(&daemon, "alice").await;
    let there = Owner::of(&daemon, "alice").await;
    let tokens = app
        .sign_in(&there.browser, "openid email offline_access", "alice", PASSWORD)
        .await;
    let id = super::kept(&daemon, "alice")["id"].as_str().unwrap().to_owned();

    for typed in ["", "bob", "alice@example.com", "delete"] {
        let page = alice.post(DELETE, &[("username", typed)]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{typed}");
        assert_eq!(page.field("username"), typed, "the form is filled as it was");
    }
    let page = alice.post(DELETE, &[("username", " Alice ")]).await;
    assert!(page.has("account-deleted"), "{} {}", page.status, page.body);
    assert_eq!(page.cookie("avouch_session").as_deref(), Some(""));
    assert!(!alice.is_signed_in().await && !there.is_signed_in().await);
    assert_eq!(app.refresh(tokens.refresh()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(app.userinfo(tokens.access()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(app.introspect(tokens.access()).await["active"], false);
    daemon
        .wait_until("the client is told", async || !partner.asked("/told").is_empty())
        .await;
    assert_eq!(
        daemon.refused(&["user", "show", &id], "").0,
        daemon.refused(&["user", "show", "nobody"], "").0
    );
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get("/login").await;
    assert!(browser.sign_in(&login, "alice", PASSWORD).await.has("form-error"));
    // The trail keeps the id and nothing else of them.
    let event = told(&daemon, "user.removed");
    assert!(
        event.contains(&id) && !event.contains("alice") && !event.contains("127.0.0.1"),
        "{event}"
    );
    daemon.has_no_errors();
}

#[tokio::test]
async fn the_last_administrator_stays_also_when_two_leave_at_once() {
    let daemon = Daemon::start();
    for name in ["ada", "bea"] {
        daemon.add_user(name, PASSWORD, &["--role", "admin"]);
    }
    let (ada, bea) = (Owner::of(&daemon, "ada").await, Owner::of(&daemon, "bea").await);
    let (one, other) = tokio::join!(
        ada.post(DELETE, &[("username", "ada")]),
        bea.post(DELETE, &[("username", "bea")])
    );
    assert_ne!(
        one.has("account-deleted"),
        other.has("account-deleted"),
        "{} {}",
        one.body,
        other.body
    );
    let (stays, name) = if one.has("account-deleted") {
        (&bea, "bea")
    } else {
        (&ada, "ada")
    };
    let page = stays.get(DELETE).await;
    assert!(
        page.has("delete-last-administrator") && !page.has("delete-submit"),
        "{}",
        page.body
    );
    let page = stays.post(DELETE, &[("username", name)]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(stays.is_signed_in().await);
    // Nor does one who cannot sign in count.
    daemon.add_user("cleo", PASSWORD, &["--role", "admin"]);
    daemon.cli(&["user", "disable", "cleo"]);
    assert!(stays.get(DELETE).await.has("delete-last-administrator"));
    daemon.cli(&["user", "enable", "cleo"]);
    assert!(stays.post(DELETE, &[("username", name)]).await.has("account-deleted"));
}

#[tokio::test]
async fn where_people_may_not_leave_there_is_no_page_and_no_link() {
    let daemon = with_people(Daemon::builder().set("users.self_delete", "false").start());
    let alice = Owner::of(&daemon, "alice").await;
    assert!(!alice.get("/account").await.body.contains("account/delete"));
    assert_eq!(alice.get(DELETE).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        alice.post(DELETE, &[("username", "alice")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(alice.is_signed_in().await);
}

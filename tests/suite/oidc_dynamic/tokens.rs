//! Initial access tokens (RFC 7591, 1.2): made, counted down and ended by operators.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::by_token;
use crate::support::{
    Daemon, Registrant,
    registrant::document,
    scene::{clock_shows, unix_now},
};

fn new(daemon: &Daemon, options: &[&str]) -> Value {
    daemon.cli(&[&["client", "registration-token", "new"], options].concat())
}

fn text(token: &Value) -> &str {
    token["registration_token"].as_str().expect("a token")
}

fn list(daemon: &Daemon) -> Vec<Value> {
    let answer = daemon.cli(&["client", "registration-token", "list"]);
    answer["registration_tokens"].as_array().expect("tokens").clone()
}

/// How many of that many parallel registrations succeed; all others are refused as with a wrong token.
async fn registered(daemon: &Daemon, token: &str, attempts: usize) -> usize {
    let registrant = Registrant::of(daemon);
    let tasks = (0..attempts).map(|_| {
        let (registrant, token) = (registrant.clone(), token.to_owned());
        tokio::spawn(async move { registrant.try_register(Some(&token), &document(json!({}))).await })
    });
    let mut count = 0;
    for page in join_all(tasks.collect::<Vec<_>>()).await {
        let page = page.expect("a task");
        if page.status == StatusCode::CREATED {
            count += 1;
        } else {
            page.refused(401, "invalid_token");
        }
    }
    count
}

#[tokio::test]
async fn a_token_registers_as_many_clients_as_it_says_however_many_try_at_once() {
    let daemon = by_token().start();
    for uses in [1, 3] {
        let token = new(&daemon, &["--uses", &uses.to_string()]);
        assert_eq!(registered(&daemon, text(&token), 12).await, uses, "{uses}");
        assert!(list(&daemon).is_empty(), "a spent token is gone");
    }
    let clients = daemon.cli(&["client", "list"]);
    assert_eq!(clients["clients"].as_array().expect("clients").len(), 4);
    let unlimited = new(&daemon, &[]);
    assert_eq!(registered(&daemon, text(&unlimited), 12).await, 12);
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_use_is_counted_only_for_a_client_that_was_made() {
    let daemon = by_token().start();
    let registrant = Registrant::of(&daemon);
    let token = new(&daemon, &["--uses", "2"]);
    for _ in 0..3 {
        let page = registrant
            .try_register(Some(text(&token)), &json!({"redirect_uris": []}))
            .await;
        page.refused(400, "invalid_redirect_uri");
    }
    assert_eq!(list(&daemon)[0]["uses_left"], 2);
    registrant.register_with(Some(text(&token)), &document(json!({}))).await;
    assert_eq!(list(&daemon)[0]["uses_left"], 1);
}

#[tokio::test]
async fn a_token_ends_by_its_time_and_by_the_operators_word() {
    let daemon = by_token().start();
    let registrant = Registrant::of(&daemon);
    let short = new(&daemon, &["--lifetime", "1s"]);
    let long = new(&daemon, &["--lifetime", "1d", "--note", "the shop"]);
    let id = long["id"].as_str().expect("id");
    let registration = registrant.register_with(Some(text(&long)), &document(json!({}))).await;
    clock_shows(unix_now() + 2).await;
    let try_with = async |token: &Value| registrant.try_register(Some(text(token)), &document(json!({}))).await;
    try_with(&short).await.refused(401, "invalid_token");
    let left = list(&daemon);
    assert_eq!((left.len(), &left[0]["note"]), (1, &json!("the shop")));
    daemon.cli(&["client", "registration-token", "revoke", id]);
    try_with(&long).await.refused(401, "invalid_token");
    assert_eq!(
        registrant.read(&registration).await.status,
        StatusCode::OK,
        "its clients stay"
    );
    let (code, message) = daemon.refused(&["client", "registration-token", "revoke", id], "");
    assert!(code == 1 && message.contains("no registration token"), "{message}");
    for wrong in [["--uses", "0"], ["--lifetime", "0s"], ["--lifetime", "4000d"]] {
        daemon.refused(&[&["client", "registration-token", "new"], &wrong[..]].concat(), "");
    }
}

#[tokio::test]
async fn what_is_kept_and_shown_of_a_token_opens_nothing() {
    let mut daemon = by_token().start();
    let token = new(&daemon, &["--note", "for tests"]);
    let registration = Registrant::of(&daemon)
        .register_with(Some(text(&token)), &document(json!({})))
        .await;
    let shown = daemon.run(&["client", "registration-token", "list"], "");
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    assert!(shown.contains("for tests") && !shown.contains(text(&token)), "{shown}");
    let clients = daemon.run(&["client", "list"], "");
    let clients = String::from_utf8(clients.stdout).expect("UTF-8");
    assert!(
        clients.contains("SELF REGISTERED") && clients.contains("yes"),
        "{clients}"
    );
    let log = daemon.log();
    for event in ["registration_token.added", "client.registered"] {
        assert!(log.contains(event), "{event}");
    }
    daemon.stop();
    let mut kept = Vec::new();
    for entry in walk(&daemon.dir().join("data")) {
        kept.extend(std::fs::read(entry).unwrap_or_default());
    }
    let holds = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&registration.client_id), "the right folder was read");
    for secret in [
        text(&token),
        registration.token.as_str(),
        registration.told["client_secret"].as_str().expect("a secret"),
    ] {
        assert!(!holds(secret) && !log.contains(secret));
    }
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}

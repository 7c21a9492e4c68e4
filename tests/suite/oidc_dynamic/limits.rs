//! What strangers can cause and what they cost: fetches, records, and how long those stay.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::open;
use crate::support::{
    Browser, Daemon, Page, Partner, Registrant, Scene,
    registrant::{document, sendable},
    scene::{clock_shows, unix_now},
};

#[tokio::test]
async fn a_sectors_document_must_name_every_redirect_uri() {
    // openid-provider.md 5.8; OpenID Connect Registration, 5.
    let partner = Partner::start();
    let daemon = partner.configure(open()).start();
    let registrant = Registrant::of(&daemon);
    let uris = json!(["https://a.example/cb", "https://b.example/cb"]);
    partner.serve_json(
        "/good",
        &json!(["https://c.example/", "https://b.example/cb", "https://a.example/cb"]),
    );
    partner.serve_json("/bad", &json!(["https://a.example/cb"]));
    partner.serve_json("/object", &json!({"redirect_uris": uris}));
    let sector = |path: &str, kind: &str| json!({"redirect_uris": uris, "subject_type": kind, "sector_identifier_uri": partner.url(path)});
    let registration = registrant.register(&sector("/good", "pairwise")).await;
    assert_eq!(registration.told["sector_identifier_uri"], partner.url("/good"));
    for (path, kind) in [
        ("/bad", "pairwise"),
        ("/bad", "public"),
        ("/object", "pairwise"),
        ("/nothing", "pairwise"),
    ] {
        let page = registrant.try_register(None, &sector(path, kind)).await;
        page.refused(400, "invalid_client_metadata");
    }
    // What has not changed is not fetched again: reading and sending back works while the sector's host sleeps.
    let hits = partner.hits("/good");
    let read = registrant.read(&registration).await.json();
    let mut document = sendable(read);
    assert_eq!(
        registrant.replace(&registration, &document).await.status,
        StatusCode::OK
    );
    assert_eq!(partner.hits("/good"), hits);
    document["redirect_uris"] = json!(["https://evil.example/cb"]);
    let page = registrant.replace(&registration, &document).await;
    page.refused(400, "invalid_client_metadata");
    assert_eq!(partner.hits("/good"), hits + 1);
}

#[tokio::test]
async fn one_address_registers_so_often_in_an_hour() {
    // openid-provider.md D9.
    let builder = Daemon::builder()
        .set("registration.mode", "open")
        .set("registration.per_address", "3")
        .set("registration.exempt", "198.51.100.0/24")
        .set("server.trusted_proxies", "127.0.0.1");
    let mut daemon = builder.start();
    let from = async |daemon: &Daemon, address: &str| {
        let browser = Browser::behind_proxy(&daemon.issuer, address);
        let request = browser.client().request(Method::POST, daemon.url("/register"));
        Page::of(request.json(&document(json!({}))).send().await.expect("an answer")).await
    };
    let bad = Registrant::of(&daemon);
    for _ in 0..5 {
        // What is refused at sight costs nothing and counts for nothing.
        let page = bad.try_register(None, &json!({"redirect_uris": []})).await;
        page.refused(400, "invalid_redirect_uri");
    }
    for _ in 0..3 {
        assert_eq!(from(&daemon, "192.0.2.1").await.status, StatusCode::CREATED);
    }
    let refused = from(&daemon, "192.0.2.1").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((3500..=3600).contains(&wait), "{wait}");
    assert_eq!(
        from(&daemon, "192.0.2.2").await.status,
        StatusCode::CREATED,
        "another address"
    );
    for _ in 0..5 {
        assert_eq!(
            from(&daemon, "198.51.100.7").await.status,
            StatusCode::CREATED,
            "an exempt one"
        );
    }
    daemon.kill();
    daemon.start_again();
    let refused = from(&daemon, "192.0.2.1").await.status;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS, "a restart forgives nothing");
}

#[tokio::test]
async fn a_client_that_nobody_signed_in_to_leaves() {
    let scene = Scene::of(open().set("registration.unused_lifetime", "4s"));
    let registrant = Registrant::of(&scene.daemon);
    // Signed in beforehand: what follows takes a moment only.
    scene.tokens("openid").await;
    let (used, kept) = registrant.app(&scene.daemon, json!({})).await;
    let (_, unused) = registrant.app(&scene.daemon, json!({})).await;
    let (sign_in, code) = scene.code_for(&used, "openid", &[]).await;
    used.redeem(&sign_in, &code).await;
    clock_shows(unix_now() + 5).await;
    assert_eq!(registrant.read(&kept).await.status, StatusCode::OK);
    registrant.read(&unused).await.refused(401, "invalid_token");
    let clients = scene.daemon.cli(&["client", "list"]);
    let ids: Vec<&Value> = clients["clients"]
        .as_array()
        .expect("clients")
        .iter()
        .map(|it| &it["client_id"])
        .collect();
    assert!(ids.contains(&&json!(kept.client_id)) && !ids.contains(&&json!(unused.client_id)));
}

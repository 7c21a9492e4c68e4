//! A client reads, replaces and removes its registration (RFC 7592).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::open;
use crate::support::{
    App, Daemon, Registrant, Scene,
    app::REDIRECT_URI,
    registrant::{Registration, document, sendable},
};

/// Documents between which a client may change.
fn documents() -> Vec<Value> {
    let keys = json!({"keys": [{"kty": "RSA", "kid": "1", "n": "n", "e": "AQAB"}]});
    vec![
        document(json!({})),
        document(json!({
            "client_name": "App", "client_name#ja": "アプリ", "client_uri": "https://app.example", "logo_uri": "https://app.example/l.png",
            "policy_uri": "https://app.example/p", "tos_uri#de-AT": "https://app.example/agb", "contacts": ["a", "b"],
            "redirect_uris": [REDIRECT_URI, "https://app.example/cb?foo=bar"], "scope": "openid email offline_access",
            "post_logout_redirect_uris": ["https://app.example/bye"], "grant_types": ["authorization_code", "refresh_token"],
            "default_max_age": 0, "require_auth_time": true, "default_acr_values": ["1"], "application_type": "native",
        })),
        document(json!({
            "token_endpoint_auth_method": "client_secret_post", "jwks": keys, "subject_type": "pairwise",
            "userinfo_signed_response_alg": "RS256", "request_object_signing_alg": "RS256", "require_signed_request_object": true,
            "initiate_login_uri": "https://app.example/login", "request_uris": ["https://app.example/r#h"],
            "frontchannel_logout_uri": "https://app.example/f", "frontchannel_logout_session_required": true,
            "backchannel_logout_uri": "https://app.example/b", "backchannel_logout_session_required": true,
            "software_id": "app", "software_version": "1",
        })),
        document(
            json!({"jwks_uri": "https://app.example/jwks", "token_endpoint_auth_method": "client_secret_basic", "scope": ""}),
        ),
    ]
}

async fn read(registrant: &Registrant, registration: &Registration) -> Value {
    let page = registrant.read(registration).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.json()
}

#[tokio::test]
async fn what_is_read_and_sent_back_changes_nothing() {
    // threats.md row 8.
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    for document in documents() {
        let registration = registrant.register(&document).await;
        daemon.cli(&[
            "client",
            "set",
            &registration.client_id,
            "--set",
            "at_hash=true",
            "--no-pkce=false",
        ]);
        let kept = daemon.cli(&["client", "show", &registration.client_id]);
        let before = read(&registrant, &registration).await;
        let answer = registrant.replace(&registration, &sendable(before.clone())).await;
        assert_eq!((answer.status, &answer.json()), (StatusCode::OK, &before), "{document}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(read(&registrant, &registration).await, before, "{document}");
        assert_eq!(
            daemon.cli(&["client", "show", &registration.client_id]),
            kept,
            "{document}"
        );
    }
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_document_replaces_all_of_the_former_one() {
    // RFC 7592, 2.2: what it does not name is gone.
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    let registration = registrant.register(&document(json!({}))).await;
    for mut document in documents() {
        // Each as if it were registered now.
        let expected = registrant.register(&document).await.told;
        document["client_id"] = json!(registration.client_id);
        let answer = registrant.replace(&registration, &document).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let told = read(&registrant, &registration).await;
        assert_eq!(answer.json(), told);
        for (name, value) in expected.as_object().expect("an object") {
            let of_the_other =
                name.starts_with("client_id") || name.starts_with("client_secret") || name.starts_with("registration_");
            assert_eq!(
                told.get(name),
                Some(if of_the_other { &told[name] } else { value }).filter(|it| !it.is_null()),
                "{name}"
            );
        }
        let names = |value: &Value| {
            value
                .as_object()
                .expect("an object")
                .keys()
                .filter(|it| !it.starts_with("client_secret"))
                .count()
        };
        assert_eq!(names(&told), names(&expected), "{document}");
    }
}

#[tokio::test]
async fn a_replacement_that_is_not_the_clients_to_make_is_refused_and_changes_nothing() {
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    let registration = registrant.register(&document(json!({}))).await;
    let before = read(&registrant, &registration).await;
    let rows = [
        // RFC 7592, 2.2.
        ("RFC 7592, 2.2", "invalid_request", json!({"client_id": null})),
        ("RFC 7592, 2.2", "invalid_request", json!({"client_id": "another"})),
        (
            "RFC 7592, 2.2",
            "invalid_request",
            json!({"client_secret": "chosen by the client"}),
        ),
        (
            "RFC 7592, 2.2",
            "invalid_request",
            json!({"registration_access_token": registration.token}),
        ),
        (
            "RFC 7592, 2.2",
            "invalid_request",
            json!({"registration_client_uri": registration.uri}),
        ),
        (
            "RFC 7592, 2.2",
            "invalid_request",
            json!({"client_secret_expires_at": 0}),
        ),
        ("RFC 7592, 2.2", "invalid_request", json!({"client_id_issued_at": 0})),
        // RFC 7591, 3.2.2.
        (
            "38",
            "invalid_redirect_uri",
            json!({"redirect_uris": ["javascript:alert(1)"]}),
        ),
        ("38", "invalid_redirect_uri", json!({"redirect_uris": null})),
        (
            "9.2",
            "invalid_client_metadata",
            json!({"initiate_login_uri": "http://app.example/"}),
        ),
        (
            "Registration, 2",
            "invalid_client_metadata",
            json!({"id_token_encrypted_response_alg": "RSA-OAEP"}),
        ),
        (
            "own",
            "invalid_client_metadata",
            json!({"token_endpoint_auth_method": "none"}),
        ),
        ("own", "invalid_client_metadata", json!({"scope": "openid admin"})),
        (
            "own",
            "invalid_client_metadata",
            json!({"grant_types": ["client_credentials"], "response_types": []}),
        ),
    ];
    for (section, error, more) in rows {
        println!("{section}: {more}");
        let mut changed = sendable(before.clone());
        for (name, value) in more.as_object().expect("an object") {
            changed[name] = value.clone();
        }
        registrant.replace(&registration, &changed).await.refused(400, error);
        assert_eq!(read(&registrant, &registration).await, before, "{section}");
    }
    let (uri, token) = (&registration.uri, Some(registration.token.as_str()));
    let nothing = registrant.ask(Method::PUT, uri, token, Some(&json!([]))).await;
    nothing.refused(400, "invalid_client_metadata");
    daemon.has_no_errors();
}

#[tokio::test]
async fn what_the_operator_has_said_survives_a_replacement() {
    // threats.md row 8.
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    let registration = registrant.register(&document(json!({"scope": "openid"}))).await;
    let options = [
        "--first-party",
        "--no-claims-in-id-token=false",
        "--at-hash",
        "--no-pkce=false",
        "--audience",
        "https://api.example",
        "--access-token-lifetime",
        "60",
        "--id-token-lifetime",
        "61",
        "--refresh-token-lifetime",
        "62",
        "--scope",
        "openid orders",
        "--grant",
        "authorization_code",
        "--grant",
        "client_credentials",
    ];
    daemon.cli(&[&["client", "set", &registration.client_id], &options[..]].concat());
    let kept = daemon.cli(&["client", "show", &registration.client_id]);
    let told = read(&registrant, &registration).await;
    for name in [
        "consent",
        "claims_in_id_token",
        "audience",
        "access_token_lifetime",
        "require_pkce",
    ] {
        assert_eq!(told.get(name), None, "{name} is none of the client's business");
    }
    let mut changed = sendable(told);
    changed["client_name"] = json!("New name");
    changed["consent"] = json!("required");
    changed["require_pkce"] = json!(false);
    changed["access_token_lifetime"] = json!(1_000_000);
    let answer = registrant.replace(&registration, &changed).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut expected = kept;
    expected["client_name"] = json!("New name");
    assert_eq!(daemon.cli(&["client", "show", &registration.client_id]), expected);
}

#[tokio::test]
async fn a_secret_stays_as_long_as_it_is_of_use() {
    let scene = Scene::of(open());
    let registrant = Registrant::of(&scene.daemon);
    let (mut app, registration) = registrant.app(&scene.daemon, json!({})).await;
    let works = async |app: &App| {
        let (status, body) = app
            .post("/token", &[("grant_type", "refresh_token"), ("refresh_token", "x")])
            .await;
        assert!(matches!(status.as_u16(), 400 | 401), "{body}");
        // Known, but it may not use this grant; or not known at all.
        body["error"] != "invalid_client"
    };
    assert!(works(&app).await);
    let change = async |method: &str| {
        let mut changed = sendable(read(&registrant, &registration).await);
        changed["token_endpoint_auth_method"] = json!(method);
        changed["jwks_uri"] = json!("https://app.example/jwks");
        let answer = registrant.replace(&registration, &changed).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    };
    let mut own = sendable(read(&registrant, &registration).await);
    own["client_secret"] = registration.told["client_secret"].clone();
    assert_eq!(
        registrant.replace(&registration, &own).await.status,
        StatusCode::OK,
        "its own secret may be named"
    );
    assert!(works(&app).await);
    let told = change("client_secret_post").await;
    assert_eq!(told.get("client_secret"), None, "the same secret");
    let told = change("client_secret_basic").await;
    assert_eq!(told.get("client_secret"), None);
    assert!(works(&app).await);
    let told = change("private_key_jwt").await;
    assert_eq!(
        (told.get("client_secret"), told.get("client_secret_expires_at")),
        (None, None)
    );
    assert!(!works(&app).await, "a secret that is not used is no key");
    let told = change("client_secret_basic").await;
    assert_eq!(told["client_secret_expires_at"], 0);
    assert!(!works(&app).await, "the old secret stays gone");
    app.client_secret = told["client_secret"].as_str().map(str::to_owned);
    assert!(works(&app).await);
    let told = change("client_secret_jwt").await;
    assert!(
        told["client_secret"].is_string(),
        "a MAC needs a secret that is kept itself"
    );
}

#[tokio::test]
async fn a_removed_client_takes_everything_with_it() {
    // RFC 7592, 2.3.
    let scene = Scene::of(open());
    let registrant = Registrant::of(&scene.daemon);
    let more = json!({"grant_types": ["authorization_code", "refresh_token"]});
    let (app, registration) = registrant.app(&scene.daemon, more).await;
    let tokens = scene.tokens_for(&app, "openid offline_access").await;
    let (sign_in, code) = scene.code_for(&app, "openid", &[]).await;
    assert!(scene.app.is_active(tokens.access()).await);
    let gone = registrant.remove(&registration).await;
    assert_eq!((gone.status, gone.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(gone.header("cache-control"), "no-store");
    assert!(!app.accepted(tokens.access()).await);
    assert!(!scene.app.is_active(tokens.access()).await);
    app.ask_refresh(tokens.refresh()).await.refused(401, "invalid_client");
    app.ask_redeem(&sign_in, &code, &[])
        .await
        .refused(401, "invalid_client");
    app.authorize(&scene.browser, "openid", &[]).await.1.is_error_page(400);
    registrant.read(&registration).await.refused(401, "invalid_token");
    registrant.remove(&registration).await.refused(401, "invalid_token");
    is_audited(&scene.daemon, &registration);
}

/// The log tells who did what, and nothing that opens anything.
fn is_audited(daemon: &Daemon, registration: &Registration) {
    let log = daemon.log();
    for event in ["client.registered", "client.registration_removed"] {
        let line = log
            .lines()
            .find(|line| line.contains(event) && line.contains(&registration.client_id));
        assert!(line.is_some_and(|line| line.contains("127.0.0.1")), "{event}: {line:?}");
    }
    let secret = registration.told["client_secret"].as_str().expect("a secret");
    assert!(!log.contains(secret) && !log.contains(&registration.token));
}

#[tokio::test]
async fn of_parallel_replacements_each_is_whole() {
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    let registration = registrant.register(&document(json!({}))).await;
    let base = sendable(read(&registrant, &registration).await);
    let tasks = (0..8).map(|at| {
        let (registrant, registration, mut changed) = (registrant.clone(), registration.clone(), base.clone());
        changed["client_name"] = json!(format!("App {at}"));
        changed["tos_uri"] = json!(format!("https://app.example/{at}"));
        tokio::spawn(async move { registrant.replace(&registration, &changed).await.status })
    });
    let statuses = futures_util::future::join_all(tasks.collect::<Vec<_>>()).await;
    for status in statuses {
        let status = status.expect("a task").as_u16();
        assert!(matches!(status, 200 | 503), "{status}");
    }
    let told = read(&registrant, &registration).await;
    let at = told["client_name"]
        .as_str()
        .and_then(|name| name.strip_prefix("App "))
        .expect("a name");
    assert_eq!(told["tos_uri"], format!("https://app.example/{at}"));
    daemon.has_no_errors();
}

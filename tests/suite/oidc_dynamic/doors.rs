//! Which door opens to whom: every endpoint, in every mode, with every kind of token (threats.md rows 16, 29, 41).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{by_token, open, unlimited};
use crate::support::{
    App, Daemon, Page, Registrant, Scene,
    registrant::{Registration, document, sendable},
};

fn initial_token(daemon: &Daemon) -> String {
    let made = daemon.cli(&["client", "registration-token", "new"]);
    made["registration_token"].as_str().expect("a token").to_owned()
}

fn without_a_token(page: &Page) {
    let seen = format!("{} {:?} {}", page.status, page.headers, page.body);
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{seen}");
    // RFC 6750, 3.1: no error code for who showed nothing.
    assert_eq!(
        (page.header("www-authenticate"), page.body.as_str()),
        ("Bearer realm=\"avouch\"", ""),
        "{seen}"
    );
}

#[tokio::test]
async fn registering_is_open_to_whom_the_mode_says() {
    for mode in ["closed", "token", "open"] {
        let scene = Scene::of(unlimited(mode));
        let daemon = &scene.daemon;
        let registrant = Registrant::of(daemon);
        let access_token = scene.tokens("openid").await.access().to_owned();
        let (initial, revoked) = (initial_token(daemon), initial_token(daemon));
        let id = &daemon.cli(&["client", "registration-token", "list"])["registration_tokens"];
        assert_eq!(id.as_array().expect("tokens").len(), 2);
        for token in id.as_array().expect("tokens") {
            // Which of the two it is, the list does not tell: both go, and a new one comes.
            daemon.cli(&[
                "client",
                "registration-token",
                "revoke",
                token["id"].as_str().expect("id"),
            ]);
        }
        let gone = initial;
        let initial = initial_token(daemon);
        let secret = scene.app.client_secret.clone().expect("a secret");
        let tokens: [Option<&str>; 7] = [
            None,
            Some("x"),
            Some(&gone),
            Some(&revoked),
            Some(&access_token),
            Some(&secret),
            Some(&initial),
        ];
        for token in tokens {
            println!("{mode} {token:?}");
            let page = registrant.try_register(token, &document(json!({}))).await;
            match mode {
                "closed" => assert_eq!(page.status, StatusCode::NOT_FOUND),
                "open" => assert_eq!(page.status, StatusCode::CREATED),
                _ if token.is_none() => without_a_token(&page),
                _ if token == Some(&initial) => assert_eq!(page.status, StatusCode::CREATED),
                _ => page.refused(401, "invalid_token"),
            }
        }
        // Told only where it is there (Discovery, 3).
        let url = daemon.url("/.well-known/openid-configuration");
        let told = registrant.ask(Method::GET, &url, None, None).await.json();
        let expected = (mode != "closed").then(|| Value::from(daemon.url("/register")));
        assert_eq!(told.get("registration_endpoint"), expected.as_ref(), "{mode}");
        daemon.has_no_errors();
    }
}

/// What each of the three verbs answers at a registration.
async fn manage(registrant: &Registrant, uri: &str, token: Option<&str>, body: &Value) -> [Page; 3] {
    [
        registrant.ask(Method::GET, uri, token, None).await,
        registrant.ask(Method::PUT, uri, token, Some(body)).await,
        registrant.ask(Method::DELETE, uri, token, None).await,
    ]
}

#[tokio::test]
async fn a_registration_is_its_own_clients_and_nobody_elses() {
    let scene = Scene::of(by_token());
    let daemon = &scene.daemon;
    let registrant = Registrant::of(daemon);
    let initial = initial_token(daemon);
    let register = async || registrant.register_with(Some(&initial), &document(json!({}))).await;
    let (own, other) = (register().await, register().await);
    let own_app = App::of(daemon, &own.told, crate::support::app::REDIRECT_URI);
    let access_token = scene.tokens_for(&own_app, "openid").await.access().to_owned();
    let body = sendable(registrant.read(&own).await.json());
    let secret = own.told["client_secret"].as_str().expect("a secret");
    let longer = format!("{}x", own.token);
    let wrong = [
        "x",
        &other.token,
        &initial,
        &access_token,
        secret,
        &own.client_id,
        &longer,
    ];
    for token in wrong {
        for page in manage(&registrant, &own.uri, Some(token), &body).await {
            page.refused(401, "invalid_token");
        }
    }
    for page in manage(&registrant, &own.uri, None, &body).await {
        without_a_token(&page);
    }
    // A client that is not there, and one that an operator made, look the same (RFC 7592, 2.1).
    let long = "a".repeat(5000);
    for client_id in ["nobody", scene.app.client_id.as_str(), "a%2Fb", "a%00b", "%FF", &long] {
        let uri = daemon.url(&format!("/register/{client_id}"));
        for page in manage(&registrant, &uri, Some(&own.token), &body).await {
            page.refused(401, "invalid_token");
        }
    }
    // Basic authentication by the client's own secret is no key to it.
    let basic = own_app.http.get(&own.uri).basic_auth(&own.client_id, Some(secret));
    Page::of(basic.send().await.expect("an answer"))
        .await
        .refused(401, "invalid_token");
    assert_eq!(
        registrant.read(&own).await.status,
        StatusCode::OK,
        "nothing of that did anything"
    );
    assert_eq!(registrant.read(&other).await.status, StatusCode::OK);
    // Switched off means off, for those who are registered, too (threats.md row 16).
    closed_means_closed(scene, &own, &body).await;
}

async fn closed_means_closed(mut scene: Scene, own: &Registration, body: &Value) {
    scene.daemon.kill();
    scene.daemon.set("registration.mode", "closed");
    scene.daemon.start_again();
    let registrant = Registrant::of(&scene.daemon);
    for page in manage(&registrant, &own.uri, Some(&own.token), body).await {
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
    let shown = scene.daemon.cli(&["client", "show", &own.client_id]);
    assert_eq!(shown["self_registered"], true, "the client itself stays");
}

#[tokio::test]
async fn a_disabled_client_cannot_look_after_itself_either() {
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    let registration = registrant.register(&document(json!({}))).await;
    let body = sendable(registrant.read(&registration).await.json());
    daemon.cli(&["client", "disable", &registration.client_id]);
    for page in manage(&registrant, &registration.uri, Some(&registration.token), &body).await {
        page.refused(401, "invalid_token");
    }
    daemon.cli(&["client", "enable", &registration.client_id]);
    assert_eq!(registrant.read(&registration).await.status, StatusCode::OK);
    daemon.cli(&["client", "remove", &registration.client_id]);
    registrant.read(&registration).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn other_methods_are_405_and_scripts_may_ask_first() {
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);
    let registration = registrant.register(&document(json!({}))).await;
    let url = daemon.url("/register");
    for (method, url) in [
        (Method::GET, &url),
        (Method::PUT, &url),
        (Method::DELETE, &url),
        (Method::POST, &registration.uri),
        (Method::PATCH, &registration.uri),
    ] {
        let page = registrant
            .ask(method.clone(), url, Some(&registration.token), Some(&json!({})))
            .await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {url}");
    }
    for url in [&url, &registration.uri] {
        let page = registrant.ask(Method::OPTIONS, url, None, None).await;
        assert_eq!(page.status, StatusCode::NO_CONTENT);
        assert_eq!(page.header("access-control-allow-origin"), "*");
        for method in ["POST", "PUT", "DELETE"] {
            assert!(page.header("access-control-allow-methods").contains(method), "{method}");
        }
        assert!(page.header("access-control-allow-headers").contains("Authorization"));
    }
    let read = registrant.read(&registration).await;
    assert_eq!(read.header("access-control-allow-origin"), "*");
    assert_eq!(read.header("cache-control"), "no-store");
}

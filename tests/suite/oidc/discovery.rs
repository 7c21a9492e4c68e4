//! Discovery and keys (OpenID Connect Discovery, 3 and 4; RFC 8414; RFC 7517), and that all URLs come from the issuer alone.

use std::collections::BTreeSet;

use reqwest::{Client, StatusCode, header::IF_NONE_MATCH, redirect::Policy};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    oidc_config::REGISTERED,
    support::{
        App, Browser, Daemon, Page, Scene, jwt,
        scene::{PASSWORD, USERNAME},
        wire,
    },
};

const ENDPOINTS: [(&str, &str); 7] = [
    ("authorization_endpoint", "/authorize"),
    ("token_endpoint", "/token"),
    ("userinfo_endpoint", "/userinfo"),
    ("jwks_uri", "/.well-known/jwks.json"),
    ("introspection_endpoint", "/introspect"),
    ("revocation_endpoint", "/revoke"),
    ("end_session_endpoint", "/logout"),
];

async fn get(url: String) -> Page {
    Page::of(Client::new().get(url).send().await.expect("an answer")).await
}

#[tokio::test]
async fn the_document_says_what_is_true_and_registered() {
    let daemon = Daemon::start();
    let page = get(daemon.url("/.well-known/openid-configuration")).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, "application/json")
    );
    assert_eq!(page.header("access-control-allow-origin"), "*");
    assert!(page.header("cache-control").contains("max-age="));
    let document = page.json();
    assert_eq!(document["issuer"], daemon.issuer, "byte for byte");
    for (name, path) in ENDPOINTS {
        assert_eq!(document[name], daemon.url(path), "{name}");
        let status = get(daemon.url(path)).await.status;
        assert_ne!(status, StatusCode::NOT_FOUND, "{name} is there");
    }
    for name in document.as_object().expect("an object").keys() {
        assert!(REGISTERED.contains(&name.as_str()), "{name} is not registered");
    }
    let holds = |name: &str, values: &[&str]| {
        let list = document[name].as_array().expect(name);
        for value in values {
            assert!(list.contains(&json!(value)), "{name} has {value}");
        }
    };
    holds(
        "scopes_supported",
        &["openid", "profile", "email", "address", "phone", "offline_access"],
    );
    holds(
        "grant_types_supported",
        &["authorization_code", "refresh_token", "client_credentials"],
    );
    holds(
        "token_endpoint_auth_methods_supported",
        &["client_secret_basic", "client_secret_post", "none"],
    );
    holds("id_token_signing_alg_values_supported", &["RS256"]);
    holds(
        "claims_supported",
        &[
            "sub",
            "email",
            "role",
            "tenant_id",
            "hardware_tier",
            "address",
            "updated_at",
        ],
    );
    holds(
        "prompt_values_supported",
        &["none", "login", "consent", "select_account"],
    );
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"]),
        "plain is not offered"
    );
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    // RFC 8414, 3: the same at the other address.
    assert_eq!(
        get(daemon.url("/.well-known/oauth-authorization-server")).await.json(),
        document
    );
}

#[tokio::test]
async fn the_keys_are_public_and_verify_what_was_signed() {
    let scene = Scene::start();
    let page = get(scene.daemon.url("/.well-known/jwks.json")).await;
    assert!(["application/json", "application/jwk-set+json"].contains(&page.header("content-type")));
    assert_eq!(page.header("access-control-allow-origin"), "*");
    let jwks = page.json();
    assert_eq!(jwks.as_object().expect("an object").len(), 1);
    let mut kids = BTreeSet::new();
    for jwk in jwks["keys"].as_array().expect("keys") {
        let mut members: Vec<&str> = jwk.as_object().expect("a key").keys().map(String::as_str).collect();
        members.sort_unstable();
        // RFC 7517, 4; RFC 7518, 6.3.1. S1-20. And never d, p, q, dp, dq or qi.
        assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!(
            (&jwk["alg"], &jwk["kty"], &jwk["use"]),
            (&json!("RS256"), &json!("RSA"), &json!("sig"))
        );
        assert!(
            kids.insert(jwk["kid"].as_str().expect("kid").to_owned()),
            "each kid once"
        );
    }
    let tokens = scene.tokens("openid").await;
    for token in [tokens.access(), tokens.id()] {
        let kid = jwt::header(token)["kid"]
            .as_str()
            .expect("S1-02: every token has a kid")
            .to_owned();
        assert!(kids.contains(&kid));
    }
    // the next key is known before it signs.
    assert!(kids.len() >= 2, "{kids:?}");
    assert_eq!(get(scene.daemon.url("/api/auth/jwks")).await.json(), jwks, "S1-01");
}

#[tokio::test]
async fn a_backend_that_has_the_keys_is_not_sent_them_again() {
    let daemon = Daemon::start();
    for path in ["/.well-known/jwks.json", "/api/auth/jwks"] {
        let first = get(daemon.url(path)).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "RFC 9110, 8.8.3: {etag}");
        let cache = first.header("cache-control").to_owned();
        let max_age = cache.split("max-age=").nth(1).and_then(|it| it.parse::<u64>().ok());
        // no longer than the shortest time for which a key is known before it signs.
        assert!(
            cache.contains("public") && max_age.is_some_and(|seconds| seconds <= 3600),
            "{cache}"
        );
        let ask = async |tag: &str| {
            let request = Client::new().get(daemon.url(path)).header(IF_NONE_MATCH, tag);
            Page::of(request.send().await.expect("an answer")).await
        };
        // RFC 9110, 13.1.2: weak comparison, lists.
        for tag in [
            etag.clone(),
            format!("W/{etag}"),
            format!("\"other\", {etag}"),
            format!("\"a\",{etag},\"b\""),
        ] {
            let page = ask(&tag).await;
            assert_eq!(
                (page.status, page.body.as_str()),
                (StatusCode::NOT_MODIFIED, ""),
                "{tag}"
            );
            assert_eq!(
                (page.header("etag"), page.header("cache-control")),
                (etag.as_str(), cache.as_str())
            );
            assert_eq!(page.header("access-control-allow-origin"), "*");
        }
        for tag in ["\"other\"", "", "W/\"\"", etag.trim_matches('"')] {
            assert_eq!(ask(tag).await.status, StatusCode::OK, "{tag}");
        }
        // What changed is sent.
        daemon.cli(&["key", "rotate", "--emergency"]);
        let page = ask(&etag).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_ne!((page.header("etag"), &page.body), (etag.as_str(), &first.body));
    }
}

#[tokio::test]
async fn the_keys_are_never_limited() {
    let daemon = Daemon::start();
    let client = Client::new();
    for _ in 0..300 {
        let answer = client
            .get(daemon.url("/.well-known/jwks.json"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

/// What is served does not depend on by which name it was reached (threats 12).
#[tokio::test]
async fn urls_come_from_the_issuer_alone() {
    let scene = Scene::start();
    let daemon = &scene.daemon;
    let document = get(daemon.url("/.well-known/openid-configuration")).await.json();
    let authorize = url::Url::parse(&scene.app.begin("openid", &[]).url).expect("a URL");
    let refused = format!(
        "/authorize?client_id={}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=s&response_type=x",
        scene.app.client_id
    );
    let targets = [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        &format!("/authorize?{}", authorize.query().expect("a query")),
        &refused,
        "/login",
        "/",
        "/logout",
        "/no/such/page",
    ];
    let headers = [
        "Host: evil.example",
        "Host: evil.example:443\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https",
        "Host: localhost\r\nForwarded: host=evil.example;proto=https\r\nX-Forwarded-Port: 443",
        "Host: localhost\r\nX-Original-URL: https://evil.example/\r\nX-Forwarded-Prefix: /evil",
    ];
    for target in targets {
        for header in headers {
            for form in [target.to_owned(), format!("http://evil.example{target}")] {
                let request = format!("GET {form} HTTP/1.1\r\n{header}\r\nConnection: close\r\n\r\n");
                let answer = wire::exchange(daemon, request.as_bytes()).await;
                println!("{} {request}", answer.status);
                assert!((200..500).contains(&answer.status));
                assert!(
                    !answer.head.contains("evil") && !answer.body.contains("evil"),
                    "{answer:?}"
                );
                if target.starts_with("/.well-known") {
                    assert_eq!(serde_json::from_str::<Value>(&answer.body).expect("JSON"), document);
                }
            }
        }
    }
    let tokens = scene.tokens("openid").await;
    assert_eq!(jwt::claims(tokens.id())["iss"], daemon.issuer);
}

/// A daemon whose issuer has a path; the port is known only once it has been started.
fn with_a_path() -> Daemon {
    let mut daemon = Daemon::builder().start_in(TempDir::new().expect("a temporary folder"));
    let port = daemon.listen().rsplit(':').next().expect("a port").to_owned();
    daemon.kill();
    daemon.set("server.issuer", &format!("http://localhost:{port}/tenants/one"));
    daemon.start_again();
    daemon
}

#[tokio::test]
async fn an_issuer_may_have_a_path() {
    let daemon = with_a_path();
    assert!(daemon.issuer.ends_with("/tenants/one"));
    let root = daemon.issuer.trim_end_matches("/tenants/one").to_owned();
    let page = get(daemon.url("/.well-known/openid-configuration")).await;
    let document = page.json();
    assert_eq!(document["issuer"], daemon.issuer);
    for (name, path) in ENDPOINTS {
        assert_eq!(document[name], daemon.url(path), "{name}");
    }
    // RFC 8414, 3.1: between the host and the path. And where OpenID Connect Discovery puts it.
    for url in [
        format!("{root}/.well-known/oauth-authorization-server/tenants/one"),
        daemon.url("/.well-known/oauth-authorization-server"),
    ] {
        let page = get(url).await;
        assert_eq!(page.json(), document);
        assert_eq!(page.header("access-control-allow-origin"), "*");
    }
    for elsewhere in [
        "/token",
        "/authorize",
        "/.well-known/openid-configuration",
        "/tenants/one2/token",
        "/tenants",
    ] {
        assert_eq!(
            get(format!("{root}{elsewhere}")).await.status,
            StatusCode::NOT_FOUND,
            "{elsewhere}"
        );
    }
    assert_eq!(get(format!("{root}/health")).await.status, StatusCode::OK);

    // The whole way works under it, and its cookies stay there.
    daemon.add_user(USERNAME, PASSWORD, &[]);
    let app = App::with(&daemon, &[]);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app
        .sign_in(&browser, "openid email offline_access", USERNAME, PASSWORD)
        .await;
    assert_eq!(jwt::claims(tokens.id())["iss"], daemon.issuer);
    assert!(app.accepted(tokens.access()).await && app.is_active(tokens.access()).await);
    assert_eq!(app.refresh(tokens.refresh()).await.0, 200);
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let answer = client
        .get(app.begin("openid", &[]).url)
        .send()
        .await
        .expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.contains("Path=/tenants/one;"), "{cookie}");
    assert!(
        answer.headers()["location"]
            .to_str()
            .expect("ASCII")
            .starts_with("/tenants/one/login")
    );
    daemon.has_no_errors();
}

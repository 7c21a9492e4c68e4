//! Userinfo (OpenID Connect Core, 5.3; RFC 6750).

use reqwest::{Method, RequestBuilder};

use crate::support::{
    App, Page, Scene,
    requests::basic,
    scene::{clock_shows, unix_now},
};

const BARE: &str = "Bearer realm=\"avouch\"";

fn request(scene: &Scene, method: Method) -> RequestBuilder {
    scene.app.http.request(method, scene.daemon.url("/userinfo"))
}

async fn answer(request: RequestBuilder) -> Page {
    Page::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn the_token_comes_in_the_header_or_in_a_form() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid email").await;
    let token = tokens.access();
    let in_form = [("access_token", token)];
    // RFC 6750, 2.1 and 2.2; RFC 9110, 11.1: a scheme has no case.
    let good = [
        request(&scene, Method::GET).bearer_auth(token),
        request(&scene, Method::GET).header("authorization", format!("bearer {token}")),
        request(&scene, Method::GET).header("authorization", format!("BEARER  {token}")),
        request(&scene, Method::POST).bearer_auth(token),
        request(&scene, Method::POST).bearer_auth(token).form(&[("x", "y")]),
        request(&scene, Method::POST).form(&in_form),
        request(&scene, Method::POST)
            .header("origin", "https://spa.example")
            .form(&in_form),
    ];
    for request in good {
        let page = answer(request).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.json()["email"], "alice@example.com");
        assert!(page.header("content-type").starts_with("application/json"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("access-control-allow-origin"), "*");
    }
    let twice = request(&scene, Method::POST).bearer_auth(token).form(&in_form);
    answer(twice).await.refused(400, "invalid_request");
    let repeated = request(&scene, Method::POST).form(&[in_form[0], in_form[0]]);
    answer(repeated).await.refused(400, "invalid_request");
    let json = request(&scene, Method::POST).json(&serde_json::json!({"access_token": token}));
    answer(json).await.refused(415, "invalid_request");
}

#[tokio::test]
async fn a_token_in_the_url_is_none() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid").await;
    // RFC 9700, 4.3.2; RFC 6750, 3.1: who brings no credentials is told no error.
    for method in [Method::GET, Method::POST] {
        let page = answer(request(&scene, method).query(&[("access_token", tokens.access())])).await;
        assert_eq!((page.status.as_u16(), page.header("www-authenticate")), (401, BARE));
        assert_eq!(page.body, "");
        assert_eq!(page.header("access-control-allow-origin"), "*");
    }
    assert!(!scene.daemon.log().contains(tokens.access()), "and it is not logged");
}

#[tokio::test]
async fn what_is_no_access_token_is_refused() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid offline_access").await;
    let (_, code) = scene.code("openid").await;
    let secret = scene.app.client_secret.clone().expect("a secret");
    let headers = [
        format!("Bearer {}", tokens.id()),
        format!("Bearer {}", tokens.refresh()),
        format!("Bearer {code}"),
        "Bearer x".to_owned(),
        "Bearer ..".to_owned(),
        format!("Bearer {}", "A".repeat(8000)),
        format!("Bearer {} x", tokens.access()),
        format!("Bearer {0},{0}", tokens.access()),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        tokens.access().to_owned(),
        format!("Token {}", tokens.access()),
        basic(&scene.app.client_id, &secret),
        format!("DPoP {}", tokens.access()),
    ];
    for header in headers {
        println!("{header}");
        let page = answer(request(&scene, Method::GET).header("authorization", header)).await;
        page.refused(401, "invalid_token");
        assert_eq!(
            page.header("access-control-allow-origin"),
            "*",
            "scripts must be able to read the error"
        );
        assert!(
            page.header("access-control-expose-headers")
                .contains("WWW-Authenticate")
        );
    }
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn an_access_token_without_openid_has_too_little_scope() {
    let scene = Scene::start();
    let tokens = scene.tokens("email").await;
    assert!(tokens.0.get("id_token").is_none(), "OpenID Connect Core, 3.1.2.1");
    let page = answer(request(&scene, Method::GET).bearer_auth(tokens.access())).await;
    page.refused(403, "insufficient_scope");
}

#[tokio::test]
async fn an_access_token_expires() {
    let scene = Scene::start();
    let app = App::with(&scene.daemon, &["--first-party", "--access-token-lifetime", "2s"]);
    let tokens = scene.tokens_for(&app, "openid").await;
    let end = unix_now() + 2;
    assert!(app.is_active(tokens.access()).await);
    clock_shows(end).await;
    assert!(!app.accepted(tokens.access()).await);
    assert!(!app.is_active(tokens.access()).await);
}

#[tokio::test]
async fn scripts_of_any_origin_may_ask() {
    let scene = Scene::start();
    for path in [
        "/userinfo",
        "/token",
        "/revoke",
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
    ] {
        let request = scene.app.http.request(Method::OPTIONS, scene.daemon.url(path));
        let request = request
            .header("origin", "https://spa.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization");
        let page = answer(request).await;
        assert_eq!(page.status, 204, "{path}");
        assert_eq!(page.header("access-control-allow-origin"), "*", "{path}");
        assert!(
            page.header("access-control-allow-headers")
                .to_lowercase()
                .contains("authorization")
        );
        // Never with cookies: then any site could act for the person.
        assert_eq!(page.header("access-control-allow-credentials"), "");
    }
    for path in ["/authorize", "/login", "/introspect", "/consent"] {
        let request = scene.app.http.request(Method::OPTIONS, scene.daemon.url(path));
        let page = answer(request.header("origin", "https://spa.example")).await;
        assert_eq!(page.header("access-control-allow-origin"), "", "{path}");
    }
    // An error that a script may not read is of no use to it.
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("client_id", "nobody"),
    ];
    for path in ["/token", "/revoke"] {
        let page = scene.app.send(path, None, &form).await;
        assert_eq!(
            (page.status.as_u16(), page.header("access-control-allow-origin")),
            (401, "*"),
            "{path}"
        );
    }
}

//! A machine for itself (RFC 6749, 4.4).

use serde_json::{Value, json};

use crate::support::{App, Daemon, Page, Scene, Tokens, app::REDIRECT_URI, jwt};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn machine(daemon: &Daemon, more: &[&str]) -> App {
    let options = [
        &["--grant", "client_credentials", "--scope", "orders.read orders.write"],
        more,
    ]
    .concat();
    App::of(daemon, &daemon.add_client("Machine", &options), REDIRECT_URI)
}

async fn token(app: &App, more: &[(&str, &str)]) -> Tokens {
    let (status, body) = app.post("/token", &[&[GRANT], more].concat()).await;
    assert_eq!(status, 200, "{body}");
    Tokens(body)
}

fn names(json: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = json
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_machine_gets_an_access_token_for_itself_and_nothing_else() {
    let daemon = Daemon::start();
    let app = machine(&daemon, &[]);
    let answer = app.ask("/token", &[GRANT]).await;
    assert_eq!(answer.header("cache-control"), "no-store", "RFC 6749, 5.1");
    assert_eq!(answer.header("pragma"), "no-cache");
    let tokens = Tokens(answer.json());
    // RFC 6749, 4.4.3: no refresh token. And nobody signed in, so no ID token.
    assert_eq!(names(&tokens.0), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!(
        tokens.0["scope"], "orders.read orders.write",
        "all that it may have (RFC 6749, 3.3)"
    );
    let claims = jwt::claims(tokens.access());
    assert_eq!(
        names(&claims),
        ["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"]
    );
    // RFC 9068, 2.2.
    assert_eq!(
        (&claims["sub"], &claims["client_id"]),
        (&json!(app.client_id), &json!(app.client_id))
    );
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!(daemon.issuer), &json!(daemon.issuer))
    );
    assert_eq!(jwt::header(tokens.access())["typ"], "at+jwt");
}

#[tokio::test]
async fn a_machine_asks_for_part_of_its_scope_and_gets_no_more() {
    let daemon = Daemon::start();
    let app = machine(
        &daemon,
        &["--audience", "https://orders.example", "--access-token-lifetime", "10m"],
    );
    let tokens = token(&app, &[("scope", "orders.read")]).await;
    assert_eq!(tokens.0["scope"], "orders.read");
    assert_eq!(tokens.0["expires_in"], 600);
    assert_eq!(jwt::claims(tokens.access())["aud"], "https://orders.example");
    for scope in ["orders.read admin", "openid", "offline_access", "a\"b"] {
        app.ask("/token", &[GRANT, ("scope", scope)])
            .await
            .refused(400, "invalid_scope");
    }
}

#[tokio::test]
async fn a_token_of_a_machine_is_no_persons() {
    let daemon = Daemon::start();
    let app = machine(&daemon, &[]);
    let tokens = token(&app, &[]).await;
    let request = app.http.get(daemon.url("/userinfo")).bearer_auth(tokens.access());
    Page::of(request.send().await.expect("an answer"))
        .await
        .refused(401, "invalid_token");
    let seen = app.introspect(tokens.access()).await;
    assert_eq!(seen["active"], true);
    assert_eq!((&seen["sub"], seen.get("username")), (&json!(app.client_id), None));
    app.revoke(tokens.access()).await;
    assert!(!app.is_active(tokens.access()).await);
    // Even one that may have openid speaks for nobody.
    let options = [
        "--grant",
        "client_credentials",
        "--scope",
        "openid email offline_access",
    ];
    let client = daemon.add_client("Odd", &options);
    let odd = App::of(&daemon, &client, REDIRECT_URI);
    let tokens = token(&odd, &[]).await;
    assert!(tokens.0.get("id_token").is_none() && tokens.0.get("refresh_token").is_none());
    let request = odd.http.get(daemon.url("/userinfo")).bearer_auth(tokens.access());
    Page::of(request.send().await.expect("an answer"))
        .await
        .refused(401, "invalid_token");
}

#[tokio::test]
async fn the_grant_is_for_those_who_registered_it_and_have_a_secret() {
    let scene = Scene::start();
    // RFC 6749, 4.4 and 5.2.
    scene
        .app
        .ask("/token", &[GRANT])
        .await
        .refused(400, "unauthorized_client");
    App::public(&scene.daemon)
        .ask("/token", &[GRANT])
        .await
        .refused(400, "unauthorized_client");
    let app = machine(&scene.daemon, &[]);
    let by_name = [GRANT, ("client_id", app.client_id.as_str())];
    app.send("/token", None, &by_name).await.refused(401, "invalid_client");
    let args = ["client", "add", "Machine", "--public", "--grant", "client_credentials"];
    assert_eq!(scene.daemon.run(&args, "").status.code(), Some(1));
    // A machine has no way to a person.
    let (_, page) = app.authorize(&scene.browser, "orders.read", &[]).await;
    page.is_error_page(400);
}

#[tokio::test]
async fn a_client_may_do_both() {
    let scene = Scene::start();
    let options = [
        "--first-party",
        "--grant",
        "authorization_code",
        "--grant",
        "client_credentials",
    ];
    let app = App::with(&scene.daemon, &options);
    let own = token(&app, &[("scope", "email")]).await;
    let persons = scene.tokens_for(&app, "openid").await;
    let sub = |tokens: &Tokens| -> Value { jwt::claims(tokens.access())["sub"].clone() };
    assert_eq!(sub(&own), app.client_id);
    assert_ne!(sub(&persons), app.client_id);
}

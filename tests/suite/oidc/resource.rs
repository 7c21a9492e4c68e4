//! Resource indicators (RFC 8707).

use serde_json::{Value, json};

use crate::support::{
    App, Daemon, Scene, Tokens,
    app::REDIRECT_URI,
    daemon::Builder,
    jwt,
    scene::{PASSWORD, USERNAME},
};

const API: &str = "https://api.example/v1";
const FILES: &str = "urn:example:files";
const STAFF: &str = "https://staff.example";
const SCOPE: &str = "openid email offline_access api:read api:write files";

fn builder() -> Builder {
    Daemon::builder()
        .set("resources.api.identifier", API)
        .set("resources.api.scopes", "api:read,api:write")
        .set("resources.api.title", "The API")
        .set("resources.files.identifier", FILES)
        .set("resources.files.scopes", "files,email")
        .set("resources.staff.identifier", STAFF)
        .set("resources.staff.clients", "backoffice")
}

fn scene() -> (Scene, App) {
    let scene = Scene::of(builder());
    let app = App::with(&scene.daemon, &["--first-party", "--scope", SCOPE]);
    (scene, app)
}

/// A code for these resources.
async fn code(scene: &Scene, app: &App, resources: &[&str]) -> (crate::support::SignIn, String) {
    let mut sign_in = app.begin(SCOPE, &[]);
    sign_in.url += &query(resources);
    let code = app.code(&scene.browser, &sign_in, USERNAME, PASSWORD).await;
    (sign_in, code)
}

fn query(resources: &[&str]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(resources.iter().map(|resource| ("resource", resource)));
    format!("&{}", query.finish())
}

/// The parameters of a redemption that names resources.
async fn redeem(
    app: &App,
    (sign_in, code): &(crate::support::SignIn, String),
    resources: &[&str],
) -> (reqwest::StatusCode, Value) {
    let mut params = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &sign_in.code_verifier),
    ];
    params.extend(resources.iter().map(|resource| ("resource", *resource)));
    app.post("/token", &params).await
}

async fn refresh(app: &App, token: &str, resources: &[&str]) -> (reqwest::StatusCode, Value) {
    let mut params = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    params.extend(resources.iter().map(|resource| ("resource", *resource)));
    app.post("/token", &params).await
}

/// Audience and scope of an access token.
fn bound(answer: &(reqwest::StatusCode, Value)) -> (Value, String) {
    assert_eq!(answer.0, 200, "{}", answer.1);
    let claims = jwt::claims(answer.1["access_token"].as_str().expect("access_token"));
    let scope = claims["scope"].as_str().unwrap_or_default().to_owned();
    assert_eq!(answer.1["scope"].as_str().unwrap_or_default(), scope, "RFC 6749, 5.1");
    (claims["aud"].clone(), scope)
}

fn is_invalid_target(answer: &(reqwest::StatusCode, Value)) {
    assert_eq!(
        (answer.0.as_u16(), &answer.1["error"]),
        (400, &json!("invalid_target")),
        "RFC 8707, 2.2"
    );
}

#[tokio::test]
async fn an_access_token_is_for_the_resources_that_were_asked_for() {
    let (scene, app) = scene();
    let issuer = json!(scene.daemon.issuer);
    // Asked at the authorization endpoint, asked at the token endpoint; audience, scope.
    let rows: [(&[&str], &[&str], Value, &str); 6] = [
        (&[], &[], issuer, "api:read api:write email files offline_access openid"),
        (&[API], &[], json!(API), "api:read api:write"),
        (&[API], &[API], json!(API), "api:read api:write"),
        (
            &[FILES, API, FILES],
            &[],
            json!([API, FILES]),
            "api:read api:write email files",
        ),
        (&[FILES, API], &[FILES], json!(FILES), "email files"),
        (
            &[FILES, API],
            &[API, FILES],
            json!([API, FILES]),
            "api:read api:write email files",
        ),
    ];
    for (asked, narrowed, audience, scope) in rows {
        let code = code(&scene, &app, asked).await;
        let answer = redeem(&app, &code, narrowed).await;
        assert_eq!(
            bound(&answer),
            (audience.clone(), scope.to_owned()),
            "{asked:?} {narrowed:?}"
        );
        let tokens = Tokens(answer.1);
        // The ID token is the client's, whatever the access token is for.
        assert_eq!(jwt::claims(tokens.id())["aud"], app.client_id);
        assert_eq!(app.introspect(tokens.access()).await["aud"], audience);
    }
}

#[tokio::test]
async fn a_resource_learns_nothing_that_is_anothers() {
    let (scene, app) = scene();
    let of = async |resource: &str| {
        let code = code(&scene, &app, &[resource]).await;
        Tokens(redeem(&app, &code, &[]).await.1)
    };
    let (api, files) = (of(API).await, of(FILES).await);
    assert!(
        jwt::claims(api.access()).get("email").is_none(),
        "it knows no scope that brings it"
    );
    assert_eq!(jwt::claims(files.access())["email"], "alice@example.com");
    // Nor can it go to userinfo with it: the token has no openid.
    for tokens in [&api, &files] {
        let (status, body) = app.userinfo(tokens.access()).await;
        assert_eq!((status.as_u16(), &body["error"]), (403, &json!("insufficient_scope")));
    }
}

#[tokio::test]
async fn a_token_request_never_widens_what_was_granted() {
    let (scene, app) = scene();
    let rows: [(&[&str], &[&str]); 6] = [
        (&[API], &[FILES]),
        (&[API], &[API, FILES]),
        (&[], &[API]),
        (&[API], &["https://unknown.example"]),
        (&[API], &["not a URI"]),
        (&[API], &[&format!("{API}/")]),
    ];
    for (granted, asked) in rows {
        let code = code(&scene, &app, granted).await;
        is_invalid_target(&redeem(&app, &code, asked).await);
        // A wrong request spends nothing.
        let answer = redeem(&app, &code, granted).await;
        let tokens = Tokens({
            bound(&answer);
            answer.1
        });
        is_invalid_target(&refresh(&app, tokens.refresh(), asked).await);
        bound(&refresh(&app, tokens.refresh(), granted).await);
    }
}

#[tokio::test]
async fn a_refresh_narrows_for_one_token_and_the_grant_stays_whole() {
    let (scene, app) = scene();
    let code = code(&scene, &app, &[API, FILES]).await;
    let tokens = Tokens(redeem(&app, &code, &[API]).await.1);
    let one = refresh(&app, tokens.refresh(), &[FILES]).await;
    assert_eq!(bound(&one), (json!(FILES), "email files".to_owned()));
    let all = refresh(&app, one.1["refresh_token"].as_str().unwrap(), &[]).await;
    assert_eq!(
        bound(&all),
        (json!([API, FILES]), "api:read api:write email files".to_owned())
    );
}

#[tokio::test]
async fn what_is_not_registered_for_the_client_is_an_invalid_target() {
    let (scene, app) = scene();
    scene.tokens_for(&app, "openid").await;
    let many: Vec<String> = (0..11).map(|at| format!("https://{at}.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let rows: [&[&str]; 8] = [
        &["https://unknown.example"],
        &[API, "https://unknown.example"],
        &["https://api.example/v1/"],
        &["https://API.example/v1#x"],
        &["api"],
        &[STAFF],
        &[API, STAFF],
        &many,
    ];
    for resources in rows {
        let mut sign_in = app.begin("openid", &[]);
        sign_in.url += &query(resources);
        let page = scene.browser.get(&sign_in.url).await;
        assert_eq!(
            page.redirect_error(&app, &sign_in),
            "invalid_target",
            "RFC 8707, 2.1: {resources:?}"
        );
    }
    let staff = App::with(
        &scene.daemon,
        &["--first-party", "--client-id", "backoffice", "--scope", SCOPE],
    );
    let answer = redeem(&staff, &code(&scene, &staff, &[STAFF]).await, &[]).await;
    assert_eq!(bound(&answer), (json!(STAFF), String::new()), "it knows no scope");
}

#[tokio::test]
async fn a_machine_names_its_resource_as_well() {
    let daemon = builder().start();
    let options = ["--grant", "client_credentials", "--scope", "api:read files"];
    let app = App::of(&daemon, &daemon.add_client("Machine", &options), REDIRECT_URI);
    let token = async |resources: &[&str], scope: &str| {
        let mut params = vec![("grant_type", "client_credentials")];
        params.extend(resources.iter().map(|resource| ("resource", *resource)));
        params.extend((!scope.is_empty()).then_some(("scope", scope)));
        app.post("/token", &params).await
    };
    let both = json!([API, FILES]);
    for (resources, scope, expected) in [
        (&[][..], "", (json!(daemon.issuer), "api:read files".to_owned())),
        (&[API], "", (json!(API), "api:read".to_owned())),
        (&[API, FILES], "files", (both, "files".to_owned())),
    ] {
        assert_eq!(bound(&token(resources, scope).await), expected);
    }
    for resources in [&[STAFF][..], &["https://unknown.example"], &[API, "x"]] {
        is_invalid_target(&token(resources, "").await);
    }
}

#[tokio::test]
async fn consent_names_the_resource_and_covers_it_alone() {
    let (scene, _) = scene();
    let app = App::with(&scene.daemon, &["--scope", SCOPE]);
    scene.tokens_for(&app, "openid api:read").await;
    let asking = |resources: &[&str], prompt: &str| {
        let mut sign_in = app.begin("openid api:read", &[("prompt", prompt)]);
        sign_in.url += &query(resources);
        sign_in
    };
    let sign_in = asking(&[API], "");
    let page = scene.browser.get(&sign_in.url).await;
    assert!(page.is_consent() && page.body.contains("Use of The API") && page.body.contains(API));
    let page = scene.browser.submit(&page, &[("decision", "allow")]).await;
    app.code_of(&page, &sign_in);
    for (resources, granted) in [
        (&[API][..], true),
        (&[], true),
        (&[FILES], false),
        (&[API, FILES], false),
    ] {
        let sign_in = asking(resources, "none");
        let page = scene.browser.get(&sign_in.url).await;
        if granted {
            app.code_of(&page, &sign_in);
        } else {
            assert_eq!(page.redirect_error(&app, &sign_in), "consent_required");
        }
    }
}

#[tokio::test]
async fn discovery_tells_the_scopes_of_resources() {
    let daemon = builder().start();
    let url = daemon.url("/.well-known/oauth-authorization-server");
    let document: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let scopes = document["scopes_supported"].as_array().unwrap();
    for scope in ["api:read", "api:write", "files", "openid"] {
        assert!(scopes.contains(&json!(scope)), "{scope}");
    }
    let unique: std::collections::BTreeSet<String> = scopes.iter().map(ToString::to_string).collect();
    assert_eq!(unique.len(), scopes.len());
}

#[tokio::test]
async fn a_resource_that_is_taken_away_ends_its_tokens() {
    let mut scene = Scene::of(builder());
    let app = App::with(&scene.daemon, &["--first-party", "--scope", SCOPE]);
    let tokens = Tokens(redeem(&app, &code(&scene, &app, &[FILES]).await, &[]).await.1);
    let waiting = code(&scene, &app, &[FILES]).await;
    scene.daemon.stop();
    scene.daemon.set("resources.files.clients", "others");
    scene.daemon.start_again();
    is_invalid_target(&refresh(&app, tokens.refresh(), &[]).await);
    is_invalid_target(&redeem(&app, &waiting, &[]).await);
    scene.daemon.stop();
    scene.daemon.set("resources.files.clients", "");
    scene.daemon.start_again();
    assert_eq!(bound(&refresh(&app, tokens.refresh(), &[]).await).0, json!(FILES));
}

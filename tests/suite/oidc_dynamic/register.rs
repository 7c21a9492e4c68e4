//! What may be registered, what is told of it, and what it is worth.

use reqwest::{Client, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::open;
use crate::support::{
    App, Page, Registrant, Scene, jwt,
    registrant::document,
    scene::{PASSWORD, USERNAME},
};

/// Section, and members of a document.
const TAKEN: &[(&str, &str)] = &[
    // openid-provider.md 1.3; RFC 7591, 2.
    (
        "1.3",
        r#"{"client_name": "App", "contacts": ["me@app.example"], "grant_types": ["authorization_code", "refresh_token"]}"#,
    ),
    (
        "1.3",
        r#"{"response_types": ["code"], "token_endpoint_auth_method": "client_secret_post"}"#,
    ),
    ("1.3", r#"{"token_endpoint_auth_method": "none"}"#),
    (
        "1.3",
        r#"{"jwks": {"keys": [{"kty": "RSA", "kid": "1", "n": "n", "e": "AQAB", "x-own": {"a": [null]}}]}, "token_endpoint_auth_method": "private_key_jwt"}"#,
    ),
    (
        "1.3",
        r#"{"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256"}"#,
    ),
    (
        "5.2",
        r#"{"id_token_signed_response_alg": "RS256", "userinfo_signed_response_alg": "RS256"}"#,
    ),
    (
        "5.3",
        r#"{"redirect_uris": ["https://app.example/a", "https://app.example/b"]}"#,
    ),
    ("5.4", r#"{"redirect_uris": ["https://app.example/callback?foo=bar"]}"#),
    (
        "5.6",
        r#"{"logo_uri": "https://app.example/logo.png", "policy_uri": "https://app.example/p", "tos_uri": "https://app.example/t"}"#,
    ),
    (
        "5.7",
        r#"{"jwks_uri": "https://app.example/jwks", "token_endpoint_auth_method": "private_key_jwt"}"#,
    ),
    ("5.8", r#"{"subject_type": "pairwise"}"#),
    (
        "5.11",
        r#"{"request_uris": ["https://app.example/request#hash"], "request_object_signing_alg": "RS256"}"#,
    ),
    (
        "7.2",
        r#"{"backchannel_logout_uri": "https://app.example/back", "backchannel_logout_session_required": true}"#,
    ),
    (
        "8",
        r#"{"frontchannel_logout_uri": "https://app.example/front?x=1", "frontchannel_logout_session_required": true}"#,
    ),
    ("9.1", r#"{"initiate_login_uri": "https://app.example/login"}"#),
    ("RFC 7591, 2.2", r#"{"client_name": "App", "client_name#ja": "アプリ"}"#),
    (
        "Registration, 2",
        r#"{"default_max_age": 60, "require_auth_time": true, "default_acr_values": ["1"]}"#,
    ),
    (
        "Registration, 2",
        r#"{"application_type": "native", "redirect_uris": ["http://127.0.0.1/cb", "com.example.app:/cb"]}"#,
    ),
    (
        "RPI 3.1",
        r#"{"post_logout_redirect_uris": ["https://app.example/bye"]}"#,
    ),
    (
        "RFC 7591, 2",
        r#"{"software_id": "app", "software_version": "1.2", "scope": "email openid"}"#,
    ),
    ("RFC 7591, 2", r#"{"a_member_that_nobody_knows": {"a": 1}}"#),
];

#[tokio::test]
async fn each_member_of_the_specifications_is_taken_and_told() {
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);

    for (section, more) in TAKEN {
        let more: Value = serde_json::from_str(more).expect("JSON");
        let registration = registrant.register(&document(more.clone())).await;
        for (name, value) in more.as_object().expect("an object") {
            let expected = if name.starts_with("a_member") {
                None
            } else {
                Some(value)
            };
            assert_eq!(registration.told.get(name), expected, "{section}: {name}");
        }
        let method = registration.told["token_endpoint_auth_method"]
            .as_str()
            .expect("a method");
        let has_secret = registration.told.get("client_secret").is_some();
        assert_eq!(
            has_secret,
            !["none", "private_key_jwt"].contains(&method),
            "{section}: {method}"
        );
        let expiry = has_secret.then_some(0);
        assert_eq!(
            registration.told["client_secret_expires_at"].as_u64(),
            expiry,
            "{section}"
        );
        let read = registrant.read(&registration).await.json();
        for (name, value) in registration.told.as_object().expect("an object") {
            let once = name.starts_with("client_secret");
            assert_eq!(
                read.get(name),
                (!once).then_some(value),
                "{section}: {name} is read as it was told"
            );
        }
        // 1.3: the suite cleans up after itself.
        let gone = registrant.remove(&registration).await;
        assert_eq!(
            (gone.status, gone.body.as_str()),
            (StatusCode::NO_CONTENT, ""),
            "{section}"
        );
    }
    daemon.has_no_errors();
}

const URI: &str = "invalid_redirect_uri";
const METADATA: &str = "invalid_client_metadata";

/// Section, error and members of a document.
const REFUSED: &[(&str, &str, &str)] = &[
    // openid-provider.md 5.5; issue 3, bad input; threats.md row 38.
    ("5.5", URI, r#"{"redirect_uris": ["https://app.example/cb#fragment"]}"#),
    ("38", URI, r#"{"redirect_uris": ["javascript:alert(1)"]}"#),
    ("38", URI, r#"{"redirect_uris": ["data:text/html,x"]}"#),
    (
        "38",
        URI,
        r#"{"redirect_uris": ["https://app.example/cb", "vbscript:x"]}"#,
    ),
    (
        "38",
        URI,
        r#"{"redirect_uris": ["javascript:alert(1)"], "application_type": "native"}"#,
    ),
    (
        "38",
        URI,
        r#"{"redirect_uris": ["myapp:/cb"], "application_type": "native"}"#,
    ),
    ("issue", URI, r#"{"redirect_uris": ["https://*.app.example/cb"]}"#),
    ("issue", URI, r#"{"redirect_uris": ["http://app.example/cb"]}"#),
    (
        "issue",
        URI,
        r#"{"redirect_uris": ["http://app.example/cb"], "application_type": "native"}"#,
    ),
    ("issue", URI, r#"{"redirect_uris": ["http://localhost:3000/cb"]}"#),
    ("issue", URI, r#"{"redirect_uris": ["com.example.app:/cb"]}"#),
    ("RFC 7591, 2", URI, r#"{"redirect_uris": []}"#),
    ("RFC 7591, 2", URI, r#"{"redirect_uris": null}"#),
    ("RFC 7591, 2", URI, r#"{"redirect_uris": "https://app.example/cb"}"#),
    (
        "RPI 3.1",
        METADATA,
        r#"{"post_logout_redirect_uris": ["javascript:alert(1)"]}"#,
    ),
    ("9.2", METADATA, r#"{"initiate_login_uri": "http://app.example/login"}"#),
    (
        "BCL 2.2",
        METADATA,
        r#"{"backchannel_logout_uri": "http://app.example/back"}"#,
    ),
    (
        "FCL 2",
        METADATA,
        r#"{"frontchannel_logout_uri": "https://elsewhere.example/front"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"jwks_uri": "http://app.example/jwks"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"jwks": {"keys": []}, "jwks_uri": "https://app.example/jwks"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"jwks": {"keys": [{"kty": "oct", "k": "secret"}]}}"#,
    ),
    (
        "Core 6.2",
        METADATA,
        r#"{"request_uris": ["http://app.example/request"]}"#,
    ),
    (
        "Registration, 5",
        METADATA,
        r#"{"sector_identifier_uri": "http://app.example/sector"}"#,
    ),
    (
        "Core 8.1",
        METADATA,
        r#"{"subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"]}"#,
    ),
    // Never left out in silence.
    (
        "Registration, 2",
        METADATA,
        r#"{"id_token_encrypted_response_alg": "RSA-OAEP"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"userinfo_encrypted_response_alg": "RSA-OAEP"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"request_object_encryption_alg": "RSA-OAEP"}"#,
    ),
    ("Core 2", METADATA, r#"{"id_token_signed_response_alg": "none"}"#),
    (
        "Registration, 2",
        METADATA,
        r#"{"id_token_signed_response_alg": "PS256"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"userinfo_signed_response_alg": "EdDSA"}"#,
    ),
    (
        "Registration, 2",
        METADATA,
        r#"{"id_token_signed_response_alg": "HS256"}"#,
    ),
    (
        "RFC 7591, 2",
        METADATA,
        r#"{"token_endpoint_auth_method": "tls_client_auth"}"#,
    ),
    (
        "RFC 7591, 2",
        METADATA,
        r#"{"grant_types": ["authorization_code", "password"]}"#,
    ),
    ("RFC 7591, 2", METADATA, r#"{"grant_types": ["client_credentials"]}"#),
    ("RFC 7591, 2.1", METADATA, r#"{"response_types": ["token"]}"#),
    (
        "RFC 7591, 2",
        METADATA,
        r#"{"scope": "openid a-scope-that-strangers-do-not-get"}"#,
    ),
    ("RFC 7591, 2", METADATA, r#"{"client_name": ["App"]}"#),
    // The outbound guard: what we could be made to call inside our own network.
    ("issue 6", METADATA, r#"{"jwks_uri": "https://169.254.169.254/latest"}"#),
    (
        "issue 6",
        METADATA,
        r#"{"backchannel_logout_uri": "https://127.0.0.1:6379/"}"#,
    ),
    ("issue 6", METADATA, r#"{"logo_uri": "https://[::1]/"}"#),
    ("issue 6", METADATA, r#"{"request_uris": ["https://router.internal/"]}"#),
    (
        "issue 6",
        METADATA,
        r#"{"sector_identifier_uri": "https://10.0.0.1/sector"}"#,
    ),
];

#[tokio::test]
async fn what_must_not_be_registered_is_refused_by_the_registered_code() {
    let daemon = open().start();
    let registrant = Registrant::of(&daemon);

    for (section, error, more) in REFUSED {
        let more: Value = serde_json::from_str(more).expect("JSON");
        println!("{section}: {more}");
        registrant.try_register(None, &document(more)).await.refused(400, error);
    }
    assert_eq!(
        daemon.cli(&["client", "list"])["clients"],
        json!([]),
        "nothing is kept of what was refused"
    );
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_body_that_is_no_document_is_refused() {
    let daemon = open().start();
    let url = daemon.url("/register");
    let send = async |media_type: &str, body: String| {
        let request = Client::new().post(&url).header(CONTENT_TYPE, media_type).body(body);
        Page::of(request.send().await.expect("an answer")).await
    };
    for body in [
        "",
        "{",
        "[]",
        "\"x\"",
        "null",
        "7",
        "{\"redirect_uris\":[\"https://a.example/\"]} x",
        "\u{0}",
    ] {
        send("application/json", body.to_owned())
            .await
            .refused(400, "invalid_client_metadata");
    }
    let nested = format!("{{\"redirect_uris\":{}", "[".repeat(50_000));
    send("application/json", nested)
        .await
        .refused(400, "invalid_client_metadata");
    let form = "redirect_uris=https://app.example/cb".to_owned();
    send("application/x-www-form-urlencoded", form)
        .await
        .refused(415, "invalid_request");
    send("application/json", " ".repeat(70_000))
        .await
        .refused(413, "invalid_request");
    // Fits into a request, and not into the store.
    let many: Vec<String> = (0..700)
        .map(|at| format!("https://app.example/{at}/{}", "a".repeat(40)))
        .collect();
    let large = json!({ "redirect_uris": many }).to_string();
    send("application/json", large)
        .await
        .refused(400, "invalid_client_metadata");
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_stranger_signs_people_in_only_after_they_said_yes() {
    let scene = Scene::of(open());
    let registrant = Registrant::of(&scene.daemon);
    let wishes = json!({
        "consent": "first_party", "claims_in_id_token": true, "audience": "https://api.example", "access_token_lifetime": 2_000_000,
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let (app, _) = registrant.app(&scene.daemon, wishes).await;
    let sign_in = app.begin("openid email offline_access", &[]);
    let page = scene.browser.get(&sign_in.url).await;
    let page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    assert!(page.is_consent(), "{}", page.body);
    assert!(
        page.body.contains("app.example"),
        "named by its host when it has no name"
    );
    let page = scene.browser.submit(&page, &[("decision", "allow")]).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
    assert_eq!(jwt::claims(tokens.id()).get("email"), None, "Core 5.4: by userinfo");
    assert_eq!(jwt::claims(tokens.access())["aud"], scene.daemon.issuer);
    assert_eq!(tokens.0["expires_in"], 3600);
    assert_eq!(app.userinfo(tokens.access()).await.1["email"], "alice@example.com");
    assert_eq!(app.refresh(tokens.refresh()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_registered_query_is_kept_and_any_other_is_an_error_page() {
    // openid-provider.md 5.3, 5.4.
    let scene = Scene::of(open());
    let registrant = Registrant::of(&scene.daemon);
    let uri = "https://app.example/callback?foo=bar";
    let told = registrant
        .register(&json!({"redirect_uris": [uri, "https://app.example/other"]}))
        .await
        .told;
    let app = App::of(&scene.daemon, &told, uri);
    let (sign_in, code) = scene.code_for(&app, "openid", &[]).await;
    app.redeem(&sign_in, &code).await;
    for other in [
        "https://app.example/callback",
        "https://app.example/callback?foo=baz",
        "https://app.example/callback?foo=bar&more=1",
        "",
    ] {
        let (_, page) = app
            .authorize(&scene.browser, "openid", &[("redirect_uri", other)])
            .await;
        page.is_error_page(400);
    }
}

#[tokio::test]
async fn a_confidential_stranger_needs_pkce_only_where_the_operator_says_so() {
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    for (required, method) in [
        ("false", "client_secret_basic"),
        ("true", "client_secret_basic"),
        ("false", "none"),
    ] {
        let scene = Scene::of(open().set("registration.require_pkce", required));
        let registrant = Registrant::of(&scene.daemon);
        let more = json!({"token_endpoint_auth_method": method, "require_pkce": false});
        let (app, _) = registrant.app(&scene.daemon, more).await;
        let (sign_in, page) = app.authorize(&scene.browser, "openid", &without).await;
        if required == "true" || method == "none" {
            assert_eq!(
                page.redirect_error(&app, &sign_in),
                "invalid_request",
                "RFC 9700, 2.1.1"
            );
        } else {
            assert!(page.is_login(), "{}", page.body);
        }
    }
}

#[tokio::test]
async fn what_comes_without_a_code_can_be_registered_where_the_operator_offers_it() {
    // openid-provider.md 5.1.
    let daemon = open().set("authorization.implicit", "true").start();
    let registrant = Registrant::of(&daemon);
    for (response_types, grant_types) in [
        (json!(["id_token"]), json!(["implicit"])),
        (json!(["id_token token"]), json!(["implicit"])),
        (
            json!(["code", "id_token code"]),
            json!(["authorization_code", "implicit"]),
        ),
    ] {
        let more = json!({"response_types": response_types, "grant_types": grant_types});
        let registration = registrant.register(&document(more)).await;
        assert_eq!(registration.told["response_types"], response_types);
        assert_eq!(registration.told["grant_types"], grant_types);
    }
    for (response_types, grant_types) in [
        (json!(["id_token"]), json!(["authorization_code"])),
        (json!(["code id_token"]), json!(["implicit"])),
        (json!(["token"]), json!(["implicit"])),
        (json!(["none"]), json!(["implicit"])),
    ] {
        let more = json!({"response_types": response_types, "grant_types": grant_types});
        let page = registrant.try_register(None, &document(more)).await;
        page.refused(400, "invalid_client_metadata");
    }
}

use serde_json::{Value, json};

use super::*;

/// A client of the code flow with these members beside.
fn client(more: Value) -> ClientMetadata {
    let mut members = json!({"client_name": "App", "redirect_uris": ["https://app.example/cb"]});
    let Value::Object(more) = more else { panic!() };
    members.as_object_mut().unwrap().extend(more);
    serde_json::from_value(members).unwrap()
}

fn keys() -> Value {
    json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]})
}

#[test]
fn what_the_specifications_allow_is_taken() {
    for more in [
        json!({"client_uri": "http://app.example", "policy_uri": "https://app.example/p", "tos_uri": "http://app.example/t"}),
        json!({"logo_uri": "https://cdn.example/logo.png"}),
        json!({"jwks_uri": "https://app.example/jwks", "token_endpoint_auth_method": "private_key_jwt"}),
        json!({"jwks": keys(), "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"}),
        json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256"}),
        json!({"initiate_login_uri": "https://app.example/login"}),
        json!({"request_uris": ["https://app.example/request#hash", "https://elsewhere.example/r"]}),
        json!({"frontchannel_logout_uri": "https://app.example/bye?x=1"}),
        json!({"redirect_uris": ["http://localhost:3000/cb"], "frontchannel_logout_uri": "http://localhost:3000/bye"}),
        json!({"backchannel_logout_uri": "https://backend.example/bye"}),
        json!({"localized": {"client_name#ja": "アプリ", "tos_uri#de-AT": "https://app.example/agb"}}),
    ] {
        assert_eq!(client(more.clone()).validate(), Ok(()), "{more}");
    }
}

/// The member that is named, and what is refused.
const REFUSED: &[(&str, &str)] = &[
    // OpenID Connect Registration, 2; RFC 7591, 2.
    ("logo_uri", r#"{"logo_uri": "http://app.example/logo.png"}"#),
    ("logo_uri", r#"{"logo_uri": "data:image/png;base64,AAAA"}"#),
    ("client_uri", r#"{"client_uri": "javascript:alert(1)"}"#),
    ("policy_uri", r#"{"policy_uri": "javascript:alert(1)"}"#),
    ("tos_uri", r#"{"tos_uri": "/terms"}"#),
    ("tos_uri", r#"{"tos_uri": "https://user:pw@app.example/"}"#),
    ("jwks_uri", r#"{"jwks_uri": "http://app.example/jwks"}"#),
    ("jwks_uri", r#"{"jwks_uri": "file:///etc/passwd"}"#),
    ("jwks_uri", r#"{"jwks_uri": "https://app.example/jwks#x"}"#),
    ("jwks_uri", r#"{"jwks_uri": "https://app.example\\@evil.example/"}"#),
    (
        "sector_identifier_uri",
        r#"{"sector_identifier_uri": "http://app.example/s"}"#,
    ),
    (
        "initiate_login_uri",
        r#"{"initiate_login_uri": "http://app.example/login"}"#,
    ),
    (
        "initiate_login_uri",
        r#"{"initiate_login_uri": "com.example.app:/login"}"#,
    ),
    (
        "backchannel_logout_uri",
        r#"{"backchannel_logout_uri": "http://app.example/bye"}"#,
    ),
    (
        "backchannel_logout_uri",
        r#"{"backchannel_logout_uri": "https://app.example/bye#x"}"#,
    ),
    (
        "request_uris",
        r#"{"request_uris": ["https://app.example/r", "http://app.example/r"]}"#,
    ),
    // Front-Channel Logout, 2: the same scheme, host and port.
    (
        "frontchannel_logout_uri",
        r#"{"frontchannel_logout_uri": "https://evil.example/bye"}"#,
    ),
    (
        "frontchannel_logout_uri",
        r#"{"frontchannel_logout_uri": "http://app.example/bye"}"#,
    ),
    (
        "frontchannel_logout_uri",
        r#"{"frontchannel_logout_uri": "https://app.example:8443/bye"}"#,
    ),
    (
        "frontchannel_logout_uri",
        r#"{"frontchannel_logout_uri": "https://app.example.evil.example/bye"}"#,
    ),
    // RFC 7591, 2: one or the other.
    (
        "jwks",
        r#"{"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}, "jwks_uri": "https://app.example/jwks"}"#,
    ),
    // OpenID Connect Core, 9.
    (
        "token_endpoint_auth_method",
        r#"{"token_endpoint_auth_method": "private_key_jwt"}"#,
    ),
    (
        "token_endpoint_auth_signing_alg",
        r#"{"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}, "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "HS256"}"#,
    ),
    (
        "token_endpoint_auth_signing_alg",
        r#"{"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "RS256"}"#,
    ),
    // RFC 9101, 10.5.
    (
        "require_signed_request_object",
        r#"{"require_signed_request_object": true}"#,
    ),
    // RFC 7591, 2.2.
    (
        "redirect_uris#ja",
        r#"{"localized": {"redirect_uris#ja": "https://app.example/cb"}}"#,
    ),
    ("client_name#", r#"{"localized": {"client_name#": "App"}}"#),
    (
        "client_name#not a tag",
        r#"{"localized": {"client_name#not a tag": "App"}}"#,
    ),
    ("tos_uri#ja", r#"{"localized": {"tos_uri#ja": "javascript:alert(1)"}}"#),
    (
        "logo_uri#ja",
        r#"{"localized": {"logo_uri#ja": "http://app.example/logo.png"}}"#,
    ),
    ("client_name#ja", r#"{"localized": {"client_name#ja": "a\u202eb"}}"#),
    ("client_name", r#"{"client_name": "a\u202eb"}"#),
    // OpenID Connect Core, 8.1.
    (
        "subject_type",
        r#"{"subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"]}"#,
    ),
    (
        "subject_type",
        r#"{"subject_type": "pairwise", "redirect_uris": ["com.example.app:/cb"]}"#,
    ),
    (
        "subject_type",
        r#"{"subject_type": "pairwise", "redirect_uris": ["http://127.0.0.1/cb"]}"#,
    ),
];

#[test]
fn what_we_could_not_honour_is_refused_by_its_name() {
    for (name, more) in REFUSED {
        let more: Value = serde_json::from_str(more).unwrap();
        let refused = client(more.clone()).validate().expect_err(&more.to_string());
        assert_eq!(refused.error, ErrorCode::InvalidClientMetadata, "{more}");
        let told = refused.error_description.to_string();
        assert!(told.starts_with(name), "{more}: {told}");
    }
}

#[test]
fn a_sector_is_a_host_that_somebody_owns() {
    let sector = |more: Value| client(more).sector();
    assert_eq!(sector(json!({})), None, "public");
    assert_eq!(
        sector(json!({"subject_type": "pairwise"})).as_deref(),
        Some("app.example")
    );
    let two = json!(["https://app.example/a", "https://APP.example:8443/b"]);
    let two = sector(json!({"subject_type": "pairwise", "redirect_uris": two}));
    assert_eq!(two.as_deref(), Some("app.example"), "the port is no part of it");
    let named = sector(json!({
        "subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"],
        "sector_identifier_uri": "https://family.example/sector.json",
    }));
    assert_eq!(named.as_deref(), Some("family.example"));
}

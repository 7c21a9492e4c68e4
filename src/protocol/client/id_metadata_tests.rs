use serde_json::json;

use super::*;
use crate::protocol::client::ConsentPolicy;

const CLIENT: &str = "https://app.example/client.json";

fn scopes() -> Scope {
    Scope::parse("openid profile offline_access").unwrap()
}

/// The document with members replaced; null takes one away.
fn with(more: &Value) -> Result<ClientMetadata, Error> {
    let mut document = json!({
        "client_id": CLIENT,
        "client_name": "App",
        "redirect_uris": ["https://app.example/cb"],
    });
    for (member, value) in more.as_object().unwrap() {
        document[member] = value.clone();
    }
    document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    read(CLIENT, document.to_string().as_bytes(), &scopes())
}

#[test]
fn a_client_id_is_a_url_in_its_normal_form() {
    for client_id in [
        CLIENT,
        "https://app.example/",
        "https://app.example:8443/a/b",
        "https://app.example/.well-known/client",
        "https://app.example/a..b",
    ] {
        assert!(parse(client_id).is_some(), "{client_id}");
    }
    let long = format!("https://app.example/{}", "a".repeat(500));
    for client_id in [
        "app",
        "",
        // Section 3, one row for each rule.
        "http://app.example/client",
        "https://app.example",
        "https://app.example/a/./b",
        "https://app.example/a/../b",
        "https://app.example/a/..",
        "https://app.example/%2e%2e/b",
        "https://app.example/a#",
        "https://app.example/a#b",
        "https://user@app.example/a",
        "https://user:password@app.example/a",
        "https://@app.example/a",
        "https://app.example/a?b=c",
        "https://app.example/a?",
        // Not the normal form.
        "HTTPS://app.example/a",
        "https://APP.example/a",
        "https://app.example:443/a",
        "https:/app.example/a",
        "https:\\\\app.example\\a",
        " https://app.example/a",
        "https://app.example/a b",
        "https://2130706433/a",
        "urn:ietf:app",
        long.as_str(),
    ] {
        assert!(parse(client_id).is_none(), "{client_id}");
    }
    assert_eq!(
        host_of("https://app.example:8443/a").as_deref(),
        Some("app.example:8443")
    );
    assert_eq!(host_of(CLIENT).as_deref(), Some("app.example"));
    assert_eq!(host_of("demo-app"), None);
}

#[test]
fn a_plain_document_is_a_public_client_of_the_code_flow() {
    let metadata = with(&json!({})).unwrap();
    assert!(metadata.is_public() && metadata.needs_pkce());
    assert_eq!(metadata.consent, ConsentPolicy::Required);
    assert_eq!(metadata.grant_types, [GrantType::AuthorizationCode]);
    assert_eq!(metadata.scope, scopes());
    assert!(
        with(&json!({ "token_endpoint_auth_method": "none" }))
            .unwrap()
            .is_public()
    );
    assert_eq!(
        with(&json!({ "client_name": null })).unwrap().client_name,
        "app.example"
    );
}

#[test]
fn what_only_an_operator_may_say_is_not_listened_to() {
    let metadata = with(&json!({
        "consent": "first_party",
        "claims_in_id_token": true,
        "require_pkce": false,
        "audience": "https://api.example",
        "access_token_lifetime": 999_999,
        "localized": { "client_name#ja": "x" },
        "scope": "openid admin:everything",
        "grant_types": ["authorization_code", "refresh_token", "client_credentials", "urn:example:other"],
        "response_types": ["code", "token"],
        "unknown": { "a": 1 },
    }))
    .unwrap();
    assert_eq!(metadata.consent, ConsentPolicy::Required);
    assert!(metadata.require_pkce && !metadata.claims_in_id_token && metadata.localized.is_empty());
    assert_eq!((metadata.audience, metadata.access_token_lifetime), (None, None));
    assert_eq!(metadata.scope, Scope::parse("openid").unwrap());
    assert_eq!(
        metadata.grant_types,
        [GrantType::AuthorizationCode, GrantType::RefreshToken]
    );
    assert_eq!(metadata.response_types, ["code"]);
}

#[test]
fn a_document_that_breaks_a_rule_is_refused() {
    for (rule, more) in [
        (
            "4: client_id is the URL",
            json!({ "client_id": "https://app.example/other.json" }),
        ),
        (
            "4: compared as text",
            json!({ "client_id": "https://app.example:443/client.json" }),
        ),
        ("4: client_id is there", json!({ "client_id": null })),
        ("4: client_id is text", json!({ "client_id": [CLIENT] })),
        ("4: no secret", json!({ "client_secret": "s" })),
        ("4: no secret", json!({ "client_secret_expires_at": 0 })),
        (
            "4: no secret",
            json!({ "token_endpoint_auth_method": "client_secret_basic" }),
        ),
        (
            "4: no secret",
            json!({ "token_endpoint_auth_method": "client_secret_post" }),
        ),
        (
            "4: no secret",
            json!({ "token_endpoint_auth_method": "client_secret_jwt" }),
        ),
        (
            "unknown method",
            json!({ "token_endpoint_auth_method": "tls_client_auth" }),
        ),
        (
            "keys of private_key_jwt",
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
        ),
        (
            "private keys",
            json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AA" }] } }),
        ),
        ("no redirect URI", json!({ "redirect_uris": [] })),
        ("no redirect URI", json!({ "redirect_uris": null })),
        ("RFC 9700, 2.1", json!({ "redirect_uris": ["http://app.example/cb"] })),
        (
            "a scheme that a browser runs",
            json!({ "redirect_uris": ["javascript:alert(1)//"] }),
        ),
        (
            "a scheme that a browser runs",
            json!({ "redirect_uris": ["data:text/html,x"] }),
        ),
        ("wildcard", json!({ "redirect_uris": ["https://*.app.example/cb"] })),
        ("wrong type", json!({ "redirect_uris": "https://app.example/cb" })),
        ("wrong type", json!({ "client_name": 7 })),
        ("no known grant", json!({ "grant_types": ["client_credentials"] })),
        ("pairwise", json!({ "subject_type": "pairwise" })),
        (
            "sector",
            json!({ "sector_identifier_uri": "https://bank.example/sector.json" }),
        ),
    ] {
        assert!(with(&more).is_err(), "{rule}: {more}");
    }
    for text in ["", "[]", "null", "\"x\"", "<html>", "{", "{} {}"] {
        assert!(read(CLIENT, text.as_bytes(), &scopes()).is_err(), "{text}");
    }
}

#[test]
fn a_client_with_a_key_says_where_it_is() {
    let by_uri = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/keys" });
    assert!(!with(&by_uri).unwrap().is_public());
    let by_value = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [] } });
    assert!(with(&by_value).is_ok());
    let both = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": { "keys": [] },
        "jwks_uri": "https://app.example/keys",
    });
    assert!(with(&both).is_err());
}

#[test]
fn json_and_its_kinds_are_documents() {
    for (media_type, is) in [
        ("application/json", true),
        ("application/client-metadata+json", true),
        ("application/+json", false),
        ("text/json", false),
        ("text/html", false),
        ("", false),
    ] {
        assert_eq!(is_media_type(media_type), is, "{media_type}");
    }
}

//! The rules of request objects, each with its section.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp::from_unix(1_000_000);
const ISSUER: &str = "https://id.example";

fn client() -> ClientMetadata {
    ClientMetadata {
        request_uris: vec![
            "https://app.example/r#aGFzaA".to_owned(),
            "https://app.example/s".to_owned(),
        ],
        ..ClientMetadata::default()
    }
}

fn strict() -> ClientMetadata {
    ClientMetadata {
        require_signed_request_object: true,
        ..client()
    }
}

fn params(pairs: &[(&str, &str)]) -> Params {
    pairs.iter().copied().collect()
}

fn object(json: Value) -> Map<String, Value> {
    match json {
        Value::Object(claims) => claims,
        other => panic!("{other}"),
    }
}

#[test]
fn an_object_comes_one_way_or_not_at_all() {
    let of = |pairs: &[(&str, &str)], client: &ClientMetadata| {
        let params = params(pairs);
        Source::of(&params, client)
            .map(|source| source.map(|source| format!("{source:?}")))
            .map_err(|error| error.error)
    };
    assert_eq!(of(&[("scope", "openid")], &client()), Ok(None));
    assert_eq!(of(&[("request", "")], &client()), Ok(None), "RFC 6749, 3.1: omitted");
    let value = Ok(Some("Value(\"x\")".to_owned()));
    assert_eq!(of(&[("request", "x")], &client()), value);
    assert_eq!(of(&[("request", "x")], &strict()), value);
    let uri = "https://app.example/r";
    let both = [("request", "x"), ("request_uri", uri)];
    assert_eq!(of(&both, &client()), Err(ErrorCode::InvalidRequest), "Core 6.1");
    assert_eq!(of(&[], &strict()), Err(ErrorCode::InvalidRequest), "RFC 9101, 10.5");
    // Core 6.2: the fragment may change with the document.
    for known in [
        uri,
        "https://app.example/r#aGFzaA",
        "https://app.example/r#bmV3",
        "https://app.example/s",
        "https://app.example/s#x",
    ] {
        assert_eq!(
            of(&[("request_uri", known)], &client()),
            Ok(Some(format!("Reference({known:?})")))
        );
    }
    for unknown in [
        "https://app.example/r/",
        "https://app.example/R",
        "https://app.example/r?x",
        "http://app.example/r",
        "https://app.example.evil/r",
        "https://app.example/",
        "urn:ietf:params:oauth:request_uri:x",
        "#aGFzaA",
    ] {
        assert_eq!(
            of(&[("request_uri", unknown)], &client()),
            Err(ErrorCode::InvalidRequestUri),
            "{unknown}"
        );
    }
}

/// OpenID Connect Core, 6.1 and 6.3.3.
#[test]
fn what_the_object_says_wins() {
    let outer = params(&[
        ("client_id", "app"),
        ("response_type", "code"),
        ("redirect_uri", "https://evil.example"),
        ("state", "outer"),
        ("nonce", "outer"),
        ("request", "x"),
    ]);
    let claims = object(json!({
        "iss": "app", "aud": ISSUER, "exp": 2, "jti": "j", "iat": 1, "nbf": 1, "sub": "someone",
        "client_id": "app", "redirect_uri": "https://app.example/cb", "nonce": "inner", "max_age": 60, "own": true,
        "claims": {"userinfo": {"name": null}}, "login_hint": "",
    }));
    let merged = merge(&outer, &claims, "app", &client()).unwrap();
    for (name, expected) in [
        ("client_id", Some("app")),
        ("response_type", Some("code")),
        ("redirect_uri", Some("https://app.example/cb")),
        ("state", Some("outer")),
        ("nonce", Some("inner")),
        ("max_age", Some("60")),
        ("own", Some("true")),
        ("claims", Some(r#"{"userinfo":{"name":null}}"#)),
        ("login_hint", None),
        ("request", None),
        ("iss", None),
        ("exp", None),
        ("sub", None),
        ("aud", None),
    ] {
        assert_eq!(merged.get(name), expected, "{name}");
    }
    // RFC 9101, 6.3: for who signs everything, what is not signed does not count.
    let merged = merge(&outer, &claims, "app", &strict()).unwrap();
    assert_eq!(
        [
            merged.get("state"),
            merged.get("response_type"),
            merged.get("client_id")
        ],
        [None, None, Some("app")]
    );
    let merged = merge(&outer, &object(json!({"nonce": "inner"})), "app", &strict()).unwrap();
    assert_eq!(merged.get("client_id"), Some("app"));
}

#[test]
fn resource_alone_may_be_an_array_and_wins_as_a_whole() {
    let outer = params(&[
        ("client_id", "app"),
        ("resource", "https://outer.example"),
        ("scope", "openid"),
    ]);
    let merged = |claims: Value| merge(&outer, &object(claims), "app", &client());
    let all = |params: &Params| params.all("resource").map(str::to_owned).collect::<Vec<_>>();
    // RFC 8707, 2.
    let several = merged(json!({"resource": ["https://a.example", "https://b.example"]})).unwrap();
    assert_eq!(all(&several), ["https://a.example", "https://b.example"]);
    assert_eq!(
        all(&merged(json!({"resource": "https://a.example"})).unwrap()),
        ["https://a.example"]
    );
    assert_eq!(all(&merged(json!({})).unwrap()), ["https://outer.example"]);
    for wrong in [
        json!({"resource": [["x"]]}),
        json!({"resource": [null]}),
        json!({"scope": ["openid"]}),
    ] {
        assert!(merged(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn the_object_and_the_request_name_one_client_and_one_response_type() {
    let outer = |response_type| params(&[("client_id", "app"), ("response_type", response_type), ("request", "x")]);
    for (inside, outside, right) in [
        (json!({"client_id": "app"}), "code", true),
        (json!({"client_id": "other"}), "code", false),
        (json!({"client_id": ""}), "code", false),
        (json!({"response_type": "code"}), "code", true),
        (json!({"response_type": "code"}), "", true),
        (json!({"response_type": "id_token code"}), "code id_token", true),
        (json!({"response_type": "id_token"}), "code", false),
        (json!({"response_type": "code token"}), "code", false),
    ] {
        let merged = merge(&outer(outside), &object(inside.clone()), "app", &client());
        assert_eq!(merged.is_ok(), right, "{inside} in {outside}");
        assert!(merged.is_ok_and(|_| right) || !right, "{inside}");
    }
}

#[test]
fn an_object_holds_parameters_and_no_other_object() {
    let outer = params(&[("client_id", "app"), ("request", "x")]);
    for wrong in [
        json!({"request": "x"}),
        json!({"request": ""}),
        json!({"request_uri": "https://app.example/r"}),
        json!({"scope": ["openid"]}),
        json!({"scope": null}),
        json!({"state": "a\u{0}b"}),
    ] {
        let refused = merge(&outer, &object(wrong.clone()), "app", &client()).unwrap_err();
        assert_eq!(refused.error, ErrorCode::InvalidRequestObject, "{wrong}");
    }
}

#[test]
fn an_object_is_by_the_client_and_for_us_and_good_now() {
    for (json, right) in [
        (json!({}), true),
        (
            json!({"iss": "app", "aud": ISSUER, "exp": 1_000_001, "nbf": 1_000_000}),
            true,
        ),
        (json!({"aud": ["https://other.example", ISSUER]}), true),
        (json!({"nbf": 1_000_008}), true),
        (json!({"sub": "someone"}), true),
        (json!({"iss": "other"}), false),
        (json!({"iss": ISSUER}), false),
        (json!({"iss": null}), false),
        (json!({"aud": "app"}), false),
        (json!({"aud": []}), false),
        (json!({"aud": format!("{ISSUER}/token")}), false),
        (json!({"exp": 1_000_000}), false),
        (json!({"exp": "soon"}), false),
        (json!({"nbf": 1_000_100}), false),
        (json!({"iat": 1_000_100}), false),
        // RFC 9101, 10.8: what has the client as its subject is an assertion.
        (json!({"sub": "app"}), false),
    ] {
        let checked = check(&object(json.clone()), "app", ISSUER, NOW);
        assert_eq!(checked.is_ok(), right, "{json}");
        assert!(
            checked.is_ok() || checked.is_err_and(|error| error.error == ErrorCode::InvalidRequestObject),
            "{json}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_merged_is_a_request_that_reads_back(
        outer in prop::collection::btree_map("[a-z]{1,4}", "[^\0]{0,8}", 0..5),
        inner in prop::collection::btree_map("[a-z]{1,4}", "[^\0]{0,8}", 0..5),
    ) {
        let claims: Map<String, Value> = inner.into_iter().map(|(name, value)| (name, value.into())).collect();
        let outer: Params = outer.into_iter().collect();
        if let Ok(merged) = merge(&outer, &claims, "app", &client()) {
            prop_assert_eq!(Params::parse(merged.to_query().as_bytes()).unwrap(), merged);
        }
    }
}

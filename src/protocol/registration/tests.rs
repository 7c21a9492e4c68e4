use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::protocol::client::{ConsentPolicy, SubjectType};

const GRANTS: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];
const METHODS: [TokenEndpointAuthMethod; 5] = [
    TokenEndpointAuthMethod::ClientSecretBasic,
    TokenEndpointAuthMethod::ClientSecretPost,
    TokenEndpointAuthMethod::ClientSecretJwt,
    TokenEndpointAuthMethod::PrivateKeyJwt,
    TokenEndpointAuthMethod::None,
];

fn scopes() -> Scope {
    Scope::parse("openid profile email offline_access").unwrap()
}

fn terms(scopes: &Scope) -> Terms<'_> {
    Terms {
        scopes,
        grant_types: &GRANTS,
        response_types: &[ResponseType::Code],
        auth_methods: &METHODS,
        require_pkce: false,
    }
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!() };
    members
}

fn with(more: Value) -> Map<String, Value> {
    let mut members = object(json!({"redirect_uris": ["https://app.example/cb"]}));
    members.extend(object(more));
    members
}

fn registered(more: Value) -> Result<ClientMetadata, Error> {
    read(&with(more), &terms(&scopes()), None)
}

#[test]
fn a_redirect_uri_is_enough_and_the_rest_has_the_defaults_of_the_specifications() {
    let metadata = registered(json!({})).unwrap();
    let told = document(&metadata).unwrap();
    // RFC 7591, 2; OpenID Connect Registration, 2.
    let expected = json!({
        "client_name": "app.example", "redirect_uris": ["https://app.example/cb"], "post_logout_redirect_uris": [],
        "token_endpoint_auth_method": "client_secret_basic", "grant_types": ["authorization_code"], "response_types": ["code"],
        "application_type": "web", "scope": "email offline_access openid profile", "subject_type": "public",
        "id_token_signed_response_alg": "RS256",
    });
    assert_eq!(Value::Object(told), expected);
    assert_eq!(metadata.consent, ConsentPolicy::Required);
    assert!(!metadata.claims_in_id_token && !metadata.require_pkce);
}

#[test]
fn unknown_members_are_ignored_and_null_is_absent() {
    // RFC 7591, 2; RFC 7592, 2.2.
    let more = json!({
        "colour": "red", "client_id": "mine", "client_secret": "mine", "software_statement": "x.y.z", "tos_uri": null,
        "dpop_bound_access_tokens": false, "redirect_uris#ja": ["x"], "localized": {"client_name#de": "Anwendung"},
    });
    assert_eq!(registered(more), registered(json!({})));
}

#[test]
fn what_belongs_to_the_operator_is_not_taken_from_a_stranger() {
    let more = json!({
        "consent": "first_party", "claims_in_id_token": true, "at_hash": true, "require_pkce": false, "audience": "https://api.example",
        "access_token_lifetime": 1, "id_token_lifetime": 1, "refresh_token_lifetime": 1,
    });
    assert_eq!(registered(more), registered(json!({})));
    let scopes = scopes();
    let strict = Terms {
        require_pkce: true,
        ..terms(&scopes)
    };
    assert!(
        read(&with(json!({"require_pkce": false})), &strict, None)
            .unwrap()
            .require_pkce
    );
    let public = registered(json!({"token_endpoint_auth_method": "none", "require_pkce": false})).unwrap();
    assert!(public.require_pkce, "RFC 9700, 2.1.1");
}

#[test]
fn names_in_further_languages_are_kept_and_written_back() {
    // RFC 7591, 2.2.
    let more = json!({"client_name": "App", "client_name#ja": "アプリ", "tos_uri#de": "https://app.example/agb"});
    let metadata = registered(more.clone()).unwrap();
    assert_eq!(metadata.localized["client_name#ja"], "アプリ");
    let told = document(&metadata).unwrap();
    for (name, value) in object(more) {
        assert_eq!(told[&name], value, "{name}");
    }
    assert!(!told.contains_key("localized"));
}

#[test]
fn what_cannot_be_honoured_is_refused_by_its_name() {
    let cases = [
        // OpenID Connect Registration, 2: encryption is not offered, and not left out in silence.
        ("id_token_encrypted_response_alg", json!("RSA-OAEP")),
        ("id_token_encrypted_response_enc", json!("A128GCM")),
        ("userinfo_encrypted_response_alg", json!("RSA-OAEP")),
        ("userinfo_encrypted_response_enc", json!("A128GCM")),
        ("request_object_encryption_alg", json!("RSA-OAEP")),
        ("request_object_encryption_enc", json!("A128GCM")),
        ("authorization_signed_response_alg", json!("RS256")),
        ("dpop_bound_access_tokens", json!(true)),
        ("tls_client_certificate_bound_access_tokens", json!(true)),
        // Algorithms and methods.
        ("id_token_signed_response_alg", json!("none")),
        ("id_token_signed_response_alg", json!("HS256")),
        ("userinfo_signed_response_alg", json!("none")),
        ("request_object_signing_alg", json!("none")),
        ("token_endpoint_auth_signing_alg", json!("none")),
        ("token_endpoint_auth_method", json!("tls_client_auth")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        // Grants and response types (RFC 7591, 2.1).
        ("grant_types", json!(["authorization_code", "password"])),
        ("grant_types", json!(["authorization_code", "client_credentials"])),
        ("grant_types", json!(["authorization_code", "implicit"])),
        ("grant_types", json!("authorization_code")),
        ("response_types", json!(["code", "token"])),
        ("response_types", json!(["code id_token"])),
        // Types and values.
        ("application_type", json!("desktop")),
        ("subject_type", json!("ephemeral")),
        ("scope", json!("openid admin")),
        ("scope", json!(["openid"])),
        ("scope", json!("open\"id")),
        ("contacts", json!("me@app.example")),
        ("default_max_age", json!("60")),
        ("default_max_age", json!(-1)),
        ("require_auth_time", json!("yes")),
        ("client_name", json!(7)),
        ("client_name", json!("a\nb")),
        ("client_name#ja", json!(7)),
        ("jwks", json!({"keys": [{"kty": "RSA", "d": "secret"}]})),
        ("jwks", json!("keys")),
        ("jwks_uri", json!("http://app.example/jwks")),
        ("initiate_login_uri", json!("http://app.example/login")),
    ];
    for (name, value) in cases {
        let refused = registered(json!({ name: value })).expect_err(&format!("{name}: {value}"));
        assert_eq!(refused.error, ErrorCode::InvalidClientMetadata, "{name}: {value}");
        let told = refused.error_description;
        let is_named = told.contains(name) || name == "client_name#ja";
        assert!(is_named, "{name}: {value}: {told}");
    }
}

#[test]
fn a_redirect_uri_belongs_to_the_kind_of_program() {
    let cases = [
        // RFC 6749, 3.1.2; OpenID Connect Registration, 2; RFC 8252, 7; RFC 9700, 2.1.
        ("https://app.example/cb", true, true),
        ("https://app.example/cb?foo=bar", true, true),
        ("http://127.0.0.1/cb", false, true),
        ("http://localhost:3000/cb", false, true),
        ("http://[::1]/cb", false, true),
        ("com.example.app:/cb", false, true),
        ("http://app.example/cb", false, false),
        ("https://app.example/cb#fragment", false, false),
        ("https://app.example/cb#", false, false),
        ("https://*.app.example/cb", false, false),
        ("javascript:alert(1)", false, false),
        ("java.script:alert(1)\n", false, false),
        ("data:text/html,x", false, false),
        ("vbscript:x", false, false),
        ("file:///etc/passwd", false, false),
        ("myapp:/cb", false, false),
        ("https://user@app.example/cb", false, false),
        ("/cb", false, false),
        ("", false, false),
    ];
    for (uri, web, native) in cases {
        for (application_type, allowed) in [("web", web), ("native", native)] {
            let read = registered(json!({"redirect_uris": [uri], "application_type": application_type}));
            match read {
                Ok(_) => assert!(allowed, "{application_type} {uri}"),
                Err(error) => {
                    assert!(!allowed, "{application_type} {uri}: {error}");
                    assert_eq!(error.error, ErrorCode::InvalidRedirectUri, "{application_type} {uri}");
                }
            }
        }
    }
    for missing in [json!([]), json!(null), json!("https://app.example/cb"), json!([7])] {
        let refused = registered(json!({ "redirect_uris": missing })).unwrap_err();
        assert_eq!(refused.error, ErrorCode::InvalidRedirectUri);
    }
}

#[test]
fn a_document_that_would_fill_the_store_is_refused() {
    let many: Vec<String> = (0..1000)
        .map(|at| format!("https://app.example/{at}/{}", "a".repeat(30)))
        .collect();
    let refused = registered(json!({ "redirect_uris": many })).unwrap_err();
    assert_eq!(refused.error, ErrorCode::InvalidClientMetadata);
}

#[test]
fn a_replacement_says_whom_it_replaces_and_nothing_that_is_not_its_own_to_say() {
    // RFC 7592, 2.2.
    let check = |value: Value| replacement(&object(value), "me").map(|secret| secret.map(str::to_owned));
    assert_eq!(check(json!({"client_id": "me"})), Ok(None));
    assert_eq!(
        check(json!({"client_id": "me", "client_secret": "s"})),
        Ok(Some("s".to_owned()))
    );
    for wrong in [
        json!({}),
        json!({"client_id": "other"}),
        json!({"client_id": null}),
        json!({"client_id": "me", "client_secret": 7}),
        json!({"client_id": "me", "registration_access_token": "t"}),
        json!({"client_id": "me", "registration_client_uri": "https://id.example/register/me"}),
        json!({"client_id": "me", "client_secret_expires_at": 0}),
        json!({"client_id": "me", "client_id_issued_at": 0}),
    ] {
        assert_eq!(
            check(wrong.clone()).unwrap_err().error,
            ErrorCode::InvalidRequest,
            "{wrong}"
        );
    }
}

#[test]
fn what_the_operator_has_allowed_beyond_the_terms_may_be_kept() {
    let more = ClientMetadata {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::ClientCredentials],
        scope: Scope::parse("openid orders").unwrap(),
        ..registered(json!({})).unwrap()
    };
    let scopes = scopes();
    let sent_back = document(&more).unwrap();
    assert_eq!(read(&sent_back, &terms(&scopes), Some(&more)), Ok(more));
    let stranger = registered(json!({})).unwrap();
    assert!(read(&sent_back, &terms(&scopes), Some(&stranger)).is_err());
}

#[test]
fn a_sectors_document_names_every_redirect_uri() {
    // OpenID Connect Registration, 5.
    let uris = ["https://a.example/".to_owned(), "https://b.example/".to_owned()];
    let check = |document: &str| validate_sector_document(document.as_bytes(), &uris);
    assert_eq!(
        check(r#"["https://b.example/","https://c.example/","https://a.example/"]"#),
        Ok(())
    );
    for wrong in [
        "",
        "[]",
        r#"["https://a.example/"]"#,
        r#"["https://a.example","https://b.example"]"#,
        r#"{"https://a.example/":1,"https://b.example/":2}"#,
        r#"["https://a.example/","https://b.example/",7]"#,
        r#""https://a.example/ https://b.example/""#,
    ] {
        assert_eq!(
            check(wrong).unwrap_err().error,
            ErrorCode::InvalidClientMetadata,
            "{wrong}"
        );
    }
}

/// Documents of strangers that are permitted.
fn permitted() -> impl Strategy<Value = Map<String, Value>> {
    let keys = json!({"keys": [{"kty": "RSA", "n": "n", "e": "AQAB", "kid": "1", "x-own": [1, {"a": null}]}]});
    let choice = |values: Vec<Value>| prop::option::of(prop::sample::select(values));
    let url = |name: &'static str| choice(vec![json!(format!("https://app.example/{name}")), Value::Null]);
    let names = choice(vec![json!("App"), json!("Äpp ✓"), Value::Null]);
    let first = (
        names.clone(),
        names,
        choice(vec![
            json!("client_secret_post"),
            json!("none"),
            json!("private_key_jwt"),
            json!("client_secret_jwt"),
        ]),
        choice(vec![
            json!(["authorization_code"]),
            json!(["refresh_token", "authorization_code"]),
        ]),
        choice(vec![
            json!("openid"),
            json!("openid email"),
            json!("profile openid offline_access"),
            json!(""),
        ]),
        choice(vec![json!("web"), json!("native")]),
        choice(vec![json!(0), json!(3600), Value::Null]),
        choice(vec![json!(true), json!(false)]),
        choice(vec![json!("public"), json!("pairwise")]),
        choice(vec![json!("RS256"), json!("ES256")]),
    );
    let second = (
        url("client"),
        url("logo"),
        url("policy"),
        url("login"),
        url("bye"),
        url("frame"),
        url("sector"),
        choice(vec![json!(["a", "b"]), json!([])]),
        choice(vec![json!("1.2"), Value::Null]),
        any::<bool>(),
    );
    (first, second).prop_map(move |(first, second)| {
        let (name, ja, method, grants, scope, kind, age, truth, subject, algorithm) = first;
        let (client, logo, policy, login, back, front, sector, list, version, unknown) = second;
        let mut members = object(json!({
            "redirect_uris": ["https://app.example/cb", "https://app.example/cb?foo=bar"], "jwks": keys,
            "post_logout_redirect_uris": ["https://app.example/"],
        }));
        let mut put = |name: &str, value: Option<Value>| value.map(|value| members.insert(name.to_owned(), value));
        put("client_name", name);
        put("client_name#ja", ja);
        put("token_endpoint_auth_method", method);
        put("grant_types", grants);
        put("scope", scope);
        put("application_type", kind);
        put("default_max_age", age);
        put("require_auth_time", truth.clone());
        put("backchannel_logout_session_required", truth);
        put("subject_type", subject);
        put("id_token_signed_response_alg", algorithm.clone());
        put("userinfo_signed_response_alg", algorithm);
        put("client_uri", client);
        put("logo_uri", logo);
        put("policy_uri#de-AT", policy.clone());
        put("tos_uri", policy);
        put("initiate_login_uri", login);
        put("backchannel_logout_uri", back);
        put("frontchannel_logout_uri", front);
        put("sector_identifier_uri", sector);
        put("default_acr_values", list.clone());
        put("contacts", list);
        put("software_version", version);
        put("vendor_extension", unknown.then(|| json!({"a": 1})));
        members
    })
}

/// What an operator can have changed.
fn operated() -> impl Strategy<Value = (bool, bool, bool, Option<u64>)> {
    (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::option::of(1u64..1000),
    )
}

proptest! {
    #[test]
    fn what_is_told_and_sent_back_is_the_identity(sent in permitted(), operated in operated()) {
        let scopes = scopes();
        let terms = terms(&scopes);
        let mut metadata = read(&sent, &terms, None).unwrap();
        (metadata.claims_in_id_token, metadata.at_hash) = (operated.0, operated.1);
        metadata.require_pkce |= operated.2;
        metadata.access_token_lifetime = operated.3;
        let told = document(&metadata).unwrap();
        // As the wire and the store have it in between.
        let back: Map<String, Value> = serde_json::from_str(&serde_json::to_string(&told).unwrap()).unwrap();
        let kept: ClientMetadata = serde_json::from_value(serde_json::to_value(&metadata).unwrap()).unwrap();
        prop_assert_eq!(&kept, &metadata);
        let replaced = read(&back, &terms, Some(&kept)).unwrap();
        prop_assert_eq!(&replaced, &metadata);
        prop_assert_eq!(document(&replaced).unwrap(), told);
    }

    #[test]
    fn what_was_asked_is_what_is_told(sent in permitted()) {
        let scopes = scopes();
        let told = document(&read(&sent, &terms(&scopes), None).unwrap()).unwrap();
        let is_default = |value: &Value| matches!(value, Value::Null | Value::Bool(false)) || value == &json!([]);
        for (name, value) in sent.iter().filter(|(name, value)| *name != "vendor_extension" && !is_default(value)) {
            if name == "scope" {
                let words = |value: &Value| Scope::parse(value.as_str().unwrap()).unwrap();
                prop_assert_eq!(words(&told["scope"]), words(value));
            } else {
                prop_assert_eq!(told.get(name), Some(value), "{}", name);
            }
        }
    }

    #[test]
    fn a_replacement_forgets_what_it_does_not_name_and_keeps_what_is_the_operators(before in permitted(), after in permitted()) {
        let scopes = scopes();
        let terms = terms(&scopes);
        let mut current = read(&before, &terms, None).unwrap();
        current.consent = ConsentPolicy::FirstParty;
        current.require_pkce = true;
        current.audience = Some("https://api.example".to_owned());
        current.refresh_token_lifetime = Some(60);
        let replaced = read(&after, &terms, Some(&current)).unwrap();
        let fresh = read(&after, &terms, None).unwrap();
        let expected = ClientMetadata {
            consent: current.consent,
            require_pkce: true,
            audience: current.audience.clone(),
            refresh_token_lifetime: current.refresh_token_lifetime,
            ..fresh
        };
        prop_assert_eq!(replaced, expected);
        prop_assert!(current.subject_type == SubjectType::Public || current.sector().is_some());
    }

    #[test]
    fn no_document_makes_it_panic(name in "[a-z_]{1,20}", text in ".{0,40}", number in any::<i64>()) {
        for member in ClientMetadata::MEMBERS.into_iter().chain([name.as_str()]) {
            for value in [json!(text), json!(number), json!([text]), json!({text.as_str(): number}), json!(true)] {
                let _ = registered(json!({ member: value }));
            }
        }
    }
}

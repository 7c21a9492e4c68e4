//! The Config OP plan (`oidcc-config-certification-test-plan`; openid-provider.md, section 3): the discovery document holds registered
//! members only, and each value of it is true. What the document says by default is in `oidc/discovery.rs`; here every feature is on as
//! well, and what is advertised is asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    App, ClientKey, Daemon, Page, Registrant, Scene, client_keys::jwks, daemon::Builder, jwt, registrant::document,
    requests::basic, scene::USERNAME,
};

/// IANA, OAuth Authorization Server Metadata (OpenID Connect Discovery, 3; RFC 8414, 2; RFC 9207, 3; RP-Initiated Logout, 2.1;
/// Back-Channel Logout, 2.1; Front-Channel Logout, 3; Initiating User Registration 1.0, 4), and Client ID Metadata Document, 6.
pub const REGISTERED: [&str; 41] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "introspection_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "registration_endpoint",
    "check_session_iframe",
    "scopes_supported",
    "claims_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "prompt_values_supported",
    "claim_types_supported",
    "claims_locales_supported",
    "ui_locales_supported",
    "acr_values_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "request_object_signing_alg_values_supported",
    "authorization_response_iss_parameter_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
    "client_id_metadata_document_supported",
];

/// Members that a relying party cannot do without, or that the suite warns of when they are absent.
const LISTS: [&str; 7] = [
    "scopes_supported",
    "claims_supported",
    "response_types_supported",
    "grant_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "code_challenge_methods_supported",
];

fn everything() -> Builder {
    Daemon::builder()
        .set("keys.algorithms", "RS256,PS256,ES256,EdDSA")
        .set("authorization.implicit", "true")
        .set("registration.mode", "open")
        .set("registration.exempt", "127.0.0.1")
        .set("client_id_metadata.enabled", "true")
        .set("client_id_metadata.allowed_hosts", "*")
}

async fn json_at(url: &str) -> Value {
    let page = Page::of(reqwest::get(url).await.expect("an answer")).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "application/json")
    );
    page.json()
}

async fn discovery(daemon: &Daemon) -> Value {
    json_at(&daemon.url("/.well-known/openid-configuration")).await
}

fn words(document: &Value, member: &str) -> Vec<String> {
    let list = document[member].as_array().unwrap_or_else(|| panic!("{member}"));
    let words = list.iter().map(|it| it.as_str().expect(member).to_owned());
    words.collect()
}

#[tokio::test]
async fn the_document_has_registered_members_and_none_that_is_empty_or_elsewhere() {
    for (what, builder) in [("default", Daemon::builder()), ("everything", everything())] {
        let daemon = builder.start();
        let document = discovery(&daemon).await;
        assert_eq!(document["issuer"], daemon.issuer, "{what}: 3.1");
        let issuer = url::Url::parse(&daemon.issuer).expect("a URL");
        assert!(issuer.query().is_none() && issuer.fragment().is_none(), "{what}: 3.1");
        for (name, value) in document.as_object().expect("an object") {
            assert!(REGISTERED.contains(&name.as_str()), "{what}: 3.2: {name}");
            assert!(
                !value.is_null() && *value != json!([]) && *value != "",
                "{what}: {name}"
            );
            if let Some(list) = value.as_array() {
                let once: BTreeSet<&str> = list.iter().filter_map(Value::as_str).collect();
                assert_eq!(once.len(), list.len(), "{what}: {name} says each thing once");
            }
            if name.ends_with("_endpoint") || name.ends_with("_uri") {
                let url = value.as_str().expect(name);
                assert!(url.starts_with(&format!("{}/", daemon.issuer)), "{what}: 3.3: {name}");
                let status = reqwest::get(url).await.expect("an answer").status();
                assert!(status != 404 && status.as_u16() < 500, "{what}: 3.3: {name} {status}");
            }
        }
        for member in LISTS {
            assert!(!words(&document, member).is_empty(), "{what}: 3.4, 3.5: {member}");
        }
        for (member, word) in [
            ("scopes_supported", "openid"),
            ("grant_types_supported", "refresh_token"),
            ("id_token_signing_alg_values_supported", "RS256"),
            ("request_object_signing_alg_values_supported", "RS256"),
            ("userinfo_signing_alg_values_supported", "RS256"),
            ("response_modes_supported", "form_post"),
        ] {
            assert!(
                words(&document, member).contains(&word.to_owned()),
                "{what}: 3.4, 3.5: {member}"
            );
        }
        // 3.6: BCP 47, 2.1.1: the language in small letters, the region in capital ones.
        for member in ["ui_locales_supported", "claims_locales_supported"] {
            for tag in document.get(member).and_then(Value::as_array).into_iter().flatten() {
                let tag = tag.as_str().expect(member);
                let (language, region) = tag.split_once('-').unwrap_or((tag, "XX"));
                let small = language.chars().all(|it| it.is_ascii_lowercase());
                let capital = region.chars().all(|it| it.is_ascii_uppercase());
                assert!(
                    small && capital && language.len() == 2 && region.len() == 2,
                    "{what}: 3.6: {tag}"
                );
            }
        }
        // 3.7, 1.2.
        let keys = json_at(&daemon.url("/.well-known/jwks.json")).await;
        let mut kids = BTreeSet::new();
        for key in keys["keys"].as_array().expect("keys") {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{what}: 3.7: {private}");
            }
            assert!(kids.insert(key["kid"].as_str().expect("kid")), "{what}: 1.2");
        }
        daemon.has_no_errors();
    }
}

#[tokio::test]
async fn what_a_default_provider_does_not_offer_is_not_in_its_document() {
    let daemon = Daemon::start();
    let document = discovery(&daemon).await;
    // 3.3, 5.1; Discovery, 3.
    assert!(document.get("registration_endpoint").is_none());
    assert!(document.get("client_id_metadata_document_supported").is_none());
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert!(!words(&document, "grant_types_supported").contains(&"implicit".to_owned()));
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
    // OpenID Connect Core, 2: both can be reached where there are no passkeys, too, by an authenticator app.
    assert_eq!(document["acr_values_supported"], json!(["1", "2"]));
    let scene = Scene::of(Daemon::builder().set("passkeys.enabled", "false"));
    assert_eq!(
        discovery(&scene.daemon).await["acr_values_supported"],
        json!(["1", "2"])
    );
    // Core, 5.5.1.1: what cannot be reached is told, and nobody is asked for the password in vain.
    scene.tokens("openid").await;
    let claims = r#"{"id_token":{"acr":{"essential":true,"value":"3"}}}"#;
    let (sign_in, page) = scene
        .app
        .authorize(&scene.browser, "openid", &[("claims", claims)])
        .await;
    assert_eq!(
        page.redirect_error(&scene.app, &sign_in),
        "unmet_authentication_requirements"
    );
}

#[tokio::test]
async fn each_value_that_is_advertised_can_be_registered_and_no_other() {
    let daemon = everything().start();
    let document_of = discovery(&daemon).await;
    let registrant = Registrant::of(&daemon);
    let keys = jwks(&[&ClientKey::new("RS256", "1")]);
    let grants = json!(["authorization_code", "implicit", "refresh_token"]);
    // The member of the document (3.4, 3.5), the member of a registration (Registration, 2), and what must stand beside it.
    let rows = [
        (
            "id_token_signing_alg_values_supported",
            "id_token_signed_response_alg",
            json!({}),
        ),
        (
            "userinfo_signing_alg_values_supported",
            "userinfo_signed_response_alg",
            json!({}),
        ),
        (
            "request_object_signing_alg_values_supported",
            "request_object_signing_alg",
            json!({"jwks": keys}),
        ),
        ("subject_types_supported", "subject_type", json!({})),
        (
            "token_endpoint_auth_methods_supported",
            "token_endpoint_auth_method",
            json!({"jwks": keys}),
        ),
        ("acr_values_supported", "default_acr_values", json!({})),
        ("scopes_supported", "scope", json!({})),
        (
            "response_types_supported",
            "response_types",
            json!({"grant_types": grants}),
        ),
    ];
    for (advertised, member, beside) in rows {
        for word in words(&document_of, advertised) {
            let mut more = beside.clone();
            more[member] = match member {
                "default_acr_values" => json!([word]),
                // Each grant has a response type (Registration, 2).
                "response_types" => json!(BTreeSet::from([word.as_str(), "code", "id_token"])),
                _ => json!(word),
            };
            let told = registrant.register(&document(more)).await.told;
            let holds = told[member] == *word || told[member].as_array().is_some_and(|it| it.contains(&json!(word)));
            assert!(holds, "{advertised}: {word}: {told}");
        }
    }
    for alg in words(&document_of, "token_endpoint_auth_signing_alg_values_supported") {
        let method = if alg == "HS256" {
            "client_secret_jwt"
        } else {
            "private_key_jwt"
        };
        let more = json!({"token_endpoint_auth_method": method, "token_endpoint_auth_signing_alg": alg, "jwks": keys});
        assert_eq!(
            registrant.register(&document(more)).await.told["token_endpoint_auth_signing_alg"],
            json!(alg)
        );
    }
    // Registration, 2: what nobody advertised.
    for more in [
        json!({"id_token_signed_response_alg": "ES512"}),
        json!({"token_endpoint_auth_signing_alg": "none"}),
        json!({"request_object_signing_alg": "none"}),
        json!({"subject_type": "ephemeral"}),
        json!({"token_endpoint_auth_method": "self_signed_tls_client_auth"}),
        json!({"require_pushed_authorization_requests": true}),
    ] {
        let page = registrant.try_register(None, &document(more)).await;
        page.refused(400, "invalid_client_metadata");
        assert!(!page.body.contains("enum"), "in words: {}", page.body);
    }
}

/// Parameters of a request.
type Pairs = &'static [(&'static str, &'static str)];

/// What an endpoint says of a good client whose request is of no use.
const ENDPOINTS: [(&str, &str, Pairs, u16); 3] = [
    (
        "token",
        "/token",
        &[
            ("grant_type", "authorization_code"),
            ("code", "x"),
            ("redirect_uri", "https://app.example/cb"),
        ],
        400,
    ),
    ("introspection", "/introspect", &[("token", "x")], 200),
    ("revocation", "/revoke", &[("token", "x")], 200),
];

#[tokio::test]
async fn each_way_to_prove_a_client_works_where_it_is_advertised_and_nowhere_else() {
    // 3.2; OpenID Connect Core, 9; RFC 8414, 2.
    let daemon = everything().start();
    let document = discovery(&daemon).await;
    let key = ClientKey::new("ES256", "1");
    let mut clients = Vec::new();
    for method in [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ] {
        let grants = ["authorization_code", "refresh_token"];
        let more = json!({"token_endpoint_auth_method": method, "jwks": jwks(&[&key]), "grant_types": grants});
        clients.push((method, App::registered(&daemon, &more)));
    }
    for (endpoint, path, params, status) in ENDPOINTS {
        let offered = words(&document, &format!("{endpoint}_endpoint_auth_methods_supported"));
        for (method, app) in &clients {
            let (id, secret) = (app.client_id.as_str(), app.client_secret.as_deref().unwrap_or_default());
            let page = match *method {
                "client_secret_basic" => app.send(path, Some(&basic(id, secret)), params).await,
                "client_secret_post" => {
                    let proof = [("client_id", id), ("client_secret", secret)];
                    app.send(path, None, &[params, &proof].concat()).await
                }
                "client_secret_jwt" => {
                    let jwt = ClientKey::secret(secret).sign(&app.assertion(&json!({})));
                    app.assert(path, params, &jwt).await
                }
                "private_key_jwt" => app.assert(path, params, &key.sign(&app.assertion(&json!({})))).await,
                _ => app.send(path, None, &[params, &[("client_id", id)]].concat()).await,
            };
            let expected = if offered.contains(&(*method).to_owned()) {
                status
            } else {
                401
            };
            assert_eq!(page.status.as_u16(), expected, "{path} {method}: {}", page.body);
            if expected == 400 {
                page.refused(400, "invalid_grant");
            }
        }
    }
}

/// A provider with everything, a user who has every claim, and a client that may ask for all of it.
async fn complete() -> (Scene, App, Value) {
    let scene = Scene::of(everything());
    let document = discovery(&scene.daemon).await;
    let claims = json!({
        "name": "Alice Liddell", "given_name": "Alice", "family_name": "Liddell", "middle_name": "Pleasance",
        "nickname": "Al", "preferred_username": "al", "profile": "https://alice.example/", "gender": "female",
        "picture": "https://alice.example/me.png", "website": "https://alice.example/blog", "birthdate": "1852-05-04",
        "zoneinfo": "Europe/London", "locale": "en-GB", "phone_number": "+44 20 7946 0000",
        "phone_number_verified": true, "address": {"country": "United Kingdom"},
    });
    let file = scene.daemon.dir().join("claims.json");
    std::fs::write(&file, claims.to_string()).expect("a file");
    scene
        .daemon
        .cli(&["user", "set", USERNAME, "--claims", file.to_str().expect("UTF-8")]);
    let more = json!({
        "response_types": document["response_types_supported"],
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "scope": words(&document, "scopes_supported").join(" "),
    });
    let app = App::registered(&scene.daemon, &more);
    (scene, app, document)
}

#[tokio::test]
async fn each_response_type_mode_and_prompt_that_is_advertised_is_there() {
    let (scene, app, document) = complete().await;
    scene.tokens_for(&app, "openid").await;
    for response_type in words(&document, "response_types_supported") {
        for mode in words(&document, "response_modes_supported") {
            let more = [("response_type", response_type.as_str()), ("response_mode", &mode)];
            let (sign_in, page) = app.authorize(&scene.browser, "openid", &more).await;
            // OAuth 2.0 Multiple Response Types, 3: what holds a token never comes in a query.
            if mode == "query" && response_type != "code" {
                assert_eq!(
                    page.redirect_error(&app, &sign_in),
                    "invalid_request",
                    "{response_type}"
                );
                continue;
            }
            let answer = page.answer_to(&app, &sign_in);
            for (word, member) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
                let asked = response_type.split(' ').any(|it| it == word);
                assert_eq!(answer.contains_key(member), asked, "{response_type} {mode}");
            }
        }
    }
    // OpenID Connect Core, 3.1.2.1.
    for prompt in words(&document, "prompt_values_supported") {
        let (sign_in, page) = app.authorize(&scene.browser, "openid", &[("prompt", &prompt)]).await;
        match prompt.as_str() {
            "none" => drop(app.code_of(&page, &sign_in)),
            "login" => assert!(page.is_login()),
            "consent" => assert!(page.is_consent()),
            "select_account" => assert!(page.status == 200 && !page.is_login() && !page.is_consent()),
            other => panic!("nothing is known of {other}"),
        }
    }
    // RFC 7636, 4.3: the one method that is advertised; the other is refused.
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    let (sign_in, page) = app
        .authorize(&scene.browser, "openid", &[("code_challenge_method", "plain")])
        .await;
    assert_eq!(page.redirect_error(&app, &sign_in), "invalid_request");
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn each_scope_and_claim_that_is_advertised_can_be_had() {
    // 3.5; Discovery, 3: scopes_supported, claims_supported.
    let (scene, app, document) = complete().await;
    for scope in words(&document, "scopes_supported") {
        let asked = format!("openid {scope}");
        let (sign_in, code) = scene.code_for(&app, &asked, &[("prompt", "consent")]).await;
        let tokens = app.redeem(&sign_in, &code).await;
        let claims = jwt::claims(tokens.access());
        let granted = claims["scope"].as_str().expect("scope");
        assert!(granted.split(' ').any(|it| it == scope), "{scope}: {granted}");
        assert_eq!(
            tokens.0.get("refresh_token").is_some(),
            scope == "offline_access",
            "{scope}"
        );
    }
    let all = words(&document, "scopes_supported").join(" ");
    let tokens = scene.tokens_for(&app, &all).await;
    let (_, userinfo) = app.userinfo(tokens.access()).await;
    let id_token = jwt::claims(tokens.id());
    for claim in words(&document, "claims_supported") {
        let told = id_token.get(&claim).is_some() || userinfo.get(&claim).is_some();
        assert!(told, "{claim}: {id_token} {userinfo}");
    }
}

use proptest::prelude::*;

use super::*;

mod asked;
use crate::protocol::{client::GrantType, response::Delivery};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const ONLY_CODE: [ResponseType; 1] = [ResponseType::Code];

fn client() -> ClientMetadata {
    ClientMetadata {
        client_name: "App".to_owned(),
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        scope: Scope::parse("openid email offline_access").unwrap(),
        ..ClientMetadata::default()
    }
}

/// A good request with one parameter changed (`None`: left out).
fn request(name: &str, value: Option<&str>) -> Params {
    let good = [
        ("client_id", "app"),
        ("redirect_uri", "https://app.example/cb"),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = good.into_iter().filter(|(known, _)| *known != name);
    kept.chain(value.map(|value| (name, value))).collect()
}

fn validated(name: &str, value: Option<&str>) -> Result<AuthorizationRequest, Refusal> {
    validate(&request(name, value), "app", &client(), &ONLY_CODE)
}

#[test]
fn a_good_request_is_understood() {
    let request = validated("max_age", Some("60")).unwrap();
    assert_eq!(request.destination.redirect_uri(), "https://app.example/cb");
    assert_eq!(request.scope, Scope::parse("openid email").unwrap());
    assert_eq!((request.nonce.as_deref(), request.max_age), (Some("n"), Some(60)));
    assert!(request.code_challenge.is_some());
}

#[test]
fn without_a_proven_redirect_uri_nobody_is_redirected() {
    for value in [
        None,
        Some(""),
        Some("https://evil.example/cb"),
        Some("https://app.example/cb/"),
    ] {
        assert!(
            matches!(validated("redirect_uri", value), Err(Refusal::Page(_))),
            "{value:?}"
        );
    }
    for name in ["redirect_uri", "state"] {
        let query = request("x", None).to_query() + &format!("&{name}=https://app.example/cb");
        let params = Params::decode(query.as_bytes()).unwrap();
        assert!(
            matches!(validate(&params, "app", &client(), &ONLY_CODE), Err(Refusal::Page(_))),
            "{name}"
        );
    }
    let twice = Params::decode(b"client_id=a&client_id=b").unwrap();
    assert!(client_id(&twice).is_err());
}

#[test]
fn every_other_error_goes_to_the_client() {
    let long = "x".repeat(2049);
    let cases = [
        ("response_type", None, ErrorCode::InvalidRequest),
        ("response_type", Some("token"), ErrorCode::UnsupportedResponseType),
        (
            "response_type",
            Some("code id_token"),
            ErrorCode::UnsupportedResponseType,
        ),
        ("response_mode", Some("web_message"), ErrorCode::InvalidRequest),
        ("response_mode", Some("QUERY"), ErrorCode::InvalidRequest),
        ("scope", None, ErrorCode::InvalidScope),
        ("scope", Some("unknown"), ErrorCode::InvalidScope),
        ("scope", Some("open\"id"), ErrorCode::InvalidScope),
        ("prompt", Some("none login"), ErrorCode::InvalidRequest),
        ("prompt", Some("dance"), ErrorCode::InvalidRequest),
        ("max_age", Some("-1"), ErrorCode::InvalidRequest),
        ("max_age", Some("soon"), ErrorCode::InvalidRequest),
        ("nonce", Some(&long), ErrorCode::InvalidRequest),
        ("login_hint", Some(&long), ErrorCode::InvalidRequest),
        ("code_challenge", None, ErrorCode::InvalidRequest),
        ("code_challenge", Some("short"), ErrorCode::InvalidRequest),
        ("code_challenge_method", None, ErrorCode::InvalidRequest),
        ("code_challenge_method", Some("plain"), ErrorCode::InvalidRequest),
        ("request", Some("e30."), ErrorCode::RequestNotSupported),
        (
            "request_uri",
            Some("https://app.example/r"),
            ErrorCode::RequestUriNotSupported,
        ),
        ("registration", Some("{}"), ErrorCode::RegistrationNotSupported),
        ("claims", Some("name"), ErrorCode::InvalidRequest),
        ("claims", Some(r#"{"userinfo":["name"]}"#), ErrorCode::InvalidRequest),
        ("resource", Some("api"), ErrorCode::InvalidTarget),
        ("resource", Some("https://api.example/#x"), ErrorCode::InvalidTarget),
    ];
    for (name, value, expected) in cases {
        match validated(name, value) {
            Err(Refusal::Redirect(destination, error)) => {
                assert_eq!(error.error, expected, "{name}={value:?}");
                // A client that asked for a token reads the fragment (RFC 6749, 4.2.2.1).
                let in_front = name == "response_type" && value.is_some();
                let mark = if in_front { '#' } else { '?' };
                let Delivery::Redirect(url) = destination.with_error(&error, "https://id").delivery() else {
                    panic!("{name}={value:?}")
                };
                assert!(url.starts_with(&format!("https://app.example/cb{mark}error=")), "{url}");
            }
            other => panic!("{name}={value:?}: {other:?}"),
        }
    }
    let repeated = Params::decode((request("x", None).to_query() + "&nonce=2").as_bytes()).unwrap();
    assert!(matches!(
        validate(&repeated, "app", &client(), &ONLY_CODE),
        Err(Refusal::Redirect(..))
    ));
}

#[test]
fn unknown_parameters_and_scopes_are_ignored() {
    assert!(validated("extra", Some("x")).is_ok());
    assert_eq!(
        validated("scope", Some("openid phone what")).unwrap().scope,
        Scope::parse("openid").unwrap()
    );
}

/// A client that may use everything there is.
fn client_of_all_types() -> ClientMetadata {
    ClientMetadata {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::Implicit],
        response_types: ResponseType::ALL.map(|it| it.as_str().to_owned()).to_vec(),
        ..client()
    }
}

#[test]
fn a_response_type_needs_the_operator_and_the_registration() {
    let everybody = client_of_all_types();
    for response_type in ResponseType::ALL {
        let asked = request("response_type", Some(response_type.as_str()));
        let outcome = |client: &ClientMetadata, offered: &[ResponseType]| match validate(&asked, "app", client, offered)
        {
            Ok(request) => {
                assert_eq!(request.response_type, response_type);
                None
            }
            Err(Refusal::Redirect(destination, error)) => {
                assert_eq!(destination.response_mode(), response_type.default_mode());
                Some(error.error)
            }
            Err(refusal) => panic!("{refusal:?}"),
        };
        let front = response_type.is_front_channel();
        // Threats 6; RFC 6749, 4.1.2.1 and 4.2.2.1.
        assert_eq!(outcome(&everybody, &ResponseType::ALL), None, "{response_type:?}");
        assert_eq!(
            outcome(&everybody, &ONLY_CODE),
            front.then_some(ErrorCode::UnsupportedResponseType)
        );
        assert_eq!(
            outcome(&client(), &ResponseType::ALL),
            front.then_some(ErrorCode::UnauthorizedClient)
        );
        let without_grants = ClientMetadata {
            grant_types: vec![GrantType::ClientCredentials],
            ..everybody.clone()
        };
        assert_eq!(
            outcome(&without_grants, &ResponseType::ALL),
            Some(ErrorCode::UnauthorizedClient)
        );
    }
}

#[test]
fn each_response_type_has_needs_of_its_own() {
    let rows: [(ResponseType, &str, Option<&str>, Option<ErrorCode>); 16] = [
        // OpenID Connect Core, 3.2.2.1 and 3.3.2.1: nonce.
        (ResponseType::Code, "nonce", None, None),
        (ResponseType::CodeToken, "nonce", None, None),
        (ResponseType::IdToken, "nonce", None, Some(ErrorCode::InvalidRequest)),
        (
            ResponseType::IdTokenToken,
            "nonce",
            None,
            Some(ErrorCode::InvalidRequest),
        ),
        (
            ResponseType::CodeIdToken,
            "nonce",
            Some(""),
            Some(ErrorCode::InvalidRequest),
        ),
        (
            ResponseType::CodeIdTokenToken,
            "nonce",
            None,
            Some(ErrorCode::InvalidRequest),
        ),
        // RFC 7636, 4.4.1: what binds a code.
        (ResponseType::IdToken, "code_challenge", None, None),
        (ResponseType::IdTokenToken, "code_challenge", None, None),
        (
            ResponseType::CodeIdToken,
            "code_challenge",
            None,
            Some(ErrorCode::InvalidRequest),
        ),
        (
            ResponseType::CodeToken,
            "code_challenge_method",
            None,
            Some(ErrorCode::InvalidRequest),
        ),
        // An ID token speaks OpenID Connect.
        (ResponseType::CodeToken, "scope", Some("email"), None),
        (
            ResponseType::IdToken,
            "scope",
            Some("email"),
            Some(ErrorCode::InvalidScope),
        ),
        (
            ResponseType::IdTokenToken,
            "scope",
            Some("offline_access"),
            Some(ErrorCode::InvalidScope),
        ),
        // Multiple Response Types, 3.
        (
            ResponseType::IdToken,
            "response_mode",
            Some("query"),
            Some(ErrorCode::InvalidRequest),
        ),
        (
            ResponseType::CodeToken,
            "response_mode",
            Some("query"),
            Some(ErrorCode::InvalidRequest),
        ),
        (ResponseType::CodeIdToken, "response_mode", Some("form_post"), None),
    ];
    for (response_type, name, value, expected) in rows {
        let pairs = request(name, value).to_query();
        let pairs = pairs.replace("response_type=code&", "");
        let query = format!("{pairs}&response_type={}", response_type.as_str().replace(' ', "+"));
        let asked = Params::parse(query.as_bytes()).unwrap();
        let outcome = validate(&asked, "app", &client_of_all_types(), &ResponseType::ALL);
        let refused = outcome.err().map(|refusal| match refusal {
            Refusal::Redirect(_, error) => error.error,
            Refusal::Page(error) => panic!("{error}"),
        });
        assert_eq!(refused, expected, "{response_type:?} {name}={value:?}");
    }
}

#[test]
fn without_a_code_there_is_no_offline_access_and_no_challenge() {
    let asked = |response_type: &str| {
        let query = request("scope", Some("openid email offline_access")).to_query();
        let query = query.replace("response_type=code&", &format!("response_type={response_type}&"));
        let params = Params::parse(query.as_bytes()).unwrap();
        validate(&params, "app", &client_of_all_types(), &ResponseType::ALL).unwrap()
    };
    let hybrid = asked("token+code");
    assert!(hybrid.scope.contains(OFFLINE_ACCESS) && hybrid.code_challenge.is_some());
    let implicit = asked("token+id_token");
    assert_eq!(implicit.scope, Scope::parse("openid email").unwrap());
    assert_eq!(implicit.code_challenge, None);
}

#[test]
fn a_waiting_request_of_an_older_version_asked_for_a_code() {
    let mut kept = serde_json::to_value(validated("x", None).unwrap()).unwrap();
    kept.as_object_mut().unwrap().remove("response_type");
    let read: AuthorizationRequest = serde_json::from_value(kept).unwrap();
    assert_eq!(read.response_type, ResponseType::Code);
    assert_eq!(read.destination.response_mode(), ResponseMode::Query);
}

#[test]
fn of_two_ways_to_answer_neither_is_taken() {
    for repeated in [
        "response_mode=form_post&response_mode=fragment",
        "response_mode=fragment&response_mode=query",
    ] {
        let query = format!("nonce=1&{}&{repeated}", request("x", None).to_query());
        let params = Params::decode(query.as_bytes()).unwrap();
        match validate(&params, "app", &client(), &ONLY_CODE) {
            Err(Refusal::Redirect(destination, error)) => {
                assert_eq!(error.error, ErrorCode::InvalidRequest);
                assert_eq!(destination.response_mode(), ResponseMode::Query, "{repeated}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_exempt_confidential_client_may_leave_pkce_out_but_not_half_of_it() {
    let exempt = ClientMetadata {
        require_pkce: false,
        ..client()
    };
    let without: Params = [
        ("redirect_uri", "https://app.example/cb"),
        ("response_type", "code"),
        ("scope", "openid"),
    ]
    .into_iter()
    .collect();
    assert!(
        validate(&without, "app", &exempt, &ONLY_CODE)
            .unwrap()
            .code_challenge
            .is_none()
    );
    assert!(validate(&request("code_challenge", None), "app", &exempt, &ONLY_CODE).is_err());
}

const NOW: Timestamp = Timestamp::from_unix(1_000_000);

fn signed_in(age: i64) -> Login<'static> {
    Login {
        sub: "alice",
        sid: "sid",
        auth_time: Timestamp::from_unix(NOW.unix() - age),
        acr: "1",
    }
}

#[test]
fn the_next_step_follows_from_what_was_asked_and_done() {
    let nobody = Progress::default();
    let session = Progress {
        session: Some(signed_in(100)),
        consent_remembered: true,
        ..Progress::default()
    };
    let fresh = Progress {
        login: Some("sid"),
        ..session.clone()
    };
    let elsewhere = Progress {
        login: Some("another sid"),
        ..session.clone()
    };
    let chosen = Progress {
        account: Some("sid"),
        ..session.clone()
    };
    let unasked = Progress {
        consent_remembered: false,
        ..session.clone()
    };
    let allowed = Progress {
        consented: true,
        ..unasked.clone()
    };
    let hinted = Progress {
        hinted_sub: Some("alice"),
        ..session.clone()
    };
    let stranger = Progress {
        hinted_sub: Some("bob"),
        ..session.clone()
    };
    let other = Progress {
        hinted_sub: Some("bob"),
        ..fresh.clone()
    };
    let cases = [
        ("", None, &nobody, Ok(Step::Login)),
        ("", None, &session, Ok(Step::Issue)),
        ("", None, &unasked, Ok(Step::Consent)),
        ("", None, &allowed, Ok(Step::Issue)),
        ("", None, &hinted, Ok(Step::Issue)),
        ("", None, &stranger, Ok(Step::Login)),
        ("", None, &other, Err(ErrorCode::LoginRequired)),
        ("login", None, &session, Ok(Step::Login)),
        ("login", None, &elsewhere, Ok(Step::Login)),
        ("login", None, &fresh, Ok(Step::Issue)),
        ("select_account", None, &session, Ok(Step::SelectAccount)),
        ("select_account", None, &chosen, Ok(Step::Issue)),
        ("select_account", None, &fresh, Ok(Step::Issue)),
        ("consent", None, &session, Ok(Step::Consent)),
        ("consent", None, &allowed, Ok(Step::Issue)),
        ("", Some(50), &session, Ok(Step::Login)),
        ("", Some(50), &fresh, Ok(Step::Issue)),
        ("", Some(100), &session, Ok(Step::Issue)),
        ("", Some(0), &session, Ok(Step::Login)),
        ("none", None, &nobody, Err(ErrorCode::LoginRequired)),
        ("none", Some(50), &session, Err(ErrorCode::LoginRequired)),
        ("none", None, &other, Err(ErrorCode::LoginRequired)),
        ("none", None, &unasked, Err(ErrorCode::ConsentRequired)),
        ("none", None, &session, Ok(Step::Issue)),
    ];
    for (prompt, max_age, progress, expected) in cases {
        let mut request = validated("prompt", Some(prompt)).unwrap();
        request.max_age = max_age;
        let step = next_step(&request, progress, NOW).map_err(|error| error.error);
        assert_eq!(step, expected, "prompt={prompt} max_age={max_age:?} {progress:?}");
    }
}

proptest! {
    #[test]
    fn a_code_is_only_issued_to_the_right_person_recently_enough_and_with_consent(
        words in prop::sample::subsequence(vec!["login", "consent", "select_account"], 0..=3),
        none in any::<bool>(), age in 0i64..200, max_age in prop::option::of(0u64..200), there in any::<bool>(),
        fresh in any::<bool>(), chosen in any::<bool>(), consented in any::<bool>(), consent_remembered in any::<bool>(),
        hinted_sub in prop::option::of(prop::sample::select(vec!["alice", "bob"])),
    ) {
        let prompt = if none { "none".to_owned() } else { words.join(" ") };
        let mut request = validated("prompt", Some(&prompt)).unwrap();
        request.max_age = max_age;
        let progress = Progress {
            session: there.then(|| signed_in(age)),
            login: fresh.then_some("sid"),
            account: chosen.then_some("sid"),
            consented,
            consent_remembered,
            hinted_sub,
            below_policy: false,
            can_raise: false,
        };
        match next_step(&request, &progress, NOW) {
            Ok(Step::Issue) => {
                prop_assert!(there);
                prop_assert!(hinted_sub != Some("bob"));
                prop_assert!(fresh || (!request.prompt.login && max_age.is_none_or(|limit| age.unsigned_abs() <= limit)));
                prop_assert!(consented || (consent_remembered && !request.prompt.consent));
            }
            Ok(_) => prop_assert!(!none, "prompt=none shows no page"),
            Err(_) => prop_assert!(none || (fresh && hinted_sub == Some("bob")), "nothing else fails here"),
        }
    }
}

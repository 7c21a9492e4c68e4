//! What a request asks for beyond its scope: `claims` and `resource`.

use super::*;

#[test]
fn claims_and_resources_are_understood() {
    let request = validated("claims", Some(r#"{"userinfo":{"name":null}}"#)).unwrap();
    assert!(request.claims.userinfo.contains_key("name") && request.resources.is_empty());
    let query = request_with("resource=https://b.example&resource=https://a.example");
    let request = validate(&query, "app", &client(), &ONLY_CODE).unwrap();
    assert_eq!(request.resources, ["https://a.example", "https://b.example"]);
}

fn request_with(more: &str) -> Params {
    Params::decode(format!("{}&{more}", request("x", None).to_query()).as_bytes()).unwrap()
}

#[test]
fn a_request_of_an_earlier_version_is_read_without_claims_and_resources() {
    let request = validated("x", None).unwrap();
    let mut kept = serde_json::to_value(&request).unwrap();
    let members = kept.as_object_mut().unwrap();
    assert!(members.remove("claims").is_some() && members.remove("resources").is_some());
    assert_eq!(serde_json::from_value::<AuthorizationRequest>(kept).unwrap(), request);
}

#[test]
fn what_the_claims_parameter_says_of_the_login_must_come_true() {
    let session = Progress {
        session: Some(signed_in(100)),
        ..Progress::default()
    };
    let fresh = Progress {
        login: Some("sid"),
        ..session.clone()
    };
    let nobody = Progress::default();
    let alice = r#"{"id_token":{"sub":{"value":"alice"}}}"#;
    let bob = r#"{"id_token":{"sub":{"value":"bob"}}}"#;
    let strong = r#"{"id_token":{"acr":{"essential":true,"values":["2"]}}}"#;
    let foreign = r#"{"id_token":{"acr":{"essential":true,"values":["phr"]}}}"#;
    let by_two = Progress {
        session: Some(Login {
            acr: "2",
            ..signed_in(100)
        }),
        ..Progress::default()
    };
    let weak = r#"{"id_token":{"acr":{"essential":true,"value":"1"}}}"#;
    let fresh_by_two = Progress {
        login: Some("sid"),
        ..by_two.clone()
    };
    let wish = r#"{"id_token":{"acr":{"values":["2"]},"auth_time":{"essential":true}}}"#;
    let unmet = || Err(ErrorCode::UnmetAuthenticationRequirements);
    // OpenID Connect Core, 5.5.1 and 5.5.1.1.
    for (claims, progress, none, expected) in [
        (alice, &session, false, Ok(Step::Consent)),
        (bob, &session, false, Ok(Step::Login)),
        (bob, &session, true, Err(ErrorCode::LoginRequired)),
        (bob, &fresh, false, Err(ErrorCode::LoginRequired)),
        (strong, &nobody, false, Ok(Step::Login)),
        (strong, &nobody, true, Err(ErrorCode::LoginRequired)),
        (strong, &session, false, Ok(Step::StepUp)),
        (strong, &session, true, Err(ErrorCode::LoginRequired)),
        (strong, &fresh, false, Ok(Step::StepUp)),
        (strong, &by_two, false, Ok(Step::Consent)),
        (weak, &session, false, Ok(Step::Consent)),
        (weak, &by_two, false, Ok(Step::Login)),
        (weak, &fresh_by_two, false, unmet()),
        (foreign, &nobody, false, Ok(Step::Login)),
        (foreign, &session, false, unmet()),
        (foreign, &session, true, unmet()),
        (foreign, &by_two, false, unmet()),
        (wish, &session, false, Ok(Step::Consent)),
    ] {
        let mut request = validated("claims", Some(claims)).unwrap();
        request.prompt.none = none;
        let step = next_step(&request, progress, NOW).map_err(|error| error.error);
        assert_eq!(step, expected, "{claims} none={none} {progress:?}");
    }
}

#[test]
fn a_policy_asks_for_more_and_a_wish_only_of_those_who_can() {
    let progress = |below_policy, can_raise, acr| Progress {
        session: Some(Login { acr, ..signed_in(100) }),
        consented: true,
        below_policy,
        can_raise,
        ..Progress::default()
    };
    let claim = |values: &str| format!(r#"{{"id_token":{{"acr":{{"values":[{values}]}}}}}}"#);
    for (name, words, progress, expected) in [
        ("x", "", progress(true, false, "1"), Ok(Step::StepUp)),
        ("x", "", progress(true, true, "2"), Ok(Step::StepUp)),
        (
            "prompt",
            "none",
            progress(true, true, "1"),
            Err(ErrorCode::LoginRequired),
        ),
        ("acr_values", "2", progress(false, true, "1"), Ok(Step::StepUp)),
        ("acr_values", "2", progress(false, true, "2"), Ok(Step::Issue)),
        ("acr_values", "2", progress(false, false, "1"), Ok(Step::Issue)),
        ("acr_values", "phr 2 1", progress(false, true, "1"), Ok(Step::StepUp)),
        ("acr_values", "1 2", progress(false, true, "1"), Ok(Step::Issue)),
        ("acr_values", "phr", progress(false, true, "1"), Ok(Step::Issue)),
        (
            "claims",
            &claim(r#""2","1""#),
            progress(false, true, "1"),
            Ok(Step::StepUp),
        ),
        (
            "claims",
            &claim(r#""1","2""#),
            progress(false, true, "1"),
            Ok(Step::Issue),
        ),
    ] {
        let request = validated(name, Some(words)).unwrap();
        let step = next_step(&request, &progress, NOW).map_err(|error| error.error);
        assert_eq!(step, expected, "{name}={words} {progress:?}");
    }
    // A wish is no reason for an error where no page may be shown.
    let mut request = validated("acr_values", Some("2")).unwrap();
    request.prompt.none = true;
    assert_eq!(next_step(&request, &progress(false, true, "1"), NOW), Ok(Step::Issue));
    // Whoever may choose another account chooses first.
    let request = validated("prompt", Some("select_account")).unwrap();
    assert_eq!(
        next_step(&request, &progress(true, true, "1"), NOW),
        Ok(Step::SelectAccount)
    );
}

#[test]
fn the_clients_own_wish_counts_where_the_request_has_none() {
    let wishing = ClientMetadata {
        default_acr_values: vec!["2".to_owned()],
        ..client()
    };
    let read = |words: Option<&str>| {
        let params = request("acr_values", words);
        validate(&params, "app", &wishing, &ONLY_CODE).unwrap().acr_values
    };
    assert_eq!(read(None), ["2"]);
    assert_eq!(read(Some("1  x")), ["1", "x"]);
}

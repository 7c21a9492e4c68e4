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
    let by_passkey = Progress {
        session: Some(Login {
            acr: "2",
            ..signed_in(100)
        }),
        ..Progress::default()
    };
    let wish = r#"{"id_token":{"acr":{"values":["2"]},"auth_time":{"essential":true}}}"#;
    // OpenID Connect Core, 5.5.1 and 5.5.1.1.
    for (claims, progress, none, expected) in [
        (alice, &session, false, Ok(Step::Consent)),
        (bob, &session, false, Ok(Step::Login)),
        (bob, &session, true, Err(ErrorCode::LoginRequired)),
        (bob, &fresh, false, Err(ErrorCode::LoginRequired)),
        (strong, &nobody, false, Ok(Step::Login)),
        (strong, &nobody, true, Err(ErrorCode::LoginRequired)),
        (strong, &session, false, Ok(Step::Login)),
        (strong, &session, true, Err(ErrorCode::LoginRequired)),
        (strong, &fresh, false, Err(ErrorCode::UnmetAuthenticationRequirements)),
        (strong, &by_passkey, false, Ok(Step::Consent)),
        (foreign, &nobody, false, Ok(Step::Login)),
        (
            foreign,
            &session,
            false,
            Err(ErrorCode::UnmetAuthenticationRequirements),
        ),
        (foreign, &session, true, Err(ErrorCode::UnmetAuthenticationRequirements)),
        (
            foreign,
            &by_passkey,
            false,
            Err(ErrorCode::UnmetAuthenticationRequirements),
        ),
        (wish, &session, false, Ok(Step::Consent)),
    ] {
        let mut request = validated("claims", Some(claims)).unwrap();
        request.prompt.none = none;
        let step = next_step(&request, progress, NOW).map_err(|error| error.error);
        assert_eq!(step, expected, "{claims} none={none} {progress:?}");
    }
}

//! The main job: a person signs in, an application gets tokens (OpenID Connect Core, 3.1).

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{App, Browser, Daemon, jwt};

#[tokio::test]
async fn a_person_signs_in_and_an_application_gets_tokens_with_the_claims_it_uses() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &["--role", "admin"]);
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);

    let tokens = app
        .sign_in(
            &browser,
            "openid profile email offline_access",
            "alice",
            "correct horse",
        )
        .await;

    let access = jwt::claims(tokens.access());
    assert_eq!(jwt::header(tokens.access())["typ"], "at+jwt");
    assert_eq!(jwt::header(tokens.access())["alg"], "RS256");
    for claims in [&access, &jwt::claims(tokens.id())] {
        assert_eq!(claims["iss"], daemon.issuer);
        assert_eq!(claims["role"], "admin");
        assert_eq!(claims["email"], "alice@example.com");
        assert_eq!(claims["organization_ids"], json!([]));
        for absent in ["tenant_id", "org_role", "software_background", "hardware_tier", "tier"] {
            assert_eq!(claims.get(absent), Some(&json!(null)), "{absent} is there, and null");
        }
        for required in ["sub", "aud", "exp", "iat", "jti"] {
            assert!(!claims[required].is_null(), "{required}");
        }
        assert!(claims["aud"].is_string());
    }
    assert!(access.get("at_hash").is_none());
    assert_eq!(tokens.0["token_type"], "Bearer");
    assert_eq!(tokens.0["expires_in"], 3600);

    let (status, userinfo) = app.userinfo(tokens.access()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(userinfo["sub"], access["sub"]);
    let (status, again) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    assert_ne!(again["refresh_token"], tokens.0["refresh_token"]);
    assert_eq!(
        app.introspect(again["access_token"].as_str().unwrap()).await["active"],
        true
    );
}

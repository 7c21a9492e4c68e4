//! The main job: a person signs in, an application gets tokens (OpenID Connect Core, 3.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    App, Browser, Daemon, Scene, Tokens,
    app::REDIRECT_URI,
    forge, jwt,
    scene::{clock_shows, unix_now},
};

/// Names and values.
type Params<'a> = &'a [(&'a str, &'a str)];

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

#[tokio::test]
async fn a_code_is_worth_nothing_to_who_changes_what_it_is_bound_to() {
    let scene = Scene::start();
    let second = format!("{REDIRECT_URI}2");
    let app = App::with(&scene.daemon, &["--first-party", "--redirect-uri", &second]);
    let thief = App::confidential(&scene.daemon);
    let public_thief = App::public(&scene.daemon);
    let (sign_in, code) = scene.code_for(&app, "openid offline_access", &[]).await;
    let verifier = &sign_in.code_verifier;
    let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes()));
    let (longer, slash) = (format!("{verifier}x"), format!("{REDIRECT_URI}/"));

    // RFC 6749, 4.1.3 and 5.2; RFC 7636, 4.6.
    let rows: [(&str, Params<'_>); 11] = [
        ("another redirect URI of the client", &[("redirect_uri", &second)]),
        ("a redirect URI with a slash", &[("redirect_uri", &slash)]),
        ("no redirect URI", &[("redirect_uri", "")]),
        ("no verifier", &[("code_verifier", "")]),
        ("a longer verifier", &[("code_verifier", &longer)]),
        ("a shorter verifier", &[("code_verifier", &verifier[1..])]),
        (
            "a verifier that is too short for the grammar",
            &[("code_verifier", &verifier[..42])],
        ),
        ("the challenge for a verifier", &[("code_verifier", &challenge)]),
        (
            "an unknown code",
            &[("code", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
        ),
        ("a code of one character", &[("code", "A")]),
        ("a code that is too long for any key", &[("code", &"A".repeat(5000))]),
    ];
    for (what, more) in rows {
        println!("{what}");
        app.ask_redeem(&sign_in, &code, more)
            .await
            .refused(400, "invalid_grant");
    }
    for (what, mangled) in forge::mangled(&code) {
        println!("{what}");
        app.ask_redeem(&sign_in, &mangled, &[])
            .await
            .refused(400, "invalid_grant");
    }
    for other in [&thief, &public_thief] {
        let answer = other.ask_redeem(&sign_in, &code, &[]).await;
        answer.refused(400, "invalid_grant");
        assert!(!answer.body.contains(&app.client_id), "a thief learns nothing");
    }
    app.ask_redeem(&sign_in, "", &[]).await.refused(400, "invalid_request");
    // All that cost its owner nothing.
    let tokens = app.redeem(&sign_in, &code).await;
    assert!(app.accepted(tokens.access()).await);
    // And another client that finds the spent code cannot end what came of it.
    for other in [&thief, &public_thief] {
        other
            .ask_redeem(&sign_in, &code, &[])
            .await
            .refused(400, "invalid_grant");
    }
    assert!(app.accepted(tokens.access()).await);
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_code_expires() {
    let scene = Scene::of(Daemon::builder().set("tokens.code_lifetime", "1s"));
    let (sign_in, code) = scene.code("openid").await;
    clock_shows(unix_now() + 1).await;
    scene
        .app
        .ask_redeem(&sign_in, &code, &[])
        .await
        .refused(400, "invalid_grant");
}

#[tokio::test]
async fn a_code_used_again_takes_all_that_came_of_it_with_it() {
    let scene = Scene::of(Daemon::builder().set("tokens.code_lifetime", "2s"));
    let app = &scene.app;
    // RFC 6749, 4.1.2: at once; after its tokens were used; and after the code would have expired.
    for (refreshes, late) in [(0, false), (2, false), (1, true)] {
        let untouched = scene.tokens("openid offline_access").await;
        let (sign_in, code) = scene.code("openid offline_access").await;
        let first = app.redeem(&sign_in, &code).await;
        let mut family = vec![first];
        for _ in 0..refreshes {
            let (status, next) = app.refresh(family[family.len() - 1].refresh()).await;
            assert_eq!(status, StatusCode::OK, "{next}");
            family.push(Tokens(next));
        }
        for tokens in &family {
            assert!(app.accepted(tokens.access()).await && app.is_active(tokens.access()).await);
        }
        if late {
            clock_shows(unix_now() + 3).await;
        }
        app.ask_redeem(&sign_in, &code, &[]).await.refused(400, "invalid_grant");
        for tokens in &family {
            assert!(!app.accepted(tokens.access()).await, "{refreshes} {late}");
            assert!(!app.is_active(tokens.access()).await);
            assert!(!app.is_active(tokens.refresh()).await);
            app.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
        }
        app.ask_redeem(&sign_in, &code, &[]).await.refused(400, "invalid_grant");
        assert!(
            app.accepted(untouched.access()).await,
            "another sign-in is none of its business"
        );
    }
}

#[tokio::test]
async fn pkce_is_required_and_only_s256_will_do() {
    let scene = Scene::start();
    let browser = scene.other_browser();
    let exempt = App::with(&scene.daemon, &["--first-party", "--no-pkce"]);
    let apps = [&scene.app, &App::public(&scene.daemon), &exempt];
    // RFC 7636, 4.2 to 4.4.1; RFC 9700, 2.1.1. The last column: whether an exempt client may do so.
    let rows: [(&str, Params<'_>, bool); 8] = [
        (
            "no PKCE",
            &[("code_challenge", ""), ("code_challenge_method", "")],
            true,
        ),
        ("plain", &[("code_challenge_method", "plain")], false),
        ("plain by silence", &[("code_challenge_method", "")], false),
        ("lower case", &[("code_challenge_method", "s256")], false),
        ("an unknown method", &[("code_challenge_method", "S512")], false),
        ("a method without a challenge", &[("code_challenge", "")], false),
        (
            "a short challenge",
            &[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")],
            false,
        ),
        (
            "padding",
            &[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=")],
            false,
        ),
    ];
    for (what, more, exempt_may) in rows {
        for app in apps {
            let (sign_in, page) = app.authorize(&browser, "openid", more).await;
            if exempt_may && app.client_id == exempt.client_id {
                assert!(page.is_login(), "{what}");
            } else {
                assert_eq!(page.redirect_error(app, &sign_in), "invalid_request", "{what}");
            }
        }
    }
    for options in [&["--public", "--no-pkce"][..], &["--auth-method", "none", "--no-pkce"]] {
        let args = [&["client", "add", "App", "--redirect-uri", REDIRECT_URI], options].concat();
        let refused = scene.daemon.run(&args, "");
        assert_eq!(
            refused.status.code(),
            Some(1),
            "a public client is never exempt (RFC 9700, 2.1.1)"
        );
    }
}

#[tokio::test]
async fn nobody_can_take_pkce_out_of_a_flow_or_put_it_in() {
    let scene = Scene::start();
    let exempt = App::with(&scene.daemon, &["--first-party", "--no-pkce"]);
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    // RFC 9700, 4.8.2: a verifier without a challenge means that an attacker took the challenge out.
    let (sign_in, code) = scene.code_for(&exempt, "openid", &without).await;
    exempt
        .ask_redeem(&sign_in, &code, &[])
        .await
        .refused(400, "invalid_grant");
    let (status, body) = exempt.redeem_with(&sign_in, &code, &[("code_verifier", "")]).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    // Who sent a challenge must answer it, exempt or not.
    let (sign_in, code) = scene.code_for(&exempt, "openid", &[]).await;
    let answer = exempt.ask_redeem(&sign_in, &code, &[("code_verifier", "")]).await;
    answer.refused(400, "invalid_grant");
    exempt.redeem(&sign_in, &code).await;
}

#[tokio::test]
async fn a_native_application_gets_its_port_when_it_runs() {
    let scene = Scene::start();
    let registered = "http://127.0.0.1/cb";
    let options = ["--redirect-uri", registered, "--public", "--native", "--first-party"];
    let client = scene.daemon.add_client("Native", &options);
    // RFC 8252, 7.3. The token request must name the very port that was used.
    let app = App::of(&scene.daemon, &client, "http://127.0.0.1:51004/cb");
    let (sign_in, code) = scene.code_for(&app, "openid", &[]).await;
    for other in [registered, "http://127.0.0.1:51005/cb", "http://127.0.0.1:051004/cb"] {
        let answer = app.ask_redeem(&sign_in, &code, &[("redirect_uri", other)]).await;
        answer.refused(400, "invalid_grant");
    }
    app.redeem(&sign_in, &code).await;
}

#[tokio::test]
async fn the_token_endpoint_says_what_is_wrong_with_a_request() {
    let scene = Scene::start();
    let machine = scene.daemon.add_client("Machine", &["--grant", "client_credentials"]);
    let machine = App::of(&scene.daemon, &machine, REDIRECT_URI);
    // RFC 6749, 5.2.
    let rows: [(&App, Params<'_>, &str); 11] = [
        (&scene.app, &[], "invalid_request"),
        (&scene.app, &[("grant_type", "")], "invalid_request"),
        (&scene.app, &[("grant_type", "authorization_code")], "invalid_request"),
        (&scene.app, &[("grant_type", "refresh_token")], "invalid_request"),
        (
            &scene.app,
            &[("grant_type", "password"), ("username", "alice")],
            "unsupported_grant_type",
        ),
        (&scene.app, &[("grant_type", "implicit")], "unsupported_grant_type"),
        (
            &scene.app,
            &[("grant_type", "Authorization_Code"), ("code", "x")],
            "unsupported_grant_type",
        ),
        (
            &scene.app,
            &[("grant_type", "client_credentials")],
            "unauthorized_client",
        ),
        (
            &machine,
            &[("grant_type", "authorization_code"), ("code", "x")],
            "unauthorized_client",
        ),
        (
            &machine,
            &[("grant_type", "refresh_token"), ("refresh_token", "x")],
            "unauthorized_client",
        ),
        (
            &scene.app,
            &[("grant_type", "refresh_token"), ("refresh_token", "x")],
            "invalid_grant",
        ),
    ];
    for (app, params, error) in rows {
        println!("{params:?}");
        app.ask("/token", params).await.refused(400, error);
    }
}

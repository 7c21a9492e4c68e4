//! Tokens through the browser: the implicit and hybrid response types (OpenID Connect Core, 3.2 and 3.3), off unless the operator and the
//! client's registration say otherwise.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    App, Daemon, Page, Scene, SignIn,
    app::REDIRECT_URI,
    jwt,
    scene::{PASSWORD, USERNAME},
};

/// Each with what its answer holds beside `state` and `iss`.
const TYPES: [(&str, &[&str]); 5] = [
    ("id_token", &["id_token"]),
    (
        "id_token token",
        &["access_token", "expires_in", "id_token", "scope", "token_type"],
    ),
    ("code id_token", &["code", "id_token"]),
    (
        "code token",
        &["access_token", "code", "expires_in", "scope", "token_type"],
    ),
    (
        "code id_token token",
        &["access_token", "code", "expires_in", "id_token", "scope", "token_type"],
    ),
];

fn on() -> Scene {
    Scene::of(Daemon::builder().set("authorization.implicit", "true"))
}

/// An application that is registered for these response types and nothing else.
fn registered(scene: &Scene, response_types: &[&str], more: &[&str]) -> App {
    let mut options = vec!["--first-party", "--no-claims-in-id-token"];
    for word in ["code", "token"] {
        let asked = |it: &&str| it.split(' ').any(|part| part.ends_with(word));
        if response_types.iter().any(asked) {
            let grant = if word == "code" {
                "authorization_code"
            } else {
                "implicit"
            };
            options.extend(["--grant", grant]);
        }
    }
    for response_type in response_types {
        options.extend(["--response-type", response_type]);
    }
    App::with(&scene.daemon, &[&options, more].concat())
}

fn everything(scene: &Scene) -> App {
    let types: Vec<&str> = TYPES.iter().map(|(response_type, _)| *response_type).collect();
    registered(scene, &[&types[..], &["code"]].concat(), &["--grant", "refresh_token"])
}

/// The whole way to an answer.
async fn answered(scene: &Scene, app: &App, scope: &str, more: &[(&str, &str)]) -> (SignIn, BTreeMap<String, String>) {
    let (sign_in, mut page) = app.authorize(&scene.browser, scope, more).await;
    if page.is_login() {
        page = scene.browser.sign_in(&page, USERNAME, PASSWORD).await;
    }
    let answer = page.answer_to(app, &sign_in);
    (sign_in, answer)
}

/// The left half of a SHA-256 (OpenID Connect Core, 3.2.2.10 and 3.3.2.11, for RS256).
fn half(value: &str) -> Value {
    URL_SAFE_NO_PAD
        .encode(&openssl::sha::sha256(value.as_bytes())[..16])
        .into()
}

fn names(answer: &BTreeMap<String, String>) -> Vec<&str> {
    answer.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_response_type_gives_what_it_names_by_fragment_and_by_form() {
    let scene = on();
    for (response_type, holds) in TYPES {
        let app = registered(&scene, &[response_type], &[]);
        let mut reversed: Vec<&str> = response_type.split(' ').collect();
        reversed.reverse();
        // Multiple Response Types, 3 and 5: the words have no order, and the fragment is the way unless another is asked for.
        for (asked, mode) in [
            (response_type, ""),
            (response_type, "fragment"),
            (response_type, "form_post"),
            (&reversed.join(" "), ""),
        ] {
            println!("{asked} {mode}");
            let more = [("response_type", asked), ("response_mode", mode)];
            let (sign_in, answer) = answered(&scene, &app, "openid email", &more).await;
            assert_eq!(names(&answer), holds);
            let mut told: Vec<Value> = Vec::new();
            if let Some(id_token) = answer.get("id_token") {
                let claims = jwt::claims(id_token);
                assert_eq!(claims["nonce"], sign_in.nonce);
                assert_eq!(claims["aud"], app.client_id);
                // 3.2.2.10, 3.3.2.11.
                let hash = |of: &str| answer.get(of).map(|value| half(value));
                assert_eq!(claims.get("at_hash"), hash("access_token").as_ref());
                assert_eq!(claims.get("c_hash"), hash("code").as_ref());
                // 5.4: in the ID token only when there is no access token to ask with.
                let alone = response_type == "id_token";
                assert_eq!(claims.get("email").is_some(), alone, "{claims}");
                told.push(claims);
            }
            if let Some(access_token) = answer.get("access_token") {
                assert_eq!((&*answer["token_type"], &*answer["expires_in"]), ("Bearer", "3600"));
                assert_eq!(answer["scope"], "email openid");
                let (status, userinfo) = app.userinfo(access_token).await;
                assert_eq!(
                    (status, &userinfo["email"]),
                    (StatusCode::OK, &json!("alice@example.com"))
                );
                told.push(jwt::claims(access_token));
            }
            if let Some(code) = answer.get("code") {
                // 3.3.3.6: the same person from the same issuer.
                let later = app.redeem(&sign_in, code).await;
                assert!(later.0.get("refresh_token").is_none());
                told.push(jwt::claims(later.id()));
                assert!(jwt::claims(later.id()).get("c_hash").is_none());
                assert!(app.accepted(later.access()).await);
            }
            for claims in &told {
                for claim in ["iss", "sub", "sid", "auth_time"] {
                    assert_eq!(claims[claim], told[0][claim], "{claim}");
                }
            }
        }
    }
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_response_type_needs_the_operator_and_the_registration() {
    for operator in [false, true] {
        let scene = Scene::of(Daemon::builder().set("authorization.implicit", operator.to_string()));
        let (registered, plain) = (everything(&scene), &scene.app);
        for (response_type, _) in TYPES {
            for (app, is_registered) in [(&registered, true), (plain, false)] {
                for mode in ["", "form_post"] {
                    let more = [("response_type", response_type), ("response_mode", mode)];
                    let (sign_in, page) = app.authorize(&scene.browser, "openid", &more).await;
                    // RFC 6749, 4.2.2.1; threats 6.
                    let refused = match (operator, is_registered) {
                        (false, _) => "unsupported_response_type",
                        (true, false) => "unauthorized_client",
                        (true, true) => {
                            assert!(page.is_login(), "{response_type}");
                            continue;
                        }
                    };
                    assert_eq!(page.redirect_error(app, &sign_in), refused, "{response_type}");
                }
            }
        }
        // The code flow is everybody's, and plain OAuth's `token` nobody's.
        for app in [&registered, plain] {
            scene.tokens_for(app, "openid").await;
            let (sign_in, page) = app
                .authorize(&scene.browser, "openid", &[("response_type", "token")])
                .await;
            assert_eq!(page.redirect_error(app, &sign_in), "unsupported_response_type");
        }
        // OpenID Connect Discovery, 3: told only when it is so.
        let document = scene.browser.get("/.well-known/openid-configuration").await.json();
        let offered = document["response_types_supported"].as_array().expect("a list");
        let grants = document["grant_types_supported"].as_array().expect("a list");
        assert_eq!(grants.contains(&json!("implicit")), operator);
        assert!(offered.contains(&json!("code")));
        for (response_type, _) in TYPES {
            assert_eq!(offered.contains(&json!(response_type)), operator, "{response_type}");
        }
    }
}

#[tokio::test]
async fn each_response_type_has_needs_of_its_own() {
    let scene = on();
    let app = everything(&scene);
    scene.tokens("openid").await;
    // OpenID Connect Core, 3.2.2.1 and 3.3.2.1 (nonce); Multiple Response Types, 3 (query); RFC 7636, 4.4.1 (code_challenge).
    let rows: [(&str, &str, [&str; 5]); 6] = [
        (
            "nonce",
            "",
            [
                "invalid_request",
                "invalid_request",
                "invalid_request",
                "",
                "invalid_request",
            ],
        ),
        ("response_mode", "query", ["invalid_request"; 5]),
        ("response_mode", "jwt", ["invalid_request"; 5]),
        (
            "code_challenge",
            "",
            ["", "", "invalid_request", "invalid_request", "invalid_request"],
        ),
        (
            "scope",
            "email",
            ["invalid_scope", "invalid_scope", "invalid_scope", "", "invalid_scope"],
        ),
        (
            "scope",
            "offline_access",
            ["invalid_scope", "invalid_scope", "invalid_scope", "", "invalid_scope"],
        ),
    ];
    for (name, value, expected) in rows {
        for ((response_type, holds), error) in TYPES.into_iter().zip(expected) {
            println!("{response_type} {name}={value}");
            let more = [("response_type", response_type), (name, value)];
            let (sign_in, page) = app.authorize(&scene.browser, "openid", &more).await;
            if error.is_empty() {
                assert_eq!(names(&page.answer_to(&app, &sign_in)), holds);
            } else {
                assert_eq!(page.redirect_error(&app, &sign_in), error);
            }
        }
    }
    // The rest is the same for all (OpenID Connect Core, 3.2.2.6).
    let stranger = scene.other_browser();
    for (response_type, holds) in TYPES {
        let more = [("response_type", response_type), ("prompt", "none")];
        let (sign_in, page) = app.authorize(&stranger, "openid", &more).await;
        assert_eq!(page.redirect_error(&app, &sign_in), "login_required");
        let (_, answer) = answered(&scene, &app, "openid", &more).await;
        assert_eq!(names(&answer), holds);
        let more = [
            ("response_type", response_type),
            ("redirect_uri", "https://evil.example/cb"),
        ];
        app.authorize(&scene.browser, "openid", &more)
            .await
            .1
            .is_error_page(400);
    }
    // What the front channel gave is a good hint: it is signed like any other.
    let (_, answer) = answered(&scene, &app, "openid", &[("response_type", "id_token")]).await;
    let more = [("id_token_hint", answer["id_token"].as_str()), ("prompt", "none")];
    let (sign_in, page) = app.authorize(&scene.browser, "openid", &more).await;
    app.code_of(&page, &sign_in);
}

#[tokio::test]
async fn the_claims_of_a_lone_id_token_are_those_of_userinfo() {
    let scene = on();
    let scope = "openid profile email";
    for (options, role_without_profile) in [(&[][..], false), (&["--no-claims-in-id-token=false"][..], true)] {
        let types = ["id_token", "id_token token"];
        let mut all = vec!["--first-party", "--grant", "implicit"];
        all.extend(types.iter().flat_map(|it| ["--response-type", *it]));
        all.extend(if options.is_empty() {
            &["--no-claims-in-id-token"][..]
        } else {
            options
        });
        let app = App::with(&scene.daemon, &all);
        let (_, alone) = answered(&scene, &app, scope, &[("response_type", "id_token")]).await;
        let (_, both) = answered(&scene, &app, scope, &[("response_type", "id_token token")]).await;
        let (_, userinfo) = app.userinfo(&both["access_token"]).await;
        // OpenID Connect Core, 5.4.
        let claims = jwt::claims(&alone["id_token"]);
        for (claim, value) in userinfo.as_object().expect("an object") {
            assert_eq!(&claims[claim], value, "{claim}");
        }
        let (_, small) = answered(&scene, &app, "openid", &[("response_type", "id_token")]).await;
        let small = jwt::claims(&small["id_token"]);
        assert!(small.get("email").is_none());
        assert_eq!(small.get("role").is_some(), role_without_profile);
    }
}

#[tokio::test]
async fn a_token_of_the_front_channel_dies_with_what_it_rests_on() {
    let scene = on();
    let app = everything(&scene);
    for (response_type, offline) in [
        ("id_token token", false),
        ("code token", false),
        ("code id_token token", false),
        ("code id_token token", true),
    ] {
        let scope = if offline { "openid offline_access" } else { "openid" };
        let more = [("response_type", response_type)];
        // Revoked by itself (RFC 7009, 2.1).
        let (_, answer) = answered(&scene, &app, scope, &more).await;
        let access = &answer["access_token"];
        assert!(app.accepted(access).await && app.is_active(access).await);
        app.revoke(access).await;
        assert!(!app.accepted(access).await && !app.is_active(access).await);
        // Logout ends what no refresh token was given for (Back-Channel Logout, 2.7).
        let (sign_in, answer) = answered(&scene, &app, scope, &more).await;
        let page = scene.browser.get("/logout").await;
        scene.browser.submit(&page, &[("decision", "leave")]).await;
        assert!(!app.accepted(&answer["access_token"]).await, "{response_type} {scope}");
        if let Some(code) = answer.get("code") {
            app.ask_redeem(&sign_in, code, &[]).await.refused(400, "invalid_grant");
        }
    }
}

#[tokio::test]
async fn a_code_and_the_token_beside_it_are_one_grant() {
    let scene = on();
    let app = everything(&scene);
    let more = [("response_type", "code id_token token")];
    let scope = "openid offline_access";
    // RFC 6749, 4.1.2: a code that is used again takes all with it, what went through the browser too.
    let (sign_in, answer) = answered(&scene, &app, scope, &more).await;
    let (_, other) = answered(&scene, &app, scope, &more).await;
    let (access, code) = (&answer["access_token"], &answer["code"]);
    let tokens = app.redeem(&sign_in, code).await;
    for token in [access, tokens.access()] {
        assert!(app.accepted(token).await, "the one does not end the other");
    }
    app.ask_redeem(&sign_in, code, &[]).await.refused(400, "invalid_grant");
    for token in [access, tokens.access()] {
        assert!(!app.accepted(token).await && !app.is_active(token).await);
    }
    app.ask_refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    assert!(
        app.accepted(&other["access_token"]).await,
        "another sign-in is none of its business"
    );
    // RFC 7009, 2.1: so does the end of the refresh token.
    let (sign_in, answer) = answered(&scene, &app, scope, &more).await;
    let tokens = app.redeem(&sign_in, &answer["code"]).await;
    let (status, next) = app.refresh(tokens.refresh()).await;
    assert_eq!(status, StatusCode::OK, "{next}");
    assert!(app.accepted(&answer["access_token"]).await);
    app.revoke(next["refresh_token"].as_str().expect("a refresh token"))
        .await;
    assert!(!app.accepted(&answer["access_token"]).await);
    // Redeemed by many at once: one has it, and then nobody.
    let (sign_in, answer) = answered(&scene, &app, scope, &more).await;
    let all = (0..8).map(|_| app.redeem_with(&sign_in, &answer["code"], &[]));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().filter(|(status, _)| *status == StatusCode::OK).count() <= 1);
    assert!(!app.accepted(&answer["access_token"]).await);
    // A thief's client gains nothing by a stranger's code, and ends nothing (RFC 6749, 5.2).
    let (sign_in, answer) = answered(&scene, &app, scope, &more).await;
    let answer_to_thief = scene.app.ask_redeem(&sign_in, &answer["code"], &[]).await;
    answer_to_thief.refused(400, "invalid_grant");
    assert!(app.accepted(&answer["access_token"]).await);
    app.redeem(&sign_in, &answer["code"]).await;
}

#[tokio::test]
async fn a_code_lives_its_time_although_the_token_beside_it_is_shorter() {
    let scene = on();
    let app = registered(&scene, &["code token"], &["--access-token-lifetime", "1s"]);
    let (sign_in, answer) = answered(&scene, &app, "openid", &[("response_type", "code token")]).await;
    assert_eq!(answer["expires_in"], "1");
    let now = crate::support::scene::unix_now();
    crate::support::scene::clock_shows(now + 2).await;
    assert!(!app.accepted(&answer["access_token"]).await);
    app.redeem(&sign_in, &answer["code"]).await;
}

#[tokio::test]
async fn what_was_taken_away_meanwhile_is_not_issued() {
    // Threats 6: the response type is asked again when the answer is made.
    let by_client = async |scene: &mut Scene, app: &App| {
        let changes = [
            "client",
            "set",
            &app.client_id,
            "--grant",
            "authorization_code",
            "--response-type",
            "code",
        ];
        scene.daemon.cli(&changes);
    };
    let by_operator = async |scene: &mut Scene, _: &App| {
        scene.daemon.stop();
        scene.daemon.set("authorization.implicit", "false");
        scene.daemon.start_again();
    };
    for operator in [false, true] {
        for response_type in ["id_token", "code id_token token"] {
            let mut scene = on();
            let app = everything(&scene);
            let more = [("response_type", response_type)];
            let (_, login) = app.authorize(&scene.browser, "openid", &more).await;
            assert!(login.is_login());
            if operator {
                by_operator(&mut scene, &app).await;
            } else {
                by_client(&mut scene, &app).await;
            }
            // The person is signed in, and nothing else comes of it.
            let page = scene.browser.sign_in(&login, USERNAME, PASSWORD).await;
            for page in [&page, &scene.browser.get(login.url.as_str()).await] {
                assert_eq!(token_in(page), None, "{response_type}");
            }
            let (sign_in, page) = app.authorize(&scene.browser, "openid", &more).await;
            let expected = if operator {
                "unsupported_response_type"
            } else {
                "unauthorized_client"
            };
            assert_eq!(page.redirect_error(&app, &sign_in), expected);
        }
    }
}

/// The redirect or the form in which something was issued.
fn token_in(page: &Page) -> Option<String> {
    let location = page.header("location");
    let issued = ["access_token=", "id_token=", "code="]
        .iter()
        .any(|name| location.contains(name));
    (issued || page.has("form-post-continue")).then(|| format!("{location} {}", page.body))
}

#[tokio::test]
async fn a_registration_that_contradicts_itself_is_refused() {
    let daemon = Daemon::start();
    // OpenID Connect Registration, 2: the table of response_types; application_type.
    let rows: [(&[&str], &[&str], &str, bool); 12] = [
        (&["implicit"], &["id_token"], REDIRECT_URI, true),
        (&["implicit"], &["token id_token"], REDIRECT_URI, true),
        (
            &["authorization_code", "implicit"],
            &["code", "id_token"],
            REDIRECT_URI,
            true,
        ),
        (&["authorization_code", "implicit"], &["code token"], REDIRECT_URI, true),
        (&["implicit"], &[], REDIRECT_URI, false),
        (&["authorization_code"], &["id_token"], REDIRECT_URI, false),
        (&["authorization_code"], &["code id_token"], REDIRECT_URI, false),
        (&["implicit"], &["code id_token"], REDIRECT_URI, false),
        (&["authorization_code", "implicit"], &["code"], REDIRECT_URI, false),
        (&["implicit"], &["token"], REDIRECT_URI, false),
        (&["implicit"], &["id_token"], "http://127.0.0.1:9/cb", false),
        (&["implicit"], &["id_token"], "https://localhost/cb", false),
    ];
    for (grants, types, redirect_uri, good) in rows {
        let mut args = vec!["client", "add", "App", "--redirect-uri", redirect_uri];
        args.extend(grants.iter().flat_map(|grant| ["--grant", *grant]));
        args.extend(types.iter().flat_map(|it| ["--response-type", *it]));
        if good {
            let client = daemon.cli(&args);
            assert_eq!(client["response_types"], json!(types), "as it was written");
        } else {
            let (status, why) = daemon.refused(&args, "");
            assert_eq!(status, 1, "{grants:?} {types:?} {redirect_uri}: {why}");
        }
    }
}

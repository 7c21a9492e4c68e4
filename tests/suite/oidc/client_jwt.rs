//! Clients that prove themselves by a JWT: `private_key_jwt` and `client_secret_jwt` (OpenID Connect Core, 9; RFC 7521, 4.2; RFC 7523, 3).

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    App, ClientKey, Daemon, Page, Scene,
    client_keys::{JWT_BEARER, jwks, unique},
    forge,
    requests::basic,
    scene::unix_now,
};

const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

#[track_caller]
fn assert_proven(answer: &Page) {
    assert_eq!(answer.status, StatusCode::OK, "{} {}", answer.url, answer.body);
}

/// One answer for everything that is wrong (RFC 6749, 5.2; RFC 7521, 4.2.1).
#[track_caller]
fn assert_not_proven(answer: &Page) {
    answer.refused(401, "invalid_client");
    assert_eq!(answer.json()["error_description"], "client authentication failed");
}

fn by_secret(daemon: &Daemon) -> (App, ClientKey) {
    let app = App::registered(daemon, &json!({"token_endpoint_auth_method": "client_secret_jwt"}));
    let key = ClientKey::secret(app.client_secret.as_deref().expect("a secret"));
    (app, key)
}

#[tokio::test]
async fn every_algorithm_proves_a_client_at_every_endpoint() {
    let daemon = Daemon::start();
    let mut clients: Vec<(App, ClientKey)> = ALGORITHMS
        .map(|alg| {
            let key = ClientKey::new(alg, "k1");
            (App::with_key(&daemon, &key), key)
        })
        .to_vec();
    clients.push(by_secret(&daemon));
    let document = daemon_discovery(&daemon).await;
    for (app, key) in &clients {
        let endpoints: [(&str, &[(&str, &str)]); 3] = [
            ("/token", &[("grant_type", "client_credentials")]),
            ("/introspect", &[("token", "x")]),
            ("/revoke", &[("token", "x")]),
        ];
        for (path, params) in endpoints {
            // OpenID Connect Core, 9: the token endpoint or the issuer; RFC 7523, 3: or whatever names this server, alone or among others.
            let audiences = [
                json!(app.issuer),
                json!(daemon.url("/token")),
                json!(daemon.url(path)),
                json!([app.issuer, "https://other.example"]),
            ];
            for aud in audiences {
                println!("{} {path} {aud}", key.alg);
                let jwt = key.sign(&app.assertion(&json!({ "aud": aud })));
                assert_proven(&app.assert(path, params, &jwt).await);
            }
        }
        // RFC 7521, 4.2: client_id may stand beside it.
        let jwt = key.sign(&app.assertion(&json!({})));
        let named = [
            ("grant_type", "client_credentials"),
            ("client_id", app.client_id.as_str()),
        ];
        assert_proven(&app.assert("/token", &named, &jwt).await);
        for endpoint in ["token", "introspection", "revocation"] {
            let list = &document[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
            assert!(list.as_array().expect("a list").contains(&json!(key.alg)), "{endpoint}");
            let list = &document[format!("{endpoint}_endpoint_auth_methods_supported")];
            let list = list.as_array().expect("a list");
            assert!(list.contains(&json!("private_key_jwt")) && list.contains(&json!("client_secret_jwt")));
        }
    }
    daemon.has_no_errors();
}

async fn daemon_discovery(daemon: &Daemon) -> Value {
    let url = daemon.url("/.well-known/openid-configuration");
    let answer = reqwest::get(url).await.expect("an answer");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn every_claim_of_an_assertion_counts() {
    let daemon = Daemon::start();
    let key = ClientKey::new("ES256", "k1");
    let app = App::with_key(&daemon, &key);
    let other = App::with_key(&daemon, &ClientKey::new("ES256", "k1"));
    let now = unix_now();
    // What is wrong, and where it says so.
    let wrong = [
        ("RFC 7523, 3 (1): iss", json!({"iss": other.client_id})),
        ("RFC 7523, 3 (1): no iss", json!({"iss": null})),
        ("RFC 7523, 3 (2): sub", json!({"sub": other.client_id})),
        ("RFC 7523, 3 (2): no sub", json!({"sub": null})),
        ("Core, 9: iss = sub", json!({"iss": daemon.issuer})),
        ("RFC 7523, 3 (3): aud", json!({"aud": "https://other.example"})),
        (
            "RFC 7523, 3 (3): a longer aud",
            json!({"aud": format!("{}/", daemon.issuer)}),
        ),
        ("RFC 7523, 3 (3): userinfo", json!({"aud": daemon.url("/userinfo")})),
        ("RFC 7523, 3 (3): the client", json!({"aud": app.client_id})),
        ("RFC 7523, 3 (3): no aud", json!({"aud": null})),
        ("RFC 7523, 3 (3): an empty aud", json!({"aud": []})),
        ("RFC 7523, 3 (4): no exp", json!({"exp": null})),
        ("RFC 7523, 3 (4): expired", json!({"exp": now - 1})),
        ("RFC 7523, 3 (4): long expired", json!({"exp": now - 300})),
        ("RFC 7523, 3 (4): far away", json!({"exp": now + 86_400})),
        ("RFC 7523, 3 (4): milliseconds", json!({"exp": (now + 60) * 1000})),
        ("RFC 7523, 3 (4): text", json!({"exp": (now + 60).to_string()})),
        ("RFC 7523, 3 (5): nbf", json!({"nbf": now + 120})),
        ("RFC 7523, 3 (6): iat", json!({"iat": now + 120})),
        ("RFC 7523, 3 (7): no jti", json!({"jti": null})),
        ("RFC 7523, 3 (7): an empty jti", json!({"jti": ""})),
        ("RFC 7523, 3 (7): a long jti", json!({"jti": "j".repeat(600)})),
    ];
    for (why, changes) in wrong {
        println!("{why}");
        assert_not_proven(&app.token_by(&key.sign(&app.assertion(&changes))).await);
    }
    // A clock that runs a little ahead is forgiven.
    for changes in [
        json!({"iat": now + 8, "nbf": now + 8}),
        json!({"iat": null}),
        json!({"exp": now + 3000}),
    ] {
        assert_proven(&app.token_by(&key.sign(&app.assertion(&changes))).await);
    }
    // What is wrong is told to the operator.
    assert!(daemon.log().contains("exp is too far away"));
    daemon.has_no_errors();
}

#[tokio::test]
async fn every_member_of_the_header_counts() {
    let daemon = Daemon::start();
    let key = ClientKey::new("RS256", "k1");
    let app = App::with_key(&daemon, &key);
    let stranger = ClientKey::new("RS256", "k1");
    let claims = || app.assertion(&json!({}));
    let pem = ClientKey::secret(&key.public_pem());
    let wrong = [
        (
            "RFC 7515, 4.1.11: crit",
            key.sign_with(&json!({"crit": ["exp"], "exp": 1}), &claims()),
        ),
        ("RFC 7797, 6: b64", key.sign_with(&json!({"b64": false}), &claims())),
        (
            "RFC 7797, 6: b64, critical",
            key.sign_with(&json!({"b64": false, "crit": ["b64"]}), &claims()),
        ),
        (
            "RFC 8725, 3.10: jku",
            key.sign_with(&json!({"jku": "http://127.0.0.1:9/"}), &claims()),
        ),
        (
            "RFC 8725, 3.10: x5u",
            key.sign_with(&json!({"x5u": "http://127.0.0.1:9/"}), &claims()),
        ),
        (
            "RFC 8725, 3.10: our own jwk",
            key.sign_with(&json!({"jwk": key.jwk()}), &claims()),
        ),
        (
            "RFC 8725, 3.10: a stranger's jwk",
            stranger.sign_with(&json!({"jwk": stranger.jwk()}), &claims()),
        ),
        (
            "RFC 8725, 3.11: typ",
            key.sign_with(&json!({"typ": "at+jwt"}), &claims()),
        ),
        (
            "RFC 8725, 3.11: a request object",
            key.sign_with(&json!({"typ": "oauth-authz-req+jwt"}), &claims()),
        ),
        (
            "RFC 8725, 3.1: PS256 by an RS256 signature",
            key.sign_with(&json!({"alg": "PS256"}), &claims()),
        ),
        (
            "RFC 8725, 3.1: ES256 by an RSA key",
            key.sign_with(&json!({"alg": "ES256"}), &claims()),
        ),
        ("RFC 8725, 3.1: none", key.sign_with(&json!({"alg": "none"}), &claims())),
        (
            "RFC 8725, 2.1: the public key as a secret",
            pem.sign_with(&json!({"kid": "k1"}), &claims()),
        ),
        ("a stranger's key of the same name", stranger.sign(&claims())),
        ("a kid that nobody has", key.sign_with(&json!({"kid": "k2"}), &claims())),
    ];
    for (why, jwt) in wrong {
        println!("{why}");
        assert_not_proven(&app.token_by(&jwt).await);
    }
    let none = key.sign_with(&json!({"alg": "none"}), &claims());
    let (unsigned, _) = none.rsplit_once('.').expect("three parts");
    assert_not_proven(&app.token_by(&format!("{unsigned}.")).await);
    for header in [
        json!({"kid": null}),
        json!({"typ": null}),
        json!({"typ": "client-authentication+jwt"}),
        json!({"x5t": "x"}),
    ] {
        println!("{header}");
        assert_proven(&app.token_by(&key.sign_with(&header, &claims())).await);
    }
    // Threats 19.
    let good = key.sign(&claims());
    for (what, jwt) in forge::mangled(&good) {
        println!("{what}");
        assert_not_proven(&app.token_by(&jwt).await);
    }
    assert_proven(&app.token_by(&good).await);
    daemon.has_no_errors();
}

/// OpenID Connect Core, 9; RFC 7591, 2: a client registered for one method uses no other, nor another algorithm than the registered.
#[tokio::test]
async fn a_client_uses_the_method_and_the_algorithm_it_registered() {
    let daemon = Daemon::start();
    let methods = [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ];
    let key = ClientKey::new("ES256", "k1");
    for registered in methods {
        let public = registered == "none";
        let grants = if public {
            json!(["authorization_code"])
        } else {
            json!(["authorization_code", "client_credentials"])
        };
        let metadata = json!({"token_endpoint_auth_method": registered, "jwks": jwks(&[&key]), "grant_types": grants});
        let app = App::registered(&daemon, &metadata);
        assert_eq!(
            app.client_secret.is_some(),
            registered.starts_with("client_secret"),
            "{registered}"
        );
        let secret = app.client_secret.clone().unwrap_or_else(|| "s".repeat(43));
        let id = app.client_id.as_str();
        let code = [
            ("grant_type", "authorization_code"),
            ("code", "x"),
            ("redirect_uri", "x"),
        ];
        for used in methods {
            println!("{used} for {registered}");
            let answer = match used {
                "client_secret_basic" => app.send("/token", Some(&basic(id, &secret)), &code).await,
                "client_secret_post" => {
                    let proof = [("client_id", id), ("client_secret", &secret)];
                    app.send("/token", None, &[&code[..], &proof].concat()).await
                }
                "none" => {
                    app.send("/token", None, &[&code[..], &[("client_id", id)]].concat())
                        .await
                }
                by => {
                    let signer = if by == "private_key_jwt" {
                        key.clone()
                    } else {
                        ClientKey::secret(&secret)
                    };
                    let jwt = signer.sign(&app.assertion(&json!({})));
                    app.assert("/token", &code, &jwt).await
                }
            };
            if used == registered {
                answer.refused(400, "invalid_grant");
            } else {
                assert_not_proven(&answer);
            }
        }
    }
    let rsa = ClientKey::new("RS256", "rsa");
    let both = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(&[&key, &rsa]),
        "token_endpoint_auth_signing_alg": "ES256",
    });
    let app = App::registered(&daemon, &both);
    assert_not_proven(&app.token_by(&rsa.sign(&app.assertion(&json!({})))).await);
    assert_proven(&app.token_by(&key.sign(&app.assertion(&json!({})))).await);
    daemon.has_no_errors();
}

#[tokio::test]
async fn an_assertion_stands_alone_and_for_one_client() {
    let daemon = Daemon::start();
    let key = ClientKey::new("ES256", "k1");
    let app = App::with_key(&daemon, &key);
    let other = App::with_key(&daemon, &key);
    let disabled = App::with_key(&daemon, &key);
    daemon.cli(&["client", "disable", &disabled.client_id]);
    let grant = ("grant_type", "client_credentials");
    let jwt = key.sign(&app.assertion(&json!({})));
    // RFC 6749, 2.3: one way only.
    let secret = [grant, ("client_secret", "x")];
    app.assert("/token", &secret, &jwt)
        .await
        .refused(400, "invalid_request");
    let form = [grant, ("client_assertion_type", JWT_BEARER), ("client_assertion", &jwt)];
    let header = basic(&app.client_id, "x");
    app.send("/token", Some(&header), &form)
        .await
        .refused(400, "invalid_request");
    // RFC 7521, 4.2: nobody speaks for two.
    assert_not_proven(
        &app.assert("/token", &[grant, ("client_id", &other.client_id)], &jwt)
            .await,
    );
    // RFC 7521, 4.2: both parameters, and this type.
    let partial: [&[(&str, &str)]; 4] = [
        &[grant, ("client_assertion", &jwt)],
        &[grant, ("client_assertion_type", JWT_BEARER)],
        &[grant, ("client_assertion_type", "jwt"), ("client_assertion", &jwt)],
        &[grant, ("client_id", &app.client_id), ("client_assertion", &jwt)],
    ];
    for form in partial {
        assert_not_proven(&app.send("/token", None, form).await);
    }
    assert_not_proven(&app.token_by(&key.sign(&disabled.assertion(&json!({})))).await);
    let nobody = app.assertion(&json!({"iss": "nobody", "sub": "nobody"}));
    assert_not_proven(&app.token_by(&key.sign(&nobody)).await);
    // None of that has spent it.
    assert_proven(&app.token_by(&jwt).await);
    assert!(!daemon.log().contains(&jwt), "an assertion is a bearer secret");
    daemon.has_no_errors();
}

/// Threats 20 and 44.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_assertion_is_good_once_under_concurrency() {
    let mut daemon = Daemon::start();
    let key = ClientKey::new("ES256", "k1");
    let app = App::with_key(&daemon, &key);
    let other = App::with_key(&daemon, &key);
    let (by_mac, secret) = by_secret(&daemon);
    let mut spent = Vec::new();
    for (app, key) in [(&app, &key), (&by_mac, &secret)] {
        let jwt = key.sign(&app.assertion(&json!({})));
        let racers: Vec<_> = (0..64)
            .map(|_| {
                let (app, jwt) = (app.clone(), jwt.clone());
                tokio::spawn(async move { app.token_by(&jwt).await })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            let answer = racer.await.expect("a racer that does not panic");
            if answer.status == StatusCode::OK {
                winners += 1;
            } else {
                assert_not_proven(&answer);
            }
        }
        assert_eq!(winners, 1, "{}", key.alg);
        spent.push((app.clone(), jwt));
    }
    // Nor at another endpoint, nor signed anew, nor after a crash.
    let jti = unique("jti");
    assert_proven(&app.token_by(&key.sign(&app.assertion(&json!({ "jti": jti })))).await);
    assert_not_proven(&app.token_by(&key.sign(&app.assertion(&json!({ "jti": jti })))).await);
    let again = key.sign(&app.assertion(&json!({ "jti": jti })));
    assert_not_proven(&app.assert("/revoke", &[("token", "x")], &again).await);
    daemon.kill();
    daemon.start_again();
    for (app, jwt) in &spent {
        assert_not_proven(&app.token_by(jwt).await);
    }
    // Another client's jti is its own.
    assert_proven(
        &other
            .token_by(&key.sign(&other.assertion(&json!({ "jti": jti }))))
            .await,
    );
    assert!(daemon.log().contains("its jti was used before"));
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_code_is_not_spent_by_a_client_that_does_not_prove_itself() {
    let scene = Scene::start();
    let key = ClientKey::new("PS256", "k1");
    let app = App::with_key(&scene.daemon, &key);
    let (sign_in, code) = scene.code_for(&app, "openid offline_access", &[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &sign_in.code_verifier),
    ];
    let good = key.sign(&app.assertion(&json!({})));
    let late = key.sign(&app.assertion(&json!({"exp": unix_now() - 1})));
    for (_, jwt) in forge::mangled(&good)
        .into_iter()
        .take(3)
        .chain([("late".to_owned(), late)])
    {
        assert_not_proven(&app.assert("/token", &form, &jwt).await);
    }
    let answer = app.assert("/token", &form, &good).await;
    assert_proven(&answer);
    let tokens = answer.json();
    let refresh = [
        ("grant_type", "refresh_token"),
        (
            "refresh_token",
            tokens["refresh_token"].as_str().expect("a refresh token"),
        ),
    ];
    assert_not_proven(&app.assert("/token", &refresh, &good).await);
    let fresh = key.sign(&app.assertion(&json!({})));
    assert_proven(&app.assert("/token", &refresh, &fresh).await);
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_secret_for_macs_is_kept_sealed_and_shown_once() {
    let daemon = Daemon::start();
    let (app, first) = by_secret(&daemon);
    let id = app.client_id.as_str();
    let secret = app.client_secret.clone().expect("a secret");
    let rotate = |more: &[&str]| {
        let answer = daemon.cli(&[&["client", "rotate-secret", id], more].concat());
        answer["client_secret"].as_str().expect("a secret").to_owned()
    };
    let second = rotate(&[]);
    let two = ClientKey::secret(&second);
    for key in [&first, &two] {
        assert_proven(&app.token_by(&key.sign(&app.assertion(&json!({})))).await);
    }
    let third = ClientKey::secret(&rotate(&["--keep-old", "0s"]));
    for key in [&first, &two] {
        assert_not_proven(&app.token_by(&key.sign(&app.assertion(&json!({})))).await);
    }
    assert_proven(&app.token_by(&third.sign(&app.assertion(&json!({})))).await);
    let shown = daemon.cli(&["client", "show", id]).to_string() + &daemon.log();
    assert!(!shown.contains(&secret) && !shown.contains(&second) && !shown.contains("sealed"));
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_client_changes_to_macs_when_it_has_a_secret_for_them() {
    let daemon = Daemon::start();
    let app = App::registered(&daemon, &json!({}));
    let id = app.client_id.as_str();
    let old = app.client_secret.clone().expect("a secret");
    let change = ["client", "set", id, "--auth-method", "client_secret_jwt"];
    let (code, message) = daemon.refused(&change, "");
    assert_eq!(code, 1);
    assert!(message.contains("rotate-secret"), "{message}");
    let answer = daemon.cli(&["client", "rotate-secret", id, "--sealed"]);
    let new = answer["client_secret"].as_str().expect("a secret");
    // Until the change both secrets work as before.
    let grant = [("grant_type", "client_credentials")];
    for secret in [old.as_str(), new] {
        assert_proven(&app.send("/token", Some(&basic(id, secret)), &grant).await);
    }
    daemon.cli(&change);
    let key = ClientKey::secret(new);
    assert_proven(&app.token_by(&key.sign(&app.assertion(&json!({})))).await);
    let unsealed = ClientKey::secret(&old);
    assert_not_proven(&app.token_by(&unsealed.sign(&app.assertion(&json!({})))).await);
    assert_not_proven(&app.send("/token", Some(&basic(id, new)), &grant).await);
    // RFC 7518, 3.2: a MAC with SHA-256 needs 32 bytes.
    let options = [
        "client",
        "add",
        "App",
        "--redirect-uri",
        "https://app.example/cb",
        "--client-secret-stdin",
    ];
    let short = [&options[..], &["--auth-method", "client_secret_jwt"]].concat();
    let (_, message) = daemon.refused(&short, &"s".repeat(31));
    assert!(message.contains("32 bytes"), "{message}");
    // A key needs no secret.
    let (_, message) = daemon.refused(
        &[&options[..], &["--auth-method", "private_key_jwt"]].concat(),
        "secret",
    );
    assert!(message.contains("jwks"), "{message}");
    daemon.has_no_errors();
}

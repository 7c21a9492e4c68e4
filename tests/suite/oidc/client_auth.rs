//! How a client proves itself (RFC 6749, 2.3 and 5.2; OpenID Connect Core, 9).

use crate::support::{
    App, Daemon, Page, Scene,
    app::REDIRECT_URI,
    requests::basic,
    scene::{clock_shows, unix_now},
};

/// A code that nobody knows: a client that has proven itself is told `invalid_grant`, everybody else `invalid_client`.
const UNKNOWN_CODE: [(&str, &str); 3] = [
    ("grant_type", "authorization_code"),
    ("code", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ("redirect_uri", REDIRECT_URI),
];

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[track_caller]
fn assert_proven(answer: &Page) {
    answer.refused(400, "invalid_grant");
}

#[track_caller]
fn assert_not_proven(answer: &Page) {
    answer.refused(401, "invalid_client");
    // RFC 6749, 5.2. One answer for an unknown client, a wrong secret and a wrong method.
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"avouch\"");
}

#[tokio::test]
async fn a_secret_may_hold_any_character_and_come_encoded_or_raw() {
    let daemon = Daemon::start();
    let secrets = [
        "plain",
        "with:colon",
        "with+plus",
        "with%percent",
        "with%20escape",
        "with%zz",
        "with&ampersand",
        "with=equals",
        "with/slash",
        "with space",
        "a:b+c%d&e=f/g h%2Bi?j#k\"l'm\\n",
        "ünï\u{1F600}",
        "%",
        "+",
        ":",
    ];
    for (at, secret) in secrets.iter().enumerate() {
        let client_id = format!("client~{at}.-_");
        let args = [
            "client",
            "add",
            "App",
            "--redirect-uri",
            REDIRECT_URI,
            "--client-id",
            &client_id,
            "--client-secret-stdin",
        ];
        let client = daemon.cli_with(&args, secret);
        assert_eq!(client["client_secret"], *secret);
        let app = App::of(&daemon, &client, REDIRECT_URI);
        // RFC 6749, 2.3.1, and what many clients do instead.
        for header in [basic(&encoded(&client_id), &encoded(secret)), basic(&client_id, secret)] {
            println!("{secret} {header}");
            assert_proven(&app.send("/token", Some(&header), &UNKNOWN_CODE).await);
            let lower = header.replacen("Basic", "basic", 1);
            assert_proven(&app.send("/token", Some(&lower), &UNKNOWN_CODE).await);
        }
        let in_body = [("client_id", client_id.as_str()), ("client_secret", secret)];
        assert_proven(&app.send("/token", None, &[&UNKNOWN_CODE[..], &in_body].concat()).await);
        for wrong in [
            format!("{secret}x"),
            encoded(&encoded(&format!("{secret}%"))),
            secret.chars().skip(1).collect(),
        ] {
            let header = basic(&client_id, &wrong);
            assert_not_proven(&app.send("/token", Some(&header), &UNKNOWN_CODE).await);
            if !wrong.is_empty() {
                let in_body = [("client_id", client_id.as_str()), ("client_secret", &wrong)];
                assert_not_proven(&app.send("/token", None, &[&UNKNOWN_CODE[..], &in_body].concat()).await);
            }
        }
    }
    daemon.has_no_errors();
}

#[tokio::test]
async fn who_does_not_prove_itself_is_refused_at_every_endpoint() {
    let scene = Scene::start();
    let app = &scene.app;
    let secret = app.client_secret.as_deref().expect("a secret");
    let id = app.client_id.as_str();
    let disabled = App::confidential(&scene.daemon);
    scene.daemon.cli(&["client", "disable", &disabled.client_id]);
    let disabled_secret = disabled.client_secret.clone().expect("a secret");
    let headers = [
        basic(id, "wrong"),
        basic(id, ""),
        basic("nobody", secret),
        basic("", secret),
        basic(&id.to_uppercase(), secret),
        basic(id, &format!("{secret}\0")),
        basic(&disabled.client_id, &disabled_secret),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic !!!".to_owned(),
        "Basic bm9jb2xvbg==".to_owned(),
        "Basic /////w==".to_owned(),
        format!("Bearer {secret}"),
        format!("{} x", basic(id, secret)),
        "x".repeat(4000),
    ];
    for path in ["/token", "/introspect", "/revoke"] {
        let params = [&UNKNOWN_CODE[..], &[("token", "x")]].concat();
        for header in &headers {
            println!("{path} {header}");
            assert_not_proven(&app.send(path, Some(header), &params).await);
        }
        let bodies: [&[(&str, &str)]; 5] = [
            &[],
            &[("client_id", id)],
            &[("client_id", id), ("client_secret", "wrong")],
            &[("client_id", "nobody"), ("client_secret", secret)],
            &[("client_secret", secret)],
        ];
        for body in bodies {
            println!("{path} {body:?}");
            assert_not_proven(&app.send(path, None, &[&params[..], body].concat()).await);
        }
        // RFC 6749, 2.3: one way only, even when both are right; and nobody speaks for two.
        let header = basic(id, secret);
        let both = [("client_id", id), ("client_secret", secret)];
        let answer = app.send(path, Some(&header), &[&params[..], &both].concat()).await;
        answer.refused(400, "invalid_request");
        let other = [("client_id", disabled.client_id.as_str())];
        let answer = app.send(path, Some(&header), &[&params[..], &other].concat()).await;
        answer.refused(400, "invalid_request");
    }
    let header = basic(id, secret);
    let named = [&UNKNOWN_CODE[..], &[("client_id", id)]].concat();
    assert_proven(&app.send("/token", Some(&header), &named).await);
    let log = scene.daemon.log();
    assert!(
        !log.contains(secret) && !log.contains(&disabled_secret),
        "no secret is logged"
    );
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_client_uses_the_method_it_registered() {
    let daemon = Daemon::start();
    // OpenID Connect Core, 9; RFC 7591, 2. Columns: what works by header, by body, by name alone.
    let rows = [
        (None, [true, true, false]),
        (Some("client_secret_basic"), [true, false, false]),
        (Some("client_secret_post"), [false, true, false]),
        (Some("none"), [false, false, true]),
    ];
    for (method, works) in rows {
        let options: Vec<&str> = method
            .into_iter()
            .flat_map(|method| ["--auth-method", method])
            .collect();
        let app = App::with(&daemon, &options);
        let id = app.client_id.as_str();
        let secret = app.client_secret.clone().unwrap_or_else(|| "made up".to_owned());
        let by_body = [&UNKNOWN_CODE[..], &[("client_id", id), ("client_secret", &secret)]].concat();
        let by_name = [&UNKNOWN_CODE[..], &[("client_id", id)]].concat();
        let answers = [
            app.send("/token", Some(&basic(id, &secret)), &UNKNOWN_CODE).await,
            app.send("/token", None, &by_body).await,
            app.send("/token", None, &by_name).await,
        ];
        for (works, answer) in works.into_iter().zip(answers) {
            println!("{method:?} {works}");
            if works {
                assert_proven(&answer);
            } else {
                assert_not_proven(&answer);
            }
        }
        // A public client has no secret, not even an empty one.
        if method == Some("none") {
            assert_not_proven(&app.send("/token", Some(&basic(id, "")), &UNKNOWN_CODE).await);
        }
    }
}

#[tokio::test]
async fn a_secret_is_rotated_without_a_pause() {
    let scene = Scene::start();
    let app = &scene.app;
    let id = app.client_id.as_str();
    let rotate = |more: &[&str]| {
        let answer = scene.daemon.cli(&[&["client", "rotate-secret", id], more].concat());
        answer["client_secret"].as_str().expect("a secret").to_owned()
    };
    let check = async |live: &[&String], ended: &[&String]| {
        for secret in live {
            assert_proven(&app.send("/token", Some(&basic(id, secret)), &UNKNOWN_CODE).await);
        }
        for secret in ended {
            assert_not_proven(&app.send("/token", Some(&basic(id, secret)), &UNKNOWN_CODE).await);
        }
    };
    let first = app.client_secret.clone().expect("a secret");
    check(&[&first], &[]).await;
    let second = rotate(&[]);
    check(&[&first, &second], &[]).await;
    // Two at most: the oldest goes.
    let third = rotate(&[]);
    check(&[&second, &third], &[&first]).await;
    let fourth = rotate(&["--keep-old", "0s"]);
    check(&[&fourth], &[&first, &second, &third]).await;
    let now = unix_now();
    let fifth = rotate(&["--keep-old", "2s"]);
    clock_shows(now + 3).await;
    check(&[&fifth], &[&first, &second, &third, &fourth]).await;
    for secret in [&first, &second, &third, &fourth, &fifth] {
        assert!(!scene.daemon.log().contains(secret.as_str()));
    }
    let public = App::public(&scene.daemon);
    let refused = scene.daemon.run(&["client", "rotate-secret", &public.client_id], "");
    assert_eq!(refused.status.code(), Some(1), "a public client has no secret");
}

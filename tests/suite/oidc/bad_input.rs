//! Bad input gets a clear answer: no 500, no panic, nothing at ERROR in the log, and the daemon goes on.

use std::{fmt::Write, time::Instant};

use reqwest::{Method, StatusCode};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{
    Daemon, Page, Scene,
    wire::{self, exchange},
};

/// The endpoints that take forms from programs.
const FORMS: [&str; 4] = ["/token", "/introspect", "/revoke", "/userinfo"];
/// And from people.
const PAGES: [&str; 6] = [
    "/authorize",
    "/login",
    "/consent",
    "/logout",
    "/logout/confirm",
    "/setup",
];

const EVERYWHERE: [&str; 20] = [
    "/",
    "/health",
    "/ready",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/jwks.json",
    "/api/auth/jwks",
    "/authorize",
    "/token",
    "/userinfo",
    "/introspect",
    "/revoke",
    "/logout",
    "/logout/confirm",
    "/login",
    "/select-account",
    "/consent",
    "/setup",
    "/static/x",
    "/no/such/page",
];

#[tokio::test]
async fn a_parameter_stands_once() {
    let scene = Scene::start();
    // RFC 6749, 3.1 and 3.2, whatever the parameter; threats 7.
    for path in FORMS {
        for body in [
            "token=a&token=a",
            "x=1&x=2",
            "token=a&grant_type=x&grant_type=y",
            "access_token=a&access_token=b",
        ] {
            let request = scene.app.http.post(scene.daemon.url(path)).body(body);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            Page::of(request.send().await.expect("an answer"))
                .await
                .refused(400, "invalid_request");
        }
    }
    for path in PAGES {
        let request = scene
            .app
            .http
            .post(scene.daemon.url(path))
            .body("client_id=a&client_id=b&x=1&x=2");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let page = Page::of(request.send().await.expect("an answer")).await;
        assert!(
            page.status.is_client_error() || page.status.is_redirection(),
            "{path}: {}",
            page.status
        );
        if page.status.is_client_error() {
            page.is_error_page(400);
        }
    }
    scene.daemon.has_no_errors();
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let daemon = Daemon::start();
    let bodies: [&[u8]; 9] = [
        b"token=%ff",
        b"token=\xff\xfe",
        b"token=%c3",
        b"%ff=x",
        b"token=%00",
        b"token=a\0b",
        b"token=%zz",
        b"token=%2",
        b"token=%",
    ];
    for body in bodies {
        println!("{}", String::from_utf8_lossy(body));
        for path in FORMS {
            let answer = exchange(&daemon, &wire::form(path, body)).await;
            assert_eq!(answer.status, 400, "{path}: {answer:?}");
            assert!(answer.body.contains("\"invalid_request\""), "{path}: {answer:?}");
        }
        for path in PAGES {
            let answer = exchange(&daemon, &wire::form(path, body)).await;
            assert_eq!(answer.status, 400, "{path}: {answer:?}");
            assert!(answer.head.contains("text/html"), "{path}: {answer:?}");
        }
    }
    for query in [
        "client_id=%ff",
        "client_id=%00",
        "client_id=%zz",
        "state=%c3%28&client_id=x",
    ] {
        let request = format!("GET /authorize?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = exchange(&daemon, request.as_bytes()).await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        assert!(answer.head.contains("text/html"), "{query}: {answer:?}");
    }
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_form_is_due_and_nothing_else() {
    let scene = Scene::start();
    let post = async |path: &str, content_type: &str, body: &str| {
        let request = scene.app.http.post(scene.daemon.url(path)).body(body.to_owned());
        let request = match content_type {
            "" => request,
            content_type => request.header("content-type", content_type),
        };
        Page::of(request.send().await.expect("an answer")).await
    };
    let json = r#"{"grant_type":"client_credentials","token":"x"}"#;
    let others = [
        ("application/json", json),
        ("text/plain", "token=x"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("application/x-www-form-urlencoded-not", "token=x"),
        ("\u{fc}", "token=x"),
        ("", "token=x"),
    ];
    for (content_type, body) in others {
        for path in ["/token", "/introspect", "/revoke"] {
            println!("{path} {content_type}");
            post(path, content_type, body).await.refused(415, "invalid_request");
        }
        for path in PAGES {
            post(path, content_type, body).await.is_error_page(415);
        }
    }
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-URLencoded",
    ] {
        post("/token", content_type, "grant_type=x&client_id=y")
            .await
            .refused(401, "invalid_client");
    }
    post("/token", "application/x-www-form-urlencoded", "")
        .await
        .refused(400, "invalid_request");
    post("/userinfo", "application/json", json)
        .await
        .refused(415, "invalid_request");
}

#[tokio::test]
async fn an_endpoint_has_its_methods_and_no_others() {
    let scene = Scene::start();
    let rows: [(&str, &[&str]); 8] = [
        ("/token", &["POST"]),
        ("/introspect", &["POST"]),
        ("/revoke", &["POST"]),
        ("/userinfo", &["GET", "POST"]),
        ("/authorize", &["GET", "POST"]),
        ("/.well-known/openid-configuration", &["GET"]),
        ("/.well-known/jwks.json", &["GET"]),
        ("/login", &["GET", "POST"]),
    ];
    for (path, methods) in rows {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"] {
            let method_of = Method::from_bytes(method.as_bytes()).expect("a method");
            let request = scene.app.http.request(method_of, scene.daemon.url(path));
            let page = Page::of(request.send().await.expect("an answer")).await;
            let is_one = methods.contains(&method);
            assert_eq!(
                page.status == StatusCode::METHOD_NOT_ALLOWED,
                !is_one,
                "{method} {path}: {}",
                page.status
            );
            if !is_one {
                // RFC 9110, 15.5.6: the answer must say what is allowed.
                let allowed: Vec<&str> = page.header("allow").split(',').map(str::trim).collect();
                for method in methods {
                    assert!(allowed.contains(method), "{path}: {allowed:?}");
                }
            }
        }
    }
    // A grant in the URL is none, and does not stand in the log.
    let query = [
        ("grant_type", "client_credentials"),
        ("client_secret", "s3cr3t-in-the-url"),
    ];
    let request = scene.app.http.get(scene.daemon.url("/token")).query(&query);
    assert_eq!(request.send().await.expect("an answer").status(), 405);
    let request = scene
        .app
        .http
        .post(scene.daemon.url("/token"))
        .query(&query)
        .form(&[("x", "y")]);
    Page::of(request.send().await.expect("an answer"))
        .await
        .refused(400, "invalid_request");
    assert!(!scene.daemon.log().contains("s3cr3t-in-the-url"));
}

#[tokio::test]
async fn a_body_has_64_kib_at_most() {
    let daemon = Daemon::start();
    for path in FORMS.iter().chain(&PAGES) {
        let fits = format!("x={}", "a".repeat(64 * 1024 - 2));
        let answer = exchange(&daemon, &wire::form(path, fits.as_bytes())).await;
        assert!(
            (200..500).contains(&answer.status) && answer.status != 413,
            "{path}: {answer:?}"
        );
        let answer = exchange(&daemon, &wire::form(path, format!("{fits}a").as_bytes())).await;
        assert_eq!(answer.status, 413, "{path}: {answer:?}");
        // Without a length, as much is read as is allowed.
        let mut chunked = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        );
        for _ in 0..70 {
            write!(chunked, "400\r\n{}\r\n", "a".repeat(1024)).expect("a string");
        }
        chunked.push_str("0\r\n\r\n");
        let answer = exchange(&daemon, chunked.as_bytes()).await;
        assert_eq!(answer.status, 413, "{path}: {answer:?}");
    }
    // A lie about the length is not waited for.
    let lie = "POST /token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999999\r\n\
               Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    assert_eq!(exchange(&daemon, lie.as_bytes()).await.status, 413);
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_head_has_16_kib_at_most() {
    let daemon = Daemon::start();
    let head =
        |line: &str, headers: &str| format!("GET {line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    let long = "a".repeat(17 * 1024);
    for path in EVERYWHERE {
        let answer = exchange(&daemon, head(path, &format!("X-Long: {long}\r\n")).as_bytes()).await;
        assert_eq!(answer.status, 431, "{path}: {answer:?}");
        let answer = exchange(&daemon, head(&format!("{path}?x={long}"), "").as_bytes()).await;
        assert!([414, 431].contains(&answer.status), "{path}: {answer:?}");
    }
    let many = "X-Some: 0123456789012345678901234567890123456789\r\n".repeat(400);
    let answer = exchange(&daemon, head("/", &many).as_bytes()).await;
    assert!([0, 400, 431].contains(&answer.status), "{answer:?}");
    let endless = format!("X-Long: {}", "a".repeat(2 * 1024 * 1024));
    let answer = exchange(&daemon, head("/", &endless).as_bytes()).await;
    assert!([0, 400, 431].contains(&answer.status), "{answer:?}");
    // What fits is served.
    let fits = format!("X-Long: {}\r\n", "a".repeat(15 * 1024));
    assert_eq!(
        exchange(&daemon, head("/.well-known/jwks.json", &fits).as_bytes())
            .await
            .status,
        200
    );
    daemon.has_no_errors();
}

#[tokio::test]
async fn a_slow_client_is_cut_off() {
    let daemon = Daemon::builder().set("limits.request_timeout", "1s").start();
    let beginnings = [
        "",
        "POST /tok",
        "POST /token HTTP/1.1\r\nHost: x\r\n",
        "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\ngrant_",
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nuser",
        "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ngr",
    ];
    for beginning in beginnings {
        let mut stream = TcpStream::connect(daemon.listen()).await.expect("a connection");
        stream.write_all(beginning.as_bytes()).await.expect("written");
        let answer = wire::read_to_close(&mut stream).await;
        println!("{beginning:?}: {}", answer.status);
        assert!([0, 408].contains(&answer.status), "{beginning:?}: {answer:?}");
    }
    // Nor does anybody wait for the rest of a body that nobody wants.
    let mut stream = TcpStream::connect(daemon.listen()).await.expect("a connection");
    let unwanted = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ngr";
    stream.write_all(unwanted.as_bytes()).await.expect("written");
    assert_eq!(wire::read_to_close(&mut stream).await.status, 200);
    // A byte now and then does not help.
    let mut stream = TcpStream::connect(daemon.listen()).await.expect("a connection");
    let begun = Instant::now();
    let head = "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n";
    let drip = async {
        stream.write_all(head.as_bytes()).await?;
        loop {
            stream.write_all(b"a").await?;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let ended: Result<std::io::Result<()>, _> = tokio::time::timeout(std::time::Duration::from_secs(30), drip).await;
    assert!(matches!(ended, Ok(Err(_))), "cut off after {:?}", begun.elapsed());
    daemon.has_no_errors();
}

/// A small generator of numbers that are random enough and the same each time (xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("small")
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.roll(most);
        (0..length)
            .map(|_| u8::try_from(self.roll(256)).expect("a byte"))
            .collect()
    }

    /// Bytes, percent-encoded or such as a line of HTTP can hold.
    fn word(&mut self) -> Vec<u8> {
        let bytes = self.bytes(40);
        match self.roll(3) {
            0 => bytes
                .iter()
                .flat_map(|byte| format!("%{byte:02x}").into_bytes())
                .collect(),
            1 => bytes.into_iter().filter(u8::is_ascii_graphic).collect(),
            _ => bytes.into_iter().filter(|byte| *byte > 0x20 && *byte != 0x7f).collect(),
        }
    }
}

const NAMES: [&str; 26] = [
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code",
    "code_verifier",
    "code_challenge",
    "code_challenge_method",
    "grant_type",
    "refresh_token",
    "access_token",
    "token",
    "prompt",
    "max_age",
    "id_token_hint",
    "interaction",
    "csrf",
    "username",
    "password",
    "decision",
    "login_hint",
    "post_logout_redirect_uri",
    "token_type_hint",
];
const VALUES: [&str; 12] = [
    "code",
    "openid",
    "S256",
    "none",
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "0",
    "-1",
    "https%3A%2F%2Fapp.example%2Fcb",
    "a.b.c",
    "18446744073709551616",
];

fn pairs(dice: &mut Dice, known: &[&str]) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..dice.roll(12) {
        all.extend(dice.pick(&NAMES).as_bytes());
        all.push(b'=');
        match dice.roll(3) {
            0 => all.extend(dice.word()),
            1 => all.extend(dice.pick(&VALUES).as_bytes()),
            _ => all.extend(dice.pick(known).as_bytes()),
        }
        all.push(b'&');
    }
    all
}

#[tokio::test]
async fn random_bytes_are_never_a_servers_error() {
    let scene = Scene::start();
    let tokens = scene.tokens("openid offline_access").await;
    let secret = scene.app.client_secret.clone().expect("a secret");
    let known = [
        scene.app.client_id.as_str(),
        &secret,
        tokens.access(),
        tokens.id(),
        tokens.refresh(),
    ];
    let seed = 0x5eed_0000_cafe_0001;
    let mut dice = Dice(seed);
    let authorization = scene.app.http.post(scene.daemon.url("/token"));
    let authorization = authorization
        .basic_auth(known[0], Some(known[1]))
        .build()
        .expect("a request");
    let basic = authorization.headers()["authorization"].as_bytes().to_vec();
    for round in 0..600 {
        let path = EVERYWHERE[round % EVERYWHERE.len()];
        let method = dice.pick(&["GET", "POST", "POST", "POST", "OPTIONS", "PUT"]);
        let mut request = format!("{method} {path}").into_bytes();
        if dice.roll(2) == 0 {
            request.push(b'?');
            request.extend(pairs(&mut dice, &known));
        }
        request.extend(b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        match dice.roll(4) {
            0 => request.extend([b"Authorization: ", &dice.word()[..], b"\r\n"].concat()),
            1 => request.extend([b"Authorization: ", &basic[..], b"\r\n"].concat()),
            2 => request.extend([b"Authorization: Bearer ", &dice.word()[..], b"\r\n"].concat()),
            _ => {}
        }
        if dice.roll(3) == 0 {
            let cookie = [
                b"Cookie: avouch_session=",
                &dice.word()[..],
                b"; avouch_browser=",
                &dice.word()[..],
                b"\r\n",
            ];
            request.extend(cookie.concat());
        }
        let body = if dice.roll(3) == 0 {
            dice.bytes(300)
        } else {
            pairs(&mut dice, &known)
        };
        let content_type = dice.pick(&[
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded",
            "application/json",
        ]);
        request.extend(format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes());
        request.extend(body);
        let answer = exchange(&scene.daemon, &request).await;
        let shown = String::from_utf8_lossy(&request).into_owned();
        assert!(
            (200..500).contains(&answer.status),
            "seed {seed:#x}, round {round}: {answer:?} to {shown}"
        );
        assert!(!answer.body.contains(&secret), "round {round}: threats 9");
    }
    // Bytes that are no HTTP at all.
    for _ in 0..100 {
        let bytes = [dice.bytes(500), b"\r\n\r\n".to_vec()].concat();
        let answer = exchange(&scene.daemon, &bytes).await;
        assert!([0, 400].contains(&answer.status), "{answer:?} to {bytes:?}");
    }
    scene.daemon.has_no_errors();
    assert!(!scene.daemon.log().contains(&secret), "no secret is logged");
    assert!(!scene.daemon.log().contains(tokens.refresh()));
    scene.tokens("openid").await;
}

//! Requests that the client signed (OpenID Connect Core, 6; RFC 9101).

use serde_json::{Value, json};

use crate::support::{
    App, Browser, ClientKey, Daemon, Page, Partner, SignIn,
    app::REDIRECT_URI,
    client_keys::jwks,
    forge, jwt,
    partner::Answer,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

struct Stage {
    daemon: Daemon,
    app: App,
    key: ClientKey,
    browser: Browser,
}

impl Stage {
    /// A person, a browser, and an application with a key of this algorithm.
    fn start(alg: &'static str, more: &Value) -> Self {
        let daemon = Daemon::start();
        let key = ClientKey::new(alg, "k1");
        let mut metadata = json!({"jwks": jwks(&[&key])});
        metadata
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let app = App::registered(&daemon, &metadata);
        Self::of(daemon, app, key)
    }

    fn of(daemon: Daemon, app: App, key: ClientKey) -> Self {
        daemon.add_user(USERNAME, PASSWORD, &[]);
        let browser = Browser::new(&daemon.issuer);
        Self {
            daemon,
            app,
            key,
            browser,
        }
    }

    /// Opens a sign-in with this object and what stands around it, and stops at what comes.
    async fn open(&self, sign_in: &SignIn, object: &str, around: &[(&str, &str)]) -> Page {
        let pairs = [
            &[("client_id", self.app.client_id.as_str()), ("request", object)],
            around,
        ]
        .concat();
        self.ask(&[&pairs[..], &[("state", &sign_in.state)]].concat()).await
    }

    async fn ask(&self, params: &[(&str, &str)]) -> Page {
        let mut pairs = params.to_vec();
        pairs.dedup_by_key(|(name, _)| name.to_owned());
        let url = url::Url::parse_with_params(&self.daemon.url("/authorize"), &pairs).expect("a URL");
        self.browser.get(url.as_str()).await
    }

    /// An error at the client, which came with the state of the request around the object.
    async fn error(&self, object: &str, around: &[(&str, &str)]) -> String {
        let (sign_in, _) = inside(&self.app, &json!({}));
        let around = [&[("redirect_uri", REDIRECT_URI)], around].concat();
        let page = self.open(&sign_in, object, &around).await;
        page.redirect_error(&self.app, &sign_in)
    }

    /// Goes the whole way from a page to tokens, and gives the claims of the ID token.
    async fn finish(&self, page: Page, sign_in: &SignIn) -> Value {
        let page = if page.is_login() {
            self.browser.sign_in(&page, USERNAME, PASSWORD).await
        } else {
            page
        };
        let code = self.app.code_of(&page, sign_in);
        jwt::claims(self.app.redeem(sign_in, &code).await.id())
    }
}

/// The parameters of a sign-in as claims, with changes; null leaves one out.
fn inside(app: &App, changes: &Value) -> (SignIn, Value) {
    let sign_in = app.begin("openid", &[]);
    let url = url::Url::parse(&sign_in.url).expect("a URL");
    let mut claims: serde_json::Map<String, Value> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    claims.insert("iss".to_owned(), app.client_id.clone().into());
    claims.insert("aud".to_owned(), app.issuer.clone().into());
    claims.insert("exp".to_owned(), (unix_now() + 60).into());
    claims.extend(changes.as_object().expect("an object").clone());
    claims.retain(|_, value| !value.is_null());
    (sign_in, Value::Object(claims))
}

#[tokio::test]
async fn a_signed_request_is_the_request() {
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        let stage = Stage::start(alg, &json!({}));
        let (sign_in, claims) = inside(&stage.app, &json!({}));
        // RFC 9101, 5: nothing but client_id stands around it.
        let page = stage.open(&sign_in, &stage.key.sign(&claims), &[]).await;
        assert!(page.is_login(), "{alg}: {} {}", page.url, page.body);
        let id_token = stage.finish(page, &sign_in).await;
        assert_eq!(id_token["nonce"], sign_in.nonce);
        // Core 6.1, 9101 10.8: with the other types, and without the claims that Core leaves open.
        for header in [
            json!({"typ": "oauth-authz-req+jwt"}),
            json!({"typ": null}),
            json!({"kid": null}),
        ] {
            let (sign_in, claims) = inside(
                &stage.app,
                &json!({"iss": null, "aud": null, "exp": null, "client_id": null}),
            );
            let page = stage.open(&sign_in, &stage.key.sign_with(&header, &claims), &[]).await;
            stage.finish(page, &sign_in).await;
        }
        stage.daemon.has_no_errors();
    }
}

#[tokio::test]
async fn what_is_signed_wins_over_what_stands_around_it() {
    let stage = Stage::start("ES256", &json!({}));
    let (sign_in, claims) = inside(
        &stage.app,
        &json!({"max_age": 10_000, "claims": {"id_token": {"acr": null}}}),
    );
    let around = [
        ("response_type", "code"),
        ("redirect_uri", "https://evil.example/cb"),
        ("nonce", "another"),
        ("scope", "openid profile"),
        ("code_challenge", "another"),
        ("prompt", "none"),
    ];
    // Core 6.3.3: even a redirect_uri that nobody registered; what the object leaves open comes from around it.
    let page = stage.open(&sign_in, &stage.key.sign(&claims), &around).await;
    assert_eq!(page.redirect_error(&stage.app, &sign_in), "login_required");
    let page = stage.open(&sign_in, &stage.key.sign(&claims), &around[..5]).await;
    let id_token = stage.finish(page, &sign_in).await;
    assert_eq!(id_token["nonce"], sign_in.nonce);
    // An error of what is inside goes where the inside says.
    for (changes, error) in [
        (json!({"scope": "unheard_of"}), "invalid_scope"),
        (json!({"max_age": "soon"}), "invalid_request"),
        (json!({"prompt": "none", "max_age": 0}), "login_required"),
        (json!({"code_challenge": null}), "invalid_request"),
        (json!({"registration": {}}), "registration_not_supported"),
    ] {
        println!("{changes}");
        let (sign_in, claims) = inside(&stage.app, &changes);
        let around = [("redirect_uri", "https://evil.example/cb")];
        // One second passes, so that max_age=0 means something.
        clock_shows(id_token["auth_time"].as_u64().expect("auth_time") + 1).await;
        let page = stage.open(&sign_in, &stage.key.sign(&claims), &around).await;
        assert_eq!(page.redirect_error(&stage.app, &sign_in), error);
    }
    // And a redirect_uri inside is proven as any other.
    let (sign_in, claims) = inside(&stage.app, &json!({"redirect_uri": "https://evil.example/cb"}));
    let page = stage
        .open(&sign_in, &stage.key.sign(&claims), &[("redirect_uri", REDIRECT_URI)])
        .await;
    page.is_error_page(400);
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn an_object_that_is_not_the_clients_is_refused() {
    let stage = Stage::start("RS256", &json!({}));
    let (app, key) = (&stage.app, &stage.key);
    let other = App::registered(&stage.daemon, &json!({"jwks": jwks(&[key])}));
    let stranger = ClientKey::new("RS256", "k1");
    let claims = |changes: Value| inside(app, &changes).1;
    let now = unix_now();
    let signed = |changes: Value| key.sign(&claims(changes));
    let with = |header: Value| key.sign_with(&header, &claims(json!({})));
    let rows = [
        ("RFC 9101, 6.2: a stranger's key", stranger.sign(&claims(json!({})))),
        (
            "RFC 8725, 2.1: our public key as a secret",
            ClientKey::secret(&key.public_pem()).sign(&claims(json!({}))),
        ),
        ("Core, 6.1: none", with(json!({"alg": "none"}))),
        ("RFC 8725, 3.1: another algorithm", with(json!({"alg": "PS256"}))),
        ("RFC 7515, 4.1.11: crit", with(json!({"crit": ["exp"], "exp": 1}))),
        ("RFC 7797, 6: b64", with(json!({"b64": false}))),
        ("RFC 8725, 3.10: jku", with(json!({"jku": "http://127.0.0.1:9/"}))),
        (
            "RFC 8725, 3.10: jwk",
            stranger.sign_with(&json!({"jwk": stranger.jwk()}), &claims(json!({}))),
        ),
        ("RFC 8725, 3.11: typ", with(json!({"typ": "client-authentication+jwt"}))),
        ("RFC 8725, 3.11: an access token", with(json!({"typ": "at+jwt"}))),
        ("RFC 9101, 4: iss", signed(json!({"iss": other.client_id}))),
        ("RFC 9101, 4: aud", signed(json!({"aud": "https://other.example"}))),
        ("RFC 7519, 4.1.4: exp", signed(json!({"exp": now - 1}))),
        ("RFC 7519, 4.1.5: nbf", signed(json!({"nbf": now + 120}))),
        ("RFC 7519, 4.1.6: iat", signed(json!({"iat": now + 120}))),
        ("RFC 9101, 5: client_id", signed(json!({"client_id": other.client_id}))),
        (
            "Core, 6.1: response_type",
            signed(json!({"response_type": "code id_token"})),
        ),
        ("RFC 9101, 4: a request inside", signed(json!({"request": "x"}))),
        (
            "RFC 9101, 4: a request_uri inside",
            signed(json!({"request_uri": "https://app.example/r"})),
        ),
        (
            "RFC 9101, 10.8: a client assertion",
            key.sign(&app.assertion(&json!({}))),
        ),
        ("RFC 9101, 4: another shape", signed(json!({"scope": ["openid"]}))),
        ("RFC 9101, 6.1: encrypted", "e30.e30.e30.e30.e30".to_owned()),
        ("no JWT", "x".to_owned()),
    ];
    for (why, object) in rows {
        println!("{why}");
        assert_eq!(
            stage.error(&object, &[("response_type", "code")]).await,
            "invalid_request_object"
        );
    }
    let good = signed(json!({}));
    let (unsigned, _) = good.rsplit_once('.').expect("three parts");
    assert_eq!(
        stage.error(&format!("{unsigned}."), &[]).await,
        "invalid_request_object"
    );
    // Threats 19.
    for (what, object) in forge::mangled(&good) {
        println!("{what}");
        assert_eq!(stage.error(&object, &[]).await, "invalid_request_object");
    }
    stage.daemon.has_no_errors();
}

/// OpenID Connect Core, 3.1.2.6; RFC 6749, 4.1.2.1.
#[tokio::test]
async fn what_is_not_believed_redirects_nobody() {
    let stage = Stage::start("ES256", &json!({}));
    let (app, key) = (&stage.app, &stage.key);
    // Where the request around it proves no redirect_uri, only the person is told, whatever the object says.
    let (sign_in, claims) = inside(app, &json!({}));
    let forged = ClientKey::new("ES256", "k1").sign(&claims);
    for around in [&[][..], &[("redirect_uri", "https://evil.example/cb")]] {
        stage.open(&sign_in, &forged, around).await.is_error_page(400);
    }
    // Core, 6.1: not both ways at once. And none of a client without keys.
    let both = [("request_uri", "https://app.example/r")];
    assert_eq!(stage.error(&key.sign(&claims), &both).await, "invalid_request");
    let keyless = App::confidential(&stage.daemon);
    let (sign_in, page) = keyless
        .authorize(
            &stage.browser,
            "openid",
            &[("request", &key.sign(&inside(&keyless, &json!({})).1))],
        )
        .await;
    assert_eq!(page.redirect_error(&keyless, &sign_in), "invalid_request_object");
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn a_client_may_promise_to_sign_everything_and_by_one_algorithm() {
    let rsa = ClientKey::new("RS256", "rsa");
    let mut stage = Stage::start("ES256", &json!({}));
    let metadata = json!({
        "jwks": jwks(&[&stage.key, &rsa]), "require_signed_request_object": true, "request_object_signing_alg": "ES256",
    });
    stage.app = App::registered(&stage.daemon, &metadata);
    // RFC 9101, 10.5.
    let (sign_in, page) = stage.app.authorize(&stage.browser, "openid", &[]).await;
    assert_eq!(page.redirect_error(&stage.app, &sign_in), "invalid_request");
    // OpenID Connect Registration, 2.
    let (_, claims) = inside(&stage.app, &json!({}));
    assert_eq!(stage.error(&rsa.sign(&claims), &[]).await, "invalid_request_object");
    // RFC 9101, 6.3: what is not signed does not count.
    let (sign_in, claims) = inside(&stage.app, &json!({"prompt": "none"}));
    let object = stage.key.sign(&claims);
    let page = stage.open(&sign_in, &object, &[("prompt", "login")]).await;
    assert_eq!(page.redirect_error(&stage.app, &sign_in), "login_required");
    let (sign_in, claims) = inside(&stage.app, &json!({"redirect_uri": null}));
    let around = [("redirect_uri", REDIRECT_URI)];
    let page = stage.open(&sign_in, &stage.key.sign(&claims), &around).await;
    page.is_error_page(400);
    // The whole way; and an interaction that has ended begins again without its object (RFC 9101 has no second look).
    let (sign_in, claims) = inside(&stage.app, &json!({}));
    let page = stage.open(&sign_in, &stage.key.sign(&claims), &[]).await;
    let login = page.url.clone();
    stage.finish(page, &sign_in).await;
    let again = stage.browser.get(login.as_str()).await;
    stage.app.code_of(&again, &sign_in);
    stage.daemon.has_no_errors();
}

/// A client that has registered these paths of a partner, and the claims of one of its sign-ins.
fn by_reference(partner: &Partner, paths: &[&str]) -> (Stage, SignIn, Value) {
    let daemon = partner.daemon().start();
    let key = ClientKey::new("RS256", "k1");
    let mut uris: Vec<String> = paths.iter().map(|path| partner.url(path)).collect();
    uris.push(partner.url_by_address("/inside"));
    let app = App::registered(&daemon, &json!({"jwks": jwks(&[&key]), "request_uris": uris}));
    let stage = Stage::of(daemon, app, key);
    let (sign_in, claims) = inside(&stage.app, &json!({}));
    (stage, sign_in, claims)
}

async fn ask_by_reference(stage: &Stage, sign_in: &SignIn, uri: &str) -> Page {
    let pairs = [
        ("client_id", stage.app.client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("state", &sign_in.state),
        ("request_uri", uri),
    ];
    stage.ask(&pairs).await
}

fn document(jwt: &str) -> Answer {
    Answer::of("application/oauth-authz-req+jwt", format!("{jwt}\n"))
}

#[tokio::test]
async fn a_request_is_fetched_where_the_client_registered_it() {
    let partner = Partner::start();
    let (stage, sign_in, claims) = by_reference(&partner, &["/request#aGFzaA"]);
    partner.serve("/request", document(&stage.key.sign(&claims)));
    // Core, 6.2: the fragment tells versions of the document apart, and is not sent.
    for path in ["/request#aGFzaA", "/request", "/request#bmV3"] {
        let page = ask_by_reference(&stage, &sign_in, &partner.url(path)).await;
        assert!(page.is_login(), "{path} {} {}", page.url, page.body);
    }
    assert_eq!(partner.asked("/request").last().expect("asked").path, "/request");
    let page = ask_by_reference(&stage, &sign_in, &partner.url("/request")).await;
    let (login, fetched) = (page.url.clone(), partner.hits("/request"));
    stage.finish(page, &sign_in).await;
    // Begun again, it is what it was, whatever the document says now.
    partner.serve("/request", Answer::status(404));
    stage.app.code_of(&stage.browser.get(login.as_str()).await, &sign_in);
    assert_eq!(partner.hits("/request"), fetched);
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn a_request_is_fetched_from_nowhere_else_and_within_limits() {
    let partner = Partner::start();
    let paths = [
        "/request",
        "/missing",
        "/nonsense",
        "/binary",
        "/endless",
        "/long",
        "/elsewhere",
    ];
    let (stage, sign_in, claims) = by_reference(&partner, &paths);
    let object = stage.key.sign(&claims);
    for path in ["/request", "/secret", "/inside"] {
        partner.serve(path, document(&object));
    }
    partner.serve("/nonsense", document("hello"));
    partner.serve("/binary", Answer::of("application/jwt", [0xff; 99]));
    partner.serve("/endless", Answer::of("text/plain", "").endless());
    let long = inside(&stage.app, &json!({"own": "x".repeat(13_000)})).1;
    partner.serve("/long", document(&stage.key.sign(&long)));
    partner.serve("/elsewhere", Answer::redirect(&partner.url("/secret")));
    let (uri, object) = ("invalid_request_uri", "invalid_request_object");
    let rows = [
        ("RFC 9101, 5.2: not registered", partner.url("/secret"), uri),
        ("RFC 9101, 5.2: another path", partner.url("/request/"), uri),
        ("RFC 9101, 5.2: another query", partner.url("/request?x"), uri),
        ("RFC 9101, 5.2.3: 404", partner.url("/missing"), uri),
        ("RFC 9101, 6.2: no JWT", partner.url("/nonsense"), object),
        ("RFC 9101, 6.2: no text", partner.url("/binary"), object),
        ("RFC 9101, 10.4.1: no end", partner.url("/endless"), uri),
        ("RFC 9101, 10.4.1: too long", partner.url("/long"), uri),
        ("RFC 9101, 10.4.1: a redirect", partner.url("/elsewhere"), uri),
        ("RFC 9101, 10.4.1: inside", partner.url_by_address("/inside"), uri),
        ("RFC 9126, 4", "urn:ietf:params:oauth:request_uri:x".to_owned(), uri),
    ];
    for (why, request_uri, error) in rows {
        println!("{why}");
        let page = ask_by_reference(&stage, &sign_in, &request_uri).await;
        assert_eq!(page.redirect_error(&stage.app, &sign_in), error);
    }
    assert_eq!((partner.hits("/secret"), partner.hits("/inside")), (0, 0));
    stage.daemon.has_no_errors();
}

/// OpenID Connect Core, 10.1.1: a client changes its keys by publishing others.
#[tokio::test]
async fn keys_are_fetched_from_the_jwks_uri_and_again_when_they_change() {
    let partner = Partner::start();
    let daemon = partner.daemon().set("outbound.jwks_refresh_delay", "1s").start();
    let [first, second, renamed] = ["k1", "k2", "k1"].map(|kid| ClientKey::new("ES256", kid));
    let app = App::registered(
        &daemon,
        &json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": partner.url("/jwks")}),
    );
    // A fetch that fails is the client's affair (RFC 6749, 5.2).
    let proof = |key: &ClientKey| key.sign(&app.assertion(&json!({})));
    app.token_by(&proof(&first)).await.refused(401, "invalid_client");
    clock_shows(unix_now() + 2).await;
    partner.serve_json("/jwks", &jwks(&[&first]));
    assert_eq!(app.token_by(&proof(&first)).await.status, 200);
    let hits = partner.hits("/jwks");
    assert_eq!(app.token_by(&proof(&first)).await.status, 200);
    assert_eq!(partner.hits("/jwks"), hits, "the keys are at hand");
    // An unknown kid makes a new fetch, after a while; a key that was taken back no longer counts.
    partner.serve_json("/jwks", &jwks(&[&second]));
    clock_shows(unix_now() + 2).await;
    assert_eq!(app.token_by(&proof(&second)).await.status, 200);
    clock_shows(unix_now() + 2).await;
    app.token_by(&proof(&first)).await.refused(401, "invalid_client");
    // Another key of the same name.
    partner.serve_json("/jwks", &jwks(&[&first]));
    clock_shows(unix_now() + 2).await;
    assert_eq!(app.token_by(&proof(&first)).await.status, 200);
    partner.serve_json("/jwks", &jwks(&[&renamed]));
    clock_shows(unix_now() + 2).await;
    assert_eq!(app.token_by(&proof(&renamed)).await.status, 200);
    // A request object is verified by the same keys.
    let stage = Stage::of(daemon, app, renamed);
    let (sign_in, claims) = inside(&stage.app, &json!({}));
    let page = stage.open(&sign_in, &stage.key.sign(&claims), &[]).await;
    assert!(page.is_login(), "{} {}", page.url, page.body);
    stage.daemon.has_no_errors();
}

//! Back-Channel Logout 1.0: every client of a session is told of its end, at least once, and nobody waits for it.

mod delivery;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{
    App, Browser, Daemon, Page, Partner, Tokens, jwt,
    logout::assert_signed,
    partner::Answer,
    scene::{PASSWORD, unix_now},
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const OK: fn() -> Answer = || Answer::status(200);

/// A daemon with alice and bob, and a partner whose clients it may tell.
struct Stage {
    partner: Partner,
    daemon: Daemon,
}

impl Stage {
    fn start() -> Self {
        let partner = Partner::start();
        let daemon = partner.daemon().start();
        for name in ["alice", "bob"] {
            daemon.add_user(name, PASSWORD, &[]);
        }
        Self { partner, daemon }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.daemon.issuer)
    }

    /// An application that is told at `path`, which answers so.
    fn app(&self, path: &str, answer: Answer) -> App {
        self.partner.serve(path, answer);
        App::told_at(&self.partner, &self.daemon, path)
    }

    async fn alice(&self, app: &App, browser: &Browser) -> Tokens {
        app.sign_in(browser, "openid", "alice", PASSWORD).await
    }

    /// Waits until the log has a line with these words.
    async fn logged(&self, words: &[&str]) {
        self.daemon
            .wait_until(&format!("{words:?}"), async || {
                let log = self.daemon.log();
                log.lines().any(|line| words.iter().all(|word| line.contains(word)))
            })
            .await;
    }
}

/// The button of the home page.
async fn sign_out(browser: &Browser) -> Page {
    browser.submit(&browser.get("/").await, &[]).await
}

fn sid(tokens: &Tokens) -> Value {
    jwt::claims(tokens.id())["sid"].clone()
}

#[tokio::test]
async fn discovery_says_so() {
    // Back-Channel Logout, 2.1.
    let daemon = Daemon::start();
    let document = Browser::new(&daemon.issuer)
        .get("/.well-known/openid-configuration")
        .await
        .json();
    assert_eq!(document["backchannel_logout_supported"], true);
    assert_eq!(document["backchannel_logout_session_supported"], true);
}

#[tokio::test]
async fn a_logout_token_is_what_the_specification_says() {
    let stage = Stage::start();
    let app = stage.app("/out", OK());
    let browser = stage.browser();
    let tokens = stage.alice(&app, &browser).await;
    sign_out(&browser).await;

    let [asked] = &stage.partner.wait_for("/out", 1).await[..] else {
        panic!("told once");
    };
    let token = asked.logout_token();
    let (header, claims, id_token) = (jwt::header(&token), jwt::claims(&token), jwt::claims(tokens.id()));
    assert_eq!(header["typ"], "logout+jwt", "2.4");
    assert_eq!(header["alg"], jwt::header(tokens.id())["alg"], "2.4: as the ID token");
    assert_signed(&token, &browser.get("/.well-known/jwks.json").await.json());
    for claim in ["iss", "sub", "sid"] {
        assert!(claims[claim].is_string(), "{claims}");
        assert_eq!(claims[claim], id_token[claim], "2.4: {claim} as in the ID token");
    }
    assert_eq!(claims["aud"], app.client_id, "2.4");
    assert_eq!(claims["events"], json!({ EVENT: {} }), "2.4: exactly this member");
    assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 16), "2.4");
    let (iat, exp) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
    assert!(
        iat <= unix_now() && exp > iat && exp - iat <= 120,
        "2.4: two minutes at most"
    );
    let mut names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"],
        "2.4: never a nonce"
    );
    for absent in ["cookie", "authorization", "referer"] {
        assert!(!asked.headers.contains_key(absent), "{absent}");
    }
    stage.logged(&["logout.delivered", &app.client_id]).await;
    assert!(!stage.daemon.log().contains(&token), "no token in the log");
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn a_logout_token_is_signed_as_the_clients_id_tokens_are() {
    // Back-Channel Logout, 2.4 and 2.6.
    let partner = Partner::start();
    let daemon = partner
        .daemon()
        .set("keys.algorithms", "RS256,PS256,ES256,EdDSA")
        .start();
    let stage = Stage { partner, daemon };
    stage.daemon.add_user("alice", PASSWORD, &[]);
    let jwks = stage.browser().get("/.well-known/jwks.json").await.json();
    for alg in ["PS256", "ES256", "EdDSA"] {
        let path = format!("/{alg}");
        let app = stage.app(&path, OK());
        let member = format!("id_token_signed_response_alg={alg}");
        stage.daemon.cli(&["client", "set", &app.client_id, "--set", &member]);
        let browser = stage.browser();
        let tokens = stage.alice(&app, &browser).await;
        assert_eq!(jwt::header(tokens.id())["alg"], alg);
        sign_out(&browser).await;
        let token = stage.partner.wait_for(&path, 1).await[0].logout_token();
        assert_eq!(jwt::header(&token)["alg"], alg);
        assert_signed(&token, &jwks);
    }
}

#[tokio::test]
async fn a_pairwise_client_is_told_by_the_name_that_it_knows() {
    // Back-Channel Logout, 2.4; Core, 8.1. Also when the user is gone.
    let stage = Stage::start();
    stage.partner.serve("/out", OK());
    let app = App::confidential(&stage.daemon);
    let uri = format!("backchannel_logout_uri={}", stage.partner.url("/out"));
    let members = ["--set", "subject_type=pairwise", "--set", &uri];
    stage
        .daemon
        .cli(&[&["client", "set", &app.client_id][..], &members].concat());
    let tokens = stage.alice(&app, &stage.browser()).await;
    let alice = stage.daemon.cli(&["user", "show", "alice"]);
    stage.daemon.cli(&["user", "remove", "alice"]);
    let told = jwt::claims(&stage.partner.wait_for("/out", 1).await[0].logout_token());
    let known = jwt::claims(tokens.id());
    assert_eq!((&told["sub"], &told["sid"]), (&known["sub"], &known["sid"]));
    assert_ne!(told["sub"], alice["id"]);
}

#[tokio::test]
async fn a_logout_token_is_good_for_nothing_else() {
    // Back-Channel Logout, 4.
    let stage = Stage::start();
    let app = stage.app("/out", OK());
    let browser = stage.browser();
    stage.alice(&app, &browser).await;
    sign_out(&browser).await;
    let token = stage.partner.wait_for("/out", 1).await[0].logout_token();
    stage.alice(&app, &browser).await;

    assert_eq!(app.userinfo(&token).await.0, 401);
    assert_eq!(app.introspect(&token).await, json!({"active": false}));
    let bye = stage.partner.url("/bye");
    let page = browser
        .post(
            "/logout",
            &[("id_token_hint", &token), ("post_logout_redirect_uri", &bye)],
        )
        .await;
    assert!(page.has("logout-confirm"), "{}", page.body);
    let (_, page) = app.authorize(&browser, "openid", &[("id_token_hint", &token)]).await;
    assert_eq!(page.redirect_param("code"), None, "{}", page.body);
}

#[tokio::test]
async fn every_client_of_the_session_is_told_and_no_other() {
    // Back-Channel Logout, 2.3.
    let stage = Stage::start();
    let (one, two) = (stage.app("/one", OK()), stage.app("/two", OK()));
    let elsewhere = stage.app("/elsewhere", OK());
    let never = stage.app("/never", OK());
    let (here, there) = (stage.browser(), stage.browser());
    let first = stage.alice(&one, &here).await;
    let second = stage.alice(&two, &here).await;
    // Once more: still told once.
    stage.alice(&one, &here).await;
    stage.alice(&elsewhere, &there).await;
    let quiet = App::confidential(&stage.daemon);
    stage.alice(&quiet, &here).await;
    assert_eq!(sid(&first), sid(&second), "one session, one sid");
    sign_out(&here).await;

    let tokens = [
        stage.partner.wait_for("/one", 1).await[0].logout_token(),
        stage.partner.wait_for("/two", 1).await[0].logout_token(),
    ];
    let claims = tokens.map(|token| jwt::claims(&token));
    assert_eq!(
        (&claims[0]["aud"], &claims[1]["aud"]),
        (&one.client_id.into(), &two.client_id.into())
    );
    assert_ne!(claims[0]["jti"], claims[1]["jti"]);
    assert!(claims.iter().all(|claims| claims["sid"] == sid(&first)));

    // What is told later than the others would have been.
    sign_out(&there).await;
    stage.partner.wait_for("/elsewhere", 1).await;
    let told = ["/one", "/two", "/elsewhere", "/never"].map(|path| stage.partner.hits(path));
    assert_eq!(told, [1, 1, 1, 0]);
    drop(never);
}

#[tokio::test]
async fn however_a_session_ends_its_clients_are_told() {
    let stage = Stage::start();
    let app = stage.app("/out", OK());
    let ways = [
        "home",
        "client",
        "list",
        "everywhere",
        "others",
        "another person",
        "password",
        "disabled",
        "removed",
    ];
    for (number, way) in ways.iter().enumerate() {
        let (browser, other) = (stage.browser(), stage.browser());
        let tokens = stage.alice(&app, &browser).await;
        match *way {
            "home" => drop(sign_out(&browser).await),
            "client" => {
                let page = browser.post("/logout", &[("id_token_hint", tokens.id())]).await;
                assert!(page.body.contains("You are signed out"), "{}", page.body);
            }
            "list" => drop(end(&browser, &[("sid", sid(&tokens).as_str().unwrap())]).await),
            "everywhere" => drop(end(&browser, &[("end", "all")]).await),
            "others" => {
                let page = other.get("/login").await;
                other.sign_in(&page, "alice", PASSWORD).await;
                end(&other, &[("end", "others")]).await;
                sign_out(&other).await;
            }
            "another person" => {
                let sign_in = app.begin("openid", &[("prompt", "login")]);
                let page = browser.get(&sign_in.url).await;
                let page = browser.sign_in(&page, "bob", PASSWORD).await;
                let bobs = app.redeem(&sign_in, &app.code_of(&page, &sign_in)).await;
                assert_ne!(sid(&bobs), sid(&tokens), "a new person, a new sid");
            }
            "password" => drop(
                stage
                    .daemon
                    .cli_with(&["user", "password", "alice", "--password-stdin"], PASSWORD),
            ),
            "disabled" => {
                stage.daemon.cli(&["user", "disable", "alice"]);
                stage.daemon.cli(&["user", "enable", "alice"]);
            }
            _ => drop(stage.daemon.cli(&["user", "remove", "alice"])),
        }
        let asked = stage.partner.wait_for("/out", number + 1).await;
        let claims = jwt::claims(&asked[number].logout_token());
        assert_eq!(claims["sid"], sid(&tokens), "{way}");
        assert_eq!(claims["sub"], jwt::claims(tokens.id())["sub"], "{way}");
        assert!(!app.is_active(tokens.access()).await, "{way}");
    }
    assert_eq!(stage.partner.hits("/out"), ways.len(), "each once");
    stage.daemon.has_no_errors();
}

/// Posts the form of the session list.
async fn end(browser: &Browser, fields: &[(&str, &str)]) -> Page {
    let page = browser.get("/account/sessions").await;
    let csrf = page.field("csrf");
    browser
        .post("/account/sessions", &[&[("csrf", csrf.as_str())], fields].concat())
        .await
}

#[tokio::test]
async fn the_same_person_signing_in_again_ends_nothing() {
    let stage = Stage::start();
    let (app, other) = (stage.app("/out", OK()), stage.app("/other", OK()));
    let browser = stage.browser();
    let before = stage.alice(&app, &browser).await;
    let sign_in = other.begin("openid", &[("prompt", "login")]);
    let page = browser.get(&sign_in.url).await;
    let page = browser.sign_in(&page, "alice", PASSWORD).await;
    let after = other.redeem(&sign_in, &other.code_of(&page, &sign_in)).await;
    assert_eq!(sid(&before), sid(&after));
    assert!(app.is_active(before.access()).await);

    sign_out(&browser).await;
    stage.partner.wait_for("/other", 1).await;
    let told = stage.partner.wait_for("/out", 1).await;
    assert_eq!(
        jwt::claims(&told[0].logout_token())["sid"],
        sid(&before),
        "who took part before is told, too"
    );
}

#[tokio::test]
async fn clients_that_join_at_the_same_moment_are_all_told() {
    let stage = Stage::start();
    let browser = stage.browser();
    stage.alice(&App::confidential(&stage.daemon), &browser).await;
    let apps: Vec<App> = (0..6).map(|number| stage.app(&format!("/{number}"), OK())).collect();
    let mut all = JoinSet::new();
    for app in apps {
        let url = app.begin("openid", &[("prompt", "none")]).url;
        let client = browser.client().clone();
        all.spawn(async move { Page::of(client.get(url).send().await.expect("an answer")).await });
    }
    for page in all.join_all().await {
        assert!(page.redirect_param("code").is_some(), "{} {}", page.status, page.body);
    }
    sign_out(&browser).await;
    for number in 0..6 {
        stage.partner.wait_for(&format!("/{number}"), 1).await;
    }
}

#[tokio::test]
async fn offline_access_survives_and_the_rest_ends() {
    // Back-Channel Logout, 2.7.
    let stage = Stage::start();
    let app = stage.app("/out", OK());
    let browser = stage.browser();
    let online = stage.alice(&app, &browser).await;
    let offline = app.sign_in(&browser, "openid offline_access", "alice", PASSWORD).await;
    sign_out(&browser).await;
    stage.partner.wait_for("/out", 1).await;
    assert!(!app.is_active(online.access()).await);
    let (status, refreshed) = app.refresh(offline.refresh()).await;
    assert_eq!(status, 200, "{refreshed}");
    // The session is over, and no other has its name (threats 3).
    let next = stage.alice(&app, &browser).await;
    assert_ne!(sid(&next), sid(&online));
}

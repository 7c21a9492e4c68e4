//! RP-Initiated Logout 1.0, as certification asks for it: one row for each case, with its section. What attackers try besides stands in
//! `pages::end_session`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::json;
use url::Url;

use crate::support::{App, Browser, Daemon, Page, Scene, Tokens, jwt, scene::PASSWORD, scene::clock_shows};

const BYE: &str = "https://app.example/bye";
const BYE_WITH_QUERY: &str = "https://app.example/bye?tenant=7";
/// 30 to 50 printable characters, as the suite sends them.
const STATE: &str = "aZ09-._~ !\"#$%&'()*+,/:;<=>?@[]^`{|}";

fn app(daemon: &Daemon) -> App {
    App::with(
        daemon,
        &[
            "--first-party",
            "--post-logout-redirect-uri",
            BYE,
            "--post-logout-redirect-uri",
            BYE_WITH_QUERY,
        ],
    )
}

/// What the browser sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// It is sent to exactly this URL, but for a query that is compared after decoding.
    Sent(&'static str, Option<&'static str>),
    /// It is asked; after a yes it is signed out, and stays.
    Asked,
    /// It is asked; after a yes it is sent on.
    AskedAndSent(&'static str),
    /// "You are signed out", and it stays.
    Stays,
}

/// A way to make an `id_token_hint`.
#[derive(Clone, Copy, Debug)]
enum Hint {
    None,
    Own,
    AlgNone,
    ForeignSignature,
    OfAnother,
    OfAnotherSession,
}

struct Stage {
    scene: Scene,
    app: App,
    of_another: Tokens,
}

impl Stage {
    async fn start() -> Self {
        let scene = Scene::start();
        scene.daemon.add_user("bob", PASSWORD, &[]);
        let app = app(&scene.daemon);
        let of_another = app.sign_in(&scene.other_browser(), "openid", "bob", PASSWORD).await;
        Self { scene, app, of_another }
    }

    async fn hint(&self, hint: Hint, own: &Tokens) -> Option<String> {
        Some(match hint {
            Hint::None => return None,
            Hint::Own => own.id().to_owned(),
            Hint::AlgNone => {
                let header = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
                format!("{header}.{}.", own.id().split('.').nth(1).unwrap())
            }
            Hint::ForeignSignature => {
                let elsewhere = Scene::start();
                elsewhere.tokens("openid").await.id().to_owned()
            }
            Hint::OfAnother => self.of_another.id().to_owned(),
            Hint::OfAnotherSession => {
                let there = self.scene.other_browser();
                let tokens = self.app.sign_in(&there, "openid", "alice", PASSWORD).await;
                tokens.id().to_owned()
            }
        })
    }
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/").await.has("home-sign-out")
}

fn assert_signed_out_page(page: &Page, case: &str) {
    assert_eq!((page.status, page.location()), (StatusCode::OK, None), "{case}");
    assert!(
        page.body.contains("<h1>You are signed out</h1>"),
        "{case}: {}",
        page.body
    );
}

fn assert_sent(page: &Page, to: &str, state: Option<&str>, case: &str) {
    let location = page.location().unwrap_or_else(|| panic!("{case}: {}", page.body));
    let mut expected = Url::parse(to).unwrap();
    if let Some(state) = state {
        expected.query_pairs_mut().append_pair("state", state);
    }
    assert_eq!(location.path(), expected.path(), "{case}");
    assert_eq!(location.origin(), expected.origin(), "{case}");
    assert!(location.query_pairs().eq(expected.query_pairs()), "{case}: {location}");
}

/// The case, its hint, its other parameters (`OWN` is the client's id), and what follows.
type Row = (&'static str, Hint, &'static [(&'static str, &'static str)], Seen);

const ROWS: [Row; 18] = [
    (
        "2, 3: a hint, a registered URI and state",
        Hint::Own,
        &[("post_logout_redirect_uri", BYE), ("state", STATE)],
        Seen::Sent(BYE, Some(STATE)),
    ),
    (
        "3: no state is made up",
        Hint::Own,
        &[("post_logout_redirect_uri", BYE)],
        Seen::Sent(BYE, None),
    ),
    (
        "3: a registered query is kept",
        Hint::Own,
        &[("post_logout_redirect_uri", BYE_WITH_QUERY), ("state", "s")],
        Seen::Sent(BYE_WITH_QUERY, Some("s")),
    ),
    (
        "2: client_id agrees with the hint",
        Hint::Own,
        &[("client_id", "OWN"), ("post_logout_redirect_uri", BYE)],
        Seen::Sent(BYE, None),
    ),
    (
        "2: other parameters are known or ignored",
        Hint::Own,
        &[
            ("post_logout_redirect_uri", BYE),
            ("ui_locales", "de"),
            ("logout_hint", "alice"),
            ("x", "y"),
        ],
        Seen::Sent(BYE, None),
    ),
    (
        "3: a URI that is not registered",
        Hint::Own,
        &[
            ("post_logout_redirect_uri", "https://app.example/other"),
            ("state", STATE),
        ],
        Seen::Stays,
    ),
    (
        "3: a query that is not registered",
        Hint::Own,
        &[
            ("post_logout_redirect_uri", "https://app.example/bye?x=1"),
            ("state", STATE),
        ],
        Seen::Stays,
    ),
    ("2: no URI", Hint::Own, &[], Seen::Stays),
    ("2: no URI, but state", Hint::Own, &[("state", STATE)], Seen::Stays),
    (
        "4: a hint with alg none",
        Hint::AlgNone,
        &[("post_logout_redirect_uri", BYE), ("state", STATE)],
        Seen::Asked,
    ),
    (
        "4: a hint with a foreign signature",
        Hint::ForeignSignature,
        &[("post_logout_redirect_uri", BYE), ("state", STATE)],
        Seen::Asked,
    ),
    (
        "4: the same beside a client_id",
        Hint::ForeignSignature,
        &[("client_id", "OWN"), ("post_logout_redirect_uri", BYE)],
        Seen::Asked,
    ),
    (
        "2, 4: neither hint nor client_id",
        Hint::None,
        &[("post_logout_redirect_uri", BYE), ("state", STATE)],
        Seen::Asked,
    ),
    (
        "2: client_id in place of a hint",
        Hint::None,
        &[("client_id", "OWN"), ("post_logout_redirect_uri", BYE)],
        Seen::AskedAndSent(BYE),
    ),
    ("2: no parameters", Hint::None, &[], Seen::Asked),
    ("2: only state", Hint::None, &[("state", STATE)], Seen::Asked),
    (
        "2, 4: a hint of another end-user",
        Hint::OfAnother,
        &[("post_logout_redirect_uri", BYE)],
        Seen::AskedAndSent(BYE),
    ),
    (
        "4: a hint of another session of the same end-user",
        Hint::OfAnotherSession,
        &[("post_logout_redirect_uri", BYE)],
        Seen::AskedAndSent(BYE),
    ),
];

#[tokio::test]
async fn each_request_ends_the_session_or_asks_first_by_get_and_by_post() {
    let stage = Stage::start().await;
    for (case, hint, params, seen) in ROWS {
        for by_post in [false, true] {
            let browser = stage.scene.other_browser();
            let tokens = stage.app.sign_in(&browser, "openid", "alice", PASSWORD).await;
            let hint = stage.hint(hint, &tokens).await;
            let mut all: Vec<(&str, &str)> = hint.iter().map(|hint| ("id_token_hint", hint.as_str())).collect();
            all.extend(params.iter().map(|(name, value)| match *value {
                "OWN" => (*name, stage.app.client_id.as_str()),
                value => (*name, value),
            }));
            let case = format!("{case} ({})", if by_post { "POST" } else { "GET" });
            let page = if by_post {
                browser.post("/logout", &all).await
            } else {
                let url = Url::parse_with_params(&stage.scene.daemon.url("/logout"), &all).unwrap();
                browser.get(url.as_str()).await
            };
            match seen {
                Seen::Sent(to, returned) => assert_sent(&page, to, returned, &case),
                Seen::Stays => assert_signed_out_page(&page, &case),
                Seen::Asked | Seen::AskedAndSent(_) => {
                    assert!(page.has("logout-confirm"), "{case}: {}", page.body);
                    assert!(is_signed_in(&browser).await, "{case}: asking is not yet leaving");
                    let page = browser.submit(&page, &[("decision", "leave")]).await;
                    match seen {
                        Seen::AskedAndSent(to) => assert_sent(&page, to, None, &case),
                        _ => assert_signed_out_page(&page, &case),
                    }
                }
            }
            assert!(!is_signed_in(&browser).await, "{case}");
            let (_, silent) = stage.app.authorize(&browser, "openid", &[("prompt", "none")]).await;
            assert_eq!(
                silent.redirect_param("error").as_deref(),
                Some("login_required"),
                "{case}: Core 3.1.2.6 after logout"
            );
            assert!(!stage.app.is_active(tokens.access()).await, "{case}");
        }
    }
    stage.scene.daemon.has_no_errors();
}

#[tokio::test]
async fn an_expired_hint_is_accepted() {
    // RP-Initiated Logout, 2 and 4.
    let scene = Scene::of(Daemon::builder().set("tokens.id_lifetime", "1s"));
    let app = app(&scene.daemon);
    let tokens = scene.tokens_for(&app, "openid").await;
    clock_shows(jwt::claims(tokens.id())["exp"].as_u64().unwrap() + 1).await;
    let params = [
        ("id_token_hint", tokens.id()),
        ("post_logout_redirect_uri", BYE),
        ("state", STATE),
    ];
    let page = scene.browser.post("/logout", &params).await;
    assert_sent(&page, BYE, Some(STATE), "expired");
    assert!(!is_signed_in(&scene.browser).await);
}

#[tokio::test]
async fn discovery_names_the_endpoint() {
    // RP-Initiated Logout, 2.1.
    let scene = Scene::start();
    let document = scene.browser.get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["end_session_endpoint"], scene.daemon.url("/logout"));
}

#[tokio::test]
async fn a_hint_of_a_client_that_is_gone_lends_no_redirect() {
    let scene = Scene::start();
    let app = app(&scene.daemon);
    let tokens = scene.tokens_for(&app, "openid").await;
    scene.daemon.cli(&["client", "remove", &app.client_id]);
    let params = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BYE)];
    let page = scene.browser.post("/logout", &params).await;
    assert!(page.has("logout-confirm"), "{}", page.body);
    let page = scene.browser.submit(&page, &[("decision", "leave")]).await;
    assert_signed_out_page(&page, "the client is gone");
}

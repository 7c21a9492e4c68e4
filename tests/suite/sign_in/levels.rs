//! Every step that changes something, and what somebody must have shown for it (threat 10): a table of steps and levels.

use std::collections::{BTreeMap, BTreeSet};

use super::{Guarded, is_second_step, is_signed_in};
use crate::support::{
    App, Browser, Daemon, Page,
    scene::{PASSWORD, USERNAME, clock_shows, unix_now},
};

/// What somebody has shown at a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Nothing.
    Nobody,
    /// The password; the second step waits.
    Half,
    /// Both, but long ago.
    LongAgo,
    /// The password; the browser stands in for the rest.
    Remembered,
    /// The password, of an account that has no more.
    OneFactor,
    /// Both.
    TwoFactors,
}

const LEVELS: [Level; 6] = [
    Level::Nobody,
    Level::Half,
    Level::LongAgo,
    Level::Remembered,
    Level::OneFactor,
    Level::TwoFactors,
];

/// What a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Nothing: whoever comes proves who they are by it, or only this browser's own is touched.
    Nothing,
    /// A sign-in of which the first factor was shown, and nothing else.
    Half,
    /// A session.
    Session,
    /// A session that began just now and has shown everything that the account has.
    Recent,
}

impl Need {
    fn allows(self, level: Level) -> bool {
        match self {
            Self::Nothing => true,
            Self::Half => level == Level::Half,
            Self::Session => level >= Level::LongAgo,
            Self::Recent => level >= Level::OneFactor,
        }
    }
}

/// Every route of `src/http/routes.rs` at which a browser's cookies can change something. Those that scripts of any origin may call
/// take no cookie.
const STEPS: [(&str, Need); 32] = [
    ("AUTHORIZE", Need::Nothing),
    ("END_SESSION", Need::Nothing),
    ("INTROSPECT", Need::Nothing),
    ("LOGOUT_CONFIRM", Need::Nothing),
    ("LOGIN", Need::Nothing),
    ("SETUP", Need::Nothing),
    ("PASSKEY_SIGN_IN_BEGIN", Need::Nothing),
    ("PASSKEY_SIGN_IN_FINISH", Need::Nothing),
    ("LOGIN_SECOND", Need::Half),
    ("PASSKEY_SECOND_BEGIN", Need::Half),
    ("PASSKEY_SECOND_FINISH", Need::Half),
    ("STEP_UP", Need::Session),
    ("CONSENT", Need::Session),
    ("SELECT_ACCOUNT", Need::Session),
    ("SESSIONS", Need::Session),
    ("PASSKEY_RENAME", Need::Session),
    ("PASSKEY_REMOVE", Need::Recent),
    ("PASSKEY_SECOND", Need::Recent),
    // By a link of a letter: whoever has the letter has what it is for.
    ("EMAIL_VERIFY", Need::Nothing),
    ("PASSWORD_RESET", Need::Nothing),
    ("PASSWORD_FORGOTTEN", Need::Nothing),
    ("SIGN_UP_CONFIRM", Need::Nothing),
    ("INVITATION", Need::Nothing),
    ("SIGN_UP", Need::Nothing),
    ("ACCOUNT_EMAIL", Need::Recent),
    ("PROFILE", Need::Session),
    ("APPLICATIONS", Need::Session),
    ("PASSWORD", Need::Recent),
    ("AUTHENTICATOR", Need::Recent),
    ("RECOVERY_CODES", Need::Recent),
    ("EXPORT", Need::Recent),
    ("DELETE", Need::Recent),
];

/// Those whose second half is tried with the first.
const PAIRS: [(&str, Need); 2] = [
    ("PASSKEY_REGISTER_BEGIN", Need::Recent),
    ("PASSKEY_REGISTER_FINISH", Need::Recent),
];

/// The names of the constants at which something is posted, put or deleted with cookies, and all constants with their paths.
fn routes() -> (BTreeSet<String>, BTreeMap<String, String>) {
    let source =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/routes.rs")).expect("the routes");
    let paths = source.split("pub const ").skip(1).filter_map(|text| {
        let (name, rest) = text.split_once(": &str = \"")?;
        Some((name.to_owned(), rest.split_once('"')?.0.to_owned()))
    });
    let mut changing = BTreeSet::new();
    for text in source.split("web::resource(").skip(1) {
        let text = text.split("open_to_scripts(").next().unwrap_or_default();
        let name: String = text
            .chars()
            .take_while(|c| c.is_ascii_uppercase() || *c == '_')
            .collect();
        if ["web::post()", "web::put()", "web::delete()", "web::patch()"]
            .iter()
            .any(|verb| text.contains(verb))
        {
            changing.insert(name);
        }
    }
    (changing, paths.collect())
}

#[test]
fn every_route_that_changes_something_has_a_row() {
    let (changing, paths) = routes();
    let rows: BTreeSet<String> = STEPS.iter().chain(&PAIRS).map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(changing, rows, "a route without a row, or a row without a route");
    assert!(changing.iter().all(|name| paths.contains_key(name)));
}

/// Somebody at a level.
struct Actor {
    level: Level,
    browser: Browser,
    csrf: String,
    /// The page of the second step, when one waits.
    second: Option<Page>,
}

impl Actor {
    async fn at(guarded: &Guarded, level: Level) -> Self {
        let browser = guarded.scene.other_browser();
        let login = browser.get("/login").await;
        let csrf = login.field("csrf");
        let mut second = None;
        match level {
            Level::Nobody => {}
            Level::Half => second = Some(browser.sign_in(&login, USERNAME, PASSWORD).await),
            Level::LongAgo | Level::TwoFactors => {
                let page = browser.sign_in(&login, USERNAME, PASSWORD).await;
                guarded.show_code(&browser, &page, &[]).await;
            }
            Level::Remembered => {
                let page = browser.sign_in(&login, USERNAME, PASSWORD).await;
                guarded.show_code(&browser, &page, &[("remember", "1")]).await;
                browser
                    .post("/logout/confirm", &[("csrf", &csrf), ("decision", "leave")])
                    .await;
                browser.sign_in(&browser.get("/login").await, USERNAME, PASSWORD).await;
            }
            Level::OneFactor => drop(browser.sign_in(&login, "bob", PASSWORD).await),
        }
        if level == Level::LongAgo {
            clock_shows(unix_now() + 3).await;
        }
        assert_eq!(is_signed_in(&browser).await, level >= Level::LongAgo, "{level:?}");
        Self {
            level,
            browser,
            csrf,
            second,
        }
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        self.browser.post(path, &fields).await
    }

    /// Opens a request of an application and posts something for it; whether the application heard of it.
    async fn decide(&self, app: &App, path: &str, more: &[(&str, &str)], decision: &str) -> Page {
        let page = self.browser.get(&app.begin("openid", more).url).await;
        let id = page.url.query_pairs().find(|(name, _)| name == "interaction");
        let id = id
            .unwrap_or_else(|| panic!("{:?} {}", self.level, page.url))
            .1
            .into_owned();
        self.post(path, &[("interaction", &id), ("decision", decision)]).await
    }

    /// Posts a bit of everything; whether something else than the level was wrong with it.
    async fn is_let_through(&self, path: &str) -> bool {
        let fields = [
            ("id", "unknown"),
            ("name", "x"),
            ("email", "other@example.com"),
            ("asked", "1"),
        ];
        let page = self.post(path, &fields).await;
        let refused = [401, 403, 410].contains(&page.status.as_u16());
        !refused && !page.url.path().starts_with("/login")
    }

    /// Tries a step; whether anything came of it.
    async fn may(&self, guarded: &Guarded, name: &str, path: &str) -> bool {
        let daemon = &guarded.scene.daemon;
        let left = |page: &Page| {
            page.location()
                .is_some_and(|url| url.as_str().starts_with("https://app.example/"))
        };
        match name {
            "CONSENT" => {
                let app = App::with(daemon, &[]);
                left(&self.decide(&app, path, &[], "allow").await)
            }
            "SELECT_ACCOUNT" => {
                let app = App::confidential(daemon);
                left(
                    &self
                        .decide(&app, path, &[("prompt", "select_account")], "continue")
                        .await,
                )
            }
            "STEP_UP" => {
                let app = App::with(daemon, &["--first-party", "--sign-in-policy", "passkey"]);
                left(&self.decide(&app, path, &[], "").await)
            }
            "SESSIONS" => {
                // Another session of alice's, which is not this browser's.
                let page = self.post(path, &[("end", "all")]).await;
                page.has("signed-out") || page.body.contains("signed out")
            }
            "PROFILE" => {
                // Whoever is signed out keeps what was typed, and is told to sign in elsewhere.
                let page = self.browser.get(path).await;
                let version = if page.url.path() == path {
                    page.field("version")
                } else {
                    String::new()
                };
                let page = self.post(path, &[("version", &version), ("name", "Somebody")]).await;
                page.url.query().is_some_and(|query| query.contains("saved"))
            }
            "PASSWORD" => {
                // The rules are told to whoever may set one.
                let fields = [("current", PASSWORD), ("password", "short"), ("repeated", "short")];
                self.post(path, &fields).await.body.contains("at least 8 characters")
            }
            "LOGIN_SECOND" => {
                let fields = self.second.as_ref().map(|page| page.form().fields).unwrap_or_default();
                let id = fields.get("sign_in").map_or("x", String::as_str);
                let page = self
                    .post(path, &[("sign_in", id), ("by", "totp"), ("code", "000000")])
                    .await;
                is_second_step(&page)
            }
            "PASSKEY_SECOND_BEGIN" | "PASSKEY_SECOND_FINISH" => {
                // Alice has no passkey, so that even her own half sign-in gets none.
                let page = self
                    .post(path, &[("sign_in", "x"), ("ceremony", "x"), ("credential", "{}")])
                    .await;
                page.status != 410
            }
            "PASSKEY_REGISTER_BEGIN" => self.post(path, &[]).await.status == 200,
            "PASSKEY_REGISTER_FINISH" => {
                let mut key = crate::support::authenticator::Authenticator::new();
                let begun = self.post("/passkey/register/begin", &[]).await;
                let Some(ceremony) = begun.json()["ceremony"].as_str().map(str::to_owned) else {
                    assert_eq!(begun.status, 403);
                    return self.post(path, &[("ceremony", "x"), ("credential", "{}")]).await.status == 200;
                };
                let credential = key.create(&begun.json()["publicKey"], &daemon.issuer, |_| {});
                self.post(path, &[("ceremony", &ceremony), ("credential", &credential)])
                    .await
                    .status
                    == 200
            }
            _ => self.is_let_through(path).await,
        }
    }
}

#[tokio::test]
async fn each_step_is_open_to_those_who_have_shown_enough_and_to_nobody_else() {
    let fresh = Guarded::start();
    let old = Guarded::of(Daemon::builder().set("sign_in.recent", "1s"));
    for guarded in [&fresh, &old] {
        guarded.scene.daemon.add_user("bob", PASSWORD, &[]);
    }
    let (_, paths) = routes();
    let mut wrong = Vec::new();
    for level in LEVELS {
        let guarded = if level == Level::LongAgo { &old } else { &fresh };
        let mut actor = Actor::at(guarded, level).await;
        for (name, need) in STEPS.iter().chain(&PAIRS) {
            // Half of a second passkey is tried where there is one, in `passkey`.
            let expected = need.allows(level) && !name.starts_with("PASSKEY_SECOND_");
            if *need == Need::Nothing {
                continue;
            }
            let may = actor.may(guarded, name, &paths[*name]).await;
            if may != expected {
                wrong.push(format!("{name} by {level:?}: {may}"));
            }
            if *name == "SESSIONS" && may {
                actor = Actor::at(guarded, level).await;
            }
        }
        assert_eq!(
            is_signed_in(&actor.browser).await,
            level >= Level::LongAgo,
            "{level:?}: nobody rose by it"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    fresh.scene.daemon.has_no_errors();
    old.scene.daemon.has_no_errors();
}

#[tokio::test]
async fn a_half_signed_in_browser_sees_nothing_of_the_account() {
    let guarded = Guarded::start();
    let actor = Actor::at(&guarded, Level::Half).await;
    for path in [
        "/",
        "/sessions",
        "/account/passkeys",
        "/login/recovered",
        "/passkey/upgrade",
    ] {
        let page = actor.browser.get(path).await;
        assert!(!page.body.contains(&format!("{USERNAME}@example.com")), "{path}");
        assert!(
            !page.has("home-sign-out") && !page.has("account-go-on") && !page.has("codes-left"),
            "{path}"
        );
    }
    let (sign_in, page) = guarded
        .scene
        .app
        .authorize(&actor.browser, "openid", &[("prompt", "none")])
        .await;
    assert_eq!(page.redirect_error(&guarded.scene.app, &sign_in), "login_required");
}

//! A walk over every page there is, for what must hold on each of them.

use super::PASSWORD;
use crate::{
    passkey::passkey_of,
    support::{App, AuthenticatorApp, Browser, Daemon, Page, app::REDIRECT_URI},
};

/// A page and what it is called.
pub type Seen = (&'static str, Page);

/// A daemon on which every page can be seen.
pub fn daemon() -> Daemon {
    let daemon = Daemon::builder().arg("--demo").start();
    super::with_people(daemon)
}

/// Every page, once.
pub async fn every_page(daemon: &Daemon) -> Vec<Seen> {
    let mut seen = pages_of_a_sign_in(daemon).await;
    seen.extend(pages_of_a_session(daemon).await);
    seen.extend(pages_of_strangers(daemon).await);
    seen.extend(pages_of_a_second_step(daemon).await);
    seen
}

/// Those whose form may end at an application, and where.
pub const LEADING_AWAY: [&str; 5] = ["login", "login, wrong", "select account", "consent", "step-up"];

/// Those on which our script runs, where it can; they work without it.
pub const WITH_SCRIPT: [&str; 7] = [
    "login",
    "login, wrong",
    "login at home",
    "passkeys",
    "passkey upgrade",
    "second step by passkey",
    "second step, gone, wrong",
];

async fn pages_of_a_sign_in(daemon: &Daemon) -> Vec<Seen> {
    let app = App::with(daemon, &[]);
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get(&app.begin("openid email", &[]).url).await;
    let wrong = browser.sign_in(&login, "alice", "wrong horse").await;
    let consent = browser.sign_in(&login, "alice", PASSWORD).await;
    let select_account = browser
        .get(&app.begin("openid", &[("prompt", "select_account")]).url)
        .await;
    vec![
        ("login", login),
        ("login, wrong", wrong),
        ("consent", consent),
        ("select account", select_account),
    ]
}

async fn pages_of_a_session(daemon: &Daemon) -> Vec<Seen> {
    let (browser, home) = super::signed_in(daemon, "alice").await;
    let mut seen = Vec::new();
    for (name, path) in ACCOUNT {
        seen.push((name, browser.get(path).await));
    }
    let csrf = home.field("csrf");
    for (name, path, fields) in REFUSED {
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        seen.push((name, browser.post(path, &fields).await));
    }
    browser
        .post("/account/authenticator", &[("csrf", csrf.as_str()), ("do", "begin")])
        .await;
    seen.push(("authenticator, begun", browser.get("/account/authenticator").await));
    seen.push((
        "new recovery codes",
        browser
            .post("/account/recovery-codes", &[("csrf", csrf.as_str())])
            .await,
    ));
    let passkeys = browser.get("/account/passkeys").await;
    let upgrade = browser.get("/passkey/upgrade").await;
    let logout = browser.get("/logout").await;
    let signed_out = browser.submit(&logout, &[("decision", "leave")]).await;
    let demo = browser.get("/demo").await;
    let at_login = browser.get("/demo?start=1").await;
    let at_consent = browser.sign_in(&at_login, "demo", "demonstration").await;
    let claims = browser.submit(&at_consent, &[("decision", "allow")]).await;
    seen.extend([
        ("home", home),
        ("passkeys", passkeys),
        ("passkey upgrade", upgrade),
        ("logout", logout),
        ("signed out", signed_out),
        ("demo", demo),
        ("demo, signed in", claims),
    ]);
    seen
}

/// The pages of the account but the one of passkeys, which has a script.
const ACCOUNT: [(&str, &str); 10] = [
    ("account", "/account"),
    ("profile", "/account/profile"),
    ("password", "/account/password"),
    ("authenticator", "/account/authenticator"),
    ("recovery codes", "/account/recovery-codes"),
    ("sessions", "/account/sessions"),
    ("applications", "/account/apps"),
    ("activity", "/account/activity"),
    ("export", "/account/export"),
    ("delete", "/account/delete"),
];

/// A page, where it is, and what is sent to it.
type Refused = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What a form is refused for.
const REFUSED: [Refused; 4] = [
    ("profile, wrong", "/account/profile", &[("birthdate", "tomorrow")]),
    (
        "password, wrong",
        "/account/password",
        &[
            ("current", "wrong horse"),
            ("password", "battery staple"),
            ("repeated", "battery staple"),
        ],
    ),
    ("authenticator, wrong", "/account/authenticator", &[("code", "1")]),
    ("delete, wrong", "/account/delete", &[("username", "nobody")]),
];

async fn pages_of_strangers(daemon: &Daemon) -> Vec<Seen> {
    let browser = Browser::new(&daemon.issuer);
    let setup = browser.get(daemon.setup_link.as_deref().expect("a link")).await;
    let fields = [
        ("username", "root"),
        ("email", "root@example.com"),
        ("password", "short"),
    ];
    let setup_wrong = browser.submit(&setup, &fields).await;
    let fields = [
        ("username", "root"),
        ("email", "root@example.com"),
        ("password", PASSWORD),
    ];
    let setup_done = browser.submit(&setup, &fields).await;
    vec![
        ("welcome", browser.get("/").await),
        ("login at home", browser.get("/login").await),
        ("setup", setup),
        ("setup, wrong", setup_wrong),
        ("setup done", setup_done),
        ("not found", browser.get("/nothing").await),
        ("gone", browser.get("/login?interaction=unknown").await),
        ("wrong request", browser.get("/authorize?client_id=unknown").await),
        ("demo, refused", browser.get("/demo/callback?error=access_denied").await),
        (
            "wrong body",
            browser
                .post("/consent", &[("interaction", "a"), ("interaction", "b")])
                .await,
        ),
    ]
}

async fn pages_of_a_second_step(daemon: &Daemon) -> Vec<Seen> {
    daemon.add_user("carol", PASSWORD, &[]);
    let _key = passkey_of(daemon, "carol").await;
    AuthenticatorApp::imported(daemon, "carol");
    let codes = daemon.cli(&["user", "recovery-codes", "carol"]);
    let browser = Browser::new(&daemon.issuer);
    let by_app = browser.sign_in(&browser.get("/login").await, "carol", PASSWORD).await;
    let wrong = browser.submit(&by_app, &[("code", "000000")]).await;
    let by_passkey = browser.get(&format!("{}&by=passkey", by_app.url)).await;
    let by_code = browser.get(&format!("{}&by=recovery-code", by_app.url)).await;
    let code = codes["recovery_codes"][0].as_str().expect("a code");
    let recovered = browser.submit(&by_code, &[("code", code)]).await;
    let gone = browser.get(by_app.url.as_str()).await;
    let strict = App::with(daemon, &["--first-party", "--sign-in-policy", "passkey"]);
    let other = Browser::new(&daemon.issuer);
    let login = other.get(&strict.begin("openid", &[]).url).await;
    let step_up = other.sign_in(&login, "alice", PASSWORD).await;
    vec![
        ("second step by app", by_app),
        ("second step, wrong", wrong),
        ("second step by passkey", by_passkey),
        ("second step by recovery code", by_code),
        ("recovered", recovered),
        ("second step, gone, wrong", gone),
        ("step-up", step_up),
    ]
}

/// The origin of the applications here.
pub fn app_origin() -> String {
    url::Url::parse(REDIRECT_URI)
        .expect("a URL")
        .origin()
        .ascii_serialization()
}

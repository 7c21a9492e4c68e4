//! The pages, as a person without scripts uses them and as an attacker tries them.

mod account;
mod brand;
pub mod client;
mod consent;
mod cookies;
mod end_session;
mod escape;
mod headers;
mod html;
mod interaction;
mod issuer_path;
mod language;
mod login;
mod logout;
mod select_account;
mod session;
mod sessions;
mod setup;
mod walk;

use reqwest::StatusCode;

use crate::support::{App, Browser, Daemon, Page};

/// The password of everybody here.
const PASSWORD: &str = "correct horse";
/// The cookie of a session where the issuer is plain http.
const SESSION: &str = "avouch_session";
/// The cookie that binds interactions to a browser.
const BINDING: &str = "avouch_browser";

/// A daemon that knows alice and bob.
fn daemon() -> Daemon {
    with_people(Daemon::start())
}

fn with_people(daemon: Daemon) -> Daemon {
    daemon.add_user("alice", PASSWORD, &[]);
    daemon.add_user("bob", PASSWORD, &[]);
    daemon
}

/// An application that asks its end-users for consent.
fn asking(daemon: &Daemon) -> App {
    App::with(daemon, &[])
}

/// A browser that signed in at the home page, and what it saw.
async fn signed_in(daemon: &Daemon, name: &str) -> (Browser, Page) {
    let browser = Browser::new(&daemon.issuer);
    let home = sign_in_at_home(&browser, name).await;
    (browser, home)
}

async fn sign_in_at_home(browser: &Browser, name: &str) -> Page {
    let page = browser.get("/login").await;
    let home = browser.sign_in(&page, name, PASSWORD).await;
    assert_is_home_of(&home, name);
    home
}

fn assert_is_home_of(page: &Page, name: &str) {
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("home-sign-out"), "{}", page.body);
    assert!(page.body.contains(&format!("<bdi>{name}</bdi>")), "{}", page.body);
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/").await.has("home-sign-out")
}

/// What a silent request gets: `code` or the error.
async fn silent(app: &App, browser: &Browser, scope: &str) -> String {
    let page = browser.get(&app.begin(scope, &[("prompt", "none")]).url).await;
    let error = page.redirect_param("error");
    error.unwrap_or_else(|| {
        page.redirect_param("code")
            .map(|_| "code".to_owned())
            .expect("an answer")
    })
}

/// A page that says, in plain words and with the right status, that there is nothing to go on with.
fn assert_gone(page: &Page) {
    assert_eq!(page.status, StatusCode::GONE, "{}", page.body);
    assert!(page.is_html());
    assert!(page.body.contains("no longer good"), "{}", page.body);
    assert_eq!(page.cookie(SESSION), None);
}

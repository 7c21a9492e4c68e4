//! Authlib's client for Starlette, in an application as its guide has it.

use reqwest::Client;
use serde_json::Value;

use super::{judge::Running, python::serve};
use crate::support::{Browser, Daemon, Page};

/// The application with its end-user's browser.
struct Application {
    _running: Running,
    url: String,
    browser: Browser,
}

impl Application {
    /// Registered as a program of the end-user's machine, so that its port is free.
    fn of(daemon: &Daemon, auth_method: &str) -> Self {
        let client = daemon.add_client(
            "Authlib",
            &[
                "--redirect-uri",
                "http://127.0.0.1/auth",
                "--native",
                "--auth-method",
                auth_method,
            ],
        );
        let text = |name: &str| client[name].as_str().unwrap();
        let (running, url) = serve(
            "authlib_app:app",
            &[
                ("ISSUER", &daemon.issuer),
                ("CLIENT_ID", text("client_id")),
                ("CLIENT_SECRET", text("client_secret")),
                ("AUTH_METHOD", auth_method),
            ],
        );
        Self {
            _running: running,
            url,
            browser: Browser::with(&daemon.issuer, Client::builder()),
        }
    }

    /// Goes to a URL of the application, and on to the provider when it sends us there.
    async fn open(&self, path: &str) -> Page {
        let page = self.browser.get_only(&format!("{}{path}", self.url)).await;
        match page.location() {
            Some(next) => self.browser.get(next.as_str()).await,
            None => page,
        }
    }

    /// Follows the provider's answer back into the application.
    async fn come_back(&self, page: &Page) -> Page {
        let back = page.location().expect("a way back to the application");
        assert!(back.as_str().starts_with(&self.url), "{back}");
        let page = self.browser.get_only(back.as_str()).await;
        match page.location() {
            Some(next) => self.browser.get_only(next.as_str()).await,
            None => page,
        }
    }

    async fn sign_in(&self, query: &str) -> Value {
        let page = self.open(&format!("/login{query}")).await;
        let page = self.browser.sign_in(&page, "alice", "correct horse").await;
        let page = self.browser.submit(&page, &[("decision", "allow")]).await;
        let page = self.come_back(&page).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()
    }
}

#[tokio::test]
async fn authlib_signs_in_verifies_the_id_token_reads_userinfo_and_refreshes() {
    for auth_method in ["client_secret_basic", "client_secret_post"] {
        let daemon = Daemon::start();
        daemon.add_user("alice", "correct horse", &[]);
        let application = Application::of(&daemon, auth_method);
        let learnt = application.sign_in("?prompt=consent").await;
        assert_eq!(learnt["id_token"]["iss"], daemon.issuer, "{learnt}");
        assert_eq!(learnt["id_token"]["sub"], learnt["userinfo"]["sub"]);
        assert_eq!(learnt["userinfo"]["email"], "alice@example.com");
        let refreshed = application.open("/refresh").await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
        let refreshed = refreshed.json();
        assert_ne!(refreshed["token"]["access_token"], learnt["token"]["access_token"]);
        assert_eq!(refreshed["userinfo"], learnt["userinfo"]);
    }
}

#[tokio::test]
async fn authlib_understands_a_no() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let application = Application::of(&daemon, "client_secret_basic");
    let page = application.open("/login?prompt=none").await;
    let page = application.come_back(&page).await;
    assert_eq!(page.json()["error"], "login_required");
    let page = application.open("/login").await;
    let page = application.browser.sign_in(&page, "alice", "correct horse").await;
    let page = application.browser.submit(&page, &[("decision", "deny")]).await;
    let page = application.come_back(&page).await;
    assert_eq!(
        (page.status.as_u16(), &page.json()["error"]),
        (403, &"access_denied".into())
    );
}

//! Sign-ins of more than one step: second factors, step-up, remembered browsers, policies, and who may do what.

mod levels;
mod passkey;
mod policies;
mod remembered;
mod second_step;
mod step_up;
mod strangers;

use crate::support::{
    AuthenticatorApp, Browser, Daemon, Page, Scene,
    daemon::Builder,
    scene::{PASSWORD, USERNAME},
};

/// An essential `acr` of two factors.
pub const STRONG: &str = r#"{"id_token":{"acr":{"essential":true,"value":"2"}}}"#;

/// Alice, with an authenticator app.
pub struct Guarded {
    pub scene: Scene,
    pub phone: AuthenticatorApp,
}

impl Guarded {
    pub fn start() -> Self {
        Self::of(Daemon::builder())
    }

    pub fn of(builder: Builder) -> Self {
        let scene = Scene::of(builder);
        let phone = AuthenticatorApp::imported(&scene.daemon, USERNAME);
        Self { scene, phone }
    }

    /// Types the password at a sign-in page; the page of the second step.
    pub async fn half(&self, browser: &Browser, url: &str) -> Page {
        let page = browser.get(url).await;
        let page = browser.sign_in(&page, USERNAME, PASSWORD).await;
        assert!(is_second_step(&page), "{} {}", page.url, page.body);
        page
    }

    /// Types a code at the page of the second step.
    pub async fn show_code(&self, browser: &Browser, page: &Page, more: &[(&str, &str)]) -> Page {
        let code = self.phone.code().await;
        browser.submit(page, &[&[("code", code.as_str())], more].concat()).await
    }

    /// Signs in to our own pages with both.
    pub async fn signed_in(&self, more: &[(&str, &str)]) -> Browser {
        let browser = self.scene.other_browser();
        let page = self.half(&browser, "/login").await;
        let home = self.show_code(&browser, &page, more).await;
        assert!(home.has("home-sign-out"), "{} {}", home.url, home.body);
        browser
    }
}

pub fn is_second_step(page: &Page) -> bool {
    page.url.path().ends_with("/login/second") && page.has("start-over")
}

pub async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/").await.has("home-sign-out")
}

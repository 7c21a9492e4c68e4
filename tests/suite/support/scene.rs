//! What most tests begin with: a daemon, a person, an application, and a browser.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{App, Browser, Daemon, SignIn, Tokens, daemon::Builder};

/// The person of a [`Scene`].
pub const USERNAME: &str = "alice";
/// Her password.
pub const PASSWORD: &str = "correct horse";

/// A daemon with a person, a confidential first-party application, and the person's browser.
pub struct Scene {
    pub daemon: Daemon,
    pub app: App,
    pub browser: Browser,
}

impl Scene {
    /// With a daemon's defaults.
    pub fn start() -> Self {
        Self::of(Daemon::builder())
    }

    /// With a daemon that is configured.
    pub fn of(builder: Builder) -> Self {
        let daemon = builder.start();
        daemon.add_user(USERNAME, PASSWORD, &[]);
        let app = App::confidential(&daemon);
        let browser = Browser::new(&daemon.issuer);
        Self { daemon, app, browser }
    }

    /// `kill -9`, and a new start. The application lets go of its connections, which are dead.
    pub fn kill_and_start_again(&mut self) {
        self.daemon.kill();
        self.daemon.start_again();
        self.app.http = reqwest::Client::new();
    }

    /// A new browser that knows nothing.
    pub fn other_browser(&self) -> Browser {
        Browser::new(&self.daemon.issuer)
    }

    /// A code for the application; the person signs in when asked to.
    pub async fn code(&self, scope: &str) -> (SignIn, String) {
        self.code_for(&self.app, scope, &[]).await
    }

    /// A code for any application of this daemon.
    pub async fn code_for(&self, app: &App, scope: &str, more: &[(&str, &str)]) -> (SignIn, String) {
        let sign_in = app.begin(scope, more);
        let code = app.code(&self.browser, &sign_in, USERNAME, PASSWORD).await;
        (sign_in, code)
    }

    /// Tokens for the application.
    pub async fn tokens(&self, scope: &str) -> Tokens {
        self.tokens_for(&self.app, scope).await
    }

    /// Tokens for any application of this daemon.
    pub async fn tokens_for(&self, app: &App, scope: &str) -> Tokens {
        let (sign_in, code) = self.code_for(app, scope, &[]).await;
        app.redeem(&sign_in, &code).await
    }
}

/// The wall clock in whole seconds, as tokens tell it.
#[expect(clippy::disallowed_methods, reason = "the daemon under test goes by the same clock")]
pub fn unix_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}

/// Returns when the wall clock shows `unix` or later: what ends by a time cannot be waited for in another way.
pub async fn clock_shows(unix: u64) {
    while unix_now() < unix {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

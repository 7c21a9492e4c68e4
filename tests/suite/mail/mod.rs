//! Letters and what their links do, with a real mail server that others wrote.

mod address;
mod delivery;
mod notices;
mod reset;

use crate::support::{Browser, Daemon, Mailbox, Page, mailbox::Letter};

/// The password of everybody here.
const PASSWORD: &str = "correct horse";
const ALICE: &str = "alice@example.com";

const VERIFY: &str = "Confirm your email address";
const RESET: &str = "Choose a new password";
const CHANGED: &str = "Your password was changed";

/// A daemon with a mail server.
struct Stage {
    mailbox: Mailbox,
    daemon: Daemon,
}

impl Stage {
    /// With alice, whose address is proven.
    fn start() -> Self {
        let stage = Self::empty();
        stage.daemon.add_user("alice", PASSWORD, &[]);
        stage
    }

    fn empty() -> Self {
        let mailbox = Mailbox::start();
        // All tests come from one address and ask a lot.
        let builder = mailbox.serve(Daemon::builder()).set("mail.per_account", "1000");
        let daemon = builder.start();
        Self { mailbox, daemon }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.daemon.issuer)
    }

    /// A user whose address the operator has not vouched for.
    fn add_unproven(&self, name: &str) {
        let email = format!("{name}@example.com");
        let args = ["user", "add", name, "--email", &email, "--password-stdin"];
        self.daemon.cli_with(&args, PASSWORD);
    }

    async fn signed_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        sign_in(&browser, name, PASSWORD).await;
        browser
    }

    fn user(&self, name: &str) -> serde_json::Value {
        self.daemon.cli(&["user", "show", name])
    }

    /// Asks for a new password, as somebody in any browser.
    async fn forget(&self, name: &str) -> Page {
        let browser = self.browser();
        let page = browser.get("/password/forgotten").await;
        browser.submit(&page, &[("username", name)]).await
    }

    /// The letter with which alice chooses a new password.
    async fn reset_letter(&self, count: usize) -> Letter {
        self.forget("alice").await;
        self.mailbox.wait_for_subject(ALICE, RESET, count).await
    }
}

async fn sign_in(browser: &Browser, name: &str, password: &str) -> Page {
    let page = browser.get("/login").await;
    browser.sign_in(&page, name, password).await
}

/// Whether a name and a password go together.
async fn goes_in(stage: &Stage, name: &str, password: &str) -> bool {
    sign_in(&stage.browser(), name, password).await.has("home-sign-out")
}

/// A page that says that a link is no longer good, and where to get another.
#[track_caller]
fn assert_spent(page: &Page) {
    assert_eq!(page.status, 410, "{}", page.body);
    assert!(
        page.has("link-next") && page.body.contains("no longer good"),
        "{}",
        page.body
    );
}

//! Accounts that people make themselves: by the form and a letter, or by an invitation.

mod confirm;
mod form;
mod invitation;
mod modes;
mod strangers;

use serde_json::Value;

use crate::support::{Browser, Daemon, Mailbox, Page, daemon::Builder};

const PASSWORD: &str = "a row of plain words";

/// A daemon at which everybody may sign up, and the mail server that it writes by.
fn open(mailbox: &Mailbox) -> Builder {
    mailbox.serve(Daemon::builder()).set("sign_up.mode", "open")
}

/// Fills in the form as it comes; `more` replaces what is usual.
async fn ask(browser: &Browser, email: &str, more: &[(&str, &str)]) -> Page {
    let page = browser.get("/sign-up").await;
    fill(browser, &page, email, more).await
}

/// Fills in a form that is open.
async fn fill(browser: &Browser, page: &Page, email: &str, more: &[(&str, &str)]) -> Page {
    assert!(page.has("sign-up-submit"), "{} {}", page.url, page.body);
    let mut all = vec![("email", email), ("password", PASSWORD)];
    all.extend_from_slice(more);
    browser.submit(page, &all).await
}

/// Asks for an account, and gives the link of the letter.
async fn link_for(mailbox: &Mailbox, browser: &Browser, email: &str) -> String {
    let sent = ask(browser, email, &[]).await;
    assert!(sent.has("sign-up-sent"), "{}", sent.body);
    mailbox.wait_for(email, 1).await[0].link()
}

/// The whole way to an account, in one browser.
async fn sign_up(mailbox: &Mailbox, browser: &Browser, email: &str) -> Page {
    let link = link_for(mailbox, browser, email).await;
    let page = browser.get(&link).await;
    browser.submit(&page, &[]).await
}

/// A user as the operator sees it.
fn user(daemon: &Daemon, name: &str) -> Value {
    daemon.cli(&["user", "show", name])
}

/// How many users there are.
fn users(daemon: &Daemon) -> usize {
    daemon.cli(&["user", "list"])["users"].as_array().unwrap().len()
}

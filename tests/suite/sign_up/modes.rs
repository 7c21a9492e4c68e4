//! Who may sign up is decided at every door, not by a hidden button.

use reqwest::StatusCode;
use serde_json::Value;

use super::{PASSWORD, ask, open, user};
use crate::support::{App, Browser, Daemon, Mailbox, daemon::Builder};

async fn status(browser: &Browser, method: &str, path: &str, csrf: &str) -> StatusCode {
    if method == "GET" {
        return browser.get_only(path).await.status;
    }
    let form = [
        ("csrf", csrf),
        ("email", "a@example.com"),
        ("password", PASSWORD),
        ("token", "x"),
    ];
    browser.post(path, &form).await.status
}

async fn prompts(daemon: &Daemon) -> Vec<String> {
    let document = Browser::new(&daemon.issuer)
        .get("/.well-known/openid-configuration")
        .await
        .json();
    let values = document["prompt_values_supported"].as_array().unwrap().clone();
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_switched_off_is_not_there_by_any_door() {
    // Threat 16.
    let mailbox = Mailbox::start();
    let with_mail = |mode: &str| mailbox.serve(Daemon::builder()).set("sign_up.mode", mode);
    let modes: [(&str, Builder, bool, bool); 4] = [
        ("closed", mailbox.serve(Daemon::builder()), false, false),
        ("invitation", with_mail("invitation"), false, true),
        (
            "domain",
            with_mail("domain").set("sign_up.domains", "example.com"),
            true,
            true,
        ),
        ("open", with_mail("open"), true, true),
    ];
    for (mode, builder, form, invitations) in modes {
        let daemon = builder.start();
        let browser = Browser::new(&daemon.issuer);
        let csrf = browser.get("/login").await.field("csrf");
        for (path, is_there) in [
            ("/sign-up", form),
            ("/sign-up/confirm", form),
            ("/invitation", invitations),
        ] {
            for method in ["GET", "POST"] {
                let status = status(&browser, method, path, &csrf).await;
                assert_eq!(
                    status != StatusCode::NOT_FOUND,
                    is_there,
                    "{mode}: {method} {path}: {status}"
                );
            }
        }
        assert_eq!(
            browser.get("/login").await.has("login-sign-up"),
            form,
            "{mode}: the link"
        );
        assert_eq!(prompts(&daemon).await.contains(&"create".to_owned()), form, "{mode}");
        let app = App::confidential(&daemon);
        let asked = browser.get(&app.begin("openid", &[("prompt", "create")]).url).await;
        assert_eq!(asked.url.path() == "/sign-up", form, "{mode}: {}", asked.url);
        if !form {
            assert_eq!(
                asked.redirect_param("error").as_deref(),
                Some("invalid_request"),
                "{mode}"
            );
        }
        let output = daemon.run(&["invitation", "new", "--email", "b@example.com"], "");
        assert_eq!(
            output.status.success(),
            invitations,
            "{mode}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[tokio::test]
async fn only_addresses_of_the_domains_sign_up() {
    // Threat 43.
    let mailbox = Mailbox::start();
    let daemon = mailbox
        .serve(Daemon::builder())
        .set("sign_up.mode", "domain")
        .set("sign_up.domains", "Example.com,b\u{fc}cher.example")
        .start();
    let browser = Browser::new(&daemon.issuer);
    for email in [
        "a@mail.example.com",
        "a@notexample.com",
        "a@example.org",
        "example.com@evil.example",
    ] {
        let again = ask(&browser, email, &[]).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "{email}");
        assert!(
            again.text("form-error").unwrap().contains("example.com"),
            "{}",
            again.body
        );
        assert_eq!(again.field("email"), email);
    }
    for (email, kept) in [
        ("a@EXAMPLE.com", "a@example.com"),
        ("b@B\u{dc}CHER.example", "b@xn--bcher-kva.example"),
    ] {
        ask(&browser, email, &[]).await;
        let page = mailbox.wait_for(kept, 1).await[0].follow(&browser).await;
        browser.submit(&page, &[]).await;
        assert_eq!(user(&daemon, kept)["email"], kept);
    }
}

#[tokio::test]
async fn a_door_that_was_closed_meanwhile_stays_closed_for_links_that_are_out() {
    let mailbox = Mailbox::start();
    let mut daemon = open(&mailbox).start();
    let browser = Browser::new(&daemon.issuer);
    let link = super::link_for(&mailbox, &browser, "alice@example.com").await;
    daemon.kill();
    daemon.set("sign_up.mode", "closed");
    daemon.start_again();
    assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND);
    daemon.kill();
    daemon.set("sign_up.mode", "domain");
    daemon.set("sign_up.domains", "example.org");
    daemon.start_again();
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
}

#[test]
fn without_a_mail_server_the_open_modes_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for mode in ["open", "domain"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_avouch"))
            .current_dir(folder.path())
            .env_clear()
            .env("AVOUCH__SIGN_UP__MODE", mode)
            .env("AVOUCH__SIGN_UP__DOMAINS", "example.com")
            .arg("serve")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("sign_up.mode") && said.contains("mail.host"), "{said}");
    }
}

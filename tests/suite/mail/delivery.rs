//! How letters leave: protected, signed in, again and again, and never in clear.

use super::*;
use crate::support::mailbox::{FROM, Security};

/// A daemon, and a browser that has asked for a letter to alice.
async fn asking(mailbox: &Mailbox, more: &[(&str, &str)]) -> (Daemon, Page) {
    let builder = more
        .iter()
        .fold(mailbox.serve(Daemon::builder()), |builder, (option, value)| {
            builder.set(option, *value)
        });
    let daemon = builder.start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/password/forgotten").await;
    let page = browser.submit(&page, &[("username", "alice")]).await;
    (daemon, page)
}

async fn logged(daemon: &Daemon, words: &[&str]) {
    daemon
        .wait_until(&format!("a line with {words:?}"), async || {
            daemon
                .log()
                .lines()
                .any(|line| words.iter().all(|word| line.contains(word)))
        })
        .await;
}

#[tokio::test]
async fn a_letter_arrives_whole_by_every_protected_way() {
    for security in [Security::Starttls, Security::Tls, Security::None] {
        let mailbox = Mailbox::with(security);
        let (daemon, _) = asking(&mailbox, &[("pages.name", "Büro <Shop>")]).await;
        let letter = mailbox.wait_for(ALICE, 1).await.remove(0);
        assert_eq!(
            letter.header("From"),
            format!("\"Büro <Shop>\" <{FROM}>"),
            "{security:?}"
        );
        assert_eq!(letter.header("To"), ALICE);
        assert_eq!(letter.header("Subject"), RESET);
        assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
        assert!(
            letter.header("Message-ID").ends_with("@id.example.com>"),
            "{:?}",
            letter.headers
        );
        assert!(!letter.header("Date").is_empty());
        assert!(letter.header("Content-Type").starts_with("multipart/alternative"));
        assert_eq!(letter.seen["from"], FROM, "the sender of the envelope");
        assert_eq!(letter.seen["defects"], serde_json::json!([]));
        let protected = security != Security::None;
        assert_eq!(
            (&letter.seen["tls"], &letter.seen["authenticated"]),
            (&protected.into(), &protected.into())
        );
        assert!(
            letter.text.contains("Büro <Shop>") && letter.html.contains("Büro &#60;Shop&#62;"),
            "{}",
            letter.html
        );
        let link = letter.link();
        assert!(link.starts_with(&daemon.issuer), "{link}");
        logged(&daemon, &["mail.sent", "reset-password"]).await;
        let log = daemon.log();
        assert!(!log.contains(ALICE), "no address in the log");
        assert!(!log.contains(link.rsplit('=').next().unwrap()), "no token in the log");
        daemon.has_no_errors();
    }
}

#[tokio::test]
async fn a_server_that_offers_no_starttls_gets_no_letter() {
    let mailbox = Mailbox::start();
    let (daemon, _) = asking(&mailbox, &[("mail.security", "starttls")]).await;
    logged(&daemon, &["a letter was not sent", "does not offer STARTTLS"]).await;
    assert!(mailbox.letters_to(ALICE).is_empty());
    let output = daemon.run(&["doctor", "mail", "--to", ALICE], "");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && said.contains("Nothing was sent in clear"),
        "{said}"
    );
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_or_of_another_host_ends_the_conversation() {
    let (mailbox, other) = (Mailbox::with(Security::Tls), Mailbox::with(Security::Starttls));
    for (mailbox, option, value) in [
        (&mailbox, "mail.ca_file", ""),
        (&other, "mail.ca_file", ""),
        (&mailbox, "mail.host", "127.0.0.2"),
    ] {
        let (daemon, _) = asking(mailbox, &[(option, value)]).await;
        let why = if value.is_empty() {
            "cannot be protected by TLS"
        } else {
            "mail server"
        };
        logged(&daemon, &["a letter was not sent", why]).await;
        assert!(mailbox.letters_to(ALICE).is_empty(), "{option}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_letter_waits() {
    let mailbox = Mailbox::with(Security::Starttls);
    let (daemon, _) = asking(&mailbox, &[("mail.username", "somebody")]).await;
    logged(&daemon, &["a letter was not sent", "does not let us sign in (535)"]).await;
    assert!(mailbox.letters_to(ALICE).is_empty());
}

#[tokio::test]
async fn a_letter_waits_for_a_server_that_is_down_and_outlives_the_daemon() {
    let mut mailbox = Mailbox::start();
    let builder = mailbox.serve(Daemon::builder());
    mailbox.stop();
    let mut daemon = builder.start();
    daemon.add_user("alice", PASSWORD, &[]);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/password/forgotten").await;
    let page = browser.submit(&page, &[("username", "alice")]).await;
    assert!(
        page.has("forgotten-asked"),
        "nobody waits for the server: {}",
        page.body
    );
    logged(&daemon, &["a letter was not sent", "cannot be reached"]).await;
    daemon.kill();
    mailbox.start_again();
    daemon.start_again();
    let letters = mailbox.wait_for(ALICE, 1).await;
    assert!(letters[0].follow(&browser).await.has("reset-submit"));
}

#[tokio::test]
async fn a_server_that_says_not_now_is_asked_again_and_one_that_says_never_is_not() {
    let stage = Stage::start();
    stage.mailbox.answer("451 4.7.1 greylisted");
    stage.forget("alice").await;
    logged(&stage.daemon, &["a letter was not sent", "(451)"]).await;
    stage.mailbox.take_letters();
    stage.mailbox.wait_for(ALICE, 1).await;

    stage.mailbox.answer("550 5.1.1 <alice@example.com> unknown");
    stage.forget("alice").await;
    logged(&stage.daemon, &["mail.refused", "(550)"]).await;
    stage.mailbox.take_letters();
    // What comes later would have come after it.
    stage.forget("alice").await;
    stage.mailbox.wait_for(ALICE, 2).await;
    assert_eq!(stage.mailbox.letters_to(ALICE).len(), 2);
    assert!(
        !stage.daemon.log().contains(ALICE),
        "not even in the words of the server"
    );
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn the_doctor_says_in_words_what_is_right_and_wrong() {
    let mailbox = Mailbox::with(Security::Starttls);
    let mut daemon = mailbox.serve(Daemon::builder()).start();
    let good = daemon.cli(&["doctor", "mail"]);
    assert!(good["good"][0].as_str().unwrap().contains("lets us in"), "{good}");
    assert_eq!(good["wrong"], serde_json::json!([]));
    daemon.cli(&["doctor", "mail", "--to", "operator@example.org"]);
    let letter = mailbox.wait_for("operator@example.org", 1).await.remove(0);
    assert!(
        letter.text.contains("can send mail") && !letter.has_link(),
        "{}",
        letter.text
    );
    for (option, value, told) in [
        ("mail.username", "somebody", "mail.password_file"),
        ("mail.security", "tls", "TLS"),
        ("mail.host", "", "no mail server is configured"),
    ] {
        daemon.set("mail.security", "starttls");
        daemon.set(option, value);
        let output = daemon.run(&["doctor", "mail"], "");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            !output.status.success() && said.contains("wrong: ") && said.contains(told),
            "{said}"
        );
    }
    let output = daemon.run(&["doctor", "mail", "--to", "not an address"], "");
    assert!(!output.status.success());
}

#[tokio::test]
async fn without_a_mail_server_the_operator_hands_out_the_links() {
    let daemon = Daemon::start();
    let stage = Stage {
        mailbox: Mailbox::start(),
        daemon,
    };
    stage.add_unproven("alice");
    let browser = stage.browser();
    assert_eq!(browser.get("/password/forgotten").await.status, 404);
    assert_eq!(
        browser
            .post("/password/forgotten", &[("username", "alice")])
            .await
            .status,
        404
    );

    let made = stage.daemon.cli(&["user", "verify-link", "alice"]);
    let link = made["url"].as_str().unwrap();
    assert_eq!(made["address"], ALICE);
    let page = browser.submit(&browser.get(link).await, &[]).await;
    assert!(page.has("email-verified"), "{}", page.body);
    assert_eq!(stage.user("alice")["email_verified"], true);
    let (_, told) = stage.daemon.refused(&["user", "verify-link", "alice"], "");
    assert!(told.contains("verified already"), "{told}");

    let made = stage.daemon.cli(&["user", "reset-link", "alice@example.com"]);
    let page = browser.get(made["url"].as_str().unwrap()).await;
    let page = browser.submit(&page, &[("password", "another good horse")]).await;
    assert!(page.has("reset-done"), "{}", page.body);
    assert!(goes_in(&stage, "alice", "another good horse").await);

    // The page about one's address says where the link comes from.
    stage.daemon.cli(&["user", "set", "alice", "--email-verified=false"]);
    sign_in(&browser, "alice", "another good horse").await;
    assert!(browser.get("/account/email").await.has("email-no-mail"));
    for name in ["nobody", ""] {
        assert_eq!(stage.daemon.refused(&["user", "reset-link", name], "").0, 1);
    }
    let log = stage.daemon.log();
    assert!(log.contains("password.reset_link") && log.contains("email.verify_link"));
}

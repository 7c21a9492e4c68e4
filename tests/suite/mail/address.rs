//! A person's own address: proven, changed, and never somebody else's.

use futures_util::future::join_all;

use super::*;

const NEW: &str = "new@example.com";
const ASKED: &str = "Another email address was entered";
const MOVED: &str = "Your email address was changed";
const TAKEN: &str = "Your address was entered for another account";

/// Signs in as somebody and asks for another address.
async fn change(browser: &Browser, address: &str) -> Page {
    let page = browser.get("/account/email").await;
    let csrf = page.field("csrf");
    browser
        .post(
            "/account/email",
            &[("csrf", &csrf), ("do", "change"), ("email", address)],
        )
        .await
}

async fn resend(browser: &Browser) -> Page {
    let page = browser.get("/account/email").await;
    let csrf = page.field("csrf");
    browser
        .post("/account/email", &[("csrf", &csrf), ("do", "resend")])
        .await
}

/// Opens a link and presses the button.
async fn confirm(browser: &Browser, link: &str) -> Page {
    let page = browser.get(link).await;
    assert!(page.has("verify-submit"), "{}", page.body);
    browser.submit(&page, &[]).await
}

#[tokio::test]
async fn an_address_is_proven_by_the_button_and_not_by_looking() {
    let stage = Stage::empty();
    stage.add_unproven("alice");
    let browser = stage.signed_in("alice").await;
    let page = browser.get("/account/email").await;
    assert!(
        page.text("email-address").is_some() && page.body.contains("Not confirmed"),
        "{}",
        page.body
    );
    assert!(resend(&browser).await.has("email-sent"));
    let link = stage.mailbox.wait_for_subject(ALICE, VERIFY, 1).await.link();
    // A program that looks into letters, in no browser of alice's.
    let scanner = stage.browser();
    for _ in 0..3 {
        let page = scanner.get(&link).await;
        assert!(page.has("verify-submit") && page.body.contains(ALICE), "{}", page.body);
        assert_eq!(page.header("referrer-policy"), "origin");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    let head = scanner.client().head(&link).send().await.unwrap();
    assert!(!head.status().is_server_error());
    assert_eq!(stage.user("alice")["email_verified"], false);
    // A form that another site posted has no csrf, and does nothing.
    let token = link.split_once("token=").unwrap().1;
    let page = stage.browser().post("/email/verify", &[("token", token)]).await;
    assert_eq!(page.status, 400, "{}", page.body);
    assert_eq!(stage.user("alice")["email_verified"], false);
    // In another browser, where nobody is signed in.
    let page = confirm(&stage.browser(), &link).await;
    assert!(page.has("email-verified"), "{}", page.body);
    assert_eq!(stage.user("alice")["email_verified"], true);
    assert_spent(&browser.get(&link).await);
    assert!(browser.get("/account/email").await.body.contains("Confirmed"));
    stage.daemon.has_no_errors();
}

#[tokio::test]
async fn a_new_address_is_theirs_when_it_is_proven_and_the_old_one_hears_of_it() {
    let stage = Stage::start();
    let browser = stage.signed_in("alice").await;
    let page = change(&browser, NEW).await;
    assert!(page.has("email-sent") && page.has("email-pending"), "{}", page.body);
    stage.mailbox.wait_for_subject(ALICE, ASKED, 1).await;
    let letter = stage.mailbox.wait_for_subject(NEW, VERIFY, 1).await;
    assert!(
        letter.text.contains("The account “alice”") && !letter.text.contains("Hello alice"),
        "whoever reads it sees whose account it is: {}",
        letter.text
    );
    assert_eq!(stage.user("alice")["email"], ALICE, "nothing changes yet");
    // In another browser, where alice is signed in, too.
    let page = confirm(&stage.signed_in("alice").await, &letter.link()).await;
    assert!(page.has("email-verified") && page.body.contains(NEW), "{}", page.body);
    let user = stage.user("alice");
    assert_eq!((&user["email"], &user["email_verified"]), (&NEW.into(), &true.into()));
    stage.mailbox.wait_for_subject(ALICE, MOVED, 1).await;
    assert!(goes_in(&stage, NEW, PASSWORD).await && !goes_in(&stage, ALICE, PASSWORD).await);
}

#[tokio::test]
async fn a_stranger_who_confirms_somebody_elses_change_gives_no_address_away() {
    let mailbox = Mailbox::start();
    let daemon = mailbox
        .serve(Daemon::builder())
        .set("sign_up.mode", "open")
        .set("mail.per_account", "1000")
        .start();
    let stage = Stage { mailbox, daemon };
    for name in ["alice", "bob"] {
        stage.daemon.add_user(name, PASSWORD, &[]);
    }
    let alice = stage.signed_in("alice").await;
    change(&alice, NEW).await;
    let link = stage.mailbox.wait_for_subject(NEW, VERIFY, 1).await.link();
    let token = link.split_once("token=").unwrap().1;
    let browsers = [
        ("nobody", stage.browser()),
        ("somebody else", stage.signed_in("bob").await),
    ];
    for (who, browser) in &browsers {
        let asked = browser.get(&link).await;
        assert!(
            asked.has("verify-sign-in-first") && asked.has("verify-sign-in") && !asked.has("verify-submit"),
            "{who}: {}",
            asked.body
        );
        // Whatever the page offers, the form can be posted.
        let csrf = browser.get("/login").await.field("csrf");
        let page = browser
            .post("/email/verify", &[("csrf", &csrf), ("token", token)])
            .await;
        assert!(
            page.has("verify-sign-in-first") && !page.has("email-verified"),
            "{who}: {}",
            page.body
        );
        assert_eq!(stage.user("alice")["email"], ALICE, "{who}");
    }
    // The owner of the address can have an account of their own by it.
    let owner = stage.browser();
    let page = owner.get("/sign-up").await;
    let typed = [("email", NEW), ("password", "a row of plain words")];
    assert!(owner.submit(&page, &typed).await.has("sign-up-sent"));
    let own = stage
        .mailbox
        .wait_for_subject(NEW, "Finish creating your account", 1)
        .await;
    let page = owner.get(&own.link()).await;
    owner.submit(&page, &[]).await;
    assert_eq!(stage.user(NEW)["email"], NEW);
    // Until then the link was good for who had asked; now the address is taken.
    let page = alice.get(&link).await;
    assert!(page.has("verify-submit"), "{}", page.body);
    assert_spent(&alice.submit(&page, &[]).await);
    assert_eq!(stage.user("alice")["email"], ALICE);
}

#[tokio::test]
async fn a_link_for_a_change_that_the_operator_hands_over_is_for_the_signed_in_person_too() {
    let stage = Stage::start();
    let alice = stage.signed_in("alice").await;
    change(&alice, NEW).await;
    let link = stage.daemon.cli(&["user", "verify-link", "alice"])["url"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(stage.browser().get(&link).await.has("verify-sign-in-first"));
    assert!(confirm(&alice, &link).await.has("email-verified"));
    assert_eq!(stage.user("alice")["email"], NEW);
}

#[tokio::test]
async fn a_link_for_a_former_address_proves_nothing() {
    // Threat 26.
    let stage = Stage::empty();
    stage.add_unproven("alice");
    let browser = stage.signed_in("alice").await;
    resend(&browser).await;
    let old = stage.mailbox.wait_for_subject(ALICE, VERIFY, 1).await.link();
    stage
        .daemon
        .cli(&["user", "set", "alice", "--email", "attacker@example.com"]);
    assert_spent(&browser.get(&old).await);
    let token = old.split_once("token=").unwrap().1;
    let csrf = browser.get("/account/email").await.field("csrf");
    assert_spent(
        &browser
            .post("/email/verify", &[("csrf", &csrf), ("token", token)])
            .await,
    );
    let user = stage.user("alice");
    assert_eq!(
        (&user["email"], &user["email_verified"]),
        (&"attacker@example.com".into(), &false.into())
    );
    // Nor when the address comes back by way of another: the change that was asked for first is dead too.
    change(&browser, NEW).await;
    let first = stage.mailbox.wait_for_subject(NEW, VERIFY, 1).await.link();
    change(&browser, "newer@example.com").await;
    let second = stage
        .mailbox
        .wait_for_subject("newer@example.com", VERIFY, 1)
        .await
        .link();
    assert_spent(&browser.get(&first).await);
    assert!(confirm(&browser, &second).await.has("email-verified"));
    assert_spent(&browser.get(&first).await);
    assert_eq!(stage.user("alice")["email"], "newer@example.com");
}

#[tokio::test]
async fn the_same_form_proves_an_address_once_however_often_it_is_sent() {
    // Threat 15.
    let stage = Stage::empty();
    stage.add_unproven("alice");
    resend(&stage.signed_in("alice").await).await;
    let link = stage.mailbox.wait_for_subject(ALICE, VERIFY, 1).await.link();
    let browser = stage.browser();
    let page = browser.get(&link).await;
    let pages = join_all((0..16).map(|_| browser.submit(&page, &[]))).await;
    let proven = pages.iter().filter(|page| page.has("email-verified")).count();
    assert_eq!(
        proven,
        1,
        "{:?}",
        pages.iter().map(|page| page.status).collect::<Vec<_>>()
    );
    assert!(
        pages
            .iter()
            .all(|page| page.has("email-verified") || page.status == 410)
    );
    let told = stage.daemon.log().matches("email.verified").count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn an_address_of_somebody_else_looks_free_and_its_owner_hears_of_it() {
    let stage = Stage::start();
    stage.daemon.add_user("bob", PASSWORD, &[]);
    let browser = stage.signed_in("bob").await;
    let (taken, free) = (
        change(&browser, ALICE).await,
        change(&browser, "free@example.com").await,
    );
    let page = |page: &Page, address: &str| page.body.replace(address, "ADDRESS");
    assert_eq!(
        (taken.status, page(&taken, ALICE)),
        (free.status, page(&free, "free@example.com"))
    );
    let letter = stage.mailbox.wait_for_subject(ALICE, TAKEN, 1).await;
    assert!(!letter.has_link() && !letter.text.contains("bob"), "{}", letter.text);
    assert!(letter.text.contains("Hello alice,"));
    assert_eq!(stage.user("alice")["email"], ALICE);
}

#[tokio::test]
async fn who_takes_the_address_first_has_it() {
    let stage = Stage::start();
    stage.daemon.add_user("bob", PASSWORD, &[]);
    let (alice, bob) = (stage.signed_in("alice").await, stage.signed_in("bob").await);
    change(&alice, NEW).await;
    change(&bob, NEW).await;
    let links = [
        stage.mailbox.wait_for_subject(NEW, VERIFY, 1).await.link(),
        stage.mailbox.wait_for_subject(NEW, VERIFY, 2).await.link(),
    ];
    // Which letter came first is not said.
    let mut forms = Vec::new();
    for link in &links {
        for browser in [&alice, &bob] {
            let page = browser.get(link).await;
            if page.has("verify-submit") {
                forms.push((browser, page));
            }
        }
    }
    assert_eq!(forms.len(), 2, "each is for who asked");
    let pages = join_all(forms.iter().map(|(browser, page)| browser.submit(page, &[]))).await;
    assert_eq!(pages.iter().filter(|page| page.has("email-verified")).count(), 1);
    let holders = ["alice", "bob"].map(|name| stage.user(name)["email"] == NEW);
    assert_eq!(holders.iter().filter(|has| **has).count(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_told_and_the_form_stays_filled() {
    let stage = Stage::start();
    let browser = stage.signed_in("alice").await;
    for wrong in [
        "",
        "alice",
        "a b@example.com",
        "a@example.com\r\nBcc: eve@example.com",
        "a@localhost",
    ] {
        let page = change(&browser, wrong).await;
        assert_eq!(page.status, 400, "{wrong:?}");
        assert!(
            page.text("form-error").unwrap().contains("does not look like"),
            "{}",
            page.body
        );
    }
    assert!(
        change(&browser, "a b@example.com")
            .await
            .body
            .contains("value=\"a b@example.com\"")
    );
    let page = change(&browser, "Alice@Example.com").await;
    assert!(page.text("form-error").unwrap().contains("already"), "{}", page.body);
    assert!(stage.mailbox.letters_to(ALICE).is_empty());
}

#[tokio::test]
async fn the_page_is_for_who_is_signed_in_and_a_pending_change_can_be_taken_back() {
    let stage = Stage::start();
    let page = stage.browser().get("/account/email").await;
    assert!(page.url.path().ends_with("/login"), "{}", page.url);
    let page = stage
        .browser()
        .post("/account/email", &[("do", "change"), ("email", NEW)])
        .await;
    assert!(!page.has("email-sent"));
    let browser = stage.signed_in("alice").await;
    change(&browser, NEW).await;
    let link = stage.mailbox.wait_for_subject(NEW, VERIFY, 1).await.link();
    let csrf = browser.get("/account/email").await.field("csrf");
    // Without the csrf of this browser nothing happens.
    browser.post("/account/email", &[("csrf", "x"), ("do", "keep")]).await;
    assert!(browser.get("/account/email").await.has("email-pending"));
    let page = browser.post("/account/email", &[("csrf", &csrf), ("do", "keep")]).await;
    assert!(!page.has("email-pending"), "{}", page.body);
    assert_spent(&browser.get(&link).await);
}

#[tokio::test]
async fn who_ends_the_other_sessions_takes_back_the_change_that_was_asked_for_there() {
    let stage = Stage::start();
    stage.add_unproven("bob");
    for (number, end) in [(1, "others"), (2, "all")] {
        let intruder = stage.signed_in("alice").await;
        let alice = stage.signed_in("alice").await;
        change(&intruder, NEW).await;
        let link = stage.mailbox.wait_for_subject(NEW, VERIFY, number).await.link();
        // One other session that ends says nothing about the rest.
        let csrf = alice.get("/account/sessions").await.field("csrf");
        alice
            .post("/account/sessions", &[("csrf", &csrf), ("sid", "unknown")])
            .await;
        assert!(alice.get(&link).await.has("verify-submit"), "{end}");
        alice.post("/account/sessions", &[("csrf", &csrf), ("end", end)]).await;
        assert_spent(&stage.signed_in("alice").await.get(&link).await);
        // The proof of one's own address is no change.
        let bob = stage.signed_in("bob").await;
        resend(&bob).await;
        let own = stage
            .mailbox
            .wait_for_subject("bob@example.com", VERIFY, number)
            .await
            .link();
        let csrf = bob.get("/account/sessions").await.field("csrf");
        bob.post("/account/sessions", &[("csrf", &csrf), ("end", end)]).await;
        assert!(stage.browser().get(&own).await.has("verify-submit"), "{end}");
    }
    assert_eq!(stage.user("alice")["email"], ALICE);
}

#[tokio::test]
async fn letters_to_one_address_have_a_limit_whichever_accounts_ask_and_whoever_has_it() {
    let mailbox = Mailbox::start();
    let builder = mailbox
        .serve(Daemon::builder())
        .set("mail.per_account", "2")
        .set("mail.delay", "15m");
    let daemon = builder.start();
    let stage = Stage { mailbox, daemon };
    for name in ["alice", "bob", "carol", "dave", "erin"] {
        stage.daemon.add_user(name, PASSWORD, &[]);
    }
    let askers = [stage.signed_in("bob").await, stage.signed_in("carol").await];
    for (typed, again) in [(NEW, "New@example.com"), (ALICE, "ALICE@example.com")] {
        // Each asks once for each address; the third has not asked for anything.
        for asker in &askers {
            assert!(change(asker, typed).await.has("email-sent"), "{typed}");
        }
        let third = stage.signed_in(if typed == NEW { "dave" } else { "erin" }).await;
        let page = change(&third, again).await;
        assert_eq!(page.status, 429, "{typed}: {}", page.body);
        // A second may begin between the requests.
        let wait: u64 = page.header("retry-after").parse().unwrap();
        assert!((880..=900).contains(&wait), "{typed}: {wait}");
        assert!(!third.get("/account/email").await.has("email-pending"), "{typed}");
    }
}

#[tokio::test]
async fn letters_to_one_account_have_a_limit() {
    let mailbox = Mailbox::start();
    let builder = mailbox
        .serve(Daemon::builder())
        .set("mail.per_account", "2")
        .set("mail.delay", "15m");
    let daemon = builder.start();
    let stage = Stage { mailbox, daemon };
    stage.add_unproven("alice");
    let browser = stage.signed_in("alice").await;
    for _ in 0..2 {
        assert!(resend(&browser).await.has("email-sent"));
    }
    let page = resend(&browser).await;
    assert_eq!(page.status, 429, "{}", page.body);
    assert!(
        page.text("form-error").unwrap().contains("Try again in 15 minutes"),
        "{}",
        page.body
    );
    // A second may begin between the requests.
    let wait: u64 = page.header("retry-after").parse().unwrap();
    assert!((880..=900).contains(&wait), "{wait}");
}

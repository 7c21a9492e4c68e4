//! Two tabs, the back button and a page left open: the flow starts again by itself and strands nobody.

use reqwest::StatusCode;

use super::{PASSWORD, asking, assert_gone, daemon, with_people};
use crate::support::{App, Browser, Daemon, jwt};

#[tokio::test]
async fn two_tabs_each_finish() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let (one, two, three) = (
        app.begin("openid", &[]),
        app.begin("openid", &[]),
        app.begin("openid", &[]),
    );
    let (tab_one, tab_two, tab_three) = (
        browser.get(&one.url).await,
        browser.get(&two.url).await,
        browser.get(&three.url).await,
    );

    let ended = browser.sign_in(&tab_one, "alice", PASSWORD).await;
    app.redeem(&one, &app.code_of(&ended, &one)).await;
    // The second is filled in although the first has signed in already, the third is reloaded.
    let ended = browser.sign_in(&tab_two, "alice", PASSWORD).await;
    app.redeem(&two, &app.code_of(&ended, &two)).await;
    let ended = browser.get(tab_three.url.as_str()).await;
    app.redeem(&three, &app.code_of(&ended, &three)).await;
}

#[tokio::test]
async fn two_people_in_two_tabs_each_get_their_own_tokens() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let (one, two) = (app.begin("openid profile", &[]), app.begin("openid profile", &[]));
    let (tab_one, tab_two) = (browser.get(&one.url).await, browser.get(&two.url).await);

    let ended = browser.sign_in(&tab_one, "alice", PASSWORD).await;
    let alice = app.redeem(&one, &app.code_of(&ended, &one)).await;
    let ended = browser.sign_in(&tab_two, "bob", PASSWORD).await;
    let bob = app.redeem(&two, &app.code_of(&ended, &two)).await;

    assert_eq!(jwt::claims(alice.id())["preferred_username"], "alice");
    assert_eq!(jwt::claims(bob.id())["preferred_username"], "bob");
}

#[tokio::test]
async fn the_back_button_after_finishing_starts_again_by_itself() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let form = browser.get(&sign_in.url).await;
    let ended = browser.sign_in(&form, "alice", PASSWORD).await;
    let first = app.code_of(&ended, &sign_in);

    let back = browser.get(form.url.as_str()).await;
    let second = app.code_of(&back, &sign_in);
    let resent = browser.sign_in(&form, "alice", PASSWORD).await;
    let third = app.code_of(&resent, &sign_in);

    assert_ne!(first, second);
    assert_ne!(second, third);
    app.redeem(&sign_in, &third).await;
}

#[tokio::test]
async fn the_back_button_to_consent_starts_again_by_itself() {
    let daemon = daemon();
    let app = asking(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let form = browser.get(&sign_in.url).await;
    let consent = browser.sign_in(&form, "alice", PASSWORD).await;
    let denied = browser.submit(&consent, &[("decision", "deny")]).await;
    assert_eq!(denied.redirect_param("error").as_deref(), Some("access_denied"));

    let again = browser.get(consent.url.as_str()).await;
    assert!(again.has("consent-allow"), "a second thought: {}", again.body);
    assert_ne!(again.url, consent.url, "the spent interaction stays spent");
    let allowed = browser.submit(&again, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&allowed, &sign_in)).await;

    let resent = browser.submit(&consent, &[("decision", "deny")]).await;
    let error = resent.redirect_param("error");
    assert_eq!(
        error.as_deref(),
        Some("access_denied"),
        "a no stays a no, whatever was said since"
    );
}

#[tokio::test]
async fn an_expired_interaction_starts_again_by_itself() {
    let daemon = with_people(Daemon::builder().set("sessions.interaction_lifetime", "1s").start());
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let form = browser.get(&sign_in.url).await;

    daemon
        .wait_until("the page grew old", async || {
            browser.get_only(form.url.as_str()).await.status.is_redirection()
        })
        .await;
    let reloaded = browser.get(form.url.as_str()).await;
    assert!(reloaded.has("login-submit"), "{}", reloaded.body);
    assert_ne!(reloaded.url, form.url);
    // Not reloaded but filled in as it stood: the work is not lost.
    let ended = browser.sign_in(&form, "alice", PASSWORD).await;
    app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;
}

#[tokio::test]
async fn a_failed_attempt_on_an_expired_page_says_so_on_the_new_one() {
    let daemon = with_people(Daemon::builder().set("sessions.interaction_lifetime", "1s").start());
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let form = browser.get(&sign_in.url).await;
    daemon
        .wait_until("the page grew old", async || {
            browser.get_only(form.url.as_str()).await.status.is_redirection()
        })
        .await;

    let page = browser.sign_in(&form, "alice", "wrong horse").await;
    assert!(page.has("login-submit"), "{}", page.body);
    let ended = browser.sign_in(&page, "alice", PASSWORD).await;
    app.code_of(&ended, &sign_in);
}

#[tokio::test]
async fn an_unknown_interaction_is_gone_in_plain_words() {
    let daemon = daemon();
    let browser = Browser::new(&daemon.issuer);
    browser.get("/login").await;
    for page in ["login", "consent", "select-account"] {
        assert_gone(&browser.get(&format!("/{page}?interaction=unknown")).await);
    }
    for page in ["consent", "select-account"] {
        assert_gone(&browser.get(&format!("/{page}")).await);
        assert_gone(&browser.post(&format!("/{page}"), &[("decision", "allow")]).await);
    }
}

#[tokio::test]
async fn each_page_sends_an_interaction_to_the_page_it_waits_for() {
    let daemon = daemon();
    let app = asking(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let form = browser.get(&sign_in.url).await;
    let query = form.url.query().expect("an interaction").to_owned();

    for page in ["consent", "select-account"] {
        assert_eq!(browser.get(&format!("/{page}?{query}")).await.url, form.url);
    }
    let consent = browser.sign_in(&form, "alice", PASSWORD).await;
    for page in ["login", "select-account"] {
        let page = browser.get(&format!("/{page}?{query}")).await;
        assert_eq!(page.url, consent.url);
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_client_removed_meanwhile_ends_the_interaction() {
    let daemon = daemon();
    let app = asking(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let form = browser.get(&app.begin("openid", &[]).url).await;
    let consent = browser.sign_in(&form, "alice", PASSWORD).await;
    daemon.cli(&["client", "remove", &app.client_id]);

    assert_gone(&browser.submit(&consent, &[("decision", "allow")]).await);
    assert_gone(&browser.get(consent.url.as_str()).await);
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_leads_back_to_the_sign_in_page() {
    let daemon = daemon();
    let app = asking(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &[]);
    let form = browser.get(&sign_in.url).await;
    let consent = browser.sign_in(&form, "alice", PASSWORD).await;
    let home = browser.get("/").await;
    browser.submit(&home, &[]).await;

    let page = browser.submit(&consent, &[("decision", "allow")]).await;
    assert!(page.has("login-submit"), "{}", page.body);
    let consent = browser.sign_in(&page, "alice", PASSWORD).await;
    let ended = browser.submit(&consent, &[("decision", "allow")]).await;
    app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;
}

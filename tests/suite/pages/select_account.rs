//! The choice of an account (`prompt=select_account`).

use super::{PASSWORD, assert_gone, daemon, signed_in};
use crate::support::{App, Browser, jwt};

const CHOOSE: [(&str, &str); 1] = [("prompt", "select_account")];

#[tokio::test]
async fn the_person_goes_on_with_the_account_at_hand() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (browser, _) = signed_in(&daemon, "alice").await;
    let sign_in = app.begin("openid profile", &CHOOSE);
    let page = browser.get(&sign_in.url).await;
    assert!(
        page.has("account-continue") && page.body.contains("<bdi>alice</bdi>"),
        "{}",
        page.body
    );

    let ended = browser.submit(&page, &[("decision", "continue")]).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;
    assert_eq!(jwt::claims(tokens.id())["preferred_username"], "alice");

    // The choice was for that request alone.
    let page = browser.get(&app.begin("openid", &CHOOSE).url).await;
    assert!(page.has("account-continue"));
}

#[tokio::test]
async fn the_person_takes_another_account() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (browser, _) = signed_in(&daemon, "alice").await;
    let sign_in = app.begin("openid profile", &CHOOSE);
    let page = browser.get(&sign_in.url).await;

    let page = browser.submit(&page, &[("decision", "other")]).await;
    assert!(page.has("login-submit"), "{}", page.body);
    let ended = browser.sign_in(&page, "bob", PASSWORD).await;
    let tokens = app.redeem(&sign_in, &app.code_of(&ended, &sign_in)).await;
    assert_eq!(jwt::claims(tokens.id())["preferred_username"], "bob");
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_and_has_thereby_chosen() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let sign_in = app.begin("openid", &CHOOSE);
    let page = browser.get(&sign_in.url).await;
    let ended = browser.sign_in(&page, "alice", PASSWORD).await;
    app.code_of(&ended, &sign_in);
}

#[tokio::test]
async fn a_foreign_form_and_another_browser_choose_nothing() {
    let daemon = daemon();
    let app = App::confidential(&daemon);
    let (browser, _) = signed_in(&daemon, "alice").await;
    let (mallory, _) = signed_in(&daemon, "bob").await;
    let foreign = mallory.get("/").await.field("csrf");
    let page = browser.get(&app.begin("openid", &CHOOSE).url).await;

    for csrf in ["", foreign.as_str()] {
        let again = browser.submit(&page, &[("csrf", csrf), ("decision", "continue")]).await;
        assert_eq!(again.url, page.url, "{csrf}");
    }
    assert_gone(
        &mallory
            .submit(&page, &[("csrf", foreign.as_str()), ("decision", "continue")])
            .await,
    );
}

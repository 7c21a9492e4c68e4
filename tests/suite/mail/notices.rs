//! News about an account: a browser that was not used before, a way in that changed.

use super::*;

const NEW_BROWSER: &str = "A sign-in from a new browser";

#[tokio::test]
async fn a_new_browser_is_told_of_once_and_the_first_one_of_all_is_not() {
    let stage = Stage::start();
    let first = stage.signed_in("alice").await;
    let second = Browser::calling_itself(
        &stage.daemon.issuer,
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    );
    sign_in(&second, "alice", PASSWORD).await;
    let letter = stage.mailbox.wait_for_subject(ALICE, NEW_BROWSER, 1).await;
    assert!(
        letter.text.contains("Firefox") && letter.text.contains("127.0.0.1"),
        "{}",
        letter.text
    );
    assert!(letter.text.contains("UTC") && !letter.has_link(), "{}", letter.text);
    for browser in [&first, &second] {
        let page = browser.get("/").await;
        browser.submit(&page, &[]).await;
        sign_in(browser, "alice", PASSWORD).await;
    }
    // A wrong password is nobody's sign-in; what comes after it would come after its letter.
    sign_in(&stage.browser(), "alice", "wrong horse").await;
    stage.signed_in("alice").await;
    stage.mailbox.wait_for_subject(ALICE, NEW_BROWSER, 2).await;
    assert_eq!(stage.mailbox.letters_to(ALICE).len(), 2);
}

#[tokio::test]
async fn a_letter_is_in_the_language_of_its_person() {
    let stage = Stage::start();
    stage.daemon.cli(&[
        "user",
        "set",
        "alice",
        "--claim",
        "locale=de-AT",
        "--claim",
        "name=Alice\u{2028}Müller",
    ]);
    stage.forget("alice").await;
    let letter = stage.mailbox.wait_for(ALICE, 1).await.remove(0);
    assert!(letter.html.contains("<html lang=\"de\""), "{}", letter.html);
    assert!(letter.text.contains("Alice Müller"), "{}", letter.text);
}

#[tokio::test]
async fn who_has_no_address_is_told_nothing() {
    let stage = Stage::empty();
    stage
        .daemon
        .cli_with(&["user", "add", "alice", "--password-stdin"], PASSWORD);
    for _ in 0..2 {
        stage.signed_in("alice").await;
    }
    stage.daemon.has_no_errors();
    assert!(!stage.daemon.log().contains("mail."));
}

#[tokio::test]
async fn a_way_in_that_changed_is_told_whoever_changed_it() {
    let stage = Stage::start();
    stage
        .daemon
        .cli_with(&["user", "password", "alice", "--password-stdin"], "another good horse");
    let letter = stage.mailbox.wait_for_subject(ALICE, CHANGED, 1).await;
    assert!(
        letter.text.contains("If not, sign in, choose a new password"),
        "{}",
        letter.text
    );
    stage.daemon.cli(&["user", "recovery-codes", "alice"]);
    stage
        .mailbox
        .wait_for_subject(ALICE, "You have new recovery codes", 1)
        .await;
    stage.daemon.cli(&["user", "remove-factor", "alice", "recovery_codes"]);
    stage
        .mailbox
        .wait_for_subject(ALICE, "Your recovery codes were removed", 1)
        .await;
    assert!(stage.mailbox.letters_to(ALICE).iter().all(|letter| !letter.has_link()));
}

//! What somebody who only guesses learns of who has an account: nothing (threat 42).

use std::time::{Duration, Instant};

use crate::support::{
    Browser, Daemon,
    scene::{PASSWORD, USERNAME},
};

/// Somebody with a password, somebody without one, and nobody.
const NAMES: [&str; 3] = [USERNAME, "bob", "nobody"];

#[tokio::test]
async fn the_time_and_the_words_of_a_refusal_do_not_tell_who_has_an_account() {
    const TRIES: usize = 200;
    let daemon = Daemon::builder()
        .set("limits.login_per_account", "10000")
        .set("limits.login_per_address", "10000")
        .start();
    daemon.add_user(USERNAME, PASSWORD, &[]);
    daemon.cli(&["user", "add", "bob"]);
    let browser = Browser::new(&daemon.issuer);
    let csrf = browser.get("/login").await.field("csrf");
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    let mut said = Vec::new();
    for round in 0..TRIES {
        // In turn, each first as often as the others, so that whatever slows the machine slows all.
        for turn in 0..NAMES.len() {
            let which = (round + turn) % NAMES.len();
            let form = [
                ("csrf", csrf.as_str()),
                ("username", NAMES[which]),
                ("password", "wrong horse"),
            ];
            let begun = Instant::now();
            let page = browser.post("/login", &form).await;
            times[which].push(begun.elapsed());
            said.push((page.status, page.text("form-error")));
        }
    }
    assert!(said[0].1.is_some() && said.iter().all(|it| *it == said[0]));
    let medians = times.map(|mut times| {
        times.sort();
        times[TRIES / 2]
    });
    let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
    assert!(
        most.saturating_sub(*least) < *least / 4 + Duration::from_millis(2),
        "{NAMES:?}: {medians:?}"
    );
}

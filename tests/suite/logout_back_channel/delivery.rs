//! Receivers that are down, slow, moved or malicious (Back-Channel Logout, 2.5 and 2.8).

use std::time::{Duration, Instant};

use super::{OK, Stage, sid, sign_out};
use crate::support::{jwt, partner::Answer};

#[tokio::test]
async fn a_receiver_that_is_down_is_told_when_it_is_up_again() {
    // Back-Channel Logout, 2.5 and 2.8.
    let stage = Stage::start();
    let app = stage.app("/out", Answer::status(503));
    let browser = stage.browser();
    stage.alice(&app, &browser).await;
    sign_out(&browser).await;
    stage.partner.wait_for("/out", 1).await;
    stage.partner.serve("/out", OK());
    let asked = stage.partner.wait_for("/out", 2).await;
    let (first, second) = (asked[0].logout_token(), asked[1].logout_token());
    assert_ne!(
        jwt::claims(&first)["jti"],
        jwt::claims(&second)["jti"],
        "each attempt is a new token"
    );
    stage.logged(&["logout.delivered"]).await;
    assert!(stage.daemon.log().contains("a logout was not delivered"));
}

#[tokio::test]
async fn what_was_not_delivered_survives_kill_9() {
    let mut stage = Stage::start();
    let app = stage.app("/out", Answer::status(503));
    let browser = stage.browser();
    let tokens = stage.alice(&app, &browser).await;
    sign_out(&browser).await;
    stage.partner.wait_for("/out", 1).await;
    stage.daemon.kill();
    let before = stage.partner.hits("/out");
    stage.partner.serve("/out", OK());
    stage.daemon.start_again();
    let asked = stage.partner.wait_for("/out", before + 1).await;
    assert_eq!(jwt::claims(&asked[before].logout_token())["sid"], sid(&tokens));
    stage.logged(&["logout.delivered"]).await;
}

#[tokio::test]
async fn a_command_without_the_daemon_is_told_by_the_next_one() {
    let mut stage = Stage::start();
    let app = stage.app("/out", OK());
    let tokens = stage.alice(&app, &stage.browser()).await;
    assert!(stage.daemon.stop().success());
    stage.daemon.cli(&["user", "disable", "alice"]);
    assert_eq!(stage.partner.hits("/out"), 0);
    stage.daemon.start_again();
    let asked = stage.partner.wait_for("/out", 1).await;
    assert_eq!(jwt::claims(&asked[0].logout_token())["sid"], sid(&tokens));
}

#[tokio::test]
async fn a_refusal_is_final_and_told_to_the_operator() {
    // Back-Channel Logout, 2.8.
    let stage = Stage::start();
    for (path, status) in [("/bad", 400), ("/cannot", 501)] {
        let app = stage.app(path, Answer::status(status));
        let browser = stage.browser();
        stage.alice(&app, &browser).await;
        sign_out(&browser).await;
        let status = status.to_string();
        stage.logged(&["logout.refused", &app.client_id, &status]).await;
        assert_eq!(stage.partner.hits(path), 1);
    }
}

#[tokio::test]
async fn neither_the_person_nor_another_client_waits_for_a_slow_one() {
    let stage = Stage::start();
    let long = Duration::from_mins(1);
    let slow = stage.app("/slow", OK().after(long));
    let quick = stage.app("/quick", OK());
    let begun = Instant::now();
    for _ in 0..3 {
        let browser = stage.browser();
        stage.alice(&slow, &browser).await;
        stage.alice(&quick, &browser).await;
        let page = sign_out(&browser).await;
        assert!(page.body.contains("You are signed out"), "{}", page.body);
    }
    stage.partner.wait_for("/quick", 3).await;
    assert!(begun.elapsed() < long, "somebody waited");
    stage.partner.wait_for("/slow", 1).await;
}

#[tokio::test]
async fn a_receiver_leads_nowhere_else() {
    let stage = Stage::start();
    stage.partner.serve("/target", OK());
    let app = stage.app("/out", Answer::redirect(&stage.partner.url("/target")));
    let browser = stage.browser();
    stage.alice(&app, &browser).await;
    sign_out(&browser).await;
    stage.logged(&["a logout was not delivered", "302"]).await;
    assert_eq!(stage.partner.hits("/target"), 0, "2.5: a redirect is not followed");
}

#[tokio::test]
async fn a_private_address_is_never_told() {
    // threats 12: server-side request forgery.
    let stage = Stage::start();
    let app = stage.app("/out", OK());
    let browser = stage.browser();
    stage.alice(&app, &browser).await;
    let uri = format!("backchannel_logout_uri={}", stage.partner.url_by_address("/inside"));
    stage.daemon.cli(&["client", "set", &app.client_id, "--set", &uri]);
    sign_out(&browser).await;
    stage
        .daemon
        .wait_until("it is not delivered", async || {
            let log = stage.daemon.log();
            log.contains("logout.refused") || log.contains("a logout was not delivered")
        })
        .await;
    assert_eq!(stage.partner.all_hits(), 0);
}

#[tokio::test]
async fn a_client_is_told_where_it_is_now() {
    let stage = Stage::start();
    stage.partner.serve("/new", OK());
    let moved = stage.app("/old", Answer::status(503));
    let gone = stage.app("/gone", Answer::status(503));
    let disabled = stage.app("/disabled", Answer::status(503));
    let browser = stage.browser();
    for app in [&moved, &gone, &disabled] {
        stage.alice(app, &browser).await;
    }
    sign_out(&browser).await;
    for path in ["/old", "/gone", "/disabled"] {
        stage.partner.wait_for(path, 1).await;
    }
    let uri = format!("backchannel_logout_uri={}", stage.partner.url("/new"));
    stage.daemon.cli(&["client", "set", &moved.client_id, "--set", &uri]);
    stage.daemon.cli(&["client", "remove", &gone.client_id]);
    stage.daemon.cli(&["client", "disable", &disabled.client_id]);
    let before = ["/gone", "/disabled"].map(|path| stage.partner.hits(path));
    stage.partner.wait_for("/new", 1).await;
    let after = ["/gone", "/disabled"].map(|path| stage.partner.hits(path));
    // One attempt may have been on its way.
    assert!(
        after.iter().zip(before).all(|(after, before)| *after <= before + 1),
        "{before:?} {after:?}"
    );
}

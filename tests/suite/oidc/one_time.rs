//! What can be spent once is spent once, however many try at the same moment (threats 1, 15, 35).

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{
    App, Daemon, Page, Scene, Tokens, jwt,
    scene::{PASSWORD, USERNAME},
};

const RACERS: usize = 64;

/// The answers of many that begin together.
async fn all<T: Send + 'static>(racers: impl Iterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = racers.map(tokio::spawn).collect();
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(task.await.expect("a racer that does not panic"));
    }
    answers
}

fn patient() -> Scene {
    Scene::of(Daemon::builder().set("tokens.refresh_reuse_window", "1m"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_is_redeemed_once_under_concurrency() {
    let scene = patient();
    for round in 0..3 {
        let (sign_in, code) = scene.code("openid offline_access").await;
        let racers = (0..RACERS).map(|_| {
            let (app, sign_in, code) = (scene.app.clone(), sign_in.clone(), code.clone());
            async move { app.ask_redeem(&sign_in, &code, &[]).await }
        });
        let (winners, losers): (Vec<Page>, Vec<Page>) = all(racers)
            .await
            .into_iter()
            .partition(|answer| answer.status == StatusCode::OK);
        assert_eq!(winners.len(), 1, "round {round}");
        for loser in &losers {
            loser.refused(400, "invalid_grant");
        }
        // RFC 6749, 4.1.2: a code seen twice was seen by two, so what the winner got is dead.
        let tokens = Tokens(winners[0].json());
        assert!(!scene.app.accepted(tokens.access()).await);
        assert!(!scene.app.is_active(tokens.access()).await);
        assert!(!scene.app.is_active(tokens.refresh()).await);
        let answer = scene.app.ask_refresh(tokens.refresh()).await;
        answer.refused(400, "invalid_grant");
    }
    scene.daemon.has_no_errors();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_token_has_one_successor_under_concurrency() {
    let scene = patient();
    let mut refresh_token = scene.tokens("openid offline_access").await.refresh().to_owned();
    for round in 0..3 {
        let racers = (0..RACERS).map(|_| {
            let (app, refresh_token) = (scene.app.clone(), refresh_token.clone());
            async move { app.refresh(&refresh_token).await }
        });
        let answers = all(racers).await;
        let mut successors = BTreeSet::new();
        let mut access_tokens = BTreeSet::new();
        for (status, body) in answers {
            assert_eq!(status, StatusCode::OK, "round {round}: {body}");
            let tokens = Tokens(body);
            successors.insert(tokens.refresh().to_owned());
            access_tokens.insert(tokens.access().to_owned());
        }
        assert_eq!(successors.len(), 1, "round {round}");
        assert_eq!(access_tokens.len(), RACERS);
        for access_token in access_tokens.iter().step_by(16) {
            assert!(scene.app.accepted(access_token).await);
        }
        refresh_token = successors.pop_first().expect("a successor");
    }
    scene.daemon.has_no_errors();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_a_window_one_racer_wins_and_the_family_dies() {
    let scene = Scene::of(Daemon::builder().set("tokens.refresh_reuse_window", "0s"));
    let first = scene.tokens("openid offline_access").await;
    let racers = (0..RACERS).map(|_| {
        let (app, first) = (scene.app.clone(), first.clone());
        async move { app.ask_refresh(first.refresh()).await }
    });
    let (winners, losers): (Vec<Page>, Vec<Page>) = all(racers)
        .await
        .into_iter()
        .partition(|answer| answer.status == StatusCode::OK);
    assert_eq!(winners.len(), 1);
    for loser in &losers {
        loser.refused(400, "invalid_grant");
    }
    let tokens = Tokens(winners[0].json());
    scene
        .app
        .ask_refresh(tokens.refresh())
        .await
        .refused(400, "invalid_grant");
    assert!(!scene.app.accepted(tokens.access()).await && !scene.app.accepted(first.access()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_in_the_middle_of_refreshes_wins() {
    let scene = patient();
    let first = scene.tokens("openid offline_access").await;
    let racers = (0..RACERS).map(|racer| {
        let (app, first) = (scene.app.clone(), first.clone());
        async move {
            if racer == RACERS / 2 {
                app.revoke(first.refresh()).await;
                return None;
            }
            Some(app.ask_refresh(first.refresh()).await)
        }
    });
    for answer in all(racers).await.into_iter().flatten() {
        if answer.status == StatusCode::OK {
            let tokens = Tokens(answer.json());
            assert!(!scene.app.accepted(tokens.access()).await, "issued before, dead after");
            assert!(!scene.app.is_active(tokens.refresh()).await);
        } else {
            answer.refused(400, "invalid_grant");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_is_revoked_by_many_at_once() {
    let scene = patient();
    let first = scene.tokens("openid offline_access").await;
    for token in [first.access(), first.refresh()] {
        let racers = (0..16).map(|_| {
            let (app, token) = (scene.app.clone(), token.to_owned());
            async move { app.ask("/revoke", &[("token", &token)]).await }
        });
        for answer in all(racers).await {
            assert_eq!(answer.status, StatusCode::OK, "RFC 7009, 2.2: {}", answer.body);
        }
        assert!(!scene.app.is_active(token).await);
    }
    scene.daemon.has_no_errors();
}

/// A third-party application, and a browser that stands before its consent page.
async fn before_consent(scene: &Scene, more: &[(&str, &str)]) -> (App, crate::support::SignIn, Page) {
    let app = App::with(&scene.daemon, &[]);
    let (sign_in, page) = app.authorize(&scene.browser, "openid email", more).await;
    let page = if page.is_login() {
        scene.browser.sign_in(&page, USERNAME, PASSWORD).await
    } else {
        page
    };
    assert!(page.is_consent(), "{} {}", page.url, page.body);
    (app, sign_in, page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_consent_is_given_once() {
    let scene = patient();
    // A second press of the button starts the flow again: with prompt=consent the person is asked again.
    let (app, sign_in, page) = before_consent(&scene, &[("prompt", "consent")]).await;
    let racers = (0..8).map(|_| {
        let (browser, page) = (scene.browser.clone(), page.clone());
        async move { browser.submit(&page, &[("decision", "allow")]).await }
    });
    let answers = all(racers).await;
    let codes: Vec<String> = answers
        .iter()
        .filter_map(|answer| answer.redirect_param("code"))
        .collect();
    assert_eq!(codes.len(), 1, "one yes, one code");
    assert_eq!(answers.iter().filter(|answer| answer.is_consent()).count(), 7);
    let tokens = app.redeem(&sign_in, &codes[0]).await;
    assert!(app.accepted(tokens.access()).await);
    // A no after the yes is a no, and takes nothing back.
    let again = scene.browser.submit(&page, &[("decision", "deny")]).await;
    assert_eq!(again.redirect_error(&app, &sign_in), "access_denied");
    assert!(app.accepted(tokens.access()).await);
    scene.daemon.has_no_errors();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_double_press_of_allow_never_strands_the_person() {
    let scene = patient();
    let (app, sign_in, page) = before_consent(&scene, &[]).await;
    let racers = (0..4).map(|_| {
        let (browser, page) = (scene.browser.clone(), page.clone());
        async move { browser.submit(&page, &[("decision", "allow")]).await }
    });
    let mut codes = BTreeSet::new();
    for answer in all(racers).await {
        codes.insert(app.code_of(&answer, &sign_in));
    }
    assert_eq!(codes.len(), 4, "each way back has its own code");
    for code in codes {
        let tokens = app.redeem(&sign_in, &code).await;
        assert!(app.accepted(tokens.access()).await);
    }
}

#[tokio::test]
async fn a_consent_page_belongs_to_the_browser_that_was_asked() {
    let scene = patient();
    let (app, _, page) = before_consent(&scene, &[]).await;
    // Threats 30: a stranger who learned the interaction, and has a session of his own.
    scene.daemon.add_user("mallory", "correct horse", &[]);
    let stranger = scene.other_browser();
    let own = app.begin("openid", &[("prompt", "consent")]);
    let login = stranger.get(&own.url).await;
    let own_page = stranger.sign_in(&login, "mallory", "correct horse").await;
    let mut fields = page.form().fields;
    fields.insert("csrf".to_owned(), own_page.form().fields["csrf"].clone());
    for csrf in [
        own_page.form().fields["csrf"].clone(),
        page.form().fields["csrf"].clone(),
    ] {
        fields.insert("csrf".to_owned(), csrf);
        let form: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = stranger
            .post("/consent", &[&form[..], &[("decision", "allow")]].concat())
            .await;
        answer.is_error_page(410);
    }
    // And a form of another site, which has no proof: nothing happens, the page is shown again.
    let form = page.form().fields;
    let answer = scene
        .browser
        .post(
            "/consent",
            &[("interaction", &form["interaction"]), ("decision", "allow")],
        )
        .await;
    assert!(answer.is_consent());
}

#[tokio::test]
async fn secrets_of_a_flow_have_256_bits_and_never_repeat() {
    let scene = patient();
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let (sign_in, code) = scene.code("openid offline_access").await;
        let tokens = scene.app.redeem(&sign_in, &code).await;
        let refresh_token = tokens.refresh().to_owned();
        for secret in [code, refresh_token] {
            assert_eq!(secret.len(), 43, "32 bytes in base64url");
            assert!(seen.insert(secret));
        }
        for token in [tokens.access(), tokens.id()] {
            let jti = jwt::claims(token)["jti"].clone();
            assert!(matches!(&jti, Value::String(jti) if seen.insert(jti.clone())), "{jti}");
        }
    }
}

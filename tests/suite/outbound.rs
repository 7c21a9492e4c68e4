//! The guard before everything that strangers can have fetched, against a server that does not behave
//! (RFC 9700, 4.9.2; issue: outbound guard). Which addresses are refused stands beside the code.

use std::{sync::Arc, time::Duration};

use avouch::{
    clock::ManualClock,
    config::{Config, Source},
    outbound::{FetchError, Limits, Outbound},
    protocol::Timestamp,
};
use serde_json::json;

use crate::support::{
    Partner,
    partner::{Answer, Asked},
};

/// A guard that may ask the partner, and its clock.
fn guard(partner: &Partner, more: &[(&str, &str)]) -> (Outbound, Arc<ManualClock>) {
    let settings = [
        ("CA_FILE", partner.ca_file()),
        ("ALLOWED_HOSTS", partner.host()),
        ("TIMEOUT", "20s".to_owned()),
    ];
    let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let mut env: Vec<(String, String)> = Vec::new();
    for (name, value) in settings.into_iter().chain(more) {
        let name = format!("AVOUCH__OUTBOUND__{name}");
        env.retain(|(known, _)| *known != name);
        env.push((name, value));
    }
    let config = Config::parse(&Source { file: None, env }).unwrap().outbound;
    let clock = Arc::new(ManualClock::new(Timestamp::from_unix(1_000_000)));
    (Outbound::new(&config, clock.clone()).unwrap(), clock)
}

fn keys(kid: &str) -> serde_json::Value {
    json!({ "keys": [{ "kty": "EC", "kid": kid, "crv": "P-256", "x": "eA", "y": "eQ" }] })
}

#[tokio::test]
async fn a_document_of_an_allowed_host_is_fetched() {
    let partner = Partner::start();
    let (guard, _) = guard(&partner, &[]);
    partner.serve(
        "/a",
        Answer::of("Application/JSON; charset=utf-8", "{}").header("Cache-Control", "public, max-age=7"),
    );
    let fetched = guard.get(&partner.url("/a?b=c#d"), Limits::JSON).await.unwrap();
    assert_eq!(fetched.media_type, "application/json");
    assert_eq!(fetched.body, b"{}");
    assert_eq!(fetched.max_age, Some(Duration::from_secs(7)));
    let [
        Asked {
            method, path, headers, ..
        },
    ] = &partner.asked("/a")[..]
    else {
        panic!("asked once");
    };
    assert_eq!((method.as_str(), path.as_str()), ("GET", "/a?b=c"));
    assert_eq!(headers["accept"], "application/json");
    for absent in ["cookie", "authorization", "referer", "accept-encoding"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn a_server_that_misbehaves_is_a_failure_and_is_not_asked_again() {
    let partner = Partner::start();
    let (guard, _) = guard(&partner, &[("MAX_BYTES", "2KiB"), ("TIMEOUT", "2s")]);
    let target = partner.url("/target");
    partner.serve_json("/target", &json!({}));
    let spaces = " ".repeat(2049);
    for (path, answer) in [
        ("/redirect", Answer::redirect(&target)),
        ("/see-other", Answer::status(303).header("Location", &target)),
        ("/permanent", Answer::status(308).header("Location", &target)),
        ("/missing", Answer::status(404)),
        ("/created", Answer::status(201)),
        ("/no-content", Answer::status(204)),
        ("/error", Answer::status(500)),
        ("/large", Answer::of("application/json", spaces.as_str())),
        ("/endless", Answer::of("application/json", "").endless()),
        ("/stalled", Answer::of("application/json", "{}").stalled()),
        (
            "/compressed",
            Answer::of("application/json", "x").header("Content-Encoding", "gzip"),
        ),
    ] {
        partner.serve(path, answer);
        for _ in 0..2 {
            let refused = guard.get(&partner.url(path), Limits::JSON).await;
            assert_eq!(refused, Err(FetchError::Failed), "{path}");
        }
        assert_eq!(partner.hits(path), 1, "{path}");
    }
    assert_eq!(partner.hits("/target"), 0, "no redirect is followed");
}

#[tokio::test]
async fn a_limit_of_the_caller_counts_when_it_is_the_smaller_one() {
    let partner = Partner::start();
    let (guard, _) = guard(&partner, &[]);
    partner.serve("/three", Answer::of("text/plain", "abc"));
    let limits = |max_bytes| Limits {
        accept: "text/plain",
        max_bytes,
    };
    assert!(guard.get(&partner.url("/three"), limits(3)).await.is_ok());
    assert_eq!(
        guard.get(&partner.url("/three?again"), limits(2)).await,
        Err(FetchError::Failed)
    );
}

#[tokio::test]
async fn a_certificate_of_a_foreign_authority_is_not_believed() {
    let (partner, stranger) = (Partner::start(), Partner::start());
    let (guard, _) = guard(&partner, &[("ALLOWED_HOSTS", "localhost")]);
    stranger.serve_json("/a", &json!({}));
    assert_eq!(
        guard.get(&stranger.url("/a"), Limits::JSON).await,
        Err(FetchError::Failed)
    );
    assert_eq!(
        stranger.all_hits(),
        0,
        "nothing is said to a host that cannot show who it is"
    );
}

#[tokio::test]
async fn a_host_that_was_not_allowed_is_not_asked() {
    let partner = Partner::start();
    partner.serve_json("/a", &json!({}));
    let (strict, _) = guard(&partner, &[("ALLOWED_HOSTS", "")]);
    for url in [partner.url("/a"), partner.url_by_address("/a")] {
        assert!(
            matches!(strict.get(&url, Limits::JSON).await, Err(FetchError::Url(_))),
            "{url}"
        );
    }
    let (guard, _) = guard(&partner, &[]);
    let by_address = guard.get(&partner.url_by_address("/a"), Limits::JSON).await;
    assert!(
        matches!(by_address, Err(FetchError::Url(_))),
        "another name is another host"
    );
    let neighbour = Partner::of(partner.authority());
    let at_another_port = guard.get(&neighbour.url("/a"), Limits::JSON).await;
    assert!(
        matches!(at_another_port, Err(FetchError::Url(_))),
        "another port is another host"
    );
    assert_eq!(neighbour.all_hits(), 0);
    assert_eq!(partner.all_hits(), 0);
}

#[tokio::test]
async fn a_form_is_posted_and_its_status_told_without_following_it() {
    let partner = Partner::start();
    let (guard, _) = guard(&partner, &[]);
    let target = partner.url("/target");
    for (path, answer, status) in [
        ("/ok", Answer::status(200), 200),
        ("/no-content", Answer::status(204), 204),
        ("/bad", Answer::status(400), 400),
        ("/moved", Answer::status(307).header("Location", &target), 307),
        ("/endless", Answer::of("text/plain", "").endless(), 200),
    ] {
        partner.serve(path, answer);
        let told = guard
            .post_form(&partner.url(path), &[("logout_token", "a b&c=d")])
            .await;
        assert_eq!(told, Ok(status), "{path}");
        let asked = &partner.wait_for(path, 1).await[0];
        assert_eq!(asked.method, "POST");
        assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(asked.form()["logout_token"], "a b&c=d");
    }
    assert_eq!(partner.hits("/target"), 0);
}

#[tokio::test]
async fn a_cached_document_is_fetched_once_for_all_until_its_life_is_over() {
    let partner = Partner::start();
    let (guard, clock) = guard(&partner, &[]);
    let url = partner.url("/a");
    partner.serve("/a", Answer::json(&json!({})).header("Cache-Control", "max-age=120"));
    let get = || guard.get_cached(&url, Limits::JSON);
    let (a, b, c) = tokio::join!(get(), get(), get());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    clock.advance(Duration::from_secs(119));
    get().await.unwrap();
    assert_eq!(partner.hits("/a"), 1);
    clock.advance(Duration::from_secs(1));
    get().await.unwrap();
    assert_eq!(partner.hits("/a"), 2);
    guard.reject(&url, Limits::JSON);
    assert_eq!(
        get().await.unwrap_err(),
        FetchError::Failed,
        "its reader found it useless"
    );
    assert_eq!(partner.hits("/a"), 2);
}

/// Threats 12: else a stranger whose logo or key set is another client's document would take it away from everybody.
#[tokio::test]
async fn a_url_that_was_useless_or_too_long_for_one_purpose_is_good_for_another() {
    let partner = Partner::start();
    let (guard, _) = guard(&partner, &[]);
    let image = |max_bytes| Limits {
        accept: "image/png",
        max_bytes,
    };
    let url = partner.url("/document");
    partner.serve_json("/document", &json!({}));
    guard.get_cached(&url, Limits::JSON).await.unwrap();
    guard.get_cached(&url, image(99)).await.unwrap();
    guard.reject(&url, image(99));
    assert_eq!(guard.get_cached(&url, image(99)).await.unwrap_err(), FetchError::Failed);
    assert_eq!(guard.get(&url, image(1)).await, Err(FetchError::Failed));
    assert_eq!(guard.jwks(&url, None).await.unwrap_err(), FetchError::Unusable);
    assert!(guard.get_cached(&url, Limits::JSON).await.is_ok(), "still kept");
    assert!(guard.get(&url, Limits::JSON).await.is_ok(), "still asked for");
    let url = partner.url("/keys");
    partner.serve_json("/keys", &keys("one"));
    guard.reject(&url, image(99));
    assert!(guard.jwks(&url, Some("one")).await.is_ok());
}

#[tokio::test]
async fn keys_are_fetched_again_for_an_unknown_kid_after_a_cool_down() {
    let partner = Partner::start();
    let (guard, clock) = guard(&partner, &[("JWKS_REFRESH_DELAY", "60s")]);
    let url = partner.url("/keys");
    partner.serve_json("/keys", &keys("old"));
    let knows = async |kid: &str| {
        let jwks = guard.jwks(&url, Some(kid)).await.unwrap();
        jwks.candidates(Some(kid), "EC").count() == 1
    };
    assert!(knows("old").await);
    partner.serve_json("/keys", &keys("new"));
    clock.advance(Duration::from_secs(59));
    assert!(!knows("new").await, "strangers who invent names do not make us ask");
    assert_eq!(partner.hits("/keys"), 1);
    clock.advance(Duration::from_secs(1));
    assert!(knows("old").await, "a known name is no reason to ask");
    assert_eq!(partner.hits("/keys"), 1);
    let (a, b) = tokio::join!(knows("new"), knows("newer"));
    assert!(a && !b);
    assert_eq!(partner.hits("/keys"), 2, "one fetch for both");
    assert!(!knows("old").await, "a key that was taken back is gone");
}

#[tokio::test]
async fn keys_at_hand_serve_while_their_host_is_down_but_not_beyond_their_life() {
    let partner = Partner::start();
    let (guard, clock) = guard(&partner, &[("RETRY_DELAY", "10s")]);
    let url = partner.url("/keys");
    partner.serve_json("/keys", &keys("a"));
    guard.jwks(&url, Some("a")).await.unwrap();
    partner.serve("/keys", Answer::status(503));
    clock.advance(Duration::from_mins(30));
    for _ in 0..3 {
        assert!(guard.jwks(&url, Some("b")).await.is_ok());
    }
    assert_eq!(partner.hits("/keys"), 2, "the failure is remembered as well");
    clock.advance(Duration::from_mins(30));
    assert_eq!(guard.jwks(&url, Some("a")).await, Err(FetchError::Failed));
}

#[tokio::test]
async fn what_is_no_set_of_public_keys_is_useless_and_not_asked_for_again() {
    let partner = Partner::start();
    let (guard, _) = guard(&partner, &[]);
    for (path, answer) in [
        ("/html", Answer::of("text/html", "<p>")),
        ("/shape", Answer::json(&json!({ "keys": {} }))),
        (
            "/secret",
            Answer::json(&json!({ "keys": [{ "kty": "oct", "k": "AA" }] })),
        ),
    ] {
        partner.serve(path, answer);
        let url = partner.url(path);
        assert_eq!(guard.jwks(&url, None).await, Err(FetchError::Unusable), "{path}");
        assert_eq!(guard.jwks(&url, None).await, Err(FetchError::Failed), "{path}");
        assert_eq!(partner.hits(path), 1, "{path}");
    }
}

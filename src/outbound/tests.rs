//! What can be seen of the guard without a server. With one: `tests/suite/outbound.rs`.

use std::net::IpAddr;

use super::*;
use crate::{
    clock::ManualClock,
    config::{Config, Source},
};

fn outbound(
    env: &[(&str, &str)],
    found: &'static [&'static str],
) -> (Outbound, Arc<Mutex<Vec<String>>>, Arc<ManualClock>) {
    let env = env
        .iter()
        .map(|(name, value)| (format!("AVOUCH__OUTBOUND__{name}"), (*value).to_owned()));
    let source = Source {
        env: env.collect(),
        ..Source::default()
    };
    let config = Config::parse(&source).unwrap().outbound;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let names = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |name| {
        names.lock().unwrap().push(name);
        let addresses: Vec<IpAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
        Box::pin(async move { Ok(addresses) })
    });
    let clock = Arc::new(ManualClock::new(Timestamp::from_unix(0)));
    let outbound = Outbound::with_lookup(&config, clock.clone(), &lookup).unwrap();
    (outbound, asked, clock)
}

fn asked(names: &Mutex<Vec<String>>) -> usize {
    names.lock().unwrap().len()
}

#[tokio::test]
async fn a_name_with_a_private_address_is_a_failure_like_any_other() {
    for found in [&["127.0.0.1"][..], &["1.1.1.1", "::1"], &[]] {
        let (outbound, names, _) = outbound(&[], found);
        let refused = outbound.get("https://rebind.example/", Limits::JSON).await;
        assert_eq!(refused, Err(FetchError::Failed));
        assert_eq!(
            asked(&names),
            1,
            "resolved once: what was looked at is what would be used"
        );
        assert_eq!(outbound.counts(), (0, 1));
        assert_eq!(
            outbound.post_form("https://rebind.example/", &[]).await,
            Err(FetchError::Failed)
        );
        assert_eq!(
            outbound.jwks("https://rebind.example/keys", None).await,
            Err(FetchError::Failed)
        );
    }
}

#[tokio::test]
async fn an_address_in_place_of_a_name_is_refused_before_anything_is_asked() {
    let (outbound, names, _) = outbound(&[], &["1.1.1.1"]);
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "http://app.example/",
    ] {
        assert!(matches!(outbound.permits(url), Err(FetchError::Url(_))), "{url}");
        assert!(
            matches!(outbound.get(url, Limits::JSON).await, Err(FetchError::Url(_))),
            "{url}"
        );
        assert!(
            matches!(outbound.post_form(url, &[]).await, Err(FetchError::Url(_))),
            "{url}"
        );
        assert!(
            matches!(outbound.jwks(url, None).await, Err(FetchError::Url(_))),
            "{url}"
        );
    }
    assert_eq!(asked(&names), 0);
    assert_eq!(outbound.counts(), (0, 0));
}

#[tokio::test]
async fn a_url_that_failed_is_not_asked_again_for_a_while() {
    let (outbound, names, clock) = outbound(&[("RETRY_DELAY", "30s")], &["10.0.0.1"]);
    let get = async |url| outbound.get(url, Limits::JSON).await;
    assert_eq!(get("https://app.example/a#b").await, Err(FetchError::Failed));
    clock.advance(Duration::from_secs(29));
    assert_eq!(get("https://app.example/a").await, Err(FetchError::Failed));
    assert_eq!(asked(&names), 1, "a fragment makes no other document");
    assert_eq!(get("https://app.example/b").await, Err(FetchError::Failed));
    assert_eq!(asked(&names), 2, "another URL has a chance of its own");
    clock.advance(Duration::from_secs(1));
    assert_eq!(get("https://app.example/a").await, Err(FetchError::Failed));
    assert_eq!(asked(&names), 3);
}

#[test]
fn what_a_stranger_hears_of_a_failure_is_one_sentence() {
    assert_eq!(FetchError::Failed.to_string(), "the document could not be fetched");
}

#[test]
fn cache_control_is_read_as_it_is_written() {
    let seconds = |number| Some(Duration::from_secs(number));
    for (header, expected) in [
        ("max-age=60", seconds(60)),
        ("public, Max-Age=\"60\"", seconds(60)),
        ("max-age=60, no-store", seconds(0)),
        ("no-cache", seconds(0)),
        ("s-maxage=60", None),
        ("max-age=x", None),
        ("", None),
    ] {
        assert_eq!(max_age(header), expected, "{header}");
    }
}

#[test]
fn an_answer_lives_as_it_says_within_bounds() {
    let (outbound, _, _) = outbound(&[("CACHE_LIFETIME", "10m"), ("JWKS_REFRESH_DELAY", "1m")], &[]);
    for (said, kept) in [(None, 600), (Some(0), 60), (Some(90), 90), (Some(86_400), 600)] {
        let life = outbound.life(said.map(Duration::from_secs));
        assert_eq!(life, Duration::from_secs(kept), "{said:?}");
    }
}

#[test]
fn a_file_of_authorities_must_hold_some() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let open = || {
        let config = config::Outbound {
            ca_file: Some(file.clone()),
            ..Config::parse(&Source::default()).unwrap().outbound
        };
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix(0)));
        Outbound::new(&config, clock)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert!(open().unwrap_err().contains("ca.pem"));
    std::fs::write(&file, "nothing").unwrap();
    assert!(open().unwrap_err().contains("no certificate"));
}

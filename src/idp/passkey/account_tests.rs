//! What no door can bring about: a person without a password, and a sign-in that was long ago.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use super::*;
use crate::{
    clock::Clock,
    config::{Config, Source},
    model::{
        factor::{Proof, Shown},
        user::{Password, tests::alice},
    },
    protocol::Timestamp,
    secret::{self, Secret},
};

#[derive(Clone)]
struct Hand(Arc<Mutex<Timestamp>>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A provider, its clock, and alice's browser, in which she has just signed in with one of her passkeys.
async fn scene(passkeys: &[&str], has_password: bool) -> (Arc<Idp>, Hand, Browser, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let env = [
        ("AVOUCH__STORE__URL", "memory:".to_owned()),
        ("AVOUCH__KEYS__DIR", folder.path().display().to_string()),
    ];
    let source = Source {
        env: env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..Source::default()
    };
    let clock = Hand(Arc::new(Mutex::new(Timestamp::from_unix(1_000_000))));
    let idp = Idp::open(Config::parse(&source).unwrap(), Arc::new(clock.clone()))
        .await
        .unwrap();
    let now = clock.now();
    let mut work = Work::default();
    work.insert(&alice()).unwrap();
    if has_password {
        let password = Password {
            user_id: "u1".to_owned(),
            hash: Secret::new("x".to_owned()),
            changed_at: now,
        };
        work.insert(&password).unwrap();
    }
    for id in passkeys {
        work.insert(&passkey(id)).unwrap();
    }
    let shown = vec![Shown {
        proof: Proof::Passkey { user_verified: true },
        at: now,
    }];
    work.insert(&Session {
        cookie_digest: secret::digest("cookie"),
        sid: "s1".to_owned(),
        user_id: "u1".to_owned(),
        epoch: 0,
        authentication: Shown::authentication(&shown),
        shown,
        created_at: now,
        expires_at: now + Duration::from_hours(24),
        participants: Vec::new(),
        user_agent: None,
        address: None,
    })
    .unwrap();
    idp.commit(work).await.unwrap();
    let browser = Browser {
        session: Some(Secret::new("cookie".to_owned())),
        binding: Secret::new("binding".to_owned()),
        address: "127.0.0.1".parse().unwrap(),
        user_agent: None,
        remembered: None,
    };
    (idp, clock, browser, folder)
}

fn passkey(id: &str) -> Passkey {
    Passkey {
        id: id.to_owned(),
        user_id: "u1".to_owned(),
        rp_id: if id == "elsewhere" { "example.com" } else { "localhost" }.to_owned(),
        credential_id: id.to_owned(),
        public_key: serde_json::Value::Null,
        counter: 0,
        user_verified: true,
        backup_eligible: false,
        backed_up: false,
        transports: Vec::new(),
        aaguid: String::new(),
        name: id.to_owned(),
        created_at: Timestamp::from_unix(1),
        last_used_at: None,
        suspected_at: (id == "suspected").then(|| Timestamp::from_unix(2)),
    }
}

#[tokio::test]
async fn the_last_way_in_stays() {
    for (passkeys, has_password, goes) in [
        (&["one"][..], false, false),
        (&["one", "suspected"], false, false),
        (&["one", "elsewhere"], false, false),
        (&["one", "two"], false, true),
        (&["one"], true, true),
    ] {
        let (idp, _, browser, _folder) = scene(passkeys, has_password).await;
        let removed = idp.remove_passkey("one", &browser).await;
        assert_eq!(removed.is_ok(), goes, "{passkeys:?} {has_password}: {removed:?}");
        assert_eq!(
            matches!(removed, Err(Error::Invalid { field: "passkey", .. })),
            !goes,
            "{passkeys:?}"
        );
    }
}

#[tokio::test]
async fn of_two_last_passkeys_removed_at_once_one_stays() {
    let (idp, _, browser, _folder) = scene(&["one", "two"], false).await;
    let (one, two) = tokio::join!(idp.remove_passkey("one", &browser), idp.remove_passkey("two", &browser));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(idp.passkeys_of("u1").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_sign_in_is_recent_for_ten_minutes() {
    let (idp, clock, browser, _folder) = scene(&["one", "two"], true).await;
    let later = clock.now() + Duration::from_mins(10);
    *clock.0.lock().unwrap() = later;
    assert!(idp.my_passkeys(&browser).await.unwrap().is_recent);
    idp.begin_passkey_registration(false, &browser).await.unwrap();
    idp.remove_passkey("one", &browser).await.unwrap();

    *clock.0.lock().unwrap() = later + Duration::from_secs(1);
    // Seen and renamed they can still be.
    assert!(!idp.my_passkeys(&browser).await.unwrap().is_recent);
    idp.rename_passkey("two", "second", &browser).await.unwrap();
    for refused in [
        idp.begin_passkey_registration(false, &browser).await.err(),
        idp.remove_passkey("two", &browser).await.err(),
    ] {
        assert!(matches!(refused, Some(Error::SignInAgain)), "{refused:?}");
    }
}

#[tokio::test]
async fn what_authenticators_may_keep_is_what_signs_in_here() {
    let (idp, _, browser, _folder) = scene(&["one", "suspected", "elsewhere"], true).await;
    let mine = idp.my_passkeys(&browser).await.unwrap();
    assert_eq!(mine.passkeys.len(), 3);
    assert_eq!(mine.accepted.credential_ids, ["one"]);
    assert_eq!(mine.accepted.user_id, Passkey::user_handle("u1"));
}

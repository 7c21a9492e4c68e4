//! What no door can bring about quickly: a sign-in that was long ago, and many who are at it at once.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, Source},
    idp::{
        Browser, Error, Idp,
        admin::{AdminCommand, NewUser},
        login::{Entry, Progress},
    },
    model::{audit::AuditEvent, factor::FactorKind},
    protocol::Timestamp,
    secret::Secret,
};

struct House {
    idp: Arc<Idp>,
    clock: Arc<ManualClock>,
    _dir: tempfile::TempDir,
}

const PASSWORD: fn() -> Secret<String> = || Secret::new("correct horse".to_owned());
const NEW: fn() -> Secret<String> = || Secret::new("battery staple".to_owned());

impl House {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let env = |name: &str, value: &str| (format!("AVOUCH__{name}"), value.to_owned());
        let source = Source {
            file: None,
            env: vec![
                env("KEYS__DIR", dir.path().to_str().unwrap()),
                env("STORE__URL", "memory:"),
                env("LIMITS__LOGIN_EXEMPT", "127.0.0.1"),
            ],
        };
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix(1_800_000_000)));
        let idp = Idp::open(Config::parse(&source).unwrap(), Arc::clone(&clock) as Arc<dyn Clock>)
            .await
            .unwrap();
        Self { idp, clock, _dir: dir }
    }

    async fn add(&self, username: &str) {
        let new = NewUser {
            username: username.to_owned(),
            password: Some(PASSWORD()),
            ..NewUser::default()
        };
        self.idp.execute(AdminCommand::UserAdd(new)).await.unwrap();
    }

    /// A browser in which somebody has just signed in.
    async fn browser(&self, username: &str) -> Browser {
        let stranger = stranger();
        let entry = Entry {
            interaction: None,
            to: None,
            upgrade: false,
        };
        let progress = self
            .idp
            .sign_in(&entry, username, &PASSWORD(), &stranger)
            .await
            .unwrap();
        let Progress::SignedIn(signed_in) = progress else {
            panic!("more is asked for");
        };
        Browser {
            session: Some(signed_in.cookie),
            ..stranger
        }
    }
}

fn stranger() -> Browser {
    Browser {
        session: None,
        remembered: None,
        binding: Secret::new("binding".to_owned()),
        address: "127.0.0.1".parse().unwrap(),
        user_agent: Some("Firefox on Linux".to_owned()),
    }
}

/// Whether each use case that changes a factor, or cannot be undone, asks to sign in again.
async fn refusals(idp: &Idp, browser: &Browser) -> Vec<(&'static str, bool)> {
    fn asks<T>(outcome: &Result<T, Error>) -> bool {
        matches!(outcome, Err(Error::SignInAgain))
    }
    let code = Secret::new("000000".to_owned());
    vec![
        ("begin an app", asks(&idp.begin_own_totp(browser).await)),
        ("confirm an app", asks(&idp.confirm_own_totp(&code, browser).await)),
        (
            "remove a factor",
            asks(&idp.remove_own_factor(&FactorKind::Totp, browser).await),
        ),
        (
            "remove the password",
            asks(&idp.remove_own_factor(&FactorKind::Password, browser).await),
        ),
        (
            "a second factor",
            asks(&idp.ask_for_passkey_second(true, browser).await),
        ),
        (
            "no second factor",
            asks(&idp.ask_for_passkey_second(false, browser).await),
        ),
        ("recovery codes", asks(&idp.new_own_recovery_codes(browser).await)),
        (
            "the password",
            asks(&idp.change_own_password(&PASSWORD(), &NEW(), browser).await),
        ),
        ("the record", asks(&idp.export_own_record(browser).await)),
        ("leaving", asks(&idp.delete_own_account("alice", browser).await)),
    ]
}

#[tokio::test]
async fn what_concerns_factors_or_cannot_be_undone_asks_for_a_recent_sign_in() {
    let house = House::open().await;
    house.add("alice").await;
    let browser = house.browser("alice").await;
    house.clock.advance(Duration::from_mins(11));
    for (what, asks) in refusals(&house.idp, &browser).await {
        assert!(asks, "{what}");
    }
    for (what, asks) in refusals(&house.idp, &stranger()).await {
        assert!(asks, "{what} by a stranger");
    }
    // Everything is as it was, and what needs no recent sign-in goes on.
    let idp = &house.idp;
    assert!(idp.own_password(&browser).await.unwrap().since.is_some());
    assert!(!idp.own_sign_in_is_recent(&browser).await.unwrap());
    let profile = idp.own_profile(&browser).await.unwrap();
    let typed = Entries::from([("nickname".to_owned(), "Al".to_owned())]);
    let saved = idp
        .change_own_profile(&profile.version, &typed, &browser)
        .await
        .unwrap();
    assert_eq!(saved, Saved::Done);
    assert!(idp.own_overview(&browser).await.is_ok() && idp.own_activity("", &browser).await.is_ok());
    assert!(idp.withdraw_consent("unknown", &browser).await.is_ok());
    // Not even a look for who is not signed in.
    assert!(matches!(idp.own_overview(&stranger()).await, Err(Error::SignInAgain)));
    assert!(matches!(
        idp.own_activity("", &stranger()).await,
        Err(Error::SignInAgain)
    ));
    assert!(matches!(idp.own_profile(&stranger()).await, Err(Error::SignInAgain)));
    assert!(matches!(
        idp.own_applications(&stranger()).await,
        Err(Error::SignInAgain)
    ));
}

#[tokio::test]
async fn a_key_that_was_begun_to_be_set_up_is_not_shown_later_without_a_recent_sign_in() {
    let house = House::open().await;
    house.add("alice").await;
    let browser = house.browser("alice").await;
    house.clock.advance(Duration::from_mins(9));
    house.idp.begin_own_totp(&browser).await.unwrap();
    assert!(house.idp.own_authenticator(&browser).await.unwrap().offer.is_some());
    house.clock.advance(Duration::from_mins(2));
    assert!(house.idp.own_authenticator(&browser).await.unwrap().offer.is_none());
    // Nor in another session: whoever began it there knows the key.
    let elsewhere = house.browser("alice").await;
    assert!(house.idp.own_authenticator(&elsewhere).await.unwrap().offer.is_none());
    let code = Secret::new("000000".to_owned());
    let refused = house.idp.confirm_own_totp(&code, &elsewhere).await.unwrap_err();
    assert!(refused.to_string().contains("Begin again"), "{refused}");
    // Begun there anew it is theirs, until everything of the person ends.
    house.idp.begin_own_totp(&elsewhere).await.unwrap();
    assert!(house.idp.own_authenticator(&elsewhere).await.unwrap().offer.is_some());
    let after = house.idp.change_own_password(&PASSWORD(), &NEW(), &elsewhere).await;
    after.unwrap();
    assert!(house.idp.own_authenticator(&elsewhere).await.unwrap().offer.is_none());
}

#[tokio::test]
async fn a_sign_in_writes_one_event_that_its_person_finds() {
    let house = House::open().await;
    house.add("alice").await;
    let before = house.idp.events_of("nobody", "", 9).await.unwrap();
    assert!(before.is_empty());
    let browser = house.browser("alice").await;
    let activity = house.idp.own_activity("", &browser).await.unwrap();
    let events: Vec<&str> = activity.happenings.iter().map(|it| it.event.as_str()).collect();
    assert_eq!(events, ["login.succeeded", "user.added"]);
    assert_eq!(activity.happenings[0].browser.as_deref(), Some("Firefox on Linux"));
    let all = house
        .idp
        .store
        .list::<AuditEvent>("", 99, house.clock.now())
        .await
        .unwrap();
    assert!(all.iter().all(|event| crate::model::Record::index(&**event).len() <= 1));
    // Kept for 90 days, and then it leaves by itself.
    house.clock.advance(Duration::from_hours(24 * 91));
    let again = house.browser("alice").await;
    assert_eq!(house.idp.own_activity("", &again).await.unwrap().happenings.len(), 1);
}

#[tokio::test]
async fn a_password_guessed_many_times_at_once_closes_the_door_for_the_right_one() {
    let house = House::open().await;
    house.add("alice").await;
    let browser = house.browser("alice").await;
    let guess = NEW();
    let wrong: Vec<_> = (0..20)
        .map(|_| house.idp.change_own_password(&guess, &guess, &browser))
        .collect();
    let outcomes = futures_util::future::join_all(wrong).await;
    assert!(outcomes.iter().all(Result::is_err));
    let right = house.idp.change_own_password(&PASSWORD(), &NEW(), &browser).await;
    assert!(matches!(right, Err(Error::TooMany { .. })), "{right:?}");
}

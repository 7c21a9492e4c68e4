//! Links and letters below the doors: what no browser can bring about.

use std::{sync::Arc, time::Duration};

use super::{link::Bound, *};
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, Source},
    idp::{Browser, account::Ending},
    model::{
        factor::{Proof, Shown},
        mail::{FactorChange, Purpose},
        session::Session,
        user::tests::alice,
    },
    secret::{self, Secret},
};

struct Stage {
    idp: Arc<Idp>,
    clock: Arc<ManualClock>,
    _keys: tempfile::TempDir,
}

const BEGUN: i64 = 1_000_000;

impl Stage {
    /// A provider that keeps nothing, whose mail server is a port at which nobody listens.
    async fn start() -> Self {
        let keys = tempfile::tempdir().unwrap();
        let mail = "[mail]\nhost = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\nfrom = \"no-reply@example.com\"\n";
        let source = Source {
            file: Some(("avouch.toml".into(), mail.to_owned())),
            env: vec![
                ("AVOUCH__STORE__URL".to_owned(), "memory:".to_owned()),
                ("AVOUCH__KEYS__DIR".to_owned(), keys.path().display().to_string()),
            ],
        };
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix(BEGUN)));
        let idp = Idp::open(Config::parse(&source).unwrap(), clock.clone()).await.unwrap();
        let mut work = Work::default();
        work.insert(&alice()).unwrap();
        idp.commit(work).await.unwrap();
        Self {
            idp,
            clock,
            _keys: keys,
        }
    }

    async fn link(&self, bound: Bound<'_>) -> Link {
        let mut work = Work::default();
        let link = self.idp.new_link(&mut work, bound).await.unwrap();
        self.idp.commit(work).await.unwrap();
        link
    }

    async fn user(&self) -> Loaded<User> {
        self.idp.user("alice").await.unwrap()
    }

    async fn change(&self, change: impl FnOnce(&mut User)) {
        let loaded = self.user().await;
        let mut user = loaded.to_value();
        change(&mut user);
        let mut work = Work::default();
        work.update(&loaded, &user).unwrap();
        self.idp.commit(work).await.unwrap();
    }

    /// Alice's browser, where she signed in at this moment.
    async fn browser(&self) -> Browser {
        let now = self.clock.now();
        let cookie = secret::random();
        let mut work = Work::default();
        work.insert(&Session {
            cookie_digest: secret::digest(&cookie),
            sid: secret::random_id(),
            user_id: "u1".to_owned(),
            epoch: self.user().await.epoch,
            authentication: Shown::authentication(&[Shown {
                proof: Proof::Password,
                at: now,
            }]),
            shown: Vec::new(),
            created_at: now,
            expires_at: now + Duration::from_hours(24),
            participants: Vec::new(),
            user_agent: None,
            address: None,
        })
        .unwrap();
        self.idp.commit(work).await.unwrap();
        Browser {
            session: Some(Secret::new(cookie)),
            ..stranger()
        }
    }

    async fn errands(&self) -> Vec<Errand> {
        let errands = self.idp.store.list::<Errand>("", 100, self.clock.now()).await.unwrap();
        errands.into_iter().map(Loaded::into_value).collect()
    }

    async fn live(&self, purpose: Purpose) -> Link {
        self.idp.live_link(purpose, "u1").await.unwrap().unwrap().into_value()
    }

    fn token(&self, link: &Link) -> String {
        self.idp.link_token(link).expose().clone()
    }
}

fn stranger() -> Browser {
    Browser {
        remembered: None,
        session: None,
        binding: Secret::new("binding".to_owned()),
        address: "127.0.0.1".parse().unwrap(),
        user_agent: None,
    }
}

fn bound(purpose: Purpose) -> Bound<'static> {
    Bound {
        purpose,
        subject: "u1",
        address: EmailAddress::parse("alice@example.com").ok(),
        former: alice().email,
        epoch: Some(0),
        lifetime: Duration::from_mins(30),
    }
}

fn is_gone<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::LinkGone))
}

#[tokio::test]
async fn a_token_is_not_in_the_store_and_works_for_its_purpose_alone() {
    let stage = Stage::start().await;
    let link = stage.link(bound(Purpose::ResetPassword)).await;
    let token = stage.token(&link);
    assert_eq!(token.len(), 65);
    assert!(!serde_json::to_string(&link).unwrap().contains(&token[22..]));
    assert_eq!(
        stage.idp.link(Purpose::ResetPassword, &token).await.unwrap().id,
        link.id
    );
    for other in [Purpose::VerifyEmail, Purpose::ConfirmSignUp, Purpose::Invitation] {
        assert!(is_gone(&stage.idp.link(other, &token).await), "{other:?}");
    }
}

#[tokio::test]
async fn a_token_that_was_cut_lengthened_or_changed_is_none() {
    // Threat 19.
    let stage = Stage::start().await;
    let token = stage.token(&stage.link(bound(Purpose::ResetPassword)).await);
    let other = stage.token(
        &stage
            .link(Bound {
                subject: "u2",
                ..bound(Purpose::ResetPassword)
            })
            .await,
    );
    let mixed = format!("{}{}", &token[..22], &other[22..]);
    let mut forged = vec![
        String::new(),
        "é".repeat(40),
        format!("{token}A"),
        format!("A{token}"),
        mixed,
    ];
    forged.extend((0..token.len()).map(|end| token[..end].to_owned()));
    forged.extend((0..token.len()).map(|at| {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    }));
    for forged in forged {
        assert!(
            is_gone(&stage.idp.link(Purpose::ResetPassword, &forged).await),
            "{forged}"
        );
    }
    assert!(stage.idp.link(Purpose::ResetPassword, &token).await.is_ok());
}

#[tokio::test]
async fn a_newer_link_and_the_end_of_its_time_end_a_link() {
    let stage = Stage::start().await;
    let first = stage.token(&stage.link(bound(Purpose::ResetPassword)).await);
    let second = stage.token(&stage.link(bound(Purpose::ResetPassword)).await);
    assert!(is_gone(&stage.idp.link(Purpose::ResetPassword, &first).await));
    stage.clock.advance(Duration::from_mins(30) - Duration::from_secs(1));
    assert!(stage.idp.link(Purpose::ResetPassword, &second).await.is_ok());
    stage.clock.advance(Duration::from_secs(1));
    assert!(is_gone(&stage.idp.link(Purpose::ResetPassword, &second).await));
}

#[tokio::test]
async fn a_link_dies_with_the_address_the_epoch_and_the_user() {
    let stage = Stage::start().await;
    let link = stage.link(bound(Purpose::ResetPassword)).await;
    assert!(stage.idp.user_of_link(&link).await.is_ok());
    stage
        .change(|user| user.email = Some("alice@example.com".to_owned()))
        .await;
    assert!(is_gone(&stage.idp.user_of_link(&link).await), "written in another way");
    stage.change(|user| user.email = alice().email).await;
    stage.change(|user| user.epoch = 1).await;
    assert!(is_gone(&stage.idp.user_of_link(&link).await));
    stage.change(|user| user.epoch = 0).await;
    stage.change(|user| user.disabled = true).await;
    assert!(is_gone(&stage.idp.user_of_link(&link).await));
}

#[tokio::test]
async fn the_proof_of_an_address_survives_an_epoch_and_a_change_does_not() {
    let stage = Stage::start().await;
    stage.change(|user| user.email_verified = false).await;
    let browser = stage.browser().await;
    stage.idp.send_verification(&browser).await.unwrap();
    let own = stage.token(&stage.live(Purpose::VerifyEmail).await);
    stage.change(|user| user.epoch = 1).await;
    stage.idp.verify_address(&own, &stranger()).await.unwrap();
    assert!(stage.user().await.email_verified);

    let browser = stage.browser().await;
    stage.idp.change_address("new@example.com", &browser).await.unwrap();
    let change = stage.token(&stage.live(Purpose::VerifyEmail).await);
    assert!(stage.idp.proving(&change, &browser).await.unwrap().is_change);
    stage.change(|user| user.epoch = 2).await;
    assert!(is_gone(&stage.idp.verify_address(&change, &browser).await));
    assert_eq!(stage.user().await.email, alice().email);
}

#[tokio::test]
async fn an_old_sign_in_changes_no_address_and_proves_one_all_the_same() {
    let stage = Stage::start().await;
    stage.change(|user| user.email_verified = false).await;
    let browser = stage.browser().await;
    stage.clock.advance(Duration::from_hours(2));
    let refused = stage.idp.change_address("new@example.com", &browser).await;
    assert!(matches!(refused, Err(Error::SignInAgain)));
    stage.idp.send_verification(&browser).await.unwrap();
    assert!(
        stage
            .idp
            .own_address(&browser)
            .await
            .unwrap()
            .unwrap()
            .pending
            .is_none()
    );
}

#[tokio::test]
async fn the_letter_of_a_taken_address_goes_to_its_owner_and_looks_the_same_from_here() {
    let stage = Stage::start().await;
    let bob = User {
        id: "u2".to_owned(),
        username: "bob".to_owned(),
        email: Some("bob@example.com".to_owned()),
        ..alice()
    };
    let mut work = Work::default();
    work.insert(&bob).unwrap();
    stage.idp.commit(work).await.unwrap();
    let browser = stage.browser().await;
    stage.idp.change_address("Bob@Example.com", &browser).await.unwrap();
    let pending = stage.idp.own_address(&browser).await.unwrap().unwrap().pending;
    assert_eq!(pending.as_deref(), Some("Bob@example.com"));
    let letters: Vec<(Option<String>, String, Letter)> = stage
        .errands()
        .await
        .into_iter()
        .filter_map(|errand| match errand.task {
            Task::SendMail {
                user_id, to, letter, ..
            } => Some((user_id, to, letter)),
            _ => None,
        })
        .collect();
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(letters.contains(&(
        Some("u2".to_owned()),
        "bob@example.com".to_owned(),
        Letter::AddressTaken
    )));
    assert!(
        letters.iter().all(|(.., letter)| letter.link().is_none()),
        "nobody gets the link"
    );
    // And whoever had it could do nothing with it.
    let token = stage.token(&stage.live(Purpose::VerifyEmail).await);
    assert!(is_gone(&stage.idp.verify_address(&token, &browser).await));
}

#[tokio::test]
async fn a_change_of_address_is_confirmed_by_who_asked_for_it_and_not_by_an_ended_session() {
    let stage = Stage::start().await;
    let browser = stage.browser().await;
    stage.idp.change_address("new@example.com", &browser).await.unwrap();
    let token = stage.token(&stage.live(Purpose::VerifyEmail).await);
    assert!(!stage.idp.proving(&token, &browser).await.unwrap().needs_sign_in);
    assert!(stage.idp.proving(&token, &stranger()).await.unwrap().needs_sign_in);
    let refused = stage.idp.verify_address(&token, &stranger()).await;
    assert!(matches!(refused, Err(Error::SignInAgain)), "{refused:?}");
    assert_eq!(stage.user().await.email, alice().email);
    let gone = stage.browser().await;
    stage.idp.end_own_sessions(&Ending::All, &gone).await.unwrap();
    let refused = stage.idp.verify_address(&token, &gone).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(stage.user().await.email, alice().email);
}

#[tokio::test]
async fn a_letter_whose_link_or_user_is_gone_is_not_sent() {
    let stage = Stage::start().await;
    let to = EmailAddress::parse("alice@example.com").unwrap();
    let link = stage.link(bound(Purpose::ResetPassword)).await;
    let letter = Letter::ResetPassword { link: link.id.clone() };
    let mail = Mail {
        user_id: Some("u1"),
        to: "alice@example.com",
        language: None,
        letter: &letter,
    };
    let written = stage.idp.write_letter(&mail, &to).await.unwrap().unwrap();
    assert!(
        written.text.contains(&stage.token(&link)) && written.text.contains("Hello alice,"),
        "{}",
        written.text
    );
    stage.link(bound(Purpose::ResetPassword)).await;
    assert!(
        stage.idp.write_letter(&mail, &to).await.unwrap().is_none(),
        "a newer one"
    );
    let news = Letter::FactorChanged {
        what: FactorChange::TotpAdded,
        at: stage.clock.now(),
    };
    let mail = Mail { letter: &news, ..mail };
    assert!(stage.idp.write_letter(&mail, &to).await.unwrap().is_some());
    stage.change(|user| user.disabled = true).await;
    assert!(stage.idp.write_letter(&mail, &to).await.unwrap().is_none());
}

#[tokio::test]
async fn a_letter_is_in_the_language_of_its_person_and_names_them_at_their_own_address_only() {
    let stage = Stage::start().await;
    stage.change(|user| user.claims.locale = Some("de-AT".to_owned())).await;
    let user = stage.user().await;
    assert_eq!(stage.idp.language_of(Some(&user), Some("fr")), Language::De);
    assert_eq!(stage.idp.language_of(None, Some("fr")), Language::Fr);
    assert_eq!(stage.idp.language_of(None, None), Language::En);
    let elsewhere = EmailAddress::parse("other@example.com").unwrap();
    let mail = Mail {
        user_id: Some("u1"),
        to: "other@example.com",
        language: None,
        letter: &Letter::AddressTaken,
    };
    let written = stage.idp.write_letter(&mail, &elsewhere).await.unwrap().unwrap();
    assert!(!written.text.contains("alice"), "{}", written.text);
}

#[tokio::test]
async fn what_cannot_be_sent_is_tried_until_its_time_is_over() {
    let stage = Stage::start().await;
    let browser = stage.browser().await;
    stage.idp.change_address("new@example.com", &browser).await.unwrap();
    let errand = stage.errands().await.remove(0);
    let attempt = async || {
        let errand = stage
            .idp
            .store
            .get::<Errand>(&errand.id, stage.clock.now())
            .await
            .unwrap()
            .unwrap();
        let Task::SendMail {
            user_id, to, letter, ..
        } = &errand.task
        else {
            panic!("not a letter")
        };
        let mail = Mail {
            user_id: user_id.as_deref(),
            to,
            language: None,
            letter,
        };
        stage.idp.send_mail(&errand, &mail).await.unwrap()
    };
    let next = attempt().await.expect("another attempt");
    assert_eq!(next, stage.clock.now() + Duration::from_secs(1));
    stage.clock.advance(Duration::from_hours(24));
    // The link has ended by then, or the patience has: either way it is over.
    assert_eq!(attempt().await, None);
    assert!(stage.errands().await.iter().all(|it| it.id != errand.id));
}

#[tokio::test]
async fn a_forgotten_password_is_answered_for_those_who_can_use_it_and_for_nobody_else() {
    let stage = Stage::start().await;
    for (name, change, answered) in [
        ("alice", None, true),
        ("ALICE@example.com", None, true),
        ("nobody", None, false),
        ("alice", Some("disabled"), false),
        ("alice", Some("no address"), false),
    ] {
        stage
            .change(|user| {
                user.disabled = change == Some("disabled");
                user.email = alice().email.filter(|_| change != Some("no address"));
            })
            .await;
        let before = stage.errands().await.len();
        stage.idp.forgot_password(name, &stranger()).await.unwrap();
        let errand = stage
            .errands()
            .await
            .into_iter()
            .find(|it| matches!(it.task, Task::AnswerForgotten { .. }));
        assert_eq!(stage.idp.try_errand(&errand.unwrap().id).await.unwrap(), None);
        let after = stage.errands().await.len();
        assert_eq!(after - before, usize::from(answered), "{name} {change:?}");
    }
}

#[tokio::test]
async fn one_account_gets_only_so_many_letters_whatever_it_is_called() {
    let stage = Stage::start().await;
    let asked = async |name: &str| {
        stage.idp.forgot_password(name, &stranger()).await?;
        let errand = stage
            .errands()
            .await
            .into_iter()
            .find(|it| matches!(it.task, Task::AnswerForgotten { .. }));
        stage.idp.try_errand(&errand.unwrap().id).await
    };
    for _ in 0..5 {
        asked("alice").await.unwrap();
    }
    assert!(matches!(asked("alice").await, Err(Error::TooMany { .. })));
    let before = stage.errands().await.len();
    asked("alice@example.com").await.unwrap();
    assert_eq!(stage.errands().await.len(), before, "asked for, and not sent");
}

#[tokio::test]
async fn a_link_of_the_operator_proves_no_address() {
    let stage = Stage::start().await;
    stage.change(|user| user.email_verified = false).await;
    let answer = stage.idp.user_reset_link("alice").await.unwrap();
    let token = answer["url"]
        .as_str()
        .unwrap()
        .split_once("token=")
        .unwrap()
        .1
        .to_owned();
    let password = Secret::new("a brand new horse".to_owned());
    stage.idp.reset_password(&token, &password, &stranger()).await.unwrap();
    let user = stage.user().await;
    assert_eq!((user.email_verified, user.epoch), (false, 1));
    assert!(is_gone(&stage.idp.reset_password(&token, &password, &stranger()).await));
}

//! Second factors against a store, with a clock that is turned by hand.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Barrier},
    time::Duration,
};

use super::*;
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, Source},
    credential::{qr_code, totp},
    idp::{
        Browser,
        admin::{AdminCommand, NewUser},
    },
    model::{
        audit::AuditEvent,
        factor::{Level, Proof, Step},
    },
    protocol::Timestamp,
    secret::{self, Secret},
};

const CODE: fn(&str) -> Presented = |code| Presented::Totp(Secret::new(code.to_owned()));

struct House {
    idp: Arc<Idp>,
    clock: Arc<ManualClock>,
    user_id: String,
    _dir: tempfile::TempDir,
}

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
        let mut house = Self {
            idp,
            clock,
            user_id: String::new(),
            _dir: dir,
        };
        house.user_id = house.add("alice").await;
        house
    }

    async fn add(&self, username: &str) -> String {
        let new = NewUser {
            username: username.to_owned(),
            password: Some(Secret::new("correct horse".to_owned())),
            ..NewUser::default()
        };
        let made = self.idp.execute(AdminCommand::UserAdd(new)).await.unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// An app that is set up; its secret.
    async fn enrol(&self) -> Vec<u8> {
        let secret = self.begin().await;
        let code = self.code(&secret);
        self.confirm(&code).await.unwrap();
        self.clock.advance(Duration::from_secs(30));
        secret
    }

    async fn begin(&self) -> Vec<u8> {
        let offer = self.idp.begin_totp(&self.user_id, None).await.unwrap();
        decoded(offer.secret.expose())
    }

    async fn confirm(&self, code: &str) -> Result<()> {
        let code = Secret::new(code.to_owned());
        self.idp.confirm_totp(&self.user_id, &code, &browser()).await
    }

    fn code(&self, secret: &[u8]) -> String {
        totp::tests::code_at(secret, self.clock.now())
    }

    async fn verify(&self, presented: &Presented) -> Result<()> {
        self.idp
            .verify_second_factor(&self.user_id, presented, &browser())
            .await
    }

    async fn user(&self) -> User {
        self.idp.account(&self.user_id).await.unwrap().to_value()
    }

    async fn events(&self, name: &str) -> usize {
        let all = self
            .idp
            .store
            .list::<AuditEvent>("", 10_000, self.clock.now())
            .await
            .unwrap();
        all.iter().filter(|event| event.event == name).count()
    }

    /// As many threads at once as there are jobs; how many succeeded.
    fn at_once(&self, jobs: Vec<Presented>) -> usize {
        let start = Arc::new(Barrier::new(jobs.len()));
        let threads: Vec<_> = jobs
            .into_iter()
            .map(|presented| {
                let (idp, user_id, start) = (Arc::clone(&self.idp), self.user_id.clone(), Arc::clone(&start));
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .unwrap();
                    start.wait();
                    runtime
                        .block_on(idp.verify_second_factor(&user_id, &presented, &browser()))
                        .is_ok()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| usize::from(thread.join().unwrap()))
            .sum()
    }
}

fn browser() -> Browser {
    Browser {
        session: None,
        remembered: None,
        user_agent: None,
        binding: Secret::new(secret::random()),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

fn decoded(base32: &str) -> Vec<u8> {
    let bits: Vec<bool> = base32
        .bytes()
        .map(|symbol| {
            if symbol.is_ascii_uppercase() {
                symbol - b'A'
            } else {
                symbol - b'2' + 26
            }
        })
        .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1 == 1))
        .collect();
    bits.chunks_exact(8)
        .map(|byte| byte.iter().fold(0, |value, bit| value << 1 | u8::from(*bit)))
        .collect()
}

fn is_wrong_code(outcome: &Result<()>) -> bool {
    matches!(outcome, Err(Error::Invalid { field: "code", .. }))
}

#[tokio::test]
async fn an_app_counts_from_its_first_code_on() {
    let house = House::open().await;
    let secret = house.begin().await;
    let before = house.idp.factors(&house.user().await).await.unwrap();
    assert_eq!(before.required(), Level::One, "what was only shown asks for nothing");
    let code = house.code(&secret);
    assert!(
        is_wrong_code(&house.verify(&CODE(&code)).await),
        "nor is it good for anything"
    );

    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert!(is_wrong_code(&house.confirm(wrong).await));
    house.confirm(&code).await.unwrap();

    let user = house.user().await;
    let factors = house.idp.factors(&user).await.unwrap();
    assert_eq!(
        (user.second_factors.as_slice(), factors.required()),
        (&[FactorKind::Totp][..], Level::Two)
    );
    assert_eq!(
        factors.next(&[Proof::Password], Level::One),
        Step::Second(vec![FactorKind::Totp])
    );
    assert!(
        is_wrong_code(&house.verify(&CODE(&code)).await),
        "the first code is spent"
    );
    assert!(is_wrong_code(&house.confirm(&code).await), "and the set-up is over");
    house.clock.advance(Duration::from_secs(30));
    house.verify(&CODE(&house.code(&secret))).await.unwrap();
    assert_eq!(
        (house.events("factor.added").await, house.events("factor.used").await),
        (1, 1)
    );
}

#[tokio::test]
async fn what_is_offered_says_the_same_in_three_ways_and_is_sealed_in_the_store() {
    let house = House::open().await;
    let offer = house.idp.begin_totp(&house.user_id, None).await.unwrap();
    let secret = offer.secret.expose();
    assert_eq!(secret.len(), 32);
    assert!(
        offer
            .uri
            .expose()
            .starts_with(&format!("otpauth://totp/avouch:alice?secret={secret}&issuer=avouch"))
    );
    assert_eq!(qr_code::tests::read(offer.qr_code.expose()), *offer.uri.expose());
    assert_eq!(offer.expires_at, house.clock.now() + Duration::from_mins(15));

    let code = house.code(&decoded(secret));
    let begun = house
        .idp
        .store
        .get::<TotpEnrolment>(&house.user_id, house.clock.now())
        .await
        .unwrap()
        .unwrap();
    house.confirm(&code).await.unwrap();
    let kept = house
        .idp
        .store
        .get::<Totp>(&house.user_id, house.clock.now())
        .await
        .unwrap()
        .unwrap();
    for sealed in [&begun.sealed_secret, &kept.sealed_secret] {
        assert!(!sealed.contains(secret));
        let open = |purpose, id: &str| house.idp.master.open(purpose, id, sealed).is_ok();
        assert_eq!(open("totp", &house.user_id), sealed == &kept.sealed_secret);
        assert!(!open("totp", "somebody else"));
    }
}

#[tokio::test]
async fn a_set_up_ends_after_fifteen_minutes_and_by_a_new_one() {
    let house = House::open().await;
    let first = house.begin().await;
    let second = house.begin().await;
    assert_ne!(first, second);
    assert!(is_wrong_code(&house.confirm(&house.code(&first)).await), "replaced");
    house.clock.advance(Duration::from_mins(15));
    assert!(is_wrong_code(&house.confirm(&house.code(&second)).await), "too late");
    assert!(house.user().await.second_factors.is_empty());
}

#[tokio::test]
async fn the_former_app_goes_on_until_the_new_one_is_confirmed() {
    let house = House::open().await;
    let former = house.enrol().await;
    let new = house.begin().await;
    house.verify(&CODE(&house.code(&former))).await.unwrap();
    house.clock.advance(Duration::from_mins(1));
    house.confirm(&house.code(&new)).await.unwrap();
    house.clock.advance(Duration::from_secs(30));
    assert!(is_wrong_code(&house.verify(&CODE(&house.code(&former))).await));
    house.verify(&CODE(&house.code(&new))).await.unwrap();
    assert_eq!(house.user().await.second_factors, [FactorKind::Totp], "listed once");
}

#[tokio::test]
async fn a_code_of_another_person_or_another_step_is_refused() {
    let mut house = House::open().await;
    let secret = house.enrol().await;
    let now = house.code(&secret);
    house.clock.advance(Duration::from_secs(90));
    assert!(is_wrong_code(&house.verify(&CODE(&now)).await), "a stale one");
    let alice = std::mem::take(&mut house.user_id);
    house.user_id = house.add("bob").await;
    assert!(
        is_wrong_code(&house.verify(&CODE(&house.code(&secret))).await),
        "somebody else's"
    );
    house.user_id = alice;
    house.verify(&CODE(&house.code(&secret))).await.unwrap();
}

#[tokio::test]
async fn of_sixty_four_uses_of_one_code_one_succeeds() {
    let house = House::open().await;
    let secret = house.enrol().await;
    let code = house.code(&secret);
    assert_eq!(house.at_once((0..64).map(|_| CODE(&code)).collect()), 1);
    assert_eq!(house.events("factor.used").await, 1);

    let made = house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    // The codes that failed have closed the door for a while.
    house.clock.advance(Duration::from_hours(24));
    let recovery = || Presented::RecoveryCode(made.codes[3].clone());
    assert_eq!(house.at_once((0..64).map(|_| recovery()).collect()), 1);
    assert_eq!(house.idp.recovery_codes_left(&house.user_id).await.unwrap(), 9);
}

#[tokio::test]
async fn ten_codes_used_at_once_are_ten_successes() {
    let house = House::open().await;
    let made = house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    assert_eq!(
        house.at_once(made.codes.into_iter().map(Presented::RecoveryCode).collect()),
        10
    );
    assert_eq!(house.idp.recovery_codes_left(&house.user_id).await.unwrap(), 0);
}

#[tokio::test]
async fn wrong_codes_close_the_door_for_a_while_and_a_right_password_does_not_open_it() {
    let house = House::open().await;
    let secret = house.enrol().await;
    let right = house.code(&secret);
    let wrong = if right == "123456" { "654321" } else { "123456" };
    let free = house.idp.config.limits.login_per_account;
    for _ in 0..free {
        assert!(is_wrong_code(&house.verify(&CODE(wrong)).await));
    }
    assert!(matches!(house.verify(&CODE(&right)).await, Err(Error::TooMany { .. })));
    let password = Secret::new("correct horse".to_owned());
    house
        .idp
        .sign_in(&crate::idp::login::Entry::default(), "alice", &password, &browser())
        .await
        .unwrap();
    assert!(matches!(house.verify(&CODE(&right)).await, Err(Error::TooMany { .. })));
    let recovery = house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    let other = Presented::RecoveryCode(recovery.codes[0].clone());
    assert!(
        matches!(house.verify(&other).await, Err(Error::TooMany { .. })),
        "one count for all kinds"
    );
    house.clock.advance(Duration::from_mins(16));
    house.verify(&other).await.unwrap();
    assert_eq!(house.events("factor.failed").await, usize::try_from(free).unwrap());
}

#[tokio::test]
async fn what_follows_from_a_code_happens_with_it_or_not_at_all() {
    let house = House::open().await;
    let secret = house.enrol().await;
    let code = CODE(&house.code(&secret));
    let refused = house
        .idp
        .spend_second_factor(&house.user_id, &code, &browser(), async |_| {
            Err::<(), _>(Error::InteractionGone)
        })
        .await;
    assert!(matches!(refused, Err(Error::InteractionGone)));
    let done = house
        .idp
        .spend_second_factor(&house.user_id, &code, &browser(), async |work| {
            house.idp.audit(work, Event::new("session.begun"))?;
            Ok(7)
        })
        .await;
    assert_eq!((done.unwrap(), house.events("session.begun").await), (7, 1));
}

#[tokio::test]
async fn a_recovery_code_works_once_for_its_person_and_a_new_set_replaces_the_old() {
    let mut house = House::open().await;
    let first = house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    assert_eq!(first.codes.len(), 10);
    let code = |at: usize| Presented::RecoveryCode(first.codes[at].clone());
    house.verify(&code(0)).await.unwrap();
    assert!(is_wrong_code(&house.verify(&code(0)).await), "used");
    let typed = Presented::RecoveryCode(Secret::new(first.codes[1].expose().to_lowercase().replace('-', " ")));
    house.verify(&typed).await.unwrap();
    assert_eq!(house.idp.recovery_codes_left(&house.user_id).await.unwrap(), 8);

    let alice = std::mem::take(&mut house.user_id);
    house.user_id = house.add("bob").await;
    house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    assert!(is_wrong_code(&house.verify(&code(2)).await), "somebody else's");
    house.user_id = alice;

    let second = house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    assert!(is_wrong_code(&house.verify(&code(2)).await), "of the former set");
    house
        .verify(&Presented::RecoveryCode(second.codes[2].clone()))
        .await
        .unwrap();
    let kept = house
        .idp
        .store
        .get::<RecoveryCodes>(&house.user_id, house.clock.now())
        .await
        .unwrap()
        .unwrap();
    let json = serde_json::to_string(&*kept).unwrap();
    assert!(second.codes.iter().all(|code| !json.contains(code.expose())));
}

#[tokio::test]
async fn a_disabled_person_s_codes_are_worth_nothing_and_are_not_spent() {
    let house = House::open().await;
    let secret = house.enrol().await;
    let user = house.user_id.clone();
    house
        .idp
        .execute(AdminCommand::UserDisable { user: user.clone() })
        .await
        .unwrap();
    let code = CODE(&house.code(&secret));
    assert!(matches!(house.verify(&code).await, Err(Error::Disabled)));
    house.idp.execute(AdminCommand::UserEnable { user }).await.unwrap();
    house.verify(&code).await.unwrap();
}

#[tokio::test]
async fn a_factor_is_removed_with_its_record_and_the_last_way_in_stays() {
    let house = House::open().await;
    house.enrol().await;
    house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    let remove = async |kind: FactorKind| house.idp.remove_factor(&house.user_id, &kind, "operator").await;
    let refused = remove(FactorKind::Password).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "factor", .. })));
    remove(FactorKind::Totp).await.unwrap();
    assert!(matches!(remove(FactorKind::Totp).await, Err(Error::NotFound { .. })));
    remove(FactorKind::RecoveryCodes).await.unwrap();
    let user = house.user().await;
    assert!(user.second_factors.is_empty());
    assert_eq!(house.idp.factors(&user).await.unwrap().required(), Level::One);
    assert!(
        house
            .idp
            .store
            .get::<Totp>(&user.id, house.clock.now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(house.events("factor.removed").await, 2);
    assert!(
        matches!(remove(FactorKind::Password).await, Err(Error::Invalid { .. })),
        "alone, too"
    );
}

#[tokio::test]
async fn a_factor_of_a_later_version_is_required_until_the_operator_removes_it() {
    let house = House::open().await;
    let loaded = house.idp.account(&house.user_id).await.unwrap();
    let strange = FactorKind::from("iris_scan".to_owned());
    let mut work = Work::default();
    Idp::list_second(&mut work, &loaded, &strange).unwrap();
    house.idp.commit(work).await.unwrap();
    let factors = house.idp.factors(&house.user().await).await.unwrap();
    assert_eq!(factors.next(&[Proof::Password], Level::One), Step::Stuck);

    let command = AdminCommand::UserSet {
        user: house.user_id.clone(),
        changes: crate::idp::admin::UserChanges {
            email: Some("alice@example.com".to_owned()),
            ..Default::default()
        },
    };
    house.idp.execute(command).await.unwrap();
    assert_eq!(
        house.user().await.second_factors,
        std::slice::from_ref(&strange),
        "another change keeps it"
    );
    let command = AdminCommand::UserRemoveFactor {
        user: "alice".to_owned(),
        factor: "iris_scan".to_owned(),
    };
    let answer = house.idp.execute(command).await.unwrap();
    assert_eq!(
        (&answer["factors_needed"], &answer["can_sign_in"]),
        (&1.into(), &true.into())
    );
}

#[tokio::test]
async fn a_person_who_is_removed_leaves_no_factor_behind() {
    let house = House::open().await;
    house.enrol().await;
    house.begin().await;
    house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    let user = house.user_id.clone();
    house.idp.execute(AdminCommand::UserRemove { user }).await.unwrap();
    let (store, id, now) = (&house.idp.store, &house.user_id, house.clock.now());
    assert!(store.get::<Password>(id, now).await.unwrap().is_none());
    assert!(store.get::<Totp>(id, now).await.unwrap().is_none());
    assert!(store.get::<TotpEnrolment>(id, now).await.unwrap().is_none());
    assert!(store.get::<RecoveryCodes>(id, now).await.unwrap().is_none());
    assert!(matches!(
        house.idp.begin_totp(id, None).await,
        Err(Error::NotFound { .. })
    ));
}

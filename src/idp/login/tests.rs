//! Sign-ins of several steps against a store, with a clock that is turned by hand.

mod policies;
mod raised;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Barrier},
    time::Duration,
};

use serde_json::{Value, json};

use super::*;
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, Source},
    credential::totp,
    idp::{
        admin::{AdminCommand, NewUser},
        factors::Presented,
        session::Present,
    },
    model::{session::Session, sign_in::RememberedBrowser},
    protocol::{Timestamp, client::ClientMetadata},
    secret,
};

const PASSWORD: &str = "correct horse";
const SECRET: &[u8] = b"12345678901234567890";
/// [`SECRET`] in base32.
const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

pub(super) struct House {
    pub idp: Arc<Idp>,
    pub clock: Arc<ManualClock>,
    pub user_id: String,
    _dir: tempfile::TempDir,
}

impl House {
    /// With alice, who has a password.
    pub async fn open(options: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let env = |name: &str, value: &str| (format!("AVOUCH__{name}"), value.to_owned());
        let mut vars = vec![
            env("KEYS__DIR", dir.path().to_str().unwrap()),
            env("STORE__URL", "memory:"),
            env("LIMITS__LOGIN_EXEMPT", "127.0.0.1"),
        ];
        vars.extend(options.iter().map(|(name, value)| env(name, value)));
        let source = Source { file: None, env: vars };
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
        let new = NewUser {
            username: "alice".to_owned(),
            password: Some(Secret::new(PASSWORD.to_owned())),
            ..NewUser::default()
        };
        let made = house.order(AdminCommand::UserAdd(new)).await;
        made["id"].as_str().unwrap().clone_into(&mut house.user_id);
        house
    }

    /// With an authenticator app beside.
    async fn with_app(options: &[(&str, &str)]) -> Self {
        let house = Self::open(options).await;
        house.import_app().await;
        house
    }

    async fn import_app(&self) {
        let command = AdminCommand::UserImportAuthenticator {
            user: "alice".to_owned(),
            secret: Secret::new(BASE32.to_owned()),
        };
        self.order(command).await;
    }

    pub async fn order(&self, command: AdminCommand) -> Value {
        self.idp.execute(command).await.unwrap()
    }

    async fn sign_in_to(&self, entry: &Entry<'_>, browser: &Browser) -> Result<Progress> {
        let password = Secret::new(PASSWORD.to_owned());
        self.idp.sign_in(entry, "alice", &password, browser).await
    }

    async fn sign_in(&self, browser: &Browser) -> Result<Progress> {
        self.sign_in_to(&Entry::default(), browser).await
    }

    /// The sign-in that waits for a second factor.
    async fn half(&self, browser: &Browser) -> String {
        waiting(self.sign_in(browser).await.unwrap())
    }

    /// A code that was not used yet.
    fn code(&self) -> SecondProof {
        self.clock.advance(Duration::from_secs(30));
        SecondProof::Code(Presented::Totp(Secret::new(totp::tests::code_at(
            SECRET,
            self.clock.now(),
        ))))
    }

    async fn prove(&self, id: &str, browser: &Browser) -> Result<Progress> {
        self.prove_and(id, false, browser).await
    }

    async fn prove_and(&self, id: &str, remember: bool, browser: &Browser) -> Result<Progress> {
        let proved = self.idp.prove_second(id, &self.code(), remember, browser).await;
        proved.map(|(progress, _)| progress)
    }

    /// Signs in with both; the browser with its cookies.
    async fn signed_in(&self, remember: bool) -> Browser {
        let browser = browser();
        let id = self.half(&browser).await;
        with_cookies(&browser, self.prove_and(&id, remember, &browser).await.unwrap())
    }

    async fn present(&self, browser: &Browser) -> Present {
        self.idp.present(browser).await.unwrap().unwrap()
    }

    async fn amr(&self, browser: &Browser) -> Vec<String> {
        self.present(browser).await.session.authentication.amr.clone()
    }

    async fn new_password(&self) {
        let command = AdminCommand::UserPassword {
            user: "alice".to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
        };
        self.order(command).await;
    }
}

pub(super) fn browser() -> Browser {
    Browser {
        session: None,
        remembered: None,
        user_agent: None,
        binding: Secret::new(secret::random()),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

#[track_caller]
fn waiting(progress: Progress) -> String {
    match progress {
        Progress::Second(id) => id,
        Progress::SignedIn(_) => panic!("signed in"),
    }
}

#[track_caller]
fn with_cookies(browser: &Browser, progress: Progress) -> Browser {
    match progress {
        Progress::SignedIn(signed_in) => Browser {
            session: Some(signed_in.cookie),
            remembered: signed_in.remembered.or(browser.remembered.clone()),
            ..browser.clone()
        },
        Progress::Second(_) => panic!("asked for more"),
    }
}

fn is_gone<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::InteractionGone))
}

#[tokio::test]
async fn a_password_alone_does_not_sign_in_an_account_with_an_app() {
    let house = House::with_app(&[]).await;
    let browser = browser();
    let id = house.half(&browser).await;
    assert!(house.idp.present(&browser).await.unwrap().is_none());
    let asked = house.idp.asked_second(&id, &browser).await.unwrap();
    assert_eq!(asked.kinds, [FactorKind::Totp]);
    let browser = with_cookies(&browser, house.prove(&id, &browser).await.unwrap());
    assert_eq!(house.amr(&browser).await, ["pwd", "otp", "mfa"]);
    let present = house.present(&browser).await;
    assert_eq!(
        present.session.authentication.auth_time,
        house.clock.now(),
        "that of the last proof"
    );
    assert_eq!(
        house.clock.now().since(present.session.shown[0].at),
        Duration::from_secs(30)
    );
}

#[tokio::test]
async fn a_sign_in_that_waits_is_good_once_in_its_browser_and_for_ten_minutes() {
    let house = House::with_app(&[]).await;
    let mine = browser();
    let id = house.half(&mine).await;
    assert!(is_gone(&house.prove(&id, &browser()).await), "another browser");
    assert!(is_gone(&house.idp.asked_second(&id, &browser()).await));
    assert!(is_gone(&house.prove("unknown", &mine).await));
    house.prove(&id, &mine).await.unwrap();
    assert!(is_gone(&house.prove(&id, &mine).await), "spent");

    let id = house.half(&mine).await;
    house.clock.advance(Duration::from_mins(10));
    assert!(is_gone(&house.prove(&id, &mine).await), "too old");
    assert!(is_gone(&house.idp.asked_second(&id, &mine).await));
}

#[tokio::test]
async fn what_happens_to_the_account_meanwhile_wins() {
    let house = House::with_app(&[]).await;
    let mine = browser();
    let id = house.half(&mine).await;
    house.new_password().await;
    assert!(is_gone(&house.prove(&id, &mine).await), "another password");

    let id = house.half(&mine).await;
    let user = "alice".to_owned();
    house.order(AdminCommand::UserDisable { user: user.clone() }).await;
    assert!(matches!(house.prove(&id, &mine).await, Err(Error::Disabled)));
    house.order(AdminCommand::UserEnable { user: user.clone() }).await;
    assert!(is_gone(&house.prove(&id, &mine).await), "enabled again");

    let id = house.half(&mine).await;
    let factor = "totp".to_owned();
    house.order(AdminCommand::UserRemoveFactor { user, factor }).await;
    assert!(is_gone(&house.prove(&id, &mine).await), "nothing to ask for");
    with_cookies(&mine, house.sign_in(&mine).await.unwrap());
}

#[tokio::test]
async fn a_password_that_was_replaced_in_the_same_epoch_is_noticed_too() {
    let house = House::with_app(&[]).await;
    let mine = browser();
    let id = house.half(&mine).await;
    house.clock.advance(Duration::from_secs(1));
    let kept = house.idp.store.get::<Password>(&house.user_id, house.clock.now());
    let kept = kept.await.unwrap().unwrap();
    let mut work = Work::default();
    let changed = Password {
        changed_at: house.clock.now(),
        ..kept.to_value()
    };
    work.update(&kept, &changed).unwrap();
    house.idp.commit(work).await.unwrap();
    assert!(is_gone(&house.prove(&id, &mine).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_code_finishes_one_sign_in() {
    let house = Arc::new(House::with_app(&[]).await);
    let mine = browser();
    let id = house.half(&mine).await;
    house.clock.advance(Duration::from_secs(30));
    let code = totp::tests::code_at(SECRET, house.clock.now());
    let start = Arc::new(Barrier::new(8));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (house, id, mine, code, start) = (house.clone(), id.clone(), mine.clone(), code.clone(), start.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                start.wait();
                let proof = SecondProof::Code(Presented::Totp(Secret::new(code)));
                runtime
                    .block_on(house.idp.prove_second(&id, &proof, false, &mine))
                    .is_ok()
            })
        })
        .collect();
    let finished: Vec<bool> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(finished.iter().filter(|is_done| **is_done).count(), 1);
    let sessions = house
        .idp
        .store
        .list::<Session>("", 100, house.clock.now())
        .await
        .unwrap();
    assert_eq!(sessions.len(), 1);
}

#[tokio::test]
async fn wrong_codes_close_the_door_and_a_right_password_does_not_open_it() {
    let house = House::with_app(&[("LIMITS__LOGIN_PER_ACCOUNT", "3")]).await;
    let mine = browser();
    let id = house.half(&mine).await;
    let wrong = SecondProof::Code(Presented::Totp(Secret::new("000000".to_owned())));
    for _ in 0..3 {
        let answer = house.idp.prove_second(&id, &wrong, false, &mine).await;
        assert!(matches!(answer, Err(Error::Invalid { field: "code", .. })));
    }
    let mut last = house.half(&mine).await;
    for _ in 0..8 {
        let answer = house.idp.prove_second(&last, &wrong, false, &mine).await;
        if matches!(answer, Err(Error::TooMany { .. })) {
            return;
        }
        last = house.half(&mine).await;
    }
    panic!("guessing goes on for ever");
}

#[tokio::test]
async fn a_recovery_code_is_told_as_what_it_is_and_buys_no_rest() {
    let house = House::with_app(&[]).await;
    let made = house.idp.new_recovery_codes(&house.user_id, "operator").await.unwrap();
    let mine = browser();
    let id = house.half(&mine).await;
    let asked = house.idp.asked_second(&id, &mine).await.unwrap();
    assert_eq!(asked.kinds, [FactorKind::Totp, FactorKind::RecoveryCodes]);
    let proof = SecondProof::Code(Presented::RecoveryCode(made.codes[0].clone()));
    let (progress, _) = house.idp.prove_second(&id, &proof, true, &mine).await.unwrap();
    let Progress::SignedIn(signed_in) = &progress else {
        panic!()
    };
    assert!(signed_in.by_recovery_code && signed_in.remembered.is_none());
    let mine = with_cookies(&mine, progress);
    assert_eq!(house.amr(&mine).await, ["pwd", "recovery_code", "mfa"]);
    let id = house.half(&mine).await;
    let again = house.idp.prove_second(&id, &proof, false, &mine).await;
    assert!(matches!(again, Err(Error::Invalid { .. })), "each is good once");
}

#[tokio::test]
async fn an_account_whose_second_factor_is_gone_gets_nobody_in() {
    let house = House::with_app(&[]).await;
    let kept = house
        .idp
        .store
        .get::<crate::model::totp::Totp>(&house.user_id, house.clock.now());
    let kept = kept.await.unwrap().unwrap();
    let mut work = Work::default();
    work.delete(&kept).unwrap();
    house.idp.commit(work).await.unwrap();
    assert!(matches!(house.sign_in(&browser()).await, Err(Error::NoWayIn)));
}

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, Source},
    model::{
        audit::AuditEvent,
        factor::{Proof, Shown},
        session::Session,
    },
    protocol::client::ClientMetadata,
};

#[test]
fn an_answer_is_read_as_the_specification_says() {
    for (status, word) in [
        (200, "delivered"),
        (204, "delivered"),
        (400, "refused"),
        (501, "refused"),
        (301, "not now"),
        (302, "not now"),
        (401, "not now"),
        (404, "not now"),
        (429, "not now"),
        (500, "not now"),
        (503, "not now"),
    ] {
        let read = match Answer::of_status(status) {
            Answer::Delivered => "delivered",
            Answer::Refused(_) => "refused",
            Answer::NotNow(_) => "not now",
        };
        assert_eq!(read, word, "{status}");
    }
}

#[tokio::test]
async fn a_client_has_a_lane_of_its_own() {
    let outbox = Outbox::default();
    let (slow, again) = (outbox.lane("slow"), outbox.lane("slow"));
    let _held = (slow.try_acquire().unwrap(), again.try_acquire().unwrap());
    assert!(outbox.lane("slow").try_acquire().is_err());
    assert!(outbox.lane("other").try_acquire().is_ok());
}

#[tokio::test]
async fn lanes_that_nobody_uses_are_not_kept() {
    let outbox = Outbox::default();
    for number in 0..100 {
        outbox.lane(&number.to_string());
    }
    outbox.lane("last");
    assert_eq!(outbox.lanes.lock().unwrap().len(), 1);
}

/// A provider that keeps nothing, and its clock.
struct Stage {
    idp: Arc<Idp>,
    clock: Arc<ManualClock>,
    _keys: tempfile::TempDir,
}

impl Stage {
    async fn open() -> Self {
        let keys = tempfile::tempdir().unwrap();
        let set = |name: &str, value: &str| (format!("AVOUCH__{name}"), value.to_owned());
        let env = vec![
            set("STORE__URL", "memory:"),
            set("KEYS__DIR", keys.path().to_str().unwrap()),
        ];
        let config = Config::parse(&Source { file: None, env }).unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix(1_700_000_000)));
        let idp = Idp::open(config, clock.clone()).await.unwrap();
        Self {
            idp,
            clock,
            _keys: keys,
        }
    }

    async fn insert<R: crate::model::Record>(&self, record: &R) {
        let mut work = Work::default();
        work.insert(record).unwrap();
        self.idp.commit(work).await.unwrap();
    }

    /// A client that wants to be told, and its part in a session.
    async fn client(&self) -> Participant {
        let client = Client {
            client_id: "app".to_owned(),
            metadata: ClientMetadata {
                backchannel_logout_uri: Some("https://app.invalid/out".to_owned()),
                ..ClientMetadata::default()
            },
            secrets: Vec::new(),
            disabled: false,
            registration: None,
            created_at: self.clock.now(),
        };
        self.insert(&client).await;
        Participant {
            client_id: client.client_id,
            client_since: client.created_at,
        }
    }

    async fn session(&self, number: usize, epoch: u64, participant: &Participant) {
        let now = self.clock.now();
        let shown = vec![Shown {
            proof: Proof::Password,
            at: now,
        }];
        self.insert(&Session {
            cookie_digest: format!("cookie-{number}"),
            sid: format!("sid-{number}"),
            user_id: "alice".to_owned(),
            epoch,
            authentication: Shown::authentication(&shown),
            shown,
            created_at: now,
            expires_at: now + Duration::from_hours(1),
            participants: vec![participant.clone()],
            user_agent: None,
            address: None,
        })
        .await;
    }

    async fn errands(&self) -> Vec<Errand> {
        self.idp.errands_left().await.unwrap()
    }

    async fn events(&self) -> Vec<String> {
        let events = self.idp.store.list::<AuditEvent>("", 1000, self.clock.now()).await;
        events.unwrap().into_iter().map(|event| event.event.clone()).collect()
    }
}

fn tell(participant: Participant, now: Timestamp) -> Errand {
    let task = Task::TellLogout {
        participant,
        user_id: "alice".to_owned(),
        sid: "sid-1".to_owned(),
    };
    Errand::new("errand".to_owned(), task, now)
}

#[tokio::test]
async fn what_a_process_left_when_it_died_in_the_middle_is_finished() {
    let stage = Stage::open().await;
    let participant = stage.client().await;
    for number in 0..70 {
        stage.session(number, u64::from(number >= 65), &participant).await;
    }
    // The commit of a new epoch, and nothing after it.
    let task = Task::EndSessions {
        user_id: "alice".to_owned(),
        before: 1,
    };
    let errand = stage.idp.errand(task);
    stage.insert(&errand).await;
    assert_eq!(stage.idp.try_errand(&errand.id).await.unwrap(), None);

    let left = stage
        .idp
        .store
        .list::<Session>("", 100, stage.clock.now())
        .await
        .unwrap();
    assert!(
        left.iter().all(|session| session.epoch == 1) && left.len() == 5,
        "the new ones go on"
    );
    let errands = stage.errands().await;
    assert_eq!(
        errands.len(),
        65,
        "one for each client of each session, and its own is gone"
    );
    assert!(
        errands
            .iter()
            .all(|errand| matches!(errand.task, Task::TellLogout { .. }))
    );
    // Once more changes nothing.
    assert_eq!(stage.idp.try_errand(&errand.id).await.unwrap(), None);
    assert_eq!(stage.errands().await.len(), 65);
}

#[tokio::test]
async fn a_client_that_never_answers_is_given_up_after_an_hour_and_the_operator_hears_of_it() {
    let stage = Stage::open().await;
    let participant = stage.client().await;
    stage.insert(&tell(participant.clone(), stage.clock.now())).await;
    let told = Told {
        participant: &participant,
        user_id: "alice",
        sid: "sid-1",
    };
    let begun = stage.clock.now();
    let mut attempts = 0;
    loop {
        let now = stage.clock.now();
        let Some(errand) = stage.idp.store.get::<Errand>("errand", now).await.unwrap() else {
            panic!("it left without a word");
        };
        attempts += 1;
        let answer = Answer::NotNow("503".to_owned());
        match stage.idp.record_answer(&errand, &told, answer).await.unwrap() {
            Some(later) => stage.clock.set(later),
            None => break,
        }
    }
    let took = stage.clock.now().since(begun);
    assert!((10..=20).contains(&attempts), "{attempts}");
    assert!(
        took > Duration::from_mins(45) && took < Duration::from_hours(1),
        "{took:?}"
    );
    assert_eq!(stage.errands().await, []);
    assert_eq!(stage.events().await, ["logout.given_up"]);
}

#[tokio::test]
async fn a_client_that_left_or_came_anew_under_the_name_is_not_told() {
    let stage = Stage::open().await;
    let mut participant = stage.client().await;
    participant.client_since = Timestamp::from_unix(1);
    stage.insert(&tell(participant, stage.clock.now())).await;
    assert_eq!(stage.idp.try_errand("errand").await.unwrap(), None);
    assert_eq!(stage.errands().await, []);
    assert_eq!(stage.events().await, Vec::<String>::new(), "nothing was tried");
}

#[tokio::test]
async fn two_who_run_the_same_errand_finish_it_once() {
    let stage = Stage::open().await;
    let participant = stage.client().await;
    stage.insert(&tell(participant.clone(), stage.clock.now())).await;
    let told = Told {
        participant: &participant,
        user_id: "alice",
        sid: "sid-1",
    };
    let errand = stage
        .idp
        .store
        .get::<Errand>("errand", stage.clock.now())
        .await
        .unwrap()
        .unwrap();
    for _ in 0..2 {
        let done = stage.idp.record_answer(&errand, &told, Answer::Delivered).await;
        assert_eq!(done.unwrap(), None);
    }
    assert_eq!(stage.events().await, ["logout.delivered"]);
}

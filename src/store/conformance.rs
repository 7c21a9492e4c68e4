//! What every engine promises, as one suite: `conformance::every_promise!((store, guard))` in an engine's tests.
//!
//! The expression makes a fresh store; the guard is whatever must outlive it, such as its directory.

mod expiry;
mod keys;
mod race;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Changes, CommitError, Error, MAX_COMMIT, MAX_ID, MAX_VALUE, Store};
use crate::{model::Record, protocol::Timestamp};

macro_rules! every_promise {
    ($fresh:expr) => {
        $crate::store::conformance::every_promise! { $fresh =>
            a_commit_is_read_by_whoever_comes_after_it
            an_insert_over_a_record_is_refused
            a_unique_value_is_held_by_one_record
            a_stale_update_delete_or_requirement_is_refused
            a_version_never_comes_back
            sixty_four_racers_for_one_record_have_one_winner
            sixty_four_racers_for_one_unique_value_have_one_winner
            concurrent_counters_lose_nothing
            a_batch_happens_in_whole_or_not_at_all
            a_listing_follows_the_ids_and_continues_after_one
            an_index_lists_the_records_under_a_value_and_no_others
            an_index_can_be_followed_backwards
            an_update_moves_unique_values_and_indexes
            a_deleted_record_leaves_nothing_behind
            a_unique_value_moves_between_records_in_one_commit
            two_records_swap_their_unique_values_in_one_commit
            a_record_is_replaced_by_another_of_its_id_in_one_commit
            values_of_odd_characters_are_kept_apart
            an_expired_record_reads_as_absent_everywhere
            an_expired_record_is_not_in_the_way_of_who_looked_first
            the_sweep_removes_what_expired_with_all_its_keys
            the_sweep_follows_an_expiry_that_moved
            the_sweep_is_bounded
            a_record_up_to_the_limit_is_kept_and_shrinks_and_grows
            what_cannot_be_kept_is_refused_with_a_reason
            a_closed_store_fails_and_says_so
        }
    };
    ($fresh:expr => $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                let (store, _guard) = $fresh;
                $crate::store::conformance::$promise(store).await;
            }
        )*
    };
}
pub use self::{expiry::*, keys::*, race::*};
pub(crate) use every_promise;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub team: String,
    pub visits: u32,
    pub note: String,
    pub expires_at: Option<Timestamp>,
}

impl Person {
    pub fn email(self, email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            ..self
        }
    }

    pub fn team(self, team: impl Into<String>) -> Self {
        Self {
            team: team.into(),
            ..self
        }
    }

    pub fn note(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }

    pub fn visits(self, visits: u32) -> Self {
        Self { visits, ..self }
    }

    pub fn expires_at(self, at: Timestamp) -> Self {
        Self {
            expires_at: Some(at),
            ..self
        }
    }
}

impl Record for Person {
    const KIND: &'static str = "person";
    // The whole specification holds for what is kept parsed, too.
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("email", self.email.clone())]
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("team", self.team.clone())]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

pub const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

pub fn later(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

pub fn person(id: &str) -> Person {
    Person {
        id: id.into(),
        email: format!("{id}@example.com"),
        team: "red".into(),
        ..Person::default()
    }
}

fn mortal(id: &str, lifetime: u64) -> Person {
    person(id).expires_at(later(lifetime))
}

pub async fn insert(store: &Store, person: &Person) -> Result<(), CommitError> {
    let mut changes = Changes::default();
    changes.insert(person)?;
    store.commit(changes).await
}

async fn update(store: &Store, loaded: &super::Loaded<Person>, new: &Person) -> Result<(), CommitError> {
    let mut changes = Changes::default();
    changes.update(loaded, new)?;
    store.commit(changes).await
}

pub async fn load(store: &Store, id: &str) -> super::Loaded<Person> {
    store.get(id, NOW).await.unwrap().unwrap()
}

async fn ids_in(store: &Store, team: &str) -> Vec<String> {
    let found = store
        .list_by::<Person>("team", team, "", usize::MAX, NOW)
        .await
        .unwrap();
    found.into_iter().map(|found| found.id.clone()).collect()
}

async fn holder(store: &Store, email: &str) -> Option<String> {
    store
        .find::<Person>("email", email, NOW)
        .await
        .unwrap()
        .map(|found| found.id.clone())
}

#[track_caller]
fn assert_conflict(outcome: &Result<(), CommitError>) {
    assert!(matches!(outcome, Err(CommitError::Conflict)), "{outcome:?}");
}

pub async fn a_commit_is_read_by_whoever_comes_after_it(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    assert_eq!(load(&store, "1").await.into_value(), person("1"));
    assert_eq!(holder(&store, "1@example.com").await.as_deref(), Some("1"));
    assert!(store.get::<Person>("2", NOW).await.unwrap().is_none());
    assert_eq!(holder(&store, "2@example.com").await, None);
    assert!(store.is_healthy());
}

pub async fn an_insert_over_a_record_is_refused(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    assert_conflict(&insert(&store, &person("1").email("other@example.com")).await);
    assert_eq!(holder(&store, "other@example.com").await, None);
}

pub async fn a_unique_value_is_held_by_one_record(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    insert(&store, &person("2")).await.unwrap();
    assert_conflict(&insert(&store, &person("3").email("1@example.com")).await);
    let two = load(&store, "2").await;
    assert_conflict(&update(&store, &two, &person("2").email("1@example.com")).await);
    assert_eq!(holder(&store, "1@example.com").await.as_deref(), Some("1"));
}

pub async fn a_batch_happens_in_whole_or_not_at_all(store: Store) {
    insert(&store, &person("taken")).await.unwrap();
    let taken = load(&store, "taken").await;
    let mut changes = Changes::default();
    changes.insert(&person("new")).unwrap();
    changes.update(&taken, &person("taken").visits(1)).unwrap();
    changes.insert(&person("third").email("taken@example.com")).unwrap();
    assert_conflict(&store.commit(changes).await);
    assert!(store.get::<Person>("new", NOW).await.unwrap().is_none());
    assert_eq!(holder(&store, "new@example.com").await, None);
    assert_eq!(load(&store, "taken").await.visits, 0);
    assert!(Changes::default().is_empty());
    store.commit(Changes::default()).await.unwrap();
}

pub async fn a_record_up_to_the_limit_is_kept_and_shrinks_and_grows(store: Store) {
    let spare = serde_json::to_vec(&person("1")).unwrap().len();
    insert(&store, &person("1")).await.unwrap();
    for length in [MAX_VALUE - spare, 10, 5_000, MAX_VALUE - spare, 4_096, 0] {
        let new = person("1").note("x".repeat(length));
        update(&store, &load(&store, "1").await, &new).await.unwrap();
        assert_eq!(load(&store, "1").await.into_value(), new);
        assert_eq!(store.list::<Person>("", 2, NOW).await.unwrap()[0].to_value(), new);
    }
    let mut changes = Changes::default();
    let too_long = person("1").note("x".repeat(MAX_VALUE - spare + 1));
    let refused = changes.insert(&too_long);
    assert!(
        matches!(refused, Err(Error::TooLarge { kind: "person", bytes }) if bytes == MAX_VALUE + 1),
        "{refused:?}"
    );
}

pub async fn what_cannot_be_kept_is_refused_with_a_reason(store: Store) {
    for id in ["", "a\0b", &"x".repeat(MAX_ID + 1)] {
        assert!(matches!(
            Changes::default().insert(&person(id)),
            Err(Error::Identity { kind: "person" })
        ));
        assert!(store.get::<Person>(id, NOW).await.unwrap().is_none());
    }
    insert(&store, &person(&"x".repeat(MAX_ID))).await.unwrap();
    let mut changes = Changes::default();
    for number in 0..=MAX_COMMIT / (MAX_VALUE / 2) {
        changes
            .insert(&person(&number.to_string()).note("x".repeat(MAX_VALUE / 2)))
            .unwrap();
    }
    assert!(matches!(
        store.commit(changes).await,
        Err(CommitError::Failed(Error::CommitTooLarge { .. }))
    ));
    assert_eq!(store.list::<Person>("", 9, NOW).await.unwrap().len(), 1);
}

pub async fn a_closed_store_fails_and_says_so(store: Store) {
    insert(&store, &person("1")).await.unwrap();
    let clone = store.clone();
    store.close().await.unwrap();
    assert!(!clone.is_healthy());
    assert!(matches!(
        clone.get::<Person>("1", NOW).await,
        Err(Error::Unavailable(_))
    ));
    assert!(matches!(
        insert(&clone, &person("2")).await,
        Err(CommitError::Failed(Error::Unavailable(_)))
    ));
}

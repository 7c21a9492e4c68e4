use std::fs;

use super::{
    super::{
        Changes, Options, Store,
        backend::Check,
        conformance::{self, NOW, Person, insert, load, person},
    },
    *,
};

async fn fresh() -> (Store, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (reopen(directory.path()).await.unwrap(), directory)
}

async fn reopen(path: &Path) -> Result<Store, OpenError> {
    Store::open(&format!("sled:{}", path.display()), Options { cache_bytes: 1 << 20 }).await
}

conformance::every_promise!(fresh().await);

/// Changes rows behind the store's back.
fn tamper(path: &Path, change: impl FnOnce(&Tree)) {
    let tree = Tree::open(path, 1 << 20).unwrap();
    change(&tree);
    tree.flush().unwrap();
    drop(tree);
    Disk::open(path).unwrap().release().unwrap();
}

async fn damaged(change: impl FnOnce(&Tree)) -> String {
    let (store, directory) = fresh().await;
    for id in ["1", "2", "3"] {
        insert(&store, &person(id)).await.unwrap();
    }
    store.close().await.unwrap();
    tamper(directory.path(), change);
    match reopen(directory.path()).await {
        Err(OpenError::Damaged(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lost_row_is_noticed() {
    assert!(
        damaged(|tree| drop(tree.0.remove("person/2").unwrap()))
            .await
            .contains("rows")
    );
}

#[tokio::test]
async fn a_row_from_the_past_is_noticed() {
    let old = |tree: &Tree| drop(tree.0.insert("person/2", rows::cut(1, b"{}").remove(0)).unwrap());
    assert!(damaged(old).await.contains("digest"));
}

#[tokio::test]
async fn a_lost_or_unreadable_head_is_noticed() {
    assert!(
        damaged(|tree| drop(tree.0.remove(head::KEY).unwrap()))
            .await
            .contains("head is missing")
    );
    assert!(
        damaged(|tree| drop(tree.0.insert(head::KEY, "{").unwrap()))
            .await
            .contains("head is not readable")
    );
    assert!(
        damaged(|tree| tree.0.clear().unwrap())
            .await
            .contains("head is missing")
    );
}

#[tokio::test]
async fn a_consistent_store_without_its_last_commits_is_noticed() {
    let (store, directory) = fresh().await;
    insert(&store, &person("1")).await.unwrap();
    store.close().await.unwrap();
    let path = directory.path().join("acknowledged");
    fs::write(
        &path,
        Mark {
            commit: 3,
            closed: true,
        }
        .line(),
    )
    .unwrap();
    let outcome = reopen(directory.path()).await.unwrap_err();
    assert!(
        outcome
            .to_string()
            .contains("commits 2 to 3 were acknowledged and are missing"),
        "{outcome}"
    );
    assert!(outcome.to_string().contains("restore the latest backup"), "{outcome}");
}

#[tokio::test]
async fn a_store_of_a_newer_schema_is_refused() {
    let (store, directory) = fresh().await;
    store.close().await.unwrap();
    tamper(directory.path(), |tree| {
        drop(
            tree.0
                .insert(head::KEY, r#"{"schema":2,"commit":0,"rows":0,"digest":"0"}"#)
                .unwrap(),
        );
    });
    let outcome = reopen(directory.path()).await.unwrap_err();
    assert!(
        matches!(outcome, OpenError::NewerSchema { found: 2, known: 1 }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn commit_numbers_go_on_after_a_restart() {
    let (store, directory) = fresh().await;
    insert(&store, &person("1")).await.unwrap();
    let old = load(&store, "1").await;
    let mut changes = Changes::default();
    changes.delete(&old).unwrap();
    store.commit(changes).await.unwrap();
    store.close().await.unwrap();
    let store = reopen(directory.path()).await.unwrap();
    insert(&store, &person("1")).await.unwrap();
    let mut changes = Changes::default();
    changes.update(&old, &person("1")).unwrap();
    assert!(matches!(store.commit(changes).await, Err(CommitError::Conflict)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_digest_holds_after_every_kind_of_write_in_every_kind_of_group() {
    let (store, directory) = fresh().await;
    let writers: Vec<_> = (0..16)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let id = writer.to_string();
                for round in 0..20_usize {
                    let note = "x".repeat(round * 999);
                    insert(&store, &person(&id).note(&note)).await.unwrap();
                    let old = load(&store, &id).await;
                    let mut changes = Changes::default();
                    let team = round.to_string();
                    changes
                        .update(&old, &person(&id).team(team).note(&note[note.len() / 2..]))
                        .unwrap();
                    store.commit(changes).await.unwrap();
                    let old = load(&store, &id).await;
                    let mut changes = Changes::default();
                    if round < 19 {
                        changes.delete(&old).unwrap();
                    }
                    store.commit(changes).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    store.close().await.unwrap();
    let store = reopen(directory.path()).await.unwrap();
    assert_eq!(store.list::<Person>("", 100, NOW).await.unwrap().len(), 16);
}

#[tokio::test]
async fn long_values_never_become_side_files() {
    let (store, directory) = fresh().await;
    for round in 0..4_usize {
        for number in 0..40_usize {
            let id = number.to_string();
            let note = "x".repeat(64_000 - 1_000 * ((number + round) % 60));
            let mut changes = Changes::default();
            match store.get::<Person>(&id, NOW).await.unwrap() {
                None => changes.insert(&person(&id).note(note)).unwrap(),
                Some(old) => changes.update(&old, &person(&id).note(note)).unwrap(),
            }
            store.commit(changes).await.unwrap();
        }
        assert_eq!(
            fs::read_dir(directory.path().join("blobs")).unwrap().count(),
            0,
            "round {round}"
        );
    }
}

#[tokio::test]
async fn the_longest_keys_never_become_side_files() {
    let (store, directory) = fresh().await;
    for round in 0..30_u32 {
        let mut changes = Changes::default();
        for number in 0..200_u32 {
            let start = number.wrapping_mul(2_654_435_761).wrapping_add(round).to_string();
            let id = format!("{start}{}", "x".repeat(super::super::MAX_ID - start.len()));
            changes.insert(&person(&id).team("y".repeat(120))).unwrap();
        }
        store.commit(changes).await.unwrap();
    }
    assert_eq!(fs::read_dir(directory.path().join("blobs")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_never_sees_half_a_value() {
    let (store, _directory) = fresh().await;
    insert(&store, &person("1")).await.unwrap();
    let writing = store.clone();
    let writer = tokio::spawn(async move {
        for round in 0..200_usize {
            let old = load(&writing, "1").await;
            let letter = ["a", "b"][round % 2];
            let mut changes = Changes::default();
            changes.update(&old, &person("1").note(letter.repeat(20_000))).unwrap();
            writing.commit(changes).await.unwrap();
        }
    });
    while !writer.is_finished() {
        let note = load(&store, "1").await.into_value().note;
        assert!(note.is_empty() || note.len() == 20_000 && note.bytes().all(|byte| byte == note.as_bytes()[0]));
    }
    writer.await.unwrap();
}

#[tokio::test]
async fn a_failed_writer_acknowledges_nothing_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path(), 1 << 20).await.unwrap();
    assert!(engine.is_healthy());
    engine.health.fail("a test");
    assert!(!engine.is_healthy());
    let outcome = engine
        .commit(Batch {
            checks: vec![("person/1".into(), Check::Absent)],
            ..Batch::default()
        })
        .await;
    assert!(matches!(outcome, Err(CommitError::Failed(Error::Unavailable(_)))));
    assert!(matches!(engine.close().await, Err(Error::Unavailable(_))));
    let queue = engine.queue.as_ref().unwrap();
    queue.send(Message::Close(oneshot::channel().0)).await.unwrap();
    queue.closed().await;
}

#[tokio::test]
async fn a_path_that_is_no_directory_is_an_io_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(reopen(file.path()).await, Err(OpenError::Io(_))));
}

use std::path::Path;

use super::{
    super::{
        backend::{Check, Stored},
        embedded::start,
    },
    *,
};

type Answered = oneshot::Receiver<Result<(), CommitError>>;

/// Runs a writer on what is queued, as one group, until it closes.
fn group(path: &Path, batches: Vec<Batch>) -> Vec<Answered> {
    let (queue, inbox) = mpsc::channel(QUEUE);
    let answers = batches.into_iter().map(|batch| {
        let (answer, answered) = oneshot::channel();
        queue.try_send(Message::Commit { batch, answer }).ok().unwrap();
        answered
    });
    let answers = answers.collect();
    drop(queue);
    let (tree, disk, head) = start(path, 1 << 20).unwrap();
    Writer::new(tree, Arc::default(), disk, head, Arc::default()).run(inbox);
    answers
}

fn outcomes(answers: Vec<Answered>) -> Vec<bool> {
    let outcome = |answered: Answered| match answered.blocking_recv().unwrap() {
        Ok(()) => true,
        Err(CommitError::Conflict) => false,
        Err(CommitError::Failed(error)) => panic!("{error}"),
    };
    answers.into_iter().map(outcome).collect()
}

fn put(key: &str, value: &str, check: Option<Check>) -> Batch {
    let checks = check.map(|check| (key.to_owned(), check)).into_iter().collect();
    Batch {
        checks,
        puts: vec![(key.into(), value.into())],
        deletes: vec![],
    }
}

fn delete(key: &str) -> Batch {
    Batch {
        deletes: vec![key.into()],
        ..Batch::default()
    }
}

fn kept(path: &Path, key: &str) -> Option<Stored> {
    let (tree, disk, _) = start(path, 1 << 20).unwrap();
    let first = tree.get(key.as_bytes()).unwrap();
    let stored = first.and_then(|first| rows::join(&first, |n| tree.get(&rows::further(key.as_bytes(), n))).unwrap());
    drop(tree);
    disk.release().unwrap();
    stored
}

#[test]
fn batches_of_one_group_see_each_other_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let answers = group(
        directory.path(),
        vec![
            put("k/1", "first", Some(Check::Absent)),
            put("k/1", "lost", Some(Check::Absent)),
            put("k/1", "second", Some(Check::Version(1))),
            put("k/1", "lost", Some(Check::Version(1))),
            delete("k/1"),
            put("k/1", "third", Some(Check::Absent)),
        ],
    );
    assert_eq!(outcomes(answers), [true, false, true, false, true, true]);
    assert_eq!(
        kept(directory.path(), "k/1"),
        Some(Stored {
            version: 4,
            value: b"third".into()
        })
    );
}

#[test]
fn a_refused_batch_takes_no_number_and_leaves_no_row() {
    let directory = tempfile::tempdir().unwrap();
    let refused = Batch {
        puts: vec![("k/2".into(), b"lost".into())],
        ..put("k/1", "lost", Some(Check::Version(9)))
    };
    let answers = group(directory.path(), vec![refused, put("k/3", "kept", None)]);
    assert_eq!(outcomes(answers), [false, true]);
    assert_eq!(kept(directory.path(), "k/2"), None);
    assert_eq!(kept(directory.path(), "k/3").unwrap().version, 1);
}

#[test]
fn a_long_value_shrinks_and_goes_within_one_group() {
    let directory = tempfile::tempdir().unwrap();
    let (long, shorter) = ("x".repeat(60_000), "y".repeat(9_000));
    let answers = group(
        directory.path(),
        vec![
            put("k/1", &long, None),
            put("k/1", &shorter, None),
            put("k/2", &long, None),
            delete("k/2"),
        ],
    );
    assert_eq!(outcomes(answers), [true; 4]);
    // `start` has added up all rows: nothing of the longer values is left.
    assert_eq!(kept(directory.path(), "k/1").unwrap().value, shorter.as_bytes());
    assert_eq!(kept(directory.path(), "k/2"), None);
}

#[test]
fn numbers_go_on_from_group_to_group_and_start_to_start() {
    let directory = tempfile::tempdir().unwrap();
    for round in 1..=3 {
        assert_eq!(
            outcomes(group(directory.path(), vec![put("k/1", "", None), delete("k/9")])),
            [true, true]
        );
        assert_eq!(kept(directory.path(), "k/1").unwrap().version, 2 * round - 1);
    }
}

#[test]
fn a_group_is_as_long_as_its_limit_and_the_rest_follows() {
    let directory = tempfile::tempdir().unwrap();
    let many = (0..=2 * GROUP)
        .map(|number| put(&format!("k/{number}"), "", Some(Check::Absent)))
        .collect();
    assert!(
        outcomes(group(directory.path(), many))
            .into_iter()
            .all(|is_kept| is_kept)
    );
    assert!(kept(directory.path(), &format!("k/{}", 2 * GROUP)).is_some());
}

#[test]
fn what_a_panic_says_is_kept() {
    assert_eq!(panic_message(&"text"), "text");
    assert_eq!(panic_message(&"owned".to_owned()), "owned");
    assert_eq!(panic_message(&7), "the engine panicked");
}

//! A damaged file is refused with a reason, or the store is the one that was acknowledged; never silent nonsense.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
};

use avouch::store::OpenError;

use super::ledger::{self, Chance, LANES};

const ROUNDS: u64 = 12;
const BATCHES: u64 = 150;

/// Damages copies of one store and opens them; returns how many were refused.
async fn damage(rounds: u64, harm: impl Fn(&File, u64, &mut Chance)) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("original");
    ledger::written(&original, BATCHES).await;
    let mut refused = 0;
    for round in 0..rounds {
        let mut chance = Chance(0xDA_u64 << 32 | (round + 1));
        let copy = directory.path().join(round.to_string());
        ledger::copy(&original, &copy);
        let db = OpenOptions::new().write(true).read(true).open(copy.join("db")).unwrap();
        harm(&db, db.metadata().unwrap().len(), &mut chance);
        drop(db);
        refused += u64::from(is_refused(&copy, round).await);
        fs::remove_dir_all(&copy).unwrap();
    }
    refused
}

async fn is_refused(path: &Path, round: u64) -> bool {
    match ledger::open(path).await {
        Ok(store) => {
            assert_eq!(
                ledger::fault(&store, &[BATCHES; LANES]).await.unwrap(),
                None,
                "round {round}"
            );
            assert!(store.is_healthy());
            false
        }
        Err(error @ OpenError::Damaged(_)) => {
            assert!(error.to_string().contains("restore the latest backup"), "{error}");
            true
        }
        Err(other) => panic!("round {round}: {other:?}"),
    }
}

#[tokio::test]
async fn a_cut_tail_is_refused_or_harmless() {
    let refused = damage(ROUNDS, |db, length, chance| {
        db.set_len(length - chance.below(length / 2)).unwrap();
    })
    .await;
    println!("{refused} of {ROUNDS} cut stores were refused");
    assert!(refused > 0);
}

#[tokio::test]
async fn a_zeroed_stretch_is_refused_or_harmless() {
    let refused = damage(ROUNDS, |db, length, chance| {
        db.write_all_at(&[0; 4096], chance.below(length - 4096)).unwrap();
    })
    .await;
    println!("{refused} of {ROUNDS} zeroed stores were refused");
}

#[tokio::test]
async fn flipped_bits_are_refused_or_harmless() {
    let refused = damage(ROUNDS, |db, length, chance| {
        for _ in 0..20 {
            let (mut byte, at) = ([0], chance.below(length));
            db.read_exact_at(&mut byte, at).unwrap();
            db.write_all_at(&[byte[0] ^ 1 << chance.below(8)], at).unwrap();
        }
    })
    .await;
    println!("{refused} of {ROUNDS} stores with flipped bits were refused");
}

#[tokio::test]
async fn a_store_whose_file_is_gone_is_not_taken_for_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    let db = ledger::written(directory.path(), 1).await;
    fs::remove_file(db).unwrap();
    assert!(is_refused(directory.path(), 0).await);
}

//! What expires makes room: the file does not grow with what has come and gone.

use std::{
    fs,
    time::{Duration, Instant},
};

use avouch::{
    model::Record,
    protocol::Timestamp,
    store::{Changes, Options, Store},
};
use serde::{Deserialize, Serialize};

use super::ledger::NOW;

const LIVE: usize = 500;

#[derive(Clone, Serialize, Deserialize)]
struct Visit {
    number: usize,
    text: String,
    expires_at: Timestamp,
}

impl Record for Visit {
    const KIND: &'static str = "visit";

    fn id(&self) -> String {
        format!("{:x}", self.number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("cookie", format!("cookie {}", self.number))]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_only_sees_visitors_stays_small() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sled:{}", directory.path().display());
    let store = Store::open(&url, Options { cache_bytes: 8 << 20 }).await.unwrap();
    let size = || fs::metadata(directory.path().join("db")).unwrap().len();
    let end = Instant::now() + Duration::from_secs(5);
    let (mut number, mut early) = (0, 0);
    while Instant::now() < end || number < 12 * LIVE {
        // A second of the store's time: as many come as will leave a minute of commits later.
        let now = NOW + Duration::from_secs(u64::try_from(number / LIVE).unwrap());
        let comers = (0..50).map(|_| {
            number += 1;
            let visit = Visit {
                number,
                text: "x".repeat(400),
                expires_at: now + Duration::from_secs(1),
            };
            let store = store.clone();
            tokio::spawn(async move {
                let mut changes = Changes::default();
                changes.insert(&visit).unwrap();
                store.commit(changes).await.unwrap();
            })
        });
        for comer in comers.collect::<Vec<_>>() {
            comer.await.unwrap();
        }
        if number % LIVE == 0 {
            store.sweep(now, usize::MAX).await.unwrap();
            assert!(store.list::<Visit>("", usize::MAX, now).await.unwrap().len() <= 2 * LIVE);
        }
        if number == 6 * LIVE {
            early = size();
        }
    }
    println!(
        "{number} visits: {} KiB after {}, {} KiB now",
        early >> 10,
        6 * LIVE,
        size() >> 10
    );
    assert!(
        size() <= 2 * early.max(8 << 20),
        "{} KiB, and {} KiB before",
        size() >> 10,
        early >> 10
    );
}

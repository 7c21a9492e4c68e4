//! `kill -9` at any moment loses nothing that was acknowledged and leaves no half batch.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    thread,
    time::Duration,
};

use super::ledger::{self, Acknowledged, Chance, LANES};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    ledger::write_until_killed().await;
}

/// Kills the writer after `lifetime` from its opening, and collects what it had said by then.
fn killed(path: &Path, lifetime: Duration, acknowledged: &mut Acknowledged) -> usize {
    let mut child = ledger::child("store::kill::child", path).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let is_open = lines.any(|line| line.contains("opened"));
    let killer = thread::spawn(move || {
        // A kill at a random moment is the test: there is no event to wait for.
        thread::sleep(lifetime);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    let count = lines.filter(|line| ledger::note(acknowledged, line)).count();
    killer.join().unwrap();
    assert!(is_open, "the store did not open after a kill");
    count
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let rounds: u64 = env::var("AVOUCH_TEST_KILLS").map_or(50, |kills| kills.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let mut chance = Chance(0x5EED ^ u64::from(std::process::id()));
    let (mut acknowledged, mut count) = ([0; LANES], 0);
    for round in 1..=rounds {
        count += killed(&path, Duration::from_micros(chance.below(80_000)), &mut acknowledged);
        // Every other round the next writer finds the store as the kill left it.
        if round % 2 == 0 || round == rounds {
            let store = ledger::open(&path)
                .await
                .unwrap_or_else(|error| panic!("round {round}: {error}"));
            assert_eq!(
                ledger::fault(&store, &acknowledged).await.unwrap(),
                None,
                "round {round}"
            );
        }
    }
    println!("{count} acknowledged batches survived {rounds} kills");
    assert!(count > 0 || rounds == 0);
}

//! A full disk: a clear error, and nothing is acknowledged that was not written.

use std::{
    io::{BufRead, BufReader},
    process::Command,
};

use super::ledger::{self, LANES};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    ledger::write_until_killed().await;
}

/// The limit on the size of files stands in for the disk: writing beyond it fails in the same place.
#[tokio::test]
async fn a_full_disk_fails_commits_and_loses_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let child = ledger::child("store::full_disk::child", &path);
    // In blocks of 512 bytes: 4 MiB, eight of sled's segments.
    let mut limited = Command::new("sh");
    limited
        .args(["-c", r#"trap "" XFSZ; ulimit -f 8192; exec "$0" "$@""#])
        .arg(child.get_program())
        .args(child.get_args());
    limited.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    let mut running = limited.spawn().unwrap();
    let mut acknowledged = [0; LANES];
    let (mut failed, mut unhealthy) = (0, false);
    for line in BufReader::new(running.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
    {
        ledger::note(&mut acknowledged, &line);
        failed += usize::from(line.contains("failed the store does not answer"));
        unhealthy |= line.contains("healthy false");
    }
    running.wait().unwrap();
    assert!(acknowledged.iter().all(|last| *last > 0), "{acknowledged:?}");
    assert_eq!(failed, LANES);
    assert!(unhealthy);
    let store = ledger::open(&path).await.unwrap();
    assert_eq!(ledger::fault(&store, &acknowledged).await.unwrap(), None);
}

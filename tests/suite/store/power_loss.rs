//! A power cut loses nothing that was acknowledged.
//!
//! A writer runs with `power_loss.c` preloaded, which records its writes and syncs. Then the power is cut at random
//! points of the record: what was synced is there, and of everything after it each block may be there or not, as with a
//! disk that reorders what is in its cache. Without the store's own `fdatasync` the same cuts must do damage, or this
//! test would prove nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use avouch::store::OpenError;

use super::{
    ledger::{self, Acknowledged, Chance, LANES},
    power_record::{Op, parse},
};

const BLOCK: usize = 4096;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    ledger::write_until_killed().await;
}

/// The record of two writers, one after the other. `None` where there is no C compiler.
fn recorded(directory: &Path, is_deaf: bool) -> Option<Vec<Op>> {
    let (library, log) = (directory.join("power_loss.so"), directory.join("log"));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/store/power_loss.c");
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(source)
        .args(["-ldl", "-lpthread"]);
    match compiler.status() {
        Ok(status) => assert!(status.success(), "power_loss.c does not compile"),
        Err(_) => return None,
    }
    for lifetime in [400, 700] {
        let mut command = ledger::child("store::power_loss::child", &directory.join("store"));
        command.env("LD_PRELOAD", &library).env("AVOUCH_TEST_POWER_LOG", &log);
        if is_deaf {
            command.env("AVOUCH_TEST_POWER_DEAF", "1");
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let is_writing = lines.any(|line| ledger::ack(&line).is_some());
        // The rest of the output has to be read, or the writer stops.
        let reader = thread::spawn(move || lines.count());
        // How much there is to cut, not an event.
        thread::sleep(Duration::from_millis(lifetime));
        child.kill().unwrap();
        child.wait().unwrap();
        reader.join().unwrap();
        assert!(is_writing, "the recorded writer did not write");
    }
    Some(parse(&fs::read(log).unwrap()))
}

/// What a disk holds after the power was cut behind the first `end` operations.
struct Cut {
    files: BTreeMap<String, Vec<u8>>,
    acknowledged: Acknowledged,
}

fn cut(ops: &[Op], end: usize, chance: &mut Chance) -> Cut {
    let mut acknowledged = [0; LANES];
    // Everything before a file's last sync is there; so are the names before the last sync of anything but data.
    let (mut synced, mut names) = (BTreeMap::new(), 0);
    for (at, op) in ops[..end].iter().enumerate() {
        match op {
            Op::Acknowledge(line) => {
                ledger::note(&mut acknowledged, line);
            }
            Op::Sync { file, with_names } => {
                synced.extend(file.map(|file| (file, at)));
                names = if *with_names { at } else { names };
            }
            _ => {}
        }
    }
    // A journal: names reach the disk in order, up to some point after the last sync.
    let names = names + usize::try_from(chance.below((end - names) as u64 + 1)).unwrap();
    let share = [0, 10, 50, 90, 100][usize::try_from(chance.below(5)).unwrap()];
    let mut paths = BTreeMap::new();
    let mut contents: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    for (at, op) in ops[..end].iter().enumerate() {
        let mut is_kept = |file| synced.get(&file).is_some_and(|synced| at < *synced) || chance.below(100) < share;
        match op {
            Op::Write { file, offset, bytes } => {
                let content = contents.entry(*file).or_default();
                for (number, block) in bytes.chunks(BLOCK).enumerate().filter(|_| is_kept(*file)) {
                    let from = offset + number * BLOCK;
                    content.resize(content.len().max(from + block.len()), 0);
                    content[from..from + block.len()].copy_from_slice(block);
                }
            }
            Op::Truncate { file, length } if is_kept(*file) => contents.entry(*file).or_default().resize(*length, 0),
            Op::Create { path, file } if at <= names => drop(paths.insert(path, *file)),
            Op::Rename { from, to } if at <= names => {
                if let Some(file) = paths.remove(from) {
                    paths.insert(to, file);
                }
            }
            Op::Unlink { path } if at <= names => drop(paths.remove(path)),
            _ => {}
        }
    }
    let files = paths
        .into_iter()
        .map(|(path, file)| (path.clone(), contents.get(&file).cloned().unwrap_or_default()));
    Cut {
        files: files.collect(),
        acknowledged,
    }
}

/// How often the power is cut.
fn cuts() -> u64 {
    env::var("AVOUCH_TEST_CUTS").map_or(60, |cuts| cuts.parse().unwrap())
}

/// Where the record has the engine write a snapshot, which it does when it is opened.
fn starts(ops: &[Op]) -> Vec<usize> {
    let is_snapshot = |op: &Op| matches!(op, Op::Create { path, .. } if path.starts_with("snap."));
    ops.iter()
        .enumerate()
        .filter(|(_, op)| is_snapshot(op))
        .map(|(at, _)| at)
        .collect()
}

/// Cuts the power; returns what was lost or broken.
async fn losses(directory: &Path, ops: &[Op]) -> Vec<String> {
    let mut losses = Vec::new();
    for number in 1..=cuts() {
        let mut chance = Chance(number << 20 | 0xC07);
        // Every fourth one hits a start, the shortest and most delicate part of the record.
        let end = match starts(ops) {
            starts if number % 4 == 0 && !starts.is_empty() => {
                let start = starts[usize::try_from(chance.below(starts.len() as u64)).unwrap()];
                (start + usize::try_from(chance.below(16)).unwrap()).min(ops.len())
            }
            _ => usize::try_from(chance.below(ops.len() as u64)).unwrap(),
        };
        let left = cut(ops, end, &mut chance);
        let path = directory.join(format!("cut-{number}"));
        fs::create_dir_all(path.join("blobs")).unwrap();
        for (name, content) in left.files {
            fs::write(path.join(name), content).unwrap();
        }
        let found = match ledger::open(&path).await {
            Ok(store) => ledger::fault(&store, &left.acknowledged)
                .await
                .unwrap_or_else(|error| Some(error.to_string())),
            // Cut while the engine made its first files: there is nothing to lose yet, and it is told instead of served.
            Err(OpenError::Damaged(_)) if left.acknowledged == [0; LANES] => None,
            Err(error) => Some(error.to_string()),
        };
        losses.extend(found.map(|found| format!("cut {number} after {end} of {} operations: {found}", ops.len())));
        fs::remove_dir_all(path).unwrap();
    }
    losses
}

async fn losses_of_a_recording(is_deaf: bool) -> Option<Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let Some(ops) = recorded(directory.path(), is_deaf) else {
        println!("SKIPPED: there is no C compiler to record the writes with");
        return None;
    };
    let acknowledged = ops
        .iter()
        .filter(|op| matches!(op, Op::Acknowledge(line) if ledger::ack(line).is_some()))
        .count();
    let files: BTreeSet<_> = ops
        .iter()
        .filter_map(|op| {
            if let Op::Create { path, .. } = op {
                Some(path)
            } else {
                None
            }
        })
        .collect();
    println!(
        "{} operations on {files:?}, {acknowledged} acknowledged batches",
        ops.len()
    );
    assert!(acknowledged > 0 && files.iter().any(|path| *path == "db"));
    Some(losses(directory.path(), &ops).await)
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_power_is_cut() {
    let Some(losses) = losses_of_a_recording(false).await else {
        return;
    };
    assert!(losses.is_empty(), "{} of {}: {losses:#?}", losses.len(), cuts());
}

#[tokio::test]
async fn without_the_sync_after_the_flush_a_power_cut_does_damage() {
    let Some(losses) = losses_of_a_recording(true).await else {
        return;
    };
    println!("{} of {} cuts did damage", losses.len(), cuts());
    assert!(!losses.is_empty());
}

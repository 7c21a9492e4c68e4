//! Commands that are killed, and daemons that are killed under a command.

use std::{
    io::Write,
    process::{Child, Stdio},
    time::Duration,
};

use reqwest::StatusCode;

use crate::{
    store::ledger::Chance,
    support::{Browser, Daemon},
};

const ROUNDS: usize = 8;

/// Begins `user add`.
fn begin(daemon: &Daemon, name: &str) -> Child {
    let mut child = daemon
        .command()
        .args(["user", "add", name, "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    child
}

/// Who was acknowledged can sign in; of the others each is there as a whole or not at all.
async fn check(daemon: &Daemon, name: &str, acknowledged: bool) {
    let exists = daemon.run(&["user", "show", name], "").status.success();
    assert!(exists || !acknowledged, "{name} was acknowledged and is lost");
    if exists {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get("/login").await;
        let page = browser.sign_in(&page, name, "correct horse").await;
        assert_eq!(page.status, StatusCode::OK, "{name} is there, but the password is not");
    } else {
        daemon.add_user(name, "correct horse", &[]);
    }
}

#[tokio::test]
async fn a_command_that_is_killed_leaves_a_whole_user_or_none_and_a_store_that_opens() {
    let mut daemon = Daemon::start();
    let mut chance = Chance(0xC0_4A4D ^ u64::from(std::process::id()));
    let mut acknowledged = Vec::new();
    daemon.stop();
    for round in 0..ROUNDS {
        let mut command = begin(&daemon, &format!("user-{round}"));
        // A kill at a random moment is the test.
        std::thread::sleep(Duration::from_millis(chance.below(200)));
        let _ = command.kill();
        acknowledged.push(command.wait().unwrap().success());
        // Every other time the next command finds the store as the kill left it.
        if round % 2 == 1 {
            daemon.cli(&["key", "list"]);
        }
    }
    daemon.start_again();
    for (round, acknowledged) in acknowledged.into_iter().enumerate() {
        check(&daemon, &format!("user-{round}"), acknowledged).await;
    }
}

#[tokio::test]
async fn a_daemon_that_is_killed_under_a_command_has_what_the_command_said() {
    let mut daemon = Daemon::start();
    let mut chance = Chance(0xDAE_404 ^ u64::from(std::process::id()));
    for round in 0..ROUNDS {
        let name = format!("user-{round}");
        let mut command = begin(&daemon, &name);
        std::thread::sleep(Duration::from_millis(chance.below(120)));
        daemon.kill();
        // Without a daemon the command opens the store itself, unless it had sent its request already.
        let acknowledged = command.wait().unwrap().success();
        daemon.start_again();
        check(&daemon, &name, acknowledged).await;
    }
}

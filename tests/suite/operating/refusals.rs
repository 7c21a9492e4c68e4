//! What the daemon refuses to start on, in words that say what to do.

use std::{
    fs::{self, OpenOptions, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
};

use crate::support::Daemon;

/// A start that must be refused with exit code 1, on a port of its own.
fn refused(daemon: &Daemon, env: &[(&str, &str)]) -> String {
    let mut command = daemon.command();
    command
        .env("AVOUCH__SERVER__LISTEN", "127.0.0.1:0")
        .envs(env.iter().copied());
    let output = command.arg("serve").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty(), "nothing was announced");
    said
}

#[tokio::test]
async fn a_second_daemon_in_the_same_folder_is_refused_and_the_first_lives_on() {
    let daemon = Daemon::start();
    let said = refused(&daemon, &[]);
    assert!(said.contains("error: ") && said.contains("admin.sock"), "{said}");
    // Another socket does not get around it: the store is what two must not share.
    let said = refused(&daemon, &[("AVOUCH__SERVER__ADMIN_SOCKET", "other.sock")]);
    assert!(
        said.contains("is held by another process: is the daemon running?"),
        "{said}"
    );
    assert_eq!(reqwest::get(daemon.url("/ready")).await.unwrap().status(), 200);
    daemon.cli(&["key", "list"]);
}

#[test]
fn a_busy_port_is_refused_before_anything_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut daemon = Daemon::start();
    daemon.stop();
    let said = refused(
        &daemon,
        &[
            ("AVOUCH__SERVER__LISTEN", &address),
            ("AVOUCH__STORE__URL", "sled:elsewhere"),
        ],
    );
    assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
    assert!(!daemon.dir().join("elsewhere").exists());
}

#[test]
fn a_damaged_store_is_refused_by_every_command() {
    let mut daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    daemon.stop();
    let file = daemon.dir().join("data/db");
    let whole = fs::read(&file).unwrap();
    let cut = OpenOptions::new().write(true).open(&file).unwrap();
    cut.set_len(whole.len() as u64 / 4).unwrap();
    let said = refused(&daemon, &[]);
    assert!(
        said.contains("the store is damaged") && said.contains("restore the latest backup"),
        "{said}"
    );
    let (code, said) = daemon.refused(&["user", "list"], "");
    assert!(code == 1 && said.contains("the store is damaged"), "{code} {said}");
    // Nothing was made worse: what is restored works.
    fs::write(&file, whole).unwrap();
    daemon.start_again();
    daemon.cli(&["user", "show", "alice"]);
}

#[test]
fn a_store_of_a_newer_version_is_refused_with_both_numbers() {
    let mut daemon = Daemon::start();
    daemon.stop();
    {
        let db = sled::open(daemon.dir().join("data")).unwrap();
        let head = String::from_utf8(db.get(b"!head").unwrap().unwrap().to_vec()).unwrap();
        assert!(head.contains("\"schema\":1"), "{head}");
        db.insert(b"!head", head.replace("\"schema\":1", "\"schema\":7").as_bytes())
            .unwrap();
        db.flush().unwrap();
    }
    let said = refused(&daemon, &[]);
    assert!(
        said.contains("the store has schema 7, this version knows 1 at most"),
        "{said}"
    );
}

#[test]
fn keys_that_others_could_swap_or_read_are_refused_with_the_command_that_helps() {
    let mut daemon = Daemon::start();
    daemon.stop();
    let [dir, file] = ["keys", "keys/master.key"].map(|name| daemon.dir().join(name));
    for (path, open, closed, help) in [
        (&dir, 0o777, 0o700, "chmod go-w keys"),
        (&dir, 0o720, 0o700, "chmod go-w keys"),
        (&file, 0o644, 0o600, "chmod 600 keys/master.key"),
    ] {
        fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
        let said = refused(&daemon, &[]);
        assert!(said.contains(help), "{said}");
        fs::set_permissions(path, Permissions::from_mode(closed)).unwrap();
    }
    fs::write(&file, "not a key\n").unwrap();
    let said = refused(&daemon, &[]);
    assert!(
        said.contains("does not hold a master key") && !said.contains("not a key\n"),
        "{said}"
    );
}

#[test]
fn a_file_in_the_place_of_the_socket_is_not_overwritten() {
    let mut daemon = Daemon::start();
    daemon.stop();
    fs::write(daemon.dir().join("keys/admin.sock"), "somebody's notes").unwrap();
    let said = refused(&daemon, &[]);
    assert!(said.contains("admin.sock"), "{said}");
    let notes = fs::read_to_string(daemon.dir().join("keys/admin.sock")).unwrap();
    assert_eq!(notes, "somebody's notes");
}

#[test]
fn a_demo_is_for_this_machine_alone() {
    let mut daemon = Daemon::start();
    daemon.stop();
    let mut command = daemon.command();
    command.env("AVOUCH__SERVER__ISSUER", "https://id.example.com");
    let output = command.args(["serve", "--demo"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("known password") && said.contains("https://id.example.com"),
        "{said}"
    );
}

//! Two doors to one executor: the socket of the running daemon, and the store itself when it is down.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use serde_json::{Value, json};

use crate::support::Daemon;

/// What one command answered: its exit code, and its answer or refusal as JSON.
type Answer = (i32, Value);

/// Words, standard input.
type Step<'a> = (&'a [&'a str], &'a str);

/// A day of an operator: what it makes, changes, asks for and gets wrong.
const DAY: &[Step<'_>] = &[
    (
        &[
            "user",
            "add",
            "alice",
            "--email",
            "alice@example.com",
            "--password-stdin",
        ],
        "correct horse\n",
    ),
    (&["user", "add", "bob"], ""),
    (&["user", "add", "ALICE"], ""),
    (&["user", "add", "carol", "--email", "Alice@Example.com"], ""),
    (&["user", "add", "carol", "--role", "emperor"], ""),
    (&["user", "add", "c a r o l"], ""),
    (&["user", "add", "carol", "--password-stdin"], "short\n"),
    (&["user", "show", "carol"], ""),
    (&["user", "show", "alice@example.com"], ""),
    (
        &[
            "user",
            "set",
            "alice",
            "--role",
            "admin",
            "--claim",
            "given_name=Alice",
            "--claim",
            "hardware_tier=tier2",
        ],
        "",
    ),
    (&["user", "set", "alice", "--claim", "hardware_tier=tier9"], ""),
    (&["user", "set", "bob", "--email", "ALICE@example.com"], ""),
    (&["user", "set", "bob"], ""),
    (&["user", "password", "bob", "--password-stdin"], "battery staple\n"),
    (&["user", "password", "nobody", "--password-stdin"], "battery staple\n"),
    (&["user", "disable", "bob"], ""),
    (&["user", "enable", "bob"], ""),
    (&["user", "disable", "nobody"], ""),
    (&["org", "add", "Acme", "--id", "acme"], ""),
    (&["org", "add", "ACME"], ""),
    (&["org", "add", "Other", "--id", "acme"], ""),
    (&["org", "add", "Spaced", "--id", "a b"], ""),
    (&["org", "member", "add", "acme", "alice", "--role", "owner"], ""),
    (&["org", "member", "add", "acme", "nobody"], ""),
    (&["org", "member", "add", "nowhere", "alice"], ""),
    (&["org", "member", "remove", "acme", "bob"], ""),
    (&["org", "activate", "acme", "alice"], ""),
    (&["org", "activate", "acme", "bob"], ""),
    (&["org", "list"], ""),
    (
        &[
            "client",
            "add",
            "Shop",
            "--redirect-uri",
            "https://shop.example/cb",
            "--client-id",
            "shop",
            "--client-secret-stdin",
        ],
        "s3cret\n",
    ),
    (
        &[
            "client",
            "add",
            "Shop",
            "--redirect-uri",
            "https://shop.example/cb",
            "--client-id",
            "shop",
        ],
        "",
    ),
    (
        &[
            "client",
            "add",
            "Shop",
            "--redirect-uri",
            "https://shop.example/cb#part",
        ],
        "",
    ),
    (&["client", "add", "Shop", "--redirect-uri", "relative"], ""),
    (&["client", "add", "Shop"], ""),
    (&["client", "show", "shop"], ""),
    (
        &[
            "client",
            "set",
            "shop",
            "--name",
            "The Shop",
            "--access-token-lifetime",
            "10m",
        ],
        "",
    ),
    (&["client", "set", "shop", "--set", "colour=red"], ""),
    (&["client", "set", "shop", "--public"], ""),
    (&["client", "set", "nowhere", "--name", "X"], ""),
    (&["client", "disable", "shop"], ""),
    (&["client", "enable", "shop"], ""),
    (&["client", "list"], ""),
    (&["client", "rotate-secret", "nowhere"], ""),
    (&["client", "remove", "shop"], ""),
    (&["client", "remove", "shop"], ""),
    (&["setup-link"], ""),
    (&["user", "remove", "alice"], ""),
    (&["user", "remove", "alice"], ""),
    (&["user", "list"], ""),
    (&["org", "list"], ""),
    (&["key", "rotate"], ""),
    (&["key", "import", "absent.pem"], ""),
    (&["config", "check"], ""),
    (&["user", "frobnicate"], ""),
];

/// Takes out what is made up anew each time.
fn without_chance(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(members) => {
            let fresh = ["created_at", "updated_at", "active_kid"];
            members.retain(|name, _| !fresh.contains(&name.as_str()));
            for (name, value) in members.iter_mut() {
                // Ids that we did not give are 22 characters of chance.
                let made_up = name == "id" && value.as_str().is_some_and(|id| id.len() == 22);
                *value = if made_up {
                    json!("(id)")
                } else {
                    without_chance(value.take())
                };
            }
            answer
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.drain(..).map(without_chance).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        _ => answer,
    }
}

fn live_through(daemon: &Daemon) -> Vec<Answer> {
    let step = |(args, stdin): &Step<'_>| {
        let output = daemon.run(&[&["--json"], *args].concat(), stdin);
        let code = output.status.code().unwrap();
        let said = if code == 0 { &output.stdout } else { &output.stderr };
        let answer: Value = serde_json::from_slice(said).unwrap_or_else(|error| {
            panic!("{args:?}: {error}: {}", String::from_utf8_lossy(said));
        });
        let mut answer = without_chance(answer);
        if args[0] == "key" && code == 0 {
            answer["message"].take();
        }
        (code, answer)
    };
    DAY.iter().map(step).collect()
}

#[test]
fn a_day_of_commands_has_the_same_answers_with_the_daemon_and_without() {
    // One port for both: the effective configuration is an answer too.
    let mut running = Daemon::start();
    let with = live_through(&running);
    running.stop();

    let mut down = Daemon::builder()
        .set("server.listen", running.issuer.replace("http://localhost", "127.0.0.1"))
        .start();
    down.stop();
    let without = live_through(&down);
    for ((step, with), without) in DAY.iter().zip(&with).zip(&without) {
        assert_eq!(with, without, "{:?}", step.0);
    }
    let codes: Vec<i32> = with.iter().map(|(code, _)| *code).collect();
    let expected = [
        0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 2, 0, 1, 0, 0, 1, // users
        0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, // organizations
        0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, // clients
        1, 0, 1, 0, 0, 0, 1, 0, 2,
    ];
    for ((step, answer), expected) in DAY.iter().zip(&with).zip(expected) {
        assert_eq!(answer.0, expected, "{:?}: {}", step.0, answer.1);
        if expected != 0 {
            assert!(
                answer.1["error"].is_string() && answer.1["message"].is_string(),
                "{:?}",
                answer.1
            );
        }
    }
    assert_eq!(codes.len(), expected.len());
}

#[test]
fn what_was_done_while_it_was_down_is_there_when_it_runs_and_the_other_way_round() {
    let mut daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    daemon.stop();
    assert_eq!(daemon.cli(&["user", "show", "alice"])["username"], "alice");
    daemon.add_user("bob", "correct horse", &[]);
    daemon.start_again();
    assert_eq!(daemon.cli(&["user", "show", "bob"])["has_password"], true);
}

#[test]
fn commands_at_the_same_time_wait_for_each_other() {
    let mut daemon = Daemon::start();
    for round in ["running", "down"] {
        std::thread::scope(|scope| {
            for number in 0..6 {
                let daemon = &daemon;
                scope.spawn(move || daemon.cli(&["user", "add", &format!("{round}-{number}")]));
            }
        });
        if round == "running" {
            daemon.stop();
        }
    }
    let list = daemon.cli(&["user", "list"]);
    assert_eq!(list["users"].as_array().unwrap().len(), 12);
}

#[test]
fn only_the_owner_reaches_the_socket_and_it_leaves_with_the_daemon() {
    let mut daemon = Daemon::start();
    let socket = daemon.dir().join("keys/admin.sock");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&socket), 0o600);
    for private in ["keys", "keys/master.key", "data"] {
        assert_eq!(mode(&daemon.dir().join(private)) & 0o077, 0, "{private}");
    }
    daemon.stop();
    assert!(!socket.exists());
    // One that a killed daemon left behind is in nobody's way.
    daemon.start_again();
    daemon.kill();
    assert!(socket.exists());
    daemon.cli(&["key", "list"]);
    daemon.start_again();
    daemon.cli(&["key", "list"]);
}

#[test]
fn answers_for_people_are_sentences_and_tables_without_secrets() {
    let daemon = Daemon::start();
    let said = |args: &[&str], stdin: &str| {
        let output = daemon.run(args, stdin);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = said(&["user", "add", "alice", "--password-stdin"], "correct horse\n");
    assert!(shown.contains("username:") && shown.contains("alice"), "{shown}");
    assert!(!shown.contains("correct horse") && !shown.contains('$'), "{shown}");
    assert!(said(&["user", "list"], "").starts_with("ID "));
    assert_eq!(said(&["user", "disable", "alice"], ""), "alice is disabled\n");
    let client = said(
        &["client", "add", "Shop", "--redirect-uri", "https://shop.example/cb"],
        "",
    );
    assert!(
        client.contains("client_secret:") && client.contains("shown only now"),
        "{client}"
    );
    let shown_later = said(&["client", "list"], "");
    assert!(
        shown_later.contains("Shop") && !shown_later.contains("secret"),
        "{shown_later}"
    );
    let (_, refusal) = daemon.refused(&["user", "show", "nobody"], "");
    assert_eq!(refusal, "error: there is no user nobody\n");
}

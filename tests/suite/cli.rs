//! The command line: the same commands while the daemon runs and while it is down, exit codes, JSON, and the admin socket.

use std::{
    fs,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::support::Daemon;

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A command that must be refused with exit code 1; gives the reason that `--json` tells.
fn refusal(daemon: &Daemon, args: &[&str]) -> Value {
    let output = daemon.run(&[&["--json"], args].concat(), "");
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    assert!(output.stdout.is_empty());
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(!error["message"].as_str().unwrap().is_empty());
    error["error"].clone()
}

/// What an operator does in an afternoon.
fn administer(daemon: &Daemon, suffix: &str) {
    let (alice, email) = (format!("alice{suffix}"), format!("alice{suffix}@example.com"));
    let made = daemon.add_user(&alice, "correct horse\n", &["--role", "admin"]);
    assert_eq!((&made["username"], &made["role"]), (&json!(alice), &json!("admin")));
    assert_eq!(made["email_verified"], true);
    daemon.cli(&[
        "user",
        "set",
        &alice,
        "--claim",
        "given_name=Alice",
        "--claim",
        "nickname=Al",
    ]);
    daemon.cli(&["user", "set", &email, "--claim", "nickname=", "--email-verified=false"]);
    let shown = daemon.cli(&["user", "show", made["id"].as_str().unwrap()]);
    assert_eq!(
        (&shown["claims"]["given_name"], &shown["claims"]["nickname"]),
        (&json!("Alice"), &Value::Null)
    );
    assert_eq!(shown["email_verified"], false);
    daemon.cli_with(&["user", "password", &alice, "--password-stdin"], "battery staple\r\n");

    let organization = format!("acme{suffix}");
    daemon.cli(&["org", "add", &format!("Acme {suffix}"), "--id", &organization]);
    daemon.cli(&["org", "member", "add", &organization, &alice, "--role", "owner"]);
    daemon.cli(&["org", "activate", &organization, &alice]);
    let shown = daemon.cli(&["user", "show", &alice]);
    assert_eq!(
        shown["memberships"],
        json!([{ "organization_id": organization, "role": "owner" }])
    );
    assert_eq!(shown["active_organization"], json!(organization));
    daemon.cli(&["org", "member", "remove", &organization, &alice]);
    daemon.cli(&["org", "list"]);

    let client = daemon.add_client("Shop", &["--redirect-uri", "https://shop.example/cb"]);
    let client_id = client["client_id"].as_str().unwrap();
    assert!(client["client_secret"].is_string());
    daemon.cli(&[
        "client",
        "set",
        client_id,
        "--name",
        "New shop",
        "--access-token-lifetime",
        "10m",
    ]);
    let shown = daemon.cli(&["client", "show", client_id]);
    assert_eq!(
        (&shown["client_name"], &shown["access_token_lifetime"]),
        (&json!("New shop"), &json!(600))
    );
    assert!(shown.get("client_secret").is_none());
    let rotated = daemon.cli(&["client", "rotate-secret", client_id]);
    assert_ne!(rotated["client_secret"], client["client_secret"]);
    assert!(rotated["old_secret_expires_at"].is_i64());
    let rotated = daemon.cli(&["client", "rotate-secret", client_id, "--keep-old", "0s"]);
    assert!(rotated["old_secret_expires_at"].is_null());
    for verb in ["disable", "enable", "remove"] {
        daemon.cli(&["client", verb, client_id]);
        daemon.cli(&["user", verb, &alice]);
    }
    assert_eq!(refusal(daemon, &["client", "show", client_id]), "not_found");
    assert_eq!(refusal(daemon, &["user", "show", &alice]), "not_found");
    assert!(!daemon.cli(&["key", "list"])["keys"].as_array().unwrap().is_empty());
}

#[test]
fn the_same_commands_work_while_the_daemon_runs_and_while_it_is_down() {
    let mut daemon = Daemon::start();
    daemon.add_user("witness", "correct horse", &["--role", "admin"]);
    administer(&daemon, "-up");
    assert!(daemon.stop().success());
    administer(&daemon, "-down");
    daemon.start_again();
    let users = daemon.cli(&["user", "list"])["users"].clone();
    assert_eq!(users.as_array().unwrap().len(), 1);
    assert_eq!(users[0]["username"], "witness");
}

#[test]
fn the_set_up_link_is_there_until_the_first_administrator_is() {
    let mut daemon = Daemon::start();
    let link = daemon.setup_link.clone().unwrap();
    assert!(link.starts_with(&format!("{}/setup?", daemon.issuer)), "{link}");
    let another = daemon.cli(&["setup-link"])["url"].as_str().unwrap().to_owned();
    assert_ne!(another, link);
    daemon.add_user("alice", "correct horse", &["--role", "admin"]);
    assert_eq!(refusal(&daemon, &["setup-link"]), "invalid");
    daemon.stop();
    daemon.start_again();
    assert_eq!(daemon.setup_link, None);
}

#[test]
fn the_admin_socket_is_the_owners_alone_and_survives_a_kill() {
    let mut daemon = Daemon::start();
    let socket = daemon.dir().join("keys/admin.sock");
    let check = || {
        let found = fs::symlink_metadata(&socket).unwrap();
        assert!(found.file_type().is_socket());
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
    };
    check();
    daemon.kill();
    check();
    daemon.add_user("alice", "correct horse", &[]);
    daemon.start_again();
    check();
    assert_eq!(daemon.cli(&["user", "show", "alice"])["username"], "alice");
    assert!(daemon.stop().success());
    assert!(!socket.exists());
}

#[test]
fn a_second_daemon_is_refused_and_the_first_goes_on() {
    let daemon = Daemon::start();
    for listen in ["127.0.0.1:0", daemon.issuer.trim_start_matches("http://")] {
        let output = Command::new(env!("CARGO_BIN_EXE_avouch"))
            .current_dir(daemon.dir())
            .env_clear()
            .env("AVOUCH__SERVER__LISTEN", listen.replace("localhost", "127.0.0.1"))
            .args(["--json", "serve"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let last = stderr(&output).lines().last().unwrap_or_default().to_owned();
        assert!(
            last.contains("another daemon") || last.contains("cannot listen"),
            "{last}"
        );
    }
    assert!(daemon.cli(&["user", "list"])["users"].is_array());
}

#[test]
fn commands_that_meet_a_starting_daemon_or_each_other_all_succeed() {
    let mut daemon = Daemon::start();
    daemon.stop();
    let adders: Vec<_> = (0..6)
        .map(|number| {
            Command::new(env!("CARGO_BIN_EXE_avouch"))
                .current_dir(daemon.dir())
                .env_clear()
                .args(["--json", "user", "add", &format!("user{number}")])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    daemon.start_again();
    for adder in adders {
        let output = adder.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert_eq!(daemon.cli(&["user", "list"])["users"].as_array().unwrap().len(), 6);
}

#[test]
fn a_client_that_moves_in_keeps_its_identity_and_its_file_is_read_strictly() {
    let daemon = Daemon::start();
    let file = daemon.dir().join("client.json");
    let write = |client: Value| fs::write(&file, client.to_string()).unwrap();
    write(json!({
        "client_id": "shop", "client_secret": "moved-in-secret", "client_name": "Shop",
        "redirect_uris": ["https://shop.example/cb"], "token_endpoint_auth_method": "client_secret_post",
    }));
    let made = daemon.cli(&["client", "add", "--file", "client.json"]);
    assert_eq!(
        (&made["client_id"], &made["client_secret"]),
        (&json!("shop"), &json!("moved-in-secret"))
    );
    assert_eq!(made["claims_in_id_token"], true);
    assert_eq!(made["grant_types"], json!(["authorization_code", "refresh_token"]));
    assert_eq!(refusal(&daemon, &["client", "add", "--file", "client.json"]), "exists");
    write(json!({ "client_nmae": "Shop", "colour": "x", "redirect_uris": "https://shop.example/cb" }));
    let output = daemon.run(&["client", "add", "--file", "client.json"], "");
    assert_eq!(output.status.code(), Some(1));
    for named in ["client_nmae: unknown", "colour: unknown", "redirect_uris: "] {
        assert!(stderr(&output).contains(named), "{named}: {}", stderr(&output));
    }
    assert_eq!(
        refusal(&daemon, &["client", "set", "shop", "--set", "colour=red"]),
        "invalid"
    );
    assert_eq!(refusal(&daemon, &["client", "add", "No URI"]), "invalid");
}

#[test]
fn claims_come_from_a_file_by_their_claim_names() {
    let daemon = Daemon::start();
    let claims = json!({ "given_name": "Alice", "address": { "country": "AT" }, "tier": "tier" });
    fs::write(daemon.dir().join("claims.json"), claims.to_string()).unwrap();
    daemon.add_user("alice", "correct horse", &["--claims", "claims.json"]);
    let shown = daemon.cli(&["user", "show", "alice"]);
    assert_eq!(shown["claims"]["given_name"], "Alice");
    assert_eq!(shown["claims"]["address"]["country"], "AT");
    fs::write(daemon.dir().join("claims.json"), r#"{"favourite_colour":"red"}"#).unwrap();
    assert_eq!(
        refusal(&daemon, &["user", "add", "bob", "--claims", "claims.json"]),
        "invalid"
    );
}

#[test]
fn keys_are_listed_rotated_imported_and_exported() {
    let daemon = Daemon::start();
    let active = |daemon: &Daemon| {
        let keys = daemon.cli(&["key", "list"])["keys"].clone();
        let keys = keys
            .as_array()
            .unwrap()
            .iter()
            .filter(|key| key["state"] == "active")
            .cloned()
            .collect::<Vec<_>>();
        assert_eq!(keys.len(), 1);
        keys[0]["kid"].clone()
    };
    let first = active(&daemon);
    assert!(daemon.cli(&["key", "rotate"])["message"].is_string());
    daemon.cli(&["key", "rotate", "--emergency"]);
    assert_ne!(active(&daemon), first);

    let pem = openssl::rsa::Rsa::generate(2048)
        .and_then(|key| key.private_key_to_pem())
        .unwrap();
    fs::write(daemon.dir().join("old.pem"), pem).unwrap();
    let imported = daemon.cli(&["key", "import", "old.pem"]);
    let jwks = daemon.cli(&["key", "export-public"]);
    let kids: Vec<&Value> = jwks["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert!(kids.contains(&&imported["kid"]), "{kids:?}");
    assert!(!jwks.to_string().contains("\"d\""));
    let pems = stdout(&daemon.run(&["key", "export-public"], ""));
    assert!(pems.starts_with("-----BEGIN PUBLIC KEY-----\n") && !pems.contains("PRIVATE"));
    assert_eq!(refusal(&daemon, &["key", "import", "keys/master.key"]), "invalid");
}

#[test]
fn answers_for_people_are_aligned_and_say_what_comes_next() {
    let daemon = Daemon::start();
    let added = daemon.run(&["user", "add", "alice", "--email", "alice@example.com"], "");
    assert!(
        stdout(&added).contains("\nusername:         alice\n"),
        "{}",
        stdout(&added)
    );
    assert!(stderr(&added).contains("alice has no password"));
    let listed = stdout(&daemon.run(&["user", "list"], ""));
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines[0].find("USERNAME"), lines[1].find("alice"));
    assert!(lines[1].ends_with('Z'), "a moment in UTC: {listed}");
    let client = stdout(&daemon.run(
        &["client", "add", "Shop", "--redirect-uri", "https://shop.example/cb"],
        "",
    ));
    assert!(client.starts_with("client_id: ") && client.contains("\nclient_secret: ") && client.contains("only now"));
    daemon.add_user("bob", "correct horse", &[]);
    let page = stdout(&daemon.run(&["user", "list", "--limit", "1"], ""));
    let next = page.lines().last().unwrap().rsplit(' ').next().unwrap();
    let rest = daemon.cli(&["user", "list", "--after", next]);
    assert_eq!(rest["users"].as_array().unwrap().len(), 1);
}

#[test]
fn wrong_usage_and_wrong_configuration_exit_with_2() {
    let mut daemon = Daemon::start();
    for args in [
        &["fly"][..],
        &["user", "add"],
        &["client", "set", "x"],
        &["user", "password", "alice"],
        &["serve", "now"],
    ] {
        let output = daemon.run(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        let output = daemon.run(&[args, &["--json"]].concat(), "");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), &error["error"]),
            (Some(2), &json!("usage")),
            "{args:?}"
        );
    }
    daemon.stop();
    daemon.set("tokens.code_lifetime", "never");
    daemon.set("no.such", "option");
    for args in [&["serve"][..], &["user", "list"], &["config", "check"]] {
        let output = daemon.run(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let lines = stderr(&output);
        assert!(
            lines.lines().any(|line| line.starts_with("tokens.code_lifetime ")),
            "{lines}"
        );
        assert!(lines.lines().any(|line| line.starts_with("no.such ")), "{lines}");
    }
}

#[test]
fn a_demo_for_strangers_is_refused() {
    let mut daemon = Daemon::start();
    daemon.stop();
    daemon.set("server.issuer", "https://id.example.com");
    let output = daemon.run(&["serve", "--demo"], "");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("for this machine only"));
}

#[test]
fn help_and_version_go_to_standard_output() {
    let daemon = Daemon::start();
    for args in [
        &["--help"][..],
        &["--version"],
        &["help", "client", "add"],
        &["user", "set", "--help"],
    ] {
        let output = daemon.run(args, "");
        assert!(
            output.status.success() && !output.stdout.is_empty() && output.stderr.is_empty(),
            "{args:?}"
        );
    }
}

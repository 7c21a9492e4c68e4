use std::io;

use super::*;
use clap::{FromArgMatches, Subcommand};

fn request(line: &str, stdin: &str, terminal: bool) -> Result<Request, String> {
    let command = UserCommand::augment_subcommands(clap::Command::new("user").no_binary_name(true));
    let matches = command
        .try_get_matches_from(line.split(' '))
        .map_err(|it| it.to_string())?;
    let command = UserCommand::from_arg_matches(&matches).map_err(|it| it.to_string())?;
    let mut ask = |_: &str| {
        if terminal {
            Ok("typed".to_owned())
        } else {
            Err(io::Error::other("no terminal"))
        }
    };
    let mut console = Console {
        input: &mut stdin.as_bytes(),
        terminal,
        ask: &mut ask,
    };
    command.request(&mut console).map_err(|it| it.to_string())
}

fn command(line: &str) -> Value {
    serde_json::to_value(request(line, "", false).unwrap().command).unwrap()
}

#[test]
fn a_user_without_a_password_is_made_and_it_is_said() {
    let made = request(
        "add alice --email a@example.com --email-verified --role admin",
        "",
        false,
    )
    .unwrap();
    assert!(made.remark.unwrap().contains("alice has no password"));
    let AdminCommand::UserAdd(user) = made.command else {
        panic!()
    };
    assert_eq!(
        (user.username.as_str(), user.email.as_deref()),
        ("alice", Some("a@example.com"))
    );
    assert!(user.email_verified && user.password.is_none());
    assert_eq!(user.role.as_deref(), Some("admin"));
}

#[test]
fn a_password_comes_from_standard_input_or_the_terminal() {
    for (line, stdin, terminal, expected) in [
        ("add alice --password-stdin", " piped \n", true, " piped "),
        ("add alice", "", true, "typed"),
    ] {
        let made = request(line, stdin, terminal).unwrap();
        assert!(made.remark.is_none());
        let AdminCommand::UserAdd(user) = made.command else {
            panic!()
        };
        assert_eq!(user.password.unwrap().expose(), expected);
    }
    let set = request("password alice --password-stdin", "piped\r\n", false).unwrap();
    let AdminCommand::UserPassword { user, password } = set.command else {
        panic!()
    };
    assert_eq!((user.as_str(), password.expose().as_str()), ("alice", "piped"));
    assert!(request("password alice", "piped\n", false).is_err());
    assert!(request("password alice --password-stdin", "\n", false).is_err());
    assert!(request("password alice", "", true).is_ok());
}

#[test]
fn the_hash_of_a_password_comes_from_standard_input_and_not_beside_a_password() {
    let made = request("add carol --password-hash-stdin", "$2b$05$hash \n", true).unwrap();
    assert!(made.remark.is_none());
    let AdminCommand::UserAdd(user) = made.command else {
        panic!()
    };
    assert_eq!(user.password_hash.unwrap().expose(), "$2b$05$hash ");
    assert!(user.password.is_none(), "nor is one asked for");
    assert!(request("add carol --password-hash-stdin --password-stdin", "x\n", false).is_err());
    assert!(request("add carol --password-hash-stdin", "\n", false).is_err());
}

#[test]
fn a_factor_is_named_with_its_user() {
    let expected = json!({ "command": "user_remove_factor", "user": "alice", "factor": "totp" });
    assert_eq!(command("remove-factor alice totp"), expected);
    assert!(request("remove-factor alice", "", false).is_err());
    let answer = json!({"factors_needed": 2, "can_sign_in": true, "factors": [
        {"factor": "password", "usable": true, "second": false},
        {"factor": "recovery_codes", "usable": true, "second": false, "left": 9},
    ]});
    let expected = "\
factors_needed: 2
can_sign_in:    yes

FACTOR          USABLE  SECOND  LEFT
password        yes     no      -
recovery_codes  yes     no      9
";
    assert_eq!(factors(&answer), expected);
    assert_eq!(codes(&json!({"recovery_codes": ["A", "B"]})), "A\nB");
}

#[test]
fn changes_are_what_was_named_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let claims = dir.path().join("claims.json");
    std::fs::write(&claims, r#"{"nickname":"Al","tier":"silver"}"#).unwrap();
    let line = format!(
        "set alice --claims {} --claim tier=gold --claim age=42 --claim gone=",
        claims.display()
    );
    let changes = &command(&line)["changes"];
    assert_eq!(
        changes["claims"],
        json!({ "nickname": "Al", "tier": "gold", "age": 42, "gone": null })
    );
    assert_eq!(changes["username"], json!(null));
    assert_eq!(command("set alice --email-verified")["changes"]["email_verified"], true);
    assert_eq!(
        command("set alice --email-verified=false")["changes"]["email_verified"],
        false
    );
    assert_eq!(
        command("set alice --username bob --email b@x --role user")["changes"]["username"],
        "bob"
    );
    assert!(
        request("set alice", "", false)
            .err()
            .unwrap()
            .contains("nothing to change")
    );
    assert!(request("set alice --claim tier", "", false).is_err());
    assert!(request("set alice --claims /nowhere.json", "", false).is_err());
}

#[test]
fn a_list_says_how_to_see_more() {
    let users = json!([{ "id": "u1", "username": "alice", "email": null, "role": "user", "created_at": 0 }]);
    let shown = list(&json!({ "users": users, "next": "u1" }));
    assert!(shown.starts_with("ID  USERNAME  EMAIL  ROLE  DISABLED  CREATED\nu1  alice     -      user"));
    assert!(shown.ends_with("avouch user list --after u1\n"));
    assert!(!list(&json!({ "users": [], "next": null })).contains("more"));
    assert_eq!(command("list")["limit"], 100);
    assert_eq!(
        command("list --limit 5 --after u1"),
        json!({ "command": "user_list", "after": "u1", "limit": 5 })
    );
    assert!(request("list --limit 0", "", false).is_err());
}

#[test]
fn a_passkey_is_named_by_its_user_and_its_id() {
    assert_eq!(
        command("passkeys alice"),
        json!({ "command": "user_passkeys", "user": "alice" })
    );
    assert_eq!(
        command("remove-passkey alice p1"),
        json!({ "command": "user_remove_passkey", "user": "alice", "id": "p1" })
    );
    assert!(request("remove-passkey alice", "", false).is_err());
}

#[test]
fn a_link_is_for_one_user_and_is_told_to_be_kept_safe() {
    for verb in ["reset-link", "verify-link"] {
        let made = request(&format!("{verb} alice"), "", false).unwrap();
        assert!(made.remark.as_ref().unwrap().contains("works once"));
        let command = serde_json::to_value(&made.command).unwrap();
        let expected = format!("user_{}", verb.replace('-', "_"));
        assert_eq!(command, json!({ "command": expected, "user": "alice" }));
        let shown = (made.show)(&json!({ "url": "https://x/y", "address": null, "expires_at": 0 }));
        assert!(shown.starts_with("url:") && shown.contains("https://x/y"), "{shown}");
        assert!(request(verb, "", false).is_err());
    }
}

#[test]
fn each_verb_names_its_user() {
    for verb in ["show", "disable", "enable", "remove", "factors", "recovery-codes"] {
        let name = verb.replace('-', "_");
        let expected = json!({ "command": format!("user_{name}"), "user": "alice@example.com" });
        assert_eq!(command(&format!("{verb} alice@example.com")), expected);
        assert!(request(verb, "", false).is_err());
    }
}

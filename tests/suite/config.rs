//! `avouch config`: the example that loads back, and a check that tells everything at once with exit code 2.

use std::{
    path::Path,
    process::{Command, Output},
};

/// Runs `avouch` in `folder` with these variables and none of the surrounding ones that configure it.
fn avouch(folder: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_avouch"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AVOUCH") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .args(arguments)
        .envs(env.iter().copied())
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn no_file_at_all_is_a_good_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let output = avouch(folder.path(), &["config", "check"], &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a check leaves nothing behind"
    );
}

#[test]
fn the_example_loads_back_commented_and_uncommented() {
    let folder = tempfile::tempdir().unwrap();
    let output = avouch(folder.path(), &["config", "example"], &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let example = String::from_utf8(output.stdout).unwrap();
    assert!(example.contains("#listen = \"127.0.0.1:3001\""), "{example}");
    let uncommented: String = example
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(option) if option.starts_with(|first: char| first.is_ascii_lowercase()) => format!("{option}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    for text in [example, uncommented] {
        std::fs::write(folder.path().join("avouch.toml"), text).unwrap();
        let output = avouch(folder.path(), &["config", "check"], &[]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

#[test]
fn a_check_tells_everything_that_is_wrong_and_exits_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[server]\nlisen = \"127.0.0.1:1\"\nissuer = \"http://id.example.com\"\n";
    std::fs::write(folder.path().join("avouch.toml"), file).unwrap();
    let env = [("AVOUCH__TOKENS__CODE_LIFETIME", "1h"), ("AVOUCH__NO__SUCH", "hunter2")];
    for arguments in [["config", "check"].as_slice(), ["serve"].as_slice()] {
        let output = avouch(folder.path(), arguments, &env);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let told = stderr(&output);
        for part in [
            "server.lisen (avouch.toml:2)",
            "server.issuer (avouch.toml:3)",
            "tokens.code_lifetime (AVOUCH__TOKENS__CODE_LIFETIME)",
            "no.such (AVOUCH__NO__SUCH)",
        ] {
            assert!(told.contains(part), "{part} not in {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_file_that_is_named_but_missing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = avouch(folder.path(), &["--config", "elsewhere.toml", "config", "check"], &[]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("elsewhere.toml: the file cannot be read"),
        "{}",
        stderr(&output)
    );
}

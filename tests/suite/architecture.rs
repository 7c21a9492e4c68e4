//! The floors of the house (`src/lib.rs`): the compiler cannot refuse an upward `use` within one crate, so this test does.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The rooms, and which rooms each may import. A room may always import itself.
const ROOMS: [(&str, &[&str]); 15] = [
    ("protocol", &[]),
    ("secret", &[]),
    ("clock", &["protocol"]),
    ("language", &[]),
    ("config", &["protocol", "language"]),
    ("model", &["protocol", "secret", "language"]),
    ("store", &["protocol", "model", "config", "secret"]),
    ("keys", &["protocol", "model", "config", "secret"]),
    ("credential", &["protocol", "model", "config", "secret", "language"]),
    (
        "outbound",
        &["protocol", "clock", "model", "config", "secret", "language"],
    ),
    ("telemetry", &["protocol", "model", "config", "secret"]),
    (
        "idp",
        &[
            "protocol",
            "secret",
            "clock",
            "language",
            "config",
            "model",
            "store",
            "keys",
            "credential",
            "outbound",
            "telemetry",
        ],
    ),
    (
        "http",
        &["protocol", "secret", "language", "config", "model", "idp", "telemetry"],
    ),
    (
        "cli",
        &[
            "protocol",
            "secret",
            "clock",
            "language",
            "config",
            "idp",
            "http",
            "telemetry",
        ],
    ),
    ("main", &["cli"]),
];

/// Words that may stand in some places only, and why.
const PLACES: [(&str, &[&str], &str); 9] = [
    ("actix_web::", &["src/http/"], "actix-web lives on floor 4"),
    (
        "askama::",
        &["src/http/", "src/idp/mail/letter.rs"],
        "askama lives on floor 4, and writes letters",
    ),
    (
        "reqwest::",
        &["src/outbound/"],
        "whatever goes out goes through the guard",
    ),
    (
        "fluent_bundle::",
        &["src/language/"],
        "nobody else knows how words are kept",
    ),
    ("sled::", &["src/store/sled"], "nothing but its engine knows sled"),
    (
        "SystemTime::now",
        &["src/clock.rs"],
        "the wall clock is asked in one place",
    ),
    ("getrandom::", &["src/secret.rs"], "randomness comes from one place"),
    (
        "std::process::exit",
        &["src/cli/", "src/main.rs"],
        "only commands end the process",
    ),
    (
        "println!",
        &[],
        "standard output belongs to the command line's own printer",
    ),
];

const MAX_LINES: usize = 500;
const MAX_FILES: usize = 25;

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&root().join(folder), &mut found);
    assert!(found.len() > 5, "{folder} was not found");
    found
}

/// The room of a file: `src/idp/token/code.rs` is in `idp`.
fn room_of(path: &Path) -> String {
    let second = path.components().nth(1).unwrap().as_os_str().to_str().unwrap();
    second.trim_end_matches(".rs").to_owned()
}

/// The code without comments, doc comments and everything from the unit tests on.
fn code(text: &str) -> String {
    let body = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    body.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test(path: &Path) -> bool {
    path.file_stem().unwrap().to_str().unwrap().ends_with("tests") || path.ends_with("conformance.rs")
}

/// The rooms that a file names after `crate::`, in paths and in braces.
fn imports(code: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut named = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(items(group).iter().map(|item| word(item))),
            None => named.push(word(rest)),
        }
    }
    named.retain(|word| !word.is_empty());
    named
}

/// The items of a brace group, of which the opening brace is gone.
fn items(group: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 1;
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (depth, character) {
            (0, _) => break,
            (1, ',') => items.push(String::new()),
            _ => items.last_mut().unwrap().push(character),
        }
    }
    items
}

#[test]
fn no_floor_imports_a_floor_above_it() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut broken = Vec::new();
    let mut seen = 0;
    for (path, text) in all("src") {
        let room = room_of(&path);
        if room == "lib" || is_test(&path) {
            continue;
        }
        let permitted = allowed
            .get(room.as_str())
            .unwrap_or_else(|| panic!("{}: no such room", path.display()));
        for import in imports(&code(&text))
            .into_iter()
            .filter(|import| allowed.contains_key(import.as_str()))
        {
            seen += 1;
            if import != room && !permitted.contains(&import.as_str()) {
                broken.push(format!("{}: {room} must not import {import}", path.display()));
            }
        }
    }
    assert!(seen > 100, "the imports were not found: {seen}");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn each_library_stays_in_its_room() {
    let mut broken = Vec::new();
    for (path, text) in all("src") {
        let name = path.to_str().unwrap().to_owned();
        for (word, places, why) in PLACES {
            if !is_test(&path) && code(&text).contains(word) && !places.iter().any(|place| name.starts_with(place)) {
                broken.push(format!("{name}: {word} ({why})"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn files_and_folders_stay_small() {
    let mut broken = Vec::new();
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (path, text) in all("src").into_iter().chain(all("tests")) {
        if text.lines().count() > MAX_LINES {
            broken.push(format!("{}: more than {MAX_LINES} lines", path.display()));
        }
        *folders.entry(path.parent().unwrap().to_owned()).or_default() += 1;
    }
    let full = folders.into_iter().filter(|(_, files)| *files > MAX_FILES);
    broken.extend(full.map(|(folder, files)| format!("{}: {files} files", folder.display())));
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nothing_is_called_by_a_word_that_says_nothing() {
    const EMPTY_WORDS: [&str; 6] = ["manager", "helper", "util", "common", "misc", "stuff"];
    let broken: Vec<String> = all("src")
        .into_iter()
        .map(|(path, _)| path.display().to_string())
        .filter(|name| EMPTY_WORDS.iter().any(|word| name.contains(word)))
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn this_test_sees_an_upward_import() {
    assert_eq!(
        imports("use crate::{idp::{self, Error}, http, model::user::User};"),
        ["idp", "http", "model"]
    );
    assert_eq!(imports("fn f() -> crate::http::Site"), ["http"]);
}

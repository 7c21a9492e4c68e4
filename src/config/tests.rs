//! The configuration as a whole: layers, strictness, and the example that documents it.

mod sections;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use proptest::prelude::*;

use super::*;

mod attributes;
mod others;
mod sign_up;

use others::OTHERS;

fn source(text: &str, env: &[(&str, &str)]) -> Source {
    let env = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Source {
        file: Some((PathBuf::from("avouch.toml"), text.to_owned())),
        env,
    }
}

fn config(text: &str) -> Config {
    Config::parse(&source(text, &[])).unwrap()
}

fn by_env(name: &str, value: &str) -> Config {
    Config::parse(&source("", &[(name, value)])).unwrap()
}

fn errors(text: &str, env: &[(&str, &str)]) -> Vec<String> {
    let errors = Config::parse(&source(text, env)).unwrap_err();
    assert_eq!(
        errors.0.len(),
        errors.to_string().lines().count(),
        "one line for each error: {errors}"
    );
    errors.0.iter().map(ToString::to_string).collect()
}

fn defaults() -> Config {
    Config::parse(&Source::default()).unwrap()
}

/// The example with every option in force.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(option) if option.starts_with(|first: char| first.is_ascii_lowercase()) => option.to_owned(),
        _ => line.to_owned(),
    };
    example().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Every option of the example, by its full name.
fn options() -> BTreeSet<String> {
    fn walk(path: &str, table: &toml::Table, found: &mut BTreeSet<String>) {
        for (key, value) in table {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            match value {
                toml::Value::Table(inner) => walk(&path, inner, found),
                _ => assert!(found.insert(path)),
            }
        }
    }
    let mut found = BTreeSet::new();
    walk("", &toml::from_str(&uncommented()).unwrap(), &mut found);
    found
}

#[test]
fn nothing_at_all_is_a_configuration() {
    let config = defaults();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:3001");
    assert_eq!(config.server.issuer_at(3001).as_str(), "http://localhost:3001");
    assert_eq!(config.server.admin_socket, PathBuf::from("keys/admin.sock"));
    assert_eq!(
        config.store,
        Store {
            url: StoreUrl::Sled("data".into()),
            cache: 64 << 20
        }
    );
    assert_eq!(config.tokens.access_lifetime, Duration::from_hours(1));
    assert_eq!(config.tokens.audience, None);
    assert_eq!(config.limits.body, 65_536);
    assert_eq!(config.users.roles, ["user", "admin"]);
    assert_eq!(
        config.attributes["hardware_tier"].values,
        ["tier1", "tier2", "tier3", "tier4"]
    );
    assert_eq!(config.attributes["tier"].values, Vec::<String>::new());
    assert_eq!(
        config.attributes["software_background"].scope.as_deref(),
        Some("profile")
    );
    assert_eq!(config.telemetry.format, LogFormat::Auto);
    assert!(config.server.worker_count() >= 1 && config.passwords.concurrency_limit() >= 1);
}

#[test]
fn the_example_is_the_default_whether_commented_or_not() {
    assert_eq!(config(&example()), defaults());
    assert_eq!(config(&uncommented()), defaults());
}

#[test]
fn the_example_documents_every_option() {
    let example = example();
    let mut documented = false;
    for line in example.lines() {
        if let Some(option) = line
            .strip_prefix('#')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            // The second attribute and those after it have the same options as the first.
            let attribute = [
                "enabled", "type", "values", "scope", "clients", "title", "editable", "sign_up",
            ];
            let name = option.split(' ').next().unwrap_or_default();
            assert!(documented || attribute.contains(&name), "{line}");
        }
        documented = line.starts_with("# ");
        assert!(line.len() <= 120 && line.trim_end() == line, "{line:?}");
    }
}

#[test]
fn every_option_changes_the_effective_configuration() {
    let mut untried = options();
    for (key, value) in OTHERS.iter().chain(sign_up::OTHERS) {
        let variable = format!("AVOUCH__{}", key.to_uppercase().replace('.', "__"));
        assert_ne!(by_env(&variable, value), defaults(), "{key}");
        assert!(untried.remove(*key), "{key} is not in the example");
    }
    let with_tls = [
        ("AVOUCH__SERVER__TLS__CERT_FILE", "c.pem"),
        ("AVOUCH__SERVER__TLS__KEY_FILE", "k.pem"),
    ];
    let config = Config::parse(&source("", &with_tls)).unwrap();
    assert_eq!(
        config.server.tls,
        Some(Tls {
            cert_file: "c.pem".into(),
            key_file: "k.pem".into()
        })
    );
    assert_eq!(config.server.issuer_at(3001).as_str(), "https://localhost:3001");
    let elsewhere = [
        "server.tls",
        "mail.host",
        "client_id_metadata.enabled",
        "attributes.tier",
        "attributes.software_background",
    ];
    untried.retain(|key| !elsewhere.iter().any(|section| key.starts_with(section)));
    assert_eq!(untried, BTreeSet::new(), "options without another value to try");
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "[tokens]\naccess_lifetime = \"5m\"\nid_lifetime = \"6m\"";
    let config = Config::parse(&source(file, &[("AVOUCH__TOKENS__ACCESS_LIFETIME", "7m")])).unwrap();
    assert_eq!(config.tokens.access_lifetime, Duration::from_mins(7));
    assert_eq!(config.tokens.id_lifetime, Duration::from_mins(6));
}

#[test]
fn other_variables_are_none_of_our_business() {
    assert_eq!(by_env("AVOUCH_CONFIG", "x"), defaults());
    assert_eq!(by_env("PATH", "/bin"), defaults());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    let file = "\
[server]
lisen = \"127.0.0.1:1\"
issuer = \"http://id.example.com\"
tls.cert_file = \"c.pem\"
[tokens]
code_lifetime = \"11m\"
access_lifetime = 60
[sever]
listen = \"x\"
";
    let env = [
        ("AVOUCH__STORE__URL", "postgres://db"),
        ("AVOUCH__PASSWORDS__MEMORY_KIB", "12"),
        ("AVOUCH__DATABASE__PASSWORD", "hunter2"),
        ("AVOUCH__TOKENS__ID_LIFETIMES", "1h"),
    ];
    let errors = errors(file, &env);
    for expected in [
        "server.lisen (avouch.toml:2): there is no such option; did you mean server.listen?",
        "server.issuer (avouch.toml:3): expected https",
        "server.tls.cert_file (avouch.toml:4): expected server.tls.key_file beside it",
        "tokens.code_lifetime (avouch.toml:6): expected a value from 1s to 10m, found 11m",
        "tokens.access_lifetime (avouch.toml:7): expected a duration: a whole number and s, m, h or d, such as",
        "sever (avouch.toml:8): there is no such option; did you mean server?",
        "store.url (AVOUCH__STORE__URL): expected \"sled:DIRECTORY\" or \"memory:\", found \"postgres://db\"",
        "passwords.memory_kib (AVOUCH__PASSWORDS__MEMORY_KIB): expected a value from 19456 to 4194304, found 12",
        "database.password (AVOUCH__DATABASE__PASSWORD): there is no such option; known here are server, store",
        "tokens.id_lifetimes (AVOUCH__TOKENS__ID_LIFETIMES): there is no such option; did you mean tokens.id_lifetime?",
    ] {
        assert!(
            errors.iter().any(|error| error.starts_with(expected)),
            "{expected}\nnot in\n{}",
            errors.join("\n")
        );
    }
    assert_eq!(errors.len(), 10, "{}", errors.join("\n"));
    assert!(
        !errors.join("\n").contains("hunter2"),
        "the value of an unknown variable may be a secret"
    );
}

#[test]
fn each_bad_value_is_one_error_at_its_key() {
    for (key, value) in [
        ("server.listen", "3001"),
        ("server.listen", "localhost:3001"),
        ("server.issuer", "https://id.example.com/a/"),
        ("server.trusted_proxies", "10.0.0.1/8"),
        ("server.workers", "-1"),
        ("server.workers", "many"),
        ("server.admin_socket", &"x".repeat(108)),
        ("server.tls.key_file", "k.pem"),
        ("store.cache", "1KiB"),
        ("keys.dir", ""),
        ("keys.algorithms", "ES256"),
        ("keys.algorithms", "RS256, none"),
        ("keys.algorithms", ""),
        ("keys.publish_ahead", "59m"),
        ("keys.publish_ahead", "90d"),
        ("keys.rotate_every", "24h"),
        ("tokens.code_lifetime", "0s"),
        ("tokens.access_lifetime", "2d"),
        ("tokens.refresh_lifetime", "181d"),
        ("tokens.refresh_max_lifetime", "1d"),
        ("tokens.refresh_reuse_window", "2m"),
        ("tokens.audience", "a b"),
        ("tokens.audience", "http://["),
        ("passwords.iterations", "1"),
        ("passkeys.enabled", "yes"),
        ("passkeys.rp_id", "https://example.com"),
        ("passkeys.origins", "http://example.com"),
        ("passkeys.related_origins", "example.net"),
        ("passkeys.user_verification", "discouraged"),
        ("passkeys.allow_aaguids", "yubikey"),
        ("passkeys.deny_aaguids", "*"),
        ("passkeys.timeout", "11m"),
        ("limits.connections", "0"),
        ("limits.login_delay", "16m"),
        ("limits.login_delay_max", "0s"),
        ("limits.login_exempt", "everyone"),
        ("users.roles", "user,teacher"),
        ("users.default_role", "teacher"),
        ("pages.name", ""),
        ("pages.name", " x"),
        ("pages.language", "tlh"),
        ("pages.accent", "teal"),
        ("pages.support", "http://example.com/"),
        ("mail.host", "mail.example.com"),
        ("mail.host", "mail example"),
        ("mail.port", "65536"),
        ("mail.security", "ssl"),
        ("mail.from", "Example"),
        ("mail.reply_to", "a@b"),
        ("mail.timeout", "6m"),
        ("mail.reset_lifetime", "25h"),
        ("mail.per_account", "0"),
        ("outbound.allowed_hosts", "https://keys.internal"),
        ("outbound.timeout", "0s"),
        ("outbound.max_bytes", "17MiB"),
        ("outbound.concurrency", "0"),
        ("outbound.cache_lifetime", "25h"),
        ("outbound.jwks_refresh_delay", "0s"),
        ("outbound.retry_delay", "2h"),
        ("client_id_metadata.enabled", "true"),
        ("client_id_metadata.allowed_hosts", "https://app.example"),
        ("client_id_metadata.scopes", "openid,a\"b"),
        ("telemetry.log", "a=b=c"),
        ("telemetry.format", "xml"),
        ("telemetry.metrics_listen", "9100"),
        ("attributes.tier.type", "date"),
        ("attributes.tier.scope", "a b"),
        ("attributes.email.type", "string"),
        ("attributes.hardware_tier.type", "number"),
        ("attributes", "x"),
        ("server.tls", "x"),
    ] {
        let variable = format!("AVOUCH__{}", key.to_uppercase().replace('.', "__"));
        let errors = errors("", &[(&variable, value)]);
        assert_eq!(errors.len(), 1, "{key}: {}", errors.join("\n"));
        let section = key.rsplit_once('.').map_or(key, |(section, _)| section);
        assert!(errors[0].starts_with(section), "{key}: {}", errors[0]);
        assert!(errors[0].contains("expected"), "{key}: {}", errors[0]);
    }
}

#[test]
fn a_variable_must_be_written_in_capitals_and_name_an_option() {
    for name in [
        "AVOUCH__server__LISTEN",
        "AVOUCH__",
        "AVOUCH__SERVER__",
        "AVOUCH____LISTEN",
        "AVOUCH__SERVER__TLS__",
    ] {
        let errors = errors("", &[(name, "x")]);
        assert_eq!(errors.len(), 1, "{}", errors.join("\n"));
        assert_eq!(
            errors[0],
            format!("{name}: expected a name of the form AVOUCH__SECTION__KEY, in capitals")
        );
    }
    assert!(errors("", &[("AVOUCH__LISTEN", "x")])[0].starts_with("listen (AVOUCH__LISTEN): there is no such option"));
    let deep = errors("", &[("AVOUCH__SERVER__LISTEN__PORT", "x")]);
    assert!(
        deep[0].starts_with("server.listen (AVOUCH__SERVER__LISTEN__PORT): expected"),
        "{}",
        deep[0]
    );
}

#[test]
fn a_value_where_a_section_is_due_is_told_and_the_rest_still_read() {
    let errors = errors("server = 3\n[pages]\nname = 4", &[("AVOUCH__SERVER__LISTEN", "x")]);
    assert_eq!(
        errors,
        [
            "server (avouch.toml:1): expected a table of options, found 3",
            "server.listen (AVOUCH__SERVER__LISTEN): expected an IP address and a port, such as \"127.0.0.1:3001\" or \
             \"[::1]:3001\", found \"x\"",
            "pages.name (avouch.toml:3): expected a string, found 4",
        ]
    );
}

#[test]
fn a_variable_cannot_stand_for_a_whole_section_of_the_file() {
    let errors = errors("[server]\nlisten = 1", &[("AVOUCH__SERVER", "x")]);
    assert_eq!(errors.len(), 2, "{}", errors.join("\n"));
    assert!(
        errors[0].starts_with("server (AVOUCH__SERVER): expected"),
        "{}",
        errors[0]
    );
}

#[test]
fn what_is_not_toml_is_told_with_its_line_beside_the_other_errors() {
    let all = errors(
        "[server]\nlisten = 127.0.0.1:1\n[pages]\nname = \"\"\n[[[\n",
        &[("AVOUCH__STORE__URL", "x")],
    )
    .join("\n");
    assert!(all.contains("avouch.toml:2: "), "{all}");
    assert!(all.contains("avouch.toml:5: "), "{all}");
    assert!(all.contains("store.url (AVOUCH__STORE__URL): "), "{all}");
    let twice = errors("[pages]\nname = \"a\"\nname = \"b\"", &[]).join("\n");
    assert!(
        twice.contains("avouch.toml:3: ") && twice.contains("duplicate"),
        "{twice}"
    );
}

#[test]
fn a_named_file_must_exist_and_be_readable_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let missing = Config::load(Some(&path)).unwrap_err();
    assert!(
        missing
            .to_string()
            .starts_with(&format!("{}: the file cannot be read", path.display())),
        "{missing}"
    );
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(Config::load(Some(&path)).unwrap_err().to_string().contains("UTF-8"));
    std::fs::write(&path, "[pages]\nname = \"From a file\"").unwrap();
    assert_eq!(Config::load(Some(&path)).unwrap().pages.name, "From a file");
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_fall(text in "[a-c=\\[\\]\"'#.{}, \n0-9]{0,40}", section in "(\\[server\\]\n|listen = |)") {
        let _ = Config::parse(&source(&(section + &text), &[]));
    }

    #[test]
    fn no_variable_makes_the_reader_fall(name in "[A-Za-z_é]{0,20}", value in "\\PC{0,20}") {
        let name = format!("AVOUCH__{name}");
        prop_assert!(Config::parse(&source("", &[(&name, &value)])).is_err());
    }
}

use super::*;
use crate::config::Source;

fn config(options: &[(&str, &str)]) -> Config {
    let env = options
        .iter()
        .map(|(key, value)| {
            let name = format!("AVOUCH__{}", key.to_uppercase().replace('.', "__"));
            (name, (*value).to_owned())
        })
        .collect();
    let source = Source {
        env,
        ..Source::default()
    };
    Config::parse(&source).unwrap()
}

fn of(options: &[(&str, &str)]) -> Result<RelyingParty, String> {
    let config = config(options);
    RelyingParty::of(&config.passkeys, &config.server.issuer_at(3001))
}

#[test]
fn the_relying_party_is_the_issuers_host_unless_it_is_set() {
    for (options, id, origins) in [
        (&[][..], "localhost", &["http://localhost:3001"][..]),
        (
            &[("server.issuer", "https://id.example.com/realm")],
            "id.example.com",
            &["https://id.example.com"],
        ),
        (
            &[
                ("server.issuer", "https://id.example.com:8443"),
                ("passkeys.rp_id", "example.com"),
                (
                    "passkeys.origins",
                    "https://shop.example.com,https://id.example.com:8443",
                ),
            ],
            "example.com",
            &["https://id.example.com:8443", "https://shop.example.com"],
        ),
        (
            &[
                ("server.issuer", "https://id.new.example"),
                ("passkeys.rp_id", "id.old.example"),
                ("passkeys.related_origins", "https://id.new.example"),
            ],
            "id.old.example",
            &["https://id.new.example"],
        ),
    ] {
        let found = of(options).unwrap();
        assert_eq!(
            (found.id.as_str(), &found.origins[..]),
            (id, &origins.iter().map(ToString::to_string).collect::<Vec<_>>()[..])
        );
    }
}

#[test]
fn what_keeps_passkeys_from_working_is_told_in_words() {
    for (options, word) in [
        (&[("passkeys.enabled", "false")][..], "switched off"),
        // WebAuthn, 5.1.3, step 8: an rp id is a registrable domain suffix of the effective domain, which an address has not.
        (&[("server.issuer", "http://127.0.0.1:3001")], "IP address"),
        (&[("server.issuer", "https://192.0.2.1")], "IP address"),
        (&[("server.issuer", "https://[2001:db8::1]")], "IP address"),
        (
            &[
                ("server.issuer", "https://id.example.com"),
                ("passkeys.rp_id", "example.org"),
            ],
            "a parent domain",
        ),
        (
            &[
                ("server.issuer", "https://id.example.com"),
                ("passkeys.rp_id", "www.id.example.com"),
            ],
            "a parent domain",
        ),
        (
            &[
                ("server.issuer", "https://badexample.com"),
                ("passkeys.rp_id", "example.com"),
            ],
            "a parent domain",
        ),
        (
            &[("server.issuer", "https://id.example.com"), ("passkeys.rp_id", "com")],
            "anybody can have a name",
        ),
        (
            &[
                ("server.issuer", "https://id.example.com"),
                ("passkeys.origins", "https://shop.example.net"),
            ],
            "not within",
        ),
        (
            &[
                ("passkeys.allow_aaguids", "ee882879-721c-4913-9775-3dfcce97072a"),
                ("passkeys.deny_aaguids", "EE882879-721c-4913-9775-3dfcce97072a"),
            ],
            "is in passkeys.allow_aaguids and",
        ),
    ] {
        let why = of(options).unwrap_err();
        assert!(why.contains(word), "{options:?}: {why}");
    }
}

#[test]
fn what_works_but_not_as_meant_is_noted() {
    for (options, word) in [
        (
            &[("server.issuer", "https://id.example.com")][..],
            "a proxy must answer",
        ),
        (
            &[("server.issuer", "https://id.example.com")],
            "trusted_proxies is empty",
        ),
        (&[("server.issuer", "https://id.example.com")], "ever move"),
        (&[("server.listen", "0.0.0.0:3001")], "who comes by another name"),
        (
            &[
                ("server.issuer", "https://id.new.example"),
                ("passkeys.rp_id", "old.example"),
                ("passkeys.related_origins", "https://id.new.example"),
            ],
            "https://old.example/.well-known/webauthn",
        ),
        (
            &[(
                "passkeys.related_origins",
                "https://a.example,https://b.example,https://c.example,https://d.example,https://e.example,https://f.example",
            )],
            "6 different names",
        ),
    ] {
        let findings = RelyingParty::examine(&config(options));
        let noted = findings
            .iter()
            .any(|it| matches!(it, Finding::Note(note) if note.contains(word)));
        assert!(noted, "{word}: {findings:?}");
    }
    assert_eq!(RelyingParty::examine(&config(&[])), []);
}

use serde_json::json;

use super::*;
use crate::{config::Config, protocol::Timestamp};

fn passkeys(options: &[(&str, &str)]) -> Passkeys {
    let env = options.iter().map(|(key, value)| {
        let name = format!("AVOUCH__{}", key.to_uppercase().replace('.', "__"));
        (name, (*value).to_owned())
    });
    let source = config::Source {
        env: env.collect(),
        ..config::Source::default()
    };
    let config = Config::parse(&source).unwrap();
    let rp = RelyingParty::of(&config.passkeys, &config.server.issuer_at(3001)).unwrap();
    Passkeys::new(rp, "avouch", &config.passkeys).unwrap()
}

fn passkey() -> Passkey {
    Passkey {
        id: "p1".to_owned(),
        user_id: "u1".to_owned(),
        rp_id: "localhost".to_owned(),
        credential_id: "AQID".to_owned(),
        public_key: json!({"type_": "ES256", "key": "broken"}),
        counter: 0,
        user_verified: true,
        backup_eligible: false,
        backed_up: false,
        transports: Vec::new(),
        aaguid: "00000000-0000-0000-0000-000000000000".to_owned(),
        name: "Passkey".to_owned(),
        created_at: Timestamp::from_unix(1),
        last_used_at: None,
        suspected_at: None,
    }
}

const ALICE: Person<'_> = Person {
    user_id: "u1",
    username: "alice",
    display_name: "Alice",
};

fn assertion(handle: &str) -> Assertion {
    let client = URL_SAFE_NO_PAD.encode(r#"{"type":"webauthn.get","challenge":"AA","origin":"http://localhost:3001"}"#);
    let answer = json!({"id": "AQID", "rawId": "AQID", "type": "public-key", "clientExtensionResults": {},
        "response": {"clientDataJSON": client, "authenticatorData": "AA", "signature": "AA", "userHandle": handle}});
    Assertion::parse(&answer.to_string()).unwrap()
}

#[test]
fn a_registration_asks_for_discoverable_credentials_and_excludes_known_ones() {
    let begun = passkeys(&[]).begin_registration(&ALICE, &[&passkey()]).unwrap();
    let asked = &begun.options["publicKey"];
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "preferred");
    assert_eq!(asked["excludeCredentials"][0]["id"], "AQID");
    assert_eq!(asked["user"]["id"], Passkey::user_handle("u1"));
    assert_eq!(asked["timeout"], 300_000);
}

#[test]
fn verification_is_asked_for_as_configured() {
    for policy in ["required", "preferred"] {
        let passkeys = passkeys(&[("passkeys.user_verification", policy)]);
        let sign_in = passkeys.begin_sign_in(&[]).unwrap().options;
        assert_eq!(sign_in["publicKey"]["userVerification"], policy);
        let registration = passkeys.begin_registration(&ALICE, &[]).unwrap().options;
        assert_eq!(
            registration["publicKey"]["authenticatorSelection"]["userVerification"],
            policy
        );
    }
}

#[test]
fn each_challenge_is_another() {
    let passkeys = passkeys(&[]);
    let challenge = || passkeys.begin_sign_in(&[]).unwrap().options["publicKey"]["challenge"].clone();
    assert_ne!(challenge(), challenge());
}

#[test]
fn what_is_kept_and_cannot_be_read_signs_nobody_in() {
    let passkeys = passkeys(&[]);
    let state = passkeys.begin_sign_in(&[]).unwrap().state;
    let assertion = assertion(&Passkey::user_handle("u1"));
    let refused = |state: &Value, passkey: &Passkey| {
        let named = passkeys.finish_sign_in(state, &assertion, passkey, true).unwrap_err();
        assert_eq!(
            named,
            passkeys.finish_sign_in(state, &assertion, passkey, false).unwrap_err(),
            "a handle that is there counts always"
        );
        named
    };
    assert_eq!(refused(&state, &passkey()), Refusal::Wrong("kept"));
    assert_eq!(refused(&json!({}), &passkey()), Refusal::Wrong("kept"));
    let elsewhere = Passkey {
        rp_id: "example.com".to_owned(),
        ..passkey()
    };
    assert_eq!(refused(&state, &elsewhere), Refusal::Wrong("rp_id"));
    let of_bob = Passkey {
        user_id: "u2".to_owned(),
        ..passkey()
    };
    assert_eq!(refused(&state, &of_bob), Refusal::Wrong("user_handle"));
}

#[test]
fn an_answer_is_a_public_key_credential_with_one_id() {
    for (kind, id, raw, word) in [
        ("password", "AQID", &[1, 2, 3][..], "type"),
        ("public-key", "AQID", &[1, 2], "credential_id"),
        ("public-key", "", &[], "credential_id"),
        (
            "public-key",
            &URL_SAFE_NO_PAD.encode([1; 1024]),
            &[1; 1024],
            "credential_id",
        ),
    ] {
        assert_eq!(is_public_key(kind, id, raw), Err(Refusal::Wrong(word)), "{kind} {id}");
    }
    assert_eq!(is_public_key("public-key", "AQID", &[1, 2, 3]), Ok(()));
    for bad in ["", "[]", "{}", "{\"id\":1}"] {
        assert_eq!(Assertion::parse(bad).unwrap_err(), Refusal::Wrong("malformed"), "{bad}");
    }
}

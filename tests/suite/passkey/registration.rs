//! Every binding of a new credential, one at a time (WebAuthn Level 3, 7.1).

use reqwest::StatusCode;

use super::{Person, assert_told, daemon, honest, ids, of, passkey_of};
use crate::support::{
    Daemon,
    authenticator::{AT, Answer, Authenticator, BS, UP, UV},
    scene::USERNAME,
};

type Row = (fn(&mut Answer), &'static str, &'static str);

const ROWS: [Row; 13] = [
    (|it| "password".clone_into(&mut it.kind), "type", "5.8.2"),
    (
        |it| "webauthn.get".clone_into(&mut it.client_kind),
        "client_data_type",
        "7.1, step 7",
    ),
    (|it| "AAAA".clone_into(&mut it.challenge), "challenge", "7.1, step 8"),
    (
        |it| "https://evil.example".clone_into(&mut it.origin),
        "origin",
        "7.1, step 9",
    ),
    (
        |it| it.origin = it.origin.replace("localhost", "evil.localhost"),
        "origin",
        "7.1, step 9",
    ),
    (|it| it.cross_origin = true, "cross_origin", "7.1, step 10"),
    (
        |it| "evil.example".clone_into(&mut it.rp_id),
        "rp_id_hash",
        "7.1, step 14",
    ),
    (|it| it.flags &= !UP, "user_present", "7.1, step 15"),
    (|it| it.flags |= BS, "backup", "7.1, step 17"),
    (|it| it.algorithm = -35, "algorithm", "7.1, step 20"),
    (|it| "made-up".clone_into(&mut it.format), "attestation", "7.1, step 22"),
    (|it| it.attested_id = vec![1; 24], "credential_id", "7.1, step 25"),
    (|it| it.flags &= !AT, "malformed", "7.1, step 12"),
];

#[tokio::test]
async fn a_credential_that_is_wrong_in_one_member_is_not_kept() {
    for (twist, word, section) in ROWS {
        let daemon = daemon();
        let person = Person::signed_in(&daemon, USERNAME).await;
        let mut authenticator = Authenticator::new();
        let refused = person.register(&mut authenticator, twist).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{section}: {}", refused.body);
        assert_told(&daemon, word);
        assert_eq!(ids(&daemon, USERNAME), [""; 0], "{section}");
    }
}

#[tokio::test]
async fn a_new_passkey_is_asked_for_as_passkeys_should_be() {
    let daemon = daemon();
    let person = Person::signed_in(&daemon, USERNAME).await;
    let begun = person.begin("register", &[]).await;
    let asked = &begun["publicKey"];
    assert_eq!(asked["rp"]["id"], "localhost");
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "preferred");
    assert_eq!(asked["authenticatorSelection"]["requireResidentKey"], false);
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "preferred");
    assert_eq!(asked["attestation"], "none");
    assert_eq!(asked["user"]["name"], USERNAME);
    // 14.6.1: the handle identifies nobody.
    let user = daemon.cli(&["user", "show", USERNAME]);
    assert!(
        !asked["user"]["id"]
            .as_str()
            .unwrap()
            .contains(user["id"].as_str().unwrap())
    );
    let algorithms: Vec<_> = asked["pubKeyCredParams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["alg"].clone())
        .collect();
    assert_eq!(algorithms, [-7, -257]);
    assert_eq!(begun["expires_in"], 300);

    let authenticator = passkey_of(&daemon, USERNAME).await;
    let begun = person.begin("register", &[]).await;
    assert_eq!(
        begun["publicKey"]["excludeCredentials"][0]["id"],
        authenticator.credential_id()
    );
}

#[tokio::test]
async fn one_credential_belongs_to_one_user_once() {
    // 7.1, step 26.
    let daemon = daemon();
    let authenticator = passkey_of(&daemon, USERNAME).await;
    for username in [USERNAME, "bob"] {
        let person = Person::signed_in(&daemon, username).await;
        let refused = person.register(&mut authenticator.clone(), honest).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{username}: {}", refused.body);
    }
    assert_eq!((ids(&daemon, USERNAME).len(), ids(&daemon, "bob").len()), (1, 0));
    daemon.has_no_errors();
}

#[tokio::test]
async fn of_parallel_registrations_of_one_credential_one_is_kept() {
    let daemon = daemon();
    let mut authenticator = Authenticator::new();
    let mut answers = Vec::new();
    for username in [USERNAME, "bob", USERNAME, "bob"] {
        let person = Person::signed_in(&daemon, username).await;
        let begun = person.begin("register", &[]).await;
        let credential = authenticator.create(&begun["publicKey"], &person.origin, honest);
        answers.push((person, begun, credential));
    }
    let tries = answers
        .iter()
        .map(|(person, begun, credential)| person.finish("register", begun, credential));
    let pages = futures_util::future::join_all(tries).await;
    let kept = pages.iter().filter(|page| page.status == StatusCode::OK).count();
    assert_eq!((kept, ids(&daemon, USERNAME).len() + ids(&daemon, "bob").len()), (1, 1));
}

#[tokio::test]
async fn where_verification_is_required_a_passkey_without_it_is_not_kept() {
    let daemon = of(Daemon::builder().set("passkeys.user_verification", "required"));
    let person = Person::signed_in(&daemon, USERNAME).await;
    let refused = person.register(&mut Authenticator::new(), |it| it.flags &= !UV).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    assert_told(&daemon, "user_verified");
}

#[tokio::test]
async fn only_a_browser_that_adds_a_passkey_by_itself_may_leave_out_presence() {
    // 7.1, step 15: with conditional mediation the user need not be present.
    let daemon = daemon();
    let person = Person::signed_in(&daemon, USERNAME).await;
    let begun = person.begin("register", &[("conditional", "1")]).await;
    let mut authenticator = Authenticator::new();
    let credential = authenticator.create(&begun["publicKey"], &person.origin, |it| it.flags = AT);
    let kept = person.finish("register", &begun, &credential).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    assert_eq!(person.sign_in(&mut authenticator, honest).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_operator_decides_which_models_may_be_added() {
    const GOOGLE: [u8; 16] = [
        0xea, 0x9b, 0x8d, 0x66, 0x4d, 0x01, 0x1d, 0x21, 0x3c, 0xe4, 0xb6, 0xb4, 0x8c, 0xb5, 0x75, 0xd4,
    ];
    let google = "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4";
    for (option, allowed, refused) in [
        ("passkeys.allow_aaguids", GOOGLE, [0; 16]),
        ("passkeys.deny_aaguids", [0; 16], GOOGLE),
    ] {
        let daemon = of(Daemon::builder().set(option, google));
        let person = Person::signed_in(&daemon, USERNAME).await;
        let page = person
            .register(&mut Authenticator::new(), |it| it.aaguid = refused)
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{option}");
        assert!(page.body.contains("not accepted here"), "{}", page.body);
        assert_told(&daemon, "model");
        let page = person
            .register(&mut Authenticator::new(), |it| it.aaguid = allowed)
            .await;
        assert_eq!(page.status, StatusCode::OK, "{option}: {}", page.body);
    }
    // A well-known model gives its name, and the second of them another.
    let daemon = daemon();
    let person = Person::signed_in(&daemon, USERNAME).await;
    for name in ["Google Password Manager", "Google Password Manager 2"] {
        let page = person
            .register(&mut Authenticator::new(), |it| it.aaguid = GOOGLE)
            .await;
        assert_eq!(page.json()["name"], name);
    }
}

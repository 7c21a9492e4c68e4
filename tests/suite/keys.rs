//! The keys that sign tokens: rotated under running backends, withdrawn in an emergency, brought along from elsewhere.

use std::{collections::BTreeSet, fs};

use openssl::{
    ec::{EcGroup, EcKey},
    nid::Nid,
    pkey::{PKey, Private},
    rsa::Rsa,
    symm::Cipher,
};
use serde_json::Value;

use crate::support::{App, Browser, Daemon, jwt};

const PASSWORD: &str = "correct horse";

async fn key_set(daemon: &Daemon) -> Value {
    let url = daemon.url("/.well-known/jwks.json");
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

fn kids(key_set: &Value) -> BTreeSet<String> {
    let keys = key_set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The kids in a state, as `key list` tells.
fn in_state(daemon: &Daemon, state: &str) -> Vec<String> {
    let list = daemon.cli(&["key", "list"]);
    let keys = list["keys"].as_array().unwrap().iter();
    keys.filter(|key| key["state"] == state)
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn kid(token: &str) -> String {
    jwt::header(token)["kid"].as_str().unwrap().to_owned()
}

/// A daemon with a user, an application, and an access token made with its first key.
async fn signed_in() -> (Daemon, App, String) {
    let daemon = Daemon::start();
    daemon.add_user("alice", PASSWORD, &[]);
    let app = App::confidential(&daemon);
    let token = access_token(&daemon, &app).await;
    (daemon, app, token)
}

async fn access_token(daemon: &Daemon, app: &App) -> String {
    let browser = Browser::new(&daemon.issuer);
    app.sign_in(&browser, "openid", "alice", PASSWORD)
        .await
        .access()
        .to_owned()
}

#[tokio::test]
async fn a_rotation_kills_no_token_and_the_second_in_a_row_waits_until_its_key_is_known() {
    let (mut daemon, app, before) = signed_in().await;
    let published = kids(&key_set(&daemon).await);
    assert_eq!(in_state(&daemon, "active"), [kid(&before)]);
    let next = in_state(&daemon, "next");

    let rotated = daemon.cli(&["key", "rotate"]);
    assert_eq!(
        (&rotated["rotated"], &rotated["signs_at"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!(rotated["active_kid"], next[0]);
    let after = access_token(&daemon, &app).await;
    assert_eq!(kid(&after), next[0]);
    assert!(published.contains(&kid(&after)), "it was published before it signed");
    assert_eq!(in_state(&daemon, "retired"), [kid(&before)]);
    assert!(kids(&key_set(&daemon).await).is_superset(&published));
    for token in [&before, &after] {
        assert_eq!(app.userinfo(token).await.0, 200);
    }

    let scheduled = daemon.cli(&["key", "rotate"]);
    assert_eq!(
        (&scheduled["rotated"], &scheduled["active_kid"]),
        (&false.into(), &next[0].clone().into())
    );
    let list = daemon.cli(&["key", "list"]);
    let newest = &list["keys"][0];
    assert_eq!(newest["state"], "next");
    let (published_at, signs_at) = (newest["published_at"].as_i64(), scheduled["signs_at"].as_i64());
    assert_eq!(signs_at.unwrap() - published_at.unwrap(), 24 * 3600);
    assert!(
        scheduled["message"].as_str().unwrap().contains("published long enough"),
        "{scheduled}"
    );
    assert_eq!(kid(&access_token(&daemon, &app).await), next[0]);

    let known = key_set(&daemon).await;
    daemon.kill();
    daemon.start_again();
    assert_eq!(key_set(&daemon).await, known, "a restart changes nothing");
    assert_eq!(kid(&access_token(&daemon, &app).await), next[0]);
    assert_eq!(app.userinfo(&before).await.0, 200);
}

#[tokio::test]
async fn an_emergency_withdraws_every_former_key_and_what_it_signed_at_once() {
    let (mut daemon, app, before) = signed_in().await;
    let former = kids(&key_set(&daemon).await);
    let told = daemon.cli(&["key", "rotate", "--emergency"]);
    let now = kids(&key_set(&daemon).await);
    assert!(now.is_disjoint(&former), "{now:?} {former:?}");
    assert!(now.contains(told["active_kid"].as_str().unwrap()));
    assert_eq!(app.userinfo(&before).await.0, 401);
    assert_eq!(app.introspect(&before).await["active"], false);
    let after = access_token(&daemon, &app).await;
    assert_eq!(app.userinfo(&after).await.0, 200);
    daemon.kill();
    daemon.start_again();
    assert_eq!(kids(&key_set(&daemon).await), now);
    assert_eq!(app.userinfo(&before).await.0, 401);
    assert_eq!(app.userinfo(&after).await.0, 200);
}

#[tokio::test]
async fn keys_are_turned_while_the_daemon_is_down_as_well() {
    let (mut daemon, app, before) = signed_in().await;
    daemon.stop();
    let rotated = daemon.cli(&["key", "rotate"]);
    daemon.start_again();
    assert_eq!(app.userinfo(&before).await.0, 200);
    assert_eq!(rotated["active_kid"], kid(&access_token(&daemon, &app).await));
}

fn pem(key: Result<Vec<u8>, openssl::error::ErrorStack>) -> String {
    String::from_utf8(key.unwrap()).unwrap()
}

fn rsa(bits: u32) -> Rsa<Private> {
    Rsa::generate(bits).unwrap()
}

#[tokio::test]
async fn a_key_from_elsewhere_becomes_the_next_one_in_either_format() {
    let (daemon, app, _) = signed_in().await;
    let file = daemon.dir().join("old.pem");
    let mut imported = String::new();
    for text in [
        pem(PKey::from_rsa(rsa(2048)).unwrap().private_key_to_pem_pkcs8()),
        pem(rsa(3072).private_key_to_pem()),
    ] {
        fs::write(&file, &text).unwrap();
        let answer = daemon.cli(&["key", "import", "old.pem"]);
        assert_eq!(answer["state"], "next");
        answer["kid"].as_str().unwrap().clone_into(&mut imported);
        assert_eq!(in_state(&daemon, "next"), [imported.clone()]);
        let published = key_set(&daemon).await;
        assert!(kids(&published).contains(&imported));
        let (code, said) = daemon.refused(&["key", "import", "old.pem"], "");
        assert!(code == 1 && said.contains("is in the ring already"), "{code} {said}");
        let body = text.lines().nth(1).unwrap();
        assert!(!daemon.log().contains(body) && !published.to_string().contains(body));
    }
    // It may be known to nobody yet, so it does not sign at once.
    assert_eq!(daemon.cli(&["key", "rotate"])["rotated"], false);
    assert_ne!(kid(&access_token(&daemon, &app).await), imported);
}

#[tokio::test]
async fn a_key_that_cannot_sign_here_is_refused_with_the_reason_and_changes_nothing() {
    let daemon = Daemon::start();
    let before = key_set(&daemon).await;
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let ec = EcKey::generate(&group).unwrap();
    let good = PKey::from_rsa(rsa(2048)).unwrap();
    let whole = pem(good.private_key_to_pem_pkcs8());
    let cut: String = whole
        .lines()
        .filter(|line| !line.starts_with("MII"))
        .fold(String::new(), |all, line| all + line + "\n");
    for (text, reason) in [
        (pem(ec.private_key_to_pem()), "ES256 is not switched on"),
        (
            pem(PKey::from_ec_key(ec).unwrap().private_key_to_pem_pkcs8()),
            "ES256 is not switched on",
        ),
        (
            pem(PKey::generate_ed25519().unwrap().private_key_to_pem_pkcs8()),
            "EdDSA is not switched on",
        ),
        (
            pem(PKey::generate_x25519().unwrap().private_key_to_pem_pkcs8()),
            "of a kind that cannot be used",
        ),
        (
            pem(PKey::from_rsa(rsa(1024)).unwrap().private_key_to_pem_pkcs8()),
            "1024 bits",
        ),
        (pem(rsa(1024).private_key_to_pem()), "1024 bits"),
        (
            pem(good.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"secret")),
            "encrypted",
        ),
        (pem(good.public_key_to_pem()), "a private key is needed"),
        (cut, "damaged"),
        ("nothing of that kind".to_owned(), "no PEM file"),
    ] {
        fs::write(daemon.dir().join("bad.pem"), text).unwrap();
        let (code, said) = daemon.refused(&["key", "import", "bad.pem"], "");
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(reason), "{reason} not in {said}");
    }
    let (code, said) = daemon.refused(&["key", "import", "absent.pem"], "");
    assert!(code == 1 && said.contains("absent.pem cannot be read"), "{code} {said}");
    assert_eq!(key_set(&daemon).await, before);
}

#[tokio::test]
async fn what_is_exported_is_what_is_published() {
    let daemon = Daemon::start();
    let published = key_set(&daemon).await;
    assert_eq!(daemon.cli(&["key", "export-public"]), published);
    let output = daemon.run(&["key", "export-public"], "");
    let pems = String::from_utf8(output.stdout).unwrap();
    let exported: BTreeSet<Vec<u8>> = pems
        .split_inclusive("-----END PUBLIC KEY-----\n")
        .map(|pem| Rsa::public_key_from_pem(pem.as_bytes()).unwrap().n().to_vec())
        .collect();
    let modulus = |key: &Value| {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap()
    };
    let moduli: BTreeSet<Vec<u8>> = published["keys"].as_array().unwrap().iter().map(modulus).collect();
    assert_eq!(exported, moduli);
    for key in published["keys"].as_array().unwrap() {
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(key.get(member).is_none(), "{member} is private");
        }
        let [kty, alg, usage] = ["kty", "alg", "use"].map(|member| key[member].as_str().unwrap());
        assert_eq!([kty, alg, usage], ["RSA", "RS256", "sig"]);
    }
}

#[tokio::test]
async fn another_master_key_stops_the_start_with_a_sentence_and_the_right_one_heals_it() {
    let (mut daemon, app, before) = signed_in().await;
    daemon.stop();
    let file = daemon.dir().join("keys/master.key");
    let kept = daemon.dir().join("backup.key");
    fs::rename(&file, &kept).unwrap();
    // Without any it makes a new one: which is another one too.
    for _ in 0..2 {
        for args in [&["serve"][..], &["key", "list"]] {
            let (code, said) = daemon.refused(args, "");
            assert_eq!(code, 1, "{said}");
            assert!(said.contains("sealed by another master key"), "{said}");
            assert!(said.contains("put the master key back from its backup"), "{said}");
        }
    }
    fs::rename(&kept, &file).unwrap();
    daemon.start_again();
    assert_eq!(app.userinfo(&before).await.0, 200);
}

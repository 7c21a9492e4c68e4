//! What commands make of files and options, seen where it counts: in tokens and at the sign-in page.

use std::fs;

use serde_json::{Value, json};

use crate::support::{App, Browser, Daemon, jwt};

fn write(daemon: &Daemon, name: &str, content: &Value) {
    fs::write(daemon.dir().join(name), content.to_string()).unwrap();
}

/// All claims of OpenID Connect Core, 5.1, but `sub` and `updated_at`, which are ours to say.
fn all_claims() -> Value {
    json!({
        "name": "Alice Pleasance Liddell", "given_name": "Alice", "family_name": "Liddell", "middle_name": "Pleasance",
        "nickname": "Al", "preferred_username": "alice.l", "profile": "https://alice.example/me",
        "picture": "https://alice.example/me.png", "website": "https://alice.example/", "email": "alice@wonder.example",
        "email_verified": true, "gender": "female", "birthdate": "1852-05-04", "zoneinfo": "Europe/London",
        "locale": "en-GB", "phone_number": "+44 20 7946 0000", "phone_number_verified": true,
        "address": {"street_address": "1 Rabbit Hole", "locality": "Oxford", "postal_code": "OX1", "country": "UK"},
    })
}

#[tokio::test]
async fn a_file_gives_a_user_all_standard_claims_and_attributes_and_tokens_tell_them() {
    let daemon = Daemon::start();
    let mut claims = all_claims();
    claims["software_background"] = json!("beginner");
    claims["sub"] = json!("somebody else");
    claims["updated_at"] = json!(1);
    write(&daemon, "claims.json", &claims);
    let added = daemon.cli_with(
        &["user", "add", "alice", "--password-stdin", "--claims", "claims.json"],
        "correct horse",
    );
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let scope = "openid profile email address phone";
    let tokens = app
        .sign_in(&browser, scope, "alice@wonder.example", "correct horse")
        .await;
    let (_, userinfo) = app.userinfo(tokens.access()).await;
    for told in [userinfo, jwt::claims(tokens.id())] {
        for (name, value) in all_claims().as_object().unwrap() {
            assert_eq!(&told[name], value, "{name}");
        }
        assert_eq!(told["sub"], added["id"], "nobody chooses their sub");
        assert!(told["updated_at"].as_i64().unwrap() > 1_700_000_000);
        assert_eq!(told["software_background"], "beginner");
    }
}

#[test]
fn claims_that_are_wrong_are_named_and_nobody_is_made() {
    let daemon = Daemon::start();
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("tenant_id", json!("acme")),
        ("favourite_colour", json!("red")),
        ("birthdate", json!("yesterday")),
        ("picture", json!("javascript:alert(1)")),
        ("name", json!("")),
        ("name", json!(7)),
        ("given_name", json!("Al\nice")),
        ("phone_number_verified", json!(true)),
        ("phone_number_verified", json!("yes")),
        ("email", json!("not an address")),
        ("email", json!(7)),
        ("email_verified", json!("yes")),
        ("address", json!("Oxford")),
        ("address", json!({"planet": "Earth"})),
        ("hardware_tier", json!("tier9")),
        ("software_background", json!(["beginner"])),
        ("role", json!("emperor")),
    ] {
        write(&daemon, "claims.json", &json!({ claim: value }));
        let (code, said) = daemon.refused(&["user", "add", "alice", "--claims", "claims.json"], "");
        assert_eq!(code, 1, "{claim} {said}");
        // A wrong type inside is told by what was expected there.
        let told = said.contains(claim) || said.contains("email address") || said.contains("wrong type");
        assert!(told, "{claim}={value}: {said}");
    }
    for (content, reason) in [("[]", "expected a JSON object"), ("{", "not JSON")] {
        fs::write(daemon.dir().join("claims.json"), content).unwrap();
        let (code, said) = daemon.refused(&["user", "add", "alice", "--claims", "claims.json"], "");
        assert!(code == 1 && said.contains(reason), "{code} {said}");
    }
    assert_eq!(daemon.cli(&["user", "list"])["users"], json!([]));
}

#[tokio::test]
async fn a_changed_user_signs_in_by_the_new_name_and_a_removed_one_not_at_all() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let set = [
        "user",
        "set",
        "alice",
        "--username",
        "alicia",
        "--email",
        "alicia@example.com",
    ];
    let user = daemon.cli(&set);
    assert_eq!(
        (&user["username"], &user["email_verified"]),
        (&json!("alicia"), &json!(false))
    );
    daemon.cli(&["user", "set", "alicia", "--claim", "nickname=Al"]);
    assert_eq!(daemon.cli(&["user", "show", "alicia"])["claims"]["nickname"], "Al");
    daemon.cli(&["user", "set", "alicia", "--claim", "nickname="]);
    assert!(
        daemon.cli(&["user", "show", "alicia"])["claims"]
            .get("nickname")
            .is_none()
    );

    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let scope = "openid offline_access";
    let tokens = app.sign_in(&browser, scope, "alicia", "correct horse").await;
    let fails = async |name: &str| {
        let browser = Browser::new(&daemon.issuer);
        let page = browser.get("/login").await;
        let page = browser.sign_in(&page, name, "correct horse").await;
        assert_eq!(page.status, 401, "{name}");
    };
    fails("alice").await;
    daemon.cli(&["user", "remove", "alicia"]);
    fails("alicia").await;
    assert_eq!(app.userinfo(tokens.access()).await.0, 401);
    assert_eq!(app.refresh(tokens.refresh()).await.1["error"], "invalid_grant");
    assert!(!browser.get("/").await.body.contains("alicia"), "the session is gone");
    // The name is free again, and whoever has it is somebody else.
    let again = daemon.add_user("alicia", "another horse", &[]);
    assert_ne!(again["id"], user["id"]);
    assert_eq!(app.userinfo(tokens.access()).await.0, 401);
}

#[tokio::test]
async fn a_client_that_moves_in_keeps_its_name_and_its_secret() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let file = json!({
        "client_id": "robolearn-confidential-client", "client_secret": "kept for years", "client_name": "RoboLearn",
        "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "client_secret_basic",
        "require_pkce": false, "consent": "first_party", "scope": "openid profile", "audience": "https://api.example",
        "contacts": ["ops@example.com"],
    });
    write(&daemon, "client.json", &file);
    let added = daemon.cli(&["client", "add", "--file", "client.json"]);
    for (name, value) in file.as_object().unwrap() {
        if name == "scope" {
            continue;
        }
        assert_eq!(&added[name], value, "{name}");
    }
    let app = App::of(&daemon, &added, "https://app.example/cb");
    let browser = Browser::new(&daemon.issuer);
    let begun = app.begin("openid", &[("code_challenge", ""), ("code_challenge_method", "")]);
    let code = app.code(&browser, &begun, "alice", "correct horse").await;
    let (status, tokens) = app.redeem_with(&begun, &code, &[("code_verifier", "")]).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = jwt::claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["aud"], "https://api.example");

    let shown = daemon
        .cli(&["client", "show", "robolearn-confidential-client"])
        .to_string();
    assert!(
        !shown.contains("kept for years") && !shown.contains("digest"),
        "{shown}"
    );
    let (code, said) = daemon.refused(&["client", "add", "--file", "client.json"], "");
    assert!(code == 1 && said.contains("there is one already"), "{code} {said}");
}

#[test]
fn every_member_of_a_client_that_is_unknown_or_wrong_is_named_at_once() {
    let daemon = Daemon::start();
    let file = json!({"client_name": "Shop", "redirect_urls": ["https://shop.example/cb"], "logo": 1, "at_hash": "yes",
        "grant_types": ["password"]});
    write(&daemon, "client.json", &file);
    let (code, said) = daemon.refused(&["client", "add", "--file", "client.json"], "");
    assert_eq!(code, 1);
    for told in [
        "redirect_urls: unknown member",
        "logo: unknown member",
        "at_hash: ",
        "grant_types: ",
    ] {
        assert!(said.contains(told), "{told} not in {said}");
    }
    assert_eq!(daemon.cli(&["client", "list"])["clients"], json!([]));
}

#[tokio::test]
async fn two_secrets_live_side_by_side_until_the_old_one_ends() {
    let daemon = Daemon::start();
    let first = daemon.add_client("Batch", &["--grant", "client_credentials"]);
    let app = App::of(&daemon, &first, "");
    let works = async |secret: &Value| {
        let app = App {
            client_secret: secret.as_str().map(str::to_owned),
            ..app.clone()
        };
        let (status, answer) = app.post("/token", &[("grant_type", "client_credentials")]).await;
        assert!(
            status == 200 || answer["error"] == "invalid_client",
            "{status} {answer}"
        );
        status == 200
    };
    let rotate = |keep: &[&str]| daemon.cli(&[&["client", "rotate-secret", app.client_id.as_str()], keep].concat());
    let second = rotate(&[]);
    assert!(works(&first["client_secret"]).await && works(&second["client_secret"]).await);
    let third = rotate(&[]);
    assert!(!works(&first["client_secret"]).await, "two live at most");
    assert!(works(&second["client_secret"]).await && works(&third["client_secret"]).await);
    let fourth = rotate(&["--keep-old", "0s"]);
    assert_eq!(fourth["old_secret_expires_at"], Value::Null);
    assert!(!works(&second["client_secret"]).await && !works(&third["client_secret"]).await);
    assert!(works(&fourth["client_secret"]).await);
    daemon.cli(&["client", "disable", &app.client_id]);
    assert!(!works(&fourth["client_secret"]).await);
    daemon.cli(&["client", "enable", &app.client_id]);
    assert!(works(&fourth["client_secret"]).await);
}

#[tokio::test]
async fn tokens_speak_of_the_active_organization_and_its_role() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    for id in ["acme", "brit"] {
        daemon.cli(&["org", "add", id, "--id", id]);
        daemon.cli(&["org", "member", "add", id, "alice"]);
    }
    let app = App::confidential(&daemon);
    let browser = Browser::new(&daemon.issuer);
    let tokens = app
        .sign_in(&browser, "openid offline_access", "alice", "correct horse")
        .await;
    let mut refresh_token = tokens.refresh().to_owned();
    let standing = |token: &str| {
        let claims = jwt::claims(token);
        json!([claims["tenant_id"], claims["org_role"], claims["organization_ids"]])
    };
    assert_eq!(standing(tokens.access()), json!(["acme", "member", ["acme", "brit"]]));
    for (args, expected) in [
        (
            &["member", "add", "brit", "alice", "--role", "owner"][..],
            json!(["acme", "member", ["acme", "brit"]]),
        ),
        (
            &["activate", "brit", "alice"],
            json!(["brit", "owner", ["acme", "brit"]]),
        ),
        (
            &["member", "remove", "brit", "alice"],
            json!(["acme", "member", ["acme"]]),
        ),
        (&["member", "remove", "acme", "alice"], json!([null, null, []])),
    ] {
        daemon.cli(&[&["org"], args].concat());
        let (_, refreshed) = app.refresh(&refresh_token).await;
        assert_eq!(
            standing(refreshed["access_token"].as_str().unwrap()),
            expected,
            "{args:?}"
        );
        refreshed["refresh_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut refresh_token);
    }
}

#[test]
fn a_long_list_is_told_in_pages_without_loss() {
    let daemon = Daemon::start();
    for number in 0..5 {
        daemon.cli(&["user", "add", &format!("user-{number}")]);
    }
    let (mut names, mut after) = (Vec::new(), String::new());
    for _ in 0..10 {
        let page = daemon.cli(&["user", "list", "--limit", "2", "--after", &after]);
        let users = page["users"].as_array().unwrap();
        assert!(users.len() <= 2);
        names.extend(users.iter().map(|user| user["username"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut after);
    }
    names.sort();
    assert_eq!(names, ["user-0", "user-1", "user-2", "user-3", "user-4"]);
}

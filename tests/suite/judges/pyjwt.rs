//! PyJWT with every claim required that it can require, and its own client for our key set.

use serde_json::{Value, json};

use super::{judge::Judge, python::python};
use crate::support::{App, Browser, Daemon};

fn pyjwt() -> Judge {
    let mut program = python();
    program.arg("pyjwt.py");
    Judge::start(program)
}

fn question(daemon: &Daemon, token: &str, audience: &str) -> Value {
    json!({"token": token, "issuer": daemon.issuer, "audience": audience})
}

#[tokio::test]
async fn pyjwt_accepts_every_kind_of_token_with_all_five_claims_required() {
    let daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let app = App::confidential(&daemon);
    let machine = daemon.add_client("Machine", &["--grant", "client_credentials", "--scope", "reports"]);
    let machine = App::of(&daemon, &machine, "");
    let api = daemon.add_client(
        "API",
        &["--grant", "client_credentials", "--audience", "https://api.example"],
    );
    let api = App::of(&daemon, &api, "");
    let browser = Browser::new(&daemon.issuer);
    let tokens = app
        .sign_in(&browser, "openid profile email", "alice", "correct horse")
        .await;
    let grant = [("grant_type", "client_credentials")];
    let (status, of_machine) = machine.post("/token", &grant).await;
    assert_eq!(status, 200, "{of_machine}");
    let (_, of_api) = api.post("/token", &grant).await;

    let text = |answer: &Value| answer["access_token"].as_str().unwrap().to_owned();
    let mut judge = pyjwt();
    for (token, audience, sub) in [
        (tokens.id().to_owned(), app.client_id.as_str(), None),
        (tokens.access().to_owned(), &daemon.issuer, None),
        (text(&of_machine), &daemon.issuer, Some(&machine.client_id)),
        (text(&of_api), "https://api.example", Some(&api.client_id)),
    ] {
        let verdict = judge.ask(&question(&daemon, &token, audience));
        assert!(verdict["error"].is_null(), "{verdict}");
        assert_eq!(verdict["claims"]["aud"], audience, "one audience is a string");
        if let Some(sub) = sub {
            assert_eq!(verdict["claims"]["sub"], **sub);
        }
        let other = judge.ask(&question(&daemon, &token, "https://elsewhere.example"));
        assert!(
            other["error"].as_str().unwrap().starts_with("InvalidAudience"),
            "{other}"
        );
    }
}

#[tokio::test]
async fn pyjwt_knows_the_next_key_before_it_signs_and_no_key_that_an_emergency_withdrew() {
    let daemon = Daemon::start();
    let machine = App::of(
        &daemon,
        &daemon.add_client("Machine", &["--grant", "client_credentials"]),
        "",
    );
    let token = async || {
        let (_, answer) = machine.post("/token", &[("grant_type", "client_credentials")]).await;
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let before = token().await;
    let mut judge = pyjwt();
    let accepts = |verdict: Value| verdict["error"].is_null();
    assert!(accepts(judge.ask(&question(&daemon, &before, &daemon.issuer))));
    daemon.cli(&["key", "rotate"]);
    for token in [&before, &token().await] {
        assert!(accepts(judge.ask(&question(&daemon, token, &daemon.issuer))));
    }
    daemon.cli(&["key", "rotate", "--emergency"]);
    let after = token().await;
    let mut fresh = pyjwt();
    assert!(accepts(fresh.ask(&question(&daemon, &after, &daemon.issuer))));
    // As the command warns: who keeps the old key set refuses new tokens, until it is fetched again.
    for verdict in [
        fresh.ask(&question(&daemon, &before, &daemon.issuer)),
        judge.ask(&question(&daemon, &after, &daemon.issuer)),
    ] {
        assert!(
            verdict["error"]
                .as_str()
                .unwrap()
                .contains("Unable to find a signing key"),
            "{verdict}"
        );
    }
}

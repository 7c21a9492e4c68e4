//! What users sign in with, as the operator brings it along and looks after it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::{Browser, Daemon, Scene};

const PASSWORD: &str = "correct horse";

/// "correct horse" as the Python libraries bcrypt, passlib, argon2-cffi and Django hash it, and the name of what made it.
const MADE_ELSEWHERE: [(&str, &str, &str); 10] = [
    (
        "b",
        "bcrypt",
        "$2b$05$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
    ),
    (
        "a",
        "bcrypt",
        "$2a$05$c1pAVq9U41My/.OdlpoLWeVERpD5QTLLtgmuXQqJV61FL/nsmRQIK",
    ),
    (
        "y",
        "bcrypt",
        "$2y$05$ztlK9eiw1tw6fU72wE.LfOpNkLBqUBih5/J0sYBj0/PILhItLiUKm",
    ),
    (
        "passlib",
        "pbkdf2-sha256",
        "$pbkdf2-sha256$1000$8n7P.b.3VsqZ874XYuwdIw$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY",
    ),
    (
        "phc",
        "pbkdf2-sha256",
        "$pbkdf2-sha256$i=1000,l=32$8n7P+b+3VsqZ874XYuwdIw$RXW88N82TdZlQOnaH8VUQF94zB44zYfoNpeSZCcT4AY",
    ),
    (
        "django",
        "pbkdf2-sha256",
        "pbkdf2_sha256$1000$saltysalt$ogyELkenhssjo9YzB+hLx2dedTg0guGJUM+KVU08H9I=",
    ),
    (
        "scrypt",
        "scrypt",
        "$scrypt$ln=10,r=8,p=1$h1DqPScEAABgLOUc43yPkQ$+798dy7Lvyf2nFDJJjiTgoiKv4cRhqrGRZ+jERoq78o",
    ),
    (
        "id",
        "argon2id",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
    ),
    (
        "i",
        "argon2i",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$gLKc+5HCvnZk/J11T0aIghH2H68epQJpg8JhTGr2Ydg",
    ),
    (
        "d",
        "argon2d",
        "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$g+VHXI6jVsdMt+1ff/wqLase7gVn5XmGink6LvrxAmk",
    ),
];

fn import(daemon: &Daemon, name: &str, hash: &str) -> Value {
    daemon.cli_with(&["user", "add", name, "--password-hash-stdin"], hash)
}

async fn signs_in(daemon: &Daemon, name: &str, password: &str) -> bool {
    let browser = Browser::new(&daemon.issuer);
    let login = browser.get("/login").await;
    let home = browser.sign_in(&login, name, password).await;
    assert_eq!(
        home.status == 200,
        home.url.path() == "/",
        "{} {}",
        home.status,
        home.url
    );
    home.status == 200
}

#[tokio::test]
async fn a_user_imported_with_a_hash_signs_in_and_has_ours_afterwards() {
    let daemon = Daemon::start();
    for (name, scheme, hash) in MADE_ELSEWHERE {
        let name = format!("moved-{name}");
        let made = import(&daemon, &name, hash);
        assert_eq!(
            (&made["has_password"], &made["password_scheme"]),
            (&json!(true), &json!(scheme))
        );
        let show = || daemon.cli(&["user", "show", &name]);
        assert!(!signs_in(&daemon, &name, "wrong horse").await, "{hash}");
        assert_eq!(show()["password_scheme"], scheme, "a wrong password changes nothing");
        assert!(signs_in(&daemon, &name, PASSWORD).await, "{hash}");
        assert_eq!(show()["password_scheme"], "argon2id");
        assert!(signs_in(&daemon, &name, PASSWORD).await, "again");
        assert!(!signs_in(&daemon, &name, "wrong horse").await);
        assert!(!show().to_string().contains('$'), "no hash is told");
    }
    daemon.has_no_errors();
}

#[tokio::test]
async fn two_first_sign_ins_at_once_both_succeed() {
    let daemon = Daemon::start();
    import(&daemon, "carol", MADE_ELSEWHERE[0].2);
    let sign_in = || signs_in(&daemon, "carol", PASSWORD);
    assert_eq!(
        tokio::join!(sign_in(), sign_in(), sign_in(), sign_in()),
        (true, true, true, true)
    );
    assert_eq!(daemon.cli(&["user", "show", "carol"])["password_scheme"], "argon2id");
    daemon.has_no_errors();
}

#[test]
fn a_hash_that_is_unknown_damaged_or_too_dear_makes_nobody() {
    let daemon = Daemon::start();
    for (hash, said) in [
        ("5f4dcc3b5aa765d61d8327deb882cf99", "no password hash that avouch knows"),
        ("$6$salt$hash", "no password hash that avouch knows"),
        ("$2b$05$short", "damaged"),
        (
            "$2b$31$26rG5syUjdqi0.fOMgNy5.8dr3HtSJULZjYQA377LuyYSNOtIvjO6",
            "costs more",
        ),
        (
            "pbkdf2_sha256$4294967295$salt$ogyELkenhssjo9YzB+hLx2dedTg0guGJUM+KVU08H9I=",
            "costs more",
        ),
        (
            "$scrypt$ln=40,r=8,p=1$TmFDbA$+798dy7Lvyf2nFDJJjiTgoiKv4cRhqrGRZ+jERoq78o",
            "costs more",
        ),
        (
            "$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHRzb21lc2FsdA$2Tz31/DvwM3ZDNXezOIBNEq021DwStEmw1lLBM1roy4",
            "costs more",
        ),
    ] {
        let (code, stderr) = daemon.refused(&["user", "add", "mallory", "--password-hash-stdin"], hash);
        assert!(code == 1 && stderr.contains(said), "{hash}: {code} {stderr}");
    }
    let both = ["user", "add", "mallory", "--password-hash-stdin", "--password-stdin"];
    assert_eq!(daemon.refused(&both, PASSWORD).0, 2);
    assert_eq!(daemon.cli(&["user", "list"])["users"], json!([]));
}

#[test]
fn a_password_that_is_guessed_first_is_refused_at_the_command_line() {
    let daemon = Daemon::builder().set("pages.name", "Wonderland").start();
    let add = [
        "user",
        "add",
        "alice",
        "--email",
        "liddell@example.com",
        "--password-stdin",
    ];
    for (password, said) in [
        ("short", "at least 8"),
        ("Password123", "list of the most used ones"),
        ("qwertyuiop", "list of the most used ones"),
        ("12345678", "row of equal or neighbouring"),
        ("alice2026", "little more than a name"),
        ("Liddell-1!", "little more than a name"),
        ("wonderland99", "little more than a name"),
    ] {
        let (code, stderr) = daemon.refused(&add, password);
        assert!(code == 1 && stderr.contains(said), "{password}: {code} {stderr}");
        assert!(!stderr.contains(password), "{stderr}");
    }
    assert_eq!(daemon.cli(&["user", "list"])["users"], json!([]));
    daemon.cli_with(&add, PASSWORD);
    let (code, stderr) = daemon.refused(&["user", "password", "alice", "--password-stdin"], "iloveyou");
    assert!(code == 1 && stderr.contains("most used"), "{code} {stderr}");
}

#[tokio::test]
async fn a_refused_password_does_not_spend_the_set_up_link() {
    let daemon = Daemon::start();
    let browser = Browser::new(&daemon.issuer);
    let mut page = browser.get(daemon.setup_link.as_ref().unwrap()).await;
    for (password, said) in [
        ("Passw0rd", "list of the most used ones"),
        ("hatter-2026", "little more than a name"),
        ("aaaaaaaaaa", "row of equal"),
    ] {
        let fields = [
            ("username", "hatter"),
            ("email", "mad@example.com"),
            ("password", password),
        ];
        page = browser.submit(&page, &fields).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains(said), "{}", page.body);
        assert_eq!(
            (page.field("username"), page.field("password")),
            ("hatter".to_owned(), String::new())
        );
    }
    let fields = [
        ("username", "hatter"),
        ("email", "mad@example.com"),
        ("password", PASSWORD),
    ];
    let page = browser.submit(&page, &fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
}

#[test]
fn a_list_of_stolen_passwords_is_asked_and_a_wrong_file_is_told_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("pwned.txt");
    let digest = openssl::sha::sha1(PASSWORD.as_bytes())
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02X}");
            text
        });
    std::fs::write(&list, format!("{digest}:12\r\n")).unwrap();
    let mut daemon = Daemon::builder()
        .set("passwords.breached_list", list.to_str().unwrap())
        .start();
    let add = ["user", "add", "alice", "--password-stdin"];
    let (code, stderr) = daemon.refused(&add, PASSWORD);
    assert!(code == 1 && stderr.contains("stolen"), "{code} {stderr}");
    daemon.cli_with(&add, "battery staple");

    daemon.stop();
    std::fs::write(&list, "correct horse\n").unwrap();
    let (_, stderr) = daemon.refused(&["user", "list"], "");
    assert!(
        stderr.contains("no list of breached passwords") && stderr.contains("pwned.txt"),
        "{stderr}"
    );
    std::fs::remove_file(&list).unwrap();
    let (_, stderr) = daemon.refused(&["user", "list"], "");
    assert!(stderr.contains("cannot be read"), "{stderr}");
}

#[tokio::test]
async fn the_operator_makes_recovery_codes_sees_how_many_are_left_and_removes_them() {
    let scene = Scene::start();
    let daemon = &scene.daemon;
    let factors = || daemon.cli(&["user", "factors", "alice"]);
    let before = factors();
    assert_eq!(
        before["factors"],
        json!([{"factor": "password", "usable": true, "second": false}])
    );
    assert_eq!(
        (&before["factors_needed"], &before["can_sign_in"]),
        (&json!(1), &json!(true))
    );

    let first = daemon.cli(&["user", "recovery-codes", "alice"]);
    let codes: Vec<&str> = first["recovery_codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 14), "{codes:?}");
    assert_eq!(
        factors()["factors"][1],
        json!({"factor": "recovery_codes", "usable": true, "second": false, "left": 10})
    );
    assert_eq!(
        factors()["factors_needed"],
        1,
        "codes stand in for a second factor, they are none"
    );

    // For people: one code a line on standard output, and the warning beside it.
    let printed = daemon.run(&["user", "recovery-codes", "alice"], "");
    let lines = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(lines.lines().filter(|line| line.len() == 14).count(), 10, "{lines}");
    assert!(codes.iter().all(|code| !lines.contains(code)), "a new set");
    assert!(String::from_utf8(printed.stderr).unwrap().contains("not shown again"));
    assert!(
        lines.lines().all(|code| !daemon.log().contains(code)),
        "never in the log"
    );
    assert!(daemon.log().contains("recovery_codes.made"));

    let left = daemon.cli(&["user", "remove-factor", "alice", "recovery-codes"]);
    assert_eq!(left["factors"].as_array().unwrap().len(), 1);
    let (code, stderr) = daemon.refused(&["user", "remove-factor", "alice", "password"], "");
    assert!(code == 1 && stderr.contains("last way into"), "{code} {stderr}");
    let (code, stderr) = daemon.refused(&["user", "remove-factor", "alice", "totp"], "");
    assert!(code == 1 && stderr.contains("no factor totp"), "{code} {stderr}");
    scene.tokens("openid").await;
}

#[test]
fn recovery_codes_need_something_to_stand_beside() {
    let daemon = Daemon::start();
    daemon.cli(&["user", "add", "bob"]);
    let (code, stderr) = daemon.refused(&["user", "recovery-codes", "bob"], "");
    assert!(code == 1 && stderr.contains("avouch user password"), "{code} {stderr}");
    let text = daemon.run(&["user", "factors", "bob"], "");
    assert!(String::from_utf8(text.stdout).unwrap().contains("can_sign_in:    no"));
    for verb in [
        &["user", "factors", "nobody"][..],
        &["user", "recovery-codes", "nobody"],
    ] {
        assert_eq!(daemon.refused(verb, "").0, 1);
    }
}

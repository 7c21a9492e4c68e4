use super::*;
use crate::config::{Config, Source};

fn open(lines: &str) -> Result<Option<Mailer>, MailOpenError> {
    let source = Source {
        file: Some(("avouch.toml".into(), format!("[mail]\n{lines}"))),
        env: Vec::new(),
    };
    Mailer::open(
        &Config::parse(&source).unwrap().mail,
        "Exämple \"Shop\"\r\nBcc: eve@example.com",
    )
}

const LOCAL: &str = "host = \"127.0.0.1\"\nsecurity = \"none\"\nfrom = \"no-reply@example.com\"\n";

fn written(more: &str, subject: &str) -> String {
    let mailer = open(&format!("{LOCAL}{more}")).unwrap().unwrap();
    let envelope = Envelope {
        id: "letter-1",
        to: &EmailAddress::parse("alice@bücher.example").unwrap(),
        at: Timestamp::from_unix(1_700_000_000),
        subject,
        text: "Grüße\n",
        html: "<p>Grüße</p>",
    };
    String::from_utf8(mailer.message(&envelope).unwrap().formatted()).unwrap()
}

/// The header fields, unfolded.
fn headers(letter: &str) -> Vec<String> {
    let head = letter.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

#[test]
fn a_letter_has_the_headers_that_mail_programs_expect() {
    let letter = written("reply_to = \"Help <help@example.com>\"", "Hello");
    let headers = headers(&letter);
    for header in [
        "To: alice@xn--bcher-kva.example",
        "Subject: Hello",
        "Date: Tue, 14 Nov 2023 22:13:20 +0000",
        "Message-ID: <letter-1@example.com>",
        "Auto-Submitted: auto-generated",
        "Reply-To: Help <help@example.com>",
        "MIME-Version: 1.0",
    ] {
        assert!(headers.iter().any(|it| it == header), "{header} not in {headers:#?}");
    }
    assert!(
        letter.contains("multipart/alternative") && letter.contains("text/plain; charset=utf-8"),
        "{letter}"
    );
    assert!(
        letter.contains("text/html; charset=utf-8") && letter.is_ascii(),
        "{letter}"
    );
    assert!(
        letter.find("text/plain") < letter.find("text/html"),
        "the plainest first (RFC 2046, 5.1.4)"
    );
}

#[test]
fn no_name_and_no_subject_makes_a_header_of_its_own() {
    let letter = written("", "Hello\r\nBcc: eve@example.com\r\n\r\nbody");
    let headers = headers(&letter);
    assert!(
        headers.iter().all(|header| !header.to_lowercase().starts_with("bcc")),
        "{headers:#?}"
    );
    let names: Vec<&str> = headers.iter().map(|header| header.split(':').next().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| **name == "Subject").count(), 1);
    assert_eq!(names.iter().filter(|name| **name == "From").count(), 1);
}

#[test]
fn without_a_host_there_is_no_mailer() {
    assert!(open("").unwrap().is_none());
}

#[test]
fn a_file_that_cannot_be_used_is_told_by_its_option() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    for (lines, told) in [
        (
            "username = \"u\"\npassword_file = \"/nowhere/password\"".to_owned(),
            "mail.password_file: /nowhere/password cannot be read",
        ),
        (
            "ca_file = \"/nowhere/ca.pem\"".to_owned(),
            "mail.ca_file: /nowhere/ca.pem cannot be used",
        ),
        (
            format!("ca_file = \"{}\"", empty.display()),
            "there is no certificate in it",
        ),
    ] {
        let error = open(&format!("{LOCAL}{lines}")).err().unwrap().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn a_failure_says_what_is_wrong_and_never_to_whom() {
    for (failure, sentence) in [
        (Failure::Refused(550), "the mail server refuses the letter (550)"),
        (
            Failure::NotNow(Some(451)),
            "the mail server does not take the letter now (451)",
        ),
        (Failure::NotNow(None), "the mail server does not take the letter now"),
        (
            Failure::Login(Some(535)),
            "the mail server does not let us sign in (535)",
        ),
    ] {
        let error = failure.because("550 <alice@example.com> unknown");
        assert_eq!(error.to_string(), sentence);
    }
    assert!(Failure::Refused(550).is_final() && Failure::Unwritable.is_final());
    for passing in [
        Failure::Unreachable,
        Failure::NoStarttls,
        Failure::Tls,
        Failure::Login(Some(535)),
        Failure::NotNow(Some(450)),
        Failure::TimedOut,
    ] {
        assert!(!passing.is_final(), "{passing}");
    }
}

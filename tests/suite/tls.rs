//! TLS of our own: versions, and certificates that change under a running daemon.

use std::{fs, net::TcpStream, path::Path};

use openssl::ssl::{ErrorCode, SslConnector, SslMethod, SslVersion};
use url::Url;

use crate::support::{App, Authority, Browser, Daemon};

/// Shakes hands with one version only; gives the certificate's serial number, or why it failed.
fn shake(authority: &Authority, daemon: &Daemon, version: SslVersion) -> Result<String, String> {
    let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
    connector
        .cert_store_mut()
        .add_cert(authority.certificate().clone())
        .unwrap();
    // Without it OpenSSL itself refuses old versions, and the daemon would not be asked.
    connector.set_cipher_list("DEFAULT:@SECLEVEL=0").unwrap();
    connector.set_min_proto_version(Some(version)).unwrap();
    connector.set_max_proto_version(Some(version)).unwrap();
    let port = Url::parse(&daemon.issuer).unwrap().port().unwrap();
    let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    match connector.build().connect("localhost", tcp) {
        Ok(mut stream) => {
            let serial = stream
                .ssl()
                .peer_certificate()
                .unwrap()
                .serial_number()
                .to_bn()
                .unwrap();
            let closed = stream.shutdown();
            assert!(closed.is_ok() || closed.is_err_and(|error| error.code() == ErrorCode::SYSCALL));
            Ok(serial.to_hex_str().unwrap().to_string())
        }
        Err(error) => Err(error.to_string()),
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn a_whole_sign_in_goes_over_tls_and_browsers_are_told_to_stay_with_it() {
    let authority = Authority::new();
    let daemon = authority.daemon();
    assert!(daemon.issuer.starts_with("https://localhost:"), "{}", daemon.issuer);
    daemon.add_user("alice", "correct horse", &[]);
    let app = App {
        http: authority.client().build().unwrap(),
        ..App::confidential(&daemon)
    };
    let browser = Browser::with(&daemon.issuer, authority.client());
    let tokens = app.sign_in(&browser, "openid", "alice", "correct horse").await;
    assert_eq!(app.userinfo(tokens.access()).await.0, 200);
    for path in ["/login", "/.well-known/openid-configuration", "/nowhere"] {
        let page = browser.get_only(path).await;
        assert!(
            page.header("strict-transport-security").starts_with("max-age=63072000"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn over_tls_every_cookie_is_bound_to_this_host_and_to_tls() {
    let authority = Authority::new();
    let daemon = authority.daemon();
    daemon.add_user("alice", "correct horse", &[]);
    let browser = Browser::with(&daemon.issuer, authority.client());
    let page = browser.get("/login").await;
    let mut seen = vec![page.header("set-cookie").to_owned()];
    let form = page.form();
    let fields: Vec<(&str, &str)> = [("username", "alice"), ("password", "correct horse")]
        .into_iter()
        .chain(
            form.fields
                .iter()
                .filter(|(name, _)| *name == "csrf")
                .map(|(n, v)| (n.as_str(), v.as_str())),
        )
        .collect();
    let answer = browser
        .client()
        .post(daemon.url("/login"))
        .form(&fields)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_redirection(), "{}", answer.status());
    seen.push(answer.headers()["set-cookie"].to_str().unwrap().to_owned());
    for cookie in seen {
        assert!(cookie.starts_with("__Host-avouch_"), "{cookie}");
        for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} not in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[test]
fn tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    let authority = Authority::new();
    let daemon = authority.daemon();
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        shake(&authority, &daemon, version).unwrap();
    }
    for version in [SslVersion::TLS1, SslVersion::TLS1_1] {
        let refusal = shake(&authority, &daemon, version).unwrap_err();
        let by_the_daemon = ["alert protocol version", "alert handshake failure"];
        assert!(by_the_daemon.iter().any(|alert| refusal.contains(alert)), "{refusal}");
    }
}

#[tokio::test]
async fn a_changed_certificate_is_served_without_a_restart_and_a_half_written_one_is_not() {
    let authority = Authority::new();
    let daemon = authority.daemon();
    let serial = || shake(&authority, &daemon, SslVersion::TLS1_3).unwrap();
    let first = serial();
    let (certificate, key) = authority.issue();
    let file = |name: &str| daemon.dir().join(name);

    // The new certificate has come, its key not yet: they do not fit.
    fs::write(file("cert.pem"), &certificate).unwrap();
    let refusals = |log: &str| log.matches("the former one stays").count();
    daemon
        .wait_until("the pair is refused", async || refusals(&daemon.log()) == 1)
        .await;
    assert_eq!(serial(), first);
    // A file cut in the middle.
    fs::write(file("key.pem"), &key[..key.len() / 2]).unwrap();
    let before = refusals(&daemon.log());
    daemon
        .wait_until("half a key is refused", async || refusals(&daemon.log()) > before)
        .await;
    assert_eq!(serial(), first);

    fs::write(file("key.pem"), &key).unwrap();
    daemon
        .wait_until("the new pair is served", async || serial() != first)
        .await;
    assert!(daemon.log().contains("the TLS certificate was read again"));
    assert!(!daemon.log().contains(key.lines().nth(1).unwrap()), "a key is a secret");
    assert_eq!(read(&file("cert.pem")), certificate);
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start_with_a_sentence() {
    let authority = Authority::new();
    let mut daemon = authority.daemon();
    daemon.stop();
    let (other, _) = authority.issue();
    for (file, content, sentence) in [
        ("cert.pem", other.as_str(), "the certificate and its key cannot be used"),
        ("cert.pem", "", "cert.pem holds no certificate"),
        ("key.pem", "not a key", "key.pem: "),
    ] {
        authority.issue_into(daemon.dir());
        fs::write(daemon.dir().join(file), content).unwrap();
        let (code, said) = daemon.refused(&["serve"], "");
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(sentence), "{said}");
    }
    fs::remove_file(daemon.dir().join("key.pem")).unwrap();
    let (code, said) = daemon.refused(&["serve"], "");
    assert!(code == 1 && said.contains("key.pem"), "{code} {said}");
}

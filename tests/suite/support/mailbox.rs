//! A real mail server with one big mailbox: what the daemon sends arrives here, and is read by a parser that is not ours.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Authority, Browser, Page, daemon::Builder};
use crate::judges::{judge::Running, python::python};

/// The sender of all letters.
pub const FROM: &str = "no-reply@id.example.com";
/// Whom the daemon signs in as, where that is asked for.
const USERNAME: &str = "avouch";
const PASSWORD: &str = "smtp secret";

/// How the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    None,
    /// By STARTTLS, which it insists on, and a password.
    Starttls,
    /// By TLS from the first byte, and a password.
    Tls,
}

impl Security {
    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
        }
    }
}

/// The server; killed on drop.
pub struct Mailbox {
    running: Option<Running>,
    folder: TempDir,
    security: Security,
    port: u16,
}

/// A letter that arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Name and value of each header field, decoded.
    pub headers: Vec<(String, String)>,
    /// The plain part.
    pub text: String,
    /// The other one.
    pub html: String,
    /// Everything else that the server noticed.
    pub seen: Value,
}

impl Mailbox {
    /// A server on this machine, in clear.
    pub fn start() -> Self {
        Self::with(Security::None)
    }

    /// A server.
    pub fn with(security: Security) -> Self {
        let folder = TempDir::new().expect("a folder");
        let authority = Authority::new();
        authority.issue_into(folder.path());
        let pem = authority.certificate().to_pem().expect("PEM");
        std::fs::write(folder.path().join("ca.pem"), pem).expect("a file");
        std::fs::write(folder.path().join("password"), format!("{PASSWORD}\n")).expect("a file");
        let mut mailbox = Self {
            running: None,
            folder,
            security,
            port: 0,
        };
        mailbox.start_again();
        mailbox
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Starts the server, at its port when it had one.
    pub fn start_again(&mut self) {
        let mut asked = json!({
            "folder": self.folder.path(), "security": self.security.word(), "port": self.port,
            "certificate": self.file("cert.pem"), "key": self.file("key.pem"),
        });
        if self.security != Security::None {
            asked["username"] = USERNAME.into();
            asked["password"] = PASSWORD.into();
        }
        let mut command = python();
        command.args(["mail_server.py", &asked.to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the mail server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .expect("its port");
        self.running = Some(Running(child));
        self.port = line.trim().parse().expect("a port");
    }

    /// Kills it: nobody listens at its port.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// Answers every recipient so from now on, for example `550 5.1.1 no such mailbox`.
    pub fn answer(&self, reply: &str) {
        std::fs::write(self.folder.path().join("reply"), reply).expect("a file");
    }

    /// Takes letters again.
    pub fn take_letters(&self) {
        std::fs::remove_file(self.folder.path().join("reply")).expect("a file");
    }

    /// Makes it the mail server of a daemon.
    pub fn serve(&self, builder: Builder) -> Builder {
        let builder = builder
            .set("mail.host", "localhost")
            .set("mail.port", self.port.to_string())
            .set("mail.security", self.security.word())
            .set("mail.from", FROM);
        if self.security == Security::None {
            return builder;
        }
        builder
            .set("mail.ca_file", self.file("ca.pem"))
            .set("mail.username", USERNAME)
            .set("mail.password_file", self.file("password"))
    }

    /// Everything that has arrived for an address.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let path: PathBuf = self.folder.path().join("letters");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        // The last line may still be written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let letters = whole
            .lines()
            .map(|line| Letter::of(serde_json::from_str(line).expect("JSON")));
        letters.filter(|letter| letter.to == [address]).collect()
    }

    /// Waits until `count` letters have arrived for an address; gives them all.
    pub async fn wait_for(&self, address: &str, count: usize) -> Vec<Letter> {
        for _ in 0..1000 {
            let letters = self.letters_to(address);
            if letters.len() >= count {
                return letters;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no {count} letters came to {address}: {:#?}", self.letters_to(address));
    }

    /// Waits for the next letter of a subject to an address, counted from the first.
    pub async fn wait_for_subject(&self, address: &str, subject: &str, count: usize) -> Letter {
        for _ in 0..1000 {
            let mut letters = self.letters_to(address);
            letters.retain(|letter| letter.header("Subject") == subject);
            if letters.len() >= count {
                return letters.swap_remove(count - 1);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no {subject:?} came to {address}: {:#?}", self.letters_to(address));
    }
}

impl Letter {
    fn of(seen: Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().replace("\r\n", "\n");
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        Self {
            to: list(&seen["to"]).iter().map(text).collect(),
            headers: list(&seen["headers"])
                .iter()
                .map(|pair| (text(&pair[0]), text(&pair[1])))
                .collect(),
            text: text(&seen["text"]),
            html: text(&seen["html"]),
            seen,
        }
    }

    /// A header field, which must stand there at most once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut found = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} stands twice: {:?}", self.headers);
        first
    }

    /// The one-time link in it, the same in both parts.
    #[track_caller]
    pub fn link(&self) -> String {
        let mut links = self
            .text
            .split_whitespace()
            .filter(|word| word.starts_with("http") && word.contains("token="));
        let link = links.next().unwrap_or_else(|| panic!("no link in {}", self.text));
        assert_eq!(links.next(), None, "{}", self.text);
        assert!(self.html.contains(&format!("href=\"{link}\"")), "{}", self.html);
        link.to_owned()
    }

    /// Whether there is such a link in it.
    pub fn has_link(&self) -> bool {
        self.text.contains("token=")
    }

    /// Opens its link in a browser.
    pub async fn follow(&self, browser: &Browser) -> Page {
        browser.get(&self.link()).await
    }
}

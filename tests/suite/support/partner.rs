//! The server of a client: an https host with a certificate of its own authority, which answers as it is told and remembers
//! what it was asked.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use openssl::{
    pkey::PKey,
    ssl::{SslAcceptor, SslMethod, SslStream},
    x509::X509,
};
use serde_json::Value;
use tempfile::TempDir;

use super::{Authority, Daemon, daemon::Builder};

/// What a path answers.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    ending: Ending,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    /// With the body.
    Whole,
    /// Never: the other side gives up.
    Stalled,
    /// Never: more and more bytes come.
    Endless,
}

impl Answer {
    /// 200 with this body.
    pub fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
            delay: Duration::ZERO,
            ending: Ending::Whole,
        }
    }

    /// 200 with JSON.
    pub fn json(document: &Value) -> Self {
        Self::of("application/json", document.to_string())
    }

    /// Only a status.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::of("text/plain", "")
        }
    }

    /// A redirect to `location`.
    pub fn redirect(location: &str) -> Self {
        Self::status(302).header("Location", location)
    }

    /// One more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// After a while.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The body begins and never ends; nothing more comes.
    pub fn stalled(mut self) -> Self {
        self.ending = Ending::Stalled;
        self
    }

    /// The body begins and never ends; more and more comes, of unknown length.
    pub fn endless(mut self) -> Self {
        self.ending = Ending::Endless;
        self
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Names in small letters.
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Asked {
    /// The parameters of a posted form.
    pub fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// A running server on `localhost`; it ends on drop.
pub struct Partner {
    authority: Arc<Authority>,
    address: SocketAddr,
    dir: TempDir,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<Asked>>,
    ended: AtomicBool,
}

impl Partner {
    /// A server with an authority of its own.
    pub fn start() -> Self {
        Self::of(Arc::new(Authority::new()))
    }

    /// A server whose certificate another authority issues.
    pub fn of(authority: Arc<Authority>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), authority.certificate().to_pem().unwrap()).unwrap();
        let (certificate, key) = authority.issue();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor
            .set_certificate(&X509::from_pem(certificate.as_bytes()).unwrap())
            .unwrap();
        acceptor
            .set_private_key(&PKey::private_key_from_pem(key.as_bytes()).unwrap())
            .unwrap();
        let acceptor = Arc::new(acceptor.build());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let of_listener = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if of_listener.ended.load(Ordering::SeqCst) {
                    return;
                }
                let (acceptor, shared) = (Arc::clone(&acceptor), Arc::clone(&of_listener));
                thread::spawn(move || {
                    // A peer that gives up, or does not believe the certificate, is what some tests are about.
                    let _ = stream.map(|stream| acceptor.accept(stream).map(|stream| shared.answer(stream)));
                });
            }
        });
        Self {
            authority,
            address,
            dir,
            shared,
        }
    }

    /// `localhost:PORT`, as `outbound.allowed_hosts` names it.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// A URL of it by name.
    pub fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.host())
    }

    /// A URL of it by address, which no daemon of [`Partner::daemon`] may ask.
    pub fn url_by_address(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// The file of its authority, for `outbound.ca_file`.
    pub fn ca_file(&self) -> String {
        self.dir.path().join("ca.pem").display().to_string()
    }

    /// Its authority.
    pub fn authority(&self) -> Arc<Authority> {
        Arc::clone(&self.authority)
    }

    /// A daemon that believes its certificate and may ask it, and asks again soon after a failure.
    pub fn daemon(&self) -> Builder {
        self.configure(Daemon::builder())
    }

    /// The same for a daemon with more settings.
    pub fn configure(&self, builder: Builder) -> Builder {
        builder
            .set("outbound.ca_file", self.ca_file())
            .set("outbound.allowed_hosts", self.host())
            .set("outbound.retry_delay", "1s")
    }

    /// From now on `path` answers so, whatever the query is. A path that nothing was said about answers 404.
    pub fn serve(&self, path: &str, answer: Answer) {
        self.shared.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// From now on `path` answers with this document.
    pub fn serve_json(&self, path: &str, document: &Value) {
        self.serve(path, Answer::json(document));
    }

    /// What was asked of `path`, first things first.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        let asked = self.shared.asked.lock().unwrap();
        asked
            .iter()
            .filter(|asked| bare(&asked.path) == path)
            .cloned()
            .collect()
    }

    /// How often `path` was asked.
    pub fn hits(&self, path: &str) -> usize {
        self.asked(path).len()
    }

    /// How often anything was asked.
    pub fn all_hits(&self) -> usize {
        self.shared.asked.lock().unwrap().len()
    }

    /// Waits until `path` was asked `count` times, for at most 20 seconds, and gives what was asked.
    pub async fn wait_for(&self, path: &str, count: usize) -> Vec<Asked> {
        for _ in 0..400 {
            let asked = self.asked(path);
            if asked.len() >= count {
                return asked;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} was asked {} times, not {count}", self.hits(path));
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Whoever waits for a connection sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn answer(&self, mut stream: SslStream<TcpStream>) -> Option<()> {
        let asked = read(&mut stream)?;
        let known = self.answers.lock().unwrap().get(bare(&asked.path)).cloned();
        self.asked.lock().unwrap().push(asked);
        let answer = known.unwrap_or_else(|| Answer::status(404));
        thread::sleep(answer.delay);
        write!(stream, "HTTP/1.1 {} Answer\r\nConnection: close\r\n", answer.status).ok()?;
        for (name, value) in &answer.headers {
            write!(stream, "{name}: {value}\r\n").ok()?;
        }
        let length = match answer.ending {
            Ending::Whole => Some(answer.body.len()),
            Ending::Stalled => Some(answer.body.len() + 1),
            Ending::Endless => None,
        };
        if let Some(length) = length {
            write!(stream, "Content-Length: {length}\r\n").ok()?;
        }
        stream.write_all(b"\r\n").ok()?;
        stream.write_all(&answer.body).ok()?;
        match answer.ending {
            Ending::Whole => {}
            Ending::Stalled => drop(stream.read(&mut [0])),
            // Far more than any limit: a reader without one is found out rather than the machine's memory filled.
            Ending::Endless => (0..4096).try_for_each(|_| stream.write_all(&[b' '; 1 << 14]).ok())?,
        }
        let _ = stream.shutdown();
        Some(())
    }
}

fn bare(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

fn read(stream: &mut impl Read) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let mut words = lines.next()?.split(' ').map(str::to_owned);
            let headers: HashMap<String, String> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length = headers.get("content-length").and_then(|length| length.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(Asked {
                    method: words.next()?,
                    path: words.next()?,
                    headers,
                    body: body.to_owned(),
                });
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

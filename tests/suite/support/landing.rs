//! The redirect URI of an application on this machine: says what it was sent, and remembers it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A small server that outlives its test, as threads of a test do.
pub struct Landing {
    /// Its redirect URI.
    pub redirect_uri: String,
    seen: Arc<Mutex<Vec<Arrival>>>,
}

/// One request that came.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub body: String,
    pub headers: String,
}

impl Landing {
    /// Listens on a free port of the loopback address.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        thread::spawn(move || {
            // A browser opens connections that it does not use at once: one must not stop the others.
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || answer(&stream, &kept));
            }
        });
        Self {
            redirect_uri: format!("http://127.0.0.1:{port}/cb"),
            seen,
        }
    }

    /// What came to the redirect URI.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.seen.lock().expect("no panic").clone()
    }
}

fn answer(stream: &TcpStream, seen: &Mutex<Vec<Arrival>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") {
        if reader.read_line(&mut headers).ok()? == 0 {
            return None;
        }
    }
    let headers = headers.to_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    if target.starts_with("/cb") {
        let arrival = Arrival {
            method,
            target,
            body,
            headers,
        };
        seen.lock().ok()?.push(arrival);
    }
    let page = "<!DOCTYPE html><title>arrived</title><p id=\"arrived\">arrived</p>";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
    write!(&mut &*stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()).ok()
}

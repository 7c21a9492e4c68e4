//! A generator that costs little: prepared bytes out, and of the answer only what the next request needs.

use std::{
    cell::RefCell,
    future::Future,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Connections at once, as the rivals were measured.
pub const CONNECTIONS: usize = 16;

/// One kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    pub async fn send(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).await.unwrap();
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                let length: usize = value_of(&head, "content-length")
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0);
                let whole = end + 4 + length;
                while self.buffer.len() < whole {
                    self.read().await;
                }
                let body = String::from_utf8_lossy(&self.buffer[end + 4..whole]).into_owned();
                self.buffer.drain(..whole);
                let status = head[9..12].parse().unwrap();
                return Answer { status, head, body };
            }
            self.read().await;
        }
    }

    async fn read(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(read > 0, "the server closed the connection");
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        value_of(&self.head, name).unwrap_or_default()
    }

    /// A string member of a JSON body.
    pub fn member(&self, name: &str) -> String {
        let body: serde_json::Value =
            serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body));
        body[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {}", self.body))
            .to_owned()
    }
}

fn value_of<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// A request without a body.
pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").into_bytes()
}

/// A form.
pub fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let kind = "application/x-www-form-urlencoded";
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// What a span of work gave.
pub struct Measured {
    pub per_second: f64,
    pub p99: Duration,
}

/// Repeats a piece of work on each connection until the span is over. `each` gets the connection's number.
pub async fn drive<F, W>(address: SocketAddr, span: Duration, each: F) -> Measured
where
    F: Fn(usize, Connection) -> W,
    W: Future<Output = Connection> + 'static,
{
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            let took = Rc::new(RefCell::new(Vec::new()));
            let mut idle = Vec::new();
            for number in 0..CONNECTIONS {
                idle.push((number, Connection::open(address).await));
            }
            let started = Instant::now();
            let mut running = tokio::task::JoinSet::new();
            let begin = |running: &mut tokio::task::JoinSet<_>, number, connection| {
                let (work, took) = (each(number, connection), Rc::clone(&took));
                running.spawn_local(async move {
                    let started = Instant::now();
                    let connection = work.await;
                    took.borrow_mut().push(started.elapsed());
                    (number, connection)
                });
            };
            for (number, connection) in idle {
                begin(&mut running, number, connection);
            }
            while let Some(done) = running.join_next().await {
                let (number, connection) = done.unwrap();
                if started.elapsed() < span {
                    begin(&mut running, number, connection);
                }
            }
            let elapsed = started.elapsed().as_secs_f64();
            let mut took = took.take();
            took.sort_unstable();
            let p99 = took[took.len() * 99 / 100];
            #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
            let per_second = took.len() as f64 / elapsed;
            Measured { per_second, p99 }
        })
        .await
}

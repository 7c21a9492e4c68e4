//! HTTP as bytes, for requests that no client library would send.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::Daemon;

/// What came back before the connection was closed.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 0 when the connection was closed without a word.
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Longer than any limit of a daemon under test.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends bytes to a daemon's port and reads the answer to them.
pub async fn exchange(daemon: &Daemon, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(daemon.listen()).await.expect("a connection");
    // A daemon that has heard enough closes while we still write.
    let _ = stream.write_all(bytes).await;
    read(&mut stream, is_whole).await
}

/// Reads until the daemon closes, which it must.
pub async fn read_to_close(stream: &mut TcpStream) -> Answer {
    read(stream, |_| false).await
}

async fn read(stream: &mut TcpStream, enough: fn(&Answer) -> bool) -> Answer {
    let mut bytes = Vec::new();
    let all = async {
        loop {
            // A reset after the answer is an end as well.
            let ended = !matches!(stream.read_buf(&mut bytes).await, Ok(1..));
            let answer = parse(&bytes);
            if ended || enough(&answer) {
                return answer;
            }
        }
    };
    timeout(PATIENCE, all).await.expect("the daemon answers and closes")
}

fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    Answer {
        status,
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

/// Whether the head is there and the body as long as it says; what has no length ends with the connection.
fn is_whole(answer: &Answer) -> bool {
    let length = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => answer.body.len() >= length,
        None => [204, 304].contains(&answer.status) && answer.head.contains("date: "),
    }
}

/// A form of these raw bytes.
pub fn form(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

//! From the first sign of life to the last answer.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use crate::support::{Browser, Daemon};

/// A request whose body is still to come. The daemon has read its head: it said so.
struct Slow {
    stream: BufReader<TcpStream>,
}

impl Slow {
    fn begin(daemon: &Daemon, path: &str, headers: &str, length: usize) -> Self {
        let address = daemon.issuer.replace("http://", "");
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\nExpect: 100-continue\r\n{headers}\r\n"
        )
        .unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        stream.read_line(&mut line).unwrap();
        Self { stream }
    }

    fn finish(mut self, body: &str) -> String {
        self.stream.get_mut().write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[tokio::test]
async fn a_sign_in_under_way_is_finished_and_kept_when_the_daemon_is_told_to_stop() {
    let mut daemon = Daemon::start();
    daemon.add_user("alice", "correct horse", &[]);
    let browser = Browser::new(&daemon.issuer);
    let page = browser.get("/login").await;
    let binding = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let body = format!(
        "csrf={}&username=alice&password=correct+horse",
        page.form().fields["csrf"]
    );
    let slow = Slow::begin(&daemon, "/login", &format!("Cookie: {binding}\r\n"), body.len());
    daemon.terminate();
    daemon
        .wait_until("it has heard", async || daemon.log().contains("\"stopping\""))
        .await;
    // No new work is taken, while the old one is waited for.
    let address = daemon.issuer.replace("http://", "");
    daemon
        .wait_until("the port is closed", async || TcpStream::connect(&address).is_err())
        .await;
    let answer = slow.finish(&body);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(daemon.wait().code(), Some(0));

    daemon.start_again();
    let cookies = answer.lines().filter_map(|line| line.split_once(": "));
    let session = cookies
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .find_map(|(_, cookie)| {
            cookie
                .starts_with("avouch_session")
                .then(|| cookie.split(';').next().unwrap())
        })
        .unwrap();
    let home = browser.client().get(daemon.url("/")).header("cookie", session);
    let home = home.send().await.unwrap().text().await.unwrap();
    assert!(home.contains("Hello"), "{home}");
}

#[tokio::test]
async fn a_client_that_never_finishes_does_not_keep_the_daemon_for_ever() {
    let mut daemon = Daemon::builder()
        .set("server.shutdown_timeout", "1s")
        .set("limits.request_timeout", "10m")
        .start();
    let slow = Slow::begin(&daemon, "/token", "", 100);
    assert_eq!(daemon.stop().code(), Some(0));
    drop(slow);
}

#[tokio::test]
async fn a_browser_that_only_keeps_its_connection_does_not_delay_the_end() {
    // The time limits are far away: if the daemon waited for one of them, this would not end soon.
    let mut daemon = Daemon::builder().set("server.shutdown_timeout", "10m").start();
    let address = daemon.issuer.replace("http://", "");
    let mut idle = TcpStream::connect(&address).unwrap();
    write!(idle, "GET /health HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut status = String::new();
    BufReader::new(&idle).read_line(&mut status).unwrap();
    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
    let begun = Instant::now();
    assert_eq!(daemon.stop().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_second_signal_ends_it_without_waiting() {
    let mut daemon = Daemon::builder().set("server.shutdown_timeout", "10m").start();
    let slow = Slow::begin(&daemon, "/token", "", 100);
    daemon.terminate();
    daemon
        .wait_until("it has heard", async || daemon.log().contains("\"stopping\""))
        .await;
    assert_eq!(daemon.stop().code(), Some(130));
    drop(slow);
    // In no good order, but nothing is lost by it.
    daemon.start_again();
    daemon.cli(&["key", "list"]);
}

#[tokio::test]
async fn it_lives_and_is_ready_and_systemd_hears_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify.sock");
    let systemd = UnixDatagram::bind(&path).unwrap();
    systemd.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let heard = || {
        let mut buffer = [0; 512];
        let length = systemd.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let mut daemon = Daemon::builder().env("NOTIFY_SOCKET", path.to_str().unwrap()).start();
    assert!(heard().contains("READY=1"));
    let browser = Browser::new(&daemon.issuer);
    for (path, status) in [("/health", "ok"), ("/ready", "ready")] {
        let page = browser.get_only(path).await;
        assert_eq!(
            (page.status.as_u16(), page.json()["status"].as_str()),
            (200, Some(status)),
            "{path}"
        );
    }
    assert_eq!(daemon.stop().code(), Some(0));
    assert!(heard().contains("STOPPING=1"));
}

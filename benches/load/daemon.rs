//! Processes on a core of their own.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::SERVER_CORE;

/// A process that says its address in its first line, and is killed on drop.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
    /// From its start until it said so.
    pub ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_core(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// Runs this program again on a core, and waits for it.
pub fn again_on_core(core: &str, arguments: &[&str]) {
    let status = on_core(core, &std::env::current_exe().unwrap())
        .args(arguments)
        .status()
        .expect("taskset (util-linux)");
    assert!(status.success());
}

/// A limit that is one number.
pub fn limit(name: &str) -> f64 {
    let output = on_core(SERVER_CORE, &std::env::current_exe().unwrap())
        .args(["limit", name])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// The bare web server.
pub fn bare_actix() -> Server {
    let mut command = on_core(SERVER_CORE, &std::env::current_exe().unwrap());
    Server::start(command.args(["limit", "actix"]), |line| line.trim().parse().unwrap())
}

/// The daemon in a folder.
pub fn avouch(folder: &Path) -> Server {
    let mut command = on_core(SERVER_CORE, Path::new(env!("CARGO_BIN_EXE_avouch")));
    command
        .current_dir(folder)
        .env("AVOUCH__SERVER__LISTEN", "127.0.0.1:0")
        .args(["--json", "serve"]);
    Server::start(&mut command, |line| {
        let announcement: Value = serde_json::from_str(line).unwrap();
        announcement["listen"].as_str().unwrap().parse().unwrap()
    })
}

/// A command of the daemon in a folder.
pub fn run(folder: &Path, arguments: &[&str], stdin: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_avouch"));
    let mut process = command
        .current_dir(folder)
        .arg("--json")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

impl Server {
    fn start(command: &mut Command, address: impl Fn(&str) -> SocketAddr) -> Self {
        let started = Instant::now();
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            process,
            address: address(&line),
            ready_after: started.elapsed(),
        }
    }

    /// A line of `/proc/PID/status`, in MiB.
    pub fn mebibytes(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

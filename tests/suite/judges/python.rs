//! The Python of the judges, from the virtual environment that `tests/install.sh` makes.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// A command of it. The virtual environment stands in the target directory, wherever that is.
pub fn python() -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_avouch"));
    let found: Option<PathBuf> = binary
        .ancestors()
        .map(|folder| folder.join("judges/bin/python"))
        .find(|python| python.exists());
    let python = found.expect("the judges are not installed: run `make test`, or tests/install.sh before `cargo test`");
    let mut command = Command::new(python);
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges"))
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1");
    command
}

/// A program that is killed when it is dropped.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The guide's backend, served by uvicorn; gives where.
pub fn serve_backend(auth_server_url: &str) -> (Running, String) {
    let mut command = python();
    command
        .args([
            "-m",
            "uvicorn",
            "app.main:app",
            "--port",
            "0",
            "--no-access-log",
            "--no-use-colors",
        ])
        .env("AUTH_SERVER_URL", auth_server_url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut running = Running(command.spawn().expect("uvicorn starts"));
    let mut lines = BufReader::new(running.0.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut said = String::new();
    let url = lines.find_map(|line| {
        said = format!("{said}{line}\n");
        let (_, rest) = line.split_once("Uvicorn running on ")?;
        Some(rest.split(' ').next()?.to_owned())
    });
    // It goes on to write, and must not meet a closed pipe.
    std::thread::spawn(move || lines.for_each(|line| eprintln!("uvicorn: {line}")));
    (running, url.unwrap_or_else(|| panic!("uvicorn did not start: {said}")))
}

/// A judge that answers each line with a line.
pub struct Judge {
    _running: Running,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts a script of tests/judges.
    pub fn start(script: &str) -> Self {
        let mut child = python()
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the judge starts");
        Self {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            _running: Running(child),
        }
    }

    /// Its verdict.
    pub fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions, "{question}").expect("the judge listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the judge answers");
        serde_json::from_str(&line).expect("a verdict")
    }
}

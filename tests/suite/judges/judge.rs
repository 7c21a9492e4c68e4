//! Programs that others wrote, run beside the daemon.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// What `tests/install.sh` has put into the target directory, wherever that is.
pub fn installed(path: &str) -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_avouch"));
    let mut places = binary.ancestors().map(|folder| folder.join(path));
    places
        .find(|place| place.exists())
        .unwrap_or_else(|| panic!("{path} is not installed: run `make test`, or tests/install.sh before `cargo test`"))
}

/// A program that is killed when it is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A judge that answers each line with a line.
pub struct Judge {
    _running: Running,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts a program.
    pub fn start(mut program: Command) -> Self {
        let mut child = program
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

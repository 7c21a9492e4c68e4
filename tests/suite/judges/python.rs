//! The Python of the judges, from the virtual environment that `tests/install.sh` makes.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use super::judge::{Running, installed};

/// A command of it. The virtual environment stands in the target directory, wherever that is.
pub fn python() -> Command {
    let mut command = Command::new(installed("judges/bin/python"));
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges"))
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1");
    command
}

/// An application, served by uvicorn; gives where.
pub fn serve(application: &str, environment: &[(&str, &str)]) -> (Running, String) {
    let mut command = python();
    command
        .args(["-m", "uvicorn", application, "--port", "0"])
        .args(["--no-access-log", "--no-use-colors"])
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("uvicorn starts");
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let running = Running(child);
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

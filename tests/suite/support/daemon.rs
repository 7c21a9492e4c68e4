//! The real binary on port 0 in its own folder; killed on drop.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

/// How a daemon is to be started.
pub struct Builder {
    env: Vec<(String, String)>,
    args: Vec<String>,
}

impl Builder {
    /// Sets an option by its environment variable, for example `("tokens.code_lifetime", "1s")`.
    pub fn set(mut self, option: &str, value: impl Into<String>) -> Self {
        let name = format!("AVOUCH__{}", option.replace('.', "__").to_uppercase());
        self.env.push((name, value.into()));
        self
    }

    /// Sets a variable that is not an option.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// Adds an argument to `serve`.
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Starts it in a new folder and waits until it serves.
    pub fn start(self) -> Daemon {
        self.start_in(TempDir::new().expect("a temporary folder"))
    }

    /// Starts it in a folder that has things in it already.
    pub fn start_in(mut self, dir: TempDir) -> Daemon {
        if !self.env.iter().any(|(name, _)| name == "AVOUCH__SERVER__LISTEN") {
            self = self.set("server.listen", "127.0.0.1:0");
        }
        let mut daemon = Daemon {
            process: None,
            dir,
            env: self.env,
            args: self.args,
            issuer: String::new(),
            setup_link: None,
        };
        daemon.start_again();
        daemon
    }
}

/// A running daemon.
pub struct Daemon {
    process: Option<Child>,
    dir: TempDir,
    env: Vec<(String, String)>,
    args: Vec<String>,
    /// Where it is: its issuer, and the base of every URL.
    pub issuer: String,
    /// The set-up link that it printed, while it had no administrator.
    pub setup_link: Option<String>,
}

impl Daemon {
    /// A daemon with its defaults, but for the port and address limits: all tests come from one address.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A daemon to be configured.
    pub fn builder() -> Builder {
        Builder {
            env: Vec::new(),
            args: Vec::new(),
        }
        .set("limits.login_exempt", "127.0.0.1,::1")
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).expect("the log")
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// The binary, in this folder and with this configuration, for arguments that no method here has.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_avouch"));
        command
            .current_dir(self.dir.path())
            .env_clear()
            .envs(self.env.iter().cloned());
        command
    }

    /// Starts it again after it was stopped or killed, at the same port and issuer.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("a log file");
        let mut command = self.command();
        command
            .arg("--json")
            .arg("serve")
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut process = command.spawn().expect("the daemon starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .expect("an announcement");
        self.process = Some(process);
        let announcement: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}\n{}", self.log()));
        announcement["issuer"]
            .as_str()
            .expect("issuer")
            .clone_into(&mut self.issuer);
        self.setup_link = announcement["setup_link"].as_str().map(str::to_owned);
        let listen = announcement["listen"].as_str().expect("listen").to_owned();
        self.env.retain(|(name, _)| name != "AVOUCH__SERVER__LISTEN");
        self.env.push(("AVOUCH__SERVER__LISTEN".to_owned(), listen));
    }

    /// Changes an option for the next start.
    pub fn set(&mut self, option: &str, value: &str) {
        let name = format!("AVOUCH__{}", option.replace('.', "__").to_uppercase());
        self.env.retain(|(known, _)| *known != name);
        self.env.push((name, value.to_owned()));
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().expect("kill");
        process.wait().expect("wait");
    }

    /// SIGTERM, and how it ended.
    pub fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.wait()
    }

    /// SIGTERM, and nothing more.
    pub fn terminate(&self) {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let mut process = self.process.take().expect("it runs");
        process.wait().expect("wait")
    }

    /// The process, for those who signal or measure it.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("it runs").id()
    }

    /// Runs a command of the same binary in the same folder, as an operator would.
    pub fn run(&self, args: &[&str], stdin: &str) -> Output {
        let mut command = self.command();
        command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().expect("the command starts");
        // A command that does not read has closed its end by then.
        let _ = process.stdin.take().expect("stdin").write_all(stdin.as_bytes());
        process.wait_with_output().expect("the command ends")
    }

    /// Runs a command that must succeed, and reads its answer.
    pub fn cli(&self, args: &[&str]) -> Value {
        self.cli_with(args, "")
    }

    /// The same with something on its standard input.
    pub fn cli_with(&self, args: &[&str], stdin: &str) -> Value {
        let output = self.run(&[&["--json"], args].concat(), stdin);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {stderr}\n{}", self.log());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {output:?}"))
    }

    /// Runs a command that must be refused; gives its exit code and what it said.
    pub fn refused(&self, args: &[&str], stdin: &str) -> (i32, String) {
        let output = self.run(args, stdin);
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(!output.status.success(), "{args:?} was not refused");
        assert!(output.stdout.is_empty(), "{args:?}: a refusal goes to standard error");
        (output.status.code().expect("an exit code"), stderr)
    }

    /// Adds a user with a password.
    pub fn add_user(&self, name: &str, password: &str, more: &[&str]) -> Value {
        let email = format!("{name}@example.com");
        let args = [
            "user",
            "add",
            name,
            "--email",
            &email,
            "--email-verified",
            "--password-stdin",
        ];
        self.cli_with(&[&args[..], more].concat(), password)
    }

    /// Adds a client.
    pub fn add_client(&self, name: &str, more: &[&str]) -> Value {
        self.cli(&[&["client", "add", name], more].concat())
    }

    /// A URL of it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// Where it listens, for when its issuer is a name that only its users know.
    pub fn address(&self) -> String {
        format!("http://{}", self.listen())
    }

    /// Its socket address, `IP:PORT`, whatever its issuer says.
    pub fn listen(&self) -> &str {
        let listen = self.env.iter().find(|(name, _)| name == "AVOUCH__SERVER__LISTEN");
        &listen.expect("it has been started").1
    }

    /// Asserts that nothing went wrong inside: the log has no line at ERROR, and no panic.
    #[track_caller]
    pub fn has_no_errors(&self) {
        let log = self.log();
        let wrong = log
            .lines()
            .find(|line| line.contains("ERROR") || line.contains("panicked"));
        assert_eq!(wrong, None);
    }

    /// Waits until something is so, for at most ten seconds.
    pub async fn wait_until(&self, what: &str, so: impl AsyncFn() -> bool) {
        for _ in 0..200 {
            if so().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {what}\n{}", self.log());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- log of the daemon ---\n{}", self.log());
        }
    }
}

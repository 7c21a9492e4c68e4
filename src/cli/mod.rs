//! Floor 5: the command line. Reads arguments, files and passwords, makes an [`AdminCommand`] of them and shows the answer.
//!
//! Results and announcements go to standard output, everything else to standard error. Exit codes: 0 done; 1 refused or
//! failed; 2 wrong usage or configuration.

mod client;
mod client_json;
mod client_options;
mod config;
mod doctor;
mod door;
mod duration;
mod failure;
mod input;
mod invitation;
mod key;
mod org;
mod registration_token;
mod serve;
mod show;
mod socket;
#[cfg(test)]
mod tests;
mod user;

use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use serde_json::Value;

use self::{failure::Failure, input::Console};
use crate::{config::Config, idp::admin::AdminCommand};

const EXAMPLES: &str = "\
Examples:
  avouch serve --demo
  avouch user add alice --email alice@example.com --role admin
  avouch client add Shop --redirect-uri https://shop.example/callback
  avouch config example > avouch.toml

Commands reach the running daemon through its socket; when it is down, they open the store themselves.";

/// A standalone OpenID Connect identity provider.
#[derive(Debug, Parser)]
#[command(name = "avouch", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    /// The configuration file [default: avouch.toml, when there is one]
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "AVOUCH_CONFIG",
        help_heading = "Global options"
    )]
    config: Option<PathBuf>,
    /// Answer in JSON: results on standard output, errors on standard error
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon until SIGTERM or Ctrl-C
    Serve(serve::Serve),
    /// Make a one-time link that creates the first administrator
    SetupLink,
    /// Show and check the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Tell in words what keeps something from working
    #[command(subcommand)]
    Doctor(doctor::DoctorCommand),
    /// End-users: add, change, disable, remove
    #[command(subcommand)]
    User(user::UserCommand),
    /// Invitations to have an account, or to join an organization
    #[command(subcommand)]
    Invitation(invitation::InvitationCommand),
    /// Organizations and their members
    #[command(subcommand)]
    Org(org::OrgCommand),
    /// Clients: the applications that sign end-users in
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// The keys that sign tokens
    #[command(subcommand)]
    Key(key::KeyCommand),
}

/// What to ask for, and how the answer reads.
struct Request {
    command: AdminCommand,
    show: Box<dyn Fn(&Value) -> String>,
    /// The part of the answer that `--json` prints.
    in_json: fn(&Value) -> &Value,
    /// Told on standard error after the answer.
    remark: Option<String>,
}

impl Request {
    fn new(command: AdminCommand, show: impl Fn(&Value) -> String + 'static) -> Self {
        Self {
            command,
            show: Box::new(show),
            in_json: |answer| answer,
            remark: None,
        }
    }

    /// For commands that answer nothing: says what was done.
    fn done(command: AdminCommand, sentence: String) -> Self {
        Self::new(command, move |_| sentence.clone())
    }
}

/// The whole program: reads the arguments of the process, does what they say, and tells how it went.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let json = arguments.iter().any(|it| it == "--json");
    let outcome = match Cli::try_parse_from(arguments) {
        Ok(cli) => carry_out(cli),
        Err(refusal) if json && refusal.use_stderr() => Err(Failure::Usage(refusal.render().to_string())),
        Err(refusal) => {
            // Nothing can be said when the terminal is gone.
            let _ = refusal.print();
            return ExitCode::from(if refusal.use_stderr() { 2 } else { 0 });
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr().lock(), "{}", failure.render(json));
            failure.exit_code()
        }
    }
}

fn carry_out(cli: Cli) -> Result<(), Failure> {
    let Cli { config, json, command } = cli;
    let load = || Config::load(config.as_deref()).map_err(|errors| Failure::Configuration(errors.to_string()));
    let request = match command {
        Command::Serve(serve) => return serve.run(load()?, json),
        Command::Config(command) => return print(&command.run(load, json)?),
        Command::Doctor(command) => return command.run(&load()?, json),
        Command::SetupLink => key::setup_link(),
        Command::User(command) => with_console(|console| command.request(console))?,
        Command::Invitation(command) => command.request(),
        Command::Org(command) => command.request(),
        Command::Client(command) => with_console(|console| command.request(console))?,
        Command::Key(command) => command.request()?,
    };
    let answer = door::carry_out(load()?, &request.command)?;
    if json {
        return print(&format!("{:#}", (request.in_json)(&answer)));
    }
    print(&(request.show)(&answer))?;
    if let Some(remark) = request.remark {
        let _ = writeln!(io::stderr().lock(), "{remark}");
    }
    Ok(())
}

fn with_console<T>(read: impl FnOnce(&mut Console<'_>) -> T) -> T {
    read(&mut Console {
        input: &mut io::stdin().lock(),
        terminal: io::stdin().is_terminal(),
        ask: &mut |prompt| rpassword::prompt_password(prompt),
    })
}

/// Writes a result to standard output, ending its last line. A reader that has gone away (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = match text {
        "" => Ok(()),
        text => writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()),
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("the answer could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

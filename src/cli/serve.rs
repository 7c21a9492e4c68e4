//! `avouch serve`: the daemon from its start to its end.

use std::{fmt::Write, io, pin::pin, sync::Arc, time::Duration};

use clap::Args;
use futures_util::future::select;
use sd_notify::NotifyState;
use serde_json::{Value, json};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
    task::spawn_local,
    time::{Instant, sleep},
};

use super::{
    failure::Failure,
    print, show,
    socket::{self, AdminSocket, SocketError},
};
use crate::{
    clock::SystemClock,
    config::{Config, Issuer},
    http::{self, Bound, Brand, Site, routes},
    idp::{
        Idp,
        admin::{AdminCommand, AdminRefusal},
    },
    telemetry,
};

/// How often expired records are swept away and the key ring is looked at.
const HOUSEKEEPING: Duration = Duration::from_mins(1);
/// How long a command that holds the store may take to end.
const PATIENCE: Duration = Duration::from_secs(15);
/// Shorter than the pause of commands, so that the daemon is not the one that waits.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug, Args)]
pub struct Serve {
    /// Add a demo user, clients and a small application at /demo; for loopback issuers only
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// Runs the daemon until it is told to stop.
    pub fn run(&self, config: Config, json: bool) -> Result<(), Failure> {
        telemetry::start_logging(&config.telemetry).map_err(|error| Failure::because(&error))?;
        http::run(daemon(config, self.demo, json))
    }
}

async fn daemon(mut config: Config, demo: bool, json: bool) -> Result<(), Failure> {
    let signals = Signals::listen().map_err(|error| Failure::because(&error))?;
    // A port that is taken is told before anything else is touched. And the issuer may follow from the port, which is known
    // only now when it was 0.
    let bound = http::bind(&config).map_err(|error| Failure::because(&error))?;
    config.server.listen = bound.local_addr().map_err(|error| Failure::because(&error))?;
    refuse_public_demo(&config, demo)?;
    let brand = Brand::open(&config.pages).map_err(|error| Failure::Configuration(format!("{error}\n")))?;
    let idp = open(&config).await?;
    let outcome = attend(
        &config,
        &idp,
        Start {
            bound,
            signals,
            brand,
            demo,
            json,
        },
    )
    .await;
    idp.close().await;
    outcome
}

struct Start {
    bound: Bound,
    signals: Signals,
    brand: Brand,
    demo: bool,
    json: bool,
}

/// Serves commands and requests, and returns when both have ended.
async fn attend(config: &Config, idp: &Arc<Idp>, start: Start) -> Result<(), Failure> {
    let Start {
        bound,
        signals,
        brand,
        demo,
        json,
    } = start;
    let socket = AdminSocket::bind(&config.server.admin_socket).await?;
    let issuer = issuer(config);
    let (callback, home) = (
        format!("{issuer}{}", routes::DEMO_CALLBACK),
        format!("{issuer}{}", routes::DEMO),
    );
    // Also without --demo: a user with a known password must not outlive the demo.
    idp.set_demo(demo, &callback, &home)
        .await
        .map_err(|error| Failure::because(&error))?;
    let site = Site::new(idp.clone(), issuer, demo, brand);

    let (stop_commands, stopped) = oneshot::channel::<()>();
    let commands = spawn_local({
        let idp = idp.clone();
        socket.serve(async move |command| idp.execute(command).await, async move {
            let _ = stopped.await;
        })
    });
    let housekeeping = spawn_local(keep_house(idp.clone()));
    let errands = spawn_local({
        let idp = idp.clone();
        async move { idp.run_errands().await }
    });
    let (started, accepting) = oneshot::channel();
    let announcement = spawn_local({
        let (config, idp) = (config.clone(), idp.clone());
        async move {
            if accepting.await.is_ok() {
                announce(&config, &idp, demo, json).await;
            }
        }
    });
    let started = || {
        let _ = started.send(());
    };
    let outcome = http::serve(bound, site, started, signals.stop())
        .await
        .map_err(|error| Failure::because(&error));
    drop(stop_commands);
    housekeeping.abort();
    // What it has not done is in the store, and is done after the next start.
    errands.abort();
    // They fail by a panic only, which is in the log by then.
    let _ = (commands.await, announcement.await, housekeeping.await, errands.await);
    outcome
}

async fn keep_house(idp: Arc<Idp>) {
    loop {
        idp.housekeeping().await;
        sleep(HOUSEKEEPING).await;
    }
}

fn issuer(config: &Config) -> Issuer {
    config.server.issuer_at(config.server.listen.port())
}

fn refuse_public_demo(config: &Config, demo: bool) -> Result<(), Failure> {
    let issuer = issuer(config);
    let listen = config.server.listen;
    if demo && !(issuer.is_loopback() && listen.ip().is_loopback()) {
        let message = format!(
            "--demo has a user with a known password and is for this machine only, not for {issuer} on {listen}"
        );
        return Err(Failure::Configuration(message));
    }
    Ok(())
}

/// A command may hold the store for a moment, another daemon holds it for good.
async fn open(config: &Config) -> Result<Arc<Idp>, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Idp::open(config.clone(), Arc::new(SystemClock)).await {
            Ok(idp) => return Ok(idp),
            Err(error) if error.is_busy() => {
                let occupied = socket::is_occupied(&config.server.admin_socket).await;
                if occupied {
                    return Err(SocketError::Occupied {
                        path: config.server.admin_socket.clone(),
                    }
                    .into());
                }
                if Instant::now() >= deadline {
                    return Err(Failure::because(&error));
                }
                sleep(PAUSE).await;
            }
            Err(error) => return Err(Failure::because(&error)),
        }
    }
}

/// Tells the operator and systemd that the daemon serves.
async fn announce(config: &Config, idp: &Idp, demo: bool, json: bool) {
    let setup = match idp.execute(AdminCommand::SetupLink).await {
        Ok(setup) => setup,
        // There is an administrator already.
        Err(refusal) if refusal.reason != AdminRefusal::Internal => Value::Null,
        Err(error) => {
            tracing::error!(%error, "no set-up link could be made");
            Value::Null
        }
    };
    let text = announcement(
        &issuer(config).to_string(),
        &config.server.listen.to_string(),
        &setup,
        demo,
        json,
    );
    if let Err(error) = print(&text) {
        tracing::warn!(%error, "nobody reads the announcement");
    }
    if let Err(error) = sd_notify::notify(&[NotifyState::Ready]) {
        tracing::warn!(%error, "systemd could not be told that the daemon is ready");
    }
}

fn announcement(issuer: &str, listen: &str, setup: &Value, demo: bool, json: bool) -> String {
    if json {
        return json!({ "issuer": issuer, "listen": listen, "setup_link": setup["url"], "demo": demo }).to_string();
    }
    let mut text = format!("avouch serves {issuer} on {listen}\n");
    if let Some(url) = setup["url"].as_str() {
        let until = setup["expires_at"].as_i64().map(show::moment).unwrap_or_default();
        let _ = write!(
            text,
            "\nThere is no administrator yet. This link creates the first one, once, until {until}:\n\n    {url}\n"
        );
    }
    if demo {
        let demo = format!("{}/demo", issuer.trim_end_matches('/'));
        let _ = write!(
            text,
            "\n*** DEMO: known passwords and secrets, never for real use. Click \"Sign in\" at {demo} ***\n"
        );
    }
    text
}

/// The signals that end the daemon.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From here on a signal is kept until somebody looks, instead of ending the process.
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn stop(mut self) {
        self.next().await;
        tracing::info!("stopping");
        // Without systemd there is nobody to tell.
        let _ = sd_notify::notify(&[NotifyState::Stopping]);
        tokio::spawn(async move {
            self.next().await;
            tracing::warn!("stopped without waiting for requests in flight");
            std::process::exit(130);
        });
    }

    async fn next(&mut self) {
        select(pin!(self.terminate.recv()), pin!(self.interrupt.recv())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn config() -> Config {
        Config::parse(&Source::default()).unwrap()
    }

    #[test]
    fn the_announcement_has_the_set_up_link_only_while_there_is_no_administrator() {
        let setup = json!({ "url": "http://localhost:3001/setup?token=t", "expires_at": 0 });
        let first = announcement("http://localhost:3001", "127.0.0.1:3001", &setup, false, false);
        assert!(first.starts_with("avouch serves http://localhost:3001 on 127.0.0.1:3001\n"));
        assert!(first.contains("until 1970-01-01T00:00:00Z:\n\n    http://localhost:3001/setup?token=t\n"));
        let later = announcement("http://localhost:3001", "127.0.0.1:3001", &Value::Null, false, false);
        assert_eq!(later.lines().count(), 1);
    }

    #[test]
    fn a_demo_is_loud() {
        let text = announcement("http://localhost:3001/id/", "127.0.0.1:3001", &Value::Null, true, false);
        assert!(text.contains("DEMO") && text.contains("http://localhost:3001/id/demo "));
    }

    #[test]
    fn an_announcement_in_json_is_one_line() {
        let text = announcement("http://localhost:1", "127.0.0.1:1", &json!({ "url": "u" }), false, true);
        assert_eq!(text.lines().count(), 1);
        let read: Value = serde_json::from_str(&text).unwrap();
        let expected =
            json!({ "issuer": "http://localhost:1", "listen": "127.0.0.1:1", "setup_link": "u", "demo": false });
        assert_eq!(read, expected);
        assert!(announcement("i", "l", &Value::Null, false, true).contains(r#""setup_link":null"#));
    }

    #[test]
    fn a_demo_with_a_public_issuer_is_refused() {
        let mut public = config();
        assert!(refuse_public_demo(&public, true).is_ok());
        let source = Source {
            env: vec![("AVOUCH__SERVER__ISSUER".to_owned(), "https://id.example.com".to_owned())],
            ..Source::default()
        };
        public.server = Config::parse(&source).unwrap().server;
        let failure = refuse_public_demo(&public, true).unwrap_err();
        assert!(matches!(&failure, Failure::Configuration(message) if message.contains("https://id.example.com")));
        assert!(refuse_public_demo(&public, false).is_ok());
    }
}

//! Where a command is carried out: by the daemon, or here when there is none.

use std::{path::Path, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{
    failure::Failure,
    socket::{self, SocketError},
};
use crate::{
    clock::SystemClock,
    config::{Config, StoreUrl, Telemetry},
    idp::{Idp, OpenError, admin::AdminCommand},
    telemetry,
};

/// How long a daemon may take from holding the store to answering on its socket, and another command to end.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);

/// Carries out a command and gives its answer.
pub fn carry_out(config: Config, command: &AdminCommand) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime
        .map_err(|error| Failure::because(&error))?
        .block_on(answer(config, command))
}

async fn answer(config: Config, command: &AdminCommand) -> Result<Value, Failure> {
    let path = config.server.admin_socket.clone();
    let open = async || open(config.clone()).await;
    match reach(&path, command, PATIENCE, open).await? {
        Reached::Answer(value) => Ok(value),
        Reached::Store(idp) => {
            let answer = idp.execute(command.clone()).await;
            idp.close().await;
            Ok(answer?)
        }
    }
}

async fn open(config: Config) -> Result<Arc<Idp>, Unopened> {
    if config.store.url == StoreUrl::Memory {
        let message = "no daemon is running, and store.url = \"memory:\" keeps nothing without one".to_owned();
        return Err(Unopened::Failed(Failure::Failed(message)));
    }
    // There is no daemon's log to look into: what is worth a warning is told here. A second try has begun already.
    let _ = telemetry::start_logging(&Telemetry {
        log: "warn".to_owned(),
        ..config.telemetry.clone()
    });
    Ok(Idp::open(config, Arc::new(SystemClock)).await?)
}

/// Why the store could not be opened.
#[derive(Debug)]
pub enum Unopened {
    /// Another process holds it, maybe not for long.
    Busy,
    /// Trying again is no use.
    Failed(Failure),
}

impl From<OpenError> for Unopened {
    fn from(error: OpenError) -> Self {
        if error.is_busy() {
            Self::Busy
        } else {
            Self::Failed(Failure::because(&error))
        }
    }
}

#[derive(Debug, PartialEq)]
enum Reached<S> {
    /// The daemon has carried it out.
    Answer(Value),
    /// There is no daemon: the store is open here.
    Store(S),
}

/// Asks the daemon, or opens the store. Between the two a daemon may be starting or stopping, or another command be at work:
/// then the store is held and nobody answers, and both are tried again for a while.
async fn reach<S>(
    path: &Path,
    command: &AdminCommand,
    patience: Duration,
    open: impl AsyncFn() -> Result<S, Unopened>,
) -> Result<Reached<S>, Failure> {
    let deadline = Instant::now() + patience;
    loop {
        match socket::ask(path, command).await {
            Ok(answer) => return Ok(Reached::Answer(answer?)),
            Err(SocketError::Nobody { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        match open().await {
            Ok(store) => return Ok(Reached::Store(store)),
            Err(Unopened::Failed(failure)) => return Err(failure),
            Err(Unopened::Busy) if Instant::now() < deadline => sleep(PAUSE).await,
            Err(Unopened::Busy) => {
                let path = path.display();
                let message = format!("another process holds the store, and no daemon answers at {path}: try again");
                return Err(Failure::Failed(message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;
    use tempfile::tempdir;
    use tokio::task::{LocalSet, spawn_local};

    use super::*;
    use crate::cli::socket::AdminSocket;

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        LocalSet::new().block_on(&runtime, test);
    }

    #[test]
    fn without_a_daemon_the_store_is_opened() {
        run(async {
            let dir = tempdir().unwrap();
            let reached = reach(&dir.path().join("s"), &AdminCommand::KeyList, PATIENCE, async || {
                Ok("store")
            })
            .await;
            assert_eq!(reached.unwrap(), Reached::Store("store"));
        });
    }

    #[test]
    fn a_daemon_that_is_starting_is_waited_for() {
        run(async {
            let dir = tempdir().unwrap();
            let path = dir.path().join("s");
            spawn_local({
                let path = path.clone();
                async move {
                    sleep(Duration::from_millis(250)).await;
                    let socket = AdminSocket::bind(&path).await.unwrap();
                    socket
                        .serve(async |_| Ok(json!("daemon")), std::future::pending())
                        .await;
                }
            });
            let busy = async || Err::<(), _>(Unopened::Busy);
            let reached = reach(&path, &AdminCommand::KeyList, PATIENCE, busy).await;
            assert_eq!(reached.unwrap(), Reached::Answer(json!("daemon")));
        });
    }

    #[test]
    fn another_command_at_work_is_waited_for() {
        run(async {
            let dir = tempdir().unwrap();
            let tries = Cell::new(0);
            let open = async || {
                tries.set(tries.get() + 1);
                if tries.get() < 3 {
                    Err(Unopened::Busy)
                } else {
                    Ok("store")
                }
            };
            let reached = reach(&dir.path().join("s"), &AdminCommand::KeyList, PATIENCE, open).await;
            assert_eq!(reached.unwrap(), Reached::Store("store"));
        });
    }

    #[test]
    fn patience_ends_with_a_clear_sentence_and_a_damaged_store_is_told_at_once() {
        run(async {
            let dir = tempdir().unwrap();
            let path = dir.path().join("s");
            let busy = async || Err::<(), _>(Unopened::Busy);
            let failure = reach(&path, &AdminCommand::KeyList, Duration::from_millis(150), busy)
                .await
                .unwrap_err();
            assert!(
                failure.to_string().contains("another process holds the store"),
                "{failure}"
            );
            let damaged = async || Err::<(), _>(Unopened::Failed(Failure::Failed("damaged".to_owned())));
            let failure = reach(&path, &AdminCommand::KeyList, PATIENCE, damaged)
                .await
                .unwrap_err();
            assert_eq!(failure.to_string(), "damaged");
        });
    }
}

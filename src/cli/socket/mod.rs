//! The admin socket: how commands reach the daemon that holds the store.
//!
//! A unix socket of mode 0600. Each connection carries one [`AdminCommand`](crate::idp::admin::AdminCommand) as a line of
//! JSON and gets one line back: `{"ok": value}` or `{"error": AdminError}`. Both sides check that the other one runs as the
//! same user, because passwords and secrets go through.

mod address;
mod client;
mod server;
#[cfg(test)]
mod tests;

use std::{io, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::UnixStream;

pub use self::{
    client::{ask, is_occupied},
    server::AdminSocket,
};
use crate::idp::admin::AdminError;

/// The longest request with its line end, in bytes: a command with a file of claims or a key fits easily.
const MAX_REQUEST: usize = 1 << 20;

/// The line that answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Value),
    Error(AdminError),
}

impl From<Result<Value, AdminError>> for Answer {
    fn from(outcome: Result<Value, AdminError>) -> Self {
        match outcome {
            Ok(value) => Self::Ok(value),
            Err(error) => Self::Error(error),
        }
    }
}

/// Why the daemon could not be asked, or its socket could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// There is no socket, or nobody behind it.
    #[error("no daemon listens at {}", path.display())]
    Nobody {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Somebody behind the socket answers already.
    #[error("another daemon answers at {}", path.display())]
    Occupied {
        /// The socket.
        path: PathBuf,
    },
    /// The daemon is another user's.
    #[error("{} is another user's: run this as the user that runs the daemon", path.display())]
    Stranger {
        /// The socket.
        path: PathBuf,
    },
    /// Something else has the name of the socket.
    #[error("{} exists and is not a socket", path.display())]
    NotASocket {
        /// The file.
        path: PathBuf,
    },
    /// The command is longer than the daemon reads.
    #[error("the command is longer than {MAX_REQUEST} bytes")]
    TooLong,
    /// The daemon hung up, or was silent for too long.
    #[error("the daemon at {} gave no answer; whether the command was carried out is not known", path.display())]
    Unanswered {
        /// The socket.
        path: PathBuf,
        /// What the machine says.
        source: io::Error,
    },
    /// The operating system refused.
    #[error("the admin socket {} cannot be used: {source}", path.display())]
    Io {
        /// The socket.
        path: PathBuf,
        /// What the machine says.
        source: io::Error,
    },
}

/// The user this process runs as, as the other side of a socket sees it.
fn own_uid() -> io::Result<u32> {
    let (here, _there) = UnixStream::pair()?;
    Ok(here.peer_cred()?.uid())
}

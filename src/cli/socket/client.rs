//! Asks the daemon to carry out a command.

use std::{io, path::Path, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

use super::{Answer, MAX_REQUEST, SocketError, address::Address, own_uid};
use crate::idp::admin::{AdminCommand, AdminError};

/// A little longer than the daemon gives a command, so that it is the daemon that says so.
const PATIENCE: Duration = Duration::from_secs(70);

/// Has the daemon behind the socket carry out a command, and gives its answer.
///
/// # Errors
/// [`SocketError::Nobody`] when no daemon listens: nothing was done then.
pub async fn ask(path: &Path, command: &AdminCommand) -> Result<Result<Value, AdminError>, SocketError> {
    let mut request = serde_json::to_vec(command).map_err(|error| SocketError::Io {
        path: path.to_owned(),
        source: error.into(),
    })?;
    request.push(b'\n');
    if request.len() > MAX_REQUEST {
        return Err(SocketError::TooLong);
    }
    let stream = connect(path).await?;
    let answer = match timeout(PATIENCE, exchange(stream, &request)).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(elapsed.into()),
    };
    match answer {
        Ok(Answer::Ok(value)) => Ok(Ok(value)),
        Ok(Answer::Error(error)) => Ok(Err(error)),
        Err(source) => Err(SocketError::Unanswered {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Whether somebody is behind the socket, whoever it is.
pub async fn is_occupied(path: &Path) -> bool {
    matches!(connect(path).await, Ok(_) | Err(SocketError::Stranger { .. }))
}

/// Opens a connection to a daemon of the same user.
pub(super) async fn connect(path: &Path) -> Result<UnixStream, SocketError> {
    let failed = |source| SocketError::Io {
        path: path.to_owned(),
        source,
    };
    let address = match Address::of(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SocketError::Nobody { path: path.to_owned() });
        }
        address => address.map_err(failed)?,
    };
    let stream = UnixStream::connect(&address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => SocketError::Nobody { path: path.to_owned() },
            io::ErrorKind::PermissionDenied => SocketError::Stranger { path: path.to_owned() },
            _ => failed(error),
        })?;
    let theirs = stream.peer_cred().map_err(failed)?.uid();
    let own = own_uid().map_err(failed)?;
    // Root may speak to anybody's daemon; anybody else only to their own, which a planted socket is not.
    if own == 0 || theirs == own {
        Ok(stream)
    } else {
        Err(SocketError::Stranger { path: path.to_owned() })
    }
}

async fn exchange(mut stream: UnixStream, request: &[u8]) -> io::Result<Answer> {
    // A daemon that refuses may stop to read before all is written; what counts is what it answers.
    let written = stream.write_all(request).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    if answer.is_empty() {
        return Err(written.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(serde_json::from_slice(&answer)?)
}

//! The daemon's side of the admin socket.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    pin::pin,
    rc::Rc,
    time::Duration,
};

use futures_util::future::{Either, select};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader, copy, sink},
    net::{UnixListener, UnixStream},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{Answer, MAX_REQUEST, SocketError, address, address::Address, client, own_uid};
use crate::idp::admin::{AdminCommand, AdminError, AdminRefusal};

/// How long a request may take from its first byte to its answer.
const TIME_LIMIT: Duration = Duration::from_mins(1);
/// How long commands in flight may take to end when the daemon stops.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How long, and how much, is still read from somebody who was answered.
const PARTING: Duration = Duration::from_secs(1);
const MAX_UNREAD: u64 = 64 << 20;

/// A bound admin socket. Its file goes away with it, unless somebody else has taken its place.
pub struct AdminSocket {
    listener: UnixListener,
    file: SocketFile,
    uid: u32,
    pub(super) time_limit: Duration,
}

struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl AdminSocket {
    /// Listens at `path`, in the place of a socket that a daemon has left behind when it died.
    ///
    /// # Errors
    /// [`SocketError::Occupied`] when a daemon answers there.
    pub async fn bind(path: &Path) -> Result<Self, SocketError> {
        match client::connect(path).await {
            Err(SocketError::Nobody { .. }) => {}
            // A queue that is full has a daemon behind it as well.
            Err(SocketError::Io { source, .. }) if source.kind() != io::ErrorKind::WouldBlock => {
                return Err(SocketError::Io {
                    path: path.to_owned(),
                    source,
                });
            }
            Err(error @ SocketError::Stranger { .. }) => return Err(error),
            _ => return Err(SocketError::Occupied { path: path.to_owned() }),
        }
        if fs::symlink_metadata(path).is_ok_and(|found| !found.file_type().is_socket()) {
            return Err(SocketError::NotASocket { path: path.to_owned() });
        }
        let bound = bind_privately(path).and_then(|listener| Ok((listener, identity(path)?, own_uid()?)));
        let (listener, identity, uid) = bound.map_err(|source| SocketError::Io {
            path: path.to_owned(),
            source,
        })?;
        let file = SocketFile {
            path: path.to_owned(),
            identity,
        };
        Ok(Self {
            listener,
            file,
            uid,
            time_limit: TIME_LIMIT,
        })
    }

    /// Answers until `stop` completes, then takes no more connections and waits a moment for the commands in flight.
    ///
    /// Needs a [`tokio::task::LocalSet`] or an actix system around it.
    pub async fn serve(
        self,
        execute: impl AsyncFn(AdminCommand) -> Result<Value, AdminError> + 'static,
        stop: impl Future<Output = ()>,
    ) {
        let Self {
            listener,
            file,
            uid,
            time_limit,
        } = self;
        let execute = Rc::new(execute);
        let mut stop = pin!(stop);
        let mut conversations = JoinSet::new();
        loop {
            while conversations.try_join_next().is_some() {}
            match select(pin!(listener.accept()), &mut stop).await {
                Either::Left((Ok((stream, _)), _)) => {
                    conversations.spawn_local(converse(stream, uid, time_limit, execute.clone()));
                }
                Either::Left((Err(error), _)) => {
                    tracing::warn!(%error, "the admin socket cannot accept a connection");
                    sleep(Duration::from_millis(100)).await;
                }
                Either::Right(_) => break,
            }
        }
        drop((listener, file));
        if timeout(LAST_WORDS, async { while conversations.join_next().await.is_some() {} })
            .await
            .is_err()
        {
            tracing::warn!("a command on the admin socket was given up");
        }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            // It would be replaced at the next start anyway.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Binds in a directory that nobody else can enter and moves the socket into place when its mode is right. So it is never
/// open to others, whatever the umask is: that belongs to the whole process and cannot be changed for a moment.
fn bind_privately(path: &Path) -> io::Result<UnixListener> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut nest = std::ffi::OsString::from(".");
    nest.push(name);
    nest.push(".new");
    let nest = address::parent(path).join(nest);
    let nestling = nest.join("s");
    // Left behind by a daemon that was killed at this very point.
    let _ = fs::remove_file(&nestling);
    let _ = fs::remove_dir(&nest);
    DirBuilder::new().mode(0o700).create(&nest)?;
    let bound = Address::of(&nestling)
        .and_then(|address| UnixListener::bind(&address))
        .and_then(|listener| {
            fs::set_permissions(&nestling, Permissions::from_mode(0o600))?;
            fs::rename(&nestling, path)?;
            Ok(listener)
        });
    if bound.is_err() {
        let _ = fs::remove_file(&nestling);
    }
    let _ = fs::remove_dir(&nest);
    bound
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|found| (found.dev(), found.ino()))
}

async fn converse(
    stream: UnixStream,
    uid: u32,
    time_limit: Duration,
    execute: Rc<impl AsyncFn(AdminCommand) -> Result<Value, AdminError>>,
) {
    // Root can do anything here anyway, and `sudo avouch …` is how many operators work.
    let same_user = stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == uid || peer.uid() == 0);
    let (mut requests, mut answers) = stream.into_split();
    let answer = if same_user {
        let answer = async {
            match read_request(&mut requests).await? {
                Ok(command) => Some(execute(command).await),
                Err(refusal) => Some(Err(refusal)),
            }
        };
        timeout(time_limit, answer).await.unwrap_or_else(|_| {
            let message = format!(
                "the command took longer than {} seconds and may yet be done",
                time_limit.as_secs()
            );
            Some(Err(AdminError {
                reason: AdminRefusal::Internal,
                message,
            }))
        })
    } else {
        Some(refuse(
            "commands are taken from the user that runs the daemon only".to_owned(),
        ))
    };
    let Some(mut line) = answer.and_then(|answer| serde_json::to_vec(&Answer::from(answer)).ok()) else {
        return;
    };
    line.push(b'\n');
    if !matches!(timeout(time_limit, answers.write_all(&line)).await, Ok(Ok(()))) {
        tracing::debug!("nobody waited for the answer on the admin socket");
    }
    // To close with something unread would reset the connection, and the answer would be lost with it.
    drop(answers);
    let _ = timeout(PARTING, copy(&mut requests.take(MAX_UNREAD), &mut sink())).await;
}

/// One line. `None` when the other side only looked whether somebody is here, or hung up before the line's end: half a
/// command is never carried out.
async fn read_request(requests: impl AsyncRead + Unpin) -> Option<Result<AdminCommand, AdminError>> {
    let mut line = Vec::new();
    let mut requests = BufReader::new(requests.take(MAX_REQUEST as u64));
    requests.read_until(b'\n', &mut line).await.ok()?;
    if line.last() != Some(&b'\n') {
        let too_long = line.len() == MAX_REQUEST;
        return too_long.then(|| refuse(format!("the request is longer than {MAX_REQUEST} bytes")));
    }
    Some(serde_json::from_slice(&line).or_else(|error| refuse(format!("the request is not a command: {error}"))))
}

fn refuse<T>(message: String) -> Result<T, AdminError> {
    Err(AdminError {
        reason: AdminRefusal::Invalid,
        message,
    })
}

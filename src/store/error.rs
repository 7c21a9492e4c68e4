//! What can go wrong with the store, told to operators; none of it is ever told to a stranger.

use std::{io, path::PathBuf};

/// Why the store could not read or keep something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The identity cannot be a key: empty, over [`MAX_ID`](super::MAX_ID) bytes, or with a NUL in it.
    #[error("a {kind} cannot be kept under this identity: it is empty, too long or contains NUL")]
    Identity {
        /// The record's kind.
        kind: &'static str,
    },
    /// The record's JSON is longer than [`MAX_VALUE`](super::MAX_VALUE).
    #[error("a {kind} of {bytes} bytes is over the limit of {} bytes", super::MAX_VALUE)]
    TooLarge {
        /// The record's kind.
        kind: &'static str,
        /// Length of its JSON.
        bytes: usize,
    },
    /// The changes together are longer than [`MAX_COMMIT`](super::MAX_COMMIT); commit them in several steps.
    #[error("a commit of {bytes} bytes is over the limit of {} bytes", super::MAX_COMMIT)]
    CommitTooLarge {
        /// Length of all keys and values.
        bytes: usize,
    },
    /// One commit was asked to change the same record twice, or to give one unique value to two records.
    #[error("one commit cannot do two things to the same {kind}")]
    Contradiction {
        /// The record's kind.
        kind: &'static str,
    },
    /// An update tried to change a record's identity.
    #[error("the identity of a {kind} cannot change")]
    IdentityChanged {
        /// The record's kind.
        kind: &'static str,
    },
    /// The record could not be written as JSON, or what is kept is not a record of its kind.
    #[error("a {kind} is not readable")]
    Unreadable {
        /// The record's kind.
        kind: &'static str,
        /// What serde says.
        source: serde_json::Error,
    },
    /// The engine failed or was closed; nothing was acknowledged.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
}

/// Why a commit did not happen.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something the changes rest on is no longer so: a version moved on, a key or a unique value is taken.
    /// Load again and decide again.
    #[error("what was loaded has changed meanwhile")]
    Conflict,
    /// The store could not do it. Whether it is kept is unknown when the engine failed half-way.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds it.
    #[error("the store at {} is held by another process: is the daemon running?", path.display())]
    AlreadyOpen {
        /// The store's directory.
        path: PathBuf,
    },
    /// What is on the disk is not what was acknowledged.
    #[error(
        "the store is damaged: {0}. It was not opened, so that nothing wrong is served. \
         Move its directory away, keep it, and restore the latest backup into an empty one"
    )]
    Damaged(String),
    /// A newer avouch has written it.
    #[error("the store has schema {found}, this version knows {known} at most: run the newer one, or restore a backup")]
    NewerSchema {
        /// The schema at the head of the store.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// Not `sled:PATH` or `memory:`.
    #[error("`{0}` is no store: write `sled:PATH` or `memory:`")]
    BadUrl(String),
    /// The operating system refused.
    #[error("the store cannot be opened: {0}")]
    Io(#[from] io::Error),
}

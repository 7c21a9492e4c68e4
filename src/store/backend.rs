//! What an engine must offer. Keys, versions and values only: records, unique values and time are the floor above.

use futures_util::future::BoxFuture;

use super::{CommitError, Error};

/// A key; engines order them by their bytes.
pub type Key = String;

/// A value as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The number of the commit that wrote it. Commit numbers only grow, so no two states of a key share one.
    pub version: u64,
    /// JSON.
    pub value: Vec<u8>,
}

/// What must be true of a key for a batch to be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nothing is kept under it.
    Absent,
    /// What is kept was written by this commit.
    Version(u64),
}

impl Check {
    /// Whether it holds for a key whose kept version is `found`.
    pub fn holds(self, found: Option<u64>) -> bool {
        match self {
            Self::Absent => found.is_none(),
            Self::Version(version) => found == Some(version),
        }
    }
}

/// The key before which a backward scan begins. No identity begins with the last character of Unicode.
pub fn end_of(prefix: &str, before: &str) -> Key {
    if before.is_empty() {
        format!("{prefix}{}", char::MAX)
    } else {
        format!("{prefix}{before}")
    }
}

/// Checks and writes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Looked at before anything is written; one that does not hold makes the batch a `Conflict`.
    pub checks: Vec<(Key, Check)>,
    /// Values to write; the engine gives them the number of the commit.
    pub puts: Vec<(Key, Vec<u8>)>,
    /// Keys to remove; one that is not there is no error.
    pub deletes: Vec<Key>,
}

/// An engine: many gets, an ordered scan and one atomic, durable commit. `conformance.rs` is its specification.
pub trait Backend: Send + Sync + 'static {
    /// The values of `keys`, in their order.
    fn get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Stored>>, Error>>;

    /// At most `limit` entries whose key begins with `prefix` and sorts after `prefix` + `after`, in the order of
    /// bytes.
    fn scan<'a>(
        &'a self,
        prefix: &'a str,
        after: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<(Key, Stored)>, Error>>;

    /// At most `limit` entries whose key begins with `prefix` and sorts before `prefix` + `before` ("" = at the end), the
    /// last one first.
    fn scan_back<'a>(
        &'a self,
        prefix: &'a str,
        before: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<(Key, Stored)>, Error>>;

    /// Applies the batch if all of its checks hold. It is durable when this returns.
    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), CommitError>>;

    /// Whether commits can be expected to succeed.
    fn is_healthy(&self) -> bool;

    /// Makes everything durable and lets go of the files. Every later call fails.
    fn close(&self) -> BoxFuture<'_, Result<(), Error>>;
}

//! The embedded engine: sled 0.34, and the only file that knows it.
//!
//! What it takes to trust it is spread over its neighbours: one [`Writer`] that syncs what sled does not (`disk`),
//! values in rows that never make it write side files (`rows`), and a head that notices damage when the store is opened
//! (`head`). One process at a time can have it open.

use std::{
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread::{self, JoinHandle},
};

use futures_util::future::{BoxFuture, FutureExt, ready};
use tokio::sync::{mpsc, oneshot};

use super::{
    ATTEMPTS, CommitError, Error, OpenError,
    backend::{Backend, Batch, Key, Stored, end_of},
    disk::Disk,
    head::{self, Head, Mark},
    health::Health,
    rows,
    writer::{Message, Pending, QUEUE, Writer, panic_message},
};

/// sled's one tree, with errors in our words.
#[derive(Clone)]
pub struct Tree(::sled::Db);

impl Tree {
    fn open(path: &Path, cache_bytes: u64) -> Result<Self, OpenError> {
        // The default background flush stays: it is also what moves pages out of sparse segments, so that the file does
        // not grow.
        match ::sled::Config::new().path(path).cache_capacity(cache_bytes).open() {
            Ok(db) => Ok(Self(db)),
            Err(::sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                Err(OpenError::AlreadyOpen { path: path.to_owned() })
            }
            Err(::sled::Error::Io(error)) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(error.into()),
            Err(error) => Err(OpenError::Damaged(error.to_string())),
        }
    }

    /// One row.
    pub fn get(&self, key: &[u8]) -> Result<Option<::sled::IVec>, Error> {
        self.0.get(key).map_err(|error| unavailable(&error))
    }

    /// Changes rows, all or none of them.
    pub fn apply(&self, pending: Pending) -> Result<(), Error> {
        let mut batch = ::sled::Batch::default();
        for (key, row) in pending {
            match row {
                Some(row) => batch.insert(key, row),
                None => batch.remove(key),
            }
        }
        self.0.apply_batch(batch).map_err(|error| unavailable(&error))
    }

    /// Hands everything applied to the operating system. `Disk::sync` makes it durable.
    pub fn flush(&self) -> Result<(), Error> {
        self.0.flush().map(drop).map_err(|error| unavailable(&error))
    }

    /// A value; its rows are read again when a commit replaced them in between.
    fn read(&self, key: &[u8]) -> Result<Option<Stored>, Error> {
        for _ in 0..ATTEMPTS {
            let Some(first) = self.get(key)? else { return Ok(None) };
            let joined = rows::join(&first, |n| self.get(&rows::further(key, n)))?;
            if joined.is_some() {
                return Ok(joined);
            }
        }
        Err(Error::Unavailable("a value does not hold together".into()))
    }

    fn scan(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<(Key, Stored)>, Error> {
        let from = Bound::Excluded(format!("{prefix}{after}").into_bytes());
        self.collect(self.0.range((from, Bound::Unbounded)), prefix, limit)
    }

    fn scan_back(&self, prefix: &str, before: &str, limit: usize) -> Result<Vec<(Key, Stored)>, Error> {
        let until = end_of(prefix, before).into_bytes();
        self.collect(self.0.range(..until).rev(), prefix, limit)
    }

    fn collect(
        &self,
        entries: impl Iterator<Item = ::sled::Result<(::sled::IVec, ::sled::IVec)>>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, Error> {
        let mut found = Vec::new();
        for entry in entries {
            let (key, first) = entry.map_err(|error| unavailable(&error))?;
            if found.len() == limit || !key.starts_with(prefix.as_bytes()) {
                break;
            }
            let whole = matches!(rows::parse(&first), Some((_, 0)));
            let stored = if whole {
                rows::join(&first, |_| Ok(None::<Vec<u8>>))?
            } else {
                self.read(&key)?
            };
            let key = String::from_utf8(key.to_vec()).map_err(|_| Error::Unavailable("a key is not text".into()))?;
            found.extend(stored.map(|stored| (key, stored)));
        }
        Ok(found)
    }

    /// Counts and sums all rows but the head.
    fn sum(&self) -> Result<Head, OpenError> {
        let mut seen = Head::default();
        for entry in self.0.iter() {
            let (key, row) = entry.map_err(|error| OpenError::Damaged(error.to_string()))?;
            if *key != *head::KEY {
                seen.add(&key, &row);
            }
        }
        Ok(seen)
    }
}

fn unavailable(error: &::sled::Error) -> Error {
    Error::Unavailable(error.to_string())
}

/// Where readers find the tree, and closing takes it away from them.
#[derive(Default)]
pub struct Slot(RwLock<Option<Tree>>);

impl Slot {
    fn read<T>(&self, read: impl FnOnce(&Tree) -> Result<T, Error>) -> Result<T, Error> {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Some(tree) => read(tree),
            None => Err(closed()),
        }
    }

    fn fill(&self, tree: Tree) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(tree);
    }

    /// Nobody reads after this.
    pub fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// An open store: readers go straight to the tree, commits to the writer's thread.
pub struct Embedded {
    slot: Arc<Slot>,
    queue: Option<mpsc::Sender<Message>>,
    health: Arc<Health>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Opens or creates the store in a directory, and checks that it is what was acknowledged.
///
/// On a thread of its own, where a damaged file may make sled panic; the same thread then is the writer.
pub async fn open(path: &Path, cache_bytes: u64) -> Result<Embedded, OpenError> {
    let path = path.to_owned();
    let (queue, inbox) = mpsc::channel(QUEUE);
    let (slot, health) = (Arc::<Slot>::default(), Arc::<Health>::default());
    let (opened, outcome) = oneshot::channel();
    let (writers_slot, writers_health) = (Arc::clone(&slot), Arc::clone(&health));
    let thread = thread::Builder::new().name("store".into()).spawn(move || {
        match catch_unwind(AssertUnwindSafe(|| start(&path, cache_bytes))) {
            Ok(Ok((tree, disk, head))) => {
                writers_slot.fill(tree.clone());
                // Sent before work begins; if nobody waits any more, the queue is closed and the writer ends at once.
                let _ = opened.send(Ok(()));
                Writer::new(tree, writers_slot, disk, head, writers_health).run(inbox);
            }
            Ok(Err(error)) => drop(opened.send(Err(error))),
            Err(panic) => drop(opened.send(Err(OpenError::Damaged(panic_message(&*panic))))),
        }
    })?;
    outcome
        .await
        .unwrap_or_else(|_| Err(OpenError::Damaged("the engine stopped while it was opened".into())))?;
    Ok(Embedded {
        slot,
        queue: Some(queue),
        health,
        writer: Mutex::new(Some(thread)),
    })
}

/// The opened tree, its files and its head, checked against what was acknowledged.
pub fn start(path: &Path, cache_bytes: u64) -> Result<(Tree, Disk, Head), OpenError> {
    Disk::prepare(path)?;
    let tree = Tree::open(path, cache_bytes)?;
    let disk = Disk::open(path)?;
    let mark = disk.mark()?;
    let head = match tree
        .get(head::KEY)
        .map_err(|error| OpenError::Damaged(error.to_string()))?
    {
        Some(row) => {
            let head = Head::parse(&row)?;
            head.reaches(mark)?;
            if head.must_be_verified(mark) {
                head.matches(&tree.sum()?)?;
            }
            head
        }
        None if mark.is_none() && tree.0.is_empty() => create(&tree)?,
        None => return Err(OpenError::Damaged("its head is missing".into())),
    };
    disk.sync_names()?;
    disk.set_mark(Mark {
        commit: head.commit,
        closed: false,
    })?;
    Ok((tree, disk, head))
}

fn create(tree: &Tree) -> Result<Head, OpenError> {
    let head = Head::default();
    let written = tree
        .apply(Pending::from([(head::KEY.to_vec(), Some(head.row()))]))
        .and_then(|()| tree.flush());
    written.map_err(std::io::Error::other)?;
    Ok(head)
}

fn closed() -> Error {
    Error::Unavailable("it is closed or has failed".into())
}

impl Embedded {
    async fn ask<T>(&self, message: Message, answer: oneshot::Receiver<T>) -> Result<T, Error> {
        if !self.health.is_good() {
            return Err(Error::Unavailable("its writer has failed or is stuck".into()));
        }
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        queue.send(message).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())
    }

    fn join(&self) {
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A stuck writer must not hang the shutdown too.
        if let Some(thread) = thread.filter(|_| self.health.is_good()) {
            // Its panics are caught; there is nothing to learn from the join.
            let _ = thread.join();
        }
    }
}

impl Backend for Embedded {
    fn get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Stored>>, Error>> {
        ready(
            self.slot
                .read(|tree| keys.iter().map(|key| tree.read(key.as_bytes())).collect()),
        )
        .boxed()
    }

    fn scan<'a>(
        &'a self,
        prefix: &'a str,
        after: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<(Key, Stored)>, Error>> {
        ready(self.slot.read(|tree| tree.scan(prefix, after, limit))).boxed()
    }

    fn scan_back<'a>(
        &'a self,
        prefix: &'a str,
        before: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<(Key, Stored)>, Error>> {
        ready(self.slot.read(|tree| tree.scan_back(prefix, before, limit))).boxed()
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), CommitError>> {
        async move {
            let (answer, answered) = oneshot::channel();
            self.ask(Message::Commit { batch, answer }, answered).await?
        }
        .boxed()
    }

    fn is_healthy(&self) -> bool {
        self.health.is_good() && self.queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }

    fn close(&self) -> BoxFuture<'_, Result<(), Error>> {
        async move {
            let (answer, answered) = oneshot::channel();
            self.ask(Message::Close(answer), answered).await??;
            self.join();
            Ok(())
        }
        .boxed()
    }
}

impl Drop for Embedded {
    /// A store that is dropped is closed as well, so that it can be opened again at once.
    fn drop(&mut self) {
        self.queue.take();
        self.join();
    }
}

#[cfg(test)]
#[path = "sled_tests.rs"]
mod tests;

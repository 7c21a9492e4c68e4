//! The one writer of a sled store.
//!
//! It takes what is queued, checks each batch against the store and the batches before it, applies all of them as one,
//! flushes and syncs once, and only then answers. While it syncs the next group gathers: the busier the store, the
//! fewer the syncs per commit.

use std::{
    collections::HashMap,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tokio::sync::{mpsc, oneshot};

use super::{
    CommitError, Error, MAX_COMMIT,
    backend::Batch,
    disk::Disk,
    embedded::{Slot, Tree},
    head::{self, Head, Mark},
    health::Health,
    rows,
};

/// Batches that can wait before committers have to.
pub const QUEUE: usize = 1024;

/// The most batches in a group.
const GROUP: usize = 256;

/// What the writer is asked for.
pub enum Message {
    /// Apply this and say when it is durable.
    Commit {
        /// What to apply.
        batch: Batch,
        /// Where the answer goes; dropped without one when the writer fails.
        answer: oneshot::Sender<Result<(), CommitError>>,
    },
    /// Finish, close the files and end.
    Close(oneshot::Sender<Result<(), Error>>),
}

/// Rows as the group will leave them; `None` = removed.
pub type Pending = HashMap<Vec<u8>, Option<Vec<u8>>>;

type Answer = (oneshot::Sender<Result<(), CommitError>>, Result<(), CommitError>);

/// What failed, for the log.
type Failure = String;

/// The writer's side of an open store.
pub struct Writer {
    tree: Tree,
    slot: Arc<Slot>,
    disk: Disk,
    head: Head,
    health: Arc<Health>,
}

impl Writer {
    /// The writer of `tree`, whose head is `head`.
    pub fn new(tree: Tree, slot: Arc<Slot>, disk: Disk, head: Head, health: Arc<Health>) -> Self {
        Self {
            tree,
            slot,
            disk,
            head,
            health,
        }
    }

    /// Works until it is closed, its queue is dropped, or the engine fails.
    ///
    /// After a failure nothing is answered any more: unanswered commits and later ones see their channel closed.
    pub fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        let failure = match catch_unwind(AssertUnwindSafe(|| self.serve(&mut queue))) {
            Ok(Ok(closing)) => {
                let closed = self.close().map_err(|failure| Error::Unavailable(failure.clone()));
                if let Some(closing) = closing {
                    // Nobody waits for a store that was dropped.
                    let _ = closing.send(closed);
                }
                return;
            }
            Ok(Err(failure)) => failure,
            Err(panic) => panic_message(&*panic),
        };
        self.health.fail(&failure);
        // What a broken engine still does when it is dropped cannot be known: it flushes in a loop, or panics again.
        std::mem::forget(self.tree);
    }

    fn serve(
        &mut self,
        queue: &mut mpsc::Receiver<Message>,
    ) -> Result<Option<oneshot::Sender<Result<(), Error>>>, Failure> {
        let mut group = Vec::new();
        let mut closing = None;
        while closing.is_none() {
            let Some(mut message) = queue.blocking_recv() else {
                break;
            };
            let mut bytes = 0;
            loop {
                match message {
                    Message::Commit { batch, answer } => {
                        bytes += batch.puts.iter().map(|(_, value)| value.len()).sum::<usize>();
                        group.push((batch, answer));
                    }
                    Message::Close(reply) => {
                        closing = Some(reply);
                        break;
                    }
                }
                if group.len() >= GROUP || bytes >= MAX_COMMIT {
                    break;
                }
                match queue.try_recv() {
                    Ok(next) => message = next,
                    Err(_) => break,
                }
            }
            self.health.begin();
            let answers = self.commit(group.drain(..))?;
            self.health.end();
            for (answer, outcome) in answers {
                // The committer may have gone away; what it asked for is done all the same.
                let _ = answer.send(outcome);
            }
        }
        Ok(closing)
    }

    fn commit(
        &mut self,
        mut group: impl Iterator<Item = (Batch, oneshot::Sender<Result<(), CommitError>>)>,
    ) -> Result<Vec<Answer>, Failure> {
        let mut answers = Vec::new();
        let written = self.write(&mut group, &mut answers);
        if let Err(failure) = &written {
            // Before the committers learn of it: whoever was refused must find the store unhealthy.
            self.health.fail(failure);
        }
        written.map(|()| answers)
    }

    fn write(
        &mut self,
        group: &mut impl Iterator<Item = (Batch, oneshot::Sender<Result<(), CommitError>>)>,
        answers: &mut Vec<Answer>,
    ) -> Result<(), Failure> {
        let mut pending = Pending::new();
        for (batch, answer) in group {
            let outcome = if self.holds(&batch, &pending)? {
                self.apply(&batch, &mut pending)?;
                Ok(())
            } else {
                Err(CommitError::Conflict)
            };
            answers.push((answer, outcome));
        }
        if !pending.is_empty() {
            pending.insert(head::KEY.to_vec(), Some(self.head.row()));
            self.tree.apply(pending).map_err(|error| failure("apply", &error))?;
            self.tree.flush().map_err(|error| failure("flush", &error))?;
            self.disk.sync().map_err(|error| failure("sync", &error))?;
            self.mark(false)?;
        }
        Ok(())
    }

    fn holds(&self, batch: &Batch, pending: &Pending) -> Result<bool, Failure> {
        for (key, check) in &batch.checks {
            let row = self.row(key.as_bytes(), pending)?;
            if !check.holds(row.as_deref().and_then(rows::parse).map(|(version, _)| version)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn apply(&mut self, batch: &Batch, pending: &mut Pending) -> Result<(), Failure> {
        if batch.puts.is_empty() && batch.deletes.is_empty() {
            return Ok(());
        }
        self.head.commit += 1;
        let version = self.head.commit;
        for key in &batch.deletes {
            self.replace(key.as_bytes(), Vec::new(), pending)?;
        }
        for (key, value) in &batch.puts {
            self.replace(key.as_bytes(), rows::cut(version, value), pending)?;
        }
        Ok(())
    }

    /// Puts `new` rows in the place of all that the key has.
    fn replace(&mut self, key: &[u8], new: Vec<Vec<u8>>, pending: &mut Pending) -> Result<(), Failure> {
        let old = self.row(key, pending)?.as_deref().and_then(rows::parse);
        let mut n = 0;
        for row in new {
            self.set(place(key, n), Some(row), pending)?;
            n += 1;
        }
        for n in n..old.map_or(0, |(_, further)| further + 1) {
            self.set(place(key, n), None, pending)?;
        }
        Ok(())
    }

    fn set(&mut self, key: Vec<u8>, row: Option<Vec<u8>>, pending: &mut Pending) -> Result<(), Failure> {
        if let Some(old) = self.row(&key, pending)? {
            self.head.subtract(&key, &old);
        }
        if let Some(row) = &row {
            self.head.add(&key, row);
        }
        pending.insert(key, row);
        Ok(())
    }

    fn row(&self, key: &[u8], pending: &Pending) -> Result<Option<Vec<u8>>, Failure> {
        match pending.get(key) {
            Some(row) => Ok(row.clone()),
            None => self
                .tree
                .get(key)
                .map(|row| row.map(|row| row.to_vec()))
                .map_err(|error| failure("read", &error)),
        }
    }

    fn mark(&self, closed: bool) -> Result<(), Failure> {
        self.disk
            .set_mark(Mark {
                commit: self.head.commit,
                closed,
            })
            .map_err(|error| failure("mark", &error))
    }

    fn close(self) -> Result<(), Failure> {
        self.tree.flush().map_err(|error| failure("flush", &error))?;
        self.disk.sync().map_err(|error| failure("sync", &error))?;
        self.mark(true)?;
        self.slot.clear();
        drop(self.tree);
        self.disk.release().map_err(|error| failure("release", &error))
    }
}

/// Where row `n` of a value lies.
fn place(key: &[u8], n: u16) -> Vec<u8> {
    if n == 0 { key.to_vec() } else { rows::further(key, n) }
}

fn failure(step: &str, error: &dyn Display) -> Failure {
    format!("{step}: {error}")
}

/// What a panic says.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the engine panicked".into())
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;

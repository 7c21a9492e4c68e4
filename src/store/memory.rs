//! The engine of tests: a map under a lock. It keeps nothing, and it is the plainest reading of what [`Backend`]
//! promises.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures_util::future::{BoxFuture, FutureExt, ready};

use super::{
    CommitError, Error,
    backend::{Backend, Batch, Key, Stored, end_of},
};

/// A store that lives as long as the process.
#[derive(Default)]
pub struct Memory {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    commits: u64,
    entries: BTreeMap<Key, Stored>,
    closed: bool,
}

impl Memory {
    fn state(&self) -> Result<MutexGuard<'_, State>, Error> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            Err(Error::Unavailable("it is closed".into()))
        } else {
            Ok(state)
        }
    }

    fn apply(&self, batch: Batch) -> Result<(), CommitError> {
        let mut state = self.state()?;
        let holds = batch
            .checks
            .iter()
            .all(|(key, check)| check.holds(state.entries.get(key).map(|kept| kept.version)));
        if !holds {
            return Err(CommitError::Conflict);
        }
        state.commits += 1;
        let version = state.commits;
        for key in batch.deletes {
            state.entries.remove(&key);
        }
        for (key, value) in batch.puts {
            state.entries.insert(key, Stored { version, value });
        }
        Ok(())
    }
}

impl Backend for Memory {
    fn get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Stored>>, Error>> {
        let found = self
            .state()
            .map(|state| keys.iter().map(|key| state.entries.get(key).cloned()).collect());
        ready(found).boxed()
    }

    fn scan<'a>(
        &'a self,
        prefix: &'a str,
        after: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<(Key, Stored)>, Error>> {
        let found = self.state().map(|state| {
            state
                .entries
                .range((Bound::Excluded(format!("{prefix}{after}")), Bound::Unbounded))
                .take_while(|(key, _)| key.starts_with(prefix))
                .take(limit)
                .map(|(key, stored)| (key.clone(), stored.clone()))
                .collect()
        });
        ready(found).boxed()
    }

    fn scan_back<'a>(
        &'a self,
        prefix: &'a str,
        before: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<(Key, Stored)>, Error>> {
        let found = self.state().map(|state| {
            state
                .entries
                .range(..end_of(prefix, before))
                .rev()
                .take_while(|(key, _)| key.starts_with(prefix))
                .take(limit)
                .map(|(key, stored)| (key.clone(), stored.clone()))
                .collect()
        });
        ready(found).boxed()
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), CommitError>> {
        ready(self.apply(batch)).boxed()
    }

    fn is_healthy(&self) -> bool {
        self.state().is_ok()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), Error>> {
        ready(self.state().map(|mut state| state.closed = true)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::conformance, *};

    conformance::every_promise!((super::super::Store::memory(), ()));

    #[tokio::test]
    async fn a_closed_engine_refuses_everything() {
        let memory = Memory::default();
        assert!(memory.is_healthy());
        memory.close().await.unwrap();
        assert!(!memory.is_healthy());
        assert!(memory.get(&["user/1".into()]).await.is_err());
        assert!(memory.scan("user/", "", 1).await.is_err());
        assert!(memory.scan_back("user/", "", 1).await.is_err());
        assert!(matches!(
            memory.commit(Batch::default()).await,
            Err(CommitError::Failed(Error::Unavailable(_)))
        ));
    }
}

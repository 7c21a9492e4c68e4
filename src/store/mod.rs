//! Floor 2: what is kept, durably, in one place.
//!
//! Three verbs write ([`Changes::insert`], [`Changes::update`], [`Changes::delete`]) and one commit makes them happen
//! together or not at all. Nothing is locked while a use case decides: a commit checks that what was loaded is still
//! so, and is a [`CommitError::Conflict`] otherwise; load again and decide again. So a code is redeemed once, whoever
//! races for it.
//!
//! A commit is durable when it returns. Until then its writes can already be read by others, who may then see something
//! that a power cut undoes; nobody was told that it happened.
//!
//! | file | what |
//! |---|---|
//! | `changes` | the verbs, and what they mean in keys |
//! | `key`, `expiry` | the layout of keys, and records that leave by themselves |
//! | `backend` | what an engine must offer; `conformance` is its specification |
//! | `memory`, `sled` | the engines |
//! | `parsed` | records that are read often, parsed once |
//! | `writer`, `head`, `rows`, `disk`, `health` | the sled engine's groups of commits, damage, rows, syncs, watchdog |
//! | `migrate` | the schema version |

mod backend;
mod changes;
#[cfg(test)]
mod conformance;
mod disk;
mod error;
mod expiry;
mod head;
mod health;
mod key;
mod memory;
mod migrate;
mod parsed;
mod rows;
mod sled;
mod writer;

use std::{fmt, path::Path, sync::Arc};

use self::{
    backend::{Backend, Key, Stored},
    memory::Memory,
    parsed::Parsed,
    sled as embedded,
};
pub use self::{
    changes::{Changes, Loaded, MAX_COMMIT, MAX_VALUE},
    error::{CommitError, Error, OpenError},
    key::MAX_ID,
};
use crate::{model::Record, protocol::Timestamp};

/// Entries read at once while a listing looks for records that have not expired.
const PAGE: usize = 256;

/// How often a reader follows a key that is moving under it before it takes the answer "not there".
const ATTEMPTS: usize = 8;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Memory for pages of the store, in bytes.
    pub cache_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 64 * 1024 * 1024,
        }
    }
}

/// The store. Clones share it.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    parsed: Arc<Parsed>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store of a URL, creating it when there is none: `sled:PATH`, or `memory:` which keeps nothing.
    pub async fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::memory()),
            Some(("sled", path)) if !path.is_empty() => {
                Ok(Self::on(embedded::open(Path::new(path), options.cache_bytes).await?))
            }
            _ => Err(OpenError::BadUrl(url.to_owned())),
        }
    }

    /// A store that lives as long as its last clone.
    pub fn memory() -> Self {
        Self::on(Memory::default())
    }

    fn on(backend: impl Backend + 'static) -> Self {
        Self {
            backend: Arc::new(backend),
            parsed: Arc::default(),
        }
    }

    /// The record with this id. One that has expired reads as absent, and is removed so that its id can be used again.
    pub async fn get<R: Record>(&self, id: &str, now: Timestamp) -> Result<Option<Loaded<R>>, Error> {
        match self.load::<R>(id).await? {
            Some(loaded) if expiry::is_past(loaded.expires_at(), now) => self.evict(&loaded).await,
            found => Ok(found),
        }
    }

    /// The record that has this unique value. One that has expired reads as absent, and is removed so that the value is
    /// free again.
    pub async fn find<R: Record>(&self, unique: &str, value: &str, now: Timestamp) -> Result<Option<Loaded<R>>, Error> {
        let holder = key::unique(R::KIND, unique, value);
        // Two reads: in between, the value may have moved from one record to another.
        for _ in 0..ATTEMPTS {
            let Some(stored) = self.one(holder.clone()).await? else {
                return Ok(None);
            };
            let id: String = parse(R::KIND, &stored)?;
            if let Some(found) = self.get::<R>(&id, now).await?
                && found
                    .unique()
                    .iter()
                    .any(|(name, kept)| *name == unique && kept == value)
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// At most `limit` records in the order of their ids, beginning after the id `after` ("" = at the first).
    pub async fn list<R: Record>(&self, after: &str, limit: usize, now: Timestamp) -> Result<Vec<Loaded<R>>, Error> {
        let prefix = format!("{}/", R::KIND);
        let mut after = after.to_owned();
        let mut records = Vec::new();
        while records.len() < limit {
            let wanted = PAGE.min(limit - records.len());
            let page = self.backend.scan(&prefix, &after, wanted).await?;
            let is_last = page.len() < wanted;
            for (key, stored) in page {
                key[prefix.len()..].clone_into(&mut after);
                records.extend(live::<R>(key, &stored, now)?);
            }
            if is_last {
                break;
            }
        }
        Ok(records)
    }

    /// At most `limit` records listed under a value of an index, in the order of their ids, beginning after the id
    /// `after`.
    pub async fn list_by<R: Record>(
        &self,
        index: &str,
        value: &str,
        after: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Loaded<R>>, Error> {
        let prefix = key::index(R::KIND, index, value);
        let mut after = after.to_owned();
        let mut records = Vec::new();
        while records.len() < limit {
            let wanted = PAGE.min(limit - records.len());
            let page = self.backend.scan(&prefix, &after, wanted).await?;
            let ids: Vec<&str> = page.iter().map(|(key, _)| &key[prefix.len()..]).collect();
            records.extend(self.listed::<R>(&ids, index, value, now).await?);
            match ids.last() {
                Some(last) if page.len() == wanted => (*last).clone_into(&mut after),
                _ => break,
            }
        }
        Ok(records)
    }

    /// The same from the end: at most `limit` records in the opposite order of their ids, beginning before the id
    /// `before` ("" = at the last).
    pub async fn list_back_by<R: Record>(
        &self,
        index: &str,
        value: &str,
        before: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Loaded<R>>, Error> {
        let prefix = key::index(R::KIND, index, value);
        let mut before = before.to_owned();
        let mut records = Vec::new();
        while records.len() < limit {
            let wanted = PAGE.min(limit - records.len());
            let page = self.backend.scan_back(&prefix, &before, wanted).await?;
            let ids: Vec<&str> = page.iter().map(|(key, _)| &key[prefix.len()..]).collect();
            records.extend(self.listed::<R>(&ids, index, value, now).await?);
            match ids.last() {
                Some(last) if page.len() == wanted => (*last).clone_into(&mut before),
                _ => break,
            }
        }
        Ok(records)
    }

    /// The live records among those of an index, in the order of `ids`.
    async fn listed<R: Record>(
        &self,
        ids: &[&str],
        index: &str,
        value: &str,
        now: Timestamp,
    ) -> Result<Vec<Loaded<R>>, Error> {
        let keys: Vec<_> = ids.iter().filter_map(|id| key::record(R::KIND, id)).collect();
        let stored = self.backend.get(&keys).await?;
        let mut records = Vec::with_capacity(keys.len());
        for (key, stored) in keys.into_iter().zip(&stored) {
            let Some(stored) = stored else { continue };
            let found = live::<R>(key, stored, now)?;
            // Read after the index: it may have left the value meanwhile.
            records.extend(found.filter(|found| found.index().iter().any(|(name, at)| *name == index && at == value)));
        }
        Ok(records)
    }

    /// Makes the changes happen, together or not at all. They are durable when this returns `Ok`.
    pub async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.backend.commit(changes.into_batch()?).await
    }

    /// Removes at most `limit` expired records with their unique values and places in indexes; returns how many.
    ///
    /// To be called about once a minute: what nobody asks for again is kept until then.
    pub async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, Error> {
        expiry::sweep(&*self.backend, now, limit).await
    }

    /// Whether commits can be expected to succeed: false once the writer has failed, or while a group of commits takes
    /// over 10 s.
    pub fn is_healthy(&self) -> bool {
        self.backend.is_healthy()
    }

    /// Finishes what was begun and lets go of the files: when this returns another process can open them. Clones are
    /// closed too.
    pub async fn close(self) -> Result<(), Error> {
        self.backend.close().await
    }

    async fn one(&self, key: String) -> Result<Option<Stored>, Error> {
        Ok(self.backend.get(&[key]).await?.pop().flatten())
    }

    async fn load<R: Record>(&self, id: &str) -> Result<Option<Loaded<R>>, Error> {
        let Some(key) = key::record(R::KIND, id) else {
            return Ok(None);
        };
        let Some(stored) = self.one(key.clone()).await? else {
            return Ok(None);
        };
        if !R::READ_OFTEN {
            return read(key, &stored).map(Some);
        }
        if let Some(record) = self.parsed.look::<R>(&key, &stored) {
            return Ok(Some(Loaded::new(key, record, stored.version)));
        }
        let record = Arc::new(parse(R::KIND, &stored)?);
        self.parsed.keep(key.clone(), &stored, &record);
        Ok(Some(Loaded::new(key, record, stored.version)))
    }

    /// What reads as absent must not be in the way of an insert, and the sweep may be a minute away.
    async fn evict<R: Record>(&self, expired: &Loaded<R>) -> Result<Option<Loaded<R>>, Error> {
        let mut changes = Changes::default();
        changes.delete(expired)?;
        // Whether it worked or not, it is absent: a conflict means that somebody else was first, a failure will be told
        // to writers.
        let _ = self.commit(changes).await;
        Ok(None)
    }
}

fn parse<T: serde::de::DeserializeOwned>(kind: &'static str, stored: &Stored) -> Result<T, Error> {
    serde_json::from_slice(&stored.value).map_err(|source| Error::Unreadable { kind, source })
}

fn read<R: Record>(key: Key, stored: &Stored) -> Result<Loaded<R>, Error> {
    Ok(Loaded::new(key, Arc::new(parse(R::KIND, stored)?), stored.version))
}

fn live<R: Record>(key: Key, stored: &Stored, now: Timestamp) -> Result<Option<Loaded<R>>, Error> {
    let loaded = read::<R>(key, stored)?;
    Ok((!expiry::is_past(loaded.expires_at(), now)).then_some(loaded))
}

#[cfg(test)]
mod tests;

//! A record as it was loaded, and the changes that are to happen together.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    sync::Arc,
};

use super::{
    CommitError, Error,
    backend::{Batch, Check, Key},
    expiry, key,
};
use crate::model::Record;

/// The longest record, in bytes of its JSON.
pub const MAX_VALUE: usize = 64 * 1024;

/// The most that one commit may write, in bytes of keys and values.
pub const MAX_COMMIT: usize = 4 * 1024 * 1024;

/// A record and what the store knows of it: the ticket for changing it. It cannot be altered itself, so that the store knows
/// which keys it has; and it is shared, so that a copy costs nothing.
#[derive(Debug)]
pub struct Loaded<R> {
    key: Key,
    record: Arc<R>,
    version: u64,
}

impl<R: Record> Loaded<R> {
    pub(super) const fn new(key: Key, record: Arc<R>, version: u64) -> Self {
        Self { key, record, version }
    }

    /// The record alone, to keep or to alter.
    pub fn into_value(self) -> R {
        Arc::unwrap_or_clone(self.record)
    }

    /// The record alone, to read.
    pub fn into_shared(self) -> Arc<R> {
        self.record
    }

    /// A copy of the record, to alter.
    pub fn to_value(&self) -> R {
        R::clone(&self.record)
    }
}

impl<R> Clone for Loaded<R> {
    fn clone(&self) -> Self {
        Self {
            key: self.key.clone(),
            record: Arc::clone(&self.record),
            version: self.version,
        }
    }
}

impl<R> Deref for Loaded<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.record
    }
}

/// The keys of a record: its own and those that exist because of it.
#[derive(Debug)]
struct Sides {
    id: String,
    record: Key,
    unique: BTreeSet<Key>,
    index: BTreeSet<Key>,
    expiry: Option<Key>,
}

impl Sides {
    fn of<R: Record>(record: &R) -> Result<Self, Error> {
        let id = record.id();
        let own = key::record(R::KIND, &id).ok_or(Error::Identity { kind: R::KIND })?;
        Ok(Self {
            unique: record
                .unique()
                .iter()
                .map(|(name, value)| key::unique(R::KIND, name, value))
                .collect(),
            index: record
                .index()
                .iter()
                .map(|(name, value)| key::index(R::KIND, name, value) + &id)
                .collect(),
            expiry: record.expires_at().map(|at| key::expiry(at, &own)),
            record: own,
            id,
        })
    }

    fn sides(&self) -> impl Iterator<Item = &Key> {
        self.unique.iter().chain(&self.index)
    }

    fn has(&self, key: &Key) -> bool {
        self.unique.contains(key) || self.index.contains(key) || self.expiry.as_ref() == Some(key)
    }
}

#[derive(Debug)]
struct Claim {
    value: Vec<u8>,
    /// Nobody else may hold the key.
    fresh: bool,
}

/// Changes of any number of records, committed together or not at all.
///
/// The order of the calls does not matter: a unique value that one record gives up can be taken by another in the same
/// commit.
#[derive(Debug, Default)]
pub struct Changes {
    checks: Vec<(Key, Check)>,
    claims: BTreeMap<Key, Claim>,
    releases: BTreeSet<Key>,
}

impl Changes {
    /// Adds a record. The commit is a `Conflict` when its identity or one of its unique values is taken.
    ///
    /// An expired record holds its identity and unique values until it is loaded by them (`get` and `find` remove it)
    /// or swept.
    pub fn insert<R: Record>(&mut self, record: &R) -> Result<(), Error> {
        let sides = Sides::of(record)?;
        self.write(record, &sides, None, true)
    }

    /// Replaces what was loaded. The commit is a `Conflict` when it has changed since, or when a new unique value is
    /// taken.
    pub fn update<R: Record>(&mut self, loaded: &Loaded<R>, new: &R) -> Result<(), Error> {
        let (before, sides) = (Sides::of(&**loaded)?, Sides::of(new)?);
        if sides.id != before.id {
            return Err(Error::IdentityChanged { kind: R::KIND });
        }
        self.check(loaded);
        self.release::<R>(&before.record)?;
        let gone = before.sides().chain(&before.expiry).filter(|key| !sides.has(key));
        for key in gone {
            self.release::<R>(key)?;
        }
        self.write(new, &sides, Some(&before), false)
    }

    /// Removes what was loaded, its unique values and its places in indexes. The commit is a `Conflict` when it has
    /// changed since.
    pub fn delete<R: Record>(&mut self, loaded: &Loaded<R>) -> Result<(), Error> {
        let sides = Sides::of(&**loaded)?;
        self.check(loaded);
        for key in std::iter::once(&sides.record).chain(sides.sides()).chain(&sides.expiry) {
            self.release::<R>(key)?;
        }
        Ok(())
    }

    /// Writes nothing, but the commit is a `Conflict` when what was loaded has changed since.
    pub fn require<R: Record>(&mut self, loaded: &Loaded<R>) {
        self.check(loaded);
    }

    /// Writes nothing, but the commit is a `Conflict` when there is a record of this identity after all.
    pub fn require_absent<R: Record>(&mut self, id: &str) -> Result<(), Error> {
        let key = key::record(R::KIND, id).ok_or(Error::Identity { kind: R::KIND })?;
        self.checks.push((key, Check::Absent));
        Ok(())
    }

    /// Whether there is nothing to check and nothing to write.
    pub fn is_empty(&self) -> bool {
        self.checks.is_empty() && self.claims.is_empty() && self.releases.is_empty()
    }

    fn check<R>(&mut self, loaded: &Loaded<R>) {
        self.checks.push((loaded.key.clone(), Check::Version(loaded.version)));
    }

    fn write<R: Record>(&mut self, record: &R, sides: &Sides, old: Option<&Sides>, fresh: bool) -> Result<(), Error> {
        let value = serde_json::to_vec(record).map_err(|source| Error::Unreadable { kind: R::KIND, source })?;
        if value.len() > MAX_VALUE {
            return Err(Error::TooLarge {
                kind: R::KIND,
                bytes: value.len(),
            });
        }
        self.claim::<R>(&sides.record, value, fresh)?;
        let is_new = |key: &&Key| old.is_none_or(|old| !old.has(key));
        for key in sides.unique.iter().filter(is_new) {
            let id = serde_json::to_vec(&sides.id).map_err(|source| Error::Unreadable { kind: R::KIND, source })?;
            self.claim::<R>(key, id, true)?;
        }
        for key in sides.index.iter().filter(is_new) {
            self.claim::<R>(key, b"null".to_vec(), false)?;
        }
        if let Some(key) = &sides.expiry
            && old.is_none_or(|old| !old.has(key) || old.unique != sides.unique || old.index != sides.index)
        {
            let entry = expiry::entry(sides.sides()).map_err(|source| Error::Unreadable { kind: R::KIND, source })?;
            self.claim::<R>(key, entry, false)?;
        }
        Ok(())
    }

    fn claim<R: Record>(&mut self, key: &Key, value: Vec<u8>, fresh: bool) -> Result<(), Error> {
        match self.claims.insert(key.clone(), Claim { value, fresh }) {
            None => Ok(()),
            Some(_) => Err(Error::Contradiction { kind: R::KIND }),
        }
    }

    fn release<R: Record>(&mut self, key: &Key) -> Result<(), Error> {
        if self.releases.insert(key.clone()) {
            Ok(())
        } else {
            Err(Error::Contradiction { kind: R::KIND })
        }
    }

    pub(super) fn into_batch(self) -> Result<Batch, CommitError> {
        let Self {
            mut checks,
            claims,
            mut releases,
        } = self;
        let mut puts = Vec::with_capacity(claims.len());
        for (key, claim) in claims {
            // A released key belongs to a record whose version is checked: nobody else can hold it.
            if !releases.remove(&key) && claim.fresh {
                checks.push((key.clone(), Check::Absent));
            }
            puts.push((key, claim.value));
        }
        let bytes = puts.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>()
            + releases.iter().map(String::len).sum::<usize>();
        if bytes > MAX_COMMIT {
            return Err(Error::CommitTooLarge { bytes }.into());
        }
        Ok(Batch {
            checks,
            puts,
            deletes: releases.into_iter().collect(),
        })
    }
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;

//! Expired records leave by themselves: an index ordered by time, and a sweep that follows it.
//!
//! The entry lists the keys that leave with the record, so the sweep knows no kind. It is written in the same commit as
//! the record and rewritten when those keys change; as long as the entry is what it was, the record under it has
//! expired.

use super::{
    CommitError, Error, MAX_COMMIT,
    backend::{Backend, Batch, Check, Key, Stored},
    key,
};
use crate::protocol::Timestamp;

/// Records removed in one commit: enough to share a flush, few enough not to hold up others.
const STEP: usize = 128;

/// Whether a record that expires at `at` is gone at `now`: from that second on, as a token's `exp` says (RFC 7519,
/// 4.1.4).
pub fn is_past(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_some_and(|at| at <= now)
}

/// The value of an expiry entry.
pub fn entry<'a>(sides: impl Iterator<Item = &'a Key>) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&sides.collect::<Vec<_>>())
}

/// Removes at most `limit` records that expired by `now`; returns how many.
pub async fn sweep(backend: &dyn Backend, now: Timestamp, limit: usize) -> Result<usize, Error> {
    let mut removed = 0;
    let mut after = String::new();
    while removed < limit {
        let wanted = STEP.min(limit - removed);
        let found = backend.scan(key::EXPIRY, &after, wanted).await?;
        if let Some((last, _)) = found.last() {
            last[key::EXPIRY.len()..].clone_into(&mut after);
        }
        let mut due = Vec::new();
        for (entry, stored) in &found {
            let Some((at, record)) = key::parse_expiry(entry) else {
                continue;
            };
            if at <= now {
                due.push(removal(entry, record, stored)?);
            }
        }
        removed += remove(backend, &due).await?;
        if due.len() < wanted {
            break;
        }
    }
    Ok(removed)
}

fn removal(entry: &Key, record: &str, stored: &Stored) -> Result<Batch, Error> {
    let mut deletes: Vec<Key> = serde_json::from_slice(&stored.value).map_err(|source| Error::Unreadable {
        kind: "expiry entry",
        source,
    })?;
    deletes.extend([record.to_owned(), entry.clone()]);
    Ok(Batch {
        checks: vec![(entry.clone(), Check::Version(stored.version))],
        puts: Vec::new(),
        deletes,
    })
}

/// All in one commit; when one of them was changed meanwhile, each for itself.
async fn remove(backend: &dyn Backend, due: &[Batch]) -> Result<usize, Error> {
    let together = due.iter().fold(Batch::default(), |mut all, one| {
        all.checks.extend_from_slice(&one.checks);
        all.deletes.extend_from_slice(&one.deletes);
        all
    });
    if due.is_empty() {
        return Ok(0);
    }
    let bytes: usize = together.deletes.iter().map(String::len).sum();
    if bytes <= MAX_COMMIT {
        match backend.commit(together).await {
            Ok(()) => return Ok(due.len()),
            Err(CommitError::Failed(error)) => return Err(error),
            Err(CommitError::Conflict) => {}
        }
    }
    let mut removed = 0;
    for one in due {
        match backend.commit(one.clone()).await {
            Ok(()) => removed += 1,
            Err(CommitError::Conflict) => {}
            Err(CommitError::Failed(error)) => return Err(error),
        }
    }
    Ok(removed)
}

#[cfg(test)]
#[path = "expiry_tests.rs"]
mod tests;

//! What was fetched, kept within bounds; and one fetch for all who wait for the same document.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Mutex as Turn;

use crate::protocol::Timestamp;

/// Documents at most; more URLs than that cost a fetch each.
const MAX_ENTRIES: usize = 1000;
/// Bytes of all documents at most.
const MAX_BYTES: usize = 16 << 20;

/// Something fetched.
#[derive(Debug)]
pub(super) struct Kept<V> {
    pub value: Arc<V>,
    /// When it came.
    pub fetched: Timestamp,
    until: Timestamp,
    bytes: usize,
}

impl<V> Clone for Kept<V> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            ..*self
        }
    }
}

/// Documents by URL.
pub(super) struct Cache<V> {
    kept: Mutex<HashMap<String, Kept<V>>>,
    turns: Mutex<HashMap<String, Arc<Turn<()>>>>,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            turns: Mutex::default(),
        }
    }
}

impl<V> Cache<V> {
    /// What is kept of `url` and still good at `now`.
    pub fn look(&self, url: &str, now: Timestamp) -> Option<Kept<V>> {
        lock(&self.kept).get(url).filter(|kept| now < kept.until).cloned()
    }

    /// Keeps `value` for `life`, and lets go of the oldest where there is no room.
    pub fn keep(&self, url: &str, value: V, bytes: usize, now: Timestamp, life: Duration) -> Arc<V> {
        let value = Arc::new(value);
        let entry = Kept {
            value: Arc::clone(&value),
            fetched: now,
            until: now + life,
            bytes: bytes + url.len(),
        };
        let mut kept = lock(&self.kept);
        kept.insert(url.to_owned(), entry);
        let mut total: usize = kept.values().map(|entry| entry.bytes).sum();
        if kept.len() > MAX_ENTRIES || total > MAX_BYTES {
            kept.retain(|_, entry| now < entry.until);
            total = kept.values().map(|entry| entry.bytes).sum();
        }
        while kept.len() > MAX_ENTRIES || total > MAX_BYTES {
            let oldest = kept.iter().min_by_key(|(_, entry)| entry.fetched);
            let Some(oldest) = oldest.map(|(url, _)| url.clone()) else {
                break;
            };
            total -= kept.remove(&oldest).map_or(0, |entry| entry.bytes);
        }
        value
    }

    /// Lets go of a document.
    pub fn forget(&self, url: &str) {
        lock(&self.kept).remove(url);
    }

    /// The turn to fetch `url`: whoever holds its lock fetches, the others wait and look again.
    pub fn turn(&self, url: &str) -> Arc<Turn<()>> {
        let mut turns = lock(&self.turns);
        turns.retain(|known, turn| known == url || Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(url.to_owned()).or_default())
    }
}

/// URLs that failed, each with the moment until which it is not asked again.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<String, Timestamp>>);

impl Failures {
    /// Whether `url` failed a moment ago.
    pub fn has(&self, url: &str, now: Timestamp) -> bool {
        lock(&self.0).get(url).is_some_and(|until| now < *until)
    }

    /// Remembers a failure for `life`.
    pub fn add(&self, url: &str, now: Timestamp, life: Duration) {
        let mut failed = lock(&self.0);
        if failed.len() >= MAX_ENTRIES {
            failed.retain(|_, until| now < *until);
        }
        if failed.len() >= MAX_ENTRIES {
            // Whoever names a thousand broken URLs in so short a time gains a fetch each, as with any new one.
            failed.clear();
        }
        failed.insert(url.to_owned(), now + life);
    }
}

/// Each critical section leaves the value whole, so that a panic elsewhere spoils nothing.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_document_is_kept_until_its_life_is_over() {
        let cache = Cache::default();
        cache.keep("u", 7, 1, at(0), HOUR);
        assert_eq!(*cache.look("u", at(3_599)).unwrap().value, 7);
        assert!(cache.look("u", at(3_600)).is_none());
        assert!(cache.look("other", at(0)).is_none());
    }

    #[test]
    fn the_oldest_makes_room_by_number_and_by_bytes() {
        let cache = Cache::default();
        for second in 0..=1000 {
            cache.keep(&second.to_string(), (), 1, at(second), HOUR);
        }
        assert!(cache.look("0", at(1000)).is_none());
        assert!(cache.look("1", at(1000)).is_some() && cache.look("1000", at(1000)).is_some());
        cache.keep("big", (), MAX_BYTES - 4, at(1001), HOUR);
        assert!(cache.look("1000", at(1001)).is_none() && cache.look("big", at(1001)).is_some());
    }

    #[test]
    fn what_is_over_goes_before_what_is_old() {
        let cache = Cache::default();
        cache.keep("old", (), MAX_BYTES / 2, at(0), HOUR);
        cache.keep("over", (), MAX_BYTES / 4, at(1), Duration::from_secs(1));
        cache.keep("new", (), MAX_BYTES / 2 - 100, at(9), HOUR);
        assert!(cache.look("old", at(9)).is_some() && cache.look("new", at(9)).is_some());
    }

    #[test]
    fn one_turn_is_for_all_who_want_the_same() {
        let cache = Cache::<()>::default();
        let (one, same, other) = (cache.turn("a"), cache.turn("a"), cache.turn("b"));
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        drop((one, same, other));
        let _ = cache.turn("c");
        assert_eq!(lock(&cache.turns).len(), 1, "turns that nobody holds are forgotten");
    }

    #[test]
    fn failures_are_remembered_for_a_while_and_within_bounds() {
        let failures = Failures::default();
        failures.add("u", at(0), Duration::from_secs(30));
        assert!(failures.has("u", at(29)) && !failures.has("u", at(30)) && !failures.has("v", at(0)));
        for count in 0..5_000 {
            failures.add(&count.to_string(), at(0), HOUR);
        }
        assert!(lock(&failures.0).len() <= MAX_ENTRIES);
    }
}

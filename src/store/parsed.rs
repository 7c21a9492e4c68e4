//! Records as they were parsed last, so that what every request reads is not parsed by every request.
//!
//! The engine is asked each time: a record is found here only under the version that the engine just told, and versions are
//! never used twice. So nothing here can be out of date, and nothing has to be invalidated.

use std::{
    any::Any,
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use super::backend::{Key, Stored};
use crate::model::Record;

/// How much JSON one generation holds the records of, in bytes. There are two.
const GENERATION: usize = 1024 * 1024;

/// A bounded memory of two generations: when the younger is full it becomes the older, and the older is forgotten. What is
/// used meanwhile is young again.
#[derive(Default)]
pub struct Parsed(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Key, Entry>,
    old: HashMap<Key, Entry>,
    /// The JSON of the young ones, in bytes.
    bytes: usize,
}

struct Entry {
    version: u64,
    bytes: usize,
    record: Arc<dyn Any + Send + Sync>,
}

impl Parsed {
    /// The record that these bytes are, when they were parsed before.
    pub fn look<R: Record>(&self, key: &str, stored: &Stored) -> Option<Arc<R>> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |entry: &&Entry| entry.version == stored.version;
        if let Some(entry) = generations.young.get(key).filter(fits) {
            return Arc::clone(&entry.record).downcast().ok();
        }
        let (key, entry) = generations.old.remove_entry(key)?;
        let record = Some(&entry).filter(fits)?.record.clone().downcast().ok();
        generations.add(key, entry);
        record
    }

    /// Remembers what was parsed.
    pub fn keep<R: Record>(&self, key: Key, stored: &Stored, record: &Arc<R>) {
        let entry = Entry {
            version: stored.version,
            bytes: key.len() + stored.value.len(),
            record: Arc::clone(record) as Arc<dyn Any + Send + Sync>,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(key, entry);
    }
}

impl Generations {
    fn add(&mut self, key: Key, entry: Entry) {
        if self.bytes + entry.bytes > GENERATION {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += entry.bytes;
        if let Some(replaced) = self.young.insert(key, entry) {
            self.bytes -= replaced.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Note(String);

    impl Record for Note {
        const KIND: &'static str = "note";

        fn id(&self) -> String {
            self.0.clone()
        }
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Other(u8);

    impl Record for Other {
        const KIND: &'static str = "other";

        fn id(&self) -> String {
            String::new()
        }
    }

    fn stored(version: u64, bytes: usize) -> Stored {
        Stored {
            version,
            value: vec![b' '; bytes],
        }
    }

    fn note(text: &str) -> Arc<Note> {
        Arc::new(Note(text.to_owned()))
    }

    #[test]
    fn a_record_is_found_under_its_version_only() {
        let parsed = Parsed::default();
        parsed.keep("note/1".to_owned(), &stored(7, 10), &note("seven"));
        assert_eq!(parsed.look::<Note>("note/1", &stored(7, 10)), Some(note("seven")));
        assert_eq!(parsed.look::<Note>("note/1", &stored(8, 10)), None);
        assert_eq!(parsed.look::<Note>("note/2", &stored(7, 10)), None);
        assert_eq!(parsed.look::<Other>("note/1", &stored(7, 10)), None);
        parsed.keep("note/1".to_owned(), &stored(8, 10), &note("eight"));
        assert_eq!(parsed.look::<Note>("note/1", &stored(8, 10)), Some(note("eight")));
        assert_eq!(parsed.look::<Note>("note/1", &stored(7, 10)), None);
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_used_goes() {
        let parsed = Parsed::default();
        let quarter = GENERATION / 4;
        for number in 0..40 {
            parsed.keep(format!("note/{number}"), &stored(number, quarter), &note("x"));
            assert!(number == 0 || parsed.look::<Note>("note/0", &stored(0, quarter)).is_some());
        }
        let found = |number| parsed.look::<Note>(&format!("note/{number}"), &stored(number, quarter));
        let left = (1..40).filter(|number| found(*number).is_some()).count();
        assert!((1..8).contains(&left), "{left}");
    }

    #[test]
    fn its_bytes_are_bounded_also_when_one_record_is_written_again_and_again() {
        let parsed = Parsed::default();
        let half = GENERATION / 2;
        parsed.keep("note/other".to_owned(), &stored(1, half - 100), &note("other"));
        for version in 2..100 {
            parsed.keep("note/1".to_owned(), &stored(version, half - 100), &note("x"));
        }
        let generations = parsed.0.lock().unwrap();
        for generation in [&generations.young, &generations.old] {
            let bytes: usize = generation.values().map(|entry| entry.bytes).sum();
            assert!(bytes <= GENERATION, "{bytes}");
        }
    }
}

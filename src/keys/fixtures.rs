//! Keys for the tests of this room, generated once per run.

use std::{convert::Infallible, sync::LazyLock, time::Duration};

use super::{MasterKey, NewKey, SealedKey, generate, ring};
use crate::{model::signing_key::SigningKey, protocol::Timestamp};

static KEYS: LazyLock<[NewKey; 3]> = LazyLock::new(|| std::array::from_fn(|_| generate().unwrap()));

/// One of three keys.
pub fn new_key(at: usize) -> NewKey {
    KEYS[at].clone()
}

/// A master key.
pub fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32]).unwrap()
}

/// A ring of a retired, an active and a next key, in this order.
pub fn ring() -> Vec<SigningKey> {
    let now = Timestamp::from_unix(1_750_000_000);
    let day = Duration::from_hours(24);
    let policy = ring::Policy::new(day, 90 * day, day).unwrap();
    let mut keys = KEYS.iter().map(|key| key.clone().seal(&master()).unwrap());
    let mut make = || Ok::<SealedKey, Infallible>(keys.next().unwrap());
    let mut ring = Vec::new();
    for now in [now, now + 90 * day] {
        let changes = ring::apply(&ring, &ring::plan(&ring, now, &policy), now, &mut make).unwrap();
        commit(&mut ring, changes);
    }
    ring
}

/// Does to a list of keys what a commit does to the store.
pub fn commit(keys: &mut Vec<SigningKey>, changes: Vec<ring::Change>) {
    for change in changes {
        match change {
            ring::Change::Insert(key) => keys.push(key),
            ring::Change::Update(key) => {
                let at = keys.iter().position(|old| old.kid == key.kid).unwrap();
                keys[at] = key;
            }
            ring::Change::Delete(key) => keys.retain(|old| old.kid != key.kid),
        }
    }
}

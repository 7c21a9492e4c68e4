//! Keys for the tests of this room, generated once per run.

use std::{convert::Infallible, sync::LazyLock, time::Duration};

use super::{MasterKey, NewKey, generate, ring};
use crate::{
    model::signing_key::{KeyState, SigningKey},
    protocol::{
        Timestamp,
        jwa::SigningAlgorithm::{self, EdDsa, Es256, Ps256, Rs256},
    },
};

static KEYS: LazyLock<[NewKey; 3]> = LazyLock::new(|| std::array::from_fn(|_| generate(Rs256).unwrap()));
static OTHERS: LazyLock<[NewKey; 3]> = LazyLock::new(|| [Ps256, Es256, EdDsa].map(|alg| generate(alg).unwrap()));

/// One of three RS256 keys.
pub fn new_key(at: usize) -> NewKey {
    KEYS[at].clone()
}

/// A key of an algorithm.
pub fn of(alg: SigningAlgorithm) -> NewKey {
    let mut all = KEYS.iter().chain(OTHERS.iter());
    all.find(|key| key.alg == alg).unwrap().clone()
}

/// A master key.
pub fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32]).unwrap()
}

/// A ring of a retired, an active and a next RS256 key, in this order.
pub fn ring() -> Vec<SigningKey> {
    let now = Timestamp::from_unix(1_750_000_000);
    let day = Duration::from_hours(24);
    let policy = ring::Policy::new(day, 90 * day, day).unwrap();
    let mut keys = KEYS.iter().map(|key| key.clone().seal(&master()).unwrap());
    let mut ring = Vec::new();
    for now in [now, now + 90 * day] {
        let make = |_| Ok::<_, Infallible>(keys.next().unwrap());
        let changes = ring::apply(&ring, &ring::plan(&ring, now, &policy), now, make).unwrap();
        commit(&mut ring, changes);
    }
    ring
}

/// An active key of each algorithm that [`ring`] lacks.
pub fn others() -> Vec<SigningKey> {
    let now = Timestamp::from_unix(1_750_000_000);
    let active = |(key, sequence): (&NewKey, u64)| {
        let key = key.clone().seal(&master()).unwrap();
        SigningKey {
            kid: key.kid,
            alg: key.alg,
            state: KeyState::Active,
            sequence,
            created_at: now,
            published_at: now,
            activated_at: Some(now),
            retired_at: None,
            rotate_requested: false,
            public: key.public,
            sealed_private_key: Some(key.sealed_private_key),
        }
    };
    OTHERS.iter().zip(10..).map(active).collect()
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

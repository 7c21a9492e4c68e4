//! The ring of signing keys: next, then active, then retired, then gone. Pure: time is a parameter, nothing is
//! generated here. Each algorithm has a ring of its own; they share the sequence and the plan.
//!
//! A key is published at least `publish_ahead` before it signs, because real backends cache a JWKS for an hour and do
//! not fetch it again on an unknown `kid`; and it stays published after it signed for as long as its tokens live, and
//! an hour more.
//!
//! The use case is: load the keys, ask [`plan`] (or [`rotate`], [`import`], [`emergency`]), [`apply`] the answer,
//! commit the changes in one batch, swap the key set. Nodes that do it at the same moment collide on versions and on
//! `sequence`.

use std::time::Duration;

use super::{Error, SealedKey};
use crate::{
    model::signing_key::{KeyState, SigningKey},
    protocol::{Timestamp, jwa::SigningAlgorithm},
};

/// Verifiers are known to keep a JWKS this long. Also covers another node that signs on with a key that has just
/// retired.
const HOUR: Duration = Duration::from_hours(1);

/// Which algorithms have a ring, and how long a key stays in each place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    algorithms: Vec<SigningAlgorithm>,
    publish_ahead: Duration,
    rotate_every: Duration,
    keep_retired: Duration,
}

impl Policy {
    /// `publish_ahead` (24 h by default, 1 h at least), `rotate_every` (90 days by default; never sooner than
    /// `publish_ahead` in effect), and the longest life of a token: a retired key stays published for that and an hour
    /// more.
    pub fn new(publish_ahead: Duration, rotate_every: Duration, longest_token_life: Duration) -> Result<Self, Error> {
        if publish_ahead < HOUR {
            return Err(Error::PublishAheadTooShort);
        }
        Ok(Self {
            algorithms: vec![SigningAlgorithm::Rs256],
            publish_ahead,
            rotate_every,
            keep_retired: longest_token_life.saturating_add(HOUR),
        })
    }

    /// These algorithms beside RS256, which every ring has (OpenID Connect Core, 15.1).
    #[must_use]
    pub fn with_algorithms(mut self, algorithms: &[SigningAlgorithm]) -> Self {
        self.algorithms.extend(algorithms);
        self.algorithms.sort_unstable();
        self.algorithms.dedup();
        self
    }

    /// How long a key is published before it signs. The JWKS must not be cacheable for longer.
    pub const fn publish_ahead(&self) -> Duration {
        self.publish_ahead
    }

    /// How long a key stays published after it signed its last token.
    pub const fn keep_retired(&self) -> Duration {
        self.keep_retired
    }
}

/// One step of the ring. Those of one plan belong into one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// Make a key that signs at once: at the first start of a store, and after an emergency.
    CreateActive {
        /// What it signs with.
        algorithm: SigningAlgorithm,
    },
    /// Make the key that will sign after the active one.
    CreateNext {
        /// What it signs with.
        algorithm: SigningAlgorithm,
        /// Since when it counts as published.
        published_at: Timestamp,
    },
    /// The next key begins to sign and the active one of its algorithm, if there is any, retires.
    Activate {
        /// The key that begins to sign.
        kid: String,
    },
    /// The active key ceases to sign and has no successor: its algorithm was switched off.
    Retire {
        /// The active key.
        kid: String,
    },
    /// Remember on the active key that an operator asked for its rotation.
    RequestRotation {
        /// The active key.
        kid: String,
    },
    /// The key leaves the ring, and with it the JWKS.
    Remove {
        /// The key that leaves.
        kid: String,
    },
}

impl Transition {
    /// Of which algorithm [`apply`] will ask for a new key, to generate those beforehand and off the async threads.
    pub const fn needs_key(&self) -> Option<SigningAlgorithm> {
        match self {
            Self::CreateActive { algorithm } | Self::CreateNext { algorithm, .. } => Some(*algorithm),
            _ => None,
        }
    }
}

/// The answer to an operator who wants another key to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Another key signs as soon as these are committed.
    Now(Vec<Transition>),
    /// The next key is not published long enough: the wish is remembered, and [`plan`] fulfils it.
    Scheduled {
        /// The key that will sign.
        kid: String,
        /// From when on.
        at: Timestamp,
        /// What remembers the wish.
        transitions: Vec<Transition>,
    },
}

/// One record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new key.
    Insert(SigningKey),
    /// A key that is in the ring already.
    Update(SigningKey),
    /// The key leaves the store.
    Delete(SigningKey),
}

/// What is due at `now`. Nothing, when it has been done: planning again right after applying gives an empty plan.
pub fn plan(keys: &[SigningKey], now: Timestamp, policy: &Policy) -> Vec<Transition> {
    // No verifier can have cached a JWKS of this issuer that lacks these keys: they are born in the commit that gives
    // the issuer its first JWKS. So they count as published long enough, and the first rotation needs not wait.
    if keys.is_empty() {
        return pairs(&policy.algorithms, now - policy.publish_ahead);
    }
    let of = |algorithm| keys.iter().filter(move |key| key.alg == algorithm);
    let mut transitions = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        if policy.algorithms.contains(&algorithm) {
            transitions.extend(plan_ring(keys, algorithm, now, policy));
        } else {
            transitions.extend(of(algorithm).filter_map(switched_off));
        }
    }
    let is_over = |key: &&SigningKey| {
        key.state == KeyState::Retired && key.retired_at.is_some_and(|at| at + policy.keep_retired <= now)
    };
    transitions.extend(keys.iter().filter(is_over).map(remove));
    transitions
}

/// What one algorithm's ring needs to have an active and a next key.
fn plan_ring(keys: &[SigningKey], algorithm: SigningAlgorithm, now: Timestamp, policy: &Policy) -> Vec<Transition> {
    let active = in_state(keys, algorithm, KeyState::Active);
    let next = in_state(keys, algorithm, KeyState::Next);
    match (active, next) {
        (Some(active), Some(next)) if is_due(active, now, policy) && usable_at(next, policy) <= now => {
            promote(next, now)
        }
        // A ring without an active key is a damaged one. RS256 signs every access token: signing with a key that some
        // verifiers may not know yet is better than signing nothing. Another algorithm was switched on later than its
        // store was made: verifiers hold key sets without it, so its first key waits like any other, and no client can
        // choose the algorithm before.
        (None, None) if algorithm == SigningAlgorithm::Rs256 => pairs(&[algorithm], now),
        (None, Some(next)) if algorithm == SigningAlgorithm::Rs256 || usable_at(next, policy) <= now => {
            promote(next, now)
        }
        (_, Some(_)) => Vec::new(),
        (_, None) => vec![create_next(algorithm, now)],
    }
}

/// What follows for a key whose algorithm has no ring any more. The next key has signed nothing.
fn switched_off(key: &SigningKey) -> Option<Transition> {
    match key.state {
        KeyState::Next => Some(remove(key)),
        KeyState::Active => Some(Transition::Retire { kid: key.kid.clone() }),
        KeyState::Retired => None,
    }
}

/// Another key of this algorithm is to sign: at once when the next key is published long enough, otherwise as soon as
/// it is. The old key stays published, so that no token dies.
pub fn rotate(keys: &[SigningKey], algorithm: SigningAlgorithm, now: Timestamp, policy: &Policy) -> Rotation {
    let active = in_state(keys, algorithm, KeyState::Active);
    match (active, in_state(keys, algorithm, KeyState::Next)) {
        (Some(active), Some(next)) if usable_at(next, policy) > now => Rotation::Scheduled {
            kid: next.kid.clone(),
            at: usable_at(next, policy),
            transitions: vec![Transition::RequestRotation {
                kid: active.kid.clone(),
            }],
        },
        (Some(_), Some(next)) => Rotation::Now(promote(next, now)),
        // The first key of an algorithm that was switched on a moment ago: the plan will have it sign.
        (None, Some(next)) if algorithm != SigningAlgorithm::Rs256 && usable_at(next, policy) > now => {
            Rotation::Scheduled {
                kid: next.kid.clone(),
                at: usable_at(next, policy),
                transitions: Vec::new(),
            }
        }
        // Not a whole ring yet: making it whole comes first, and brings a new key.
        _ => Rotation::Now(plan(keys, now, policy)),
    }
}

/// The key given to [`apply`] becomes the next one of its algorithm. The present next key leaves: it has signed
/// nothing.
pub fn import(keys: &[SigningKey], algorithm: SigningAlgorithm, now: Timestamp) -> Vec<Transition> {
    let replaced = in_state(keys, algorithm, KeyState::Next).map(remove);
    replaced.into_iter().chain([create_next(algorithm, now)]).collect()
}

/// A private key may have been stolen: every key leaves at once, and everything they signed dies with them.
///
/// The next and the retired keys too, and those of every algorithm. They were sealed by the same master key in the same
/// store, and nobody can say which of them the thief has; a retired key that is still published still convinces
/// verifiers. The new active keys sign before anybody has seen them: verifiers that cache the JWKS refuse their tokens,
/// and accept the thief's, until they fetch it again.
pub fn emergency(keys: &[SigningKey], now: Timestamp, policy: &Policy) -> Vec<Transition> {
    keys.iter().map(remove).chain(pairs(&policy.algorithms, now)).collect()
}

/// The records that carry out `transitions`. `make` is asked for one new sealed key of an algorithm per creation.
pub fn apply<E>(
    keys: &[SigningKey],
    transitions: &[Transition],
    now: Timestamp,
    mut make: impl FnMut(SigningAlgorithm) -> Result<SealedKey, E>,
) -> Result<Vec<Change>, E> {
    let mut sequence = keys.iter().map(|key| key.sequence).max().unwrap_or(0);
    let mut born = |state, published_at, key: SealedKey| {
        sequence += 1;
        Change::Insert(SigningKey {
            kid: key.kid,
            alg: key.alg,
            state,
            sequence,
            created_at: now,
            published_at,
            activated_at: (state == KeyState::Active).then_some(now),
            retired_at: None,
            rotate_requested: false,
            public: key.public,
            sealed_private_key: Some(key.sealed_private_key),
        })
    };
    let find = |kid: &str| keys.iter().find(|key| key.kid == kid).cloned();
    let mut changes = Vec::new();
    for transition in transitions {
        match transition {
            Transition::CreateActive { algorithm } => changes.push(born(KeyState::Active, now, make(*algorithm)?)),
            Transition::CreateNext {
                algorithm,
                published_at,
            } => changes.push(born(KeyState::Next, *published_at, make(*algorithm)?)),
            Transition::Activate { kid } => {
                if let Some(next) = find(kid) {
                    let former = in_state(keys, next.alg, KeyState::Active);
                    changes.extend(former.map(|active| Change::Update(retired(active, now))));
                    changes.push(Change::Update(activated(next, now)));
                }
            }
            Transition::Retire { kid } => changes.extend(find(kid).map(|key| Change::Update(retired(&key, now)))),
            Transition::RequestRotation { kid } => {
                changes.extend(find(kid).map(|key| {
                    Change::Update(SigningKey {
                        rotate_requested: true,
                        ..key
                    })
                }));
            }
            Transition::Remove { kid } => changes.extend(find(kid).map(Change::Delete)),
        }
    }
    Ok(changes)
}

/// An active and a next key of each algorithm.
fn pairs(algorithms: &[SigningAlgorithm], published_at: Timestamp) -> Vec<Transition> {
    let pair = |&algorithm| {
        [
            Transition::CreateActive { algorithm },
            create_next(algorithm, published_at),
        ]
    };
    algorithms.iter().flat_map(pair).collect()
}

const fn create_next(algorithm: SigningAlgorithm, published_at: Timestamp) -> Transition {
    Transition::CreateNext {
        algorithm,
        published_at,
    }
}

fn in_state(keys: &[SigningKey], algorithm: SigningAlgorithm, state: KeyState) -> Option<&SigningKey> {
    keys.iter()
        .filter(|key| key.alg == algorithm && key.state == state)
        .max_by_key(|key| key.sequence)
}

fn is_due(active: &SigningKey, now: Timestamp, policy: &Policy) -> bool {
    active.rotate_requested || now.since(active.activated_at.unwrap_or(active.created_at)) >= policy.rotate_every
}

fn usable_at(next: &SigningKey, policy: &Policy) -> Timestamp {
    next.published_at + policy.publish_ahead
}

fn promote(next: &SigningKey, now: Timestamp) -> Vec<Transition> {
    vec![
        Transition::Activate { kid: next.kid.clone() },
        create_next(next.alg, now),
    ]
}

fn remove(key: &SigningKey) -> Transition {
    Transition::Remove { kid: key.kid.clone() }
}

fn activated(next: SigningKey, now: Timestamp) -> SigningKey {
    SigningKey {
        state: KeyState::Active,
        activated_at: Some(now),
        ..next
    }
}

fn retired(active: &SigningKey, now: Timestamp) -> SigningKey {
    SigningKey {
        state: KeyState::Retired,
        retired_at: Some(now),
        rotate_requested: false,
        sealed_private_key: None,
        ..active.clone()
    }
}

#[cfg(test)]
mod tests;

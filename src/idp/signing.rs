//! Signing keys: what the ring plans is carried out in one commit, and the new key set is used from then on.

use std::{sync::Arc, sync::PoisonError};

use super::{Error, Idp, Result};
use crate::{
    config::Config,
    keys::{
        KeySet, MasterKey, SealedKey, generate,
        ring::{self, Change, Policy, Rotation, Transition},
    },
    model::signing_key::SigningKey,
    protocol::{Timestamp, client::MAX_TOKEN_LIFETIME},
    store::{Changes, Loaded, Store},
};

/// A ring has three or four keys; more than this would be a mistake.
const LIMIT: usize = 100;

/// What the operator wants of the ring.
pub(super) enum Wish {
    /// What is due by itself.
    Plan,
    /// Another key signs as soon as every verifier can know it.
    Rotate,
    /// All present keys leave at once.
    Emergency,
    /// This key signs next.
    Import(Box<SealedKey>),
}

/// The ring after a wish was carried out.
pub(super) struct Turned {
    pub keys: KeySet,
    /// When a rotation has to wait: the key and the moment.
    pub scheduled: Option<(String, Timestamp)>,
}

/// The ring's policy. Any client may be given the longest life, and its tokens must verify to their end.
pub(super) fn policy(config: &Config) -> std::result::Result<Policy, crate::keys::Error> {
    let tokens = &config.tokens;
    let longest = tokens.access_lifetime.max(tokens.id_lifetime).max(MAX_TOKEN_LIFETIME);
    Policy::new(config.keys.publish_ahead, config.keys.rotate_every, longest)
}

async fn load(store: &Store, now: Timestamp) -> Result<Vec<Loaded<SigningKey>>> {
    Ok(store.list::<SigningKey>("", LIMIT, now).await?)
}

/// Carries out a wish. Several processes doing so at once collide on versions; the loser plans again on what the winner wrote.
pub(super) async fn turn(
    store: &Store,
    master: &MasterKey,
    policy: &Policy,
    wish: &Wish,
    now: Timestamp,
) -> Result<Turned> {
    super::again_on_conflict(async || {
        let loaded = load(store, now).await?;
        let keys: Vec<SigningKey> = loaded.iter().map(|key| key.to_value()).collect();
        let (transitions, scheduled) = match wish {
            Wish::Plan => (ring::plan(&keys, now, policy), None),
            Wish::Emergency => (ring::emergency(&keys, now), None),
            Wish::Import(_) => (ring::import(&keys, now), None),
            Wish::Rotate => match ring::rotate(&keys, now, policy) {
                Rotation::Now(transitions) => (transitions, None),
                Rotation::Scheduled { kid, at, transitions } => (transitions, Some((kid, at))),
            },
        };
        let mut made = make(&transitions, wish, master).await?.into_iter();
        let exhausted = || Error::internal(std::io::Error::other("the ring asked for more keys than it said"));
        let written = ring::apply(&keys, &transitions, now, || made.next().ok_or_else(exhausted))?;
        commit(store, &loaded, &written).await?;
        let keys: Vec<SigningKey> = load(store, now)
            .await?
            .into_iter()
            .map(|key| key.into_value())
            .collect();
        Ok(Turned {
            keys: KeySet::open(&keys, master)?,
            scheduled,
        })
    })
    .await
}

/// Generates what the transitions need, side by side and off the async threads.
async fn make(transitions: &[Transition], wish: &Wish, master: &MasterKey) -> Result<Vec<SealedKey>> {
    if let Wish::Import(key) = wish {
        return Ok(vec![(**key).clone()]);
    }
    let needed = transitions.iter().filter(|transition| transition.needs_key());
    let tasks: Vec<_> = needed.map(|_| tokio::task::spawn_blocking(generate)).collect();
    let mut sealed = Vec::with_capacity(tasks.len());
    for task in tasks {
        sealed.push(task.await.map_err(Error::internal)??.seal(master)?);
    }
    Ok(sealed)
}

async fn commit(store: &Store, loaded: &[Loaded<SigningKey>], written: &[Change]) -> Result<()> {
    let mut changes = Changes::default();
    let find = |kid: &str| loaded.iter().find(|key| key.kid == kid);
    for change in written {
        match change {
            Change::Insert(key) => changes.insert(key)?,
            Change::Update(key) => {
                if let Some(before) = find(&key.kid) {
                    changes.update(before, key)?;
                }
            }
            Change::Delete(key) => {
                if let Some(before) = find(&key.kid) {
                    changes.delete(before)?;
                }
            }
        }
    }
    if changes.is_empty() {
        Ok(())
    } else {
        Ok(store.commit(changes).await?)
    }
}

impl Idp {
    /// Carries out a wish and signs with the outcome from now on.
    pub(super) async fn turn_keys(&self, wish: &Wish) -> Result<Turned> {
        let policy = policy(&self.config)?;
        let turned = turn(&self.store, &self.master, &policy, wish, self.now()).await?;
        Ok(turned)
    }

    pub(super) fn use_keys(&self, keys: KeySet) {
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if current.active_kid() != keys.active_kid() {
            tracing::info!(
                kid = keys.active_kid(),
                former = current.active_kid(),
                "another key signs"
            );
        }
        *current = Arc::new(keys);
    }

    pub(super) async fn signing_keys(&self) -> Result<Vec<Loaded<SigningKey>>> {
        load(&self.store, self.now()).await
    }
}

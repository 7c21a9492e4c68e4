//! Signing keys: what the ring plans is carried out in one commit, and the new key set is used from then on.

use std::{sync::Arc, sync::PoisonError};

use serde_json::{Map, Value};

use super::{Error, Idp, Result};
use crate::{
    config::Config,
    keys::{
        KeySet, MasterKey, SealedKey, generate,
        ring::{self, Change, Policy, Rotation, Transition},
    },
    model::signing_key::SigningKey,
    protocol::{
        self, Timestamp,
        client::{ClientMetadata, MAX_TOKEN_LIFETIME},
        error::ErrorCode,
        id_token,
        jwa::SigningAlgorithm,
    },
    store::{Changes, Loaded, Store},
};

/// Each algorithm has three or four keys; more than this would be a mistake.
const LIMIT: usize = 100;

/// What the operator wants of the ring.
pub(super) enum Wish {
    /// What is due by itself.
    Plan,
    /// Another key of this algorithm signs as soon as every verifier can know it.
    Rotate(SigningAlgorithm),
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
    let policy = Policy::new(config.keys.publish_ahead, config.keys.rotate_every, longest)?;
    Ok(policy.with_algorithms(&config.keys.algorithms))
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
        let keys: Vec<SigningKey> = loaded.iter().map(Loaded::to_value).collect();
        let (transitions, scheduled) = match wish {
            Wish::Plan => (ring::plan(&keys, now, policy), None),
            Wish::Emergency => (ring::emergency(&keys, now, policy), None),
            Wish::Import(key) => (ring::import(&keys, key.alg, now), None),
            Wish::Rotate(algorithm) => match ring::rotate(&keys, *algorithm, now, policy) {
                Rotation::Now(transitions) => (transitions, None),
                Rotation::Scheduled { kid, at, transitions } => (transitions, Some((kid, at))),
            },
        };
        let mut made = make(&transitions, wish, master).await?;
        let exhausted = || Error::internal(std::io::Error::other("the ring asked for more keys than it said"));
        let mut take = |algorithm| {
            made.iter()
                .position(|key| key.alg == algorithm)
                .map(|at| made.swap_remove(at))
        };
        let written = ring::apply(&keys, &transitions, now, |algorithm| {
            take(algorithm).ok_or_else(exhausted)
        })?;
        commit(store, &loaded, &written).await?;
        let keys: Vec<SigningKey> = load(store, now).await?.into_iter().map(Loaded::into_value).collect();
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
    let needed = transitions.iter().filter_map(Transition::needs_key);
    let tasks: Vec<_> = needed
        .map(|algorithm| tokio::task::spawn_blocking(move || generate(algorithm)))
        .collect();
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
        for kid in keys
            .active_kids()
            .filter(|kid| current.active_kids().all(|former| former != *kid))
        {
            tracing::info!(kid, "another key signs");
        }
        *current = Arc::new(keys);
    }

    /// Refuses a client that asks for signatures by an algorithm that has no key to sign with (OpenID Connect
    /// Registration, 3.3).
    pub(super) fn permit_algorithms(
        &self,
        metadata: &ClientMetadata,
    ) -> std::result::Result<(), protocol::error::Error> {
        let keys = self.keys();
        let asked = [
            (
                "id_token_signed_response_alg",
                Some(metadata.id_token_signed_response_alg),
            ),
            ("userinfo_signed_response_alg", metadata.userinfo_signed_response_alg),
        ];
        for (member, algorithm) in asked {
            let Some(algorithm) = algorithm.filter(|it| !keys.algorithms().contains(it)) else {
                continue;
            };
            let word = algorithm.as_str();
            let why = if self.config.keys.algorithms.contains(&algorithm) {
                format!("{member}: the first key of {word} is not published long enough yet to sign")
            } else {
                format!("{member}: {word} is not switched on here")
            };
            return Err(ErrorCode::InvalidClientMetadata.because(why));
        }
        Ok(())
    }

    /// The claims of an ID token of ours that came back as a hint, expired or not. It has an `exp`, which tells it from
    /// a signed userinfo response.
    pub(super) fn own_id_token(&self, id_token_hint: &str) -> Option<Map<String, Value>> {
        let claims = self.keys().verify(id_token_hint, id_token::TYP).ok()?;
        let ours = claims.get("iss").and_then(Value::as_str) == Some(&self.issuer);
        (ours && claims.contains_key("exp")).then_some(claims)
    }

    pub(super) async fn signing_keys(&self) -> Result<Vec<Loaded<SigningKey>>> {
        load(&self.store, self.now()).await
    }
}

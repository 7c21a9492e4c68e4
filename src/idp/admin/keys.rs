//! Commands about signing keys.

use serde_json::{Map, Value, json};

use super::super::{
    Error, Idp, Result,
    audit::{Event, Work},
    signing::Wish,
};
use crate::{keys, protocol::jwa::SigningAlgorithm, secret::Secret};

impl Idp {
    pub(super) async fn key_list(&self) -> Result<Value> {
        let keys = self.signing_keys().await?.into_iter().map(|key| {
            json!({"kid": key.kid, "alg": key.alg, "state": key.state, "created_at": key.created_at,
                "published_at": key.published_at, "activated_at": key.activated_at, "retired_at": key.retired_at,
                "rotate_requested": key.rotate_requested, "sequence": key.sequence})
        });
        let mut keys: Vec<Value> = keys.collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key["sequence"].as_u64()));
        Ok(json!({ "keys": keys }))
    }

    pub(super) async fn key_rotate(&self, emergency: bool, algorithm: SigningAlgorithm) -> Result<Value> {
        self.is_switched_on("algorithm", algorithm)?;
        let wish = if emergency {
            Wish::Emergency
        } else {
            Wish::Rotate(algorithm)
        };
        let turned = self.turn_keys(&wish).await?;
        let scheduled = turned.scheduled;
        self.use_keys(turned.keys);
        let active_kid = self.keys().active_kid_of(algorithm).unwrap_or("no key").to_owned();
        let event = if emergency {
            "key.replaced_in_emergency"
        } else {
            "key.rotated"
        };
        self.audit_alone(Event::new(event).actor("operator").subject(&active_kid))
            .await?;
        let message = match (&scheduled, emergency) {
            (_, true) => format!(
                "{active_kid} signs now. All former keys have left the key set: what they signed no longer verifies, and backends \
                 that cache the key set refuse new tokens until they fetch it again."
            ),
            (None, false) => {
                format!("{active_kid} signs now. The former key stays published until its tokens have expired.")
            }
            (Some((kid, _)), false) => format!(
                "{kid} will sign as soon as it has been published long enough for every backend to know it; until then \
                 {active_kid} does. If a key was stolen, use --emergency."
            ),
        };
        Ok(json!({"rotated": scheduled.is_none(), "active_kid": active_kid,
            "signs_at": scheduled.map(|(_, at)| at), "message": message}))
    }

    /// Refuses an algorithm that the configuration does not have.
    fn is_switched_on(&self, field: &'static str, algorithm: SigningAlgorithm) -> Result<()> {
        if self.config.keys.algorithms.contains(&algorithm) {
            return Ok(());
        }
        let word = algorithm.as_str();
        Err(Error::Invalid {
            field,
            message: format!("{word} is not switched on: add it to keys.algorithms and restart").into(),
        })
    }

    pub(super) async fn key_import(&self, pem: &Secret<String>, algorithm: Option<SigningAlgorithm>) -> Result<Value> {
        let key = keys::import_pem(pem.expose(), algorithm).map_err(|error| Error::Invalid {
            field: "pem",
            message: error.to_string().into(),
        })?;
        self.is_switched_on("pem", key.alg)?;
        let alg = key.alg;
        let kid = key.kid.clone();
        if self.signing_keys().await?.iter().any(|known| known.kid == kid) {
            return Err(Error::Invalid {
                field: "pem",
                message: format!("the key {kid} is in the ring already").into(),
            });
        }
        // Tried before it is kept: a key that cannot sign must not become the next one.
        keys::try_out(&key).map_err(|error| Error::Invalid {
            field: "pem",
            message: error.to_string().into(),
        })?;
        let turned = self.turn_keys(&Wish::Import(Box::new(key.seal(&self.master)?))).await?;
        self.use_keys(turned.keys);
        self.audit_alone(Event::new("key.imported").actor("operator").subject(&kid))
            .await?;
        Ok(json!({"kid": kid, "alg": alg, "state": "next"}))
    }

    pub(super) async fn key_export_public(&self) -> Result<Value> {
        let keys = self.signing_keys().await?;
        let pems: Map<String, Value> = keys
            .iter()
            .map(|key| {
                let pem = keys::jwk::public_pem(&key.public).unwrap_or_default();
                (key.kid.clone(), pem.into())
            })
            .collect();
        let jwks: Value = serde_json::from_str(self.keys().jwks()).map_err(Error::internal)?;
        Ok(json!({"pem": pems, "jwks": jwks}))
    }

    /// Tells of a change that another commit has made.
    pub(super) async fn audit_alone(&self, event: Event<'_>) -> Result<()> {
        let mut changes = Work::default();
        self.audit(&mut changes, event)?;
        self.commit(changes).await
    }
}

//! Commands about initial access tokens (RFC 7591, 1.2): who has one may register a client.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    super::{
        Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
    },
    not_found,
};
use crate::{
    model::registration::RegistrationToken,
    secret::{self, Secret},
};

const LIMIT: usize = 10_000;

/// The longest note, in characters.
const MAX_NOTE: usize = 200;

/// The longest life of a token, in seconds.
const MAX_LIFETIME: u64 = 10 * 365 * 24 * 3600;

impl Idp {
    pub(super) async fn registration_token_new(
        &self,
        note: String,
        lifetime_seconds: Option<u64>,
        uses: Option<u32>,
    ) -> Result<Value> {
        let invalid = |field, message: &str| Error::Invalid {
            field,
            message: message.into(),
        };
        if note.chars().count() > MAX_NOTE {
            return Err(invalid("note", "a note is at most 200 characters"));
        }
        if lifetime_seconds.is_some_and(|seconds| !(1..=MAX_LIFETIME).contains(&seconds)) {
            return Err(invalid(
                "lifetime",
                "a registration token lives for 1 second to 10 years",
            ));
        }
        if uses == Some(0) {
            return Err(invalid("uses", "a registration token has at least one use"));
        }
        let token = Secret::new(secret::random());
        let now = self.now();
        let kept = RegistrationToken {
            id: secret::random_id(),
            token_digest: secret::digest(token.expose()),
            note,
            created_at: now,
            expires_at: lifetime_seconds.map(|seconds| now + Duration::from_secs(seconds)),
            uses_left: uses,
        };
        let mut changes = Work::default();
        changes.insert(&kept)?;
        let event = Event::new("registration_token.added").actor("operator");
        self.audit(&mut changes, event.subject(&kept.id).fact("uses", uses))?;
        self.commit(changes).await?;
        let mut answer = shown(&kept);
        answer["registration_token"] = token.expose().clone().into();
        Ok(answer)
    }

    pub(super) async fn registration_token_list(&self) -> Result<Value> {
        let tokens = self.store.list::<RegistrationToken>("", LIMIT, self.now()).await?;
        let shown: Vec<Value> = tokens.iter().map(|token| shown(token)).collect();
        Ok(json!({ "registration_tokens": shown }))
    }

    pub(super) async fn registration_token_revoke(&self, id: &str) -> Result<Value> {
        again_on_conflict(async || {
            let kept = self.store.get::<RegistrationToken>(id, self.now()).await?;
            let kept = kept.ok_or_else(|| not_found("registration token", id))?;
            let mut changes = Work::default();
            changes.delete(&kept)?;
            let event = Event::new("registration_token.revoked").actor("operator");
            self.audit(&mut changes, event.subject(id))?;
            self.commit(changes).await?;
            Ok(json!({ "id": id }))
        })
        .await
    }
}

/// A token as operators see it: never itself, not even its digest.
fn shown(token: &RegistrationToken) -> Value {
    json!({
        "id": token.id, "note": token.note, "created_at": token.created_at, "expires_at": token.expires_at,
        "uses_left": token.uses_left,
    })
}

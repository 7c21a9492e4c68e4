//! What an operator does with somebody's passkeys.

use serde_json::{Value, json};

use crate::{
    idp::{
        Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
    },
    model::{mail::FactorChange, passkey::Passkey},
};

impl Idp {
    /// Every passkey of a user, without its key.
    pub(in crate::idp) async fn user_passkeys(&self, named: &str) -> Result<Value> {
        let user = self.user(named).await?;
        let passkeys = self.passkeys_of(&user.id).await?;
        Ok(json!({"passkeys": passkeys.iter().map(|it| answer(it)).collect::<Vec<_>>()}))
    }

    /// Removes one. As with a new password, every session, code and grant of the user ends.
    pub(in crate::idp) async fn user_remove_passkey(&self, named: &str, id: &str) -> Result<Value> {
        again_on_conflict(async || {
            let user = self.user(named).await?;
            let found = self.store.get::<Passkey>(id, self.now()).await?;
            let passkey = found
                .filter(|passkey| passkey.user_id == user.id)
                .ok_or_else(|| Error::NotFound {
                    what: "passkey",
                    named: id.to_owned(),
                })?;
            let after = self.user_without(&user, &passkey).await?;
            let mut changes = Work::default();
            changes.delete(&passkey)?;
            changes.update(&user, &after)?;
            let event = Event::new("passkey.removed")
                .actor("operator")
                .subject(&user.id)
                .fact("passkey", id);
            self.audit(&mut changes, event)?;
            self.tell_change(&mut changes, &user, FactorChange::PasskeyRemoved)?;
            self.commit_epoch(changes, &user.id, after.epoch).await?;
            Ok(answer(&passkey))
        })
        .await
    }
}

fn answer(passkey: &Passkey) -> Value {
    json!({
        "id": passkey.id,
        "name": passkey.name,
        "rp_id": passkey.rp_id,
        "aaguid": passkey.aaguid,
        "backed_up": passkey.backed_up,
        "user_verified": passkey.user_verified,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
        "suspected_at": passkey.suspected_at,
    })
}

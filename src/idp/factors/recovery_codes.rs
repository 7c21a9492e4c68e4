//! A person's recovery codes: a set is made at once, shown once, and replaces the one before.

use super::super::{
    Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    credential::recovery_code::{self, COUNT},
    model::{mail::FactorChange, recovery_code::RecoveryCodes, user::User},
    secret::{self, Secret},
    store::Loaded,
};

/// A set of codes, for the person and nobody else.
pub struct NewRecoveryCodes {
    /// The codes, `XXXX-XXXX-XXXX`.
    pub codes: Vec<Secret<String>>,
}

impl Idp {
    /// Makes a new set; what is left of the former one is worth nothing from here on. `actor` is the person's id or
    /// `operator`.
    pub async fn new_recovery_codes(&self, user_id: &str, actor: &str) -> Result<NewRecoveryCodes> {
        let (made, digests) = self.drawn_recovery_codes(user_id)?;
        again_on_conflict(async || {
            let user = self.account(user_id).await?;
            let mut work = Work::default();
            self.keep_recovery_codes(&mut work, &user, &digests).await?;
            let event = Event::new("recovery_codes.made").actor(actor).subject(user_id);
            self.audit(&mut work, event)?;
            self.commit(work).await
        })
        .await?;
        Ok(made)
    }

    /// A set that nobody has yet, and what is kept of it.
    pub(in crate::idp) fn drawn_recovery_codes(&self, user_id: &str) -> Result<(NewRecoveryCodes, Vec<String>)> {
        let key = self.recovery_key()?;
        let codes: Vec<Secret<String>> = (0..COUNT).map(|_| recovery_code::new_code()).collect();
        let mut digests = Vec::with_capacity(COUNT);
        for code in &codes {
            digests.extend(recovery_code::digest(&key, user_id, code.expose()).map_err(Error::internal)?);
        }
        Ok((NewRecoveryCodes { codes }, digests))
    }

    /// Puts a set in the place of the former one, with this commit.
    pub(in crate::idp) async fn keep_recovery_codes(
        &self,
        work: &mut Work,
        user: &Loaded<User>,
        digests: &[String],
    ) -> Result<()> {
        let set = RecoveryCodes {
            user_id: user.id.clone(),
            digests: digests.to_vec(),
            created_at: self.now(),
        };
        match self.store.get::<RecoveryCodes>(&user.id, self.now()).await? {
            Some(former) => work.update(&former, &set)?,
            None => work.insert(&set)?,
        }
        work.update(user, user)?;
        self.tell_change(work, user, FactorChange::RecoveryCodesMade)
    }

    /// How many codes the person has left.
    pub async fn recovery_codes_left(&self, user_id: &str) -> Result<usize> {
        let set = self.store.get::<RecoveryCodes>(user_id, self.now()).await?;
        Ok(set.map_or(0, |set| set.digests.len()))
    }

    /// Spends a code in this commit. False when it is not one, or was used.
    pub(super) async fn spend_recovery_code(
        &self,
        work: &mut Work,
        user: &User,
        typed: &Secret<String>,
    ) -> Result<bool> {
        let Some(set) = self.store.get::<RecoveryCodes>(&user.id, self.now()).await? else {
            return Ok(false);
        };
        let digest = recovery_code::digest(&self.recovery_key()?, &user.id, typed.expose()).map_err(Error::internal)?;
        let Some(digest) = digest else { return Ok(false) };
        let left: Vec<String> = set
            .digests
            .iter()
            .filter(|kept| !secret::same(kept, &digest))
            .cloned()
            .collect();
        if left.len() == set.digests.len() {
            return Ok(false);
        }
        work.update(
            &set,
            &RecoveryCodes {
                digests: left,
                ..set.to_value()
            },
        )?;
        self.tell_change(work, user, FactorChange::RecoveryCodeUsed)?;
        Ok(true)
    }

    fn recovery_key(&self) -> Result<Secret<[u8; 32]>> {
        Ok(self.master.derive("recovery code")?)
    }
}

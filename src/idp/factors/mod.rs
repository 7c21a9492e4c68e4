//! What a person proves themselves with: one place that knows all of an account's factors, and a file for each kind.
//!
//! Whoever adds or removes a factor writes the user's record in the same commit. So a sign-in under way, which requires that
//! record to be unchanged, is decided again; and of two removals at once, the second sees what the first has left.

mod recovery_codes;
mod second;
mod totp;

pub(super) use self::second::second_factor_of;
pub use self::{recovery_codes::NewRecoveryCodes, second::Presented, totp::TotpOffer};
use super::{
    Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    language::Words,
    model::{
        factor::{FactorKind, Factors},
        recovery_code::RecoveryCodes,
        sign_in::RememberedBrowser,
        totp::{Totp, TotpEnrolment},
        user::{Password, User},
    },
    store::Loaded,
};

impl Idp {
    /// All factors of an account. Every decision about how much a sign-in has to show begins here.
    pub async fn factors(&self, user: &User) -> Result<Factors> {
        let now = self.now();
        let mut found = Vec::new();
        if self.store.get::<Password>(&user.id, now).await?.is_some() {
            found.push(FactorKind::Password);
        }
        if !self.working_passkeys(&user.id).await?.is_empty() {
            found.push(FactorKind::Passkey);
        }
        if self.store.get::<Totp>(&user.id, now).await?.is_some() {
            found.push(FactorKind::Totp);
        }
        let codes = self.store.get::<RecoveryCodes>(&user.id, now).await?;
        if codes.is_some_and(|codes| !codes.digests.is_empty()) {
            found.push(FactorKind::RecoveryCodes);
        }
        Ok(Factors::new(&user.second_factors, &found))
    }

    /// Removes a factor of a kind of which an account has one; `actor` is the person's id or `operator`. The last way in
    /// stays. Whoever had got in with it is out: everything of the user ends.
    pub async fn remove_factor(&self, user_id: &str, kind: &FactorKind, actor: &str) -> Result<()> {
        again_on_conflict(async || {
            let user = self.account(user_id).await?;
            let mut work = Work::default();
            let mut changed = self.without_factor(&mut work, &user, kind).await?;
            changed.epoch = user.epoch + 1;
            work.update(&user, &changed)?;
            let event = Event::new("factor.removed").actor(actor).subject(user_id);
            self.audit(&mut work, event.fact("kind", kind.as_str()))?;
            self.tell_removal(&mut work, &user, kind)?;
            self.commit_epoch(work, user_id, changed.epoch).await
        })
        .await
    }

    /// Takes a factor away with this commit, and gives the user without it, to be written by the same commit.
    pub(in crate::idp) async fn without_factor(
        &self,
        work: &mut Work,
        user: &Loaded<User>,
        kind: &FactorKind,
    ) -> Result<User> {
        let factors = self.factors(user).await?;
        if !factors.all().iter().any(|factor| factor.kind == *kind) {
            return Err(Error::NotFound {
                what: "factor",
                named: kind.as_str().to_owned(),
            });
        }
        if *kind == FactorKind::Passkey {
            return Err(Error::invalid("factor", Words::new("refusal-factor-passkeys")));
        }
        // Where there is no way in already, a removal cannot close the last one, and may be what opens one.
        if factors.is_open() && !factors.can_lose(kind) {
            return Err(Error::invalid("factor", Words::new("refusal-factor-last")));
        }
        match kind {
            FactorKind::Password => self.delete_if_there::<Password>(work, &user.id).await?,
            FactorKind::Totp => self.delete_if_there::<Totp>(work, &user.id).await?,
            FactorKind::RecoveryCodes => self.delete_if_there::<RecoveryCodes>(work, &user.id).await?,
            FactorKind::Passkey | FactorKind::Unknown(_) => {}
        }
        let mut changed = user.to_value();
        changed.second_factors.retain(|listed| listed != kind);
        Ok(changed)
    }

    /// Everything that a person who is removed was proven with.
    pub(in crate::idp) async fn forget_factors(&self, work: &mut Work, user_id: &str) -> Result<()> {
        self.delete_if_there::<Password>(work, user_id).await?;
        self.forget_passkeys(work, user_id).await?;
        self.delete_if_there::<Totp>(work, user_id).await?;
        self.delete_if_there::<TotpEnrolment>(work, user_id).await?;
        for remembered in self
            .store
            .list_by::<RememberedBrowser>("user", user_id, "", 1000, self.now())
            .await?
        {
            work.delete(&remembered)?;
        }
        self.delete_if_there::<RecoveryCodes>(work, user_id).await
    }

    pub(in crate::idp) async fn delete_if_there<R: crate::model::Record>(
        &self,
        work: &mut Work,
        id: &str,
    ) -> Result<()> {
        if let Some(record) = self.store.get::<R>(id, self.now()).await? {
            work.delete(&record)?;
        }
        Ok(())
    }

    /// The account, disabled or not.
    async fn account(&self, user_id: &str) -> Result<Loaded<User>> {
        let user = self.store.get::<User>(user_id, self.now()).await?;
        user.ok_or_else(|| Error::NotFound {
            what: "user",
            named: user_id.to_owned(),
        })
    }

    /// Writes the user's record with one more second factor, or as it is when the kind is listed already.
    pub(in crate::idp) fn list_second(work: &mut Work, user: &Loaded<User>, kind: &FactorKind) -> Result<()> {
        let mut changed = user.to_value();
        if !changed.second_factors.contains(kind) {
            changed.second_factors.push(kind.clone());
        }
        Ok(work.update(user, &changed)?)
    }
}

#[cfg(test)]
mod tests;

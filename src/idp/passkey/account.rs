//! A person's own passkeys: seen, renamed, removed.

use crate::{
    idp::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
        session::Present,
    },
    language::Words,
    model::{factor::FactorKind, mail::FactorChange, passkey::Passkey, session::Session, user::User},
    store::Loaded,
};

/// The longest name of a passkey, in characters.
const LONGEST_NAME: usize = 64;

/// What the Signal API (WebAuthn, 5.1.10) tells authenticators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The relying party.
    pub rp_id: String,
    /// The user handle, in base64url.
    pub user_id: String,
    /// Every credential id that signs this user in.
    pub credential_ids: Vec<String>,
    /// What the user signs in with.
    pub name: String,
    /// What the user is called.
    pub display_name: String,
}

/// The passkeys of the person at a browser.
pub struct MyPasskeys {
    /// Newest first.
    pub passkeys: Vec<Passkey>,
    /// For the Signal API.
    pub accepted: Accepted,
    /// Whether one is asked for after the password, too.
    pub is_second: bool,
    /// Whether the sign-in is recent enough to add and remove.
    pub is_recent: bool,
}

impl Idp {
    /// The passkeys of whoever is signed in.
    pub async fn my_passkeys(&self, browser: &Browser) -> Result<MyPasskeys> {
        let rp_id = self.passkeys()?.rp_id();
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        let user = &present.user;
        let mut passkeys: Vec<Passkey> = self
            .passkeys_of(&user.id)
            .await?
            .into_iter()
            .map(Loaded::into_value)
            .collect();
        passkeys.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
        Ok(MyPasskeys {
            passkeys,
            accepted: self.accepted(&user.id, rp_id).await?,
            is_second: user.second_factors.contains(&FactorKind::Passkey),
            is_recent: self.may_change_factors(&present).await?,
        })
    }

    /// Whether the person at a browser could do with a passkey: signed in just now, and without any.
    pub async fn wants_passkey(&self, browser: &Browser) -> Result<bool> {
        if !self.has_passkeys() {
            return Ok(false);
        }
        match self.recently_present(browser).await {
            Ok(present) => Ok(self.passkeys_of(&present.user.id).await?.is_empty()),
            Err(Error::SignInAgain) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Gives a passkey another name.
    pub async fn rename_passkey(&self, id: &str, name: &str, browser: &Browser) -> Result<()> {
        let name = name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            let words = Words::new("refusal-passkey-name").with_number("longest", LONGEST_NAME as u64);
            return Err(Error::invalid("name", words));
        }
        again_on_conflict(async || {
            let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
            let passkey = self.passkey_of(&present.user.id, id).await?;
            let mut changes = Work::default();
            changes.update(
                &passkey,
                &Passkey {
                    name: name.to_owned(),
                    ..passkey.to_value()
                },
            )?;
            self.commit(changes).await
        })
        .await
    }

    /// Removes a passkey. Whoever had got in with it is out: everything of the user ends, but the session that asks.
    pub async fn remove_passkey(&self, id: &str, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let Present { session, user } = self.recently_present(browser).await?;
            let passkey = self.passkey_of(&user.id, id).await?;
            let mut changes = Work::default();
            self.require_another_way_in(&user, &passkey).await?;
            let after = self.take_passkey(&mut changes, &user, &passkey, browser).await?;
            changes.update(
                &session,
                &Session {
                    epoch: after.epoch,
                    ..session.to_value()
                },
            )?;
            self.commit_epoch(changes, &user.id, after.epoch).await
        })
        .await
    }

    /// Deletes a passkey and begins a new epoch of its user.
    async fn take_passkey(
        &self,
        changes: &mut Work,
        user: &Loaded<User>,
        passkey: &Loaded<Passkey>,
        browser: &Browser,
    ) -> Result<User> {
        let after = self.user_without(user, passkey).await?;
        changes.delete(passkey)?;
        changes.update(user, &after)?;
        let event = Event::new("passkey.removed")
            .actor(&user.id)
            .subject(&user.id)
            .at(browser)
            .fact("passkey", passkey.id.as_str());
        self.audit(changes, event)?;
        self.tell_change(changes, user, FactorChange::PasskeyRemoved)?;
        Ok(after)
    }

    /// Without this passkey the person must still have a way in. The user's record is written with the removal, so of two removals at
    /// once the second sees what the first has left.
    async fn require_another_way_in(&self, user: &User, passkey: &Passkey) -> Result<()> {
        let working = self.working_passkeys(&user.id).await?;
        let is_last = working.iter().all(|other| other.id == passkey.id);
        let factors = self.factors(user).await?;
        if is_last && factors.is_open() && !factors.can_lose(&FactorKind::Passkey) {
            return Err(Error::invalid("passkey", Words::new("refusal-passkey-last")));
        }
        Ok(())
    }

    async fn passkey_of(&self, user_id: &str, id: &str) -> Result<Loaded<Passkey>> {
        let passkey = self.store.get::<Passkey>(id, self.now()).await?;
        passkey
            .filter(|passkey| passkey.user_id == user_id)
            .ok_or_else(|| Error::NotFound {
                what: "passkey",
                named: id.to_owned(),
            })
    }

    /// What authenticators may know of a user who is fully signed in.
    pub(in crate::idp) async fn accepted_here(&self, user_id: &str) -> Result<Accepted> {
        self.accepted(user_id, self.passkeys()?.rp_id()).await
    }

    pub(super) async fn accepted(&self, user_id: &str, rp_id: &str) -> Result<Accepted> {
        let user = self.enabled_user(user_id).await?.ok_or(Error::SignInAgain)?;
        let passkeys = self.passkeys_of(user_id).await?;
        let accepted = passkeys
            .iter()
            .filter(|passkey| passkey.rp_id == rp_id && passkey.suspected_at.is_none());
        Ok(Accepted {
            rp_id: rp_id.to_owned(),
            user_id: Passkey::user_handle(user_id),
            credential_ids: accepted.map(|passkey| passkey.credential_id.clone()).collect(),
            name: user.username.clone(),
            display_name: user.display_name(),
        })
    }
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;

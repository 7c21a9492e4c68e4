//! Passkeys: sign-in without a password (WebAuthn Level 3).
//!
//! Each ceremony has two halves. The first keeps a challenge, bound to the browser and to what it is for; the second deletes it by a
//! commit *before* it looks at the answer, so that no answer counts twice, whatever the answer is worth.

mod account;
mod admin;
mod register;
mod sign_in;

use std::time::Duration;

use serde_json::Value;

use super::{Browser, Error, Idp, Result, audit::Work};
use crate::{
    config::{Config, RelyingParty},
    credential::passkey::{self, Asserted, Begun, Passkeys},
    model::{
        factor::FactorKind,
        passkey::{Passkey, PasskeyCeremony, Purpose},
        user::User,
    },
    secret,
    store::Loaded,
};

pub use account::{Accepted, MyPasskeys};
pub use sign_in::ByPasskey;

/// So many passkeys one person may have.
const MOST: usize = 50;

/// A challenge for the browser.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// To be sent back with the answer.
    pub ceremony: String,
    /// `{"publicKey": …}`.
    pub options: Value,
    /// How long it is good.
    pub lifetime: Duration,
}

/// A passkey that has answered, and what its record was like.
pub(super) struct Proof {
    pub(super) asserted: Asserted,
    passkey: Loaded<Passkey>,
}

/// The passkeys of a configuration. Where there can be none, the log says why and passwords go on.
pub(super) fn open(config: &Config) -> std::result::Result<Option<Passkeys>, passkey::Error> {
    let issuer = config.server.issuer_at(config.server.listen.port());
    match RelyingParty::of(&config.passkeys, &issuer) {
        Ok(rp) => Passkeys::new(rp, &config.pages.name, &config.passkeys).map(Some),
        Err(why) => {
            if config.passkeys.enabled {
                tracing::warn!("passkeys are off: {why} See: avouch doctor passkey");
            }
            Ok(None)
        }
    }
}

impl Idp {
    /// Whether people can sign in with passkeys here.
    pub const fn has_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    fn passkeys(&self) -> Result<&Passkeys> {
        self.passkeys.as_ref().ok_or_else(|| Error::NotFound {
            what: "service",
            named: "passkeys".to_owned(),
        })
    }

    /// Every passkey of a user, in the order of their ids.
    pub(super) async fn passkeys_of(&self, user_id: &str) -> Result<Vec<Loaded<Passkey>>> {
        // One person's are few: MOST is asked for when one is added.
        Ok(self
            .store
            .list_by::<Passkey>("user", user_id, "", 2 * MOST, self.now())
            .await?)
    }

    /// The passkeys that can sign a user in here, as things stand.
    pub(super) async fn working_passkeys(&self, user_id: &str) -> Result<Vec<Loaded<Passkey>>> {
        let Some(passkeys) = &self.passkeys else {
            return Ok(Vec::new());
        };
        let mut working = self.passkeys_of(user_id).await?;
        working.retain(|passkey| passkey.rp_id == passkeys.rp_id() && passkey.suspected_at.is_none());
        Ok(working)
    }

    /// The user in a new epoch, without this passkey; and without passkeys as a second factor when it was the last.
    async fn user_without(&self, user: &User, passkey: &Passkey) -> Result<User> {
        let mut after = User {
            epoch: user.epoch + 1,
            ..user.clone()
        };
        if self
            .passkeys_of(&user.id)
            .await?
            .iter()
            .all(|other| other.id == passkey.id)
        {
            after.second_factors.retain(|kind| *kind != FactorKind::Passkey);
        }
        Ok(after)
    }

    /// Takes the passkeys of a user away, with the user.
    pub(super) async fn forget_passkeys(&self, changes: &mut Work, user_id: &str) -> Result<()> {
        for passkey in self.passkeys_of(user_id).await? {
            changes.delete(&passkey)?;
        }
        Ok(())
    }

    /// Keeps the challenge of a ceremony that begins.
    async fn keep_challenge(&self, begun: Begun, purpose: Purpose, browser: &Browser) -> Result<Challenge> {
        let lifetime = self.config.passkeys.timeout;
        let ceremony = PasskeyCeremony {
            id: secret::random_id(),
            browser_digest: secret::digest(browser.binding.expose()),
            purpose,
            state: begun.state,
            expires_at: self.now() + lifetime,
        };
        let mut changes = Work::default();
        changes.insert(&ceremony)?;
        self.commit(changes).await?;
        Ok(Challenge {
            ceremony: ceremony.id,
            options: begun.options,
            lifetime,
        })
    }

    /// A challenge for one of the passkeys of a user who is known already.
    pub(super) async fn challenge_owner(
        &self,
        user_id: &str,
        purpose: Purpose,
        browser: &Browser,
    ) -> Result<Challenge> {
        let working = self.working_passkeys(user_id).await?;
        let allowed: Vec<&Passkey> = working.iter().map(|passkey| &**passkey).collect();
        let begun = self.passkeys()?.begin_sign_in(&allowed)?;
        self.keep_challenge(begun, purpose, browser).await
    }

    /// Spends a challenge: whoever comes second, with whatever answer, finds none.
    pub(super) async fn spend_challenge(&self, id: &str, browser: &Browser) -> Result<PasskeyCeremony> {
        let ceremony = self
            .store
            .get::<PasskeyCeremony>(id, self.now())
            .await?
            .ok_or(Error::InteractionGone)?;
        if !secret::same(&ceremony.browser_digest, &secret::digest(browser.binding.expose())) {
            return Err(Error::InteractionGone);
        }
        let mut changes = Work::default();
        changes.delete(&ceremony)?;
        match self.commit(changes).await {
            Ok(()) => Ok(ceremony.into_value()),
            Err(Error::Conflict) => Err(Error::InteractionGone),
            Err(other) => Err(other),
        }
    }
}

//! News to a person about their own account: a sign-in from a browser that they have not used before.

use super::super::{Browser, Idp, Result, audit::Work, throttle::Counters};
use crate::model::{
    factor::FactorKind,
    mail::{Acquaintance, FactorChange, Letter},
    user::User,
};

impl Idp {
    /// Adds to the commit of a sign-in the letter that tells of it, when the browser is new to the user and the user is not new to us.
    pub(in crate::idp) async fn notice_sign_in(
        &self,
        work: &mut Work,
        user: &User,
        counters: &Counters,
        browser: &Browser,
    ) -> Result<()> {
        if counters.is_known_browser() {
            return Ok(());
        }
        let now = self.now();
        if self.store.get::<Acquaintance>(&user.id, now).await?.is_none() {
            return Ok(work.insert(&Acquaintance {
                user_id: user.id.clone(),
                since: now,
            })?);
        }
        let letter = Letter::NewSignIn {
            browser: browser.user_agent.clone(),
            address: browser.address.to_string(),
            at: now,
        };
        self.send_letter(work, user, letter)
    }

    /// Adds to the commit of a change the letter that tells of it: whoever did it, the person is to know.
    pub(in crate::idp) fn tell_change(&self, work: &mut Work, user: &User, what: FactorChange) -> Result<()> {
        self.send_letter(work, user, Letter::FactorChanged { what, at: self.now() })
    }

    /// The same for a factor that was taken away.
    pub(in crate::idp) fn tell_removal(&self, work: &mut Work, user: &User, kind: &FactorKind) -> Result<()> {
        let what = match kind {
            FactorKind::Passkey => FactorChange::PasskeyRemoved,
            FactorKind::Totp => FactorChange::TotpRemoved,
            FactorKind::RecoveryCodes => FactorChange::RecoveryCodesRemoved,
            FactorKind::Password => FactorChange::PasswordRemoved,
            FactorKind::Unknown(_) => return Ok(()),
        };
        self.tell_change(work, user, what)
    }

    pub(super) async fn forget_acquaintance(&self, work: &mut Work, user_id: &str) -> Result<()> {
        if let Some(acquaintance) = self.store.get::<Acquaintance>(user_id, self.now()).await? {
            work.delete(&acquaintance)?;
        }
        Ok(())
    }
}

//! News to a person about their own account: a sign-in from a browser that they have not used before.

use super::super::{Browser, Idp, Result, audit::Work, throttle::Counters};
use crate::model::{
    mail::{Acquaintance, Letter},
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

    pub(super) async fn forget_acquaintance(&self, work: &mut Work, user_id: &str) -> Result<()> {
        if let Some(acquaintance) = self.store.get::<Acquaintance>(user_id, self.now()).await? {
            work.delete(&acquaintance)?;
        }
        Ok(())
    }
}

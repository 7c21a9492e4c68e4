//! Showing a second factor in a sign-in: counted, slowed down, and spent by the commit that it is good for.

use super::super::{
    Browser, Error, Idp, Result,
    audit::{Event, Work},
};
use crate::{
    language::Words,
    model::{factor::Proof, user::User},
    secret::Secret,
};

/// What a person presents beside the first factor.
pub enum Presented {
    /// A code of the authenticator app.
    Totp(Secret<String>),
    /// A recovery code.
    RecoveryCode(Secret<String>),
}

impl Presented {
    /// What it proves when it is right.
    pub const fn proof(&self) -> Proof {
        match self {
            Self::Totp(_) => Proof::Totp,
            Self::RecoveryCode(_) => Proof::RecoveryCode,
        }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Totp(_) => "totp",
            Self::RecoveryCode(_) => "recovery_code",
        }
    }
}

/// What wrong second factors of a user are counted under. Apart from passwords: a right password forgives wrong passwords and must not
/// forgive wrong codes.
pub(in crate::idp) fn second_factor_of(user_id: &str) -> String {
    format!("second factor {user_id}")
}

impl Idp {
    /// Spends what a person who has shown the first factor presents as the second.
    ///
    /// # Errors
    /// `Invalid` with the field `code` when it is wrong or was used, `TooMany` after too many of those, `Disabled`.
    pub async fn verify_second_factor(&self, user_id: &str, presented: &Presented, browser: &Browser) -> Result<()> {
        self.spend_second_factor(user_id, presented, browser, async |_| Ok(()))
            .await
    }

    /// The same, with what follows from it in one commit: `then` adds its changes to those that spend the code. It may run
    /// again when others were faster.
    pub(in crate::idp) async fn spend_second_factor<T>(
        &self,
        user_id: &str,
        presented: &Presented,
        browser: &Browser,
        then: impl AsyncFn(&mut Work) -> Result<T>,
    ) -> Result<T> {
        let account = second_factor_of(user_id);
        // Every wrong code counts, so the losers of a commit go on until theirs is written or the door is closed.
        loop {
            let counters = self
                .throttled(&account, browser)
                .await
                .inspect_err(|_| self.metrics.login("throttled"))?;
            let user = self.enabled_user(user_id).await?.ok_or(Error::Disabled)?;
            let mut work = Work::default();
            let is_right = self.spend_presented(&mut work, &user, presented).await?;
            let outcome = if is_right {
                let done = then(&mut work).await;
                work.require(&user);
                self.count_success(&mut work, &counters, &account, browser)?;
                done
            } else {
                self.count_failure(&mut work, &counters)?;
                Err(Error::invalid("code", Words::new("refusal-code")))
            };
            if is_right && outcome.is_err() {
                return outcome;
            }
            let name = if is_right { "factor.used" } else { "factor.failed" };
            let event = Event::new(name).subject(user_id).at(browser);
            self.audit(&mut work, event.fact("kind", presented.word()))?;
            match self.commit(work).await {
                Err(Error::Conflict) => {}
                Err(other) => return Err(other),
                Ok(()) => return outcome,
            }
        }
    }

    async fn spend_presented(&self, work: &mut Work, user: &User, presented: &Presented) -> Result<bool> {
        match presented {
            Presented::Totp(code) => self.spend_totp(work, user, code).await,
            Presented::RecoveryCode(code) => self.spend_recovery_code(work, user, code).await,
        }
    }
}

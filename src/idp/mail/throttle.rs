//! How often strangers can have letters sent: counted per name, with waits of their own, and per network, like failed sign-ins.

use super::super::{Browser, Idp, Result, audit::Work};
use crate::model::throttle::ThrottlePolicy;

/// What is counted for whoever gets it. Each by itself: one that strangers send for must not use up another that somebody waits for.
#[derive(Clone, Copy, Debug)]
pub(in crate::idp) enum Received<'a> {
    /// The link for a new password, to the user of this id.
    Reset(&'a str),
    /// The word that there is an account, to the user of this id.
    AccountExists(&'a str),
    /// What follows when accounts are to have this canonical address, whether somebody has it or not.
    NewAddress(&'a str),
}

impl Idp {
    /// Counts a request that sends a letter with the commit that grants it, and refuses it when it comes too early. `about` is what was
    /// asked for: a name as it was typed, or an account. Whether it exists makes no difference.
    pub(in crate::idp) async fn count_letter(&self, work: &mut Work, about: &str, browser: &Browser) -> Result<()> {
        let mail = &self.config.mail;
        let name = (format!("letter:{}", crate::secret::digest(about)), self.letter_policy());
        let network = (
            format!("letters-from:{}", super::super::throttle::network_of(browser.address)),
            self.sign_in_policy(mail.per_address),
        );
        let exempt = self
            .config
            .limits
            .login_exempt
            .iter()
            .any(|range| range.contains(browser.address));
        let counted = [Some(name), (!exempt).then_some(network)];
        self.count_all(work, counted.into_iter().flatten()).await
    }

    /// The same for letters that somebody gets, whoever asks for them.
    pub(in crate::idp) async fn count_letter_to(&self, work: &mut Work, received: Received<'_>) -> Result<()> {
        let (kind, whom) = match received {
            Received::Reset(user_id) => ("letter-to", user_id),
            Received::AccountExists(user_id) => ("exists-to", user_id),
            Received::NewAddress(address) => ("change-to", address),
        };
        let name = format!("{kind}:{}", crate::secret::digest(whom));
        self.count_all(work, std::iter::once((name, self.letter_policy())))
            .await
    }

    fn letter_policy(&self) -> ThrottlePolicy {
        let mail = &self.config.mail;
        ThrottlePolicy::of_letters(mail.per_account, mail.delay)
    }
}

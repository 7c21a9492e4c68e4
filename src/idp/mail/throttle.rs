//! How often strangers can have letters sent: counted per name and per address, like failed sign-ins.

use super::super::{Browser, Idp, Result, audit::Work};

impl Idp {
    /// Counts a request that sends a letter with the commit that grants it, and refuses it when it comes too early. `about` is what was
    /// asked for: a name as it was typed, or an account. Whether it exists makes no difference.
    pub(in crate::idp) async fn count_letter(&self, work: &mut Work, about: &str, browser: &Browser) -> Result<()> {
        let mail = &self.config.mail;
        let name = (format!("letter:{}", crate::secret::digest(about)), mail.per_account);
        let network = (
            format!("letters-from:{}", super::super::throttle::network_of(browser.address)),
            mail.per_address,
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

    /// The same for one account, whoever asks for letters to it.
    pub(in crate::idp) async fn count_letter_of(&self, work: &mut Work, user_id: &str) -> Result<()> {
        let name = format!("letter-to:{}", crate::secret::digest(user_id));
        self.count_all(work, std::iter::once((name, self.config.mail.per_account)))
            .await
    }
}

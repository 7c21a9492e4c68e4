//! Signing in with a passkey (WebAuthn, 7.2): nobody types a name, the authenticator tells whose passkey it is.

use super::{Accepted, Challenge, Proof};
use crate::{
    credential::passkey::{Assertion, Refusal},
    idp::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
        login::{Coming, Entry, Factor, Progress},
    },
    model::passkey::{Passkey, PasskeyCeremony, Purpose},
    store::Loaded,
};

/// What a passkey has led to.
pub struct ByPasskey {
    /// A session, or a further factor.
    pub progress: Progress,
    /// The interaction that was waiting for it.
    pub interaction: Option<String>,
    /// For the Signal API; nothing before the person is signed in.
    pub accepted: Option<Accepted>,
}

impl Idp {
    /// A challenge for whoever sits at this browser, for an interaction or for the home page.
    pub async fn begin_passkey_sign_in(&self, interaction: Option<&str>, browser: &Browser) -> Result<Challenge> {
        let begun = self.passkeys()?.begin_sign_in(&[])?;
        if let Some(id) = interaction {
            self.own_interaction(id, browser).await?;
        }
        let purpose = Purpose::SignIn {
            interaction: interaction.map(str::to_owned),
        };
        self.keep_challenge(begun, purpose, browser).await
    }

    /// Takes the answer, and begins a session when it is right.
    pub async fn finish_passkey_sign_in(
        &self,
        ceremony: &str,
        answer: &str,
        to: Option<&str>,
        browser: &Browser,
    ) -> Result<ByPasskey> {
        let rp_id = self.passkeys()?.rp_id().to_owned();
        let ceremony = self.spend_challenge(ceremony, browser).await?;
        let Purpose::SignIn { interaction } = ceremony.purpose.clone() else {
            return Err(Error::InteractionGone);
        };
        let assertion = match Assertion::parse(answer) {
            Ok(assertion) => assertion,
            Err(refusal) => return Err(self.reject("nobody", None, refusal.word(), browser).await),
        };
        let digest = Passkey::credential_digest(&assertion.credential_id);
        let Some(passkey) = self.store.find::<Passkey>("credential", &digest, self.now()).await? else {
            return Err(match self.reject(&digest, None, "unknown_credential", browser).await {
                Error::WrongCredentials => Error::UnknownPasskey,
                other => other,
            });
        };
        let (id, user_id) = (passkey.id.clone(), passkey.user_id.clone());
        let entry = Entry {
            interaction: interaction.as_deref(),
            to,
            upgrade: false,
        };
        // Verified again after a conflict: of two answers with one counter, the second finds that it did not go on.
        let progress = again_on_conflict(async || {
            let factor = self
                .assert_passkey(&user_id, &id, &ceremony, &assertion, browser)
                .await?;
            let coming = Coming {
                user_id: &user_id,
                factor: &factor,
                waiting: None,
                entry,
                remember: false,
            };
            self.follow_proof(&coming, browser).await
        })
        .await?;
        let accepted = match progress {
            Progress::SignedIn(_) => Some(self.accepted(&user_id, &rp_id).await?),
            Progress::Second(_) => None,
        };
        Ok(ByPasskey {
            progress,
            interaction,
            accepted,
        })
    }

    /// Looks at an answer; a wrong one is counted under `account`.
    pub(in crate::idp) async fn assert_passkey(
        &self,
        account: &str,
        id: &str,
        ceremony: &PasskeyCeremony,
        assertion: &Assertion,
        browser: &Browser,
    ) -> Result<Factor> {
        let Some(passkey) = self.store.get::<Passkey>(id, self.now()).await? else {
            return Err(Error::UnknownPasskey);
        };
        self.throttled(account, browser)
            .await
            .inspect_err(|_| self.metrics.login("throttled"))?;
        let is_named = matches!(ceremony.purpose, Purpose::SecondFactor { .. });
        let refused = if passkey.suspected_at.is_some() {
            Refusal::Wrong("suspected")
        } else {
            let state = &ceremony.state;
            match self.passkeys()?.finish_sign_in(state, assertion, &passkey, is_named) {
                Ok(asserted) => return Ok(Factor::Passkey(Box::new(Proof { asserted, passkey }))),
                Err(refusal) => refusal,
            }
        };
        let user_id = passkey.user_id.clone();
        if refused == Refusal::Counter {
            self.suspect(&passkey, browser).await?;
        }
        Err(self.reject(account, Some(&user_id), refused.word(), browser).await)
    }

    /// The signature was right and the counter was not: two devices hold the key, and one of them is not its owner's (WebAuthn, 6.1.1).
    async fn suspect(&self, passkey: &Loaded<Passkey>, browser: &Browser) -> Result<()> {
        let mut changes = Work::default();
        changes.update(
            passkey,
            &Passkey {
                suspected_at: Some(self.now()),
                ..passkey.to_value()
            },
        )?;
        let event = Event::new("passkey.suspected")
            .subject(&passkey.user_id)
            .at(browser)
            .fact("passkey", passkey.id.as_str());
        self.audit(&mut changes, event)?;
        self.commit(changes).await
    }

    /// What the sign-in rests on: the very record that was verified against, which now knows of this use.
    pub(in crate::idp) fn keep_passkey(&self, changes: &mut Work, proof: &Proof) -> Result<()> {
        let Proof { asserted, passkey } = proof;
        changes.update(
            passkey,
            &Passkey {
                counter: asserted.counter,
                backup_eligible: asserted.backup_eligible,
                backed_up: asserted.backed_up,
                last_used_at: Some(self.now()),
                ..passkey.to_value()
            },
        )?;
        Ok(())
    }
}

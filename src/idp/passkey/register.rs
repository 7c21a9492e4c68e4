//! Adding a passkey (WebAuthn, 7.1).

use super::{Challenge, MOST};
use crate::{
    credential::passkey::{Person, Refusal, Registered},
    idp::{
        Browser, Error, Idp, Result,
        audit::{Event, Work},
        session::Present,
    },
    language::Words,
    model::{
        mail::FactorChange,
        passkey::{Passkey, Purpose},
    },
    secret,
};

impl Idp {
    /// A challenge for a new passkey of whoever has signed in recently. `conditional`: the browser will ask nobody, because the person
    /// has just signed in with a password that it had kept.
    pub async fn begin_passkey_registration(&self, conditional: bool, browser: &Browser) -> Result<Challenge> {
        let passkeys = self.passkeys()?;
        let Present { session, user } = self.recently_present(browser).await?;
        let known = self.passkeys_of(&user.id).await?;
        if known.len() >= MOST {
            let words = Words::new("refusal-passkey-many").with_number("most", MOST as u64);
            return Err(Error::invalid("passkey", words));
        }
        let known: Vec<&Passkey> = known
            .iter()
            .map(|passkey| &**passkey)
            .filter(|passkey| passkey.rp_id == passkeys.rp_id())
            .collect();
        let display_name = user.display_name();
        let person = Person {
            user_id: &user.id,
            username: &user.username,
            display_name: &display_name,
        };
        let begun = passkeys.begin_registration(&person, &known)?;
        let by_password = session.authentication.amr.iter().any(|way| way == "pwd");
        let purpose = Purpose::Register {
            user_id: user.id.clone(),
            sid: session.sid.clone(),
            // Only on the heels of a password: whoever asks later is asked to be present.
            conditional: conditional && by_password,
        };
        self.keep_challenge(begun, purpose, browser).await
    }

    /// Takes the answer, and keeps the passkey when it is right.
    pub async fn finish_passkey_registration(
        &self,
        ceremony: &str,
        answer: &str,
        browser: &Browser,
    ) -> Result<Passkey> {
        let passkeys = self.passkeys()?;
        let ceremony = self.spend_challenge(ceremony, browser).await?;
        let Purpose::Register {
            user_id,
            sid,
            conditional,
        } = &ceremony.purpose
        else {
            return Err(Error::InteractionGone);
        };
        let present = self.recently_present(browser).await?;
        // Somebody else has signed in at this browser meanwhile.
        if present.user.id != *user_id || present.session.sid != *sid {
            return Err(Error::InteractionGone);
        }
        match passkeys.finish_registration(&ceremony.state, answer, *conditional) {
            Ok(made) => self.keep_new_passkey(made, &present, browser).await,
            Err(refusal) => Err(self.refuse_passkey(&present, refusal, browser).await?),
        }
    }

    async fn keep_new_passkey(&self, made: Registered, present: &Present, browser: &Browser) -> Result<Passkey> {
        let user_id = &present.user.id;
        let passkey = Passkey {
            id: secret::random_id(),
            user_id: user_id.clone(),
            rp_id: self.passkeys()?.rp_id().to_owned(),
            name: free_name(made.name, &self.passkeys_of(user_id).await?),
            credential_id: made.credential_id,
            public_key: made.public_key,
            counter: made.counter,
            user_verified: made.user_verified,
            backup_eligible: made.backup_eligible,
            backed_up: made.backed_up,
            transports: made.transports,
            aaguid: made.aaguid,
            created_at: self.now(),
            last_used_at: None,
            suspected_at: None,
        };
        let digest = Passkey::credential_digest(&passkey.credential_id);
        let taken = || Error::invalid("passkey", Words::new("refusal-passkey-known"));
        if self
            .store
            .find::<Passkey>("credential", &digest, self.now())
            .await?
            .is_some()
        {
            return Err(taken());
        }
        let mut changes = Work::default();
        changes.insert(&passkey)?;
        // A sign-out or a disabling at this very moment wins.
        changes.require(&present.session);
        changes.require(&present.user);
        let event = Event::new("passkey.added")
            .actor(user_id)
            .subject(user_id)
            .at(browser)
            .fact("passkey", passkey.id.as_str())
            .fact("model", passkey.aaguid.as_str());
        self.audit(&mut changes, event)?;
        self.tell_change(&mut changes, &present.user, FactorChange::PasskeyAdded)?;
        match self.commit(changes).await {
            Ok(()) => Ok(passkey),
            Err(Error::Conflict)
                if self
                    .store
                    .find::<Passkey>("credential", &digest, self.now())
                    .await?
                    .is_some() =>
            {
                Err(taken())
            }
            Err(other) => Err(other),
        }
    }

    async fn refuse_passkey(&self, present: &Present, refusal: Refusal, browser: &Browser) -> Result<Error> {
        let mut changes = Work::default();
        let event = Event::new("passkey.refused")
            .actor(&present.user.id)
            .at(browser)
            .fact("wrong", refusal.word());
        self.audit(&mut changes, event)?;
        self.commit(changes).await?;
        Ok(match refusal {
            Refusal::Model => Error::invalid("passkey", Words::new("refusal-passkey-model")),
            _ => Error::invalid("passkey", Words::new("refusal-passkey")),
        })
    }
}

/// The name, or the name and the first number from 2 on that makes it another one.
fn free_name(name: &str, known: &[crate::store::Loaded<Passkey>]) -> String {
    let is_free = |name: &str| known.iter().all(|passkey| passkey.name != name);
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| is_free(name))
        .unwrap_or_default()
}

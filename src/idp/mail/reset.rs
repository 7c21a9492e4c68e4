//! A forgotten password: asked for, answered, replaced.

use super::{
    super::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
    },
    Recipient,
    link::Bound,
    throttle::Received,
};
use crate::{
    model::{
        mail::{FactorChange, Letter, Link, Purpose},
        outbox::{Errand, Task},
        user::{Password, User, canonical},
    },
    protocol::{Timestamp, claims::email::EmailAddress},
    secret::Secret,
    store::Loaded,
};

impl Idp {
    /// Takes note that somebody has forgotten the password of `name`. Every name is answered alike: the one commit that is made here does
    /// not depend on whether anybody has it, and what follows happens after the answer.
    pub async fn forgot_password(&self, name: &str, browser: &Browser) -> Result<()> {
        let name = canonical(name);
        again_on_conflict(async || {
            let mut work = Work::default();
            self.count_letter(&mut work, &format!("forgotten {name}"), browser)
                .await?;
            work.send(self.errand(Task::AnswerForgotten { name: name.clone() }))?;
            let event = Event::new("password.forgotten").address(browser.address);
            self.audit(&mut work, event)?;
            self.commit(work).await
        })
        .await
    }

    /// Sends the link to whoever has the name, when there is somebody, and they are enabled and have an address.
    pub(in crate::idp) async fn answer_forgotten(
        &self,
        errand: &Loaded<Errand>,
        name: &str,
    ) -> Result<Option<Timestamp>> {
        let mut work = Work::default();
        work.delete(errand)?;
        if let Some(user) = self.store.find::<User>("login", name, self.now()).await? {
            match self.answer_user(&mut work, &user).await {
                // Whoever asks under many names of one account gets no more letters by it.
                Ok(()) | Err(Error::TooMany { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        match self.commit(work).await {
            Ok(()) => Ok(None),
            // Another link was made at this moment: it is looked at again.
            Err(Error::Conflict) => Ok(Some(self.now())),
            Err(other) => Err(other),
        }
    }

    async fn answer_user(&self, work: &mut Work, user: &User) -> Result<()> {
        let Some(Ok(address)) = user.email.as_deref().map(EmailAddress::parse) else {
            return Ok(());
        };
        if user.disabled || !self.has_mail() {
            return Ok(());
        }
        self.count_letter_to(work, Received::Reset(&user.id)).await?;
        let link = self.new_reset(work, user, Some(address.clone())).await?;
        let recipient = Recipient {
            user_id: Some(&user.id),
            to: &address,
            language: None,
        };
        let letter = Letter::ResetPassword { link: link.id.clone() };
        self.send_letter_to(work, &recipient, letter, Some(link.expires_at))
    }

    /// A link that lets a user choose a password, in the place of a former one. It dies with the epoch and with the address.
    pub(super) async fn new_reset(&self, work: &mut Work, user: &User, address: Option<EmailAddress>) -> Result<Link> {
        let bound = Bound {
            purpose: Purpose::ResetPassword,
            subject: &user.id,
            address,
            former: user.email.clone(),
            epoch: Some(user.epoch),
            lifetime: self.config.mail.reset_lifetime,
        };
        self.new_link(work, bound).await
    }

    /// Whose password the link of a token sets, for the page that asks for it. Nothing changes.
    pub async fn resetting(&self, token: &str) -> Result<User> {
        let link = self.link(Purpose::ResetPassword, token).await?;
        Ok(self.user_of_link(&link).await?.into_value())
    }

    /// Sets a new password. The link is spent by the same commit, everything of the user ends, and nobody is signed in by it: what else
    /// the account asks for at a sign-in, it goes on asking for.
    pub async fn reset_password(&self, token: &str, plain: &Secret<String>, browser: &Browser) -> Result<()> {
        let link = self.link(Purpose::ResetPassword, token).await?;
        let user = self.user_of_link(&link).await?;
        let chosen = self.chosen_password(&user, plain).await?;
        again_on_conflict(async || {
            let link = self.link(Purpose::ResetPassword, token).await?;
            let loaded = self.user_of_link(&link).await?;
            let mut user = loaded.to_value();
            user.epoch += 1;
            // The letter was read there: by that the address is proven.
            user.email_verified |= link.proves(user.email.as_deref());
            let mut work = Work::default();
            work.delete(&link)?;
            work.update(&loaded, &user)?;
            match self.store.get::<Password>(&user.id, self.now()).await? {
                Some(former) => work.update(&former, &chosen)?,
                None => work.insert(&chosen)?,
            }
            self.tell_change(&mut work, &user, FactorChange::PasswordChanged)?;
            let event = Event::new("password.reset").actor(&user.id).subject(&user.id);
            self.audit(&mut work, event.address(browser.address))?;
            self.commit_epoch(work, &user.id, user.epoch).await
        })
        .await
    }
}

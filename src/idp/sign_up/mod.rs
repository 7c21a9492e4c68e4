//! Accounts that people make themselves.
//!
//! What is typed into the form becomes a record that holds neither name nor address, and a letter; the account comes into being when the
//! link of that letter is used. So nobody can take an address that is not theirs, and whoever looks from outside never learns which
//! addresses have an account. An invitation is the same the other way round: first the letter, then the form.
//!
//! The link proves the address, and the browser, or the password, that whoever opens it also filled in the form: somebody who was
//! signed up by a stranger cannot make the stranger's account good by one click.

mod confirm;
pub mod form;
mod invitation;

pub use self::{
    confirm::{Confirmed, Confirming},
    form::{Field, Input, Wanted},
    invitation::{Accepted, Invited, Standing},
};
use super::{
    Browser, Error, Idp, Result,
    admin::NewUser,
    again_on_conflict,
    audit::{Event, Work},
    login::{Coming, Entry, Factor, Progress},
    mail::{Bound, Received, Recipient},
};
use crate::{
    language::{Language, Words},
    model::{
        interaction::Interaction,
        mail::{Letter, Purpose},
        outbox::{Errand, Task},
        sign_up::PendingSignUp,
        user::{Password, User, canonical},
    },
    protocol::{Timestamp, claims::email::EmailAddress},
    secret,
    store::Loaded,
};

/// A value of a form that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The name of its input.
    pub field: String,
    /// Why, and what to do next.
    pub words: Words,
}

impl Wrong {
    fn new(field: &str, words: Words) -> Self {
        Self {
            field: field.to_owned(),
            words,
        }
    }
}

/// What became of a form: done, or to be shown again.
pub type Taken<T> = std::result::Result<T, Wrong>;

/// What a use case refuses about a value is shown at its input.
fn at_the_form<T>(error: Error) -> Result<Taken<T>> {
    match error {
        Error::Invalid { field, message } => Ok(Err(Wrong::new(field, message))),
        other => Err(other),
    }
}

impl Idp {
    /// Takes note that somebody wants an account, and sees to the letter. Whether the address has one already is not looked at here: what
    /// is said, what is committed and how long it takes do not depend on it.
    pub async fn ask_to_sign_up(
        &self,
        email: &str,
        wanted: &Wanted,
        from: &Origin<'_>,
        browser: &Browser,
    ) -> Result<Taken<()>> {
        let Ok(email) = EmailAddress::parse(email) else {
            return Ok(Err(Wrong::new("email", Words::new("refusal-email"))));
        };
        if !self.config.sign_up.admits(&email) {
            let domains = from.language.list(&self.config.sign_up.domains);
            let words = Words::new("sign-up-wrong-domain").with("domains", domains);
            return Ok(Err(Wrong::new("email", words)));
        }
        let about = format!("sign-up {}", canonical(&email.to_string()));
        // Before the work of a hash.
        self.count_letter(&mut Work::default(), &about, browser).await?;
        let user = match self.shaped_user(&wanted.user(&email, from.language)) {
            Ok(user) => user,
            Err(error) => return at_the_form(error),
        };
        if wanted.username.is_some() && self.is_taken(&user.username, browser).await? {
            let words = Words::new("refusal-login-taken").with("name", user.username);
            return Ok(Err(Wrong::new("username", words)));
        }
        let password = match self.chosen_password(&user, &wanted.password).await {
            Ok(password) => password,
            Err(error) => return at_the_form(error),
        };
        let now = self.now();
        let pending = PendingSignUp {
            id: secret::random_id(),
            browser_digest: secret::digest(browser.binding.expose()),
            interaction: self.waiting_here(from.interaction, browser).await?,
            username: user.username,
            email,
            password_hash: password.hash,
            claims: wanted.claims_in(from.language),
            language: from.language.tag().to_owned(),
            terms: wanted.terms.clone(),
            created_at: now,
            expires_at: now + self.config.sign_up.lifetime,
        };
        again_on_conflict(async || {
            let mut work = Work::default();
            self.count_letter(&mut work, &about, browser).await?;
            work.insert(&pending)?;
            self.let_wait(&mut work, pending.interaction.as_deref(), browser)
                .await?;
            let task = Task::AnswerSignUp {
                pending: pending.id.clone(),
            };
            work.send(self.errand(task).until(pending.expires_at))?;
            self.audit(&mut work, Event::new("sign_up.asked").address(browser.address))?;
            self.commit(work).await
        })
        .await
        .map(Ok)
    }

    /// The interaction, when it is this browser's: nobody goes on with another's.
    async fn waiting_here(&self, interaction: Option<&str>, browser: &Browser) -> Result<Option<String>> {
        let Some(id) = interaction else { return Ok(None) };
        match self.own_interaction(id, browser).await {
            Ok(interaction) => Ok(Some(interaction.id.clone())),
            Err(Error::InteractionGone) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Lets an interaction wait until its person has found the letter.
    async fn let_wait(&self, work: &mut Work, interaction: Option<&str>, browser: &Browser) -> Result<()> {
        let Some(id) = interaction else { return Ok(()) };
        let waiting = self.own_interaction(id, browser).await?;
        let until = self.now() + confirm::FRESH;
        if waiting.is_usable(self.now()) && waiting.usable_until < until {
            let longer = Interaction {
                usable_until: until,
                ..waiting.to_value()
            };
            work.update(&waiting, &longer)?;
        }
        Ok(())
    }

    /// Whether somebody signs in with a username that was chosen. The form tells it, so whoever asks for many must wait.
    async fn is_taken(&self, username: &str, browser: &Browser) -> Result<bool> {
        if self.holder(username).await?.is_none() {
            return Ok(false);
        }
        again_on_conflict(async || {
            let mut work = Work::default();
            self.count_letter(&mut work, &format!("username {}", canonical(username)), browser)
                .await?;
            self.commit(work).await
        })
        .await?;
        Ok(true)
    }

    async fn holder(&self, name: &str) -> Result<Option<Loaded<User>>> {
        Ok(self.store.find::<User>("login", &canonical(name), self.now()).await?)
    }

    /// Sends the link to an address that has no account, and to one that has the word that it does.
    pub(in crate::idp) async fn answer_sign_up(
        &self,
        errand: &Loaded<Errand>,
        pending: &str,
    ) -> Result<Option<Timestamp>> {
        let mut work = Work::default();
        work.delete(errand)?;
        if let Some(pending) = self.store.get::<PendingSignUp>(pending, self.now()).await? {
            match self.answer_address(&mut work, &pending).await {
                // Whoever has an account is not flooded with letters about it.
                Ok(()) | Err(Error::TooMany { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        match self.commit(work).await {
            Ok(()) => Ok(None),
            Err(Error::Conflict) => Ok(Some(self.now())),
            Err(other) => Err(other),
        }
    }

    async fn answer_address(&self, work: &mut Work, pending: &Loaded<PendingSignUp>) -> Result<()> {
        let to = &pending.email;
        let language = Language::of_tag(&pending.language);
        if let Some(holder) = self.holder(&to.to_string()).await? {
            work.delete(pending)?;
            self.count_letter_to(work, Received::AccountExists(&holder.id)).await?;
            let recipient = Recipient {
                user_id: Some(&holder.id),
                to,
                language,
            };
            return self.send_letter_to(work, &recipient, Letter::AccountExists, None);
        }
        let bound = Bound {
            purpose: Purpose::ConfirmSignUp,
            subject: &pending.id,
            address: Some(to.clone()),
            former: None,
            epoch: None,
            lifetime: pending.expires_at.since(self.now()),
        };
        let link = self.new_link(work, bound).await?;
        let recipient = Recipient {
            user_id: None,
            to,
            language,
        };
        let letter = Letter::ConfirmSignUp { link: link.id.clone() };
        self.send_letter_to(work, &recipient, letter, Some(link.expires_at))
    }

    /// Adds a new account to a commit. The names are looked at, and the commit fails when somebody is faster.
    async fn add_account(&self, work: &mut Work, user: &User, hash: &secret::Secret<String>) -> Result<()> {
        self.check_logins_free(user).await?;
        work.insert(user)?;
        work.insert(&Password {
            user_id: user.id.clone(),
            hash: hash.clone(),
            changed_at: self.now(),
        })?;
        Ok(())
    }

    /// Signs in whoever has just made an account in this browser. `None` when that cannot be at the moment: the account is there, and
    /// its person signs in as always.
    async fn enter(&self, user_id: &str, interaction: Option<&str>, browser: &Browser) -> Result<Option<Progress>> {
        let entered = again_on_conflict(async || {
            let kept = self.store.get::<Password>(user_id, self.now()).await?;
            let factor = Factor::Password {
                kept: kept.ok_or(Error::WrongCredentials)?,
                rehashed: None,
            };
            let coming = Coming {
                user_id,
                factor: &factor,
                waiting: None,
                entry: Entry {
                    interaction,
                    ..Entry::default()
                },
                remember: false,
            };
            self.follow_proof(&coming, browser).await
        });
        match entered.await {
            Ok(progress) => Ok(Some(progress)),
            Err(internal @ Error::Internal(_)) => Err(internal),
            Err(_) => Ok(None),
        }
    }
}

/// Where somebody comes from who wants an account.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// What they are spoken to in.
    pub language: Language,
    /// The interaction that waits for them.
    pub interaction: Option<&'a str>,
}

impl Wanted {
    /// The account that is wanted. Nothing in it but what the form asks for.
    fn user(&self, email: &EmailAddress, language: Language) -> NewUser {
        NewUser {
            username: self.username.clone().unwrap_or_else(|| email.to_string()),
            email: Some(email.to_string()),
            claims: self.claims_in(language),
            ..NewUser::default()
        }
    }
}

#[cfg(test)]
mod tests;

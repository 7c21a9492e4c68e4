//! The link of a sign-up: the address is proven, and the account comes into being.

use std::time::Duration;

use super::{
    super::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
        login::Progress,
    },
    Taken, at_the_form,
    form::chosen_username,
};
use crate::{
    config::SignUpUsername,
    credential::password::Verified,
    idp::admin::NewUser,
    language::Words,
    model::{
        mail::{Link, Purpose},
        sign_up::PendingSignUp,
        user::User,
    },
    secret::{self, Secret},
    store::Loaded,
};

/// How long after the form was sent the link signs in as well: the password was typed then. So long the client's request waits, too.
pub(super) const FRESH: Duration = Duration::from_hours(1);

/// What a link would bring about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirming {
    /// The address that it proves.
    pub email: String,
    /// The username that is wanted.
    pub username: String,
    /// Whether it was opened elsewhere than the form was filled in: then the password is asked for.
    pub is_elsewhere: bool,
    /// The redirect URI of the client that waits: the form on the page may end there.
    pub target: Option<String>,
}

/// What a link has brought about.
#[derive(Debug)]
pub enum Confirmed {
    /// The account, and a sign-in to it, with the interaction that goes on.
    Entered(Progress, Option<String>),
    /// The account: its person signs in.
    Created,
    /// Nothing: the address has got an account meanwhile.
    Exists,
}

impl Idp {
    async fn pending_sign_up(&self, token: &str) -> Result<(Loaded<Link>, Loaded<PendingSignUp>)> {
        let link = self.link(Purpose::ConfirmSignUp, token).await?;
        let pending = self.store.get::<PendingSignUp>(&link.subject, self.now()).await?;
        // The operator may have closed the door meanwhile.
        let pending = pending.filter(|pending| self.config.sign_up.admits(&pending.email));
        Ok((link, pending.ok_or(Error::LinkGone)?))
    }

    /// What the link of a token would bring about, for the page that asks before it does. Nothing changes.
    pub async fn confirming(&self, token: &str, browser: &Browser) -> Result<Confirming> {
        let (_, pending) = self.pending_sign_up(token).await?;
        let waiting = match &pending.interaction {
            Some(id) if is_here(&pending, browser) => self.own_interaction(id, browser).await.ok(),
            _ => None,
        };
        Ok(Confirming {
            target: waiting.map(|waiting| waiting.request.destination.redirect_uri().to_owned()),
            email: pending.email.to_string(),
            username: pending.username.clone(),
            is_elsewhere: !is_here(&pending, browser),
        })
    }

    /// Makes the account; the same commit spends the link. In another browser than that of the form the password must be told: whoever
    /// was signed up by a stranger does not know it. `username` is another one, when the one that was wanted is taken.
    pub async fn confirm_sign_up(
        &self,
        token: &str,
        password: Option<&Secret<String>>,
        username: Option<&str>,
        browser: &Browser,
    ) -> Result<Taken<Confirmed>> {
        let (_, pending) = self.pending_sign_up(token).await?;
        let is_here = is_here(&pending, browser);
        if !is_here && let Err(error) = self.check_own_password(&pending, password, browser).await {
            return at_the_form(error);
        }
        let is_chosen = self.config.sign_up.username == SignUpUsername::Chosen;
        let username = match username.filter(|_| is_chosen).map(chosen_username).transpose() {
            Ok(other) => other.unwrap_or_else(|| pending.username.clone()),
            Err(wrong) => return Ok(Err(wrong)),
        };
        let user = match again_on_conflict(async || self.create_account(token, &username, browser).await).await {
            Ok(Some(user)) => user,
            Ok(None) => return Ok(Ok(Confirmed::Exists)),
            Err(error) => return at_the_form(error),
        };
        if !is_here || self.now().since(pending.created_at) > FRESH {
            return Ok(Ok(Confirmed::Created));
        }
        let entered = self.enter(&user.id, pending.interaction.as_deref(), browser).await?;
        Ok(Ok(match entered {
            Some(progress) => Confirmed::Entered(progress, pending.interaction.clone()),
            None => Confirmed::Created,
        }))
    }

    async fn check_own_password(
        &self,
        pending: &PendingSignUp,
        password: Option<&Secret<String>>,
        browser: &Browser,
    ) -> Result<()> {
        let missing = || Error::invalid("password", Words::new("refusal-password-missing"));
        let password = password.ok_or_else(missing)?;
        self.throttled(&pending.id, browser).await?;
        let hash = pending.password_hash.expose().as_str();
        match self.passwords.verify(password.clone(), Some(hash)).await? {
            Verified::Right { .. } => Ok(()),
            Verified::Wrong => Err(self.reject(&pending.id, None, "sign_up_password", browser).await),
        }
    }

    /// `None` when the address has got an account meanwhile: then the link is spent for nothing.
    async fn create_account(&self, token: &str, username: &str, browser: &Browser) -> Result<Option<User>> {
        let (link, pending) = self.pending_sign_up(token).await?;
        let mut work = Work::default();
        work.delete(&link)?;
        work.delete(&pending)?;
        let email = pending.email.to_string();
        if self.holder(&email).await?.is_some() {
            self.commit(work).await?;
            return Ok(None);
        }
        let user = self.shaped_user(&NewUser {
            username: username.to_owned(),
            email: Some(email),
            email_verified: true,
            claims: pending.claims.clone(),
            ..NewUser::default()
        })?;
        self.add_account(&mut work, &user, &pending.password_hash).await?;
        let mut event = Event::new("user.signed_up").actor(&user.id).subject(&user.id);
        if let Some(terms) = &pending.terms {
            event = event.fact("terms", terms.as_str());
        }
        self.audit(&mut work, event.address(browser.address))?;
        self.commit(work).await?;
        Ok(Some(user))
    }
}

fn is_here(pending: &PendingSignUp, browser: &Browser) -> bool {
    secret::same(&pending.browser_digest, &secret::digest(browser.binding.expose()))
}

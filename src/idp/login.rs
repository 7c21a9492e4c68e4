//! Signing in with a password.

use super::{Browser, Error, Idp, Result, again_on_conflict, audit::Event, throttle::Counters};
use crate::{
    credential::password::Verified,
    model::{
        interaction::Interaction,
        session::Session,
        user::{Password, User, canonical},
    },
    protocol::id_token::Authentication,
    secret::{self, Secret},
    store::{Changes, Loaded},
};

/// A new session.
pub struct SignedIn {
    /// The value of the session cookie; told to the browser once, kept as a digest.
    pub cookie: Secret<String>,
}

impl Idp {
    /// Signs in at this browser, for an interaction or for the home page. Every failure takes as long as a success.
    pub async fn sign_in(
        &self,
        interaction_id: Option<&str>,
        username: &str,
        password: &Secret<String>,
        browser: &Browser,
    ) -> Result<SignedIn> {
        let now = self.now();
        let name = canonical(username);
        let user = self.store.find::<User>("login", &name, now).await?;
        let account = user.as_ref().map_or(name.as_str(), |user| user.id.as_str()).to_owned();
        if let Err(throttled) = self.throttled(&account, browser.address).await {
            self.metrics.login("throttled");
            return Err(throttled);
        }
        let kept = match &user {
            Some(user) => self.store.get::<Password>(&user.id, now).await?,
            None => None,
        };
        let verified = self
            .passwords
            .verify(password.clone(), kept.as_ref().map(|kept| kept.hash.as_str()))
            .await?;
        match (user, kept, verified) {
            (Some(user), Some(kept), Verified::Right { rehash }) => {
                let rehashed = if rehash {
                    Some(self.passwords.hash(password.clone()).await?)
                } else {
                    None
                };
                let proven = Proven { user, kept, rehashed };
                again_on_conflict(async || self.begin_session(&account, &proven, interaction_id, browser).await).await
            }
            (user, ..) => {
                let user_id = user.map(|user| user.value.id);
                self.reject(&account, user_id.as_deref(), browser).await
            }
        }
    }

    async fn begin_session(
        &self,
        account: &str,
        proven: &Proven,
        interaction_id: Option<&str>,
        browser: &Browser,
    ) -> Result<SignedIn> {
        // Asked again: of many guesses made at once, those that fail first close the door for the one that is right.
        let counters = self.throttled(account, browser.address).await?;
        let Some(user) = self.enabled_user(&proven.user.id).await? else {
            self.metrics.login("disabled");
            return Err(Error::Disabled);
        };
        let now = self.now();
        let mut changes = Changes::default();
        let sid = self.replace_session(&mut changes, &user, browser).await?;
        let cookie = secret::random();
        changes.insert(&Session {
            cookie_digest: secret::digest(&cookie),
            sid: sid.clone(),
            user_id: user.id.clone(),
            authentication: Authentication::by_password(now),
            created_at: now,
            expires_at: now + self.config.sessions.lifetime,
        })?;
        // A password changed or a user disabled at this very moment wins.
        changes.require(&user);
        match &proven.rehashed {
            Some(hash) => changes.update(
                &proven.kept,
                &Password {
                    hash: hash.clone(),
                    ..proven.kept.value.clone()
                },
            )?,
            None => changes.require(&proven.kept),
        }
        self.record_login(&mut changes, interaction_id, &sid, browser).await?;
        Self::count_success(&mut changes, &counters)?;
        let event = Event::new("login.succeeded")
            .actor(&user.id)
            .subject(&sid)
            .address(browser.address);
        self.audit(&mut changes, event.fact("amr", vec!["pwd"]))?;
        self.store.commit(changes).await?;
        self.metrics.login("succeeded");
        Ok(SignedIn {
            cookie: Secret::new(cookie),
        })
    }

    /// Ends what the browser had. The same person keeps the `sid` under a new cookie; another person gets a new one, and nothing of
    /// the former session remains.
    async fn replace_session(&self, changes: &mut Changes, user: &User, browser: &Browser) -> Result<String> {
        let Some(former) = self.session_record(browser).await? else {
            return Ok(secret::random_id());
        };
        if former.user_id == user.id {
            changes.delete(&former)?;
            return Ok(former.sid.clone());
        }
        self.end_session(changes, &former).await?;
        Ok(secret::random_id())
    }

    /// Records on the interaction that its login happened, when it is this browser's and still goes on.
    async fn record_login(
        &self,
        changes: &mut Changes,
        interaction_id: Option<&str>,
        sid: &str,
        browser: &Browser,
    ) -> Result<()> {
        let Some(id) = interaction_id else { return Ok(()) };
        let Some(interaction) = self.store.get::<Interaction>(id, self.now()).await? else {
            return Ok(());
        };
        if !secret::same(&interaction.browser_digest, &secret::digest(browser.binding.expose())) {
            return Err(Error::InteractionGone);
        }
        if interaction.is_usable(self.now()) {
            changes.update(
                &interaction,
                &Interaction {
                    login: Some(sid.to_owned()),
                    ..interaction.value.clone()
                },
            )?;
        }
        Ok(())
    }

    async fn reject(&self, account: &str, user_id: Option<&str>, browser: &Browser) -> Result<SignedIn> {
        self.metrics.login("failed");
        // Every racer's failure counts, so the losers of a commit go on until theirs is written or the door is closed. Then they
        // hear what the right password would: guesses made at once buy no more answers than guesses in a row.
        loop {
            let counters: Counters = self.throttled(account, browser.address).await?;
            let mut changes = Changes::default();
            self.count_failure(&mut changes, &counters)?;
            let mut event = Event::new("login.failed").address(browser.address);
            event.subject = user_id;
            self.audit(&mut changes, event)?;
            match self.store.commit(changes).await.map_err(Error::from) {
                Err(Error::Conflict) => {}
                Err(other) => return Err(other),
                Ok(()) => return Err(Error::WrongCredentials),
            }
        }
    }
}

/// A user whose password was right.
struct Proven {
    user: Loaded<User>,
    kept: Loaded<Password>,
    rehashed: Option<String>,
}

//! Signing in: with a password here, with a passkey in `idp/passkey`. What follows a proof is the same for both.

use super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    passkey::Proof,
};
use crate::{
    credential::password::Verified,
    model::{
        interaction::Interaction,
        session::{Participant, Session},
        user::{Password, User, canonical},
    },
    protocol::{Timestamp, id_token::Authentication},
    secret::{self, Secret},
    store::Loaded,
};

/// A new session.
#[derive(Debug)]
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
        self.throttled(&account, browser)
            .await
            .inspect_err(|_| self.metrics.login("throttled"))?;
        let kept = match &user {
            Some(user) => self.store.get::<Password>(&user.id, now).await?,
            None => None,
        };
        let hash = kept.as_ref().map(|kept| kept.hash.expose().as_str());
        let verified = self.passwords.verify(password.clone(), hash).await?;
        match (user, kept, verified) {
            (Some(user), Some(kept), Verified::Right { rehash }) => {
                let rehashed = if rehash {
                    // Asked before the second hash, which would tell a right guess by its time once the door is closed.
                    self.throttled(&account, browser)
                        .await
                        .inspect_err(|_| self.metrics.login("throttled"))?;
                    Some(Secret::new(self.passwords.hash(password.clone()).await?))
                } else {
                    None
                };
                let factor = Factor::Password { kept, rehashed };
                again_on_conflict(async || self.begin_session(&user.id, &factor, interaction_id, browser).await).await
            }
            (user, ..) => Err(self
                .reject(
                    &account,
                    user.as_ref().map(|user| user.id.as_str()),
                    "password",
                    browser,
                )
                .await),
        }
    }

    /// What follows a proof: one commit that rests on everything it depends on.
    pub(super) async fn begin_session(
        &self,
        user_id: &str,
        factor: &Factor,
        interaction_id: Option<&str>,
        browser: &Browser,
    ) -> Result<SignedIn> {
        // Asked again: of many guesses made at once, those that fail first close the door for the one that is right.
        let counters = self
            .throttled(user_id, browser)
            .await
            .inspect_err(|_| self.metrics.login("throttled"))?;
        let Some(user) = self.enabled_user(user_id).await? else {
            self.metrics.login("disabled");
            return Err(Error::Disabled);
        };
        let now = self.now();
        let mut changes = Work::default();
        let (sid, participants) = self.replace_session(&mut changes, &user, browser).await?;
        let cookie = secret::random();
        let authentication = factor.authentication(now);
        let amr = authentication.amr.clone();
        changes.insert(&Session {
            cookie_digest: secret::digest(&cookie),
            sid: sid.clone(),
            user_id: user.id.clone(),
            epoch: user.epoch,
            authentication,
            created_at: now,
            expires_at: now + self.config.sessions.lifetime,
            participants,
            user_agent: browser.user_agent.clone(),
            address: Some(browser.address.to_string()),
        })?;
        // A user disabled or a factor changed at this very moment wins.
        changes.require(&user);
        match factor {
            Factor::Password { kept, rehashed } => self.keep_password(&mut changes, kept, rehashed.as_ref()).await?,
            Factor::Passkey(proof) => self.keep_passkey(&mut changes, proof)?,
        }
        self.notice_sign_in(&mut changes, &user, &counters, browser).await?;
        self.record_login(&mut changes, interaction_id, &sid, browser).await?;
        self.count_success(&mut changes, &counters, &user.id, browser)?;
        let event = Event::new("login.succeeded")
            .actor(&user.id)
            .subject(&sid)
            .address(browser.address);
        self.audit(&mut changes, event.fact("amr", amr))?;
        self.commit(changes).await?;
        self.metrics.login("succeeded");
        Ok(SignedIn {
            cookie: Secret::new(cookie),
        })
    }

    /// The password that was right must still be the user's; a parallel sign-in may only have hashed it anew.
    async fn keep_password(
        &self,
        changes: &mut Work,
        right: &Loaded<Password>,
        rehashed: Option<&Secret<String>>,
    ) -> Result<()> {
        let Some(kept) = self.store.get::<Password>(&right.user_id, self.now()).await? else {
            return Err(Error::WrongCredentials);
        };
        if kept.changed_at != right.changed_at {
            return Err(Error::WrongCredentials);
        }
        match rehashed {
            Some(hash) if kept.hash == right.hash => {
                changes.update(
                    &kept,
                    &Password {
                        hash: hash.clone(),
                        ..kept.to_value()
                    },
                )?;
            }
            _ => changes.require(&kept),
        }
        Ok(())
    }

    /// Ends what the browser had. The same person keeps the `sid` under a new cookie; another person gets a new one, and nothing of
    /// the former session remains; its clients are told.
    async fn replace_session(
        &self,
        changes: &mut Work,
        user: &User,
        browser: &Browser,
    ) -> Result<(String, Vec<Participant>)> {
        let Some(former) = self.session_record(browser).await? else {
            return Ok((secret::random_id(), Vec::new()));
        };
        if former.user_id == user.id && former.epoch == user.epoch {
            changes.delete(&former)?;
            return Ok((former.sid.clone(), former.participants.clone()));
        }
        self.end_session(changes, &former).await?;
        Ok((secret::random_id(), Vec::new()))
    }

    /// Records on the interaction that its login happened, when it is this browser's and still goes on.
    async fn record_login(
        &self,
        changes: &mut Work,
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
                    ..interaction.to_value()
                },
            )?;
        }
        Ok(())
    }

    /// Counts a failure. When others have closed the door meanwhile it says so, as it would to a right guess.
    pub(super) async fn reject(
        &self,
        account: &str,
        user_id: Option<&str>,
        wrong: &'static str,
        browser: &Browser,
    ) -> Error {
        self.metrics.login("failed");
        // Every racer's failure counts, so the losers of a commit go on until theirs is written or the door is closed.
        loop {
            match self.count_one_failure(account, user_id, wrong, browser).await {
                Ok(()) => return Error::WrongCredentials,
                Err(Error::Conflict) => {}
                Err(other) => return other,
            }
        }
    }

    async fn count_one_failure(
        &self,
        account: &str,
        user_id: Option<&str>,
        wrong: &'static str,
        browser: &Browser,
    ) -> Result<()> {
        let counters = self.throttled(account, browser).await?;
        let mut changes = Work::default();
        self.count_failure(&mut changes, &counters)?;
        let mut event = Event::new("login.failed").address(browser.address);
        event.subject = user_id;
        self.audit(&mut changes, event.fact("wrong", wrong))?;
        self.commit(changes).await
    }
}

/// What an end-user has proven themselves with, as the commit of the sign-in must still find it.
pub(super) enum Factor {
    /// A password that was right.
    Password {
        kept: Loaded<Password>,
        /// Its hash by today's parameters, when the kept one is older.
        rehashed: Option<Secret<String>>,
    },
    /// A passkey that has answered.
    Passkey(Box<Proof>),
}

impl Factor {
    fn authentication(&self, auth_time: Timestamp) -> Authentication {
        match self {
            Self::Password { .. } => Authentication::by_password(auth_time),
            Self::Passkey(proof) => Authentication::by_passkey(auth_time, proof.asserted.user_verified),
        }
    }
}

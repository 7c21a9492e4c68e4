//! The changes of a sign-in: what it rests on, what it ends, and the session that it begins.

use super::{Factor, NewSession, SignIn};
use crate::{
    idp::{
        Browser, Error, Idp, Result,
        audit::{Event, Work},
    },
    model::{
        factor::Shown,
        interaction::Interaction,
        session::{Participant, Session},
        user::{Password, User},
    },
    secret::{self, Secret},
    store::Loaded,
};

impl Idp {
    /// What was shown must still be the user's.
    pub(super) async fn keep_factor(&self, work: &mut Work, factor: &Factor) -> Result<()> {
        match factor {
            Factor::Password { kept, rehashed } => self.keep_password(work, kept, rehashed.as_ref()).await,
            Factor::Passkey(proof) => self.keep_passkey(work, proof),
            Factor::Code(_) => Ok(()),
        }
    }

    /// The password that was shown a while ago must still be the user's as well.
    pub(super) async fn keep_waiting(&self, work: &mut Work, now: &Factor, waiting: Option<&SignIn>) -> Result<()> {
        let before = waiting.and_then(|waiting| Some((&waiting.user_id, waiting.password_changed_at?)));
        let (Some((user_id, changed_at)), None) = (before, now.changed_at()) else {
            return Ok(());
        };
        let kept = self.store.get::<Password>(user_id, self.now()).await?;
        let kept = kept
            .filter(|kept| kept.changed_at == changed_at)
            .ok_or(Error::InteractionGone)?;
        work.require(&kept);
        Ok(())
    }

    /// The password that was right must still be the user's; a parallel sign-in may only have hashed it anew.
    async fn keep_password(
        &self,
        work: &mut Work,
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
                work.update(
                    &kept,
                    &Password {
                        hash: hash.clone(),
                        ..kept.to_value()
                    },
                )?;
            }
            _ => work.require(&kept),
        }
        Ok(())
    }

    /// Begins the session, in the place of what the browser had.
    pub(super) async fn insert_session(
        &self,
        work: &mut Work,
        user: &User,
        new: NewSession<'_>,
        browser: &Browser,
    ) -> Result<(String, Secret<String>)> {
        let now = self.now();
        let former = self.session_record(browser).await?;
        let mut authentication = Shown::authentication(&new.shown);
        authentication.remembered_browser = new.remembered;
        let cookie = secret::random();
        let mut session = Session {
            cookie_digest: secret::digest(&cookie),
            sid: secret::random_id(),
            user_id: user.id.clone(),
            epoch: user.epoch,
            shown: new.shown,
            authentication,
            created_at: now,
            expires_at: now + self.config.sessions.lifetime,
            participants: Vec::new(),
            user_agent: browser.user_agent.clone(),
            address: Some(browser.address.to_string()),
        };
        let name = if let Some(raised) = new.raised {
            let of_this = |it: &Loaded<Session>| it.sid == raised && it.user_id == user.id && it.epoch == user.epoch;
            let former = former.filter(of_this).ok_or(Error::InteractionGone)?;
            work.delete(&former)?;
            // A further factor makes a session worth more, and no longer.
            (session.created_at, session.expires_at) = (former.created_at, former.expires_at);
            session.sid.clone_from(&former.sid);
            session.participants.clone_from(&former.participants);
            "login.stepped_up"
        } else {
            (session.sid, session.participants) = self.replace_session(work, user, former).await?;
            "login.succeeded"
        };
        work.insert(&session)?;
        let mut event = Event::new(name)
            .actor(&user.id)
            .subject(&session.sid)
            .at(browser)
            .fact("amr", session.authentication.amr.clone());
        if new.remembered {
            event = event.fact("remembered_browser", true);
        }
        self.audit(work, event)?;
        Ok((session.sid, Secret::new(cookie)))
    }

    /// Ends what the browser had. The same person keeps the `sid` under a new cookie; another person gets a new one, and nothing of
    /// the former session remains; its clients are told.
    async fn replace_session(
        &self,
        work: &mut Work,
        user: &User,
        former: Option<Loaded<Session>>,
    ) -> Result<(String, Vec<Participant>)> {
        let Some(former) = former else {
            return Ok((secret::random_id(), Vec::new()));
        };
        if former.user_id == user.id && former.epoch == user.epoch {
            work.delete(&former)?;
            return Ok((former.sid.clone(), former.participants.clone()));
        }
        self.end_session(work, &former).await?;
        Ok((secret::random_id(), Vec::new()))
    }

    /// The interaction for which somebody signs in, when it is this browser's and still goes on.
    pub(super) async fn waiting_interaction(
        &self,
        id: Option<&str>,
        browser: &Browser,
    ) -> Result<Option<Loaded<Interaction>>> {
        let Some(id) = id else { return Ok(None) };
        let Some(interaction) = self.store.get::<Interaction>(id, self.now()).await? else {
            return Ok(None);
        };
        if !secret::same(&interaction.browser_digest, &secret::digest(browser.binding.expose())) {
            return Err(Error::InteractionGone);
        }
        Ok(Some(interaction).filter(|it| it.is_usable(self.now())))
    }

    /// Records on the interaction that its login happened.
    pub(super) fn record_login(work: &mut Work, interaction: Option<&Loaded<Interaction>>, sid: &str) -> Result<()> {
        if let Some(interaction) = interaction {
            work.update(
                interaction,
                &Interaction {
                    login: Some(sid.to_owned()),
                    ..interaction.to_value()
                },
            )?;
        }
        Ok(())
    }
}

//! Sessions of browsers at the provider.

use super::{
    Browser, Error, Idp, Result,
    audit::{Event, Work},
};
use crate::{
    model::{client::Client, organization::Organization, outbox::Task, session::Session, user::User},
    protocol::logout::LogoutFrame,
    secret,
    store::Loaded,
};

/// How many sessions of a user end with one commit.
const PAGE: usize = 32;

/// A live session and its user.
pub(super) struct Present {
    pub session: Loaded<Session>,
    pub user: Loaded<User>,
}

impl Idp {
    /// The session of the browser, when it lives and its user is enabled.
    pub(super) async fn present(&self, browser: &Browser) -> Result<Option<Present>> {
        let Some(session) = self.session_record(browser).await? else {
            return Ok(None);
        };
        let user = self
            .enabled_user(&session.user_id)
            .await?
            .filter(|user| user.epoch == session.epoch);
        Ok(user.map(|user| Present { session, user }))
    }

    /// Who is signed in at the browser, when that was not long ago and showed all that the account can be asked for: the gate of every
    /// change of a factor. A browser that is remembered does not stand in for the second one here.
    pub(super) async fn recently_present(&self, browser: &Browser) -> Result<Present> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        if self.may_change_factors(&present).await? {
            Ok(present)
        } else {
            Err(Error::SignInAgain)
        }
    }

    /// Whether what the person at a session signs in with may be changed there.
    pub(super) async fn may_change_factors(&self, present: &Present) -> Result<bool> {
        Ok(self.is_recent(present) && self.shows_enough(present).await?)
    }

    /// Whether a sign-in was recent enough to change what the person signs in with.
    pub(super) fn is_recent(&self, present: &Present) -> bool {
        self.now().since(present.session.authentication.auth_time) <= self.config.sign_in.recent
    }

    pub(super) async fn session_record(&self, browser: &Browser) -> Result<Option<Loaded<Session>>> {
        match &browser.session {
            Some(cookie) => Ok(self
                .store
                .get::<Session>(&secret::digest(cookie.expose()), self.now())
                .await?),
            None => Ok(None),
        }
    }

    /// Who is signed in at this browser, for pages that greet a person.
    pub async fn signed_in_user(&self, browser: &Browser) -> Result<Option<User>> {
        Ok(self.present(browser).await?.map(|present| present.user.into_value()))
    }

    /// The name of the user's active organization.
    pub async fn organization_name(&self, user: &User) -> Result<Option<String>> {
        let Some(membership) = user.active_membership() else {
            return Ok(None);
        };
        let organization = self
            .store
            .get::<Organization>(&membership.organization_id, self.now())
            .await?;
        Ok(organization.map(|organization| organization.into_value().name))
    }

    /// The session of this name, while it lives and its user is in the same epoch.
    pub(super) async fn live_session(&self, sid: &str, epoch: u64) -> Result<Option<Loaded<Session>>> {
        let session = self.store.find::<Session>("sid", sid, self.now()).await?;
        Ok(session.filter(|session| session.epoch == epoch))
    }

    /// The change by which a client takes part in a session: it will be told of its end. Nothing is written when it does already; then,
    /// too, a logout or a disabling at this very moment wins.
    pub(super) fn join_session(changes: &mut Work, client: &Client, present: &Present) -> Result<()> {
        match present.session.joined_by(client) {
            Some(joined) => changes.update(&present.session, &joined)?,
            None => changes.require(&present.session),
        }
        Ok(())
    }

    /// Ends a session with a commit, and sends word to its clients with the same commit (Back-Channel Logout, 2.3). Gives what the
    /// browser of the session should open, too (Front-Channel Logout, 3).
    pub(super) async fn end_session(&self, work: &mut Work, session: &Loaded<Session>) -> Result<Vec<LogoutFrame>> {
        work.delete(session)?;
        let mut frames = Vec::new();
        for participant in &session.participants {
            let tell = || {
                self.errand(Task::TellLogout {
                    participant: participant.clone(),
                    user_id: session.user_id.clone(),
                    sid: session.sid.clone(),
                })
            };
            // Nobody waits here for the document of a client that describes itself: whoever runs the errand asks for it.
            if self.may_describe_itself(&participant.client_id) {
                work.send(tell())?;
                continue;
            }
            // By its registration of this moment: one that is gone or disabled is not spoken to.
            let Some(client) = self.participating(participant).await? else {
                continue;
            };
            if client.metadata.backchannel_logout_uri.is_some() {
                work.send(tell())?;
            }
            let sid = self.sid_of(&client, &session.sid);
            frames.extend(LogoutFrame::of(&client.metadata, &self.issuer, &sid));
        }
        Ok(frames)
    }

    /// Commits the beginning of a new epoch of a user, and ends what it has ended already: however many sessions there are, each commit
    /// stays small. When the process dies in between, the next one goes on.
    pub(super) async fn commit_epoch(&self, mut work: Work, user_id: &str, epoch: u64) -> Result<()> {
        let errand = self.errand(Task::EndSessions {
            user_id: user_id.to_owned(),
            before: epoch,
        });
        work.insert(&errand)?;
        self.commit(work).await?;
        let ended = self.end_earlier_sessions(user_id, epoch).await;
        match ended {
            Ok(()) => self.forget_errand(&errand.id).await,
            Err(error) => {
                self.outbox.wake(errand);
                Err(error)
            }
        }
    }

    /// Ends the sessions that a user began before an epoch.
    pub(super) async fn end_earlier_sessions(&self, user_id: &str, epoch: u64) -> Result<()> {
        self.end_sessions(user_id, |session| session.epoch < epoch, None).await
    }

    /// Ends some of a user's sessions. With a browser, it was the person who did it there.
    pub(super) async fn end_sessions(
        &self,
        user_id: &str,
        ends: impl Fn(&Session) -> bool,
        by: Option<&Browser>,
    ) -> Result<()> {
        let mut after = String::new();
        loop {
            let sessions = self
                .store
                .list_by::<Session>("user", user_id, &after, PAGE, self.now())
                .await?;
            let Some(last) = sessions.last() else { return Ok(()) };
            let mut work = Work::default();
            for session in sessions.iter().filter(|session| ends(session)) {
                self.end_session(&mut work, session).await?;
                if let Some(browser) = by {
                    let event = Event::new("session.ended").actor(user_id).subject(&session.sid);
                    self.audit(&mut work, event.at(browser))?;
                }
            }
            match self.commit(work).await {
                Ok(()) => after.clone_from(&last.cookie_digest),
                // Somebody else changed one of them meanwhile, which can happen to each only so often: it is looked at again.
                Err(Error::Conflict) => {}
                Err(other) => return Err(other),
            }
        }
    }
}

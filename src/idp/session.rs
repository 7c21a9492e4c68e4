//! Sessions of browsers at the provider.

use super::{Browser, Error, Idp, Result, audit::Work};
use crate::{
    model::{organization::Organization, session::Session, user::User},
    secret,
    store::Loaded,
};

/// How many records are read at a time where a user may have many.
const PAGE: usize = 256;

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

    /// Clears away what a new epoch has ended already. However much there is, each commit stays small.
    pub(super) async fn clear_away(&self, user: &User) -> Result<()> {
        let mut after = String::new();
        loop {
            let sessions = self
                .store
                .list_by::<Session>("user", &user.id, &after, PAGE, self.now())
                .await?;
            let Some(last) = sessions.last() else { return Ok(()) };
            after.clone_from(&last.cookie_digest);
            let mut work = Work::default();
            for session in sessions.iter().filter(|session| session.epoch != user.epoch) {
                work.delete(session)?;
            }
            match self.commit(work).await {
                // Somebody else cleared one of them away; they are dead all the same, and expire by themselves.
                Ok(()) | Err(Error::Conflict) => {}
                Err(other) => return Err(other),
            }
        }
    }
}

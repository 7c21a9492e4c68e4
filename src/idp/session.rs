//! Sessions of browsers at the provider.

use super::{Browser, Idp, Result};
use crate::{
    model::{grant::Grant, organization::Organization, session::Session, user::User},
    secret,
    store::{Changes, Loaded},
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
        let user = self.enabled_user(&session.user_id).await?;
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
        Ok(self.present(browser).await?.map(|present| present.user.value))
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
        Ok(organization.map(|organization| organization.value.name))
    }

    /// Ends a session: the browser is signed out, and what was granted in it dies, but for offline access (Back-Channel Logout, 2.7).
    pub(super) async fn end_session(&self, changes: &mut Changes, session: &Loaded<Session>) -> Result<()> {
        changes.delete(session)?;
        for grant in self.grants_of(&session.user_id).await? {
            if grant.allowance.sid == session.sid && !grant.offline {
                changes.delete(&grant)?;
            }
        }
        Ok(())
    }

    /// Ends everything of a user: sessions, grants and with them every token.
    pub(super) async fn end_everything(&self, changes: &mut Changes, user_id: &str) -> Result<()> {
        let (mut after, now) = (String::new(), self.now());
        loop {
            let sessions = self
                .store
                .list_by::<Session>("user", user_id, &after, PAGE, now)
                .await?;
            let Some(last) = sessions.last() else { break };
            after.clone_from(&last.cookie_digest);
            for session in &sessions {
                changes.delete(session)?;
            }
        }
        for grant in self.grants_of(user_id).await? {
            changes.delete(&grant)?;
        }
        Ok(())
    }

    async fn grants_of(&self, user_id: &str) -> Result<Vec<Loaded<Grant>>> {
        let (mut grants, now) = (Vec::<Loaded<Grant>>::new(), self.now());
        loop {
            let after = grants.last().map_or(String::new(), |grant| grant.id.clone());
            let page = self.store.list_by::<Grant>("user", user_id, &after, PAGE, now).await?;
            if page.is_empty() {
                return Ok(grants);
            }
            grants.extend(page);
        }
    }
}

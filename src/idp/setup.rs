//! The first administrator: a one-time link, printed where the operator is.

use std::time::Duration;

use super::{
    Browser, Error, Idp, Result,
    admin::NewUser,
    again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    language::Words,
    model::{setup::SetupLink, user::User},
    secret::{self, Secret},
};

/// How long a set-up link works.
const LIFETIME: Duration = Duration::from_hours(1);

/// The role of whoever administers.
pub(super) const ADMIN: &str = "admin";

impl Idp {
    /// Whether anybody can administer.
    pub async fn has_administrator(&self) -> Result<bool> {
        Ok(!self
            .store
            .list_by::<User>("role", ADMIN, "", 1, self.now())
            .await?
            .is_empty())
    }

    /// Makes a set-up link, which replaces an earlier one; `None` when there is an administrator.
    pub async fn setup_link(&self) -> Result<Option<(Secret<String>, crate::protocol::Timestamp)>> {
        if self.has_administrator().await? {
            return Ok(None);
        }
        let token = secret::random();
        let link = SetupLink {
            token_digest: secret::digest(&token),
            expires_at: self.now() + LIFETIME,
        };
        again_on_conflict(async || {
            let mut changes = Work::default();
            match self.store.get::<SetupLink>(SetupLink::ID, self.now()).await? {
                Some(former) => changes.update(&former, &link)?,
                None => changes.insert(&link)?,
            }
            self.commit(changes).await
        })
        .await?;
        let url = format!("{}/setup?token={token}", self.issuer);
        Ok(Some((Secret::new(url), link.expires_at)))
    }

    /// Whether a set-up link still works.
    pub async fn is_setup_token(&self, token: &str) -> Result<bool> {
        let link = self.store.get::<SetupLink>(SetupLink::ID, self.now()).await?;
        let right = link.is_some_and(|link| secret::same(&link.token_digest, &secret::digest(token)));
        Ok(right && !self.has_administrator().await?)
    }

    /// Makes the first administrator. The link is spent by the same commit.
    pub async fn set_up(&self, token: &str, administrator: NewUser, browser: &Browser) -> Result<()> {
        let link = self
            .store
            .get::<SetupLink>(SetupLink::ID, self.now())
            .await?
            .ok_or(Error::LinkGone)?;
        if !secret::same(&link.token_digest, &secret::digest(token)) || self.has_administrator().await? {
            return Err(Error::LinkGone);
        }
        let administrator = NewUser {
            role: Some(ADMIN.to_owned()),
            ..administrator
        };
        if administrator.password.is_none() {
            return Err(Error::invalid("password", Words::new("refusal-password-missing")));
        }
        let mut changes = Work::default();
        changes.delete(&link)?;
        let (user, _) = self.new_user(&mut changes, administrator).await?;
        self.audit(
            &mut changes,
            Event::new("setup.completed").actor(&user.id).address(browser.address),
        )?;
        self.commit(changes).await.map_err(|error| match error {
            Error::Conflict => Error::LinkGone,
            other => other,
        })
    }
}

//! One-time links. The record is kept, the token is not: it is derived from the record and the master key when the letter is written,
//! so that neither the store nor its backup can sign anybody in.

use std::time::Duration;

use super::super::{Error, Idp, Result, audit::Work};
use crate::{
    model::{
        mail::{Link, Purpose},
        user::User,
    },
    protocol::claims::email::EmailAddress,
    secret::{self, Secret},
    store::Loaded,
};

/// The length of a link's id: 128 bits in base64url.
const ID: usize = 22;

/// What a new link is bound to.
pub(in crate::idp) struct Bound<'a> {
    pub purpose: Purpose,
    pub subject: &'a str,
    pub address: Option<EmailAddress>,
    pub former: Option<String>,
    pub epoch: Option<u64>,
    pub lifetime: Duration,
}

impl Idp {
    /// Adds a link to a commit. It takes the place of an earlier one for the same purpose and subject, which dies.
    pub(in crate::idp) async fn new_link(&self, work: &mut Work, bound: Bound<'_>) -> Result<Link> {
        self.forget_link(work, bound.purpose, bound.subject).await?;
        let link = Link {
            id: secret::random_id(),
            purpose: bound.purpose,
            subject: bound.subject.to_owned(),
            address: bound.address,
            former: bound.former,
            epoch: bound.epoch,
            expires_at: self.now() + bound.lifetime,
        };
        work.insert(&link)?;
        Ok(link)
    }

    /// The link that lives for a purpose and a subject.
    pub(in crate::idp) async fn live_link(&self, purpose: Purpose, subject: &str) -> Result<Option<Loaded<Link>>> {
        let live = Link::live(purpose, subject);
        Ok(self.store.find::<Link>(Link::LIVE, &live, self.now()).await?)
    }

    /// Ends the link for a purpose and a subject, when there is one.
    pub(in crate::idp) async fn forget_link(&self, work: &mut Work, purpose: Purpose, subject: &str) -> Result<()> {
        if let Some(former) = self.live_link(purpose, subject).await? {
            work.delete(&former)?;
        }
        Ok(())
    }

    /// Everything of this room that is kept about a user who is removed.
    pub(in crate::idp) async fn forget_mail(&self, work: &mut Work, user_id: &str) -> Result<()> {
        self.forget_link(work, Purpose::VerifyEmail, user_id).await?;
        self.forget_link(work, Purpose::ResetPassword, user_id).await?;
        self.forget_acquaintance(work, user_id).await
    }

    /// The token of a link: its id, and what nobody can work out without the master key.
    pub(in crate::idp) fn link_token(&self, link: &Link) -> Secret<String> {
        let proof = secret::keyed_digest(self.link_secret.expose(), &link.bound());
        Secret::new(format!("{}{proof}", link.id))
    }

    /// The link as it stands in a letter: by the issuer, whatever host somebody was asked under.
    pub(in crate::idp) fn link_url(&self, link: &Link) -> Secret<String> {
        let path = match link.purpose {
            Purpose::VerifyEmail => "/email/verify?token=",
            Purpose::ResetPassword => "/password/reset?token=",
            Purpose::ConfirmSignUp => "/sign-up/confirm?token=",
            Purpose::Invitation => "/invitation?token=",
        };
        Secret::new(format!("{}{path}{}", self.issuer, self.link_token(link).expose()))
    }

    /// The link of a token that somebody brought, for one purpose alone. Whatever is wrong with it, the answer is the same.
    pub(in crate::idp) async fn link(&self, purpose: Purpose, token: &str) -> Result<Loaded<Link>> {
        let Some((id, _)) = token.split_at_checked(ID) else {
            return Err(Error::LinkGone);
        };
        let link = self.store.get::<Link>(id, self.now()).await?;
        link.filter(|link| link.purpose == purpose && secret::same(self.link_token(link).expose(), token))
            .ok_or(Error::LinkGone)
    }

    /// The user of a link, while it still stands for what the user was when it was made: enabled, in the same epoch and with the same
    /// address.
    pub(in crate::idp) async fn user_of_link(&self, link: &Link) -> Result<Loaded<User>> {
        let user = self.enabled_user(&link.subject).await?;
        user.filter(|user| user.email == link.former && link.epoch.is_none_or(|epoch| epoch == user.epoch))
            .ok_or(Error::LinkGone)
    }
}

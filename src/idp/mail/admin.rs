//! Links that operators hand over themselves, for want of a mail server or of patience.

use serde_json::{Value, json};

use super::super::{
    Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    model::mail::{Link, Purpose},
    protocol::claims::email::EmailAddress,
};

impl Idp {
    /// A link with which a user chooses a new password. Nothing is proven by it: it did not come by mail.
    pub(in crate::idp) async fn user_reset_link(&self, named: &str) -> Result<Value> {
        again_on_conflict(async || {
            let user = self.user(named).await?;
            if user.disabled {
                let why = format!("{named} is disabled: enable the account first");
                return Err(Error::invalid("user", why));
            }
            let mut work = Work::default();
            work.require(&user);
            let link = self.new_reset(&mut work, &user, None).await?;
            let event = Event::new("password.reset_link").actor("operator");
            self.audit(&mut work, event.subject(&user.id))?;
            self.commit(work).await?;
            Ok(self.link_answer(&link))
        })
        .await
    }

    /// A link with which a user proves the address that waits for it, or else that of the account.
    pub(in crate::idp) async fn user_verify_link(&self, named: &str) -> Result<Value> {
        again_on_conflict(async || {
            let user = self.user(named).await?;
            let nothing = |message: String| Error::invalid("user", message);
            let pending = self.live_link(Purpose::VerifyEmail, &user.id).await?;
            let pending = pending.and_then(|link| {
                let address = link.address.clone().filter(|_| link.former == user.email)?;
                (!link.proves(user.email.as_deref())).then_some(address)
            });
            let own = || match user.email.as_deref().map(EmailAddress::parse) {
                None => Err(nothing(format!("{named} has no email address"))),
                Some(_) if user.email_verified => Err(nothing(format!("the address of {named} is verified already"))),
                Some(Ok(address)) => Ok(address),
                Some(Err(error)) => Err(nothing(format!("the address of {named} is {error}"))),
            };
            let address = pending.map_or_else(own, Ok)?;
            let mut work = Work::default();
            work.require(&user);
            let link = self.new_verification(&mut work, &user, address).await?;
            let event = Event::new("email.verify_link").actor("operator");
            self.audit(&mut work, event.subject(&user.id))?;
            self.commit(work).await?;
            Ok(self.link_answer(&link))
        })
        .await
    }

    /// A link as the operator sees it: once.
    pub(in crate::idp) fn link_answer(&self, link: &Link) -> Value {
        json!({
            "url": self.link_url(link).expose(),
            "address": link.address.as_ref().map(ToString::to_string),
            "expires_at": link.expires_at,
        })
    }
}

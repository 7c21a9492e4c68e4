//! A person's own address: proven, sent another link for, changed.

use super::{
    super::{
        Browser, Error, Idp, Result, again_on_conflict,
        audit::{Event, Work},
        session::Present,
    },
    Recipient,
    link::Bound,
    throttle::Received,
};
use crate::{
    language::Words,
    model::{
        mail::{FactorChange, Letter, Link, Purpose},
        user::{User, canonical},
    },
    protocol::claims::email::EmailAddress,
    store::Loaded,
};

/// What the page about one's own address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAddress {
    /// The address of the account.
    pub address: Option<String>,
    /// Whether it is proven.
    pub verified: bool,
    /// The address that was asked for and is not proven yet.
    pub pending: Option<String>,
    /// Whether the sign-in is recent enough to change it.
    pub is_recent: bool,
}

/// What a link would prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proving {
    /// The address.
    pub address: String,
    /// Whether the account has another address until then.
    pub is_change: bool,
    /// Whether nobody can use the link at this browser before they sign in, as the person who asked for the change.
    pub needs_sign_in: bool,
}

impl Idp {
    /// The address of whoever is signed in; `None` when nobody is.
    pub async fn own_address(&self, browser: &Browser) -> Result<Option<OwnAddress>> {
        let Some(present) = self.present(browser).await? else {
            return Ok(None);
        };
        let user = &present.user;
        let link = self.live_link(Purpose::VerifyEmail, &user.id).await?;
        let pending = link.filter(|link| is_change(link, user) && stands(link, user));
        Ok(Some(OwnAddress {
            address: user.email.clone(),
            verified: user.email_verified,
            pending: pending.and_then(|link| Some(link.address.as_ref()?.to_string())),
            is_recent: self.may_change_factors(&present).await?,
        }))
    }

    /// Sends the link once more: for the address that waits to be proven, or else for that of the account. The former link dies.
    pub async fn send_verification(&self, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let user = self.present(browser).await?.ok_or(Error::SignInAgain)?.user;
            let mut work = Work::default();
            work.require(&user);
            self.count_letter(&mut work, &user.id, browser).await?;
            let link = self.live_link(Purpose::VerifyEmail, &user.id).await?;
            let pending = link.filter(|link| is_change(link, &user) && stands(link, &user));
            let address = match (pending, user.email.as_deref().map(EmailAddress::parse)) {
                (Some(link), _) => link.address.clone().ok_or(Error::LinkGone)?,
                (None, Some(Ok(address))) if !user.email_verified => address,
                // Nothing waits to be proven.
                _ => return Ok(()),
            };
            self.ask_for_proof(&mut work, &user, address).await?;
            self.commit(work).await
        })
        .await
    }

    /// Asks for another address. It becomes theirs when the link that is sent there is used; until then nothing changes. Whether somebody
    /// else has it already, the person is not told: the owner is.
    pub async fn change_address(&self, text: &str, browser: &Browser) -> Result<()> {
        let wrong = |id| Error::invalid("email", Words::new(id));
        let address = EmailAddress::parse(text).map_err(|_| wrong("account-email-not-an-address"))?;
        again_on_conflict(async || {
            let Present { session, user } = self.recently_present(browser).await?;
            let same = user.email.as_deref().map(canonical) == Some(canonical(&address.to_string()));
            if same && user.email_verified {
                return Err(wrong("account-email-same"));
            }
            let mut work = Work::default();
            work.require(&user);
            // Whoever ends a session also takes back what was asked for in it.
            work.require(&session);
            self.count_letter(&mut work, &user.id, browser).await?;
            self.ask_for_proof(&mut work, &user, address.clone()).await?;
            if !same {
                self.tell_change(&mut work, &user, FactorChange::EmailChangeAsked)?;
            }
            let event = Event::new("email.asked").actor(&user.id).subject(&user.id);
            self.audit(&mut work, event.address(browser.address))?;
            self.commit(work).await
        })
        .await
    }

    /// Keeps the address as it is; the link that was sent dies.
    pub async fn keep_address(&self, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let user = self.present(browser).await?.ok_or(Error::SignInAgain)?.user;
            let mut work = Work::default();
            self.forget_link(&mut work, Purpose::VerifyEmail, &user.id).await?;
            self.commit(work).await
        })
        .await
    }

    /// Takes back the change of address that waits, for who no longer trusts the browsers that may have asked for it. The proof of the
    /// address that the account has stays good.
    pub(in crate::idp) async fn forget_change(&self, user_id: &str) -> Result<()> {
        again_on_conflict(async || {
            let Some(link) = self.live_link(Purpose::VerifyEmail, user_id).await? else {
                return Ok(());
            };
            let user = self.enabled_user(user_id).await?;
            if user.is_some_and(|user| !is_change(&link, &user)) {
                return Ok(());
            }
            let mut work = Work::default();
            work.delete(&link)?;
            self.commit(work).await
        })
        .await
    }

    /// Makes the link, and sends it: or, when the address belongs to somebody else, tells that person. Both look the same from outside.
    async fn ask_for_proof(&self, work: &mut Work, user: &User, address: EmailAddress) -> Result<()> {
        let login = canonical(&address.to_string());
        if user.email.as_deref().map(canonical) != Some(login.clone()) {
            // Many accounts must not fill one mailbox. Before it is known whether somebody has the address.
            self.count_letter_to(work, Received::NewAddress(&login)).await?;
        }
        let holder = self.store.find::<User>("login", &login, self.now()).await?;
        let link = self.new_verification(work, user, address.clone()).await?;
        if let Some(owner) = holder.filter(|holder| holder.id != user.id) {
            return self.send_letter(work, &owner, Letter::AddressTaken);
        }
        let recipient = Recipient {
            user_id: Some(&user.id),
            to: &address,
            language: None,
        };
        let letter = Letter::VerifyEmail { link: link.id.clone() };
        self.send_letter_to(work, &recipient, letter, Some(link.expires_at))
    }

    /// A link that proves an address, in the place of the former one. A change belongs to the epoch in which it was asked for: who is
    /// thrown out cannot finish it. The proof of the address itself does not.
    pub(super) async fn new_verification(&self, work: &mut Work, user: &User, address: EmailAddress) -> Result<Link> {
        let is_same = user.email.as_deref().map(canonical) == Some(canonical(&address.to_string()));
        let bound = Bound {
            purpose: Purpose::VerifyEmail,
            subject: &user.id,
            address: Some(address),
            former: user.email.clone(),
            epoch: (!is_same).then_some(user.epoch),
            lifetime: self.config.mail.verify_lifetime,
        };
        self.new_link(work, bound).await
    }

    /// What the link of a token proves, for the page that asks before it does. Nothing changes.
    pub async fn proving(&self, token: &str, browser: &Browser) -> Result<Proving> {
        let link = self.link(Purpose::VerifyEmail, token).await?;
        let user = self.user_of_link(&link).await?;
        let is_change = is_change(&link, &user);
        Ok(Proving {
            address: link.address.as_ref().map(ToString::to_string).unwrap_or_default(),
            is_change,
            needs_sign_in: is_change && self.asker(&link, browser).await?.is_none(),
        })
    }

    /// The person at a browser, when it is who asked for the change of a link.
    async fn asker(&self, link: &Link, browser: &Browser) -> Result<Option<Present>> {
        let present = self.present(browser).await?;
        Ok(present.filter(|present| present.user.id == link.subject))
    }

    /// Proves an address. The link is spent by the same commit. A change is made by the person who asked for it alone, signed in: whoever
    /// gets a letter about somebody else's account and confirms their address must not give it away by that.
    pub async fn verify_address(&self, token: &str, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let link = self.link(Purpose::VerifyEmail, token).await?;
            let loaded = self.user_of_link(&link).await?;
            let change = is_change(&link, &loaded);
            let mut user = loaded.to_value();
            let mut work = Work::default();
            if change {
                let present = self.asker(&link, browser).await?.ok_or(Error::SignInAgain)?;
                work.require(&present.session);
                let address = link.address.as_ref().ok_or(Error::LinkGone)?.to_string();
                self.check_login_free(&user, &address).await?;
                // Whoever signs in with the address goes on doing so, and the former one is free for whoever has it next.
                if user.email.as_deref().map(canonical) == Some(canonical(&user.username)) {
                    user.username.clone_from(&address);
                }
                user.email = Some(address);
            }
            user.email_verified = true;
            user.updated_at = self.now();
            work.delete(&link)?;
            work.update(&loaded, &user)?;
            if change {
                // To the former address, which may be where the rightful person still looks.
                self.tell_change(&mut work, &loaded, FactorChange::EmailChanged)?;
                self.forget_link(&mut work, Purpose::ResetPassword, &user.id).await?;
            }
            let name = if change { "email.changed" } else { "email.verified" };
            let event = Event::new(name).actor(&user.id).subject(&user.id);
            self.audit(&mut work, event.address(browser.address))?;
            self.commit(work).await
        })
        .await
    }

    /// Somebody else may have taken the address since.
    async fn check_login_free(&self, user: &User, address: &str) -> Result<()> {
        let holder = self
            .store
            .find::<User>("login", &canonical(address), self.now())
            .await?;
        match holder {
            Some(holder) if holder.id != user.id => Err(Error::LinkGone),
            _ => Ok(()),
        }
    }
}

pub(super) fn is_change(link: &Link, user: &User) -> bool {
    !link.proves(user.email.as_deref())
}

/// Whether a link still stands for what its user was.
fn stands(link: &Link, user: &Loaded<User>) -> bool {
    user.email == link.former && link.epoch.is_none_or(|epoch| epoch == user.epoch)
}

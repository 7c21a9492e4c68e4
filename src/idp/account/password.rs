//! A person's password: set, changed, removed.

use super::super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    credential::password::Verified,
    model::{factor::FactorKind, mail::FactorChange, user::Password},
    protocol::Timestamp,
    secret::Secret,
    store::Loaded,
};

/// The password of the person at a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPassword {
    /// What its owner signs in with beside it; a browser that keeps passwords wants to know.
    pub username: String,
    /// When it was set; none when there is none.
    pub since: Option<Timestamp>,
    /// Whether there is another way in, so that it can go.
    pub can_go: bool,
    /// Whether the sign-in is recent enough to change something.
    pub is_recent: bool,
}

impl Idp {
    /// The password of whoever is signed in.
    pub async fn own_password(&self, browser: &Browser) -> Result<OwnPassword> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        let kept = self.store.get::<Password>(&present.user.id, self.now()).await?;
        let factors = self.factors(&present.user).await?;
        Ok(OwnPassword {
            username: present.user.username.clone(),
            since: kept.map(|kept| kept.changed_at),
            can_go: factors.can_lose(&FactorKind::Password),
            is_recent: self.is_recently_present(browser).await?,
        })
    }

    /// Sets a password, or another one: then by the current one, and a wrong one counts as a failed sign-in. Everything of the person
    /// ends but the session that asks.
    ///
    /// # Errors
    /// `SignInAgain`, `WrongCredentials` and `TooMany` for the current one, `Invalid` with the field `password` for the new one.
    pub async fn change_own_password(
        &self,
        current: &Secret<String>,
        new: &Secret<String>,
        browser: &Browser,
    ) -> Result<()> {
        let user = self.recently_present(browser).await?.user;
        let kept = self.store.get::<Password>(&user.id, self.now()).await?;
        if let Some(kept) = &kept {
            self.throttled(&user.id, browser).await?;
            let hash = Some(kept.hash.expose().as_str());
            if self.passwords.verify(current.clone(), hash).await? == Verified::Wrong {
                return Err(self.reject(&user.id, Some(&user.id), "current_password", browser).await);
            }
        }
        let chosen = self.chosen_password(&user, new).await?;
        again_on_conflict(async || {
            let present = self.recently_present(browser).await?;
            if present.user.id != user.id {
                return Err(Error::SignInAgain);
            }
            let mut work = Work::default();
            let found = self.store.get::<Password>(&user.id, self.now()).await?;
            // Of two changes at once the second has not been proven by what is the current password now.
            if found.as_ref().map(since) != kept.as_ref().map(since) {
                return Err(Error::WrongCredentials);
            }
            if let Some(found) = &found {
                // Asked again: of many guesses made at once, those that fail first close the door for the one that is right.
                let counters = self.throttled(&user.id, browser).await?;
                self.count_success(&mut work, &counters, &user.id, browser)?;
                work.update(found, &chosen)?;
            } else {
                work.insert(&chosen)?;
            }
            self.tell_change(&mut work, &present.user, FactorChange::PasswordChanged)?;
            let name = if found.is_some() {
                "password.changed"
            } else {
                "password.set"
            };
            let after = present.user.to_value();
            self.commit_own_epoch(work, &present, after, Event::new(name), browser)
                .await
        })
        .await
    }
}

fn since(password: &Loaded<Password>) -> (Timestamp, &str) {
    (password.changed_at, password.hash.expose())
}

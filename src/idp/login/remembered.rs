//! Browsers that stand in for the second factor: remembered when it was shown there, for one person and a while.

use crate::{
    idp::{
        Browser, Error, Idp, Result,
        audit::{Event, Work},
    },
    model::{factor::FactorKind, sign_in::RememberedBrowser, totp::Totp, user::User},
    protocol::Timestamp,
    secret::{self, Secret},
};

/// The most that are shown, and how many are forgotten with one commit.
const PAGE: usize = 100;

/// A browser in which a person is not asked for their second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedOne {
    /// What it is forgotten by.
    pub id: String,
    /// The kind of browser.
    pub user_agent: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Idp {
    /// Whether this browser stands in for one of these kinds.
    pub(super) async fn is_remembered(&self, user: &User, kinds: &[FactorKind], browser: &Browser) -> Result<bool> {
        let Some(cookie) = &browser.remembered else {
            return Ok(false);
        };
        if self.config.sign_in.remember_browser.is_zero() {
            return Ok(false);
        }
        let id = RememberedBrowser::id_of(cookie.expose(), &user.id);
        let Some(kept) = self.store.get::<RememberedBrowser>(&id, self.now()).await? else {
            return Ok(false);
        };
        let since = self.added_at(&user.id, &kept.kind, Some(kept.since)).await?;
        Ok(kinds.contains(&kept.kind) && kept.is_good_for(user, since))
    }

    /// Remembers this browser with the commit of a sign-in; gives the cookie. A code on paper stands for a factor that was lost, so it
    /// buys no rest from asking.
    pub(super) async fn remember_browser(
        &self,
        work: &mut Work,
        user: &User,
        kind: &FactorKind,
        browser: &Browser,
    ) -> Result<Option<Secret<String>>> {
        let lifetime = self.config.sign_in.remember_browser;
        let Some(since) = self.added_at(&user.id, kind, None).await? else {
            return Ok(None);
        };
        let cookie = secret::random();
        let now = self.now();
        work.insert(&RememberedBrowser {
            id: RememberedBrowser::id_of(&cookie, &user.id),
            user_id: user.id.clone(),
            epoch: user.epoch,
            kind: kind.clone(),
            since,
            second_factors: user.second_factors.clone(),
            user_agent: browser.user_agent.clone(),
            created_at: now,
            expires_at: now + lifetime,
        })?;
        let event = Event::new("browser.remembered").actor(&user.id).subject(&user.id);
        self.audit(work, event.at(browser).fact("kind", kind.as_str()))?;
        Ok(Some(Secret::new(cookie)))
    }

    /// When the factor was added that a browser stands in for. Of several passkeys `wanted` says which.
    async fn added_at(&self, user_id: &str, kind: &FactorKind, wanted: Option<Timestamp>) -> Result<Option<Timestamp>> {
        match kind {
            FactorKind::Totp => {
                let totp = self.store.get::<Totp>(user_id, self.now()).await?;
                Ok(totp.map(|totp| totp.created_at))
            }
            FactorKind::Passkey => {
                let passkeys = self.working_passkeys(user_id).await?;
                let mut added = passkeys.iter().map(|passkey| passkey.created_at);
                Ok(added.find(|added| wanted.is_none_or(|wanted| wanted == *added)))
            }
            FactorKind::Password | FactorKind::RecoveryCodes | FactorKind::Unknown(_) => Ok(None),
        }
    }

    /// The browsers that are remembered for whoever is signed in.
    pub async fn remembered_browsers(&self, browser: &Browser) -> Result<Vec<RememberedOne>> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        let user = &present.user;
        let own = browser.remembered.as_ref();
        let own = own.map(|cookie| RememberedBrowser::id_of(cookie.expose(), &user.id));
        let kept = self
            .store
            .list_by::<RememberedBrowser>("user", &user.id, "", PAGE, self.now())
            .await?;
        let good = kept.iter().filter(|it| it.is_good_for(user, Some(it.since)));
        let mut good: Vec<RememberedOne> = good
            .map(|it| RememberedOne {
                id: it.id.clone(),
                user_agent: it.user_agent.clone(),
                since: it.created_at,
                until: it.expires_at,
                is_this: own.as_ref() == Some(&it.id),
            })
            .collect();
        good.sort_by_key(|it| (!it.is_this, std::cmp::Reverse(it.since)));
        Ok(good)
    }

    /// Forgets one of the browsers of whoever is signed in, or all of them.
    pub async fn forget_remembered_browsers(&self, which: Option<&str>, browser: &Browser) -> Result<()> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        self.forget_browsers_of(&present.user.id, |it| which.is_none_or(|id| id == it.id), Some(browser))
            .await
    }

    /// Forgets every browser of a user but this one.
    pub(in crate::idp) async fn forget_other_browsers(&self, user_id: &str, browser: &Browser) -> Result<()> {
        let own = browser.remembered.as_ref();
        let own = own.map(|cookie| RememberedBrowser::id_of(cookie.expose(), user_id));
        self.forget_browsers_of(user_id, |it| own.as_ref() != Some(&it.id), Some(browser))
            .await
    }

    /// Forgets browsers of a user. With a browser, it was the person who did it there.
    pub(in crate::idp) async fn forget_browsers_of(
        &self,
        user_id: &str,
        forgets: impl Fn(&RememberedBrowser) -> bool,
        by: Option<&Browser>,
    ) -> Result<()> {
        let mut after = String::new();
        loop {
            let kept = self
                .store
                .list_by::<RememberedBrowser>("user", user_id, &after, PAGE, self.now())
                .await?;
            let Some(last) = kept.last() else { return Ok(()) };
            let mut work = Work::default();
            let mut count = 0_u32;
            for it in kept.iter().filter(|it| forgets(it)) {
                work.delete(it)?;
                count += 1;
            }
            if count > 0 {
                let mut event = Event::new("browser.forgotten").subject(user_id).fact("count", count);
                if let Some(browser) = by {
                    event = event.actor(user_id).at(browser);
                }
                self.audit(&mut work, event)?;
                match self.commit(work).await {
                    // Somebody else forgot one of them meanwhile: they are looked at again.
                    Err(Error::Conflict) => continue,
                    done => done?,
                }
            }
            after.clone_from(&last.id);
        }
    }
}

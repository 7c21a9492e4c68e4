//! What a person signs in with, changed by themselves at a browser where they have just signed in.

use super::super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    factors::{NewRecoveryCodes, TotpOffer},
    session::Present,
};
use crate::{
    language::Words,
    model::{
        factor::{FactorKind, Level},
        recovery_code::RecoveryCodes,
        session::Session,
        totp::Totp,
        user::User,
    },
    protocol::Timestamp,
    secret::Secret,
};

/// The authenticator app of the person at a browser.
pub struct OwnAuthenticator {
    /// When it was set up; none when there is none.
    pub since: Option<Timestamp>,
    /// When a code of it was used last.
    pub used_at: Option<Timestamp>,
    /// A set-up that was begun. Only for who has signed in recently: it shows the secret.
    pub offer: Option<TotpOffer>,
    /// Whether the sign-in is recent enough to change something.
    pub is_recent: bool,
}

/// The recovery codes of the person at a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnRecoveryCodes {
    /// How many can still be used.
    pub left: usize,
    /// When they were made.
    pub made_at: Option<Timestamp>,
    /// Whether the account asks for a second factor, which is what they stand in for.
    pub are_of_use: bool,
    /// Whether the sign-in is recent enough to make new ones.
    pub is_recent: bool,
}

impl Idp {
    /// The authenticator app of whoever is signed in.
    pub async fn own_authenticator(&self, browser: &Browser) -> Result<OwnAuthenticator> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        let kept = self.store.get::<Totp>(&present.user.id, self.now()).await?;
        let is_recent = self.is_recently_present(browser).await?;
        Ok(OwnAuthenticator {
            since: kept.as_ref().map(|kept| kept.created_at),
            used_at: kept.and_then(|kept| kept.used_at),
            offer: if is_recent {
                self.pending_totp(&present.user, Some(&present.session.sid)).await?
            } else {
                None
            },
            is_recent,
        })
    }

    /// Begins to set up an app.
    pub async fn begin_own_totp(&self, browser: &Browser) -> Result<()> {
        let present = self.recently_present(browser).await?;
        self.begin_totp(&present.user.id, Some(&present.session.sid))
            .await
            .map(drop)
    }

    /// Ends the set-up with the app's first code. To add a factor ends no session; to put an app in the place of another ends all but
    /// this one, for the former may be in other hands.
    pub async fn confirm_own_totp(&self, code: &Secret<String>, browser: &Browser) -> Result<()> {
        let replaces = again_on_conflict(async || {
            let Present { session, user } = self.recently_present(browser).await?;
            let mut work = Work::default();
            let replaces = self.store.get::<Totp>(&user.id, self.now()).await?.is_some();
            self.keep_totp(&mut work, &user, code, browser).await?;
            // A sign-out at this very moment wins.
            work.require(&session);
            self.commit(work).await?;
            Ok(replaces)
        })
        .await?;
        if !replaces {
            return Ok(());
        }
        again_on_conflict(async || {
            let present = self.recently_present(browser).await?;
            let event = Event::new("factor.replaced").fact("kind", "totp");
            let after = present.user.to_value();
            self.commit_own_epoch(Work::default(), &present, after, event, browser)
                .await
        })
        .await
    }

    /// Takes the password or the authenticator app away. Everything of the person ends but the session that asks.
    pub async fn remove_own_factor(&self, kind: &FactorKind, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let present = self.recently_present(browser).await?;
            let mut work = Work::default();
            let after = self.without_factor(&mut work, &present.user, kind).await?;
            self.tell_removal(&mut work, &present.user, kind)?;
            let event = Event::new("factor.removed").fact("kind", kind.as_str());
            self.commit_own_epoch(work, &present, after, event, browser).await
        })
        .await
    }

    /// Whether a passkey is asked for after the password, too. To ask for less begins a new epoch, as the removal of a factor does.
    pub async fn ask_for_passkey_second(&self, asked: bool, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let present = self.recently_present(browser).await?;
            let Present { session, user } = &present;
            if user.second_factors.contains(&FactorKind::Passkey) == asked {
                return Ok(());
            }
            let mut work = Work::default();
            if !asked {
                let mut after = user.to_value();
                after.second_factors.retain(|kind| *kind != FactorKind::Passkey);
                let event = Event::new("second_factor.removed").fact("kind", "passkey");
                return self.commit_own_epoch(work, &present, after, event, browser).await;
            }
            if self.working_passkeys(&user.id).await?.is_empty() {
                return Err(Error::invalid("passkey", Words::new("refusal-passkey-first")));
            }
            Self::list_second(&mut work, user, &FactorKind::Passkey)?;
            work.require(session);
            let event = Event::new("second_factor.added").actor(&user.id).subject(&user.id);
            self.audit(&mut work, event.at(browser).fact("kind", "passkey"))?;
            self.commit(work).await
        })
        .await
    }

    /// The recovery codes of whoever is signed in; how many, never which.
    pub async fn own_recovery_codes(&self, browser: &Browser) -> Result<OwnRecoveryCodes> {
        let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
        let kept = self
            .store
            .get::<RecoveryCodes>(&present.user.id, self.now())
            .await?
            .filter(|kept| !kept.digests.is_empty());
        Ok(OwnRecoveryCodes {
            left: kept.as_ref().map_or(0, |kept| kept.digests.len()),
            made_at: kept.map(|kept| kept.created_at),
            are_of_use: self.factors(&present.user).await?.required() == Level::Two,
            is_recent: self.is_recently_present(browser).await?,
        })
    }

    /// Makes a new set of codes, shown this once.
    pub async fn new_own_recovery_codes(&self, browser: &Browser) -> Result<NewRecoveryCodes> {
        let user_id = self.recently_present(browser).await?.user.id.clone();
        let (made, digests) = self.drawn_recovery_codes(&user_id)?;
        again_on_conflict(async || {
            let Present { session, user } = self.recently_present(browser).await?;
            if user.id != user_id {
                return Err(Error::SignInAgain);
            }
            let mut work = Work::default();
            self.keep_recovery_codes(&mut work, &user, &digests).await?;
            work.require(&session);
            let event = Event::new("recovery_codes.made").actor(&user.id).subject(&user.id);
            self.audit(&mut work, event.at(browser))?;
            self.commit(work).await
        })
        .await?;
        Ok(made)
    }

    /// Whether whoever is signed in may change a factor now, or has to sign in again first.
    pub async fn own_sign_in_is_recent(&self, browser: &Browser) -> Result<bool> {
        self.present(browser).await?.ok_or(Error::SignInAgain)?;
        self.is_recently_present(browser).await
    }

    /// Whether a change of a factor would be let through now.
    pub(super) async fn is_recently_present(&self, browser: &Browser) -> Result<bool> {
        match self.recently_present(browser).await {
            Ok(_) => Ok(true),
            Err(Error::SignInAgain) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Writes the user as they are after a loss or a change of a factor: in a new epoch, into which the session that asks goes along.
    pub(super) async fn commit_own_epoch(
        &self,
        mut work: Work,
        present: &Present,
        after: User,
        event: Event<'_>,
        browser: &Browser,
    ) -> Result<()> {
        let Present { session, user } = present;
        let epoch = user.epoch + 1;
        work.update(user, &User { epoch, ..after })?;
        work.update(
            session,
            &Session {
                epoch,
                ..session.to_value()
            },
        )?;
        self.audit(&mut work, event.actor(&user.id).subject(&user.id).at(browser))?;
        self.commit_epoch(work, &user.id, epoch).await
    }
}

//! A person's authenticator app: shown once, confirmed by its first code.

use std::time::Duration;

use super::super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    credential::{qr_code, totp},
    language::Words,
    model::{
        factor::FactorKind,
        mail::FactorChange,
        totp::{Totp, TotpEnrolment},
        user::User,
    },
    protocol::Timestamp,
    secret::Secret,
    store::Loaded,
};

/// How long a secret waits for its first code.
const LIFETIME: Duration = Duration::from_mins(15);
/// What the master key seals the secrets for: one that was only shown does not pass for one that was confirmed.
const PURPOSE: &str = "totp";
const ENROLMENT: &str = "totp enrolment";

/// What a person needs to set up their app. Shown to them once, and to nobody else.
pub struct TotpOffer {
    /// base32, for those who type it.
    pub secret: Secret<String>,
    /// `otpauth://…`, for those whose app is on the same device.
    pub uri: Secret<String>,
    /// The same as an `<svg>` element, for those who scan it.
    pub qr_code: Secret<String>,
    /// When the set-up is forgotten.
    pub expires_at: Timestamp,
}

impl Idp {
    /// Begins to set up an app. A set-up that was begun before is forgotten; an app that is in use goes on until the new one is
    /// confirmed. `sid`: the session in which it is begun, and alone can be confirmed.
    pub async fn begin_totp(&self, user_id: &str, sid: Option<&str>) -> Result<TotpOffer> {
        let user = self.account(user_id).await?;
        let secret = totp::new_secret();
        let enrolment = TotpEnrolment {
            user_id: user_id.to_owned(),
            sealed_secret: self.master.seal(ENROLMENT, user_id, secret.expose())?,
            sid: sid.map(str::to_owned),
            epoch: user.epoch,
            expires_at: self.now() + LIFETIME,
        };
        again_on_conflict(async || {
            let mut work = Work::default();
            match self.store.get::<TotpEnrolment>(user_id, self.now()).await? {
                Some(former) => work.update(&former, &enrolment)?,
                None => work.insert(&enrolment)?,
            }
            self.commit(work).await
        })
        .await?;
        self.totp_offer(&user, secret.expose(), enrolment.expires_at)
    }

    /// The set-up that was begun and waits for its first code, to be shown once more.
    pub async fn pending_totp(&self, user: &User, sid: Option<&str>) -> Result<Option<TotpOffer>> {
        let Some(enrolment) = self.enrolment(user, sid).await? else {
            return Ok(None);
        };
        let secret = self.master.open(ENROLMENT, &user.id, &enrolment.sealed_secret)?;
        self.totp_offer(user, secret.expose(), enrolment.expires_at).map(Some)
    }

    /// The set-up that was begun in this session and in the user's present epoch. One that a thief began elsewhere, or before the owner
    /// threw them out, is none: its secret is known to them.
    async fn enrolment(&self, user: &User, sid: Option<&str>) -> Result<Option<Loaded<TotpEnrolment>>> {
        let kept = self.store.get::<TotpEnrolment>(&user.id, self.now()).await?;
        Ok(kept.filter(|kept| kept.epoch == user.epoch && kept.sid.as_deref() == sid))
    }

    fn totp_offer(&self, user: &User, secret: &[u8], expires_at: Timestamp) -> Result<TotpOffer> {
        let name = self.config.pages.name.as_str();
        let uri = totp::uri(name, &user.username, secret);
        let title = format!("QR code for the authenticator app of {} at {name}", user.username);
        Ok(TotpOffer {
            // A name of 128 characters outside ASCII fits.
            qr_code: qr_code::svg(&uri, &title)
                .ok_or_else(|| Error::invalid("username", Words::new("refusal-totp-name")))?,
            secret: Secret::new(totp::base32(secret)),
            uri,
            expires_at,
        })
    }

    /// Ends the set-up with the app's first code: from here on a sign-in asks for one. The code is spent. A wrong one may be
    /// tried again: whoever may be here has just been shown the secret, so there is nothing to guess.
    pub async fn confirm_totp(&self, user_id: &str, code: &Secret<String>, browser: &Browser) -> Result<()> {
        again_on_conflict(async || {
            let user = self.account(user_id).await?;
            let mut work = Work::default();
            self.keep_totp(&mut work, &user, code, browser).await?;
            self.commit(work).await
        })
        .await
    }

    /// Ends the set-up with this commit.
    pub(in crate::idp) async fn keep_totp(
        &self,
        work: &mut Work,
        user: &Loaded<User>,
        code: &Secret<String>,
        browser: &Browser,
    ) -> Result<()> {
        let (now, user_id) = (self.now(), user.id.as_str());
        let present = self.present(browser).await?.filter(|it| it.user.id == user_id);
        let sid = present.as_ref().map(|present| present.session.sid.as_str());
        let Some(enrolment) = self.enrolment(user, sid).await? else {
            return Err(Error::invalid("code", Words::new("refusal-totp-expired")));
        };
        let secret = self.master.open(ENROLMENT, user_id, &enrolment.sealed_secret)?;
        let step = totp::matching_step(&secret, code.expose(), now, None).map_err(Error::internal)?;
        let Some(step) = step else {
            return Err(Error::invalid("code", Words::new("refusal-totp-code")));
        };
        let confirmed = Totp {
            user_id: user_id.to_owned(),
            sealed_secret: self.master.seal(PURPOSE, user_id, secret.expose())?,
            last_step: step,
            created_at: now,
            used_at: None,
        };
        work.delete(&enrolment)?;
        match self.store.get::<Totp>(user_id, now).await? {
            Some(former) => work.update(&former, &confirmed)?,
            None => work.insert(&confirmed)?,
        }
        Self::list_second(work, user, &FactorKind::Totp)?;
        // The session in which it was added has shown it by this code.
        if let Some(present) = &present {
            self.raise_session(work, present, &FactorKind::Totp)?;
        }
        let event = Event::new("factor.added").actor(user_id).subject(user_id);
        self.audit(work, event.at(browser).fact("kind", "totp"))?;
        self.tell_change(work, user, FactorChange::TotpAdded)
    }

    /// Keeps the secret of an app that another system has set up; nobody has to scan anything. It replaces the app that the user had.
    pub(in crate::idp) async fn import_totp(&self, user_id: &str, base32: &Secret<String>) -> Result<()> {
        let Some(secret) = totp::importable(base32.expose()) else {
            let why = "expected a shared secret in base32, of 16 to 64 bytes (RFC 4226, 4)";
            return Err(Error::invalid("secret", why));
        };
        again_on_conflict(async || {
            let user = self.account(user_id).await?;
            let imported = Totp {
                user_id: user_id.to_owned(),
                sealed_secret: self.master.seal(PURPOSE, user_id, secret.expose())?,
                last_step: 0,
                created_at: self.now(),
                used_at: None,
            };
            let mut work = Work::default();
            match self.store.get::<Totp>(user_id, self.now()).await? {
                Some(former) => work.update(&former, &imported)?,
                None => work.insert(&imported)?,
            }
            Self::list_second(&mut work, &user, &FactorKind::Totp)?;
            let event = Event::new("factor.added").actor("operator").subject(user_id);
            self.audit(&mut work, event.fact("kind", "totp"))?;
            self.tell_change(&mut work, &user, FactorChange::TotpAdded)?;
            self.commit(work).await
        })
        .await
    }

    /// Spends a code of the user's app in this commit. False when it is not one, or was used.
    pub(super) async fn spend_totp(&self, work: &mut Work, user: &User, code: &Secret<String>) -> Result<bool> {
        let now = self.now();
        let Some(kept) = self.store.get::<Totp>(&user.id, now).await? else {
            return Ok(false);
        };
        let secret = self.master.open(PURPOSE, &user.id, &kept.sealed_secret)?;
        let step = totp::matching_step(&secret, code.expose(), now, Some(kept.last_step)).map_err(Error::internal)?;
        let Some(last_step) = step else { return Ok(false) };
        work.update(
            &kept,
            &Totp {
                last_step,
                used_at: Some(now),
                ..kept.to_value()
            },
        )?;
        Ok(true)
    }
}

//! The whole account at a glance, and what its owner should look at.

use super::super::{Browser, Error, Idp, Result};
use crate::{
    model::{
        factor::Level,
        grant::Consent,
        recovery_code::RecoveryCodes,
        session::Session,
        totp::Totp,
        user::{Password, User},
    },
    protocol::Timestamp,
};

/// So few codes are few.
const FEW: usize = 3;
/// No more than this is counted.
const COUNTED: usize = 100;

/// An account at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// Whose it is.
    pub user: User,
    /// The active organization.
    pub organization: Option<String>,
    /// When the password was set.
    pub password_since: Option<Timestamp>,
    /// How many passkeys sign in here.
    pub passkeys: usize,
    /// When the authenticator app was set up.
    pub authenticator_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// In how many browsers the person is signed in.
    pub sessions: usize,
    /// How many applications may use the account by its owner's yes.
    pub applications: usize,
    /// What its owner should look at, the most urgent first.
    pub concerns: Vec<Concern>,
}

/// Something that its owner should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Somebody may have a copy of a passkey.
    CopiedPasskey,
    /// Without the one thing that signs in, nobody gets in.
    OnlyOneWayIn,
    /// A second factor is asked for, and nothing stands in for one that is lost.
    NoRecoveryCodes,
    /// Only so many codes are left.
    FewRecoveryCodes(usize),
    /// Nobody has shown that the address is theirs.
    UnverifiedEmail,
}

/// What the concerns are drawn from.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four plain facts, each of which is a reason of its own"
)]
struct Standing {
    copied: bool,
    ways_in: usize,
    has_passkeys_here: bool,
    needs_second: bool,
    recovery_codes: usize,
    unverified_email: bool,
}

impl Idp {
    /// The account of whoever is signed in.
    pub async fn own_overview(&self, browser: &Browser) -> Result<Overview> {
        let user = self.present(browser).await?.ok_or(Error::SignInAgain)?.user;
        let (now, id) = (self.now(), user.id.as_str());
        let password = self.store.get::<Password>(id, now).await?;
        let all_passkeys = self.passkeys_of(id).await?;
        let passkeys = self.working_passkeys(id).await?.len();
        let codes = self.store.get::<RecoveryCodes>(id, now).await?;
        let recovery_codes = codes.map_or(0, |codes| codes.digests.len());
        let sessions = self.store.list_by::<Session>("user", id, "", COUNTED, now).await?;
        let consents = self.store.list_by::<Consent>("user", id, "", COUNTED, now).await?;
        let concerns = concerns(&Standing {
            copied: all_passkeys.iter().any(|passkey| passkey.suspected_at.is_some()),
            ways_in: passkeys + usize::from(password.is_some()),
            has_passkeys_here: self.has_passkeys(),
            needs_second: self.factors(&user).await?.required() == Level::Two,
            recovery_codes,
            unverified_email: user.email.is_some() && !user.email_verified,
        });
        Ok(Overview {
            organization: self.organization_name(&user).await?,
            password_since: password.map(|password| password.changed_at),
            passkeys,
            authenticator_since: self.store.get::<Totp>(id, now).await?.map(|app| app.created_at),
            recovery_codes,
            sessions: sessions.iter().filter(|session| session.epoch == user.epoch).count(),
            applications: consents.len(),
            concerns,
            user: user.into_value(),
        })
    }
}

fn concerns(standing: &Standing) -> Vec<Concern> {
    let codes = match standing.recovery_codes {
        _ if !standing.needs_second => None,
        0 => Some(Concern::NoRecoveryCodes),
        left @ ..=FEW => Some(Concern::FewRecoveryCodes(left)),
        _ => None,
    };
    let one_way = standing.has_passkeys_here && standing.ways_in < 2;
    [
        standing.copied.then_some(Concern::CopiedPasskey),
        codes,
        one_way.then_some(Concern::OnlyOneWayIn),
        standing.unverified_email.then_some(Concern::UnverifiedEmail),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Standing {
        Standing {
            copied: false,
            ways_in: 2,
            has_passkeys_here: true,
            needs_second: true,
            recovery_codes: 10,
            unverified_email: false,
        }
    }

    #[test]
    fn only_what_calls_for_attention_is_told() {
        assert_eq!(concerns(&content()), []);
        for (standing, told) in [
            (
                Standing {
                    copied: true,
                    ..content()
                },
                Concern::CopiedPasskey,
            ),
            (
                Standing {
                    ways_in: 1,
                    ..content()
                },
                Concern::OnlyOneWayIn,
            ),
            (
                Standing {
                    recovery_codes: 0,
                    ..content()
                },
                Concern::NoRecoveryCodes,
            ),
            (
                Standing {
                    recovery_codes: 3,
                    ..content()
                },
                Concern::FewRecoveryCodes(3),
            ),
            (
                Standing {
                    unverified_email: true,
                    ..content()
                },
                Concern::UnverifiedEmail,
            ),
        ] {
            assert_eq!(concerns(&standing), [told]);
        }
    }

    #[test]
    fn nobody_is_told_to_do_what_cannot_be_done_or_is_of_no_use() {
        let without_passkeys = Standing {
            ways_in: 1,
            has_passkeys_here: false,
            ..content()
        };
        let one_factor = Standing {
            needs_second: false,
            recovery_codes: 0,
            ..content()
        };
        assert_eq!(concerns(&without_passkeys), []);
        assert_eq!(concerns(&one_factor), []);
    }
}

//! A person leaves.

use super::super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
    session::Present,
    setup::ADMIN,
};
use crate::{
    language::Words,
    model::user::{User, canonical},
    protocol::logout::LogoutFrame,
    store::Loaded,
};

/// How many administrators are looked at for one who stays.
const LOOKED_AT: usize = 1_000;

/// Who would leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// What has to be typed.
    pub username: String,
    /// Nobody could administer any more.
    pub is_last_administrator: bool,
    /// Whether the sign-in is recent enough.
    pub is_recent: bool,
}

impl Idp {
    /// Who would leave, when people may.
    pub async fn own_leaving(&self, browser: &Browser) -> Result<Leaving> {
        self.people_may_leave()?;
        let user = self.present(browser).await?.ok_or(Error::SignInAgain)?.user;
        Ok(Leaving {
            username: user.username.clone(),
            is_last_administrator: user.role == ADMIN && self.other_administrator(&user).await?.is_none(),
            is_recent: self.is_recently_present(browser).await?,
        })
    }

    /// Deletes the account of whoever has signed in recently and types its name. Its clients are told; what the browser opens for them
    /// is given back. The event in the audit trail names the id and nothing else.
    ///
    /// # Errors
    /// `NotFound` when people may not, `Invalid` with the field `username` or `account`.
    pub async fn delete_own_account(&self, typed: &str, browser: &Browser) -> Result<Vec<LogoutFrame>> {
        self.people_may_leave()?;
        again_on_conflict(async || {
            let Present { session, user } = self.recently_present(browser).await?;
            if canonical(typed) != canonical(&user.username) {
                return Err(Error::invalid("username", Words::new("account-delete-other-name")));
            }
            let mut work = Work::default();
            if user.role == ADMIN {
                let stays = self
                    .other_administrator(&user)
                    .await?
                    .ok_or_else(|| Error::invalid("account", Words::new("account-delete-last-administrator")))?;
                // Of two who leave at the same moment, one finds that the other has gone.
                work.require(&stays);
            }
            let frames = self.end_session(&mut work, &session).await?;
            self.take_user_away(&mut work, &user).await?;
            self.audit(&mut work, Event::new("user.removed").actor(&user.id).subject(&user.id))?;
            self.commit_epoch(work, &user.id, user.epoch + 1).await?;
            Ok(frames)
        })
        .await
    }

    /// Somebody else who can administer.
    async fn other_administrator(&self, user: &User) -> Result<Option<Loaded<User>>> {
        let administrators = self
            .store
            .list_by::<User>("role", ADMIN, "", LOOKED_AT, self.now())
            .await?;
        Ok(administrators.into_iter().find(|it| it.id != user.id && !it.disabled))
    }

    fn people_may_leave(&self) -> Result<()> {
        if self.config.users.self_delete {
            return Ok(());
        }
        Err(Error::NotFound {
            what: "page",
            named: "delete".to_owned(),
        })
    }
}

//! The applications that may use an account by its owner's yes, and how that yes is taken back.

use std::{collections::BTreeSet, sync::Arc};

use super::super::{
    Browser, Error, Idp, Result, again_on_conflict,
    audit::{Event, Work},
};
use crate::{
    model::{
        client::Client,
        grant::Consent,
        outbox::Task,
        session::{Participant, Session},
    },
    protocol::{
        Timestamp,
        client::ConsentPolicy,
        scope::{OFFLINE_ACCESS, Scope},
    },
    store::Loaded,
};

/// The most that a page shows.
const SHOWN: usize = 200;
/// How many sessions a client leaves with one commit.
const PAGE: usize = 32;

/// An application that may use the account.
#[derive(Clone, Debug)]
pub struct GrantedApplication {
    /// Its `client_id`.
    pub client_id: String,
    /// Its registration; none when it is gone or disabled, and can do nothing at this moment.
    pub client: Option<Arc<Client>>,
    /// What it may have.
    pub uses: Uses,
    /// When the last yes was said.
    pub since: Timestamp,
    /// The last sign-in of a session in which it takes part; none when there is no such session any more.
    pub used_at: Option<Timestamp>,
}

/// What an application may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    /// By scope.
    pub scope: Scope,
    /// Single claims beyond it.
    pub claims: BTreeSet<String>,
    /// The resources that it may use in the person's name.
    pub resources: BTreeSet<String>,
    /// Also while the person is away.
    pub is_offline: bool,
}

impl Idp {
    /// The applications of whoever is signed in, by their names.
    pub async fn own_applications(&self, browser: &Browser) -> Result<Vec<GrantedApplication>> {
        let user = self.present(browser).await?.ok_or(Error::SignInAgain)?.user;
        let now = self.now();
        let consents = self.store.list_by::<Consent>("user", &user.id, "", SHOWN, now).await?;
        let sessions = self.store.list_by::<Session>("user", &user.id, "", SHOWN, now).await?;
        let mut granted = Vec::with_capacity(consents.len());
        for consent in consents.iter().map(|consent| &**consent) {
            let participant = Participant {
                client_id: consent.client_id.clone(),
                client_since: consent.client_since,
            };
            let client = self.participating(&participant).await?;
            // One that has become the operator's own needs no yes, so there is none to take back.
            if client
                .as_ref()
                .is_some_and(|it| it.metadata.consent == ConsentPolicy::FirstParty)
            {
                continue;
            }
            let sign_ins = sessions
                .iter()
                .filter(|session| session.participants.contains(&participant));
            granted.push(GrantedApplication {
                client_id: consent.client_id.clone(),
                client,
                uses: Uses {
                    scope: consent.scope.clone(),
                    claims: consent.claims.clone(),
                    resources: consent.resources.clone(),
                    is_offline: consent.scope.contains(OFFLINE_ACCESS),
                },
                since: consent.given_at,
                used_at: sign_ins.map(|session| session.authentication.auth_time).max(),
            });
        }
        granted.sort_by(|one, other| {
            (one.name().to_lowercase(), &one.client_id).cmp(&(other.name().to_lowercase(), &other.client_id))
        });
        Ok(granted)
    }

    /// Takes the yes back. From this commit on nothing that rested on it is good at any door, whether the person says yes again or not;
    /// then the client leaves the person's sessions and is told so. Without such a yes nothing happens.
    pub async fn withdraw_consent(&self, client_id: &str, browser: &Browser) -> Result<()> {
        let withdrawn = again_on_conflict(async || {
            let present = self.present(browser).await?.ok_or(Error::SignInAgain)?;
            let user_id = present.user.id.as_str();
            let consent = self
                .store
                .get::<Consent>(&Consent::id_of(user_id, client_id), self.now())
                .await?;
            // The identity joins two names with a dot: both are looked at again.
            let Some(consent) = consent.filter(|it| it.user_id == user_id && it.client_id == client_id) else {
                return Ok(None);
            };
            let mut work = Work::default();
            work.delete(&consent)?;
            let event = Event::new("consent.withdrawn").actor(user_id).subject(client_id);
            self.audit(&mut work, event.at(browser))?;
            self.commit(work).await?;
            Ok(Some(consent))
        })
        .await?;
        match withdrawn {
            Some(consent) => self.leave_sessions(&consent).await,
            None => Ok(()),
        }
    }

    /// Takes a client out of all sessions of a person.
    async fn leave_sessions(&self, consent: &Consent) -> Result<()> {
        let mut after = String::new();
        loop {
            let sessions = self
                .store
                .list_by::<Session>("user", &consent.user_id, &after, PAGE, self.now())
                .await?;
            let Some(last) = sessions.last() else { return Ok(()) };
            let mut work = Work::default();
            for session in &sessions {
                self.leave_session(&mut work, session, &consent.client_id).await?;
            }
            match self.commit(work).await {
                Ok(()) => after.clone_from(&last.cookie_digest),
                // Somebody else changed one of them meanwhile, which can happen to each only so often: it is looked at again.
                Err(Error::Conflict) => {}
                Err(other) => return Err(other),
            }
        }
    }

    async fn leave_session(&self, work: &mut Work, session: &Loaded<Session>, client_id: &str) -> Result<()> {
        let takes_part = |it: &&Participant| it.client_id == client_id;
        let Some(participant) = session.participants.iter().find(takes_part) else {
            return Ok(());
        };
        let mut without = session.to_value();
        without.participants.retain(|it| it.client_id != client_id);
        work.update(session, &without)?;
        let is_told = if self.may_describe_itself(client_id) {
            // Whoever runs the errand asks for its document.
            true
        } else {
            let client = self.participating(participant).await?;
            client.is_some_and(|client| client.metadata.backchannel_logout_uri.is_some())
        };
        if is_told {
            work.send(self.errand(Task::TellLogout {
                participant: participant.clone(),
                user_id: session.user_id.clone(),
                sid: session.sid.clone(),
            }))?;
        }
        Ok(())
    }
}

impl GrantedApplication {
    /// What it calls itself, or else its `client_id`.
    pub fn name(&self) -> &str {
        self.client
            .as_ref()
            .map_or(self.client_id.as_str(), |client| client.metadata.client_name.as_str())
    }
}

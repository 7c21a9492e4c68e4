//! Where a person is signed in, how that ends, and the applications that they can start from here.

use std::sync::Arc;

use super::super::{Browser, Idp, Result, again_on_conflict, session::Present};
use crate::{
    model::{
        client::Client,
        grant::Consent,
        session::{Participant, Session},
    },
    protocol::{
        Timestamp,
        logout::{LogoutFrame, third_party_login},
    },
};

/// The most sessions, and the most applications, that a page shows.
const SHOWN: usize = 100;

/// A session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Its name.
    pub sid: String,
    /// When the person signed in last.
    pub signed_in_at: Timestamp,
    /// The kind of browser.
    pub user_agent: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// Whether it is that of the browser that asks.
    pub is_this: bool,
    /// The names of the applications in it.
    pub applications: Vec<String>,
}

/// An application that can be started from a page of ours (OpenID Connect Core, 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Where its login starts.
    pub start: String,
}

/// Which of their sessions a person ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The one of this name.
    One(String),
    /// All but that of this browser.
    Others,
    /// All.
    All,
}

/// What became of the browser that ended sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nobody is signed in there.
    SignedOut,
    /// Its own session goes on.
    Elsewhere,
    /// Its own session is among them.
    Here {
        /// What it opens, so that the clients end their sessions in it.
        frames: Vec<LogoutFrame>,
    },
}

impl Idp {
    /// The sessions of the person at this browser, its own first, then the latest; `None` when nobody is signed in.
    pub async fn own_sessions(&self, browser: &Browser) -> Result<Option<Vec<OwnSession>>> {
        let Some(present) = self.present(browser).await? else {
            return Ok(None);
        };
        let sessions = self
            .store
            .list_by::<Session>("user", &present.user.id, "", SHOWN, self.now())
            .await?;
        let mut own = Vec::with_capacity(sessions.len());
        for session in sessions.iter().filter(|session| session.epoch == present.user.epoch) {
            let mut applications = Vec::new();
            for participant in &session.participants {
                applications.extend(
                    self.participating(participant)
                        .await?
                        .map(|it| it.metadata.client_name.clone()),
                );
            }
            own.push(OwnSession {
                sid: session.sid.clone(),
                signed_in_at: session.authentication.auth_time,
                user_agent: session.user_agent.clone(),
                address: session.address.clone(),
                is_this: session.sid == present.session.sid,
                applications,
            });
        }
        own.sort_by_key(|session| (!session.is_this, std::cmp::Reverse(session.signed_in_at)));
        Ok(Some(own))
    }

    /// Ends sessions of the person at this browser, and nobody else's; their clients are told.
    pub async fn end_own_sessions(&self, which: &Ending, browser: &Browser) -> Result<Ended> {
        again_on_conflict(async || {
            let Some(present) = self.present(browser).await? else {
                return Ok(Ended::SignedOut);
            };
            let own = present.session.sid.as_str();
            let elsewhere = |session: &Session| session.sid != own;
            let user_id = present.user.id.as_str();
            match which {
                Ending::One(sid) if sid == own => return self.end_here(&present, browser).await,
                Ending::One(sid) => {
                    self.end_sessions(
                        user_id,
                        |session| elsewhere(session) && session.sid == *sid,
                        Some(browser),
                    )
                    .await?;
                }
                Ending::Others => {
                    self.forget_other_browsers(user_id, browser).await?;
                    self.end_sessions(user_id, elsewhere, Some(browser)).await?;
                    // After the sessions: none of them can ask for another change by then.
                    self.forget_change(user_id).await?;
                }
                Ending::All => {
                    self.forget_browsers_of(user_id, |_| true, Some(browser)).await?;
                    self.end_sessions(user_id, elsewhere, Some(browser)).await?;
                    self.forget_change(user_id).await?;
                    return self.end_here(&present, browser).await;
                }
            }
            Ok(Ended::Elsewhere)
        })
        .await
    }

    async fn end_here(&self, present: &Present, browser: &Browser) -> Result<Ended> {
        let frames = self.sign_out(present, browser).await?;
        Ok(Ended::Here { frames })
    }

    /// The applications that the person at this browser uses and that can be started from here.
    pub async fn applications(&self, browser: &Browser) -> Result<Vec<Application>> {
        let Some(present) = self.present(browser).await? else {
            return Ok(Vec::new());
        };
        let consents = self
            .store
            .list_by::<Consent>("user", &present.user.id, "", SHOWN, self.now())
            .await?;
        let agreed = consents.iter().map(|consent| Participant {
            client_id: consent.client_id.clone(),
            client_since: consent.client_since,
        });
        let mut applications = Vec::new();
        for used in present.session.participants.iter().cloned().chain(agreed) {
            let Some(client) = self.participating(&used).await? else {
                continue;
            };
            applications.extend(
                third_party_login(&client.metadata, self.issuer()).map(|start| Application {
                    name: client.metadata.client_name.clone(),
                    start,
                }),
            );
        }
        applications.sort_by(|a, b| (&a.name, &a.start).cmp(&(&b.name, &b.start)));
        applications.dedup();
        Ok(applications)
    }

    /// The client of a session or a consent, while it is the same one.
    pub(in crate::idp) async fn participating(&self, participant: &Participant) -> Result<Option<Arc<Client>>> {
        let client = self.enabled_client(&participant.client_id).await?;
        Ok(client.filter(|client| client.created_at == participant.client_since))
    }
}

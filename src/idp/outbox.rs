//! The outbox: what must follow a commit, run at least once, never in the way of the person or the request that caused it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use tokio::{
    sync::{Semaphore, mpsc},
    time::sleep,
};

use super::{
    Error, Idp, Result,
    audit::{Event, Work},
    mail::Mail,
};
use crate::{
    model::{
        client::Client,
        outbox::{Errand, Task},
        session::Participant,
    },
    outbound::FetchError,
    protocol::{
        Timestamp,
        logout::token::{self, Events, LogoutToken},
    },
    secret,
    store::Loaded,
};

/// How many clients are told something for the first time at the same moment.
const AT_ONCE: usize = 16;
/// How many are told again: clients that are down must not take the places of those that are there.
const RETRIES_AT_ONCE: usize = 8;
/// How many of them may be the same client: one that never answers must not take the place of others.
const AT_ONCE_PER_CLIENT: usize = 2;
/// How long an errand waits when the store itself fails.
const AFTER_A_FAILURE: Duration = Duration::from_secs(30);
/// How long an errand sleeps at most; as long as its longest pause.
const LONGEST_SLEEP: Duration = Duration::from_mins(10);
/// How many errands of an earlier process are read at a time.
const PAGE: usize = 256;

/// Errands on their way from the commits that wrote them to the task that runs them.
pub(super) struct Outbox {
    sender: mpsc::UnboundedSender<Errand>,
    /// Taken by the one task that runs them. A command without the daemon has none: the next daemon finds them in the store.
    receiver: Mutex<Option<mpsc::UnboundedReceiver<Errand>>>,
    firsts: Semaphore,
    retries: Semaphore,
    lanes: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Default for Outbox {
    fn default() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            sender,
            receiver: Mutex::new(Some(receiver)),
            firsts: Semaphore::new(AT_ONCE),
            retries: Semaphore::new(RETRIES_AT_ONCE),
            lanes: Mutex::default(),
        }
    }
}

impl Outbox {
    /// Wakes the task. The errand is in the store already, so nothing is lost when there is no task.
    pub fn wake(&self, errand: Errand) {
        let _ = self.sender.send(errand);
    }

    fn lane(&self, client_id: &str) -> Arc<Semaphore> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        let lane = lanes.entry(client_id.to_owned());
        Arc::clone(lane.or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE_PER_CLIENT))))
    }
}

/// A client that is told of the end of a session.
struct Told<'a> {
    participant: &'a Participant,
    user_id: &'a str,
    sid: &'a str,
}

/// How an attempt to tell a client ended.
enum Answer {
    /// The client has ended its session, or never knew it.
    Delivered,
    /// It will not, however often it is asked.
    Refused(String),
    /// It may, later.
    NotNow(String),
}

impl Answer {
    /// Back-Channel Logout, 2.8: 200, or the 204 of many frameworks; 400 for a token it does not accept, 501 when it cannot log out.
    fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Delivered,
            400 | 501 => Self::Refused(status.to_string()),
            other => Self::NotNow(other.to_string()),
        }
    }
}

impl Idp {
    /// An errand for a commit: [`Work::send`] adds it.
    pub(super) fn errand(&self, task: Task) -> Errand {
        Errand::new(secret::random_id(), task, self.now())
    }

    /// Runs errands for as long as it is polled: first what an earlier process left, and then each when its commit is durable.
    pub async fn run_errands(&self) {
        let receiver = self
            .outbox
            .receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(receiver) = receiver else { return };
        let left = loop {
            match self.errands_left().await {
                Ok(left) => break left,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the outbox could not be read");
                    sleep(AFTER_A_FAILURE).await;
                }
            }
        };
        let known: HashSet<String> = left.iter().map(|errand| errand.id.clone()).collect();
        let incoming = stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|errand| (errand, receiver))
        });
        // Committed while the others were read: it is among them.
        let fresh = incoming.filter(|errand| std::future::ready(!known.contains(&errand.id)));
        stream::iter(left)
            .chain(fresh)
            .for_each_concurrent(None, |errand| self.run_errand(errand))
            .await;
    }

    async fn errands_left(&self) -> Result<Vec<Errand>> {
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.store.list::<Errand>(&after, PAGE, self.now()).await?;
            let is_last = page.len() < PAGE;
            all.extend(page.into_iter().map(Loaded::into_value));
            match all.last() {
                Some(last) if !is_last => after.clone_from(&last.id),
                _ => return Ok(all),
            }
        }
    }

    /// Tries until it is done or given up.
    async fn run_errand(&self, errand: Errand) {
        let mut next_attempt = errand.next_attempt;
        loop {
            // Not longer, should the clock be set back meanwhile.
            sleep(next_attempt.since(self.now()).min(LONGEST_SLEEP)).await;
            match self.try_errand(&errand.id).await {
                Ok(None) => return,
                Ok(Some(later)) => next_attempt = later,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an errand could not be run");
                    next_attempt = self.now() + AFTER_A_FAILURE;
                }
            }
        }
    }

    /// One attempt; gives when the next is due.
    pub(super) async fn try_errand(&self, id: &str) -> Result<Option<Timestamp>> {
        let Some(errand) = self.store.get::<Errand>(id, self.now()).await? else {
            return Ok(None);
        };
        match &errand.task {
            Task::EndSessions { user_id, before } => {
                self.end_earlier_sessions(user_id, *before).await?;
                self.forget_errand(id).await?;
                Ok(None)
            }
            Task::TellLogout {
                participant,
                user_id,
                sid,
            } => {
                let told = Told {
                    participant,
                    user_id,
                    sid,
                };
                self.tell_logout(&errand, &told).await
            }
            Task::SendMail {
                user_id,
                to,
                language,
                letter,
            } => {
                let mail = Mail {
                    user_id: user_id.as_deref(),
                    to,
                    language: language.as_deref(),
                    letter,
                };
                self.send_mail(&errand, &mail).await
            }
            Task::AnswerForgotten { name } => self.answer_forgotten(&errand, name).await,
            Task::AnswerSignUp { pending } => self.answer_sign_up(&errand, pending).await,
        }
    }

    /// Takes an errand that is done out of the outbox.
    pub(super) async fn forget_errand(&self, id: &str) -> Result<()> {
        let Some(errand) = self.store.get::<Errand>(id, self.now()).await? else {
            return Ok(());
        };
        let mut work = Work::default();
        work.delete(&errand)?;
        match self.commit(work).await {
            // Somebody else has run it meanwhile.
            Err(Error::Conflict) => Ok(()),
            done => done,
        }
    }

    async fn tell_logout(&self, errand: &Loaded<Errand>, told: &Told<'_>) -> Result<Option<Timestamp>> {
        let lane = self.outbox.lane(&told.participant.client_id);
        // Its own lane first: who waits there must not hold a place that others could use.
        let _own = lane.acquire().await.map_err(Error::internal)?;
        let places = match errand.attempts {
            0 => &self.outbox.firsts,
            _ => &self.outbox.retries,
        };
        let _place = places.acquire().await.map_err(Error::internal)?;
        // By its registration of this moment: it may have moved, or be gone.
        let client = self.participating(told.participant).await?;
        if client.is_none() && self.may_describe_itself(&told.participant.client_id) {
            let answer = Answer::NotNow("the client's metadata document cannot be had".to_owned());
            return self.record_answer(errand, told, answer).await;
        }
        let Some((client, uri)) = client.and_then(|client| {
            let uri = client.metadata.backchannel_logout_uri.clone()?;
            Some((client, uri))
        }) else {
            self.forget_errand(&errand.id).await?;
            return Ok(None);
        };
        let answer = self.post_logout_token(&client, &uri, told).await;
        self.record_answer(errand, told, answer).await
    }

    async fn post_logout_token(&self, client: &Client, uri: &str, told: &Told<'_>) -> Answer {
        let now = self.now();
        let claims = LogoutToken {
            iss: &self.issuer,
            sub: &self.sub_of(client, told.user_id),
            aud: &client.client_id,
            iat: now,
            exp: now + token::LIFETIME,
            jti: &secret::random_id(),
            sid: &self.sid_of(client, told.sid),
            events: Events,
        };
        // As its ID tokens are (Back-Channel Logout, 2.4).
        let algorithm = client.metadata.id_token_signed_response_alg;
        let token = match self.keys().sign_as(algorithm, token::TYP, &claims) {
            Ok(token) => token,
            // The operator may bring the algorithm back.
            Err(error) => return Answer::NotNow(error.to_string()),
        };
        match self.outbound.post_form(uri, &[("logout_token", &token)]).await {
            Ok(status) => Answer::of_status(status),
            Err(error @ FetchError::Url(_)) => Answer::Refused(error.to_string()),
            Err(error) => Answer::NotNow(error.to_string()),
        }
    }

    async fn record_answer(
        &self,
        errand: &Loaded<Errand>,
        told: &Told<'_>,
        answer: Answer,
    ) -> Result<Option<Timestamp>> {
        let (outcome, event, why) = match answer {
            Answer::Delivered => ("delivered", "logout.delivered", None),
            Answer::Refused(why) => ("refused", "logout.refused", Some(why)),
            Answer::NotNow(why) => {
                if let Some(later) = errand.after_failure(self.now()) {
                    self.metrics.backchannel_logout("failed");
                    tracing::info!(
                        client_id = told.participant.client_id,
                        sid = told.sid,
                        attempts = later.attempts,
                        why,
                        "a logout was not delivered"
                    );
                    let mut work = Work::default();
                    work.update(errand, &later)?;
                    return match self.commit(work).await {
                        Ok(()) | Err(Error::Conflict) => Ok(Some(later.next_attempt)),
                        Err(other) => Err(other),
                    };
                }
                ("given_up", "logout.given_up", Some(why))
            }
        };
        self.metrics.backchannel_logout(outcome);
        let mut work = Work::default();
        work.delete(errand)?;
        let mut event = Event::new(event)
            .subject(&told.participant.client_id)
            .fact("sid", told.sid)
            .fact("attempts", errand.attempts + 1);
        if let Some(why) = why {
            event = event.fact("answer", why);
        }
        self.audit(&mut work, event)?;
        match self.commit(work).await {
            Ok(()) | Err(Error::Conflict) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

#[cfg(test)]
mod tests;

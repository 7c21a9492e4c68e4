//! Audit events, written with the change they tell of.

use std::{
    ops::{Deref, DerefMut},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use serde_json::{Map, Value};

use super::{Browser, Idp, Result};
use crate::{
    model::{audit::AuditEvent, outbox::Errand},
    protocol::Timestamp,
    secret,
    store::Changes,
};

/// The changes of one commit, and the events that tell of them: in the store by the same commit, in the log when it has happened.
/// And the errands that follow from it: in the store by the same commit, run when it has happened.
#[derive(Default)]
pub(super) struct Work {
    changes: Changes,
    events: Vec<AuditEvent>,
    errands: Vec<Errand>,
}

impl Work {
    /// Adds an errand, which is run as soon as the commit is durable.
    pub fn send(&mut self, errand: Errand) -> Result<()> {
        self.changes.insert(&errand)?;
        self.errands.push(errand);
        Ok(())
    }
}

impl Deref for Work {
    type Target = Changes;

    fn deref(&self) -> &Changes {
        &self.changes
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Changes {
        &mut self.changes
    }
}

/// Sorts by time, and within a second in the order of what happened.
fn next_id(now: Timestamp) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:012}-{count:010}-{}", now.unix(), secret::random_id())
}

/// An event that is being told.
pub(super) struct Event<'a> {
    pub name: &'static str,
    pub actor: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub address: Option<std::net::IpAddr>,
    pub facts: Vec<(&'static str, Value)>,
}

impl<'a> Event<'a> {
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            actor: None,
            subject: None,
            address: None,
            facts: Vec::new(),
        }
    }

    pub const fn actor(mut self, actor: &'a str) -> Self {
        self.actor = Some(actor);
        self
    }

    pub const fn subject(mut self, subject: &'a str) -> Self {
        self.subject = Some(subject);
        self
    }

    pub const fn address(mut self, address: std::net::IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// From where: the address, and the kind of browser when it says so.
    pub fn at(self, browser: &Browser) -> Self {
        let event = self.address(browser.address);
        match &browser.user_agent {
            Some(kind) => event.fact("browser", kind.as_str()),
            None => event,
        }
    }

    pub fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
}

impl Idp {
    /// Adds an event to the commit of its change.
    pub(super) fn audit(&self, work: &mut Work, event: Event<'_>) -> Result<()> {
        let now = self.now();
        let record = AuditEvent {
            id: next_id(now),
            at: now,
            event: event.name.to_owned(),
            actor: event.actor.map(str::to_owned),
            subject: event.subject.map(str::to_owned),
            address: event.address.map(|address| address.to_string()),
            facts: event
                .facts
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Map<_, _>>(),
        };
        work.changes.insert(&record)?;
        work.events.push(record);
        Ok(())
    }

    /// Commits, and tells the log what has happened: never what was only tried.
    pub(super) async fn commit(&self, work: Work) -> Result<()> {
        let begun = Instant::now();
        self.store.commit(work.changes).await?;
        self.metrics.commit(begun.elapsed());
        for errand in work.errands {
            self.outbox.wake(errand);
        }
        for event in work.events {
            tracing::info!(
                target: "avouch::audit",
                event = event.event,
                actor = event.actor,
                subject = event.subject,
                address = event.address,
                facts = %serde_json::Value::Object(event.facts),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_sort_by_time_and_then_by_their_order() {
        let ids: Vec<String> = [5, 5, 5, 6, 6, 1_000_000_000]
            .map(|unix| next_id(Timestamp::from_unix(unix)))
            .to_vec();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() <= 64));
    }
}

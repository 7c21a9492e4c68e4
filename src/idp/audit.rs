//! Audit events, written with the change they tell of.

use serde_json::{Map, Value};

use super::{Idp, Result};
use crate::{model::audit::AuditEvent, secret, store::Changes};

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

    pub fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
}

impl Idp {
    /// Adds an event to the commit of its change, and tells the log.
    pub(super) fn audit(&self, changes: &mut Changes, event: Event<'_>) -> Result<()> {
        let now = self.now();
        let record = AuditEvent {
            id: format!("{:012}-{}", now.unix(), secret::random_id()),
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
        tracing::info!(
            target: "avouch::audit",
            event = record.event,
            actor = record.actor,
            subject = record.subject,
            address = record.address,
            facts = %serde_json::Value::Object(record.facts.clone()),
        );
        Ok(changes.insert(&record)?)
    }
}

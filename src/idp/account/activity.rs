//! What happened to an account lately, as its owner may see it.

use std::collections::HashMap;

use serde_json::Value;

use super::super::{Browser, Error, Idp, Result};
use crate::{
    model::{audit::AuditEvent, passkey::Passkey},
    protocol::Timestamp,
};

/// How many events stand on a page.
const PAGE: usize = 50;
/// No event has a longer id.
const LONGEST_ID: usize = 64;

/// A page of what happened, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What happened.
    pub happenings: Vec<Happening>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// The word of the audit trail, for example `login.succeeded`.
    pub event: String,
    /// Whether those who run the service did it.
    pub by_operator: bool,
    /// The kind of browser.
    pub browser: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// Which kind of factor, in which ways somebody signed in, what was wrong, or which letter it was, by the words of the audit trail.
    pub kinds: Vec<String>,
    /// The name of the application or of the passkey that it concerns.
    pub name: Option<String>,
}

impl Idp {
    /// What happened to the account of whoever is signed in, beginning before the event `before` ("" = with the latest).
    pub async fn own_activity(&self, before: &str, browser: &Browser) -> Result<Activity> {
        let user = self.present(browser).await?.ok_or(Error::SignInAgain)?.user;
        let before = if before.len() <= LONGEST_ID { before } else { "" };
        let mut events = self.events_of(&user.id, before, PAGE + 1).await?;
        let next = (events.len() > PAGE).then(|| {
            events.truncate(PAGE);
            events.last().map(|event| event.id.clone()).unwrap_or_default()
        });
        let mut names = HashMap::new();
        let mut happenings = Vec::with_capacity(events.len());
        for event in events {
            let name = self.name_in(&event, &mut names).await?;
            happenings.push(happening(event, name));
        }
        Ok(Activity { happenings, next })
    }

    /// The events that concern a person, the latest first.
    pub(super) async fn events_of(&self, user_id: &str, before: &str, limit: usize) -> Result<Vec<AuditEvent>> {
        let events = self
            .store
            .list_back_by::<AuditEvent>("person", user_id, before, limit, self.now())
            .await?;
        Ok(events.into_iter().map(crate::store::Loaded::into_value).collect())
    }

    /// What an event concerns, as people call it.
    async fn name_in(&self, event: &AuditEvent, known: &mut HashMap<String, Option<String>>) -> Result<Option<String>> {
        let is_of_client = event.event.starts_with("consent.");
        let id = if is_of_client {
            event.subject.as_deref()
        } else {
            event.facts.get("passkey").and_then(Value::as_str)
        };
        let Some(id) = id else { return Ok(None) };
        if let Some(name) = known.get(id) {
            return Ok(name.clone());
        }
        let name = if is_of_client {
            let client = self.enabled_client(id).await?;
            Some(client.map_or_else(|| id.to_owned(), |client| client.metadata.client_name.clone()))
        } else {
            let passkey = self.store.get::<Passkey>(id, self.now()).await?;
            passkey.map(|passkey| passkey.name.clone())
        };
        known.insert(id.to_owned(), name.clone());
        Ok(name)
    }
}

fn happening(event: AuditEvent, name: Option<String>) -> Happening {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let kinds = match ["amr", "kind", "wrong", "letter"]
        .iter()
        .find_map(|fact| event.facts.get(*fact))
    {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(text).collect(),
        Some(kind) => text(kind).into_iter().collect(),
        None => Vec::new(),
    };
    Happening {
        at: event.at,
        by_operator: event.actor.as_deref() == Some("operator"),
        browser: event.facts.get("browser").and_then(text),
        address: event.address,
        kinds,
        name,
        event: event.event,
    }
}

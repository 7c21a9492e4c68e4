//! What happened, for the operator. Written in the same commit as the change that it tells of.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Record;
use crate::protocol::Timestamp;

/// How long an event is kept.
pub const RETENTION: Duration = Duration::from_hours(90 * 24);

/// One event. Never holds a secret, a token or a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Sorts by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What, for example `login.succeeded`, `refresh_token.reused`, `client.added`.
    pub event: String,
    /// Who did it: a user's id, `operator`, or nothing for a stranger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What it was done to: an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The address of the peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Further facts.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub facts: Map<String, Value>,
}

impl AuditEvent {
    /// Whose account it concerns: a user's id.
    pub fn person(&self) -> Option<&str> {
        const OF_NOBODY: [&str; 10] = [
            "client.",
            "key.",
            "logout.",
            "organization.added",
            "organization.changed",
            "code.",
            "refresh_token.",
            "registration",
            "authorization.",
            "access_token.",
        ];
        if OF_NOBODY.iter().any(|kind| self.event.starts_with(kind)) {
            return None;
        }
        let actor = self.actor.as_deref().filter(|actor| *actor != "operator");
        // An administrator who changes somebody else's account is not whom it is about.
        let is_about_another = ["user.", "organization."]
            .iter()
            .any(|kind| self.event.starts_with(kind));
        match self.subject.as_deref() {
            Some(subject) if is_about_another => Some(subject),
            subject => actor.or(subject),
        }
    }
}

impl Record for AuditEvent {
    const KIND: &'static str = "audit";

    fn id(&self) -> String {
        self.id.clone()
    }

    /// One small key: by it people find what happened to their accounts.
    fn index(&self) -> Vec<(&'static str, String)> {
        self.person().map(|id| ("person", id.to_owned())).into_iter().collect()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.at + RETENTION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event: &str, actor: Option<&str>, subject: Option<&str>) -> AuditEvent {
        AuditEvent {
            id: "1".to_owned(),
            at: Timestamp::from_unix(1),
            event: event.to_owned(),
            actor: actor.map(str::to_owned),
            subject: subject.map(str::to_owned),
            address: None,
            facts: Map::new(),
        }
    }

    #[test]
    fn an_event_is_found_by_the_one_person_whom_it_concerns() {
        for (name, actor, subject, person) in [
            ("login.succeeded", Some("u1"), Some("a session"), Some("u1")),
            ("login.failed", None, Some("u1"), Some("u1")),
            ("login.failed", None, None, None),
            ("consent.given", Some("u1"), Some("a client"), Some("u1")),
            ("factor.removed", Some("operator"), Some("u1"), Some("u1")),
            ("user.disabled", Some("u2"), Some("u1"), Some("u1")),
            ("client.added", Some("operator"), Some("a client"), None),
            ("logout.delivered", None, Some("a client"), None),
            ("refresh_token.reused", None, Some("a client"), None),
            ("access_token.revoked", Some("a client"), Some("a client"), None),
        ] {
            let event = event(name, actor, subject);
            assert_eq!(event.person(), person, "{name}");
            assert!(event.index().len() <= 1, "{name}");
        }
    }

    #[test]
    fn an_event_is_kept_for_ninety_days() {
        let kept = event("login.failed", None, None).expires_at().unwrap();
        assert_eq!(kept.since(Timestamp::from_unix(1)), RETENTION);
    }
}

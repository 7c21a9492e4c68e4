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

impl Record for AuditEvent {
    const KIND: &'static str = "audit";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.at + RETENTION)
    }
}

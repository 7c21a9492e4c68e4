//! What lets strangers register clients, and how often one address has.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::Timestamp;

/// An initial access token (RFC 7591, 1.2). Its uses are counted down by the commits that write the clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationToken {
    /// How operators name it.
    pub id: String,
    /// `secret::digest` of the token.
    pub token_digest: String,
    /// What it is for, in the operator's words.
    #[serde(default)]
    pub note: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment at which it is no longer accepted.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// How many clients it can still register; any number when absent.
    #[serde(default)]
    pub uses_left: Option<u32>,
}

impl Record for RegistrationToken {
    const KIND: &'static str = "registration_token";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("token", self.token_digest.clone())]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// The time over which registrations are counted.
pub const WINDOW: Duration = Duration::from_hours(1);

/// The registrations from one address. Kept in the store, so that a restart forgives nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationCount {
    /// The address, or the network that counts as one.
    pub network: String,
    /// The first of them.
    pub since: Timestamp,
    /// How many there were.
    pub count: u32,
}

impl RegistrationCount {
    /// How long from `now` until another is heard, when there were `limit` of them.
    pub fn wait(&self, limit: u32, now: Timestamp) -> Duration {
        if self.count < limit {
            return Duration::ZERO;
        }
        // A clock that was set back must not make anybody wait for longer than the window.
        (self.since + WINDOW).since(now).min(WINDOW)
    }
}

impl Record for RegistrationCount {
    const KIND: &'static str = "registration_count";

    fn id(&self) -> String {
        self.network.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.since + WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_for_an_hour_from_the_first() {
        let count = RegistrationCount {
            network: "192.0.2.1".to_owned(),
            since: Timestamp::from_unix(1000),
            count: 3,
        };
        let wait = |limit, now| count.wait(limit, Timestamp::from_unix(now)).as_secs();
        assert_eq!((wait(4, 1000), wait(3, 1000), wait(3, 4000)), (0, 3600, 600));
        assert_eq!(
            (wait(3, 4600), wait(2, 0)),
            (0, 3600),
            "later, and when the clock was set back"
        );
    }
}

//! Failed sign-ins, counted per account and per address.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::Timestamp;

/// The failures of one account or one address. Kept in the store, so that a restart forgives nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    /// `account:DIGEST` or `address:IP`.
    pub key: String,
    /// Failures in a row.
    pub failures: u32,
    /// The last one.
    pub failed_at: Timestamp,
}

/// After a quiet day the count is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(24);

/// How failures become waiting.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlePolicy {
    /// Failures that cost nothing.
    pub free: u32,
    /// The first wait; it doubles with each further failure.
    pub delay: Duration,
    /// The longest wait: nobody is locked out for ever by somebody else's guesses.
    pub delay_max: Duration,
}

impl ThrottlePolicy {
    /// How long from `now` until the next attempt is heard.
    pub fn wait(&self, throttle: &Throttle, now: Timestamp) -> Duration {
        let Some(over) = throttle.failures.checked_sub(self.free.max(1)) else {
            return Duration::ZERO;
        };
        let delay = self
            .delay
            .saturating_mul(1u32.checked_shl(over.min(31)).unwrap_or(u32::MAX))
            .min(self.delay_max);
        (throttle.failed_at + delay).since(now)
    }
}

impl Record for Throttle {
    const KIND: &'static str = "throttle";

    fn id(&self) -> String {
        self.key.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.failed_at + FORGOTTEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_a_limit_and_passes() {
        let policy = ThrottlePolicy {
            free: 5,
            delay: Duration::from_secs(1),
            delay_max: Duration::from_mins(15),
        };
        let wait = |failures, now| {
            let throttle = Throttle {
                key: String::new(),
                failures,
                failed_at: Timestamp::from_unix(1000),
            };
            policy.wait(&throttle, Timestamp::from_unix(now)).as_secs()
        };
        let cases = [
            (0, 0),
            (4, 0),
            (5, 1),
            (6, 2),
            (7, 4),
            (14, 512),
            (15, 900),
            (500, 900),
            (u32::MAX, 900),
        ];
        for (failures, expected) in cases {
            assert_eq!(wait(failures, 1000), expected, "{failures}");
            assert_eq!(wait(failures, 1900), 0, "{failures} later");
        }
        assert_eq!(wait(7, 1003), 1);
    }
}

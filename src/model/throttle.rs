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

/// A browser in which a user has signed in. Its failures are counted by themselves, so that a stranger who guesses at the account from
/// elsewhere cannot keep its owner out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBrowser {
    /// Digest of the user's id and the browser's cookie.
    pub digest: String,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Record for KnownBrowser {
    const KIND: &'static str = "known_browser";

    fn id(&self) -> String {
        self.digest.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
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
    /// The quiet after which half of the failures are forgotten.
    pub halving: Duration,
}

/// The longest wait for a letter: some two dozen come to one mailbox in a day, however many ask for them, and whoever waits for one that
/// strangers have asked for before still gets it on the same day.
const LETTER_DELAY_MAX: Duration = Duration::from_hours(2);

impl ThrottlePolicy {
    /// For letters to one account or address, where each one counts. Unlike failed sign-ins they cost somebody else's patience, and none
    /// is forgotten before a quiet day.
    pub fn of_letters(free: u32, delay: Duration) -> Self {
        Self {
            free,
            delay,
            delay_max: LETTER_DELAY_MAX.max(delay),
            halving: FORGOTTEN,
        }
    }

    /// The failures that still count: they halve with every `halving` of quiet, so that an office behind one address comes back.
    pub fn remembered(&self, throttle: &Throttle, now: Timestamp) -> u32 {
        let quiet = now.since(throttle.failed_at).as_secs() / self.halving.as_secs().max(1);
        u32::try_from(quiet)
            .ok()
            .and_then(|halvings| throttle.failures.checked_shr(halvings))
            .unwrap_or(0)
    }

    /// How long from `now` until the next attempt is heard.
    pub fn wait(&self, throttle: &Throttle, now: Timestamp) -> Duration {
        let Some(over) = throttle.failures.checked_sub(self.free.max(1)) else {
            return Duration::ZERO;
        };
        let delay = self
            .delay
            .saturating_mul(1u32.checked_shl(over.min(31)).unwrap_or(u32::MAX))
            .min(self.delay_max);
        // A clock that was set back must not make anybody wait for longer than the step.
        (throttle.failed_at + delay).since(now).min(delay)
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
            halving: Duration::from_mins(15),
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
        assert_eq!(wait(7, 0), 4, "the clock was set back");
    }

    #[test]
    fn failures_are_forgotten_by_halves() {
        let policy = ThrottlePolicy {
            free: 5,
            delay: Duration::from_secs(1),
            delay_max: Duration::from_secs(100),
            halving: Duration::from_secs(100),
        };
        let throttle = Throttle {
            key: String::new(),
            failures: 40,
            failed_at: Timestamp::from_unix(1000),
        };
        let cases = [
            (0, 40),
            (1000, 40),
            (1099, 40),
            (1100, 20),
            (1299, 10),
            (1600, 0),
            (1_000_000, 0),
        ];
        for (now, expected) in cases {
            assert_eq!(
                policy.remembered(&throttle, Timestamp::from_unix(now)),
                expected,
                "{now}"
            );
        }
    }

    /// Asks at every moment of some days, and counts the letters of each day.
    fn letters_of_days<const DAYS: usize>(policy: ThrottlePolicy) -> [u32; DAYS] {
        const DAY: i64 = 24 * 3600;
        let mut throttle = Throttle {
            key: String::new(),
            failures: 0,
            failed_at: Timestamp::from_unix(0),
        };
        let mut now = 0;
        let mut days = [0; DAYS];
        while let Some(day) = usize::try_from(now / DAY).ok().and_then(|day| days.get_mut(day)) {
            let at = Timestamp::from_unix(now);
            match policy.wait(&throttle, at).as_secs() {
                0 => {
                    throttle.failures = policy.remembered(&throttle, at) + 1;
                    throttle.failed_at = at;
                    *day += 1;
                }
                wait => now += i64::try_from(wait).unwrap(),
            }
        }
        days
    }

    #[test]
    fn some_two_dozen_letters_come_to_one_mailbox_in_a_day_however_many_are_asked_for() {
        let policy = ThrottlePolicy::of_letters(5, Duration::from_mins(1));
        assert_eq!(letters_of_days(policy), [22, 12, 12, 12]);
        let table = [
            (4, 0),
            (5, 60),
            (6, 120),
            (7, 240),
            (11, 3840),
            (12, 7200),
            (u32::MAX, 7200),
        ];
        for (failures, expected) in table {
            let throttle = Throttle {
                key: String::new(),
                failures,
                failed_at: Timestamp::from_unix(1000),
            };
            let wait = |now| policy.wait(&throttle, Timestamp::from_unix(now)).as_secs();
            assert_eq!((wait(1000), wait(1000 + 7200)), (expected, 0), "{failures}");
            let remembered = policy.remembered(&throttle, Timestamp::from_unix(1000 + 24 * 3600 - 1));
            assert_eq!(remembered, failures, "not before a quiet day");
            assert_eq!(throttle.expires_at(), Some(Timestamp::from_unix(1000 + 24 * 3600)));
        }
    }

    #[test]
    fn a_first_wait_beyond_the_longest_one_is_the_longest() {
        let policy = ThrottlePolicy::of_letters(1, Duration::from_hours(3));
        assert_eq!(policy.delay_max, Duration::from_hours(3));
    }
}

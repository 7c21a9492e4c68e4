//! The wall clock, and the one a test turns by hand. Every rule takes the moment as a parameter; whoever calls it asks here.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, UNIX_EPOCH},
};

use crate::protocol::Timestamp;

/// Tells the time in whole seconds, the resolution of every rule and every token.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock. A clock set before 1970 reads as the epoch.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the machine for the time"
        )]
        let since_epoch = std::time::SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_unix(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is told to move, for tests and benches.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.unix()))
    }

    /// Shows `now` from here on, which may lie in the past.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.unix(), Ordering::SeqCst);
    }

    /// Moves forward by the whole seconds of `by`.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_past_the_year_2025_and_does_not_run_backwards() {
        let first = SystemClock.now();
        assert!(first > Timestamp::from_unix(1_735_689_600));
        assert!(SystemClock.now() >= first);
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(Timestamp::from_unix(1_000));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_millis(2_900));
        assert_eq!(clock.now().unix(), 1_002);
        clock.set(Timestamp::from_unix(5));
        assert_eq!(clock.now().unix(), 5);
    }

    #[test]
    fn a_clock_can_be_shared_behind_a_trait_object() {
        let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(ManualClock::new(Timestamp::from_unix(7)));
        let elsewhere = std::thread::spawn({
            let clock = clock.clone();
            move || clock.now()
        });
        assert_eq!(elsewhere.join().unwrap(), clock.now());
    }
}

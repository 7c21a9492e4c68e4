//! Whether the writer can be trusted, seen from other threads.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// A group of commits that takes longer is stuck: sled 0.34 has been seen to deadlock, and disks to hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shared by the writer, which reports, and everybody else, who asks. Asking is what logs: no thread of its own
/// watches.
pub struct Health {
    origin: Instant,
    /// Milliseconds from `origin` to the begin of the group at work, plus one; 0 = none.
    busy_since: AtomicU64,
    failed: AtomicBool,
    told: AtomicBool,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
            busy_since: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            told: AtomicBool::new(false),
        }
    }
}

impl Health {
    /// A group begins.
    pub fn begin(&self) {
        self.busy_since.store(self.elapsed() + 1, Relaxed);
    }

    /// The group is answered.
    pub fn end(&self) {
        self.busy_since.store(0, Relaxed);
        self.told.store(false, Relaxed);
    }

    /// The writer has given up. There is no way back but a new start.
    pub fn fail(&self, reason: &str) {
        if !self.failed.swap(true, Relaxed) {
            tracing::error!(
                reason,
                "the store has failed: nothing more is written until the daemon is started again"
            );
        }
    }

    /// Whether commits can be expected to succeed.
    pub fn is_good(&self) -> bool {
        if self.failed.load(Relaxed) {
            return false;
        }
        let stuck = self.is_stuck(self.elapsed());
        if stuck && !self.told.swap(true, Relaxed) {
            tracing::error!(
                "the store has been writing the same commits for over {} s",
                PATIENCE.as_secs()
            );
        }
        !stuck
    }

    fn is_stuck(&self, elapsed: u64) -> bool {
        let since = self.busy_since.load(Relaxed);
        since != 0 && Duration::from_millis(elapsed.saturating_sub(since - 1)) > PATIENCE
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_writer_is_good_however_long_it_idles() {
        let health = Health::default();
        assert!(health.is_good());
        assert!(!health.is_stuck(u64::MAX));
    }

    #[test]
    fn a_group_that_takes_over_ten_seconds_is_stuck_until_it_ends() {
        let health = Health::default();
        health.begin();
        let begun = health.elapsed();
        assert!(health.is_good());
        assert!(!health.is_stuck(begun + 9_999));
        assert!(health.is_stuck(begun + 10_002));
        health.end();
        assert!(!health.is_stuck(begun + 10_002));
    }

    #[test]
    fn a_failed_writer_never_recovers() {
        let health = Health::default();
        health.fail("a test");
        health.begin();
        health.end();
        assert!(!health.is_good());
    }
}

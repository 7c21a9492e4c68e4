//! What the daemon does by itself: it sweeps what has expired and turns the key ring.

use super::{Idp, Result, signing::Wish};

/// How many expired records are removed at a time, so that a sweep never holds the writer for long.
const SWEEP: usize = 1000;

impl Idp {
    /// Removes what has expired; gives how many records left.
    pub async fn sweep(&self) -> Result<usize> {
        let mut removed = 0;
        loop {
            let batch = self.store.sweep(self.now(), SWEEP).await?;
            removed += batch;
            if batch < SWEEP {
                return Ok(removed);
            }
        }
    }

    /// Publishes, activates, retires and removes signing keys as the plan says.
    pub async fn turn_key_ring(&self) -> Result<()> {
        let turned = self.turn_keys(&Wish::Plan).await?;
        // Compared, not asked whether this round changed anything: an earlier one may have failed after its commit.
        let current = self.keys();
        if turned.keys.jwks_etag() != current.jwks_etag() || !turned.keys.active_kids().eq(current.active_kids()) {
            self.use_keys(turned.keys);
        }
        Ok(())
    }

    /// One round of everything; a failure is logged and the next round tries again.
    pub async fn housekeeping(&self) {
        match self.sweep().await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "expired records left the store"),
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the sweep failed"),
        }
        if let Err(error) = self.turn_key_ring().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the key ring could not be turned"
            );
        }
    }
}

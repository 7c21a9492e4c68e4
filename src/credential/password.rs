//! Passwords: what may be one, and their argon2id hashes (RFC 9106), computed on a bounded number of threads. Hashes that
//! other systems made are verified there as well.
//!
//! A password is normalized (Unicode NFKC, as NIST SP 800-63B asks) before it is hashed and before it is verified, so
//! that one password typed on two keyboards is one password.

mod breached;
mod foreign;
mod kept;
mod rules;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

use self::kept::Kept;
pub use self::{
    breached::{BreachedList, OpenError},
    kept::{ImportRefusal, importable, scheme},
    rules::Refusal,
};
use super::hasher::Hasher;
use crate::secret::Secret;

/// What one hash costs. The least that is accepted is the default: 19456 KiB, 2 iterations, 1 lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// `m`, in KiB.
    pub memory_kib: u32,
    /// `t`, passes over the memory.
    pub iterations: u32,
    /// `p`, lanes.
    pub parallelism: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
        }
    }
}

/// What can go wrong beside a wrong password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Parameters below the floor, or that argon2 does not know.
    #[error(
        "password hashing needs memory_kib >= 19456 (and >= 8 * parallelism), iterations >= 2 and parallelism >= 1"
    )]
    Params,
    /// Too many callers wait already: answer 503 or 429, do not queue.
    #[error("too many passwords are being checked")]
    Busy,
    /// The kept hash has no format that is known, or costs too much.
    #[error("the kept password hash cannot be read")]
    Unreadable,
    /// The list of breached passwords failed: it permits nothing then.
    #[error("the list of breached passwords cannot be read")]
    List(#[source] std::io::Error),
    /// argon2 or the thread failed.
    #[error("the password could not be hashed")]
    Failed,
}

/// The verdict on a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It is the password.
    Right {
        /// The hash was made with other parameters than today's: hash the password again and keep that.
        rehash: bool,
    },
    /// It is not, or there is no such user.
    Wrong,
}

/// How long the memory of a hash waits for the next one before it goes back to the system. Getting it anew costs more
/// than half as much as the hash itself, and a daemon at rest has no use for it.
const LINGER: Duration = Duration::from_secs(10);

/// Hashes and verifies passwords, on so many threads at once and no more. Needs a Tokio runtime with its timer.
#[derive(Debug)]
pub struct Passwords {
    desk: Arc<Desk>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
    breached: Option<Arc<BreachedList>>,
}

impl Passwords {
    /// `concurrency` hashes at once (0: one per core); `queue` callers may wait for their turn, further ones are
    /// refused.
    pub fn new(params: Params, concurrency: usize, queue: usize) -> Result<Self, Error> {
        let least = Params::default();
        let cheap = params.memory_kib < least.memory_kib || params.iterations < least.iterations;
        if cheap || params.parallelism < least.parallelism {
            return Err(Error::Params);
        }
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Self::unchecked(
            params,
            if concurrency == 0 { cores() } else { concurrency },
            queue,
            LINGER,
        )
    }

    fn unchecked(params: Params, concurrency: usize, queue: usize, linger: Duration) -> Result<Self, Error> {
        let desk = Desk {
            hasher: Hasher::new(params)?,
            hashes: AtomicU64::new(0),
            is_tidying: AtomicBool::new(false),
            linger,
        };
        let permits = Arc::new(Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS)));
        Ok(Self {
            desk: Arc::new(desk),
            permits,
            waiting: AtomicUsize::new(0),
            queue,
            breached: None,
        })
    }

    /// Refuses the passwords of a list from here on.
    #[must_use]
    pub fn refusing(self, breached: BreachedList) -> Self {
        Self {
            breached: Some(Arc::new(breached)),
            ..self
        }
    }

    /// Whether `password` may be chosen by somebody with these names: see [`Refusal`]. The inner error is for the person.
    pub async fn acceptable(&self, password: &Secret<String>, names: &[&str]) -> Result<Result<(), Refusal>, Error> {
        if let Err(refusal) = rules::acceptable(password.expose(), names) {
            return Ok(Err(refusal));
        }
        let Some(breached) = self.breached.clone() else {
            return Ok(Ok(()));
        };
        let password = password.clone();
        // Reads a file, a few dozen times.
        let task = tokio::task::spawn_blocking(move || breached.contains(&password));
        match task.await {
            Ok(Ok(true)) => Ok(Err(Refusal::Breached)),
            Ok(Ok(false)) => Ok(Ok(())),
            Ok(Err(source)) => Err(Error::List(source)),
            Err(_) => Err(Error::Failed),
        }
    }

    /// How many callers wait for their turn at this moment.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// The PHC string of `password` with a new salt. Does not ask whether it is [`acceptable`](Self::acceptable).
    pub async fn hash(&self, password: Secret<String>) -> Result<String, Error> {
        self.run(move |hasher| hasher.hash(&normal(&password))).await
    }

    /// Whether `password` is the one of a kept hash, ours or another system's. `None` stands for an unknown user: a hash is
    /// computed all the same, so that the time taken tells nobody which users exist.
    pub async fn verify(&self, password: Secret<String>, hash: Option<&str>) -> Result<Verified, Error> {
        let kept = hash.map(Kept::parse).transpose().map_err(|_| Error::Unreadable)?;
        self.run(move |hasher| kept::verify(hasher, &password, kept.as_ref()))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = self.permit().await?;
        let desk = Arc::clone(&self.desk);
        let task = tokio::task::spawn_blocking(move || {
            let done = work(&desk.hasher);
            desk.tidy_later();
            // Held until the work is done, also when the caller has given up: its core is not free before.
            drop(permit);
            done
        });
        task.await.map_err(|_| Error::Failed)?
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let enter = |waiting| (waiting < self.queue).then_some(waiting + 1);
        self.waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, enter)
            .map_err(|_| Error::Busy)?;
        let _place = Place(&self.waiting);
        Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| Error::Failed)
    }
}

/// A place in the queue. Left when the turn has come, and also when the caller gives up.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Where the work is done, and who tidies up when it is over.
#[derive(Debug)]
struct Desk {
    hasher: Hasher,
    hashes: AtomicU64,
    is_tidying: AtomicBool,
    linger: Duration,
}

impl Desk {
    /// Sees to it that the memory is freed once no hash has ended for [`LINGER`]. To be called after each hash.
    fn tidy_later(self: &Arc<Self>) {
        self.hashes.fetch_add(1, Ordering::SeqCst);
        if self.is_tidying.swap(true, Ordering::SeqCst) {
            return;
        }
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            let mut seen = 0;
            while seen != desk.hashes.load(Ordering::SeqCst) {
                seen = desk.hashes.load(Ordering::SeqCst);
                tokio::time::sleep(desk.linger).await;
            }
            // In this order: a hash that still finds the flag up has kept its memory before, so it is freed now; one
            // that finds it down starts the next tidying.
            desk.is_tidying.store(false, Ordering::SeqCst);
            desk.hasher.free_memory();
        });
    }
}

fn normal(password: &Secret<String>) -> Secret<String> {
    Secret::new(password.expose().nfkc().collect())
}

#[cfg(test)]
mod tests;

//! `[passwords]`: the cost of a password hash (argon2id, RFC 9106), and what may not be one.

use std::path::PathBuf;

use super::{one_per_core, reader::Reader};

/// The cost of a password hash. Existing hashes are renewed at the next login when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passwords {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Hashes computed at once as configured, 0 meaning one per core; see [`Passwords::concurrency_limit`].
    pub concurrency: usize,
    /// A local list of passwords that were stolen elsewhere; none when left out.
    pub breached_list: Option<PathBuf>,
}

impl Passwords {
    /// How many hashes may be computed at once, at least one.
    pub fn concurrency_limit(&self) -> usize {
        one_per_core(self.concurrency)
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let memory_kib = r.ranged(
            "memory_kib",
            19_456,
            19_456..=4_194_304,
            "Memory of one argon2id hash, in KiB. The least values are those that OWASP recommends; more is safer and slower.",
        );
        let iterations = r.ranged("iterations", 2, 2..=100, "Passes of one hash over its memory.");
        let parallelism = r.ranged("parallelism", 1, 1..=64, "Lanes of one hash.");
        let concurrency = r.ranged(
            "concurrency",
            0,
            0..=1024,
            "Hashes computed at once; further logins wait. Bounds memory: each takes \"memory_kib\". 0: one per core.",
        );
        let breached_list = r.option(
            "breached_list",
            None,
            "A file of stolen passwords that nobody may choose, as the Pwned Passwords downloader writes it: SHA-1 digests, \
             sorted, in one file. It is searched on this machine; nothing is sent anywhere. Empty: only the built-in list of \
             the most used passwords.",
        );
        Self {
            memory_kib,
            iterations,
            parallelism,
            concurrency,
            breached_list,
        }
    }
}

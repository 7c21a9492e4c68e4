//! The memory that argon2id fills: reused from one hash to the next, given back to the system at rest.

use std::sync::{Mutex, PoisonError};

use argon2::Block;

/// Blocks (KiB) to reserve for each hash at least. glibc raises the size above which it maps memory of its own, up to
/// 32 MiB, as soon as such memory is freed; after that a hash's 19 MiB would stay in the heap of an idle daemon. What
/// is reserved and not touched costs address space only.
const ALWAYS_MAPPED: usize = 33 * 1024;

/// Spare memory between one hash and the next.
#[derive(Debug, Default)]
pub(super) struct Spare(Mutex<Vec<Vec<Block>>>);

impl Spare {
    /// `blocks` blocks of whatever content: argon2 overwrites all of them.
    pub(super) fn take(&self, blocks: usize) -> Vec<Block> {
        let mut memory = self.lock().pop().unwrap_or_default();
        if memory.capacity() < blocks {
            memory = Vec::with_capacity(blocks.max(ALWAYS_MAPPED));
        }
        memory.resize(blocks, Block::new());
        memory
    }

    /// Keeps `memory` for the next hash.
    pub(super) fn keep(&self, memory: Vec<Block>) {
        self.lock().push(memory);
    }

    /// Gives all spare memory back to the system.
    pub(super) fn clear(&self) {
        drop(std::mem::take(&mut *self.lock()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_kept_is_taken_again() {
        let spare = Spare::default();
        let memory = spare.take(64);
        let place = memory.as_ptr();
        spare.keep(memory);
        let again = spare.take(48);
        assert_eq!((again.as_ptr(), again.len(), spare.len()), (place, 48, 0));
    }

    #[test]
    fn memory_that_is_too_small_is_replaced() {
        let spare = Spare::default();
        spare.keep(Vec::with_capacity(8));
        assert_eq!(spare.take(ALWAYS_MAPPED + 1).len(), ALWAYS_MAPPED + 1);
        assert_eq!(spare.len(), 0);
    }

    #[test]
    fn clearing_leaves_nothing() {
        let spare = Spare::default();
        spare.keep(spare.take(8));
        spare.clear();
        assert_eq!(spare.len(), 0);
    }
}

//! Signatures that were found right: a backend asks about the same access token again and again, and the answer of the arithmetic
//! does not change. What the token is worth by now is another question, and asked each time.

use std::{
    collections::HashSet,
    mem,
    sync::{Mutex, PoisonError},
};

use openssl::sha::sha256;

/// How many tokens one generation remembers, 32 bytes each. There are two.
const GENERATION: usize = 8192;

/// The digests of whole tokens whose signature was right. It lives and dies with its key set, so a key that is withdrawn takes
/// its tokens along.
#[derive(Debug, Default)]
pub(super) struct Verified(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashSet<[u8; 32]>,
    old: HashSet<[u8; 32]>,
}

impl Verified {
    /// Whether the token's signature is right: remembered, or found by `verify`.
    pub fn or_else(&self, token: &str, verify: impl FnOnce() -> bool) -> bool {
        let digest = sha256(token.as_bytes());
        if self.has(&digest) {
            return true;
        }
        // Not under the lock: others need not wait for the arithmetic.
        let is_right = verify();
        if is_right {
            self.add(digest);
        }
        is_right
    }

    fn has(&self, digest: &[u8; 32]) -> bool {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.contains(digest) {
            return true;
        }
        let found = generations.old.remove(digest);
        if found {
            generations.add(*digest);
        }
        found
    }

    fn add(&self, digest: [u8; 32]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(digest);
    }
}

impl Generations {
    /// When the younger generation is full it becomes the older one, and the older one is forgotten.
    fn add(&mut self, digest: [u8; 32]) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_signature_is_found_once_and_a_wrong_one_each_time() {
        let verified = Verified::default();
        assert!(verified.or_else("right", || true));
        assert!(verified.or_else("right", || unreachable!("it is remembered")));
        let mut asked = 0;
        for _ in 0..2 {
            assert!(!verified.or_else("wrong", || {
                asked += 1;
                false
            }));
        }
        assert_eq!(asked, 2);
    }

    #[test]
    fn a_token_with_one_byte_changed_is_another_token() {
        let verified = Verified::default();
        assert!(verified.or_else("a.b.c", || true));
        for other in ["a.b.d", "a.b.c ", "a.b.", "A.b.c", ""] {
            assert!(!verified.or_else(other, || false), "{other}");
        }
    }

    #[test]
    fn it_is_bounded_and_what_is_used_stays() {
        let verified = Verified::default();
        assert!(verified.or_else("used", || true));
        for number in 0..3 * GENERATION {
            assert!(verified.or_else(&number.to_string(), || true));
            if number % 1000 == 0 {
                assert!(verified.or_else("used", || unreachable!("it is used all the time")));
            }
        }
        let generations = verified.0.lock().unwrap();
        assert!(generations.young.len() <= GENERATION && generations.old.len() <= GENERATION);
    }
}

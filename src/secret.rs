//! The one source of randomness, digests, and a wrapper that keeps secrets out of logs.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// A value that must not be printed: its `Debug` shows nothing of it. Read it with [`Secret::expose`], knowingly.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Each call is a place to check that it does not reach a log, an error or a URL.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// `N` bytes from the operating system.
///
/// Aborts when the operating system cannot give any: nothing this daemon does is safe then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one source of randomness")]
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A bearer secret: 256 random bits in base64url, 43 characters (RFC 6749, 10.10).
pub fn random() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// An identifier that is not a secret: 128 random bits, less a few that a command line would take for an option, in base64url,
/// 22 characters.
pub fn random_id() -> String {
    loop {
        let id = URL_SAFE_NO_PAD.encode(random_bytes::<16>());
        if !id.starts_with('-') {
            return id;
        }
    }
}

/// SHA-256 in base64url, 43 characters: how bearer secrets are kept and keyed.
pub fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(secret.as_bytes()))
}

/// HMAC-SHA-256 (RFC 2104) in base64url, 43 characters: a name that nobody can work out, or work back, without the key.
pub fn keyed_digest(key: &[u8; 32], message: &str) -> String {
    let padded = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let hashed = |padded: [u8; 64], message: &[u8]| {
        let mut hash = openssl::sha::Sha256::new();
        hash.update(&padded);
        hash.update(message);
        hash.finish()
    };
    let inner = hashed(padded(0x36), message.as_bytes());
    URL_SAFE_NO_PAD.encode(hashed(padded(0x5c), &inner))
}

/// Compares without telling by its duration where two values differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && openssl::memcmp::eq(a.as_bytes(), b.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_digest_is_the_hmac_of_rfc_4231() {
        // RFC 4231, 4.2; HMAC fills a short key up with zeros.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let expected = "sDRMYdjbOFNcqK_OrwvxK4gdwgDJgz2nJuk3bC4yz_c";
        assert_eq!(keyed_digest(&key, "Hi There"), expected);
        assert_ne!(keyed_digest(&key, "Hi there"), expected);
        assert_ne!(keyed_digest(&[0; 32], "Hi There"), expected);
    }

    #[test]
    fn what_is_random_is_long_enough_and_never_an_option_of_a_command_line() {
        assert_eq!((random().len(), random_id().len()), (43, 22));
        assert!((0..1000).all(|_| !random_id().starts_with('-')));
        assert!(same(&digest("a"), &digest("a")) && !same(&digest("a"), &digest("b")) && !same("a", "ab"));
    }
}

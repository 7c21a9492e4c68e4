//! A person's authenticator app (RFC 6238): SHA-1, six digits, 30 seconds.

use std::fmt::Write;

use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};

use super::{Page, scene::unix_now};

/// An app that was given a key.
pub struct AuthenticatorApp {
    key: Vec<u8>,
}

impl AuthenticatorApp {
    /// Reads the key that a page shows for typing.
    pub fn typed_from(page: &Page) -> Self {
        Self::of(&page.text("authenticator-key").expect("a key"))
    }

    /// Reads a key in base32, in groups or not.
    pub fn of(text: &str) -> Self {
        let mut bits = String::new();
        for letter in text.chars().filter(|c| !c.is_whitespace()) {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
            write!(bits, "{value:05b}").expect("written");
        }
        let bytes = bits.as_bytes().chunks_exact(8);
        let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).expect("bits"), 2).expect("a byte");
        Self {
            key: bytes.map(byte).collect(),
        }
    }

    /// The code of this moment.
    pub fn code(&self) -> String {
        self.code_in(0)
    }

    /// The code that is shown so many steps from now.
    pub fn code_in(&self, steps: u64) -> String {
        let step = unix_now() / 30 + steps;
        let key = PKey::hmac(&self.key).expect("a key");
        let mut signer = Signer::new(MessageDigest::sha1(), &key).expect("a signer");
        let mac = signer.sign_oneshot_to_vec(&step.to_be_bytes()).expect("a MAC");
        let at = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]]);
        format!("{:06}", number % 1_000_000)
    }
}

//! An authenticator app on a person's phone (RFC 6238).

use std::sync::atomic::{AtomicU64, Ordering};

use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};

use super::{
    Daemon, Page,
    scene::{clock_shows, unix_now},
};

const STEP: u64 = 30;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One account in it.
pub struct AuthenticatorApp {
    secret: Vec<u8>,
    last: AtomicU64,
}

impl AuthenticatorApp {
    /// Shares this secret, in base32.
    pub fn of(base32: &str) -> Self {
        let value = |letter| ALPHABET.iter().position(|it| *it == letter).expect("base32");
        let groups: Vec<String> = base32
            .bytes()
            .filter(|letter| !letter.is_ascii_whitespace())
            .map(|letter| format!("{:05b}", value(letter)))
            .collect();
        let bits = groups.concat();
        let byte = |at: usize| u8::from_str_radix(&bits[at..at + 8], 2).expect("bits");
        Self {
            secret: (0..bits.len() / 8).map(|at| byte(at * 8)).collect(),
            last: AtomicU64::new(0),
        }
    }

    /// That of a user, as another system has set it up.
    pub fn imported(daemon: &Daemon, username: &str) -> Self {
        let letter = |at: usize| char::from(ALPHABET[(at * 7 + username.len()) % 32]);
        let secret: String = (0..32).map(letter).collect();
        daemon.cli_with(&["user", "import-authenticator", username, "--secret-stdin"], &secret);
        Self::of(&secret)
    }

    /// A code that was not shown before. The next one is good already, so that the second is seldom waited for.
    pub async fn code(&self) -> String {
        let step = (unix_now() / STEP).max(self.last.load(Ordering::Relaxed) + 1);
        self.last.store(step, Ordering::Relaxed);
        clock_shows((step - 1) * STEP).await;
        self.at(step)
    }

    /// Reads the key that a page shows for typing, in groups.
    pub fn typed_from(page: &Page) -> Self {
        Self::of(&page.text("authenticator-key").expect("a key"))
    }

    /// What it shows at this moment, shown before or not.
    pub fn shown(&self) -> String {
        self.shown_in(0)
    }

    /// What it shows so many half minutes from now.
    pub fn shown_in(&self, steps: u64) -> String {
        self.at(unix_now() / STEP + steps)
    }

    /// The code of a half minute.
    fn at(&self, step: u64) -> String {
        let key = PKey::hmac(&self.secret).expect("a key");
        let mut signer = Signer::new(MessageDigest::sha1(), &key).expect("a signer");
        let mac = signer.sign_oneshot_to_vec(&step.to_be_bytes()).expect("a MAC");
        let offset = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[offset..offset + 4].try_into().expect("four")) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

//! Floor 2: what an end-user proves themselves with.

mod hasher;
mod memory;
pub mod passkey;
pub mod password;
pub mod qr_code;
pub mod recovery_code;
pub mod totp;

use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, sign::Signer};

/// HMAC (RFC 2104).
fn hmac(digest: MessageDigest, key: &[u8], message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Signer::new(digest, &*PKey::hmac(key)?)?.sign_oneshot_to_vec(message)
}

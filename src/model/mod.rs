//! Floor 1: what is kept. One record kind per file: a protocol value, an identity and a lifetime.

pub mod assertion;
pub mod audit;
pub mod client;
pub mod factor;
pub mod grant;
pub mod interaction;
pub mod mail;
pub mod organization;
pub mod outbox;
pub mod passkey;
pub mod recovery_code;
pub mod registration;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod sign_up;
pub mod signing_key;
pub mod throttle;
pub mod totp;
pub mod user;

use serde::{Serialize, de::DeserializeOwned};

use crate::protocol::Timestamp;

/// Something the store keeps. A new kind is one struct and one impl: no engine and no migration is touched.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The first segment of the record's key, for example `user`.
    const KIND: &'static str;

    /// Whether it is read much more often than written: then the store need not parse it anew each time.
    const READ_OFTEN: bool = false;

    /// The record's identity within its kind. Never changes during its life.
    fn id(&self) -> String;

    /// `(name, value)` pairs that no two live records of the kind may share, for example `("email", "alice@example.com")`.
    fn unique(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// `(name, value)` pairs under which the record can be listed, for example `("user", user_id)`.
    fn index(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// When the record may leave the store by itself. Past this moment it reads as absent.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

//! The one-time link with which the first administrator is made.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::Timestamp;

/// There is at most one: the record's identity is fixed, so a new link replaces the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupLink {
    /// `secret::digest` of the token in the link.
    pub token_digest: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl SetupLink {
    /// The identity of the only one.
    pub const ID: &'static str = "setup";
}

impl Record for SetupLink {
    const KIND: &'static str = "setup_link";

    fn id(&self) -> String {
        Self::ID.to_owned()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

//! A browser's session at the provider.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::{Timestamp, id_token::Authentication};

/// A session. The cookie is a bearer secret, so the record is keyed by its digest; `sid` is the name that tokens tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `secret::digest` of the cookie.
    pub cookie_digest: String,
    /// The session's public name; never used again for another session.
    pub sid: String,
    /// Who is signed in.
    pub user_id: String,
    /// The user's epoch when it began.
    #[serde(default)]
    pub epoch: u64,
    /// How and when the user signed in last.
    pub authentication: Authentication,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Record for Session {
    const KIND: &'static str = "session";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.cookie_digest.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("sid", self.sid.clone())]
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("user", self.user_id.clone())]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

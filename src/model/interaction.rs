//! An authorization request that waits for its end-user.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::{Timestamp, authorize::AuthorizationRequest};

/// How long after its end an interaction can still be started again from what it asked.
const RESTARTABLE: Duration = Duration::from_hours(24);

/// A pending request and what has been done for it. Bound to one browser by a cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// Stands in the URL of the pages.
    pub id: String,
    /// `secret::digest` of the browser's cookie: nobody else can go on with it.
    pub browser_digest: String,
    /// What was asked.
    pub request: AuthorizationRequest,
    /// The parameters that counted, a request object opened, to start again with.
    pub query: String,
    /// The session in which the end-user authenticated for this request.
    #[serde(default)]
    pub login: Option<String>,
    /// The session that the end-user chose to go on with.
    #[serde(default)]
    pub account: Option<String>,
    /// Whether a code or an error has been sent to the client.
    #[serde(default)]
    pub finished: bool,
    /// When it can no longer be gone on with.
    pub usable_until: Timestamp,
}

impl Interaction {
    /// Whether the browser may go on with it; if not, the request starts again.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        !self.finished && now < self.usable_until
    }
}

impl Record for Interaction {
    const KIND: &'static str = "interaction";

    fn id(&self) -> String {
        self.id.clone()
    }

    /// It outlives its use by a day, so that a page left open overnight begins again instead of stranding its reader.
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.usable_until + RESTARTABLE)
    }
}

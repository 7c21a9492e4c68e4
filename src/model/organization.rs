//! Organizations: the tenants of the applications.

use serde::{Deserialize, Serialize};

use super::{Record, user::canonical};
use crate::protocol::Timestamp;

/// An organization; who is in it stands on the users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// The value of `tenant_id`.
    pub id: String,
    /// Shown to people; unique.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Record for Organization {
    const KIND: &'static str = "organization";
    const READ_OFTEN: bool = true;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("name", canonical(&self.name))]
    }
}

//! Organizations: the tenants of the applications.

use serde::{Deserialize, Serialize};

use super::{Record, user::canonical};
use crate::protocol::{Timestamp, client::policy::SignInPolicy};

/// An organization; who is in it stands on the users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// The value of `tenant_id`.
    pub id: String,
    /// Shown to people; unique.
    pub name: String,
    /// How good the sign-ins of its members have to be at least.
    #[serde(default)]
    pub sign_in_policy: SignInPolicy,
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

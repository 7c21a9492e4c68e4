//! Accounts that do not exist yet: those that somebody asked for and whose address is not proven, and those that people are invited to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Record, user::Membership};
use crate::{
    protocol::{Timestamp, claims::email::EmailAddress},
    secret::Secret,
};

/// What somebody typed into the form of a new account. It is nobody's account, and holds no name or address for itself, until its link
/// is used; unused, it goes by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingSignUp {
    /// Made up; the subject of its link.
    pub id: String,
    /// `secret::digest` of the cookie of the browser in which it began.
    pub browser_digest: String,
    /// The interaction that waits for the person, at that browser.
    #[serde(default)]
    pub interaction: Option<String>,
    /// The username that is wanted.
    pub username: String,
    /// The address to be proven.
    pub email: EmailAddress,
    /// The password, as it will be kept.
    pub password_hash: Secret<String>,
    /// Standard claims and profile attributes, by their claim names.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// The tag of the language that the person was spoken to in.
    pub language: String,
    /// The terms that were agreed to.
    #[serde(default)]
    pub terms: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it goes.
    pub expires_at: Timestamp,
}

impl Record for PendingSignUp {
    const KIND: &'static str = "sign_up";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// An invitation. Its link is bound to the address; using it or revoking it deletes both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Made up; the subject of its link.
    pub id: String,
    /// Whose it is, and nobody else's.
    pub email: EmailAddress,
    /// The role of the new account; the default role when absent.
    #[serde(default)]
    pub role: Option<String>,
    /// What the account will be a member of.
    #[serde(default)]
    pub membership: Option<Membership>,
    /// The user who invites; an operator when absent.
    #[serde(default)]
    pub invited_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl Record for Invitation {
    const KIND: &'static str = "invitation";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_waits_holds_no_name_and_no_address_and_goes_by_itself() {
        let pending: PendingSignUp = serde_json::from_value(json!({
            "id": "p1", "browser_digest": "d", "username": "alice", "email": "alice@example.com", "password_hash": "h",
            "language": "en", "created_at": 1, "expires_at": 2,
        }))
        .unwrap();
        assert!(pending.unique().is_empty() && pending.index().is_empty());
        assert_eq!(pending.expires_at(), Some(Timestamp::from_unix(2)));
        assert!(!format!("{pending:?}").contains("\"h\""), "the hash is not for logs");
    }

    #[test]
    fn an_invitation_of_an_earlier_release_is_read() {
        let invitation: Invitation =
            serde_json::from_value(json!({"id": "i1", "email": "a@example.com", "created_at": 1, "expires_at": 2}))
                .unwrap();
        assert_eq!((invitation.role.clone(), invitation.invited_by.clone()), (None, None));
        assert_eq!(invitation.expires_at(), Some(Timestamp::from_unix(2)));
    }
}

//! A person's authenticator app (RFC 6238).

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::Timestamp;

/// The secret that a person's app shares with us. One per person: another app takes the place of the former.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// Whose it is.
    pub user_id: String,
    /// 160 bits, sealed by the master key.
    pub sealed_secret: String,
    /// The last time step of which a code was used: that one and earlier ones are spent.
    pub last_step: u64,
    /// When the first code confirmed it.
    pub created_at: Timestamp,
    /// When a code was used last, the first one aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

impl Record for Totp {
    const KIND: &'static str = "totp";

    fn id(&self) -> String {
        self.user_id.clone()
    }
}

/// A secret that was shown and waits for the first code of the app that took it. Beginning again replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpEnrolment {
    /// Whose it is.
    pub user_id: String,
    /// 160 bits, sealed by the master key for this purpose only.
    pub sealed_secret: String,
    /// The session in which it was begun: nobody else's secret is confirmed by the owner's app.
    #[serde(default)]
    pub sid: Option<String>,
    /// The user's epoch then.
    #[serde(default)]
    pub epoch: u64,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Record for TotpEnrolment {
    const KIND: &'static str = "totp_enrolment";

    fn id(&self) -> String {
        self.user_id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_from_before_there_was_a_last_use_is_read() {
        let read: Totp =
            serde_json::from_str(r#"{"user_id":"u1","sealed_secret":"s","last_step":7,"created_at":1}"#).unwrap();
        assert_eq!((read.last_step, read.used_at, read.id()), (7, None, "u1".to_owned()));
        let json = serde_json::to_value(&read).unwrap();
        assert_eq!(serde_json::from_value::<Totp>(json).unwrap(), read);
    }

    #[test]
    fn what_was_begun_ends_by_itself_and_an_app_does_not() {
        let begun = TotpEnrolment {
            user_id: "u1".to_owned(),
            sealed_secret: "s".to_owned(),
            sid: None,
            epoch: 0,
            expires_at: Timestamp::from_unix(9),
        };
        assert_eq!(Record::expires_at(&begun), Some(Timestamp::from_unix(9)));
        assert_ne!(Totp::KIND, TotpEnrolment::KIND);
    }
}

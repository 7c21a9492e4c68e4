//! Letters to people, and the one-time links in them.

use serde::{Deserialize, Serialize};

use super::{Record, user::canonical};
use crate::protocol::{Timestamp, claims::email::EmailAddress};

/// A letter: what it says, never a secret. The link of a letter is named by the id of its [`Link`]; what makes it work is derived when
/// the letter is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Asks the person to prove an address.
    VerifyEmail {
        /// The link.
        link: String,
    },
    /// Lets the person choose a new password.
    ResetPassword {
        /// The link.
        link: String,
    },
    /// Asks the person to prove the address of an account that does not exist yet.
    ConfirmSignUp {
        /// The link.
        link: String,
    },
    /// Invites somebody to have an account.
    Invitation {
        /// The link.
        link: String,
        /// The name of the organization to join, when it is one.
        #[serde(default)]
        organization: Option<String>,
    },
    /// Somebody wanted an account with an address that has one already.
    AccountExists,
    /// Somebody wanted to change their address to this one, which belongs to this account.
    AddressTaken,
    /// A sign-in from a browser that this person has not used before.
    NewSignIn {
        /// What kind of browser it says it is.
        browser: Option<String>,
        /// The network address it came from.
        address: String,
        /// When.
        at: Timestamp,
    },
    /// A way in has changed.
    FactorChanged {
        /// Which, and how.
        what: FactorChange,
        /// When.
        at: Timestamp,
    },
}

/// How a way in has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// The password is another one.
    PasswordChanged,
    /// There is none any more.
    PasswordRemoved,
    /// There is a passkey more.
    PasskeyAdded,
    /// There is a passkey less.
    PasskeyRemoved,
    /// An authenticator app gives codes.
    TotpAdded,
    /// It does no longer.
    TotpRemoved,
    /// There are new recovery codes.
    RecoveryCodesMade,
    /// There are none any more.
    RecoveryCodesRemoved,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Another address was asked for; this one stays until that one is proven.
    EmailChangeAsked,
    /// Letters go to another address from now on.
    EmailChanged,
}

impl FactorChange {
    /// The word for it in ids of messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PasswordRemoved => "password-removed",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::TotpAdded => "totp-added",
            Self::TotpRemoved => "totp-removed",
            Self::RecoveryCodesMade => "recovery-codes-made",
            Self::RecoveryCodesRemoved => "recovery-codes-removed",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::EmailChangeAsked => "email-change-asked",
            Self::EmailChanged => "email-changed",
        }
    }

    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::PasswordChanged,
        Self::PasswordRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::TotpAdded,
        Self::TotpRemoved,
        Self::RecoveryCodesMade,
        Self::RecoveryCodesRemoved,
        Self::RecoveryCodeUsed,
        Self::EmailChangeAsked,
        Self::EmailChanged,
    ];
}

impl Letter {
    /// The word for its kind in logs, audit events and ids of messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify-email",
            Self::ResetPassword { .. } => "reset-password",
            Self::ConfirmSignUp { .. } => "confirm-sign-up",
            Self::Invitation { .. } => "invitation",
            Self::AccountExists => "account-exists",
            Self::AddressTaken => "address-taken",
            Self::NewSignIn { .. } => "new-sign-in",
            Self::FactorChanged { .. } => "factor-changed",
        }
    }

    /// The id of its link, when there is one in it.
    pub fn link(&self) -> Option<&str> {
        match self {
            Self::VerifyEmail { link }
            | Self::ResetPassword { link }
            | Self::ConfirmSignUp { link }
            | Self::Invitation { link, .. } => Some(link),
            _ => None,
        }
    }
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To prove the address of an account, or the one it is to have.
    VerifyEmail,
    /// To choose a new password.
    ResetPassword,
    /// To prove the address of an account that does not exist yet.
    ConfirmSignUp,
    /// To have an account at all.
    Invitation,
}

impl Purpose {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::ConfirmSignUp => "confirm_sign_up",
            Self::Invitation => "invitation",
        }
    }
}

/// A one-time link, without what makes it work. The commit that spends it deletes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The public half of its token.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The user, or whatever else it is about: there is one link at a time for each purpose and subject.
    pub subject: String,
    /// The address that the letter goes to, which using it proves; absent when an operator hands it over.
    #[serde(default)]
    pub address: Option<EmailAddress>,
    /// The address that the account had, as it was written, when the link was made.
    #[serde(default)]
    pub former: Option<String>,
    /// The epoch of the user in which alone it works; in any when absent.
    #[serde(default)]
    pub epoch: Option<u64>,
    /// The first moment at which it no longer works.
    pub expires_at: Timestamp,
}

impl Link {
    /// The name of its uniqueness.
    pub const LIVE: &'static str = "live";

    /// Under what the link of a subject can be found.
    pub fn live(purpose: Purpose, subject: &str) -> String {
        format!("{}/{subject}", purpose.as_str())
    }

    /// Whether using it shows that an address is read by whom it belongs to.
    pub fn proves(&self, address: Option<&str>) -> bool {
        match (&self.address, address) {
            (Some(own), Some(address)) => canonical(&own.to_string()) == canonical(address),
            _ => false,
        }
    }

    /// Everything that its token is bound to, one on each line; none of them can hold a line break.
    pub fn bound(&self) -> String {
        let epoch = self.epoch.map_or_else(String::new, |epoch| epoch.to_string());
        let former = self.former.as_deref().unwrap_or_default().replace('\n', " ");
        let expires_at = self.expires_at.unix();
        let Self {
            id, subject, address, ..
        } = self;
        let address = address.as_ref().map(ToString::to_string).unwrap_or_default();
        let purpose = self.purpose.as_str();
        format!("{purpose}\n{id}\n{subject}\n{address}\n{former}\n{epoch}\n{expires_at}")
    }
}

impl Record for Link {
    const KIND: &'static str = "link";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![(Self::LIVE, Self::live(self.purpose, &self.subject))]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Says that a user has signed in before: the first sign-in is no news to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquaintance {
    /// Who.
    pub user_id: String,
    /// Since when.
    pub since: Timestamp,
}

impl Record for Acquaintance {
    const KIND: &'static str = "acquaintance";

    fn id(&self) -> String {
        self.user_id.clone()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn link() -> Link {
        Link {
            id: "l1".to_owned(),
            purpose: Purpose::VerifyEmail,
            subject: "u1".to_owned(),
            address: EmailAddress::parse("alice@example.com").ok(),
            former: Some("old@example.com".to_owned()),
            epoch: Some(3),
            expires_at: Timestamp::from_unix(1000),
        }
    }

    #[test]
    fn a_letter_is_kept_in_words_and_holds_no_secret() {
        let letter = Letter::FactorChanged {
            what: FactorChange::TotpAdded,
            at: Timestamp::from_unix(5),
        };
        let kept = serde_json::to_value(&letter).unwrap();
        assert_eq!(kept, json!({"letter": "factor_changed", "what": "totp_added", "at": 5}));
        assert_eq!(serde_json::from_value::<Letter>(kept).unwrap(), letter);
        let reset = Letter::ResetPassword { link: "l1".to_owned() };
        assert_eq!(
            serde_json::to_value(&reset).unwrap(),
            json!({"letter": "reset_password", "link": "l1"})
        );
        assert_eq!((reset.link(), letter.link()), (Some("l1"), None));
    }

    #[test]
    fn a_token_is_bound_to_every_member_of_its_link() {
        let bound = link().bound();
        let others = [
            Link {
                id: "l2".to_owned(),
                ..link()
            },
            Link {
                purpose: Purpose::ResetPassword,
                ..link()
            },
            Link {
                subject: "u2".to_owned(),
                ..link()
            },
            Link {
                address: EmailAddress::parse("bob@example.com").ok(),
                ..link()
            },
            Link {
                address: None,
                ..link()
            },
            Link { former: None, ..link() },
            Link { epoch: None, ..link() },
            Link {
                epoch: Some(4),
                ..link()
            },
            Link {
                expires_at: Timestamp::from_unix(1001),
                ..link()
            },
        ];
        for other in others {
            assert_ne!(other.bound(), bound, "{other:?}");
        }
        assert_eq!(link().bound(), bound);
    }

    #[test]
    fn a_link_proves_the_address_it_was_sent_to_and_no_other() {
        assert!(link().proves(Some("Alice@Example.com")));
        assert!(!link().proves(Some("bob@example.com")) && !link().proves(None));
        let printed = Link {
            address: None,
            ..link()
        };
        assert!(!printed.proves(Some("alice@example.com")) && !printed.proves(None));
    }

    #[test]
    fn there_is_one_link_for_each_purpose_and_subject() {
        let reset = Link {
            purpose: Purpose::ResetPassword,
            ..link()
        };
        assert_eq!(link().unique(), [("live", "verify_email/u1".to_owned())]);
        assert_ne!(reset.unique(), link().unique());
        assert_eq!(link().expires_at(), Some(Timestamp::from_unix(1000)));
    }
}

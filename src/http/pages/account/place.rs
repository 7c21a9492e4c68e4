//! The pages of the account, by words that a URL or a form may bring back. Where a person goes on is always ours to know: a word that
//! is not in this list leads nowhere.

use crate::http::{Site, routes};

/// A page of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everything at a glance.
    Overview,
    /// Who the person is.
    Profile,
    /// The address for letters.
    Email,
    /// The password.
    Password,
    /// The passkeys.
    Passkeys,
    /// The authenticator app.
    Authenticator,
    /// The recovery codes.
    RecoveryCodes,
    /// Where the person is signed in.
    Sessions,
    /// The applications that may use the account.
    Applications,
    /// What happened lately.
    Activity,
    /// A copy of everything.
    Export,
    /// The end of it.
    Delete,
}

impl Place {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 12] = [
        Self::Overview,
        Self::Profile,
        Self::Email,
        Self::Password,
        Self::Passkeys,
        Self::Authenticator,
        Self::RecoveryCodes,
        Self::Sessions,
        Self::Applications,
        Self::Activity,
        Self::Export,
        Self::Delete,
    ];

    /// The word for it in `to`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overview => "account",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Password => "password",
            Self::Passkeys => "passkeys",
            Self::Authenticator => "authenticator",
            Self::RecoveryCodes => "recovery-codes",
            Self::Sessions => "sessions",
            Self::Applications => "apps",
            Self::Activity => "activity",
            Self::Export => "export",
            Self::Delete => "delete",
        }
    }

    /// The page of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.word() == word)
    }

    /// Its path under the issuer.
    pub const fn route(self) -> &'static str {
        match self {
            Self::Overview => routes::ACCOUNT,
            Self::Profile => routes::PROFILE,
            Self::Email => routes::ACCOUNT_EMAIL,
            Self::Password => routes::PASSWORD,
            Self::Passkeys => routes::PASSKEYS,
            Self::Authenticator => routes::AUTHENTICATOR,
            Self::RecoveryCodes => routes::RECOVERY_CODES,
            Self::Sessions => routes::SESSIONS,
            Self::Applications => routes::APPLICATIONS,
            Self::Activity => routes::ACTIVITY,
            Self::Export => routes::EXPORT,
            Self::Delete => routes::DELETE,
        }
    }

    /// What the menu calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "account-menu-overview",
            Self::Profile => "account-menu-profile",
            Self::Email => "account-menu-email",
            Self::Password => "account-menu-password",
            Self::Passkeys => "account-menu-passkeys",
            Self::Authenticator => "account-menu-authenticator",
            Self::RecoveryCodes => "account-menu-recovery-codes",
            Self::Sessions => "account-menu-sessions",
            Self::Applications => "account-menu-applications",
            Self::Activity => "account-menu-activity",
            Self::Export => "account-menu-export",
            Self::Delete => "account-menu-delete",
        }
    }

    /// Whether there is such a page here.
    pub fn is_open(self, site: &Site) -> bool {
        match self {
            Self::Passkeys => site.idp.has_passkeys(),
            Self::Delete => site.idp.config().users.self_delete,
            _ => true,
        }
    }

    /// The path of it.
    pub fn path(self, site: &Site) -> String {
        site.path(self.route())
    }

    /// The sign-in page that leads back to it.
    pub fn sign_in(self, site: &Site) -> String {
        format!("{}?to={}", site.path(routes::LOGIN), self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_word_a_path_and_a_title_of_its_own() {
        for (at, place) in Place::ALL.into_iter().enumerate() {
            assert_eq!(Place::of_word(place.word()), Some(place));
            for other in &Place::ALL[at + 1..] {
                assert_ne!(place.route(), other.route());
                assert_ne!(place.title(), other.title());
            }
            assert!(place.route().starts_with("/account"), "{place:?}");
        }
    }

    #[test]
    fn no_word_leads_elsewhere() {
        for word in [
            "",
            "/",
            "//evil.example",
            "https://evil.example",
            "Account",
            "account/../x",
            "home",
        ] {
            assert_eq!(Place::of_word(word), None, "{word}");
        }
    }
}

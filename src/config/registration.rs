//! `[registration]`: whether clients may register themselves (RFC 7591).

use std::time::Duration;

use super::{
    network::Network,
    reader::Reader,
    setting::{Setting, days, print_word, word},
    source::Value,
};
use crate::protocol::{discovery::STANDARD_SCOPES, scope::Scope};

/// Whether clients may register themselves, and what they may have then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who may register.
    pub mode: RegistrationMode,
    /// What such a client may ask of its end-users.
    pub scopes: Scope,
    /// Whether a confidential one needs PKCE, too. A public one always does.
    pub require_pkce: bool,
    /// Registrations from one address within an hour.
    pub per_address: u32,
    /// Addresses that have no such limit.
    pub exempt: Vec<Network>,
    /// When a client leaves that nobody has ever signed in to; never when absent.
    pub unused_lifetime: Option<Duration>,
}

/// Who may register a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// The operator alone; the endpoints are not there.
    Closed,
    /// Who has an initial access token.
    Token,
    /// Anybody.
    Open,
}

const MODES: [(&str, RegistrationMode); 3] = [
    ("closed", RegistrationMode::Closed),
    ("token", RegistrationMode::Token),
    ("open", RegistrationMode::Open),
];

impl Setting for RegistrationMode {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&MODES, value)
    }

    fn print(&self) -> String {
        print_word(&MODES, *self)
    }
}

impl Registration {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let mode = r.option(
            "mode",
            RegistrationMode::Closed,
            "Who may register a client: \"closed\" (operators alone), \"token\" (who has a token of `avouch client \
             registration-token new`), or \"open\" (anybody).",
        );
        let scopes = r.checked(
            "scopes",
            STANDARD_SCOPES.map(str::to_owned).to_vec(),
            "What such a client may ask of its end-users, and gets when it names no scope. They are always asked for consent.",
            |words| match Scope::parse(&words.join(" ")) {
                Ok(scope) if scope.iter().count() == words.len() => Ok(()),
                _ => Err("expected different words without spaces (RFC 6749, 3.3)".to_owned()),
            },
        );
        let require_pkce = r.option(
            "require_pkce",
            false,
            "Whether a confidential client that registers itself needs PKCE, which some libraries do not know. A public one \
             always does.",
        );
        let per_address = r.ranged(
            "per_address",
            60,
            1..=1_000_000,
            "Registrations from one address within an hour.",
        );
        let exempt = r.option(
            "exempt",
            Vec::new(),
            "Addresses or ranges (CIDR) without that limit, for example machines that run tests.",
        );
        let unused_lifetime = r.option(
            "unused_lifetime",
            Some(days(30)),
            "When a client that registered itself is removed if nobody has ever signed in to it. Empty: never.",
        );
        Self {
            mode,
            scopes: Scope::parse(&scopes.join(" ")).unwrap_or_default(),
            require_pkce,
            per_address,
            exempt,
            unused_lifetime,
        }
    }
}

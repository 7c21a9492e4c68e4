//! `[sign_in]`: how good a sign-in has to be.

use std::time::Duration;

use crate::{
    config::{
        reader::Reader,
        setting::{Setting, days, hours, minutes, print_word, seconds, word},
        source::Value,
    },
    protocol::client::policy::SignInPolicy,
};

/// How good a sign-in has to be, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// What every sign-in has to show at least; a client or an organization may demand more.
    pub policy: SignInPolicy,
    /// How long after a sign-in a person may change what they sign in with, and may show a further factor without the first one.
    pub recent: Duration,
    /// How long a browser can be remembered for the second factor; zero: it cannot.
    pub remember_browser: Duration,
}

impl Setting for SignInPolicy {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&Self::WORDS, value)
    }

    fn print(&self) -> String {
        print_word(&Self::WORDS, *self)
    }
}

impl SignIn {
    pub(in crate::config) fn read(r: &mut Reader<'_>) -> Self {
        let policy = r.option(
            "policy",
            SignInPolicy::Password,
            "What a sign-in has to show at least: \"password\", \"second_factor\" (a passkey that verifies its person, or a password and one \
             more) or \"passkey\". A client (avouch client set --sign-in-policy) and an organization (avouch org set) may demand more; \
             the strictest counts, at once and for everybody who is signed in already.",
        );
        let recent = r.ranged(
            "recent",
            minutes(10),
            seconds(1)..=hours(1),
            "How long after a sign-in people may change what they sign in with, and may be asked for their second factor alone.",
        );
        let remember_browser = r.ranged(
            "remember_browser",
            days(30),
            seconds(0)..=days(366),
            "How long a browser is not asked for the second factor again when its person wants it so. \"0s\" does not offer it.",
        );
        Self {
            policy,
            recent,
            remember_browser,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source};

    fn read(key: &str, value: &str) -> Option<SignIn> {
        let source = Source {
            env: vec![(format!("AVOUCH__SIGN_IN__{key}"), value.to_owned())],
            ..Source::default()
        };
        Config::parse(&source).ok().map(|config| config.sign_in)
    }

    #[test]
    fn a_password_is_enough_unless_the_operator_says_otherwise() {
        let by_default = Config::parse(&Source::default()).unwrap().sign_in;
        assert_eq!(by_default.policy, SignInPolicy::Password);
        assert_eq!(by_default.recent, minutes(10));
        assert_eq!(by_default.remember_browser, days(30));
        for (text, policy) in SignInPolicy::WORDS {
            assert_eq!(read("POLICY", text).unwrap().policy, policy);
        }
        assert_eq!(read("POLICY", "nothing"), None);
    }

    #[test]
    fn browsers_need_not_be_remembered() {
        assert_eq!(read("REMEMBER_BROWSER", "0s").unwrap().remember_browser, Duration::ZERO);
        assert_eq!(read("REMEMBER_BROWSER", "367d"), None);
        assert_eq!(read("RECENT", "0s"), None);
        assert_eq!(read("RECENT", "2h"), None);
    }
}

//! How good a sign-in has to be: of the daemon, of an organization and of a client the strictest counts.

use serde::{Deserialize, Serialize};

use crate::protocol::id_token::{ACR_TWO_FACTORS, Authentication};

/// What a sign-in has to show at least; each is stricter than the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInPolicy {
    /// What the account asks for itself: a password is enough where it has nothing else.
    #[default]
    Password,
    /// Two factors; a browser in which the person has shown them may be remembered.
    SecondFactor,
    /// Two factors, a passkey among them: nothing that can be typed into somebody else's page is enough.
    Passkey,
}

impl SignInPolicy {
    /// Every policy by its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("password", Self::Password),
        ("second_factor", Self::SecondFactor),
        ("passkey", Self::Passkey),
    ];

    /// Whether a login was good enough.
    pub fn is_met_by(self, login: &Authentication) -> bool {
        let two_factors = login.acr() == ACR_TWO_FACTORS;
        match self {
            Self::Password => true,
            Self::SecondFactor => two_factors || login.remembered_browser,
            Self::Passkey => two_factors && login.amr.iter().any(|method| method == "pop"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Timestamp;

    #[test]
    fn each_policy_is_stricter_than_the_one_before_it() {
        use SignInPolicy::{Passkey, Password, SecondFactor};
        let login = |amr: &str, remembered_browser| Authentication {
            auth_time: Timestamp::from_unix(1),
            amr: amr.split(' ').map(str::to_owned).collect(),
            remembered_browser,
        };
        for (amr, remembered, strictest) in [
            ("pwd", false, Password),
            ("pwd", true, SecondFactor),
            ("pop", false, Password),
            ("pop", true, SecondFactor),
            ("pwd otp mfa", false, SecondFactor),
            ("pwd recovery_code mfa", false, SecondFactor),
            ("pwd otp mfa", true, SecondFactor),
            ("pop user mfa", false, Passkey),
            ("pwd pop mfa", false, Passkey),
        ] {
            for (_, policy) in SignInPolicy::WORDS {
                let is_met = policy.is_met_by(&login(amr, remembered));
                assert_eq!(is_met, policy <= strictest, "{policy:?} {amr} {remembered}");
            }
        }
        assert!(Password < SecondFactor && SecondFactor < Passkey);
    }

    #[test]
    fn the_words_are_those_of_its_json() {
        for (word, policy) in SignInPolicy::WORDS {
            assert_eq!(serde_json::to_value(policy).unwrap(), word);
        }
        assert!(serde_json::from_str::<SignInPolicy>("\"none\"").is_err());
    }
}

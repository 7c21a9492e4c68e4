//! Sign-ins that are half done, and browsers that need not do the second half.

use serde::{Deserialize, Serialize};

use super::{
    Record,
    factor::{FactorKind, Shown},
    user::User,
};
use crate::{protocol::Timestamp, secret};

/// A sign-in of which the first factor was right and a further one is asked for. Nobody is signed in by it: it is good for finishing,
/// once, in the browser in which it was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Stands in the URL of the page.
    pub id: String,
    /// `secret::digest` of the browser's cookie: nobody else can go on with it.
    pub browser_digest: String,
    /// Who signs in.
    pub user_id: String,
    /// The user's epoch when it began: whatever ends everything of the user ends this.
    pub epoch: u64,
    /// When the password that was shown had been set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_changed_at: Option<Timestamp>,
    /// What was shown so far.
    pub shown: Vec<Shown>,
    /// The session that is to be raised, rather than a new one begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The interaction that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<String>,
    /// The page of ours that the person goes on to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether the browser may add a passkey by itself afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub upgrade: bool,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Record for SignIn {
    const KIND: &'static str = "sign_in";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A browser in which a person has shown their second factor and asked not to be asked again for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedBrowser {
    /// [`RememberedBrowser::id_of`] cookie and user.
    pub id: String,
    /// Whose second factor it stands in for.
    pub user_id: String,
    /// The user's epoch then: a new password, for example, ends it.
    pub epoch: u64,
    /// What was shown.
    pub kind: FactorKind,
    /// When that factor was added: another one of the same kind is another factor.
    pub since: Timestamp,
    /// The second factors that the account had then: whoever adds or removes one begins anew.
    #[serde(default)]
    pub second_factors: Vec<FactorKind>,
    /// The kind of browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// When it was remembered.
    pub created_at: Timestamp,
    /// When it is asked again.
    pub expires_at: Timestamp,
}

impl RememberedBrowser {
    /// The record's identity: the cookie is a bearer secret, and is good for one person.
    pub fn id_of(cookie: &str, user_id: &str) -> String {
        secret::digest(&format!("remembered browser {user_id} {cookie}"))
    }

    /// Whether it still speaks for this account; `since` is when the factor was added that it stands in for, as things are now.
    pub fn is_good_for(&self, user: &User, since: Option<Timestamp>) -> bool {
        self.user_id == user.id
            && self.epoch == user.epoch
            && self.second_factors == user.second_factors
            && since == Some(self.since)
    }
}

impl Record for RememberedBrowser {
    const KIND: &'static str = "remembered_browser";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("user", self.user_id.clone())]
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{factor::Proof, user::tests::alice};

    fn remembered(user: &User) -> RememberedBrowser {
        RememberedBrowser {
            id: RememberedBrowser::id_of("cookie", &user.id),
            user_id: user.id.clone(),
            epoch: user.epoch,
            kind: FactorKind::Totp,
            since: Timestamp::from_unix(5),
            second_factors: user.second_factors.clone(),
            user_agent: None,
            created_at: Timestamp::from_unix(6),
            expires_at: Timestamp::from_unix(7),
        }
    }

    #[test]
    fn a_browser_is_remembered_for_one_person_one_epoch_and_the_factors_of_that_day() {
        let user = User {
            second_factors: vec![FactorKind::Totp],
            ..alice()
        };
        let kept = remembered(&user);
        let since = Some(Timestamp::from_unix(5));
        assert!(kept.is_good_for(&user, since));
        let other = |change: fn(&mut User)| {
            let mut other = user.clone();
            change(&mut other);
            other
        };
        assert!(!kept.is_good_for(&other(|it| it.id = "u2".to_owned()), since), "user");
        assert!(!kept.is_good_for(&other(|it| it.epoch += 1), since), "epoch");
        assert!(
            !kept.is_good_for(&other(|it| it.second_factors.clear()), since),
            "removed"
        );
        assert!(
            !kept.is_good_for(&other(|it| it.second_factors.push(FactorKind::Passkey)), since),
            "added"
        );
        assert!(!kept.is_good_for(&user, Some(Timestamp::from_unix(4))), "another app");
        assert!(!kept.is_good_for(&user, None), "none");
        assert_ne!(kept.id, RememberedBrowser::id_of("cookie", "u2"));
        assert_ne!(kept.id, RememberedBrowser::id_of("another", &user.id));
    }

    #[test]
    fn a_sign_in_reads_back_as_it_was_written() {
        let sign_in = SignIn {
            id: "s".to_owned(),
            browser_digest: "b".to_owned(),
            user_id: "u1".to_owned(),
            epoch: 3,
            password_changed_at: Some(Timestamp::from_unix(1)),
            shown: vec![Shown {
                proof: Proof::Passkey { user_verified: false },
                at: Timestamp::from_unix(2),
            }],
            sid: None,
            interaction: Some("i".to_owned()),
            to: None,
            upgrade: true,
            expires_at: Timestamp::from_unix(9),
        };
        let json = serde_json::to_string(&sign_in).unwrap();
        assert_eq!(serde_json::from_str::<SignIn>(&json).unwrap(), sign_in);
        assert_eq!(Record::expires_at(&sign_in), Some(Timestamp::from_unix(9)));
    }
}

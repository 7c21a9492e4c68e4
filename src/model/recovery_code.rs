//! Codes on paper, for a person who has lost the second factor.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::protocol::Timestamp;

/// The codes that a person has not used yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    /// Whose they are.
    pub user_id: String,
    /// A keyed digest of each code that is left, bound to the person.
    pub digests: Vec<String>,
    /// When the set was made.
    pub created_at: Timestamp,
}

impl Record for RecoveryCodes {
    const KIND: &'static str = "recovery_codes";

    fn id(&self) -> String {
        self.user_id.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_one_set() {
        let set = |digests: &[&str]| RecoveryCodes {
            user_id: "u1".to_owned(),
            digests: digests.iter().map(|&digest| digest.to_owned()).collect(),
            created_at: Timestamp::from_unix(1),
        };
        assert_eq!(set(&["a", "b"]).id(), set(&[]).id());
        let json = serde_json::to_value(set(&["a"])).unwrap();
        assert_eq!(serde_json::from_value::<RecoveryCodes>(json).unwrap(), set(&["a"]));
    }
}

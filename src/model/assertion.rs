//! Client assertions that were used: each is good once.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::{protocol::Timestamp, secret};

/// A `jti` that a client has spent, kept until the assertion would have expired (RFC 7523, 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentAssertion {
    /// [`SpentAssertion::id_of`] client and `jti`.
    pub id: String,
    /// The `exp` of the assertion.
    pub expires_at: Timestamp,
}

impl SpentAssertion {
    /// The record's identity: a digest, because a `jti` may be any text. The length keeps ("a", "bc") apart from ("ab", "c").
    pub fn id_of(client_id: &str, jti: &str) -> String {
        secret::digest(&format!("{}:{client_id}:{jti}", client_id.len()))
    }
}

impl Record for SpentAssertion {
    const KIND: &'static str = "spent_assertion";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_do_not_share_their_names_for_assertions() {
        let all = [("a", "bc"), ("ab", "c"), ("a", "b"), ("a:b", "c"), ("a", "b:c")];
        let ids: std::collections::BTreeSet<String> = all.iter().map(|(c, j)| SpentAssertion::id_of(c, j)).collect();
        assert_eq!(ids.len(), all.len());
    }
}

//! Scope values (RFC 6749, 3.3): a set of words, the order of which means nothing.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::error::{Error, ErrorCode};

/// Asks for an ID token (OpenID Connect Core, 3.1.2.1).
pub const OPENID: &str = "openid";
/// Asks for a refresh token (OpenID Connect Core, 11).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// A set of scope tokens. Over the wire and in the store: words with single spaces between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// Reads `scope-token *( SP scope-token )`; repeated words count once, more than one space does no harm.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let words = text.split(' ').filter(|word| !word.is_empty());
        words
            .map(|word| is_scope_token(word).then(|| word.to_owned()))
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| ErrorCode::InvalidScope.because("scope has a character that RFC 6749, 3.3 does not allow"))
    }

    /// Whether the word is in it.
    pub fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Whether every word of it is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The words that both hold.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The words but for one.
    #[must_use]
    pub fn without(&self, word: &str) -> Self {
        Self(self.0.iter().filter(|it| *it != word).cloned().collect())
    }

    /// The words of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// Whether it has no word.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its words, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

fn is_scope_token(word: &str) -> bool {
    word.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).unwrap()
    }

    #[test]
    fn the_order_and_repetition_of_words_mean_nothing() {
        assert_eq!(scope("openid email openid"), scope("email  openid "));
        assert_eq!(scope("openid email").to_string(), "email openid");
        assert!(scope("").is_empty());
    }

    #[test]
    fn a_word_outside_the_grammar_is_refused() {
        for text in ["open\"id", "back\\slash", "tab\there", "ünïcode", "line\nbreak"] {
            assert_eq!(
                Scope::parse(text).unwrap_err().error,
                ErrorCode::InvalidScope,
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_algebra_of_sets_holds(a in "([a-d]{1,2} ?){0,6}", b in "([a-d]{1,2} ?){0,6}") {
            let (a, b) = (scope(&a), scope(&b));
            let both = a.intersection(&b);
            prop_assert!(both.is_subset(&a) && both.is_subset(&b));
            prop_assert!(a.is_subset(&a.union(&b)) && b.is_subset(&a.union(&b)));
            prop_assert_eq!(a.is_subset(&b), both == a);
            prop_assert_eq!(scope(&a.to_string()), a);
        }
    }
}

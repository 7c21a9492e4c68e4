//! How records, unique values, indexes and expiry are laid out in one ordered space of keys.
//!
//! | key | value |
//! |---|---|
//! | `user/ID` | the record |
//! | `user#email/VALUE` | the id of the one record that has this unique value |
//! | `session@user/VALUE/ID` | `null`: the record is listed under the value |
//! | `!expiry/TIME/session/ID` | the other keys that leave with the record |
//!
//! An id stands last and is kept as it is, so that listing follows its order. A value is escaped, so that it can
//! neither collide with another nor reach into the next segment; a long one is replaced by its digest, which is as good
//! for equality. The limits keep an inner page of sled's tree under the size from which it writes side files, which are
//! not synced.

use super::backend::Key;
use crate::{protocol::Timestamp, secret};

/// The longest identity, in bytes. Digests have 43; whoever keeps something under a URL keeps it under its digest.
pub const MAX_ID: usize = 180;

/// Above this many bytes the escaped value is replaced by its digest.
const MAX_LITERAL: usize = 128;

/// Where expiry entries begin.
pub const EXPIRY: &str = "!expiry/";

/// The key of a record; `None` when no record can have this identity.
pub fn record(kind: &str, id: &str) -> Option<Key> {
    let keepable = !id.is_empty() && id.len() <= MAX_ID && !id.contains('\0');
    keepable.then(|| format!("{kind}/{id}"))
}

/// The key that holds a unique value.
pub fn unique(kind: &str, name: &str, value: &str) -> Key {
    format!("{kind}#{name}/{}", escape(value))
}

/// What the keys of all records listed under a value begin with; the id follows.
pub fn index(kind: &str, name: &str, value: &str) -> Key {
    format!("{kind}@{name}/{}/", escape(value))
}

/// The expiry entry of the record under `record`. Sorts by time: the sign bit is flipped for moments before 1970.
pub fn expiry(at: Timestamp, record: &str) -> Key {
    format!("{EXPIRY}{:016x}/{record}", at.unix().cast_unsigned() ^ (1 << 63))
}

/// The record's key and its moment, from the key of an expiry entry.
pub fn parse_expiry(key: &str) -> Option<(Timestamp, &str)> {
    let (time, record) = key.strip_prefix(EXPIRY)?.split_once('/')?;
    let time = u64::from_str_radix(time, 16).ok()?;
    Some((Timestamp::from_unix((time ^ (1 << 63)).cast_signed()), record))
}

fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, '%' | '/' | '~') || character.is_control() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                escaped.push('%');
                escaped.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
            }
        } else {
            escaped.push(character);
        }
    }
    if escaped.len() > MAX_LITERAL {
        format!("~{}", secret::digest(value))
    } else {
        escaped
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_cannot_reach_into_the_next_segment() {
        assert_eq!(index("session", "user", "a/b\0%~"), "session@user/a%2Fb%00%25%7E/");
        assert_eq!(
            unique("user", "email", "größe@example.com"),
            "user#email/größe@example.com"
        );
    }

    #[test]
    fn a_long_value_is_kept_by_its_digest() {
        let long = "x".repeat(MAX_LITERAL + 1);
        assert_eq!(
            unique("user", "email", &long),
            format!("user#email/~{}", secret::digest(&long))
        );
        assert_ne!(
            unique("user", "email", &format!("~{}", secret::digest(&long))),
            unique("user", "email", &long)
        );
    }

    #[test]
    fn an_identity_is_bounded_and_has_no_nul() {
        assert_eq!(record("user", "a/b").as_deref(), Some("user/a/b"));
        for id in ["", "a\0b", &"x".repeat(MAX_ID + 1)] {
            assert_eq!(record("user", id), None);
        }
    }

    #[test]
    fn expiry_entries_sort_by_time_on_both_sides_of_the_epoch() {
        let keys = [i64::MIN, -1, 0, 1, 1_800_000_000, i64::MAX].map(|at| expiry(Timestamp::from_unix(at), "s/1"));
        assert!(keys.is_sorted());
        assert_eq!(parse_expiry(&keys[1]), Some((Timestamp::from_unix(-1), "s/1")));
        assert_eq!(parse_expiry("!expiry/zz/s/1"), None);
    }

    proptest! {
        #[test]
        fn two_values_never_share_a_key_and_none_begins_another(a in any::<String>(), b in any::<String>()) {
            prop_assume!(a != b);
            prop_assert_ne!(unique("k", "n", &a), unique("k", "n", &b));
            prop_assert!(!index("k", "n", &a).starts_with(&index("k", "n", &b)));
            prop_assert!(index("k", "n", &a).bytes().filter(|byte| *byte == b'/').count() == 2);
        }
    }
}

//! The head of a store, and how damage is noticed.
//!
//! Every group of commits also writes one row with the schema, the number of the last commit, the number of rows and
//! the sum of the digests of all rows. A page that sled lost or brought back from the past does not add up. Keeping it
//! costs two short hashes a row; checking it takes a scan.
//!
//! A tail that sled cut off adds up: it is an older, consistent store. So the number of the last acknowledged commit
//! also stands in a small file beside it, written after the store is synced and never synced itself: what it says was
//! acknowledged, whatever a kill or a power cut leaves of it.

use serde::{Deserialize, Deserializer};

use super::{OpenError, migrate};

/// Where the head lies. Sorts behind expiry entries, whose pages are small.
pub const KEY: &[u8] = b"!head";

/// A store of up to so many rows is checked in full at every start, a larger one only when it was not closed.
///
/// Measured at 0.6 million rows a second: half a second at this size; with a million users (two million rows) a start
/// takes 0.9 s after a close and 3.7 s after a crash.
pub const SMALL: u64 = 250_000;

/// What is known of all rows but this one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Head {
    schema: u32,
    /// The last commit.
    pub commit: u64,
    rows: u64,
    #[serde(deserialize_with = "hex")]
    digest: u128,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            schema: migrate::SCHEMA,
            commit: 0,
            rows: 0,
            digest: 0,
        }
    }
}

impl Head {
    /// Reads the head of a store and decides whether this version may serve it.
    pub fn parse(row: &[u8]) -> Result<Self, OpenError> {
        let head: Self =
            serde_json::from_slice(row).map_err(|_| OpenError::Damaged("its head is not readable".into()))?;
        migrate::admit(head.schema)?;
        Ok(head)
    }

    /// The head as it is kept.
    pub fn row(&self) -> Vec<u8> {
        format!(
            r#"{{"schema":{},"commit":{},"rows":{},"digest":"{:032x}"}}"#,
            self.schema, self.commit, self.rows, self.digest
        )
        .into_bytes()
    }

    /// A row is there now.
    pub fn add(&mut self, key: &[u8], row: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.digest = self.digest.wrapping_add(digest(key, row));
    }

    /// A row is gone.
    pub fn subtract(&mut self, key: &[u8], row: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.digest = self.digest.wrapping_sub(digest(key, row));
    }

    /// Whether all rows have to be read before the store is served.
    pub fn must_be_verified(&self, mark: Option<Mark>) -> bool {
        self.rows <= SMALL
            || mark
                != Some(Mark {
                    commit: self.commit,
                    closed: true,
                })
    }

    /// Whether this is the head of a store that has all acknowledged commits.
    pub fn reaches(&self, mark: Option<Mark>) -> Result<(), OpenError> {
        match mark {
            Some(mark) if mark.commit > self.commit => Err(OpenError::Damaged(format!(
                "commits {} to {} were acknowledged and are missing",
                self.commit + 1,
                mark.commit
            ))),
            _ => Ok(()),
        }
    }

    /// Whether rows that were counted and summed into `seen` are what this head knows of.
    pub fn matches(&self, seen: &Self) -> Result<(), OpenError> {
        if self.rows != seen.rows {
            return Err(OpenError::Damaged(format!(
                "it has {} rows and should have {}",
                seen.rows, self.rows
            )));
        }
        if self.digest != seen.digest {
            return Err(OpenError::Damaged(
                "its rows do not add up to the digest at its head".into(),
            ));
        }
        Ok(())
    }
}

fn digest(key: &[u8], row: &[u8]) -> u128 {
    let mut hash = openssl::sha::Sha256::new();
    hash.update(&u64::try_from(key.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(key);
    hash.update(row);
    hash.finish()[..16]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    u128::from_str_radix(&String::deserialize(deserializer)?, 16).map_err(serde::de::Error::custom)
}

/// What the small file beside the store says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last acknowledged commit.
    pub commit: u64,
    /// The store was closed after it.
    pub closed: bool,
}

impl Mark {
    /// The file's content, always of the same length so that it is overwritten in one go.
    pub fn line(self) -> String {
        format!(
            "commit {:020} {}\n",
            self.commit,
            if self.closed { "closed" } else { "open  " }
        )
    }

    /// Reads it. `None` when a power cut has left nothing readable: then it knows nothing.
    pub fn parse(line: &str) -> Option<Self> {
        let (commit, state) = line.strip_prefix("commit ")?.strip_suffix('\n')?.split_once(' ')?;
        let closed = match state {
            "closed" => true,
            "open  " => false,
            _ => return None,
        };
        Some(Self {
            commit: commit.parse().ok()?,
            closed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back_as_it_was() {
        let mut head = Head {
            commit: 42,
            ..Head::default()
        };
        head.add(b"user/1", b"a");
        assert_eq!(Head::parse(&head.row()).unwrap(), head);
    }

    #[test]
    fn rows_add_up_in_any_order_and_leave_nothing_behind() {
        let (mut one, mut two) = (Head::default(), Head::default());
        one.add(b"user/1", b"a");
        one.add(b"user/2", b"b");
        two.add(b"user/2", b"b");
        two.add(b"user/3", b"c");
        two.subtract(b"user/3", b"c");
        two.add(b"user/1", b"a");
        assert!(one.matches(&two).is_ok());
        two.subtract(b"user/1", b"a");
        assert!(matches!(one.matches(&two), Err(OpenError::Damaged(_))));
        two.add(b"user/1", b"an older value");
        assert!(matches!(one.matches(&two), Err(OpenError::Damaged(_))));
    }

    #[test]
    fn a_key_and_its_row_are_told_apart() {
        let (mut one, mut two) = (Head::default(), Head::default());
        one.add(b"ab", b"c");
        two.add(b"a", b"bc");
        assert!(one.matches(&two).is_err());
    }

    #[test]
    fn a_head_of_another_version_or_none_is_refused() {
        let newer = Head {
            schema: migrate::SCHEMA + 1,
            ..Head::default()
        };
        assert!(matches!(Head::parse(&newer.row()), Err(OpenError::NewerSchema { .. })));
        assert!(matches!(Head::parse(b"{}"), Err(OpenError::Damaged(_))));
    }

    #[test]
    fn a_head_behind_the_last_acknowledged_commit_is_damage() {
        let head = Head {
            commit: 5,
            ..Head::default()
        };
        for (commit, reaches) in [(4, true), (5, true), (6, false)] {
            assert_eq!(head.reaches(Some(Mark { commit, closed: false })).is_ok(), reaches);
        }
        assert!(head.reaches(None).is_ok());
    }

    #[test]
    fn only_a_large_store_that_was_closed_is_served_unread() {
        let small = Head {
            rows: SMALL,
            commit: 5,
            ..Head::default()
        };
        let large = Head {
            rows: SMALL + 1,
            ..small.clone()
        };
        let closed = Some(Mark {
            commit: 5,
            closed: true,
        });
        assert!(small.must_be_verified(closed));
        assert!(!large.must_be_verified(closed));
        for mark in [
            None,
            Some(Mark {
                commit: 5,
                closed: false,
            }),
            Some(Mark {
                commit: 4,
                closed: true,
            }),
        ] {
            assert!(large.must_be_verified(mark));
        }
    }

    #[test]
    fn a_mark_comes_back_and_always_has_the_same_length() {
        let marks =
            [(0, false), (0, true), (u64::MAX, false), (7, true)].map(|(commit, closed)| Mark { commit, closed });
        for mark in marks {
            assert_eq!(Mark::parse(&mark.line()), Some(mark));
            assert_eq!(mark.line().len(), marks[0].line().len());
        }
        for torn in ["", "\0\0\0", "commit 1", "commit x open  \n", "commit 1 opened\n"] {
            assert_eq!(Mark::parse(torn), None);
        }
    }
}

//! How a value lies in sled: cut into rows of at most 4 KiB.
//!
//! sled writes a page of over 128 KiB to a side file that it never syncs, in a directory that nobody syncs: a power cut
//! would take sixteen acknowledged records at once. A page holds up to twenty rows, so rows of 4 KiB with their keys
//! never get there.
//!
//! The first row, under the key itself: version (u64, big-endian), number of further rows (u16), bytes. A further row:
//! version, bytes. Rows are read one by one while a writer may replace them; the version in each tells whether they
//! belong together.

use super::backend::Stored;

/// The longest row, header included.
pub const ROW: usize = 4096;

const VERSION: usize = 8;
const FIRST: usize = VERSION + 2;

/// Where the further row number `n` (from 1) of `key` lies: behind everything that a scan can reach.
pub fn further(key: &[u8], n: u16) -> Vec<u8> {
    [b"~", key, b"\0", &n.to_be_bytes()].concat()
}

/// The rows of a value, the first one first.
pub fn cut(version: u64, value: &[u8]) -> Vec<Vec<u8>> {
    let (first, rest) = value.split_at(value.len().min(ROW - FIRST));
    let further = rest.chunks(ROW - VERSION);
    let count = u16::try_from(further.len()).unwrap_or(u16::MAX);
    let version = version.to_be_bytes();
    let first = [&version[..], &count.to_be_bytes(), first].concat();
    std::iter::once(first)
        .chain(further.map(|bytes| [&version[..], bytes].concat()))
        .collect()
}

/// What the first row says: the version and the number of further rows. `None` when it is no first row.
pub fn parse(first: &[u8]) -> Option<(u64, u16)> {
    let (version, rest) = first.split_first_chunk()?;
    let (count, _) = rest.split_first_chunk()?;
    Some((u64::from_be_bytes(*version), u16::from_be_bytes(*count)))
}

/// Puts a value together, reading further rows by number. `None` when one is missing or of another version: read again.
pub fn join<B: AsRef<[u8]>, E>(
    first: &[u8],
    mut row: impl FnMut(u16) -> Result<Option<B>, E>,
) -> Result<Option<Stored>, E> {
    let Some((version, count)) = parse(first) else {
        return Ok(None);
    };
    let mut value = first[FIRST..].to_vec();
    for n in 1..=count {
        let Some(bytes) = row(n)? else { return Ok(None) };
        match bytes.as_ref().strip_prefix(&version.to_be_bytes()[..]) {
            Some(bytes) => value.extend_from_slice(bytes),
            None => return Ok(None),
        }
    }
    Ok(Some(Stored { version, value }))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn joined(rows: &[Vec<u8>]) -> Option<Stored> {
        join(&rows[0], |n| Ok::<_, Infallible>(rows.get(usize::from(n)))).unwrap()
    }

    #[test]
    fn a_value_of_any_length_comes_back_whole() {
        for length in [0, 1, ROW - FIRST - 1, ROW - FIRST, ROW - FIRST + 1, 2 * ROW, 64 * 1024] {
            let value: Vec<u8> = (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let rows = cut(7, &value);
            assert!(rows.iter().all(|row| row.len() <= ROW), "{length}");
            assert_eq!(parse(&rows[0]).unwrap(), (7, u16::try_from(rows.len() - 1).unwrap()));
            assert_eq!(joined(&rows), Some(Stored { version: 7, value }));
        }
    }

    #[test]
    fn rows_of_two_versions_do_not_make_a_value() {
        let value = vec![b'x'; 3 * ROW];
        let (mut rows, other) = (cut(7, &value), cut(8, &value));
        rows[2].clone_from(&other[2]);
        assert_eq!(joined(&rows), None);
    }

    #[test]
    fn a_missing_row_does_not_make_a_value() {
        let mut rows = cut(7, &vec![b'x'; 3 * ROW]);
        rows.pop();
        assert_eq!(joined(&rows), None);
        assert_eq!(parse(b"short"), None);
    }

    #[test]
    fn further_rows_lie_behind_every_key() {
        assert!(further(b"user/1", 1).as_slice() > b"zzz".as_slice());
        assert!(further(b"user/1", 1) < further(b"user/1", 256));
        assert_ne!(further(b"user/1", 1), further(b"user/11", 1));
    }
}

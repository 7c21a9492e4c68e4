//! The operator's list of stolen passwords: the file of the Pwned Passwords downloader (SHA-1 digests in hexadecimal,
//! `:` and a count, one a line, sorted), searched where it lies. No password and no digest leaves the machine.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use unicode_normalization::UnicodeNormalization;

use crate::secret::Secret;

const DIGITS: usize = 40;
/// More than the longest line: the digest, a colon, a count of 20 digits, a line ending.
const WINDOW: usize = 128;

/// Why a file is no such list.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be opened or read.
    #[error("the list of breached passwords {path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its first or last line is no digest.
    #[error(
        "{path} is no list of breached passwords: expected lines of 40 hexadecimal digits, a colon and a count, sorted, \
         as the Pwned Passwords downloader writes them (SHA-1, one file)"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

/// A sorted file of SHA-1 digests, kept open.
#[derive(Debug)]
pub struct BreachedList {
    file: File,
    length: u64,
}

impl BreachedList {
    /// Opens a list. Looks at its two ends only: the whole is 40 GB and more.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let unreadable = |source| OpenError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let list = Self { file, length };
        let first = list.line_from(0).map_err(unreadable)?;
        let tail = length.saturating_sub(WINDOW as u64 / 2);
        let final_line = list.line_from(tail).map_err(unreadable)?;
        match (first, final_line) {
            (Some((_, smallest)), Some((_, greatest))) if smallest <= greatest => Ok(list),
            _ => Err(OpenError::Foreign { path: path.to_owned() }),
        }
    }

    /// Whether a password stands in the list, as it is typed or normalized. Reads a few dozen places of the file.
    pub fn contains(&self, password: &Secret<String>) -> io::Result<bool> {
        let typed = password.expose();
        let normal: String = typed.nfkc().collect();
        Ok(self.has(&openssl::sha::sha1(typed.as_bytes()))?
            || (normal != *typed && self.has(&openssl::sha::sha1(normal.as_bytes()))?))
    }

    fn has(&self, digest: &[u8; 20]) -> io::Result<bool> {
        // A line that begins in `from..to` may be the one; everything before is smaller, everything after is greater.
        let (mut from, mut to) = (0, self.length);
        while from < to {
            let middle = from + (to - from) / 2;
            match self.line_from(middle)? {
                Some((start, found)) if start < to => match found.cmp(digest) {
                    std::cmp::Ordering::Equal => return Ok(true),
                    std::cmp::Ordering::Less => from = start + 1,
                    std::cmp::Ordering::Greater => to = middle,
                },
                _ => to = middle,
            }
        }
        Ok(false)
    }

    /// The first line that begins at `at` or later: where, and its digest. `None` past the last line.
    fn line_from(&self, at: u64) -> io::Result<Option<(u64, [u8; 20])>> {
        let before = u64::from(at > 0);
        let mut window = [0; WINDOW];
        let read = read_full(&self.file, &mut window, at - before)?;
        let window = &window[..read];
        let skipped = if before == 0 {
            0
        } else {
            match window.iter().position(|byte| *byte == b'\n') {
                Some(end) => end + 1,
                None => return Ok(None),
            }
        };
        let line = window.get(skipped..skipped + DIGITS);
        let after = window.get(skipped + DIGITS);
        let start = at - before + skipped as u64;
        Ok(match (line.and_then(digest_of), after) {
            (Some(digest), None | Some(b':' | b'\r' | b'\n')) => Some((start, digest)),
            _ => None,
        })
    }
}

fn read_full(file: &File, buffer: &mut [u8], mut at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], at) {
            Ok(0) => break,
            Ok(read) => {
                filled += read;
                at += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn digest_of(line: &[u8]) -> Option<[u8; 20]> {
    let mut digest = [0; 20];
    for (byte, pair) in digest.iter_mut().zip(line.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Write};

    use proptest::prelude::*;

    use super::*;

    /// The file as the downloader writes it.
    fn file(passwords: &[(String, u64)], ending: &str, lower: bool) -> String {
        let digest = |password: &String| {
            openssl::sha::sha1(password.as_bytes())
                .iter()
                .fold(String::new(), |mut text, byte| {
                    let _ = if lower {
                        write!(text, "{byte:02x}")
                    } else {
                        write!(text, "{byte:02X}")
                    };
                    text
                })
        };
        let lines: BTreeMap<String, u64> = passwords.iter().map(|(word, count)| (digest(word), *count)).collect();
        lines.iter().fold(String::new(), |mut text, (digest, count)| {
            let _ = write!(text, "{digest}:{count}{ending}");
            text
        })
    }

    fn open(content: &str) -> Result<BreachedList, OpenError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list");
        std::fs::write(&path, content).unwrap();
        BreachedList::open(&path)
    }

    fn has(list: &BreachedList, password: &str) -> bool {
        list.contains(&Secret::new(password.to_owned())).unwrap()
    }

    #[test]
    fn the_well_known_digest_of_password_is_found() {
        let list = open("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n").unwrap();
        assert!(has(&list, "password"));
        assert!(has(&list, "ｐａｓｓｗｏｒｄ"), "what it is normalized to");
        assert!(!has(&list, "Password"));
    }

    #[test]
    fn what_is_no_such_list_is_refused_at_the_start() {
        let line = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\n";
        let larger = "F".repeat(40) + ":1\n";
        for content in [
            "",
            "password\n123456\n",
            "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD\n",
            "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8AB:1\n",
            &(larger + &line.repeat(9)),
            &(line.repeat(9) + "and then something else that is no digest at all, over several words\n"),
        ] {
            assert!(matches!(open(content), Err(OpenError::Foreign { .. })), "{content}");
        }
        let gone = BreachedList::open(Path::new("/nowhere/list"));
        assert!(matches!(gone, Err(OpenError::Unreadable { .. })));
        assert!(open(line).is_ok() && open(line.trim_end()).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn exactly_the_passwords_of_the_file_are_found(
            words in prop::collection::vec(("[a-c]{1,4}", any::<u64>()), 1..60),
            others in prop::collection::vec("[a-d]{1,4}", 0..60),
            ending in prop::sample::select(vec!["\n", "\r\n"]),
            lower: bool,
            cut: bool,
        ) {
            let content = file(&words, ending, lower);
            let content = if cut { content.trim_end() } else { &content };
            let list = open(content).unwrap();
            for (word, _) in &words {
                prop_assert!(has(&list, word), "{word}");
            }
            for other in others {
                prop_assert_eq!(has(&list, &other), words.iter().any(|(word, _)| *word == other));
            }
        }
    }
}

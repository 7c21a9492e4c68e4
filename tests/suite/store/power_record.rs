//! The record that `power_loss.c` writes: a line `KIND NUMBER LENGTH PATH` for each call, followed by LENGTH bytes.

use std::collections::HashMap;

/// A file, whatever its name is at the time: an inode.
pub type File = usize;

#[derive(Debug, PartialEq, Eq)]
pub enum Op {
    Write {
        file: File,
        offset: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: File,
        length: usize,
    },
    /// `file` is `None` for a directory. `fsync` also takes names to the disk, `fdatasync` only content.
    Sync {
        file: Option<File>,
        with_names: bool,
    },
    Create {
        path: String,
        file: File,
    },
    Rename {
        from: String,
        to: String,
    },
    Unlink {
        path: String,
    },
    /// A line of the writer's output.
    Acknowledge(String),
}

/// Reads a record; a last operation that the kill cut off is left out.
pub fn parse(mut log: &[u8]) -> Vec<Op> {
    let (mut ops, mut names, mut files) = (Vec::new(), HashMap::<String, File>::new(), 0);
    while let Some(end) = log.iter().position(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(&log[..end]).unwrap();
        let mut words = line.splitn(4, ' ');
        let kind = words.next().unwrap();
        let mut number = || words.next().unwrap().parse::<usize>().unwrap();
        let (at, length) = (number(), number());
        let path = words.next().unwrap().to_owned();
        let Some(bytes) = log[end + 1..].get(..length) else {
            break;
        };
        log = &log[end + 1 + length..];
        let file = names.get(&path).copied();
        ops.extend(match (kind, file) {
            ("W", Some(file)) => Some(Op::Write {
                file,
                offset: at,
                bytes: bytes.to_vec(),
            }),
            ("T", Some(file)) => Some(Op::Truncate { file, length: at }),
            ("S" | "D", file) => Some(Op::Sync {
                file,
                with_names: kind == "S",
            }),
            ("A", _) => Some(Op::Acknowledge(String::from_utf8_lossy(bytes).into_owned())),
            ("C", _) => {
                files += 1;
                names.insert(path.clone(), files);
                Some(Op::Create { path, file: files })
            }
            ("U", _) => {
                names.remove(&path);
                Some(Op::Unlink { path })
            }
            ("R", _) => {
                let (from, to) = path.split_once('\t').unwrap();
                if let Some(file) = names.remove(from) {
                    names.insert(to.to_owned(), file);
                }
                Some(Op::Rename {
                    from: from.to_owned(),
                    to: to.to_owned(),
                })
            }
            other => panic!("{other:?} in {line}"),
        });
    }
    ops
}

#[test]
fn a_record_is_read_back_and_follows_a_file_through_its_names() {
    let log =
        b"C 0 0 a\nW 4 2 a\nx\nD 0 0 a\nR 0 0 a\tb\nT 9 0 b\nS 0 0 b\nS 0 0 .\nA 0 6 -\nack 1\nU 0 0 b\nW 0 9 b\ncut";
    let expected = [
        Op::Create {
            path: "a".into(),
            file: 1,
        },
        Op::Write {
            file: 1,
            offset: 4,
            bytes: b"x\n".into(),
        },
        Op::Sync {
            file: Some(1),
            with_names: false,
        },
        Op::Rename {
            from: "a".into(),
            to: "b".into(),
        },
        Op::Truncate { file: 1, length: 9 },
        Op::Sync {
            file: Some(1),
            with_names: true,
        },
        Op::Sync {
            file: None,
            with_names: true,
        },
        Op::Acknowledge("ack 1\n".into()),
        Op::Unlink { path: "b".into() },
    ];
    assert_eq!(parse(log), expected);
}

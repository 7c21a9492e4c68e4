//! Where the master key is kept: `master.key` in the keys folder, or a file that the operator names.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Error, MasterKey};
use crate::secret::{random_bytes, random_id};

/// The file's name inside the keys folder.
const FILE: &str = "master.key";
/// Longer than any way to write 32 bytes on a line; a wrong file is not read whole.
const LIMIT: u64 = 256;

impl MasterKey {
    /// Reads `master.key` in `dir`, or makes it: a random key, mode 0600, on disk before it is returned. The folder is
    /// made with mode 0700 when it is missing. Processes that start at once end with the same key.
    ///
    /// Refuses a folder that others can write to and a file that others can read.
    pub fn load_or_create(dir: &Path) -> Result<Self, Error> {
        let failed = |doing| {
            move |source| Error::Io {
                doing,
                path: dir.into(),
                source,
            }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(failed("create"))?;
        let mode = dir.metadata().map_err(failed("look at"))?.mode() & 0o7777;
        if mode & 0o022 != 0 {
            return Err(Error::FolderWritable { path: dir.into(), mode });
        }
        let path = dir.join(FILE);
        if !path.try_exists().map_err(failed("look into"))? {
            create(dir, &path)?;
        }
        read(&path, 0o077, "600")
    }

    /// Reads the master key from a file of the operator's (`AVOUCH__KEYS__MASTER_KEY_FILE`), never makes one.
    ///
    /// Its group may read it, as mounted secrets are often given to a service by their group; everybody else may not.
    pub fn load_file(path: &Path) -> Result<Self, Error> {
        read(path, 0o037, "640")
    }
}

fn read(path: &Path, forbidden: u32, wanted: &'static str) -> Result<MasterKey, Error> {
    let failed = |source| Error::Io {
        doing: "read the master key",
        path: path.into(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    // Asked of the open file, not of its name: what is checked is what is read.
    let mode = file.metadata().map_err(failed)?.mode() & 0o7777;
    if mode & forbidden != 0 {
        return Err(Error::FileOpen {
            path: path.into(),
            mode,
            wanted,
        });
    }
    let mut text = String::new();
    let not_a_key = || Error::NotAMasterKey { path: path.into() };
    file.take(LIMIT)
        .read_to_string(&mut text)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidData => not_a_key(),
            _ => failed(error),
        })?;
    MasterKey::from_bytes(parse(&text).ok_or_else(not_a_key)?)
}

/// One line of base64, in either alphabet, with or without padding: operators make keys with whatever they have.
fn parse(text: &str) -> Option<[u8; 32]> {
    let line = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(line).ok()?.try_into().ok()
}

/// Makes `path`, unless another process makes it first: then that one's key counts.
fn create(dir: &Path, path: &Path) -> Result<(), Error> {
    let line = URL_SAFE_NO_PAD.encode(random_bytes::<32>()) + "\n";
    // Written whole under another name, and then linked: a link fails when the name is taken, so nobody ever reads a
    // key that is half written, and nobody's key is replaced after it was used.
    let draft = Draft(dir.join(format!(".{FILE}.{}", random_id())));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft.0)
        .and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.sync_all()
        });
    written.map_err(|source| Error::Io {
        doing: "write",
        path: draft.0.clone(),
        source,
    })?;
    match std::fs::hard_link(&draft.0, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(Error::Io {
                doing: "create",
                path: path.into(),
                source: error,
            });
        }
        _ => {}
    }
    drop(draft);
    sync(dir).map_err(|source| Error::Io {
        doing: "flush",
        path: dir.into(),
        source,
    })?;
    // The folder may be new itself: after a power cut it must not be missing while the store, elsewhere, has what it
    // sealed. Not every folder above may be opened, and those that are old need not be flushed.
    for above in dir.ancestors().skip(1) {
        let _ = sync(if above.as_os_str().is_empty() {
            Path::new(".")
        } else {
            above
        });
    }
    Ok(())
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// A file that goes away with this value, whatever happened.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // A draft that stays is a key that seals nothing.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt,
        sync::Barrier,
    };

    use super::*;

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    fn names(dir: &Path) -> Vec<String> {
        fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn the_first_start_makes_a_closed_folder_and_a_closed_key() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("etc/keys");
        MasterKey::load_or_create(&dir).unwrap();
        assert_eq!((mode(&dir), mode(&dir.join(FILE))), (0o700, 0o600));
        assert_eq!(names(&dir), [FILE]);
        assert_eq!(
            fs::read_to_string(dir.join(FILE))
                .unwrap()
                .lines()
                .map(str::len)
                .collect::<Vec<_>>(),
            [43]
        );
    }

    #[test]
    fn a_second_start_reads_the_same_key() {
        let dir = tempfile::tempdir().unwrap();
        let first = MasterKey::load_or_create(dir.path()).unwrap();
        let again = MasterKey::load_or_create(dir.path()).unwrap();
        assert_eq!(first.fingerprint(), again.fingerprint());
        let sealed = first.seal("p", "i", b"x").unwrap();
        assert_eq!(again.open("p", "i", &sealed).unwrap().expose(), b"x");
    }

    #[test]
    fn two_folders_have_two_keys() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let fingerprint = |dir: &tempfile::TempDir| MasterKey::load_or_create(dir.path()).unwrap().fingerprint();
        assert_ne!(fingerprint(&a), fingerprint(&b));
    }

    #[test]
    fn many_that_start_at_once_end_with_one_key() {
        for _ in 0..20 {
            let root = tempfile::tempdir().unwrap();
            let (dir, start) = (root.path().join("keys"), Barrier::new(8));
            let fingerprints: Vec<String> = std::thread::scope(|scope| {
                let starts: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            MasterKey::load_or_create(&dir).unwrap().fingerprint()
                        })
                    })
                    .collect();
                starts.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(
                fingerprints.iter().all(|one| *one == fingerprints[0]),
                "{fingerprints:?}"
            );
            assert_eq!(names(&dir), [FILE]);
        }
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused_with_the_command_to_run() {
        let dir = tempfile::tempdir().unwrap();
        for open in [0o770, 0o707, 0o777, 0o1777] {
            chmod(dir.path(), open);
            let error = MasterKey::load_or_create(dir.path()).unwrap_err();
            assert!(matches!(error, Error::FolderWritable { mode, .. } if mode == open));
            let text = error.to_string();
            assert!(
                text.contains(&format!("{open:04o}")) && text.contains("chmod go-w"),
                "{text}"
            );
            assert!(text.contains(&dir.path().display().to_string()), "{text}");
        }
        assert!(names(dir.path()).is_empty());
        chmod(dir.path(), 0o755);
        MasterKey::load_or_create(dir.path()).unwrap();
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        MasterKey::load_or_create(dir.path()).unwrap();
        for open in [0o640, 0o604, 0o620, 0o666] {
            chmod(&dir.path().join(FILE), open);
            let error = MasterKey::load_or_create(dir.path()).unwrap_err();
            assert!(matches!(error, Error::FileOpen { mode, .. } if mode == open));
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        chmod(&dir.path().join(FILE), 0o400);
        MasterKey::load_or_create(dir.path()).unwrap();
    }

    #[test]
    fn a_named_file_may_be_read_by_its_group_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mounted");
        fs::write(&path, URL_SAFE_NO_PAD.encode([9; 32])).unwrap();
        for (mode, accepted) in [
            (0o400, true),
            (0o440, true),
            (0o640, true),
            (0o444, false),
            (0o660, false),
        ] {
            chmod(&path, mode);
            assert_eq!(MasterKey::load_file(&path).is_ok(), accepted, "{mode:o}");
        }
    }

    #[test]
    fn a_named_file_that_is_missing_is_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let error = MasterKey::load_file(&dir.path().join("absent")).unwrap_err();
        assert!(error.to_string().contains("absent"), "{error}");
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn either_alphabet_and_padding_are_read() {
        let bytes = [0xfb; 32];
        let standard = base64::engine::general_purpose::STANDARD.encode(bytes);
        assert!(standard.contains(['+', '/']) && standard.ends_with('='));
        for text in [
            standard.clone(),
            standard + "\r\n",
            format!(" {}\n", URL_SAFE_NO_PAD.encode(bytes)),
        ] {
            assert_eq!(parse(&text), Some(bytes), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_refused_by_its_path_and_without_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        let short = URL_SAFE_NO_PAD.encode([1; 31]);
        let long = URL_SAFE_NO_PAD.encode([1; 33]);
        for content in [
            &b""[..],
            b"\n",
            b"\xff\xfe",
            b"not base64!",
            &[b'A'; 4096],
            short.as_bytes(),
            long.as_bytes(),
        ] {
            fs::write(&path, content).unwrap();
            chmod(&path, 0o600);
            let error = MasterKey::load_or_create(dir.path()).unwrap_err();
            assert!(matches!(error, Error::NotAMasterKey { .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains("32 bytes in base64") && !text.contains(&short), "{text}");
        }
    }
}

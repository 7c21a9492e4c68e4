//! The files around the engine: what sled does not sync, and the mark of the last acknowledged commit.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::head::Mark;

/// The engine's only file, its name fixed by sled 0.34.
const DB: &str = "db";

/// The mark's file.
const MARK: &str = "acknowledged";

/// How long the engine's own threads may hold on to its file after it was closed.
const RELEASE: Duration = Duration::from_secs(1);

/// Second handles on the files of a store.
pub struct Disk {
    path: PathBuf,
    db: File,
    mark: File,
}

impl Disk {
    /// Makes the directory, for the owner only, and takes away what a cut or killed start has left half-written.
    pub fn prepare(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        remove_unfinished_snapshots(path)
    }

    /// Opens the files that the engine has made.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        Ok(Self {
            path: path.to_owned(),
            db: File::open(path.join(DB))?,
            mark: options.open(path.join(MARK))?,
        })
    }

    /// Makes the files and their names durable: once after opening, when sled has made or renamed some.
    pub fn sync_names(&self) -> io::Result<()> {
        self.db.sync_all()?;
        let parent = self
            .path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        for path in [&self.path.join("conf"), &self.path.join("blobs"), &self.path, parent] {
            File::open(path)?.sync_all()?;
        }
        Ok(())
    }

    /// Makes what was flushed durable. sled itself calls `sync_file_range`, which writes neither metadata nor the
    /// disk's cache.
    pub fn sync(&self) -> io::Result<()> {
        self.db.sync_data()
    }

    /// The mark that was left behind, if any is readable.
    pub fn mark(&self) -> io::Result<Option<Mark>> {
        let mut line = vec![0; usize::try_from(self.mark.metadata()?.len()).unwrap_or(0).min(64)];
        self.mark.read_exact_at(&mut line, 0)?;
        Ok(std::str::from_utf8(&line).ok().and_then(Mark::parse))
    }

    /// Leaves a mark, after [`sync`](Self::sync). It is not synced: an older one is as true.
    pub fn set_mark(&self, mark: Mark) -> io::Result<()> {
        self.mark.write_all_at(mark.line().as_bytes(), 0)
    }

    /// Makes the last mark durable and waits until another process can take the store.
    pub fn release(self) -> io::Result<()> {
        self.mark.sync_data()?;
        let begun = Instant::now();
        loop {
            let db = File::open(self.path.join(DB))?;
            match db.try_lock() {
                Err(TryLockError::WouldBlock) if begun.elapsed() < RELEASE => thread::sleep(Duration::from_millis(1)),
                // Held for so long it is held by the next process already.
                Err(TryLockError::WouldBlock) => return Ok(()),
                Ok(()) => return db.unlock(),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

/// sled writes a snapshot of its page table at each start, under a name that ends with `.generating`, and renames it when it is whole.
/// But at the next start it takes a left-over one for a snapshot too, and one that is not whole for damage: a power cut or a kill in that
/// moment would make the store unreadable for ever. It is never needed: the log that it sums up is kept until it has its final name.
fn remove_unfinished_snapshots(path: &Path) -> io::Result<()> {
    let db = match File::open(path.join(DB)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        db => db?,
    };
    // Whoever holds the store may be writing one.
    match db.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(()),
        locked => locked?,
    }
    for entry in path.read_dir()? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(file = %name, "a start was cut off while the store was opened; its unfinished snapshot is removed");
            std::fs::remove_file(entry.path())?;
        }
    }
    // Said, not left to closing the file: a process that another thread is just starting holds every open file for a
    // moment, and the engine takes the lock next.
    db.unlock()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    fn disk(path: &Path) -> Disk {
        Disk::prepare(path).unwrap();
        for name in [DB, "conf"] {
            fs::write(path.join(name), "").unwrap();
        }
        fs::create_dir_all(path.join("blobs")).unwrap();
        Disk::open(path).unwrap()
    }

    #[test]
    fn the_directory_is_for_its_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        disk(&path).sync_names().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(
            fs::metadata(path.join(MARK)).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn an_unfinished_snapshot_is_removed_unless_somebody_may_be_writing_it() {
        let directory = tempfile::tempdir().unwrap();
        let unfinished = directory.path().join("snap.0000000000B8BA38.generating");
        let whole = directory.path().join("snap.0000000000B8BA38");
        let holder = File::create(directory.path().join(DB)).unwrap();
        for file in [&unfinished, &whole] {
            fs::write(file, "half").unwrap();
        }
        holder.lock().unwrap();
        Disk::prepare(directory.path()).unwrap();
        assert!(unfinished.exists(), "it belongs to the holder");
        holder.unlock().unwrap();
        Disk::prepare(directory.path()).unwrap();
        assert!(!unfinished.exists() && whole.exists());
    }

    #[test]
    fn looking_for_an_unfinished_snapshot_holds_the_store_no_longer_than_the_look() {
        let directory = tempfile::tempdir().unwrap();
        File::create(directory.path().join(DB)).unwrap();
        thread::scope(|scope| {
            let spawner = scope.spawn(|| {
                for _ in 0..300 {
                    std::process::Command::new("true").status().unwrap();
                }
            });
            while !spawner.is_finished() {
                Disk::prepare(directory.path()).unwrap();
                let engine = File::open(directory.path().join(DB)).unwrap();
                engine.try_lock().unwrap();
                engine.unlock().unwrap();
            }
        });
    }

    #[test]
    fn the_last_mark_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let first = disk(directory.path());
        assert_eq!(first.mark().unwrap(), None);
        first
            .set_mark(Mark {
                commit: 9,
                closed: true,
            })
            .unwrap();
        first
            .set_mark(Mark {
                commit: 10,
                closed: false,
            })
            .unwrap();
        assert_eq!(
            disk(directory.path()).mark().unwrap(),
            Some(Mark {
                commit: 10,
                closed: false
            })
        );
    }

    #[test]
    fn an_unreadable_mark_says_nothing() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(MARK), [0xff; 200]).unwrap();
        assert_eq!(disk(directory.path()).mark().unwrap(), None);
    }

    #[test]
    fn release_waits_for_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let disk = disk(directory.path());
        let holder = File::open(directory.path().join(DB)).unwrap();
        holder.lock().unwrap();
        let waiting = thread::spawn(move || disk.release());
        assert!(!waiting.is_finished());
        holder.unlock().unwrap();
        waiting.join().unwrap().unwrap();
    }
}

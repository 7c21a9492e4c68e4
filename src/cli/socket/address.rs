//! A path of any length as the address of a unix socket.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
};

/// `sockaddr_un` has room for 108 bytes, one of which ends the path (unix(7)).
const MAX_PATH: usize = 107;

/// What to bind or connect to. A path that is too long is reached through its directory, which stays open for as long.
pub struct Address {
    path: PathBuf,
    _directory: Option<File>,
}

impl Address {
    /// The address of a path; opens its directory when the path is too long.
    pub fn of(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= MAX_PATH {
            return Ok(Self {
                path: path.to_owned(),
                _directory: None,
            });
        }
        let directory = File::open(parent(path))?;
        let open = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string());
        Ok(Self {
            path: open.join(path.file_name().unwrap_or_default()),
            _directory: Some(directory),
        })
    }
}

impl AsRef<Path> for Address {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// The directory that a path is in.
pub fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str() != OsStr::new("") => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_path_is_its_own_address() {
        let path = Path::new("keys/admin.sock");
        assert_eq!(Address::of(path).unwrap().as_ref(), path);
        let longest = "x".repeat(MAX_PATH);
        assert_eq!(Address::of(Path::new(&longest)).unwrap().as_ref(), Path::new(&longest));
    }

    #[test]
    fn a_long_path_is_reached_through_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("d".repeat(120));
        std::fs::create_dir(&deep).unwrap();
        std::fs::write(deep.join("file"), "here").unwrap();
        let address = Address::of(&deep.join("file")).unwrap();
        assert!(address.as_ref().as_os_str().len() < 40);
        assert_eq!(std::fs::read_to_string(&address).unwrap(), "here");
        assert!(Address::of(&dir.path().join("e".repeat(120)).join("file")).is_err());
    }

    #[test]
    fn a_bare_name_is_in_the_working_directory() {
        assert_eq!(parent(Path::new("admin.sock")), Path::new("."));
        assert_eq!(parent(Path::new("keys/admin.sock")), Path::new("keys"));
        assert_eq!(parent(Path::new("/admin.sock")), Path::new("/"));
    }
}

//! What can go wrong with keys, in words for the operator who reads the log.

use std::{io, path::PathBuf};

use crate::protocol::jwa::SigningAlgorithm;

/// A failure of the keys room. Every text names what to do where there is something to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder of the master key can be written by others, who could then swap the key.
    #[error("{} can be written by others (mode {mode:04o}): run `chmod go-w {}`", path.display(), path.display())]
    FolderWritable {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The master key file is open to others.
    #[error("{} is open to others (mode {mode:04o}): run `chmod {wanted} {}`", path.display(), path.display())]
    FileOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The argument of `chmod` that closes it.
        wanted: &'static str,
    },
    /// The master key file does not hold 32 bytes in base64.
    #[error(
        "{} does not hold a master key: it must be one line, 32 bytes in base64 (as `openssl rand -base64 32` prints)",
        path.display()
    )]
    NotAMasterKey {
        /// The file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// Sealed by a master key that is not the present one.
    #[error(
        "the {purpose} {id} was sealed by another master key ({sealed_by}, the present one is {present}): \
         put the master key back from its backup"
    )]
    OtherMasterKey {
        /// What was sealed.
        purpose: String,
        /// Which one.
        id: String,
        /// The fingerprint of the master key that sealed it.
        sealed_by: String,
        /// The fingerprint of the present master key.
        present: String,
    },
    /// Not what was sealed, or sealed for another purpose or record.
    #[error("the sealed {purpose} {id} is damaged, or belongs to another record")]
    Damaged {
        /// What was sealed.
        purpose: String,
        /// Which one.
        id: String,
    },
    /// The ring has no active key of this algorithm.
    #[error("there is no active signing key of {}", algorithm.as_str())]
    NoActiveKey {
        /// What was to be signed with.
        algorithm: SigningAlgorithm,
    },
    /// The active key does not verify what it signed.
    #[error("the signing key {kid} does not verify its own signature")]
    Unfit {
        /// The key.
        kid: String,
    },
    /// A public key that cannot be read.
    #[error("the public key {kid} cannot be read")]
    PublicKey {
        /// The key.
        kid: String,
    },
    /// `publish_ahead` below its floor.
    #[error("publish_ahead must be at least 1 h: verifiers keep a key set for an hour and do not ask again before")]
    PublishAheadTooShort,
    /// The claims are no JSON object.
    #[error("the claims cannot be written as JSON")]
    Claims(#[from] serde_json::Error),
    /// The operator's key was refused.
    #[error(transparent)]
    Import(#[from] super::import::ImportError),
    /// josekit refused a key or could not sign.
    #[error("the signing key failed")]
    Jose(#[from] josekit::JoseError),
    /// OpenSSL failed.
    #[error("OpenSSL failed")]
    OpenSsl(#[from] openssl::error::ErrorStack),
}

//! A password hash as it is kept: our own argon2id, or what another system made.

use argon2::PasswordHash;

use super::{
    super::hasher::{self, Hasher},
    Error, Verified,
    foreign::{Foreign, Unfit},
    normal,
};
use crate::secret::Secret;

/// A hash that is to be imported costs a sign-in at most 256 MiB, and memory times passes of 1 GiB. Our own may cost more,
/// when the operator wants it so.
const MOST_IMPORTED_KIB: u32 = 256 * 1024;
const MOST_IMPORTED_WORK: u64 = 1024 * 1024;
/// Shorter outputs would be guessed in their own right.
const SHORTEST_OUTPUT: usize = 16;

/// Why a hash of another system is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// No format that is known.
    #[error(
        "this is no password hash that avouch knows: bcrypt ($2a$, $2b$, $2y$), argon2 ($argon2id$, $argon2i$, \
         $argon2d$), scrypt ($scrypt$) or PBKDF2 ($pbkdf2-sha256$, $pbkdf2-sha512$, $pbkdf2$, pbkdf2_sha256$)"
    )]
    Unknown,
    /// A known format, but damaged or incomplete.
    #[error("this password hash is damaged or incomplete")]
    Damaged,
    /// It asks for more time or memory than a sign-in may cost.
    #[error("this password hash costs more time or memory than a sign-in may take")]
    TooCostly,
}

impl From<Unfit> for ImportRefusal {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Unknown => Self::Unknown,
            Unfit::Damaged => Self::Damaged,
            Unfit::TooCostly => Self::TooCostly,
        }
    }
}

/// A hash, read.
#[derive(Debug)]
pub(super) enum Kept {
    Argon2(Box<PasswordHash>),
    Foreign(Foreign),
}

impl Kept {
    pub(super) fn parse(text: &str) -> Result<Self, ImportRefusal> {
        // Django writes its own name of the algorithm in front.
        let phc = text.strip_prefix("argon2$").map_or(text, |_| &text["argon2".len()..]);
        if !phc.starts_with("$argon2") {
            return Ok(Self::Foreign(Foreign::parse(text)?));
        }
        let hash = PasswordHash::new(phc).map_err(|_| ImportRefusal::Damaged)?;
        Ok(Self::Argon2(Box::new(hash)))
    }

    fn scheme(&self) -> &'static str {
        match self {
            Self::Argon2(hash) => match hash.algorithm.as_str() {
                "argon2i" => "argon2i",
                "argon2d" => "argon2d",
                _ => "argon2id",
            },
            Self::Foreign(foreign) => foreign.scheme(),
        }
    }
}

/// The hash to keep for one that another system made: the same, without spaces around. It can be verified, and at a price
/// that a sign-in may have.
pub fn importable(hash: &str) -> Result<&str, ImportRefusal> {
    let hash = hash.trim();
    if let Kept::Argon2(phc) = Kept::parse(hash)? {
        let (memory, passes) = hasher::cost(&phc).ok_or(ImportRefusal::Damaged)?;
        if memory > MOST_IMPORTED_KIB || u64::from(memory) * u64::from(passes) > MOST_IMPORTED_WORK {
            return Err(ImportRefusal::TooCostly);
        }
        let output = phc.hash.as_ref().map_or(0, argon2::password_hash::phc::Output::len);
        if output < SHORTEST_OUTPUT || phc.salt.is_none() {
            return Err(ImportRefusal::Damaged);
        }
    }
    Ok(hash)
}

/// What made a kept hash, for example `argon2id` or `bcrypt`; `None` when it cannot be read.
pub fn scheme(hash: &str) -> Option<&'static str> {
    Kept::parse(hash).ok().map(|kept| kept.scheme())
}

/// Compares what was typed with a kept hash, or takes the time of it. Until the first sign-in renews it, a foreign hash
/// takes its own time and not ours.
pub(super) fn verify(hasher: &Hasher, typed: &Secret<String>, kept: Option<&Kept>) -> Result<Verified, Error> {
    let normal = normal(typed);
    let first = compare(hasher, &normal, kept)?;
    // Other systems hashed what was typed, letter for letter.
    let is_another = |kept: &Kept| match kept {
        Kept::Argon2(hash) => hasher.is_dated(hash),
        Kept::Foreign(_) => true,
    };
    if first == Verified::Wrong && normal != *typed && kept.is_some_and(is_another) {
        return compare(hasher, typed, kept);
    }
    Ok(first)
}

fn compare(hasher: &Hasher, password: &Secret<String>, kept: Option<&Kept>) -> Result<Verified, Error> {
    match kept {
        None => hasher.verify(password, None),
        Some(Kept::Argon2(hash)) => hasher.verify(password, Some(hash)),
        Some(Kept::Foreign(foreign)) => match foreign.verify(password.expose().as_bytes()) {
            Some(true) => Ok(Verified::Right { rehash: true }),
            Some(false) => Ok(Verified::Wrong),
            None => Err(Error::Failed),
        },
    }
}

//! Password hashes that other systems made: bcrypt, PBKDF2, scrypt. Only ever verified; the next sign-in replaces them.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use openssl::{hash::MessageDigest, pkcs5};

/// 2^14 rounds are a second of a core.
const MOST_BCRYPT_COST: u32 = 14;
/// About two seconds of a core; Django's own is 1.2 million.
const MOST_PBKDF2_ITERATIONS: usize = 4_000_000;
/// `128 * N * r` bytes of memory: 256 MiB.
const MOST_SCRYPT_BLOCKS: u64 = 1 << 21;
/// `N * r * p`: about two seconds of a core.
const MOST_SCRYPT_WORK: u64 = 1 << 22;
/// A shorter output would be guessed in its own right.
const SHORTEST_OUTPUT: usize = 16;
const LONGEST_OUTPUT: usize = 64;

/// bcrypt reads so many bytes of a password with the NUL behind it, and no more.
const BCRYPT_BYTES: usize = 72;

/// Why a text is no hash that can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// No format that is known.
    Unknown,
    /// A known format, but damaged or incomplete.
    Damaged,
    /// It asks for more time or memory than a sign-in may cost.
    TooCostly,
}

/// A hash, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Bcrypt {
        cost: u32,
        salt: [u8; 16],
        output: [u8; 23],
    },
    Pbkdf2 {
        digest: Digest,
        iterations: usize,
        salt: Vec<u8>,
        output: Vec<u8>,
    },
    Scrypt {
        n: u64,
        r: u64,
        p: u64,
        salt: Vec<u8>,
        output: Vec<u8>,
    },
}

/// The hash function of PBKDF2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Foreign {
    /// Reads the modular crypt format (`$2b$`), PHC strings, and passlib's and Django's variants of them.
    pub(super) fn parse(text: &str) -> Result<Self, Unfit> {
        let (name, rest) = match text.strip_prefix('$') {
            Some(text) => text.split_once('$'),
            // Django writes its own name of the algorithm in front.
            None => match text.split_once('$') {
                Some(("bcrypt", text)) => return Self::parse(text),
                other => other,
            },
        }
        .ok_or(Unfit::Unknown)?;
        let is_phc = text.starts_with('$');
        match name {
            "2a" | "2b" | "2y" if is_phc => bcrypt(rest),
            "pbkdf2" if is_phc => pbkdf2(Digest::Sha1, rest, is_phc),
            "pbkdf2-sha256" if is_phc => pbkdf2(Digest::Sha256, rest, is_phc),
            "pbkdf2-sha512" if is_phc => pbkdf2(Digest::Sha512, rest, is_phc),
            "pbkdf2_sha1" if !is_phc => pbkdf2(Digest::Sha1, rest, is_phc),
            "pbkdf2_sha256" if !is_phc => pbkdf2(Digest::Sha256, rest, is_phc),
            "scrypt" if is_phc => scrypt(rest),
            _ => Err(Unfit::Unknown),
        }
    }

    /// The name of the scheme, for the operator.
    pub(super) const fn scheme(&self) -> &'static str {
        match self {
            Self::Bcrypt { .. } => "bcrypt",
            Self::Pbkdf2 { digest, .. } => match digest {
                Digest::Sha1 => "pbkdf2-sha1",
                Digest::Sha256 => "pbkdf2-sha256",
                Digest::Sha512 => "pbkdf2-sha512",
            },
            Self::Scrypt { .. } => "scrypt",
        }
    }

    /// Whether `password` gives this output. `None` when the library fails. Blocks its thread.
    pub(super) fn verify(&self, password: &[u8]) -> Option<bool> {
        let (made, wanted) = match self {
            Self::Bcrypt { cost, salt, output } => {
                let mut key: Vec<u8> = password.iter().copied().chain([0]).collect();
                key.truncate(BCRYPT_BYTES);
                let mut made = bcrypt::bcrypt(*cost, *salt, &key).to_vec();
                // The format keeps 23 bytes of 24.
                made.truncate(output.len());
                (made, output.as_slice())
            }
            Self::Pbkdf2 {
                digest,
                iterations,
                salt,
                output,
            } => {
                let mut made = vec![0; output.len()];
                pkcs5::pbkdf2_hmac(password, salt, *iterations, digest.openssl(), &mut made).ok()?;
                (made, output.as_slice())
            }
            Self::Scrypt { n, r, p, salt, output } => {
                let mut made = vec![0; output.len()];
                // What OpenSSL may use at most: the blocks, and a little for itself.
                let memory = 128 * (n * r + r * p + 2 * r) + (1 << 20);
                pkcs5::scrypt(password, salt, *n, *r, *p, memory, &mut made).ok()?;
                (made, output.as_slice())
            }
        };
        // With a NUL inside, bcrypt takes "ab\0ab" for "ab".
        let is_ambiguous = matches!(self, Self::Bcrypt { .. }) && password.contains(&0);
        Some(!is_ambiguous && made.len() == wanted.len() && openssl::memcmp::eq(&made, wanted))
    }
}

impl Digest {
    fn openssl(self) -> MessageDigest {
        match self {
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }
}

/// `COST$` and 53 characters: 22 of salt, 31 of output.
fn bcrypt(rest: &str) -> Result<Foreign, Unfit> {
    let (cost, tail) = rest.split_once('$').ok_or(Unfit::Damaged)?;
    let cost = match cost.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => cost.parse::<u32>().map_err(|_| Unfit::Damaged)?,
        _ => return Err(Unfit::Damaged),
    };
    if !(4..=31).contains(&cost) {
        return Err(Unfit::Damaged);
    }
    if tail.len() != 53 || !tail.is_ascii() {
        return Err(Unfit::Damaged);
    }
    let (salt, output) = tail.split_at(22);
    let engine = GeneralPurpose::new(&alphabet::BCRYPT, LENIENT);
    let decode = |text: &str| engine.decode(text).map_err(|_| Unfit::Damaged);
    let salt = decode(salt)?.try_into().map_err(|_| Unfit::Damaged)?;
    let output = decode(output)?.try_into().map_err(|_| Unfit::Damaged)?;
    if cost > MOST_BCRYPT_COST {
        return Err(Unfit::TooCostly);
    }
    Ok(Foreign::Bcrypt { cost, salt, output })
}

/// `i=N,l=N$SALT$OUTPUT` (PHC), `N$SALT$OUTPUT` (passlib, and Django, whose salt is the text itself).
fn pbkdf2(digest: Digest, rest: &str, is_phc: bool) -> Result<Foreign, Unfit> {
    let [cost, salt, output] = fields(rest)?;
    let iterations = if cost.contains('=') {
        parameter(cost, "i").ok_or(Unfit::Damaged)?
    } else {
        number(cost).ok_or(Unfit::Damaged)?
    };
    let salt = if is_phc {
        decode(salt)?
    } else {
        salt.as_bytes().to_vec()
    };
    let output = output_of(output)?;
    // The beginning of an output is right as well: one that was cut off must not pass for a whole one.
    let length = parameter(cost, "l").unwrap_or(digest.openssl().size() as u64);
    if iterations == 0 || salt.is_empty() || length != output.len() as u64 {
        return Err(Unfit::Damaged);
    }
    let iterations = usize::try_from(iterations)
        .ok()
        .filter(|iterations| *iterations <= MOST_PBKDF2_ITERATIONS)
        .ok_or(Unfit::TooCostly)?;
    Ok(Foreign::Pbkdf2 {
        digest,
        iterations,
        salt,
        output,
    })
}

/// `ln=N,r=N,p=N$SALT$OUTPUT`.
fn scrypt(rest: &str) -> Result<Foreign, Unfit> {
    let [cost, salt, output] = fields(rest)?;
    let [ln, r, p] = ["ln", "r", "p"].map(|name| parameter(cost, name).filter(|number| *number > 0));
    let (Some(ln), Some(r), Some(p)) = (ln, r, p) else {
        return Err(Unfit::Damaged);
    };
    let (salt, output) = (decode(salt)?, output_of(output)?);
    // As above: the lengths that are in use.
    if salt.is_empty() || !matches!(output.len(), 16 | 32 | 64) {
        return Err(Unfit::Damaged);
    }
    let n = u32::try_from(ln).ok().and_then(|ln| 1u64.checked_shl(ln));
    let blocks = n.and_then(|n| n.checked_mul(r));
    let work = blocks.and_then(|blocks| blocks.checked_mul(p));
    match (n, blocks, work) {
        (Some(n), Some(blocks), Some(work)) if blocks <= MOST_SCRYPT_BLOCKS && work <= MOST_SCRYPT_WORK => {
            Ok(Foreign::Scrypt { n, r, p, salt, output })
        }
        _ => Err(Unfit::TooCostly),
    }
}

fn fields(rest: &str) -> Result<[&str; 3], Unfit> {
    let fields: Vec<&str> = rest.split('$').collect();
    fields.try_into().map_err(|_| Unfit::Damaged)
}

fn parameter(cost: &str, name: &str) -> Option<u64> {
    cost.split(',')
        .filter_map(|pair| pair.split_once('='))
        .find(|(found, _)| *found == name)
        .and_then(|(_, value)| number(value))
}

/// Digits only: `parse` alone would take a sign as well. What does not fit is more than anybody may ask for.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Padding or none, and bits after the last byte: systems differ.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// base64, also with passlib's `.` for `+`.
fn decode(text: &str) -> Result<Vec<u8>, Unfit> {
    GeneralPurpose::new(&alphabet::STANDARD, LENIENT)
        .decode(text.replace('.', "+"))
        .map_err(|_| Unfit::Damaged)
}

fn output_of(text: &str) -> Result<Vec<u8>, Unfit> {
    let output = decode(text)?;
    if (SHORTEST_OUTPUT..=LONGEST_OUTPUT).contains(&output.len()) {
        Ok(output)
    } else {
        Err(Unfit::Damaged)
    }
}

#[cfg(test)]
#[path = "foreign_tests.rs"]
mod tests;

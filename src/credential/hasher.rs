//! argon2id and PHC strings. Blocks its thread for tens of milliseconds.

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};

use super::{
    memory::Spare,
    password::{Error, Params, Verified},
};
use crate::secret::{Secret, random_bytes};

const HASH_LENGTH: usize = 32;
const SALT_LENGTH: usize = 16;
/// A kept hash that asks for more was made to stop the daemon: 1 GiB, 100 passes.
const MOST_KIB: u32 = 1024 * 1024;
const MOST_ITERATIONS: u32 = 100;

#[derive(Debug)]
pub(super) struct Hasher {
    params: argon2::Params,
    /// Stands in for the hash of an unknown user. No password gives it: its output is random.
    dummy: PasswordHash,
    spare: Spare,
}

impl Hasher {
    pub(super) fn new(params: Params) -> Result<Self, Error> {
        let params = argon2::Params::new(
            params.memory_kib,
            params.iterations,
            params.parallelism,
            Some(HASH_LENGTH),
        )
        .ok()
        .filter(is_affordable)
        .ok_or(Error::Params)?;
        let dummy = phc(&params, &random_bytes::<SALT_LENGTH>(), &random_bytes::<HASH_LENGTH>())?;
        Ok(Self {
            params,
            dummy,
            spare: Spare::default(),
        })
    }

    /// The PHC string of a normalized password, with a new salt.
    pub(super) fn hash(&self, password: &Secret<String>) -> Result<String, Error> {
        let salt: [u8; SALT_LENGTH] = random_bytes();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let output = self.compute(&argon2, password, &salt, HASH_LENGTH)?;
        Ok(phc(&self.params, &salt, &output)?.to_string())
    }

    /// Compares a normalized password with a kept hash, or takes the time of it.
    pub(super) fn verify(&self, password: &Secret<String>, kept: Option<&PasswordHash>) -> Result<Verified, Error> {
        let known = kept.is_some();
        let kept = kept.unwrap_or(&self.dummy);
        let (argon2, salt, wanted) = read(kept).ok_or(Error::Unreadable)?;
        let output = self.compute(&argon2, password, salt, wanted.len())?;
        // `same` is false for the dummy in any case; `known` says so without counting on it.
        let same = openssl::memcmp::eq(&output, wanted);
        Ok(if same && known {
            Verified::Right {
                rehash: self.is_dated(kept),
            }
        } else {
            Verified::Wrong
        })
    }

    /// Gives the memory of past hashes back to the system.
    pub(super) fn free_memory(&self) {
        self.spare.clear();
    }

    fn compute(
        &self,
        argon2: &Argon2<'_>,
        password: &Secret<String>,
        salt: &[u8],
        length: usize,
    ) -> Result<Vec<u8>, Error> {
        let mut output = vec![0; length];
        let mut memory = self.spare.take(argon2.params().block_count());
        let done = argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut output, &mut memory);
        self.spare.keep(memory);
        done.map(|()| output).map_err(|_| Error::Failed)
    }

    /// Made in another way than [`hash`](Self::hash) makes them today.
    pub(super) fn is_dated(&self, kept: &PasswordHash) -> bool {
        kept.algorithm != ARGON2ID_IDENT
            || kept.version != Some(Version::V0x13.into())
            || argon2::Params::try_from(kept).ok().as_ref() != Some(&self.params)
            || kept.salt.as_ref().is_none_or(|salt| salt.len() < SALT_LENGTH)
    }

    #[cfg(test)]
    pub(super) fn spare_memory(&self) -> usize {
        self.spare.len()
    }
}

fn phc(params: &argon2::Params, salt: &[u8], output: &[u8]) -> Result<PasswordHash, Error> {
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|_| Error::Failed)?,
        salt: Some(Salt::new(salt).map_err(|_| Error::Failed)?),
        hash: Some(Output::new(output).map_err(|_| Error::Failed)?),
    })
}

/// How to compute a kept hash again, its salt, and what has to come out.
fn read(kept: &PasswordHash) -> Option<(Argon2<'static>, &[u8], &[u8])> {
    let algorithm = Algorithm::try_from(kept.algorithm.as_str()).ok()?;
    // The reference implementation reads a string without a version as the one before the version was written.
    let version = kept.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
    let params = argon2::Params::try_from(kept).ok().filter(is_affordable)?;
    Some((
        Argon2::new(algorithm, version, params),
        kept.salt.as_ref()?,
        kept.hash.as_ref()?.as_bytes(),
    ))
}

/// What a kept hash costs to verify: KiB, and passes over them. `None` when it cannot be verified at all.
pub(super) fn cost(kept: &PasswordHash) -> Option<(u32, u32)> {
    Algorithm::try_from(kept.algorithm.as_str()).ok()?;
    kept.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
    let params = argon2::Params::try_from(kept).ok()?;
    Some((params.m_cost(), params.t_cost()))
}

fn is_affordable(params: &argon2::Params) -> bool {
    params.m_cost() <= MOST_KIB && params.t_cost() <= MOST_ITERATIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Params = Params {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };

    fn text(text: &str) -> Secret<String> {
        Secret::new(text.into())
    }

    fn verify(hasher: &Hasher, password: &str, phc: &str) -> Result<Verified, Error> {
        hasher.verify(&text(password), Some(&PasswordHash::new(phc).unwrap()))
    }

    #[test]
    fn a_hash_is_a_phc_string_with_its_parameters_and_a_salt_of_its_own() {
        let hasher = Hasher::new(Params::default()).unwrap();
        let (a, b) = (
            hasher.hash(&text("correct horse")).unwrap(),
            hasher.hash(&text("correct horse")).unwrap(),
        );
        assert!(a.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{a}");
        assert_ne!(a, b);
        assert_eq!(
            verify(&hasher, "correct horse", &a).unwrap(),
            Verified::Right { rehash: false }
        );
        assert_eq!(verify(&hasher, "correct hors", &a).unwrap(), Verified::Wrong);
    }

    #[test]
    fn reused_memory_gives_the_same_hash() {
        let hasher = Hasher::new(SMALL).unwrap();
        let phc = hasher.hash(&text("first")).unwrap();
        for _ in 0..3 {
            hasher.hash(&text("another")).unwrap();
            assert_eq!(hasher.spare_memory(), 1);
            assert_eq!(
                verify(&hasher, "first", &phc).unwrap(),
                Verified::Right { rehash: false }
            );
        }
        hasher.free_memory();
        assert_eq!(hasher.spare_memory(), 0);
    }

    #[test]
    fn the_crate_s_own_verifier_agrees() {
        use argon2::PasswordVerifier;
        let phc = Hasher::new(SMALL).unwrap().hash(&text("correct horse")).unwrap();
        assert!(
            Argon2::default()
                .verify_password(b"correct horse", phc.as_str())
                .is_ok()
        );
        assert!(Argon2::default().verify_password(b"wrong", phc.as_str()).is_err());
    }

    #[test]
    fn the_reference_implementation_s_strings_are_read() {
        // From the test suite of the reference implementation (phc-winner-argon2, test.c): with and without a version.
        let with = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let without = "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY";
        let hasher = Hasher::new(SMALL).unwrap();
        for phc in [with, without] {
            assert_eq!(
                verify(&hasher, "password", phc).unwrap(),
                Verified::Right { rehash: true },
                "{phc}"
            );
            assert_eq!(verify(&hasher, "Password", phc).unwrap(), Verified::Wrong, "{phc}");
        }
    }

    #[test]
    fn other_parameters_ask_for_a_rehash() {
        let hasher = Hasher::new(SMALL).unwrap();
        for other in [
            Params {
                memory_kib: 72,
                ..SMALL
            },
            Params { iterations: 2, ..SMALL },
            Params {
                parallelism: 2,
                ..SMALL
            },
        ] {
            let phc = Hasher::new(other).unwrap().hash(&text("correct horse")).unwrap();
            assert_eq!(
                verify(&hasher, "correct horse", &phc).unwrap(),
                Verified::Right { rehash: true },
                "{phc}"
            );
        }
    }

    #[test]
    fn an_unknown_user_costs_one_hash_with_the_same_parameters_and_is_never_right() {
        let hasher = Hasher::new(Params { iterations: 3, ..SMALL }).unwrap();
        let (argon2, salt, wanted) = read(&hasher.dummy).unwrap();
        assert_eq!(argon2.params(), &hasher.params);
        assert_eq!((salt.len(), wanted.len()), (SALT_LENGTH, HASH_LENGTH));
        assert_eq!(hasher.verify(&text("anything"), None).unwrap(), Verified::Wrong);
        assert_eq!(hasher.spare_memory(), 1, "a hash was computed");
        assert_ne!(hasher.dummy.to_string(), Hasher::new(SMALL).unwrap().dummy.to_string());
    }

    #[test]
    fn what_is_no_argon2_hash_or_costs_too_much_is_unreadable() {
        let hasher = Hasher::new(SMALL).unwrap();
        for phc in [
            "$scrypt$ln=16,r=8,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=1",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
            "$argon2id$v=20$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        ] {
            assert!(
                matches!(verify(&hasher, "password", phc), Err(Error::Unreadable)),
                "{phc}"
            );
        }
    }
}

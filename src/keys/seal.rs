//! The master key: seals what the store keeps secret, and derives the keys of other purposes.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    error::ErrorStack,
    md::Md,
    pkey::Id,
    pkey_ctx::PkeyCtx,
    symm::{Cipher, decrypt_aead, encrypt_aead},
};

use super::Error;
use crate::secret::{Secret, random_bytes};

/// The first byte of everything sealed, so that another way of sealing can be told apart later.
const VERSION: u8 = 1;
const FINGERPRINT: usize = 4;
const NONCE: usize = 12;
const TAG: usize = 16;
const HEAD: usize = 1 + FINGERPRINT + NONCE;

/// The 32 bytes that open everything sealed in the store. Its `Debug` prints nothing of them.
#[derive(Clone)]
pub struct MasterKey {
    root: [u8; 32],
    /// Seals and opens. Derived, so that the root itself only ever enters HKDF.
    sealing: [u8; 32],
    fingerprint: [u8; FINGERPRINT],
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// A master key of these bytes, which must be random: nothing stretches them.
    pub fn from_bytes(root: [u8; 32]) -> Result<Self, Error> {
        let sealing = hkdf(&root, b"avouch", b"seal")?;
        let fingerprint = hkdf(&root, b"avouch", b"fingerprint")?;
        Ok(Self {
            root,
            sealing,
            fingerprint,
        })
    }

    /// Eight hexadecimal digits that tell master keys apart and nothing else about them.
    pub fn fingerprint(&self) -> String {
        hex(&self.fingerprint)
    }

    /// Seals `plain` (AES-256-GCM, a random 96-bit nonce) for one purpose and one record: base64url of version,
    /// fingerprint of the master key, nonce, ciphertext and tag. Opens only under the same `purpose` and `id`, so that
    /// whoever writes to the store cannot make one record's secret pass for another's.
    pub fn seal(&self, purpose: &str, id: &str, plain: &[u8]) -> Result<String, Error> {
        let nonce: [u8; NONCE] = random_bytes();
        let mut tag = [0; TAG];
        let aad = bound_to(purpose, id);
        let ciphertext = encrypt_aead(
            Cipher::aes_256_gcm(),
            &self.sealing,
            Some(&nonce),
            &aad,
            plain,
            &mut tag,
        )?;
        let sealed = [&[VERSION][..], &self.fingerprint, &nonce, &ciphertext, &tag].concat();
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`seal`](Self::seal) sealed. Says whether another master key sealed it, or whether it is damaged.
    pub fn open(&self, purpose: &str, id: &str, sealed: &str) -> Result<Secret<Vec<u8>>, Error> {
        let damaged = || Error::Damaged {
            purpose: purpose.into(),
            id: id.into(),
        };
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| damaged())?;
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or_else(damaged)?;
        let (version, head) = head.split_at(1);
        let (fingerprint, nonce) = head.split_at(FINGERPRINT);
        if version != [VERSION] {
            return Err(damaged());
        }
        if fingerprint != self.fingerprint {
            return Err(Error::OtherMasterKey {
                purpose: purpose.into(),
                id: id.into(),
                sealed_by: hex(fingerprint),
                present: self.fingerprint(),
            });
        }
        let at = rest.len().checked_sub(TAG).ok_or_else(damaged)?;
        let (ciphertext, tag) = rest.split_at(at);
        let aad = bound_to(purpose, id);
        decrypt_aead(Cipher::aes_256_gcm(), &self.sealing, Some(nonce), &aad, ciphertext, tag)
            .map(Secret::new)
            .map_err(|_| damaged())
    }

    /// The key of another purpose (HKDF-SHA256, RFC 5869): always the same for one master key and one purpose.
    pub fn derive(&self, purpose: &str) -> Result<Secret<[u8; 32]>, Error> {
        let info = [b"derive ", purpose.as_bytes()].concat();
        Ok(Secret::new(hkdf(&self.root, b"avouch", &info)?))
    }
}

/// What the tag covers beside the ciphertext. The length keeps ("a", "bc") apart from ("ab", "c").
fn bound_to(purpose: &str, id: &str) -> Vec<u8> {
    let length = (purpose.len() as u64).to_be_bytes();
    [&[VERSION][..], &length, purpose.as_bytes(), id.as_bytes()].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn hkdf<const N: usize>(key: &[u8], salt: &[u8], info: &[u8]) -> Result<[u8; N], ErrorStack> {
    let mut out = [0; N];
    let mut context = PkeyCtx::new_id(Id::HKDF)?;
    context.derive_init()?;
    context.set_hkdf_md(Md::sha256())?;
    context.set_hkdf_key(key)?;
    context.set_hkdf_salt(salt)?;
    context.add_hkdf_info(info)?;
    context.derive(Some(&mut out))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn master() -> MasterKey {
        MasterKey::from_bytes([7; 32]).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_under_the_same_purpose_and_id() {
        let sealed = master().seal("signing_key", "k1", b"private").unwrap();
        assert_eq!(
            master().open("signing_key", "k1", &sealed).unwrap().expose(),
            b"private"
        );
    }

    #[test]
    fn another_purpose_or_id_does_not_open_it() {
        let sealed = master().seal("ab", "c", b"private").unwrap();
        for (purpose, id) in [("a", "bc"), ("ab", "d"), ("abc", ""), ("", "abc"), ("AB", "c")] {
            assert!(
                matches!(master().open(purpose, id, &sealed), Err(Error::Damaged { .. })),
                "{purpose}/{id}"
            );
        }
    }

    #[test]
    fn another_master_key_says_so_and_names_the_backup() {
        let sealed = master().seal("signing_key", "k1", b"private").unwrap();
        let other = MasterKey::from_bytes([8; 32]).unwrap();
        let error = other.open("signing_key", "k1", &sealed).unwrap_err();
        assert!(matches!(error, Error::OtherMasterKey { .. }));
        let text = error.to_string();
        assert!(text.contains("another master key") && text.contains("backup"), "{text}");
        assert!(
            text.contains(&master().fingerprint()) && text.contains(&other.fingerprint()),
            "{text}"
        );
    }

    #[test]
    fn sealing_twice_gives_two_texts() {
        let twice = (
            master().seal("p", "i", b"x").unwrap(),
            master().seal("p", "i", b"x").unwrap(),
        );
        assert_ne!(twice.0, twice.1);
    }

    #[test]
    fn debug_prints_nothing_of_the_key() {
        assert_eq!(format!("{:?}", master()), "MasterKey");
    }

    #[test]
    fn derived_keys_differ_by_purpose_and_by_master_key_and_are_stable() {
        let csrf = master().derive("csrf").unwrap();
        assert_eq!(csrf, master().derive("csrf").unwrap());
        assert_ne!(csrf, master().derive("refresh").unwrap());
        assert_ne!(csrf, MasterKey::from_bytes([8; 32]).unwrap().derive("csrf").unwrap());
        assert_ne!(csrf.expose(), &master().sealing);
        assert_ne!(&master().sealing, master().derive("seal").unwrap().expose());
    }

    #[test]
    fn hkdf_gives_the_bytes_of_rfc_5869_a_1() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let out: [u8; 42] = hkdf(&[0x0b; 22], &salt, &info).unwrap();
        let wanted = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
        assert_eq!(hex(&out), wanted);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(plain: Vec<u8>, purpose: String, id: String) {
            let sealed = master().seal(&purpose, &id, &plain).unwrap();
            prop_assert_eq!(master().open(&purpose, &id, &sealed).unwrap(), Secret::new(plain));
        }

        #[test]
        fn a_changed_or_shortened_seal_never_opens(plain: Vec<u8>, at: prop::sample::Index, bit in 0..8u8) {
            let sealed = master().seal("p", "i", &plain).unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            let at = at.index(bytes.len());
            prop_assert!(master().open("p", "i", &URL_SAFE_NO_PAD.encode(&bytes[..at])).is_err());
            bytes[at] ^= 1 << bit;
            prop_assert!(master().open("p", "i", &URL_SAFE_NO_PAD.encode(&bytes)).is_err());
        }

        #[test]
        fn no_text_makes_opening_panic(text: String) {
            prop_assert!(master().open("p", "i", &text).is_err());
        }
    }
}

//! An operator's own RSA key, from PEM. The `rsa` crate reads and checks it here; it never signs with it.

use rsa::{
    RsaPrivateKey,
    pkcs1::DecodeRsaPrivateKey,
    pkcs8::{self, DecodePrivateKey, EncodePrivateKey, spki},
    traits::PublicKeyParts,
};

use super::NewKey;

/// Above this each signature costs eight times as much as with half the bits, for nothing that RS256 needs.
const MOST_BITS: usize = 4096;

/// Why an operator's key was refused, and what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// No PEM block.
    #[error("this is no PEM file: it must have a line `-----BEGIN PRIVATE KEY-----`")]
    NotPem,
    /// A passphrase protects it.
    #[error("the key is encrypted: decrypt it first, for example with `openssl pkey -in FILE -out PLAIN`")]
    Encrypted,
    /// A key, but of another kind.
    #[error("the key is not an RSA key: RS256 needs one")]
    NotRsa,
    /// A certificate or public key.
    #[error("this PEM block is `{label}`: a private key is needed (`PRIVATE KEY` or `RSA PRIVATE KEY`)")]
    NotPrivate {
        /// The block's label.
        label: String,
    },
    /// Fewer than 2048 bits.
    #[error("the key has {bits} bits: RS256 needs 2048 at least (RFC 7518, 3.3)")]
    TooShort {
        /// Bits of the modulus.
        bits: usize,
    },
    /// More than 4096 bits.
    #[error("the key has {bits} bits: 4096 are the most, as each signature takes too long with more")]
    TooLong {
        /// Bits of the modulus.
        bits: usize,
    },
    /// A public exponent under 65537.
    #[error("the key's public exponent is too small: it must be 65537 at least (FIPS 186-5, 5.4)")]
    SmallExponent,
    /// The PEM or DER does not parse, or the numbers contradict each other.
    #[error("the key is damaged: its numbers do not make an RSA key")]
    Damaged,
}

/// Reads a private key in PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`) PEM, unencrypted, of 2048 to 4096 bits.
pub fn import_pem(pem: &str) -> Result<NewKey, ImportError> {
    let key = match label(pem).ok_or(ImportError::NotPem)? {
        _ if pem.contains("Proc-Type: 4,ENCRYPTED") => return Err(ImportError::Encrypted),
        "ENCRYPTED PRIVATE KEY" => return Err(ImportError::Encrypted),
        "EC PRIVATE KEY" | "EC PARAMETERS" | "DSA PRIVATE KEY" | "OPENSSH PRIVATE KEY" => {
            return Err(ImportError::NotRsa);
        }
        "PRIVATE KEY" => RsaPrivateKey::from_pkcs8_pem(pem).map_err(|error| match error {
            pkcs8::Error::PublicKey(spki::Error::OidUnknown { .. }) => ImportError::NotRsa,
            _ => refusal_of_length(pem).unwrap_or(ImportError::Damaged),
        })?,
        "RSA PRIVATE KEY" => {
            RsaPrivateKey::from_pkcs1_pem(pem).map_err(|_| refusal_of_length(pem).unwrap_or(ImportError::Damaged))?
        }
        label => return Err(ImportError::NotPrivate { label: label.into() }),
    };
    check_length(key.n().bits())?;
    if *key.e() < 65537u32.into() {
        return Err(ImportError::SmallExponent);
    }
    let pkcs8_der = key.to_pkcs8_der().map_err(|_| ImportError::Damaged)?;
    Ok(NewKey::new(
        pkcs8_der.as_bytes().to_vec(),
        &key.n().to_bytes_be(),
        &key.e().to_bytes_be(),
    ))
}

/// The label of the first PEM block (RFC 7468, 2).
fn label(pem: &str) -> Option<&str> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    Some(rest.split_once("-----")?.0)
}

/// The `rsa` crate refuses long keys without saying why; OpenSSL reads them.
fn refusal_of_length(pem: &str) -> Option<ImportError> {
    let key = openssl::pkey::PKey::private_key_from_pem(pem.as_bytes()).ok()?;
    check_length(usize::try_from(key.bits()).ok()?).err()
}

const fn check_length(bits: usize) -> Result<(), ImportError> {
    match bits {
        ..2048 => Err(ImportError::TooShort { bits }),
        2048..=MOST_BITS => Ok(()),
        _ => Err(ImportError::TooLong { bits }),
    }
}

#[cfg(test)]
mod tests {
    use openssl::{bn::BigNum, ec::EcKey, nid::Nid, pkey::PKey, rsa::Rsa, symm::Cipher};

    use super::*;
    use crate::keys::{Signer, Verifier, fixtures, jwk};

    fn text(pem: Vec<u8>) -> String {
        String::from_utf8(pem).unwrap()
    }

    fn rsa() -> Rsa<openssl::pkey::Private> {
        PKey::private_key_from_pkcs8(fixtures::new_key(0).pkcs8_der.expose())
            .unwrap()
            .rsa()
            .unwrap()
    }

    fn pkcs8(rsa: Rsa<openssl::pkey::Private>) -> String {
        text(PKey::from_rsa(rsa).unwrap().private_key_to_pem_pkcs8().unwrap())
    }

    #[test]
    fn pkcs8_and_pkcs1_give_the_same_key() {
        let generated = fixtures::new_key(0);
        for pem in [pkcs8(rsa()), text(rsa().private_key_to_pem().unwrap())] {
            let imported = import_pem(&pem).unwrap();
            assert_eq!(
                (&imported.kid, &imported.n, &imported.e),
                (&generated.kid, &generated.n, &generated.e)
            );
            let signer = Signer::from_pkcs8_der(&imported.kid, imported.pkcs8_der.expose()).unwrap();
            let signature = signer.sign(b"input").unwrap();
            assert!(
                Verifier::new(&generated.kid, &generated.n, &generated.e)
                    .unwrap()
                    .verify(b"input", &signature)
            );
        }
    }

    #[test]
    fn windows_line_ends_and_words_around_the_block_are_no_obstacle() {
        let pem = pkcs8(rsa()).replace('\n', "\r\n");
        assert!(import_pem(&pem).is_ok());
    }

    #[test]
    fn short_keys_are_refused_with_their_length() {
        let short = Rsa::generate(1024).unwrap();
        let as_pkcs1 = text(short.private_key_to_pem().unwrap());
        for pem in [as_pkcs1, pkcs8(short)] {
            let error = import_pem(&pem).unwrap_err();
            assert_eq!(error, ImportError::TooShort { bits: 1024 });
            assert!(error.to_string().contains("1024 bits"), "{error}");
        }
    }

    #[test]
    fn encrypted_keys_are_refused_with_the_command_that_decrypts_them() {
        let key = PKey::from_rsa(rsa()).unwrap();
        let pkcs8 = key
            .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"secret")
            .unwrap();
        let pkcs1 = rsa()
            .private_key_to_pem_passphrase(Cipher::aes_256_cbc(), b"secret")
            .unwrap();
        for pem in [text(pkcs8), text(pkcs1)] {
            let error = import_pem(&pem).unwrap_err();
            assert_eq!(error, ImportError::Encrypted, "{}", pem.lines().next().unwrap());
            assert!(error.to_string().contains("openssl pkey"), "{error}");
        }
    }

    #[test]
    fn elliptic_curve_keys_are_refused_as_not_rsa() {
        let group = openssl::ec::EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let sec1 = text(key.private_key_to_pem().unwrap());
        let ed25519 = text(PKey::generate_ed25519().unwrap().private_key_to_pem_pkcs8().unwrap());
        let pkcs8 = text(PKey::from_ec_key(key).unwrap().private_key_to_pem_pkcs8().unwrap());
        for pem in [sec1, pkcs8, ed25519] {
            assert_eq!(
                import_pem(&pem).unwrap_err(),
                ImportError::NotRsa,
                "{}",
                pem.lines().next().unwrap()
            );
        }
    }

    #[test]
    fn a_public_key_is_named_for_what_it_is() {
        let public = text(rsa().public_key_to_pem().unwrap());
        assert_eq!(
            import_pem(&public).unwrap_err(),
            ImportError::NotPrivate {
                label: "PUBLIC KEY".into()
            }
        );
        assert_eq!(jwk::public_pem(&fixtures::new_key(0).n, "AQAB").unwrap(), public);
    }

    #[test]
    fn a_small_public_exponent_is_refused() {
        let weak = Rsa::generate_with_e(2048, &BigNum::from_u32(3).unwrap()).unwrap();
        assert_eq!(import_pem(&pkcs8(weak)).unwrap_err(), ImportError::SmallExponent);
    }

    #[test]
    fn what_is_no_pem_or_a_damaged_one_is_refused() {
        assert_eq!(import_pem("").unwrap_err(), ImportError::NotPem);
        assert_eq!(import_pem("{\"kty\":\"RSA\"}").unwrap_err(), ImportError::NotPem);
        let pem = pkcs8(rsa());
        let cut = &pem[..pem.len() / 2];
        assert_eq!(import_pem(cut).unwrap_err(), ImportError::Damaged);
        let changed = pem.replacen("\nMII", "\nMIJ", 1);
        assert_eq!(import_pem(&changed).unwrap_err(), ImportError::Damaged);
    }

    #[test]
    fn numbers_that_contradict_each_other_are_refused() {
        let (a, b) = (rsa(), Rsa::generate(2048).unwrap());
        let own = |number: &openssl::bn::BigNumRef| number.to_owned().unwrap();
        let mixed = Rsa::from_private_components(
            own(a.n()),
            own(a.e()),
            own(b.d()),
            own(b.p().unwrap()),
            own(b.q().unwrap()),
            own(b.dmp1().unwrap()),
            own(b.dmq1().unwrap()),
            own(b.iqmp().unwrap()),
        )
        .unwrap();
        let pem = text(mixed.private_key_to_pem().unwrap());
        assert_eq!(import_pem(&pem).unwrap_err(), ImportError::Damaged);
    }
}

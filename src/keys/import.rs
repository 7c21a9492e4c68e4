//! An operator's own key, from PEM. The `rsa` crate reads and checks RSA keys here; it never signs with them.

use openssl::{
    nid::Nid,
    pkey::{Id, PKey, Private},
};
use rsa::{
    RsaPrivateKey,
    pkcs1::DecodeRsaPrivateKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
    traits::PublicKeyParts,
};

use super::NewKey;
use crate::protocol::jwa::SigningAlgorithm;

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
    /// A key, but of a kind that no algorithm here signs with.
    #[error(
        "the key is of a kind that cannot be used: RS256 and PS256 need RSA, ES256 needs P-256, EdDSA needs Ed25519"
    )]
    OtherKind,
    /// A key of another kind than the asked algorithm needs.
    #[error("the key is not of the kind that {} needs", wanted.as_str())]
    NotFor {
        /// What was asked for.
        wanted: SigningAlgorithm,
    },
    /// A certificate or public key.
    #[error(
        "this PEM block is `{label}`: a private key is needed (`PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`)"
    )]
    NotPrivate {
        /// The block's label.
        label: String,
    },
    /// Fewer than 2048 bits.
    #[error("the key has {bits} bits: RS256 and PS256 need 2048 at least (RFC 7518, 3.3)")]
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
    #[error("the key is damaged: its numbers do not make a private key")]
    Damaged,
}

/// Reads a private key in PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`) PEM,
/// unencrypted: RSA of 2048 to 4096 bits, P-256 or Ed25519. An RSA key is for RS256 unless PS256 is wanted; the others
/// have only one algorithm.
pub fn import_pem(pem: &str, wanted: Option<SigningAlgorithm>) -> Result<NewKey, ImportError> {
    let key = match label(pem).ok_or(ImportError::NotPem)? {
        _ if pem.contains("Proc-Type: 4,ENCRYPTED") => return Err(ImportError::Encrypted),
        "ENCRYPTED PRIVATE KEY" => return Err(ImportError::Encrypted),
        "DSA PRIVATE KEY" | "OPENSSH PRIVATE KEY" => return Err(ImportError::OtherKind),
        "EC PRIVATE KEY" | "EC PARAMETERS" | "PRIVATE KEY" => match PKey::private_key_from_pem(pem.as_bytes()) {
            Ok(key) if key.id() == Id::RSA => import_rsa(pem, wanted)?,
            Ok(key) => import_curve(&key)?,
            Err(_) => return Err(ImportError::Damaged),
        },
        "RSA PRIVATE KEY" => import_rsa(pem, wanted)?,
        label => return Err(ImportError::NotPrivate { label: label.into() }),
    };
    match wanted {
        Some(wanted) if wanted != key.alg => Err(ImportError::NotFor { wanted }),
        _ => Ok(key),
    }
}

fn import_curve(key: &PKey<Private>) -> Result<NewKey, ImportError> {
    let algorithm = match key.id() {
        Id::EC => {
            let ec = key.ec_key().map_err(|_| ImportError::Damaged)?;
            if ec.group().curve_name() != Some(Nid::X9_62_PRIME256V1) {
                return Err(ImportError::OtherKind);
            }
            ec.check_key().map_err(|_| ImportError::Damaged)?;
            SigningAlgorithm::Es256
        }
        Id::ED25519 => SigningAlgorithm::EdDsa,
        _ => return Err(ImportError::OtherKind),
    };
    NewKey::of(algorithm, key).map_err(|_| ImportError::Damaged)
}

fn import_rsa(pem: &str, wanted: Option<SigningAlgorithm>) -> Result<NewKey, ImportError> {
    let read = if label(pem) == Some("RSA PRIVATE KEY") {
        RsaPrivateKey::from_pkcs1_pem(pem).map_err(|_| ())
    } else {
        RsaPrivateKey::from_pkcs8_pem(pem).map_err(|_| ())
    };
    let key = read.map_err(|()| refusal_of_length(pem).unwrap_or(ImportError::Damaged))?;
    check_length(key.n().bits())?;
    if *key.e() < 65537u32.into() {
        return Err(ImportError::SmallExponent);
    }
    let algorithm = match wanted {
        Some(SigningAlgorithm::Ps256) => SigningAlgorithm::Ps256,
        _ => SigningAlgorithm::Rs256,
    };
    let pkcs8_der = key.to_pkcs8_der().map_err(|_| ImportError::Damaged)?;
    let key = PKey::private_key_from_pkcs8(pkcs8_der.as_bytes()).map_err(|_| ImportError::Damaged)?;
    NewKey::of(algorithm, &key).map_err(|_| ImportError::Damaged)
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
    use SigningAlgorithm::{EdDsa, Es256, Ps256, Rs256};
    use openssl::{
        bn::BigNum,
        ec::{EcGroup, EcKey},
        rsa::Rsa,
        symm::Cipher,
    };

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
            let imported = import_pem(&pem, None).unwrap();
            assert_eq!(
                (&imported.kid, &imported.public, imported.alg),
                (&generated.kid, &generated.public, Rs256)
            );
            let signer = Signer::from_pkcs8_der(&imported.kid, Rs256, imported.pkcs8_der.expose()).unwrap();
            let signature = signer.sign(b"input").unwrap();
            assert!(
                Verifier::new(&generated.kid, Rs256, &generated.public)
                    .unwrap()
                    .verify(b"input", &signature)
            );
        }
    }

    #[test]
    fn windows_line_ends_and_words_around_the_block_are_no_obstacle() {
        let pem = pkcs8(rsa()).replace('\n', "\r\n");
        assert!(import_pem(&pem, None).is_ok());
    }

    #[test]
    fn short_keys_are_refused_with_their_length() {
        let short = Rsa::generate(1024).unwrap();
        let as_pkcs1 = text(short.private_key_to_pem().unwrap());
        for pem in [as_pkcs1, pkcs8(short)] {
            let error = import_pem(&pem, None).unwrap_err();
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
            let error = import_pem(&pem, None).unwrap_err();
            assert_eq!(error, ImportError::Encrypted, "{}", pem.lines().next().unwrap());
            assert!(error.to_string().contains("openssl pkey"), "{error}");
        }
    }

    fn ec(curve: Nid) -> EcKey<Private> {
        EcKey::generate(&EcGroup::from_curve_name(curve).unwrap()).unwrap()
    }

    fn in_pkcs8(key: &PKey<Private>) -> String {
        text(key.private_key_to_pem_pkcs8().unwrap())
    }

    #[test]
    fn a_key_is_for_the_algorithm_of_its_kind_and_an_rsa_key_for_the_wanted_one() {
        let key = ec(Nid::X9_62_PRIME256V1);
        let sec1 = text(key.private_key_to_pem().unwrap());
        // As `openssl ecparam -genkey` writes it.
        let with_parameters =
            format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{sec1}");
        let p256 = in_pkcs8(&PKey::from_ec_key(key).unwrap());
        let ed25519 = in_pkcs8(&PKey::generate_ed25519().unwrap());
        let rsa = pkcs8(rsa());
        for (pem, wanted, algorithm) in [
            (&rsa, None, Rs256),
            (&rsa, Some(Rs256), Rs256),
            (&rsa, Some(Ps256), Ps256),
            (&sec1, None, Es256),
            (&with_parameters, None, Es256),
            (&p256, Some(Es256), Es256),
            (&ed25519, None, EdDsa),
            (&ed25519, Some(EdDsa), EdDsa),
        ] {
            let key = import_pem(pem, wanted).unwrap();
            assert_eq!(key.alg, algorithm);
            crate::keys::try_out(&key).unwrap();
        }
        for (pem, wanted) in [
            (&rsa, Es256),
            (&rsa, EdDsa),
            (&p256, Rs256),
            (&p256, EdDsa),
            (&ed25519, Ps256),
        ] {
            assert_eq!(
                import_pem(pem, Some(wanted)).unwrap_err(),
                ImportError::NotFor { wanted }
            );
        }
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        let others = [
            text(ec(Nid::SECP384R1).private_key_to_pem().unwrap()),
            in_pkcs8(&PKey::from_ec_key(ec(Nid::SECP256K1)).unwrap()),
            in_pkcs8(&PKey::generate_x25519().unwrap()),
            in_pkcs8(&PKey::generate_ed448().unwrap()),
            "-----BEGIN OPENSSH PRIVATE KEY-----\n".to_owned(),
            "-----BEGIN DSA PRIVATE KEY-----\n".to_owned(),
        ];
        for pem in others {
            assert_eq!(
                import_pem(&pem, None).unwrap_err(),
                ImportError::OtherKind,
                "{}",
                pem.lines().next().unwrap()
            );
        }
    }

    #[test]
    fn a_public_key_is_named_for_what_it_is() {
        let public = text(rsa().public_key_to_pem().unwrap());
        assert_eq!(
            import_pem(&public, None).unwrap_err(),
            ImportError::NotPrivate {
                label: "PUBLIC KEY".into()
            }
        );
        assert_eq!(jwk::public_pem(&fixtures::new_key(0).public).unwrap(), public);
    }

    #[test]
    fn a_small_public_exponent_is_refused() {
        let weak = Rsa::generate_with_e(2048, &BigNum::from_u32(3).unwrap()).unwrap();
        assert_eq!(import_pem(&pkcs8(weak), None).unwrap_err(), ImportError::SmallExponent);
    }

    #[test]
    fn what_is_no_pem_or_a_damaged_one_is_refused() {
        assert_eq!(import_pem("", None).unwrap_err(), ImportError::NotPem);
        assert_eq!(import_pem("{\"kty\":\"RSA\"}", None).unwrap_err(), ImportError::NotPem);
        let pem = pkcs8(rsa());
        let cut = &pem[..pem.len() / 2];
        assert_eq!(import_pem(cut, None).unwrap_err(), ImportError::Damaged);
        let changed = pem.replacen("\nMII", "\nMIJ", 1);
        assert_eq!(import_pem(&changed, None).unwrap_err(), ImportError::Damaged);
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
        assert_eq!(import_pem(&pem, None).unwrap_err(), ImportError::Damaged);
    }
}

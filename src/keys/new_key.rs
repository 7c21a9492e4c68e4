//! New signing keys, before they are sealed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::BigNumContext,
    ec::{EcGroup, EcKey},
    nid::Nid,
    pkey::{Id, PKey, Private},
    rsa::Rsa,
};

use super::{Error, MasterKey, jwk};
use crate::{model::signing_key::PublicKey, protocol::jwa::SigningAlgorithm, secret::Secret};

/// What the master key's seal binds a private key to, beside its `kid`.
pub(super) const PURPOSE: &str = "signing_key";

/// RFC 7518, 3.3 asks for 2048 bits at least; more only costs every signature.
const BITS: u32 = 2048;

/// The octets of a coordinate of P-256; leading zeros stay (RFC 7518, 6.2.1.2).
const COORDINATE: i32 = 32;

/// A signing key with its private half in clear. Lives only until it is sealed.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The JWK thumbprint of the public key (RFC 7638).
    pub kid: String,
    /// What it signs with.
    pub alg: SigningAlgorithm,
    /// The private key, PKCS#8 DER.
    pub pkcs8_der: Secret<Vec<u8>>,
    /// The public half.
    pub public: PublicKey,
}

/// A new signing key that can be kept.
#[derive(Clone, Debug)]
pub struct SealedKey {
    /// The JWK thumbprint of the public key (RFC 7638).
    pub kid: String,
    /// What it signs with.
    pub alg: SigningAlgorithm,
    /// The public half.
    pub public: PublicKey,
    /// The private key, sealed by the master key.
    pub sealed_private_key: String,
}

impl NewKey {
    /// A key with this public half.
    pub(super) fn new(alg: SigningAlgorithm, pkcs8_der: Vec<u8>, public: PublicKey) -> Self {
        Self {
            kid: jwk::thumbprint(&public),
            alg,
            pkcs8_der: Secret::new(pkcs8_der),
            public,
        }
    }

    /// A key that OpenSSL holds, of the kind that `alg` needs.
    pub(super) fn of(alg: SigningAlgorithm, key: &PKey<Private>) -> Result<Self, Error> {
        Ok(Self::new(alg, key.private_key_to_pkcs8()?, public_half(key)?))
    }

    /// Seals the private half.
    pub fn seal(self, master: &MasterKey) -> Result<SealedKey, Error> {
        let sealed_private_key = master.seal(PURPOSE, &self.kid, self.pkcs8_der.expose())?;
        Ok(SealedKey {
            kid: self.kid,
            alg: self.alg,
            public: self.public,
            sealed_private_key,
        })
    }
}

fn public_half(key: &PKey<Private>) -> Result<PublicKey, Error> {
    let text = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
    match key.id() {
        Id::RSA => {
            let rsa = key.rsa()?;
            Ok(PublicKey::Rsa {
                n: text(&rsa.n().to_vec()),
                e: text(&rsa.e().to_vec()),
            })
        }
        Id::EC => {
            let ec = key.ec_key()?;
            let mut context = BigNumContext::new()?;
            let (mut x, mut y) = (openssl::bn::BigNum::new()?, openssl::bn::BigNum::new()?);
            ec.public_key()
                .affine_coordinates(ec.group(), &mut x, &mut y, &mut context)?;
            Ok(PublicKey::Ec {
                x: text(&x.to_vec_padded(COORDINATE)?),
                y: text(&y.to_vec_padded(COORDINATE)?),
            })
        }
        _ => Ok(PublicKey::Okp {
            x: text(&key.raw_public_key()?),
        }),
    }
}

/// Makes a key: RSA of 2048 bits and exponent 65537, P-256, or Ed25519. RSA takes tens of milliseconds of a core: not
/// for an async thread.
///
/// By OpenSSL and not by the `rsa` crate, which took four times as long (two keys on two threads: median 256 ms, p95
/// 572 ms, against 61 and 146 ms) and would use up the second that a first start may take on a slower machine.
pub fn generate(alg: SigningAlgorithm) -> Result<NewKey, Error> {
    let key = match alg {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => PKey::from_rsa(Rsa::generate(BITS)?)?,
        SigningAlgorithm::Es256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            PKey::from_ec_key(EcKey::generate(&group)?)?
        }
        SigningAlgorithm::EdDsa => PKey::generate_ed25519()?,
    };
    NewKey::of(alg, &key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::fixtures;

    #[test]
    fn a_generated_rsa_key_has_2048_bits_and_the_usual_exponent() {
        for alg in [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256] {
            let key = generate(alg).unwrap();
            let PublicKey::Rsa { n, e } = &key.public else { panic!() };
            assert_eq!((key.alg, e.as_str()), (alg, "AQAB"));
            let n = URL_SAFE_NO_PAD.decode(n).unwrap();
            assert_eq!((n.len(), n[0] >> 7), (256, 1));
            assert_eq!(key.kid, jwk::thumbprint(&key.public));
        }
    }

    #[test]
    fn the_numbers_of_a_curve_keep_their_leading_zeros() {
        let length = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap().len();
        // One coordinate in 256 begins with a zero octet.
        for _ in 0..600 {
            let PublicKey::Ec { x, y } = generate(SigningAlgorithm::Es256).unwrap().public else {
                panic!()
            };
            assert_eq!((length(&x), length(&y)), (32, 32));
        }
        let PublicKey::Okp { x } = generate(SigningAlgorithm::EdDsa).unwrap().public else {
            panic!()
        };
        assert_eq!(length(&x), 32);
    }

    #[test]
    fn generated_keys_differ() {
        for alg in SigningAlgorithm::ALL {
            assert_ne!(generate(alg).unwrap().kid, generate(alg).unwrap().kid);
        }
    }

    #[test]
    fn debug_prints_nothing_of_the_private_key() {
        let text = format!("{:?}", fixtures::new_key(0));
        assert!(text.contains("pkcs8_der: [secret]"), "{text}");
    }

    #[test]
    fn a_sealed_key_opens_to_the_same_private_key() {
        let (master, key) = (fixtures::master(), fixtures::new_key(0));
        let sealed = key.clone().seal(&master).unwrap();
        let opened = master.open(PURPOSE, &sealed.kid, &sealed.sealed_private_key).unwrap();
        assert_eq!(opened, key.pkcs8_der);
    }
}

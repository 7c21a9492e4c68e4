//! Floor 2: the keys that sign tokens, and the key that seals what the store keeps secret.
//!
//! - [`ring`]: which key signs when, pure.
//! - [`MasterKey`]: seals and opens; kept in a file outside the store.
//! - [`KeySet`]: an immutable snapshot of the ring that signs, verifies and is published.
//! - [`foreign`]: what clients sign.
//! - [`generate`], [`import_pem`]: where keys come from; [`jwk`]: how others read them.

mod compact;
mod error;
pub mod foreign;
mod import;
pub mod jwk;
mod master_file;
mod new_key;
pub mod ring;
mod seal;
mod signer;
mod verified;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use self::verified::Verified;
pub use self::{
    compact::VerifyError,
    error::Error,
    import::{ImportError, import_pem},
    new_key::{NewKey, SealedKey, generate},
    seal::MasterKey,
    signer::{Signer, Verifier},
};
use crate::{
    model::signing_key::{KeyState, SigningKey},
    protocol::jwa::SigningAlgorithm,
    secret::digest,
};

/// The ring at one moment: one key of each algorithm signs, all verify, all are published. Swapped as a whole when the
/// ring changes.
#[derive(Debug)]
pub struct KeySet {
    rs256: Signer,
    others: Vec<Signer>,
    algorithms: Vec<SigningAlgorithm>,
    verifiers: HashMap<String, Verifier>,
    verified: Verified,
    jwks: String,
    etag: String,
    states: Vec<KeyState>,
}

impl KeySet {
    /// Opens the ring that [`ring::plan`] keeps whole. Only the private halves of the active keys are opened, and each
    /// has to verify its own signature: a key that is damaged or not its own must not sign.
    pub fn open(keys: &[SigningKey], master: &MasterKey) -> Result<Self, Error> {
        let verifiers = keys
            .iter()
            .map(|key| Ok((key.kid.clone(), Verifier::new(&key.kid, key.alg, &key.public)?)))
            .collect::<Result<HashMap<_, _>, Error>>()?;
        let no_key = |algorithm| Error::NoActiveKey { algorithm };
        let rs256 = open_active(keys, SigningAlgorithm::Rs256, master, &verifiers)?
            .ok_or_else(|| no_key(SigningAlgorithm::Rs256))?;
        let mut others = Vec::new();
        for algorithm in SigningAlgorithm::ALL {
            if algorithm != SigningAlgorithm::Rs256 {
                others.extend(open_active(keys, algorithm, master, &verifiers)?);
            }
        }
        let jwks = jwk::set(keys)?;
        let etag = format!("\"{}\"", digest(&jwks));
        let algorithms = [SigningAlgorithm::Rs256].into_iter();
        Ok(Self {
            algorithms: algorithms.chain(others.iter().map(Signer::algorithm)).collect(),
            rs256,
            others,
            verifiers,
            verified: Verified::default(),
            jwks,
            etag,
            states: keys.iter().map(|key| key.state).collect(),
        })
    }

    /// Signs `claims`, a JSON object, as a compact JWS of type `typ` with the active RS256 key.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        self.rs256.sign_compact(typ, claims)
    }

    /// Signs `claims`, a JSON object, as a compact JWS of type `typ` with the active key of `algorithm`. Fails with
    /// [`Error::NoActiveKey`] when there is none.
    pub fn sign_as(&self, algorithm: SigningAlgorithm, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        let signer = self.signers().find(|signer| signer.algorithm() == algorithm);
        signer
            .ok_or(Error::NoActiveKey { algorithm })?
            .sign_compact(typ, claims)
    }

    /// The algorithms that have an active key, RS256 first.
    pub fn algorithms(&self) -> &[SigningAlgorithm] {
        &self.algorithms
    }

    /// The claims of a token of type `typ` that a key of the ring signed. Their meaning, `exp` above all, is for the
    /// caller to check.
    pub fn verify(&self, token: &str, typ: &str) -> Result<Map<String, Value>, VerifyError> {
        let compact = compact::Compact::parse(token, typ)?;
        let key = self.verifiers.get(&compact.kid).ok_or(VerifyError::UnknownKey)?;
        // A key has one algorithm, and its token no say in it (RFC 8725, 3.1).
        if key.algorithm() != compact.algorithm {
            return Err(VerifyError::Algorithm);
        }
        let verify = || key.verify(compact.signing_input, &compact.signature);
        if !self.verified.or_else(token, verify) {
            return Err(VerifyError::Signature);
        }
        compact.claims()
    }

    /// The JWKS document (RFC 7517, 5).
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// A strong entity tag of [`jwks`](Self::jwks), with its quotes (RFC 9110, 8.8.3).
    pub fn jwks_etag(&self) -> &str {
        &self.etag
    }

    /// How many keys are in a state.
    pub fn count(&self, state: KeyState) -> usize {
        self.states.iter().filter(|found| **found == state).count()
    }

    /// The `kid` of the RS256 key that signs.
    pub fn active_kid(&self) -> &str {
        self.rs256.kid()
    }

    /// The `kid` of the key that signs with an algorithm.
    pub fn active_kid_of(&self, algorithm: SigningAlgorithm) -> Option<&str> {
        self.signers()
            .find(|signer| signer.algorithm() == algorithm)
            .map(Signer::kid)
    }

    /// The `kid` of each key that signs, RS256 first.
    pub fn active_kids(&self) -> impl Iterator<Item = &str> {
        self.signers().map(Signer::kid)
    }

    fn signers(&self) -> impl Iterator<Item = &Signer> {
        std::iter::once(&self.rs256).chain(&self.others)
    }
}

/// The active key of an algorithm, tried out.
fn open_active(
    keys: &[SigningKey],
    algorithm: SigningAlgorithm,
    master: &MasterKey,
    verifiers: &HashMap<String, Verifier>,
) -> Result<Option<Signer>, Error> {
    let active = keys
        .iter()
        .filter(|key| key.alg == algorithm && key.state == KeyState::Active)
        .max_by_key(|key| key.sequence);
    let Some(key) = active else { return Ok(None) };
    let sealed = key.sealed_private_key.as_deref();
    let sealed = sealed.ok_or(Error::NoActiveKey { algorithm })?;
    let opened = master.open(new_key::PURPOSE, &key.kid, sealed)?;
    let signer = Signer::from_pkcs8_der(&key.kid, algorithm, opened.expose())?;
    let trial = signer.sign(key.kid.as_bytes())?;
    let own = verifiers.get(&key.kid);
    if own.is_some_and(|own| own.verify(key.kid.as_bytes(), &trial)) {
        return Ok(Some(signer));
    }
    Err(Error::Unfit { kid: key.kid.clone() })
}

/// Signs with a key and verifies it: whether the key is fit to sign tokens.
pub fn try_out(key: &NewKey) -> Result<(), Error> {
    let signer = Signer::from_pkcs8_der(&key.kid, key.alg, key.pkcs8_der.expose())?;
    let signature = signer.sign(key.kid.as_bytes())?;
    if Verifier::new(&key.kid, key.alg, &key.public)?.verify(key.kid.as_bytes(), &signature) {
        return Ok(());
    }
    Err(Error::Unfit { kid: key.kid.clone() })
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

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

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

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
    secret::digest,
};

/// The ring at one moment: one key signs, all verify, all are published. Swapped as a whole when the ring changes.
#[derive(Debug)]
pub struct KeySet {
    active: Signer,
    verifiers: HashMap<String, Verifier>,
    jwks: String,
    etag: String,
    states: Vec<KeyState>,
}

impl KeySet {
    /// Opens the ring that [`ring::plan`] keeps whole. Only the active key's private half is opened, and it has to
    /// verify its own signature: a key that is damaged or not its own must not sign.
    pub fn open(keys: &[SigningKey], master: &MasterKey) -> Result<Self, Error> {
        let mut signing = keys.iter().filter(|key| key.state == KeyState::Active);
        let key = signing
            .by_ref()
            .max_by_key(|key| key.sequence)
            .ok_or(Error::NoActiveKey)?;
        let sealed = key.sealed_private_key.as_deref().ok_or(Error::NoActiveKey)?;
        let active = Signer::from_pkcs8_der(&key.kid, master.open(new_key::PURPOSE, &key.kid, sealed)?.expose())?;
        let verifiers = keys
            .iter()
            .map(|key| Ok((key.kid.clone(), Verifier::new(&key.kid, &key.n, &key.e)?)))
            .collect::<Result<HashMap<_, _>, Error>>()?;
        let trial = active.sign(key.kid.as_bytes())?;
        if !verifiers
            .get(&key.kid)
            .is_some_and(|own| own.verify(key.kid.as_bytes(), &trial))
        {
            return Err(Error::Unfit { kid: key.kid.clone() });
        }
        let jwks = jwk::set(keys)?;
        let etag = format!("\"{}\"", digest(&jwks));
        Ok(Self {
            active,
            verifiers,
            jwks,
            etag,
            states: keys.iter().map(|key| key.state).collect(),
        })
    }

    /// Signs `claims`, a JSON object, as a compact JWS of type `typ` with the active key.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        self.active.sign_compact(typ, claims)
    }

    /// The claims of a token of type `typ` that a key of the ring signed. Their meaning, `exp` above all, is for the
    /// caller to check.
    pub fn verify(&self, token: &str, typ: &str) -> Result<Map<String, Value>, VerifyError> {
        let compact = compact::Compact::parse(token, typ)?;
        let key = self.verifiers.get(&compact.kid).ok_or(VerifyError::UnknownKey)?;
        if !key.verify(compact.signing_input, &compact.signature) {
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

    /// The `kid` of the key that signs.
    pub fn active_kid(&self) -> &str {
        self.active.kid()
    }
}

/// Signs with a key and verifies it: whether the key is fit to sign tokens.
pub fn try_out(key: &NewKey) -> Result<(), Error> {
    let signature = Signer::from_pkcs8_der(&key.kid, key.pkcs8_der.expose())?.sign(key.kid.as_bytes())?;
    if Verifier::new(&key.kid, &key.n, &key.e)?.verify(key.kid.as_bytes(), &signature) {
        return Ok(());
    }
    Err(Error::Unfit { kid: key.kid.clone() })
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

//! Passkeys: the two ceremonies of WebAuthn Level 3 (7.1 and 7.2), verified by webauthn-rs.
//!
//! Its core is used rather than its high-level crate, which fixes what we let the operator decide (user verification), asks
//! authenticators *not* to make discoverable credentials, and hides the counter; see ADR 11.

mod attestation;
mod models;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::memcmp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AttestationConveyancePreference, AttestationFormat, AttestationMetadata, AuthenticationState, Credential,
        CredentialID, ParsedAttestation, ParsedAttestationData, PublicKeyCredential, RegisterPublicKeyCredential,
        RegisteredExtensions, RegistrationState, ResidentKeyRequirement, UserVerificationPolicy,
    },
};

use crate::{
    config::{self, RelyingParty, UserVerification},
    model::passkey::Passkey,
};

/// The type of every credential here (WebAuthn, 5.8.2).
const PUBLIC_KEY: &str = "public-key";

/// Begins and ends ceremonies for one relying party.
#[derive(Clone, Debug)]
pub struct Passkeys {
    core: WebauthnCore,
    rp: RelyingParty,
    policy: UserVerificationPolicy,
    allow: Vec<String>,
    deny: Vec<String>,
}

/// Who adds a passkey, as authenticators will show it.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Whose it is.
    pub user_id: &'a str,
    /// What the person signs in with.
    pub username: &'a str,
    /// What the person is called.
    pub display_name: &'a str,
}

/// A ceremony that has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// For the browser: `{"publicKey": …}` in the JSON forms of WebAuthn, 5.1.8 and 5.1.9.
    pub options: Value,
    /// To be kept until the answer comes.
    pub state: Value,
}

/// A new credential that has passed every check.
#[derive(Clone, Debug)]
pub struct Registered {
    /// In base64url.
    pub credential_id: String,
    /// The COSE key.
    pub public_key: Value,
    /// The signature counter.
    pub counter: u32,
    /// Whether the person was verified.
    pub user_verified: bool,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it was.
    pub backed_up: bool,
    /// How browsers may reach it.
    pub transports: Vec<String>,
    /// The model of the authenticator.
    pub aaguid: String,
    /// What to call it.
    pub name: &'static str,
}

/// What a browser says it is signing in with; nothing of it is proven yet.
#[derive(Clone, Debug)]
pub struct Assertion {
    credential: PublicKeyCredential,
    /// The credential id in base64url.
    pub credential_id: String,
}

/// A sign-in that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// Whether the person was verified, beyond being present.
    pub user_verified: bool,
    /// The signature counter.
    pub counter: u32,
    /// Whether the passkey may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it was.
    pub backed_up: bool,
}

/// Why an answer was refused. The word is for the audit log; the person is told one sentence for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature was right and the counter went back: there may be a copy of the passkey (WebAuthn, 6.1.1).
    #[error("counter")]
    Counter,
    /// The operator does not want this model of authenticator.
    #[error("model")]
    Model,
    /// Anything else that section 7 wants refused.
    #[error("{0}")]
    Wrong(&'static str),
}

impl Refusal {
    /// The word for the audit log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Model => "model",
            Self::Wrong(word) => word,
        }
    }
}

/// A failure of our own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The library could not begin a ceremony.
    #[error("the ceremony could not begin")]
    Begin(#[source] WebauthnError),
    /// What is kept cannot be read or written.
    #[error("the state of a ceremony cannot be kept")]
    State(#[from] serde_json::Error),
    /// An origin is not a URL.
    #[error("an origin of the relying party is not a URL")]
    Origin(#[from] url::ParseError),
}

impl Passkeys {
    /// For a relying party; `name` is what authenticators call it.
    pub fn new(rp: RelyingParty, name: &str, config: &config::Passkeys) -> Result<Self, Error> {
        let origins = rp
            .origins
            .iter()
            .map(|origin| Url::parse(origin))
            .collect::<Result<_, _>>()?;
        let list = |models: &[config::Aaguid]| models.iter().map(|it| it.as_str().to_owned()).collect();
        Ok(Self {
            core: WebauthnCore::new_unsafe_experts_only(name, &rp.id, origins, config.timeout, None, None),
            rp,
            policy: match config.user_verification {
                UserVerification::Required => UserVerificationPolicy::Required,
                UserVerification::Preferred => UserVerificationPolicy::Preferred,
            },
            allow: list(&config.allow_aaguids),
            deny: list(&config.deny_aaguids),
        })
    }

    /// The relying party that passkeys are made for.
    pub fn rp_id(&self) -> &str {
        &self.rp.id
    }

    /// Asks for a new discoverable credential, on an authenticator that has none of `known` (WebAuthn, 7.1, step 1).
    pub fn begin_registration(&self, person: &Person<'_>, known: &[&Passkey]) -> Result<Begun, Error> {
        let handle = bytes(&Passkey::user_handle(person.user_id)).unwrap_or_default();
        let known = known.iter().filter_map(|passkey| bytes(&passkey.credential_id));
        let wanted = self
            .core
            .new_challenge_register_builder(&handle, person.username, person.display_name)
            .map_err(Error::Begin)?
            .attestation(AttestationConveyancePreference::None)
            .user_verification_policy(self.policy)
            .exclude_credentials(Some(known.map(CredentialID::from).collect()));
        let (mut options, state) = self.core.generate_challenge_register(wanted).map_err(Error::Begin)?;
        if let Some(selection) = &mut options.public_key.authenticator_selection {
            selection.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        Ok(Begun {
            options: serde_json::to_value(options)?,
            state: serde_json::to_value(state)?,
        })
    }

    /// Verifies a new credential (WebAuthn, 7.1). `conditional`: the browser made it by itself, and nobody had to be present.
    pub fn finish_registration(&self, state: &Value, answer: &str, conditional: bool) -> Result<Registered, Refusal> {
        let state: RegistrationState = kept(state)?;
        let mut answer: RegisterPublicKeyCredential = parse(answer)?;
        is_public_key(&answer.type_, &answer.id, answer.raw_id.as_ref())?;
        let object: &[u8] = answer.response.attestation_object.as_ref();
        let aaguid = attestation::aaguid(object).ok_or(Refusal::Wrong("malformed"))?;
        if conditional && let Some(object) = attestation::with_presence(object) {
            answer.response.attestation_object = object.into();
        }
        let made = self
            .core
            .register_credential(&answer, &state, None)
            .map_err(|error| refusal(&error))?;
        if made.cred_id.as_ref() != <_ as AsRef<[u8]>>::as_ref(&answer.raw_id) {
            return Err(Refusal::Wrong("credential_id"));
        }
        if self.deny.contains(&aaguid) || !(self.allow.is_empty() || self.allow.contains(&aaguid)) {
            return Err(Refusal::Model);
        }
        let transports = answer.response.transports.unwrap_or_default();
        Ok(Registered {
            credential_id: URL_SAFE_NO_PAD.encode(&made.cred_id),
            public_key: serde_json::to_value(&made.cred).map_err(|_| Refusal::Wrong("public_key"))?,
            counter: made.counter,
            user_verified: made.user_verified,
            backup_eligible: made.backup_eligible,
            backed_up: made.backup_state,
            transports: transports.iter().map(ToString::to_string).collect(),
            name: models::name(&aaguid),
            aaguid,
        })
    }

    /// Asks for one of these passkeys; for any that the person has here when there are none: which, and who it is, the answer tells
    /// (WebAuthn, 7.2, step 1).
    pub fn begin_sign_in(&self, allowed: &[&Passkey]) -> Result<Begun, Error> {
        let allowed = allowed.iter().filter_map(|passkey| credential(passkey).ok()).collect();
        let wanted = self
            .core
            .new_challenge_authenticate_builder(allowed, Some(self.policy))
            .map_err(Error::Begin)?
            // An authenticator may learn to copy what it holds; the record follows.
            .allow_backup_eligible_upgrade(true);
        let (options, state) = self
            .core
            .generate_challenge_authenticate(wanted)
            .map_err(Error::Begin)?;
        Ok(Begun {
            options: serde_json::to_value(options)?,
            state: serde_json::to_value(state)?,
        })
    }

    /// Verifies an assertion against the passkey that it names (WebAuthn, 7.2). `is_named`: who it has to be was known before.
    pub fn finish_sign_in(
        &self,
        state: &Value,
        assertion: &Assertion,
        passkey: &Passkey,
        is_named: bool,
    ) -> Result<Asserted, Refusal> {
        let mut state: AuthenticationState = kept(state)?;
        if passkey.rp_id != self.rp.id {
            return Err(Refusal::Wrong("rp_id"));
        }
        // Step 6: a handle must be the owner's, and must be there when nobody was named before.
        let owner = bytes(&Passkey::user_handle(&passkey.user_id)).unwrap_or_default();
        match assertion.credential.get_user_unique_id() {
            Some(handle) if handle.len() == owner.len() && memcmp::eq(handle, &owner) => {}
            None if is_named => {}
            _ => return Err(Refusal::Wrong("user_handle")),
        }
        // Step 13: our pages stand in no frame. The library asks this at registration only.
        let client: Value = serde_json::from_slice(assertion.credential.response.client_data_json.as_ref())
            .map_err(|_| Refusal::Wrong("malformed"))?;
        if client["crossOrigin"] == true || !client["topOrigin"].is_null() {
            return Err(Refusal::Wrong("cross_origin"));
        }
        state.set_allowed_credentials(vec![credential(passkey)?]);
        let result = self
            .core
            .authenticate_credential(&assertion.credential, &state)
            .map_err(|error| refusal(&error))?;
        Ok(Asserted {
            user_verified: result.user_verified(),
            counter: result.counter(),
            backup_eligible: result.backup_eligible(),
            backed_up: result.backup_state(),
        })
    }
}

impl Assertion {
    /// Reads what a browser sent (`PublicKeyCredential.toJSON()`).
    pub fn parse(answer: &str) -> Result<Self, Refusal> {
        let credential: PublicKeyCredential = parse(answer)?;
        is_public_key(&credential.type_, &credential.id, credential.raw_id.as_ref())?;
        Ok(Self {
            credential_id: credential.id.clone(),
            credential,
        })
    }
}

/// The passkey as the library wants it.
fn credential(passkey: &Passkey) -> Result<Credential, Refusal> {
    let cred_id = bytes(&passkey.credential_id).ok_or(Refusal::Wrong("kept"))?;
    Ok(Credential {
        cred_id: CredentialID::from(cred_id),
        cred: kept(&passkey.public_key)?,
        counter: passkey.counter,
        transports: None,
        user_verified: passkey.user_verified,
        backup_eligible: passkey.backup_eligible,
        backup_state: passkey.backed_up,
        // With this the library wants verification from whoever was verified once; what is required now stands in the state.
        registration_policy: UserVerificationPolicy::Preferred,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation {
            data: ParsedAttestationData::None,
            metadata: AttestationMetadata::None,
        },
        attestation_format: AttestationFormat::None,
    })
}

fn bytes(base64url: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(base64url).ok()
}

fn parse<T: DeserializeOwned>(answer: &str) -> Result<T, Refusal> {
    serde_json::from_str(answer).map_err(|_| Refusal::Wrong("malformed"))
}

fn kept<T: DeserializeOwned>(value: &Value) -> Result<T, Refusal> {
    T::deserialize(value).map_err(|_| Refusal::Wrong("kept"))
}

fn is_public_key(kind: &str, id: &str, raw_id: &[u8]) -> Result<(), Refusal> {
    if kind != PUBLIC_KEY {
        return Err(Refusal::Wrong("type"));
    }
    // WebAuthn, 7.1, step 25: an id is at most 1023 bytes.
    if raw_id.is_empty() || raw_id.len() > 1023 || URL_SAFE_NO_PAD.encode(raw_id) != id {
        return Err(Refusal::Wrong("credential_id"));
    }
    Ok(())
}

/// The word for what the library found.
fn refusal(error: &WebauthnError) -> Refusal {
    use WebauthnError as Found;
    Refusal::Wrong(match error {
        Found::CredentialPossibleCompromise => return Refusal::Counter,
        Found::InvalidClientDataType => "client_data_type",
        Found::MismatchedChallenge => "challenge",
        Found::InvalidRPOrigin => "origin",
        Found::CredentialCrossOrigin => "cross_origin",
        Found::InvalidRPIDHash => "rp_id_hash",
        Found::UserNotPresent => "user_present",
        Found::UserNotVerified => "user_verified",
        Found::CredentialAlteredAlgFromRequest | Found::COSEKeyInvalidAlgorithm | Found::COSEKeyEDUnsupported => {
            "algorithm"
        }
        Found::AuthenticationFailure => "signature",
        Found::CredentialBackupEligibilityInconsistent | Found::CredentialMayNotBeHardwareBound => "backup",
        Found::AttestationNotSupported => "attestation",
        _ => "malformed",
    })
}

#[cfg(test)]
mod tests;

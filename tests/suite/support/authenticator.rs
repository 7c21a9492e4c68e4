//! A software authenticator with an ES256 key, and the browser's part in front of it (WebAuthn Level 3, 6 and 7). It can lie in every
//! member of its answer.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::BigNumContext,
    ec::{EcGroup, EcKey, PointConversionForm},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    sha::sha256,
    sign::Signer,
};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

/// User present.
pub const UP: u8 = 0x01;
/// User verified.
pub const UV: u8 = 0x04;
/// May be backed up.
pub const BE: u8 = 0x08;
/// Is backed up.
pub const BS: u8 = 0x10;
/// Attested credential inside.
pub const AT: u8 = 0x40;

/// One credential and the device that holds it.
#[derive(Clone)]
pub struct Authenticator {
    key: PKey<Private>,
    pub id: Vec<u8>,
    /// What it was told to call its user.
    pub handle: String,
    pub counter: u32,
    pub flags: u8,
}

/// Everything that an answer is made of, to be altered before it is signed.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Of the credential, `public-key`.
    pub kind: String,
    /// Of the client data, `webauthn.create` or `webauthn.get`.
    pub client_kind: String,
    pub challenge: String,
    pub origin: String,
    pub cross_origin: bool,
    pub top_origin: Option<String>,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
    pub id: Vec<u8>,
    /// The id that stands inside the attested credential.
    pub attested_id: Vec<u8>,
    pub handle: Option<String>,
    /// COSE `alg`, 3.
    pub algorithm: i128,
    pub aaguid: [u8; 16],
    /// Attestation statement format.
    pub format: String,
    /// Breaks the signature.
    pub is_forged: bool,
}

impl Authenticator {
    /// A device that verifies its user, and has no counter, like those that copy what they hold.
    pub fn new() -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
        let key = EcKey::generate(&group).expect("a key");
        let mut id = [0; 24];
        openssl::rand::rand_bytes(&mut id).expect("bytes");
        Self {
            key: PKey::from_ec_key(key).expect("a key"),
            id: id.to_vec(),
            handle: String::new(),
            counter: 0,
            flags: UP | UV,
        }
    }

    /// The credential id as it travels.
    pub fn credential_id(&self) -> String {
        encoded(&self.id)
    }

    fn answer(&self, kind: &str, public_key: &Value, rp_id: &str, origin: &str) -> Answer {
        Answer {
            kind: "public-key".to_owned(),
            client_kind: kind.to_owned(),
            challenge: public_key["challenge"].as_str().expect("a challenge").to_owned(),
            origin: origin.to_owned(),
            cross_origin: false,
            top_origin: None,
            rp_id: rp_id.to_owned(),
            flags: self.flags,
            counter: self.counter,
            id: self.id.clone(),
            attested_id: self.id.clone(),
            handle: Some(self.handle.clone()),
            algorithm: -7,
            aaguid: [0; 16],
            format: "none".to_owned(),
            is_forged: false,
        }
    }

    /// `navigator.credentials.create()`, with a twist.
    pub fn create(&mut self, public_key: &Value, origin: &str, twist: impl FnOnce(&mut Answer)) -> String {
        let rp_id = public_key["rp"]["id"].as_str().expect("rp.id");
        public_key["user"]["id"]
            .as_str()
            .expect("user.id")
            .clone_into(&mut self.handle);
        let mut answer = self.answer("webauthn.create", public_key, rp_id, origin);
        answer.flags |= AT;
        twist(&mut answer);
        let object = Cbor::Map(BTreeMap::from([
            (text("fmt"), text(&answer.format)),
            (text("attStmt"), Cbor::Map(BTreeMap::new())),
            (text("authData"), Cbor::Bytes(self.attested(&answer))),
        ]));
        let object = serde_cbor_2::to_vec(&object).expect("CBOR");
        let response = json!({
            "clientDataJSON": encoded(answer.client_data().as_bytes()),
            "attestationObject": encoded(&object),
            "transports": ["internal"],
        });
        answer.credential(&response)
    }

    /// `navigator.credentials.get()`, with a twist.
    pub fn get(&mut self, public_key: &Value, origin: &str, twist: impl FnOnce(&mut Answer)) -> String {
        let rp_id = public_key["rpId"].as_str().expect("rpId");
        let mut answer = self.answer("webauthn.get", public_key, rp_id, origin);
        twist(&mut answer);
        let authenticator = answer.authenticator();
        let client = answer.client_data();
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).expect("a signer");
        let message = [&authenticator[..], &sha256(client.as_bytes())].concat();
        let mut signature = signer.sign_oneshot_to_vec(&message).expect("a signature");
        if answer.is_forged {
            *signature.last_mut().expect("a byte") ^= 1;
        }
        let response = json!({
            "clientDataJSON": encoded(client.as_bytes()),
            "authenticatorData": encoded(&authenticator),
            "signature": encoded(&signature),
            "userHandle": answer.handle,
        });
        answer.credential(&response)
    }

    /// Authenticator data with an attested credential (6.5.1).
    fn attested(&self, answer: &Answer) -> Vec<u8> {
        let mut data = answer.authenticator();
        if answer.flags & AT == 0 {
            return data;
        }
        data.extend(answer.aaguid);
        data.extend(u16::try_from(answer.attested_id.len()).expect("short").to_be_bytes());
        data.extend(&answer.attested_id);
        data.extend(serde_cbor_2::to_vec(&self.cose_key(answer.algorithm)).expect("CBOR"));
        data
    }

    fn cose_key(&self, algorithm: i128) -> Cbor {
        let key = self.key.ec_key().expect("an EC key");
        let mut context = BigNumContext::new().expect("a context");
        let point = key
            .public_key()
            .to_bytes(key.group(), PointConversionForm::UNCOMPRESSED, &mut context)
            .expect("a point");
        Cbor::Map(BTreeMap::from([
            (Cbor::Integer(1), Cbor::Integer(2)),
            (Cbor::Integer(3), Cbor::Integer(algorithm)),
            (Cbor::Integer(-1), Cbor::Integer(1)),
            (Cbor::Integer(-2), Cbor::Bytes(point[1..33].to_vec())),
            (Cbor::Integer(-3), Cbor::Bytes(point[33..].to_vec())),
        ]))
    }
}

impl Answer {
    /// Authenticator data (6.1).
    fn authenticator(&self) -> Vec<u8> {
        let mut data = sha256(self.rp_id.as_bytes()).to_vec();
        data.push(self.flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// `CollectedClientData` (5.8.1).
    fn client_data(&self) -> String {
        let mut data = json!({
            "type": self.client_kind,
            "challenge": self.challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        });
        if let Some(top) = &self.top_origin {
            data["topOrigin"] = top.as_str().into();
        }
        data.to_string()
    }

    fn credential(&self, response: &Value) -> String {
        let id = encoded(&self.id);
        json!({"id": id, "rawId": id, "type": self.kind, "response": response, "clientExtensionResults": {}})
            .to_string()
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.to_owned())
}

//! What the attestation object says (WebAuthn, 6.5.4) that the library keeps to itself.

use std::fmt::Write;

use serde_cbor_2::Value;

/// Where the flags stand in authenticator data (WebAuthn, 6.1).
const FLAGS: usize = 32;
const PRESENT: u8 = 0x01;
const ATTESTED: u8 = 0x40;
/// Where the model stands: after rp id hash, flags and counter.
const AAGUID: std::ops::Range<usize> = 37..53;

/// The model of the authenticator, written as a UUID. `None` when the object is none or has no attested credential.
pub fn aaguid(object: &[u8]) -> Option<String> {
    let Value::Map(members) = serde_cbor_2::from_slice(object).ok()? else {
        return None;
    };
    let Value::Bytes(authenticator) = members.get(&Value::Text("authData".to_owned()))? else {
        return None;
    };
    if authenticator.get(FLAGS)? & ATTESTED == 0 {
        return None;
    }
    let mut text = String::with_capacity(36);
    for (at, byte) in authenticator.get(AAGUID)?.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

/// The same object with the flag "user present".
///
/// A credential that a browser makes by itself may lack it (WebAuthn, 7.1, step 15), and the library wants it always. Only an
/// object that nobody has signed (`none`, 8.7) can be told so; for others there is no answer.
pub fn with_presence(object: &[u8]) -> Option<Vec<u8>> {
    let Value::Map(mut members) = serde_cbor_2::from_slice(object).ok()? else {
        return None;
    };
    if members.get(&Value::Text("fmt".to_owned()))? != &Value::Text("none".to_owned()) {
        return None;
    }
    let Value::Bytes(authenticator) = members.get_mut(&Value::Text("authData".to_owned()))? else {
        return None;
    };
    *authenticator.get_mut(FLAGS)? |= PRESENT;
    serde_cbor_2::to_vec(&Value::Map(members)).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn object(format: &str, flags: u8) -> Vec<u8> {
        let mut authenticator = vec![0; 55];
        authenticator[FLAGS] = flags;
        authenticator[AAGUID].copy_from_slice(&[
            0xea, 0x9b, 0x8d, 0x66, 0x4d, 0x01, 0x1d, 0x21, 0x3c, 0xe4, 0xb6, 0xb4, 0x8c, 0xb5, 0x75, 0xd4,
        ]);
        let text = |text: &str| Value::Text(text.to_owned());
        let members = BTreeMap::from([
            (text("fmt"), text(format)),
            (text("attStmt"), Value::Map(BTreeMap::new())),
            (text("authData"), Value::Bytes(authenticator)),
        ]);
        serde_cbor_2::to_vec(&Value::Map(members)).unwrap()
    }

    #[test]
    fn the_model_is_read_from_attested_credentials_only() {
        let told = aaguid(&object("none", ATTESTED));
        assert_eq!(told.as_deref(), Some("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4"));
        assert_eq!(aaguid(&object("none", PRESENT)), None);
        for broken in [&b""[..], b"\xa0", b"\x01", &object("none", ATTESTED)[..40]] {
            assert_eq!(aaguid(broken), None);
        }
    }

    #[test]
    fn presence_is_added_to_unsigned_objects_only() {
        assert_eq!(
            with_presence(&object("none", ATTESTED)),
            Some(object("none", ATTESTED | PRESENT))
        );
        assert_eq!(with_presence(&object("packed", ATTESTED)), None);
        assert_eq!(with_presence(b"\xa0"), None);
    }
}

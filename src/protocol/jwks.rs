//! A client's public keys (RFC 7517, 5), by value or as fetched from its `jwks_uri`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::{Error, ErrorCode};

/// More keys than a client could need.
const MAX_KEYS: usize = 50;

/// Members that only a private or a symmetric key has (RFC 7518, 6.2.2, 6.3.2 and 6.4.1; RFC 8037, 2).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A JWK Set of public keys. Whether a key is of any use is seen when it is used; what is kept is what came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Jwks(Value);

impl Jwks {
    /// Reads a JWK Set, and refuses one that gives a private key away.
    pub fn parse(document: Value) -> Result<Self, Error> {
        let refuse = |why: &'static str| Err(ErrorCode::InvalidClientMetadata.because(why));
        let Some(keys) = document.get("keys").and_then(Value::as_array) else {
            return refuse("jwks is an object with the array keys (RFC 7517, 5)");
        };
        if keys.len() > MAX_KEYS {
            return refuse("jwks has more than 50 keys");
        }
        for key in keys {
            let Some(key) = key.as_object() else {
                return refuse("a key in jwks is not an object");
            };
            if !key.get("kty").is_some_and(Value::is_string) {
                return refuse("a key in jwks has no kty");
            }
            if SECRET_MEMBERS.iter().any(|member| key.contains_key(*member)) {
                return refuse("jwks holds a private or symmetric key: send public keys only");
            }
        }
        Ok(Self(document))
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &Map<String, Value>> {
        let keys = self.0.get("keys").and_then(Value::as_array);
        keys.into_iter().flatten().filter_map(Value::as_object)
    }

    /// The keys that a signature named by `kid` and of key type `kty` may be by: those of that name, or without a name all of
    /// that type; never one that is meant for encryption (RFC 7517, 4.2).
    pub fn candidates<'a>(
        &'a self,
        kid: Option<&'a str>,
        kty: &'a str,
    ) -> impl Iterator<Item = &'a Map<String, Value>> {
        let text = |key: &'a Map<String, Value>, member| key.get(member).and_then(Value::as_str);
        self.keys().filter(move |key| {
            text(key, "kty") == Some(kty)
                && text(key, "use").is_none_or(|word| word == "sig")
                && kid.is_none_or(|kid| text(key, "kid") == Some(kid))
        })
    }
}

impl TryFrom<Value> for Jwks {
    type Error = Error;

    fn try_from(document: Value) -> Result<Self, Error> {
        Self::parse(document)
    }
}

impl From<Jwks> for Value {
    fn from(jwks: Jwks) -> Self {
        jwks.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn public_keys_are_kept_as_they_came() {
        let document =
            json!({"keys": [{"kty": "EC", "kid": "1", "crv": "P-256", "x": "…", "own": {"a": [1]}}], "more": true});
        let jwks = Jwks::parse(document.clone()).unwrap();
        assert_eq!(serde_json::to_value(&jwks).unwrap(), document);
        assert_eq!(serde_json::from_value::<Jwks>(document).unwrap(), jwks);
    }

    #[test]
    fn private_symmetric_and_shapeless_keys_are_refused() {
        let too_many = vec![json!({"kty": "EC"}); 51];
        for document in [
            json!([]),
            json!({}),
            json!({"keys": {}}),
            json!({"keys": ["x"]}),
            json!({"keys": [{"kid": "1"}]}),
            json!({"keys": [{"kty": "EC", "d": "x"}]}),
            json!({"keys": [{"kty": "RSA", "p": "x"}]}),
            json!({"keys": [{"kty": "oct", "k": "x"}]}),
            json!({"keys": too_many}),
        ] {
            let refused = Jwks::parse(document.clone()).unwrap_err();
            assert_eq!(refused.error, ErrorCode::InvalidClientMetadata, "{document}");
        }
    }

    #[test]
    fn a_key_is_found_by_its_name_and_type() {
        let jwks = Jwks::parse(json!({"keys": [
            {"kty": "RSA", "kid": "a"}, {"kty": "EC", "kid": "b"}, {"kty": "RSA", "kid": "c", "use": "enc"}, {"kty": "RSA"},
        ]}))
        .unwrap();
        let count = |kid, kty| jwks.candidates(kid, kty).count();
        assert_eq!(count(Some("a"), "RSA"), 1);
        assert_eq!(count(Some("a"), "EC"), 0);
        assert_eq!(count(Some("c"), "RSA"), 0, "it is for encryption");
        assert_eq!(count(None, "RSA"), 2);
        assert_eq!(count(Some("z"), "RSA"), 0);
    }
}

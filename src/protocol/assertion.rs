//! What a client says in an assertion (RFC 7523, 3; OpenID Connect Core, 9), once its signature was found right; and what its
//! registration must have for that.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{
    Timestamp,
    client::{ClientMetadata, TokenEndpointAuthMethod},
    error::{Error, ErrorCode},
    jwa::AssertionAlgorithm,
    jwt,
};

/// The one value of `client_assertion_type` (RFC 7523, 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The values of `typ`, besides none, that an assertion may have.
pub const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// The longest life that an assertion may have: its `jti` is remembered until it ends.
const MAX_LIFE: Duration = Duration::from_hours(1);

/// The longest `jti`, in bytes.
const MAX_JTI: usize = 512;

/// An assertion that is good now, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its name, unique among those of its client.
    pub jti: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Checks the claims of an assertion of `client_id` to a server that goes by `audiences`.
///
/// # Errors
/// Which rule is broken, for the log.
pub fn check(
    claims: &Map<String, Value>,
    client_id: &str,
    audiences: &[&str],
    now: Timestamp,
) -> Result<Assertion, &'static str> {
    let is_client = |name| claims.get(name).and_then(Value::as_str) == Some(client_id);
    if !is_client("iss") || !is_client("sub") {
        return Err("iss and sub are not the client");
    }
    if jwt::is_for(claims, audiences) != Some(true) {
        return Err("aud is not this server");
    }
    let expires_at = jwt::is_current(claims, now)?.ok_or("exp is missing")?;
    if expires_at > now + MAX_LIFE + jwt::LEEWAY {
        return Err("exp is too far away");
    }
    let jti = claims.get("jti").and_then(Value::as_str);
    let jti = jti.filter(|jti| (1..=MAX_JTI).contains(&jti.len()));
    Ok(Assertion {
        jti: jti.ok_or("jti is missing or too long")?.to_owned(),
        expires_at,
    })
}

/// Whether an assertion signed so is by this method.
pub const fn is_of(method: TokenEndpointAuthMethod, algorithm: AssertionAlgorithm) -> bool {
    matches!(
        (method, algorithm),
        (TokenEndpointAuthMethod::PrivateKeyJwt, AssertionAlgorithm::Signature(_))
            | (TokenEndpointAuthMethod::ClientSecretJwt, AssertionAlgorithm::Mac(_))
    )
}

/// Refuses a registration by which the client could never prove itself, or never send what it says it will.
pub fn registrable(client: &ClientMetadata) -> Result<(), Error> {
    let refuse = |why: &'static str| Err(ErrorCode::InvalidClientMetadata.because(why));
    if client.jwks.is_some() && client.jwks_uri.is_some() {
        return refuse("jwks: does not stand beside jwks_uri (RFC 7591, 2)");
    }
    let has_keys = client.jwks.is_some() || client.jwks_uri.is_some();
    if client.token_endpoint_auth_method == Some(TokenEndpointAuthMethod::PrivateKeyJwt) && !has_keys {
        return refuse("token_endpoint_auth_method: private_key_jwt needs jwks or jwks_uri");
    }
    if client.require_signed_request_object && !has_keys {
        return refuse("require_signed_request_object: needs jwks or jwks_uri");
    }
    // An algorithm without a method that uses it does nothing, and is kept as it came.
    if let (Some(method), Some(algorithm)) = (
        client.token_endpoint_auth_method,
        client.token_endpoint_auth_signing_alg,
    ) && matches!(
        method,
        TokenEndpointAuthMethod::PrivateKeyJwt | TokenEndpointAuthMethod::ClientSecretJwt
    ) && !is_of(method, algorithm)
    {
        return refuse("token_endpoint_auth_signing_alg: is not one of token_endpoint_auth_method");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::{
        jwa::{MacAlgorithm, SigningAlgorithm},
        jwks::Jwks,
    };

    const NOW: Timestamp = Timestamp::from_unix(1_000_000);
    const US: [&str; 2] = ["https://id.example", "https://id.example/token"];

    fn with(changes: Value) -> Map<String, Value> {
        let Value::Object(mut claims) =
            json!({"iss": "app", "sub": "app", "aud": US[0], "exp": 1_000_060, "iat": 1_000_000, "jti": "one"})
        else {
            panic!()
        };
        let Value::Object(changes) = changes else { panic!() };
        claims.extend(changes);
        claims.retain(|_, value| value != "absent");
        claims
    }

    #[test]
    fn every_claim_of_an_assertion_is_checked() {
        let good = Assertion {
            jti: "one".to_owned(),
            expires_at: Timestamp::from_unix(1_000_060),
        };
        assert_eq!(check(&with(json!({})), "app", &US, NOW), Ok(good));
        for right in [
            json!({"aud": US[1]}),
            json!({"aud": [US[1], "https://other.example"]}),
            json!({"iat": "absent"}),
            json!({"nbf": 1_000_008}),
            json!({"exp": 1_003_600}),
            json!({"jti": "j".repeat(512)}),
        ] {
            assert!(check(&with(right.clone()), "app", &US, NOW).is_ok(), "{right}");
        }
        for wrong in [
            json!({"iss": "other"}),
            json!({"iss": "absent"}),
            json!({"sub": "other"}),
            json!({"sub": "absent"}),
            json!({"sub": ["app"]}),
            json!({"aud": "https://other.example"}),
            json!({"aud": "absent"}),
            json!({"exp": "absent"}),
            json!({"exp": 1_000_000}),
            json!({"exp": 1_003_700}),
            json!({"nbf": 1_000_100}),
            json!({"iat": 1_000_100}),
            json!({"jti": "absent"}),
            json!({"jti": ""}),
            json!({"jti": 1}),
            json!({"jti": "j".repeat(513)}),
        ] {
            assert!(check(&with(wrong.clone()), "app", &US, NOW).is_err(), "{wrong}");
        }
        assert!(check(&with(json!({})), "other", &US, NOW).is_err());
        assert!(check(&with(json!({})), "app", &[], NOW).is_err());
    }

    #[test]
    fn a_registration_has_what_its_method_needs() {
        let jwks = || Jwks::parse(json!({"keys": []})).ok();
        let uri = || Some("https://app.example/jwks".to_owned());
        let mac = Some(AssertionAlgorithm::Mac(MacAlgorithm::Hs256));
        let signature = Some(AssertionAlgorithm::Signature(SigningAlgorithm::Es256));
        let method = |method, algorithm| ClientMetadata {
            token_endpoint_auth_method: Some(method),
            token_endpoint_auth_signing_alg: algorithm,
            jwks: jwks(),
            ..ClientMetadata::default()
        };
        let (key, secret) = (
            TokenEndpointAuthMethod::PrivateKeyJwt,
            TokenEndpointAuthMethod::ClientSecretJwt,
        );
        for (name, client, right) in [
            ("a key", method(key, signature), true),
            ("a key with a MAC", method(key, mac), false),
            ("a secret", method(secret, mac), true),
            ("a secret that signs", method(secret, signature), false),
            ("unused", method(TokenEndpointAuthMethod::ClientSecretBasic, mac), true),
            (
                "keys by reference",
                ClientMetadata {
                    jwks: None,
                    jwks_uri: uri(),
                    ..method(key, None)
                },
                true,
            ),
            (
                "no keys",
                ClientMetadata {
                    jwks: None,
                    ..method(key, None)
                },
                false,
            ),
            (
                "keys twice",
                ClientMetadata {
                    jwks_uri: uri(),
                    ..method(key, None)
                },
                false,
            ),
            (
                "signed requests without keys",
                ClientMetadata {
                    require_signed_request_object: true,
                    ..ClientMetadata::default()
                },
                false,
            ),
        ] {
            assert_eq!(registrable(&client).is_ok(), right, "{name}");
        }
    }
}

//! What a client presents to prove itself (RFC 6749, 2.3; OpenID Connect Core, 9). Whether it is right is decided where secrets are kept.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;

use super::{
    assertion,
    client::TokenEndpointAuthMethod,
    error::{Error, ErrorCode},
    params::Params,
};

/// RFC 6749, 2.3.
const ONE_WAY: &str = "more than one way of client authentication";

/// One reading of a client's credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The claimed client.
    pub client_id: String,
    /// The claimed secret; `None` for method `none`.
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The presented credentials: one method, and each reading that the bytes allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// A secret, or a name alone.
    Secret {
        /// How they came.
        method: TokenEndpointAuthMethod,
        /// One reading, or two for a Basic header that decodes differently as RFC 6749, 2.3.1 says and as many clients do.
        readings: Vec<Credentials>,
    },
    /// A JWT.
    Assertion(Asserted),
}

/// A client assertion that nobody has verified yet (RFC 7523, 2.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Asserted {
    /// The client that it says it is by.
    pub client_id: String,
    /// The JWT.
    pub jwt: String,
}

impl std::fmt::Debug for Asserted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asserted")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The one answer to every client that does not prove itself: it tells a thief nothing (RFC 6749, 5.2; RFC 7521, 4.2.1).
pub fn failed() -> Error {
    ErrorCode::InvalidClient.because("client authentication failed")
}

/// Reads the `Authorization` header and the body of a request to the token, introspection or revocation endpoint.
///
/// More than one method in one request is refused (RFC 6749, 2.3).
pub fn presented(authorization: Option<&str>, params: &Params) -> Result<Presented, Error> {
    let in_body = params.get("client_secret");
    let asserted = ["client_assertion", "client_assertion_type"];
    if asserted.iter().any(|name| params.get(name).is_some()) {
        if authorization.is_some() || in_body.is_some() {
            return Err(ErrorCode::InvalidRequest.because(ONE_WAY));
        }
        return asserted_by(params).map(Presented::Assertion).ok_or_else(failed);
    }
    let readings = match authorization {
        Some(header) => basic(header)?,
        None => Vec::new(),
    };
    if readings.is_empty() {
        let client_id = params
            .get("client_id")
            .ok_or_else(|| ErrorCode::InvalidClient.because("no client authentication"))?;
        let method = match in_body {
            Some(_) => TokenEndpointAuthMethod::ClientSecretPost,
            None => TokenEndpointAuthMethod::None,
        };
        let credentials = Credentials {
            client_id: client_id.to_owned(),
            client_secret: in_body.map(str::to_owned),
        };
        return Ok(Presented::Secret {
            method,
            readings: vec![credentials],
        });
    }
    if in_body.is_some() {
        return Err(ErrorCode::InvalidRequest.because(ONE_WAY));
    }
    if let Some(client_id) = params.get("client_id")
        && !readings.iter().any(|reading| reading.client_id == client_id)
    {
        return Err(
            ErrorCode::InvalidRequest.because("client_id in the body is not the one in the Authorization header")
        );
    }
    Ok(Presented::Secret {
        method: TokenEndpointAuthMethod::ClientSecretBasic,
        readings,
    })
}

/// Whose assertion it says it is. `client_id` may be left out, but names nobody else (RFC 7521, 4.2).
fn asserted_by(params: &Params) -> Option<Asserted> {
    #[derive(Deserialize)]
    struct Claimed {
        sub: String,
    }
    if params.get("client_assertion_type") != Some(assertion::JWT_BEARER) {
        return None;
    }
    let jwt = params.get("client_assertion")?;
    let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let Claimed { sub } = serde_json::from_slice(&claims).ok()?;
    if params.get("client_id").is_some_and(|client_id| client_id != sub) {
        return None;
    }
    Some(Asserted {
        client_id: sub,
        jwt: jwt.to_owned(),
    })
}

/// `Basic base64(id ":" secret)`. RFC 6749 has both form-urlencoded first; many clients leave that out, so where the two readings
/// differ both are tried. A secret cannot be guessed twice as fast by that: the readings are of the same bytes.
fn basic(header: &str) -> Result<Vec<Credentials>, Error> {
    let malformed = || ErrorCode::InvalidClient.because("the Authorization header is not Basic client authentication");
    let (scheme, encoded) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let bytes = STANDARD.decode(encoded.trim()).map_err(|_| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    let (client_id, client_secret) = text.split_once(':').ok_or_else(malformed)?;
    if client_id.is_empty() || text.contains('\0') {
        return Err(malformed());
    }
    let raw = Credentials {
        client_id: client_id.to_owned(),
        client_secret: Some(client_secret.to_owned()),
    };
    let decoded = match (form_decode(client_id), form_decode(client_secret)) {
        (Some(client_id), Some(client_secret)) => Credentials {
            client_id,
            client_secret: Some(client_secret),
        },
        _ => return Ok(vec![raw]),
    };
    Ok(if decoded == raw { vec![raw] } else { vec![decoded, raw] })
}

/// Form-urldecodes one component, `None` when it cannot have been encoded so.
fn form_decode(text: &str) -> Option<String> {
    let params = Params::parse(format!("v={}", text.replace('&', "%26")).as_bytes()).ok()?;
    Some(params.get("v").unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn pair(client_id: &str, client_secret: &str) -> Credentials {
        Credentials {
            client_id: client_id.to_owned(),
            client_secret: Some(client_secret.to_owned()),
        }
    }

    /// The method and the readings of what is no assertion.
    fn secret(presented: Presented) -> (TokenEndpointAuthMethod, Vec<Credentials>) {
        match presented {
            Presented::Secret { method, readings } => (method, readings),
            Presented::Assertion(asserted) => panic!("{asserted:?}"),
        }
    }

    #[test]
    fn a_basic_header_is_read_as_the_rfc_says_and_as_clients_do() {
        let cases = [
            ("app:secret", vec![pair("app", "secret")]),
            ("app:a:b", vec![pair("app", "a:b")]),
            ("app:a%3Ab", vec![pair("app", "a:b"), pair("app", "a%3Ab")]),
            ("app:a+b", vec![pair("app", "a b"), pair("app", "a+b")]),
            ("app:100%", vec![pair("app", "100%")]),
            ("app:a&b=c", vec![pair("app", "a&b=c")]),
            ("app:sp ace/=", vec![pair("app", "sp ace/=")]),
            ("app:", vec![pair("app", "")]),
        ];
        for (text, expected) in cases {
            let (method, readings) = secret(presented(Some(&header(text)), &Params::default()).unwrap());
            assert_eq!(method, TokenEndpointAuthMethod::ClientSecretBasic);
            assert_eq!(readings, expected, "{text}");
        }
    }

    #[test]
    fn the_scheme_is_compared_without_case_and_other_schemes_are_refused() {
        let lower = header("app:secret").replacen("Basic", "bAsIc", 1);
        assert!(presented(Some(&lower), &Params::default()).is_ok());
        for bad in [
            "Bearer abc",
            "Basic",
            "Basic !!!",
            "Basic YXBw",
            &header(":secret"),
            &header("a\0:b"),
        ] {
            let error = presented(Some(bad), &Params::default()).unwrap_err();
            assert_eq!(error.error, ErrorCode::InvalidClient, "{bad}");
        }
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        let body = Params::parse(b"client_id=app&client_secret=s").unwrap();
        assert_eq!(
            presented(Some(&header("app:s")), &body).unwrap_err().error,
            ErrorCode::InvalidRequest
        );
        let other = Params::parse(b"client_id=other").unwrap();
        assert_eq!(
            presented(Some(&header("app:s")), &other).unwrap_err().error,
            ErrorCode::InvalidRequest
        );
        let same = Params::parse(b"client_id=app").unwrap();
        assert!(presented(Some(&header("app:s")), &same).is_ok());
    }

    #[test]
    fn the_body_names_a_public_client_or_holds_a_secret() {
        let (method, _) = secret(presented(None, &Params::parse(b"client_id=app").unwrap()).unwrap());
        assert_eq!(method, TokenEndpointAuthMethod::None);
        let post = presented(None, &Params::parse(b"client_id=app&client_secret=a%2Bb").unwrap()).unwrap();
        assert_eq!(
            secret(post),
            (TokenEndpointAuthMethod::ClientSecretPost, vec![pair("app", "a+b")])
        );
        assert_eq!(
            presented(None, &Params::default()).unwrap_err().error,
            ErrorCode::InvalidClient
        );
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", pair("app", "hunter2")).contains("hunter2"));
    }

    #[test]
    fn an_assertion_names_its_client_and_stands_alone() {
        let jwt = |claims: &str| format!("e30.{}.AA", URL_SAFE_NO_PAD.encode(claims));
        let good = jwt(r#"{"sub":"app","iss":"whoever"}"#);
        let parse = |more: &[(&str, &str)], authorization: Option<&str>| {
            let mut pairs = vec![
                ("client_assertion_type", assertion::JWT_BEARER),
                ("client_assertion", &good),
            ];
            for (name, value) in more {
                pairs.retain(|(known, _)| known != name);
                pairs.push((name, value));
            }
            presented(authorization, &pairs.into_iter().collect()).map_err(|error| error.error)
        };
        for more in [&[][..], &[("client_id", "app")]] {
            let Ok(Presented::Assertion(asserted)) = parse(more, None) else {
                panic!("{more:?}")
            };
            assert_eq!((asserted.client_id.as_str(), asserted.jwt.as_str()), ("app", &*good));
            assert!(!format!("{asserted:?}").contains("e30"), "it is a bearer secret");
        }
        let nobody = jwt("{}");
        let number = jwt(r#"{"sub":1}"#);
        for (more, expected) in [
            (("client_id", "other"), ErrorCode::InvalidClient),
            (("client_assertion_type", ""), ErrorCode::InvalidClient),
            (("client_assertion_type", "jwt-bearer"), ErrorCode::InvalidClient),
            (
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
                ),
                ErrorCode::InvalidClient,
            ),
            (("client_assertion", ""), ErrorCode::InvalidClient),
            (("client_assertion", "x"), ErrorCode::InvalidClient),
            (("client_assertion", "e30.!.AA"), ErrorCode::InvalidClient),
            (("client_assertion", &nobody), ErrorCode::InvalidClient),
            (("client_assertion", &number), ErrorCode::InvalidClient),
            (("client_secret", "s"), ErrorCode::InvalidRequest),
        ] {
            assert_eq!(parse(&[more], None), Err(expected), "{more:?}");
        }
        assert_eq!(parse(&[], Some(&header("app:s"))), Err(ErrorCode::InvalidRequest));
    }
}

//! What a client presents to prove itself (RFC 6749, 2.3; OpenID Connect Core, 9). Whether it is right is decided where secrets are kept.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    client::TokenEndpointAuthMethod,
    error::{Error, ErrorCode},
    params::Params,
};

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
pub struct Presented {
    /// How they came.
    pub method: TokenEndpointAuthMethod,
    /// One reading, or two for a Basic header that decodes differently as RFC 6749, 2.3.1 says and as many clients do.
    pub readings: Vec<Credentials>,
}

/// Reads the `Authorization` header and the body of a request to the token, introspection or revocation endpoint.
///
/// More than one method in one request is refused (RFC 6749, 2.3).
pub fn presented(authorization: Option<&str>, params: &Params) -> Result<Presented, Error> {
    let in_body = params.get("client_secret");
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
        return Ok(Presented {
            method,
            readings: vec![credentials],
        });
    }
    if in_body.is_some() {
        return Err(ErrorCode::InvalidRequest.because("more than one way of client authentication"));
    }
    if let Some(client_id) = params.get("client_id")
        && !readings.iter().any(|reading| reading.client_id == client_id)
    {
        return Err(
            ErrorCode::InvalidRequest.because("client_id in the body is not the one in the Authorization header")
        );
    }
    Ok(Presented {
        method: TokenEndpointAuthMethod::ClientSecretBasic,
        readings,
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
            let presented = presented(Some(&header(text)), &Params::default()).unwrap();
            assert_eq!(presented.method, TokenEndpointAuthMethod::ClientSecretBasic);
            assert_eq!(presented.readings, expected, "{text}");
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
        let public = presented(None, &Params::parse(b"client_id=app").unwrap()).unwrap();
        assert_eq!(public.method, TokenEndpointAuthMethod::None);
        let post = presented(None, &Params::parse(b"client_id=app&client_secret=a%2Bb").unwrap()).unwrap();
        assert_eq!(
            (post.method, &post.readings[..]),
            (TokenEndpointAuthMethod::ClientSecretPost, &[pair("app", "a+b")][..])
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
}

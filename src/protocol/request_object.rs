//! Request objects (OpenID Connect Core, 6; RFC 9101): the parameters of an authorization request in a JWT that the client signed.

use serde_json::{Map, Value};

use super::{
    Timestamp,
    client::ClientMetadata,
    error::{Error, ErrorCode},
    jwt,
    params::Params,
    resource::RESOURCE,
};

/// The values of `typ`, besides none, that a request object may have (RFC 9101, 10.8).
pub const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];

/// Claims of the JWT itself, which are no parameters (RFC 7519, 4.1).
const OF_THE_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// Parameters that bring a request object.
const BRINGING: [&str; 2] = ["request", "request_uri"];

/// Where the request object of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// In `request` (OpenID Connect Core, 6.1).
    Value(&'a str),
    /// At `request_uri` (6.2).
    Reference(&'a str),
}

impl<'a> Source<'a> {
    /// Where it is; `None` for a plain request.
    pub fn of(params: &'a Params, client: &ClientMetadata) -> Result<Option<Self>, Error> {
        match (params.get("request"), params.get("request_uri")) {
            (None, None) if client.require_signed_request_object => {
                Err(ErrorCode::InvalidRequest.because("this client sends its requests as signed request objects"))
            }
            (None, None) => Ok(None),
            (Some(jwt), None) => Ok(Some(Self::Value(jwt))),
            (None, Some(uri)) if is_registered(client, uri) => Ok(Some(Self::Reference(uri))),
            (None, Some(_)) => {
                Err(ErrorCode::InvalidRequestUri.because("request_uri is not registered for this client"))
            }
            (Some(_), Some(_)) => Err(ErrorCode::InvalidRequest.because("request and request_uri stand together")),
        }
    }
}

/// Compared without the fragment, which only tells versions of the document apart (OpenID Connect Core, 6.2).
fn is_registered(client: &ClientMetadata, request_uri: &str) -> bool {
    let bare = |uri: &str| uri.split('#').next().unwrap_or_default().to_owned();
    client.request_uris.iter().any(|known| bare(known) == bare(request_uri))
}

/// What every fault inside a request object is called.
pub fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    ErrorCode::InvalidRequestObject.because(why)
}

/// The parameters that count: those of the object, and of the request around it those that the object leaves open. A client that
/// registered `require_signed_request_object` is asked by the object alone (RFC 9101, 6.3).
///
/// `claims` are those of an object that the client has signed; `outer` has no repeated parameter.
pub fn merge(
    outer: &Params,
    claims: &Map<String, Value>,
    client_id: &str,
    client: &ClientMetadata,
) -> Result<Params, Error> {
    let inner = claims.iter().filter(|(name, _)| !OF_THE_JWT.contains(&name.as_str()));
    // `resource` alone may stand more than once, and is an array then (RFC 8707, 2).
    let each = inner.flat_map(|(name, value)| match value {
        Value::Array(values) if name == RESOURCE => values.iter().map(|value| (name, value)).collect(),
        value => vec![(name, value)],
    });
    let inner: Vec<(String, String)> = each
        .map(|(name, value)| Ok((name.clone(), parameter(name, value)?)))
        .collect::<Result<_, Error>>()?;
    let get = |name| {
        inner
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    if BRINGING.iter().any(|name| claims.contains_key(*name)) {
        return Err(invalid(
            "a request object holds no request and no request_uri (RFC 9101, 4)",
        ));
    }
    if get("client_id").is_some_and(|inside| inside != client_id) {
        return Err(invalid(
            "client_id is not the same inside and outside of the request object",
        ));
    }
    if let (Some(inside), Some(outside)) = (get("response_type"), outer.get("response_type"))
        && words(inside) != words(outside)
    {
        return Err(invalid(
            "response_type is not the same inside and outside of the request object",
        ));
    }
    let around = outer.pairs().filter(|(name, _)| {
        let alone = client.require_signed_request_object && *name != "client_id";
        !alone && !BRINGING.contains(name) && get(name).is_none()
    });
    let around: Vec<(String, String)> = around
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok(around.into_iter().chain(inner).collect())
}

/// The words of a `response_type`, whose order means nothing (OAuth 2.0 Multiple Response Types, 3).
fn words(response_type: &str) -> Vec<&str> {
    let mut words: Vec<&str> = response_type.split(' ').collect();
    words.sort_unstable();
    words
}

/// A JSON value as the text that the same parameter has in a query (RFC 9101, 4).
fn parameter(name: &str, value: &Value) -> Result<String, Error> {
    match value {
        Value::String(text) if !text.contains('\0') => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) | Value::Object(_) => Ok(value.to_string()),
        _ => Err(invalid(format!("{name} in the request object has no meaning"))),
    }
}

/// Checks what a request object says of itself: who made it, for whom, and until when. What it leaves out is no fault.
///
/// A client assertion has the client as its `sub`: presented here it is refused (RFC 9101, 10.8).
///
/// # Errors
/// Which rule is broken.
pub fn check(claims: &Map<String, Value>, client_id: &str, issuer: &str, now: Timestamp) -> Result<(), Error> {
    if claims.get("iss").is_some_and(|iss| iss != client_id) {
        return Err(invalid("iss of the request object is not the client"));
    }
    if jwt::is_for(claims, &[issuer]) == Some(false) {
        return Err(invalid("aud of the request object is not this server"));
    }
    if claims.get("sub").is_some_and(|sub| sub == client_id) {
        return Err(invalid("a client assertion is no request object"));
    }
    jwt::is_current(claims, now)
        .map(drop)
        .map_err(|why| invalid(format!("the request object is not good now: {why}")))
}

#[cfg(test)]
mod tests;

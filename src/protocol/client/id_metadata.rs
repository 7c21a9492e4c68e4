//! Clients that are known by a URL, at which they describe themselves (draft-ietf-oauth-client-id-metadata-document; sections
//! as in -02).

use serde_json::{Map, Value};
use url::Url;

use super::{ClientMetadata, GrantType, SubjectType, TokenEndpointAuthMethod};
use crate::protocol::{
    error::{Error, ErrorCode},
    scope::Scope,
};

/// The largest document that is read, in bytes. Section 8.7 thinks of 5 kB; keys by value need more.
pub const MAX_BYTES: usize = 16 << 10;

/// The longest `client_id` that is a URL.
const MAX_LENGTH: usize = 512;

/// The host of a `client_id` that is a URL; `None` for a client that was registered.
pub fn host_of(client_id: &str) -> Option<String> {
    let url = parse(client_id)?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// Reads a `client_id` that is a URL as section 3 permits it: https, with a path, without dot segments, fragment, user name or
/// password. A query, which it advises against, is refused, since it would make one page many clients; and so is every spelling
/// but the normal one (capitals in the host, the default port, escapes of dots), since URLs are compared as text.
pub fn parse(client_id: &str) -> Option<Url> {
    if client_id.len() > MAX_LENGTH || !client_id.starts_with("https://") {
        return None;
    }
    let url = Url::parse(client_id).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (plain && url.as_str() == client_id).then_some(url)
}

/// Whether a media type is that of such a document (section 5): `application/json` or a more specific kind of it.
pub fn is_media_type(media_type: &str) -> bool {
    let specific = media_type
        .strip_prefix("application/")
        .and_then(|rest| rest.strip_suffix("+json"));
    media_type == "application/json" || specific.is_some_and(|kind| !kind.is_empty())
}

/// Reads the document of `client_id` (section 4). What it says of itself is limited to what a stranger may: the code flow and
/// refresh, among `scopes`, with consent and PKCE, and no secret. Members that only an operator sets are not listened to.
pub fn read(client_id: &str, document: &[u8], scopes: &Scope) -> Result<ClientMetadata, Error> {
    let refuse = |why: &'static str| Err(ErrorCode::InvalidClientMetadata.because(why));
    let Ok(Value::Object(document)) = serde_json::from_slice(document) else {
        return refuse("the document is not a JSON object");
    };
    if document.get("client_id").and_then(Value::as_str) != Some(client_id) {
        return refuse("client_id in the document is not its URL");
    }
    if document.contains_key("client_secret") || document.contains_key("client_secret_expires_at") {
        return refuse("the document holds a client secret");
    }
    let mut metadata = of_strangers(document)?;
    match metadata.token_endpoint_auth_method {
        // RFC 7591's default would be a secret, which such a client cannot have.
        None => metadata.token_endpoint_auth_method = Some(TokenEndpointAuthMethod::None),
        Some(TokenEndpointAuthMethod::None) => {}
        Some(TokenEndpointAuthMethod::PrivateKeyJwt) => {
            if metadata.jwks.is_some() == metadata.jwks_uri.is_some() {
                return refuse("private_key_jwt needs either jwks or jwks_uri");
            }
        }
        Some(_) => return refuse("token_endpoint_auth_method rests on a secret"),
    }
    // A sector is agreed upon with those whom it lists when a client is registered, and here nobody registers.
    if metadata.subject_type == SubjectType::Pairwise || metadata.sector_identifier_uri.is_some() {
        return refuse("pairwise subjects are for registered clients");
    }
    if metadata.client_name.trim().is_empty() {
        metadata.client_name = host_of(client_id).unwrap_or_default();
    }
    metadata.scope = if metadata.scope.is_empty() {
        scopes.clone()
    } else {
        metadata.scope.intersection(scopes)
    };
    metadata.validate()?;
    Ok(metadata)
}

/// The members that a stranger may set, of a document that may hold any. Values of lists that we do not know are left out, as a
/// registration would be answered without them (RFC 7591, 2).
fn of_strangers(mut document: Map<String, Value>) -> Result<ClientMetadata, Error> {
    // From `consent` on they are this provider's own.
    let own = ClientMetadata::MEMBERS.iter().position(|member| *member == "consent");
    let known = &ClientMetadata::MEMBERS[..own.unwrap_or_default()];
    document.retain(|member, value| known.contains(&member.as_str()) && member != "localized" && !value.is_null());
    keep(
        &mut document,
        "grant_types",
        &[GrantType::AuthorizationCode.as_str(), GrantType::RefreshToken.as_str()],
    );
    keep(&mut document, "response_types", &["code"]);
    serde_json::from_value(Value::Object(document))
        .map_err(|_| ErrorCode::InvalidClientMetadata.because("a member of the document has the wrong type or value"))
}

/// Leaves of a list only what we know.
fn keep(document: &mut Map<String, Value>, member: &str, known: &[&str]) {
    if let Some(Value::Array(values)) = document.get_mut(member) {
        values.retain(|value| value.as_str().is_some_and(|value| known.contains(&value)));
    }
}

#[cfg(test)]
#[path = "id_metadata_tests.rs"]
mod tests;

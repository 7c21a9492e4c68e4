//! Dynamic registration and its management (RFC 7591; RFC 7592; OpenID Connect Registration 1.0): what a stranger's document becomes, and
//! what the stranger is told of it.

use serde_json::{Map, Value};
use url::Url;

use super::{
    client::{ApplicationType, ClientMetadata, GrantType, TokenEndpointAuthMethod, rules::LOCALIZABLE},
    error::{Error, ErrorCode},
    redirect_uri,
    response::ResponseType,
    scope::Scope,
};

/// The longest document, in bytes of its JSON: a client must fit into a record of the store.
const MAX_DOCUMENT: usize = 32 * 1024;

/// The first of this provider's own members: neither it nor those after it are taken from strangers or told to them.
const FIRST_OWN: &str = "consent";

/// Members that ask for something that is not there. What a client asks of its security is honoured or refused, never left out in
/// silence (Registration, 2; JARM, 3; RFC 8705, 3.4; RFC 9126, 6; RFC 9449, 5.2).
const NOT_OFFERED: [&str; 14] = [
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "introspection_signed_response_alg",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "authorization_signed_response_alg",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "tls_client_certificate_bound_access_tokens",
    "dpop_bound_access_tokens",
];

/// What a replacing document must not hold (RFC 7592, 2.2).
const NOT_IN_A_REPLACEMENT: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

/// What a client that registers itself may have. What it asks for beyond that is refused.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// The words of its scope; all of them when it names none (RFC 7591, 2).
    pub scopes: &'a Scope,
    /// Its grants.
    pub grant_types: &'a [GrantType],
    /// Its response types.
    pub response_types: &'a [ResponseType],
    /// How it may prove itself.
    pub auth_methods: &'a [TokenEndpointAuthMethod],
    /// Whether a confidential client needs PKCE, too.
    pub require_pkce: bool,
}

/// Understands a registration document. Unknown members are ignored (RFC 7591, 2), null ones are absent (RFC 7592, 2.2).
///
/// A document that replaces `current` says everything but this provider's own members: those stay as the operator has them, and
/// what the operator has allowed beyond the terms may be kept.
///
/// # Errors
/// `invalid_redirect_uri` or `invalid_client_metadata`, with the member named (RFC 7591, 3.2.2).
pub fn read(
    document: &Map<String, Value>,
    terms: &Terms<'_>,
    current: Option<&ClientMetadata>,
) -> Result<ClientMetadata, Error> {
    let given = |name: &str| document.get(name).filter(|value| !value.is_null());
    if let Some(name) = NOT_OFFERED
        .into_iter()
        .find(|name| given(name).is_some_and(|value| *value != Value::Bool(false)))
    {
        return refuse(name, "is not offered here");
    }
    let mut members = own_members(terms, current)?;
    for name in standard_members() {
        if let Some(value) = given(name) {
            readable(name, value)?;
            members.insert(name.to_owned(), value.clone());
        }
    }
    members.insert("localized".to_owned(), Value::Object(localized(document)));
    add_defaults(&mut members, terms);
    let metadata: ClientMetadata = serde_json::from_value(Value::Object(members)).map_err(unreadable)?;
    is_permitted(&metadata, terms, current)?;
    validate_redirect_uris(&metadata)?;
    metadata.validate()?;
    if written(&metadata)?.to_string().len() > MAX_DOCUMENT {
        return Err(ErrorCode::InvalidClientMetadata.because("the document is longer than 32 KiB"));
    }
    Ok(metadata)
}

/// What is told of a client's metadata: everything but this provider's own members, so that it can be sent back as it is.
pub fn document(metadata: &ClientMetadata) -> Result<Map<String, Value>, Error> {
    let Value::Object(mut members) = written(metadata)? else {
        return Ok(Map::new());
    };
    let standard: Vec<&str> = standard_members().collect();
    members.retain(|name, _| standard.contains(&name.as_str()));
    let localized = metadata.localized.iter();
    members.extend(localized.map(|(name, value)| (name.clone(), value.clone().into())));
    // Told although they are the defaults: RFC 7591, 3.2.1 wants everything that is registered.
    for name in ["id_token_signed_response_alg", "subject_type"] {
        if !members.contains_key(name) {
            let value = match name {
                "subject_type" => serde_json::to_value(metadata.subject_type),
                _ => serde_json::to_value(metadata.id_token_signed_response_alg),
            };
            members.insert(name.to_owned(), value.map_err(unreadable)?);
        }
    }
    Ok(members)
}

/// Checks what a replacing document says beside the metadata (RFC 7592, 2.2), and gives the secret that it names.
pub fn replacement<'a>(document: &'a Map<String, Value>, client_id: &str) -> Result<Option<&'a str>, Error> {
    let refuse = |why: String| Err(ErrorCode::InvalidRequest.because(why));
    if let Some(name) = NOT_IN_A_REPLACEMENT
        .into_iter()
        .find(|name| document.contains_key(*name))
    {
        return refuse(format!("{name} must not be sent (RFC 7592, 2.2)"));
    }
    if document.get("client_id").and_then(Value::as_str) != Some(client_id) {
        return refuse("client_id must be that of this client (RFC 7592, 2.2)".to_owned());
    }
    match document.get("client_secret") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(secret)) => Ok(Some(secret)),
        Some(_) => refuse("client_secret is not a string".to_owned()),
    }
}

/// Whether a sector identifier's document names all redirect URIs (OpenID Connect Registration, 5).
pub fn validate_sector_document(document: &[u8], redirect_uris: &[String]) -> Result<(), Error> {
    let Ok(named) = serde_json::from_slice::<Vec<String>>(document) else {
        return refuse("sector_identifier_uri", "does not hold a JSON array of redirect URIs");
    };
    match redirect_uris.iter().find(|uri| !named.contains(uri)) {
        Some(missing) => refuse(
            "sector_identifier_uri",
            &format!("its document does not name the redirect URI {missing}"),
        ),
        None => Ok(()),
    }
}

fn standard_members() -> impl Iterator<Item = &'static str> {
    let standard = ClientMetadata::MEMBERS
        .into_iter()
        .take_while(|name| *name != FIRST_OWN);
    standard.filter(|name| *name != "localized")
}

/// The members that a stranger has no say in: the operator's, or the defaults for strangers.
fn own_members(terms: &Terms<'_>, current: Option<&ClientMetadata>) -> Result<Map<String, Value>, Error> {
    let stranger = ClientMetadata {
        require_pkce: true,
        ..ClientMetadata::default()
    };
    let Value::Object(mut members) = written(current.unwrap_or(&stranger))? else {
        return Ok(Map::new());
    };
    let standard: Vec<&str> = standard_members().collect();
    members.retain(|name, _| name != "localized" && !standard.contains(&name.as_str()));
    if current.is_none() && !terms.require_pkce {
        members.insert("require_pkce".to_owned(), false.into());
    }
    Ok(members)
}

fn localized(document: &Map<String, Value>) -> Map<String, Value> {
    let is_localized = |name: &str| {
        name.split_once('#')
            .is_some_and(|(member, _)| LOCALIZABLE.contains(&member))
    };
    let members = document
        .iter()
        .filter(|(name, value)| is_localized(name) && !value.is_null());
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn add_defaults(members: &mut Map<String, Value>, terms: &Terms<'_>) {
    let name = members
        .get("redirect_uris")
        .and_then(|uris| Url::parse(uris.get(0)?.as_str()?).ok()?.host_str().map(str::to_owned));
    let grants = members.get("grant_types").and_then(Value::as_array);
    let code = grants.is_none_or(|grants| grants.iter().any(|it| it == GrantType::AuthorizationCode.as_str()));
    let public = members.get("token_endpoint_auth_method").is_some_and(|it| it == "none");
    let defaults: [(&str, Value); 4] = [
        ("token_endpoint_auth_method", "client_secret_basic".into()),
        ("response_types", if code { vec!["code"] } else { vec![] }.into()),
        ("scope", terms.scopes.to_string().into()),
        (
            "client_name",
            name.unwrap_or_else(|| "Unnamed client".to_owned()).into(),
        ),
    ];
    for (name, value) in defaults {
        members.entry(name).or_insert(value);
    }
    if public {
        members.insert("require_pkce".to_owned(), true.into());
    }
}

/// Refuses what the terms do not allow, unless the client has it already.
fn is_permitted(metadata: &ClientMetadata, terms: &Terms<'_>, current: Option<&ClientMetadata>) -> Result<(), Error> {
    let has = |holds: &dyn Fn(&ClientMetadata) -> bool| current.is_some_and(holds);
    for grant in &metadata.grant_types {
        if !terms.grant_types.contains(grant) && !has(&|it| it.may_use(*grant)) {
            return refuse(
                "grant_types",
                &format!("{} is not offered to clients that register themselves", grant.as_str()),
            );
        }
    }
    for text in &metadata.response_types {
        let is_offered = ResponseType::parse(text).is_some_and(|it| terms.response_types.contains(&it));
        if !is_offered && !has(&|it| it.response_types.contains(text)) {
            return refuse("response_types", &format!("{text} is not offered here"));
        }
    }
    if let Some(method) = metadata.token_endpoint_auth_method
        && !terms.auth_methods.contains(&method)
    {
        return refuse("token_endpoint_auth_method", "is not offered here");
    }
    let allowed = current.map_or_else(|| terms.scopes.clone(), |current| terms.scopes.union(&current.scope));
    match metadata.scope.iter().find(|word| !allowed.contains(word)) {
        Some(word) => refuse(
            "scope",
            &format!("{word} is not given to clients that register themselves"),
        ),
        None => Ok(()),
    }
}

/// Strangers' programs on servers have https; only a program on the end-user's machine has a loopback address or a scheme of its own
/// (OpenID Connect Registration, 2; RFC 8252, 7).
fn validate_redirect_uris(metadata: &ClientMetadata) -> Result<(), Error> {
    let is_native = metadata.application_type == ApplicationType::Native;
    for uri in &metadata.redirect_uris {
        redirect_uri::registrable(uri)?;
        if !is_native && !uri.starts_with("https://") {
            let why = format!("a redirect URI of a web client is https; application_type native has others: {uri}");
            return Err(ErrorCode::InvalidRedirectUri.because(why));
        }
    }
    Ok(())
}

/// Reads one member by itself, so that the refusal can name it.
fn readable(name: &str, value: &Value) -> Result<(), Error> {
    let alone = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
    serde_json::from_value::<ClientMetadata>(alone).map_or_else(
        |error| {
            let code = match name {
                "redirect_uris" => ErrorCode::InvalidRedirectUri,
                _ => ErrorCode::InvalidClientMetadata,
            };
            Err(code.because(format!("{name}: {error}")))
        },
        |_| Ok(()),
    )
}

fn written(metadata: &ClientMetadata) -> Result<Value, Error> {
    serde_json::to_value(metadata).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: serde_json::Error) -> Error {
    ErrorCode::InvalidClientMetadata.because(error.to_string())
}

fn refuse<T>(name: &str, why: &str) -> Result<T, Error> {
    Err(ErrorCode::InvalidClientMetadata.because(format!("{name}: {why}")))
}

#[cfg(test)]
mod tests;

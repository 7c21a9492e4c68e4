//! A client as JSON: RFC 7591's metadata names and this provider's own, with the defaults of the command line.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use crate::{
    idp::admin::NewClient,
    protocol::{
        client::{ClientMetadata, GrantType},
        scope::Scope,
    },
    secret::Secret,
};

/// What a client with end-users may ask for unless it is told otherwise.
const CODE_SCOPE: &str = "openid profile email address phone offline_access";

/// Understands a client. Tells all members that are unknown or of a wrong type at once, and each by its name.
///
/// Operators make clients they trust more than strangers would be: their ID tokens carry the claims, and refresh is allowed.
pub fn read(mut members: Map<String, Value>) -> Result<NewClient, Failure> {
    let mut wrong = Vec::new();
    let client_id = text(&mut members, "client_id", &mut wrong);
    let client_secret = text(&mut members, "client_secret", &mut wrong).map(Secret::new);
    wrong.extend(members.iter().filter_map(|(name, value)| fault(name, value)));
    if !wrong.is_empty() {
        return Err(Failure::Input(wrong.join("\n")));
    }
    let metadata = with_defaults(members)
        .and_then(|members| serde_json::from_value(Value::Object(members)))
        .map_err(|error| Failure::Input(format!("the client is not readable: {error}")))?;
    Ok(NewClient {
        client_id,
        client_secret,
        metadata,
    })
}

fn with_defaults(mut members: Map<String, Value>) -> Result<Map<String, Value>, serde_json::Error> {
    let mut default = |name: &str, value: Value| members.entry(name).or_insert(value).clone();
    default("claims_in_id_token", json!(true));
    let grant_types = default(
        "grant_types",
        json!([GrantType::AuthorizationCode, GrantType::RefreshToken]),
    );
    let grant_types: Vec<GrantType> = serde_json::from_value(grant_types)?;
    let code = grant_types.contains(&GrantType::AuthorizationCode);
    default("response_types", response_types(code));
    let people = code || grant_types.contains(&GrantType::Implicit);
    default("scope", json!(if people { CODE_SCOPE } else { "" }));
    Ok(members)
}

/// `["code"]` for a client of the code flow, `[]` for the others.
pub fn response_types(code: bool) -> Value {
    if code { json!(["code"]) } else { json!([]) }
}

fn text(members: &mut Map<String, Value>, name: &str, wrong: &mut Vec<String>) -> Option<String> {
    match members.remove(name)? {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => {
            wrong.push(format!("{name}: expected text that is not empty"));
            None
        }
    }
}

/// Refuses changes with unknown members or wrong types; null, which gives a member its default, is no wrong type.
pub fn check_changes(changes: &Map<String, Value>) -> Result<(), Failure> {
    let wrong = changes
        .iter()
        .filter(|(name, value)| !value.is_null() || !ClientMetadata::MEMBERS.contains(&name.as_str()));
    let wrong: Vec<String> = wrong.filter_map(|(name, value)| fault(name, value)).collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::Input(wrong.join("\n")))
    }
}

/// What is wrong with one member, by reading it alone.
fn fault(name: &str, value: &Value) -> Option<String> {
    if !ClientMetadata::MEMBERS.contains(&name) {
        return Some(format!("{name}: unknown member"));
    }
    if name == "scope"
        && let Some(scope) = value.as_str()
        && Scope::parse(scope).is_err()
    {
        return Some("scope: expected words with single spaces between (RFC 6749, 3.3)".to_owned());
    }
    let alone = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
    serde_json::from_value::<ClientMetadata>(alone)
        .err()
        .map(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::{ApplicationType, ConsentPolicy, TokenEndpointAuthMethod};

    fn client(json: Value) -> Result<NewClient, String> {
        let Value::Object(members) = json else { panic!() };
        read(members).map_err(|failure| failure.to_string())
    }

    #[test]
    fn absent_members_have_the_defaults_of_the_command_line() {
        let made = client(json!({ "client_name": "App", "redirect_uris": ["https://app.example/cb"] })).unwrap();
        assert!(made.client_id.is_none() && made.client_secret.is_none());
        let metadata = made.metadata;
        assert!(metadata.claims_in_id_token && metadata.require_pkce && !metadata.at_hash);
        assert_eq!(
            metadata.grant_types,
            [GrantType::AuthorizationCode, GrantType::RefreshToken]
        );
        assert_eq!(metadata.response_types, ["code"]);
        assert_eq!(metadata.scope, Scope::parse(CODE_SCOPE).unwrap());
        assert_eq!(metadata.validate(), Ok(()));
    }

    #[test]
    fn a_machine_has_neither_scope_nor_response_types_by_default() {
        let made = client(json!({ "client_name": "Batch", "grant_types": ["client_credentials"] })).unwrap();
        assert!(made.metadata.scope.is_empty() && made.metadata.response_types.is_empty());
        assert_eq!(made.metadata.validate(), Ok(()));
    }

    #[test]
    fn what_the_file_names_is_what_the_client_is() {
        let full: Value = serde_json::from_str(
            r#"{
            "client_id": "shop", "client_secret": "s3cret", "client_name": "Shop", "client_uri": "https://shop.example",
            "redirect_uris": ["https://shop.example/cb"], "post_logout_redirect_uris": ["https://shop.example/"],
            "token_endpoint_auth_method": "client_secret_post", "grant_types": ["authorization_code"],
            "response_types": ["code"], "scope": "openid", "application_type": "native", "contacts": ["ops@shop.example"],
            "default_max_age": 60, "consent": "first_party", "claims_in_id_token": false, "at_hash": true,
            "require_pkce": false, "audience": "https://api.example", "access_token_lifetime": 300,
            "id_token_lifetime": 300, "refresh_token_lifetime": 86400, "default_acr_values": ["1"],
            "require_auth_time": true, "logo_uri": "https://shop.example/logo.png",
            "policy_uri": "https://shop.example/policy", "tos_uri": "https://shop.example/terms",
            "localized": { "client_name#de": "Laden" }, "jwks": { "keys": [{ "kty": "EC", "crv": "P-256" }] },
            "jwks_uri": "https://shop.example/jwks", "subject_type": "pairwise",
            "sector_identifier_uri": "https://shop.example/sector", "id_token_signed_response_alg": "ES256",
            "userinfo_signed_response_alg": "RS256", "request_object_signing_alg": "PS256",
            "require_signed_request_object": true, "token_endpoint_auth_signing_alg": "HS256",
            "initiate_login_uri": "https://shop.example/login", "request_uris": ["https://shop.example/request"],
            "frontchannel_logout_uri": "https://shop.example/front", "frontchannel_logout_session_required": true,
            "backchannel_logout_uri": "https://shop.example/back", "backchannel_logout_session_required": true,
            "software_id": "shop", "software_version": "1", "sign_in_policy": "second_factor"
        }"#,
        )
        .unwrap();
        let made = client(full.clone()).unwrap();
        assert_eq!(
            made.client_secret.as_ref().map(|it| it.expose().as_str()),
            Some("s3cret")
        );
        assert_eq!(
            made.metadata.token_endpoint_auth_method,
            Some(TokenEndpointAuthMethod::ClientSecretPost)
        );
        assert_eq!(made.metadata.application_type, ApplicationType::Native);
        assert_eq!(made.metadata.consent, ConsentPolicy::FirstParty);
        assert_eq!(serde_json::to_value(&made).unwrap(), full);
        let mut names: Vec<&String> = full.as_object().unwrap().keys().collect();
        names.retain(|name| !matches!(name.as_str(), "client_id" | "client_secret"));
        let mut known = ClientMetadata::MEMBERS;
        known.sort_unstable();
        names.sort_unstable();
        assert_eq!(names, known.iter().collect::<Vec<_>>());
    }

    #[test]
    fn every_unknown_and_every_wrong_member_is_named() {
        let refusal = client(json!({
            "client_nmae": "App", "logo_uri": 7, "redirect_uris": "https://app.example/cb",
            "at_hash": "yes", "grant_types": ["password"], "scope": "open\"id", "client_id": 7, "client_secret": "",
            "access_token_lifetime": -1, "client_name": null,
        }))
        .unwrap_err();
        let mut named: Vec<&str> = refusal.lines().filter_map(|line| line.split(':').next()).collect();
        named.sort_unstable();
        let expected = [
            "access_token_lifetime",
            "at_hash",
            "client_id",
            "client_name",
            "client_nmae",
            "client_secret",
            "grant_types",
            "logo_uri",
            "redirect_uris",
            "scope",
        ];
        assert_eq!(named, expected);
        assert!(refusal.contains("client_nmae: unknown member"));
    }
}

//! Dynamic registration (RFC 7591, 3) and its management (RFC 7592, 2). Not mounted at all while registration is closed.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use serde_json::{Map, Value};

use super::{
    no_store,
    userinfo::{bearer, challenge},
};
use crate::{
    config::RegistrationMode,
    http::{Site, body::JsonBody, client_ip::client_ip, error::OAuthFailure, routes},
    protocol::error::ErrorCode,
};

/// Makes a client of a document: 201.
pub async fn register(request: HttpRequest, site: Data<Site>, body: JsonBody) -> Result<HttpResponse, OAuthFailure> {
    let config = site.idp.config();
    let token = match config.registration.mode {
        // Anybody may: a token would prove nothing more, and is not spent.
        RegistrationMode::Open => None,
        RegistrationMode::Token | RegistrationMode::Closed => match bearer(&request)? {
            Some(token) => Some(token),
            None => return Ok(challenge()),
        },
    };
    let address = client_ip(&request, &config.server.trusted_proxies);
    let document = body.object(ErrorCode::InvalidClientMetadata)?;
    let members = site.idp.register(token, &document, address).await?;
    Ok(answer(&site, StatusCode::CREATED, members))
}

/// What a client has registered (RFC 7592, 2.1).
pub async fn read(
    request: HttpRequest,
    site: Data<Site>,
    client_id: Path<String>,
) -> Result<HttpResponse, OAuthFailure> {
    let Some(token) = bearer(&request)? else {
        return Ok(challenge());
    };
    let members = site.idp.registration(&client_id, token).await?;
    Ok(answer(&site, StatusCode::OK, members))
}

/// Replaces all of it (RFC 7592, 2.2).
pub async fn replace(
    request: HttpRequest,
    site: Data<Site>,
    client_id: Path<String>,
    body: JsonBody,
) -> Result<HttpResponse, OAuthFailure> {
    let Some(token) = bearer(&request)? else {
        return Ok(challenge());
    };
    let address = client_ip(&request, &site.idp.config().server.trusted_proxies);
    let document = body.object(ErrorCode::InvalidClientMetadata)?;
    let members = site
        .idp
        .replace_registration(&client_id, token, &document, address)
        .await?;
    Ok(answer(&site, StatusCode::OK, members))
}

/// Removes the client and everything it was given: 204 (RFC 7592, 2.3).
pub async fn remove(
    request: HttpRequest,
    site: Data<Site>,
    client_id: Path<String>,
) -> Result<HttpResponse, OAuthFailure> {
    let Some(token) = bearer(&request)? else {
        return Ok(challenge());
    };
    let address = client_ip(&request, &site.idp.config().server.trusted_proxies);
    site.idp.remove_registration(&client_id, token, address).await?;
    Ok(HttpResponse::NoContent()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

fn answer(site: &Site, status: StatusCode, mut members: Map<String, Value>) -> HttpResponse {
    // An identity is of RFC 3986's unreserved characters: it stands in a path as it is.
    let client_id = members.get("client_id").and_then(Value::as_str).unwrap_or_default();
    let uri = site.url(&routes::REGISTERED.replace("{client_id}", client_id));
    members.insert("registration_client_uri".to_owned(), uri.into());
    no_store().status(status).json(members)
}

//! Request objects: fetched where the client registered them, believed when the client's keys signed them.

use std::borrow::Cow;

use super::{Idp, Result, client::keys::Doubt};
use crate::{
    keys::foreign::{Foreign, MAX_LENGTH},
    model::client::Client,
    outbound::Limits,
    protocol::{
        error::{Error as ProtocolError, ErrorCode},
        jwa::AssertionAlgorithm,
        params::Params,
        request_object::{self, Source},
    },
};

const LIMITS: Limits = Limits {
    accept: "application/oauth-authz-req+jwt, application/jwt;q=0.9, */*;q=0.1",
    max_bytes: MAX_LENGTH,
};

impl Idp {
    /// The parameters that count: those of the request object, if the request has one, over those around it. The inner error is the
    /// client's affair, and told as far as the request around the object allows.
    pub(super) async fn asked_params<'p>(
        &self,
        params: &'p Params,
        client: &Client,
    ) -> Result<std::result::Result<Cow<'p, Params>, ProtocolError>> {
        if params.each_once().is_err() {
            // Which of the two is meant nobody knows; the request is refused as any other is.
            return Ok(Ok(Cow::Borrowed(params)));
        }
        let source = match Source::of(params, &client.metadata) {
            Ok(None) => return Ok(Ok(Cow::Borrowed(params))),
            Ok(Some(source)) => source,
            Err(error) => return Ok(Err(error)),
        };
        let opened = match source {
            Source::Value(jwt) => self.open_object(params, client, jwt).await?,
            Source::Reference(uri) => match self.outbound.get(uri, LIMITS).await {
                Ok(fetched) => match std::str::from_utf8(&fetched.body) {
                    Ok(jwt) => self.open_object(params, client, jwt.trim()).await?,
                    Err(_) => Err(request_object::invalid("the document at request_uri is no JWT")),
                },
                Err(error) => Err(ErrorCode::InvalidRequestUri.because(format!("request_uri: {error}"))),
            },
        };
        if let Err(error) = &opened {
            tracing::info!(client_id = client.client_id, reason = %error, "request object refused");
        }
        Ok(opened.map(Cow::Owned))
    }

    async fn open_object(
        &self,
        params: &Params,
        client: &Client,
        jwt: &str,
    ) -> Result<std::result::Result<Params, ProtocolError>> {
        let claims = match self.verify_object(client, jwt).await {
            Ok(claims) => claims,
            Err(Doubt::Because(why)) => {
                return Ok(Err(request_object::invalid(format!(
                    "the request object is not the client's: {why}"
                ))));
            }
            Err(Doubt::Failed(error)) => return Err(error),
        };
        let checked = request_object::check(&claims, &client.client_id, self.issuer(), self.now());
        Ok(checked.and_then(|()| request_object::merge(params, &claims, &client.client_id, &client.metadata)))
    }

    async fn verify_object(
        &self,
        client: &Client,
        jwt: &str,
    ) -> std::result::Result<serde_json::Map<String, serde_json::Value>, Doubt> {
        let foreign = Foreign::parse(jwt, &request_object::TYPES)?;
        let only = client
            .metadata
            .request_object_signing_alg
            .map(AssertionAlgorithm::Signature);
        if only.is_some_and(|only| only != foreign.algorithm()) {
            return Err("it is not signed by request_object_signing_alg".into());
        }
        self.signed_by_client(client, &foreign).await
    }
}
